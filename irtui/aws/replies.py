"""Whether an expression finds anything in an operation's reply, judged from the reply's shape."""

from typing import Any

import jmespath
import jmespath.exceptions
from botocore.model import ListShape, MapShape, Shape, StructureShape

from irtui.aws.models import known, reply_shape
from irtui.aws.shapes import documents

Node = dict[str, Any]
_EMPTY = object()
"""The reply of an operation that returns nothing."""


_SCALARS = {
    "a integer": "a number", "a long": "a number", "a float": "a number", "a double": "a number",
    "a timestamp": "a string", "a blob": "a string", "an empty reply": "",
}  # fmt: skip
"""Words of a model's types as JMESPath has them."""


class _Lacking(Exception):
    """The shape does not have what the expression reads."""


def reply_has(service: str, operation: str, expression: str) -> bool:
    return not reply_lacks(service, operation, expression)


def reply_lacks(service: str, operation: str, expression: str) -> str:
    """What the reply's shape does not have that the expression reads, in words; empty when it has everything.

    Inside JSON documents, and after functions, nothing is known and nothing is said.
    """
    if not known(service, operation):
        return f"AWS has no operation {service}.{operation}"
    try:
        tree: Any = jmespath.compile(expression).parsed
        _Walk(frozenset(documents(service, operation))).shape(tree, reply_shape(service, operation) or _EMPTY)
    except _Lacking as lacking:
        return str(lacking)
    except (jmespath.exceptions.JMESPathError, RecursionError):
        return "not JMESPath"
    return ""


def reply_kind(service: str, operation: str, expression: str) -> str:
    """What an expression finds in a reply: a map, list, string, number or boolean; empty where nothing is known."""
    try:
        tree: Any = jmespath.compile(expression).parsed
        walk = _Walk(frozenset(documents(service, operation)))
        found = walk.shape(tree, reply_shape(service, operation) or _EMPTY)
    except (_Lacking, jmespath.exceptions.JMESPathError, RecursionError):
        return ""
    kind = _kind(found) if found is not None else ""
    return _SCALARS.get(kind, kind)


class _Walk:
    """Follows an expression through shapes. A shape of None is one of which nothing is known."""

    def __init__(self, texts: frozenset[str]) -> None:
        self._texts = texts

    def shape(self, node: Node, here: Any) -> Any:
        """The shape that the node yields. Raises _Lacking."""
        kind, children = node["type"], node["children"]
        if kind in ("identity", "current"):
            return here
        if kind == "field":
            return self._field(node["value"], here)
        if kind in ("subexpression", "index_expression", "pipe"):
            for child in children:
                here = self.shape(child, here)
            return here
        if kind in ("index", "slice"):
            item = self._item(here)
            return item if kind == "index" else here
        if kind == "flatten":
            inner = self.shape(children[0], here)
            item = self._item(inner)
            return item if isinstance(item, ListShape) else inner
        if kind in ("projection", "filter_projection"):
            item = self._item(self.shape(children[0], here))
            if kind == "filter_projection":
                self.shape(children[2], item)
            return _Many(self.shape(children[1], item))
        if kind == "value_projection":
            left = self.shape(children[0], here)
            return _Many(self.shape(children[1], left.value if isinstance(left, MapShape) else None))
        if kind == "multi_select_dict":
            return _Made({child["value"]: self.shape(child["children"][0], here) for child in children})
        if kind == "function_expression":
            for child in children:
                if child["type"] != "expref":
                    self.shape(child, here)
            return None
        for (
            child
        ) in children:  # comparators, and, or, not, lists of values: every part must be there, the result is open
            self.shape(child, here)
        return None

    def _field(self, name: str, here: Any) -> Any:
        if here is None or isinstance(here, MapShape):
            return here.value if isinstance(here, MapShape) else None
        if here is _EMPTY:
            raise _Lacking(f"the reply has no member {name}: it is empty")
        if isinstance(here, _Made):
            if name not in here.members:
                raise _Lacking(f"{name} is not among {', '.join(here.members)}")
            return here.members[name]
        if isinstance(here, StructureShape):
            if getattr(here, "is_document_type", False):
                return None
            if name not in here.members:
                names = sorted(here.members)
                raise _Lacking(f"the reply has no member {name} here, only {', '.join(names[:20])}")
            return None if name in self._texts else here.members[name]
        if isinstance(here, ListShape | _Many):
            raise _Lacking(f"{name} is asked of a list: write [] or [0] before it")
        raise _Lacking(f"{name} is asked of {_kind(here)}")

    def _item(self, here: Any) -> Any:
        if here is None:
            return None
        if isinstance(here, ListShape):
            return here.member
        if isinstance(here, _Many):
            return here.item
        raise _Lacking(f"[ ] is asked of {_kind(here)}, which is no list")


class _Many:
    """A list that a projection makes."""

    def __init__(self, item: Any) -> None:
        self.item = item


class _Made:
    """A map that the expression itself makes."""

    def __init__(self, members: dict[str, Any]) -> None:
        self.members = members


def _kind(here: Any) -> str:
    if here is _EMPTY:
        return "an empty reply"
    if isinstance(here, StructureShape | MapShape | _Made):
        return "a map"
    return f"a {here.type_name}" if isinstance(here, Shape) else "a list"
