"""A policy document as statements, read as strictly as IAM reads it.

Rules: what cannot be understood must not help anybody. A document or statement with a flaw keeps it in
`flaw`: such an Allow never allows, such a Deny (and anything whose effect is unknown) denies everything.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VERSIONS = ("2012-10-17", "2008-10-17")
_STATEMENT_KEYS = {
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a document; tuples keep the author's order."""

    document: str
    """Name of the policy it stands in, for explanations."""
    index: int
    effect: str
    """Allow or Deny. An unreadable statement is Deny with a `flaw`."""
    actions: tuple[str, ...] = ()
    not_actions: bool = False
    resources: tuple[str, ...] = ()
    not_resources: bool = False
    principals: Mapping[str, tuple[str, ...]] | None = None
    """Principal type (AWS, Service, Federated, `*`) → values. None: an identity policy's statement."""
    not_principals: bool = False
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    sid: str = ""
    variables: bool = True
    """Policy variables are replaced only since version 2012-10-17."""
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    statements: tuple[Statement, ...]


def read_document(name: str, source: str | Mapping[str, Any]) -> Document:
    """Never raises: whatever cannot be read becomes one statement that denies everything."""
    try:
        data = json.loads(source) if isinstance(source, str) else source
    except (ValueError, RecursionError):
        return Document(name, (_flawed(name, 0, "the document is not JSON"),))
    if not isinstance(data, Mapping) or "Statement" not in data:
        return Document(name, (_flawed(name, 0, "the document has no Statement"),))
    version = data.get("Version", "2008-10-17")
    if version not in VERSIONS:
        return Document(name, (_flawed(name, 0, f"unknown version {version!r}"),))
    raw = data["Statement"]
    statements = raw if isinstance(raw, list) else [raw]
    variables = version == "2012-10-17"
    return Document(name, tuple(_statement(name, index, item, variables) for index, item in enumerate(statements)))


def _flawed(name: str, index: int, flaw: str, effect: str = "Deny") -> Statement:
    return Statement(name, index, effect, ("*",), resources=("*",), flaw=flaw)


def _statement(name: str, index: int, item: Any, variables: bool) -> Statement:
    if not isinstance(item, Mapping):
        return _flawed(name, index, "the statement is not an object")
    effect = item.get("Effect")
    if effect not in ("Allow", "Deny"):
        return _flawed(name, index, f"unknown effect {effect!r}")
    try:
        return _read(name, index, item, effect, variables)
    except ValueError as error:
        return _flawed(name, index, str(error), effect)


def _read(name: str, index: int, item: Mapping[str, Any], effect: str, variables: bool) -> Statement:
    if unknown := set(item) - _STATEMENT_KEYS:
        raise ValueError(f"unknown element {min(unknown)!r}")
    actions, not_actions = _either(item, "Action")
    if actions is None:
        raise ValueError("the statement has no Action")
    principals, not_principals = _principals(item)
    resources, not_resources = _either(item, "Resource")
    if resources is None:
        if principals is None:
            raise ValueError("the statement has no Resource")
        resources = ("*",)  # a trust policy's resource is the role it stands on
    return Statement(
        name, index, effect, actions, not_actions, resources, not_resources, principals, not_principals,
        _conditions(item.get("Condition", {})), str(item.get("Sid", "")), variables,
    )  # fmt: skip


def _either(item: Mapping[str, Any], key: str) -> tuple[tuple[str, ...] | None, bool]:
    if key in item and f"Not{key}" in item:
        raise ValueError(f"both {key} and Not{key}")
    if key in item:
        return strings(item[key]), False
    if f"Not{key}" in item:
        return strings(item[f"Not{key}"]), True
    return None, False


def _principals(item: Mapping[str, Any]) -> tuple[Mapping[str, tuple[str, ...]] | None, bool]:
    if "Principal" in item and "NotPrincipal" in item:
        raise ValueError("both Principal and NotPrincipal")
    negated = "NotPrincipal" in item
    raw = item.get("NotPrincipal" if negated else "Principal")
    if raw is None:
        return None, False
    if raw == "*":
        return {"AWS": ("*",)}, negated
    if not isinstance(raw, Mapping):
        raise ValueError("Principal is neither * nor an object")
    return {str(kind): strings(values) for kind, values in raw.items()}, negated


def _conditions(raw: Any) -> dict[str, dict[str, tuple[str, ...]]]:
    if not isinstance(raw, Mapping) or not all(isinstance(keys, Mapping) for keys in raw.values()):
        raise ValueError("Condition is not an object of objects")
    return {
        str(operator): {str(key): strings(values, scalars=True) for key, values in keys.items()}
        for operator, keys in raw.items()
    }


def strings(value: Any, scalars: bool = False) -> tuple[str, ...]:
    """One string or a list of them, as a tuple; `scalars` also takes numbers and booleans, as JSON writes them."""
    items = value if isinstance(value, list) else [value]
    if not items:
        raise ValueError("an empty list")
    return tuple(_string(item, scalars) for item in items)


def _string(item: Any, scalars: bool) -> str:
    if isinstance(item, str):
        return item
    if scalars and isinstance(item, bool | int | float):
        return json.dumps(item)
    raise ValueError(f"{item!r} is not a string")
