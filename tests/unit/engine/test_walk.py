"""The engine over a real journal, with a door in memory: what it may do, what it refuses, what it never repeats."""

from datetime import timedelta
from pathlib import Path

import pytest

from irtui.engine.operator import CloseIncident, Confirmation, Confirmed, LookAgain, RunStep, SkipStep, UndoStep, Unlock
from irtui.errors import AwsFault, JournalError
from irtui.journal.verify import verify
from irtui.model.call import Call
from irtui.model.outcome import Outcome, Status
from tests.support.bench_of_one import Bench, Human
from tests.support.memory_door import START

RUNBOOK = """
runbook: test
title: A test
version: "1"
severity: high
use_when: Never.
inputs:
  key: {type: access_key_id, title: Key}
steps:
  - id: owner
    phase: analyze
    title: Whose key?
    call: iam.GetAccessKeyLastUsed
    with: {AccessKeyId: "${{ inputs.key }}"}
    keep: {user: UserName}
    evidence: true
  - id: deny
    phase: contain
    title: Deny everything to ${{ steps.owner.user }}
    call: iam.PutUserPolicy
    with:
      UserName: ${{ steps.owner.user }}
      PolicyName: irtui
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}
    needs: [owner]
    confirm: ${{ steps.owner.user }}
    verify:
      call: iam.GetUserPolicy
      with: {UserName: "${{ steps.owner.user }}", PolicyName: irtui}
      until: PolicyDocument.Statement[0].Effect == 'Deny'
      within: 10s
      again_after: 15s
    undo:
      call: iam.DeleteUserPolicy
      with: {UserName: "${{ steps.owner.user }}", PolicyName: irtui}
  - id: off
    phase: contain
    title: Deactivate
    call: iam.UpdateAccessKey
    with: {UserName: "${{ steps.owner.user }}", AccessKeyId: "${{ inputs.key }}", Status: Inactive}
    needs: [owner]
    verify:
      call: iam.ListAccessKeys
      with: {UserName: "${{ steps.owner.user }}"}
      until: AccessKeyMetadata[?AccessKeyId == ${{ inputs.key }}].Status | [0] == 'Inactive'
      within: 10s
    undo:
      call: iam.UpdateAccessKey
      with: {UserName: "${{ steps.owner.user }}", AccessKeyId: "${{ inputs.key }}", Status: Active}
  - id: fate
    phase: eradicate
    title: And now?
    ask: What becomes of it?
    choices: {keep: Keep it., delete: Delete it.}
  - id: gone
    phase: eradicate
    title: Delete
    when: steps.fate.choice == 'delete'
    call: iam.DeleteAccessKey
    with: {UserName: "${{ steps.owner.user }}", AccessKeyId: "${{ inputs.key }}"}
    irreversible: It cannot come back.
    confirm: ${{ inputs.key }}
    verify:
      call: iam.ListAccessKeys
      with: {UserName: "${{ steps.owner.user }}"}
      until: length(AccessKeyMetadata[?AccessKeyId == ${{ inputs.key }}]) == `0`
  - id: place
    phase: recover
    title: By hand
    text: It is the key of ${{ steps.owner.user }}.
    manual: Remove what ${{ steps.owner.user }} leaked.
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, RUNBOOK)


def test_what_the_operator_reads_is_filled_in(bench: Bench) -> None:
    """Title, text and instruction name what earlier steps found; until they know it, the expression stands there."""
    assert bench.state.step("place").text == "It is the key of ${{ steps.owner.user }}."
    bench.walk()
    found = bench.state.step("place")
    assert (found.text, found.wanted) == ("It is the key of ci-deploy.", "Remove what ci-deploy leaked.")


def test_reads_run_by_themselves_and_changes_wait_for_a_human(bench: Bench) -> None:
    """Opening runs the reading step; nothing that changes is sent before the operator asks for it."""
    bench.walk()

    assert bench.status("owner") == "done"
    assert bench.state.step("owner").values == {"user": "ci-deploy"}
    assert bench.state.step("deny").title == "Deny everything to ci-deploy"
    assert bench.door.sent == []


def test_a_confirmed_change_is_sent_once_between_intent_and_outcome(bench: Bench) -> None:
    """The intent is written before the call, the outcome after; the check and the settling follow."""
    human = bench.walk(RunStep("deny"))

    assert [call.operation for call in bench.door.sent] == ["PutUserPolicy"]
    types = [kind for kind in bench.types() if kind in ("plan", "judge", "decide", "intent", "outcome", "check")]
    assert types == ["plan", "judge", "decide", "intent", "outcome", "check", "check"]
    assert human.confirmations[0].typed == "ci-deploy"
    assert bench.status("deny") == "done"


def test_the_user_agent_tag_names_the_intent_and_the_head_and_no_word(bench: Bench) -> None:
    """The tag that AWS's trail will show is opaque, and holds the number and the hash of the intent record."""
    bench.walk(RunStep("deny"))

    intent = next(record for record in bench.journal.records if record.type == "intent")
    following = next(record for record in bench.journal.records if record.seq == intent.seq + 1)
    _, seq, head = bench.door.tags[0].split("-")
    assert int(seq) == intent.seq
    assert following.prev.startswith(head)
    assert "INC" not in bench.door.tags[0]


def test_a_wrong_word_sends_nothing(bench: Bench) -> None:
    """A typed confirmation that does not match is recorded as declined, and nothing is sent."""
    human = Human([], bench.clock)
    human.agrees = lambda request: Confirmed("ci-deplox")
    bench.walk(RunStep("deny"), human=human)

    assert bench.door.sent == []
    assert bench.journal.records[-1].body["kind"] == "decline"


def test_a_locked_incident_changes_nothing_until_unlocked(tmp_path: Path) -> None:
    """Without the unlock a guard refuses; wrong digits unlock nothing; the right ones do."""
    bench = Bench(tmp_path, RUNBOOK, unlocked=False)
    human = bench.walk(RunStep("deny"), Unlock("1111"), RunStep("deny"), Unlock("3333"), RunStep("deny"))

    assert len(bench.door.sent) == 1
    assert [message.title for message in human.told] == ["Refused by a guard", "Still read-only", "Refused by a guard"]


def test_drift_between_confirmation_and_sending_refuses_and_shows_it(bench: Bench) -> None:
    """What somebody changed while the operator read the plan stops the send, with the difference in words."""

    def slow(request: Confirmation) -> Confirmed | None:
        bench.door.policies["irtui"] = {"Statement": [{"Effect": "Allow"}]}
        return Confirmed(request.typed)

    human = Human([], bench.clock)
    human.agrees = slow
    bench.walk(RunStep("deny"), human=human)

    assert bench.door.sent == []
    assert "Allow" in human.told[-1].text
    assert bench.status("deny") == "todo"


@pytest.mark.parametrize("acted", [True, False])
def test_a_lost_answer_is_settled_by_looking(bench: Bench, acted: bool) -> None:
    """A timeout is unknown until a look at AWS says applied or not applied; the call is not sent again by itself."""

    def lost(call: Call) -> Outcome:
        if acted:
            bench.door.act(call)
        return Outcome(Status.UNKNOWN, code="ReadTimeout", message="no answer within 20 s")

    bench.walk()
    bench.door.before_change = lost
    bench.walk(RunStep("off"))

    assert len(bench.door.sent) == 1
    assert bench.status("off") == ("done" if acted else "todo")
    assert [r.body["found"] for r in bench.journal.records if r.type == "reconcile"] == [
        "applied" if acted else "not_applied"
    ]


@pytest.mark.parametrize("acted", [True, False])
def test_a_crash_between_intent_and_outcome_is_in_doubt_and_reconciled_on_resume(bench: Bench, acted: bool) -> None:
    """After dying in a call, the next sitting looks first and repeats nothing."""

    class Killed(BaseException):
        pass

    def die(call: Call) -> Outcome:
        if acted:
            bench.door.act(call)
        bench.journal.release()  # as a dead process would: nothing more can be written
        raise Killed

    bench.walk()
    bench.door.before_change = die
    with pytest.raises((Killed, JournalError)):
        bench.walk(RunStep("off"))
    bench.door.before_change = lambda call: None
    bench.again()
    assert bench.status("off") == "in doubt"
    bench.walk()

    assert len(bench.door.sent) == 1
    assert bench.status("off") == ("done" if acted else "todo")


def test_what_was_undone_behind_our_back_is_open_again(bench: Bench) -> None:
    """The second look finds the deny removed: the step is reopened, said so, and can be run again."""
    human = Human([], bench.clock)
    bench.walk()

    def settle(request: Confirmation) -> Confirmed | None:
        return Confirmed(request.typed)

    human.agrees = settle
    original = bench.clock.sleep

    def sleep(seconds: float) -> None:
        if bench.status("deny") == "settling":
            bench.door.policies.clear()
        original(seconds)

    bench.clock.sleep = sleep  # type: ignore[method-assign]  # the attacker acts while time passes
    bench.walk(RunStep("deny"), human=human)
    assert bench.status("deny") == "reopened"
    assert human.told[-1].title == "It was undone behind our back"
    assert bench.state.contained == "open"

    bench.clock.sleep = original  # type: ignore[method-assign]
    bench.walk(RunStep("deny"))
    assert bench.status("deny") == "done"


def test_ticked_steps_alone_contain_nothing(bench: Bench) -> None:
    """Every containing step is done and settled, and still nobody has looked at the whole again."""
    human = Human([], bench.clock)
    bench.walk(RunStep("off"), human=human)
    assert bench.state.contained == "open"
    bench.walk(RunStep("deny"), human=human)
    assert bench.state.contained == "not re-checked"


def test_undo_takes_the_step_back_and_checks_that_the_old_state_is_there(bench: Bench) -> None:
    """Undo runs the undo call through the same guards and ends as undone; running the step again works."""
    bench.walk(RunStep("deny"), UndoStep("deny"))

    assert bench.door.policies == {}
    assert bench.status("deny") == "undone"
    bench.walk(RunStep("deny"))
    assert bench.status("deny") == "done"
    assert [call.operation for call in bench.door.sent] == ["PutUserPolicy", "DeleteUserPolicy", "PutUserPolicy"]


def test_when_decides_by_the_answer(bench: Bench) -> None:
    """A step whose `when` is false is not needed and cannot be run; what destroys takes the typed last four."""
    bench.walk(RunStep("deny"), RunStep("off"), RunStep("fate"))
    assert bench.status("gone") == "not needed"


def test_a_step_that_waits_for_an_answer_is_not_known_yet(bench: Bench) -> None:
    """Taken before its question is answered, it is not told as "not needed": the question is named, it stays open."""
    human = bench.walk(RunStep("deny"), RunStep("off"), RunStep("gone"))
    assert (human.told[-1].title, bench.status("gone")) == ("Not known yet", "todo")
    assert "And now?" in human.told[-1].text


def test_destroying_asks_for_the_last_four_of_a_long_id(bench: Bench) -> None:
    """Deleting a key is confirmed by the end of its id and says that it cannot come back."""
    human = Human([], bench.clock)
    human.choice = "delete"
    bench.walk(RunStep("deny"), RunStep("off"), RunStep("fate"), RunStep("gone"), human=human)

    assert human.confirmations[-1].typed == "1111"
    assert human.confirmations[-1].irreversible == ("It cannot come back.",)
    assert bench.door.keys == {}


def test_access_denied_fails_the_step_and_it_can_be_run_again(bench: Bench) -> None:
    """A definite refusal of AWS is a failure with its words; nothing is in doubt, a second try is a new intent."""
    bench.walk()
    bench.door.before_change = lambda call: Outcome(Status.FAILED, code="AccessDenied", message="not you")
    human = bench.walk(RunStep("off"))
    assert bench.status("off") == "failed"
    assert "AccessDenied" in human.told[-1].text

    bench.door.before_change = lambda call: None
    bench.walk(RunStep("off"))
    assert bench.status("off") == "done"


def test_an_expired_session_leaves_the_step_where_it_is(bench: Bench) -> None:
    """An expiry mid-run is told with its advice; after signing in the same step goes on."""
    bench.walk()
    who = bench.door.who
    bench.door.who = AwsFault("expired", "ExpiredToken", "the token has expired", advice="aws sso login --profile ir")
    human = bench.walk(RunStep("off"))
    assert human.told[-1].advice == "aws sso login --profile ir"
    assert (bench.status("off"), bench.door.sent) == ("todo", [])

    bench.door.who = who
    bench.walk(RunStep("off"))
    assert bench.status("off") == "done"


def test_a_precondition_that_cannot_be_read_asks_for_a_reason_instead_of_blocking(bench: Bench) -> None:
    """Containment that can be undone goes on when a read is denied: a typed reason is asked for and recorded."""
    bench.walk()

    def denied(call: Call) -> None:
        if call.operation == "GetUserPolicy":
            raise AwsFault("denied", "AccessDenied", "not allowed", call=call.name)

    bench.door.before_read = denied
    human = bench.walk(RunStep("deny"))

    assert human.confirmations[0].reason_for
    assert len(bench.door.sent) == 1
    assert bench.status("deny") == "unverified"


def test_skipping_needs_a_reason_and_close_names_what_is_left(bench: Bench) -> None:
    """A skip without a reason is refused; closing with open steps needs a reason and lists them."""
    bench.walk(SkipStep("off", ""), SkipStep("off", "the owner did it"), CloseIncident(), CloseIncident("handed over"))

    assert bench.status("off") == "skipped"
    last = bench.journal.records[-1]
    assert (last.type, last.body["reason"]) == ("close", "handed over")
    assert "deny" in last.body["open"]
    assert verify(bench.folder).verdict == "complete"


def test_needs_hold_a_step_back(tmp_path: Path) -> None:
    """A step whose needed step is not done is not run."""
    bench = Bench(tmp_path, RUNBOOK)
    bench.door.before_read = lambda call: (_ for _ in ()).throw(AwsFault("invalid", "Bad", "no", call=call.name))
    human = bench.walk(RunStep("gone"))
    assert human.told
    assert bench.door.sent == []


def test_a_journal_that_cannot_be_written_sends_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the intent cannot be made durable, JournalError ends the walk and AWS has heard nothing."""
    bench.walk()
    append = bench.journal.append

    def full(kind: str, body: dict[str, object]) -> object:
        if kind == "intent":
            raise JournalError("No space left on device")
        return append(kind, body)

    monkeypatch.setattr(bench.journal, "append", full)
    with pytest.raises(JournalError):
        bench.walk(RunStep("off"))
    assert bench.door.sent == []


def test_looking_again_verifies_anew(bench: Bench) -> None:
    """The operator may look at a done step at any time; what is gone is then no longer called done."""
    bench.walk(RunStep("off"))
    bench.door.keys["AKIA1111111111111111"] = "Active"
    bench.walk(LookAgain("off"))

    assert bench.status("off") == "reopened"


def test_times_of_records_come_from_the_clock_that_was_handed_in(bench: Bench) -> None:
    """Nothing in the journal is dated by the machine's own clock."""
    bench.walk(RunStep("off"))
    latest = bench.journal.records[-1].t
    assert START.strftime("%Y-%m-%d") in latest
    assert bench.clock.now() - START < timedelta(minutes=5)


def test_the_end_of_a_session_is_judged_by_the_clock_of_aws(bench: Bench) -> None:
    """A laptop that is a day ahead does not make a session look ended: containment goes on."""
    bench.walk()
    bench.clock.sleep(24 * 3600)
    bench.door.ahead = timedelta(hours=-24)
    bench.walk(RunStep("off"))
    assert bench.status("off") == "done"
