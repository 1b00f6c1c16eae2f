"""`irtui runbooks`: what there is, what it would do, whether it is sound."""

import json
from pathlib import Path
from typing import Any

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode, problem_data, problem_lines
from irtui.cli.opening import Session, home, open_desk
from irtui.cli.output import Result, table
from irtui.errors import Problem, RunbookError
from irtui.text import inert, inert_lines


@click.group()
def runbooks() -> None:
    """List, show, check, test and trust runbooks."""


@runbooks.command("list")
@options.runbooks
@options.output
def list_(runbooks: tuple[str, ...]) -> Result:
    """Every runbook that can be found, and what it would touch."""
    entries = open_desk(runbooks).runbooks()
    data = [
        {
            "name": entry.name, "title": entry.title, "version": entry.version, "severity": entry.severity,
            "use_when": entry.use_when, "path": entry.path, "digest": entry.digest, "shipped": entry.shipped,
            "trusted": entry.trusted, "touches": entry.touches, "steps": entry.steps,
            "problems": [problem_data(problem) for problem in entry.problems],
        }
        for entry in entries
    ]  # fmt: skip
    rows = [
        (entry.name, entry.severity, entry.steps, entry.touches, _state(entry.trusted, entry.problems), entry.title)
        for entry in entries
    ]
    return Result(data, table(rows, ("NAME", "SEVERITY", "STEPS", "TOUCHES", "STATE", "TITLE")))


@runbooks.command()
@click.argument("name")
@options.runbooks
@options.output
def show(name: str, runbooks: tuple[str, ...]) -> Result:
    """A runbook's steps and its digest. NAME may be a path."""
    runbook, _ = _load(name, runbooks)
    data = {
        "name": runbook.name, "title": runbook.title, "version": runbook.version, "severity": runbook.severity,
        "use_when": runbook.use_when, "path": runbook.path, "digest": runbook.digest, "shipped": runbook.shipped,
        "inputs": [
            {"name": spec.name, "type": spec.type, "title": spec.title, "optional": spec.optional}
            for spec in runbook.inputs
        ],
        "steps": [
            {"id": step.id, "phase": step.phase.value, "title": step.title, "needs": list(step.needs)}
            for step in runbook.steps
        ],
        "source": runbook.source,
    }  # fmt: skip
    lines = [
        f"{inert(runbook.title)}  ({inert(runbook.name)} {inert(runbook.version)})",
        f"  sha256 {runbook.digest}",
        "",
    ]
    lines += [f"  {line}" for line in inert_lines(runbook.use_when.strip()).split("\n")]
    lines += [
        f"  -i {spec.name:<18} {inert(spec.title)}{'  (optional)' if spec.optional else ''}" for spec in runbook.inputs
    ]
    phase = ""
    for number, step in enumerate(runbook.steps, 1):
        if step.phase != phase:
            phase = step.phase
            lines += ["", phase.upper()]
        lines.append(f"  {number:>3}  {inert(step.title)}")
    return Result(data, "\n".join(lines))


@runbooks.command()
@click.argument("paths", nargs=-1, required=True)
@options.runbooks
@options.output
def lint(paths: tuple[str, ...], runbooks: tuple[str, ...]) -> Result:
    """Check runbooks, by name or path, without AWS. Exit 1 for findings, 3 when one cannot be loaded."""
    problems: list[Problem] = []
    code = ExitCode.DONE
    for path in paths:
        try:
            runbook, children = _load(path, runbooks)
        except RunbookError as error:
            if not error.problems:
                raise
            problems += error.problems
            code = ExitCode.INVALID
            continue
        from irtui.lint.check import lint as check

        found = check(runbook, children)
        problems += found
        if found:
            code = max(code, ExitCode.FAILED)
    text = "\n".join(problem_lines(problem) for problem in problems) or f"{len(paths)} checked, nothing found"
    return Result([problem_data(problem) for problem in problems], text, code)


@runbooks.command()
@options.output
def schema() -> Result:
    """The JSON Schema of the format, for editors."""
    from irtui.runbook.schema import schema as made

    found = made()
    return Result(found, json.dumps(found, indent=2))


@runbooks.command()
@click.argument("name")
@options.runbooks
@options.output
def policy(name: str, runbooks: tuple[str, ...]) -> Result:
    """The least-privilege IAM policy for exactly these steps."""
    from irtui.lint.permissions import least_privilege

    found = least_privilege(*_load(name, runbooks))
    return Result(found, json.dumps(found, indent=2))


@runbooks.command()
@click.argument("names", nargs=-1)
@click.option("--seeds", type=click.IntRange(1, 1000), default=1, show_default=True, help="Worlds of each scenario.")
@click.option(
    "--least", type=click.IntRange(0, 100), default=100, show_default=True, help="Per cent of the steps that must run."
)
@click.option("--plays", is_flag=True, help="Also play every way to lose that the scenarios declare; none may win.")
@options.runbooks
@options.scenarios
@options.output
@click.pass_obj
def test(
    session: Session,
    names: tuple[str, ...],
    seeds: int,
    least: int,
    plays: bool,
    runbooks: tuple[str, ...],
    scenarios: tuple[str, ...],
) -> Result:
    """Play every scenario of NAMES (all runbooks without) by machine, in a place of its own.

    Says what ran, which branches were seen, and what could be taken back. Exit 1 when a scenario is lost, an undo
    fails, a play wins, or less than --least per cent of the steps ran.
    """
    from irtui.cli.testing import tested

    return tested(session, names, seeds=seeds, least=least, plays=plays, runbooks=runbooks, scenarios=scenarios)


@runbooks.command()
@click.argument("path")
@options.output
def trust(path: str) -> Result:
    """Trust the runbook at PATH, once, for exactly these bytes."""
    from irtui.runbook.library import Trust

    runbook, _ = _load(path, ())
    if not runbook.shipped:
        Trust(home().trust).add(runbook)
    data = {"name": runbook.name, "path": runbook.path, "digest": runbook.digest, "shipped": runbook.shipped}
    said = "came with irtui, nothing to trust" if runbook.shipped else "trusted"
    return Result(data, f"{inert(runbook.path)}\n  sha256 {runbook.digest}\n  {said}")


def _load(name: str, folders: tuple[str, ...]) -> tuple[Any, Any]:
    """A runbook and its children. Raises RunbookError, UsageError."""
    from irtui.runbook.library import Library
    from irtui.settings.load import load_settings

    settings = load_settings(home().settings)
    library = Library((Path("runbooks"), *settings.runbook_folders), named=[Path(folder) for folder in folders])
    runbook = library.find(name)
    return runbook, library.children(runbook)


def _state(trusted: bool, problems: tuple[Problem, ...]) -> str:
    if any(problem.level == "error" for problem in problems):
        return "broken"
    return "trusted" if trusted else "not trusted"
