"""`irtui trail validate` put together: the door, or a folder, and what is asked of it."""

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from irtui.clock import Clock
from irtui.desk.written import Lines
from irtui.errors import SettingsError, UsageError
from irtui.trail.validate import hashers, keys, slots
from irtui.trail.validate.folder import FolderStore
from irtui.trail.validate.names import REGION, Trail, trail_of
from irtui.trail.validate.trail import Place, Report, Request, validate
from irtui.trail.validate.verdict import Listener, Verdict


@dataclass(frozen=True, slots=True)
class Source:
    """Where the files are: a folder, or AWS (or what stands in for it at `endpoint_url`)."""

    folder: str = ""
    public_keys: str = ""
    endpoint_url: str = ""
    profile: str = ""
    bucket: str = ""
    prefix: str = ""


def trail_named(arn: str) -> Trail:
    """Raises UsageError."""
    found = trail_of(arn)
    if found is None:
        raise UsageError(
            f"{arn!r} is no trail's ARN", advice="It looks like arn:aws:cloudtrail:<Region>:<account>:trail/<name>."
        )
    return found


def time_told(text: str, option: str) -> datetime:
    """A time with its offset honoured; without one it is UTC. Raises UsageError."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{option} {text!r} is no time", advice="Write it like 2026-03-01T08:00:00Z or 2026-03-01T10:00:00+02:00."
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def asked(
    arn: str, start: str, end: str, *, regions: tuple[str, ...], all_regions: bool, accounts: tuple[str, ...],
    clock: Clock,
) -> Request:  # fmt: skip
    """Raises UsageError."""
    since, until = time_told(start, "--start-time"), time_told(end, "--end-time") if end else clock.now()
    if since >= until:
        raise UsageError("The time ends before it begins", advice="--start-time comes before --end-time.")
    for region in regions:
        if not REGION.fullmatch(region):
            raise UsageError(f"{region!r} is no Region's name")
    for account in accounts:
        if len(account) != 12 or not account.isdigit():
            raise UsageError(f"{account!r} is no account's number")
    return Request(trail_named(arn), since, until, regions, all_regions, accounts)


def validate_trail(
    request: Request, source: Source, *, environ: Mapping[str, str], clock: Clock,
    ask_secret: Callable[[str], str | None], listener: Listener | None = None,
    check: Callable[[], None] = lambda: None,
) -> Report:  # fmt: skip
    """`check` may raise to end it. Raises UsageError, SettingsError, CredentialsError and AwsFault for what keeps it
    from beginning.
    """
    if source.folder:
        return _folder(request, source, listener)
    processes = hashers.started()  # they stand by the time that anybody knows what to hash
    from irtui.desk.doors import reading_door
    from irtui.trail.validate.bucket import BucketStore
    from irtui.trail.validate.facts import place_of, public_keys

    try:
        door = reading_door(
            profile=source.profile, region=request.trail.home, endpoint_url=source.endpoint_url, environ=environ,
            clock=clock, ask_secret=ask_secret, check=check,
        )  # fmt: skip
        place = place_of(door, request.trail, source.bucket, source.prefix)
        now = clock.now() + door.ahead
        with closing(door.objects()) as objects:
            store = BucketStore(objects)
            return validate(request, store, public_keys(door), place, now, listener=listener, processes=processes)
    finally:
        hashers.ended(processes)


def _folder(request: Request, source: Source, listener: Listener | None) -> Report:
    root = Path(source.folder)
    if not root.is_dir():
        raise UsageError(f"{source.folder} is no folder", advice="Make one with: aws s3 sync s3://BUCKET DIR")
    if not source.public_keys:
        raise UsageError(
            "A folder needs --public-keys",
            advice="aws cloudtrail list-public-keys --start-time … --end-time … --region … > FILE",
        )
    try:
        text = Path(source.public_keys).read_bytes()[: keys.SIZE].decode("utf-8", "replace")
    except OSError as error:
        raise SettingsError(f"{source.public_keys} cannot be read: {error.strerror}") from None
    place = Place(source.bucket, source.prefix)
    workers = min(8, os.cpu_count() or 1) * 2
    return validate(
        request, FolderStore(root), keys.from_file(text), place, request.until + slots.GRACE,
        workers=workers, listener=listener,
    )  # fmt: skip


def as_lines(lines: Lines) -> Listener:
    """Writes each verdict as it falls."""

    def told(subject: str, verdict: Verdict, where: str, reason: str) -> None:
        lines.add(lambda: {"subject": subject, "verdict": verdict.value, "where": where, "reason": reason})

    return told
