"""CloudTrail as a witness: what a journal says was sent, held against the events that AWS recorded, both ways.

Rules: an event is a call's when it has the call's request id, or the tag that its user agent carried, which holds the
record's number and the first 16 hex digits of its hash. A tag can be read and copied: the two must not contradict each
other, it must be that call, and a call has one event. Events are foreign; whether they are all that AWS
recorded, `irtui trail validate` says. CloudTrail is minutes late: what has no event yet may get one. Data events (S3
objects, SNS messages) are in few trails, so none is missed; what AWS refused, it does not always record.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from irtui.journal.record import Record, line

_SOURCES = {"cloudwatch": "monitoring"}
"""Services that CloudTrail calls otherwise than botocore."""
_TAG = re.compile(r"md/x#([0-9a-f]{8})-(\d{1,15})-([0-9a-f]{16})(?![0-9a-f])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Witness:
    events: int
    """Events that were given."""
    newest: str
    """`eventTime` of the last of them; empty: none has one."""
    seen: tuple[int, ...]
    """Intents that have an event, by record."""
    unseen: tuple[str, ...]
    """Intents without an event, in words."""
    unrecorded: tuple[str, ...]
    """Changing calls of the incident's own sessions, while it was open, without an intent."""
    beside: tuple[str, ...]
    """The same by other sessions of the same role: another person's, perhaps, so no disagreement."""
    contradicted: tuple[str, ...]
    """Events that carry a call's request id or tag, and are not that call's, or one more than it made."""
    head: int
    """The last record whose hash AWS recorded with its call; 0: none."""

    @property
    def agrees(self) -> bool:
        return not (self.unseen or self.unrecorded or self.contradicted)


def opaque(incident: str) -> str:
    """The part of a tag that names the incident to nobody but us."""
    return hashlib.sha256(incident.encode()).hexdigest()[:8]


def tag(incident: str, seq: int, sha256: str) -> str:
    """What a call's user agent carries after `md/x#`: its intent's number, and the hash of that record's line."""
    return f"{opaque(incident)}-{seq}-{sha256[:16]}"


def witnessed(records: Iterable[Record], events: Iterable[Mapping[str, Any]]) -> Witness:
    """Joins a journal's records with CloudTrail's events. Never raises for what an event holds."""
    told = _Told(tuple(records))
    seen: dict[int, str] = {}
    unrecorded, beside, contradicted = [], [], []
    count, newest, head = 0, "", 0
    for event in events:
        count += 1
        newest = max(newest, _text(event, "eventTime"))
        tagged = _TAG.search(_text(event, "userAgent"))
        ours = tagged is not None and tagged[1] == told.opaque
        if tagged and ours:
            seq = int(tagged[2])
            if told.hashes.get(seq) != tagged[3]:
                contradicted.append(f"{_named(event)}: AWS recorded it for another #{seq} than the journal has")
                continue
        found = told.requests.get(_text(event, "requestID")) or (int(tagged[2]) if tagged and ours else 0)
        if found in told.intents:
            if flaw := told.differs(found, event) or _another(seen.get(found), event):
                contradicted.append(f"{_named(event)}: not what #{found} sent: {flaw}")
                continue
            seen[found] = _text(event, "eventID")
            head = max(head, found) if ours else head
        elif (arn := told.changed_by(event)) in told.callers:
            unrecorded.append(f"{_named(event)}: no intent in the journal")
        elif _role(arn) in told.roles:
            beside.append(f"{_named(event)}: by {arn.rpartition('/')[2]}")
    unseen = [f"#{seq} {call}: no event" for seq, call in told.intents.items() if told.expects(seq) and seq not in seen]
    return Witness(
        count, newest, tuple(sorted(seen)), tuple(unseen), tuple(unrecorded), tuple(beside), tuple(contradicted), head
    )


class _Told:
    """What the journal says."""

    def __init__(self, records: tuple[Record, ...]) -> None:
        self.opaque = opaque(records[0].incident) if records else ""
        self.hashes: dict[int, str] = {}
        self.intents: dict[int, str] = {}
        self.requests: dict[str, int] = {}
        self.answered: dict[int, str] = {}
        """Intent → the request id that AWS answered with."""
        self.expected: set[Any] = set()
        self.callers: set[str] = set()
        for record in records:
            body = record.body
            if record.type == "intent":
                call = body.get("call")
                self.intents[record.seq] = _text(call, "call") if isinstance(call, Mapping) else "?"
                self.expected.add(record.seq)
                self.hashes[record.seq] = hashlib.sha256(line(record)).hexdigest()[:16]
            elif record.type == "outcome" and type(body.get("intent")) is int and _text(body, "request_id"):
                self.requests[_text(body, "request_id")] = body["intent"]
                self.answered[body["intent"]] = _text(body, "request_id")
            if record.type == "outcome" and body.get("status") != "succeeded":
                self.expected.discard(body.get("intent"))  # what AWS refused, it does not always record
            elif record.type == "reconcile" and body.get("found") == "not_applied":
                self.expected.discard(body.get("intent"))
            elif record.type in ("open", "join"):
                self.callers.add(_text(body, "caller"))
        self.callers.discard("")
        self.roles = {_role(caller) for caller in self.callers} - {""}
        ahead = _ahead(records)
        self.since = _second(records[0].t, ahead) if records else ""
        self.until = _second(records[-1].t, ahead) if records and records[-1].type == "close" else "~"

    def expects(self, seq: int) -> bool:
        """Whether a trail of management events has to have an event of that intent."""
        service, _, operation = self.intents[seq].partition(".")
        data = service == "s3" and "Object" in operation and "Configuration" not in operation
        return seq in self.expected and not data and (service, operation) != ("sns", "Publish")

    def differs(self, seq: int, event: Mapping[str, Any]) -> str:
        """Why it is not the event of that intent, in words; empty when it may be."""
        service, _, operation = self.intents[seq].partition(".")
        name, source = _text(event, "eventName"), _text(event, "eventSource").removesuffix(".amazonaws.com")
        if source != _SOURCES.get(service, service):
            return f"that was sent to {service}"
        if name != operation and (service != "s3" or _bare(name) != _bare(operation)):
            return f"that was {operation}"
        answered, recorded = self.answered.get(seq, ""), _text(event, "requestID")
        if answered and recorded and recorded != answered:
            return "AWS answered it with another request id"
        return ""

    def changed_by(self, event: Mapping[str, Any]) -> str:
        """Whose change it is, made while the incident was open; empty for a read, or another time."""
        who = event.get("userIdentity")
        arn = _text(who, "arn") if isinstance(who, Mapping) else ""
        reads = event.get("readOnly") in (True, "true")
        return arn if not reads and self.since <= _text(event, "eventTime") <= self.until else ""


def _ahead(records: Iterable[Record]) -> timedelta:
    """How far AWS's clock is ahead of the journal's, by the first `Date` that an outcome holds."""
    for record in records:
        if record.type == "outcome":
            with suppress(ValueError):
                return parsedate_to_datetime(_text(record.body, "date")) - datetime.fromisoformat(record.t)
    return timedelta(0)


def _second(moment: str, ahead: timedelta) -> str:
    return (datetime.fromisoformat(moment) + ahead).strftime("%Y-%m-%dT%H:%M:%SZ")


def _another(first: str | None, event: Mapping[str, Any]) -> str:
    """Whether it is another event of a call that has one; two trails deliver the same one twice."""
    return "it has an event already" if first is not None and first != _text(event, "eventID") else ""


def _role(arn: str) -> str:
    """The role of an assumed role's session; empty for anybody else."""
    return arn.rpartition("/")[0] if ":assumed-role/" in arn else ""


def _bare(name: str) -> str:
    """What S3's operation and its event have in common: `Bucket` or `Configuration` stand in one of them only."""
    return name.replace("Bucket", "").replace("Configuration", "")


def _named(event: Mapping[str, Any]) -> str:
    service = _text(event, "eventSource").partition(".")[0]
    return f"{_text(event, 'eventTime')} {service}.{_text(event, 'eventName')} (event {_text(event, 'eventID')})"


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
