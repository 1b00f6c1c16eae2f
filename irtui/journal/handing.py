"""Who signs from where on: what a verifier says of sittings, hand-overs and take-overs."""

from collections.abc import Mapping
from typing import Any

from irtui.journal.chain import Key
from irtui.journal.record import Record
from irtui.text import inert


def words(before: Record | None, record: Record, keys: list[Key]) -> str:
    """What a reader should know of this record; empty for most."""
    body, name = record.body, inert(record.op, 80)
    if record.type == "handover":
        return f"#{record.seq}: {name} signs off and hands over to {inert(body.get('to') or 'whoever goes on', 80)}"
    if record.type == "takeover":
        return f"#{record.seq}: taken over from {inert(body.get('from', ''), 200)}"
    if record.type == "join" and before is not None and before.type == "handover" and len(keys) > 1:
        old, new = keys[-2], keys[-1]
        who = f"{name} ({inert(body.get('caller', ''), 200)})"
        return f"#{record.seq}: until here {inert(before.op, 80)} signed{_by(old)}; from here {who} signs{_by(new)}"
    return ""


def _by(key: Key) -> str:
    return f" with key {key.public[:16]}" + (f", endorsed by {key.endorsed_by[:16]}" if key.endorsed_by else "")


def given_away(last: Record) -> Mapping[str, Any] | None:
    """The hand-over by which the incident left this machine; None where it is still here."""
    return last.body if last.type == "handover" and last.body.get("moved") is True else None
