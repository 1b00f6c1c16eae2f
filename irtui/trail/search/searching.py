"""A search over several sources: events merged and counted once, with what each source answered and cannot contain.

Rules: an event is one by its id; two that share an id and are not the same are both given, and told. With `follow`, the
keys and sessions that found calls handed out are searched as well, as far as `FOLLOWED`. A search that was stopped says
so, and after which log it can go on. `take` gets each event once, as it is found; at most `KEPT` are kept besides.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from irtui.trail.search import folder
from irtui.trail.search.crew import Mark, Result, read_all
from irtui.trail.search.findings import Finding
from irtui.trail.search.query import Query, made
from irtui.trail.search.reading import Hit

FOLLOWED = 100
"""Keys and sessions that are followed."""
KEPT = 100_000
TOLD = 1_000
"""Findings that are kept; the others are counted."""


class Source(Protocol):
    name: str
    cannot: tuple[str, ...]
    """What no event of this source can show."""
    resumable: bool
    """A later search can go on after any log of it. Others give a `Mark` where one can."""

    def results(self, query: Query) -> Iterator[Result]:
        """A `Done` for the logs, or the Region, that were read to their end."""


class Folder:
    """Logs that were downloaded."""

    cannot: tuple[str, ...] = ("what was not downloaded, and what the trail did not record",)
    resumable = True

    def __init__(self, path: Path, *, after: str = "", workers: int = 0) -> None:
        self._path, self._after, self._workers = path, after, workers
        self.name = f"folder {path}"

    def results(self, query: Query) -> Iterator[Result]:
        yield from read_all(query, folder.logs(self._path, self._after), self._workers or None)


@dataclass(slots=True)
class Answered:
    """What became of one source."""

    name: str
    cannot: tuple[str, ...]
    read: int = 0
    inflated: int = 0
    events: int = 0
    """Events that matched, before those of other sources were taken out."""
    whole: bool = False
    """It was read to its end. Its findings say what in it could not be read."""
    cursor: str = ""
    """The last log that was read to its end, or the last `Mark`, when a later search can go on after it."""


class Event(NamedTuple):
    id: str
    time: str
    raw: bytes
    source: str

    @property
    def value(self) -> dict[str, Any]:
        """The event; its id and time alone when it is nested too deep."""
        try:
            found: dict[str, Any] = json.loads(self.raw)
            inner = found.get("CloudTrailEvent")
            return json.loads(inner) if isinstance(inner, str) else found
        except RecursionError:
            return {"eventID": self.id, "eventTime": self.time}

    @property
    def core(self) -> str:
        """Equal for two copies of one event, whatever else was written about it."""
        event = self.value
        who = event.get("userIdentity")
        parts = [event.get(name) for name in ("eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress")]
        parts += [event.get("errorCode"), event.get("recipientAccountId")]
        parts += [who.get(name) for name in ("arn", "accessKeyId", "principalId")] if isinstance(who, dict) else [who]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


@dataclass(slots=True)
class Found:
    """The result of a search, growing while it runs."""

    query: Query
    events: list[Event] = field(default_factory=list)
    count: int = 0
    findings: list[Finding] = field(default_factory=list)
    findings_count: int = 0
    answered: list[Answered] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    stopped: bool = False

    def digest(self) -> str:
        """SHA-256 of the kept events, in their order: equal for equal evidence."""
        lines = (hashlib.sha256(event.raw).digest() for event in self.in_order())
        return hashlib.sha256(b"".join(lines)).hexdigest()

    def in_order(self) -> list[Event]:
        return sorted(self.events, key=lambda event: (event.time, event.id))


def search(
    query: Query,
    sources: Sequence[Source],
    *,
    follow: bool = False,
    take: Callable[[Event], None] = lambda event: None,
    progress: Callable[[Found], None] = lambda found: None,
) -> Found:
    """Asks one source after the other. KeyboardInterrupt stops it: what was found until then is the result."""
    merge = _Merge(Found(query), take, progress, follow)
    found = merge.found
    try:
        for source in sources:
            merge.source(source, query)
        while fresh := merge.fresh(query):
            found.followed += fresh
            for source, answered in zip(sources, found.answered, strict=True):
                merge.again(source, answered, Query(access_keys=fresh, since=query.since, until=query.until))
    except KeyboardInterrupt:
        found.stopped = True
    return found


class _Merge:
    def __init__(
        self, found: Found, take: Callable[[Event], None], progress: Callable[[Found], None], follow: bool
    ) -> None:
        self.found = found
        self._take, self._progress, self._follow = take, progress, follow
        self._known: dict[str, Event | str] = {}
        """Id → the event, or its core when it is not kept."""
        self._made: dict[str, None] = {}
        self._told_too_many = False

    def source(self, source: Source, query: Query) -> None:
        answered = Answered(source.name, source.cannot)
        self.found.answered.append(answered)
        self.again(source, answered, query)

    def again(self, source: Source, answered: Answered, query: Query) -> None:
        answered.whole = False
        for result in source.results(query):
            if isinstance(result, Hit):
                answered.events += 1
                self._hit(result, answered.name)
            elif isinstance(result, Finding):
                self.finding(result)
            elif isinstance(result, Mark):
                if not self._follow:
                    answered.cursor = result.cursor
                self._progress(self.found)
            else:
                answered.read += result.logs
                answered.inflated += result.inflated
                if source.resumable and not self._follow:  # what was read already may lead to keys that are found later
                    answered.cursor = result.where
                self._progress(self.found)
        answered.whole = True

    def _hit(self, hit: Hit, source: str) -> None:
        key, event = hit.id, Event(hit.id, hit.time, hit.raw, source)
        if (known := self._known.get(hit.id)) is not None:
            core = event.core
            if core == (known if isinstance(known, str) else known.core):
                return
            key = f"{hit.id} {core}"
            if key in self._known:
                return
            self.finding(Finding("conflict", source, f"event {hit.id} at {hit.time} differs from the one found before"))
        self.found.count += 1
        if len(self.found.events) < KEPT:
            self.found.events.append(event)
            self._known[key] = event
        else:
            self._known[key] = event.core
        if self._follow:
            self._made |= dict.fromkeys(made(event.value))
        self._take(event)

    def finding(self, finding: Finding) -> None:
        self.found.findings_count += 1
        if len(self.found.findings) < TOLD:
            self.found.findings.append(finding)

    def fresh(self, query: Query) -> tuple[str, ...]:
        """Keys and sessions that were handed out and have not been searched."""
        known = {*query.access_keys, *self.found.followed}
        fresh = tuple(key for key in self._made if key not in known)
        room = FOLLOWED - len(self.found.followed)
        if len(fresh) > room and not self._told_too_many:
            self._told_too_many = True
            self.finding(Finding("followed", "the chain", f"{len(fresh) - room} keys and sessions were not followed"))
        return fresh[:room]
