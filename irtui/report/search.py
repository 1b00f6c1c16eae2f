"""Finding records in a journal: by type, by step, by time, by text. What the command line asks.

Rules: every condition must hold. An outcome belongs to the step of its intent. Text is looked for without regard to
case, in what a person sees of the record and in the whole of it.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from irtui.engine.outline import split_key
from irtui.journal.record import TYPES, Record
from irtui.report.timeline import Row, timeline


@dataclass(frozen=True, slots=True)
class Wanted:
    types: Collection[str] = ()
    """Types of records; empty: all."""
    step: str = ""
    """Key of a step: its items and the steps of its child count too."""
    text: str = ""
    since: str = ""
    """RFC 3339 UTC, as records have it."""


def search(records: Sequence[Record], wanted: Wanted, holds: int | None = None) -> tuple[tuple[Record, Row], ...]:
    """The records that are wanted, each with its row of the timeline. `holds`: see there."""
    pairs = zip(records, timeline(records, holds), strict=True)
    return tuple((record, row) for record, row in pairs if _holds(record, row, wanted))


def unknown_types(types: Collection[str]) -> list[str]:
    return sorted(set(types) - TYPES)


def _holds(record: Record, row: Row, wanted: Wanted) -> bool:
    key = split_key(row.step)[0]
    return (
        (not wanted.types or record.type in wanted.types)
        and (not wanted.step or wanted.step in (row.step, key) or key.startswith(f"{wanted.step}/"))
        and (not wanted.since or record.t >= wanted.since)
        and (not wanted.text or wanted.text.lower() in _text(record, row))
    )


def _text(record: Record, row: Row) -> str:
    body = json.dumps(record.body, ensure_ascii=False, sort_keys=True)
    return f"#{record.seq} {record.t} {record.type} {record.op} {row.step} {row.what} {row.detail} {body}".lower()
