"""What the rehearsals of every shipped runbook have shown: each is won, and each step ran in one of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from irtui.clock import Clock
from irtui.desk import testing
from irtui.gameday.coverage import Played, covered
from irtui.gameday.scenario import ScriptedAnswers
from irtui.gameday.scripted import ScriptedOperator
from irtui.settings.load import Settings
from tests.unit.gameday.test_gameday_root import play

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "runbooks").glob("*.yaml"))
UNSHOWN: dict[str, list[str]] = {}
"""Runbook → steps that no scenario needs yet. Fails when one does."""
ENOUGH: dict[str, dict[str, dict[str, str]]] = {
    "athena-search": {"athena-search": {}},
    "compromised-root-reset": {
        "root-standalone": {},
        "root-inside": {},
        "root-management": {},
        "root-delegated": {},
        "root-member": {"scp_fate": "lift", "needed": "password"},
    },
    "key-revocation": {
        "leaked-admin-key": {},
        "switched-on-again": {},
        "opened-trust": {"reach": "week", "sweep/verdict": "stop", "fate": "delete"},
        "rotate-first": {},
        "session-of-a-role": {},
        "foreign-key": {},
        "bedrock-key": {},
        "root-key": {},
    },
    "log-deletion-investigation": {"log-eater": {}, "trail-deleted": {}, "log-key-doomed": {}},
    "persistence-sweep": {"persistence": {}},
    "preflight": {"first-minute": {}},
    "root-activity-alarm": {"root-alarm": {}, "root-alarm-no-trail": {}, "root-alarm-muted": {}},
    "suspicious-user-removal": {"suspicious-user": {}, "legitimate-user": {}, "planted-user": {"fate": "return"}},
}
"""Runbook → scenario → answers other than its own: a few in which each step of the runbook's own runs, the richest
first. Fails when one is missing, or shows nothing more than those before it."""
STATED: dict[str, str] = {
    "athena-search": "tidy",
    "compromised-root-reset": "scp_by_hand inside handover recovery mailbox password device_new device_unseen "
    "contacts_right signed_out organization alarm_later as_root",
    "key-revocation": "replacement openers root foreign nobody exposure replace lift",
    "log-deletion-investigation": "gone by_hand root others put_back copies copy_later mfa_delete notified told",
    "persistence-sweep": "sessions others anchors functions machines shared managed rules data beyond secrets",
    "preflight": "elsewhere",
    "root-activity-alarm": "heard signed_in whose kept",
    "suspicious-user-removal": "vouched others returned trusts rebuild",
}
"""Runbook → manual steps of which these show no more than somebody's word. Fails when a read shows one."""


def never(runs: list[Played]) -> list[str]:
    """Steps that nobody did in any of these. Of its children a runbook shows nothing: they are tested themselves."""
    return [step.key for step in covered(runs) if not step.of_child and not step.ran and not step.asserted]


@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_a_shipped_runbook_runs_in_a_few_rehearsals(name: str, tmp_path: Path) -> None:
    """By the scenarios' own answers, and then it is won, or by others; what was only stated counts for nothing."""
    runs: list[Played] = []
    for scenario, choices in ENOUGH[name].items():

        def answering(answers: ScriptedAnswers, clock: Clock, given: dict[str, str] = choices) -> ScriptedOperator:
            return ScriptedOperator(replace(answers, choices={**answers.choices, **given}), clock)

        state, met, records = play(tmp_path / scenario, scenario, operator=answering)
        assert state.closed and (choices or all(met.values())), (scenario, met)
        before = never(runs)
        runs.append((records, state))
        assert len(runs) == 1 or never(runs) != before, f"{scenario} shows nothing more"
    assert never(runs) == [], "never ran"
    stated = [step.key for step in covered(runs) if not step.of_child and step.asserted_only]
    assert " ".join(stated) == STATED[name]


@pytest.mark.deep
@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_a_shipped_runbook_runs_in_a_rehearsal_that_is_won(name: str) -> None:
    """All that `irtui runbooks test` plays is good; no step of its own never ran, but work that is only stated."""
    found = testing.test(testing.Bench(Settings()), name)
    assert found.runs, "no scenario plays it"
    assert [(run.scenario, run.way, run.why) for run in found.runs if not run.good and run.way != testing.DRILL] == []
    never = [step for step in found.steps if not step.of_child and not step.ran and not step.asserted]
    assert [step.key for step in never] == UNSHOWN.get(name, [])
