"""Identity policies: what a user's, a group's and a managed policy's statements allow and deny."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.enforcement import ALL, DENY, Ground, Probe, Table, policy, tell

TABLE = Table()
NO = "AccessDenied"
ME = "arn:aws:iam::ACCOUNT:user/NAME"


def may(*statements: dict[str, Any]) -> Callable[[Ground], str]:
    """GetUser on oneself by a user with these statements."""

    def ask(ground: Ground) -> str:
        key = ground.user(*statements)
        return tell(ground.client("iam", key).get_user, UserName=key["AccessKey"]["UserName"])

    return ask


def by_group(ground: Ground, *statements: dict[str, Any]) -> Any:
    """A user whose only permissions are those of a group."""
    key, group, iam = ground.user(), ground.name(), ground.client("iam")
    iam.create_group(GroupName=group)
    iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=policy(*statements))
    iam.add_user_to_group(GroupName=group, UserName=key["AccessKey"]["UserName"])
    return key


TABLE += [
    Probe("implicit_deny", "Nothing is allowed by default.", may(), NO, NO),
    Probe("allow", "An Allow allows.", may(ALL), "ok", "ok"),
    Probe("explicit_deny", "An explicit Deny wins over any Allow.", may(ALL, DENY), NO, NO),
    Probe("deny_first", "The order of statements does not matter.", may(DENY, ALL), NO, NO),
    Probe("action_case", "Action names are case-insensitive.", may({**ALL, "Action": "IAM:getuser"}), "ok", NO),
    Probe("action_wildcard", "`*` in an action is any run of characters.",
          may({**ALL, "Action": "iam:Get*"}), "ok", "ok"),
    Probe("action_question_mark", "`?` in an action is one character.",
          may({**ALL, "Action": "iam:Get?ser"}), "ok", NO),
    Probe("action_of_another_service", "An Allow of another service's actions allows nothing here.",
          may({**ALL, "Action": "s3:*"}), NO, NO),
    Probe("resource_allow", "An Allow on the user's own ARN matches the user.", may({**ALL, "Resource": ME}), "ok", NO),
    Probe("resource_allow_other", "An Allow on another ARN does not.",
          may({**ALL, "Resource": ME + "x"}), NO, NO),
    Probe("resource_deny", "A Deny on the user's own ARN denies.",
          may(ALL, {**DENY, "Resource": ME}), NO, "ok"),
    Probe("resource_deny_other", "A Deny on another ARN does not touch this one.",
          may(ALL, {**DENY, "Resource": ME + "x"}), "ok", "ok"),
    Probe("resource_case", "Resource ARNs are case-sensitive.",
          may({**ALL, "Resource": "arn:aws:iam::ACCOUNT:user/PROBE-*"}), NO, NO),
    Probe("not_action_allow", "Allow with NotAction allows every action but those.",
          may({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}), "ok", "ok"),
    Probe("not_action_spares", "Allow with NotAction does not allow what it names.",
          may({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), NO, NO),
    Probe("not_action_deny", "Deny with NotAction denies everything else.",
          may(ALL, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}), NO, NO),
    Probe("not_resource_deny", "Deny with NotResource denies every other resource.",
          may(ALL, {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::x"}), NO, "ok"),
    Probe("not_resource_spares", "Deny with NotResource spares what it names.",
          may(ALL, {"Effect": "Deny", "Action": "*", "NotResource": ME}), "ok", "ok"),
    Probe("not_resource_allow", "Allow with NotResource allows every other resource.",
          may({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::x"}), "ok", "ok"),
    Probe("variable_username", "${aws:username} is the caller's name.",
          may({**ALL, "Resource": "arn:aws:iam::ACCOUNT:user/${aws:username}"}), "ok", NO),
    Probe("variable_absent", "A variable without a value matches nothing.",
          may({**ALL, "Resource": "arn:aws:iam::ACCOUNT:user/${aws:PrincipalTag/who}"}), NO, NO),
    Probe("variable_default", "A variable may have a default.",
          may({**ALL, "Resource": "arn:aws:iam::ACCOUNT:user/${aws:PrincipalTag/who, 'NAME'}"}), "ok", NO),
]  # fmt: skip


@TABLE.row("A group's policies count for its members.", aws="ok", moto="ok")
def group_allow(ground: Ground) -> str:
    return tell(ground.client("iam", by_group(ground, ALL)).list_users)


@TABLE.row("A group's Deny counts against a member's own Allow.", aws=NO, moto=NO)
def group_deny(ground: Ground) -> str:
    key = by_group(ground, DENY)
    name = key["AccessKey"]["UserName"]
    ground.client("iam").put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy(ALL))
    return tell(ground.client("iam", key).list_users)


@TABLE.row("Who leaves a group loses what it allowed.", aws=NO, moto=NO)
def group_left(ground: Ground) -> str:
    key, iam = by_group(ground, ALL), ground.client("iam")
    name = key["AccessKey"]["UserName"]
    group = iam.list_groups_for_user(UserName=name)["Groups"][0]["GroupName"]
    iam.remove_user_from_group(GroupName=group, UserName=name)
    return tell(ground.client("iam", key).list_users)


@TABLE.row("A managed policy counts where it is attached.", aws=NO, moto=NO)
def managed_deny(ground: Ground) -> str:
    key = ground.user(ALL)
    name = key["AccessKey"]["UserName"]
    ground.client("iam").attach_user_policy(UserName=name, PolicyArn=ground.managed(DENY))
    return tell(ground.client("iam", key).list_users)


@TABLE.row("The default version of a managed policy is the one that decides.", aws=NO, moto=NO)
def managed_default_version(ground: Ground) -> str:
    key, arn, iam = ground.user(), ground.managed(ALL), ground.client("iam")
    iam.attach_user_policy(UserName=key["AccessKey"]["UserName"], PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(DENY), SetAsDefault=True)
    return tell(ground.client("iam", key).list_users)


@TABLE.row(
    "AWSDenyAll, a policy of AWS's own, can be attached and denies.",
    aws=NO,
    moto="not set up: NoSuchEntity",
)
def managed_of_aws_deny(ground: Ground) -> str:
    key = ground.user(ALL)
    arn = "arn:aws:iam::aws:policy/AWSDenyAll"
    ground.client("iam").attach_user_policy(UserName=key["AccessKey"]["UserName"], PolicyArn=arn)
    return tell(ground.client("iam", key).list_users)


@TABLE.row(
    "AWSCompromisedKeyQuarantineV3 denies what an intruder does next.",
    aws=NO,
    moto="not set up: NoSuchEntity",
)
def managed_of_aws_quarantine(ground: Ground) -> str:
    key = ground.user(ALL)
    arn = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"
    ground.client("iam").attach_user_policy(UserName=key["AccessKey"]["UserName"], PolicyArn=arn)
    return tell(ground.client("iam", key).create_user, UserName=ground.name())


@TABLE.row("ReadOnlyAccess allows reads.", aws="ok", moto="not set up: NoSuchEntity")
def managed_of_aws_read(ground: Ground) -> str:
    key = ground.user()
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    ground.client("iam").attach_user_policy(UserName=key["AccessKey"]["UserName"], PolicyArn=arn)
    return tell(ground.client("iam", key).list_users)


@TABLE.row("A policy of AWS's that does not exist cannot be attached.", aws="NoSuchEntity", moto="NoSuchEntity")
def managed_of_aws_unknown(ground: Ground) -> str:
    key = ground.user()
    arn = "arn:aws:iam::aws:policy/NoSuchPolicy"
    return tell(ground.client("iam").attach_user_policy, UserName=key["AccessKey"]["UserName"], PolicyArn=arn)


@TABLE.row("GetCallerIdentity answers whatever is denied.", aws="ok", moto="ok")
def caller_identity_under_deny(ground: Ground) -> str:
    return tell(ground.client("sts", ground.user(DENY)).get_caller_identity)


@TABLE.row("GetSessionToken needs no permission.", aws="ok", moto=NO)
def session_token_under_deny(ground: Ground) -> str:
    return tell(ground.client("sts", ground.user(DENY)).get_session_token)


@TABLE.row("GetFederationToken does.", aws=NO, moto=NO)
def federation_token_under_deny(ground: Ground) -> str:
    return tell(ground.client("sts", ground.user(DENY)).get_federation_token, Name="backup")


@pytest.mark.parametrize("probe", TABLE, ids=[probe.id for probe in TABLE])
def test_policies(probe: Probe, referee: Ground, bare: Ground) -> None:
    """The referee answers as AWS does; bare moto as it did when this was written."""
    assert (probe.asked(referee), probe.asked(bare)) == (probe.aws, probe.moto), probe.rule
