"""CloudTrail's public keys: a Region's own, by fingerprint; from ListPublicKeys or from a file.

The file is what `aws cloudtrail list-public-keys` prints (`{"PublicKeyList": [{"Value": base64, "Fingerprint": …}]}`),
or several of them in a list or as `{"<Region>": …}`; keys of all Regions are looked through alike.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from irtui.errors import SettingsError

PublicKey = RSAPublicKey
Fetch = Callable[[str, datetime, datetime], Iterable[Mapping[str, Any]]]
"""Entries of a Region's ListPublicKeys between two times, every page. Raises store.Unreachable."""
SIZE = 16 << 20
_HEAD = bytes.fromhex("300d06092a864886f70d0101010500")
"""AlgorithmIdentifier of an RSA key."""


class Keys:
    """Keys seen so far."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[str, dict[str, PublicKey]] = {}

    def load(self, region: str, since: datetime, until: datetime) -> None:
        """Raises Unreachable."""
        known = self._known.setdefault(region, {})
        for entry in self._fetch(region, since, until):
            value, fingerprint = entry.get("Value"), entry.get("Fingerprint")
            if isinstance(fingerprint, str) and (key := public_key(value)) is not None:
                known[fingerprint] = key

    def loaded(self, region: str) -> bool:
        return bool(self._known.get(region))

    def find(self, region: str, fingerprint: str) -> PublicKey | None:
        return self._known.get(region, {}).get(fingerprint)


def public_key(value: object) -> PublicKey | None:
    """An RSA key in PKCS#1 DER, plain or in base64. None: it is none."""
    try:
        der = value if isinstance(value, bytes) else base64.b64decode(str(value), validate=True)
        bits = _wrapped(0x03, b"\x00" + der)
        key = load_der_public_key(_wrapped(0x30, _HEAD + bits))
    except (ValueError, TypeError):
        return None
    return key if isinstance(key, RSAPublicKey) else None


def _wrapped(tag: int, inner: bytes) -> bytes:
    length = len(inner)
    if length < 0x80:
        return bytes((tag, length)) + inner
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(size))) + size + inner


def from_file(text: str) -> Fetch:
    """Raises SettingsError when there is no key in it."""
    try:
        entries = list(_entries(json.loads(text)))
    except (ValueError, RecursionError):
        entries = []
    if not any(public_key(entry.get("Value")) for entry in entries):
        raise SettingsError(
            "The file of public keys holds none",
            advice="Make it with: aws cloudtrail list-public-keys --start-time … --end-time … --region … > FILE",
        )
    return lambda region, since, until: entries


def _entries(told: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(told, list):
        for item in told:
            yield from _entries(item)
    elif isinstance(told, dict):
        if isinstance(told.get("Fingerprint"), str):
            yield told
        else:
            for item in told.values():
                yield from _entries(item)
