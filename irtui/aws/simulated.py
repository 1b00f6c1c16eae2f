"""Opens the door to a simulated AWS on this machine. Nothing of the operator's own profile takes part."""

import os

from botocore.config import Config
from botocore.session import Session

from irtui.aws.boto_door import BotoDoor
from irtui.aws.door import Door
from irtui.aws.hosts import only
from irtui.aws.session import hardened
from irtui.clock import Clock


def open_simulated(
    *,
    endpoint_url: str,
    access_key_id: str,
    secret_access_key: str,
    session_token: str | None,
    region: str,
    clock: Clock,
) -> Door:
    """A door that can reach `endpoint_url` and nothing else. Raises UsageError when that is not on loopback."""
    allowed = only(endpoint_url)

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
        session = blank()
        session.set_credentials(access_key_id, secret_access_key, session_token or None)
        return session

    return BotoDoor(
        mode="rehearsal",
        region=region,
        caller=caller,
        blank=blank,
        allowed=allowed,
        clock=clock,
        endpoint_url=endpoint_url,
    )
