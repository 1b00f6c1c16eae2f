"""The JSON Schema for editors: shipped as generated, and of the parser's opinion."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from irtui.errors import RunbookError
from irtui.runbook.library import shipped_folder
from irtui.runbook.parse import parse_runbook
from irtui.runbook.schema import schema, schema_text

ROOT = Path(__file__).parents[3]
CORPUS = ROOT / "tests" / "runbooks"
RUNBOOKS = sorted([*CORPUS.glob("*.yaml"), *shipped_folder().glob("*.yaml")])

SLIPS = {
    "two kinds": ("call: iam.GetUser", "call: iam.GetUser\n    ask: x\n    choices: {a: b, c: d}"),
    "no kind": ("call: iam.GetUser\n    with: {UserName: x}", "text: x"),
    "unknown key": ("title: t", "title: t\n    titel: t"),
    "bad phase": ("phase: analyze", "phase: analyse"),
    "bad duration": ("within: 60s", "within: 60 s"),
    "bad boolean": ("evidence: true", "evidence: maybe"),
    "too many approvers": ("evidence: true", "approvers: 10"),
    "bad id": ("id: a", "id: A-b"),
    "with of a check without call": ("verify: {", "verify: {with: {a: b}, "),
    "choices without ask": ("title: t", "title: t\n    choices: {a: b, c: d}"),
    "as without for_each": ("title: t", "title: t\n    as: key"),
    "undo and irreversible": ("title: t", "title: t\n    irreversible: x\n    undo: {call: iam.GetUser}"),
    "session with half a root": ("steps:", "sessions: {s: {task: x}}\nsteps:"),
    "no steps": ("steps:", "steps: []\nstaps:"),
    "empty title": ("title: t", 'title: ""'),
    "name with capitals": ("runbook: x", "runbook: X"),
    "severity": ("severity: low", "severity: urgent"),
    "params no map": ("with: {UserName: x}", "with: [x]"),
}
BASE = """runbook: x
title: x
version: "1"
severity: low
use_when: x
steps:
  - id: a
    phase: analyze
    title: t
    call: iam.GetUser
    with: {UserName: x}
    evidence: true
    verify: {until: a, within: 60s}
"""


def as_editor_sees_it(text: str) -> Any:
    """YAML 1.2 core types, as language servers read it."""
    return yaml.load(text, _Core)


class _Core(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


_Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
_Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[0-9]+$"), list("0123456789"))
_Core.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[0-9]+\.[0-9]+$"), list("0123456789"))


def accepted_by_schema(text: str) -> bool:
    return jsonschema.Draft7Validator(schema()).is_valid(as_editor_sees_it(text))


def accepted_by_parser(text: str) -> bool:
    try:
        parse_runbook(text, "x.yaml")
    except RunbookError:
        return False
    return True


def test_the_shipped_schema_is_the_generated_one() -> None:
    """schema/runbook.schema.json is what the format generates; write it anew with `irtui runbooks schema`."""
    assert (ROOT / "schema" / "runbook.schema.json").read_text("utf-8") == schema_text()


def test_the_schema_is_draft_07_without_newer_keywords() -> None:
    """Editors' language servers understand every keyword."""
    jsonschema.Draft7Validator.check_schema(schema())
    text = json.dumps(schema())
    assert not any(word in text for word in ("prefixItems", "unevaluatedProperties", "$defs", '"null"'))


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)
def test_good_runbooks_are_good_for_both(path: Path) -> None:
    """What the parser takes, the schema takes; what the schema refuses, the parser refuses."""
    text = path.read_text("utf-8")
    if accepted_by_parser(text):
        errors = [error.message for error in jsonschema.Draft7Validator(schema()).iter_errors(as_editor_sees_it(text))]
        assert errors == []


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_are_refused_by_both(slip: str) -> None:
    """Each slip of structure is seen while typing, and by the parser."""
    assert accepted_by_parser(BASE)
    assert accepted_by_schema(BASE)
    old, new = SLIPS[slip]
    assert old in BASE
    assert not accepted_by_parser(BASE.replace(old, new, 1))
    assert not accepted_by_schema(BASE.replace(old, new, 1))
