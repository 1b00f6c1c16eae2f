"""The score: what a rehearsal's records and history add up to."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.engine.fold import Fold
from irtui.gameday.history import Deed, History
from irtui.gameday.objective import Objective
from irtui.gameday.score import Score, as_data, score
from irtui.journal.record import Record
from irtui.runbook.parse import parse_runbook

BEGAN = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)
RUNBOOK = parse_runbook(
    """
runbook: two-steps
title: Two steps
version: "1"
severity: low
use_when: In a test.
inputs: {}
steps:
  - {id: look, phase: analyze, title: Look, call: iam.ListUsers, evidence: true}
  - id: deny
    phase: contain
    title: Deny
    call: iam.PutUserPolicy
    with: {UserName: eve, PolicyName: p, PolicyDocument: "{}"}
    needs: [look]
    irreversible: In this test nobody takes it back.
  - {id: say, phase: recover, title: Say so, manual: Say it.}
""",
    "two-steps.yaml",
)
PLANNED = {"call": "iam.PutUserPolicy", "params": {"UserName": "eve"}, "target": "eve", "service": "iam"}


@dataclass
class Story:
    """Records by the minute."""

    records: list[Record]

    def tell(self, minute: float, type: str, **body: Any) -> "Story":
        at = (BEGAN + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        seq = len(self.records) + 1
        self.records.append(Record(body, "INC-T", 0, "jo", "0" * 64, "r", seq, "0" * 128, at, type, 1))
        return self


def looked(minute: float = 1) -> Story:
    story = Story([]).tell(0, "open", mode="rehearsal", account="1", inputs={})
    return story.tell(minute, "observe", step="look", state="ok", keep={})


def denied(story: Story, minute: float) -> Story:
    from irtui.model.call import Call

    planned = {**PLANNED, **Call("iam", "PutUserPolicy", {"UserName": "eve"}).as_data()}
    story.tell(minute, "intent", step="deny", plan="d", n=1, of=1, call=planned, undoing=False)
    return story.tell(minute, "outcome", intent=len(story.records), status="succeeded")


def whole() -> Story:
    """Looked at 1, kept, denied at 5, closed at 20."""
    story = looked().tell(1, "evidence", name="look", sha256="0" * 64, size=1, step="look", gaps=[])
    return denied(story, 5)


def deed(
    minute: float, ok: bool, *, by: str = "leaked", actor: str = "adversary", call: str = "s3.ListBuckets"
) -> Deed:
    key = f"AKIA{by.upper()}"
    return Deed(BEGAN + timedelta(minutes=minute), actor, by, key, call, ok, "" if ok else "AccessDenied")


def history(*deeds: Deed, tries: tuple[Deed, ...] = (deed(20, False),), **more: Any) -> History:
    end = BEGAN + timedelta(minutes=20)
    roles = {"adversary": "adversary", "ledger": "workload"}
    objectives = (Objective("cut_off", "Cut off.", True, "refused"),)
    return replace(History("lab", "A lab", BEGAN, end, roles, deeds, tries, objectives), **more)


def scored(story: Story, past: History) -> Score:
    return score(story.records, Fold(RUNBOOK, {}).take_all(story.records).state(), past)


def test_containment_runs_from_the_first_change_that_hurt_to_the_last_success() -> None:
    """Denied at 5, still in at 6 by propagation, refused at 7: first at 5 by that step, full at 6."""
    found = scored(whole(), history(deed(2, True), deed(6, True), deed(7, False)))
    assert (found.first_containment, found.first_by) == (300, "deny")
    assert (found.last_success, found.full_containment, found.missed) == (360, 360, ())


def test_a_change_that_hurt_nobody_contains_nothing() -> None:
    """The adversary was never refused after it, so there is neither a first nor a full containment."""
    found = scored(whole(), history(deed(2, True), deed(7, True), tries=(deed(20, True),)))
    assert (found.first_containment, found.full_containment, found.missed) == (None, None, ("leaked",))


def test_a_refusal_that_was_there_before_is_no_containment() -> None:
    """What the adversary was refused at 2 already was not done by the change at 5."""
    found = scored(whole(), history(deed(2, False), deed(7, False)))
    assert found.first_containment is None


def test_no_containment_is_full_while_one_credential_works() -> None:
    """One of two credentials works for the judge: it is named as missed, and full containment never came."""
    past = history(deed(6, False), tries=(deed(20, False), deed(20, True, by="session")))
    found = scored(whole(), past)
    assert (found.first_containment, found.full_containment, found.missed) == (300, None, ("session",))


def test_asking_who_one_is_is_no_way_in() -> None:
    """GetCallerIdentity works under any deny; it counts neither as a success nor as a missed credential."""
    asks = {"call": "sts.GetCallerIdentity"}
    past = history(deed(6, False), deed(9, True, **asks), tries=(deed(20, False), deed(20, True, **asks)))
    found = scored(whole(), past)
    assert (found.missed, found.last_success, found.full_containment) == ((), None, 300)
    assert sum(act.successes for act in found.acts) == 0


def test_each_step_is_followed_by_what_the_adversary_did_until_the_next() -> None:
    """Successes and refusals stand with the step after which they came, with the credentials that worked."""
    deeds = (deed(0.5, True), deed(2, True), deed(3, True, by="session"), deed(6, False), deed(7, True, by="session"))
    rows = [(act.step, act.what, act.successes, act.denials, act.ways) for act in scored(whole(), history(*deeds)).acts]
    assert rows == [
        ("", "", 1, 0, ("leaked",)),
        ("look", "read", 2, 0, ("leaked", "session")),
        ("deny", "changed", 1, 1, ("session",)),
    ]


def test_what_was_changed_before_it_was_kept_is_named() -> None:
    """Evidence that comes after the change does not count."""
    late = denied(looked(), 5).tell(6, "evidence", name="look", sha256="0" * 64, size=1, step="look", gaps=[])
    assert scored(late, history()).unkept == ("deny",)
    assert scored(whole(), history()).unkept == ()


def test_refused_workloads_are_collateral_and_weather_is_not() -> None:
    """Denials of legitimate work are counted by name; an error of AWS is nobody's fault."""
    storm = replace(deed(8, False, actor="ledger"), code="ServiceUnavailable")
    past = history(deed(7, False, actor="ledger"), storm, deed(9, True, actor="ledger"))
    assert scored(whole(), past).collateral == {"ledger": 1}


def test_hints_injects_pauses_and_guards_are_counted() -> None:
    """By the kind in the record; a note that a person typed is none, whatever it says."""
    verdicts = [
        {"guard": "protected", "ruling": "DENY", "reason": "It is protected.", "ask": ""},
        {"guard": "unlocked", "ruling": "ALLOW", "reason": "It is.", "ask": ""},
    ]
    story = whole().tell(6, "judge", step="deny", verdicts=verdicts, result="DENY")
    story.tell(7, "note", text="1 of 2: look", kind="hint", of="deny").tell(8, "note", text="hint: nothing")
    story.tell(9, "note", text="boss: well?", kind="inject", of="boss").tell(9, "note", text="x", kind="pause", of="")
    found = scored(story, history())
    assert [found.count(kind) for kind in ("hint", "inject", "pause")] == [1, 1, 1]
    assert [(one.guard, one.ruling, one.at) for one in found.guards] == [("protected", "DENY", 360)]


def test_it_is_won_only_when_something_was_judged_and_all_of_it_met() -> None:
    """No objective at all is not a win."""
    assert scored(whole(), history()).won
    assert not scored(whole(), history(objectives=())).won
    assert not scored(whole(), history(objectives=(Objective("a", "A", False, "no"),))).won


def test_programs_get_plain_numbers() -> None:
    """No float, no date object: whole seconds, lists and maps."""
    data = as_data(scored(whole(), history(deed(6, True), deed(7, False))))
    assert (data["first_containment"], data["full_containment"], data["hints"]) == (300, 360, 0)
    assert data["acts"][1]["at"] == 60 and isinstance(data["acts"], list)
