"""Every kind of step end to end: child runbooks, waits, manual work with proof, `on_failure`, sessions, Regions."""

from pathlib import Path

import pytest

from irtui.engine.operator import CloseIncident, LookAgain, RunStep, SkipStep
from irtui.errors import AwsFault
from irtui.model.call import Call
from irtui.model.runbook import SessionSpec
from tests.support.bench_of_one import Bench, Human

KEY, NEW = "AKIA1111111111111111", "AKIA2222222222222222"
HEAD = """
runbook: {name}
title: A test
version: "1"
severity: high
use_when: Never.
inputs:
  key: {{type: string, title: Key{optional}}}
"""
READ = """
  - id: {id}
    phase: analyze
    title: Read
    call: iam.ListAccessKeys
    with: {{UserName: ci}}
    keep: {{all: "AccessKeyMetadata[].AccessKeyId"}}
    evidence: true
    {more}
"""
OFF = """
  - id: {id}
    phase: contain
    title: Off
    call: iam.UpdateAccessKey
    with: {{UserName: ci, AccessKeyId: "${{{{ inputs.key }}}}", Status: Inactive}}
    verify:
      call: iam.ListAccessKeys
      with: {{UserName: ci}}
      until: AccessKeyMetadata[?AccessKeyId == ${{{{ inputs.key }}}}].Status | [0] == 'Inactive'
      within: 10s
    undo:
      call: iam.UpdateAccessKey
      with: {{UserName: ci, AccessKeyId: "${{{{ inputs.key }}}}", Status: Active}}
    {more}
"""
CHILD = """
  - id: {id}
    phase: contain
    title: Child
    runbook: {child}
    with: {{key: "${{{{ inputs.key }}}}"}}
    {more}
"""


def text(*steps: str, name: str = "test", optional: str = "", sessions: str = "") -> str:
    return HEAD.format(name=name, optional=optional) + sessions + "steps:" + "".join(steps)


def read(id: str = "read", more: str = "") -> str:
    return READ.format(id=id, more=more)


def off(id: str = "off", more: str = "") -> str:
    return OFF.format(id=id, more=more)


def child(name: str, id: str = "sweep", more: str = "") -> str:
    return CHILD.format(id=id, child=name, more=more)


def refused(call: Call) -> None:
    raise AwsFault("denied", "AccessDenied", "not allowed", call=call.name)


# -- children ------------------------------------------------------------------------------------


def test_a_child_two_floors_deep_ends_its_parents(tmp_path: Path) -> None:
    """When the innermost child is through, each parent is done, and what needs them is not blocked."""
    bench = Bench(
        tmp_path,
        text(read(), child("outer", more="needs: [read]"), off("last", "needs: [sweep]")),
        text(child("inner", "deep"), name="outer"),
        text(off(), name="inner"),
    )
    bench.walk(RunStep("sweep/deep/off"))

    assert [bench.status(key) for key in ("sweep", "sweep/deep", "sweep/deep/off")] == ["done"] * 3
    assert bench.state.step("last").blocked_by == ()
    assert [step.number for step in bench.state.steps] == ["1", "2", "2.1", "2.1.1", "3"]


def test_a_step_of_a_child_is_not_run_before_its_parent_has_begun(tmp_path: Path) -> None:
    """What the parent needs holds for the child's steps too."""
    bench = Bench(
        tmp_path, text(read(), child("inner", more="needs: [read]")), text(off(), name="inner", optional=", default: x")
    )
    bench.door.before_read = lambda call: (_ for _ in ()).throw(AwsFault("absent", "NoSuchEntity", "no"))
    human = bench.walk(RunStep("sweep/off"))

    assert bench.door.sent == []
    assert human.told[-1].title == "Not yet"


def test_the_steps_of_a_skipped_child_are_not_open(tmp_path: Path) -> None:
    """Skipping a runbook step leaves out its steps: the incident closes without a reason."""
    bench = Bench(tmp_path, text(read(), child("inner", more="skippable: true\n    needs: [read]")),
                  text(off(), name="inner"))  # fmt: skip
    bench.door.before_read = lambda call: refused(call) if bench.status("read") == "todo" else None
    bench.walk(SkipStep("sweep", "another team does it"), SkipStep("read", "not needed"), CloseIncident())

    assert bench.status("sweep/off") == "skipped"
    assert bench.state.closed


def test_a_child_that_has_begun_is_not_begun_again(tmp_path: Path) -> None:
    """Its inputs stay what they were when its first step ran."""
    bench = Bench(tmp_path, text(read(), child("inner")), text(off(), name="inner"))
    bench.walk(RunStep("sweep"))

    assert bench.types().count("run") == 1


def test_a_default_of_a_child_fills_what_the_parent_leaves_out(tmp_path: Path) -> None:
    """A required input with a default is not missing."""
    inner = text(off(), name="inner", optional=f", default: {KEY}")
    bench = Bench(tmp_path, text(read(), child("inner").replace('key: "${{ inputs.key }}"', "")), inner)
    bench.walk(RunStep("sweep/off"))

    assert bench.door.keys[KEY] == "Inactive"


def test_sessions_of_parent_and_child_with_one_name_stay_apart(tmp_path: Path) -> None:
    """A call is made in the session of its own runbook, though another one uses the same name."""
    role = 'sessions:\n  audit: {{role: "arn:aws:iam::111122223333:role/{}"}}\n'
    bench = Bench(
        tmp_path,
        text(read(), child("inner"), off(more="session: audit"), sessions=role.format("Mine")),
        text(off(more="session: audit"), name="inner", sessions=role.format("Other")),
    )
    named: dict[str, SessionSpec] = {}
    bench.door.add_session = lambda spec: named.update({spec.name: spec})
    bench.walk(RunStep("sweep/off"), RunStep("off"))

    assert [named[call.session].role.rpartition("/")[2] for call in bench.door.sent] == ["Other", "Mine"]


def test_a_session_of_a_role_that_is_not_known_yet_does_not_keep_the_incident_shut(tmp_path: Path) -> None:
    """A session named by an input that was left out is refused where it is used, not when the walk begins."""
    sessions = 'sessions:\n  audit: {role: "${{ inputs.role }}"}\n'
    bench = Bench(tmp_path, text(read(), off(more="session: audit"), sessions=sessions))
    bench.walk()

    assert bench.status("read") == "done"


# -- reads ---------------------------------------------------------------------------------------


def test_one_item_of_a_read_that_cannot_be_filled_does_not_stop_the_others(tmp_path: Path) -> None:
    """A batch that reads records each item for itself; only the broken one is failed."""
    each = """
  - id: each
    phase: analyze
    title: Each
    for_each: ${{ steps.read.all }}
    as: key
    call: iam.GetAccessKeyLastUsed
    with: {AccessKeyId: "${{ key }}"}
    keep: {user: UserName}
"""
    bench = Bench(tmp_path, text(read(), each))
    bench.door.keys = {"AKIA9": "Active", KEY: "Active", NEW: "Active"}
    bench.walk()

    assert [r.body["step"] for r in bench.journal.records if r.type == "observe"] == ["read", "each[1]", "each[2]"]
    assert bench.status("each") == "failed"
    assert bench.state.step("each").items_done == (1, 2)


def test_a_read_with_a_check_of_its_own_read_is_checked(tmp_path: Path) -> None:
    """`verify.call` on a step that reads is looked at; a condition that does not hold fails the step."""
    more = "verify: {call: iam.ListAccessKeys, with: {UserName: ci}, until: length(AccessKeyMetadata) == `9`}"
    bench = Bench(tmp_path, text(read(more=more)))
    bench.walk()

    assert bench.status("read") == "failed"


def test_a_list_too_long_for_a_record_fails_the_step_and_not_the_incident(tmp_path: Path) -> None:
    """What does not fit a record is said, and the walk goes on."""
    more = 'for_each: "${{ [steps.read.all, steps.read.all, steps.read.all][] }}"\n    as: key'
    bench = Bench(tmp_path, text(read(), off(more=more)))
    bench.door.keys = {f"AKIA{number:016}": "Active" for number in range(1000)}
    bench.walk(RunStep("off"), CloseIncident("over"))

    assert bench.status("off") == "failed"
    assert bench.state.closed


# -- on_failure ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "status", "reads"),
    [("retry", "done", 2), ("skip", "skipped", 1), ("stop", "failed", 1), (None, "failed", 1)],
)
def test_on_failure_ask_offers_retry_skip_and_stop(tmp_path: Path, choice: str, status: str, reads: int) -> None:
    """A failed step with `on_failure: ask` asks at once; the answer is done and recorded."""
    bench = Bench(tmp_path, text(read(more="on_failure: ask"), off()))
    seen: list[int] = []

    def once(call: Call) -> None:
        seen.append(1)
        if len(seen) == 1:
            refused(call)

    bench.door.before_read = once
    human = Human([], bench.clock)
    human.choice = choice
    bench.walk(human=human)

    assert bench.status("read") == status
    assert len(seen) == reads


def test_on_failure_ask_does_not_offer_to_skip_what_cannot_be_skipped(tmp_path: Path) -> None:
    """A runbook that forbids skipping is not talked over by a failure."""
    bench = Bench(tmp_path, text(read(more="on_failure: ask\n    skippable: false"), off()))
    bench.door.before_read = refused
    human = Human([], bench.clock)
    human.choice = "skip"
    bench.walk(human=human)

    assert bench.status("read") == "failed"


def test_on_failure_continue_goes_on_and_is_not_called_done(tmp_path: Path) -> None:
    """The walk passes a failed step that may fail; its status stays failed."""
    bench = Bench(tmp_path, text(read(more="on_failure: continue"), read("second")))
    bench.door.before_read = lambda call: refused(call) if bench.status("read") == "todo" else None
    bench.walk()

    assert (bench.status("read"), bench.status("second")) == ("failed", "done")


def test_on_failure_stop_holds_the_walk(tmp_path: Path) -> None:
    """By default nothing after a failed step runs by itself."""
    bench = Bench(tmp_path, text(read(), read("second")))
    bench.door.before_read = lambda call: refused(call) if bench.status("read") == "todo" else None
    bench.walk()

    assert (bench.status("read"), bench.status("second")) == ("failed", "todo")


# -- waits and manual work -----------------------------------------------------------------------


def test_a_soak_is_waited_for_across_sittings(tmp_path: Path) -> None:
    """The incident is left during the soak, and resumed after it: the step is done, and not before."""
    bench = Bench(tmp_path, text("\n  - {id: soak, phase: recover, title: Soak, wait: {for: 24h}}"))
    human = Human([], bench.clock)
    human.stays = False
    bench.walk(RunStep("soak"), human=human)
    assert bench.status("soak") == "waiting"
    bench.again()
    bench.clock.sleep(3600)
    bench.walk(human=human)
    assert bench.status("soak") == "waiting"
    bench.clock.sleep(24 * 3600)
    bench.again()
    bench.walk(human=human)
    assert bench.status("soak") == "done"


@pytest.mark.parametrize("scenario", [True, False])
def test_looking_at_a_soak_ends_it_only_where_time_can_be_jumped_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scenario: bool
) -> None:
    """In a rehearsal a look jumps to the end of the soak; in a real incident it says when that is, no more."""
    bench = Bench(tmp_path, text("\n  - {id: soak, phase: recover, title: Soak, wait: {for: 24h}}"))
    if not scenario:
        monkeypatch.setattr(bench.clock, "skip", lambda seconds: False)
    human = Human([], bench.clock)
    human.stays = False
    bench.walk(RunStep("soak"), LookAgain("soak"), human=human)
    assert bench.status("soak") == ("done" if scenario else "waiting")
    assert [message.title for message in human.told] == ([] if scenario else ["Not over yet"])


@pytest.mark.parametrize("comes", [True, False])
def test_a_wait_for_a_condition_polls_and_gives_up_in_the_end(tmp_path: Path, comes: bool) -> None:
    """It is over as soon as the read shows it, and failed when the time has passed without it."""
    wait = """
  - id: until
    phase: recover
    title: Until
    wait: {call: iam.ListAccessKeys, with: {UserName: ci}, until: length(AccessKeyMetadata) == `2`, within: 5m}
"""
    bench = Bench(tmp_path, text(wait))
    if comes:
        bench.door.before_read = lambda call: (
            bench.door.keys.update({NEW: "Active"}) if bench.clock.monotonic() > 60 else None
        )
    bench.walk(RunStep("until"))

    assert bench.status("until") == ("done" if comes else "failed")


def test_manual_work_is_proved_later_by_looking_again(tmp_path: Path) -> None:
    """Stated and not shown is unverified; when AWS shows it, a look makes it done without stating it anew."""
    manual = f"""
  - id: hand
    phase: recover
    title: By hand
    manual: Switch it off.
    proof:
      call: iam.ListAccessKeys
      with: {{UserName: ci}}
      until: AccessKeyMetadata[?AccessKeyId == '{KEY}'].Status | [0] == 'Inactive'
      within: 10s
"""
    bench = Bench(tmp_path, text(manual))
    bench.walk(RunStep("hand"))
    assert bench.status("hand") == "unverified"
    bench.door.keys[KEY] = "Inactive"
    bench.walk(LookAgain("hand"))

    assert bench.status("hand") == "done"
    assert bench.types().count("attest") == 1


def test_manual_work_on_a_list_is_stated_item_by_item(tmp_path: Path) -> None:
    """Leaving after the first item keeps it; the next run asks for the rest."""
    manual = """
  - id: hand
    phase: recover
    title: By hand
    for_each: ${{ steps.read.all }}
    as: key
    manual: Tell the owner of ${{ key }}.
"""
    bench = Bench(tmp_path, text(read(), manual))
    bench.door.keys = {KEY: "Active", NEW: "Active"}
    human = Human([], bench.clock)
    answers: list[str | None] = ["told Ana", None, "told Bo"]
    human.attest = lambda task: answers.pop(0)  # type: ignore[method-assign]
    bench.walk(RunStep("hand"), RunStep("hand"), human=human)

    assert bench.status("hand") == "done"
    assert [r.body["step"] for r in bench.journal.records if r.type == "attest"] == ["hand[0]", "hand[1]"]


def test_an_action_that_changes_runs_over_a_list_and_is_undone(tmp_path: Path) -> None:
    """`use` with for_each: each item planned by the action, undone to what it was."""
    use = """
  - id: all
    phase: contain
    title: All
    for_each: ${{ steps.read.all }}
    as: key
    use: iam.deactivate_access_key
    with: {user: ci, access_key_id: "${{ key }}"}
    region: eu-central-1
"""
    bench = Bench(tmp_path, text(read(), use))
    bench.door.keys = {KEY: "Active", NEW: "Inactive"}
    bench.walk(RunStep("all"))
    assert set(bench.door.keys.values()) == {"Inactive"}
    assert {call.region for call in bench.door.sent} == {"eu-central-1"}
