"""Reading a bundle that somebody sent: nothing in it is believed, and nothing in it can act. See `journal.zipped`."""

import re
from pathlib import Path

from irtui.errors import JournalError
from irtui.journal import zipped
from irtui.journal.after import AFTER
from irtui.journal.evidence import EVIDENCE, open_regular
from irtui.journal.handle import JOURNAL
from irtui.journal.head import HEAD
from irtui.journal.typed import TEXTS
from irtui.report.bundle import HTML, MARKDOWN, README, VERIFIER

_KNOWN = (README, VERIFIER, HTML, MARKDOWN, JOURNAL, AFTER, HEAD)
_NAME = re.compile(
    rf"(?:{'|'.join(map(re.escape, _KNOWN))}|(?:{EVIDENCE}|{TEXTS})/[0-9a-f]{{64}}"
    r"|keys/(?:incident|operator)-\d{1,9}\.pem)"
)


class NotABundle(JournalError):
    """Nothing of it was believed."""

    title = "Not a bundle of irtui"
    advice = "Nothing of it was believed. Ask for a new one: irtui audit export ID --bundle FILE.zip"


def unbundle(path: Path, folder: Path) -> None:
    """Unpacks a bundle into an empty folder. Raises NotABundle for what is no bundle or may be a trap."""
    try:
        with zipped.opened(path, _NAME) as (zip_file, members):
            if JOURNAL not in {member.filename for member in members}:
                raise ValueError(f"there is no {JOURNAL} in it")
            for member in members:
                place = folder / member.filename
                place.parent.mkdir(mode=0o700, exist_ok=True)
                zipped.take(zip_file, member, place)
    except ValueError as flaw:
        raise NotABundle(f"{path.name}: {flaw}.") from flaw
    except OSError as fault:
        raise NotABundle(f"{path.name}: it cannot be unpacked ({fault.strerror or fault}).") from fault


def is_bundle(path: Path) -> bool:
    """Whether a file begins as a zip does; a journal never does."""
    try:
        with open_regular(path) as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError:
        return False
