"""Keep everything that hangs on an IAM user, so that it can be put back, and argued about later.

Managed policies, its own and its groups', are kept with the documents of all their versions; of AWS's own policies the
version in use is kept.
Stops and breaks: nothing, it only reads. What may not be read, or is not answered, becomes a gap in words; only a
user that does not exist makes it fail.
CloudTrail: GetUser, List… and Get… events of the operator.

```yaml
use: iam.snapshot_user
with: {user: "${{ steps.owner.user }}"}
evidence: true
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.actions.snapshots import Notes, documents
from irtui.canonical import plain
from irtui.errors import AwsFault
from irtui.trail.family import moment

_LISTS = {  # name in the snapshot → operation, member of its reply
    "keys": ("ListAccessKeys", "AccessKeyMetadata"),
    "mfa_devices": ("ListMFADevices", "MFADevices"),
    "ssh_keys": ("ListSSHPublicKeys", "SSHPublicKeys"),
    "certificates": ("ListSigningCertificates", "Certificates"),
    "service_credentials": ("ListServiceSpecificCredentials", "ServiceSpecificCredentials"),
    "tags": ("ListUserTags", "Tags"),
    "attached_policies": ("ListAttachedUserPolicies", "AttachedPolicies"),
    "groups": ("ListGroupsForUser", "Groups"),
}


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises AwsFault (absent) when there is no such user, RunbookError for an empty name."""
    user = text(inputs, "user")
    notes = Notes(reader)
    found: dict[str, Any] = {"user": user, "taken": plain(now)}
    found["details"] = _user(notes, user)
    found["user_id"] = (found["details"] or {}).get("UserId")
    found["permissions_boundary"] = (found["details"] or {}).get("PermissionsBoundary")
    for name, (operation, member) in _LISTS.items():
        found[name] = notes.get(operation, member, UserName=user)
    found["login_profile"] = notes.get("GetLoginProfile", "LoginProfile", UserName=user)
    for key in found["keys"] or ():
        key["LastUsed"] = notes.get("GetAccessKeyLastUsed", "AccessKeyLastUsed", AccessKeyId=key["AccessKeyId"])
    found["active_keys"] = [key["AccessKeyId"] for key in found["keys"] or () if key.get("Status") == "Active"]
    found["inline_policies"] = {
        name: notes.get("GetUserPolicy", "PolicyDocument", UserName=user, PolicyName=name)
        for name in notes.get("ListUserPolicies", "PolicyNames", UserName=user) or ()
    }
    found["inline"] = [{"name": name, "document": document} for name, document in found["inline_policies"].items()]
    for group in found["groups"] or ():
        _add_policies(notes, group)
    holders = ({"AttachedPolicies": found["attached_policies"]}, *(found["groups"] or ()))
    arns = {str(policy["PolicyArn"]): None for holder in holders for policy in holder["AttachedPolicies"] or ()}
    found["managed_policies"] = {arn: documents(notes, arn) for arn in arns}
    found["used"] = _used(found, bool(notes.gaps))
    return Facts({**found, "gaps": list(notes.gaps)}, tuple(notes.gaps))


def _user(notes: Notes, user: str) -> Any:
    details = notes.get("GetUser", "User", UserName=user)
    if details is None and not notes.gaps:
        advice = "Check the name and the account; somebody may have deleted the user meanwhile."
        raise AwsFault("absent", "NoSuchEntity", f"There is no user {user}", call="iam.GetUser", advice=advice)
    return details


def _add_policies(notes: Notes, group: dict[str, Any]) -> None:
    name = group["GroupName"]
    group["AttachedPolicies"] = notes.get("ListAttachedGroupPolicies", "AttachedPolicies", GroupName=name)
    group["InlinePolicies"] = {
        policy: notes.get("GetGroupPolicy", "PolicyDocument", GroupName=name, PolicyName=policy)
        for policy in notes.get("ListGroupPolicies", "PolicyNames", GroupName=name) or ()
    }


def _used(found: Mapping[str, Any], lacking: bool) -> str:
    """In words: when and where it was last at work, as IAM has it. `lacking`: not everything could be read."""
    said = []
    for key in found["keys"] or ():
        last = key.get("LastUsed") or {}
        at = _minute(last.get("LastUsedDate"))
        where = f" ({last.get('ServiceName')}, {last.get('Region')})" if at else ""
        said.append(f"key {key['AccessKeyId']} {at or 'never'}{where}")
    if found["login_profile"]:
        said.append(f"password {_minute((found['details'] or {}).get('PasswordLastUsed')) or 'never'}")
    return ", ".join(said) or ("not known" if lacking else "it has no key and no password")


def _minute(at: Any) -> str:
    read = moment(str(at))
    return f"{read:%Y-%m-%d %H:%MZ}" if read else ""


_READS = (
    "GetPolicyVersion", "ListPolicyVersions",
    "GetUser", "GetLoginProfile", "GetAccessKeyLastUsed", "ListUserPolicies", "GetUserPolicy",
    "ListAttachedGroupPolicies", "ListGroupPolicies", "GetGroupPolicy",
)  # fmt: skip

ACTION = Action(
    id="iam.snapshot_user",
    title="Keep everything that hangs on a user",
    inputs={"user": InputField("user", help="Name of the IAM user.")},
    permissions=tuple(sorted(f"iam:{name}" for name in (*_READS, *(operation for operation, _ in _LISTS.values())))),
    keeps=(
        "user", "user_id", "used", "keys", "active_keys", "mfa_devices", "login_profile", "groups", "attached_policies",
        "inline_policies", "inline", "permissions_boundary", "service_credentials", "ssh_keys", "certificates", "gaps",
    ),
    observe=observe,
)  # fmt: skip
