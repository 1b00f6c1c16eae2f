"""`irtui trail coverage` put together: the Regions, the trails, what their files vouch for."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from irtui.clock import Clock
from irtui.desk.doors import Check, reading_door, unwatched
from irtui.desk.trails import Source, asked, time_told, trail_named, validate_trail
from irtui.errors import UsageError
from irtui.model.call import Call
from irtui.trail.coverage.checking import checked
from irtui.trail.coverage.covering import covering
from irtui.trail.coverage.downloaded import of_folder
from irtui.trail.coverage.looking import look
from irtui.trail.coverage.report import Coverage
from irtui.trail.search.history import regions_of
from irtui.trail.validate.names import REGION
from irtui.trail.validate.verdict import Listener

DAYS = timedelta(days=7)
"""Looked at when nobody says since when."""


def coverage_of_folder(
    *, folder: str, public_keys: str, start: str, end: str, arn: str, clock: Clock,
    told: Callable[[str], None] = lambda words: None, listener: Listener | None = None,
) -> Coverage:  # fmt: skip
    """From downloaded logs alone. Raises UsageError, SettingsError."""
    request = asked(arn, start, end, regions=(), all_regions=True, accounts=(), clock=clock)
    told("validating what was downloaded")
    report = validate_trail(
        request,
        Source(folder, public_keys),
        environ={},
        clock=clock,
        ask_secret=lambda prompt: None,
        listener=listener,
    ).data()
    told("looking for changes of the trail")
    facts = of_folder(Path(folder), request.trail, report)
    return covering(facts, request.since, request.until, request.until, {arn: report})


def coverage_of(
    *, start: str, end: str, regions: tuple[str, ...], arns: tuple[str, ...], validated: bool, profile: str,
    endpoint_url: str, environ: Mapping[str, str], clock: Clock, ask_secret: Callable[[str], str | None],
    told: Callable[[str], None] = lambda words: None, listener: Listener | None = None, check: Check = unwatched,
) -> Coverage:  # fmt: skip
    """`listener` hears every verdict on a file, `check` may raise to end it.

    Raises UsageError, SettingsError, CredentialsError and AwsFault for what keeps it from beginning.
    """
    trails = [trail_named(arn) for arn in arns]
    for region in regions:
        if not REGION.fullmatch(region):
            raise UsageError(f"{region!r} is no Region's name")
    home = regions[0] if regions else (trails[0].home if trails else "")
    door = reading_door(
        profile=profile, region=home, endpoint_url=endpoint_url, environ=environ, clock=clock, ask_secret=ask_secret,
        check=check,
    )  # fmt: skip
    account = str(door.read(Call("sts", "GetCallerIdentity")).data["Account"])
    now = clock.now() + door.ahead
    until = min(time_told(end, "--end-time"), now) if end else now
    since = time_told(start, "--start-time") if start else until - DAYS
    if since >= until:
        raise UsageError(
            "The time ends before it begins", advice="--start-time comes before --end-time, and before now."
        )
    gaps: tuple[str, ...] = ()
    if not regions:
        regions, findings = regions_of(door)
        gaps = tuple(f"{finding.where}: {finding.detail}" for finding in findings)
    told("asking for trails and what was done to them")
    facts = look(door, account, regions, arns)
    facts.gaps[:0] = gaps
    why = dict.fromkeys((trail.arn for trail in facts.trails), "their files were not validated, as asked")
    files = checked(door, facts, since, until, now, told, listener) if validated else why
    return covering(facts, since, until, now, files)
