"""A fingerprint of a journal at one record, short enough to paste into a ticket and to read aloud.

Rules: `irtui INC-7F3K2Q #17 ABCDE-FGHIJ-KLMNO-PQRST-UVWXYZ`. The 26 letters of base32 are the first 130 bits of the
record's SHA-256, which covers every record before it. It is a witness only where the journal's writer cannot
change it: in a ticket, a chat, a notebook. Reading it back, case, dashes and the word irtui do not matter.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from itertools import pairwise

from irtui.journal.note import Note
from irtui.journal.record import Record, line

LETTERS = 26
"""130 bits: nobody finds a second journal with the same ones."""
_GROUPS = (0, 5, 10, 15, 20, LETTERS)
_FORM = re.compile(r"(?:irtui\s+)?([a-z0-9][a-z0-9._-]{0,99})\s+#?(\d{1,15})\s+([a-z2-7\s-]{26,60})", re.I | re.ASCII)


@dataclass(frozen=True, slots=True)
class Anchor:
    incident: str
    seq: int
    letters: str
    """26 upper-case letters of base32."""
    beside: str = ""
    """The later incident on the same disk whose first record holds it; empty: it lay with somebody else."""
    note: Note | None = None
    """The signed note that it was read from."""

    @property
    def words(self) -> str:
        """What is pasted and read aloud."""
        groups = (self.letters[start:end] for start, end in pairwise(_GROUPS))
        return f"irtui {self.incident} #{self.seq} {'-'.join(groups)}"


def anchor(incident: str, seq: int, sha256: str) -> Anchor:
    """The anchor of a record, from its line's SHA-256 in hex."""
    return Anchor(incident, seq, base64.b32encode(bytes.fromhex(sha256)).decode("ascii")[:LETTERS])


def anchor_of(record: Record) -> Anchor:
    """The anchor of a record that was read."""
    return anchor(record.incident, record.seq, hashlib.sha256(line(record)).hexdigest())


def anchor_in(note: Note) -> Anchor:
    """The anchor that a signed note is. Whether it is signed by the journal's key, the verifier finds out."""
    return replace(anchor(note.incident, note.seq, note.sha256), note=note)


def parse_anchor(text: str) -> Anchor:
    """What somebody pasted or typed. Raises ValueError, in words."""
    match = _FORM.fullmatch(text.strip())
    letters = re.sub(r"[\s-]", "", match[3]).upper() if match else ""
    if not match or len(letters) != LETTERS or not int(match[2]):
        raise ValueError("an anchor is an incident, a record's number and 26 letters: INC-7F3K2Q #17 ABCDE-FGHIJ-…")
    return Anchor(match[1], int(match[2]), letters)
