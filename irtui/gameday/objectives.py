"""What counts as won. Judged from the world as it is and from its events; never from what anybody ticked.

Each kind takes the court (players, events, handles) and its parameters, and says (met, why in words). What cannot be
judged is not met: nothing that nobody knows counts as won.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from irtui.clock import rfc3339
from irtui.gameday.backdoors import made, open_doors
from irtui.gameday.handles import filled
from irtui.gameday.log_files import flaws, lacks
from irtui.gameday.refusals import EXPIRED, NO_WAY_IN, REFUSED
from irtui.gameday.scenario.criteria import (
    Alerted,
    Called,
    CutOff,
    Kept,
    NoNewPrincipal,
    Readable,
    ReadBeforeChange,
    Recorded,
    Recording,
    RootReset,
    Unharmed,
    taken,
)  # fmt: skip

if TYPE_CHECKING:  # whoever reads a verdict need not load a simulated AWS
    from irtui.gameday.actors import Player
    from irtui.simulator.monitoring_records import Mail


@dataclass(frozen=True, slots=True)
class Court:
    players: "Mapping[str, Player]"
    events: Sequence[Mapping[str, Any]]
    """CloudTrail records, oldest first."""
    known: Mapping[str, str]
    began: str
    """When the operator came in, as CloudTrail writes times."""
    operator: str
    """ARN of the operator's session."""
    mails: "Sequence[Mail]" = ()
    """What mailboxes got, oldest first."""


Kind = Callable[[Court, Any], tuple[bool, str]]
NOTHING_TRIED = "nothing was tried, so nothing is known"


def judge(court: Court, kind: str, params: Mapping[str, Any]) -> tuple[bool, str]:
    """One objective. Raises whatever keeps it from being judged: a name that stands for nothing, a world without it."""
    return KINDS[kind](court, taken(kind, filled(params, court.known)))


def cut_off(court: Court, asked: CutOff) -> tuple[bool, str]:
    """Every credential the actor holds is tried over HTTP now, and every call is refused.

    A session that ran out by itself was not cut off: the last thing it met before must have been a refusal, but for
    those that nothing can end, named in `ends`. Opening a session is no way in by itself; with it everything is tried.
    """
    player, ends = court.players[asked.actor], asked.ends
    alive: dict[str, str] = {}
    tried = 0
    for _ in player.use():
        pass  # so that what is judged next is done with the sessions that it can open now
    for name, credential, use, answered in player.use():
        tried += 1
        if answered.ok and use.call in NO_WAY_IN:
            continue
        if answered.ok:
            alive.setdefault(name, f"{name} can still call {use.call}")
        elif answered.code not in REFUSED:
            alive.setdefault(name, f"{name} is answered {answered.code} to {use.call}, which is no refusal")
        elif name not in ends and answered.code in EXPIRED and not _last_refused(court, credential.access_key_id):
            alive.setdefault(name, f"{name} worked until it expired by itself")
    if not tried:
        return False, NOTHING_TRIED
    return not alive, "; ".join(alive.values()) or f"all {tried} calls of {len(player.holds)} credentials were refused"


def _last_refused(court: Court, access_key_id: str) -> bool:
    mine = [event for event in court.events if event["userIdentity"].get("accessKeyId") == access_key_id]
    return bool(mine) and "errorCode" in mine[-1]


def read_before_change(court: Court, asked: ReadBeforeChange) -> tuple[bool, str]:
    """The operator read all of `calls` about `user` before changing anything."""
    user, wanted = asked.user, set(asked.calls)
    for event in court.events:
        if event["eventTime"] < court.began or event["userIdentity"].get("arn") != court.operator:
            continue
        if not event["readOnly"]:
            break
        if "errorCode" not in event and (event["requestParameters"] or {}).get("userName") == user:
            wanted.discard(f"{event['eventSource'].split('.')[0]}.{event['eventName']}")
    if wanted:
        return False, f"not read before the first change: {', '.join(sorted(wanted))}"
    return True, "what was about to change was read first"


def unharmed(court: Court, asked: Unharmed) -> tuple[bool, str]:
    """Legitimate work goes on: its calls work now, and at most `denied` were refused since the operator came in.

    Of one `actor`, or, when none is named, of every workload together.
    """
    players = _named(court, asked.actor, "workload")
    tried = [(player.name, use.call, answered.ok) for player in players for _, _, use, answered in player.use()]
    broken = [f"{name} can no longer call {call}" for name, call, ok in tried if not ok]
    refused = Counter(deed["actor"] for player in players for deed in player.deeds if deed["code"] in REFUSED)
    if broken or not tried:
        return False, "; ".join(broken) or NOTHING_TRIED
    counted = ", ".join(f"{count} calls of {name}" for name, count in refused.items()) or "no legitimate call"
    return refused.total() <= asked.denied, f"{counted} refused since the operator came in"


def no_new_principal(court: Court, asked: NoNewPrincipal) -> tuple[bool, str]:
    """Nothing that an adversary made is still good for anything: users, roles, keys, console passwords.

    Of one `actor`, or, when none is named, of every adversary.
    """
    players = _named(court, asked.actor, "adversary")
    found = made(court.events, (key for player in players for ids in player.held.values() for key in ids))
    doors = list(open_doors(found))
    return not doors, "; ".join(doors) or "nothing that was made opens a door"


def recorded(court: Court, asked: Recorded) -> tuple[bool, str]:
    """Every trail that somebody stopped is logging again."""
    stopped: dict[str, str] = {}
    for event in court.events:
        if event["eventSource"] != "cloudtrail.amazonaws.com" or "errorCode" in event:
            continue
        trail = str((event.get("requestParameters") or {}).get("name", "")).rsplit("/", 1)[-1]
        if event["eventName"] in ("StopLogging", "DeleteTrail"):
            stopped[trail] = "was deleted" if event["eventName"] == "DeleteTrail" else "was stopped"
        elif event["eventName"] in ("StartLogging", "CreateTrail"):
            stopped.pop(trail, None)
    words = "; ".join(f"trail {trail} {what}" for trail, what in stopped.items())
    return not stopped, words or "no trail is stopped"


def kept(court: Court, asked: Kept) -> tuple[bool, str]:
    """Every log file stands in `bucket`, also what only `replica` had, and nothing there eats them."""
    found = list(flaws(asked.bucket, asked.replica))
    return not found, "; ".join(found) or f"every log file stands in {asked.bucket}"


def recording(court: Court, asked: Recording) -> tuple[bool, str]:
    """Each of `trails` records all management events of all Regions, with digests, where it may write."""
    found = [words for name in asked.trails for words in lacks(name)]
    return not found, "; ".join(found) or "everything is recorded"


def readable(court: Court, asked: Readable) -> tuple[bool, str]:
    """The key with which the logs are encrypted can be used."""
    from irtui.simulator import encryption

    code, words = encryption.unusable(asked.key)
    return not code, words or "the key can be used"


def called(court: Court, asked: Called) -> tuple[bool, str]:
    """The operator's own calls of each of `calls`, since they came in, and AWS did it."""
    wanted = set(asked.calls)
    for event in court.events:
        mine = event["eventTime"] >= court.began and event["userIdentity"].get("arn") == court.operator
        if mine and "errorCode" not in event:
            wanted.discard(f"{event['eventSource'].split('.')[0]}.{event['eventName']}")
    return not wanted, f"not done: {', '.join(sorted(wanted))}" if wanted else "all of it was done"


def alerted(court: Court, asked: Alerted) -> tuple[bool, str]:
    """A call of the actor set an alarm off, and `address` got the mail after the operator came in."""
    player, address = court.players[asked.actor], asked.address
    theirs = {
        event["eventID"]: event["eventTime"] for event in court.events
        if player.owns(str(event["userIdentity"].get("accessKeyId", "")))
    }  # fmt: skip
    told = [
        mail for mail in court.mails
        if mail.to == address and rfc3339(mail.at) >= court.began and any(event in theirs for event in mail.events)
    ]  # fmt: skip
    if told:
        return True, f"{address} was told at {rfc3339(told[0].at)}: {told[0].subject}"
    later = sum(at >= court.began for at in theirs.values())
    return False, f"{address} was told of none of the {later} calls that {player.name} made since"


def root_reset(court: Court, asked: RootReset) -> tuple[bool, str]:
    """The root user of `account` has no access key and no certificate, and of its MFA devices none of `known`.

    With `bare: true` it has no password and no device at all either; without, it has a new device.
    """
    from irtui.simulator.root import root_of  # only a world of irtui's own has a root user

    account, bare = asked.account, asked.bare
    root = root_of(account)
    names = [device.serial.rsplit("/", 1)[-1] for device in root.devices]
    left = [f"key …{key.access_key_id[-4:]}" for key in root.access_keys]
    left += [f"certificate …{one.id[-4:]}" for one in root.certificates]
    left += [f"device {name}" for name in names if bare or name in asked.known]
    left += ["its password"] if bare and root.password else []
    if left:
        return False, f"root of {account} still has {', '.join(left)}"
    if not bare and not names:
        return False, f"root of {account} has no MFA device"
    return True, f"root of {account} has nothing of before"


def _named(court: Court, actor: str | None, role: str) -> "list[Player]":
    if actor is not None:
        return [court.players[actor]]
    return [player for player in court.players.values() if player.actor.role == role]


KINDS: Mapping[str, Kind] = {
    "alerted": alerted,
    "cut_off": cut_off,
    "no_new_principal": no_new_principal,
    "read_before_change": read_before_change,
    "called": called,
    "recorded": recorded,
    "kept": kept,
    "recording": recording,
    "readable": readable,
    "root_reset": root_reset,
    "unharmed": unharmed,
}
