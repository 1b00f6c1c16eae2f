"""Two people: one plan, one signed yes from another key and another person, once and in time; or the broken glass."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from irtui.canonical import canonical
from irtui.engine.operator import Approvals, Command, RunStep
from irtui.journal.approval import Request, approval_file, read_request
from irtui.journal.mailbox import MAILBOX
from irtui.journal.seal import Ed25519Signer
from irtui.journal.verify import verify
from irtui.model.approval import Person
from tests.support.bench_of_one import Bench, Human
from tests.support.memory_door import START
from tests.unit.engine.test_walk import RUNBOOK

TWO = RUNBOOK.replace("    needs: [owner]\n    confirm:", "    approvers: 1\n    needs: [owner]\n    confirm:", 1)
MO = Ed25519Signer.from_seed(b"2" * 32, "keyring")
KIM = Ed25519Signer.from_seed(b"3" * 32, "keyring")
STRANGER = Ed25519Signer.from_seed(b"4" * 32, "keyring")
PINNED = {"mo": MO.public, "kim": KIM.public}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, TWO, approvers=PINNED)


def request_of(bench: Bench) -> Request:
    """The newest request, as a colleague gets it."""
    approval = bench.state.step("deny").approval
    assert approval is not None
    return read_request((bench.folder / MAILBOX / approval.file).read_bytes())


def answer(bench: Bench, request: Request, signer: Ed25519Signer = MO, name: str = "mo", file: str = "a") -> Path:
    """A colleague's yes, dropped into the incident's folder."""
    path = bench.folder / MAILBOX / f"{file}.approval.json"
    path.write_bytes(approval_file(request, Person(name), signer, bench.clock.now()))
    return path


def sat(bench: Bench, *commands: Command, human: Human | None = None) -> Human:
    """A sitting that is left after its last command: no time passes."""
    human = human or Human([], bench.clock)
    human.stays = False
    return bench.walk(*commands, human=human)


def asked(bench: Bench) -> Request:
    sat(bench, RunStep("deny"))
    return request_of(bench)


def approved(bench: Bench) -> list[dict[str, Any]]:
    return [dict(record.body) for record in bench.journal.records if record.type == "approve"]


def test_a_plan_runs_when_another_person_has_signed_exactly_it(bench: Bench) -> None:
    """Asked, nothing is sent; the dropped answer is found and recorded; then the same plan is confirmed and runs."""
    request = asked(bench)
    assert bench.door.sent == []
    assert request.plans[0].calls[0].call.params["UserName"] == "ci-deploy"
    answer(bench, request)
    human = sat(bench, RunStep("deny"))
    assert bench.status("deny") == "settling"
    (confirmed,) = human.confirmations
    assert [v.reason for v in confirmed.verdicts if v.guard == "two_person"] == ["Approved by mo, mo."]
    assert [record["kind"] for record in approved(bench)] == ["request", "approval"]
    (intent,) = [record for record in bench.journal.records if record.type == "intent"]
    assert intent.body["plan"] == request.digest
    assert verify(bench.folder).verdict == "not closed"


def test_the_approved_plan_is_the_one_that_runs_also_in_another_process(bench: Bench) -> None:
    """After a resume the plan comes from the journal, and drift since it was made still refuses it."""
    request = asked(bench)
    answer(bench, request)
    bench.again()
    sat(bench, RunStep("deny"))
    assert bench.status("deny") == "settling"
    assert bench.door.policies["irtui"]["Statement"][0]["Effect"] == "Deny"


def test_what_changed_since_it_was_approved_is_refused(bench: Bench) -> None:
    """An approval is about what the approver saw: a policy that came meanwhile is drift, and nothing is sent."""
    answer(bench, asked(bench))
    bench.door.policies["irtui"] = {"Statement": [{"Effect": "Allow"}]}
    human = sat(bench, RunStep("deny"))
    assert bench.door.sent == []
    assert "changed since" in human.told[-1].text


def test_other_steps_go_on_while_somebody_sleeps(bench: Bench) -> None:
    """A missing approval holds up its own step only."""
    asked(bench)
    sat(bench, RunStep("off"))
    assert bench.status("off") == "done"


Spoil = Callable[[Bench, Request], Path]


def rebound(bench: Bench, request: Request) -> Path:
    """Signed by the right person for another plan: the digest of the file is exchanged, and signed again."""
    path = answer(bench, request)
    data = json.loads(path.read_bytes())
    data["digest"] = "0" * 64
    del data["sig"]
    data["sig"] = MO.sign(b"irtui-approval-v1\n" + canonical(data)).hex()
    path.write_bytes(canonical(data) + b"\n")
    return path


def flipped(bench: Bench, request: Request) -> Path:
    path = answer(bench, request)
    path.write_bytes(path.read_bytes().replace(b'"name":"mo"', b'"name":"xx"'))
    return path


def another_text(bench: Bench, request: Request) -> Path:
    """The approver was shown other bytes than those that were sent."""
    path = answer(bench, request)
    data = json.loads(path.read_bytes())
    data["request_sha256"] = hashlib.sha256(b"other").hexdigest()
    del data["sig"]
    data["sig"] = MO.sign(b"irtui-approval-v1\n" + canonical(data)).hex()
    path.write_bytes(canonical(data) + b"\n")
    return path


def late(bench: Bench, request: Request) -> Path:
    bench.clock.skip(15 * 60.0)
    return answer(bench, request)


def of_another_incident(bench: Bench, request: Request) -> Path:
    path = answer(bench, request)
    data = json.loads(path.read_bytes())
    data["incident"] = "INC-OTHER"
    del data["sig"]
    data["sig"] = MO.sign(b"irtui-approval-v1\n" + canonical(data)).hex()
    path.write_bytes(canonical(data) + b"\n")
    return path


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (rebound, "bound to another plan"),
        (flipped, "the signature does not fit"),
        (another_text, "another text"),
        (of_another_incident, "no request of this incident"),
        (lambda b, r: answer(b, r, STRANGER), "has the key"),
        (lambda b, r: answer(b, r, b.signer), "the operator's own key"),
        (lambda b, r: answer(b, r, MO, "Alice"), "nobody approves for themselves"),
    ],
)
def test_an_answer_that_does_not_count_is_refused_with_its_reason(bench: Bench, spoil: Spoil, why: str) -> None:
    """Re-bound, altered, for another text or incident, by a stranger, by one's own key or person: refused, recorded,
    and nothing is sent."""
    spoil(bench, asked(bench))
    human = sat(bench, RunStep("deny"))
    told = [message.text for message in human.told if message.title == "This approval does not count"]
    assert len(told) == 1
    assert why in told[0]
    assert bench.door.sent == []
    refused = [record for record in approved(bench) if record["kind"] == "refused"]
    assert [why in record["why"] for record in refused] == [True]


def test_a_request_expires_into_no_and_a_new_one_is_made(bench: Bench) -> None:
    """After fifteen minutes the answer is refused; running the step asks anew; the old answer does not fit the new."""
    first = asked(bench)
    late(bench, first)
    sat(bench, RunStep("deny"))
    second = request_of(bench)
    assert second.id != first.id
    assert second.expires - second.made == timedelta(minutes=15)
    human = sat(bench, RunStep("deny"))
    assert bench.door.sent == []
    assert not any(message.title == "Approved" for message in human.told)
    refused = [record["why"] for record in approved(bench) if record["kind"] == "refused"]
    assert refused == ["it answers an earlier request, which is void"]


def test_an_approval_that_expires_before_the_confirmation_is_worth_nothing(bench: Bench) -> None:
    """The operator thinks for a quarter of an hour over the confirmation: nothing is sent."""
    answer(bench, asked(bench))
    human = Human([], bench.clock)
    agrees = human.agrees
    human.agrees = lambda request: (bench.clock.skip(900.0), agrees(request))[1]
    sat(bench, RunStep("deny"), human=human)
    assert bench.door.sent == []
    assert human.told[-1].text == "The approval expired before it was confirmed."


def test_an_approval_holds_once(bench: Bench) -> None:
    """The same plan again, after it was taken back outside, needs a new request; the old answer is refused."""
    request = asked(bench)
    path = answer(bench, request)
    sat(bench, RunStep("deny"))
    bench.door.policies.clear()
    bench.clock.skip(20.0)
    bench.walk()
    assert bench.status("deny") == "reopened"
    path.rename(path.with_name("b.approval.json"))
    path.with_name("c.approval.json").write_bytes(
        approval_file(request, Person("kim"), KIM, bench.clock.now())
    )  # the same old request, answered by somebody else
    sat(bench, RunStep("deny"), RunStep("deny"))
    assert len(bench.door.sent) == 1
    assert [r["why"] for r in approved(bench) if r["kind"] == "refused"] == [
        "it answers an earlier request, which is void"
    ]


def test_two_approvers_are_two_people_with_two_keys(tmp_path: Path) -> None:
    """One person's second answer counts no more than the first; another one's completes it."""
    bench = Bench(tmp_path, TWO.replace("approvers: 1", "approvers: 2"), approvers=PINNED)
    request = asked(bench)
    answer(bench, request, file="a")
    bench.clock.skip(1.0)
    answer(bench, request, file="b")
    answer(bench, request, KIM, "mo", file="c")
    sat(bench, RunStep("deny"))
    assert bench.door.sent == []
    assert [r["why"] for r in approved(bench) if r["kind"] == "refused"] == [
        "mo has approved it already", "kim has approved it already",
    ]  # fmt: skip
    answer(bench, request, KIM, "kim", file="d")
    sat(bench, RunStep("deny"))
    assert len(bench.door.sent) == 1


def test_an_approver_who_takes_the_incident_over_has_approved_nothing(bench: Bench) -> None:
    """Mo said yes to alice and then sits down instead of her: the step is refused, and mo can ask somebody else."""
    request = asked(bench)
    answer(bench, request)
    sat(bench)
    bench.again(operator="mo")
    human = sat(bench, RunStep("deny"))
    assert bench.door.sent == []
    assert "Somebody else must" in human.told[-1].text
    human.choice = "ask-anew"
    sat(bench, Approvals("deny"), human=human)
    answer(bench, request_of(bench), KIM, "kim", file="b")
    sat(bench, RunStep("deny"))
    assert len(bench.door.sent) == 1


def test_a_key_that_vouches_for_who_sits_there_has_approved_nothing(bench: Bench) -> None:
    """Mo said yes to alice and then sits down under another name, with a key that the same long-term key vouches for:
    the step is refused."""
    answer(bench, asked(bench))
    sat(bench)
    bench.again(operator="maurice", vouched_by=MO)
    human = sat(bench, RunStep("deny"))
    assert bench.door.sent == []
    assert "Somebody else must" in human.told[-1].text


def test_the_glass_is_one_decision_away_and_marked_for_ever(bench: Bench) -> None:
    """Nobody answers: a typed reason lets the plan run after the target was typed; state and journal say so."""
    human = Human([], bench.clock)
    human.choice, human.statement = "break-glass", "everybody else is asleep and it spreads"
    sat(bench, RunStep("deny"), human=human)
    assert bench.status("deny") == "settling"
    assert bench.state.glass == ("deny",)
    (glass,) = [record for record in approved(bench) if record["kind"] == "break-glass"]
    assert glass["reason"] == "everybody else is asleep and it spreads"
    (confirmed,) = human.confirmations
    assert confirmed.typed
    assert "BREAK-GLASS" in next(v.reason for v in confirmed.verdicts if v.guard == "two_person")
    held = [path for path in bench.folder.rglob("*") if path.is_file() and b"everybody else" in path.read_bytes()]
    assert [path.parent.name for path in held] == ["texts"], "what was typed stands in one file alone, and can go"


def test_the_glass_does_not_break_without_a_reason(bench: Bench) -> None:
    """A word is no reason: nothing is sent and nothing recorded."""
    human = Human([], bench.clock)
    human.choice, human.statement = "break-glass", "now"
    sat(bench, RunStep("deny"), human=human)
    assert bench.door.sent == []
    assert bench.state.glass == ()


def test_who_is_missing_and_until_when_is_said_and_can_be_asked_anew(bench: Bench) -> None:
    """The question names who may still answer, the moment it expires and the file; asking anew voids the old one."""
    first = asked(bench)
    human = Human([], bench.clock)
    human.choice = "ask-anew"
    sat(bench, Approvals("deny"), human=human)
    (question,) = human.questions
    assert "0 of 1 approved" in question.text
    assert f"{first.expires:%H:%M:%SZ}" in question.text
    assert "kim, mo" in question.text
    assert request_of(bench).id != first.id
    assert first.expires == START + timedelta(minutes=15)


def test_a_file_somewhere_else_is_taken_by_its_path(bench: Bench, tmp_path: Path) -> None:
    """The operator types where the answer lies; it is judged like any other, and the step runs on."""
    path = answer(bench, asked(bench))
    elsewhere = tmp_path / "from-mo.json"
    path.rename(elsewhere)
    human = Human([], bench.clock)
    human.choice, human.statement = "file", str(elsewhere)
    sat(bench, Approvals("deny"), human=human)
    assert bench.status("deny") == "settling"
