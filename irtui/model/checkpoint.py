"""Where signed checkpoints of a journal are put: a bucket with Object Lock, of another account, chosen in peace."""

import re
from dataclasses import dataclass

_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9!_.*'()/-]{0,200}))?")
_REGION = re.compile(r"([a-z]{2}(-[a-z]+)+-\d)?")
_ACCOUNT = re.compile(r"[0-9]{12}")
LONGEST = 36500
"""Days: S3 takes a hundred years."""


@dataclass(frozen=True, slots=True)
class CheckpointBucket:
    """Rules: raises ValueError, in words that follow the setting's name, for what S3 could not take."""

    bucket: str
    """`s3://name`, with a prefix or without."""
    account: str
    """Whose bucket it is: S3 refuses when it is another's."""
    days: int = 365
    """For how long nobody can delete a checkpoint, not the account's root user either."""
    region: str = ""
    """The bucket's; empty: that of the incident."""
    automatic: bool = False
    """Put one when what was to be contained is contained, and before the close, without being asked."""

    def __post_init__(self) -> None:
        if not _URL.fullmatch(self.bucket):
            raise ValueError("bucket must be s3://NAME or s3://NAME/PREFIX")
        if not _ACCOUNT.fullmatch(self.account):
            raise ValueError("account must be the 12 digits of the account that owns the bucket")
        if not _REGION.fullmatch(self.region):
            raise ValueError("region must be a Region: eu-west-1")
        if not 1 <= self.days <= LONGEST:
            raise ValueError(f"days must be a whole number from 1 to {LONGEST}")

    @property
    def name(self) -> str:
        return self.bucket.removeprefix("s3://").partition("/")[0]

    def key(self, incident: str, seq: int) -> str:
        """The object's: what is put there says which incident and which record, and sorts by record."""
        prefix = self.bucket.removeprefix("s3://").partition("/")[2].strip("/")
        return f"{prefix}/{incident}/{seq:08}.note".lstrip("/")
