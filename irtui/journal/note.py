"""A checkpoint of a journal as a signed note: what is put where its writer cannot change it.

```
irtui/INC-7F3K2Q
17
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— irtui/INC-7F3K2Q Az3grlgtzPICa5OS8npVmf1Myq/5IZni…
```

Rules: the form of C2SP's signed-note and tlog-checkpoint: an origin, a size, a root, an empty line, signatures. The
root is the SHA-256 of record 17's line, the head of a hash chain and of no Merkle tree: tools that check signed notes
read it, a witness that asks for consistency proofs does not. The key is the incident's, its name the origin. A
rehearsal has an origin of its own, so that its note never speaks for a real incident. Lines that irtui does not write
are refused.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise

from irtui.journal.seal import checks

ORIGINS = {"real": "irtui/", "rehearsal": "irtui-rehearsal/"}
MOST_BYTES = 16 * 1024
_ED25519 = b"\x01"
_TEXT = re.compile(
    r"(irtui/|irtui-rehearsal/)([A-Za-z0-9][A-Za-z0-9._-]{0,99})\n([1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n", re.ASCII
)
_SIGNATURE = re.compile(r"\u2014 ([^\s+]{1,200}) ([A-Za-z0-9+/]{8,8000}={0,2})\n")


@dataclass(frozen=True, slots=True)
class Note:
    incident: str
    mode: str
    """real or rehearsal."""
    seq: int
    sha256: str
    """Of the record's line, hex."""
    text: str
    """What is signed."""
    signatures: tuple[tuple[str, bytes, bytes], ...]
    """Key's name, key's number, signature. None of them is checked yet."""

    def signed_by(self, public: bytes) -> bool:
        """Whether the key of these 32 bytes signed it. Signatures of other keys are passed over; one of this key that
        does not fit spoils the note."""
        origin = self.text.partition("\n")[0]
        number = _number(origin, public)
        ours = [signature for name, key, signature in self.signatures if (name, key) == (origin, number)]
        return bool(ours) and all(checks(public, self.text.encode("ascii"), signature) for signature in ours)


def note_text(incident: str, mode: str, seq: int, sha256: str) -> str:
    """What is signed. Raises KeyError for an unknown mode."""
    root = base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
    return f"{ORIGINS[mode]}{incident}\n{seq}\n{root}\n"


def note(text: str, public: bytes, signature: bytes) -> str:
    """The whole note."""
    origin = text.partition("\n")[0]
    told = base64.b64encode(_number(origin, public) + signature).decode("ascii")
    return f"{text}\n\u2014 {origin} {told}\n"


def parse_note(data: bytes) -> Note:
    """Raises ValueError, in words that follow what was read."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES} bytes")
    try:
        text, gap, rest = data.decode("utf-8").rpartition("\n\n")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    if any(sign < " " and sign != "\n" for sign in f"{text}{rest}"):
        raise ValueError("it holds control characters")
    match = _TEXT.fullmatch(f"{text}\n") if gap else None
    if match is None:
        raise ValueError("it is no checkpoint of irtui: an origin, a size, a root and nothing else")
    found = [_SIGNATURE.fullmatch(each) for each in rest.splitlines(keepends=True)]
    if not found or not all(found):
        raise ValueError("its signatures are not those of a signed note")
    mode = next(mode for mode, origin in ORIGINS.items() if origin == match[1])
    signatures = tuple(_read(each[1], each[2]) for each in found if each)
    return Note(match[2], mode, int(match[3]), base64.b64decode(match[4]).hex(), f"{text}\n", signatures)


def disagree(notes: tuple[Note, ...], public: bytes) -> int:
    """The record for which one key signed two different heads; 0: there is none."""
    signed = sorted({(each.seq, each.sha256) for each in notes if each.signed_by(public)})
    return next((one[0] for one, two in pairwise(signed) if one[0] == two[0]), 0)


def _read(name: str, encoded: str) -> tuple[str, bytes, bytes]:
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("a signature of it is not base64") from None
    return name, data[:4], data[4:]


def _number(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode("utf-8") + b"\n" + _ED25519 + public).digest()[:4]
