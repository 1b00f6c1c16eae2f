"""Of the events that a search found, those that lead from a key to other members of its family, cut down to what
`family.py` reads of them: few enough to be kept by a step and given to the family tree.

Rules: every key that called stands there with whom it belongs to, even when it only read. What AWS refused leads
nowhere. The same change counts once, at its first time. When there is no room for all, sessions that have ended and did
nothing give way first, and are counted; then the newest calls, and that is said, because then members are missing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, takewhile
from typing import Any

from irtui.canonical import canonical
from irtui.trail.family import CHANGES, expiry, moment
from irtui.trail.search.query import mapping, string

ROOM = 20 * 1024
"""Bytes that the leads of one search may take."""
_ASKED = (
    "roleArn", "roleSessionName", "name", "userName", "roleName", "groupName", "policyArn", "accessKeyId", "status",
)  # fmt: skip
_OPENS = ("GetSessionToken", "GetFederationToken")
IAM = "iam.amazonaws.com"
Call = dict[str, Any]


@dataclass(slots=True)
class _Caller:
    who: dict[str, str]
    first: str
    writes: bool = False
    calls: dict[tuple[str, ...], Call] = field(default_factory=dict)


@dataclass(slots=True)
class Leads:
    """Takes events in, in any order."""

    callers: dict[tuple[str, ...], _Caller] = field(default_factory=dict)

    def take(self, event: Mapping[str, Any]) -> None:
        identity = mapping(event, "userIdentity")
        key, at, name = string(identity, "accessKeyId"), string(event, "eventTime"), string(event, "eventName")
        if not key or event.get("errorCode"):
            return
        issuer = mapping(mapping(identity, "sessionContext"), "sessionIssuer")
        who = {
            "key": key, "type": string(identity, "type"),
            "user": string(identity, "userName") or string(issuer, "userName"),
            "account": string(identity, "accountId") or string(issuer, "accountId"),
            "arn": string(issuer, "arn") or string(identity, "arn"),
        }  # fmt: skip
        caller = self.callers.setdefault(tuple(who.values()), _Caller(who, at))
        caller.first = min(caller.first, at)
        iam = string(event, "eventSource") == IAM
        caller.writes |= iam and event.get("readOnly") is False
        if name.startswith("AssumeRole") or name in _OPENS or (iam and name in CHANGES):
            call = _call(event, name, at)
            told = call["made"] or "".join(f"{word}={call['asked'][word]} " for word in sorted(call["asked"]))
            before = caller.calls.get((name, told))
            caller.calls[name, told] = call if before is None or at < before["at"] else before

    def data(self, now: datetime, room: int = ROOM) -> dict[str, Any]:
        """`keys`: who called and what it led to; `ended`: sessions left out that had ended; `left_out`: calls."""
        calls = sorted(
            ((caller, call) for caller in self.callers.values() for call in caller.calls.values()),
            key=lambda pair: (pair[1]["at"], pair[1]["made"]),
        )
        ended = 0
        if len(canonical(self._told(calls))) > room:
            used = {caller.who["key"] for caller in self.callers.values()}
            kept = [pair for pair in calls if pair[1]["made"] in used or _goes_on(pair[1], now)]
            calls, ended = kept, len(calls) - len(kept)
        sizes = accumulate(len(canonical(call)) for _, call in calls)
        few = sum(1 for _ in takewhile(lambda size: size <= room, sizes))
        while few and len(canonical(self._told(calls[:few]))) > room:
            few -= max(1, few // 10)
        told = self._told(calls[:few])
        callers = len(told)
        while told and len(canonical(told)) > room:
            told.pop()
        return {"keys": told, "ended": ended, "left_out": len(calls) - few + callers - len(told)}

    def _told(self, calls: list[tuple[_Caller, Call]]) -> list[dict[str, Any]]:
        mine: dict[int, list[Call]] = {}
        for caller, call in calls:
            mine.setdefault(id(caller), []).append({word: value for word, value in call.items() if value})
        callers = sorted(self.callers.values(), key=lambda caller: (id(caller) not in mine, caller.first))
        return [
            {**caller.who, "first": caller.first, "writes": caller.writes, "calls": mine.get(id(caller), [])}
            for caller in callers
        ]


def _goes_on(call: Call, now: datetime) -> bool:
    """False for a call that opened a session which has ended."""
    end = moment(expiry(call["expires"])) if call["expires"] else None
    return end is None or end > now


def _call(event: Mapping[str, Any], name: str, at: str) -> Call:
    given, answered = mapping(event, "requestParameters"), mapping(event, "responseElements")
    asked = {word: string(given, word) for word in _ASKED if string(given, word)}
    key, credentials = mapping(answered, "accessKey"), mapping(answered, "credentials")
    made = string(key, "accessKeyId") or string(credentials, "accessKeyId")
    return {
        "name": name, "at": at, "asked": asked, "made": made, "for": string(key, "userName"),
        "expires": string(credentials, "expiration"),
    }  # fmt: skip


def events_of(leads: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The events that leads stand for, as `family.py` takes them. Raises ValueError for what `data` never gave."""
    for caller in maps(leads.get("keys")):
        issuer = {"userName": string(caller, "user"), "arn": string(caller, "arn")}
        who = {
            "type": string(caller, "type"), "accessKeyId": string(caller, "key"),
            "accountId": string(caller, "account"), "sessionContext": {"sessionIssuer": issuer},
        }  # fmt: skip
        writes = {"eventSource": IAM, "readOnly": False} if caller.get("writes") is True else {}
        yield {"eventName": "", "eventTime": string(caller, "first"), "userIdentity": who, **writes}
        for call in maps(caller.get("calls")):
            name, made = string(call, "name"), string(call, "made")
            key = {"accessKey": {"accessKeyId": made, "userName": string(call, "for")}}
            session = {"credentials": {"accessKeyId": made, "expiration": string(call, "expires")}}
            yield {
                "eventName": name, "eventTime": string(call, "at"), "userIdentity": who,
                "eventSource": IAM if name in CHANGES else "sts.amazonaws.com",
                "requestParameters": mapping(call, "asked"),
                "responseElements": {} if not made else key if name in CHANGES else session,
            }  # fmt: skip


def maps(value: Any) -> Iterable[Mapping[str, Any]]:
    """`value`, when it is a list of maps. Raises ValueError."""
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError("leads are lists of maps")
    return value
