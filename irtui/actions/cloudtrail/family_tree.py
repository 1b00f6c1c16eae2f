"""The family of a key, or of a user, and whether every member is contained: what CloudTrail tells, what IAM has now.

Stops and breaks: nothing, it only reads. Sessions and keys that the key made, and those that these made, are followed
through LookupEvents; the live state of IAM is at once there, also while CloudTrail is late. What young users and keys
a family with power over IAM may have made, and roles that a member may assume, are members until the opposite is known.
`opener` is who gave the user its way in, where nobody vouches for that one: then it is of the family as well.
Whoever is `vouched` for is left out, on the operator's word, and `why` says so.
`changes` is what this incident changed when, `earlier` what an earlier look remembered: closures are dated by them.
`events` is what `trail.search` found elsewhere (its family_events): what is older than Event history, of Regions that
refuse, or data events; LookupEvents is asked besides, because a trail is late too.
`regions` narrows the look, and what it says, to these; without it every enabled Region is asked, and one that cannot be
read keeps the tree from being contained.
Limits: management events of the last 90 days, of Regions that are enabled now, and those of `events`. Console sessions
and what compute was given are not followed.
CloudTrail: DescribeRegions, LookupEvents, GetAccountAuthorizationDetails, List… and Get… events of the operator.

```yaml
use: cloudtrail.family_tree
with: {access_key_id: "${{ inputs.access_key_id }}", user: "${{ steps.owner.user }}"}
evidence: true
on_failure: continue
```
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from irtui.actions.event_pivots import Lookups
from irtui.actions.iam_account import Standing
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.canonical import plain
from irtui.clock import rfc3339
from irtui.trail.account import Account
from irtui.trail.containment import LATE, Judge, Memory, Verdict
from irtui.trail.family import Family, Node, moment, of_arn
from irtui.trail.reach import may_assume, may_write

RETRY = timedelta(minutes=1)
OPENED = "gave the user a way in"
UNTOLD = "nobody knows yet who made it"
_WHOLE = ("CreateUser", UNTOLD, OPENED)
"""How users became members whose keys are members as well."""
_HELD = ("session", "role_session", "access_key")
"""What somebody can hold and call with."""
MOST_REACHED = 10
"""Roles that a member could assume and nobody was seen to: so many are revoked unseen; more wait for CloudTrail."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises AwsFault or SimulatorGap when nothing at all could be read, RunbookError for unusable inputs."""
    root, user = (str(inputs.get(name) or "").strip() for name in ("access_key_id", "user"))
    root = root if user else text(inputs, "access_key_id")
    standing = Standing(reader)
    account = standing.account(str(inputs.get("account") or ""))
    holder = f"user/{user}" if user else ""
    family = Family(account.number, root or holder)
    lookups = Lookups(reader, inputs.get("regions"), inputs.get("events"))
    if root:
        family.add(Node(root, "access_key", root, holder, "the key this began with", holder=holder))
    if user:
        how = "owns the key" if root else "the user this began with"
        family.add(Node(holder, "user", user, "", how, changed=not root))
    if root:
        lookups.follow(family, root, "")
    else:
        for name in dict.fromkeys((user, *_names(inputs.get("names")))):
            lookups.of_user(family, name, holder)
    if arn := str(inputs.get("opener") or ""):
        opener = of_arn(arn, account.number, OPENED)
        family.add(opener)
        if opener.kind == "user":
            lookups.of_user(family, opener.name, opener.id)
    if lookups.blind and not account.read:
        raise lookups.blind[-1]
    _follow(family, account, standing, lookups, now)
    judge = Judge(family, account, now, _moments(inputs.get("changes")), _memory(inputs.get("earlier")))
    verdict = judge.verdict((*lookups.unread, *standing.unread))
    gaps = (*lookups.gaps, *standing.gaps)
    changes = inputs.get("changes")
    spared = holder if isinstance(changes, Mapping) and holder not in changes else ""
    again = None if verdict.state == "open" else verdict.look_at
    if verdict.state == "unknown" and (lookups.unread or standing.unread):
        again = now + RETRY  # what could not be read may be readable then
    data = _data(family, account, verdict, now, spared)
    if verdict.state == "contained" and (vouched := str(inputs.get("vouched") or "")):
        data["why"] += f"; {vouched} was left out: somebody vouches for it"
    if verdict.state == "contained" and inputs.get("regions") is not None:
        data["why"] += f"; Regions asked: {', '.join(lookups.regions)}"
    return Facts({**data, "gaps": list(gaps)}, gaps, again=again)


def _names(given: Any) -> list[str]:
    return [str(name) for name in given] if isinstance(given, list | tuple) else []


def _follow(family: Family, account: Account, standing: Standing, lookups: Lookups, now: datetime) -> None:
    """Goes on until no member leads to another one."""
    known = 0
    while known != len(family.nodes):
        known = len(family.nodes)
        _spread(family, account)
        for node in list(family.nodes.values()):
            if node.kind == "user":
                for key in standing.keys(account, node.id):
                    if node.changed and key.id not in family.nodes:
                        shown = Node(
                            key.id, "access_key", key.id, node.id, "a key of its", key.created, "iam", "", node.id
                        )
                        family.add(shown)
                        lookups.follow(family, key.id, node.at)
            if node.kind == "role" and node.changed and node.id in account.entities:
                lookups.becoming(family, node)
        if any(_writes(family, account, standing, node) for node in family.nodes.values()):
            _young(family, account, standing, lookups, now)
        _reached(family, account, standing)


def _writes(family: Family, account: Account, standing: Standing, node: Node) -> bool:
    entity = account.entities.get(node.id) if node.principal else None
    if entity is not None:
        standing.read_managed(account, entity)
    return node.id in family.writers or (entity is not None and may_write(account, entity))


def _spread(family: Family, account: Account) -> None:
    """A changed policy or group changes those that it gives permissions to."""
    for node in list(family.nodes.values()):
        if node.kind in ("policy", "group"):
            for entity in account.entities.values():
                inside = node.id in entity.policies if node.kind == "policy" else node.name in entity.groups
                if inside:
                    kind = entity.id.partition("/")[0]
                    how = f"{node.how} of {node.name}"
                    family.add(Node(entity.id, kind, entity.name, node.id, how, node.at, arn=entity.arn, changed=True))


def _reached(family: Family, account: Account, standing: Standing) -> None:
    """Roles that a member may assume, or could before it was denied."""
    for node in list(family.nodes.values()):
        entity = account.entities.get(node.id) if node.principal else None
        if entity is None:
            continue
        standing.read_managed(account, entity)
        for role in account.entities.values():
            if role.trust is not None and role.id not in family.nodes and may_assume(account, entity, role):
                how = f"{node.name} may assume it"
                family.add(Node(role.id, "role", role.name, node.id, how, "", "policy", arn=role.arn))


def _young(family: Family, account: Account, standing: Standing, lookups: Lookups, now: datetime) -> None:
    """Users, roles and keys so young that CloudTrail may not have told yet who made them."""
    how = UNTOLD
    for entity in account.entities.values():
        young = entity.id not in family.nodes and _is_young(entity.created, now)
        if young and not lookups.by_others(family, entity.name, ("CreateUser", "CreateRole")):
            kind = entity.id.partition("/")[0]
            family.add(Node(entity.id, kind, entity.name, "", how, entity.created, "iam", entity.arn, changed=True))
    for entity in account.entities.values():
        if entity.trust is None:
            for key in standing.keys(account, entity.id):
                young = key.id not in family.nodes and _is_young(key.created, now)
                if young and not lookups.by_others(family, key.id, ("CreateAccessKey",)):
                    family.add(
                        Node(entity.id, "user", entity.name, "", how, key.created, "iam", entity.arn, changed=True)
                    )
                    family.add(Node(key.id, "access_key", key.id, entity.id, how, key.created, "iam", "", entity.id))


def _is_young(created: str, now: datetime) -> bool:
    made = moment(created)
    return made is None or made >= now - LATE


def _data(family: Family, account: Account, verdict: Verdict, now: datetime, spared: str) -> dict[str, Any]:
    """`spared` is not listed: the owner, as long as nobody denied it, has a step of its own."""
    nodes = list(family.nodes.values())
    state = {key: found.state for key, found in verdict.findings.items()}
    open_ = [node for node in nodes if state[node.id] in ("open", "unknown")]
    here = [node for node in open_ if node.id in account.entities or not account.read]
    reached = [node for node in here if node.kind == "role" and node.source == "policy"]
    waits = verdict.hidden_until is not None or len(reached) > MOST_REACHED
    return {
        "root": family.root,
        "now": rfc3339(now),
        "delivered_until": rfc3339(now - LATE),
        "state": verdict.state,
        "why": verdict.why,
        "look_at": rfc3339(verdict.look_at) if verdict.look_at else "",
        "counts": {word: sum(each == word for each in state.values()) for word in dict.fromkeys(state.values())},
        "users": [node.name for node in here if node.kind == "user" and node.id != spared],
        "keys": _keys(family, account),
        "changed_roles": [node.name for node in here if node.kind == "role" and node.changed],
        "roles": [
            node.name for node in here
            if node.kind == "role" and not node.changed and not (node.source == "policy" and waits)
        ],
        "sessions": [{"id": node.id, "holder": node.holder} for node in nodes if node.kind in _HELD],
        "nodes": [
            {
                "id": node.id, "kind": node.kind, "name": node.name, "arn": node.arn, "parent": node.parent,
                "how": node.how, "at": node.at, "source": node.source, "expires": node.expires,
                "state": verdict.findings[node.id].state, "why": verdict.findings[node.id].why,
            }
            for node in nodes
        ],
        "memory": {
            "at": rfc3339(now),
            "closed": {key: rfc3339(at) for key, at in verdict.memory.closed.items()},
        },
    }  # fmt: skip


def _keys(family: Family, account: Account) -> list[dict[str, str]]:
    """Active keys: those that are members, and all of the users that the family made or that own the first key."""
    nodes = family.nodes
    owner = nodes[family.root].holder or family.root
    found = []
    for user, keys in account.keys.items():
        whole = user == owner or (user in nodes and nodes[user].how in _WHOLE)
        for key in keys or ():
            if key.status == "Active" and (whole or key.id in nodes):
                found.append({"user": user.partition("/")[2], "id": key.id})
    return plain(found) if found else []


def _moments(given: Any) -> dict[str, datetime]:
    pairs = given.items() if isinstance(given, Mapping) else ()
    return {str(name): at for name, text in pairs if (at := moment(str(text))) is not None}


def _memory(given: Any) -> Memory:
    if not isinstance(given, Mapping):
        return Memory()
    return Memory(moment(str(given.get("at", ""))), _moments(given.get("closed")))


ACTION = Action(
    id="cloudtrail.family_tree",
    title="What an access key led to, and whether it is contained",
    inputs={
        "access_key_id": InputField(
            "access_key_id", required=False, help="Where to begin; AKIA… or ASIA…. Without it: at the user."
        ),
        "user": InputField("user", required=False, help="Who owns it; without it the events tell."),
        "vouched": InputField("string", required=False, help="ARN of whoever let the user in and is vouched for."),
        "account": InputField("account_id", required=False, help="The account; without it the users' ARNs tell."),
        "regions": InputField("list", required=False, help="Regions to look in; every enabled one without it."),
        "changes": InputField("map", required=False, help="What was changed when: incident.changes."),
        "names": InputField("list", required=False, help="Names that the user had before."),
        "opener": InputField("string", required=False, help="ARN of who gave the user its way in, to take in as well."),
        "events": InputField("map", required=False, help="What trail.search found elsewhere: its family_events."),
        "earlier": InputField("map", required=False, help="What an earlier look remembers: its memory."),
    },
    permissions=(
        "cloudtrail:LookupEvents", "ec2:DescribeRegions", "iam:GetAccountAuthorizationDetails", "iam:GetPolicy",
        "iam:GetPolicyVersion", "iam:ListAccessKeys",
    ),
    keeps=(
        "state", "why", "counts", "users", "keys", "changed_roles", "roles", "sessions", "memory", "gaps",
    ),
    observe=observe,
)  # fmt: skip
