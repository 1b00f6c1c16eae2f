"""Which objects are a table's, by partition: partition projection read backwards, from the keys there are.

A partition that is projected and has no folder holds nothing, so it need not be counted. Types: enum, integer, date,
injected. A partitioned table without projection has no partitions, since none can be added here.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.simulator import state
from irtui.simulator.athena_records import Table
from irtui.simulator.gaps.athena.statements import not_simulated

_DATE = {"yyyy": ("%Y", r"\d{4}"), "MM": ("%m", r"\d{2}"), "dd": ("%d", r"\d{2}"), "HH": ("%H", r"\d{2}"),
         "mm": ("%M", r"\d{2}"), "ss": ("%S", r"\d{2}")}  # fmt: skip
_NOW = re.compile(r"NOW\s*(?:([+-])\s*(\d+)\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?)?")
_SECONDS = {"WEEK": 604800, "DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}


def split(url: str) -> tuple[str, str]:
    """Bucket, and what the keys begin with."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    return bucket, prefix


def location(table: Table) -> tuple[str, str]:
    """Bucket, and how every key of the table begins; ends with a slash."""
    bucket, prefix = split(_template(table).partition("${")[0])
    return bucket, prefix if not prefix or prefix.endswith("/") or "${" in _template(table) else f"{prefix}/"


def _projected(table: Table) -> bool:
    return bool(table.partitions) and table.properties.get("projection.enabled", "").lower() == "true"


def _template(table: Table) -> str:
    if not _projected(table):
        return table.location
    usual = "".join(f"/{name}=${{{name}}}" for name in table.partitions)
    return table.properties.get("storage.location.template", table.location.rstrip("/") + usual)


def injected(table: Table) -> tuple[str, ...]:
    """Partition columns whose values only the query tells."""
    return tuple(n for n in table.partitions if table.properties.get(f"projection.{n}.type", "").lower() == "injected")


def objects(table: Table, now: datetime) -> dict[tuple[str, ...], list[Any]]:
    """Values of the partition columns → moto's objects there."""
    bucket, prefix = location(table)
    held = state.bucket(bucket)
    if table.partitions and not _projected(table):
        return {}
    pattern, found = _pattern(table), dict[tuple[str, ...], list[Any]]()
    for key in _keys(held, prefix):
        if (match := pattern.match(key.name)) is None:
            continue
        values = tuple(match.group(f"p{number}") for number in range(len(table.partitions)))
        if all(_within(table, name, value, now) for name, value in zip(table.partitions, values, strict=True)):
            found.setdefault(values, []).append(key)
    return found


def _keys(bucket: Any, prefix: str) -> Iterator[Any]:
    """Hive passes over what is hidden, folders and delete markers."""
    for name in sorted(bucket.keys if bucket is not None else ()):
        key, last = bucket.keys[name], name.rpartition("/")[2]
        if name.startswith(prefix) and last and not last.startswith((".", "_")) and hasattr(key, "value"):
            yield key


def _pattern(table: Table) -> re.Pattern[str]:
    path = split(_template(table))[1].rstrip("/")
    text, seen = "", set[str]()
    if not path and not table.partitions:
        return re.compile("")
    for piece in re.split(r"(\$\{[^}]+\})", path):
        name = piece[2:-1].lower() if piece.startswith("${") else ""
        if name not in table.partitions:
            text += re.escape(piece)
        else:
            number = list(table.partitions).index(name)
            text += f"(?P=p{number})" if name in seen else f"(?P<p{number}>{_value(table, name)})"
            seen.add(name)
    if seen != set(table.partitions):
        raise not_simulated("storage.location.template must name every partition column")
    return re.compile(f"{text}/")


def _rule(table: Table, name: str, what: str) -> str:
    return table.properties.get(f"projection.{name}.{what}", "")


def _value(table: Table, name: str) -> str:
    kind = _rule(table, name, "type").lower()
    if kind == "enum":
        return "|".join(re.escape(each.strip()) for each in _rule(table, name, "values").split(","))
    if kind == "date":
        return _date(table, name)[1]
    if kind == "integer":
        return r"-?\d+"
    if kind == "injected":
        return "[^/]+"
    raise not_simulated(f"partition projection of type {kind!r}")


def _date(table: Table, name: str) -> tuple[str, str]:
    """The format of a date column as strptime and as a pattern."""
    read = pattern = ""
    for piece in re.split("(yyyy|MM|dd|HH|mm|ss)", _rule(table, name, "format")):
        one, two = _DATE.get(piece, (piece.replace("'", "").replace("%", "%%"), re.escape(piece.replace("'", ""))))
        if piece not in _DATE and re.search("[A-Za-z]", re.sub("'[^']*'", "", piece)):
            raise not_simulated(f"a date format with {piece!r}")
        read, pattern = read + one, pattern + two
    return read, pattern


def _within(table: Table, name: str, value: str, now: datetime) -> bool:
    kind, span = _rule(table, name, "type").lower(), _rule(table, name, "range").split(",")
    if kind == "integer" and len(span) == 2:
        width = int(_rule(table, name, "digits") or 0)
        return int(span[0]) <= int(value) <= int(span[1]) and value == str(int(value)).zfill(width)
    if kind == "date" and len(span) == 2:
        form = _date(table, name)[0]
        try:
            first, last = (_moment(edge.strip(), form, now) for edge in span)
            return first <= _read(value, form) <= last
        except ValueError:
            return False
    return kind in ("enum", "injected")


def _read(text: str, form: str) -> datetime:
    return datetime.strptime(text, form).replace(tzinfo=UTC)


def _moment(edge: str, form: str, now: datetime) -> datetime:
    if (match := _NOW.fullmatch(edge)) is None:
        return _read(edge, form)
    sign, number, unit = match.groups()
    if unit in ("YEAR", "MONTH"):
        days = 365 if unit == "YEAR" else 30
        seconds = int(number) * days * 86400
    else:
        seconds = int(number or 0) * _SECONDS.get(unit or "SECOND", 1)
    return now + timedelta(seconds=-seconds if sign == "-" else seconds)
