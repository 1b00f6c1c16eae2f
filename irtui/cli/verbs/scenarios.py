"""`irtui scenarios`: the game days there are, what their facilitator should know, whether they can be played."""

import json
from typing import Any

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode, problem_data, problem_lines
from irtui.cli.opening import open_desk
from irtui.cli.output import Result, table
from irtui.errors import Problem, RunbookError
from irtui.text import inert, inert_lines


@click.group()
def scenarios() -> None:
    """List, show and check game days."""


@scenarios.command("list")
@options.scenarios
@options.output
def list_(scenarios: tuple[str, ...]) -> Result:
    """Every game day that can be found, and the runbook it plays."""
    entries = open_desk((), scenarios).scenarios()
    data = [
        {
            "name": entry.name, "title": entry.title, "runbook": entry.runbook, "story": entry.story,
            "problems": [problem_data(problem) for problem in entry.problems],
        }
        for entry in entries
    ]  # fmt: skip
    rows = [(entry.name, entry.runbook, "broken" if entry.problems else "", entry.title) for entry in entries]
    return Result(data, table(rows, ("NAME", "RUNBOOK", "STATE", "TITLE")))


@scenarios.command()
@click.argument("name")
@options.scenarios
@options.output
def show(name: str, scenarios: tuple[str, ...]) -> Result:
    """What the facilitator of NAME (a name or a path) should know. Not for those who play it."""
    found = open_desk((), scenarios).scenario(name)
    data: dict[str, Any] = {
        "name": found.name, "title": found.title, "runbook": found.runbook, "story": found.story, "brief": found.brief,
        "objectives": [{"id": one.id, "text": one.text, "kind": one.kind} for one in found.objectives],
        "injects": [
            {"id": one.id, "from": one.from_, "text": one.text, "at": int(one.at.total_seconds()) if one.at else None}
            for one in found.injects
        ],
        "hints": {step: list(hints) for step, hints in found.hints.items()},
        "plays": list(found.plays),
    }  # fmt: skip
    lines = [f"{inert(found.title)}  ({inert(found.name)}, plays {inert(found.runbook)})"]
    lines += _paragraph("STORY, for everybody", found.story)
    lines += _paragraph("BRIEF, for the facilitator", found.brief or "(none)")
    lines += ["", "OBJECTIVES", *(f"  {inert(one.id):<16} {inert(one.text)}" for one in found.objectives)]
    if found.injects:
        lines += ["", "INJECTS"]
    for one in found.injects:
        when = f"at {one.at}" if one.at is not None else "when it comes to that"
        lines.append(f"  {inert(one.id):<16} {when}, {inert(one.from_)}: {inert(one.text)}")
    if found.hints:
        lines += ["", "HINTS"]
    for step, hints in found.hints.items():
        lines += [f"  {inert(step):<16} {number}. {inert(hint)}" for number, hint in enumerate(hints, 1)]
    return Result(data, "\n".join(lines))


@scenarios.command()
@click.argument("names", nargs=-1, required=True)
@options.runbooks
@options.scenarios
@options.output
def lint(names: tuple[str, ...], runbooks: tuple[str, ...], scenarios: tuple[str, ...]) -> Result:
    """Check scenarios, by name or path, without starting a world. Exit 1 for warnings, 3 for errors."""
    desk = open_desk(runbooks, scenarios)
    problems: list[Problem] = []
    for name in names:
        try:
            problems += desk.scenario_findings(name)
        except RunbookError as error:
            if not error.problems:
                raise
            problems += error.problems
    text = "\n".join(problem_lines(problem) for problem in problems) or f"{len(names)} checked, nothing found"
    errors = any(problem.level == "error" for problem in problems)
    code = ExitCode.INVALID if errors else ExitCode.FAILED if problems else ExitCode.DONE
    return Result([problem_data(problem) for problem in problems], text, code)


@scenarios.command()
@options.output
def schema() -> Result:
    """The JSON Schema of the format, for editors."""
    from irtui.gameday.scenario.schema import schema as made

    found = made()
    return Result(found, json.dumps(found, indent=2))


def _paragraph(head: str, text: str) -> list[str]:
    return ["", head, *(f"  {line}" for line in inert_lines(text.strip()).split("\n"))]
