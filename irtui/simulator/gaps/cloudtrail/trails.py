"""Trails where moto is silent or wrong: the bucket's policy is asked, selectors have defaults, the status is true.

A KMS key must be there, on, and let CloudTrail use it. Trails of an organization are not simulated.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, Trail, cloudtrail_backends
from moto.core.exceptions import JsonRESTError

from irtui.simulator import encryption, logbucket, state
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.gaps.cloudtrail import loggroup
from irtui.simulator.selectors import DEFAULT
from irtui.simulator.world import Asked

LIMIT = 5
"""Trails in a Region."""
_UNSIMULATED = ("IsOrganizationTrail", "SnsTopicName")


def create_trail(asked: Asked) -> Mapping[str, Any]:
    params, backend = asked.params, _backend(asked)
    name = str(params["Name"])
    _simulated(params)
    wide = bool(params.get("IsMultiRegionTrail", False))
    everywhere = bool(params.get("IncludeGlobalServiceEvents", True))
    if wide and not everywhere:
        words = "Multi-Region trail must include global service events."
        raise Refusal("InvalidParameterCombinationException", words)
    if name in backend.trails:
        raise Refusal(
            "TrailAlreadyExistsException", f"Trail {name} already exists for customer: {asked.caller.account}"
        )
    if len(backend.trails) >= LIMIT:
        words = f"User: {asked.caller.account} already has {LIMIT} trails in {asked.region}."
        raise Refusal("MaximumNumberOfTrailsExceededException", words)
    bucket, folder = str(params["S3BucketName"]), params.get("S3KeyPrefix")
    arn = f"arn:aws:cloudtrail:{asked.region}:{asked.caller.account}:trail/{name}"
    _writable(asked, bucket, folder, arn)
    group, role = loggroup.accepted(asked, None)
    key = _usable_key(asked, params.get("KmsKeyId"), arn)
    try:
        trail = _Trail(asked, name, bucket, folder, everywhere, wide, bool(params.get("EnableLogFileValidation")), key)
    except JsonRESTError as error:  # the name
        raise Refusal(str(error.error_type), str(error.message)) from None
    trail.cw_log_group_arn, trail.cw_role_arn = group, role
    backend.trails[name] = trail
    backend.tagging_service.tag_resource(trail.arn, list(params.get("TagsList") or ()))
    asked.world.delivery.keys.at(asked.region, asked.world.clock.now())
    return _told(trail)


class _Trail(Trail):
    """moto's, but its bucket may be another account's: that has been asked already."""

    def __init__(
        self, asked: Asked, name: str, bucket: str, folder: Any, everywhere: bool, wide: bool, validated: bool, key: str
    ) -> None:
        nothing: Any = None
        super().__init__(
            asked.caller.account, asked.region, name, bucket, folder, nothing, everywhere, wide, validated, False,
            nothing, nothing, key,
        )  # fmt: skip

    def check_bucket_exists(self) -> None:
        pass


def update_trail(asked: Asked) -> Mapping[str, Any]:
    params, trail = asked.params, _own(asked, str(asked.params["Name"]))
    _simulated(params)
    bucket, folder = params.get("S3BucketName", trail.bucket_name), params.get("S3KeyPrefix", trail.s3_key_prefix)
    wide = bool(params.get("IsMultiRegionTrail", trail.is_multi_region))
    everywhere = bool(params.get("IncludeGlobalServiceEvents", trail.include_global_service_events))
    if wide and not everywhere:
        words = "Multi-Region trail must include global service events."
        raise Refusal("InvalidParameterCombinationException", words)
    if "S3BucketName" in params or "S3KeyPrefix" in params:
        _writable(asked, str(bucket), folder, trail.arn)
    trail.cw_log_group_arn, trail.cw_role_arn = loggroup.accepted(asked, trail)
    if "KmsKeyId" in params:  # empty takes it away
        trail.kms_key_id = _usable_key(asked, params["KmsKeyId"], trail.arn)
    trail.bucket_name, trail.s3_key_prefix = str(bucket), folder
    trail.is_multi_region, trail.include_global_service_events = wide, everywhere
    trail.log_validation = bool(params.get("EnableLogFileValidation", trail.log_validation))
    return _told(trail)


def delete_trail(asked: Asked) -> Mapping[str, Any]:
    trail = _own(asked, str(asked.params["Name"]))
    asked.world.delivery.ended(trail, asked.world.clock.now())
    del _backend(asked).trails[trail.trail_name]
    return {}


def describe_trails(asked: Asked) -> Mapping[str, Any]:
    wanted = set(asked.params.get("trailNameList") or ())
    shadows = asked.params.get("includeShadowTrails", True)
    found = [trail for trail in _visible(asked) if shadows or trail.region_name == asked.region]
    named = [trail for trail in found if not wanted or {trail.trail_name, trail.arn} & wanted]
    return {"trailList": [_told(trail) | _more(trail) for trail in named]}


def get_trail(asked: Asked) -> Mapping[str, Any]:
    trail = _found(asked, str(asked.params["Name"]))
    return {"Trail": _told(trail) | _more(trail)}


def get_trail_status(asked: Asked) -> Mapping[str, Any]:
    trail = _found(asked, str(asked.params["Name"]))
    status, lane = trail.status, asked.world.delivery.lane(trail, asked.region)
    told: dict[str, Any] = {"IsLogging": status.is_logging}
    times = {"StartLoggingTime": _utc(status.started), "StopLoggingTime": _utc(status.stopped)}
    texts = {"TimeLoggingStarted": _text(times["StartLoggingTime"])}
    texts["TimeLoggingStopped"] = _text(times["StopLoggingTime"])
    if lane is not None:
        times |= {"LatestDeliveryTime": lane.latest, "LatestDigestDeliveryTime": lane.latest_digest}
        texts |= {"LatestDeliveryError": lane.error, "LatestDigestDeliveryError": lane.digest_error}
        texts |= {name: _text(lane.latest) for name in ("LatestDeliveryAttemptTime", "LatestDeliveryAttemptSucceeded")}
    at, error = asked.world.monitoring.delivered.get(trail.arn, (None, ""))
    times |= {"LatestCloudWatchLogsDeliveryTime": at.timestamp() if at else None}
    texts |= {"LatestCloudWatchLogsDeliveryError": error}
    told |= {name: _moment(value) for name, value in times.items() if value is not None}
    return told | {name: value for name, value in texts.items() if value}


def get_event_selectors(asked: Asked) -> Mapping[str, Any]:
    trail = _own(asked, str(asked.params["TrailName"]))
    if trail.advanced_event_selectors:
        return {"TrailARN": trail.arn, "AdvancedEventSelectors": trail.advanced_event_selectors}
    return {"TrailARN": trail.arn, "EventSelectors": trail.event_selectors or [DEFAULT]}


def put_event_selectors(asked: Asked) -> Mapping[str, Any]:
    trail = _own(asked, str(asked.params["TrailName"]))
    basic, advanced = asked.params.get("EventSelectors"), asked.params.get("AdvancedEventSelectors")
    if bool(basic) == bool(advanced):
        words = "Give either event selectors or advanced event selectors, and not both."
        raise Refusal("InvalidEventSelectorsException", words)
    if basic and (len(basic) > 5 or any(s.get("ReadWriteType", "All") not in _KINDS for s in basic)):
        raise Refusal("InvalidEventSelectorsException", "The event selectors are not valid.")
    trail.event_selectors = [{**DEFAULT, **selector} for selector in basic or ()]
    trail.advanced_event_selectors = list(advanced or ())
    return get_event_selectors(asked)


_KINDS = ("All", "ReadOnly", "WriteOnly")


def list_public_keys(asked: Asked) -> Mapping[str, Any]:
    now = asked.world.clock.now()
    start, end = _given(asked.params.get("StartTime"), now), _given(asked.params.get("EndTime"), now)
    if start > end:
        raise Refusal("InvalidTimeRangeException", "The start time must be before the end time.")
    keys = asked.world.delivery.keys.between(asked.region, start, end)
    return {
        "PublicKeyList": [
            {
                "Value": key.der, "Fingerprint": key.fingerprint, "ValidityStartTime": key.since,
                "ValidityEndTime": key.until - timedelta(seconds=1),
            }
            for key in keys
        ]
    }  # fmt: skip


def _simulated(params: Mapping[str, Any]) -> None:
    if asked := [name for name in _UNSIMULATED if params.get(name)]:
        raise Refusal(NOT_SIMULATED, f"trails with {asked[0]} are not simulated", 501)


def _writable(asked: Asked, name: str, folder: Any, arn: str) -> None:
    """Raises Refusal when the bucket is not there or its policy does not let CloudTrail write."""
    bucket = state.bucket(name)
    if bucket is None:
        raise Refusal("S3BucketDoesNotExistException", f"S3 bucket {name} does not exist!")
    start = f"{folder}/" if folder else ""
    if not logbucket.allows(bucket, account=asked.caller.account, trail_arn=arn, folder=start):
        words = f"Incorrect S3 bucket policy is detected for bucket: {name}"
        raise Refusal("InsufficientS3BucketPolicyException", words)


def _usable_key(asked: Asked, given: Any, trail_arn: str) -> str:
    """The key's ARN; empty when none is wanted. Raises Refusal when CloudTrail cannot encrypt with it."""
    if not given:
        return ""
    arn = str(given)
    if "alias/" in arn:
        raise Refusal(NOT_SIMULATED, "aliases of keys are not simulated", 501)
    if not arn.startswith("arn:"):
        arn = f"arn:aws:kms:{asked.region}:{asked.caller.account}:key/{arn}"
    code, words = encryption.unusable(arn)
    if code:
        missing = code == "NotFoundException"
        raise Refusal("KmsKeyNotFoundException" if missing else "KmsException", words)
    if not encryption.allows(arn, "kms:GenerateDataKey", trail_arn, asked.caller.account):
        words = f"Insufficient permissions to access KMS key {arn}."
        raise Refusal("InsufficientEncryptionPolicyException", words)
    return arn


def _backend(asked: Asked) -> CloudTrailBackend:
    return cloudtrail_backends[asked.caller.account][asked.region]


def _visible(asked: Asked) -> list[Trail]:
    """Trails of this Region, and the shadows of multi-Region trails of others."""
    return sorted(_backend(asked).describe_trails(include_shadow_trails=True), key=lambda trail: str(trail.arn))


def _found(asked: Asked, name: str) -> Trail:
    own = [trail for trail in _visible(asked) if name in (trail.trail_name, trail.arn)]
    if not own:
        arn = (
            name
            if name.startswith("arn:")
            else f"arn:aws:cloudtrail:{asked.region}:{asked.caller.account}:trail/{name}"
        )
        raise Refusal("TrailNotFoundException", f"Unknown trail: {arn} for the user: {asked.caller.account}")
    return own[0]


def _own(asked: Asked, name: str) -> Trail:
    """A trail can be changed in its home Region only."""
    trail = _found(asked, name)
    if trail.region_name != asked.region:
        words = f"Trail {trail.arn} can be changed in its home Region {trail.region_name} only."
        raise Refusal("InvalidHomeRegionException", words)
    return trail


def _told(trail: Trail) -> dict[str, Any]:
    told = {
        "Name": trail.trail_name, "S3BucketName": trail.bucket_name, "TrailARN": trail.arn,
        "IncludeGlobalServiceEvents": trail.include_global_service_events, "IsMultiRegionTrail": trail.is_multi_region,
        "LogFileValidationEnabled": trail.log_validation, "IsOrganizationTrail": False,
    }  # fmt: skip
    besides = {
        "S3KeyPrefix": trail.s3_key_prefix, "CloudWatchLogsLogGroupArn": trail.cw_log_group_arn,
        "CloudWatchLogsRoleArn": trail.cw_role_arn, "KmsKeyId": trail.kms_key_id,
    }  # fmt: skip
    return told | {name: value for name, value in besides.items() if value}


def _more(trail: Trail) -> dict[str, Any]:
    custom = bool(trail.event_selectors or trail.advanced_event_selectors)
    return {
        "HomeRegion": trail.region_name,
        "HasCustomEventSelectors": custom,
        "HasInsightSelectors": bool(trail.insight_selectors),
    }


def _utc(moment: datetime | None) -> float | None:
    return None if moment is None else _seconds(moment)


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _text(seconds: float | None) -> str:
    return "" if seconds is None else _moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def _given(value: Any, default: datetime) -> datetime:
    if value is None:
        return default
    if isinstance(value, int | float):
        return _moment(float(value))
    return _moment(_seconds(datetime.fromisoformat(value) if isinstance(value, str) else value))
