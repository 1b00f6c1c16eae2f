"""The error codes by which AWS refuses a caller, as against those that say something else went wrong."""

DENIED = frozenset({
    "AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException",
    "UnauthorizedOperation",
})  # fmt: skip
"""Known, and not allowed."""
UNKNOWN_KEY = frozenset({
    "AuthFailure", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
    "InvalidToken", "RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException",
})  # fmt: skip
"""No longer, or never, a caller: inactive, deleted, expired."""
REFUSED = DENIED | UNKNOWN_KEY
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
"""Nobody cut these off: they ran out by themselves."""
NO_WAY_IN = frozenset({
    "sts.GetCallerIdentity", "sts.AssumeRole", "sts.GetSessionToken", "sts.GetFederationToken",
})  # fmt: skip
"""Calls whose success is no way in by itself: nobody can be denied the first, and a session is worth what may be done
with it, which is tried as well.
"""
