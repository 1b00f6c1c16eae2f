"""A signed trail for the bench and for tests: digests and log files as CloudTrail names, chains and signs them.

Rules: everything follows from the seed but the signing key. Log files share a few bodies, since hashing and inflating
cost the same for a copy; their keys are all different.
"""

import base64
import gzip
import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ACCOUNT, REGION, BUCKET, NAME = "111122223333", "us-east-1", "trail-of-the-bench", "main"
ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{NAME}"
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Body:
    packed: bytes
    sha256: str


@dataclass(slots=True)
class SignedTrail:
    """Objects by key, each with its metadata; `add` goes on with the chain: that of one account in one Region."""

    bucket: str = BUCKET
    account: str = ACCOUNT
    region: str = REGION
    above: str = "AWSLogs"
    """What stands above the account in the bucket."""
    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    previous: dict[str, Any] | None = None

    def add(self, start: datetime, logs: Mapping[str, str], *, backfilled: datetime | None = None, **other: Any) -> str:
        """A digest of the hour that starts then, naming `logs` (key → hash); returns its key."""
        end, text = start + _HOUR, "%Y-%m-%dT%H:%M:%SZ"
        stem = f"{self.account}_CloudTrail-Digest_{self.region}_{NAME}_{REGION}_{end:%Y%m%dT%H%M%SZ}"
        folder = f"{self.above}/{self.account}/CloudTrail-Digest/{self.region}/{end:%Y/%m/%d}"
        name = f"{folder}/{stem}{'_backfill' if backfilled else ''}.json.gz"
        before = self.previous or dict.fromkeys(_PREVIOUS)
        told = {
            "awsAccountId": self.account, "digestStartTime": start.strftime(text), "digestEndTime": end.strftime(text),
            "digestS3Bucket": self.bucket, "digestS3Object": name, "digestPublicKeyFingerprint": self.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA", **before,
            "logFiles": [
                {"s3Bucket": self.bucket, "s3Object": key, "hashValue": sha, "hashAlgorithm": "SHA-256"}
                for key, sha in logs.items()
            ],
        } | other  # fmt: skip
        body = json.dumps(told).encode()
        sha = hashlib.sha256(body).hexdigest()
        signed = f"{told['digestEndTime']}\n{told['digestS3Bucket']}/{told['digestS3Object']}\n{sha}\n"
        signed += told["previousDigestSignature"] or "null"
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()
        metadata = {"signature": signature, "signature-algorithm": "SHA256withRSA"}
        if backfilled:
            metadata["backfill-generation-timestamp"] = backfilled.strftime(text)
        self.objects[name] = (gzip.compress(body, mtime=0), metadata)
        self.previous = dict(zip(_PREVIOUS, (self.bucket, name, sha, "SHA-256", signature), strict=True))
        return name

    def log(self, delivered: datetime, number: int, body: Body) -> str:
        folder = f"{self.above}/{self.account}/CloudTrail/{self.region}/{delivered:%Y/%m/%d}"
        unique = hashlib.sha256(f"{delivered} {number}".encode()).hexdigest()[:16]
        name = f"{folder}/{self.account}_CloudTrail_{self.region}_{delivered:%Y%m%dT%H%MZ}_{unique}.json.gz"
        self.objects[name] = (body.packed, {})
        return name

    @property
    def fingerprint(self) -> str:
        return hashlib.md5(self._der, usedforsecurity=False).hexdigest()

    @property
    def public_keys(self) -> dict[str, Any]:
        """As `aws cloudtrail list-public-keys` prints them."""
        value = base64.b64encode(self._der).decode()
        return {"PublicKeyList": [{"Value": value, "Fingerprint": self.fingerprint}]}

    @property
    def _der(self) -> bytes:
        return self.key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)


_PREVIOUS = (
    "previousDigestS3Bucket", "previousDigestS3Object", "previousDigestHashValue", "previousDigestHashAlgorithm",
    "previousDigestSignature",
)  # fmt: skip


def generated(hours: int, files: int = 50, least: int = 50, most: int = 200, seed: int = 1) -> SignedTrail:
    """So many hours from `BEGIN`, each with `files` log files of `least` to `most` events."""
    chance = random.Random(seed)
    bodies = [_body(chance, chance.randint(least, most)) for _ in range(min(64, hours * files or 1))]
    trail = SignedTrail()
    for hour in range(hours):
        start = BEGIN + hour * _HOUR
        logs = {}
        for number in range(files):
            body = chance.choice(bodies)
            logs[trail.log(start + timedelta(minutes=5 * (number % 11 + 1)), number, body)] = body.sha256
        trail.add(start, logs)
    return trail


def _body(chance: random.Random, events: int) -> Body:
    data = json.dumps({"Records": [_event(chance) for _ in range(events)]}, separators=(",", ":")).encode()
    return Body(gzip.compress(data, 6, mtime=0), hashlib.sha256(data).hexdigest())


def _event(chance: random.Random) -> dict[str, Any]:
    name = chance.choice(("GetObject", "DescribeInstances", "AssumeRole", "PutObject", "ListBuckets", "Decrypt"))
    who = chance.choice(("deployer", "reader", "backup", "ci", "analyst"))
    key = f"AKIA{chance.getrandbits(64):016X}"
    return {
        "eventVersion": "1.11", "eventTime": f"2026-03-01T{chance.randrange(24):02}:{chance.randrange(60):02}:00Z",
        "userIdentity": {
            "type": "AssumedRole", "principalId": f"AROA{chance.getrandbits(64):016X}:{who}", "accountId": ACCOUNT,
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{who}/{who}-{chance.randrange(1000)}", "accessKeyId": key,
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role", "principalId": f"AROA{chance.getrandbits(64):016X}", "accountId": ACCOUNT,
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/{who}", "userName": who,
                },
                "attributes": {"creationDate": "2026-03-01T00:00:00Z", "mfaAuthenticated": "false"},
            },
        },
        "eventSource": "s3.amazonaws.com", "eventName": name, "awsRegion": REGION,
        "sourceIPAddress": f"198.51.100.{chance.randrange(256)}",
        "userAgent": "aws-sdk-java/2.25.1 Linux/5.10 OpenJDK_64-Bit_Server_VM/17.0.10",
        "requestParameters": {"bucketName": f"data-{chance.randrange(50)}", "key": f"{chance.getrandbits(128):032x}"},
        "responseElements": None, "requestID": f"{chance.getrandbits(128):032x}",
        "eventID": f"{chance.getrandbits(128):032x}", "readOnly": True, "eventType": "AwsApiCall",
        "managementEvent": True, "recipientAccountId": ACCOUNT, "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
    }  # fmt: skip
