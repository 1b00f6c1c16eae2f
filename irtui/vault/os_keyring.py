"""Seeds, or issued secrets, in the operating system's keyring.

Rules: a keyring is usable when a canary could be set, read back and deleted within the time given; that it
can be imported proves nothing. Every call runs in a thread of its own with a timeout, because a locked
keyring may wait for a prompt that nobody sees. Everything is kept as hex characters.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from irtui.errors import KeyUnavailable
from irtui.vault.backends import Backend, find_backend
from irtui.vault.seeds import SEEDS, Content

SERVICE = "irtui"
PROBE_SECONDS = 2.0
_CANARY = "canary"
_ADVICE = "Unlock the keyring and try again, or choose --key passphrase-file or --key ephemeral."


@dataclass(frozen=True, slots=True)
class Probe:
    """What a look at the keyring found."""

    available: bool
    backend: str
    """For people: Secret Service, macOS Keychain …; empty when none fits."""
    why: str = ""
    """Why it is not available, one sentence."""
    advice: str = ""


class OsKeyring:
    """A `Vault` on an allowed backend that answered the canary. Made by `open_keyring`."""

    kind = "keyring"

    def __init__(self, backend: Backend, seconds: float, content: Content = SEEDS) -> None:
        self._backend = backend
        self._seconds = seconds
        self._content = content

    @property
    def title(self) -> str:
        return self._backend.title

    def get(self, name: str) -> bytes | None:
        text = self._ask(lambda keyring: keyring.get_password(SERVICE, name))
        if text is None:
            return None
        try:
            value = bytes.fromhex(text)
        except (ValueError, TypeError):
            value = b""
        if not self._content.fits(value):
            raise KeyUnavailable(f"What {self.title} holds as {name} is not {self._content.word}.", advice=_ADVICE)
        return value

    def keep(self, name: str, value: bytes) -> None:
        self._ask(lambda keyring: keyring.set_password(SERVICE, name, value.hex()))
        if self.get(name) != value:
            raise KeyUnavailable(f"{self.title} did not keep {name}.", advice=_ADVICE)

    def destroy(self, name: str) -> None:
        if self.get(name) is not None:
            self._ask(lambda keyring: keyring.delete_password(SERVICE, name))
        if self.get(name) is not None:
            raise KeyUnavailable(f"{self.title} still holds {name}.", advice=f"Delete {name} of {SERVICE} by hand.")

    def canary(self, value: str) -> None:
        """Sets, reads and deletes a value that nobody needs. Raises KeyUnavailable."""
        self._ask(lambda keyring: _canary(keyring, value))

    def _ask(self, what: Callable[[Any], Any]) -> Any:
        return _within(self._seconds, self.title, lambda: what(self._backend.keyring))


def open_keyring(
    randomness: Callable[[int], bytes], *, seconds: float = PROBE_SECONDS, content: Content = SEEDS
) -> OsKeyring:
    """The machine's keyring, tried with a canary; each step and each later call may take `seconds`. Raises
    KeyUnavailable."""
    keyring = OsKeyring(_within(seconds, "The keyring", find_backend), seconds, content)
    keyring.canary(randomness(16).hex())
    return keyring


def probe(randomness: Callable[[int], bytes], *, seconds: float = PROBE_SECONDS) -> Probe:
    """Whether `open_keyring` would work; never raises."""
    try:
        return Probe(True, open_keyring(randomness, seconds=seconds).title)
    except KeyUnavailable as error:
        return Probe(False, "", error.message, error.advice)


def _canary(keyring: Any, value: str) -> None:
    keyring.set_password(SERVICE, _CANARY, value)
    found = keyring.get_password(SERVICE, _CANARY)
    keyring.delete_password(SERVICE, _CANARY)
    if found != value:
        raise KeyUnavailable("The keyring gave back something else than was kept.", advice=_ADVICE)


def _within(seconds: float, who: str, work: Callable[[], Any]) -> Any:
    """The result of `work`, run in a thread that is left behind when it takes longer. Raises KeyUnavailable."""
    results: list[Any] = []
    faults: list[Exception] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as fault:  # the backends' libraries have no common root of errors
            faults.append(fault)

    thread = threading.Thread(target=run, daemon=True, name="keyring")
    thread.start()
    thread.join(seconds)
    if faults:
        fault = faults[0]
        if isinstance(fault, KeyUnavailable):
            raise fault
        raise KeyUnavailable(f"{who} refused: {fault or type(fault).__name__}", advice=_ADVICE) from fault
    if not results:
        raise KeyUnavailable(f"{who} did not answer within {seconds:g} s; it may be locked.", advice=_ADVICE)
    return results[0]
