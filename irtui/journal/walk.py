"""What a verifier has seen of a journal until now, and the verdicts that it can come to."""

from dataclasses import dataclass, field

from irtui.journal.after import Removal
from irtui.journal.anchor import Anchor
from irtui.journal.chain import Chain
from irtui.journal.doubts import Doubts
from irtui.journal.record import Record

VERDICTS = ("not a journal", "wrong key", "altered", "truncated", "not closed", "complete")
"""The worst first."""


@dataclass(slots=True)
class Walk:
    chain: Chain = field(default_factory=Chain)
    findings: list[tuple[str, int | None, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubts: Doubts = field(default_factory=Doubts)
    last: Record | None = None
    head_fits: bool | None = None
    anchors: tuple[Anchor, ...] = ()
    anchored: int = 0
    hashes: bytearray = field(default_factory=bytearray)
    """SHA-256 of each line, one after the other: an `anchor` record may name any of them."""
    broken: bool = False
    """A line was no next record: what follows it was not looked at."""
    texts: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Record → the member that a person typed in, and the commitment to the text."""
    after: int = 0
    """How many records after the close hold."""
    removed: list[Removal] = field(default_factory=list)
