"""Opens a door for commands that only read, outside any incident. boto3 is loaded when one is opened, not before."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from irtui.clock import Clock

if TYPE_CHECKING:
    from irtui.aws.boto_door import BotoDoor


def reading_door(
    *, profile: str, region: str, endpoint_url: str, environ: Mapping[str, str], clock: Clock,
    ask_secret: Callable[[str], str | None],
) -> "BotoDoor":  # fmt: skip
    """To AWS, or to what stands in for it at `endpoint_url` on this machine.

    Raises UsageError, SettingsError, CredentialsError.
    """
    if endpoint_url:
        from irtui.aws.loopback import open_loopback

        return open_loopback(
            endpoint_url=endpoint_url, profile=profile, region=region or "us-east-1", environ=environ, clock=clock
        )
    from irtui.aws.live import open_live

    return open_live(profile=profile, region=region, environ=environ, ask_secret=ask_secret, clock=clock)
