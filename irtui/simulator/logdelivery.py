"""What time alone does between a trail and a mailbox: events reach the log group, filters count them, alarms look.

Rules: an event is delivered to the trail's log group when it may be seen at all, with the role that the trail was
given, asked of that role's own trust and policies at that moment; what was refused is not delivered later. A metric
has its datapoint in the minute of the delivery. Under the world's lock.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from irtui.policy.document import read_document
from irtui.policy.evaluate import Policies, Principal, Request, evaluate
from irtui.simulator import alarming, state
from irtui.simulator.alarming import MINUTE
from irtui.simulator.delivery import Delivery, Due
from irtui.simulator.directory import View
from irtui.simulator.filter_pattern import compiled
from irtui.simulator.monitoring_records import LogGroup, MonitoringRecords, Point

SERVICE = "cloudtrail.amazonaws.com"


def tick(records: MonitoringRecords, delivery: Delivery, view: View, now: datetime) -> None:
    """Everything since this was last called, in the order of time."""
    last = records.last or now
    records.last = max(now, last)
    if now <= last or not (any(place.alarms for place in records.places.values()) or delivery.feeding()):
        return
    due = sorted(delivery.due(last, now), key=lambda each: each.at)
    at = 0
    for minute in range(int(last.timestamp() // MINUTE) + 1, int(now.timestamp() // MINUTE) + 1):
        while at < len(due) and due[at].at <= minute * MINUTE:
            _deliver(records, due[at], view)
            at += 1
        for place in records.places.values():
            for alarm in list(place.alarms.values()):
                if alarm.configured.timestamp() <= minute * MINUTE:
                    alarming.evaluate(records, place, alarm, minute)
    for each in due[at:]:
        _deliver(records, each, view)


def refusal(view: View, role_arn: str, group_arn: str, account: str, region: str) -> str:
    """Why CloudTrail cannot write to the log group as that role; empty: it can."""
    role = state.role_by_arn(role_arn, view)
    if role is None:
        return "Access denied. Check the permissions for your role."
    context = {"aws:sourceaccount": (account,), "aws:principalisawsservice": ("true",)}
    trust = Policies(resource=read_document("trust policy", role.assume_role_policy_document), resource_decides=True)
    who = Principal("", "", service=SERVICE)
    if not evaluate(Request(who, "sts:AssumeRole", role.arn, "", context), trust).allowed:
        return "Access denied. Check the trust relationships for your role."
    held = tuple(read_document(name, text) for name, text in state.policies_of(role, view))
    boundary = state.boundary_of(role, view)
    policies = Policies(held, read_document(*boundary) if boundary else None)
    stream = f"{group_arn.removesuffix(':*')}:log-stream:{account}_CloudTrail_{region}"
    own = Principal(role.account_id, role.arn)
    needed = ("logs:CreateLogStream", "logs:PutLogEvents")
    if not all(evaluate(Request(own, action, stream), policies).allowed for action in needed):
        return "Access denied. Verify in IAM that the role has adequate permissions."
    return ""


def _deliver(records: MonitoringRecords, due: Due, view: View) -> None:
    trail, record = due.trail, due.record
    moment = datetime.fromtimestamp(due.at, UTC)
    group = records.group(trail.cw_log_group_arn)
    why = "" if group else "The log group does not exist."
    why = why or refusal(view, trail.cw_role_arn, trail.cw_log_group_arn, trail.account_id, trail.region_name)
    latest = records.delivered.get(trail.arn, (None, ""))[0]
    records.delivered[trail.arn] = (latest if why else moment, why)
    if why or group is None:
        return
    message = json.dumps(record, separators=(",", ":"))
    group.stored += len(message)
    parts = trail.cw_log_group_arn.split(":")
    points = records.place(parts[4], parts[3]).points
    for space, metric, value in _counted(group, message):
        minutes = points.setdefault((space, metric), {})
        minutes.setdefault(int(due.at // MINUTE), []).append(Point(value, str(record["eventID"])))


def _counted(group: LogGroup, message: str) -> Iterator[tuple[str, str, float]]:
    for each in group.filters.values():
        if compiled(str(each["filterPattern"]))(message):
            for one in _transformations(each):
                yield str(one["metricNamespace"]), str(one["metricName"]), float(one["metricValue"])


def _transformations(put: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(put["metricTransformations"])
