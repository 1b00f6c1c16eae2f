"""How CloudTrail names what it delivers, and which part of a trail a key belongs to."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
_ARN = re.compile(r"arn:(aws[a-z-]*):cloudtrail:([a-z0-9-]+):(\d{12}):trail/([A-Za-z0-9._-]{3,128})")
_STAMP = re.compile(r"_(\d{8}T\d{6}Z)(_backfill)?\.json\.gz$")
_LOG = re.compile(r"_(\d{8}T\d{4}Z)_[A-Za-z0-9]+\.json\.gz$")
REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-\d+")


@dataclass(frozen=True, slots=True)
class Trail:
    arn: str
    home: str
    account: str
    name: str


def trail_of(arn: str) -> Trail | None:
    found = _ARN.fullmatch(arn)
    return Trail(arn, found[2], found[3], found[4]) if found else None


@dataclass(frozen=True, slots=True)
class Lane:
    """One account's part of a trail in one Region: it has a chain of digests of its own."""

    trail: Trail
    account: str
    region: str
    organization: str = ""

    def folder(self, kind: str, prefix: str) -> str:
        """`…/AWSLogs/<account>/<kind>/<Region>/`; `kind` is CloudTrail or CloudTrail-Digest."""
        return f"{above(prefix, self.organization)}{self.account}/{kind}/{self.region}/"

    def digest(self, prefix: str, end: datetime) -> str:
        """The key of the digest that ends at `end`."""
        stem = f"{self.account}_CloudTrail-Digest_{self.region}_{self.trail.name}_{self.trail.home}"
        return f"{self.folder('CloudTrail-Digest', prefix)}{end:%Y/%m/%d}/{stem}_{end:%Y%m%dT%H%M%SZ}.json.gz"

    def owns(self, key: str, prefix: str) -> bool:
        """Whether this is the name of a digest of this lane."""
        folder = self.folder("CloudTrail-Digest", prefix)
        stem = f"{self.account}_CloudTrail-Digest_{self.region}_{self.trail.name}_{self.trail.home}"
        rest = rf"\d{{4}}/\d\d/\d\d/{re.escape(stem)}_\d{{8}}T\d{{6}}Z(?:_backfill)?\.json\.gz"
        return key.startswith(folder) and re.fullmatch(rest, key[len(folder) :]) is not None


def above(prefix: str, organization: str) -> str:
    """What stands above the accounts in the bucket."""
    return f"{prefix + '/' if prefix else ''}AWSLogs/{organization + '/' if organization else ''}"


def prefix_of(key: str) -> str:
    """The trail's S3KeyPrefix as a key of it shows it."""
    before, found, _ = f"/{key}".partition("/AWSLogs/")
    return before.strip("/") if found else ""


def digest_end(key: str) -> datetime | None:
    """The end that a digest's name tells. None: it is no digest's name."""
    found = _STAMP.search(key)
    return _parsed(found[1]) if found else None


def is_backfill(key: str) -> bool:
    return key.endswith("_backfill.json.gz")


def log_delivered(key: str) -> datetime | None:
    """When a log file was delivered by its name. None: it is no log file's name."""
    found = _LOG.search(key)
    return _parsed(found[1]) if found else None


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
