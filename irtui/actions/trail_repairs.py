"""What puts back what was taken beside the trails: detectors, recorders, event data stores, other logs and rules.

Rules: only what AWS did is told; whether somebody has put it back since is not looked at. What a trail, its bucket or
its key needs is told by `trail.state`, with a step for each. Where AWS sets a time, it is said. Sources: the API
references of these services; of CloudWatch Logs, how long what expired is kept: the user guide on log retention.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from irtui.clock import rfc3339

KEPT = timedelta(days=7)
"""How long a deleted event data store can be restored."""
_AS_IT_WAS = "as it was: an earlier event, Config or your infrastructure code knows"
REPAIRS: Mapping[str, str] = {
    "DeleteEventDataStore": "RestoreEventDataStore, {until}; where it does not take events then, "
    "StartEventDataStoreIngestion; switch its termination protection on (UpdateEventDataStore)",
    "StopEventDataStoreIngestion": "StartEventDataStoreIngestion",
    "UpdateEventDataStore": f"UpdateEventDataStore, selectors, Regions and days {_AS_IT_WAS}",
    "PutInsightSelectors": f"PutInsightSelectors, {_AS_IT_WAS}",
    "DeleteDetector": "CreateDetector with Enable true; features, filters, members and lists anew; of its old findings "
    "there is what was exported",
    "UpdateDetector": "GetDetector; where it is off, UpdateDetector with Enable true; features as they were",
    "CreateFilter": "GetFilter; where its action is ARCHIVE and nobody vouches for it, DeleteFilter; read what it hid",
    "DeletePublishingDestination": "CreatePublishingDestination, bucket and key as they were",
    "StopConfigurationRecorder": "StartConfigurationRecorder",
    "DeleteConfigurationRecorder": "PutConfigurationRecorder, PutDeliveryChannel where none is left, "
    "StartConfigurationRecorder",
    "DeleteDeliveryChannel": "PutDeliveryChannel, bucket as it was; then StartConfigurationRecorder",
    "DeleteFlowLogs": f"CreateFlowLogs for the same VPC, subnet or interface, {_AS_IT_WAS}",
    "DeleteResolverQueryLogConfig": "CreateResolverQueryLogConfig, and AssociateResolverQueryLogConfig for each VPC",
    "DisassociateResolverQueryLogConfig": "AssociateResolverQueryLogConfig, the same VPC",
    "DeleteLogGroup": "its events are gone; CreateLogGroup, PutRetentionPolicy, metric and subscription filters anew; "
    "where a trail wrote there, UpdateTrail",
    "DeleteLogStream": "its events are gone; say which, and whether anything still writes there",
    "PutRetentionPolicy": "PutRetentionPolicy or DeleteRetentionPolicy, as it was, at once: what is older is deleted, "
    "mostly within 72 hours",
    "DisableRule": "EnableRule",
    "DeleteRule": f"PutRule and PutTargets, {_AS_IT_WAS}",
    "RemoveTargets": f"PutTargets, {_AS_IT_WAS}",
    "PutBucketReplication": "GetBucketReplication; where it copies to a bucket that nobody knows, "
    "DeleteBucketReplication",
    "DeleteModelInvocationLoggingConfiguration": f"PutModelInvocationLoggingConfiguration, {_AS_IT_WAS}",
    "LeaveOrganization": "the management account invites (InviteAccountToOrganization), this one accepts; until then "
    "no SCP and no organization's trail reach it",
}  # fmt: skip
"""Operation → the calls that bring it back."""


def repairs(events: Iterable[Mapping[str, str]], now: datetime) -> list[str]:
    """A sentence for each thing that was taken, the newest event of each. `events` are in order, as they were told."""
    last = {(one["name"], one["region"], one["what"]): one for one in events if not one["error"]}
    found = [(one, REPAIRS[one["name"]]) for one in last.values() if one["name"] in REPAIRS]
    return [
        f"{one['name']} {one['what'] or 'of something'} in {one['region']} at {one['at']}: "
        + way.format(until=_until(one["at"], now))
        for one, way in found
    ]


def _until(at: str, now: datetime) -> str:
    try:
        end = datetime.fromisoformat(at) + KEPT
    except ValueError:
        return "within seven days of that"
    return f"until {rfc3339(end)}" if end > now else f"which ended on {rfc3339(end)}"
