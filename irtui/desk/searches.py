"""`irtui trail search` put together: the doors it needs, and the sources that are asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from irtui.clock import Clock
from irtui.desk.doors import reading_door
from irtui.errors import UsageError
from irtui.trail.athena import sql
from irtui.trail.athena.rows import AthenaQuery
from irtui.trail.search import bucket, cursor
from irtui.trail.search.findings import Finding
from irtui.trail.search.history import History, regions_of
from irtui.trail.search.query import Query
from irtui.trail.search.searching import Folder, Source

if TYPE_CHECKING:
    from irtui.aws.boto_door import BotoDoor


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


def sources(
    query: Query, places: Places, *, environ: Mapping[str, str], clock: Clock, ask_secret: Callable[[str], str | None]
) -> tuple[Sequence[Source], tuple[Finding, ...]]:
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
    door = _door(places, environ, clock, ask_secret)
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
    places: Places, environ: Mapping[str, str], clock: Clock, ask_secret: Callable[[str], str | None]
) -> "BotoDoor":
    region = places.regions[0] if places.regions else _of_trail(places.trail_arn)
    return reading_door(
        profile=places.profile, region=region, endpoint_url=places.endpoint_url, environ=environ, clock=clock,
        ask_secret=ask_secret,
    )  # fmt: skip


def _of_trail(arn: str) -> str:
    parts = arn.split(":")
    return parts[3] if len(parts) == 6 else ""
