"""One digest: read strictly, its signature checked against CloudTrail's public keys.

String to sign, line by line: end time, bucket/key, SHA-256 of the inflated digest, the previous digest's signature or
`null`; RSA PKCS#1 v1.5 with SHA-256; the key is chosen by the fingerprint in the digest.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from irtui.trail.validate.keys import PublicKey
from irtui.trail.validate.store import Flawed

ALGORITHM = "SHA256withRSA"


@dataclass(frozen=True, slots=True)
class Previous:
    bucket: str
    key: str
    sha256: str
    signature: str


@dataclass(frozen=True, slots=True)
class Named:
    """A log file as its digest names it."""

    bucket: str
    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Digest:
    bucket: str
    key: str
    start: datetime
    end: datetime
    fingerprint: str
    sha256: str
    """Of the inflated digest itself."""
    previous: Previous | None
    """None: the chain begins here."""
    logs: tuple[Named, ...]
    unreadable_logs: int
    signed_text: bytes

    @property
    def where(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def read_digest(body: bytes) -> Digest:
    """Raises Flawed."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Flawed("format", "it is not JSON") from None
    if not isinstance(told, dict):
        raise Flawed("format", "it is not a JSON object")
    bucket, key = _text(told, "digestS3Bucket"), _text(told, "digestS3Object")
    start, end = _time(told, "digestStartTime"), _time(told, "digestEndTime")
    if not start < end:
        raise Flawed("format", "it ends before it begins")
    sha = hashlib.sha256(body).hexdigest()
    signature = told.get("previousDigestSignature", "")
    if signature is not None and not (isinstance(signature, str) and signature):
        raise Flawed("format", "previousDigestSignature is neither a text nor null")
    lines = (str(told["digestEndTime"]), f"{bucket}/{key}", sha, "null" if signature is None else signature)
    logs = told.get("logFiles")
    if logs is not None and not isinstance(logs, list):
        raise Flawed("format", "logFiles is not a list")
    named = [log for entry in logs or () if (log := _named(entry)) is not None]
    return Digest(
        bucket, key, start, end, _text(told, "digestPublicKeyFingerprint"), sha, _previous(told, signature),
        tuple(named), len(logs or ()) - len(named), "\n".join(lines).encode("utf-8", "surrogatepass"),
    )  # fmt: skip


def _previous(told: Mapping[str, Any], signature: str | None) -> Previous | None:
    bucket, key = told.get("previousDigestS3Bucket"), told.get("previousDigestS3Object")
    if bucket is None or key is None:
        return None
    if not isinstance(bucket, str) or not isinstance(key, str):
        raise Flawed("format", "the place of the previous digest is not a text")
    sha = told.get("previousDigestHashValue")
    return Previous(bucket, key, sha.lower() if isinstance(sha, str) else "", (signature or "").lower())


def _named(entry: Any) -> Named | None:
    """None: not what CloudTrail writes."""
    if not isinstance(entry, dict):
        return None
    bucket, key, sha = entry.get("s3Bucket"), entry.get("s3Object"), entry.get("hashValue")
    if not (isinstance(bucket, str) and isinstance(key, str) and isinstance(sha, str) and bucket and key):
        return None
    if entry.get("hashAlgorithm", "SHA-256") != "SHA-256":
        return None
    return Named(bucket, key, sha.lower())


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise Flawed("format", f"{name} is missing or not a text")
    return value


def _time(told: Mapping[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(_text(told, name))
    except ValueError:
        raise Flawed("format", f"{name} is not a time") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def check_signature(digest: Digest, signatures: Sequence[str], find: Callable[[str], PublicKey | None]) -> str:
    """The signature, of those offered, that CloudTrail's key made for this digest. Raises Flawed."""
    key = find(digest.fingerprint)
    if key is None:
        raise Flawed("public key", f"CloudTrail has no public key with fingerprint {digest.fingerprint}")
    for signature in signatures:
        try:
            key.verify(bytes.fromhex(signature), digest.signed_text, padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, InvalidSignature):
            continue
        return signature.lower()
    raise Flawed("signature", "signature verification failed")
