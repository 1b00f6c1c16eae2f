"""Which of keyring's backends may hold a signing key.

Rules: only the classes listed here, made directly. `keyring.get_keyring` is never asked, so neither
PYTHON_KEYRING_BACKEND, keyringrc.cfg nor an installed plug-in can put another class in between, and there is
no chainer to look into. KEYRING_PROPERTY_* variables are not applied either.
"""

import importlib
from typing import Any, NamedTuple

from irtui.errors import KeyUnavailable


class Allowed(NamedTuple):
    module: str
    name: str
    title: str


ALLOWED = (
    Allowed("keyring.backends.macOS", "Keyring", "macOS Keychain"),
    Allowed("keyring.backends.Windows", "WinVaultKeyring", "Windows Credential Manager"),
    Allowed("keyring.backends.SecretService", "Keyring", "Secret Service"),
    Allowed("keyring.backends.libsecret", "Keyring", "libsecret"),
    Allowed("keyring.backends.kwallet", "DBusKeyring", "KWallet"),
)


class Backend(NamedTuple):
    title: str
    keyring: Any
    """A `keyring.backend.KeyringBackend`."""


def find_backend() -> Backend:
    """The first allowed backend that this machine has. May hang on a bus that does not answer. Raises
    KeyUnavailable with every backend's reason."""
    reasons = []
    for allowed in ALLOWED:
        try:
            found = getattr(importlib.import_module(allowed.module), allowed.name)
            if found.priority > 0:
                return Backend(allowed.title, _bare(found))
            reasons.append(f"{allowed.title}: not for this machine")
        except Exception as fault:  # a backend's library may raise anything where it does not fit
            reasons.append(f"{allowed.title}: {fault}")
    raise KeyUnavailable(
        "This machine offers no keyring that may hold a signing key. " + "; ".join(reasons),
        advice="Start a keyring (gnome-keyring, KWallet), or choose --key passphrase-file or --key ephemeral.",
    )


def _bare(found: Any) -> Any:
    """An instance to which the environment has set no property."""
    bare = type(found.__name__, (found,), {"set_properties_from_env": lambda self: None})
    return bare()
