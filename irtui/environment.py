"""What the process environment may not decide: where calls go, what code is loaded, who presses a key.

Rules: `neutralised` returns a copy without such variables and the names it took out, so that the caller can say
so. The launcher removes the same names from `os.environ` before anything else is imported, because botocore,
Textual and keyring read it themselves. A proxy or a CA bundle is used only under irtui's own two names.
"""

from collections.abc import Mapping

PROXY = "IRTUI_PROXY"
"""URL of an HTTPS proxy to reach AWS through; set on purpose, for irtui alone."""
CA_BUNDLE = "IRTUI_CA_BUNDLE"
"""File of CA certificates to trust instead of botocore's own; set on purpose, for irtui alone."""

_PREFIXES = (
    "TEXTUAL_",  # TEXTUAL_PRESS presses keys, TEXTUAL_DRIVER imports a module
    "AWS_ENDPOINT_URL",  # and AWS_ENDPOINT_URL_<SERVICE>
    "AWS_CSM_",  # sends every call's name to a host of its choice
    "BOTOCORE_EXPERIMENTAL__",  # __PLUGINS imports modules into every client
    "BOTO_EXPERIMENTAL__",
)
_NAMES = frozenset(
    {
        "PYTHON_KEYRING_BACKEND", "KEYRING_PROPERTY_KEYRING",
        "AWS_DATA_PATH", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "BOTO_CONFIG",
        "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "FTP_PROXY", "WS_PROXY", "WSS_PROXY",
    }
)  # fmt: skip


def neutralised(environ: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """`environ` without what could redirect or steer a run, and the removed names in order."""
    removed = tuple(sorted(name for name in environ if _steers(name)))
    return {name: value for name, value in environ.items() if name not in removed}, removed


def _steers(name: str) -> bool:
    upper = name.upper()  # proxies are read in both cases
    return upper in _NAMES or upper.startswith(_PREFIXES)
