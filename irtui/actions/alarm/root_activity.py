"""Whether anybody is told when root does something: every link from the trail to the mailbox, and what is missing.

Stops and breaks: nothing, it only reads. `no_group`, `no_filter`, `no_topic`, `no_alarm`, `unheard` and `muted` are
lists, empty or of one, for the steps that put a link in; each item says where. `open` counts them, and what could not
be read. `ringing` holds the alarm while it is on: it has to be set back before it can go off again. Without a trail
that could carry the alarm `trail` is empty, `lacks` says why, and the lists are empty. `at` is when it looked.
Limits: metric filters and metric alarms, in the trail's account. An EventBridge rule that tells of root is not seen.
CloudTrail: DescribeTrails, GetTrailStatus, GetEventSelectors, TestMetricFilter and Describe… events of the operator.

```yaml
use: alarm.root_activity
with: {email: "${{ inputs.email }}", account: "${{ aws.account }}"}
evidence: true
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions import alarm_chain
from irtui.actions.alarm_chain import GROUP, METRIC, NAME, PATTERN, SPACE
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.actions.trail_places import Asking
from irtui.clock import rfc3339

HOME = "us-east-1"
_LISTS = ("no_group", "no_filter", "no_topic", "no_alarm", "unheard", "muted")
PAGES = 20


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when the operator's session has ended."""
    account, email = text(inputs, "account"), text(inputs, "email")
    asking = Asking(reader, PAGES)
    found = list(alarm_chain.trails(asking, account, tuple(dict.fromkeys((reader.region, HOME)))))
    fit = sorted((trail for trail, lacks in found if not lacks), key=lambda trail: not trail["group"])
    data: dict[str, Any] = {
        "trail": "",
        "region": reader.region,
        "alarm": NAME,
        "told": [],
        "pattern": PATTERN,
        "ringing": [],
    }
    data |= {name: [] for name in _LISTS} | {"samples": list(alarm_chain.sample(account))}
    said = [f"{trail['name']} {lacks}" for trail, lacks in found if lacks]
    data["lacks"] = "" if fit else "; ".join(said) or "there is no trail"
    data["words"] = f"nobody would be told: {data['lacks']}"
    if fit:
        _links(asking, data, fit[0], account, email)
    data["open"] = sum(len(data[name]) for name in _LISTS) + (not fit) + len(asking.gaps)
    data |= {"gaps": list(asking.gaps), "at": rfc3339(now)}
    return Facts(data, tuple(asking.gaps))


def _links(asking: Asking, data: dict[str, Any], trail: Mapping[str, Any], account: str, email: str) -> None:
    region, partition = str(trail["region"]), str(trail["arn"]).split(":")[1]
    group = str(trail["group"]) or GROUP
    arn = trail["group_arn"] or f"arn:{partition}:logs:{region}:{account}:log-group:{GROUP}:*"
    data |= {"trail": trail["arn"], "region": region}
    counted: list[tuple[str, str]] | None = []
    if trail["group"]:
        counted = alarm_chain.metrics(asking, trail, account)
    else:
        item = {"trail": trail["arn"], "region": region, "partition": partition, "group": GROUP, "group_arn": arn}
        data["no_group"] = [item]
    space, metric = counted[0] if counted else (SPACE, METRIC)
    if counted == []:
        data["no_filter"] = [{"group": group, "region": region, "namespace": space, "metric": metric}]
    listed = alarm_chain.alarms(asking, region, counted) if counted else []
    heard = sorted(listed or (), key=lambda one: (not alarm_chain.topics(one), not one.get("ActionsEnabled")))
    topics = [topic for one in heard for topic in alarm_chain.topics(one)]
    topic = topics[0] if topics else f"arn:{partition}:sns:{region}:{account}:{NAME}"
    data["alarm"] = str(heard[0]["AlarmName"]) if topics else NAME
    if not topics and listed is not None and counted is not None:
        named = {"alarm": NAME, "region": region, "namespace": space, "metric": metric, "topic": topic}
        data["no_alarm"] = [named]
    if topics and heard[0].get("StateValue") == "ALARM":
        data["ringing"] = [{"alarm": data["alarm"], "region": region}]
    if topics and not heard[0].get("ActionsEnabled"):
        data["muted"] = [{"alarm": data["alarm"], "region": region}]
    _mailbox(asking, data, topic, email)
    told = ", ".join(data["told"]) or "nobody"
    missing = [words for name, words in _WORDS.items() if data[name]]
    lacks = f"; missing: {', '.join(missing)}" if missing else ""
    data["words"] = f"{trail['name']} → {group} → {data['alarm']} tells {told}{lacks}"


_WORDS = {
    "no_group": "the trail's log group", "no_filter": "the metric filter", "no_topic": "the topic",
    "no_alarm": "the alarm", "unheard": "a confirmed address", "muted": "the alarm's actions, which are off",
}  # fmt: skip


def _mailbox(asking: Asking, data: dict[str, Any], topic: str, email: str) -> None:
    region = topic.split(":")[3]
    there = asking.found("sns", "GetTopicAttributes", region, TopicArn=topic)
    if there == {}:
        data["no_topic"] = [{"topic": topic, "name": topic.rsplit(":", 1)[-1], "region": region}]
    rows = alarm_chain.heard(asking, topic) if there else ([], []) if there == {} else None
    if rows is not None:
        data["told"] = rows[0]
        data["unheard"] = [] if email in rows[0] else [{"topic": topic, "region": region, "email": email}]


ACTION = Action(
    id="alarm.root_activity",
    title="Whether anybody is told when root does something",
    inputs={
        "email": InputField("string", help="Who is to be told."),
        "account": InputField("account_id", help="The account that asks."),
    },
    permissions=(
        "cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus",
        "cloudwatch:DescribeAlarms", "logs:DescribeMetricFilters", "logs:TestMetricFilter", "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
    ),
    keeps=(
        "at", "words", "trail", "region", "lacks", "alarm", "told", "pattern", "samples", "open", "ringing", *_LISTS,
    ),
    observe=observe,
)  # fmt: skip
