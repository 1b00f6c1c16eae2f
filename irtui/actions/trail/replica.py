"""What a replica still has of the trails' files that their bucket no longer has.

Stops and breaks: nothing, it only reads both listings. `items` are files to be copied back, at most 500 at a time; look
again after them. Only what is named as CloudTrail names its files counts. `open` counts these files, and the pairs that
could not be compared.
Limits: that a file is there does not make it CloudTrail's own: `trail.validate` says that after it is back. What is
hidden by a delete marker is not here, see `trail.lost`: bring that back first.
CloudTrail: ListObjects events of the operator where data events are on.

```yaml
use: trail.replica
with: {copies: "${{ steps.state.copies }}"}
evidence: true
```
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from irtui.actions.asked import words
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.aws.door import Objects
from irtui.errors import AwsFault, RunbookError, SimulatorGap

MOST = 500
_OURS = re.compile(r"(?:[!-~]+/)?AWSLogs/(?:[\w-]+/)+CloudTrail(?:-Digest)?/[\w./-]+\.json\.gz")


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when the operator's session has ended."""
    gaps: list[str] = []
    items: list[dict[str, str]] = []
    count = 0
    pairs = _pairs(inputs)
    with closing(reader.objects()) as objects:
        for bucket, replica in pairs:
            reader.told(f"{replica} and {bucket}")
            try:
                for key in _only_in(objects, replica, bucket):
                    count += 1
                    if len(items) < MOST:
                        items.append({"bucket": bucket, "key": key, "replica": replica, "source": f"{replica}/{key}"})
            except (AwsFault, SimulatorGap) as error:
                if isinstance(error, AwsFault) and error.kind == "expired":
                    raise
                gaps.append(f"{replica}, copy of {bucket}: {error}")
    said = "no replica has more than the bucket" if pairs else "no replica is known"
    said = f"{len(gaps)} replicas could not be listed" if gaps else said
    said = f"{count} files are in a replica and no longer in the bucket" if count else said
    data = {
        "items": items, "count": count, "open": count + len(gaps), "replicas": [name for _, name in pairs],
        "gaps": gaps, "words": said,
    }  # fmt: skip
    return Facts(data, tuple(gaps))


def _only_in(objects: Objects, replica: str, bucket: str) -> Iterator[str]:
    """CloudTrail's files in the replica that the bucket has not; both come in the order of their names."""
    here = iter(objects.keys(bucket, ""))
    mine = next(here, None)
    for key in objects.keys(replica, ""):
        while mine is not None and mine < key:
            mine = next(here, None)
        if mine != key and _OURS.fullmatch(key):
            yield key


def _pairs(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(bucket, replica), those that the operator names for every bucket among them."""
    copies = inputs.get("copies") or []
    if not isinstance(copies, Sequence) or not all(isinstance(one, Mapping) for one in copies):
        raise RunbookError("The input copies must be a list of pairs")
    found = [(str(one.get("bucket", "")), str(one.get("replica", ""))) for one in copies]
    found += [(name, other) for name in words(inputs, "buckets") for other in words(inputs, "replica")]
    if not all(bucket and replica for bucket, replica in found):
        raise RunbookError("The input copies names no bucket or no replica")
    return list(dict.fromkeys(pair for pair in found if pair[0] != pair[1]))


ACTION = Action(
    id="trail.replica",
    title="What a replica has that the bucket has lost",
    inputs={
        "copies": InputField("list", required=False, help="Pairs {bucket, replica}: what trail.state found."),
        "buckets": InputField("list", required=False, help="The trails' buckets, for `replica`."),
        "replica": InputField("string", required=False, help="A bucket with copies of them, by name."),
    },
    permissions=("s3:GetBucketLocation", "s3:ListBucket"),
    keeps=("words", "count", "items", "replicas", "open"),
    observe=observe,
)
