"""The fault drill over every shipped runbook: each changing step meets each fault once, and goes on from there."""

import re
from pathlib import Path

import pytest

from irtui.aws.faults import CODES
from irtui.gameday.scenario import load_scenario, scenario_names
from irtui.model.runbook import Runbook
from irtui.runbook.library import Library
from tests.support.faulted import FAULTS, Met, absent_code, faulted, first_operation

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "runbooks").glob("*.yaml"))
SAMPLED = ("persistence-sweep", "timeout that acted")
FOUND = {"timeout that acted": ("applied", 1), "timeout that did not act": ("not_applied", 2)}
"""What irtui finds when it looks, and how often the call is sent in all."""
BY_ITSELF = {"root-activity-alarm.fire": "a call of root sets the alarm off meanwhile; that its topic was told is seen"}
"""`runbook.step` → how what it does can come about without it; then it is found, and not sent again."""
MADE_ANEW = {"key-revocation.issue": "whose answer never came, with its secret, is of no use: another key is made"}
"""`runbook.step` → why it is sent again although it was done."""
SEEDS = (2, 3)
ANSWERED = re.compile(r"steps\.(\w+)\.choice == '(\w+)'")


def everywhere(runbook: Runbook, fault: str, wanted: set[str], folder: Path) -> list[Met]:
    """Plays until each wanted step has met it: a scenario, other answers that lead there, the others, other seeds.

    Whether some step is needed is chance: an alarm rings by then, or does not.
    """
    found: list[Met] = []
    names = [name for name in scenario_names() if load_scenario(name).runbook == runbook.name]
    plays = [(names[0], False, 1), (names[0], True, 1)]
    plays += [(name, other, 1) for other in (False, True) for name in names[1:]]
    for name, other, seed in [*plays, *((name, False, seed) for seed in SEEDS for name in names)]:
        done = frozenset(met.key for met in found)
        left = [step for step in runbook.steps if step.id in wanted - done]
        choices = dict(pair for step in left for pair in ANSWERED.findall(step.when)) if other else {}
        if left and (choices or not other):
            met, stuck = faulted(folder / f"{name} {other} {seed}", name, fault, done, choices, seed)
            assert stuck == "", (name, stuck)
            found += met
    return found


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        pytest.param(name, fault, marks=() if (name, fault) == SAMPLED else pytest.mark.deep)
        for name in NAMES
        for fault in FAULTS
    ],
)
def test_a_fault_ends_in_the_right_outcome_and_a_sentence_that_helps(name: str, fault: str, tmp_path: Path) -> None:
    """What AWS refused has failed; what nobody knows is looked for, and sent again only if it was not done."""
    runbook = Library((ROOT / "runbooks",)).find(name)
    operations = {step.id: first_operation(step) for step in runbook.steps}
    wanted = {key for key, called in operations.items() if called and (fault != "absent" or absent_code(called))}
    found = everywhere(runbook, fault, wanted, tmp_path)
    assert wanted - {met.key for met in found} == set(), "no rehearsal sends anything in these steps"
    for met in found:
        if fault in FOUND:
            found_so = [FOUND[fault], *([("applied", 1)] if f"{name}.{met.key}" in BY_ITSELF else [])]
            if f"{name}.{met.key}" in MADE_ANEW and fault == "timeout that acted":
                found_so = [("applied", 2)]
            assert met.status == "unknown" and (met.found, met.sent) in found_so, met
        else:
            codes = CODES[fault] if fault != "absent" else {absent_code(operations[met.key])}
            assert met.status == "failed" and met.code in codes and met.sent == 2, met
        assert any(each.title and each.text and each.advice for each in met.helped), met
        assert met.ends == "done", met
