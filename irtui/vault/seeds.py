"""What a vault can do, and the names of the seeds in it.

Rules: a seed is 32 bytes. An incident's seed lives until its close, then it is destroyed, so that nobody who
takes the machine later can rewrite the incident. The operator's seed is long-lived and endorses the others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

SEED_BYTES = 32
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Content:
    """What a vault holds. Seeds and issued secrets never share one: neither passes for the other."""

    form: str
    """Of the passphrase file."""
    word: str
    """For people."""
    shortest: int
    longest: int
    """Bytes."""

    def fits(self, value: bytes) -> bool:
        return self.shortest <= len(value) <= self.longest


SEEDS = Content("irtui-seeds-v1", "a seed", SEED_BYTES, SEED_BYTES)


class Vault(Protocol):
    """All methods raise KeyUnavailable."""

    kind: str
    """keyring or passphrase-file; what the journal calls the key's kind."""

    def get(self, name: str) -> bytes | None:
        """What is kept under that name; None when there is nothing."""

    def keep(self, name: str, value: bytes) -> None: ...

    def destroy(self, name: str) -> None:
        """Removes it and looks that it is gone; content when there is none."""


def incident_name(incident: str) -> str:
    """The name under which an incident's seed is kept."""
    return f"incident/{incident}"


def seed(vault: Vault, name: str, randomness: Callable[[int], bytes]) -> bytes:
    """The seed of that name, made on first need. Raises KeyUnavailable."""
    found = vault.get(name)
    if found is None:
        found = randomness(SEED_BYTES)
        vault.keep(name, found)
    return found


def operator_seed(vault: Vault, randomness: Callable[[int], bytes]) -> bytes:
    """The operator's long-term seed, made on first need. Raises KeyUnavailable."""
    return seed(vault, OPERATOR, randomness)
