"""A journal held against signed checkpoints: the verifier's verdict, with what their places leave open."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from irtui.clock import Clock
from irtui.desk.checkpoints import as_data, kept, limits, read_checkpoints, words
from irtui.desk.doors import ReadingDoor
from irtui.desk.exports import verified
from irtui.errors import UsageError
from irtui.journal.anchor import Anchor, anchor_in
from irtui.journal.handle import JOURNAL
from irtui.journal.read import read_records
from irtui.journal.record import Record
from irtui.journal.verify import Verification
from irtui.report.unbundle import is_bundle

Told = tuple[tuple[str, ...], list[dict[str, Any]]]
"""One line for each checkpoint, foreign text in it, and the same as data."""


def verified_against(
    path: Path, given: Sequence[str], door: Callable[[], ReadingDoor], clock: Clock, by: Callable[..., Verification],
    *, anchors: Iterable[Anchor], **named: Any,
) -> tuple[Verification, Told]:  # fmt: skip
    """Like `exports.verified`. `given`: `s3://…` or a file each; `door` is asked for one when S3 must be read.

    Raises UsageError for what is no checkpoint, AwsFault for one that cannot be read.
    """
    if given and path.is_file() and not is_bundle(path):
        if path.name != JOURNAL:  # what stands beside a lone file may be another journal
            raise UsageError(f"{path} is no incident's folder.", advice="Checkpoints are for a folder, or a bundle.")
        path = path.parent
    read = [each for name in given for each in read_checkpoints(name, door)]
    records: list[Record] = []

    def looking(folder: Path, **more: Any) -> Verification:
        """A bundle is unpacked only while it is looked at."""
        found = by(folder, **more)
        if read and found.records:
            records.extend(read_records(folder))
        return found

    found = verified(path, looking, anchors=(*anchors, *(anchor_in(each.note) for each in read)), **named)
    account = str(records[0].body.get("account") or "") if records else ""
    places = [(each, kept(each, account, door()) if each.place else None) for each in read]
    said: list[str] = []
    for each, place in places:
        record = records[each.note.seq - 1] if each.note.seq <= len(records) else None
        said += limits(each, place, record, clock.now() + door().ahead if place else clock.now())
    told = tuple(words(*place) for place in places), [as_data(*place) for place in places]
    return replace(found, unproven=(*said, *found.unproven)), told
