"""What AWS's operations take and give, checked without asking AWS.

Rules: parameters come as an author wrote them, numbers and booleans as text: `typed` gives them the operation's
own types. What AWS carries as JSON text (policies) are maps on this side of the door. `ANY` stands for a value
that is not known yet.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from irtui.aws.models import known, members, operations, pages, request_shape, services
from irtui.model.call import Call

__all__ = [
    "ANY",
    "Misfit",
    "defaults_to_caller",
    "documents",
    "known",
    "misfits",
    "operations",
    "pages",
    "parameter_problems",
    "sensitive",
    "services",
    "typed",
]

ANY: Any = object()
"""A parameter whose value will be known later; fits everywhere."""

_DOCUMENTS = {
    "accessanalyzer": {"policyDocument", "existingPolicyDocument", "newPolicyDocument"},
    "backup": {"Policy"},
    "cloudtrail": {"CloudTrailEvent", "ResourcePolicy"},
    "ecr": {"policyText"},
    "events": {"EventPattern"},
    "iam": {"PolicyDocument", "AssumeRolePolicyDocument", "Document", "ResourcePolicy"},
    "kms": {"Policy"},
    "lambda": {"Policy"},
    "logs": {"policyDocument"},
    "organizations": {"Content", "PolicyContent"},
    "s3": {"Policy"},
    "s3control": {"Policy"},
    "secretsmanager": {"ResourcePolicy"},
    "sso-admin": {"InlinePolicy"},
    "sts": {"Policy"},
}
"""Members, wherever they stand in a request or a reply of the service, whose text is a JSON document."""

_WORDS = {"integer": "a whole number", "long": "a whole number", "float": "a number", "double": "a number",
          "boolean": "true or false", "string": "text", "timestamp": "a time", "blob": "text or bytes"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Misfit:
    """A parameter that the operation would not take."""

    at: tuple[str | int, ...]
    """Path from the parameters' root, to the parameter or to what lacks one."""
    message: str
    hint: str = ""
    on_key: bool = False
    """The key is wrong, not the value."""


@lru_cache(maxsize=512)
def documents(service: str, operation: str) -> tuple[str, ...]:
    """Members of the request or the reply that are JSON text on the wire and maps in irtui."""
    names = _DOCUMENTS.get(service, set())
    return tuple(
        sorted({name for name, shape in members(service, operation) if name in names and shape.type_name == "string"})
    )


@lru_cache(maxsize=512)
def sensitive(service: str, operation: str) -> tuple[str, ...]:
    """Members of the request or the reply that the model marks as sensitive, themselves or in what they hold."""
    return tuple(sorted({name for name, shape in members(service, operation) if _is_sensitive(shape)}))


def defaults_to_caller(service: str, operation: str) -> bool:
    """Whether the operation, given no UserName, acts on whoever calls: a slip that hits the responder."""
    shape = request_shape(service, operation) if service == "iam" else None
    return shape is not None and "UserName" in shape.members and "UserName" not in shape.required_members


def typed(service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of `params` with text turned into the numbers and booleans the operation takes, where it is one."""
    shape = request_shape(service, operation)
    return {
        name: _typed(value, shape.members[name]) if shape and name in shape.members else value
        for name, value in params.items()
    }


def parameter_problems(call: Call) -> tuple[str, ...]:
    """Why AWS would not take the call's (typed) parameters, in words; empty when it would."""
    return tuple(
        f"{'.'.join(map(str, misfit.at))}: {misfit.message}" if misfit.at else misfit.message
        for misfit in misfits(call.service, call.operation, call.params)
    )


def misfits(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Misfit]:
    """Every parameter that does not fit, with its place. `params` are typed; ANY fits everywhere."""
    if not known(service, operation):
        yield Misfit((), f"AWS has no operation {service}.{operation}")
        return
    shape = request_shape(service, operation)
    if shape is None:
        for name in params:
            yield Misfit((name,), f"{operation} takes no parameters", on_key=True)
        return
    yield from _struct(params, shape, (), frozenset(documents(service, operation)))


def _typed(value: Any, shape: Shape) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return {k: _typed(item, shape.members[k]) if k in shape.members else item for k, item in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list | tuple):
        return [_typed(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: _typed(item, shape.value) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    if shape.type_name == "boolean" and value in ("true", "false"):
        return value == "true"
    if shape.type_name in ("integer", "long") and re.fullmatch(r"-?[0-9]{1,19}", value):
        return int(value)
    if shape.type_name in ("float", "double") and re.fullmatch(r"-?[0-9]{1,19}(\.[0-9]{1,19})?", value):
        return float(value)
    return value


def _struct(value: Any, shape: StructureShape, at: tuple[str | int, ...], texts: frozenset[str]) -> Iterator[Misfit]:
    if not isinstance(value, Mapping):
        yield Misfit(at, "must be a map")
        return
    if getattr(shape, "is_document_type", False):
        return
    for name in shape.required_members:
        if name not in value:
            yield Misfit(at, f"the required parameter {name} is missing")
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield Misfit(at, f"takes exactly one of {', '.join(shape.members)}")
    for name, item in value.items():
        if name not in shape.members:
            yield Misfit((*at, name), f"there is no parameter {name} here", _closest(name, shape.members), on_key=True)
        elif not (name in texts and isinstance(item, Mapping)):
            yield from _value(item, shape.members[name], (*at, name), texts)


def _value(value: Any, shape: Shape, at: tuple[str | int, ...], texts: frozenset[str]) -> Iterator[Misfit]:
    if value is ANY:
        return
    if isinstance(shape, StructureShape):
        yield from _struct(value, shape, at, texts)
    elif isinstance(shape, ListShape):
        if not isinstance(value, list | tuple):
            yield Misfit(at, "must be a list", "Write [ … ] around it.")
            return
        yield from _size(len(value), shape, at, "items")
        for index, item in enumerate(value):
            yield from _value(item, shape.member, (*at, index), texts)
    elif isinstance(shape, MapShape):
        if not isinstance(value, Mapping):
            yield Misfit(at, "must be a map")
            return
        for key, item in value.items():
            yield from _value(item, shape.value, (*at, key), texts)
    else:
        yield from _scalar(value, shape, at)


def _scalar(value: Any, shape: Shape, at: tuple[str | int, ...]) -> Iterator[Misfit]:
    kind = str(shape.type_name)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "string": isinstance(value, str),
        "integer": number and not isinstance(value, float),
        "long": number and not isinstance(value, float),
        "float": number,
        "double": number,
        "boolean": isinstance(value, bool),
        "timestamp": isinstance(value, str | datetime) or number,
        "blob": isinstance(value, str | bytes | bytearray),
    }
    if not fits.get(kind, True):
        yield Misfit(at, f"must be {_WORDS.get(kind, kind)}")
    elif kind == "string":
        choices = shape.metadata.get("enum") or ()
        if choices and value not in choices:
            yield Misfit(at, f"AWS does not know {value[:60]!r} here", _closest(value, choices))
        yield from _size(len(value), shape, at, "characters")
    elif kind in ("integer", "long", "float", "double"):
        least = shape.metadata.get("min")
        if least is not None and value < least:
            yield Misfit(at, f"must be at least {least}")


def _size(size: int, shape: Shape, at: tuple[str | int, ...], what: str) -> Iterator[Misfit]:
    least = shape.metadata.get("min")
    if least is not None and size < least:
        yield Misfit(at, f"needs at least {least} {what}")


def _is_sensitive(shape: Shape) -> bool:
    if shape.metadata.get("sensitive"):
        return True
    if isinstance(shape, ListShape):
        return _is_sensitive(shape.member)
    return isinstance(shape, MapShape) and (_is_sensitive(shape.value) or _is_sensitive(shape.key))


def _closest(word: str, known_words: Any) -> str:
    words = sorted(known_words)
    near = difflib.get_close_matches(word, words, 1, 0.5)
    if near:
        return f"Did you mean {near[0]}?"
    return f"Known: {', '.join(words[:12])}{', …' if len(words) > 12 else ''}." if words else ""
