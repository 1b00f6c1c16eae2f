"""What was deleted of the trails' files and can be had back: delete markers that hide a version which is still there.

Stops and breaks: nothing, it only reads. `batches` are lists of markers, up to 1,000 of one bucket each; whoever
removes a marker has the file again. `open` counts these files, and buckets that could not be listed, or not to the end.
Whether the versions below are what CloudTrail wrote, `trail.validate` says.
Limits: who deleted a file, and when, S3 does not say; data events or access logs do, where they were on. A version
that was deleted for good leaves nothing to be listed here: `trail.validate` names it as missing.
CloudTrail: ListObjectVersions events of the operator where data events are on.

```yaml
use: trail.lost
with: {buckets: "${{ steps.state.buckets[].name }}"}
evidence: true
```
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.actions.observe import words
from irtui.aws.paging import truncated
from irtui.canonical import plain
from irtui.errors import AwsFault, RunbookError, SimulatorGap
from irtui.model.call import Call

PAGES = 1000
BATCH = 1000
"""Versions that S3 deletes in one call."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when the operator's session has ended."""
    names = inputs.get("buckets")
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) and name for name in names):
        raise RunbookError("The input buckets must be a list of names")
    gaps: list[str] = []
    batches: list[dict[str, Any]] = []
    count, first, last = 0, "", ""
    for name in dict.fromkeys(names):
        reader.told(name)
        markers = sorted(_markers(reader, name, gaps), key=lambda marker: str(marker["Key"]))
        count += len(markers)
        times = sorted(str(marker["LastModified"]) for marker in markers)
        first, last = min([first or times[0], times[0]]) if times else first, max([last, *times[-1:]])
        for start in range(0, len(markers), BATCH):
            some = markers[start : start + BATCH]
            batches.append({
                "bucket": name, "count": len(some), "first": some[0]["Key"],
                "markers": [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in some],
                "keys": [{"Key": one["Key"]} for one in some],
            })  # fmt: skip
    told = f"{count} files are hidden by delete markers, made from {first} to {last}" if count else ""
    data = {
        "batches": batches, "count": count, "open": count + len(gaps), "gaps": gaps,
        "words": told or ("nothing could be listed" if gaps else "no file is hidden by a delete marker"),
    }  # fmt: skip
    return Facts(data, tuple(gaps))


def _markers(reader: Reader, bucket: str, gaps: list[str]) -> Iterator[Mapping[str, Any]]:
    """Of CloudTrail's files: those whose newest version is a delete marker with a version below it."""
    try:
        data = plain(reader.read(Call("s3", "ListObjectVersions", {"Bucket": bucket}), pages=PAGES).data)
    except (AwsFault, SimulatorGap) as error:
        if isinstance(error, AwsFault) and error.kind == "expired":
            raise
        gaps.append(f"{bucket}: {words(error)}")
        return
    if truncated(data):
        gaps.append(f"{bucket}: only the first {PAGES} pages of its versions were read")
    below = {str(one["Key"]) for one in data.get("Versions") or ()}
    for marker in data.get("DeleteMarkers") or ():
        if marker.get("IsLatest") and "AWSLogs/" in marker["Key"] and marker["Key"] in below:
            yield marker


ACTION = Action(
    id="trail.lost",
    title="Which log files were deleted and can be had back",
    inputs={"buckets": InputField("list", help="Names of the trails' buckets.")},
    permissions=("s3:ListBucketVersions",),
    keeps=("words", "count", "batches", "open"),
    observe=observe,
)
