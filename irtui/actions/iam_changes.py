"""What CloudTrail tells of changes in IAM since a moment: who changed what, one question per kind of change.

Rules: only what AWS did counts. What the asking session did itself is counted and left out; what could not be read is
a gap in words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from irtui.actions.event_history import HOME, event_of
from irtui.actions.interface import Reader
from irtui.actions.observe import words
from irtui.aws.paging import truncated
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call
from irtui.trail.search.query import mapping, string

PAGES = 20
"""Pages of 50 events that are read per question."""
_NAMES = (
    "userName", "roleName", "groupName", "policyArn", "instanceProfileName", "openIDConnectProviderArn",
    "sAMLProviderArn", "name", "url", "serialNumber",
)  # fmt: skip
"""Parameters that name what was changed; the first that is there."""


@dataclass(frozen=True, slots=True)
class Change:
    what: str
    """The operation."""
    name: str
    """What it was done to."""
    by: str
    """ARN of who did it."""
    at: str
    source_ip: str

    def words(self) -> str:
        return f"{self.what} of {self.name or 'something'} by {self.by or 'nobody known'}"


@dataclass(slots=True)
class Changes:
    """Asks on behalf of one look."""

    reader: Reader
    since: datetime
    caller: str = ""
    """ARN of the asking session."""
    gaps: list[str] = field(default_factory=list)
    own: int = 0
    """Changes that the asking session made itself."""

    def of(self, operations: Iterable[str]) -> list[Change]:
        """Every change by one of the operations, the newest of each operation first."""
        return [change for operation in operations for change in self._of(operation)]

    def _of(self, operation: str) -> list[Change]:
        asked = [{"AttributeKey": "EventName", "AttributeValue": operation}]
        params = {"LookupAttributes": asked, "StartTime": self.since, "MaxResults": 50}
        try:
            data = self.reader.read(Call("cloudtrail", "LookupEvents", params, HOME), pages=PAGES).data
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            self.gaps.append(f"{operation} events could not be read: {words(error)}")
            return []
        if truncated(data):
            self.gaps.append(f"there are over {PAGES * 50} {operation} events; the older were not read")
        found = [_change(operation, event_of(item)) for item in data.get("Events") or ()]
        done = [change for change in found if change is not None]
        mine = [change for change in done if self.caller and change.by == self.caller]
        self.own += len(mine)
        return [change for change in done if change not in mine]


def _change(operation: str, event: Mapping[str, Any]) -> Change | None:
    if event.get("errorCode"):
        return None
    asked = mapping(event, "requestParameters")
    name = next((string(asked, key) for key in _NAMES if string(asked, key)), "")
    who = string(mapping(event, "userIdentity"), "arn")
    return Change(operation, name, who, string(event, "eventTime"), string(event, "sourceIPAddress"))
