"""What other incidents on this disk know of an incident: each names the head of the one before it when it opens.

Rules: derived from files that whoever changed the journal could change too, so it finds what was cut or lost and
proves nothing. What cannot be read says nothing.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from irtui.journal.anchor import Anchor, anchor
from irtui.journal.chain import Chain
from irtui.journal.evidence import open_regular
from irtui.journal.handle import JOURNAL
from irtui.journal.record import MAX_LINE

_NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,99})#(\d{1,15}):([0-9a-f]{64})", re.ASCII)


def named_by_others(folder: Path) -> Iterator[Anchor]:
    """What the incidents beside `folder` say of it."""
    for path in sorted(folder.parent.glob(f"*/{JOURNAL}")):
        try:
            with open_regular(path) as file:
                opened = Chain().take(file.readline(MAX_LINE + 1))  # what no key signed says nothing
        except (OSError, ValueError):
            continue
        match = _NAMED.fullmatch(str(opened.body.get("previous", "")))
        if match and match[1] == folder.name and opened.incident != folder.name and int(match[2]):
            yield Anchor(match[1], int(match[2]), anchor(match[1], 1, match[3]).letters, opened.incident)
