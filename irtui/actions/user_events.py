"""What CloudTrail tells of users: who made, renamed and deleted them, and who gave one a key or a password.

Rules: only what AWS did counts. What could not be read is a gap in words. A name is not a user: names are reused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from irtui.actions.event_history import HOME, event_of
from irtui.actions.interface import Reader
from irtui.actions.observe import words
from irtui.aws.paging import truncated
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call
from irtui.trail.search.query import mapping, string

PAGES = 100
HISTORY = timedelta(days=90)
_OPENING = frozenset((
    "CreateUser", "CreateAccessKey", "UpdateAccessKey", "CreateLoginProfile", "UpdateLoginProfile",
    "UploadSSHPublicKey", "UploadSigningCertificate", "CreateServiceSpecificCredential",
    "ResetServiceSpecificCredential",
))  # fmt: skip
"""What gives somebody a credential of a user, or the user itself."""


@dataclass(frozen=True, slots=True)
class UserEvent:
    what: str
    """The operation."""
    user: str
    """Name that the user had then."""
    id: str
    """Of the user, where AWS answered with it."""
    renamed: str
    """The new name, of UpdateUser."""
    by: str
    """ARN of who did it; of AWS itself the service."""
    by_user: str
    """Name of who did it, if that is a user."""
    key: str
    """Access key that it was done with."""
    at: str
    """As CloudTrail writes it."""
    source_ip: str
    agent: str


class UserEvents:
    """Asks on behalf of one look, and writes down what could not be read."""

    def __init__(self, reader: Reader, now: datetime, caller: str = "") -> None:
        """`caller`: ARN of the asking session; what that did itself is nobody else's doing."""
        self._reader, self._since, self._caller = reader, now - HISTORY, caller
        self.gaps: list[str] = []

    def by_operation(self, operation: str) -> list[UserEvent]:
        """Every call of one operation, oldest first."""
        return self._events("EventName", operation)

    def openers(self, names: Iterable[str]) -> list[UserEvent]:
        """Who made a user, or gave it a credential, whatever its name was then; not the user itself. Oldest first."""
        whole = frozenset(names)
        found = [event for name in sorted(whole) for event in self._events("ResourceName", name)]
        others = (e for e in found if e.user in whole and e.by_user not in whole and e.by != self._caller)
        return sorted((event for event in others if event.what in _OPENING), key=lambda event: event.at)

    def reply(self, call: Call) -> Mapping[str, Any]:
        """Empty where it could not be read. Raises AwsFault when the session has ended."""
        try:
            data = self._reader.read(call, pages=PAGES).data
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            self.gaps.append(f"{call.operation} could not be read: {words(error)}")
            return {}
        if truncated(data):
            self.gaps.append(f"{call.operation} has more entries than were read")
        return data

    def _events(self, attribute: str, value: str) -> list[UserEvent]:
        asked = [{"AttributeKey": attribute, "AttributeValue": value}]
        params = {"LookupAttributes": asked, "StartTime": self._since, "MaxResults": 50}
        data = self.reply(Call("cloudtrail", "LookupEvents", params, HOME))
        found = [event_of(item) for item in data.get("Events") or ()]
        done = (event for event in found if not event.get("errorCode") and not _switches_off(event))
        return sorted((_read(event) for event in done), key=lambda event: event.at)


def pairs(made: Iterable[UserEvent], deleted: Iterable[UserEvent]) -> Iterator[dict[str, str]]:
    """Users that were made and deleted again, each deletion with the making before it."""
    makings = list(made)
    for gone in deleted:
        before = [event for event in makings if event.user == gone.user and event.at <= gone.at]
        if before:
            yield {"user": gone.user, "made": before[-1].at, "deleted": gone.at, "by": gone.by}


def former_names(name: str, renamed: Iterable[UserEvent]) -> list[str]:
    """The names that a user had before, the latest first."""
    found: list[str] = []
    for event in reversed(list(renamed)):
        if event.renamed == name and event.user not in (name, *found):
            name = event.user
            found.append(name)
    return found


def _switches_off(event: Mapping[str, Any]) -> bool:
    asked = mapping(event, "requestParameters")
    return event.get("eventName") == "UpdateAccessKey" and string(asked, "status") != "Active"


def _read(event: Mapping[str, Any]) -> UserEvent:
    asked, who = mapping(event, "requestParameters"), mapping(event, "userIdentity")
    answered = mapping(event, "responseElements")
    return UserEvent(
        string(event, "eventName"),
        string(asked, "userName") or string(mapping(answered, "accessKey"), "userName"),
        string(mapping(answered, "user"), "userId"),
        string(asked, "newUserName"),
        string(who, "arn") or string(who, "invokedBy"),
        string(who, "userName") if string(who, "type") == "IAMUser" else "",
        string(who, "accessKeyId"),
        string(event, "eventTime"),
        string(event, "sourceIPAddress"),
        string(event, "userAgent"),
    )
