"""Alarms that really go off: each whole minute every alarm looks at its metric, and says so by its topics.

Rules: an alarm of one period and one datapoint, as CloudWatch's guide describes: at the end of a minute it looks at
the `Period` seconds before, and what is missing counts as `TreatMissingData` says. Actions are done when the state
changes, and only while they are enabled. A subscription that nobody confirmed gets nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from irtui.simulator.monitoring_records import Alarm, Mail, MonitoringRecords, Place, Point

MINUTE = 60
_WORDS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanOrEqualToThreshold": (float.__ge__, "greater than or equal to"),
    "GreaterThanThreshold": (float.__gt__, "greater than"),
    "LessThanOrEqualToThreshold": (float.__le__, "less than or equal to"),
    "LessThanThreshold": (float.__lt__, "less than"),
}
COMPARISONS = tuple(_WORDS)
_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum, "SampleCount": lambda values: float(len(values)), "Minimum": min, "Maximum": max,
    "Average": lambda values: sum(values) / len(values),
}  # fmt: skip
STATISTICS = tuple(_STATISTICS)
_TREATED = {"notBreaching": ("OK", "NonBreaching"), "breaching": ("ALARM", "Breaching")}


def evaluate(records: MonitoringRecords, place: Place, alarm: Alarm, minute: int) -> None:
    """Looks at the whole minutes before `minute`, in minutes since the epoch."""
    settings, now = alarm.settings, datetime.fromtimestamp(minute * MINUTE, UTC)
    span = range(minute - int(settings["Period"]) // MINUTE, minute)
    held = place.points.get((settings["Namespace"], settings["MetricName"]), {})
    found = [point for each in span for point in held.get(each, ())]
    state, reason = _judged(alarm, found, datetime.fromtimestamp(span.start * MINUTE, UTC))
    if state and state != alarm.state:
        move(records, place, alarm, state, reason, now, tuple(dict.fromkeys(point.event for point in found)))


def _judged(alarm: Alarm, found: Sequence[Point], start: datetime) -> tuple[str, str]:
    """State and reason; an empty state stays as it is."""
    settings = alarm.settings
    if not found:
        treated = settings["TreatMissingData"]
        if treated in _TREATED:
            state, word = _TREATED[treated]
            words = "no datapoints were received for 1 period and 1 missing datapoint was treated as"
            return state, f"Threshold Crossed: {words} [{word}]."
        return ("", "") if treated == "ignore" else ("INSUFFICIENT_DATA", "Insufficient Data: 1 datapoint was unknown.")
    value = float(_STATISTICS[settings["Statistic"]]([point.value for point in found]))
    compare, words = _WORDS[settings["ComparisonOperator"]]
    threshold = float(settings["Threshold"])
    breaches = compare(value, threshold)
    said = f"1 datapoint [{value} ({start:%d/%m/%y %H:%M:%S})] was {'' if breaches else 'not '}{words} the threshold"
    return ("ALARM" if breaches else "OK"), f"Threshold Crossed: {said} ({threshold})."


def move(
    records: MonitoringRecords, place: Place, alarm: Alarm, state: str, reason: str, now: datetime,
    events: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """The alarm is in another state from now on, and its actions for that are done."""
    before = {"stateValue": alarm.state, "stateReason": alarm.reason}
    after = {"stateValue": state, "stateReason": reason}
    remember(
        place, alarm, now, "StateUpdate", f"Alarm updated from {alarm.state} to {state}",
        {"version": "1.0", "oldState": before, "newState": after},
    )  # fmt: skip
    alarm.state, alarm.reason, alarm.updated = state, reason, now
    if not alarm.settings["ActionsEnabled"]:
        return
    member = {"ALARM": "AlarmActions", "OK": "OKActions"}.get(state, "InsufficientDataActions")
    for arn in alarm.settings[member]:
        topic = records.topic(arn)
        told = {"actionState": "Failed" if topic is None else "Succeeded", "notificationResource": arn,
                "stateUpdateTimestamp": int(now.timestamp() * 1000)}  # fmt: skip
        words = f"Failed to execute action {arn}" if topic is None else f"Successfully executed action {arn}"
        remember(place, alarm, now, "Action", words, told)
        for each in topic.subscriptions if topic is not None else ():
            if each.confirmed:
                subject = f'{state}: "{alarm.name}" in {alarm.arn.split(":")[3]}'
                records.mails.append(Mail(now, each.endpoint, subject, reason, events=events))


def remember(place: Place, alarm: Alarm, now: datetime, kind: str, summary: str, data: Mapping[str, Any]) -> None:
    """One item of the alarm's history."""
    place.history.append({
        "AlarmName": alarm.name, "AlarmType": "MetricAlarm", "Timestamp": now, "HistoryItemType": kind,
        "HistorySummary": summary, "HistoryData": json.dumps(data),
    })  # fmt: skip
