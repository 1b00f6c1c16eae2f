"""LookupEvents on behalf of a family: by key, and by what a member may become. Each question is asked once.

What a search of another place found is joined to what Event history answers: it may be all there is.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

from irtui.actions.event_history import HOME, Event, lookup, regions_of
from irtui.actions.interface import Reader
from irtui.errors import AwsFault, RunbookError, SimulatorGap
from irtui.trail.family import Family, Node
from irtui.trail.leads import events_of, maps
from irtui.trail.search.query import mapping, string

PAGES = 200
"""Pages of 50 events that are read per question and Region."""
KEYS = 100
"""Keys and sessions that are followed."""


class Lookups:
    def __init__(self, reader: Reader, regions: Any, given: Any = None) -> None:
        """`given`: events, or what `trail.search` keeps as family_events."""
        self._reader = reader
        self.regions, missing = regions_of(reader, regions)
        self._asked: set[str] = set()
        self._makers: dict[str, list[Event]] = {}
        self.gaps: list[str] = []
        self.unread: list[str] = []
        self.blind: list[AwsFault | SimulatorGap] = []
        """Faults of questions that no Region answered."""
        for sentence in missing:
            self._lacks(sentence)
        self._given = self._taken(given)

    def _taken(self, given: Any) -> dict[str, list[Event]]:
        """Events by the key that called."""
        if not given:
            return {}
        try:
            events = list(events_of(given) if isinstance(given, Mapping) else maps(given))
        except ValueError:
            raise RunbookError("The input events is neither a list of events nor family_events of a search") from None
        if isinstance(given, Mapping):
            for gap in given.get("gaps") or ():
                self._lacks(f"the search for events: {gap}")
            if given.get("left_out"):
                self._lacks(f"{given['left_out']} calls that the search found had no room among the events")
        found: dict[str, list[Event]] = {}
        for event in events:
            found.setdefault(string(mapping(event, "userIdentity"), "accessKeyId"), []).append(event)
        return found

    def follow(self, family: Family, key: str, since: str) -> None:
        """The events of a key and of all keys and sessions that it led to, from `since` on."""
        waiting = deque([(key, since)])
        while waiting:
            name, begin = waiting.popleft()
            if name in self._asked:
                continue
            if len(self._asked) >= KEYS:
                self._lacks(f"{name} was not followed: more than {KEYS} keys and sessions")
                continue
            self._asked.add(name)
            for event in (*self._given.get(name, ()), *self._events("AccessKeyId", name, self.regions)):
                if str(event.get("eventTime", "")) >= begin:
                    waiting.extend((made, "") for made in family.take(event, name))

    def of_user(self, family: Family, name: str, holder: str) -> None:
        """Everything that a user did itself, also with keys that are deleted now and in the console. Of all that had
        the name: nobody knows yet which of them is meant. `holder`: the member; it may have another name by now.
        """
        given = (event for events in self._given.values() for event in events)
        for event in (*given, *self._events("Username", name, self.regions)):
            who = mapping(event, "userIdentity")
            key, at = string(who, "accessKeyId"), string(event, "eventTime")
            if string(who, "type") != "IAMUser" or string(who, "userName") != name:
                continue  # a role session may be called like a user
            if key and key not in family.nodes:
                kind = "access_key" if key.startswith("AKIA") else "session"
                family.add(Node(key, kind, key, holder, "the user used it", at, holder=holder))
            for made in family.take(event, key or holder):
                self.follow(family, made, "")

    def becoming(self, family: Family, role: Node) -> None:
        """Sessions of a role that the family opened to somebody, since then, whoever took them."""
        if role.id in self._asked:
            return
        self._asked.add(role.id)
        given = [
            event for events in self._given.values() for event in events
            if string(mapping(event, "requestParameters"), "roleArn") == role.arn != ""
        ]  # fmt: skip
        for event in (*given, *self._events("ResourceName", role.arn or role.name, self.regions)):
            if str(event.get("eventName", "")).startswith("AssumeRole") and str(event.get("eventTime", "")) >= role.at:
                for made in family.take(event, role.id):
                    self.follow(family, made, "")

    def by_others(self, family: Family, name: str, events: tuple[str, ...]) -> bool:
        """CloudTrail has told who made this, and it was nobody of the family."""
        if name not in self._makers:
            self._makers[name] = self._events("ResourceName", name, (HOME,))
        for event in self._makers[name]:
            if event.get("eventName") in events and not event.get("errorCode"):
                who = event.get("userIdentity") or {}
                issuer = ((who.get("sessionContext") or {}).get("sessionIssuer") or {}).get("userName")
                kind = "role" if who.get("type") == "AssumedRole" else "user"
                member = f"{kind}/{who.get('userName') or issuer}"
                return who.get("accessKeyId") not in family.nodes and member not in family.nodes
        return False

    def _events(self, attribute: str, value: str, regions: tuple[str, ...]) -> list[Event]:
        looked = lookup(self._reader, regions, attribute, value, pages=PAGES)
        for sentence in looked.gaps:
            self._lacks(sentence)
        if looked.failed is not None:
            self.blind.append(looked.failed)
        return looked.events

    def _lacks(self, sentence: str) -> None:
        self.gaps.append(sentence)
        self.unread.append(sentence)
