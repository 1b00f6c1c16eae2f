"""CloudTrail where moto is silent or wrong: the event history, and what trails are told and tell."""

from collections.abc import Mapping

from irtui.simulator.gaps.cloudtrail import lookup, trails
from irtui.simulator.world import Gap

OPERATIONS: Mapping[str, Gap] = {
    "LookupEvents": lookup.lookup_events,
    "CreateTrail": trails.create_trail,
    "UpdateTrail": trails.update_trail,
    "DeleteTrail": trails.delete_trail,
    "DescribeTrails": trails.describe_trails,
    "GetTrail": trails.get_trail,
    "GetTrailStatus": trails.get_trail_status,
    "GetEventSelectors": trails.get_event_selectors,
    "PutEventSelectors": trails.put_event_selectors,
    "ListPublicKeys": trails.list_public_keys,
}
