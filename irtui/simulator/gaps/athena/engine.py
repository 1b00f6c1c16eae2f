"""DuckDB in memory, shut off from the machine: no files, no network, no extensions, little memory, one thread.

What it cannot do is not simulated; what Athena would find wrong with the query fails as Athena's does.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from irtui.simulator.athena_records import Table
from irtui.simulator.gaps.athena.reading import Failed
from irtui.simulator.gaps.athena.statements import not_simulated

SECONDS = 10.0
"""Real time that one query may take."""
_SAFE: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false", "autoload_known_extensions": "false", "autoinstall_known_extensions": "false",
    "threads": "1", "memory_limit": "512MB", "temp_directory": "", "lock_configuration": "true",
}  # fmt: skip
_TYPES = {
    "VARCHAR": "varchar", "BIGINT": "bigint", "INTEGER": "integer", "SMALLINT": "smallint", "TINYINT": "tinyint",
    "HUGEINT": "bigint", "DOUBLE": "double", "FLOAT": "float", "BOOLEAN": "boolean", "DATE": "date", "JSON": "json",
    "TIMESTAMP": "timestamp", "TIMESTAMP WITH TIME ZONE": "timestamp with time zone", '"NULL"': "unknown",
}  # fmt: skip
_ZONED = "TIMESTAMP WITH TIME ZONE"


@contextmanager
def engine() -> Iterator[Any]:
    """A connection that ends by itself. Raises Refusal or Failed for what DuckDB says."""
    import duckdb

    connection = duckdb.connect(":memory:", config=_SAFE)
    late = threading.Timer(SECONDS, connection.interrupt)
    late.daemon = True
    late.start()
    try:
        yield connection
    except duckdb.BinderException as error:
        if (found := re.search(r'Referenced column "([^"]*)" (was )?not found', str(error))) is None:
            raise not_simulated(f"DuckDB cannot run this query: {_line(error)}") from None
        words = "cannot be resolved or requester is not authorized to access requested resources"
        raise Failed(f"COLUMN_NOT_FOUND: line 1:1: Column '{found[1]}' {words}") from None
    except duckdb.ConversionException as error:
        raise Failed(f"INVALID_CAST_ARGUMENT: {_line(error)}") from None
    except duckdb.Error as error:
        raise not_simulated(f"DuckDB cannot run this query: {_line(error)}") from None
    finally:
        late.cancel()
        connection.close()


def _line(error: Exception) -> str:
    return str(error).splitlines()[0][:200]


def load(connection: Any, database: str, name: str, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The table, with these rows."""
    import duckdb

    columns = {**table.columns, **table.partitions}
    typed = ", ".join(f"{quoted(column)} {kind.sql('duckdb')}" for column, kind in columns.items())
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(database)}")
    where = f"{quoted(database)}.{quoted(name)}"
    connection.execute(f"CREATE TABLE {where} ({typed})")
    if rows:
        texts = [json.dumps(row) for row in rows]
        sql = f"SELECT CAST(j AS STRUCT({typed})) AS row FROM (SELECT unnest(?)::JSON AS j)"
        try:
            connection.execute(f"INSERT INTO {where} SELECT row.* FROM ({sql})", [texts])
        except duckdb.ConversionException as error:
            raise Failed(f"HIVE_BAD_DATA: Error parsing field value of {database}.{name}: {_line(error)}") from None


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def answer(connection: Any, sql: str) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str | None, ...], ...]]:
    """Columns with Athena's types, and the rows as Athena's texts."""
    relation = connection.sql(sql)
    types = [str(kind) for kind in relation.types]
    columns = tuple((name.lower(), _type(kind)) for name, kind in zip(relation.columns, types, strict=True))
    if _ZONED in types:
        names = [f"c{number}" for number in range(len(types))]
        chosen = ", ".join(f"CAST({n} AS TIMESTAMP)" if k == _ZONED else n for n, k in zip(names, types, strict=True))
        relation = connection.sql(f"SELECT {chosen} FROM ({sql}) AS t({', '.join(names)})")
    rows = tuple(
        tuple(_text(value, kind == _ZONED) for value, kind in zip(row, types, strict=True))
        for row in relation.fetchall()
    )
    return columns, rows


def _type(kind: str) -> str:
    if kind.endswith("]"):
        return "array"
    head = kind.partition("(")[0]
    found = {"STRUCT": "row", "MAP": "map", "DECIMAL": "decimal"}.get(head) or _TYPES.get(kind)
    if found is None:
        raise not_simulated(f"a result of DuckDB's type {kind}")
    return found


def _text(value: Any, zoned: bool = False) -> str | None:
    """As Athena prints it: lists `[a, b]`, rows and maps `{a=b}`, times with milliseconds."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03}" + (" UTC" if zoned else "")
    if isinstance(value, list | tuple):
        return f"[{', '.join('null' if each is None else str(_text(each)) for each in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={'null' if v is None else _text(v)}" for name, v in value.items()) + "}"
    if isinstance(value, str | int | float | Decimal | date):
        return str(value)
    raise not_simulated(f"a result of type {type(value).__name__}")
