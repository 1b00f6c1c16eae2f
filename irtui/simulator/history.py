"""What CloudTrail knows: every record of every account in the order of time, found by what LookupEvents searches by.

Rules: the truth stands here at once; when somebody may see a record is the delivery's business. A record that comes
late finds its place by its time; indexes are made when first read. Used under the world's lock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, overload

Record = dict[str, Any]

ATTRIBUTES = (
    "AccessKeyId", "EventId", "EventName", "EventSource", "ReadOnly", "ResourceName", "ResourceType", "Username",
)  # fmt: skip
"""What LookupEvents can search by, one at a time."""


class History(Sequence[Record]):
    def __init__(self) -> None:
        self._records: list[Record] = []
        self._times: list[float] = []
        self._ordered = True
        self._indexed = 0
        self._places: dict[tuple[str, str], list[int]] = {}
        """(account, Region) → positions of all its records, data events too."""
        self._found: dict[tuple[str, str, str, str], list[int]] = {}
        """(account, Region, attribute, value) → positions of management events; attribute empty: all of them."""
        self._ids: dict[str, int] = {}
        self._background: set[str] = set()

    def append(self, record: Record) -> None:
        self.extend((record,))

    def extend(self, records: Iterable[Record], *, background: bool = False) -> None:
        """Takes records in; `background` marks what only fills the log, so that `told` leaves it out."""
        for record in records:
            moment = epoch(record)
            self._ordered = self._ordered and (not self._times or moment >= self._times[-1])
            self._records.append(record)
            self._times.append(moment)
            if background:
                self._background.add(record["eventID"])

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        self._order()
        return iter(self._records)

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> list[Record]: ...
    def __getitem__(self, at: int | slice) -> Record | list[Record]:
        self._order()
        return self._records[at]

    def told(self) -> list[Record]:
        """Everything but the background, oldest first."""
        return [record for record in self if record["eventID"] not in self._background]

    def regions(self, account: str) -> set[str]:
        """Where anything of `account` was ever recorded."""
        self.settle()
        return {region for owner, region in self._places if owner == account}

    def between(self, account: str, region: str, since: float, until: float) -> list[Record]:
        """All records of that time, both ends included, data events too."""
        self.settle()
        positions = self._places.get((account, region), [])
        low = bisect_left(positions, bisect_left(self._times, since))
        high = bisect_left(positions, bisect_right(self._times, until))
        return [self._records[position] for position in positions[low:high]]

    def newest(
        self, account: str, region: str, attribute: str, value: str, *, since: float, until: float, before: int | None
    ) -> Iterator[tuple[int, Record]]:
        """(position, record) of management events, newest first; only those older than position `before`."""
        self.settle()
        if attribute == "EventId":
            found = self._ids.get(value)
            here = self._found.get((account, region, "", ""), [])
            at = bisect_left(here, found) if found is not None else len(here)
            positions = [found] if found is not None and at < len(here) and here[at] == found else []
        else:
            positions = self._found.get((account, region, attribute, value), [])
        end = bisect_right(self._times, until)
        high = bisect_left(positions, end if before is None else min(end, before))
        for index in range(high - 1, -1, -1):
            position = positions[index]
            if self._times[position] < since:
                return
            yield position, self._records[position]

    def settle(self) -> None:
        """Brings the order and the indexes up to date."""
        self._order()
        for position in range(self._indexed, len(self._records)):
            record = self._records[position]
            account, region = record["recipientAccountId"], record["awsRegion"]
            self._places.setdefault((account, region), []).append(position)
            if not record["managementEvent"]:
                continue
            self._ids[record["eventID"]] = position
            self._found.setdefault((account, region, "", ""), []).append(position)
            for attribute, value in attributes(record):
                self._found.setdefault((account, region, attribute, value), []).append(position)
        self._indexed = len(self._records)

    def _order(self) -> None:
        if self._ordered:
            return
        order = sorted(range(len(self._records)), key=self._times.__getitem__)  # stable: as they came, within a second
        self._records = [self._records[position] for position in order]
        self._times = [self._times[position] for position in order]
        self._places, self._found, self._ids, self._indexed = {}, {}, {}, 0
        self._ordered = True


def epoch(record: Mapping[str, Any]) -> float:
    text = record["eventTime"]
    moment = datetime(
        int(text[:4]), int(text[5:7]), int(text[8:10]), int(text[11:13]), int(text[14:16]), int(text[17:19]), tzinfo=UTC
    )
    return moment.timestamp()


def attributes(record: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(attribute, value) under which a record is found, but for its id."""
    found = {
        ("EventName", str(record["eventName"])),
        ("EventSource", str(record["eventSource"])),
        ("ReadOnly", str(record["readOnly"]).lower()),
        ("Username", username(record)),
    }
    if key := record["userIdentity"].get("accessKeyId"):
        found.add(("AccessKeyId", str(key)))
    for kind, name in resources(record):
        found |= {("ResourceType", kind), ("ResourceName", name)}
    return found


def username(record: Mapping[str, Any]) -> str:
    """The user's name; for sessions of roles and federated users the session's; `root` for the root user."""
    who = record["userIdentity"]
    if who.get("type") == "Root":
        return "root"
    return str(who.get("userName") or str(who.get("arn") or who.get("invokedBy") or "").rsplit("/", 1)[-1])


_NAMED = {
    "userName": "AWS::IAM::User",
    "roleName": "AWS::IAM::Role",
    "groupName": "AWS::IAM::Group",
    "policyArn": "AWS::IAM::Policy",
    "instanceProfileName": "AWS::IAM::InstanceProfile",
    "serialNumber": "AWS::IAM::MFADevice",
    "accessKeyId": "AWS::IAM::AccessKey",
    "roleArn": "AWS::IAM::Role",
    "bucketName": "AWS::S3::Bucket",
    "trailName": "AWS::CloudTrail::Trail",
    "s3BucketName": "AWS::S3::Bucket",
}


def resources(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(type, name) of what a record concerns, as LookupEvents lists it beside the record."""
    asked, reply = record.get("requestParameters") or {}, record.get("responseElements") or {}
    found = {(kind, str(asked[member])): None for member, kind in _NAMED.items() if asked.get(member)}
    if record["eventSource"] == "cloudtrail.amazonaws.com" and asked.get("name"):
        found["AWS::CloudTrail::Trail", str(asked["name"])] = None
    for member in ("accessKey", "credentials"):
        if isinstance(made := reply.get(member), Mapping) and made.get("accessKeyId"):
            found["AWS::IAM::AccessKey", str(made["accessKeyId"])] = None
    if isinstance(assumed := reply.get("assumedRoleUser"), Mapping):
        found |= {("AWS::STS::AssumedRole", str(assumed[member])): None for member in ("assumedRoleId", "arn")}
    return list(found)
