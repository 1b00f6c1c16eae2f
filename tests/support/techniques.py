"""The adversary's ways of staying in: each is a shipped scenario, with one step of the runbook that it outlives."""

import os
from datetime import timedelta

from irtui.gameday.scenario import load_scenario, scenario_names

LEFT_OUT = "left-out"
"""The play without the step that closes the technique's way in."""
NEVER_CALLED_CONTAINED = "compromised-root-reset"
"""A root user never is (ADR 0014); its scenarios have tests of their own."""
TECHNIQUES = tuple(
    name for name in scenario_names()
    if LEFT_OUT in (scenario := load_scenario(name)).source and scenario.runbook != NEVER_CALLED_CONTAINED
)  # fmt: skip
DEEP = bool(os.environ.get("IRTUI_DEEP"))
CASES = tuple((name, seed) for at, name in enumerate(TECHNIQUES) for seed in (range(1, 21) if DEEP else (at % 20 + 1,)))
"""(technique, seed): twenty worlds each, or one."""
WRITERS = {"leaked-admin-key", "region-hop", "suspicious-user"}
"""Scenarios, and those that begin with them, whose family could change IAM."""
PROMPT = timedelta(seconds=60)
LATE = timedelta(minutes=15)
"""What CloudTrail may keep back: until then nobody can know what a family that could change IAM has hidden."""


def allowed(name: str) -> timedelta:
    """How long after the last way in has closed the tool may take to show it."""
    could_write = not WRITERS.isdisjoint((name, *load_scenario(name).bases))
    return PROMPT + LATE if could_write else PROMPT
