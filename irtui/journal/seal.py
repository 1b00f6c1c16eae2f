"""Signatures of the journal, and what keeps a rehearsal from being shown as the real thing.

Rules: Ed25519 over a domain string, a line feed and the message. Each mode has its own domain string, so a
rehearsal's signature never fits a real record. An endorsement is the operator's long-term key signing the
incident's key for one incident in one mode, under a third domain string.
"""

from collections.abc import Mapping
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from irtui.canonical import canonical

DOMAINS: Mapping[str, bytes] = {"real": b"irtui-journal-v1", "rehearsal": b"irtui-rehearsal-v1"}
THROW_AWAY = "throw-away"
"""The kind of key that rehearsals use; a real incident refuses it."""
_ENDORSEMENT = b"irtui-endorsement-v1"


class Signer(Protocol):
    kind: str
    """Where the key lives: keyring, passphrase-file, ephemeral or throw-away."""
    public: bytes
    """32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""


class Ed25519Signer:
    """A key held in memory."""

    def __init__(self, key: Ed25519PrivateKey, kind: str) -> None:
        self._key = key
        self.kind = kind
        self.public = key.public_key().public_bytes_raw()

    @classmethod
    def from_seed(cls, seed: bytes, kind: str) -> "Ed25519Signer":
        """`seed` is 32 bytes; ValueError otherwise."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed), kind)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def sealed(mode: str, message: bytes) -> bytes:
    """What is signed for a record of that mode. Raises KeyError for an unknown mode."""
    return DOMAINS[mode] + b"\n" + message


def checks(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of `message` under `public`. False for anything malformed."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def endorse(operator: Signer, *, incident: str, mode: str, public: bytes) -> dict[str, str]:
    """The operator's word for an incident key, as it stands in `open` or `join` under `key.endorsement`."""
    signature = operator.sign(_endorsed(incident, mode, public))
    return {"by": operator.public.hex(), "sig": signature.hex()}


def endorsed(endorsement: Mapping[str, str], *, incident: str, mode: str, public: bytes) -> bool:
    """Whether the endorsement fits. Raises ValueError when its members are not hex."""
    by, signature = bytes.fromhex(endorsement["by"]), bytes.fromhex(endorsement["sig"])
    return checks(by, _endorsed(incident, mode, public), signature)


def _endorsed(incident: str, mode: str, public: bytes) -> bytes:
    return _ENDORSEMENT + b"\n" + canonical({"incident": incident, "mode": mode, "public": public.hex()})
