"""`irtui trail search` put together: the doors it needs, and the sources that are asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from irtui.aws.boto_door import BotoDoor
from irtui.clock import Clock
from irtui.errors import UsageError
from irtui.trail.search import bucket
from irtui.trail.search.findings import Finding
from irtui.trail.search.history import History, regions_of
from irtui.trail.search.searching import Folder, Source


@dataclass(frozen=True, slots=True)
class Places:
    """Where to search. Without any of them: in Event history."""

    folders: tuple[str, ...] = ()
    s3: tuple[str, ...] = ()
    trail_arn: str = ""
    history: bool = False
    regions: tuple[str, ...] = ()
    """Of Event history; without one every Region that is enabled."""
    after: str = ""
    profile: str = ""
    endpoint_url: str = ""


def sources(
    places: Places, *, environ: Mapping[str, str], clock: Clock, ask_secret: Callable[[str], str | None]
) -> tuple[Sequence[Source], tuple[Finding, ...]]:
    """The sources, and what is already known to be missing from them.

    Raises UsageError, SettingsError, CredentialsError and AwsFault for what keeps a search from beginning.
    """
    found: list[Source] = [Folder(Path(folder), after=places.after) for folder in places.folders]
    missing: tuple[Finding, ...] = ()
    history = places.history or not (places.folders or places.s3 or places.trail_arn)
    if places.after and (history or len(places.folders) + len(places.s3) + bool(places.trail_arn) != 1):
        raise UsageError("--after goes with one folder, bucket or trail.", advice="Search the others by themselves.")
    if not (history or places.s3 or places.trail_arn):
        return found, missing
    where = [bucket.parsed(url) for url in places.s3]
    door = _door(places, environ, clock, ask_secret)
    where += [bucket.of_trail(door, places.trail_arn)] if places.trail_arn else []
    found += [bucket.Bucket(door.objects(), name, prefix, after=places.after) for name, prefix in where]
    if history:
        regions, missing = (places.regions, ()) if places.regions else regions_of(door)
        found.append(History(door, regions))
    return found, missing


def _door(
    places: Places, environ: Mapping[str, str], clock: Clock, ask_secret: Callable[[str], str | None]
) -> BotoDoor:
    region = places.regions[0] if places.regions else _of_trail(places.trail_arn)
    if places.endpoint_url:
        from irtui.aws.loopback import open_loopback

        return open_loopback(
            endpoint_url=places.endpoint_url, profile=places.profile, region=region or "us-east-1", environ=environ,
            clock=clock,
        )  # fmt: skip
    from irtui.aws.live import open_live

    return open_live(profile=places.profile, region=region, environ=environ, ask_secret=ask_secret, clock=clock)


def _of_trail(arn: str) -> str:
    parts = arn.split(":")
    return parts[3] if len(parts) == 6 else ""
