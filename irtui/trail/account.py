"""What stands in IAM now, as far as it bears on a family: principals, their policies, trusts and keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from irtui.policy.document import Document, Statement, read_document


@dataclass(frozen=True, slots=True)
class Entity:
    """A user or role."""

    id: str
    """`user/NAME` or `role/NAME`."""
    name: str
    arn: str
    created: str
    own: tuple[Document, ...] = ()
    """Inline, of its groups, and customer managed."""
    attached: tuple[str, ...] = ()
    """ARNs of managed policies that AWS keeps; see `Account.managed`."""
    policies: tuple[str, ...] = ()
    """ARNs of all managed policies that bear on it."""
    groups: tuple[str, ...] = ()
    boundary: str = ""
    trust: Document | None = None


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    status: str
    created: str


@dataclass(slots=True)
class Account:
    number: str
    entities: Mapping[str, Entity]
    read: bool = True
    """False: nobody could read it, and nothing is known of anybody."""
    managed: dict[str, Document] = field(default_factory=dict)
    """Managed policies whose document was read. Of one that was not, everything must be feared."""
    keys: dict[str, tuple[Key, ...] | None] = field(default_factory=dict)
    """User id → its access keys; None: they could not be read."""

    def documents(self, entity: Entity) -> tuple[Document, ...]:
        """Everything that gives it permissions; a document that nobody read counts as one that allows everything."""
        return (*entity.own, *(self.managed.get(arn, anything(arn)) for arn in entity.attached))

    def boundary(self, entity: Entity) -> Document | None:
        """None: there is none, or nobody could read it, so that nothing is known to be held back by it."""
        return self.managed.get(entity.boundary)


def anything(name: str) -> Document:
    return Document(name, (Statement(name, 0, "Allow", ("*",), resources=("*",)),))


def read_account(number: str, details: Mapping[str, Any]) -> Account:
    """Of the reply of GetAccountAuthorizationDetails."""
    managed = dict(_managed(details))
    groups = {str(group.get("GroupName")): group for group in details.get("GroupDetailList") or ()}
    entities = {}
    for user in details.get("UserDetailList") or ():
        within = tuple(str(name) for name in user.get("GroupList") or ())
        holders = [(user, "UserPolicyList"), *((groups[name], "GroupPolicyList") for name in within if name in groups)]
        entity = _entity("user", str(user["UserName"]), user, holders, managed, within)
        entities[entity.id] = entity
    for role in details.get("RoleDetailList") or ():
        entity = _entity("role", str(role["RoleName"]), role, [(role, "RolePolicyList")], managed)
        entities[entity.id] = entity
    return Account(number, entities, managed=managed)


def _managed(details: Mapping[str, Any]) -> Iterator[tuple[str, Document]]:
    for policy in details.get("Policies") or ():
        for version in policy.get("PolicyVersionList") or ():
            if version.get("IsDefaultVersion"):
                yield str(policy["Arn"]), read_document(str(policy["Arn"]), version.get("Document") or "")


def _entity(
    kind: str, name: str, item: Mapping[str, Any], holders: list[tuple[Mapping[str, Any], str]],
    managed: Mapping[str, Document], groups: tuple[str, ...] = (),
) -> Entity:  # fmt: skip
    own: list[Document] = []
    arns: list[str] = []
    for holder, inline in holders:
        for policy in holder.get(inline) or ():
            own.append(read_document(str(policy.get("PolicyName")), policy.get("PolicyDocument") or ""))
        arns += [str(policy["PolicyArn"]) for policy in holder.get("AttachedManagedPolicies") or ()]
    boundary = item.get("PermissionsBoundary")
    trust = item.get("AssumeRolePolicyDocument")
    return Entity(
        f"{kind}/{name}",
        name,
        str(item.get("Arn", "")),
        str(item.get("CreateDate", "")),
        (*own, *(managed[arn] for arn in arns if arn in managed)),
        tuple(arn for arn in arns if arn not in managed),
        tuple(arns),
        groups,
        str(boundary.get("PermissionsBoundaryArn", "")) if isinstance(boundary, Mapping) else "",
        read_document("trust policy", trust or "") if kind == "role" else None,
    )
