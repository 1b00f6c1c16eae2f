"""Signature Version 4, verified: the caller holds the secret that belongs to the key.

The age of a signature is not judged: the world's clock and the operator's differ by design.
"""

import hashlib
import hmac
from functools import lru_cache
from urllib.parse import quote, unquote

from moto.core.request import Request

_SAFE = "-_.~"


def verified(request: Request, secret: str) -> bool:
    """Whether the Authorization header was made with `secret` over this very request."""
    fields = dict(
        part.strip().split("=", 1)
        for part in request.headers.get("Authorization", "").partition(" ")[2].split(",")
        if "=" in part
    )
    stamp = request.headers.get("X-Amz-Date", "")
    signed = fields.get("SignedHeaders", "")
    _, _, scope = fields.get("Credential", "").partition("/")
    parts = scope.split("/")
    if len(parts) != 4 or parts[0] != stamp[:8] or "host" not in signed.split(";"):
        return False
    text = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, _sha256(_canonical(request, signed, parts[2]).encode())))
    wanted = hmac.new(_key(secret, *parts), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, fields.get("Signature", ""))


def _canonical(request: Request, signed: str, service: str) -> str:
    path = request.raw_path
    if service != "s3":  # every service but S3 signs the path encoded once more
        path = quote(path, safe="/" + _SAFE)
    lines = [f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in signed.split(";")]
    return "\n".join((request.method, path, _query(request), *lines, "", signed, _payload(request)))


def _query(request: Request) -> str:
    raw = request.query_string.decode("ascii", "replace")
    pairs = [part.partition("=") for part in raw.split("&") if part]
    encoded = sorted((quote(unquote(k), safe=_SAFE), quote(unquote(v), safe=_SAFE)) for k, _, v in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def _payload(request: Request) -> str:
    claimed = request.headers.get("X-Amz-Content-SHA256", "")
    if claimed == "UNSIGNED-PAYLOAD" or claimed.startswith("STREAMING-"):
        return claimed
    return _sha256(request.data)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=256)
def _key(secret: str, date: str, region: str, service: str, terminator: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, terminator):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
