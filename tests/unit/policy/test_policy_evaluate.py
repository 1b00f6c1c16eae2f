"""IAM's evaluation logic, row by row: each row is a rule that AWS documents."""

from typing import Any

import pytest

from irtui.policy.document import Document, read_document
from irtui.policy.evaluate import Decision, Policies, Principal, Request, evaluate
from irtui.policy.explain import explain, refusal

ACCOUNT = "111122223333"
OTHER = "444455556666"
CI = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/ci")
ROLE = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/deploy", f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/build")
STRANGER = Principal(OTHER, f"arn:aws:iam::{OTHER}:user/eve")
ROOT = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
OBJECT = "arn:aws:s3:::logs/2026/a.json"


def doc(*statements: dict[str, Any], version: str = "2012-10-17", name: str = "policy") -> Document:
    return read_document(name, {"Version": version, "Statement": list(statements)})


def allow(action: str = "*", resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str = "*", resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def ask(
    policies: Policies,
    who: Principal = CI,
    action: str = "s3:GetObject",
    resource: str = OBJECT,
    owner: str = "",
    **context: str,
) -> Decision:
    keys = {key.replace("__", ":").lower(): (value,) for key, value in context.items()}
    return evaluate(Request(who, action, resource, owner, keys), policies)


IDENTITY = [
    ("nothing allows: implicit deny", [], False),
    ("an Allow allows", [allow("s3:GetObject")], True),
    ("an explicit Deny wins over any Allow", [allow(), deny("s3:GetObject")], False),
    ("the order of statements does not matter", [deny("s3:GetObject"), allow()], False),
    ("action names are case-insensitive", [allow("S3:getobject")], True),
    ("* in an action spans the rest", [allow("s3:Get*")], True),
    ("? in an action is one character", [allow("s3:GetObjec?")], True),
    ("an action of another service does not match", [allow("iam:*")], False),
    ("an Allow on another resource does not match", [allow("*", "arn:aws:s3:::other/*")], False),
    ("resources are case-sensitive", [allow("*", "arn:aws:s3:::LOGS/*")], False),
    ("* in a resource spans slashes", [allow("*", "arn:aws:s3:::logs/*")], True),
    ("a list of resources is an or", [allow("*", ["arn:aws:s3:::x", "arn:aws:s3:::logs/*"])], True),
    ("Allow with NotAction allows everything else", [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], True),
    ("Allow with NotAction does not allow the named",
     [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], False),
    ("Deny with NotAction denies everything else",
     [allow(), {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}], False),
    ("Deny with NotResource denies everything else",
     [allow(), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::other/*"}], False),
    ("Deny with NotResource spares the named",
     [allow(), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::logs/*"}], True),
    ("a condition that is not met keeps an Allow from matching",
     [allow(Condition={"StringEquals": {"aws:username": "bob"}})], False),
    ("a condition that is met lets an Allow match", [allow(Condition={"StringEquals": {"aws:username": "ci"}})], True),
    ("a policy variable takes the request's value", [allow("*", "arn:aws:s3:::logs/${aws:PrincipalTag/year}/*")], True),
    ("an absent variable matches nothing", [allow("*", "arn:aws:s3:::${aws:PrincipalTag/none}/*")], False),
    ("an absent variable takes its default", [allow("*", "arn:aws:s3:::${aws:PrincipalTag/none, 'logs'}/*")], True),
    ("${*} is a star and no wildcard", [allow("*", "arn:aws:s3:::logs/${*}")], False),
    ("an unknown operator never lets an Allow match",
     [allow(Condition={"StringSounds": {"aws:username": "ci"}})], False),
    ("an unknown operator makes a Deny deny",
     [allow(), deny(Condition={"StringSounds": {"aws:username": "x"}})], False),
    ("an unreadable Allow does not allow", [{"Effect": "Allow", "Resource": "*"}], False),
    ("an unreadable Deny denies everything", [allow(), {"Effect": "Deny", "Action": 7, "Resource": "*"}], False),
    ("an unknown effect denies everything", [allow(), {"Effect": "Maybe", "Action": "*", "Resource": "*"}], False),
    ("an unknown element of a statement is a flaw", [allow(Actions="*")], False),
    ("both Action and NotAction is a flaw", [allow(NotAction="iam:*")], False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "statements", "allowed"), IDENTITY, ids=[row[0] for row in IDENTITY])
def test_identity_policies(rule: str, statements: list[dict[str, Any]], allowed: bool) -> None:
    """Identity-based policies decide as AWS says."""
    tags: dict[str, Any] = {"aws__PrincipalTag/year": "2026", "aws__username": "ci"}
    assert ask(Policies((doc(*statements),)), **tags).allowed is allowed


def test_variables_are_literal_before_2012() -> None:
    """Policy variables exist since version 2012-10-17; before, `${…}` is text."""
    old = doc(allow("*", "arn:aws:s3:::${aws:username}/*"), version="2008-10-17")
    assert not ask(Policies((old,)), resource="arn:aws:s3:::ci/a", aws__username="ci").allowed
    assert ask(Policies((old,)), resource="arn:aws:s3:::${aws:username}/a", aws__username="ci").allowed


@pytest.mark.parametrize("value", ["*", "?i", "c*"])
def test_a_star_in_a_variable_is_no_wildcard(value: str) -> None:
    """Who may choose a tag must not choose a wildcard with it."""
    mine = Policies((doc(allow("*", "arn:aws:s3:::${aws:PrincipalTag/home}/x")),))
    tags: dict[str, Any] = {"aws__PrincipalTag/home": value}
    assert not ask(mine, resource="arn:aws:s3:::ci/x", **tags).allowed
    assert ask(mine, resource=f"arn:aws:s3:::{value}/x", **tags).allowed


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"Version": "2012-10-17"}', '{"Version": "1", "Statement": []}'])
def test_an_unreadable_document_denies_everything(text: str) -> None:
    """What cannot be understood must help nobody."""
    assert not ask(Policies((doc(allow()), read_document("broken", text)))).allowed


FULL, NONE = doc(allow()), doc(allow("iam:*"))
LAYERS = [
    ("a boundary must allow too", Policies((FULL,), boundary=NONE), False, "boundary"),
    ("a boundary alone allows nothing", Policies((), boundary=FULL), False, "identity"),
    ("a session policy must allow too", Policies((FULL,), session=(NONE,)), False, "session"),
    ("a session policy alone allows nothing", Policies((), session=(FULL,)), False, "identity"),
    ("an empty session policy allows nothing", Policies((FULL,), session=()), False, "session"),
    ("every SCP level must allow", Policies((FULL,), scps=((FULL,), (NONE,))), False, "scp"),
    ("an SCP allows nothing by itself", Policies((), scps=((FULL,),)), False, "identity"),
    ("an SCP's Deny wins", Policies((FULL,), scps=((FULL, doc(deny("s3:*"))),)), False, "scp"),
    ("a boundary's Deny wins", Policies((FULL,), boundary=doc(allow(), deny("s3:*"))), False, "boundary"),
    ("all layers together allow", Policies((FULL,), FULL, (FULL,), None, False, ((FULL,),)), True, "identity"),
]


@pytest.mark.parametrize(("rule", "policies", "allowed", "layer"), LAYERS, ids=[row[0] for row in LAYERS])
def test_layers(rule: str, policies: Policies, allowed: bool, layer: str) -> None:
    """Boundary, session and SCP limit; none of them grants."""
    decision = ask(policies)
    assert (decision.allowed, decision.layer) == (allowed, layer)


def granting(*principals: str, **more: Any) -> Document:
    return doc(allow(Principal={"AWS": list(principals)}, **more), name="bucket policy")


RESOURCE = [
    ("a resource policy that names the user allows by itself", CI, (), granting(CI.arn), "", True),
    ("naming the account only delegates to it", CI, (), granting(f"arn:aws:iam::{ACCOUNT}:root"), "", False),
    ("naming the account, and an identity Allow", CI, (FULL,), granting(ACCOUNT), "", True),
    ("* names everybody", CI, (), granting("*"), "", True),
    ("another principal is not named", CI, (), granting(ROLE.arn), "", False),
    ("naming the role allows its sessions", ROLE, (), granting(ROLE.arn), "", True),
    ("naming the session allows it", ROLE, (), granting(ROLE.session_arn), "", True),
    ("across accounts the identity must allow", STRANGER, (), granting(STRANGER.arn), ACCOUNT, False),
    ("across accounts the resource must allow", STRANGER, (FULL,), None, ACCOUNT, False),
    ("across accounts both allow", STRANGER, (FULL,), granting(STRANGER.arn), ACCOUNT, True),
    ("across accounts naming the account suffices with identity", STRANGER, (FULL,), granting(OTHER), ACCOUNT, True),
    ("a Deny of the account denies its users", CI, (FULL,), doc(deny(Principal={"AWS": ACCOUNT})), "", False),
    ("Deny with NotPrincipal spares the named", CI, (FULL,), doc(deny(NotPrincipal={"AWS": [CI.arn]})), "", True),
    ("Deny with NotPrincipal denies the rest", CI, (FULL,), doc(deny(NotPrincipal={"AWS": [ROLE.arn]})), "", False),
    ("root needs no policy", ROOT, (), None, "", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "who", "identity", "resource", "owner", "allowed"), RESOURCE, ids=[r[0] for r in RESOURCE]
)
def test_resource_policies(
    rule: str, who: Principal, identity: tuple[Document, ...], resource: Document | None, owner: str, allowed: bool
) -> None:
    """Within an account either side may allow; across accounts both must."""
    assert ask(Policies(identity, resource=resource), who, owner=owner).allowed is allowed


def test_a_user_named_by_a_bucket_is_not_limited_by_the_boundary() -> None:
    """AWS: a grant to the very ARN that asks is not limited by an implicit deny of boundary or session."""
    assert ask(Policies((), boundary=NONE, resource=granting(CI.arn))).allowed
    assert not ask(Policies((), boundary=NONE, resource=granting(ROLE.arn)), ROLE).allowed
    assert ask(Policies((), boundary=NONE, resource=granting(ROLE.session_arn)), ROLE).allowed
    assert not ask(Policies((), boundary=doc(deny()), resource=granting(CI.arn))).allowed


def test_a_trust_policy_must_allow() -> None:
    """No identity policy helps where the role does not trust the caller."""
    trusted = doc({"Effect": "Allow", "Principal": {"AWS": CI.arn}, "Action": "sts:AssumeRole"})
    role = ROLE.arn
    assert ask(Policies((), resource=trusted, resource_decides=True), action="sts:AssumeRole", resource=role).allowed
    assert not ask(Policies((FULL,), resource_decides=True), action="sts:AssumeRole", resource=role).allowed


def test_a_role_session_is_not_touched_by_its_users_policies() -> None:
    """Revoking a role's older sessions denies by the time they were issued, and nobody else."""
    revoked = doc(allow(), deny(Condition={"DateLessThan": {"aws:TokenIssueTime": "2026-11-23T02:30:00Z"}}))
    assert not ask(Policies((revoked,)), ROLE, aws__TokenIssueTime="2026-11-23T02:14:00Z").allowed
    assert ask(Policies((revoked,)), ROLE, aws__TokenIssueTime="2026-11-23T02:31:00Z").allowed
    assert ask(Policies((revoked,)), CI).allowed  # a long-term key has no issue time


def test_the_decision_is_explained_in_words() -> None:
    """The sentence names the layer, the policy and the statement."""
    policies = Policies((doc(allow(), deny("s3:*", Sid="NoData"), name="irtui-deny-all"),))
    request = Request(CI, "s3:GetObject", OBJECT)
    sentence = explain(request, evaluate(request, policies))
    assert sentence.endswith("denied by an identity-based policy, irtui-deny-all, statement 2 (NoData)")
    assert "with an explicit deny in an identity-based policy" in refusal(request, evaluate(request, policies))
    assert "no identity-based policy allows" in refusal(request, evaluate(request, Policies()))
    broken = Policies((read_document("x", "{"),))
    assert "cannot be read: the document is not JSON" in explain(request, evaluate(request, broken))
