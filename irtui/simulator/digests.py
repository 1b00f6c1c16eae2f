"""CloudTrail's signing keys and the signed digest of an hour of log files, byte for byte as AWS documents it.

String to sign, line by line: end time, bucket/key, SHA-256 of the uncompressed digest, the previous digest's signature
or `null`; RSA PKCS#1 v1.5 with SHA-256, in hexadecimal in the object's metadata. A key is made when first needed, one a
Region and a calendar year.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


@dataclass(frozen=True, slots=True)
class SigningKey:
    private: rsa.RSAPrivateKey
    der: bytes
    """The public half, PKCS#1."""
    since: datetime
    until: datetime

    @property
    def fingerprint(self) -> str:
        return hashlib.md5(self.der, usedforsecurity=False).hexdigest()

    def sign(self, text: str) -> str:
        return self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()


class SigningKeys:
    def __init__(self) -> None:
        self._keys: dict[tuple[str, int], SigningKey] = {}

    def at(self, region: str, moment: datetime) -> SigningKey:
        """The key with which that Region signs at that moment."""
        found = self._keys.get((region, moment.year))
        if found is None:
            private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            der = private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
            since, until = datetime(moment.year, 1, 1, tzinfo=UTC), datetime(moment.year + 1, 1, 1, tzinfo=UTC)
            found = self._keys[region, moment.year] = SigningKey(private, der, since, until)
        return found

    def between(self, region: str, start: datetime, end: datetime) -> list[SigningKey]:
        """Keys of that Region whose validity touches the time asked about."""
        return [
            key for (where, _), key in sorted(self._keys.items(), key=lambda item: item[0])
            if where == region and key.since <= end and start < key.until
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogFile:
    bucket: str
    key: str
    sha256: str
    """Of the uncompressed file."""
    oldest: str
    newest: str
    delivered: float


@dataclass(frozen=True, slots=True)
class Digest:
    bucket: str
    key: str
    body: bytes
    """Uncompressed."""
    signature: str

    @property
    def metadata(self) -> dict[str, str]:
        return {"x-amz-meta-signature": self.signature, "x-amz-meta-signature-algorithm": "SHA256withRSA"}


def write(
    key: SigningKey, *, account: str, bucket: str, name: str, start: datetime, end: datetime,
    files: Sequence[LogFile], previous: Digest | None,
) -> Digest:  # fmt: skip
    """The digest of the hour from `start` to `end`; `previous` None begins a chain."""
    ended = rfc(end)
    told: dict[str, Any] = {
        "awsAccountId": account,
        "digestStartTime": rfc(start),
        "digestEndTime": ended,
        "digestS3Bucket": bucket,
        "digestS3Object": name,
        "digestPublicKeyFingerprint": key.fingerprint,
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": max((file.newest for file in files), default=None),
        "oldestEventTime": min((file.oldest for file in files), default=None),
        "previousDigestS3Bucket": previous.bucket if previous else None,
        "previousDigestS3Object": previous.key if previous else None,
        "previousDigestHashValue": hashlib.sha256(previous.body).hexdigest() if previous else None,
        "previousDigestHashAlgorithm": "SHA-256" if previous else None,
        "previousDigestSignature": previous.signature if previous else None,
        "logFiles": [_entry(file) for file in files],
    }
    body = json.dumps(told, separators=(",", ":")).encode()
    before = previous.signature if previous else "null"
    text = f"{ended}\n{bucket}/{name}\n{hashlib.sha256(body).hexdigest()}\n{before}"
    return Digest(bucket, name, body, key.sign(text))


def _entry(file: LogFile) -> Mapping[str, str]:
    return {
        "s3Bucket": file.bucket,
        "s3Object": file.key,
        "hashValue": file.sha256,
        "hashAlgorithm": "SHA-256",
        "newestEventTime": file.newest,
        "oldestEventTime": file.oldest,
    }


def rfc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
