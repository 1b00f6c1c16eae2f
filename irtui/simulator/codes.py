"""What each family of services calls the ways in which it refuses a request, as the real endpoints do."""

from dataclasses import dataclass, replace

CBOR = "smithy-rpc-v2-cbor"
QUERY_COMPATIBLE = ("sqs", "cloudwatch")
"""Services that left the query protocol and still tell its error codes, in a header."""


@dataclass(frozen=True, slots=True)
class Codes:
    """(code, HTTP status) for each."""

    unknown_key: tuple[str, int]
    signature: tuple[str, int]
    expired: tuple[str, int]
    unsigned: tuple[str, int]
    denied: tuple[str, int]
    throttled: tuple[str, int]
    unavailable: tuple[str, int] = ("ServiceUnavailable", 503)


_QUERY = Codes(
    ("InvalidClientTokenId", 403), ("SignatureDoesNotMatch", 403), ("ExpiredToken", 403),
    ("MissingAuthenticationToken", 403), ("AccessDenied", 403), ("Throttling", 400),
)  # fmt: skip
_S3 = Codes(
    ("InvalidAccessKeyId", 403), ("SignatureDoesNotMatch", 403), ("ExpiredToken", 400),
    ("AccessDenied", 403), ("AccessDenied", 403), ("SlowDown", 503),
)  # fmt: skip
_EC2 = Codes(
    ("AuthFailure", 401), ("AuthFailure", 401), ("RequestExpired", 400),
    ("AuthFailure", 401), ("UnauthorizedOperation", 403), ("RequestLimitExceeded", 503), ("Unavailable", 503),
)  # fmt: skip
_JSON = Codes(
    ("UnrecognizedClientException", 400), ("InvalidSignatureException", 400), ("ExpiredTokenException", 400),
    ("MissingAuthenticationTokenException", 400), ("AccessDeniedException", 400), ("ThrottlingException", 400),
)  # fmt: skip
_REST_JSON = Codes(
    ("UnrecognizedClientException", 403), ("InvalidSignatureException", 403), ("ExpiredTokenException", 403),
    ("MissingAuthenticationTokenException", 403), ("AccessDeniedException", 403), ("TooManyRequestsException", 429),
)  # fmt: skip


def codes(service: str, protocol: str) -> Codes:
    if service in ("s3", "s3control"):
        return _S3
    if service == "sns":
        return replace(_QUERY, denied=("AuthorizationError", 403))
    if protocol == "ec2":
        return _EC2
    if protocol in ("query", "rest-xml") or service in QUERY_COMPATIBLE:
        return _QUERY
    return _REST_JSON if protocol == "rest-json" else _JSON
