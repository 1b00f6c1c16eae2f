"""Secrets that AWS told once, when it made a credential: kept until somebody has handed them out.

Rules: an issued secret lies in the same kind of vault as the key that signs, and never in the same place as seeds.
Whether it can be kept is tried with a canary before AWS is asked to make one. No error holds a secret, in any form.
"""

from collections.abc import Callable

from irtui.errors import KeyUnavailable
from irtui.vault.seeds import Content, Vault

SECRETS = Content("irtui-secrets-v1", "a secret", 1, 256)
"""AWS names no length for a secret access key (40 characters today): what is longer than 256 bytes is none."""
_CANARY = "issued/canary"
_TITLE = "No vault for the secret"


class Issued:
    """Opened on first need. All methods raise KeyUnavailable."""

    def __init__(self, opened: Callable[[], Vault], randomness: Callable[[int], bytes]) -> None:
        self._open = opened
        self._randomness = randomness
        self._vault: Vault | None = None

    def ready(self) -> None:
        """Keeps, reads and removes a value that nobody needs."""
        value = self._randomness(32)
        vault = self._opened()
        vault.keep(_CANARY, value)
        found = vault.get(_CANARY)
        vault.destroy(_CANARY)
        if found != value:
            raise KeyUnavailable("The vault gave back something else than was kept.", title=_TITLE)

    def keep(self, name: str, secret: str) -> None:
        """Under the id of its credential, in place of an earlier one. A vault's own words may repeat what it was
        given, so they are not told."""
        try:
            value, kept = secret.encode("utf-8"), False
            if SECRETS.fits(value):  # else a file would be refused whole from then on
                vault = self._opened()
                vault.keep(_name(name), value)
                kept = vault.get(_name(name)) == value
        except Exception:  # the backends' libraries have no common root of errors
            kept = False
        if not kept:
            raise KeyUnavailable(f"The vault did not keep the secret of {name}.", title=_TITLE) from None

    def get(self, name: str) -> str | None:
        """None: there is none of that credential."""
        found = self._opened().get(_name(name))
        return None if found is None else found.decode("utf-8")

    def forget(self, name: str) -> bool:
        """Removes it and looks that it is gone. False: there was none."""
        vault = self._opened()
        there = vault.get(_name(name)) is not None
        vault.destroy(_name(name))
        return there

    def _opened(self) -> Vault:
        if self._vault is None:
            self._vault = self._open()
        return self._vault


class ThrowAway:
    """A `Vault` of one sitting: what a rehearsal issued opens nothing, and goes with the process."""

    kind = "throw-away"

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self._values.get(name)

    def keep(self, name: str, value: bytes) -> None:
        self._values[name] = value

    def destroy(self, name: str) -> None:
        self._values.pop(name, None)


def _name(credential: str) -> str:
    return f"issued/{credential}"
