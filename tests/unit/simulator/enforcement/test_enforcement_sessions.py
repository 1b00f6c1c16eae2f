"""Sessions, trust, boundaries, bucket policies and other accounts."""

from typing import Any

import pytest

from tests.support.enforcement import ALL, DENY, Ground, Probe, Table, policy, tell, trust

TABLE = Table()
NO = "AccessDenied"


def arn_of(ground: Ground, key: dict[str, dict[str, str]]) -> str:
    return f"arn:aws:iam::{ground.account}:user/{key['AccessKey']['UserName']}"


def assumed(ground: Ground, trusted: str, **more: str) -> str:
    """AssumeRole by a user without any permission; USER in the trust policy is the user's ARN."""
    key = ground.user()
    role = ground.role(trusted.replace("USER", arn_of(ground, key)))
    sts = ground.client("sts", key)
    return tell(sts.assume_role, RoleArn=role, RoleSessionName="probe", **more)


@TABLE.row("A trust policy that names the user lets it in without a policy of its own.", aws="ok", moto=NO)
def trust_names_user(ground: Ground) -> str:
    return assumed(ground, trust("USER"))


@TABLE.row("A trust policy that names the account only delegates: the user needs an Allow.", aws=NO, moto=NO)
def trust_names_account(ground: Ground) -> str:
    return assumed(ground, trust(ground.account))


@TABLE.row("Who is not trusted stays out, whatever it may do.", aws=NO, moto=NO)
def trust_of_another(ground: Ground) -> str:
    eve = ground.user()
    role = ground.role(trust(arn_of(ground, eve)))
    return tell(ground.client("sts", ground.user(ALL)).assume_role, RoleArn=role, RoleSessionName="probe")


@TABLE.row("A condition of the trust policy must hold.", aws=NO, moto=NO)
def trust_external_id(ground: Ground) -> str:
    return assumed(ground, trust("USER", Condition={"StringEquals": {"sts:ExternalId": "77"}}), ExternalId="78")


@TABLE.row("A Deny in the trust policy wins.", aws=NO, moto=NO)
def trust_deny(ground: Ground) -> str:
    both = [
        {"Effect": effect, "Principal": {"AWS": "USER"}, "Action": "sts:AssumeRole"} for effect in ("Allow", "Deny")
    ]
    return assumed(ground, policy(*both))


@TABLE.row("A role that does not exist is denied like one that does not trust.", aws=NO, moto="ok")
def role_of_nobody(ground: Ground) -> str:
    role = f"arn:aws:iam::{ground.account}:role/nobody-has-this"
    return tell(ground.client("sts", ground.user(ALL)).assume_role, RoleArn=role, RoleSessionName="probe")


@TABLE.row("A role session has the role's permissions.", aws="ok", moto="not set up: AccessDenied")
def role_session(ground: Ground) -> str:
    return tell(ground.client("iam", ground.assume(ground.role(trust(ground.account), ALL))).list_users)


@TABLE.row("A role session has no more than that.", aws=NO, moto="not set up: AccessDenied")
def role_session_without(ground: Ground) -> str:
    return tell(ground.client("iam", ground.assume(ground.role(trust(ground.account)))).list_users)


@TABLE.row("A session policy limits the session.", aws=NO, moto="not set up: AccessDenied")
def session_policy(ground: Ground) -> str:
    role = ground.role(trust(ground.account), ALL)
    session = ground.assume(role, Policy=policy({**ALL, "Action": "s3:*"}))
    return tell(ground.client("iam", session).list_users)


@TABLE.row("A session policy gives nothing that the role has not.", aws=NO, moto="not set up: AccessDenied")
def session_policy_gives_nothing(ground: Ground) -> str:
    session = ground.assume(ground.role(trust(ground.account)), Policy=policy(ALL))
    return tell(ground.client("iam", session).list_users)


@TABLE.row("A session may be limited by a managed policy of AWS.", aws=NO, moto="not set up: AccessDenied")
def session_policy_of_aws(ground: Ground) -> str:
    role = ground.role(trust(ground.account), ALL)
    session = ground.assume(role, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}])
    return tell(ground.client("iam", session).list_users)


@TABLE.row("A Deny by TokenIssueTime ends the sessions issued before it.", aws=NO, moto="not set up: AccessDenied")
def revoked_sessions(ground: Ground) -> str:
    role = ground.role(trust(ground.account), ALL)
    session = ground.assume(role)
    older = {**DENY, "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2100-01-01T00:00:00Z"}}}
    ground.client("iam").put_role_policy(
        RoleName=role.rsplit("/", 1)[1], PolicyName="AWSRevokeOlderSessions", PolicyDocument=policy(older)
    )
    return tell(ground.client("iam", session).list_users)


@TABLE.row("A session outlives the key that made it.", aws="ok", moto="InvalidAccessKeyId")
def session_of_an_inactive_key(ground: Ground) -> str:
    key = ground.user(ALL)
    session = ground.client("sts", key).get_session_token()
    made = key["AccessKey"]
    ground.client("iam").update_access_key(
        UserName=made["UserName"], AccessKeyId=made["AccessKeyId"], Status="Inactive"
    )
    return tell(ground.client("s3", session).list_buckets)


@TABLE.row(
    "A session of GetSessionToken without MFA may not use IAM.", aws="InvalidClientTokenId", moto="InvalidClientTokenId"
)
def session_in_iam(ground: Ground) -> str:
    return tell(ground.client("iam", ground.client("sts", ground.user(ALL)).get_session_token()).list_users)


@TABLE.row("A federated user without a session policy may do nothing.", aws=NO, moto="InvalidAccessKeyId")
def federated_without_policy(ground: Ground) -> str:
    return tell(
        ground.client("s3", ground.client("sts", ground.user(ALL)).get_federation_token(Name="fed")).list_buckets
    )


@TABLE.row("A federated user has what both its user and its session policy allow.", aws="ok", moto="InvalidAccessKeyId")
def federated(ground: Ground) -> str:
    session = ground.client("sts", ground.user(ALL)).get_federation_token(Name="fed", Policy=policy(ALL))
    return tell(ground.client("s3", session).list_buckets)


@TABLE.row("A Deny on the user reaches whom it federated.", aws=NO, moto="InvalidAccessKeyId")
def federated_user_denied(ground: Ground) -> str:
    key = ground.user(ALL)
    session = ground.client("sts", key).get_federation_token(Name="fed", Policy=policy(ALL))
    name = key["AccessKey"]["UserName"]
    ground.client("iam").put_user_policy(UserName=name, PolicyName="deny", PolicyDocument=policy(DENY))
    return tell(ground.client("s3", session).list_buckets)


@TABLE.row("A session has run out at its time.", aws="ExpiredToken", moto="InvalidClientTokenId")
def expired_session(ground: Ground) -> str:
    session = ground.client("sts", ground.user(ALL)).get_session_token(DurationSeconds=900)
    ground.later(901)
    return tell(ground.client("sts", session).get_caller_identity)


@TABLE.row("A boundary limits what a user's policies allow.", aws=NO, moto="ok")
def boundary_of_a_user(ground: Ground) -> str:
    key = ground.user(ALL, PermissionsBoundary=ground.managed({**ALL, "Action": "s3:*"}))
    return tell(ground.client("iam", key).list_users)


@TABLE.row("A boundary allows nothing by itself.", aws=NO, moto=NO)
def boundary_gives_nothing(ground: Ground) -> str:
    return tell(ground.client("iam", ground.user(PermissionsBoundary=ground.managed(ALL))).list_users)


@TABLE.row("A Deny in a boundary denies.", aws=NO, moto="ok")
def boundary_deny(ground: Ground) -> str:
    return tell(ground.client("iam", ground.user(ALL, PermissionsBoundary=ground.managed(ALL, DENY))).list_users)


@TABLE.row("A role's boundary limits its sessions.", aws=NO, moto="not set up: AccessDenied")
def boundary_of_a_role(ground: Ground) -> str:
    limit = ground.managed({**ALL, "Action": "s3:*"})
    role = ground.role(trust(ground.account), ALL, PermissionsBoundary=limit)
    return tell(ground.client("iam", ground.assume(role)).list_users)


def listed(ground: Ground, key: object, *statements: dict[str, Any]) -> str:
    """ListObjects in a bucket with this policy."""
    return tell(ground.client("s3", key).list_objects_v2, Bucket=ground.bucket(*statements))


@TABLE.row("A bucket policy that names a user of the account needs no other Allow.", aws="ok", moto=NO)
def bucket_names_user(ground: Ground) -> str:
    key = ground.user()
    me = {"AWS": arn_of(ground, key)}
    return listed(ground, key, {"Effect": "Allow", "Principal": me, "Action": "s3:*", "Resource": "BUCKET"})


@TABLE.row("A bucket's Deny of one does not deny others.", aws="ok", moto="403")
def bucket_denies_another(ground: Ground) -> str:
    eve = {"AWS": arn_of(ground, ground.user())}
    rule = {"Effect": "Deny", "Principal": eve, "Action": "s3:*", "Resource": ["BUCKET", "BUCKET/*"]}
    return tell(ground.client("s3", ground.user(ALL)).get_object, Bucket=ground.bucket(rule), Key="k")


@TABLE.row("A bucket's Deny denies whom it names, whatever its own policies say.", aws=NO, moto="ok")
def bucket_deny(ground: Ground) -> str:
    key = ground.user(ALL)
    me = {"AWS": arn_of(ground, key)}
    return listed(ground, key, {"Effect": "Deny", "Principal": me, "Action": "s3:*", "Resource": "BUCKET"})


@TABLE.row("Deny with NotPrincipal denies everybody else.", aws=NO, moto="ok")
def bucket_not_principal(ground: Ground) -> str:
    spared = {"AWS": [arn_of(ground, ground.user()), f"arn:aws:iam::{ground.account}:user/admin"]}
    rule = {"Effect": "Deny", "NotPrincipal": spared, "Action": "s3:ListBucket", "Resource": "BUCKET"}
    return listed(ground, ground.user(ALL), rule)


@TABLE.row("Deny with NotPrincipal spares whom it names.", aws="ok", moto="ok")
def bucket_not_principal_spares(ground: Ground) -> str:
    key = ground.user(ALL)
    spared = {"AWS": [arn_of(ground, key), f"arn:aws:iam::{ground.account}:root"]}
    return listed(
        ground, key, {"Effect": "Deny", "NotPrincipal": spared, "Action": "s3:ListBucket", "Resource": "BUCKET"}
    )


@TABLE.row("Another account's bucket is closed without a policy that lets in.", aws=NO, moto="not set up: AccessDenied")
def foreign_bucket(ground: Ground) -> str:
    _, _, administrator = ground.member()
    visitor = ground.user(ALL, by=administrator)
    return tell(ground.client("s3", visitor).list_objects_v2, Bucket=ground.bucket())


@TABLE.row("Across accounts the bucket's Allow alone is not enough.", aws=NO, moto="not set up: AccessDenied")
def foreign_bucket_one_side(ground: Ground) -> str:
    account, _, administrator = ground.member()
    visitor = ground.user(by=administrator)
    return listed(ground, visitor, _let_in(account))


@TABLE.row("Across accounts both sides allow.", aws="ok", moto="not set up: AccessDenied")
def foreign_bucket_both_sides(ground: Ground) -> str:
    account, _, administrator = ground.member()
    return listed(ground, ground.user(ALL, by=administrator), _let_in(account))


def _let_in(account: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "s3:*", "Resource": "BUCKET"}


@TABLE.row("A role of another account is assumed when both sides allow.", aws="ok", moto="not set up: AccessDenied")
def foreign_role(ground: Ground) -> str:
    account, _, administrator = ground.member()
    role = ground.role(trust(account))
    visitor = ground.user(ALL, by=administrator)
    return tell(ground.client("sts", visitor).assume_role, RoleArn=role, RoleSessionName="probe")


@TABLE.row("The foreign side's own permission is needed too.", aws=NO, moto="not set up: AccessDenied")
def foreign_role_one_side(ground: Ground) -> str:
    account, _, administrator = ground.member()
    visitor = ground.user(by=administrator)
    named = trust(f"arn:aws:iam::{account}:user/{visitor['AccessKey']['UserName']}")
    return tell(ground.client("sts", visitor).assume_role, RoleArn=ground.role(named), RoleSessionName="probe")


@TABLE.row(
    "A session of a role that assumes a role lasts an hour at most.",
    aws="ValidationError",
    moto="not set up: AccessDenied",
)
def chained(ground: Ground) -> str:
    role = ground.role(trust(ground.account), ALL, MaxSessionDuration=43200)
    key = ground.assume(role)
    sts = ground.client("sts", key)
    return tell(sts.assume_role, RoleArn=role, RoleSessionName="probe", DurationSeconds=7200)


@pytest.mark.parametrize("probe", TABLE, ids=[probe.id for probe in TABLE])
def test_sessions(probe: Probe, referee: Ground, bare: Ground) -> None:
    """The referee answers as AWS does; bare moto as it did when this was written."""
    assert (probe.asked(referee), probe.asked(bare)) == (probe.aws, probe.moto), probe.rule
