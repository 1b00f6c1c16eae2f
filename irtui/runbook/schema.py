"""The JSON Schema of the runbook format, for editors: draft-07, which every YAML language server understands."""

import json
from typing import Any

from irtui.runbook.format import RunbookFormat
from irtui.runbook.rules import BELONGS, KINDS

_ONE_OF_A_STEP = {"oneOf": [{"required": [kind]} for kind in KINDS]}


def schema() -> dict[str, Any]:
    """Generated from the format; a test holds the shipped file against it."""
    made = RunbookFormat.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    definitions = made.pop("$defs")
    step = definitions["StepFormat"]
    step.update(_ONE_OF_A_STEP)
    step["dependencies"] = {
        **{key: {"anyOf": [{"required": [kind]} for kind in kinds]} for key, kinds in BELONGS.items()},
        "ask": ["choices"],
        "as": ["for_each"],
        "undo": {"not": {"required": ["irreversible"]}},
    }
    definitions["WaitFormat"]["oneOf"] = [
        {"required": ["for"], "not": {"anyOf": [{"required": [key]} for key in ("call", "with", "within", "every")]}},
        {"required": ["until", "call"]},
    ]
    definitions["SessionFormat"]["oneOf"] = [{"required": ["role"]}, {"required": ["assume_root"]}]
    definitions["SessionFormat"]["dependencies"] = {"assume_root": ["task"], "task": ["assume_root"]}
    definitions["CheckFormat"]["dependencies"] = {"with": ["call"]}
    whole: dict[str, Any] = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **made,
        "title": "irtui runbook",
        "definitions": definitions,
    }
    return dict(_without_nulls(whole))


def schema_text() -> str:
    """As it is shipped."""
    return json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _without_nulls(value: Any) -> Any:
    """A key that is left away is left away: no key of the format takes null."""
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _without_nulls(item) for key, item in value.items() if not (key == "default" and item is None)}
    options = [option for option in kept.get("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1 and len(options) < len(kept["anyOf"]):
        del kept["anyOf"]
        option = options[0]
        # draft-07 ignores what stands beside $ref
        kept = {**({"allOf": [option]} if "$ref" in option else option), **kept}
    return kept
