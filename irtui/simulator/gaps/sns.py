"""Of SNS topics and their e-mail subscriptions: whoever is to be told must confirm first, with the token of a mail.

Not simulated: other protocols, attributes and policies of topics, FIFO topics, publishing by hand.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.monitoring_records import PENDING, Mail, Subscription, Topic
from irtui.simulator.world import Asked, Gap

VALID_SECONDS = 2 * 86400
"""How long the token of a subscription is good."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MAY = (
    "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe",
    "ListSubscriptionsByTopic", "Publish",
)  # fmt: skip


def create_topic(asked: Asked) -> Mapping[str, Any]:
    """Whoever has it already gets its ARN."""
    name = str(asked.params["Name"])
    if asked.params.get("Attributes") or asked.params.get("DataProtectionPolicy"):
        raise Refusal(NOT_SIMULATED, "attributes of a topic are not simulated", 501)
    if not _NAME.fullmatch(name):
        raise Refusal("InvalidParameter", "Invalid parameter: Topic Name")
    arn = f"arn:aws:sns:{asked.region}:{asked.caller.account}:{name}"
    _topics(asked).setdefault(arn, Topic(arn, asked.caller.account))
    return {"TopicArn": arn}


def delete_topic(asked: Asked) -> Mapping[str, Any]:
    _topics(asked).pop(str(asked.params["TopicArn"]), None)
    return {}


def list_topics(asked: Asked) -> Mapping[str, Any]:
    page, token = _paged(asked, sorted(_topics(asked)))
    return {"Topics": [{"TopicArn": arn} for arn in page], **token}


def get_topic_attributes(asked: Asked) -> Mapping[str, Any]:
    topic = _topic(asked)
    confirmed = sum(each.confirmed for each in topic.subscriptions)
    statement = {
        "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
        "Action": [f"SNS:{name}" for name in _MAY], "Resource": topic.arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": topic.owner}},
    }  # fmt: skip
    policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    return {
        "Attributes": {
            "TopicArn": topic.arn, "Owner": topic.owner, "DisplayName": "", "Policy": json.dumps(policy),
            "SubscriptionsConfirmed": str(confirmed),
            "SubscriptionsPending": str(len(topic.subscriptions) - confirmed),
            "SubscriptionsDeleted": str(topic.deleted),
        }
    }  # fmt: skip


def subscribe(asked: Asked) -> Mapping[str, Any]:
    """A mail with the token goes out, again for who has not confirmed yet."""
    topic, params, world = _topic(asked), asked.params, asked.world
    if params["Protocol"] != "email":
        raise Refusal(NOT_SIMULATED, f"subscriptions by {params['Protocol']} are not simulated", 501)
    if params.get("Attributes"):
        raise Refusal(NOT_SIMULATED, "attributes of a subscription are not simulated", 501)
    address = str(params.get("Endpoint", ""))
    if not _MAIL.fullmatch(address):
        raise Refusal("InvalidParameter", "Invalid parameter: Email address")
    found = next((each for each in topic.subscriptions if each.endpoint == address), None)
    if found is None:
        number = hashlib.sha256(f"{world.seed} {topic.arn} {address} {topic.deleted}".encode()).hexdigest()
        unique = f"{number[:8]}-{number[8:12]}-4{number[13:16]}-a{number[17:20]}-{number[20:32]}"
        found = Subscription(f"{topic.arn}:{unique}", "email", address, number[32:], world.clock.now())
        topic.subscriptions.append(found)
    if not found.confirmed:
        found.made = world.clock.now()
        words = f"You have chosen to subscribe to the topic: {topic.arn}"
        world.monitoring.mails.append(
            Mail(found.made, address, "AWS Notification - Subscription Confirmation", words, found.token)
        )
    shown = found.confirmed or params.get("ReturnSubscriptionArn")
    return {"SubscriptionArn": found.arn if shown else "pending confirmation"}


def confirm_subscription(asked: Asked) -> Mapping[str, Any]:
    topic, token, now = _topic(asked), str(asked.params["Token"]), asked.world.clock.now()
    found = next((each for each in topic.subscriptions if each.token == token), None)
    if found is None or (not found.confirmed and (now - found.made).total_seconds() > VALID_SECONDS):
        raise Refusal("InvalidParameter", "Invalid parameter: Token")
    found.confirmed = True
    return {"SubscriptionArn": found.arn}


def unsubscribe(asked: Asked) -> Mapping[str, Any]:
    wanted = str(asked.params["SubscriptionArn"])
    topic = asked.world.monitoring.topic(wanted.rpartition(":")[0])
    found = next((each for each in topic.subscriptions if each.arn == wanted), None) if topic else None
    if topic is not None and found is not None:
        topic.subscriptions.remove(found)
        topic.deleted += 1
    elif wanted.count(":") != 6:
        raise Refusal("InvalidParameter", "Invalid parameter: SubscriptionArn")
    return {}


def list_subscriptions_by_topic(asked: Asked) -> Mapping[str, Any]:
    topic = _topic(asked)
    page, token = _paged(asked, topic.subscriptions)
    rows = [
        {
            "SubscriptionArn": each.arn if each.confirmed else PENDING, "Owner": topic.owner,
            "Protocol": each.protocol, "Endpoint": each.endpoint, "TopicArn": topic.arn,
        }
        for each in page
    ]  # fmt: skip
    return {"Subscriptions": rows, **token}


def _topics(asked: Asked) -> dict[str, Topic]:
    return asked.world.monitoring.place(asked.caller.account, asked.region).topics


def _topic(asked: Asked) -> Topic:
    """Of this Region only, as in AWS."""
    arn = str(asked.params["TopicArn"])
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "sns" or parts[3] != asked.region:
        raise Refusal("InvalidParameter", "Invalid parameter: TopicArn")
    if (found := asked.world.monitoring.topic(arn)) is None:
        raise Refusal("NotFound", "Topic does not exist", 404)
    return found


def _paged(asked: Asked, found: list[Any]) -> tuple[list[Any], Mapping[str, Any]]:
    token = str(asked.params.get("NextToken", "0"))
    if not token.isdecimal() or int(token) > len(found):
        raise Refusal("InvalidParameter", "Invalid parameter: NextToken")
    end = int(token) + 100
    return found[int(token) : end], {"NextToken": str(end)} if end < len(found) else {}


OPERATIONS: Mapping[str, Gap] = {
    "CreateTopic": create_topic,
    "DeleteTopic": delete_topic,
    "ListTopics": list_topics,
    "GetTopicAttributes": get_topic_attributes,
    "Subscribe": subscribe,
    "ConfirmSubscription": confirm_subscription,
    "Unsubscribe": unsubscribe,
    "ListSubscriptionsByTopic": list_subscriptions_by_topic,
}
