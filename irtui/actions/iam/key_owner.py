"""Whose an access key is, and what: a user's, a session's, of another account, deleted, or nothing that can be told.

Stops and breaks: nothing, it only reads. `kind` is user, session (of a user), role (a session of it), root (a key or a
session of the account's root user), foreign, gone, service (a credential for one service, ACCA…) or unclear; `why`
says it in a sentence. `user` is whom to contain: of a key that is gone, whom CloudTrail saw use it; empty for a service
credential, whose user stands in `why`. IAM's word for the owner counts where that user has the key: the root user may
be given a name too, and an IAM user may be called like that.
Limits: whose a temporary, deleted or root key is only CloudTrail tells, some minutes late and for 90 days. What IAM
says of a root user's key AWS does not document.
CloudTrail: GetAccessKeyInfo, GetAccessKeyLastUsed, ListAccessKeys, ListServiceSpecificCredentials, DescribeRegions and
LookupEvents events of the operator.

```yaml
use: iam.key_owner
with: {access_key_id: "${{ inputs.access_key_id }}", account: "${{ aws.account }}"}
evidence: true
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.access_keys import INPUTS
from irtui.actions.event_history import Event, lookup, regions_of
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.actions.service_credentials import whose_service_credential
from irtui.canonical import plain
from irtui.errors import AwsFault
from irtui.model.call import Call
from irtui.trail.search.query import mapping, string

_NEVER: Mapping[str, Any] = {"ServiceName": "N/A", "Region": "N/A"}


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises AwsFault when AWS would not say, RunbookError for empty inputs."""
    key, account = text(inputs, "access_key_id"), text(inputs, "account")
    found: dict[str, Any] = {"user": "", "role": "", "last_used": _NEVER, "account": "", "gaps": []}
    if key.startswith("ACCA"):
        return Facts({**found, **_verdict(*whose_service_credential(reader, key))})
    if not key.startswith(("AKIA", "ASIA")):
        said = _verdict("unclear", f"{key[:4]}… is not the beginning of an access key that this runbook can revoke")
        return Facts({**found, **said})
    try:
        found["account"] = str(reader.read(Call("sts", "GetAccessKeyInfo", {"AccessKeyId": key})).data["Account"])
    except AwsFault as fault:
        if fault.kind != "invalid":
            raise
        return Facts({**found, **_verdict("unclear", "AWS says that no account ever issued such a key")})
    if found["account"] != account:
        return Facts({**found, **_verdict("foreign", f"account {found['account']} issued it, this is {account}")})
    long_term = key.startswith("AKIA")
    told, gaps = _owner(reader, key) if long_term else _holder(reader, key)
    return Facts({**found, **told, "gaps": gaps}, tuple(gaps))


def _verdict(kind: str, why: str) -> dict[str, str]:
    return {"kind": kind, "why": why}


def _owner(reader: Reader, key: str) -> tuple[dict[str, Any], list[str]]:
    """Of a long-term key. Of one that is gone IAM says nothing, or that nobody may ask: then CloudTrail is asked."""
    named, used = "", _NEVER
    try:
        said = reader.read(Call("iam", "GetAccessKeyLastUsed", {"AccessKeyId": key})).data
    except AwsFault as fault:
        if fault.kind not in ("absent", "denied"):
            raise
    else:
        named, used = str(said["UserName"]), plain(said["AccessKeyLastUsed"])
    there = _has(reader, named, key) if named else None
    if there:
        return {"user": named, "last_used": used, **_verdict("user", f"it is a key of {named}")}, []
    seen, gaps = _holder(reader, key)
    if seen["kind"] == "root":
        return {**seen, "last_used": used}, gaps
    user = named or str(seen.get("user", ""))
    if not user:
        return _verdict("unclear", "it is deleted, or these credentials may not ask whose it is"), gaps
    there = there if named else _has(reader, user, key)
    if there is False and not seen.get("user"):
        why = f"IAM calls its owner {user}, and no user of that name has it: it is deleted, or the root user's own"
        return {"last_used": used, **_verdict("unclear", why)}, gaps
    told = ("gone", f"it is deleted; it was a key of {user}") if there is False else ("user", f"it is a key of {user}")
    return {"user": user, "last_used": used, **_verdict(*told)}, gaps


def _has(reader: Reader, user: str, key: str) -> bool | None:
    """Whether that user has the key; None: nobody may look."""
    try:
        listed = reader.read(Call("iam", "ListAccessKeys", {"UserName": user})).data["AccessKeyMetadata"]
    except AwsFault as fault:
        if fault.kind == "denied":
            return None
        if fault.kind != "absent":
            raise
        return False
    return any(one["AccessKeyId"] == key for one in listed)


def _holder(reader: Reader, key: str) -> tuple[dict[str, Any], list[str]]:
    """Whom CloudTrail saw use it, or open it, in any enabled Region."""
    regions, missing = regions_of(reader)
    used = lookup(reader, regions, "AccessKeyId", key, pages=1)
    gaps = [*missing, *used.unread]
    what = "key" if key.startswith("AKIA") else "session"
    for event in used.events:
        if (told := _told(event, what)) is not None:
            return told, gaps
    if what == "session":  # one that calls nothing that is recorded is known by the call that opened it
        opened = lookup(reader, regions, "ResourceName", key, pages=1)
        gaps += opened.unread
        for event in opened.events:
            if (told := _opened(event, key)) is not None:
                return told, gaps
    late = "CloudTrail does not know yet whose; look again in a quarter of an hour"
    unread = "where CloudTrail could be read nobody knows whose; see what could not be read"
    return _verdict("unclear", f"it is temporary, and {unread if gaps else late}"), gaps


def _opened(event: Event, key: str) -> dict[str, Any] | None:
    """What the call that made a session says of it; None: it did not make this one."""
    if string(mapping(mapping(event, "responseElements"), "credentials"), "accessKeyId") != key:
        return None
    if role := string(mapping(event, "requestParameters"), "roleArn").rpartition("/")[2]:
        return {"role": role, **_verdict("role", f"it is a session of the role {role}")}
    return _told(event, "session")


def _told(event: Event, what: str) -> dict[str, Any] | None:
    """What an event says of who called; None: nothing that can be contained."""
    who = mapping(event, "userIdentity")
    context = mapping(who, "sessionContext")
    issuer = mapping(context, "sessionIssuer")
    kind, name = string(who, "type"), string(issuer, "userName")
    if "Root" in (kind, string(issuer, "type")):
        opened = string(context, "assumedRoot") == "true"
        by = ", which the management account or a delegate of it opened (AssumeRoot)" if opened else ""
        return _verdict("root", f"it is a {what} of the root user of this account{by}")
    if kind == "AssumedRole" and name:
        return {"role": name, **_verdict("role", f"it is a session of the role {name}")}
    user = string(who, "userName") if kind == "IAMUser" else name
    return {"user": user, **_verdict("session", f"it is a session of the user {user}")} if user else None


ACTION = Action(
    id="iam.key_owner",
    title="Whose an access key is",
    inputs={
        "access_key_id": INPUTS["access_key_id"],
        "account": InputField("account_id", help="The account that asks."),
    },
    permissions=(
        "cloudtrail:LookupEvents", "ec2:DescribeRegions", "iam:GetAccessKeyLastUsed", "iam:ListAccessKeys",
        "iam:ListServiceSpecificCredentials", "sts:GetAccessKeyInfo",
    ),
    keeps=("kind", "why", "user", "role", "account", "last_used"),
    observe=observe,
)  # fmt: skip
