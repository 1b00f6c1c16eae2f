"""What somebody hears who writes a runbook and scenarios of their own: nothing that nobody knows counts as won."""

import re
from pathlib import Path

import pytest

from irtui.engine.operator import CloseIncident
from irtui.errors import UsageError
from irtui.report.debrief import debrief
from tests.support.bench_of_one import Human
from tests.support.folders import RUNBOOK, SCENARIO, Folders
from tests.support.program import irtui


@pytest.fixture
def folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Folders:
    return Folders(tmp_path, capsys)


def test_what_cannot_be_judged_is_lost(folders: Folders) -> None:
    """An objective about a mail that never came: --auto exits 1 and says why, and the debrief agrees."""
    folders.write("runbooks/shut-out.yaml", RUNBOOK.partition("  - id: extra")[0])
    folders.write(
        "scenarios/own.yaml", SCENARIO, {"kind: called, params: {calls: [iam.TagUser]}":
                                         'kind: kept, params: {bucket: "${mail.token}"}'}
    )  # fmt: skip
    code, said = folders.irtui("rehearse", "own", "--auto")
    assert code == 1
    assert "✘ NOT MET  tagged" in said and "not judged: ${mail.token} names nothing in this world" in said
    (incident,) = re.findall(r"irtui incidents debrief (INC-\w+)", said)
    assert "LOST" in folders.plainly("incidents", "debrief", incident)[1]
    code, said = folders.irtui("runbooks", "test", "shut-out")
    assert code == 1 and "shut-out: FAILED" in said and "0 of 1 won" in said
    assert "not met: tagged (not judged: ${mail.token} names nothing in this world)" in said


def test_a_failure_that_the_runbook_lets_pass_stops_nobody(folders: Folders) -> None:
    """`on_failure: continue`: the script goes on and wins; that the step never ran, and which play won, is said."""
    folders.write("scenarios/own.yaml", SCENARIO + "plays:\n  nothing: {for: 1h}\n  all: {only: [tag]}\n")
    code, said = folders.irtui("runbooks", "test", "shut-out", "--plays")
    assert code == 1 and "1 of 1 won" in said and "play nothing: lost" in said
    assert "plays       1 of 2 lost, as each must be" in said
    assert re.findall("  FAILED +(.*)", said) == [
        "own  seed 1  play all: FAILED  it was won, so whoever plays like that is taught nothing",
        "coverage: 66 % of the steps ran, --least 100 are wanted; never ran: extra",
    ]


def test_the_test_says_which_step_came_open_again_and_keeps_the_journal(folders: Folders) -> None:
    """A look that changes what the step's `when` reads: once undone it is not needed; the line names it and why."""
    looks = """  - id: look
    phase: analyze
    title: Look
    call: iam.ListUserTags
    with: {UserName: eve}
    keep: {tags: Tags}
    evidence: true
"""
    again = looks.replace("id: look", "id: again").replace("phase: analyze", "phase: recover\n    renews: look")
    old = "  - {id: look, phase: analyze, title: Look, call: iam.GetUser, with: {UserName: eve}, evidence: true}\n"
    folders.write("runbooks/shut-out.yaml", RUNBOOK + again, {
        old: looks, "    needs: [look]": "    needs: [look]\n    when: length(steps.look.tags) == `0`"
    })  # fmt: skip
    code, said = folders.irtui("runbooks", "test", "shut-out", "--least", "0")
    assert code == 1
    (line,) = re.findall(r"  FAILED +own  seed 1  undo drill: FAILED  (.*)", said)
    assert line == "stuck: tag stays undone after 5 tries. Not needed: length(steps.look.tags) == `0` is false."
    (path,) = re.findall(r"irtui audit show (\S+)", said)
    assert "tag" in folders.plainly("audit", "show", path)[1]


def test_a_world_that_has_ended_is_no_win(folders: Folders) -> None:
    """The incident can be closed, every objective is unknown and so not met, and nobody says what worked at the end."""
    visit = folders.begun()
    assert visit.world is not None
    visit.world.stop()
    state = visit.walk(Human([CloseIncident("The world has ended.")], visit.clock))
    (tagged,) = visit.objectives()
    score = visit.score()
    visit.release()
    assert state.closed and score is not None
    assert (tagged.met, tagged.detail) == (False, "not judged: the simulated world of this incident has ended")
    page = debrief(score)
    assert not score.won and "0 of 1 objectives" in page and "Nobody knows what it could do at the end." in page


def test_the_world_of_a_left_rehearsal_is_shown_and_can_be_ended(folders: Folders, tmp_path: Path) -> None:
    """The list and doctor name it, end-worlds ends it, but not under somebody; what was left so is only closed."""
    visit = folders.begun()
    name, world = visit.id, visit.world
    assert world is not None
    code, said = folders.plainly("incidents", "end-worlds", name)
    assert code == 5 and f"{name} is held by process" in said
    assert "None runs." in folders.plainly("incidents", "end-worlds")[1]
    visit.release()
    assert "its world runs" in folders.plainly("incidents", "list")[1]
    assert f"left rehearsals whose simulated world runs: {name}; irtui" in folders.plainly("doctor")[1]
    resumed = irtui(tmp_path / "irtui-home", "resume", name, "--plain", cwd=tmp_path)
    assert f"  irtui resume {name}\n" in resumed.stdout, resumed.stderr
    code, said = folders.plainly("incidents", "end-worlds")
    assert code == 0 and f"{name}  its world has ended" in said
    with pytest.raises(UsageError, match="has ended"):
        world.now()
    assert "its world has ended" in folders.plainly("incidents", "list")[1]
    assert "no simulated world that runs" in folders.plainly("incidents", "end-worlds", name)[1]
    assert "of this incident has ended" in folders.plainly("resume", "--plain")[1]
    close = ("incidents", "close", name, "--plain", "--reason", "Nobody plays on.")
    closed = irtui(tmp_path / "irtui-home", *close, lines=(name,))
    assert closed.returncode == 1 and "its world had ended, so nothing was judged" in closed.stdout, closed.stderr
    assert "0 of 1 objectives" in folders.plainly("incidents", "debrief", name)[1]
    assert folders.plainly("audit", "verify", name)[0] == 0
