"""Opens the door to the real AWS with the operator's ordinary credentials."""

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound
from botocore.session import Session

from irtui.aws import faults
from irtui.aws.boto_door import BotoDoor
from irtui.aws.hosts import is_aws
from irtui.aws.session import AskSecret, hardened, renewal, use_operators_chain
from irtui.aws.wire import Transport
from irtui.clock import Clock
from irtui.errors import AwsFault, CredentialsError, IrtuiError, SettingsError


def open_live(
    *,
    profile: str,
    region: str,
    environ: Mapping[str, str],
    ask_secret: AskSecret,
    clock: Clock,
    transport: Transport | None = None,
) -> BotoDoor:
    """A door for `profile` (empty: whatever botocore's chain finds) in `region` (empty: AWS_REGION, which botocore does
    not read, or the profile's).

    Rules: `environ` is the process environment after `irtui.environment.neutralised`; botocore reads the rest of
    it by itself. Credentials are looked up here, so an MFA code may be asked for. Raises CredentialsError for a
    missing profile and for credentials that cannot be had, SettingsError when no Region is known.
    """
    try:
        base = hardened(environ, profile)
        base.get_scoped_config()
        chosen = region or environ.get("AWS_REGION") or base.get_config_variable("region") or ""
        renew = renewal(base, profile, environ)
    except ProfileNotFound as error:
        raise _no_profile(str(error)) from None
    except BotoCoreError as error:
        raise CredentialsError(
            str(error), advice="Correct the file ~/.aws/config, or choose another profile."
        ) from None
    if not chosen:
        raise SettingsError(
            "No Region is set",
            advice="Set AWS_REGION or a region in the profile; `irtui run` takes --region. For IAM any will do.",
        )

    def caller() -> Session:
        session = hardened(environ, profile)
        session.set_config_variable("region", chosen)
        use_operators_chain(session, ask_secret)
        return session

    def blank() -> Session:
        return hardened(environ, profile)

    door = BotoDoor(
        mode="real",
        region=chosen,
        caller=caller,
        blank=blank,
        allowed=is_aws,
        clock=clock,
        renew=renew,
        transport=transport,
    )
    try:
        found = door.has_credentials()
    except (BotoCoreError, ClientError, AwsFault, RuntimeError) as error:
        raise _no_credentials(faults.fault(error, "credentials", renew=renew)) from None
    if not found:
        raise CredentialsError(
            "botocore's chain found no credentials",
            advice="Choose a profile with --profile, or sign in first (aws sso login, aws configure).",
        )
    return door


def _no_credentials(fault: IrtuiError) -> CredentialsError:
    if isinstance(fault, AwsFault) and fault.kind == "expired":
        return CredentialsError(fault.message, title="The AWS session has ended", advice=fault.advice)
    return CredentialsError(str(fault), advice=fault.advice)


def _no_profile(message: str) -> CredentialsError:
    session = Session()
    session.get_component("config_store").set_config_variable("profile", None)
    known = ", ".join(session.available_profiles[:12])
    advice = f"Profiles here: {known}." if known else "There is no profile in ~/.aws/config yet: aws configure sso."
    return CredentialsError(message, title="No such profile", advice=advice)
