"""The actions that a runbook can use, as an author needs to know them: made from the registry."""

from collections.abc import Mapping
from typing import Any

from irtui.actions.registry import ACTIONS, TEXTS
from irtui.lint.subject import effect_of_action

NAMES = tuple(sorted(ACTIONS))


def described(name: str) -> Mapping[str, Any]:
    """What an action does, takes, keeps for later steps, changes and needs, as plain data. Raises KeyError."""
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
