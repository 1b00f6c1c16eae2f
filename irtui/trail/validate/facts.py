"""What AWS says of a trail: where it writes, whether it is logging, CloudTrail's public keys."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from irtui.aws.door import Reader
from irtui.aws.paging import truncated
from irtui.errors import AwsFault, IrtuiError, UsageError
from irtui.model.call import Call
from irtui.trail.validate.keys import Fetch
from irtui.trail.validate.names import Trail
from irtui.trail.validate.slots import Status
from irtui.trail.validate.store import Unreachable
from irtui.trail.validate.trail import Place

_PAGES = 1000


def place_of(door: Reader, trail: Trail, bucket: str = "", prefix: str = "") -> Place:
    """Where the trail writes by DescribeTrails; `bucket` given, nothing is asked but the organization.

    Raises AwsFault, and UsageError when there is no such trail (any more).
    """
    if bucket:
        return Place(bucket, prefix, status=lambda region: status_of(door, trail, region))
    told = door.read(Call("cloudtrail", "DescribeTrails", {}, region=trail.home)).data.get("trailList") or []
    mine = [one for one in told if one.get("TrailARN") == trail.arn]
    if not mine:
        raise UsageError(
            f"{trail.home} has no trail {trail.arn}",
            advice="If it was deleted, its files may still stand: name their bucket with --bucket.",
        )
    own = _where(mine[0])
    organization = ""
    if mine[0].get("IsOrganizationTrail"):
        answer = door.read(Call("organizations", "DescribeOrganization", {})).data
        organization = str(answer["Organization"]["Id"])
    shared = any(_where(one) == own for one in told if one.get("TrailARN") != trail.arn)
    return Place(*own, organization, shared, lambda region: status_of(door, trail, region))


def _where(told: Mapping[str, Any]) -> tuple[str, str]:
    return str(told.get("S3BucketName", "")), str(told.get("S3KeyPrefix") or "").strip("/")


def status_of(door: Reader, trail: Trail, region: str) -> Status | None:
    """None: it cannot be known."""
    try:
        told = door.read(Call("cloudtrail", "GetTrailStatus", {"Name": trail.arn}, region=region)).data
    except IrtuiError:
        return None
    if not isinstance(told.get("IsLogging"), bool):
        return None
    started, stopped = _time(told.get("StartLoggingTime")), _time(told.get("StopLoggingTime"))
    error = str(told.get("LatestDigestDeliveryError") or "")
    return Status(told["IsLogging"], started, stopped, _time(told.get("LatestDigestDeliveryTime")), error)


def _time(value: Any) -> datetime | None:
    return value.astimezone(UTC) if isinstance(value, datetime) else None


def public_keys(door: Reader) -> Fetch:
    """Every page of ListPublicKeys."""

    def fetch(region: str, since: datetime, until: datetime) -> Iterable[Mapping[str, Any]]:
        call = Call("cloudtrail", "ListPublicKeys", {"StartTime": since, "EndTime": until}, region=region)
        try:
            told = door.read(call, pages=_PAGES).data
        except AwsFault as fault:
            raise Unreachable(str(fault)) from None
        if truncated(told):
            raise Unreachable(f"ListPublicKeys has more than {_PAGES} pages")
        return told.get("PublicKeyList") or ()

    return fetch
