"""A generated, signed trail as a folder, and `validate` over it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.trails import ARN, BEGIN, SignedTrail
from irtui.trail.validate.folder import FolderStore
from irtui.trail.validate.keys import from_file
from irtui.trail.validate.names import trail_of
from irtui.trail.validate.slots import Status
from irtui.trail.validate.trail import Place, Request, validate

HOUR = timedelta(hours=1)


def written(trail: SignedTrail, folder: Path, *, heads: bool = True) -> Path:
    for key, (body, metadata) in trail.objects.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        if heads and metadata:
            path.with_name(path.name + ".head.json").write_text(json.dumps({"Metadata": metadata}))
    return folder


def judged(
    trail: SignedTrail, folder: Path, hours: float, *, since: datetime = BEGIN,
    status: Callable[[str], Status | None] = lambda region: None,
) -> dict[str, Any]:  # fmt: skip
    """The report's data for so many hours from the beginning."""
    named = trail_of(ARN)
    assert named is not None
    until = BEGIN + hours * HOUR
    fetch = from_file(json.dumps(trail.public_keys))
    request = Request(named, since, until)
    return validate(
        request, FolderStore(folder), fetch, Place("", "", status=status), until + 3 * HOUR, workers=4
    ).data()


def digests(trail: SignedTrail) -> list[str]:
    return sorted(key for key in trail.objects if "/CloudTrail-Digest/" in key)


def logs(trail: SignedTrail) -> list[str]:
    return sorted(key for key in trail.objects if "/CloudTrail/" in key)
