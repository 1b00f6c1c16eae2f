"""`irtui trail search` put together: the doors it needs, and the sources that are asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from irtui.clock import Clock
from irtui.desk.doors import Check, ReadingDoor, reading_door, unwatched
from irtui.desk.trails import time_told
from irtui.desk.watch import Stopped, Watch
from irtui.errors import UsageError
from irtui.trail.athena import sql
from irtui.trail.athena.rows import AthenaQuery
from irtui.trail.search import bucket, cursor
from irtui.trail.search.findings import Finding
from irtui.trail.search.history import History, regions_of
from irtui.trail.search.query import Query, checked
from irtui.trail.search.searching import KEPT, TOLD, Event, Folder, Found, Source, search


@dataclass(frozen=True, slots=True)
class Places:
    """Where to search. Without any of them: in Event history."""

    folders: tuple[str, ...] = ()
    s3: tuple[str, ...] = ()
    trail_arn: str = ""
    history: bool = False
    regions: tuple[str, ...] = ()
    """Of Event history; without one every Region that is enabled."""
    athena_query: str = ""
    """Id of an Athena query that a runbook started, in the first of `regions`."""
    after: str = ""
    profile: str = ""
    endpoint_url: str = ""


def query_of(*, since: str = "", until: str = "", **known: tuple[str, ...]) -> Query:
    """What is searched for, from what was typed. Raises UsageError."""
    return checked(
        Query(
            since=time_told(since, "--since") if since else None,
            until=time_told(until, "--until") if until else None,
            **known,
        )
    )


def searched(
    query: Query, places: Places, *, environ: Mapping[str, str], clock: Clock, ask_secret: Callable[[str], str | None],
    follow: bool, take: Callable[[Event], None], progress: Callable[[Found], None], watch: Watch | None = None,
    check: Check = unwatched,
) -> Found:  # fmt: skip
    """What was found, stopped or not. Raises what `sources` raises, and AwsFault for a session that ended.

    With a `watch` the search runs on a thread of its own, so that ctrl-c ends it also while AWS is silent.
    """
    asked, missing = sources(query, places, environ=environ, clock=clock, ask_secret=ask_secret, check=check)
    latest = Found(query, stopped=True)

    def told(found: Found) -> None:
        nonlocal latest
        latest = found
        progress(found)

    def work() -> Found:
        return search(query, asked, follow=follow, take=take, progress=told)

    try:
        found = watch.over(work) if watch else work()
    except Stopped:
        found = kept(latest)
    found.findings[:0] = missing
    found.findings_count += len(missing)
    return found


def kept(found: Found) -> Found:
    """A stopped search whose thread still waits for AWS: places first, since events only come before their place."""
    answered = [replace(one) for one in found.answered]
    return replace(found, answered=answered, events=list(found.events), findings=list(found.findings), stopped=True)


def progress_words(found: Found) -> str:
    """Where a search is."""
    one = found.answered[-1]
    return f"{one.name}: {one.read} read, {one.inflated // 1_000_000} MB, {found.count} events"


def joined(before: Found, after: Found) -> Found:
    """A search that was stopped and the one that went on with it, as one: each event once, numbers added."""
    known = {(event.id, event.raw) for event in before.events}
    fresh = [event for event in after.events if (event.id, event.raw) not in known]
    twice = len(after.events) - len(fresh)
    findings = list(dict.fromkeys((*before.findings, *after.findings)))
    again = len(before.findings) + len(after.findings) - len(findings)
    earlier = before.answered[0] if before.answered else None
    answered = [
        replace(
            one, read=one.read + earlier.read, inflated=one.inflated + earlier.inflated,
            events=one.events + earlier.events, cursor=one.cursor or earlier.cursor,
        ) if earlier else one
        for one in after.answered or before.answered
    ]  # fmt: skip
    return Found(
        after.query, [*before.events, *fresh][:KEPT], before.count + after.count - twice, findings[:TOLD],
        before.findings_count + after.findings_count - again, answered, after.followed, after.stopped,
    )  # fmt: skip


def sources(
    query: Query, places: Places, *, environ: Mapping[str, str], clock: Clock, ask_secret: Callable[[str], str | None],
    check: Check = unwatched,
) -> tuple[Sequence[Source], tuple[Finding, ...]]:  # fmt: skip
    """The sources for this query, and what is already known to be missing from them.

    Raises UsageError, SettingsError, CredentialsError and AwsFault for what keeps a search from beginning.
    """
    found: list[Source] = [Folder(Path(folder), after=places.after) for folder in places.folders]
    missing: tuple[Finding, ...] = ()
    history = places.history or not (places.folders or places.s3 or places.trail_arn or places.athena_query)
    many = len(places.folders) + len(places.s3) + bool(places.trail_arn) + bool(places.athena_query) + history
    if places.after and (many != 1 or places.athena_query):
        raise UsageError(
            "--after goes with one folder, bucket, trail or Event history.", advice="Search the others by themselves."
        )
    after = cursor.parsed(places.after, query) if places.after and history else None
    if after and places.regions and set(places.regions) != set(after.regions):
        raise UsageError("--after is of other Regions.", advice="Leave --region out: --after names them.")
    if not (history or places.s3 or places.trail_arn or places.athena_query):
        return found, missing
    where = [bucket.parsed(url) for url in places.s3]
    door = _door(places, environ, clock, ask_secret, check)
    where += [bucket.of_trail(door, places.trail_arn)] if places.trail_arn else []
    found += [bucket.Bucket(door.objects(), name, prefix, after=places.after) for name, prefix in where]
    if places.athena_query:
        found.append(AthenaQuery(door, places.athena_query))
    if history:
        named = tuple(after.regions) if after else places.regions
        regions, missing = (named, ()) if named else regions_of(door)
        found.append(History(door, regions, after=after))
    return found, missing


def statements(query: Query, places: Places, accounts: tuple[str, ...]) -> str:
    """What Athena would be sent for it, to read or to send by hand: nothing is asked here. Raises UsageError.

    The bucket, the account and the Regions are those that are named, since no AWS is asked what there is.
    """
    if len(places.s3) != 1 or not places.regions or not accounts:
        raise UsageError(
            "--sql needs one --s3, at least one --region and the --account-id.",
            advice="--s3 s3://BUCKET or s3://BUCKET/PREFIX: what stands before AWSLogs/.",
        )
    name, prefix = bucket.parsed(places.s3[0])
    above = prefix.partition("AWSLogs/")[0].strip("/")
    place = sql.Place(name, accounts, places.regions, prefix=f"{above}/" if above else "")
    asked = sql.query_sql(query, place)
    return ";\n\n".join((sql.database_ddl(place), sql.table_ddl(place, sql.days(query)[0]), asked)) + ";"


def _door(
    places: Places, environ: Mapping[str, str], clock: Clock, ask_secret: Callable[[str], str | None], check: Check
) -> ReadingDoor:
    region = places.regions[0] if places.regions else _of_trail(places.trail_arn)
    return reading_door(
        profile=places.profile, region=region, endpoint_url=places.endpoint_url, environ=environ, clock=clock,
        ask_secret=ask_secret, check=check,
    )  # fmt: skip


def _of_trail(arn: str) -> str:
    parts = arn.split(":")
    return parts[3] if len(parts) == 6 else ""
