"""`irtui actions`: an author finds what there is, and copies an example that lints."""

import json
from typing import Any

import pytest

from irtui.actions.registry import ACTIONS
from irtui.cli.main import run
from irtui.lint.references import fields
from irtui.model.runbook import Phase, Step, UseBody


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(["actions", *arguments])
    return code, capsys.readouterr().out


def test_the_list_holds_every_action_and_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    """Its name, read, change or destroy, and a line; as rows and as data."""
    code, text = told(capsys, "list")
    assert code == 0 and text.startswith("NAME ")
    rows = {line.split()[0]: line.split()[1] for line in text.splitlines()[1:]}
    assert rows.keys() == ACTIONS.keys()
    assert {name for name, effect in rows.items() if effect == "read"} == {
        name for name, action in ACTIONS.items() if action.observe
    }
    assert (rows["iam.deny_all"], rows["iam.delete_user"]) == ("change", "destroy")
    data: Any = json.loads(told(capsys, "list", "-o", "json")[1])["data"]
    assert [each["name"] for each in data] == sorted(ACTIONS)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_shows_what_an_author_needs(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Every input with its type, what later steps may read, the calls that change, the rights, and an example."""
    data: Any = json.loads(told(capsys, "show", name, "-o", "json")[1])["data"]
    text = told(capsys, "show", name)[1]
    action = ACTIONS[name]
    assert {one["name"] for one in data["inputs"]} == set(action.inputs)
    step = Step("a", Phase.ANALYZE, "t", UseBody(name))
    assert set(data["keeps"]) <= fields(step) and data["changes"] == list(action.changes)
    assert f"use: {name}" in data["example"] and data["text"] and "```" not in text
    words = [*action.inputs, *action.keeps, *action.changes, *action.permissions, *data["example"].splitlines()]
    assert all(word in text for word in words)


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, and the way out."""
    assert run(["actions", "show", "iam.key_ownr"]) == 2
    assert "Did you mean iam.key_owner?" in capsys.readouterr().err
