"""What AWS, or the way to it, answered, sorted into the few kinds that call for different acts.

Rules: one kind per error code; a code nobody listed is sorted by its HTTP status; what fits nowhere is `unknown`.
Each kind has an advice that a tired person can follow.
"""

import re
from dataclasses import dataclass
from typing import Any

from botocore import exceptions as boto

from irtui.errors import AwsFault, IrtuiError, SimulatorGap
from irtui.redact import masked_text

GAP = "NotSimulated"
"""Error code, with HTTP 501, of the simulated AWS for what it does not have."""

CODES: dict[str, frozenset[str]] = {
    "absent": frozenset({
        "NoSuchEntity", "NoSuchEntityException", "ResourceNotFoundException", "ResourceNotFound", "NotFoundException",
        "NotFound", "EntityDoesNotExist", "EntityNotFoundException", "404",
        "NoSuchBucket", "NoSuchKey", "NoSuchBucketPolicy", "NoSuchLifecycleConfiguration", "NoSuchTagSet",
        "NoSuchPublicAccessBlockConfiguration", "ServerSideEncryptionConfigurationNotFoundError",
        "ObjectLockConfigurationNotFoundError", "ReplicationConfigurationNotFoundError", "NoSuchCORSConfiguration",
        "TrailNotFoundException", "EventDataStoreNotFoundException", "AWSOrganizationsNotInUseException",
        "AccountNotFoundException", "PolicyNotFoundException", "PolicyNotAttachedException",
        "TargetNotFoundException", "OrganizationalUnitNotFoundException", "NoSuchConfigurationRecorderException",
        "NoSuchDeliveryChannelException", "NoSuchHostedZone", "DetectorNotFoundException", "NoSuchResourceException",
        "InvalidInstanceID.NotFound", "InvalidGroup.NotFound", "InvalidVolume.NotFound", "InvalidSnapshot.NotFound",
        "InvalidKeyPair.NotFound", "InvalidAMIID.NotFound", "InvalidVpcID.NotFound", "InvalidSubnetID.NotFound",
        "DBInstanceNotFound", "DBInstanceNotFoundFault", "DBSnapshotNotFound", "LoadBalancerNotFound",
        "ClusterNotFoundException", "ParameterNotFound", "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
    }),
    "denied": frozenset({
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedAccess", "NotAuthorized",
        "AuthorizationError", "AuthorizationErrorException", "UnauthorizedException", "ForbiddenException",
        "Forbidden", "AuthFailure", "AllAccessDisabled", "KMSAccessDeniedException", "OptInRequired",
        "InsufficientPrivilegesException", "InsufficientPermissionsException", "403", "RegionDisabledException",
    }),
    "throttled": frozenset({
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "TooManyRequestsException", "RequestLimitExceeded", "RequestLimitExceededException", "BandwidthLimitExceeded",
        "ProvisionedThroughputExceededException", "TransactionInProgressException", "LimitExceededException.Rate",
        "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException", "Client.RequestLimitExceeded", "429",
    }),
    "expired": frozenset({
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "InvalidToken",
        "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch",
        "InvalidSignatureException", "IncompleteSignature", "MissingAuthenticationToken",
        "MissingAuthenticationTokenException", "SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError",
        "NotSignedUp", "RequestTimeTooSkewed",
    }),
    "conflict": frozenset({
        "ConcurrentModification", "ConcurrentModificationException", "ConflictException", "DeleteConflict",
        "DeleteConflictException", "EntityAlreadyExists", "EntityAlreadyExistsException", "LimitExceeded",
        "LimitExceededException", "EntityTemporarilyUnmodifiable", "EntityTemporarilyUnmodifiableException",
        "UnmodifiableEntity", "UnmodifiableEntityException", "DuplicatePolicyAttachmentException",
        "ResourceInUseException", "ResourceConflictException", "OperationAborted", "BucketNotEmpty", "IncorrectState",
        "DependencyViolation", "PreconditionFailed", "ConditionalRequestConflict", "TrailAlreadyExistsException",
        "ConstraintViolationException", "InvalidInstanceID.NotTerminated", "IncorrectInstanceState",
        "InvalidStateException", "KMSInvalidStateException", "QuotaExceededException", "ServiceQuotaExceededException",
    }),
    "invalid": frozenset({
        "ValidationError", "ValidationException", "ValidationExceptionError", "InvalidInput", "InvalidInputException",
        "InvalidParameterValue", "InvalidParameterValueException", "InvalidParameterException", "InvalidParameter",
        "InvalidParameterCombination", "InvalidParameterCombinationException", "MalformedPolicyDocument",
        "MalformedPolicyDocumentException", "MalformedPolicy", "MalformedXML", "InvalidArgument", "InvalidRequest",
        "InvalidRequestException", "BadRequestException", "MissingParameter", "InvalidAction", "UnknownOperation",
        "UnknownOperationException", "UnsupportedOperation", "UnsupportedOperationException",
        "InvalidTrailNameException", "InvalidLookupAttributesException", "InvalidMaxResultsException",
        "InvalidNextTokenException", "InvalidTimeRangeException", "InvalidEventCategoryException",
        "PolicyNotAttachable", "PolicyNotAttachableException", "InvalidBucketName", "SerializationException",
        "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "UserDataMalformed",
    }),
    "unavailable": frozenset({
        "ServiceUnavailable", "ServiceUnavailableException", "ServiceFailure", "ServiceFailureException",
        "InternalFailure", "InternalError", "InternalServerError", "InternalServerException",
        "InternalServiceException", "InternalServiceError", "InternalErrorException", "Unavailable",
        "DependencyTimeoutException", "KMSInternalException", "HandlerInternalFailureException", "503", "500",
    }),
    "timeout": frozenset({"RequestTimeout", "RequestTimeoutException", "408", "504"}),
}  # fmt: skip

UNKNOWN_THERE = frozenset({"InvalidClientTokenId", "InvalidToken", "UnrecognizedClientException"})
"""So a Region that is not enabled by default answers to a session token of STS's global endpoint, which is good in all
others (IAM user guide, Manage AWS STS in an AWS Region)."""

CONTAINERS = frozenset({"NoSuchBucket", "AccountNotFoundException"})
"""Not the thing itself that is absent, but where it would be."""

ADVICE = {
    "absent": "Check the name, the account and the Region; somebody may have deleted it meanwhile.",
    "denied": "These credentials may not do that. Use a profile that may, or ask who owns the account's policies; "
    "`irtui runbooks policy NAME` prints what this runbook needs.",
    "throttled": "AWS asks for fewer requests. Nothing was done by this call; wait half a minute and try again.",
    "expired": "AWS no longer accepts these credentials. Renew them, then resume; nothing is lost.",
    "invalid": "AWS does not understand the request. Correct the inputs; if they are right, the runbook is wrong.",
    "conflict": "The thing is in another state, in use, or at a limit. Look at it again, then plan anew.",
    "unavailable": "AWS had a failure of its own. Look whether the call took effect before you repeat it.",
    "timeout": "No whole answer came. Look whether the call took effect before you repeat it.",
    "not_sent": "Nothing was sent. Check the network (VPN, proxy, DNS; IRTUI_PROXY names a proxy), then try again.",
    "unknown": "Nobody can say what this answer means. Look at AWS before you go on.",
}

_BY_CODE = {code: kind for kind, codes in CODES.items() for code in codes}
_EXPIRED = (
    boto.SSOTokenLoadError,
    boto.UnauthorizedSSOTokenError,
    boto.TokenRetrievalError,
    boto.SSOError,
    boto.LoginError,
)
_NO_CREDENTIALS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.ProfileNotFound,
    boto.InvalidConfigError,
    boto.InfiniteLoopConfigError,
    boto.UnknownCredentialError,
    boto.MissingDependencyException,
    boto.RefreshWithMFAUnsupportedError,
)
STILL_EXPIRED = "refreshed credentials are still expired"
"""botocore says this with a bare RuntimeError when a credential_process hands out a session that has ended."""
NEVER_CONNECTED = (boto.EndpointConnectionError, boto.ConnectTimeoutError)
"""Raised before a connection stood, so nothing can have been sent. TLS and proxy failures are not that certain."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An error answer of AWS, taken out of botocore's exception."""

    code: str
    message: str
    status: int
    request_id: str
    date: str

    @property
    def definite(self) -> bool:
        """AWS itself refused, so nothing was done: a worded code with a status below 500, or a throttle."""
        worded = bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]+", self.code)) and self.code != "Unknown"
        throttled = _BY_CODE.get(self.code) == "throttled"
        return worded and (throttled or (300 <= self.status < 500 and self.status != 408))


def answer(error: boto.ClientError) -> Answer:
    meta: Any = error.response.get("ResponseMetadata", {})
    body: Any = error.response.get("Error", {})
    return Answer(
        str(body.get("Code", "")),
        masked_text(str(body.get("Message") or body.get("message") or "")),
        int(meta.get("HTTPStatusCode", 0)),
        str(meta.get("RequestId", "")),
        str(meta.get("HTTPHeaders", {}).get("date", "")),
    )


def kind_of(code: str, status: int) -> str:
    """The kind of an error code of AWS."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if code.endswith((".NotFound", "NotFoundException", "NotFoundFault")):
        return "absent"
    return {400: "invalid", 401: "denied", 403: "denied", 404: "absent", 408: "timeout", 409: "conflict",
            412: "conflict", 429: "throttled"}.get(status, "unavailable" if status >= 500 else "unknown")  # fmt: skip


def not_there(error: AwsFault) -> bool:
    """AWS says by a name that is listed here that the thing asked for is not there, and what should hold it is.

    A bucket that is not there holds no policy either, but a wrong name would look the same.
    """
    listed = error.code in CODES["absent"] or error.code.endswith(("NotFoundException", "NotFoundFault"))
    return error.kind == "absent" and listed and error.code not in CONTAINERS


def fault(error: Exception, call: str, *, renew: str = "", simulated: bool = False) -> IrtuiError:
    """`error` of botocore as AwsFault or SimulatorGap; an IrtuiError as it is. `renew`: advice when expired."""
    if isinstance(error, IrtuiError):
        return error
    if isinstance(error, boto.ClientError):
        said = answer(error)
        operation = str(error.operation_name or "")
        # Credentials are fetched inside a call: AssumeRole refused is not the call refused.
        call = call if call.endswith("." + operation) else f"{call} (while asking for credentials: {operation})"
        if simulated and said.status == 501 and said.code == GAP:
            return SimulatorGap(said.message or f"{call} is not simulated")
        kind = kind_of(said.code, said.status)
        return _fault(kind, said.code, said.message, call, renew, said)
    code = type(error).__name__
    message = masked_text(str(error))
    if isinstance(error, _EXPIRED):
        return _fault("expired", code, message, call, renew)
    if isinstance(error, RuntimeError) and STILL_EXPIRED in message:
        return _fault("expired", "StillExpired", message, call, renew)
    if isinstance(error, _NO_CREDENTIALS):
        return _fault("expired", code, message, call, renew or credentials_advice(error))
    if isinstance(error, boto.ParamValidationError | boto.UnknownEndpointError | boto.NoRegionError):
        return _fault("invalid", code, message, call, renew)
    if isinstance(error, NEVER_CONNECTED):
        return _fault("not_sent", code, message, call, renew)
    if isinstance(error, boto.HTTPClientError):  # read timeouts, resets, TLS and proxies that broke off
        return _fault("timeout", code, message, call, renew)
    return _fault("unknown", code, message, call, renew)


def there(fault: AwsFault, region: str) -> AwsFault:
    """The fault of a call to another Region than the operator's own. A token that is not taken there has not ended."""
    if fault.kind != "expired" or fault.code not in UNKNOWN_THERE:
        return fault
    return AwsFault(
        "denied", fault.code, f"{region} does not take these credentials: {fault.message}", call=fault.call,
        request_id=fault.request_id, date=fault.date, status=fault.status,
        advice=f"Sign in through a regional endpoint of STS: tokens of the global one are not good in {region}.",
    )  # fmt: skip


def credentials_advice(error: Exception) -> str:
    """What to do when credentials cannot be had at all."""
    if isinstance(error, boto.MissingDependencyException):
        return "Profiles of `aws login` need one more package: pip install 'botocore[crt]'."
    if isinstance(error, boto.CredentialRetrievalError):
        return "Run the profile's credential_process by hand and see what it says, then try again."
    return "Choose another profile with --profile, or sign in first (aws sso login, aws configure)."


def _fault(kind: str, code: str, message: str, call: str, renew: str, said: Answer | None = None) -> AwsFault:
    advice = renew if kind == "expired" and renew else ADVICE[kind]
    return AwsFault(
        kind,
        code,
        message,
        call=call,
        request_id=said.request_id if said else "",
        date=said.date if said else "",
        status=said.status if said else 0,
        advice=advice,
    )
