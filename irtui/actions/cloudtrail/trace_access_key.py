"""Follow an access key through CloudTrail's event history: what was opened with it outlives it.

Stops and breaks: nothing, it only reads. Sessions (ASIA…) and keys made with the key are followed in turn, so that
chained roles are found. What could not be read becomes a gap in words; when nothing at all could be read about the key
itself the action fails, because no events seen is not no events.
Limits: management events of the last 90 days, which may be 15 minutes late, of Regions that are enabled now.
CloudTrail: DescribeRegions and LookupEvents events of the operator.

```yaml
use: cloudtrail.trace_access_key
with: {access_key_id: "${{ inputs.access_key_id }}"}
evidence: true
on_failure: continue
```
"""

import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from irtui.actions.event_history import lookup, regions_of
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.canonical import plain

PAGES = 20
"""Pages of 50 events that are read per key and Region."""
KEYS = 50
"""Keys and sessions that are followed."""
EVENTS = 2000
"""Events that are kept as evidence."""


@dataclass
class _Trace:
    """What the events read so far led to."""

    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    role_arns: dict[str, None] = field(default_factory=dict)
    """In the order of the chain, nearest to the key first: revoking a chained role before the one that leads to it
    would let the holder open it anew."""
    keys: dict[str, str] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    sources: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: int = 0

    def add(self, event: Mapping[str, Any], key: str) -> Iterator[str]:
        """Takes one event in, once. Yields the ids of keys and sessions that it made."""
        event_id = str(event.get("eventID", "")) or json.dumps(event, sort_keys=True, default=str)
        if event_id in self.events:
            return
        name = str(event.get("eventName", ""))
        self.events[event_id] = _short(event, key)
        self.sources[str(event.get("sourceIPAddress", ""))] += 1
        self.agents[str(event.get("userAgent", ""))] += 1
        self.names[f"{str(event.get('eventSource', '')).removesuffix('.amazonaws.com')}.{name}"] += 1
        self.accounts.add(str(event.get("recipientAccountId", "")))
        if event.get("errorCode"):
            self.refused += 1
            return
        asked, answered = _map(event, "requestParameters"), _map(event, "responseElements")
        made = _map(answered, "credentials").get("accessKeyId")
        if name.startswith("AssumeRole") and asked.get("roleArn"):
            self.role_arns.setdefault(str(asked["roleArn"]))
        if made:
            self.sessions.setdefault(
                str(made), {"id": str(made), "made_by": name, "with": key, "role": asked.get("roleArn")}
            )
            yield str(made)
        if name == "CreateUser" and asked.get("userName"):
            self.users.add(str(asked["userName"]))
        if name == "CreateAccessKey":
            new = _map(answered, "accessKey")
            if new.get("accessKeyId"):
                self.keys[str(new["accessKeyId"])] = str(new.get("userName", ""))
                yield str(new["accessKeyId"])


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises AwsFault or SimulatorGap when no event could be looked up, RunbookError for unusable inputs."""
    first = text(inputs, "access_key_id")
    regions, missing = regions_of(reader, inputs.get("regions"))
    trace, gaps = _Trace(), list(missing)
    waiting, seen = deque([first]), {first}
    while waiting:
        key = waiting.popleft()
        looked = lookup(reader, regions, "AccessKeyId", key, pages=PAGES)
        gaps += looked.gaps
        for made in [made for event in looked.events for made in trace.add(event, key)]:
            if made not in seen and len(seen) >= KEYS:
                gaps.append(f"{made} was not followed: more than {KEYS} keys and sessions")
            elif made not in seen:
                seen.add(made)
                waiting.append(made)
        if key == first and looked.failed is not None:
            raise looked.failed
    return _facts(first, trace, gaps)


def _facts(first: str, trace: _Trace, gaps: list[str]) -> Facts:
    here = [arn for arn in trace.role_arns if _account(arn) in trace.accounts]
    elsewhere = [arn for arn in trace.role_arns if arn not in here]
    gaps += [f"{arn} is a role of another account: contain it there" for arn in elsewhere]
    if len(trace.events) > EVENTS:
        gaps.append(f"only the first {EVENTS} of {len(trace.events)} events are kept")
    data = {
        "access_key_id": first,
        "roles": list(dict.fromkeys(arn.rsplit("/", 1)[-1] for arn in here)),
        "role_arns": here,
        "foreign_roles": elsewhere,
        "sessions": [trace.sessions[key] for key in sorted(trace.sessions)],
        "session_ids": sorted(trace.sessions),
        "further_keys": [{"id": key, "user": trace.keys[key]} for key in sorted(trace.keys)],
        "created_users": sorted(trace.users),
        "source_ips": _counted(trace.sources),
        "user_agents": _counted(trace.agents),
        "operations": _counted(trace.names),
        "event_count": len(trace.events),
        "refused_count": trace.refused,
        "events": sorted(trace.events.values(), key=lambda event: str(event["time"]))[:EVENTS],
    }
    return Facts({**plain(data), "gaps": list(gaps)}, tuple(gaps))


def _short(event: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {
        "id": event.get("eventID", ""), "time": event.get("eventTime", ""), "source": event.get("eventSource", ""),
        "name": event.get("eventName", ""), "region": event.get("awsRegion", ""), "error": event.get("errorCode", ""),
        "ip": event.get("sourceIPAddress", ""), "agent": event.get("userAgent", ""), "key": key,
    }  # fmt: skip


def _map(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""


def _counted(counter: Counter[str]) -> list[dict[str, Any]]:
    pairs = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"value": value, "count": count} for value, count in pairs]


ACTION = Action(
    id="cloudtrail.trace_access_key",
    title="What an access key led to",
    inputs={
        "access_key_id": InputField("access_key_id", help="Where to begin; AKIA… or ASIA…"),
        "regions": InputField("list", required=False, help="Regions to look in; every enabled one without it."),
    },
    permissions=("cloudtrail:LookupEvents", "ec2:DescribeRegions"),
    keeps=(
        "roles", "role_arns", "foreign_roles", "sessions", "session_ids", "further_keys", "created_users", "source_ips",
        "user_agents", "operations", "event_count", "refused_count", "gaps",
    ),
    observe=observe,
)  # fmt: skip
