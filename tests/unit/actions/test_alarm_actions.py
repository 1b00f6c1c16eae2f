"""The chain of the alarm on root, what its history says, the organization and the permissions: against tables."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from irtui.actions.alarm_chain import PATTERN
from irtui.actions.registry import ACTIONS
from irtui.errors import AwsFault, RunbookError
from irtui.model.call import Call
from irtui.model.outcome import Reply
from tests.unit.actions.test_sweep_actions import HERE, THERE, Account, fault

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ARN = f"arn:aws:cloudtrail:us-east-1:{HERE}:trail/main"
TOPIC = f"arn:aws:sns:us-east-1:{HERE}:security"
TRAIL = {
    "Name": "main", "TrailARN": ARN, "HomeRegion": "us-east-1", "IsMultiRegionTrail": True,
    "IncludeGlobalServiceEvents": True,
    "CloudWatchLogsLogGroupArn": f"arn:aws:logs:us-east-1:{HERE}:log-group:trail:*",
}  # fmt: skip
FILTER = {
    "filterName": "root", "filterPattern": PATTERN,
    "metricTransformations": [{"metricName": "Root", "metricNamespace": "Security", "metricValue": "1"}],
}  # fmt: skip
ALARM = {
    "AlarmName": "root", "Namespace": "Security", "MetricName": "Root", "Statistic": "Sum", "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 1, "ActionsEnabled": True,
    "AlarmActions": [TOPIC], "StateValue": "OK",
}  # fmt: skip
CONFIRMED = {"SubscriptionArn": f"{TOPIC}:1", "Endpoint": "a@example.com", "Protocol": "email"}


def whole(**other: Any) -> Account:
    """An account in which every link stands, but for what is given."""
    answers = {
        "DescribeTrails": {"trailList": [TRAIL]}, "GetTrailStatus": {"IsLogging": True},
        "GetEventSelectors": {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]},
        "DescribeMetricFilters": {"metricFilters": [FILTER]}, "TestMetricFilter": {"matches": [{"eventNumber": 1}]},
        "DescribeAlarms": {"MetricAlarms": [ALARM]}, "GetTopicAttributes": {"Attributes": {"TopicArn": TOPIC}},
        "ListSubscriptionsByTopic": {"Subscriptions": [CONFIRMED]},
    }  # fmt: skip
    return Account(**answers | other)


def looked(account: Account, **inputs: Any) -> Any:
    observe = ACTIONS["alarm.root_activity"].observe
    assert observe is not None
    return observe(account, {"email": "a@example.com", "account": HERE} | inputs, NOW).data


def lists(data: Any) -> set[str]:
    names = ("no_group", "no_filter", "no_topic", "no_alarm", "unheard", "muted")
    return {name for name in names if data[name]}


def test_a_whole_chain_lacks_nothing() -> None:
    """Nothing is open, and it says who is told."""
    data = looked(whole())
    assert (data["open"], lists(data), data["told"], data["alarm"]) == (0, set(), ["a@example.com"], "root")


@pytest.mark.parametrize(
    ("other", "lacks"),
    [
        ({"DescribeTrails": {"trailList": [{**TRAIL, "CloudWatchLogsLogGroupArn": ""}]}},
         {"no_group", "no_filter", "no_alarm"}),
        ({"DescribeMetricFilters": {"metricFilters": []}}, {"no_filter", "no_alarm"}),
        ({"TestMetricFilter": {"matches": [{"eventNumber": 1}, {"eventNumber": 4}]}}, {"no_filter", "no_alarm"}),
        ({"TestMetricFilter": {"matches": []}}, {"no_filter", "no_alarm"}),
        ({"DescribeAlarms": {"MetricAlarms": []}}, {"no_alarm"}),
        ({"DescribeAlarms": {"MetricAlarms": [{**ALARM, "Threshold": 1000.0}]}}, {"no_alarm"}),
        ({"DescribeAlarms": {"MetricAlarms": [{**ALARM, "EvaluationPeriods": 5}]}}, {"no_alarm"}),
        ({"DescribeAlarms": {"MetricAlarms": [{**ALARM, "MetricName": "Other"}]}}, {"no_alarm"}),
        ({"DescribeAlarms": {"MetricAlarms": [{**ALARM, "AlarmActions": []}]}}, {"no_alarm"}),
        ({"DescribeAlarms": {"MetricAlarms": [{**ALARM, "ActionsEnabled": False}]}}, {"muted"}),
        ({"GetTopicAttributes": fault("absent")}, {"no_topic", "unheard"}),
        ({"ListSubscriptionsByTopic": {"Subscriptions": [{**CONFIRMED, "SubscriptionArn": "PendingConfirmation"}]}},
         {"unheard"}),
    ],
)  # fmt: skip
def test_each_link_that_is_missing_is_named(other: dict[str, Any], lacks: set[str]) -> None:
    """Also one that is there and was made useless: another pattern, a threshold out of reach, no actions."""
    data = looked(whole(**other))
    assert lists(data) == lacks and data["open"] == len(lacks)


def test_what_is_made_is_named_in_the_trails_partition() -> None:
    """In GovCloud and China an ARN of another partition is refused, or names nothing."""
    arn = f"arn:aws-us-gov:cloudtrail:us-gov-west-1:{HERE}:trail/main"
    trail = {**TRAIL, "TrailARN": arn, "HomeRegion": "us-gov-west-1", "CloudWatchLogsLogGroupArn": ""}
    data = looked(whole(DescribeTrails={"trailList": [trail]}, GetTopicAttributes=fault("absent")))
    (group,), (topic,) = data["no_group"], data["no_topic"]
    assert group["partition"] == "aws-us-gov"
    assert group["group_arn"].startswith("arn:aws-us-gov:logs:") and topic["topic"].startswith("arn:aws-us-gov:sns:")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"DescribeTrails": {"trailList": []}}, "there is no trail"),
        ({"DescribeTrails": {"trailList": [{**TRAIL, "IsMultiRegionTrail": False}]}}, "does not cover every Region"),
        ({"GetTrailStatus": {"IsLogging": False}}, "does not log"),
        ({"GetEventSelectors": {"EventSelectors": [{"ReadWriteType": "ReadOnly"}]}}, "every management event"),
        ({"DescribeTrails": {"trailList": [{**TRAIL, "TrailARN": ARN.replace(HERE, THERE)}]}}, "another account"),
    ],
)
def test_a_trail_that_cannot_carry_it_is_no_trail(other: dict[str, Any], words: str) -> None:
    """It says why, and no list asks for a link on it."""
    data = looked(whole(**other))
    assert (data["trail"], lists(data)) == ("", set()) and words in data["lacks"] and data["open"] > 0


@pytest.mark.parametrize("operation", ["DescribeMetricFilters", "DescribeAlarms", "GetTopicAttributes"])
def test_what_could_not_be_read_is_neither_there_nor_missing(operation: str) -> None:
    """A refusal is a gap: nothing is made because of it, and the chain does not count as whole."""
    data = looked(whole(**{operation: fault("denied")}))
    assert data["gaps"] and data["open"] > 0
    assert not lists(data) & {"no_filter", "no_alarm", "no_topic"}


def rang(*items: tuple[str, str, str]) -> Any:
    rows = [
        {"HistoryItemType": kind, "HistorySummary": summary, "Timestamp": NOW,
         "HistoryData": json.dumps({"newState": {"stateReason": reason}})}
        for kind, summary, reason in items
    ]  # fmt: skip
    observe = ACTIONS["alarm.rang"].observe
    assert observe is not None
    return observe(Account(DescribeAlarmHistory={"AlarmHistoryItems": rows}), {"alarm": "x", "since": "1h"}, NOW)


def test_a_ring_of_itself_is_told_from_a_test_and_from_one_that_nobody_heard() -> None:
    """By the reason of the new state, and by whether the topic took the message."""
    on, done = "Alarm updated from OK to ALARM", "Successfully executed action arn:aws:sns:x"
    real, test = ("StateUpdate", on, "Threshold Crossed: 1 datapoint"), ("StateUpdate", on, "Test by irtui")
    sent, failed = ("Action", done, ""), ("Action", "Failed to execute action arn:aws:sns:x", "")
    assert [rang(*rows).data["real"] for rows in ((), (real,), (real, failed), (test, sent), (real, sent))] == [
        0, 0, 0, 0, 1,
    ]  # fmt: skip
    assert rang(test, sent).data["tests"] == 1
    assert [rang(*rows).again is None for rows in ((), (test, sent), (real,), (real, sent))] == [
        False, False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "role"),
    [
        ({"Organization": {"Id": "o-1", "MasterAccountId": THERE}}, "member"),
        ({"Organization": {"Id": "o-1", "MasterAccountId": HERE}}, "management"),
        ({"Organization": {"Id": "o-1"}}, "unknown"),
        (AwsFault("absent", "AWSOrganizationsNotInUseException", "no"), "alone"),
        (fault("denied"), "unknown"),
    ],
)
def test_what_the_account_is_in_its_organization(answer: Any, role: str) -> None:
    """Four answers; what could not be asked is unknown and a gap."""
    observe = ACTIONS["account.organization"].observe
    assert observe is not None
    found = observe(Account(DescribeOrganization=answer), {"account": HERE}, NOW)
    assert found.data["role"] == role
    assert bool(found.gaps) == (isinstance(answer, AwsFault) and role == "unknown")


def may(caller: str, **inputs: Any) -> Any:
    table = Account(
        GetRole={"Role": {"Arn": f"arn:aws:iam::{HERE}:role/aws-reserved/sso/Responder"}},
        SimulatePrincipalPolicy=lambda call: {
            "EvaluationResults": [
                {"EvalActionName": name, "EvalDecision": "allowed" if name.startswith("iam:") else "implicitDeny"}
                for name in call.params["ActionNames"]
                if call.params["PolicySourceArn"].endswith(("role/aws-reserved/sso/Responder", "user/jo"))
            ]
        },
    )
    observe = ACTIONS["iam.may"].observe
    assert observe is not None
    return observe(table, {"caller": caller} | inputs, NOW).data


def test_permissions_are_asked_of_the_role_behind_a_session() -> None:
    """With its path, as IAM names it; of a user as it is; of root nothing can be simulated."""
    asked = {"actions": "iam:PutUserPolicy organizations:AttachPolicy"}
    session = may(f"arn:aws:sts::{HERE}:assumed-role/Responder/jo", **asked)
    assert (session["allowed"], session["unsure"]) == (["iam:PutUserPolicy"], ["organizations:AttachPolicy"])
    assert may(f"arn:aws:iam::{HERE}:user/jo", **asked)["unsure"] == ["organizations:AttachPolicy"]
    assert may(f"arn:aws:iam::{HERE}:root", **asked)["unknown"] == ["iam:PutUserPolicy", "organizations:AttachPolicy"]
    assert may(f"arn:aws:iam::{HERE}:user/jo")["denied"] == ["cloudtrail:LookupEvents"]
    with pytest.raises(RunbookError, match="no IAM action"):
        may(f"arn:aws:iam::{HERE}:user/jo", actions="PutUserPolicy")


def test_who_may_not_be_asked_about_a_kind_leaves_the_first_answer() -> None:
    """The second question refused: what was told stays told, what was not is unsure, and the gap is named."""
    table = Account(SimulatePrincipalPolicy=lambda call: fault("denied") if "ResourceArns" in call.params else {
        "EvaluationResults": [
            {"EvalActionName": "iam:GetUser", "EvalDecision": "allowed"},
            {"EvalActionName": "s3:PutBucketPolicy", "EvalDecision": "implicitDeny"},
        ]
    })  # fmt: skip
    observe = ACTIONS["iam.may"].observe
    assert observe is not None
    inputs = {"caller": f"arn:aws:iam::{HERE}:user/jo", "actions": "iam:GetUser s3:PutBucketPolicy"}
    found = observe(table, inputs, NOW)
    assert (found.data["allowed"], found.data["unsure"]) == (["iam:GetUser"], ["s3:PutBucketPolicy"])
    assert len(found.gaps) == 1


@pytest.mark.parametrize(("ahead", "words"), [(0, "agrees"), (90, "90 seconds behind"), (-3600, "3600 seconds ahead")])
def test_the_clock_is_awss_and_the_difference_is_said(ahead: int, words: str) -> None:
    """By the date of AWS's own answer; without one nobody knows."""

    class Dated(Account):
        def read(self, call: Call, *, pages: int = 1) -> Reply:
            return Reply({}, date="Mon, 23 Nov 2026 12:00:05 GMT")

    observe = ACTIONS["account.clock"].observe
    assert observe is not None
    data = observe(Dated(), {"ahead": ahead}, NOW).data
    assert data["t0"] == "2026-11-23T12:00:05.000000Z" and words in data["words"]
    assert observe(Account(GetCallerIdentity={}), {"ahead": ahead}, NOW).gaps
