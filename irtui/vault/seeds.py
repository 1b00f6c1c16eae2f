"""What a store of signing seeds can do, and the names of the seeds.

Rules: a seed is 32 bytes. An incident's seed lives until its close, then it is destroyed, so that nobody who
takes the machine later can rewrite the incident. The operator's seed is long-lived and endorses the others.
"""

from collections.abc import Callable
from typing import Protocol

SEED_BYTES = 32
OPERATOR = "operator"


class Vault(Protocol):
    """All methods raise KeyUnavailable."""

    kind: str
    """keyring or passphrase-file; what the journal calls the key's kind."""

    def get(self, name: str) -> bytes | None:
        """The seed of that name; None when there is none."""

    def keep(self, name: str, seed: bytes) -> None: ...

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
