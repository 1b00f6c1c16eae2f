"""The facts of the blind-window report from downloaded logs alone: the Regions that were validated, and the events in
them that tell what was done to the trail. No AWS is asked.

Rules: an event in a folder may be made up. It can only take coverage away; what covers an hour is its digest.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from irtui.trail.coverage.changes import NAMES, change_of
from irtui.trail.coverage.looking import Facts
from irtui.trail.coverage.trails import Known
from irtui.trail.search.query import Query
from irtui.trail.search.searching import Folder, Found, search
from irtui.trail.validate.names import Trail


def of_folder(
    path: Path, trail: Trail, told: Mapping[str, Any], progress: Callable[[Found], None] = lambda found: None
) -> Facts:
    """`told`: what the validation of the folder found (`Report.data`). Raises KeyboardInterrupt when it is stopped."""
    found = search(Query(event_names=tuple(f"cloudtrail.{name}" for name in NAMES)), [Folder(path)], progress=progress)
    if found.stopped:  # half of the changes would look like all of them
        raise KeyboardInterrupt
    changes = [change for change in (change_of(event.value) for event in found.in_order()) if change]
    mine = [change for change in changes if change.account in (trail.account, "")]
    known = Known(trail.name, trail.home, trail.account, trail.arn, described=False)
    regions = tuple(sorted({str(lane["region"]) for lane in told["lanes"]}))
    gaps = [f"{one.where}: {one.detail}" for one in found.findings if not _no_log(one.where)]
    if found.count > len(found.events):
        gaps.append(f"{found.count - len(found.events)} events of changes to trails were too many to keep")
    if found.findings_count > len(found.findings):
        gaps.append(f"{found.findings_count - len(found.findings)} more files or records could not be read")
    return Facts(
        trail.account, regions, [known], sorted(mine, key=lambda change: change.at), gaps=gaps, history=False
    )  # fmt: skip


def _no_log(where: str) -> bool:
    """Digests, and their metadata, which the validation has judged."""
    return "/CloudTrail-Digest/" in f"/{where}"
