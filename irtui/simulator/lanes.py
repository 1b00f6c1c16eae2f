"""One trail in one Region: its log files, every five minutes in which there is something, and its chain of digests.

Rules: only what happened while the trail was logging, and what its selectors choose. A file that the bucket refuses is
tried again and comes later, under its own name. Digests come each hour from when logging began, empty ones too; their
chain ends in the hour after logging stops, and starts anew, without a predecessor, when it begins again.
Not simulated: backfill digests, trails of an organization.
"""

import gzip
import hashlib
import json
import string
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import floor
from typing import Any, Protocol

from irtui.simulator import digests, logbucket
from irtui.simulator.digests import Digest, LogFile, SigningKeys
from irtui.simulator.history import History, epoch
from irtui.simulator.selectors import selects

SLOT, HOUR = 300, 3600
_ALPHABET = string.ascii_letters + string.digits
_GLOBAL = ("iam.amazonaws.com", "sts.amazonaws.com", "cloudfront.amazonaws.com")


class Delays(Protocol):
    most: float
    keys: SigningKeys

    def at(self, record: Mapping[str, Any]) -> float:
        """When this record can be seen."""


class Spans:
    """The times in which a trail was logging: [start, stop], the last perhaps open. Whole seconds."""

    def __init__(self) -> None:
        self.all: list[list[float]] = []

    def look(self, status: Any, now: datetime) -> None:
        """Takes over what moto's status of the trail says."""
        if self.all and self.all[-1][1] == float("inf"):
            if not status.is_logging:
                self.all[-1][1] = _seconds(status.stopped)
        elif status.is_logging and (not self.all or _seconds(status.started) >= self.all[-1][1]):
            self.all.append([_seconds(status.started), float("inf")])

    def close(self, now: datetime) -> None:
        if self.all:
            self.all[-1][1] = min(self.all[-1][1], floor(now.timestamp()))

    def hold(self, seconds: float) -> bool:
        return any(start <= seconds <= stop for start, stop in self.all)

    def begin(self, since: float) -> float | None:
        """When logging was first on at or after `since`."""
        return next((max(start, since) for start, stop in self.all if max(start, since) < stop), None)


def _seconds(moment: datetime | None) -> float:
    return floor(moment.replace(tzinfo=UTC).timestamp()) if moment is not None else 0.0


class Lane:
    def __init__(self, trail: Any, region: str, spans: Spans, history: History, delays: Delays) -> None:
        self._trail, self.region, self._spans, self._history, self._delays = trail, region, spans, history, delays
        self._slot = 0.0
        """End of the last slot that is done with."""
        self._undigested: list[LogFile] = []
        self._hour: float | None = None
        """Where the next digest begins. None: there is no chain."""
        self._closed = 0.0
        """Where the last chain ended."""
        self._previous: Digest | None = None
        self.latest: float | None = None
        """When a log file was last delivered."""
        self.latest_digest: float | None = None
        self.error = self.digest_error = ""

    def tick(self, now: datetime) -> None:
        seconds = now.timestamp()
        self._logs(seconds)
        self._digests(seconds)

    def between(self, since: float, until: float) -> Iterator[Mapping[str, Any]]:
        """What happened here in that time and is for the trail to record."""
        for record in self._history.between(self._trail.account_id, self.region, since, until):
            if self._chosen(record):
                yield record

    def _logs(self, now: float) -> None:
        done = now // SLOT * SLOT
        if done <= self._slot or not self._spans.all:
            return
        since = max(self._slot - self._delays.most - SLOT, self._spans.all[0][0])
        slots: dict[float, list[Mapping[str, Any]]] = {}
        for record in self._history.between(self._trail.account_id, self.region, since, done):
            slot = -(-self._delays.at(record) // SLOT) * SLOT
            if self._slot < slot <= done and self._chosen(record):
                slots.setdefault(slot, []).append(record)
        for slot in sorted(slots):
            if error := self._put_log(slot, slots[slot]):
                self.error = error
                return
            self._slot, self.latest, self.error = slot, slot, ""
        self._slot = done

    def _chosen(self, record: Mapping[str, Any]) -> bool:
        trail = self._trail
        if not trail.include_global_service_events and record["eventSource"] in _GLOBAL:
            return False
        return self._spans.hold(epoch(record)) and selects(
            trail.event_selectors, trail.advanced_event_selectors, record
        )

    def _put_log(self, slot: float, records: list[Mapping[str, Any]]) -> str:
        trail, moment = self._trail, datetime.fromtimestamp(slot, UTC)
        account = trail.account_id
        folder = f"{logbucket.prefix(trail)}AWSLogs/{account}/CloudTrail/{self.region}/{moment:%Y/%m/%d}"
        unique = _unique(f"{trail.arn} {self.region} {slot}")
        key = f"{folder}/{account}_CloudTrail_{self.region}_{moment:%Y%m%dT%H%MZ}_{unique}.json.gz"
        body = json.dumps({"Records": records}, separators=(",", ":")).encode()
        if error := logbucket.put(trail, key, _packed(body), moment):
            return error
        times = [record["eventTime"] for record in records]
        digest = hashlib.sha256(body).hexdigest()
        self._undigested.append(LogFile(trail.bucket_name, key, digest, min(times), max(times), slot))
        return ""

    def _digests(self, now: float) -> None:
        if not self._trail.log_validation:
            self._hour, self._previous, self._closed = None, None, floor(now)
            self._undigested.clear()
            return
        while True:
            if self._hour is None:
                self._hour = self._spans.begin(self._closed)
                if self._hour is None:
                    return
                self._undigested = [file for file in self._undigested if file.delivered > self._hour]
            end = self._hour + HOUR
            if end > now:
                return
            if not self._alive(self._hour, end):
                self._closed, self._hour, self._previous = self._hour, None, None
                continue
            if self._slot < end // SLOT * SLOT:  # its log files are still refused by the bucket
                return
            if error := self._put_digest(self._hour, end):
                self.digest_error = error
                return
            self._hour, self.latest_digest, self.digest_error = end, end, ""

    def _alive(self, start: float, end: float) -> bool:
        """Whether the trail was logging in that hour, or what it had recorded before is still on its way."""
        late = self._delays.most + SLOT
        return any(begun < end and stop + late > start for begun, stop in self._spans.all)

    def _put_digest(self, start: float, end: float) -> str:
        trail, moment = self._trail, datetime.fromtimestamp(end, UTC)
        account, home = trail.account_id, trail.region_name
        folder = f"{logbucket.prefix(trail)}AWSLogs/{account}/CloudTrail-Digest/{self.region}/{moment:%Y/%m/%d}"
        name = f"{account}_CloudTrail-Digest_{self.region}_{trail.trail_name}_{home}_{moment:%Y%m%dT%H%M%SZ}.json.gz"
        digest = digests.write(
            self._delays.keys.at(self.region, moment),
            account=account, bucket=trail.bucket_name, name=f"{folder}/{name}",
            start=datetime.fromtimestamp(start, UTC), end=moment,
            files=[file for file in self._undigested if file.delivered <= end], previous=self._previous,
        )  # fmt: skip
        if error := logbucket.put(trail, digest.key, _packed(digest.body), moment, digest.metadata):
            return error
        self._undigested = [file for file in self._undigested if file.delivered > end]
        self._previous = digest
        return ""


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


def _unique(text: str) -> str:
    """The sixteen characters that end a log file's name."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    letters = []
    for _ in range(16):
        number, at = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[at])
    return "".join(letters)
