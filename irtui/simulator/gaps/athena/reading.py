"""The objects of a table as its rows: gzip and JSON, each value as the column's type wants it."""

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any

from irtui.simulator.athena_records import Table
from irtui.simulator.gaps.athena.statements import not_simulated

MOST = 256 * 2**20
"""Bytes of one object when it is unpacked."""


class Failed(Exception):
    """The query ends so; Athena's words."""

    def __init__(self, reason: str, state: str = "FAILED", scanned: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.state, self.scanned = reason, state, scanned


def rows(table: Table, values: tuple[str, ...], key: Any) -> Iterator[dict[str, Any]]:
    """Every row of one object, the partition's values in it."""
    numbers = {name for name, kind in table.partitions.items() if kind.this.value.endswith("INT")}
    told = zip(table.partitions, values, strict=True)
    where = {name: int(value) if name in numbers else value for name, value in told}
    for record in _records(table, key):
        if not isinstance(record, dict):
            raise Failed(f"HIVE_BAD_DATA: Error parsing a row of {key.name}: not a JSON object")
        named = {name.lower(): value for name, value in record.items()}
        yield {name: typed(kind, named.get(name)) for name, kind in table.columns.items()} | where


def _records(table: Table, key: Any) -> Iterator[Any]:
    body = key.value
    try:
        if key.name.endswith(".gz"):
            body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(MOST + 1)
        if len(body) > MOST:
            raise not_simulated(f"an object larger than {MOST} bytes")
        if table.of_records:
            yield from json.loads(body)["Records"]
        else:
            yield from (json.loads(line) for line in body.splitlines() if line.strip())
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Failed(f"HIVE_CURSOR_ERROR: {key.name} cannot be read ({type(error).__name__})") from None


def typed(kind: Any, value: Any) -> Any:
    """As JsonSerDe reads it: names without regard to case; what stands where text belongs is its own JSON text."""
    name = kind.this.value
    if value is None:
        return None
    if name == "STRUCT":
        if not isinstance(value, dict):
            return None
        named = {member.lower(): each for member, each in value.items()}
        return {part.name.lower(): typed(part.args["kind"], named.get(part.name.lower())) for part in kind.expressions}
    if name == "ARRAY":
        return [typed(kind.expressions[0], each) for each in value] if isinstance(value, list) else None
    if name == "MAP":
        of = kind.expressions[1]
        return {member: typed(of, each) for member, each in value.items()} if isinstance(value, dict) else None
    if name in ("TEXT", "VARCHAR", "CHAR"):
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return value
