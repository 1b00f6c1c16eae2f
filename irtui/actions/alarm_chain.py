"""The chain of an alarm on root activity, link by link: trail, log group, metric filter, alarm, topic, mailbox.

Rules: a filter counts when AWS itself says that its pattern matches a call of root and no other; an alarm counts when
one such call sets it off. What could not be read is neither there nor missing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from irtui.actions.trail_places import Asking
from irtui.trail.coverage.changes import management

PATTERN = '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }'
"""CIS AWS Foundations Benchmark, "Ensure a log metric filter and alarm exist for usage of the root user"."""
NAME, SPACE, METRIC, GROUP = "irtui-root-activity", "irtui", "RootActivity", "irtui/cloudtrail"
"""What is made where nothing is there."""
_MANY = 20
"""Filters whose patterns are tried."""


def sample(account: str) -> tuple[str, ...]:
    """A call of root; then three that do not count: by a service as root, an event of a service, by a user."""
    root = {"type": "Root", "principalId": account, "arn": f"arn:aws:iam::{account}:root", "accountId": account}
    user = {"type": "IAMUser", "arn": f"arn:aws:iam::{account}:user/x", "accountId": account, "userName": "x"}
    base = {"eventVersion": "1.11", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers",
            "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.1", "recipientAccountId": account}  # fmt: skip
    made = (
        {"userIdentity": root, "eventType": "AwsApiCall"},
        {"userIdentity": root | {"invokedBy": "support.amazonaws.com"}, "eventType": "AwsApiCall"},
        {"userIdentity": root, "eventType": "AwsServiceEvent"},
        {"userIdentity": user, "eventType": "AwsApiCall"},
    )
    return tuple(json.dumps(base | each, separators=(",", ":")) for each in made)


def trails(asking: Asking, account: str, regions: Sequence[str]) -> Iterator[tuple[dict[str, Any], str]]:
    """(trail, what it lacks to carry the alarm), each once; what could not be asked lacks that."""
    seen: dict[str, Mapping[str, Any]] = {}
    for region in regions:
        for one in asking.read("cloudtrail", "DescribeTrails", region).get("trailList") or ():
            seen.setdefault(str(one["TrailARN"]), one)
    for arn, told in sorted(seen.items()):
        home = str(told.get("HomeRegion") or arn.split(":")[3])
        status = asking.read("cloudtrail", "GetTrailStatus", home, Name=arn)
        records = management(asking.read("cloudtrail", "GetEventSelectors", home, TrailName=arn))
        lacks = [
            words
            for words, lacking in (
                ("belongs to another account: its owner must do this", arn.split(":")[4] != account),
                ("does not cover every Region", not told.get("IsMultiRegionTrail")),
                ("leaves out global services", told.get("IncludeGlobalServiceEvents") is False),
                ("does not log", status.get("IsLogging") is not True),
                ("does not record every management event", not records),
            )
            if lacking
        ]
        group = str(told.get("CloudWatchLogsLogGroupArn") or "")
        trail = {
            "arn": arn, "name": str(told.get("Name")), "region": home, "group_arn": group,
            "group": group.split(":")[6] if group.count(":") >= 6 else "",
        }  # fmt: skip
        yield trail, ", ".join(lacks)


def metrics(asking: Asking, trail: Mapping[str, Any], account: str) -> list[tuple[str, str]] | None:
    """(namespace, metric) that the group's filters count root's calls in. None: that could not be read."""
    region, group = str(trail["region"]), str(trail["group"])
    told = asking.found("logs", "DescribeMetricFilters", region, logGroupName=group)
    if told is None:
        return None
    found: list[tuple[str, str]] = []
    for one in (told.get("metricFilters") or ())[:_MANY]:
        pattern = str(one.get("filterPattern") or "")
        tried = asking.found(
            "logs", "TestMetricFilter", region, filterPattern=pattern, logEventMessages=list(sample(account))
        )
        if [match.get("eventNumber") for match in (tried or {}).get("matches") or ()] == [1]:
            made = one.get("metricTransformations") or ()
            found += [(str(each["metricNamespace"]), str(each["metricName"])) for each in made]
    return found


def alarms(asking: Asking, region: str, counted: Sequence[tuple[str, str]]) -> list[Mapping[str, Any]] | None:
    """The alarms that one call sets off. None: they could not be read."""
    told = asking.found("cloudwatch", "DescribeAlarms", region)
    if told is None:
        return None
    listed = told.get("MetricAlarms") or ()
    return [one for one in listed if (one.get("Namespace"), one.get("MetricName")) in counted and _by_one(one)]


def _by_one(alarm: Mapping[str, Any]) -> bool:
    """One call is enough, whoever changed its numbers."""
    limit, compares = float(alarm.get("Threshold") or 0), str(alarm.get("ComparisonOperator"))
    enough = {"GreaterThanOrEqualToThreshold": 0 < limit <= 1, "GreaterThanThreshold": 0 <= limit < 1}
    periods = alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods")
    return alarm.get("Statistic") in ("Sum", "SampleCount", "Maximum") and enough.get(compares, False) and periods == 1


def topics(alarm: Mapping[str, Any]) -> list[str]:
    return [str(arn) for arn in alarm.get("AlarmActions") or () if str(arn).split(":")[2:3] == ["sns"]]


def heard(asking: Asking, topic: str) -> tuple[list[str], list[str]] | None:
    """(who is told, who has not confirmed). None: it could not be read; a topic that is not there tells nobody."""
    told = asking.found("sns", "ListSubscriptionsByTopic", topic.split(":")[3], TopicArn=topic)
    if told is None:
        return None
    rows = told.get("Subscriptions") or ()
    named = [(str(one.get("SubscriptionArn")), str(one.get("Endpoint"))) for one in rows]
    return [end for arn, end in named if arn.startswith("arn:")], [e for arn, e in named if not arn.startswith("arn:")]
