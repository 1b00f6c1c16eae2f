"""CloudTrail events → the family of a key: sessions, roles, users and keys that it opened, and what those opened.

Rules: an event counts once, and only where AWS did not refuse it. What a member changed of others (a policy, a
trust, a group, a key switched on) makes those members too: whoever holds them now may work for the same hand.
Events may come in any order. Nothing is read here: `take` says what to look up next.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    """A key's id, `user/NAME`, `role/NAME`, `group/NAME`, or the ARN of what another account or AWS owns."""
    kind: str
    """access_key, session (of a user), role_session, user, role, group or policy."""
    name: str
    parent: str = ""
    how: str = ""
    """The event that made or changed it."""
    at: str = ""
    source: str = "cloudtrail"
    """cloudtrail, iam (it is young, nobody knows yet by whom) or policy (a member may assume it)."""
    arn: str = ""
    holder: str = ""
    """Of keys and sessions: id of the user or role whose permissions they have."""
    changed: bool = False
    """The family made it, or changed what it may do or who may become it."""
    expires: str = ""

    @property
    def principal(self) -> bool:
        return self.kind in ("user", "role")


@dataclass(slots=True)
class Family:
    account: str
    root: str
    nodes: dict[str, Node] = field(default_factory=dict)
    """In the order in which they were found, parents first."""
    writers: set[str] = field(default_factory=set)
    """Principals that were seen changing IAM."""
    _seen: set[str] = field(default_factory=set)

    def add(self, node: Node) -> None:
        """A node that is there already keeps its parent; it learns that it was changed, and since when."""
        old = self.nodes.get(node.id)
        if old is None:
            self.nodes[node.id] = node
        elif node.changed and (not old.changed or node.at < old.at):
            self.nodes[node.id] = replace(old, changed=True, how=node.how, at=node.at, source=node.source)

    def take(self, event: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """Takes in an event of the member `key`. Gives the ids of keys and sessions that it made."""
        event_id = str(event.get("eventID", "")) or json.dumps(event, sort_keys=True, default=str)
        if event_id in self._seen:
            return ()
        self._seen.add(event_id)
        if event.get("errorCode"):
            return ()
        actor = self._actor(event, key)
        if str(event.get("eventSource", "")) == "iam.amazonaws.com" and event.get("readOnly") is False:
            self.writers.add(actor)
        before = set(self.nodes)
        for node in _made(event, key, actor, self.account):
            self.add(node)
        return tuple(
            name
            for name in self.nodes
            if name not in before and self.nodes[name].kind in ("access_key", "session", "role_session")
        )

    def _actor(self, event: Mapping[str, Any], key: str) -> str:
        """The principal behind the call; it is a member, whatever it did."""
        who = _map(event, "userIdentity")
        issuer = _map(_map(who, "sessionContext"), "sessionIssuer")
        name = str(who.get("userName") or issuer.get("userName") or "")
        kind = "role" if who.get("type") == "AssumedRole" else "user"
        home = str(who.get("accountId") or issuer.get("accountId") or "")
        holder = self.nodes[key].holder if key in self.nodes else ""
        if not name or home not in ("", self.account):
            return holder
        arn = str(issuer.get("arn") or who.get("arn") or "")
        self.add(Node(f"{kind}/{name}", kind, name, key, "holds the key", _time(event), arn=arn))
        if key in self.nodes and not holder:
            self.nodes[key] = replace(self.nodes[key], holder=f"{kind}/{name}")
        return f"{kind}/{name}"


def _made(event: Mapping[str, Any], key: str, actor: str, account: str) -> Iterator[Node]:
    name, at = str(event.get("eventName", "")), _time(event)
    asked, answered = _map(event, "requestParameters"), _map(event, "responseElements")
    credentials = _map(answered, "credentials")
    session, expires = str(credentials.get("accessKeyId") or ""), expiry(credentials.get("expiration"))
    if name.startswith("AssumeRole") and asked.get("roleArn"):
        arn = str(asked["roleArn"])
        role = role_id(arn, account)
        yield Node(role, "role", arn.rsplit("/", 1)[-1], key, name, at, arn=arn)
        if session:
            shown = str(asked.get("roleSessionName") or session)
            yield Node(session, "role_session", shown, role, name, at, holder=role, expires=expires)
    elif name in ("GetSessionToken", "GetFederationToken") and session:
        shown = str(asked.get("name") or session)
        yield Node(session, "session", shown, key, name, at, holder=actor, expires=expires)
    elif str(event.get("eventSource", "")) == "iam.amazonaws.com" and name in CHANGES:
        yield from _changed(name, at, asked, answered, key, actor)


def _changed(
    name: str, at: str, asked: Mapping[str, Any], answered: Mapping[str, Any], key: str, actor: str
) -> Iterator[Node]:
    made = _map(answered, "accessKey")
    own = actor.partition("/")[2] if actor.startswith("user/") else ""
    named = {
        "user": str(made.get("userName") or asked.get("userName") or own),
        "role": str(asked.get("roleName") or ""),
        "group": str(asked.get("groupName") or ""),
        "policy": str(asked.get("policyArn") or ""),
    }
    kind = CHANGES[name]
    user = f"user/{named['user']}"
    if kind == "access_key":
        new = str(made.get("accessKeyId") or asked.get("accessKeyId") or "")
        if asked.get("status", "Active") != "Active" or not new:
            return
        if named["user"]:
            yield Node(user, "user", named["user"], key, name, at, changed=user != actor)
        yield Node(new, "access_key", new, user, name, at, holder=user, changed=True)
    elif named[kind]:
        if new_name := str(asked.get("newUserName") or ""):  # its keys and sessions go on under the new name
            yield Node(f"user/{new_name}", "user", new_name, user, name, at, changed=True)
        thing = named[kind] if kind == "policy" else f"{kind}/{named[kind]}"
        yield Node(thing, kind, named[kind].rsplit("/", 1)[-1], key, name, at, changed=True)


CHANGES: Mapping[str, str] = {
    **dict.fromkeys(("CreateAccessKey", "UpdateAccessKey"), "access_key"),
    **dict.fromkeys((
        "CreateUser", "UpdateUser", "CreateLoginProfile", "UpdateLoginProfile", "PutUserPolicy", "AttachUserPolicy",
        "DeleteUserPolicy", "DetachUserPolicy", "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary",
        "AddUserToGroup", "RemoveUserFromGroup", "CreateServiceSpecificCredential", "ResetServiceSpecificCredential",
        "UpdateServiceSpecificCredential", "UploadSSHPublicKey", "UpdateSSHPublicKey", "UploadSigningCertificate",
        "UpdateSigningCertificate", "EnableMFADevice", "DeactivateMFADevice",
    ), "user"),
    **dict.fromkeys((
        "CreateRole", "UpdateRole", "UpdateAssumeRolePolicy", "PutRolePolicy", "AttachRolePolicy", "DeleteRolePolicy",
        "DetachRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "AddRoleToInstanceProfile",
    ), "role"),
    **dict.fromkeys(
        ("PutGroupPolicy", "AttachGroupPolicy", "DeleteGroupPolicy", "DetachGroupPolicy"), "group"
    ),
    **dict.fromkeys(("CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"), "policy"),
}  # fmt: skip
"""Operations of IAM that open a way in, and the kind of thing that they open it for."""


def role_id(arn: str, account: str) -> str:
    """`role/NAME` for a role of this account, the ARN for one of another."""
    parts = arn.split(":")
    own = len(parts) > 5 and parts[4] == account
    return f"role/{arn.rsplit('/', 1)[-1]}" if own else arn


def of_arn(arn: str, account: str, how: str) -> Node:
    """Who called, by the ARN in CloudTrail. A session stands for its role; the root user and strangers are themselves,
    and nothing in this account's IAM contains them.
    """
    kind, _, rest = arn.split(":", 5)[-1].partition("/")
    if arn.count(":") < 5 or arn.split(":")[4] != account or kind not in ("user", "assumed-role"):
        return Node(arn, "role", arn, "", how, changed=True)
    if kind == "user":
        name = rest.rpartition("/")[2]
        return Node(f"user/{name}", "user", name, "", how, arn=arn, changed=True)
    name = rest.partition("/")[0]
    return Node(f"role/{name}", "role", name, "", how, changed=True)


def moment(text: str) -> datetime | None:
    """A time as CloudTrail and irtui write it; None where there is none that can be read."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def expiry(text: Any) -> str:
    """`Nov 23, 2026, 2:14:00 PM` as ISO 8601; empty (it never expires) where it cannot be read."""
    try:
        return datetime.strptime(str(text), "%b %d, %Y, %I:%M:%S %p").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return text if isinstance(text, str) and moment(text) else ""


def _time(event: Mapping[str, Any]) -> str:
    found = event.get("eventTime", "")
    return found.isoformat() if isinstance(found, datetime) else str(found)


def _map(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}
