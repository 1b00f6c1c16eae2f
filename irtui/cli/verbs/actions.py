"""`irtui actions`: what a runbook's `use` can name, what each takes and gives, made from the registry."""

import difflib
from typing import Any

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
    from irtui.actions.registry import ACTIONS

    data = [_data(name) for name in sorted(ACTIONS)]
    rows = [(each["name"], each["effect"], each["title"]) for each in data]
    return Result(data, table(rows, ("NAME", "EFFECT", "TITLE")))


@actions.command()
@click.argument("name")
@options.output
def show(name: str) -> Result:
    """What action NAME does, takes, keeps for later steps, calls and needs."""
    from irtui.actions.registry import ACTIONS

    if name not in ACTIONS:
        near = difflib.get_close_matches(name, ACTIONS, 1, 0.5)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f"There is no action {inert(name, 60)}.", advice=f"{hint}See irtui actions list.")
    data = _data(name)
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


def _data(name: str) -> dict[str, Any]:
    """An action for `-o json`."""
    from irtui.actions.registry import ACTIONS, TEXTS
    from irtui.lint.subject import effect_of_action

    action = ACTIONS[name]
    text, _, example = TEXTS[name].partition("```yaml\n")
    return {
        "name": name, "title": action.title, "effect": effect_of_action(action).word, "text": text.strip(),
        "inputs": [
            {"name": key, "type": field.type, "required": field.required, "help": field.help}
            for key, field in action.inputs.items()
        ],
        "keeps": list(action.keeps), "changes": list(action.changes), "permissions": list(action.permissions),
        "example": example.partition("```")[0].strip(),
    }  # fmt: skip
