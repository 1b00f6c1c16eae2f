"""The engine under an operator, an attacker, a bad network and crashes in any order: what must hold after each."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from irtui.canonical import plain
from irtui.engine.fold import Fold
from irtui.engine.operator import (
    CloseIncident,
    Command,
    Confirmation,
    Confirmed,
    LookAgain,
    RunStep,
    SkipStep,
    UndoStep,
)  # fmt: skip
from irtui.errors import AwsFault, JournalError
from irtui.journal.read import read_records
from irtui.journal.verify import verify
from irtui.model.call import Call
from irtui.model.outcome import Outcome, Reply, Status
from tests.support.bench_of_one import Bench, Human
from tests.support.memory_door import MemoryDoor

DEEP = bool(os.environ.get("IRTUI_DEEP"))
A, B, C = "AKIA1111111111111111", "AKIA2222222222222222", "AKIA3333333333333333"
RUNBOOK = """
runbook: test
title: A test
version: "1"
severity: high
use_when: Never.
inputs:
  key: {type: access_key_id, title: Key}
steps:
  - id: keys
    phase: analyze
    title: Keys
    call: iam.ListAccessKeys
    with: {UserName: ci}
    keep: {active: "AccessKeyMetadata[?Status == 'Active'].AccessKeyId"}
    evidence: true
    on_failure: ask
  - id: deny
    phase: contain
    title: Deny
    call: iam.PutUserPolicy
    with: {UserName: ci, PolicyName: irtui, PolicyDocument: {Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}}
    needs: [keys]
    skippable: true
    verify:
      call: iam.GetUserPolicy
      with: {UserName: ci, PolicyName: irtui}
      until: PolicyDocument.Statement[0].Effect == 'Deny'
      within: 6s
      again_after: 15s
    undo: {call: iam.DeleteUserPolicy, with: {UserName: ci, PolicyName: irtui}}
  - id: off
    phase: contain
    title: Off
    for_each: ${{ steps.keys.active }}
    as: key
    use: iam.deactivate_access_key
    with: {user: ci, access_key_id: "${{ key }}"}
    skippable: true
  - id: closed
    phase: contain
    title: Closed?
    call: iam.ListAccessKeys
    with: {UserName: ci}
    keep: {active: "AccessKeyMetadata[?Status == 'Active'].AccessKeyId"}
    renews: keys
    verify: {until: "length(AccessKeyMetadata[?Status == 'Active']) == `0`", within: 60s, every: 15s}
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
    with: {UserName: ci, AccessKeyId: "${{ inputs.key }}"}
    irreversible: It cannot come back.
    verify:
      call: iam.ListAccessKeys
      with: {UserName: ci}
      until: length(AccessKeyMetadata[?AccessKeyId == ${{ inputs.key }}]) == `0`
      within: 6s
"""
CHANGES = ("deny", "off", "gone")


class Killed(BaseException):
    """The process died here."""


class WatchingDoor(MemoryDoor):
    """Checks each change against the journal on disk as it is sent, and remembers what each read showed."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.keys = {A: "Active", B: "Active"}
        self.seen: list[tuple[int, dict[str, str], dict[str, Any]]] = []
        """Records on disk, keys and policies at each read."""

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        reply = super().read(call, pages=pages) if call.operation != "GetUserPolicy" else self._policy(call)
        self._note()
        return reply

    def _policy(self, call: Call) -> Reply:
        try:
            return super().read(call)
        except AwsFault as fault:
            if fault.kind == "absent":
                self._note()
            raise

    def _note(self) -> None:
        self.seen.append((len(read_records(self.folder)), dict(self.keys), dict(self.policies)))

    def change(self, call: Call, tag: str) -> Outcome:
        records = read_records(self.folder)
        intent = records[-1]
        assert intent.type == "intent", "a change without a durable intent"
        assert {name: intent.body["call"][name] for name in call.as_data()} == plain(call.as_data())
        assert int(tag.split("-")[1]) == intent.seq
        assert tag not in self.tags, "sent twice for one intent"
        confirmed = [r.body["digest"] for r in records if r.type == "decide" and r.body["kind"] == "confirm"]
        assert intent.body["plan"] in confirmed, "sent without consent"
        settled = {r.body["intent"] for r in records if r.type == "outcome"}
        settled |= {r.body["intent"] for r in records if r.type == "reconcile" and r.body["found"] != "unclear"}
        doubtful = {r.seq for r in records if r.type == "intent" and r.body["step"] == intent.body["step"]} - settled
        assert doubtful == {intent.seq}, "sent while an earlier call of the unit is in doubt"
        return super().change(call, tag)

    def act(self, call: Call) -> Outcome:
        missing = call.operation == "DeleteUserPolicy" and call.params["PolicyName"] not in self.policies
        missing |= "AccessKeyId" in call.params and call.params["AccessKeyId"] not in self.keys
        return Outcome(Status.FAILED, code="NoSuchEntity", message="none") if missing else super().act(call)


class Incident(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())

    @initialize()
    def open(self) -> None:
        self.bench = Bench(self.folder, RUNBOOK)
        self.bench.door = self.door = WatchingDoor(self.bench.folder)
        self.bench._sit()
        self.play([])

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def play(self, commands: list[Command], *, drift: bool = False, choice: str | None = None) -> None:
        """One walk; what dies in it is found by another process."""
        human = Human([], self.bench.clock)
        human.stays, human.choice = False, choice
        if drift:
            human.agrees = self._while_reading
        try:
            self.bench.walk(*commands, human=human)
        except (Killed, JournalError):
            self.bench.again()
        finally:
            self.bench.door.before_change = lambda call: None
            self.bench.door.before_read = lambda call: None

    def _while_reading(self, request: Confirmation) -> Confirmed:
        self.bench.door.keys[B] = "Inactive" if self.bench.door.keys.get(B) == "Active" else "Active"
        self.bench.door.policies["irtui"] = {"Statement": [{"Effect": "Allow"}]}
        return Confirmed(request.typed, "because")

    # -- the operator, the network, the machine ----------------------------------------------------

    @precondition(lambda self: not self.bench.state.closed)
    @rule(
        key=st.sampled_from(CHANGES),
        kind=st.sampled_from((RunStep, RunStep, RunStep, UndoStep, LookAgain)),
        fault=st.sampled_from(("", "", "", "lost", "lost, acted", "refused", "died", "died, acted")),
        nth=st.integers(0, 2),
        blind=st.booleans(),
        drift=st.sampled_from((False, False, False, True)),
        word=st.sampled_from((None, "applied", "not_applied", "unclear", "retry", "skip")),
    )
    def change(self, key: str, kind: Any, fault: str, nth: int, blind: bool, drift: bool, word: str | None) -> None:
        """Runs, undoes or looks, while the `nth` change meets a fault, after which reads may be denied."""
        met: list[Call] = []
        door = self.bench.door

        def meet(call: Call) -> Outcome | None:
            met.append(call)
            if not fault or len(met) != nth + 1:
                return None
            if fault.endswith("acted"):
                door.act(call)
            if blind:
                door.before_read = lambda call: (_ for _ in ()).throw(AwsFault("denied", "AccessDenied", "no"))
            if fault.startswith("died"):
                self.bench.journal.release()
                raise Killed
            if fault == "refused":
                return Outcome(Status.FAILED, code="AccessDenied", message="no")
            return Outcome(Status.UNKNOWN, code="ReadTimeout", message="no answer")

        door.before_change = meet
        # an operator's word on a doubt is taken as true, so it must be
        told = word if word not in ("applied", "not_applied") else None
        self.play([kind(key)], drift=drift, choice=told)

    @precondition(lambda self: not self.bench.state.closed)
    @rule(
        key=st.sampled_from(CHANGES),
        kind=st.sampled_from((RunStep, UndoStep)),
        at=st.sampled_from(("plan", "judge", "decide", "undo", "intent", "outcome", "unknown", "check", "items")),
        after=st.booleans(),
    )
    def cut_off(self, key: str, kind: Any, at: str, after: bool) -> None:
        """The process dies just before or just after a record is on disk."""
        append = self.bench.journal.append

        def die(type: str, body: Any) -> Any:
            record = append(type, body) if type != at or after else None
            if type == at:
                self.bench.journal.release()
                raise Killed
            return record

        self.bench.journal.append = die  # type: ignore[method-assign]
        self.play([kind(key)])
        self.bench.journal.__dict__.pop("append", None)

    @precondition(lambda self: not self.bench.state.closed)
    @rule(fault=st.sampled_from(("denied", "throttled", "timeout", "expired", "bug")), key=st.sampled_from(CHANGES))
    def cannot_see(self, fault: str, key: str) -> None:
        """Every read of this walk fails."""
        error = RuntimeError() if fault == "bug" else AwsFault(fault, fault, "no")
        self.bench.door.before_read = lambda call: (_ for _ in ()).throw(error)
        self.play([RunStep("keys"), RunStep(key), LookAgain(key), RunStep("closed")])

    @precondition(lambda self: not self.bench.state.closed)
    @rule(choice=st.sampled_from(("keep", "delete")))
    def answer(self, choice: str) -> None:
        self.play([RunStep("fate")], choice=choice)

    @precondition(lambda self: not self.bench.state.closed)
    @rule(key=st.sampled_from(CHANGES))
    def skip(self, key: str) -> None:
        self.play([SkipStep(key, "another team does it")])

    @precondition(lambda self: not self.bench.state.closed)
    @rule()
    def read_again(self) -> None:
        self.play([RunStep("keys")])

    @precondition(lambda self: not self.bench.state.closed)
    @rule(undone=st.sampled_from((None, "deny", "off")), settles=st.booleans(), looks=st.booleans())
    def contain(self, undone: str | None, settles: bool, looks: bool) -> None:
        """All that contains, perhaps taken back before, and perhaps the look at the end of it."""
        self.play([UndoStep(undone)] if undone else [])
        self.play([RunStep("deny"), RunStep("off")])
        self.bench.clock.sleep(16 if settles else 1)
        self.play([RunStep("closed")] if looks else [])

    @precondition(lambda self: not self.bench.state.closed)
    @rule(seconds=st.sampled_from((1, 16, 90)))
    def wait(self, seconds: int) -> None:
        self.bench.clock.sleep(seconds)
        self.play([])

    @precondition(lambda self: not self.bench.state.closed)
    @rule()
    def resume(self) -> None:
        self.bench.again()
        self.play([])

    @precondition(lambda self: not self.bench.state.closed)
    @rule(reason=st.sampled_from(("", "handed over")), sure=st.integers(0, 9))
    def close(self, reason: str, sure: int) -> None:
        if sure == 9:
            self.play([CloseIncident(reason)])

    # -- the attacker ------------------------------------------------------------------------------

    @rule(what=st.sampled_from(("policy", A, B, C)))
    def revert(self, what: str) -> None:
        if what == "policy":
            self.bench.door.policies.clear()
        else:
            self.bench.door.keys[what] = "Active"

    # -- what must hold ----------------------------------------------------------------------------

    @invariant()
    def the_journal_is_the_state(self) -> None:
        """What the disk tells is what is shown."""
        if not hasattr(self, "bench"):
            return
        self.bench.ledger.rest()
        records = read_records(self.bench.folder)
        told = Fold(self.bench.runbook, self.bench.children).take_all(records, self.bench.journal.head).state()
        assert told == self.bench.state

    @invariant()
    def what_is_called_done_was_seen(self) -> None:
        """Each unit that is done was so in the world when it was last looked at."""
        if not hasattr(self, "bench"):
            return
        checks = {r.body["step"]: r for r in self.bench.journal.records if r.type == "check"}
        for unit in self._done():
            assert unit in checks, f"{unit} is done and was never looked at"
            _, keys, policies = [seen for seen in self.door.seen if seen[0] < checks[unit].seq][-1]
            if unit == "deny":
                assert policies["irtui"]["Statement"][0]["Effect"] == "Deny"
            elif unit == "gone":
                assert A not in keys
            else:
                number = int(unit.removeprefix("off[").removesuffix("]"))
                assert keys[self.bench.state.step("off").items[number]] == "Inactive"

    @invariant()
    def nothing_is_hidden(self) -> None:
        """A call in doubt makes its step so, and a closed incident has none."""
        if not hasattr(self, "bench"):
            return
        state = self.bench.state
        for step in state.steps:
            if any(call.in_doubt for call in step.calls):
                assert step.status.value == "in doubt"
                assert not state.closed
        if state.closed:
            assert verify(self.bench.folder).verdict == "complete"

    @invariant()
    def contained_is_what_the_last_look_showed(self) -> None:
        """It comes of a look that showed every key off, after which nothing that counts was done, or perhaps done."""
        if not hasattr(self, "bench") or self.bench.state.contained != "contained":
            return
        records = self.bench.journal.records
        looked = max(r.seq for r in records if r.type == "check" and r.body["step"] == "closed")
        _, keys, _ = [seen for seen in self.door.seen if seen[0] < looked][-1]
        assert "Active" not in keys.values()
        calls = [call for step in self.bench.state.steps for call in step.calls if call.step != "gone"]
        assert not any(call.in_doubt for call in calls)
        assert not any(call.took_effect and call.seq > looked for call in calls)

    def _done(self) -> Iterator[str]:
        for key in CHANGES:
            step = self.bench.state.step(key)
            if step.status.value == "done":
                yield from [f"{key}[{index}]" for index in step.items_done] or [key]


@pytest.mark.parametrize("examples", [300 if DEEP else 30])
def test_whatever_happens_the_journal_and_the_world_agree(examples: int) -> None:
    """No order of commands, faults, crashes and counter-moves breaks what the engine promises."""
    run_state_machine_as_test(
        Incident,
        settings=settings(
            max_examples=examples, stateful_step_count=40 if DEEP else 20, deadline=None,
            suppress_health_check=list(HealthCheck), print_blob=True,
        ),
    )  # fmt: skip
