"""The JSON Schema of the scenario format, for editors: draft-07, which every YAML language server understands.

A scenario with `base:` may leave away whatever its base says, so then nothing but its name is required.
"""

import ast
import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from irtui.gameday import plays
from irtui.gameday.scenario import cast, criteria, format, plan
from irtui.gameday.scenario.criteria import TAKES
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.parse import OURS

_SPAN = {"type": "string", "pattern": r"^-?([0-9]+[dhms])+$"}
_NEEDED = "scenario"


def schema() -> dict[str, Any]:
    """Generated from the format; a test holds the shipped file against it."""
    made = TypeAdapter(Scenario).json_schema(by_alias=True, ref_template="#/definitions/{model}")
    definitions = made.pop("$defs")
    for name, said in sentences().items():
        for part in (definitions.get(name), made if name == "Scenario" else None):
            for key, sentence in said.items():
                if part is not None and key in part["properties"]:
                    part["properties"][key]["description"] = sentence
    for key in OURS:
        del made["properties"][key]
    _of_kinds(definitions)
    required = made.pop("required")
    # what a base says need not be said again, however deep: such a file is checked whole when it is read
    loose = {"properties": {key: {} for key in made["properties"]}, "required": ["base", _NEEDED]}
    strict = {"properties": made.pop("properties"), "required": required, "not": {"required": ["base"]}}
    whole: dict[str, Any] = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **made,
        "title": "irtui scenario",
        "anyOf": [{**strict, "additionalProperties": False}, {**loose, "additionalProperties": False}],
        "definitions": definitions,
    }
    whole.pop("additionalProperties", None)
    return dict(_plain(whole))


def _of_kinds(definitions: dict[str, Any]) -> None:
    """Each kind of objective with the parameters that it takes."""
    cases = []
    for kind, takes in TAKES.items():
        found = TypeAdapter(takes).json_schema(ref_template="#/definitions/{model}")
        for key, sentence in sentences().get(takes.__name__, {}).items():
            found["properties"][key]["description"] = sentence
        needs = {"required": ["params"]} if found.get("required") else {}
        cases.append({
            "if": {"properties": {"kind": {"const": kind}}}, "then": {"properties": {"params": found}, **needs},
        })  # fmt: skip
    objective = definitions["ObjectivePlan"]
    objective["properties"]["kind"] |= {"enum": list(TAKES)}
    objective["allOf"] = cases


def schema_text() -> str:
    """As it is shipped."""
    return json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def sentences() -> dict[str, dict[str, str]]:
    """Class → key → the sentence that stands under the field in the format's own source."""
    found: dict[str, dict[str, str]] = {}
    for module in (format, cast, plan, plays, criteria):
        tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
        for each in ast.walk(tree):
            if isinstance(each, ast.ClassDef):
                found[each.name] = {
                    above.target.id.rstrip("_"): " ".join(str(below.value.value).split())
                    for above, below in zip(each.body, each.body[1:], strict=False)
                    if isinstance(above, ast.AnnAssign)
                    and isinstance(above.target, ast.Name)
                    and isinstance(below, ast.Expr)
                    and isinstance(below.value, ast.Constant)
                }
    return found


def _plain(value: Any) -> Any:
    """Spans as they are written; no key takes null; a number may be quoted."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _plain(item) for key, item in value.items() if not (key == "default" and item is None)}
    if kept.get("format") == "duration":
        said = {key: item for key, item in kept.items() if key == "description"}
        return {**_SPAN, **said}
    options = [option for option in kept.get("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1 and len(options) < len(kept["anyOf"]):
        del kept["anyOf"]
        option = options[0]
        # draft-07 ignores what stands beside $ref
        kept = {**({"allOf": [option]} if "$ref" in option else option), **kept}
    return kept
