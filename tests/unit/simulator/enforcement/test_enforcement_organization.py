"""SCPs, the root user, and the seconds that a change of IAM takes to be enforced."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.enforcement import ALL, DENY, Ground, Probe, Table, policy, tell, trust

TABLE = Table()
NO = "AccessDenied"


@contextmanager
def scp(ground: Ground, target: str, *statements: dict[str, Any]) -> Iterator[None]:
    """This SCP on that root, OU or account, for a while."""
    organizations = ground.client("organizations")
    made = organizations.create_policy(
        Name=ground.name(), Description="-", Type="SERVICE_CONTROL_POLICY", Content=policy(*statements)
    )
    attached = {"PolicyId": made["Policy"]["PolicySummary"]["Id"], "TargetId": target}
    organizations.attach_policy(**attached)
    try:
        yield
    finally:
        organizations.detach_policy(**attached)


@TABLE.row("An SCP's Deny on the account binds its users.", aws=NO, moto="not set up: AccessDenied")
def scp_deny(ground: Ground) -> str:
    account, _, administrator = ground.member()
    key = ground.user(ALL, by=administrator)
    with scp(ground, account, DENY):
        return tell(ground.client("iam", key).list_users)


@TABLE.row("An SCP on the organization's root reaches every member account.", aws=NO, moto="not set up: AccessDenied")
def scp_on_root(ground: Ground) -> str:
    _, root, administrator = ground.member()
    key = ground.user(ALL, by=administrator)
    with scp(ground, root, {**DENY, "Action": "iam:List*"}):
        return tell(ground.client("iam", key).list_users)


@TABLE.row("The management account is not bound by any SCP.", aws="ok", moto="ok")
def scp_management(ground: Ground) -> str:
    _, root, _ = ground.member()
    key = ground.user(ALL)
    with scp(ground, root, DENY):
        return tell(ground.client("iam", key).list_users)


@TABLE.row("An SCP allows nothing by itself.", aws=NO, moto="not set up: AccessDenied")
def scp_gives_nothing(ground: Ground) -> str:
    _, _, administrator = ground.member()
    return tell(ground.client("iam", ground.user(by=administrator)).list_users)


@TABLE.row("Every level must allow: without FullAWSAccess on the account only what its SCPs allow remains.", aws=NO,
           moto="not set up: AccessDenied")  # fmt: skip
def scp_allow_list(ground: Ground) -> str:
    account, _, administrator = ground.member()
    key, organizations = ground.user(ALL, by=administrator), ground.client("organizations")
    full = {"PolicyId": "p-FullAWSAccess", "TargetId": account}
    with scp(ground, account, {**ALL, "Action": "s3:*"}):
        organizations.detach_policy(**full)
        try:
            return tell(ground.client("iam", key).list_users)
        finally:
            organizations.attach_policy(**full)


@TABLE.row("The last SCP cannot be detached.", aws="ConstraintViolationException", moto="ok")
def scp_last(ground: Ground) -> str:
    account, _, _ = ground.member()
    full = {"PolicyId": "p-FullAWSAccess", "TargetId": account}
    answer = tell(ground.client("organizations").detach_policy, **full)
    if answer == "ok":
        ground.client("organizations").attach_policy(**full)
    return answer


@TABLE.row("An SCP binds the sessions of the account's roles.", aws=NO, moto="not set up: AccessDenied")
def scp_role_session(ground: Ground) -> str:
    account, _, administrator = ground.member()
    role = ground.role(trust(account), ALL, by=administrator)
    session = ground.assume(role, administrator)
    with scp(ground, account, {**DENY, "Action": "iam:List*"}):
        return tell(ground.client("iam", session).list_users)


@TABLE.row("GetCallerIdentity answers under an SCP, too.", aws="ok", moto="ok")
def scp_caller_identity(ground: Ground) -> str:
    account, _, administrator = ground.member()
    with scp(ground, account, DENY):
        return tell(ground.client("sts", administrator).get_caller_identity)


@TABLE.row("A member account may not manage the organization.", aws="AccessDeniedException", moto="403")
def member_manages_nothing(ground: Ground) -> str:
    _, _, administrator = ground.member()
    return tell(ground.client("organizations", administrator).list_accounts)


@TABLE.row("A condition on the organization's id holds for its members.", aws="ok", moto="not set up: AccessDenied")
def principal_org_id(ground: Ground) -> str:
    _, _, administrator = ground.member()
    ours = ground.client("organizations").describe_organization()["Organization"]["Id"]
    key = ground.user({**ALL, "Condition": {"StringEquals": {"aws:PrincipalOrgID": ours}}}, by=administrator)
    return tell(ground.client("iam", key).list_users)


@TABLE.row("The root user needs no policy.", aws="ok", moto="not set up: no root user")
def root_needs_no_policy(ground: Ground) -> str:
    return tell(ground.client("iam", ground.root()).list_users)


@TABLE.row("An SCP binds the root user of a member account.", aws=NO, moto="not set up: no root user")
def root_under_scp(ground: Ground) -> str:
    account, _, _ = ground.member()
    key = ground.root(account)
    with scp(ground, account, DENY):
        return tell(ground.client("iam", key).list_users)


@TABLE.row("The management account's root user is bound by none.", aws="ok", moto="not set up: no root user")
def root_of_management(ground: Ground) -> str:
    _, root, _ = ground.member()
    with scp(ground, root, DENY):
        return tell(ground.client("iam", ground.root()).list_users)


@TABLE.row("The root user may not assume roles.", aws=NO, moto="not set up: no root user")
def root_assumes_nothing(ground: Ground) -> str:
    role = ground.role(trust(ground.account), ALL)
    return tell(ground.client("sts", ground.root()).assume_role, RoleArn=role, RoleSessionName="probe")


@TABLE.row("A session of the root user lasts an hour at most.", aws="ValidationError", moto="not set up: no root user")
def root_session(ground: Ground) -> str:
    return tell(ground.client("sts", ground.root()).get_session_token, DurationSeconds=7200)


@TABLE.row("A session of the root user has its permissions.", aws="ok", moto="not set up: no root user")
def root_session_works(ground: Ground) -> str:
    return tell(ground.client("s3", ground.client("sts", ground.root()).get_session_token()).list_buckets)


@TABLE.row("Naming no user, the root user lists its own keys, and can deactivate the one it uses.",
           aws="InvalidClientTokenId", moto="not set up: no root user")  # fmt: skip
def root_keys(ground: Ground) -> str:
    key = ground.root()
    iam, mine = ground.client("iam", key), key["AccessKey"]["AccessKeyId"]
    assert mine in [each["AccessKeyId"] for each in iam.list_access_keys()["AccessKeyMetadata"]]
    iam.update_access_key(AccessKeyId=mine, Status="Inactive")
    return tell(iam.list_access_keys)


@TABLE.row("A bucket policy that denies everybody denies the root user.", aws=NO, moto="not set up: no root user")
def root_under_bucket_policy(ground: Ground) -> str:
    key = ground.root()
    rule = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["BUCKET", "BUCKET/*"]}
    return tell(ground.client("s3", key).list_objects_v2, Bucket=ground.bucket(rule))


@TABLE.row("And the root user can still take that policy away.", aws="ok", moto="not set up: no root user")
def root_removes_bucket_policy(ground: Ground) -> str:
    key = ground.root()
    rule = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["BUCKET", "BUCKET/*"]}
    return tell(ground.client("s3", key).delete_bucket_policy, Bucket=ground.bucket(rule))


@contextmanager
def slow(ground: Ground) -> Iterator[None]:
    """Changes of IAM take 60 seconds of world time: more than a slow machine needs for the calls."""
    if ground.world is not None:
        ground.world._ask("propagation", {"least": 60, "most": 60})
    try:
        yield
    finally:
        if ground.world is not None:
            ground.world._ask("propagation", {"least": 0, "most": 0})
        ground.later(61)


def deactivate(ground: Ground, key: Any) -> None:
    made = key["AccessKey"]
    ground.client("iam").update_access_key(
        UserName=made["UserName"], AccessKeyId=made["AccessKeyId"], Status="Inactive"
    )


@TABLE.row("A deactivated key works on for a few seconds.", aws="ok", moto="ok")
def key_within_propagation(ground: Ground) -> str:
    key = ground.user(ALL)
    with slow(ground):
        deactivate(ground, key)
        return tell(ground.client("iam", key).list_users)


@TABLE.row("And then no more.", aws="InvalidClientTokenId", moto="ok")
def key_after_propagation(ground: Ground) -> str:
    key = ground.user(ALL)
    with slow(ground):
        deactivate(ground, key)
        ground.later(61)
        return tell(ground.client("iam", key).list_users)


@TABLE.row("A new Deny is read at once and enforced later.", aws="ok", moto=NO)
def deny_within_propagation(ground: Ground) -> str:
    key, iam = ground.user(ALL), ground.client("iam")
    name = key["AccessKey"]["UserName"]
    with slow(ground):
        iam.put_user_policy(UserName=name, PolicyName="deny", PolicyDocument=policy(DENY))
        assert iam.get_user_policy(UserName=name, PolicyName="deny")["PolicyDocument"]["Statement"] == [DENY]
        return tell(ground.client("iam", key).list_users)


@TABLE.row("And enforced when it has arrived.", aws=NO, moto=NO)
def deny_after_propagation(ground: Ground) -> str:
    key = ground.user(ALL)
    name = key["AccessKey"]["UserName"]
    with slow(ground):
        ground.client("iam").put_user_policy(UserName=name, PolicyName="deny", PolicyDocument=policy(DENY))
        ground.later(61)
        return tell(ground.client("iam", key).list_users)


@TABLE.row("A key that was just made is not known everywhere yet.", aws="InvalidClientTokenId", moto="ok")
def new_key_within_propagation(ground: Ground) -> str:
    with slow(ground):
        return tell(ground.client("iam", ground.user(ALL)).list_users)


@TABLE.row("A changed trust policy lets in for a few seconds more.", aws="ok", moto=NO)
def trust_within_propagation(ground: Ground) -> str:
    role, iam = ground.role(trust(ground.account), ALL), ground.client("iam")
    key = ground.user(ALL)
    with slow(ground):
        closed = trust(ground.account).replace("Allow", "Deny")
        iam.update_assume_role_policy(RoleName=role.rsplit("/", 1)[1], PolicyDocument=closed)
        return tell(ground.client("sts", key).assume_role, RoleArn=role, RoleSessionName="probe")


@pytest.mark.parametrize("probe", TABLE, ids=[probe.id for probe in TABLE])
def test_organization(probe: Probe, referee: Ground, bare: Ground) -> None:
    """The referee answers as AWS does; bare moto as it did when this was written."""
    assert (probe.asked(referee), probe.asked(bare)) == (probe.aws, probe.moto), probe.rule
