"""What counts as won. Judged from the world as it is and from its events; never from what anybody ticked.

Each kind takes the court (players, events, handles) and its parameters, and says (met, why in words).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from irtui.gameday.actors import Player
from irtui.gameday.handles import filled


@dataclass(frozen=True, slots=True)
class Objective:
    id: str
    text: str
    met: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Court:
    players: Mapping[str, Player]
    events: Sequence[Mapping[str, Any]]
    """CloudTrail records, oldest first."""
    known: Mapping[str, str]
    began: str
    """When the operator came in, as CloudTrail writes times."""
    operator: str
    """ARN of the operator's session."""


Kind = Callable[[Court, Mapping[str, Any]], tuple[bool, str]]

_EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")


def cut_off(court: Court, params: Mapping[str, Any]) -> tuple[bool, str]:
    """Every credential the actor holds is tried over HTTP now, and every call is refused.

    A session that ran out by itself was not cut off: the last thing it met before must have been a refusal.
    """
    player = court.players[str(params["actor"])]
    alive: dict[str, str] = {}
    tried = 0
    for name, credential, use, answered in player.use():
        tried += 1
        if answered.ok:
            alive.setdefault(name, f"{name} can still call {use.call}")
        elif answered.code in _EXPIRED and not _last_refused(court, credential.access_key_id):
            alive.setdefault(name, f"{name} worked until it expired by itself")
    if not tried:
        return False, "nothing was tried, so nothing is known"
    return not alive, "; ".join(alive.values()) or f"all {tried} calls of {len(player.holds)} credentials were refused"


def _last_refused(court: Court, access_key_id: str) -> bool:
    mine = [e for e in court.events if e["userIdentity"]["accessKeyId"] == access_key_id]
    return bool(mine) and "errorCode" in mine[-1]


def read_before_change(court: Court, params: Mapping[str, Any]) -> tuple[bool, str]:
    """The operator read all of `calls` about `user` before changing anything."""
    user, wanted = str(filled(params["user"], court.known)), set(params["calls"])
    for event in court.events:
        if event["eventTime"] < court.began or event["userIdentity"]["arn"] != court.operator:
            continue
        if not event["readOnly"]:
            break
        if "errorCode" not in event and (event["requestParameters"] or {}).get("userName") == user:
            wanted.discard(f"{event['eventSource'].split('.')[0]}.{event['eventName']}")
    if wanted:
        return False, f"not read before the first change: {', '.join(sorted(wanted))}"
    return True, "what was about to change was read first"


def unharmed(court: Court, params: Mapping[str, Any]) -> tuple[bool, str]:
    """The actor's calls work now, and at most `denied` of them were refused since the operator came in."""
    player, limit = court.players[str(params["actor"])], int(params.get("denied", 0))
    broken = [use.call for _, _, use, answered in player.use() if not answered.ok]
    keys = {credential.access_key_id for credential in player.holds.values()}
    refused = sum(
        event["userIdentity"]["accessKeyId"] in keys and "errorCode" in event and event["eventTime"] >= court.began
        for event in court.events
    )
    if broken:
        return False, f"{player.name} can no longer call {', '.join(broken)}"
    return refused <= limit, f"{refused} calls of {player.name} were refused"


KINDS: Mapping[str, Kind] = {"cut_off": cut_off, "read_before_change": read_before_change, "unharmed": unharmed}
