"""Validates the trails whose coverage is asked: what their digests and log files can still vouch for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from irtui.aws.door import Reader
from irtui.errors import AwsFault, IrtuiError
from irtui.trail.coverage.looking import Facts
from irtui.trail.coverage.trails import Known
from irtui.trail.validate.bucket import BucketStore
from irtui.trail.validate.facts import place_of, public_keys
from irtui.trail.validate.names import trail_of
from irtui.trail.validate.trail import Request, validate
from irtui.trail.validate.verdict import Listener


def checked(
    door: Reader, facts: Facts, since: datetime, until: datetime, now: datetime,
    told: Callable[[str], None] = lambda words: None, listener: Listener | None = None,
) -> dict[str, Mapping[str, Any] | str]:  # fmt: skip
    """ARN → what the validation told (`Report.data`), or the sentence that says why there is none.

    Raises AwsFault for a session that ended.
    """
    found: dict[str, Mapping[str, Any] | str] = {}
    for known in facts.trails:
        told(f"validating {known.name}")
        try:
            found[known.arn] = _of(door, known, facts, since, until, now, listener)
        except IrtuiError as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            found[known.arn] = f"its files could not be validated: {error}"
    return found


def _of(
    door: Reader, known: Known, facts: Facts, since: datetime, until: datetime, now: datetime,
    listener: Listener | None,
) -> Mapping[str, Any] | str:  # fmt: skip
    trail = trail_of(known.arn)
    if trail is None or not (known.exists or known.bucket):
        return "the trail is gone; what it left can be validated with its bucket named"
    if known.exists and known.validation is not True:
        return "log file validation is switched off: no digests are made"
    regions = facts.regions if known.multi_region is not False else (known.home,)
    place = place_of(door, trail, known.bucket, known.prefix)
    objects = door.objects()
    try:
        request = Request(trail, since, min(until, now), regions)
        return validate(request, BucketStore(objects), public_keys(door), place, now, listener=listener).data()
    finally:
        objects.close()
