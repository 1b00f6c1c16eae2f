"""What `irtui runbooks test` shows: each rehearsal as it ends, then how much of the runbook they have shown."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from irtui.cli.diagnostics import ExitCode, print_to
from irtui.cli.opening import Session, home, open_desk
from irtui.cli.output import Result, table
from irtui.desk.testing import Bench, Run, Tested, test
from irtui.gameday.coverage import StepCover, branch_share, share
from irtui.settings.load import load_settings
from irtui.text import inert


def tested(
    session: Session,
    names: tuple[str, ...],
    *,
    seeds: int,
    least: int,
    plays: bool,
    runbooks: tuple[str, ...],
    scenarios: tuple[str, ...],
) -> Result:
    """Raises RunbookError for a runbook that cannot be found."""
    from irtui.cli.verbs.rehearse import installed

    installed()
    bench = Bench(
        load_settings(home().settings),
        tuple(map(Path, runbooks)),
        tuple(map(Path, scenarios)),
        seeds,
        plays,
        home().tests,
    )
    found = []
    for name in names or [entry.name for entry in open_desk(runbooks, scenarios).runbooks()]:
        print_to(sys.stderr, f"{inert(name)}")
        found.append(test(bench, name, lambda run: print_to(sys.stderr, f"  {_said(run)}")))
    good = all(_good(each, least) for each in found)
    text = "\n\n".join("\n".join(_lines(each, least)) for each in found)
    return Result([_data(each, least) for each in found], text, ExitCode.DONE if good else ExitCode.FAILED)


def _good(found: Tested, least: int) -> bool:
    return bool(found.runs) and all(run.good for run in found.runs) and share(found.steps) >= least


def _said(run: Run) -> str:
    result = f"FAILED  {inert(run.why, 400)}" if run.why else "lost" if run.play else "closed" if run.way else "won"
    way = f"  {inert(run.way)}" if run.way else ""
    return f"{inert(run.scenario)}  seed {run.seed}{way}: {result}"


def _lines(found: Tested, least: int) -> Iterator[str]:
    judged = [run for run in found.runs if not run.way]
    won, plays = sum(run.won for run in judged), [run for run in found.runs if run.play]
    yield f"{inert(found.runbook)}: {'PASSED' if _good(found, least) else 'FAILED'}"
    if not found.runs:
        yield "  no scenario plays it"
        return
    yield f"  rehearsals  {won} of {len(judged)} won, {len(found.runs) - len(judged) - len(plays)} more for coverage"
    if plays:
        yield f"  plays       {sum(run.good for run in plays)} of {len(plays)} lost, as each must be"
    steps, branches = share(found.steps), branch_share(found.steps)
    yield f"  coverage    {steps} % of the steps ran, {branches} % of the branches were seen"
    for run in found.runs:
        if not run.good:
            yield f"  FAILED      {_said(run)}"
            yield from ((f"              irtui audit show {inert(run.journal)}",) if run.journal else ())
    if steps < least:
        never = ", ".join(map(inert, _never_ran(found)))
        yield f"  FAILED      coverage: {steps} % of the steps ran, --least {least} are wanted; never ran: {never}"
    if said := [inert(step.key) for step in found.steps if step.asserted_only]:
        yield f"  asserted only: {', '.join(said)}"
    rows = [(s.key, s.ran, s.skipped, s.not_needed, s.left_open, _branches(s)) for s in found.steps]
    heads = ("STEP", "RAN", "SKIPPED", "NOT NEEDED", "OPEN", "BRANCHES")
    yield from (f"  {line}" for line in table(rows, heads).split("\n"))


def _never_ran(found: Tested) -> list[str]:
    return [step.key for step in found.steps if not (step.ran or step.asserted or step.of_child)]


def _branches(step: StepCover) -> str:
    """What was seen of a step's branches, and what never was."""
    said = []
    if step.when is not None:
        said.append(f"when: {_seen({'true': True in step.when, 'false': False in step.when})}")
    if step.choices:
        said.append(f"answers: {_seen({choice: count > 0 for choice, count in step.choices.items()})}")
    if step.undone is not None:
        said.append(f"undo: {'taken' if step.undone else 'NEVER TAKEN'}")
    return " · ".join(said)


def _seen(branches: dict[str, bool]) -> str:
    return ", ".join(name if seen else f"{name} NEVER" for name, seen in branches.items())


def _data(found: Tested, least: int) -> dict[str, object]:
    return {
        "runbook": found.runbook,
        "passed": _good(found, least),
        "runs": [asdict(run) for run in found.runs],
        "steps_ran": share(found.steps),
        "branches_seen": branch_share(found.steps),
        "never_ran": _never_ran(found),
        "drills": [asdict(drill) for drill in found.drills],
        "asserted_only": [step.key for step in found.steps if step.asserted_only],
        "steps": [asdict(step) for step in found.steps],
    }
