"""Opens the door to a simulated AWS on this machine. Nothing of the operator's own profile takes part."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.credentials import Credentials
from botocore.session import Session

from irtui.aws.boto_door import BotoDoor
from irtui.aws.door import Door
from irtui.aws.hosts import only
from irtui.aws.session import hardened
from irtui.clock import Clock


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What signing in gave."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)
    expires: datetime | None = None


def open_simulated(*, endpoint_url: str, sign_in: Callable[[], SignedIn], region: str, clock: Clock) -> Door:
    """A door that can reach `endpoint_url` and nothing else. Raises UsageError when that is not on loopback.

    `sign_in` is asked at the first call, and again after AWS said that the session has ended: like a profile that
    somebody renewed, it is found at the next try.
    """
    allowed = only(endpoint_url)
    blank, caller = bound(sign_in)
    return BotoDoor(
        mode="rehearsal",
        region=region,
        caller=caller,
        blank=blank,
        allowed=allowed,
        clock=clock,
        endpoint_url=endpoint_url,
    )


def bound(sign_in: Callable[[], SignedIn]) -> tuple[Callable[[], Session], Callable[[], Session]]:
    """Makers of sessions without and with credentials, that know one host and nothing of the operator's files."""

    def blank() -> Session:
        session = hardened({})
        session.set_config_variable("config_file", os.devnull)
        session.set_config_variable("credentials_file", os.devnull)
        session.get_component("config_store").set_config_variable("profile", None)  # nor AWS_PROFILE
        one_host = Config(
            inject_host_prefix=False,
            s3={"addressing_style": "path"},
            use_fips_endpoint=False,
            use_dualstack_endpoint=False,
        )
        session.set_default_client_config(session.get_default_client_config().merge(one_host))
        return session

    def caller() -> Session:
        session: Any = blank()  # the public setter takes no end of the session
        signed = sign_in()
        credentials: Any = Credentials(signed.access_key_id, signed.secret_access_key, signed.session_token or None)
        credentials._expiry_time = signed.expires
        session._credentials = credentials
        return session  # type: ignore[no-any-return]

    return blank, caller
