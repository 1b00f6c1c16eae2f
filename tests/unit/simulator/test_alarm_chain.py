"""From a call of root to a mail: the trail's log group, metric filter, alarm and topic, by the world's time."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.alarmed import ACCOUNT, ALARM, GROUP_ARN, MAIL, ROLE_ARN, TRUST, Alarmed
from tests.support.lab import QUIET, Lab, Tell


@pytest.fixture(scope="module")
def alarmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alarmed]:
    """The links stand; nothing is connected yet. Tests go on where the one before left off."""
    world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=17, folder=tmp_path_factory.mktemp("alarmed"))
    yield Alarmed(Lab(world))
    world.stop()


@pytest.fixture(scope="module")
def root(alarmed: Alarmed) -> Any:
    """IAM as the root user."""
    made = alarmed.lab.world._ask("root", {"account": ACCOUNT})
    return alarmed.lab.client("iam", made)


def test_a_trail_takes_only_a_log_group_that_it_can_write_to(alarmed: Alarmed, tell: Tell) -> None:
    """The group must be there, the role must trust CloudTrail and be allowed to write, the caller must pass it."""
    update, iam = alarmed.trail.update_trail, alarmed.iam
    both = {"CloudWatchLogsLogGroupArn": GROUP_ARN, "CloudWatchLogsRoleArn": ROLE_ARN}
    wrong_group, wrong_role = "InvalidCloudWatchLogsLogGroupArnException", "InvalidCloudWatchLogsRoleArnException"
    elsewhere = GROUP_ARN.replace(":trail:", ":nothing:")
    assert tell(update, Name="main", **both | {"CloudWatchLogsLogGroupArn": elsewhere}) == wrong_group
    assert tell(update, Name="main", CloudWatchLogsRoleArn=ROLE_ARN) == wrong_group
    assert tell(update, Name="main", CloudWatchLogsLogGroupArn=GROUP_ARN) == wrong_role
    assert tell(update, Name="main", **both | {"CloudWatchLogsRoleArn": ROLE_ARN + "x"}) == wrong_role
    lambdas = json.dumps(TRUST).replace("cloudtrail", "lambda")
    iam.update_assume_role_policy(RoleName="writer", PolicyDocument=lambdas)
    assert tell(update, Name="main", **both) == wrong_role
    iam.update_assume_role_policy(RoleName="writer", PolicyDocument=json.dumps(TRUST))
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "logs:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="writer", PolicyName="no", PolicyDocument=json.dumps(deny))
    assert tell(update, Name="main", **both) == wrong_role
    iam.delete_role_policy(RoleName="writer", PolicyName="no")
    poor = alarmed.lab.user("poor", {"Effect": "Allow", "Action": "cloudtrail:*", "Resource": "*"})
    assert tell(alarmed.lab.client("cloudtrail", poor).update_trail, Name="main", **both) == "AccessDeniedException"
    alarmed.connected()
    assert alarmed.trail.get_trail(Name="main")["Trail"]["CloudWatchLogsLogGroupArn"] == GROUP_ARN
    update(Name="main", CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn="")
    assert "CloudWatchLogsLogGroupArn" not in alarmed.trail.get_trail(Name="main")["Trail"]


def test_a_call_of_root_sets_the_alarm_off_minutes_later_and_it_comes_back(alarmed: Alarmed, root: Any) -> None:
    """Not before CloudTrail delivers it; other callers do not count; five quiet minutes end it."""
    alarmed.connected()
    alarmed.counted()
    assert alarmed.state() == "INSUFFICIENT_DATA"
    alarmed.lab.world.advance(60)
    assert alarmed.state() == "OK"
    alarmed.iam.list_users()
    alarmed.lab.world.advance(600)
    assert alarmed.state() == "OK"
    assert "LatestCloudWatchLogsDeliveryTime" in alarmed.trail.get_trail_status(Name="main")
    root.list_users()
    alarmed.lab.world.advance(50)  # least delay: 60 seconds
    assert alarmed.state() == "OK"
    alarmed.lab.world.advance(310)
    assert alarmed.state() == "ALARM"
    alarmed.lab.world.advance(360)
    assert alarmed.state() == "OK"
    moves = [words for words in alarmed.told() if words.startswith("Alarm updated")]
    assert moves == [
        "Alarm updated from INSUFFICIENT_DATA to OK", "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ]  # fmt: skip


def test_a_test_by_hand_lasts_until_the_alarm_looks_again(alarmed: Alarmed) -> None:
    """The topic takes the message; a state that it is in already changes nothing and tells nobody."""
    for _ in range(2):
        alarmed.alarms.set_alarm_state(AlarmName="root", StateValue="ALARM", StateReason="a test")
    assert alarmed.told()[-2:] == ["Alarm updated from OK to ALARM", f"Successfully executed action {alarmed.topic}"]
    alarmed.lab.world.advance(60)
    assert alarmed.state() == "OK"


def test_a_muted_alarm_goes_off_and_tells_nobody(alarmed: Alarmed, root: Any) -> None:
    """Its state changes all the same; with its actions on it tells again."""
    alarmed.alarms.disable_alarm_actions(AlarmNames=["root"])
    root.list_users()
    alarmed.lab.world.advance(360)
    assert alarmed.told()[-1] == "Alarm updated from OK to ALARM"
    alarmed.alarms.enable_alarm_actions(AlarmNames=["root"])
    alarmed.lab.world.advance(600)


def test_only_who_confirmed_is_told(alarmed: Alarmed, tell: Tell) -> None:
    """The token of the mail confirms; until then the subscription has no ARN. A wrong token is refused."""

    def listed() -> dict[str, str]:
        rows = alarmed.sns.list_subscriptions_by_topic(TopicArn=alarmed.topic)["Subscriptions"]
        return {row["Endpoint"]: row["SubscriptionArn"] for row in rows}

    wanted = {"TopicArn": alarmed.topic, "Protocol": "email"}
    assert alarmed.sns.subscribe(**wanted, Endpoint=MAIL)["SubscriptionArn"] == "pending confirmation"
    assert alarmed.sns.subscribe(**wanted, Endpoint="b@example.com", ReturnSubscriptionArn=True)[
        "SubscriptionArn"
    ].startswith(alarmed.topic)
    assert set(listed().values()) == {"PendingConfirmation"}
    assert tell(alarmed.sns.confirm_subscription, TopicArn=alarmed.topic, Token="0" * 32) == "InvalidParameter"
    assert tell(alarmed.sns.subscribe, **wanted, Endpoint="nobody") == "InvalidParameter"
    assert tell(alarmed.sns.subscribe, TopicArn=alarmed.topic, Protocol="sms", Endpoint="+15550100") == "NotSimulated"
    attributes = alarmed.sns.get_topic_attributes(TopicArn=alarmed.topic)["Attributes"]
    assert (attributes["SubscriptionsConfirmed"], attributes["SubscriptionsPending"]) == ("0", "2")


def test_a_role_that_lost_its_permission_delivers_nothing(alarmed: Alarmed, root: Any) -> None:
    """The trail's status says so, and the alarm stays quiet: the most silent way to switch it off."""
    alarmed.iam.delete_role_policy(RoleName="writer", PolicyName="p")
    root.list_users()
    alarmed.lab.world.advance(600)
    assert alarmed.state() == "OK"
    status = alarmed.trail.get_trail_status(Name="main")
    assert "permissions" in status["LatestCloudWatchLogsDeliveryError"]


def test_what_is_not_simulated_and_what_aws_refuses(alarmed: Alarmed, tell: Tell) -> None:
    """Alarms of another kind, patterns of another language, things that are not there, names that are taken."""
    put, logs = alarmed.alarms.put_metric_alarm, alarmed.logs
    assert tell(put, **ALARM | {"EvaluationPeriods": 3}) == "NotSimulated"
    assert tell(put, **ALARM | {"AlarmActions": ["arn:aws:lambda:us-east-1:111122223333:function:x"]}) == "NotSimulated"
    assert tell(put, **ALARM | {"AlarmActions": [alarmed.topic.replace("us-east-1", "eu-west-1")]}) == "ValidationError"
    assert tell(put, AlarmName="half") == "ValidationError"
    assert tell(alarmed.alarms.set_alarm_state, AlarmName="x", StateValue="OK", StateReason="y") == "ResourceNotFound"
    tried = {"logEventMessages": ["{}"]}
    assert tell(logs.test_metric_filter, filterPattern="{ $.a EXISTS }", **tried) == "InvalidParameterException"
    assert tell(logs.test_metric_filter, filterPattern="ERROR", **tried) == "NotSimulated"
    assert tell(logs.create_log_group, logGroupName="trail") == "ResourceAlreadyExistsException"
    assert tell(logs.describe_metric_filters, logGroupName="gone") == "ResourceNotFoundException"
    assert tell(alarmed.sns.get_topic_attributes, TopicArn=alarmed.topic + "x") == "NotFound"


def test_policies_bind_what_is_watched_with(alarmed: Alarmed, tell: Tell) -> None:
    """By the ARN of the log group, the alarm and the topic; events name the service as AWS does."""
    account = f"us-east-1:{ACCOUNT}"
    allowed = [
        ("logs:*", f"arn:aws:logs:{account}:log-group:trail:*"),
        ("cloudwatch:*", f"arn:aws:cloudwatch:{account}:alarm:root"), ("sns:*", f"arn:aws:sns:{account}:root"),
    ]  # fmt: skip
    key = alarmed.lab.user("watcher", *({"Effect": "Allow", "Action": a, "Resource": r} for a, r in allowed))
    logs, alarms, sns = (alarmed.lab.client(name, key) for name in ("logs", "cloudwatch", "sns"))
    assert tell(logs.describe_metric_filters, logGroupName="trail") == "ok"
    assert tell(logs.describe_metric_filters, logGroupName="other") == "AccessDeniedException"
    assert tell(alarms.describe_alarms, AlarmNames=["root"]) == "ok"
    assert tell(alarms.describe_alarms) == "AccessDenied"
    assert tell(alarms.disable_alarm_actions, AlarmNames=["root", "other"]) == "AccessDenied"
    assert tell(sns.get_topic_attributes, TopicArn=alarmed.topic) == "ok"
    assert tell(sns.create_topic, Name="other") == "AuthorizationError"
    sources = {event["eventSource"] for event in alarmed.lab.world.events() if event["eventName"] == "DescribeAlarms"}
    assert sources == {"monitoring.amazonaws.com"}
