"""One lane: its chain of digests from the newest to the oldest, and every hour that should have one.

Rules: a digest counts when its signature does, and when the digest after it, itself valid, remembers the same hash and
signature. A hole in the chain is filled hour by hour: two digests gone are two. Only a valid digest's log files are
looked at: nobody vouches for a list that may be forged.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from irtui.trail.validate import slots
from irtui.trail.validate.digest import Digest, check_signature
from irtui.trail.validate.keys import Keys
from irtui.trail.validate.listing import Cursor, Fetched, Listed, Listing, fetch, listing
from irtui.trail.validate.logs import LogChecker, verdict_of
from irtui.trail.validate.names import HOUR, Lane, digest_end, prefix_of
from irtui.trail.validate.slots import Status
from irtui.trail.validate.store import Flawed, Store, Unreachable
from irtui.trail.validate.unlisted import Names
from irtui.trail.validate.verdict import Finding, Slot, Tally, Verdict


@dataclass(frozen=True, slots=True)
class Span:
    since: datetime
    until: datetime
    now: datetime


class Unsigned(Exception):
    """A downloaded digest whose signature nobody repeats."""


@dataclass(slots=True)
class Walk:
    """Of one lane; `status`, `slots` and `names` are filled by `run`."""

    lane: Lane
    store: Store
    keys: Keys
    tally: Tally
    logs: LogChecker
    pool: Executor
    span: Span
    ask: Callable[[str], Status | None]
    """The trail's status in a Region."""
    status: Status | None = None
    slots: list[Slot] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    others: bool = False
    """Whether digests of another trail stand in the same place."""
    repeated: tuple[str, str] = ("", "")
    """Key and signature of the digest before the last that was read, as that repeats it; it proves itself."""

    def run(self, bucket: str, prefix: str) -> None:
        loading = self.pool.submit(self.keys.load, self.lane.region, self.span.since, self.span.until + 2 * HOUR)
        asking = self.pool.submit(self.ask, self.lane.region)
        try:
            found = self._listed(bucket, prefix)
        except Unreachable as error:
            self._say("trail", Verdict.UNCHECKED, "could not list", str(error), f"s3://{bucket}/{prefix}")
            return
        try:
            loading.result()
        except Unreachable as error:
            self._say("trail", Verdict.UNCHECKED, "public keys", f"no public keys could be had: {error}")
        self.status = asking.result()
        if not found.standard:
            self._nothing(prefix)
        else:
            self._tail(found.standard[-1].end, bucket, prefix)
            self._chain(found, bucket, prefix)
        self._backfill(found)

    # -- the chain -----------------------------------------------------------------------------------------------

    def _chain(self, found: Listing, bucket: str, prefix: str) -> None:
        cursor = self._cursor(found.standard)
        newer: Digest | None = None
        self._look_ahead(found.later)
        boundary: datetime | None = None
        while True:
            link = newer.previous if newer is not None and newer.start >= self.span.since else None
            ahead = cursor.peek()
            if link is not None and link.bucket != bucket and newer is not None:
                bucket, prefix = link.bucket, prefix_of(link.key)
                cursor.drop()
                cursor = self._cursor(self._moved(bucket, prefix, newer.start))
                ahead = cursor.peek()
            wanted = Listed(digest_end(link.key) or newer.start, link.bucket, link.key) if link and newer else None
            if wanted is not None and (ahead is None or ahead.end < wanted.end):
                target, future = wanted, self.pool.submit(self._fetch, wanted.bucket, wanted.key)
            elif ahead is not None:
                target, future = cursor.pop()
            else:
                break
            linked = link is not None and (link.bucket, link.key) == (target.bucket, target.key)
            if boundary is not None:
                self._hole(target.end, boundary, newer, linked, prefix)
            digest = self._judge("digest", target, future, newer if linked else None)
            newer, boundary = digest, digest.start if digest is not None else target.end - HOUR
        if boundary is not None:
            self._head(boundary, newer, prefix)

    def _judge(self, subject: str, target: Listed, future: Future[Fetched], newer: Digest | None) -> Digest | None:
        """The digest when it is valid; what it is counts either way."""
        where = f"s3://{target.bucket}/{target.key}"
        try:
            fetched = future.result()
            digest = self._verified(fetched, target, newer)
        except Exception as error:  # whatever it is, it is said of this digest and the walk goes on
            verdict, reason, detail = (
                (Verdict.UNCHECKED, "no signature", str(error)) if isinstance(error, Unsigned) else verdict_of(error)
            )
            self._say(subject, verdict, reason, detail, where, target.end - HOUR, target.end)
            if subject == "digest":
                self.slots.append(Slot(target.end - HOUR, target.end, verdict))
            return None
        self.tally.valid(subject, where)
        if subject == "digest":
            self.slots.append(Slot(digest.start, digest.end, Verdict.VALID))
        if digest.unreadable_logs:
            words = f"{digest.unreadable_logs} of the log files it names are not named as CloudTrail does"
            self._say("log", Verdict.UNCHECKED, "format", words, where, times=digest.unreadable_logs)
        for named in digest.logs:
            self.names.add(named.key)
            self.logs.put(named, self.lane.account, self.lane.region)
        return digest

    def _verified(self, fetched: Fetched, target: Listed, newer: Digest | None) -> Digest:
        """Raises Flawed, Unsigned, Unreachable."""
        digest = fetched.digest
        if (digest.bucket, digest.key) != (target.bucket, target.key) and not (
            target.bucket == "" and digest.key == target.key
        ):
            raise Flawed("moved", f"it has been moved: it was written as s3://{digest.bucket}/{digest.key}")
        remembered = self.repeated[1] if self.repeated[0] == digest.key else ""
        self._remember(digest)
        offered = [fetched.signature] if fetched.signature is not None else [remembered] if remembered else []
        if not offered:
            raise Unsigned("its signature was not downloaded and no digest after it repeats it (see the newest's head)")
        if not offered[0]:
            raise Flawed("signature", "its object bears no signature")
        if not self.keys.loaded(self.lane.region):
            raise Unreachable("no public keys could be had")
        signature = check_signature(digest, offered, lambda name: self.keys.find(self.lane.region, name))
        if newer is not None and newer.previous is not None:
            if newer.previous.signature and newer.previous.signature != signature:
                raise Flawed("chain", "the digest after it remembers another signature")
            if newer.previous.sha256 and newer.previous.sha256 != digest.sha256:
                raise Flawed("chain", "the digest after it remembers another hash")
        return digest

    # -- hours without a digest ----------------------------------------------------------------------------------

    def _hole(self, end: datetime, boundary: datetime, newer: Digest | None, linked: bool, prefix: str) -> None:
        """Between the digest that ends at `end` and the one that begins at `boundary`."""
        hours = slots.between(end, boundary)
        if not hours:
            return
        if newer is not None and (linked or newer.previous is None):
            self._gap(end, boundary, prefix)
            return
        for since, until in list(slots.before(boundary, end))[:hours]:
            self._missing(since, until, "not found", prefix)

    def _head(self, boundary: datetime, newer: Digest | None, prefix: str) -> None:
        """Before the oldest that was seen."""
        if newer is not None:
            if newer.previous is None and slots.between(self.span.since, boundary) and boundary > self.span.since:
                self._gap(self.span.since, boundary, prefix)
            return
        for since, until in slots.before(boundary, self.span.since):
            if not (self.status and self.status.logging and self.status.started and until <= self.status.started):
                self._missing(since, until, "not found", prefix)

    def _gap(self, since: datetime, until: datetime, prefix: str) -> None:
        """The chain begins anew: logging or validation was off, which CloudTrail itself signs."""
        words = "CloudTrail signs that its chain of digests begins anew after this: logging or validation was off"
        self.tally.noticed(Finding("hour", Verdict.UNCHECKED, "gap", words, "", *self._place, since, until))
        for start, end in slots.before(until, since):
            if start >= since and self.status is not None and self.status.on(start, end):
                self._missing(start, end, "never delivered", prefix)

    def _tail(self, newest: datetime, bucket: str, prefix: str) -> None:
        for since, until, reason in slots.after(newest, self.span.until, self.span.now, self.status):
            self._missing(since, until, reason, prefix, bucket)
        status = self.status
        if status is not None and status.digest_error:
            words = f"CloudTrail says of its last digest: {status.digest_error}"
            self.tally.noticed(Finding("trail", Verdict.UNCHECKED, "delivery", words, "", *self._place))

    def _nothing(self, prefix: str) -> None:
        """No digest at all stands there for the time asked about."""
        status, told = self.status, 0
        if status is not None:
            start = max(self.span.since, status.started) if status.started else self.span.since
            for since, until, reason in slots.after(start, self.span.until, self.span.now, status):
                self._missing(since, until, reason, prefix)
                told += 1
        if not told:
            words = "there is no digest of this trail for this time, and nothing says that there should be one"
            self._say("trail", Verdict.UNCHECKED, "no digests", words, "", self.span.since, self.span.until)

    def _missing(self, since: datetime, until: datetime, reason: str, prefix: str, bucket: str = "") -> None:
        words = {
            "not found": "no digest vouches for this hour: it was deleted, or was never there",
            "never delivered": "CloudTrail delivered no digest for this hour although logging was on",
        }[reason]
        where = f"s3://{bucket}/{self.lane.digest(prefix, until)}" if bucket else self.lane.digest(prefix, until)
        self._say("digest", Verdict.MISSING, reason, words, where, since, until)
        self.slots.append(Slot(since, until, Verdict.MISSING))

    # -- the rest ------------------------------------------------------------------------------------------------

    def _backfill(self, found: Listing) -> None:
        """Digests that CloudTrail wrote later for what it had not delivered; their chain has no hours."""
        cursor = self._cursor(found.backfill)
        newer: Digest | None = None
        while True:
            ahead = cursor.peek()
            link = newer.previous if newer is not None and newer.start >= self.span.since else None
            wanted = Listed(digest_end(link.key) or newer.start, link.bucket, link.key) if link and newer else None
            if wanted is not None and (ahead is None or ahead.end < wanted.end):
                target, future = wanted, self.pool.submit(self._fetch, wanted.bucket, wanted.key)
            elif ahead is not None:
                target, future = cursor.pop()
            else:
                return
            linked = link is not None and (link.bucket, link.key) == (target.bucket, target.key)
            self._later_keys(future)
            newer = self._judge("backfill digest", target, future, newer if linked else None)

    def _later_keys(self, future: Future[Fetched]) -> None:
        """Keys of the time when a backfill digest was made. What fails here is said of the digest when it is judged."""
        with suppress(Exception):
            fetched = future.result()
            if self.keys.find(self.lane.region, fetched.digest.fingerprint) is None and fetched.generated:
                made = datetime.fromisoformat(fetched.generated)
                made = made.replace(tzinfo=self.span.now.tzinfo) if made.tzinfo is None else made
                self.keys.load(self.lane.region, made - HOUR, made + HOUR)

    def _listed(self, bucket: str, prefix: str) -> Listing:
        found = listing(self.store, self.lane, bucket, prefix, self.span.since, self.span.until)
        self.others = self.others or bool(found.others)
        return found

    def _moved(self, bucket: str, prefix: str, until: datetime) -> list[Listed]:
        try:
            found = listing(self.store, self.lane, bucket, prefix, self.span.since, until)
        except Unreachable as error:
            self._say("trail", Verdict.UNCHECKED, "could not list", str(error), f"s3://{bucket}/{prefix}")
            return []
        return [item for item in found.standard if item.end <= until]

    def _look_ahead(self, later: Listed | None) -> None:
        """The signature of the newest within, as the digest after it repeats it; for stores without metadata."""
        if later is not None:
            with suppress(Exception):  # it lies outside the time asked about, and is no more than a help
                self._remember(self._fetch(later.bucket, later.key).digest)

    def _remember(self, digest: Digest) -> None:
        self.repeated = (digest.previous.key, digest.previous.signature) if digest.previous else ("", "")

    def _cursor(self, items: list[Listed]) -> Cursor:
        return Cursor(items, self._fetch, self.pool)

    @property
    def _fetch(self) -> Callable[[str, str], Fetched]:
        return lambda bucket, key: fetch(self.store, bucket, key)

    @property
    def _place(self) -> tuple[str, str]:
        return self.lane.account, self.lane.region

    def _say(
        self, subject: str, verdict: Verdict, reason: str, detail: str, where: str = "",
        since: datetime | None = None, until: datetime | None = None, times: int = 1,
    ) -> None:  # fmt: skip
        self.tally.found(Finding(subject, verdict, reason, detail, where, *self._place, since, until), times)
