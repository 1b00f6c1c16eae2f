"""What a query will cost: the bytes of the objects in its partitions, in dollars.

Athena's pricing page (aws.amazon.com/athena/pricing, SQL queries) says $5.00 for each TB scanned in most Regions, bytes
rounded up to the megabyte, 10 MB for a query at least. Compressed objects count as they are stored, statements like
CREATE TABLE are free, a query that is cancelled is charged for what it had read. Prices differ by Region, and S3
charges for requests and storage of its own besides: what is said here is no bill.

A workgroup's cut-off (`BytesScannedCutoffPerQuery`) is 10,000,000 bytes at least (Athena API reference,
WorkGroupConfiguration). Athena looks at it while it reads, so a query may read somewhat more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any

from irtui.aws.door import Reader
from irtui.aws.paging import truncated
from irtui.errors import UsageError
from irtui.model.call import Call
from irtui.trail.athena.sql import Place

DOLLARS_PER_TB = Decimal(5)
MEGABYTE, TERABYTE = 1024**2, 1024**4
LEAST = 10 * MEGABYTE
CUTOFF_LEAST = 10_000_000
PARTITIONS = 5_000
"""Folders that are listed, a request or more each."""
PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Scan:
    """What the partitions of a query hold."""

    objects: int = 0
    bytes: int = 0
    partitions: int = 0
    """Those that hold anything."""
    gaps: tuple[str, ...] = ()

    @property
    def cutoff(self) -> int:
        """A tenth more than is there, since logs still arrive; in whole megabytes."""
        return max(CUTOFF_LEAST, -(-self.bytes * 11 // 10 // MEGABYTE) * MEGABYTE, LEAST)


def dollars(scanned: int) -> Decimal:
    """The price of reading that much, rounded as Athena rounds; at least a hundredth of a cent is said."""
    charged = max(LEAST, -(-scanned // MEGABYTE) * MEGABYTE)
    return (DOLLARS_PER_TB * charged / TERABYTE).quantize(Decimal("0.0001"), ROUND_UP)


def scan(reader: Reader, place: Place, first: date, last: date) -> Scan:
    """Lists every partition from `first` to `last`. Raises AwsFault, SimulatorGap, UsageError for too many."""
    count = len(place.accounts) * len(place.regions) * ((last - first).days + 1)
    if count > PARTITIONS:
        raise UsageError(
            f"{count} partitions would have to be listed.", advice="Name fewer days, Regions or accounts at a time."
        )
    objects = size = partitions = 0
    gaps: list[str] = []
    for prefix in _partitions(place, first, last):
        call = Call("s3", "ListObjectsV2", {"Bucket": place.bucket, "Prefix": prefix})
        told = reader.read(call, pages=PAGES).data
        sizes = [_size(item) for item in told.get("Contents") or ()]
        objects, size, partitions = objects + len(sizes), size + sum(sizes), partitions + bool(sizes)
        if truncated(told):
            gaps.append(f"{prefix} holds more than was listed: it costs more than is said here")
    return Scan(objects, size, partitions, tuple(gaps))


def _partitions(place: Place, first: date, last: date) -> Iterator[str]:
    for account in place.accounts:
        for region in place.regions:
            for day in range((last - first).days + 1):
                yield place.folder(account, region, first + timedelta(days=day))


def _size(item: Any) -> int:
    return int(item.get("Size") or 0)
