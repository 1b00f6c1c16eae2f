"""`irtui actions`: what a runbook's `use` can name, what each takes and gives, made from the registry."""

import difflib

import click

from irtui.cli import options
from irtui.cli.output import Result, table
from irtui.errors import UsageError
from irtui.text import inert

_WIDE = 18


@click.group()
def actions() -> None:
    """List and show the actions that runbooks can use."""


@actions.command("list")
@options.output
def list_() -> Result:
    """Every action: whether it reads, changes or destroys, and what it is for."""
    from irtui.lint.catalogue import NAMES, described

    data = [described(name) for name in NAMES]
    rows = [(each["name"], each["effect"], each["title"]) for each in data]
    return Result(data, table(rows, ("NAME", "EFFECT", "TITLE")))


@actions.command()
@click.argument("name")
@options.output
def show(name: str) -> Result:
    """What action NAME does, takes, keeps for later steps, calls and needs."""
    from irtui.lint.catalogue import NAMES, described

    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, 1, 0.5)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f"There is no action {inert(name, 60)}.", advice=f"{hint}See irtui actions list.")
    data = described(name)
    lines = [f"{name}   {data['effect']}", "", *data["text"].split("\n")]
    lines += ["", "INPUTS, under with:"]
    for field in data["inputs"]:
        needed = "" if field["required"] else ", optional"
        lines.append(f"  {field['name']:<{_WIDE}} {field['type']}{needed}".rstrip())
        lines += [f"  {'':<{_WIDE}} {field['help']}"] if field["help"] else []
    lines += _listed("KEEPS, as steps.<id>.<name>", data["keeps"])
    lines += _listed("CHANGES, its undo included", data["changes"])
    lines += _listed("NEEDS, as IAM actions", data["permissions"])
    return Result(data, "\n".join([*lines, "", "EXAMPLE", *(f"  {line}" for line in data["example"].split("\n"))]))


def _listed(head: str, names: list[str]) -> list[str]:
    return ["", head, *(f"  {name}" for name in names or ["nothing"])]
