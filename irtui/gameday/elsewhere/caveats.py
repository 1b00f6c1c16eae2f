"""What a rehearsal on another emulator cannot seed, show or judge, in sentences for the briefing."""

from collections.abc import Iterator, Sequence

from irtui.gameday.elsewhere.emulator import Emulator
from irtui.gameday.elsewhere.probes import Findings
from irtui.gameday.scenario.format import Scenario

_BY_ENFORCEMENT = ("cut_off", "unharmed")
"""Kinds that are judged by whom the emulator refuses."""
_BY_LOOKING_INSIDE = ("alerted", "kept", "no_new_principal", "readable", "recording")
"""Kinds that are judged by what only irtui's own simulator holds."""


def unjudged(kind: str, findings: Findings) -> str:
    """Why objectives of this kind are not judged there; empty: they are."""
    if kind in _BY_LOOKING_INSIDE:
        return "irtui cannot look inside this emulator"
    if kind in _BY_ENFORCEMENT and not findings.enforces:
        return "who is refused by this emulator says nothing of AWS"
    return ""


def caveats(emulator: Emulator, scenario: Scenario, findings: Findings, missing: Sequence[str]) -> Iterator[str]:
    yield f"The world is played on the emulator at {emulator.url}; how true it is to AWS, irtui does not know."
    yield "Time there is real: nothing has a past, and what is jumped over here does not pass there."
    if scenario.background is not None:
        yield f"The {scenario.background.events} events of ordinary days cannot be seeded there."
    if scenario.propagation is not None or scenario.delivery is not None:
        yield "How long IAM and CloudTrail take there is the emulator's own; the scenario's spans do not apply."
    for words in missing:
        yield f"Not seeded there: {words}"
    if findings.lets:
        who = ", ".join(findings.lets)
        yield f"It lets in whom AWS would refuse: {who}. What is shown as contained there need not be."
    if findings.refuses:
        yield f"It refuses whom AWS would let in: {', '.join(findings.refuses)}."
    yield from findings.besides
    left_out = [(o.id, unjudged(o.kind, findings)) for o in scenario.objectives]
    left_out = [(name, why) for name, why in left_out if why]
    for name, why in left_out:
        yield f"Objective {name} cannot be judged there: {why}."
    if left_out:
        yield "So this rehearsal cannot be won there."
    yield "Nothing is taken away there afterwards: reset the emulator before the next rehearsal."
