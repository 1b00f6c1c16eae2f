"""What the operators say they gave away: an `anchor` record holds a fingerprint and where it lies now.

Rules: it is its writer's word, signed with the very key that could rewrite the journal. So it says where to ask for
the line; only that line, given to the verifier, proves anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from irtui.errors import UsageError
from irtui.journal.anchor import anchor
from irtui.journal.record import Record
from irtui.text import inert


@dataclass(frozen=True, slots=True)
class Told:
    seq: int
    """The last record that the fingerprint covers."""
    by: int
    """Number of the record that says so."""
    where: str
    """Foreign text."""


def telling(records: Sequence[Record], head: str, seq: int, where: str) -> dict[str, Any]:
    """The body of an `anchor` record. `head` is the SHA-256 of the last of `records`, hex. Raises UsageError."""
    if not 0 < seq <= len(records):
        raise UsageError(f"There is no record #{seq}.", advice=f"The last one is #{len(records)}.")
    if not where.strip():
        raise UsageError("Nobody said where the fingerprint lies.", advice="A ticket, a channel, who wrote it down.")
    return {"seq": seq, "head": records[seq].prev if seq < len(records) else head, "where": where.strip()}


def named(record: Record) -> int:
    """The record whose fingerprint an `anchor` record holds; 0 where it names none before itself."""
    seq = record.body.get("seq")
    return seq if type(seq) is int and 0 < seq < record.seq else 0


def told(records: Sequence[Record]) -> Told | None:
    """The one that reaches furthest and has the right fingerprint; None: nobody said so. `records` from #1 on."""
    claims = [
        record
        for record in records
        if record.type == "anchor"
        and 0 < (seq := named(record)) < len(records)
        and records[seq].prev == record.body.get("head")
    ]
    last = max(claims, key=named, default=None)
    return Told(named(last), last.seq, str(last.body.get("where", ""))) if last else None


def words(record: Record, sha256: str) -> str:
    """What a reader should know of an `anchor` record. `sha256` is that of the record it names, as it stands."""
    seq, where = named(record), inert(record.body.get("where", ""), 400)
    if not seq or record.body.get("head") != sha256:
        return f"#{record.seq}: it holds a fingerprint that no record before it has: one of the two was rewritten"
    if where.startswith("s3://"):
        return (
            f"#{record.seq}: {inert(record.op, 80)} says that a signed checkpoint of #{seq} lies at {where}: that alone"
            " proves nothing; have it read there: --checkpoint"
        )
    line = inert(anchor(record.incident, seq, sha256).words, 200)
    return (
        f"#{record.seq}: {inert(record.op, 80)} says that the fingerprint of #{seq} lies at {where}: that alone proves"
        f" nothing; ask there for the line ({line}) and give it as --anchor"
    )
