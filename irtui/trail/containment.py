"""Is each way in closed, and since when? The family and the account as it is now → a state for every node, with why.

Rules: `contained` is proven and nothing else is. What is closed has been so for PROPAGATION, because IAM goes on
letting in what was denied for some seconds. A role whose older sessions are revoked is closed only where the cut lies
after everybody who could open a new one was closed. Where a member could change IAM, what it hid shows only when
CloudTrail is no longer late: until LATE after its end the tree as a whole is unknown. The worst node counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from irtui.trail.account import Account, Entity
from irtui.trail.family import Family, Node, moment
from irtui.trail.reach import cut_off, denies_all, may_assume, may_write, outsiders

PROPAGATION = timedelta(seconds=15)
"""How long IAM may take until a change is enforced everywhere."""
LATE = timedelta(minutes=15)
"""How late CloudTrail's event history may be; AWS's documented bound, and not a promise."""

NEVER = datetime.min.replace(tzinfo=UTC)
"""The end of what never began."""

RANK = ("contained", "settling", "unknown", "open")


@dataclass(frozen=True, slots=True)
class Memory:
    """What an earlier look saw: closures that nobody can date otherwise were there at that time."""

    at: datetime | None = None
    closed: Mapping[str, datetime] = field(default_factory=dict)
    """Id → when it was first seen closed."""


@dataclass(frozen=True, slots=True)
class Finding:
    state: str
    why: str
    since: datetime | None = None
    """When it was closed, at the latest."""
    look_at: datetime | None = None
    """When time alone may change the answer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    state: str
    why: str
    findings: Mapping[str, Finding]
    look_at: datetime | None
    hidden_until: datetime | None
    """Until when something may be hidden that CloudTrail has not told yet; None: nothing can be."""
    memory: Memory


class Judge:
    """One judgement. `changes`: subject (`user/NAME`, `access_key/ID`, `role/NAME`) → when we last changed it."""

    def __init__(
        self, family: Family, account: Account, now: datetime, changes: Mapping[str, datetime], memory: Memory
    ) -> None:
        self._family, self._account, self._now = family, account, now
        self._changes, self._memory = changes, memory
        self._found: dict[str, Finding] = {}

    def verdict(self, unread: Iterable[str] = ()) -> Verdict:
        """`unread`: what could not be read, in words; then the whole is unknown at best."""
        for wanted in (("user",), ("access_key", "session", "role_session")):
            self._found |= {node.id: self._judge(node) for node in self._of(*wanted)}
        self._roles()
        self._found |= {node.id: self._judge(node) for node in self._of("group", "policy")}
        return self._whole(tuple(unread))

    def _of(self, *kinds: str) -> list[Node]:
        return [node for node in self._family.nodes.values() if node.kind in kinds]

    def _roles(self) -> None:
        """One role opens another, also in a circle: those that nobody was seen in are taken for closed until one that
        leads to them is not, and this is gone round until nothing changes. A pass can only find more of them open.
        """
        roles = self._of("role")
        self._found |= {role.id: Finding("contained", "") for role in roles if role.source == "policy"}
        for _ in range(len(roles) + 1):
            before = dict(self._found)
            for role in roles:
                self._found[role.id] = self._judge(role)
            if before == self._found:
                return

    # -- one node ------------------------------------------------------------------------------

    def _judge(self, node: Node) -> Finding:
        if not self._account.read:
            return Finding("unknown", "IAM could not be read")
        if node.expires and (end := moment(node.expires)) is not None and end <= self._now:
            return Finding("contained", "it has expired", end)
        match node.kind:
            case "user":
                return self._user(node)
            case "role":
                return self._role(node)
            case "access_key":
                return self._key(node)
            case "session" | "role_session":
                return self._session(node)
        return self._shared(node)

    def _user(self, node: Node) -> Finding:
        entity = self._account.entities.get(node.id)
        if entity is None:
            return self._closed(node.id, "it is gone")
        if self._shut(entity):
            return self._closed(node.id, "everything is denied to it")
        return Finding("open", "nothing denies it everything: its keys, sessions and password may be used")

    def _key(self, node: Node) -> Finding:
        keys = self._account.keys.get(node.holder)
        holder = self._found.get(node.holder) or self._user(Node(node.holder, "user", node.holder))
        if holder.since is not None:
            return holder
        if keys is None:
            return Finding("unknown", "the keys of its user could not be read")
        found = next((key for key in keys if key.id == node.id), None)
        if found is None:
            return self._closed(f"access_key/{node.id}", "it is deleted")
        if found.status == "Inactive":
            return self._closed(f"access_key/{node.id}", "it is inactive")
        return Finding("open", "it is active, and its user is not denied everything")

    def _session(self, node: Node) -> Finding:
        holder = self._account.entities.get(node.holder)
        if node.kind == "session" and holder is None:
            return self._closed(node.holder, "its user is gone")
        if node.holder not in self._account.entities and not node.holder.startswith("role/"):
            return Finding("unknown", "it is of another account: contain it there")
        if holder is None:
            return self._closed(node.holder, "its role is gone")
        if self._shut(holder):
            return self._closed(node.holder, f"everything is denied to {holder.name}")
        cut = self._cut(holder)
        if cut is not None and (issued := moment(node.at)) is not None and issued < cut:
            return self._closed(node.holder, f"sessions issued before {cut:%H:%M:%S} are denied")
        return Finding("open", "nothing denies it; it lives on without the key that opened it")

    def _role(self, node: Node) -> Finding:
        if not node.id.startswith("role/") and node.id.endswith(":root"):
            return Finding("unknown", "nothing in IAM contains the root user: take compromised-root-reset")
        if not node.id.startswith("role/"):
            return Finding("unknown", "it is a role of another account: contain it there")
        role = self._account.entities.get(node.id)
        if role is None:
            return self._closed(node.id, "it is gone")
        if self._shut(role):
            return self._closed(node.id, "everything is denied to it")
        if node.changed:
            strangers = ", ".join(outsiders(self._account, role)[:3])
            who = f"; it lets in {strangers}" if strangers else ""
            return Finding("open", f"{node.how} by the family, and nothing denies it everything{who}")
        cut, issuers = self._cut(role), self.issuers(role)
        ended = {issuer: self._end(issuer) for issuer in issuers}
        alive = [issuer for issuer, end in ended.items() if end is None]
        ends = [end for end in ended.values() if end is not None]
        if cut is not None and not alive and all(end <= cut for end in ends):
            return self._closed(node.id, f"sessions issued before {cut:%H:%M:%S} are denied, and nobody opens new ones")
        live = [other for other in self._family.nodes.values() if other.holder == node.id and self._lives(other)]
        if live:
            return Finding("open", f"{len(live)} of its sessions live")
        if alive:
            return Finding("open" if node.source != "policy" else "unknown", f"{alive[0]} can still assume it")
        if cut is not None and node.source != "policy":
            return Finding("open", f"sessions opened after {cut:%H:%M:%S}, while IAM still let them in, are not denied")
        told = max(ends, default=NEVER)
        told = told + LATE if told > NEVER else told
        if told > self._now:
            words = f"whether somebody assumed it shows only when CloudTrail has told all, at {told:%H:%M:%S}"
            return Finding("unknown", words, None, told)
        return Finding(
            "contained", "nobody of the family can assume it, and no session of it lives", max(ends, default=NEVER)
        )

    def _shared(self, node: Node) -> Finding:
        """A policy or group: as closed as those it gives something to, and they are nodes of their own."""
        inside = [self._found[each.id] for each in self._family.nodes.values() if each.parent == node.id]
        worst = max((found.state for found in inside), key=RANK.index, default="contained")
        return Finding(worst, "as those that it gives permissions to" if inside else "it gives nobody anything")

    def issuers(self, role: Entity) -> tuple[str, ...]:
        """Members that can, or could, open a session of this role; the one that did first is among them."""
        nodes = self._family.nodes
        opener = nodes.get(nodes[role.id].parent) if role.id in nodes else None
        found = dict.fromkeys([opener.holder] if opener is not None and opener.holder else [])
        for node in nodes.values():
            entity = self._account.entities.get(node.id) if node.principal else None
            if entity is not None and may_assume(self._account, entity, role):
                found[node.id] = None
        return tuple(found)

    def _shut(self, entity: Entity) -> bool:
        """Everything is denied to it, by a policy or by its boundary: a deny in either is a deny."""
        boundary = self._account.boundary(entity)
        held = (*self._account.documents(entity), *((boundary,) if boundary is not None else ()))
        return any(denies_all(document) for document in held)

    def _lives(self, node: Node) -> bool:
        found = self._found.get(node.id)
        return found is None or found.state in ("open", "unknown")

    def _cut(self, entity: Entity) -> datetime | None:
        return max((cut for d in self._account.documents(entity) if (cut := cut_off(d))), default=None)

    def _since(self, principal: str) -> datetime | None:
        """When this principal was shut: denied everything, gone, or its sessions cut; None: it is not."""
        entity = self._account.entities.get(principal)
        shut = entity is None or self._shut(entity)
        if entity is not None and not shut and principal.startswith("role/"):
            node = self._family.nodes.get(principal)
            shut = self._cut(entity) is not None and not (node is not None and node.changed)
        return self._dated(principal) if shut else None

    def _end(self, issuer: str) -> datetime | None:
        """Since when it opens no session any more: it is shut, or a role that nobody was or gets in. None: it may."""
        if (since := self._since(issuer)) is not None:
            return since + PROPAGATION
        found = self._found.get(issuer) if issuer.startswith("role/") else None
        return (found.since or NEVER) if found is not None and found.state == "contained" else None

    def _dated(self, subject: str) -> datetime:
        """When we closed it; else when it was first seen closed; else now."""
        ours, seen = self._changes.get(subject), self._memory.closed.get(subject)
        at = self._memory.at
        if ours is not None and (at is None or ours >= at or seen is not None):
            return ours
        return seen or self._now

    def _closed(self, subject: str, why: str) -> Finding:
        since = self._dated(subject)
        end = since + PROPAGATION
        if end > self._now:
            return Finding("settling", f"{why}; IAM may need until {end:%H:%M:%S}", since, end)
        return Finding("contained", why, since)

    # -- the whole -----------------------------------------------------------------------------

    def _whole(self, unread: tuple[str, ...]) -> Verdict:
        nodes = self._family.nodes
        state, why = "contained", "every way in is closed"
        for word in RANK[1:]:
            those = [node for node in nodes.values() if self._found[node.id].state == word]
            if those:
                first = self._found[those[0].id].why
                more = f" (and {len(those) - 1} more)" if len(those) > 1 else ""
                state, why = word, f"{those[0].kind.replace('_', ' ')} {those[0].name}: {first}{more}"
        hidden = self._hidden_until()
        if hidden is not None and hidden > self._now and RANK.index(state) < RANK.index("unknown"):
            state = "unknown"
            why = f"the family could change IAM; what it hid shows when CloudTrail has told all, at {hidden:%H:%M:%S}"
        if unread and RANK.index(state) < RANK.index("unknown"):
            state, why = "unknown", unread[0]
        moments = [found.look_at for found in self._found.values() if found.look_at is not None]
        moments += [hidden] if hidden is not None else []
        closed = {
            subject: self._memory.closed.get(subject, self._now)
            for node in nodes.values()
            if self._found[node.id].since is not None
            for subject in ((f"access_key/{node.id}", node.id) if node.kind == "access_key" else (node.id,))
        }
        look_at = min((each for each in moments if each > self._now), default=None)
        return Verdict(state, why, dict(self._found), look_at, hidden, Memory(self._now, closed))

    def _hidden_until(self) -> datetime | None:
        """None while a writer is open as well: then that is what counts."""
        ends = list(self._ends())
        return max(ends) + LATE if ends else None

    def _ends(self) -> Iterator[datetime]:
        for node in self._family.nodes.values():
            entity = self._account.entities.get(node.id)
            wrote = node.id in self._family.writers
            if node.principal and (wrote or (entity is not None and may_write(self._account, entity))):
                since = self._found[node.id].since
                if since is not None:
                    yield since + PROPAGATION
