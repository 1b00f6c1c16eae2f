"""What a principal could do before it was contained: assume which roles, change IAM at all?

Rules: doubt counts as yes. Conditions of an Allow are taken as met, those of a Deny as not; the denies that contain
(of everything, or of older sessions) are left out, because they say what it may do now and not what it did.
"""

from dataclasses import replace
from datetime import datetime

from irtui.policy.document import Document, Statement
from irtui.policy.evaluate import Policies, Principal, Request, evaluate
from irtui.policy.patterns import wild
from irtui.trail.account import Account, Entity
from irtui.trail.family import moment

HIDING = (
    "AddUserToGroup", "AttachGroupPolicy", "AttachRolePolicy", "AttachUserPolicy", "CreateAccessKey",
    "CreateLoginProfile", "CreatePolicyVersion", "CreateRole", "CreateServiceSpecificCredential", "CreateUser",
    "DeleteGroupPolicy", "DeleteRolePermissionsBoundary", "DeleteRolePolicy", "DeleteUserPermissionsBoundary",
    "DeleteUserPolicy", "DetachGroupPolicy", "DetachRolePolicy", "DetachUserPolicy", "PutGroupPolicy",
    "PutRolePermissionsBoundary", "PutRolePolicy", "PutUserPermissionsBoundary", "PutUserPolicy",
    "RemoveUserFromGroup", "SetDefaultPolicyVersion", "UpdateAccessKey", "UpdateAssumeRolePolicy",
    "UpdateLoginProfile", "UploadSSHPublicKey", "UploadSigningCertificate",
)  # fmt: skip
"""What opens a way in that outlives its maker; as long as CloudTrail is late, nobody can say that it was not done."""


def denies_all(document: Document) -> bool:
    return any(
        s.effect == "Deny" and not s.flaw and not s.conditions and s.principals is None
        and not s.not_actions and "*" in s.actions and not s.not_resources and "*" in s.resources
        for s in document.statements
    )  # fmt: skip


def cut_off(document: Document) -> datetime | None:
    """Sessions issued before this are denied everything."""
    found = [moment(cut) for s in document.statements if (cut := _cut(s))]
    return max((each for each in found if each is not None), default=None)


def _cut(s: Statement) -> str:
    if s.effect != "Deny" or s.flaw or s.not_actions or s.not_resources:
        return ""
    if "*" not in s.actions or "*" not in s.resources or len(s.conditions) != 1:
        return ""
    operator, keys = next(iter(s.conditions.items()))
    if operator.lower() != "datelessthan" or [key.lower() for key in keys] != ["aws:tokenissuetime"]:
        return ""
    values = next(iter(keys.values()))
    return values[0] if len(values) == 1 else ""


def may_write(account: Account, entity: Entity) -> bool:
    """Whether it could have changed IAM in a way that hides something."""
    documents = [_loose(document) for document in account.documents(entity)]
    fence = _fence(account, entity)
    return any(
        _says(documents, "Allow", f"iam:{name}") and not _says(documents, "Deny", f"iam:{name}")
        and (fence is None or _says([fence], "Allow", f"iam:{name}"))
        for name in HIDING
    )  # fmt: skip


def may_assume(account: Account, entity: Entity, role: Entity) -> bool:
    if role.trust is None:
        return False
    principal = Principal(account.number, entity.arn)
    request = Request(principal, "sts:AssumeRole", role.arn, account.number, {})
    policies = Policies(
        tuple(_loose(document) for document in account.documents(entity)),
        _fence(account, entity),
        resource=_loose(role.trust, entity),
        resource_decides=True,
    )
    return evaluate(request, policies).allowed


def outsiders(account: Account, role: Entity) -> tuple[str, ...]:
    """Whom the trust policy lets in that is nobody of this account and no service of AWS."""
    found: dict[str, None] = {}
    for s in role.trust.statements if role.trust else ():
        if s.effect != "Allow" or s.flaw:
            continue
        if s.not_principals or s.principals is None:
            found["everybody but a few"] = None
            continue
        for kind, values in s.principals.items():
            for value in values:
                home = value.split(":")[4] if value.count(":") >= 5 else value
                if kind != "Service" and not (kind == "AWS" and home == account.number):
                    found[value] = None
    return tuple(found)


def _says(documents: list[Document], effect: str, action: str) -> bool:
    """A Deny counts where it stands for every resource."""
    return any(
        s.effect == effect and not s.flaw
        and any(wild(pattern, action, {}, False, True) for pattern in s.actions) != s.not_actions
        and (effect == "Allow" or ("*" in s.resources and not s.not_resources))
        for document in documents for s in document.statements
    )  # fmt: skip


def _fence(account: Account, entity: Entity) -> Document | None:
    """The boundary that held it; one that denies everything was put there to contain it, and held nothing before."""
    boundary = account.boundary(entity)
    return None if boundary is None or denies_all(boundary) else _loose(boundary)


def _loose(document: Document, entity: Entity | None = None) -> Document:
    kept = []
    for s in document.statements:
        if s.effect == "Deny" and (s.conditions or denies_all(Document("", (s,))) or s.flaw):
            continue
        resources = tuple("*" if "${" in pattern else pattern for pattern in s.resources)
        kept.append(replace(s, conditions={}, resources=resources, principals=_principals(s, entity)))
    return Document(document.name, tuple(kept))


def _principals(s: Statement, entity: Entity | None) -> dict[str, tuple[str, ...]] | None:
    """A session of a role, named in a trust policy, stands for the role."""
    if s.principals is None:
        return None
    named = {kind: list(values) for kind, values in s.principals.items()}
    if entity is not None and entity.id.startswith("role/"):
        marks = f":assumed-role/{entity.name}/"
        if any(marks in value for value in named.get("AWS", ())):
            named["AWS"].append(entity.arn)
    return {kind: tuple(values) for kind, values in named.items()}
