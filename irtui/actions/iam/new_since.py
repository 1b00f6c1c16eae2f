"""What in IAM is new since a moment and still opens a door: users, keys, roles, policies, credentials, and the rest.

Stops and breaks: nothing, it only reads. New is what IAM dates so, and what CloudTrail tells was changed: a trust, a
password. What is denied everything already, or switched off, is no open door and stands in the evidence only. Nobody
is accused: a deployment makes users and roles too, so every list says who made what, where CloudTrail tells.
`open` counts the doors, and what could not be read: nobody knows what stands there.
Limits: Event history has 90 days, and is minutes late. Sessions made from a new key are not followed; see
cloudtrail.family_tree.
CloudTrail: GetAccountAuthorizationDetails, LookupEvents, List… and Get… events of the operator.

```yaml
use: iam.new_since
with: {since: "${{ inputs.since }}", caller: "${{ aws.caller.arn }}"}
evidence: true
```
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from irtui.actions.asked import span
from irtui.actions.iam_changes import Change, Changes
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.actions.observe import words
from irtui.aws.paging import truncated
from irtui.canonical import plain
from irtui.clock import rfc3339
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call
from irtui.trail.account import Account, Entity, read_account
from irtui.trail.family import moment

PAGES = 100
USERS = 500
"""Users whose keys are listed."""
HISTORY = timedelta(days=90)
NAMED = 20
"""Things that a sentence names; more are counted."""
_OWNED_BY_AWS = (":role/aws-service-role/", ":role/aws-reserved/")
_PASSWORDS = ("CreateLoginProfile", "UpdateLoginProfile")
_MAKING = ("CreateUser", "CreateRole", "CreateAccessKey", "CreateServiceSpecificCredential")
_OTHER = (
    "UploadSSHPublicKey", "UploadSigningCertificate", "EnableMFADevice", "UpdateAccessKey", "AddUserToGroup",
    "PutUserPolicy", "AttachUserPolicy", "PutGroupPolicy", "AttachGroupPolicy", "PutRolePolicy", "AttachRolePolicy",
    "SetDefaultPolicyVersion", "CreatePolicyVersion", "DeleteUserPermissionsBoundary", "DeleteRolePermissionsBoundary",
    "AddRoleToInstanceProfile", "CreateSAMLProvider", "UpdateSAMLProvider", "CreateOpenIDConnectProvider",
    "AddClientIDToOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint",
)  # fmt: skip
"""Changes that no list of doors holds: somebody must judge them."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for a time that is none, AwsFault and SimulatorGap when IAM could not be read at all."""
    since, _ = span(inputs, now)
    look = _Look(reader, since)
    details = look.details()
    account = read_account("", details)
    changes = Changes(reader, since, str(inputs.get("caller") or ""))
    passwords = {f"user/{change.name}" for change in changes.of(_PASSWORDS)}
    trusted, made, others = changes.of(("UpdateAssumeRolePolicy",)), changes.of(_MAKING), changes.of(_OTHER)
    trusts = {f"role/{change.name}" for change in trusted}
    doors: dict[str, list[Any]] = {
        "users": [e.name for e in look.open(account, "user") if look.new(e.created) or e.id in passwords],
        "roles": [
            e.name
            for e in look.open(account, "role")
            if (look.new(e.created) or e.id in trusts) and not any(path in e.arn for path in _OWNED_BY_AWS)
        ],
        "policies": list(look.policies(details)),
        **look.credentials(account),
    }
    providers = look.providers()
    gaps = [*look.gaps, *changes.gaps]
    if since < now - HISTORY:
        gaps.append("Event history has 90 days; changes before that are not known")
    data = {
        **doors,
        "since": rfc3339(since),
        "open": sum(map(len, doors.values())) + len(gaps),
        "words": _doors_in_words(doors, (*made, *trusted, *others)),
        "others": len(others) + len(providers),
        "others_words": _in_words([*(f"provider {arn}" for arn in providers), *(each.words() for each in others)]),
        "providers": providers,
        "made": [_plain(change) for change in (*made, *trusted)],
        "changes": [_plain(change) for change in others],
        "own_changes": changes.own,
    }
    return Facts({**data, "gaps": gaps}, tuple(gaps))


class _Look:
    """Reads IAM for one observation, and writes down what could not be read."""

    def __init__(self, reader: Reader, since: datetime) -> None:
        self._reader, self._since = reader, since
        self.gaps: list[str] = []

    def new(self, at: Any) -> bool:
        """Made since then; a date that is missing counts as new."""
        made = moment(str(plain(at)))
        return made is None or made >= self._since

    def details(self) -> Mapping[str, Any]:
        filters = ["User", "Role", "Group", "LocalManagedPolicy"]
        call = Call("iam", "GetAccountAuthorizationDetails", {"Filter": filters, "MaxItems": 1000})
        data = self._reader.read(call, pages=PAGES).data
        if truncated(data):
            self.gaps.append("the account has more users, roles and policies than were read")
        found: Mapping[str, Any] = plain(data)
        return found

    def open(self, account: Account, kind: str) -> Iterable[Entity]:
        """Users or roles that are not denied everything."""
        return (e for e in account.entities.values() if e.id.startswith(f"{kind}/") and not _shut(e))

    def policies(self, details: Mapping[str, Any]) -> Iterable[dict[str, str]]:
        """Customer managed policies whose version in force is new, where an older one is still there."""
        for policy in details.get("Policies") or ():
            versions: Sequence[Mapping[str, Any]] = policy.get("PolicyVersionList") or ()
            now = next((v for v in versions if v.get("IsDefaultVersion")), None)
            old = sorted((v for v in versions if not self.new(v.get("CreateDate"))), key=lambda v: str(v["CreateDate"]))
            if now is not None and self.new(now.get("CreateDate")) and old:
                arn, version, earlier = policy["Arn"], now["VersionId"], old[-1]["VersionId"]
                yield {"arn": str(arn), "version": str(version), "earlier": str(earlier)}

    def credentials(self, account: Account) -> dict[str, list[Any]]:
        """Active access keys and service-specific credentials that are new, of users that are not denied."""
        users = list(self.open(account, "user"))
        if len(users) > USERS:
            self.gaps.append(f"the keys of more than {USERS} users were not listed")
        keys, services = [], []
        for user in users[:USERS]:
            for key in self._listed("ListAccessKeys", "AccessKeyMetadata", UserName=user.name):
                if key.get("Status") == "Active" and self.new(key.get("CreateDate")):
                    keys.append({"user": user.name, "id": str(key["AccessKeyId"])})
            listed = self._listed("ListServiceSpecificCredentials", "ServiceSpecificCredentials", UserName=user.name)
            for held in listed:
                if held.get("Status") == "Active" and self.new(held.get("CreateDate")):
                    services.append({"user": user.name, "id": str(held["ServiceSpecificCredentialId"])})
        return {"keys": keys, "service_credentials": services}

    def providers(self) -> list[str]:
        """ARNs of new identity providers."""
        listed = self._listed("ListSAMLProviders", "SAMLProviderList")
        found = [str(one["Arn"]) for one in listed if self.new(one.get("CreateDate"))]
        for one in self._listed("ListOpenIDConnectProviders", "OpenIDConnectProviderList"):
            said = self._read("GetOpenIDConnectProvider", OpenIDConnectProviderArn=str(one["Arn"]))
            found += [str(one["Arn"])] if said is not None and self.new(said.get("CreateDate")) else []
        return found

    def _listed(self, operation: str, member: str, **params: str) -> Sequence[Mapping[str, Any]]:
        return (self._read(operation, **params) or {}).get(member) or ()

    def _read(self, operation: str, **params: str) -> Mapping[str, Any] | None:
        try:
            data: Mapping[str, Any] = self._reader.read(Call("iam", operation, params), pages=PAGES).data
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            if not (isinstance(error, AwsFault) and error.kind == "absent"):
                of = "".join(f" of {value}" for value in params.values())
                self.gaps.append(f"{operation}{of} could not be read: {words(error)}")
            return None
        if truncated(data):
            self.gaps.append(f"{operation} has more entries than were read")
        return data


def _shut(entity: Entity) -> bool:
    """Denied everything without a condition."""
    return any(arn.endswith(":policy/AWSDenyAll") for arn in entity.attached) or any(
        one.effect == "Deny" and "*" in one.actions and "*" in one.resources
        and not (one.flaw or one.not_actions or one.not_resources or one.conditions)
        for document in entity.own for one in document.statements
    )  # fmt: skip


def _plain(change: Change) -> dict[str, str]:
    return {"what": change.what, "name": change.name, "by": change.by, "at": change.at, "ip": change.source_ip}


_KINDS = {
    "users": ("user", "CreateUser"),
    "roles": ("role", "CreateRole"),
    "policies": ("policy", "CreatePolicyVersion"),
    "keys": ("key", "CreateAccessKey"),
    "service_credentials": ("service credential", "CreateServiceSpecificCredential"),
}
"""Door → what one is called, and what makes one."""


def _doors_in_words(doors: Mapping[str, Sequence[Any]], told: Sequence[Change]) -> str:
    makers = {(change.what, change.name): change.by for change in told}
    makers |= {("CreateRole", change.name): change.by for change in told if change.what == "UpdateAssumeRolePolicy"}
    said = []
    for kind, found in doors.items():
        word, operation = _KINDS[kind]
        for one in found:
            on = one if isinstance(one, str) else str(one.get("user") or one["arn"])
            name = f"{one['id']} of {on}" if "id" in one else on
            by = makers.get((operation, on), "")
            said.append(f"{word} {name}{f' (by {by})' if by else ''}")
    return _in_words(said)


def _in_words(said: Sequence[str]) -> str:
    rest = f"; and {len(said) - NAMED} more" if len(said) > NAMED else ""
    return "; ".join(said[:NAMED]) + rest or "nothing"


_READS = (
    "GetAccountAuthorizationDetails", "GetOpenIDConnectProvider", "ListAccessKeys", "ListOpenIDConnectProviders",
    "ListSAMLProviders", "ListServiceSpecificCredentials",
)  # fmt: skip

ACTION = Action(
    id="iam.new_since",
    title="What in IAM is new and still opens a door",
    inputs={
        "since": InputField("string", help="A time, or how long ago: 24h, 90d."),
        "caller": InputField("string", required=False, help="ARN of the own session: its own changes are left out."),
    },
    permissions=("cloudtrail:LookupEvents", *(f"iam:{name}" for name in _READS)),
    keeps=(
        "since", "open", "words", "users", "keys", "roles", "policies", "service_credentials", "others",
        "others_words", "gaps",
    ),
    observe=observe,
)  # fmt: skip
