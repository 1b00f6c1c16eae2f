"""What one trail can show in one Region, from what is known of it: its settings, what was done to it, its files.

Rules: that logging was on is not enough. A trail covers an hour only where its digest and every log file that the
digest names still stand as CloudTrail wrote them; without digests, or without that check, it is unknown. What was
before the oldest change that anybody knows is taken from the files alone; what the selectors were then, nobody knows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from irtui.trail.coverage.changes import Change
from irtui.trail.coverage.report import TAIL, Row, State, Window, laid
from irtui.trail.validate.names import log_delivered

WHAT = "management events, as far as its selectors record them"
FILES = "the events that its selectors recorded; which these were, the files do not say"
LATE = timedelta(minutes=15)
"""CloudTrail delivers most events within 5 minutes on average, and says no more than that it may take longer."""
DIGEST_LATE = timedelta(hours=2)
"""A digest is made every hour and may take another one to come."""
KEPT = timedelta(days=90)
"""Event history goes back so far."""
ALL_TIME = datetime.fromisoformat("0001-01-02T00:00:00Z"), datetime.fromisoformat("9999-12-30T00:00:00Z")


@dataclass(frozen=True, slots=True)
class Known:
    """A trail as AWS describes it now. A deleted one has its name, home and account alone."""

    name: str
    home: str
    account: str
    arn: str = ""
    exists: bool = False
    multi_region: bool | None = None
    validation: bool | None = None
    """Whether digests are made."""
    logging: bool | None = None
    started: datetime | None = None
    stopped: datetime | None = None
    delivery_error: str = ""
    delivered: datetime | None = None
    management: bool | None = None
    bucket: str = ""
    """Of a deleted one: where it wrote last, as events tell it."""
    prefix: str = ""
    described: bool = True
    """AWS was asked for it. Otherwise its files alone are known, and what its selectors were is not looked at."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a validation found in one Region: its slots and findings as `Report.data` tells them."""

    slots: Sequence[Mapping[str, Any]]
    findings: Sequence[Mapping[str, Any]]
    left_out: int = 0
    """Findings that were only counted."""


def row(
    trail: Known, region: str, changes: Sequence[Change], checked: Checked | None, why_not: str,
    since: datetime, until: datetime, now: datetime, *, account: str = "", told: bool = True,
) -> Row:  # fmt: skip
    """`changes` are the trail's, oldest first; `told`: its home Region's Event history could be read for them.

    `checked` None: nobody looked at its files, for the reason `why_not`. `account` is a member's of an organization.
    """
    claims = [*_logging(trail, changes), *_selectors(trail, changes, now, told), *_regions(trail, region, changes)]
    claims += _delivery(trail)
    newest = now - LATE
    if checked is not None:
        claims += _files(checked)
        vouched = [claim.until - LATE for claim in claims if claim.cause == _VALID]
        newest = max([now - DIGEST_LATE, *vouched])
    claims.append(Window(newest, ALL_TIME[1], State.UNKNOWN, "it may not have been delivered yet", TAIL))
    nobody = (why_not, "unchecked") if why_not else ("no digest vouches for that time", "no digests")
    windows = laid(since, until, claims, Window(since, until, State.UNKNOWN, *nobody))
    what = WHAT if trail.described else FILES
    return Row(
        account or trail.account, region, f"trail {trail.name}", "trail", what, tuple(_shown(one) for one in windows)
    )


_VALID = "valid"
"""The cause of a claim that the files themselves make; it is not shown."""


def _shown(window: Window) -> Window:
    if window.cause != _VALID:
        return window
    return Window(window.since, window.until, window.state, window.reason, "", window.by)


def _logging(trail: Known, changes: Sequence[Change]) -> Iterator[Window]:
    """When it did not log, or was not there."""
    told = [
        change for change in changes if change.name in ("CreateTrail", "DeleteTrail", "StartLogging", "StopLogging")
    ]
    if told and told[0].name == "CreateTrail":
        yield _off(ALL_TIME[0], told[0].at, "the trail did not exist yet", "no trail", "")
    for change, end in _until_next(told):
        match change.name:
            case "StopLogging":
                yield _off(change.at, end, "logging was stopped", "logging stopped", change.by)
            case "DeleteTrail":
                yield _off(change.at, end, "the trail was deleted", "no trail", change.by)
            case "CreateTrail":
                yield _off(
                    change.at, end, "the trail was made, and logging not yet started", "logging stopped", change.by
                )
    if not trail.described:
        return
    if not trail.exists and not any(change.name == "DeleteTrail" for change in told):
        yield _off(told[-1].at if told else ALL_TIME[0], ALL_TIME[1], "there is no such trail any more", "no trail", "")
    # GetTrailStatus tells the last start and stop alone; what it adds is a stop before what Event history still knows.
    if trail.exists and trail.logging is False and trail.stopped is not None:
        yield _off(trail.stopped, ALL_TIME[1], "logging was stopped", "logging stopped", "")
    if trail.exists and trail.logging is False and trail.started is None and not told:
        yield _off(ALL_TIME[0], ALL_TIME[1], "logging was never started", "logging stopped", "")
    if trail.exists and trail.logging and trail.stopped and trail.started and trail.stopped < trail.started:
        yield _off(trail.stopped, trail.started, "logging was stopped", "logging stopped", "")
    if trail.exists and trail.logging is None:
        yield Window(*ALL_TIME, State.UNKNOWN, "whether it was logging cannot be known", "refused")


def _until_next(changes: Sequence[Change]) -> Iterator[tuple[Change, datetime]]:
    """Each with the moment up to which it held."""
    return zip(changes, [*(change.at for change in changes[1:]), ALL_TIME[1]], strict=False)


def _selectors(trail: Known, changes: Sequence[Change], now: datetime, readable: bool) -> Iterator[Window]:
    reason = "it did not record all management events"
    told = [change for change in changes if change.name == "PutEventSelectors"]
    for change, end in _until_next(told):
        if change.management is not True:
            yield _off(change.at, end, reason, "no management events", change.by)
    if not trail.described:
        return
    if trail.exists and trail.management is False and not told:
        yield _off(*ALL_TIME, reason, "no management events", "")
    if trail.exists and trail.management is None:
        yield Window(*ALL_TIME, State.UNKNOWN, "what it records cannot be known", "refused")
    words = "what its selectors recorded then cannot be known"
    if not readable:
        yield Window(*ALL_TIME, State.UNKNOWN, words, "refused")
    # A new trail records all. Of others the selectors are known from the first change on, or as far as events go back.
    elif not any(change.name == "CreateTrail" and change.at <= (told[0].at if told else now) for change in changes):
        first, cause = (told[0].at, "unchecked") if told else (now - KEPT, "beyond 90 days")
        yield Window(ALL_TIME[0], first, State.UNKNOWN, words, cause)


def _regions(trail: Known, region: str, changes: Sequence[Change]) -> Iterator[Window]:
    if region == trail.home:
        return
    reason = f"the trail covered {trail.home} alone"
    told = [change for change in changes if change.multi_region is not None]
    for change, end in _until_next(told):
        if change.multi_region is False:
            yield _off(change.at, end, reason, "single region", change.by)
    if trail.multi_region is False and not told:
        yield _off(*ALL_TIME, reason, "single region", "")


def _delivery(trail: Known) -> Iterator[Window]:
    if trail.delivery_error:
        since = trail.delivered or ALL_TIME[0]
        words = f"CloudTrail could not deliver: {trail.delivery_error}"
        yield Window(since, ALL_TIME[1], State.UNKNOWN, words, "refused")


_FILES = {
    "valid": (State.COVERED, "its digest and the log files stand as CloudTrail wrote them", _VALID),
    "missing": (State.NOT_COVERED, "its digest is missing", "digest missing"),
    "invalid": (State.NOT_COVERED, "its digest is not what CloudTrail wrote", "digest invalid"),
    "unchecked": (State.UNKNOWN, "its digest could not be checked", "unchecked"),
}


def _files(checked: Checked) -> Iterator[Window]:
    for slot in checked.slots:
        state, reason, cause = _FILES.get(str(slot.get("verdict")), _FILES["unchecked"])
        since = _time(slot["since"])
        yield Window(since, _time(slot["until"]), state, reason, cause)
        if cause != _VALID:  # what happened last before it was delivered in it
            words = f"events of its end may stand in the next hour, and there {reason}"
            yield Window(since - LATE, since, State.UNKNOWN, words, cause)
    if checked.left_out:
        words = f"{checked.left_out} more findings of the validation were not kept; they may be of any hour"
        yield Window(*ALL_TIME, State.UNKNOWN, words, "unchecked")
    for finding in checked.findings:
        if finding.get("subject") != "log":
            continue
        verdict = str(finding.get("verdict"))
        delivered = log_delivered(str(finding.get("where") or ""))
        # A file holds what happened in the quarter of an hour before it was delivered; an unreadable name spoils all.
        begin, end = (delivered - LATE, delivered + timedelta(minutes=5)) if delivered else ALL_TIME
        match verdict:
            case "missing":
                yield Window(begin, end, State.NOT_COVERED, "a log file is missing", "log missing")
            case "invalid":
                words = "a log file is not what CloudTrail wrote"
                yield Window(begin, end, State.NOT_COVERED, words, "log invalid")
            case _:
                yield Window(begin, end, State.UNKNOWN, "a log file could not be checked", "unchecked")


def _off(since: datetime, until: datetime, reason: str, cause: str, by: str) -> Window:
    return Window(since, until, State.NOT_COVERED, reason, cause, by)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
