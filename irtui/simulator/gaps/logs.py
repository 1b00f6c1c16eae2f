"""Of CloudWatch Logs what carries an alarm: log groups and their metric filters, which really count.

Not simulated: reading events, encryption, classes other than STANDARD, dimensions, units and default values of metrics.
"""

import re
from collections.abc import Mapping
from typing import Any

from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.filter_pattern import NotSimulatedPattern, PatternError, compiled
from irtui.simulator.monitoring_records import LogGroup, Place
from irtui.simulator.world import Asked, Gap

MOST_FILTERS = 100
PAGE = 50
_NAME = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
_UNSIMULATED = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")


def create_log_group(asked: Asked) -> Mapping[str, Any]:
    name, place = str(asked.params["logGroupName"]), _place(asked)
    _plain(asked, "kmsKeyId", "deletionProtectionEnabled")
    if asked.params.get("logGroupClass", "STANDARD") != "STANDARD":
        raise Refusal(NOT_SIMULATED, "log groups of another class are not simulated", 501)
    if not _NAME.fullmatch(name) or name.startswith("aws/"):
        raise Refusal("InvalidParameterException", f"{name} is not a valid name of a log group")
    if name in place.groups:
        raise Refusal("ResourceAlreadyExistsException", "The specified log group already exists")
    place.groups[name] = LogGroup(name, asked.world.clock.now())
    return {}


def delete_log_group(asked: Asked) -> Mapping[str, Any]:
    del _place(asked).groups[_group(asked).name]
    return {}


def put_retention_policy(asked: Asked) -> Mapping[str, Any]:
    days = int(asked.params["retentionInDays"])
    if days not in _DAYS:
        raise Refusal("InvalidParameterException", f"{days} is no retention: {', '.join(map(str, _DAYS))}")
    _group(asked).retention = days
    return {}


def delete_retention_policy(asked: Asked) -> Mapping[str, Any]:
    _group(asked).retention = None
    return {}


def describe_log_groups(asked: Asked) -> Mapping[str, Any]:
    _plain(asked, "accountIdentifiers", "includeLinkedAccounts", "logGroupIdentifiers", "logGroupNamePattern")
    start = str(asked.params.get("logGroupNamePrefix", ""))
    found = [group for name, group in sorted(_place(asked).groups.items()) if name.startswith(start)]
    page, token = _paged(asked, found)
    return {"logGroups": [_told(asked, group) for group in page], **token}


def _told(asked: Asked, group: LogGroup) -> dict[str, Any]:
    arn = f"arn:aws:logs:{asked.region}:{asked.caller.account}:log-group:{group.name}"
    told = {
        "logGroupName": group.name, "creationTime": int(group.created.timestamp() * 1000),
        "metricFilterCount": len(group.filters), "arn": f"{arn}:*", "logGroupArn": arn, "storedBytes": group.stored,
        "logGroupClass": "STANDARD", "deletionProtectionEnabled": False,
    }  # fmt: skip
    return told | ({"retentionInDays": group.retention} if group.retention else {})


def put_metric_filter(asked: Asked) -> Mapping[str, Any]:
    params, group = asked.params, _group(asked)
    _plain(asked, *_UNSIMULATED)
    name, pattern = str(params["filterName"]), str(params["filterPattern"])
    if not 1 <= len(name) <= 512 or {":", "*"} & set(name):
        raise Refusal("InvalidParameterException", f"{name} is not a valid name of a filter")
    _read(pattern)
    made = list(params["metricTransformations"])
    if len(made) != 1:
        raise Refusal("InvalidParameterException", "A metric filter has one metric transformation.")
    if extra := {"dimensions", "unit", "defaultValue"} & set(made[0]):
        raise Refusal(NOT_SIMULATED, f"a metric's {min(extra)} is not simulated", 501)
    try:
        float(str(made[0]["metricValue"]))
    except ValueError:
        raise Refusal(NOT_SIMULATED, "a metric value that is taken from the event is not simulated", 501) from None
    if name not in group.filters and len(group.filters) >= MOST_FILTERS:
        raise Refusal("LimitExceededException", "Resource limit exceeded.")
    group.filters[name] = {
        "filterName": name, "filterPattern": pattern, "metricTransformations": made, "logGroupName": group.name,
        "creationTime": int(asked.world.clock.now().timestamp() * 1000), "applyOnTransformedLogs": False,
    }  # fmt: skip
    return {}


def delete_metric_filter(asked: Asked) -> Mapping[str, Any]:
    group = _group(asked)
    if group.filters.pop(str(asked.params["filterName"]), None) is None:
        raise Refusal("ResourceNotFoundException", "The specified metric filter does not exist.")
    return {}


def describe_metric_filters(asked: Asked) -> Mapping[str, Any]:
    """Of one group, or of all; sorted by name."""
    params = asked.params
    if ("metricName" in params) != ("metricNamespace" in params):
        raise Refusal("InvalidParameterException", "metricName and metricNamespace must be given together")
    groups = [_group(asked)] if params.get("logGroupName") else list(_place(asked).groups.values())
    start = str(params.get("filterNamePrefix", ""))
    wanted = (params.get("metricNamespace"), params.get("metricName"))
    found = [
        each for group in groups for name, each in group.filters.items()
        if name.startswith(start) and (wanted == (None, None) or wanted == _metric(each))
    ]  # fmt: skip
    page, token = _paged(asked, sorted(found, key=lambda each: str(each["filterName"])))
    return {"metricFilters": page, **token}


def test_metric_filter(asked: Asked) -> Mapping[str, Any]:
    messages = [str(each) for each in asked.params["logEventMessages"]]
    if not 1 <= len(messages) <= 50:
        raise Refusal("InvalidParameterException", "1 to 50 messages can be tested.")
    matches = _read(str(asked.params["filterPattern"]))
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": message, "extractedValues": {}}
            for number, message in enumerate(messages, 1)
            if matches(message)
        ]
    }


def _metric(put: Mapping[str, Any]) -> tuple[Any, Any]:
    one = put["metricTransformations"][0]
    return one["metricNamespace"], one["metricName"]


def _read(pattern: str) -> Any:
    try:
        return compiled(pattern)
    except PatternError as error:
        raise Refusal("InvalidParameterException", f"Invalid metric filter pattern: {error}") from None
    except NotSimulatedPattern as error:
        raise Refusal(NOT_SIMULATED, f"logs: {error}", 501) from None


def _place(asked: Asked) -> Place:
    return asked.world.monitoring.place(asked.caller.account, asked.region)


def _group(asked: Asked) -> LogGroup:
    found = _place(asked).groups.get(str(asked.params["logGroupName"]))
    if found is None:
        raise Refusal("ResourceNotFoundException", "The specified log group does not exist.")
    return found


def _plain(asked: Asked, *members: str) -> None:
    for member in members:
        if asked.params.get(member):
            raise Refusal(NOT_SIMULATED, f"logs: {member} is not simulated", 501)


def _paged(asked: Asked, found: list[Any]) -> tuple[list[Any], Mapping[str, Any]]:
    token, size = str(asked.params.get("nextToken", "0")), int(asked.params.get("limit") or PAGE)
    if not token.isdecimal() or int(token) > len(found) or not 1 <= size <= PAGE:
        raise Refusal("InvalidParameterException", "The specified nextToken or limit is invalid.")
    end = int(token) + size
    return found[int(token) : end], {"nextToken": str(end)} if end < len(found) else {}


OPERATIONS: Mapping[str, Gap] = {
    "CreateLogGroup": create_log_group,
    "DeleteLogGroup": delete_log_group,
    "DescribeLogGroups": describe_log_groups,
    "PutRetentionPolicy": put_retention_policy,
    "DeleteRetentionPolicy": delete_retention_policy,
    "PutMetricFilter": put_metric_filter,
    "DeleteMetricFilter": delete_metric_filter,
    "DescribeMetricFilters": describe_metric_filters,
    "TestMetricFilter": test_metric_filter,
}
