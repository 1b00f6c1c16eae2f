"""botocore sessions that go nowhere but to AWS: packaged models, no configured endpoints, no borrowed proxy.

Every client that botocore makes by itself to fetch credentials (SSO, AssumeRole) inherits the same settings.
"""

import shlex
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.credentials import RefreshableCredentials, create_credential_resolver
from botocore.session import Session
from botocore.utils import JSONFileCache

from irtui.aws.hosts import packaged_loader
from irtui.environment import CA_BUNDLE, PROXY
from irtui.errors import Declined, Denied
from irtui.model.identity import Identity
from irtui.model.runbook import SessionSpec

READ_ATTEMPTS = 5
CONNECT_SECONDS = 5
READ_SECONDS = 20
CLI_CACHE = "~/.aws/cli/cache"
"""Where the aws command line keeps sessions, so that an MFA code given there is not asked for again here."""

AskSecret = Callable[[str], str | None]


def config(attempts: int) -> Config:
    """Settings of a client that sends each request at most `attempts` times."""
    return Config(retries={"total_max_attempts": attempts, "mode": "standard"})


def hardened(environ: Mapping[str, str], profile: str = "") -> Session:
    """A session without credentials of its own yet; `profile` empty leaves the choice to botocore's chain."""
    session = Session(profile=profile or None)
    session.register_component("data_loader", packaged_loader())
    session.set_config_variable("ignore_configured_endpoint_urls", True)
    session.set_config_variable("ca_bundle", environ.get(CA_BUNDLE) or True)
    proxy = environ.get(PROXY)
    settings: dict[str, Any] = {
        "ignore_configured_endpoint_urls": True,
        "proxies": {"https": proxy} if proxy else {},  # empty, unlike None, keeps botocore from looking for one
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": READ_SECONDS,
    }
    session.set_default_client_config(Config(**settings).merge(config(READ_ATTEMPTS)))
    return session


def use_operators_chain(session: Session, ask_secret: AskSecret) -> None:
    """botocore's own chain of credentials, with the aws command line's cache and our prompt for MFA codes."""

    def prompt(text: str) -> str:
        code = ask_secret(text)
        if not code:
            raise Declined(
                "No MFA code was given", advice="Try again with the code of your device, or use another profile."
            )
        return code

    cache: Any = JSONFileCache(str(Path(CLI_CACHE).expanduser()))
    resolver = create_credential_resolver(session, cache=cache)
    # botocore would ask through getpass in the middle of the screen; there is no public way to replace that.
    provider: Any = resolver.get_provider("assume-role")
    provider._prompter = prompt
    session.register_component("credential_provider", resolver)


def use_derived(session: Session, fetch: Callable[[], Mapping[str, Any]], now: Callable[[], datetime]) -> None:
    """Credentials that `fetch` gets from STS, fetched anew two minutes before they end by AWS's time, `now`."""

    def metadata() -> dict[str, str]:
        credentials = fetch()
        return {
            "access_key": credentials["AccessKeyId"],
            "secret_key": credentials["SecretAccessKey"],
            "token": credentials["SessionToken"],
            "expiry_time": credentials["Expiration"].isoformat(),
        }

    own: Any = session  # the public setter takes only credentials that never change
    first = metadata()
    own._credentials = RefreshableCredentials(
        first["access_key"], first["secret_key"], first["token"], datetime.fromisoformat(first["expiry_time"]),
        refresh_using=metadata, method="sts", time_fetcher=now, advisory_timeout=120, mandatory_timeout=60,
    )  # fmt: skip


def refuse_root(spec: SessionSpec, who: Identity) -> None:
    """Raises Denied for what AssumeRoot never does: for a root user, and for the account that asks (STS API)."""
    if not spec.assume_root:
        return
    if who.kind == "root":
        raise Denied(
            "AssumeRoot cannot be called by a root user, and you are one.",
            advice="Sign in to the management account with a role for incidents, and open the incident again.",
        )
    if who.account in (spec.assume_root, spec.assume_root.partition("::")[2].partition(":")[0]):
        raise Denied(
            f"{who.account} is your own account: AssumeRoot reaches only members of the organization.",
            advice="The root user of this account is reset by hand, in the console.",
        )


def assume_request(spec: SessionSpec, caller_name: str, partition: str) -> tuple[str, dict[str, Any]]:
    """The STS operation and parameters that open the session `spec`. `partition`: the caller's, as in its ARN."""
    if spec.assume_root:
        task = spec.task if spec.task.startswith("arn:") else f"arn:{partition}:iam::aws:policy/root-task/{spec.task}"
        return "AssumeRoot", {
            "TargetPrincipal": spec.assume_root,
            "TaskPolicyArn": {"arn": task},
            "DurationSeconds": 900,  # the most that AWS gives
        }
    return "AssumeRole", {"RoleArn": spec.role, "RoleSessionName": caller_name, "DurationSeconds": 3600}


def renewal(session: Session, profile: str, environ: Mapping[str, str]) -> str:
    """What the operator types to get fresh credentials; empty when nothing is known of them."""
    if not profile and environ.get("AWS_ACCESS_KEY_ID"):
        return (
            "The credentials come from environment variables. Leave, export fresh ones, and run `irtui resume`; "
            "nothing is lost."
        )
    profiles = session.full_config.get("profiles", {})
    name = profile or environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"
    for _ in range(10):  # role chains; a loop in the file ends here
        section = profiles.get(name, {})
        quoted = shlex.quote(name)
        if "sso_session" in section or "sso_start_url" in section:
            return f"Run `aws sso login --profile {quoted}` in another terminal, then try again; nothing is lost."
        if "login_session" in section:
            return f"Run `aws login --profile {quoted}` in another terminal, then try again; nothing is lost."
        if "credential_process" in section:
            return (
                f"Sign in again where the credential_process of profile {quoted} takes its credentials, then try again."
            )
        if not section.get("source_profile") or section["source_profile"] == name:
            break
        name = section["source_profile"]
    return (
        f"Put fresh credentials into profile {shlex.quote(name)}, then try again; nothing is lost." if profiles else ""
    )
