"""Of CloudWatch the alarms on one metric, which really go off and come back. See `simulator.alarming`.

Not simulated: composite alarms, anomaly detection, queries, dimensions, more than one period or datapoint, and actions
other than SNS topics.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from irtui.simulator import alarming
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.monitoring_records import Alarm, Place
from irtui.simulator.world import Asked, Gap

PAGE = 100
_KEPT = (
    "AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions",
    "MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold",
    "ComparisonOperator", "TreatMissingData",
)  # fmt: skip
_NEEDED = ("MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator")
_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")
_STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
_TREATED = ("missing", "ignore", "breaching", "notBreaching")


def put_metric_alarm(asked: Asked) -> Mapping[str, Any]:
    given, place, now = asked.params, _place(asked), asked.world.clock.now()
    if extra := sorted(name for name, value in given.items() if name not in (*_KEPT, "Tags") and value):
        raise Refusal(NOT_SIMULATED, f"alarms with {extra[0]} are not simulated", 501)
    if missing := [name for name in _NEEDED if given.get(name) in (None, "")]:
        raise Refusal("ValidationError", f"Request must contain {missing[0]}")
    _valid(given, asked.region)
    lists = {name: list(given.get(name) or ()) for name in _ACTIONS}
    settings = {
        "ActionsEnabled": True, "TreatMissingData": "missing",
        **{name: value for name, value in given.items() if name in _KEPT}, **lists,
    }  # fmt: skip
    name = str(given["AlarmName"])
    arn = f"arn:aws:cloudwatch:{asked.region}:{asked.caller.account}:alarm:{name}"
    alarm, word = place.alarms.get(name), "updated"
    if alarm is None:
        alarm, word = Alarm(arn, settings, now), "created"
        place.alarms[name] = alarm
    alarm.settings, alarm.configured = settings, now
    said = {"type": word.removesuffix("d").capitalize(), "version": "1.0"}
    alarming.remember(place, alarm, now, "ConfigurationUpdate", f'Alarm "{name}" {word}', said)
    return {}


def _valid(given: Mapping[str, Any], region: str) -> None:
    period, periods = int(given["Period"]), int(given["EvaluationPeriods"])
    if given["Statistic"] not in alarming.STATISTICS or given["ComparisonOperator"] not in alarming.COMPARISONS:
        raise Refusal("ValidationError", "The statistic or the comparison operator is not valid.")
    if given.get("TreatMissingData", "missing") not in _TREATED:
        raise Refusal("ValidationError", f"TreatMissingData must be one of {', '.join(_TREATED)}")
    if periods < 1 or period < 1 or periods * period > 86400:
        raise Refusal("ValidationError", "Metrics cannot be checked across more than a day.")
    if period % alarming.MINUTE or periods != 1 or given.get("DatapointsToAlarm") not in (None, 1):
        raise Refusal(NOT_SIMULATED, "alarms of seconds or of more than one datapoint are not simulated", 501)
    for arn in (arn for name in _ACTIONS for arn in given.get(name) or ()):
        parts = str(arn).split(":")
        if len(parts) < 6 or parts[0] != "arn":
            raise Refusal("ValidationError", f"Invalid arn syntax: {arn}")
        if parts[2] != "sns":
            raise Refusal(NOT_SIMULATED, "actions other than SNS topics are not simulated", 501)
        if parts[3] != region:
            raise Refusal("ValidationError", f"Invalid region {parts[3]} specified. Only {region} is supported.")


def describe_alarms(asked: Asked) -> Mapping[str, Any]:
    params = asked.params
    for member in ("ChildrenOfAlarmName", "ParentsOfAlarmName"):
        if params.get(member):
            raise Refusal(NOT_SIMULATED, f"{member} is not simulated", 501)
    if params.get("AlarmNames") and params.get("AlarmNamePrefix"):
        raise Refusal("ValidationError", "AlarmNamePrefix and AlarmNames are mutually exclusive")
    names, start = params.get("AlarmNames"), str(params.get("AlarmNamePrefix", ""))
    wanted, action = params.get("StateValue"), str(params.get("ActionPrefix", ""))
    found = [
        alarm for name, alarm in sorted(_place(asked).alarms.items())
        if (not names or name in names) and name.startswith(start) and wanted in (None, alarm.state)
        and (not action or any(arn.startswith(action) for key in _ACTIONS for arn in alarm.settings[key]))
        and "MetricAlarm" in (params.get("AlarmTypes") or ("MetricAlarm",))
    ]  # fmt: skip
    page, token = _paged(asked, found)
    return {"MetricAlarms": [_told(alarm) for alarm in page], "CompositeAlarms": [], **token}


def _told(alarm: Alarm) -> dict[str, Any]:
    at = alarm.updated or alarm.configured
    return {
        **alarm.settings, "AlarmArn": alarm.arn, "AlarmConfigurationUpdatedTimestamp": alarm.configured,
        "StateValue": alarm.state, "StateReason": alarm.reason, "StateUpdatedTimestamp": at,
        "StateTransitionedTimestamp": at, "Dimensions": [],
    }  # fmt: skip


def describe_alarm_history(asked: Asked) -> Mapping[str, Any]:
    """Newest first, unless it is asked the other way round."""
    params = asked.params
    since, until = _moment(params.get("StartDate")), _moment(params.get("EndDate"))
    found = [
        item for item in _place(asked).history
        if params.get("AlarmName") in (None, item["AlarmName"])
        and params.get("HistoryItemType") in (None, item["HistoryItemType"])
        and (since is None or item["Timestamp"] >= since) and (until is None or item["Timestamp"] <= until)
    ]  # fmt: skip
    page, token = _paged(asked, found if params.get("ScanBy") == "TimestampAscending" else found[::-1])
    return {"AlarmHistoryItems": page, **token}


def set_alarm_state(asked: Asked) -> Mapping[str, Any]:
    """Until the alarm looks again, at the next whole minute."""
    place, params = _place(asked), asked.params
    alarm = place.alarms.get(str(params["AlarmName"]))
    if alarm is None:
        raise Refusal("ResourceNotFound", "Unknown", 404)
    state = str(params["StateValue"])
    if state not in _STATES:
        raise Refusal("ValidationError", f"StateValue must be one of {', '.join(_STATES)}")
    if state != alarm.state:
        alarming.move(asked.world.monitoring, place, alarm, state, str(params["StateReason"]), asked.world.clock.now())
    return {}


def delete_alarms(asked: Asked) -> Mapping[str, Any]:
    place = _place(asked)
    names = [str(name) for name in asked.params["AlarmNames"]]
    unknown = [name for name in names if name not in place.alarms]
    for name in names:
        place.alarms.pop(name, None)
    if unknown:
        raise Refusal("ResourceNotFound", f"Unknown alarm: {unknown[0]}", 404)
    return {}


def enable_alarm_actions(asked: Asked) -> Mapping[str, Any]:
    return _actions(asked, True)


def disable_alarm_actions(asked: Asked) -> Mapping[str, Any]:
    return _actions(asked, False)


def _actions(asked: Asked, on: bool) -> Mapping[str, Any]:
    place = _place(asked)
    for name in asked.params["AlarmNames"]:
        if (alarm := place.alarms.get(str(name))) is not None:
            alarm.settings = {**alarm.settings, "ActionsEnabled": on}
    return {}


def _place(asked: Asked) -> Place:
    return asked.world.monitoring.place(asked.caller.account, asked.region)


def _moment(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    found = datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _paged(asked: Asked, found: list[Any]) -> tuple[list[Any], Mapping[str, Any]]:
    token, size = str(asked.params.get("NextToken", "0")), int(asked.params.get("MaxRecords") or PAGE)
    if not token.isdecimal() or int(token) > len(found) or not 1 <= size <= PAGE:
        raise Refusal("InvalidNextToken", "The next token or the number of records is not valid.")
    end = int(token) + size
    return found[int(token) : end], {"NextToken": str(end)} if end < len(found) else {}


OPERATIONS: Mapping[str, Gap] = {
    "PutMetricAlarm": put_metric_alarm,
    "DescribeAlarms": describe_alarms,
    "DescribeAlarmHistory": describe_alarm_history,
    "SetAlarmState": set_alarm_state,
    "DeleteAlarms": delete_alarms,
    "EnableAlarmActions": enable_alarm_actions,
    "DisableAlarmActions": disable_alarm_actions,
}
