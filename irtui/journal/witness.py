"""CloudTrail as a witness: what a journal says was sent, held against the events that AWS recorded, both ways.

Rules: an event is a call's when it has the call's request id or the tag that the call's user agent carried, which holds
the record's number and the first 16 hex digits of its hash. Events are foreign; whether they are all that AWS
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
    contradicted: tuple[str, ...]
    """Calls whose tag names another record than the journal has there."""
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
    seen: set[int] = set()
    unrecorded, contradicted = [], []
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
            head = max(head, seq)
        found = told.requests.get(_text(event, "requestID")) or (int(tagged[2]) if tagged and ours else 0)
        if found in told.intents:
            seen.add(found)
        elif told.foreign(event):
            unrecorded.append(f"{_named(event)}: no intent in the journal")
    unseen = [f"#{seq} {call}: no event" for seq, call in told.intents.items() if told.expects(seq) and seq not in seen]
    return Witness(count, newest, tuple(sorted(seen)), tuple(unseen), tuple(unrecorded), tuple(contradicted), head)


class _Told:
    """What the journal says."""

    def __init__(self, records: tuple[Record, ...]) -> None:
        self.opaque = opaque(records[0].incident) if records else ""
        self.hashes: dict[int, str] = {}
        self.intents: dict[int, str] = {}
        self.requests: dict[str, int] = {}
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
            if record.type == "outcome" and body.get("status") != "succeeded":
                self.expected.discard(body.get("intent"))  # what AWS refused, it does not always record
            elif record.type == "reconcile" and body.get("found") == "not_applied":
                self.expected.discard(body.get("intent"))
            elif record.type in ("open", "join"):
                self.callers.add(_text(body, "caller"))
        ahead = _ahead(records)
        self.since = _second(records[0].t, ahead) if records else ""
        self.until = _second(records[-1].t, ahead) if records and records[-1].type == "close" else "~"

    def expects(self, seq: int) -> bool:
        """Whether a trail of management events has to have an event of that intent."""
        service, _, operation = self.intents[seq].partition(".")
        data = service == "s3" and "Object" in operation and "Configuration" not in operation
        return seq in self.expected and not data and (service, operation) != ("sns", "Publish")

    def foreign(self, event: Mapping[str, Any]) -> bool:
        """A change by one of the incident's own sessions while it was open."""
        who = event.get("userIdentity")
        arn = _text(who, "arn") if isinstance(who, Mapping) else ""
        reads = event.get("readOnly") in (True, "true")
        return bool(arn) and arn in self.callers and not reads and self.since <= _text(event, "eventTime") <= self.until


def _ahead(records: Iterable[Record]) -> timedelta:
    """How far AWS's clock is ahead of the journal's, by the first `Date` that an outcome holds."""
    for record in records:
        if record.type == "outcome":
            with suppress(ValueError):
                return parsedate_to_datetime(_text(record.body, "date")) - datetime.fromisoformat(record.t)
    return timedelta(0)


def _second(moment: str, ahead: timedelta) -> str:
    return (datetime.fromisoformat(moment) + ahead).strftime("%Y-%m-%dT%H:%M:%SZ")


def _named(event: Mapping[str, Any]) -> str:
    service = _text(event, "eventSource").partition(".")[0]
    return f"{_text(event, 'eventTime')} {service}.{_text(event, 'eventName')} (event {_text(event, 'eventID')})"


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
