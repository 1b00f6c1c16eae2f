"""Opens the door to an emulator of AWS on this machine that the operator named, with credentials from their profile.

Rules: only the environment and the profile's files are looked through for credentials; nothing is asked of STS, SSO or
a metadata service, because no request may go anywhere else.
"""

from collections.abc import Mapping
from typing import Any

from botocore.credentials import CredentialResolver, create_credential_resolver
from botocore.exceptions import BotoCoreError

from irtui.aws.boto_door import BotoDoor
from irtui.aws.hosts import only
from irtui.aws.session import hardened
from irtui.aws.simulated import SignedIn, bound
from irtui.clock import Clock
from irtui.errors import CredentialsError

_STATIC = ("env", "shared-credentials-file", "config-file")


def open_loopback(
    *, endpoint_url: str, profile: str, region: str, environ: Mapping[str, str], clock: Clock
) -> BotoDoor:
    """Raises UsageError when the endpoint is not on loopback, CredentialsError without credentials."""
    allowed = only(endpoint_url)
    blank, caller = bound(lambda: _signed_in(profile, environ))
    door = BotoDoor(
        mode="rehearsal", region=region, caller=caller, blank=blank, allowed=allowed, clock=clock,
        endpoint_url=endpoint_url, numbered=False,
    )  # fmt: skip
    if not door.has_credentials():
        raise CredentialsError("No credentials", advice="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    return door


def _signed_in(profile: str, environ: Mapping[str, str]) -> SignedIn:
    try:
        session = hardened(environ, profile)
        chain: Any = create_credential_resolver(session)
        static = CredentialResolver([one for one in chain.providers if one.METHOD in _STATIC])
        found = static.load_credentials()
    except BotoCoreError as error:
        raise CredentialsError(str(error), advice="Correct the file ~/.aws/config, or choose another.") from None
    if found is None:
        raise CredentialsError(
            "Neither the environment nor the profile has access keys",
            advice="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a --profile.",
        )
    keys = found.get_frozen_credentials()
    return SignedIn(str(keys.access_key), str(keys.secret_key), str(keys.token or ""))
