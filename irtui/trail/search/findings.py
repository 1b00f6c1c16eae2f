"""What a search came upon that is no event: files and records that could not be read, and why. Never only counted."""

from dataclasses import dataclass
from typing import Any

KINDS = {
    "empty": "nothing is in it",
    "damaged": "its compressed data are damaged or end early",
    "trailing": "something follows the compressed data",
    "too_large": "it inflates to more than is read",
    "encoding": "it is not UTF-8",
    "format": "it is not a CloudTrail log",
    "json": "its JSON is damaged",
    "record": "a record cannot be read",
    "shape": "a record has members of a wrong kind",
    "twice": "a record names a member twice",
    "conflict": "two different events bear one id",
    "link": "a symbolic link was not followed",
    "special": "it is neither a file nor a folder",
    "path": "its name leaves the place that is searched",
    "unreadable": "it could not be read",
    "refused": "the source did not answer",
    "followed": "not every key was followed",
}


@dataclass(frozen=True, slots=True)
class Finding:
    kind: str
    """One of KINDS."""
    where: str
    """A file, an object or a Region, as it is named there: foreign text."""
    detail: str

    def as_data(self) -> dict[str, Any]:
        return {"kind": self.kind, "where": self.where, "what": KINDS[self.kind], "detail": self.detail}
