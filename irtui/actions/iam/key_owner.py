"""Whose an access key is, and what: a user's, a session's, of another account, deleted, or nothing that can be told.

Stops and breaks: nothing, it only reads. `kind` is user, session (of a user), role (a session of it), foreign, gone or
unclear; `why` says it in a sentence. `user` is whom to contain: of a key that is gone, whom CloudTrail
saw use it.
Limits: whose a temporary or deleted key is only CloudTrail tells, some minutes late and for 90 days.
CloudTrail: GetAccessKeyInfo, GetAccessKeyLastUsed, ListAccessKeys and LookupEvents events of the operator.

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
from irtui.actions.event_pivots import HOME, event_of
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.actions.observe import words
from irtui.canonical import plain
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call
from irtui.trail.search.query import mapping, string

_NEVER: Mapping[str, Any] = {"ServiceName": "N/A", "Region": "N/A"}


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises AwsFault when AWS would not say, RunbookError for empty inputs."""
    key, account = text(inputs, "access_key_id"), text(inputs, "account")
    found: dict[str, Any] = {"user": "", "role": "", "last_used": _NEVER, "account": "", "gaps": []}
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
    try:
        said = reader.read(Call("iam", "GetAccessKeyLastUsed", {"AccessKeyId": key})).data
    except AwsFault as fault:
        if fault.kind not in ("absent", "denied"):
            raise
    else:
        user = str(said["UserName"])
        used = plain(said["AccessKeyLastUsed"])
        return {"user": user, "last_used": used, **_verdict("user", f"it is a key of {user}")}, []
    seen, gaps = _holder(reader, key)
    user = str(seen.get("user", ""))
    if not user:
        return _verdict("unclear", "it is deleted, or these credentials may not ask whose it is"), gaps
    if _has(reader, user, key):
        return {"user": user, **_verdict("user", f"it is a key of {user}")}, gaps
    return {"user": user, **_verdict("gone", f"it is deleted; it was a key of {user}")}, gaps


def _has(reader: Reader, user: str, key: str) -> bool:
    try:
        listed = reader.read(Call("iam", "ListAccessKeys", {"UserName": user})).data["AccessKeyMetadata"]
    except AwsFault as fault:
        if fault.kind != "absent":
            raise
        return False
    return any(one["AccessKeyId"] == key for one in listed)


def _holder(reader: Reader, key: str) -> tuple[dict[str, Any], list[str]]:
    """The user or role that CloudTrail saw use it."""
    gaps: list[str] = []
    for region in dict.fromkeys((reader.region, HOME)):
        asked = [{"AttributeKey": "AccessKeyId", "AttributeValue": key}]
        try:
            data = reader.read(Call("cloudtrail", "LookupEvents", {"LookupAttributes": asked}, region)).data
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            gaps.append(f"events of {key} in {region} could not be read: {words(error)}")
            continue
        for event in map(event_of, data.get("Events") or ()):
            who = mapping(event, "userIdentity")
            issuer = mapping(mapping(who, "sessionContext"), "sessionIssuer")
            if string(who, "type") == "AssumedRole" and (role := string(issuer, "userName")):
                return {"role": role, **_verdict("role", f"it is a session of the role {role}")}, gaps
            user = string(who, "userName") if string(who, "type") == "IAMUser" else string(issuer, "userName")
            if user:
                return {"user": user, **_verdict("session", f"it is a session of the user {user}")}, gaps
    why = "it is temporary, and CloudTrail does not know yet whose; look again in a quarter of an hour"
    return _verdict("unclear", why), gaps


ACTION = Action(
    id="iam.key_owner",
    title="Whose an access key is",
    inputs={
        "access_key_id": INPUTS["access_key_id"],
        "account": InputField("account_id", help="The account that asks."),
    },
    permissions=("cloudtrail:LookupEvents", "iam:GetAccessKeyLastUsed", "iam:ListAccessKeys", "sts:GetAccessKeyInfo"),
    keeps=("kind", "why", "user", "role", "account", "last_used"),
    observe=observe,
)
