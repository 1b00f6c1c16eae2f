"""Validates a trail: each account and Region of it, and what is said of the whole.

Rules: every part is looked at even when another cannot be. The verdict of the whole is the worst of all.
"""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from irtui.trail.validate import names
from irtui.trail.validate.folder import FolderStore
from irtui.trail.validate.keys import Fetch, Keys
from irtui.trail.validate.lane import Span, Walk
from irtui.trail.validate.listing import fetch
from irtui.trail.validate.logs import LogChecker
from irtui.trail.validate.names import Lane, Trail
from irtui.trail.validate.slots import Status
from irtui.trail.validate.store import Store, Unreachable
from irtui.trail.validate.unlisted import unnamed
from irtui.trail.validate.verdict import Finding, Listener, Tally, Verdict, moment, runs


@dataclass(frozen=True, slots=True)
class Request:
    trail: Trail
    since: datetime
    until: datetime
    regions: tuple[str, ...] = ()
    """Empty: the home Region."""
    all_regions: bool = False
    accounts: tuple[str, ...] = ()
    """Of an organization trail; empty: every one that has something in the bucket."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the trail is, and what AWS says of it."""

    bucket: str
    prefix: str
    organization: str = ""
    shared: bool = False
    """Whether other trails are known to write to the same place."""
    status: Callable[[str], Status | None] = lambda region: None


@dataclass(frozen=True, slots=True)
class Report:
    request: Request
    source: str
    tally: Tally
    lanes: tuple[dict[str, Any], ...]
    unlisted: int

    @property
    def sound(self) -> bool:
        return self.tally.worst is Verdict.VALID

    def data(self) -> dict[str, Any]:
        tally = self.tally
        return {
            "trail": self.request.trail.arn,
            "since": moment(self.request.since),
            "until": moment(self.request.until),
            "source": self.source,
            "verdict": tally.worst.value if tally.worst is not Verdict.MISSING else Verdict.INVALID.value,
            "digests": tally.of("digest"),
            "backfill_digests": tally.of("backfill digest"),
            "logs": tally.of("log") | {"unlisted": self.unlisted},
            "findings": [finding.data() for finding in tally.findings],
            "findings_left_out": tally.left_out,
            "notices": [finding.data() for finding in tally.notices],
            "lanes": list(self.lanes),
        }


def validate(
    request: Request, store: Store, fetch_keys: Fetch, place: Place, now: datetime,
    *, workers: int = 64, listener: Listener | None = None, processes: "Sequence[subprocess.Popen[bytes]]" = (),
) -> Report:  # fmt: skip
    """Never raises for what a bucket or a folder holds; KeyboardInterrupt goes through.

    `processes`: hashers that were started ahead; they end with it.
    """
    tally, keys = Tally(listener), Keys(fetch_keys)
    span = Span(request.since, request.until, now)
    told, unlisted = [], 0
    if isinstance(store, FolderStore):
        with suppress(Unreachable):  # the walk meets it again, and says so
            place = place if place.bucket else replace(place, bucket=store.below(place.prefix))
        for path in store.strange():
            words = "a link or something else that is no plain file; it was not followed"
            tally.found(Finding("folder", Verdict.INVALID, "not a file", words, path))
    with (
        ThreadPoolExecutor(min(32, workers)) as pool,
        LogChecker(store, tally, workers, place.bucket, processes) as logs,
    ):
        for lane in _lanes(request, store, place, tally):
            here = _located(store, lane, place) if not place.bucket else (place.bucket, place.prefix)
            walk = Walk(lane, store, keys, tally, logs, pool, span, place.status)
            walk.run(*here)
            unlisted += _unlisted(walk, *here, place.shared or walk.others)
            told.append({"account": lane.account, "region": lane.region, "slots": runs(walk.slots)})
    source = "folder" if isinstance(store, FolderStore) else "s3"
    return Report(request, source, tally, tuple(told), unlisted)


def _lanes(request: Request, store: Store, place: Place, tally: Tally) -> Iterator[Lane]:
    trail, organization = request.trail, place.organization
    accounts: tuple[str, ...] = (trail.account,)
    try:
        if not place.bucket and not organization:
            below = store.folders("", "AWSLogs/")
            if trail.account not in below:
                organization = next((name for name in below if name.startswith("o-")), "")
        if organization:
            top = names.above(place.prefix, organization)
            present = [name for name in store.folders(place.bucket, top) if len(name) == 12 and name.isdigit()]
            accounts = request.accounts or tuple(present) or accounts
        elif request.accounts:
            accounts = request.accounts
    except Unreachable as error:
        words = f"which accounts the trail has cannot be known: {error}"
        tally.found(Finding("trail", Verdict.UNCHECKED, "could not list", words))
        accounts = request.accounts or accounts
    for account in accounts:
        for region in _regions(request, store, place, organization, account, tally):
            yield Lane(trail, account, region, organization)


def _regions(
    request: Request, store: Store, place: Place, organization: str, account: str, tally: Tally
) -> tuple[str, ...]:
    """Those asked for; with `all_regions` each that has a digest or a log file, and the home Region."""
    if not request.all_regions:
        return request.regions or (request.trail.home,)
    found = {request.trail.home, *request.regions}
    for kind in ("CloudTrail-Digest", "CloudTrail"):
        top = f"{names.above(place.prefix, organization)}{account}/{kind}/"
        try:
            present = store.folders(place.bucket, top)
        except Unreachable as error:
            words = f"which Regions the trail has cannot be known: {error}"
            tally.found(Finding("trail", Verdict.UNCHECKED, "could not list", words, top, account))
            continue
        found |= {name for name in present if names.REGION.fullmatch(name)}
    return tuple(sorted(found))


def _located(store: Store, lane: Lane, place: Place) -> tuple[str, str]:
    """Bucket and prefix of a lane in a folder, as the newest digest that can be read says it was written.

    What it says is held against every digest's signature afterwards.
    """
    folder = lane.folder("CloudTrail-Digest", place.prefix)
    try:
        for key in reversed(list(store.keys("", folder))):
            try:
                digest = fetch(store, "", key).digest
            except Exception:  # it is judged, and said, in its turn
                continue
            return digest.bucket, place.prefix
    except Unreachable:
        pass  # the walk meets it again, and says so
    return "", place.prefix


def _unlisted(walk: Walk, bucket: str, prefix: str, shared: bool) -> int:
    """Counts, and says, what stands among the log files without a digest that names it."""
    tally, lane, found = walk.tally, walk.lane, 0
    place = (lane.account, lane.region)
    try:
        for key, slot, sure in unnamed(walk.store, lane, bucket, prefix, walk.names, walk.slots):
            where = f"s3://{bucket}/{key}"
            if not sure:
                words = "no valid digest vouches for the hour in which it was delivered"
                finding = Finding("log", Verdict.UNCHECKED, "no digest", words, where, *place, slot.since, slot.until)
                tally.found(finding)
                continue
            found += 1
            words = "no digest of this trail names it: another trail wrote it, or somebody put it there"
            finding = Finding("unlisted log", Verdict.UNCHECKED, "unlisted", words, where, *place)
            if shared:
                tally.noticed(finding)
            else:
                tally.found(finding)
    except Unreachable as error:
        words = f"whether there are log files that no digest names cannot be known: {error}"
        tally.found(Finding("trail", Verdict.UNCHECKED, "could not list", words, "", *place))
    return found
