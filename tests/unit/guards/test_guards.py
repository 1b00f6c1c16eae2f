"""Every guard as a table: ALLOW, ASK, DENY, and what it says when information is missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import irtui.guards
from irtui.guards.chain import GUARDS, judge_all
from irtui.guards.situation import Limits, Situation
from irtui.model.approval import Approval, Approver, Person
from irtui.model.call import Call
from irtui.model.effect import Effect
from irtui.model.identity import Identity
from irtui.model.incident import Evidence, IncidentState, StepState, StepStatus
from irtui.model.outcome import Observed
from irtui.model.plan import Plan, PlannedCall
from irtui.model.runbook import CallBody, Phase, Step
from irtui.model.verdict import Ruling

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME = Identity("111122223333", "arn:aws:iam::111122223333:user/alice", "AIDA1", "AKIAALICE", groups=("Admins",))
ROLE = replace(ME, arn="arn:aws:sts::111122223333:assumed-role/Responder/alice", access_key_id="ASIA1", groups=())
GROUPLESS = replace(ME, groups=None)
FEDERATED = replace(ME, arn="arn:aws:sts::111122223333:federated-user/bob", groups=())
UNDO = Call("iam", "DeleteUserPolicy", {"UserName": "ci", "PolicyName": "p"})
GUARDED = "arn:aws:iam::111122223333:policy/Guard1"
BUCKET = "arn:aws:s3:::evidence"
ALLOW, ASK, DENY = Ruling.ALLOW, Ruling.ASK, Ruling.DENY


def planned(operation: str = "PutUserPolicy", effect: Effect = Effect.CHANGE, **params: Any) -> PlannedCall:
    before = Observed("present", {"Status": "Active"})
    call = Call("iam", operation, params or {"UserName": "ci", "PolicyName": "p"})
    undo = UNDO if effect is Effect.CHANGE else None
    why = "" if undo else "A deleted key cannot be brought back."
    return PlannedCall(call, effect, "ci", before=before, undo=undo, irreversible=why)


def on(**params: Any) -> dict[str, Any]:
    """A situation that changes exactly this."""
    return {"plans": (Plan("deny", (planned(**params),)),)}


DELETE = on(operation="DeleteAccessKey", effect=Effect.DESTROY, UserName="ci", AccessKeyId="AKIACI")
READ = on(operation="GetUser", effect=Effect.READ, UserName="ci")
STEP = Step("deny", Phase.CONTAIN, "Deny", CallBody("iam", "PutUserPolicy"), needs=("snapshot",))


def snapshot(*gaps: str, kept: bool = True) -> StepState:
    step = Step("snapshot", Phase.ANALYZE, "Snapshot", CallBody("iam", "GetUser"), evidence=True)
    evidence = (Evidence("snapshot", "0" * 64, 10, "snapshot", gaps),) if kept else ()
    return StepState("snapshot", "1", step, StepStatus.DONE if kept else StepStatus.TODO, evidence=evidence)


def situation(
    step: Step = STEP,
    evidence: StepState | None = None,
    unlocked: bool = True,
    closed: bool = False,
    also: tuple[str, ...] = (),
    **given: Any,
) -> Situation:
    state = StepState(step.id, "2", step, StepStatus.TODO, approval=given.pop("approval", None))
    steps = (snapshot() if evidence is None else evidence, state)
    incident = IncidentState(
        "i", "real", "r", "t", "111122223333", "", ME.arn, "alice", "eu-central-1", "", "ephemeral",
        steps=steps, unlocked=unlocked, also=also, closed=closed,
    )  # fmt: skip
    plans = given.pop("plans", (Plan(step.id, (planned(),)),))
    identity = given.pop("identity", ME)
    pinned = given.pop("pinned_account", "111122223333")
    return Situation(step, state, incident, plans, identity, pinned, NOW, **given)


def phase(name: str, **more: Any) -> Step:
    return replace(STEP, phase=Phase(name), **more)


def ends(seconds: int) -> Identity:
    return replace(ROLE, expires=NOW + timedelta(seconds=seconds))


ERADICATE = {"step": phase("eradicate")}
UNREAD = {"unread": ("iam.GetUserPolicy: denied",)}
DRIFT: dict[str, Any] = {
    "drift": ({"call": "iam.GetUserPolicy", "before": {"Status": "Active"}, "now": {"Status": "Inactive"}},)
}
MANY = {"touched": {"user": tuple("abcde")}}
UNKNOWN_BEFORE = {
    "plans": (Plan("deny", (replace(DELETE["plans"][0].calls[0], before=Observed("unknown", why="denied")),)),)
}
NO_UNDO = {"plans": (Plan("deny", (replace(planned(), undo=None),)),)}
UNDOING = {"plans": (Plan("deny", (planned(),), undoing=True),)}

MEMBER = "444455556666"
AS_ROOT = replace(ME, account=MEMBER, arn=f"arn:aws:iam::{MEMBER}:root", access_key_id="ASIAROOT", groups=())


def in_member(pinned: str = "111122223333", also: tuple[str, ...] = (MEMBER,), **given: Any) -> dict[str, Any]:
    """A step of an AssumeRoot session on MEMBER, known and allowed but for what is `given`."""
    call = Call("iam", "DeleteAccessKey", {"AccessKeyId": "AKIAROOT"}, session="delete")
    one = replace(DELETE["plans"][0].calls[0], call=call)
    known = {"identity": AS_ROOT, "member": MEMBER, "opener": ROLE, "plans": (Plan("deny", (one,)),)}
    return {**known, "step": replace(STEP, session="delete"), "pinned_account": pinned, "also": also, **given}


MO = Approver(Person("mo", "arn:aws:sts::111122223333:assumed-role/Responder/mo", "AROA1:mo"), "c" * 64, "mo")


def approved(**given: Any) -> dict[str, Any]:
    """A step that wants one approver, with mo's approval of the plan at hand, or what differs from that."""
    told = {"digest": "a" * 64, "wanted": 1, "expires": NOW + timedelta(minutes=5), "by": (MO,), **given}
    return {"step": replace(STEP, approvers=1), "digest": "a" * 64, "approval": Approval("r" * 32, **told)}


TABLE: list[tuple[str, Ruling, dict[str, Any]]] = [
    ("account_pinned", ALLOW, {}),
    ("account_pinned", DENY, {"identity": replace(ME, account="999999999999")}),
    ("account_pinned", DENY, {"identity": None}),
    ("account_pinned", DENY, {"pinned_account": ""}),
    ("account_pinned", ALLOW, in_member()),
    ("account_pinned", DENY, in_member(also=())),
    ("account_pinned", DENY, in_member(also=("999999999999",))),
    ("account_pinned", DENY, in_member(member="")),
    ("account_pinned", DENY, in_member(member="999999999999", also=("999999999999",))),
    ("account_pinned", DENY, in_member(pinned=MEMBER)),
    ("account_pinned", DENY, in_member(opener=None)),
    ("account_pinned", DENY, in_member(opener=replace(ROLE, account="999999999999"))),
    ("account_pinned", DENY, in_member(identity=replace(AS_ROOT, arn=f"arn:aws:iam::{MEMBER}:user/root"))),
    ("account_pinned", DENY, in_member(identity=replace(AS_ROOT, account="999999999999"))),
    ("account_pinned", DENY, in_member(identity=None)),
    ("account_pinned", DENY, in_member(member=None)),
    ("account_pinned", DENY, {**in_member(), "plans": DELETE["plans"]}),
    ("not_self", ALLOW, in_member()),
    ("not_self", ALLOW, {}),
    ("not_self", DENY, on(UserName="alice")),
    ("not_self", DENY, on(UserName="ALICE")),
    ("not_self", DENY, {**on(operation="PutRolePolicy", RoleName="Responder"), "identity": ROLE}),
    ("not_self", ALLOW, {**on(operation="PutRolePolicy", RoleName="alice"), "identity": ROLE}),
    ("not_self", DENY, on(operation="UpdateAccessKey", UserName="ci", AccessKeyId="AKIAALICE")),
    ("not_self", DENY, on(operation="PutGroupPolicy", GroupName="admins")),
    ("not_self", ALLOW, on(operation="PutGroupPolicy", GroupName="Developers")),
    ("not_self", ASK, {**on(operation="PutGroupPolicy", GroupName="X"), "identity": GROUPLESS}),
    ("not_self", DENY, {**on(operation="PutGroupPolicy", GroupName="X"), "identity": GROUPLESS, **ERADICATE}),
    ("not_self", DENY, on(operation="UpdateAccessKey", AccessKeyId="AKIACI", Status="Inactive")),
    ("not_self", DENY, on(operation="DeleteLoginProfile", UserName="")),
    ("not_self", DENY, on(operation="ChangePassword", OldPassword="x", NewPassword="y")),
    ("not_self", ASK, {"identity": FEDERATED}),
    ("not_self", ASK, {"identity": replace(ME, arn="arn:aws:strange")}),
    ("not_self", DENY, {**DELETE, "identity": FEDERATED}),
    ("not_self", DENY, {"identity": None}),
    ("not_self", DENY, {"plans": ()}),
    ("protected", ALLOW, {}),
    ("protected", ALLOW, {"protected": ("user/break-glass", "role/ci", "arn:aws:iam::999999999999:user/ci")}),
    ("protected", DENY, {"protected": ("user/c?",)}),
    ("protected", DENY, {"protected": ("USER/CI",)}),
    ("protected", DENY, {"protected": ("ci",)}),
    ("protected", DENY, {"protected": ("arn:aws:iam::111122223333:user/robots/ci",)}),
    ("protected", DENY, {"protected": ("arn:aws:iam::*:policy/Guard*",),
                         **on(operation="DetachUserPolicy", UserName="x", PolicyArn=GUARDED)}),
    ("protected", DENY, {"protected": (BUCKET,), **on(operation="X", Target={"Arn": BUCKET})}),
    ("protected", DENY, {"plans": ()}),
    ("evidence_first", ALLOW, {}),
    ("evidence_first", ASK, {"evidence": snapshot(kept=False)}),
    ("evidence_first", DENY, {"evidence": snapshot(kept=False), **DELETE}),
    ("evidence_first", ASK, {"evidence": snapshot("ListMFADevices: denied")}),
    ("evidence_first", DENY, {"evidence": snapshot("ListMFADevices: denied"), **DELETE, **ERADICATE}),
    ("evidence_first", ALLOW, {"evidence": snapshot("x"), "step": replace(STEP, needs=())}),
    ("evidence_first", ALLOW, {"evidence": snapshot(kept=False), **UNDOING}),
    ("evidence_first", ALLOW, {"evidence": snapshot(kept=False), "step": phase("recover")}),
    ("evidence_first", DENY, {"plans": (), "evidence": snapshot(kept=False)}),
    ("irreversible", ALLOW, {}),
    ("irreversible", ASK, DELETE),
    ("irreversible", DENY, NO_UNDO),
    ("irreversible", DENY, UNKNOWN_BEFORE),
    ("irreversible", DENY, {"plans": ()}),
    ("blast_radius", ALLOW, {}),
    ("blast_radius", ALLOW, {"touched": {"user": ("ci", "b", "c", "d", "e")}}),
    ("blast_radius", ASK, MANY),
    ("blast_radius", DENY, {**MANY, **DELETE}),
    ("blast_radius", ASK, {"limits": Limits(other=0), **on(operation="PutGroupPolicy", GroupName="g")}),
    ("blast_radius", DENY, {"plans": ()}),
    ("plan_unchanged", ALLOW, {}),
    ("plan_unchanged", DENY, DRIFT),
    ("plan_unchanged", ASK, UNREAD),
    ("plan_unchanged", DENY, {**UNREAD, **DELETE}),
    ("plan_unchanged", DENY, {**UNREAD, **UNDOING}),
    ("plan_unchanged", DENY, {"plans": ()}),
    ("session_fresh", ALLOW, {}),
    ("session_fresh", ALLOW, {"identity": ends(3600)}),
    ("session_fresh", ASK, {"identity": ends(90)}),
    ("session_fresh", DENY, {"identity": ends(90), **DELETE}),
    ("session_fresh", DENY, {"identity": ends(0)}),
    ("session_fresh", DENY, {"identity": None}),
    ("unlocked", ALLOW, {}),
    ("unlocked", ALLOW, {"unlocked": False, **READ}),
    ("unlocked", DENY, {"unlocked": False}),
    ("unlocked", DENY, {"closed": True}),
    ("unlocked", DENY, {"unlocked": False, "plans": ()}),
    ("two_person", ALLOW, {}),
    ("two_person", DENY, {"step": replace(STEP, approvers=1)}),
    ("two_person", DENY, {"step": replace(STEP, approvers=2)}),
    ("two_person", ALLOW, approved()),
    ("two_person", ASK, approved(glass="it spreads and nobody answers")),
    ("two_person", DENY, approved(digest="b" * 64)),
    ("two_person", DENY, approved(used=True)),
    ("two_person", ALLOW, {**approved(used=True), "agreed": True}),
    ("two_person", DENY, approved(expires=NOW)),
    ("two_person", DENY, approved(by=())),
    ("two_person", DENY, approved(wanted=2)),
    ("two_person", DENY, {**approved(), "step": replace(STEP, approvers=2)}),
    ("two_person", DENY, {**approved(), "digest": ""}),
    ("two_person", DENY, approved(by=(replace(MO, person=Person("al", ROLE.arn)),))),
]  # fmt: skip


@pytest.mark.parametrize(("guard", "ruling", "given"), TABLE)
def test_the_table(guard: str, ruling: Ruling, given: dict[str, Any]) -> None:
    """Each row is ruled as it says, with a sentence, and says what an ASK wants."""
    verdict = GUARDS[guard](situation(**given))
    assert verdict.ruling is ruling, verdict
    assert verdict.guard == guard and verdict.reason.endswith((".", ". "))
    assert (verdict.ask in ("reason", "target", "count")) is (ruling is ASK)


def test_the_chain_is_the_folder() -> None:
    """A guard that is written but not listed would judge nothing."""
    folder = Path(irtui.guards.__path__[0])
    files = {path.stem for path in folder.glob("*.py") if "def judge(" in path.read_text(encoding="utf-8")}
    assert set(GUARDS) == files
    assert {name for name, _, _ in TABLE} == files


def test_a_plain_containment_passes_every_guard() -> None:
    """The ordinary step in an ordinary incident is not asked about."""
    assert {verdict.ruling for verdict in judge_all(situation())} == {ALLOW}


@pytest.mark.parametrize("given", [{"identity": None}, {"plans": ()}, {"pinned_account": ""}])
def test_missing_information_is_denied_somewhere(given: dict[str, Any]) -> None:
    """Whatever is unknown about who, where and what, at least one guard refuses."""
    assert DENY in {verdict.ruling for verdict in judge_all(situation(**given))}


def test_a_guard_that_breaks_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception inside a guard is a DENY that names it, and the others still judge."""

    def broken(_: Situation) -> Any:
        raise KeyError("x")

    monkeypatch.setattr("irtui.guards.chain.GUARDS", {**GUARDS, "protected": broken})
    verdicts = {verdict.guard: verdict for verdict in judge_all(situation())}
    assert verdicts["protected"].ruling is DENY and "KeyError" in verdicts["protected"].reason
    assert verdicts["unlocked"].ruling is ALLOW


def test_drift_is_said_in_words() -> None:
    """The refusal shows what stood there and what stands there now."""
    reason = GUARDS["plan_unchanged"](situation(**DRIFT)).reason
    assert "Active" in reason and "Inactive" in reason
