"""Opens a door for commands that only read, outside any incident. boto3 is loaded when one is opened, not before."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING

from irtui.clock import Clock
from irtui.model.call import Call
from irtui.model.outcome import Reply

if TYPE_CHECKING:
    from irtui.aws.boto_door import BotoDoor
    from irtui.aws.door import Objects
    from irtui.aws.found import Found
    from irtui.aws.lean import Plain

Check = Callable[[], None]
"""Called before a request; what it raises ends the reading."""


def unwatched() -> None:
    """Nobody but ctrl-c stops it."""


class ReadingDoor:
    """The reading half of a door."""

    def __init__(self, door: "BotoDoor", check: Check) -> None:
        self._door, self._check = door, check

    @property
    def region(self) -> str:
        return self._door.region

    @property
    def ahead(self) -> timedelta:
        """How far AWS's clock is ahead of ours."""
        return self._door.ahead

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        """Raises AwsFault, SimulatorGap."""
        self._check()
        return self._door.read(call, pages=pages)

    def objects(self) -> "Objects":
        return _Listed(self._door.objects(), self._check)


class _Listed:
    """Looks whether it is still wanted at each key that is listed; what is being fetched is fetched."""

    def __init__(self, objects: "Objects", check: Check) -> None:
        self._objects, self._check = objects, check

    def keys(self, bucket: str, prefix: str, after: str = "") -> Iterator[str]:
        for key in self._objects.keys(bucket, prefix, after):
            self._check()
            yield key

    def folders(self, bucket: str, prefix: str) -> list[str]:
        self._check()
        return self._objects.folders(bucket, prefix)

    def get(self, bucket: str, key: str) -> "AbstractContextManager[Found]":
        return self._objects.get(bucket, key)

    def plain(self, bucket: str) -> "Plain | None":
        return self._objects.plain(bucket)

    def close(self) -> None:
        self._objects.close()


def reading_door(
    *, profile: str, region: str, endpoint_url: str, environ: Mapping[str, str], clock: Clock,
    ask_secret: Callable[[str], str | None], check: Check = unwatched,
) -> ReadingDoor:  # fmt: skip
    """To AWS, or to what stands in for it at `endpoint_url` on this machine.

    Raises UsageError, SettingsError, CredentialsError.
    """
    if endpoint_url:
        from irtui.aws.loopback import open_loopback

        door = open_loopback(
            endpoint_url=endpoint_url, profile=profile, region=region or "us-east-1", environ=environ, clock=clock
        )
        return ReadingDoor(door, check)
    from irtui.aws.live import open_live

    live = open_live(profile=profile, region=region, environ=environ, ask_secret=ask_secret, clock=clock)
    return ReadingDoor(live, check)
