"""What the policies say, enforced over HTTP on moto's state. Each test states the AWS rule."""

import itertools
import json
from typing import Any

import pytest

from tests.support.lab import Lab, Tell

ACCOUNT = "111122223333"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}
_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    return f"who-{next(_numbers)}"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(*principals: str, **more: Any) -> str:
    return policy({"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": "sts:AssumeRole", **more})


def a_role(lab: Lab, name: str, trusted: str, *statements: dict[str, Any], **more: Any) -> str:
    made = lab.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trusted, **more)
    if statements:
        lab.client("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*statements))
    return str(made["Role"]["Arn"])


ME = f"arn:aws:iam::{ACCOUNT}:user/NAME"
ROWS = [
    ("nothing is allowed by default", [], "AccessDenied"),
    ("an Allow allows", [ALL], "ok"),
    ("an explicit Deny wins", [ALL, DENY], "AccessDenied"),
    ("actions are case-insensitive", [{**ALL, "Action": "IAM:getuser"}], "ok"),
    ("a resource-scoped Allow matches the user", [{**ALL, "Resource": ME}], "ok"),
    ("a resource-scoped Allow does not match another", [{**ALL, "Resource": ME + "x"}], "AccessDenied"),
    ("${aws:username}", [{**ALL, "Resource": f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"}], "ok"),
    ("Deny + NotResource denies the rest",
     [ALL, {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::x"}], "AccessDenied"),
    ("NotAction", [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], "ok"),
    ("an Allow with MFA needs MFA",
     [{**ALL, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}], "AccessDenied"),
    ("source address", [{**ALL, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}], "ok"),
    ("another source address", [{**ALL, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}], "AccessDenied"),
    ("a Deny by TokenIssueTime does not touch long-term keys",
     [ALL, {**DENY, "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2100-01-01T00:00:00Z"}}}], "ok"),
    ("aws:PrincipalArn", [{**ALL, "Condition": {"ArnLike": {"aws:PrincipalArn": ME}}}], "ok"),
    ("aws:userid", [{**ALL, "Condition": {"StringLike": {"aws:userid": "AIDA*"}}}], "ok"),
    ("user agent", [{**ALL, "Condition": {"StringLike": {"aws:UserAgent": "*Boto*"}}}], "ok"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "statements", "code"), ROWS, ids=[row[0] for row in ROWS])
def test_user_policies(lab: Lab, tell: Tell, name: str, rule: str, statements: list[dict[str, Any]], code: str) -> None:
    """A user's own policies decide about iam:GetUser on the user."""
    named = json.loads(json.dumps(statements).replace("NAME", name))
    assert tell(lab.client("iam", lab.user(name, *named)).get_user, UserName=name) == code


def test_group_and_attached_policies_count(lab: Lab, tell: Tell, name: str) -> None:
    """Permissions come from groups and managed policies as well, and so do denials."""
    iam, mine = lab.client("iam"), lab.client("iam", lab.user(name))
    iam.create_group(GroupName=name)
    iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=policy(ALL))
    assert tell(mine.list_users) == "AccessDenied"
    iam.add_user_to_group(GroupName=name, UserName=name)
    assert tell(mine.list_users) == "ok"
    arn = iam.create_policy(PolicyName=name, PolicyDocument=policy(DENY))["Policy"]["Arn"]
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    assert tell(mine.list_users) == "AccessDenied"
    iam.detach_user_policy(UserName=name, PolicyArn=arn)
    assert tell(mine.list_users) == "ok"


def test_a_new_default_version_counts(lab: Lab, tell: Tell, name: str) -> None:
    """The default version of a managed policy is the one that decides."""
    iam, mine = lab.client("iam"), lab.client("iam", lab.user(name))
    arn = iam.create_policy(PolicyName=name, PolicyDocument=policy(ALL))["Policy"]["Arn"]
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    assert tell(mine.list_users) == "ok"
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(DENY), SetAsDefault=True)
    assert tell(mine.list_users) == "AccessDenied"


def test_boundaries_limit_users_and_roles(lab: Lab, tell: Tell, name: str) -> None:
    """A permissions boundary limits what the identity's policies allow; moto cannot even set a user's."""
    iam, mine = lab.client("iam"), lab.client("iam", lab.user(name, ALL))
    arn = iam.create_policy(PolicyName=name, PolicyDocument=policy({**ALL, "Action": "s3:*"}))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=arn)
    assert iam.get_user(UserName=name)["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    assert (
        tell(mine.list_users),
        tell(lab.client("s3", lab.client("iam").create_access_key(UserName=name)).list_buckets),
    ) == ("AccessDenied", "ok")
    iam.delete_user_permissions_boundary(UserName=name)
    assert tell(mine.list_users) == "ok"
    role = a_role(lab, name, trust(ACCOUNT), ALL, PermissionsBoundary=arn)
    session = lab.client("sts").assume_role(RoleArn=role, RoleSessionName="x1")
    assert tell(lab.client("iam", session).list_users) == "AccessDenied"


def test_assume_role_needs_existence_trust_and_permission(lab: Lab, tell: Tell, name: str) -> None:
    """moto hands out sessions of any role to anybody; AWS asks the trust policy, and the account's delegation."""
    key = lab.user(name)
    mine = lab.client("sts", key)
    direct = a_role(lab, f"{name}-direct", trust(f"arn:aws:iam::{ACCOUNT}:user/{name}"))
    account = a_role(lab, f"{name}-account", trust(ACCOUNT))
    other = a_role(lab, f"{name}-other", trust(f"arn:aws:iam::{ACCOUNT}:user/eve"))
    with_id = a_role(
        lab,
        f"{name}-id",
        trust(f"arn:aws:iam::{ACCOUNT}:user/{name}", Condition={"StringEquals": {"sts:ExternalId": "77"}}),
    )
    assume = {"RoleSessionName": "s1"}
    assert tell(mine.assume_role, RoleArn=direct, **assume) == "ok"
    assert tell(mine.assume_role, RoleArn=account, **assume) == "AccessDenied"
    assert tell(mine.assume_role, RoleArn=other, **assume) == "AccessDenied"
    assert tell(mine.assume_role, RoleArn=direct + "-none", **assume) == "AccessDenied"
    assert tell(mine.assume_role, RoleArn=f"arn:aws:iam::999999999999:role/{name}", **assume) == "AccessDenied"
    assert tell(mine.assume_role, RoleArn=with_id, **assume) == "AccessDenied"
    assert tell(mine.assume_role, RoleArn=with_id, ExternalId="77", **assume) == "ok"
    assert tell(lab.client("sts").assume_role, RoleArn=account, **assume) == "ok"


def test_role_sessions_have_the_roles_permissions_and_end_with_it(lab: Lab, tell: Tell, name: str) -> None:
    """A role session answers to the role alone: revocation by issue time, session policies, the role's deletion."""
    role = a_role(lab, name, trust(ACCOUNT), ALL)
    sts, iam = lab.client("sts"), lab.client("iam")
    old = sts.assume_role(RoleArn=role, RoleSessionName="old")
    narrow = sts.assume_role(RoleArn=role, RoleSessionName="narrow", Policy=policy({**ALL, "Action": "iam:ListUsers"}))
    assert tell(lab.client("iam", old).list_roles) == "ok"
    assert (tell(lab.client("iam", narrow).list_users), tell(lab.client("iam", narrow).list_roles)) == (
        "ok",
        "AccessDenied",
    )
    assert tell(lab.client("iam", old).get_user) == "ValidationError"
    lab.world.advance(2)
    cut = lab.world.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    revoke = policy({**DENY, "Condition": {"DateLessThan": {"aws:TokenIssueTime": cut}}})
    iam.put_role_policy(RoleName=name, PolicyName="AWSRevokeOlderSessions", PolicyDocument=revoke)
    assert tell(lab.client("iam", old).list_users) == "AccessDenied"
    fresh = sts.assume_role(RoleArn=role, RoleSessionName="fresh")
    assert tell(lab.client("iam", fresh).list_users) == "ok"
    assert lab.client("sts", fresh).get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/fresh"
    for each in ("p", "AWSRevokeOlderSessions"):
        iam.delete_role_policy(RoleName=name, PolicyName=each)
    iam.delete_role(RoleName=name)
    a_role(lab, name, trust(ACCOUNT), ALL)  # the same name is not the same role
    assert tell(lab.client("iam", fresh).list_users) == "InvalidClientTokenId"


def test_chained_sessions_last_an_hour_at_most(lab: Lab, tell: Tell, name: str) -> None:
    """A role session that assumes a role gets at most an hour, whatever the role allows."""
    role = a_role(lab, name, trust(ACCOUNT), ALL, MaxSessionDuration=43200)
    first = lab.client("sts", lab.user(f"{name}-u", ALL)).assume_role(
        RoleArn=role, RoleSessionName="first", DurationSeconds=43200
    )
    chained = lab.client("sts", first)
    assert tell(chained.assume_role, RoleArn=role, RoleSessionName="second", DurationSeconds=3601) == "ValidationError"
    assert tell(chained.assume_role, RoleArn=role, RoleSessionName="second", DurationSeconds=3600) == "ok"


def test_user_sessions_outlive_the_key_and_die_by_the_users_policies(lab: Lab, tell: Tell, name: str) -> None:
    """GetSessionToken and GetFederationToken: deactivating the key does not end them, a deny on the user does."""
    key = lab.user(name, ALL)
    sts = lab.client("sts", key)
    session = sts.get_session_token()
    federated = sts.get_federation_token(Name="backup", Policy=policy(ALL))
    bare = sts.get_federation_token(Name="bare")
    assert len({c["Credentials"]["AccessKeyId"] for c in (session, federated, bare)}) == 3
    lab.client("iam").update_access_key(UserName=name, AccessKeyId=key["AccessKey"]["AccessKeyId"], Status="Inactive")
    for held in (session, federated):
        assert tell(lab.client("s3", held).list_buckets) == "ok"
        assert tell(lab.client("iam", held).list_users) == "InvalidClientTokenId"  # barred without MFA
    assert tell(lab.client("s3", bare).list_buckets) == "AccessDenied"
    assert tell(lab.client("sts", session).get_federation_token, Name="again") == "InvalidClientTokenId"
    lab.client("iam").put_user_policy(UserName=name, PolicyName="deny", PolicyDocument=policy(DENY))
    for held in (session, federated):
        assert tell(lab.client("s3", held).list_buckets) == "AccessDenied"
        assert tell(lab.client("sts", held).get_caller_identity) == "ok"


def test_what_no_policy_forbids(lab: Lab, tell: Tell, name: str) -> None:
    """GetCallerIdentity and GetSessionToken work under a deny; GetFederationToken does not."""
    sts = lab.client("sts", lab.user(name, ALL, DENY))
    assert (tell(sts.get_caller_identity), tell(sts.get_session_token)) == ("ok", "ok")
    assert tell(sts.get_federation_token, Name="backup") == "AccessDenied"


def test_a_missing_user_name_is_the_callers(lab: Lab, name: str) -> None:
    """IAM takes the caller's own name where none is given; moto finds nobody."""
    key = lab.user(name, ALL)
    listed = lab.client("iam", key).list_access_keys()["AccessKeyMetadata"]
    assert [item["AccessKeyId"] for item in listed] == [key["AccessKey"]["AccessKeyId"]]


def test_bucket_policies(lab: Lab, tell: Tell, name: str) -> None:
    """A bucket that names a user lets it in without any policy of its own; a deny of one does not deny others."""
    lab.client("s3").create_bucket(Bucket=f"{name}-bucket")
    mine, other = lab.client("s3", lab.user(name)), lab.client("s3", lab.user(f"{name}-b", ALL))
    arn = f"arn:aws:s3:::{name}-bucket"
    me, eve = ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/{who}"} for who in (name, "eve"))
    rules = policy(
        {"Effect": "Allow", "Principal": me, "Action": "s3:ListBucket", "Resource": arn},
        {"Effect": "Deny", "Principal": eve, "Action": "s3:*", "Resource": [arn, arn + "/*"]},
    )
    assert tell(mine.list_objects_v2, Bucket=f"{name}-bucket") == "AccessDenied"
    lab.client("s3").put_bucket_policy(Bucket=f"{name}-bucket", Policy=rules)
    assert tell(mine.list_objects_v2, Bucket=f"{name}-bucket") == "ok"
    assert tell(other.put_object, Bucket=f"{name}-bucket", Key="a b/ü+c", Body=b"x") == "ok"
    assert other.get_object(Bucket=f"{name}-bucket", Key="a b/ü+c")["Body"].read() == b"x"
