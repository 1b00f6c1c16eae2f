"""Which hosts a request may go to. Asked for every request, just before anything leaves the machine."""

from collections.abc import Callable
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from botocore.loaders import Loader

from irtui.errors import UsageError

Allowed = Callable[[str], bool]
"""Takes a URL."""

_LOGIN = "signin.aws.amazon.com"
"""Where `aws login` profiles renew themselves; the one host outside the partitions' suffixes."""
_CUSTOMERS = frozenset({"elb", "execute-api", "compute", "compute-1", "elasticbeanstalk", "cloudfront"})
"""Labels under an AWS suffix behind which customers' own machines answer."""


def packaged_loader() -> Loader:
    """botocore's own data and nothing else: no AWS_DATA_PATH, no ~/.aws/models, whose models rename hosts."""
    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


@cache
def aws_suffixes() -> tuple[str, ...]:
    """DNS suffixes of all AWS partitions, from botocore's packaged data."""
    partitions = packaged_loader().load_data("partitions")["partitions"]
    outputs = [partition["outputs"] for partition in partitions]
    return tuple(sorted({value[key] for value in outputs for key in ("dnsSuffix", "dualStackDnsSuffix")}))


@cache
def region_names() -> tuple[str, ...]:
    """Names of the Regions of all AWS partitions, from botocore's packaged data."""
    partitions = packaged_loader().load_data("partitions")["partitions"]
    return tuple(sorted({name for one in partitions for name in one["regions"] if not name.endswith("-global")}))


def is_aws(url: str) -> bool:
    """An HTTPS URL of an AWS service, in whichever partition."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or parts.username or parts.port not in (None, 443):
        return False
    if host == _LOGIN or host.endswith("." + _LOGIN):
        return True
    return not _CUSTOMERS.intersection(host.split(".")) and any(host.endswith("." + end) for end in aws_suffixes())


def only(endpoint_url: str) -> Allowed:
    """Allows exactly this loopback endpoint. Raises UsageError when it is not on loopback."""
    wanted = urlsplit(endpoint_url)
    if not _loopback(wanted.hostname or ""):
        raise UsageError(
            f"A simulated AWS must be on this machine, not at {endpoint_url}",
            advice="Start a rehearsal with `irtui rehearse`; it starts its own.",
        )

    def allowed(url: str) -> bool:
        parts = urlsplit(url)
        return (parts.scheme, parts.hostname, parts.port) == (wanted.scheme, wanted.hostname, wanted.port)

    return allowed


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
