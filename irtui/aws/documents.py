"""JSON documents inside calls and replies: mappings on our side of the door, text on AWS's."""

import json
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import unquote


def written(params: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """`params` with the members in `names` as JSON text, at any depth. Text stays as it is."""
    return {
        key: json.dumps(value, separators=(",", ":"))
        if key in names and isinstance(value, Mapping | list)
        else _inside(value, names)
        for key, value in params.items()
    }


def parsed(value: Any, names: Collection[str]) -> Any:
    """`value` with the members in `names` as mappings, at any depth. Text that is no JSON stays text."""
    if isinstance(value, Mapping):
        return {
            key: _document(item) if key in names and isinstance(item, str) else parsed(item, names)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [parsed(item, names) for item in value]
    return value


def _inside(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, Mapping):
        return written(value, names)
    if isinstance(value, list):
        return [_inside(item, names) for item in value]
    return value


def _document(text: str) -> Any:
    try:
        found = json.loads(unquote(text) if text.startswith("%7B") else text)
    except ValueError:
        return text
    return found if isinstance(found, dict | list) else text
