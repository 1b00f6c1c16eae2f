"""The everyday of an account: months of ordinary CloudTrail records, so that an incident has to be found among them.

Rules: only records, no state; all of them are reads by the principals given, dated before now, the same for one seed.
Workloads run round the clock in hourly bursts; people work on weekdays. They are marked as background in the history.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from irtui.simulator.resources import GLOBAL
from irtui.simulator.world import SimulatedWorld

HABITS: Mapping[str, tuple[str, ...]] = {
    "workload": (
        "sts.GetCallerIdentity", "s3.ListBuckets", "s3.GetBucketLocation", "ssm.GetParameter", "kms.Decrypt",
        "ec2.DescribeInstances", "logs.DescribeLogStreams", "secretsmanager.GetSecretValue", "dynamodb.DescribeTable",
    ),
    "person": (
        "iam.ListUsers", "iam.ListRoles", "iam.GetUser", "ec2.DescribeInstances", "ec2.DescribeSecurityGroups",
        "cloudtrail.DescribeTrails", "cloudtrail.LookupEvents", "s3.ListBuckets", "monitoring.DescribeAlarms",
        "lambda.ListFunctions20150331", "sts.GetCallerIdentity",
    ),
}  # fmt: skip
"""What each kind does all day, when nothing else is said."""
_BUSY = {"workload": 6.0, "person": 1.0}
"""How much of the traffic each kind makes."""
_REFUSED = 0.004
_HOURS = (0, 0, 0, 0, 0, 0, 1, 4, 9, 10, 10, 7, 6, 9, 10, 9, 7, 4, 2, 1, 1, 1, 0, 0)
"""How busy people are, by the hour."""


@dataclass(frozen=True, slots=True)
class Regular:
    """Somebody who was always there."""

    name: str
    arn: str
    user_id: str
    access_key_id: str
    source_ip: str = "198.51.100.20"
    user_agent: str = "Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux lang/python#3.12"
    calls: tuple[str, ...] = ()
    """`service.Operation`, all of them reads; empty: what its habit does."""
    habit: str = "workload"
    since: datetime | None = None
    """Nothing before that. None: always."""
    region: str = ""
    """Empty: the world's."""


def write(
    world: SimulatedWorld, principals: Sequence[Regular], *, days: int = 90, events: int = 50_000, seed: int = 0
) -> int:
    """Adds `events` records of the last `days` days; how many there were to add. Raises ValueError."""
    if unknown := {each.habit for each in principals} - HABITS.keys():
        raise ValueError(f"unknown habit {min(unknown)!r}: one of {', '.join(HABITS)}")
    if days < 1 or events < 0:
        raise ValueError("a background has at least a day, and no negative number of events")
    now = world.clock.now().replace(microsecond=0)
    draw = random.Random(f"background {world.seed} {seed}")
    total = sum(_BUSY[each.habit] for each in principals)
    made: list[dict[str, Any]] = []
    for number, each in enumerate(principals):
        share = round(events * _BUSY[each.habit] / total) if number < len(principals) - 1 else events - len(made)
        made += _records(world, each, max(0, share), days, now, draw)
    made.sort(key=lambda record: str(record["eventTime"]))
    with world.lock:
        world.events.extend(made, background=True)
        world.events.settle()
    return len(made)


def _records(
    world: SimulatedWorld, who: Regular, count: int, days: int, now: datetime, draw: random.Random
) -> Iterator[dict[str, Any]]:
    first = max(now - timedelta(days=days), who.since or now - timedelta(days=days))
    if first >= now:
        return
    templates = [_template(world, who, call) for call in who.calls or HABITS[who.habit]]
    weights = [1 / (number + 1) for number in range(len(templates))]
    drawn = draw.choices(templates, weights, k=count)
    for moment, template in zip(_moments(who, count, first, now, draw), drawn, strict=True):
        when = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        record = {**template, "eventTime": when, "requestID": _id(draw), "eventID": _id(draw)}
        if draw.random() < _REFUSED:
            words = f"User: {who.arn} is not authorized to perform: {_action(template)}"
            record |= {"errorCode": "AccessDenied", "errorMessage": words}
        yield record


def _moments(who: Regular, count: int, first: datetime, now: datetime, draw: random.Random) -> Iterator[datetime]:
    """When it calls: bursts after the full hour, or a working day."""
    span = now - first
    hours = max(1, int(span.total_seconds() // 3600))
    for _ in range(count):
        moment = first + timedelta(hours=draw.randrange(hours))
        if who.habit == "person":
            while moment.weekday() > 4 and span > timedelta(days=3):
                moment = first + timedelta(hours=draw.randrange(hours))
            moment = moment.replace(hour=draw.choices(range(24), _HOURS)[0], minute=draw.randrange(60))
        else:
            moment = moment.replace(minute=int(draw.expovariate(0.2)) % 60)
        moment = moment.replace(second=draw.randrange(60))
        yield min(max(moment, first), now - timedelta(seconds=1))


def _template(world: SimulatedWorld, who: Regular, call: str) -> dict[str, Any]:
    """Everything of a record that does not change; shared, so it is never to be changed."""
    service, _, operation = call.partition(".")
    account = who.arn.split(":")[4]
    region = "us-east-1" if service in GLOBAL else who.region or world.region
    host = f"{service}.amazonaws.com" if service in GLOBAL else f"{service}.{region}.amazonaws.com"
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser", "principalId": who.user_id, "arn": who.arn, "accountId": account,
            "accessKeyId": who.access_key_id, "userName": who.name,
        },
        "eventTime": "",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": operation,
        "awsRegion": region,
        "sourceIPAddress": who.source_ip,
        "userAgent": who.user_agent,
        "requestParameters": {"userName": who.name} if call == "iam.GetUser" else None,
        "responseElements": None,
        "requestID": "",
        "eventID": "",
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host,
        },
    }  # fmt: skip


def _action(template: Mapping[str, Any]) -> str:
    return f"{template['eventSource'].removesuffix('.amazonaws.com')}:{template['eventName']}"


def _id(draw: random.Random) -> str:
    text = f"{draw.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
