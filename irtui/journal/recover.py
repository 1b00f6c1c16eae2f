"""What a journal on disk gives to go on from: its records, its chain, and the half line a crash left.

Rules: a line without its line feed is torn and was never acknowledged. Any other damage refuses: whoever goes
on over altered records would vouch for them.
"""

from dataclasses import dataclass
from typing import NoReturn

from irtui.errors import JournalError
from irtui.journal.chain import Chain
from irtui.journal.head import Head
from irtui.journal.record import Record, lines


@dataclass(frozen=True, slots=True)
class Recovered:
    chain: Chain
    records: list[Record]
    size: int
    """Bytes up to the end of the last whole line."""
    torn: bytes
    """What stands after it; empty when nothing does."""


def recover(data: bytes, head: Head | str) -> Recovered:
    """Walks the whole file, signatures included. Raises JournalError: altered, cut, closed or empty."""
    size = data.rfind(b"\n") + 1
    chain, records = Chain(), []
    for number, text in enumerate(lines(data[:size]), 1):
        try:
            records.append(chain.take(text))
        except ValueError as flaw:
            _refuse(f"It was altered at #{number}: {flaw}.")
    if not records:
        _refuse("It holds no record.")
    if chain.closed:
        _refuse("The incident is closed.")
    if isinstance(head, Head) and head.incident == chain.incident and head.seq > chain.count:
        _refuse(f"It was cut: HEAD names #{head.seq}, the file ends at #{chain.count}.")
    return Recovered(chain, records, size, data[size:])


def _refuse(why: str) -> NoReturn:
    raise JournalError(
        why,
        title="The journal cannot be resumed",
        advice="Nothing was done. Keep the folder as evidence, see `irtui audit verify`, and open a new incident.",
    )
