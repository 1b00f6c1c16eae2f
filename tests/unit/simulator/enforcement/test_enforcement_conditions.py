"""Conditions: every family of operators, set operators, IfExists, Null, tags and variables."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.enforcement import ALL, DENY, Ground, Probe, Table, tell

TABLE = Table()


def when(**operators: dict[str, Any]) -> Callable[[Ground], str]:
    """ListUsers, allowed under these conditions. `_` in an operator is its colon."""
    condition = {operator.replace("_", ":"): keys for operator, keys in operators.items()}

    def ask(ground: Ground) -> str:
        return tell(ground.client("iam", ground.user({**ALL, "Condition": condition})).list_users)

    return ask


def unless(**operators: dict[str, Any]) -> Callable[[Ground], str]:
    """ListUsers, denied under these conditions."""

    def ask(ground: Ground) -> str:
        return tell(ground.client("iam", ground.user(ALL, {**DENY, "Condition": operators})).list_users)

    return ask


NO = "AccessDenied"
ME = "arn:aws:iam::ACCOUNT:user/NAME"
MFA, ADDRESS, NAME = "aws:MultiFactorAuthPresent", "aws:SourceIp", "aws:username"
TABLE += [
    Probe("string_equals", "StringEquals compares exactly.", when(StringEquals={NAME: "NAME"}), "ok", "ok"),
    Probe("string_equals_case", "StringEquals minds case.", when(StringEquals={NAME: "PROBE"}), NO, "ok"),
    Probe("string_not_equals", "StringNotEquals is its negation.", when(StringNotEquals={NAME: "NAME"}), NO, "ok"),
    Probe("string_ignore_case", "StringEqualsIgnoreCase does not mind case.",
          when(StringEqualsIgnoreCase={"aws:PrincipalType": "USER"}), "ok", "ok"),
    Probe("string_like", "StringLike knows wildcards.", when(StringLike={NAME: "prob?-*"}), "ok", "ok"),
    Probe("string_not_like", "StringNotLike is its negation.", when(StringNotLike={NAME: "probe-*"}), NO, "ok"),
    Probe("string_equals_no_wildcard", "StringEquals knows none.", when(StringEquals={NAME: "probe-*"}), NO, "ok"),
    Probe("several_values", "One of several values suffices.", when(StringEquals={NAME: ["eve", "NAME"]}), "ok", "ok"),
    Probe("several_operators", "Every operator of a block must hold.",
          when(StringEquals={NAME: "NAME"}, IpAddress={ADDRESS: "10.0.0.0/8"}), NO, "ok"),
    Probe("negated_several", "A negated operator must differ from all values.",
          when(StringNotEquals={NAME: ["eve", "NAME"]}), NO, "ok"),
    Probe("arn_like", "ArnLike matches part by part.",
          when(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:user/probe-*"}), "ok", "ok"),
    Probe("arn_equals", "ArnEquals matches the principal's ARN.", when(ArnEquals={"aws:PrincipalArn": ME}), "ok", "ok"),
    Probe("arn_not_like", "ArnNotLike is the negation.", when(ArnNotLike={"aws:PrincipalArn": ME}), NO, "ok"),
    Probe("bool_true", "Bool compares a boolean key.", when(Bool={"aws:ViaAWSService": "false"}), "ok", "ok"),
    Probe("bool_mfa_absent", "A long-term key carries no MFA key: Bool true does not hold.",
          when(Bool={MFA: "true"}), NO, "ok"),
    Probe("bool_mfa_false_absent", "Nor does Bool false: the key is absent, not false.",
          unless(Bool={MFA: "false"}), "ok", NO),
    Probe("bool_if_exists", "BoolIfExists holds where the key is absent.", unless(BoolIfExists={MFA: "false"}), NO, NO),
    Probe("null_true", "Null true holds where the key is absent.",
          when(Null={"aws:TokenIssueTime": "true"}), "ok", "ok"),
    Probe("null_false", "Null false holds where the key is there.", when(Null={NAME: "false"}), "ok", "ok"),
    Probe("date_less", "DateLessThan compares moments.",
          when(DateLessThan={"aws:CurrentTime": "2100-01-01T00:00:00Z"}), "ok", "ok"),
    Probe("date_greater", "DateGreaterThan compares moments.",
          when(DateGreaterThan={"aws:CurrentTime": "2100-01-01T00:00:00Z"}), NO, "ok"),
    Probe("date_epoch", "A date may be written as seconds since 1970.",
          when(DateGreaterThan={"aws:CurrentTime": "1500000000"}), "ok", "ok"),
    Probe("token_issue_time", "A Deny by TokenIssueTime does not touch long-term keys.",
          unless(DateLessThan={"aws:TokenIssueTime": "2100-01-01T00:00:00Z"}), "ok", NO),
    Probe("numeric_greater", "Numeric operators compare numbers, not texts.",
          when(NumericGreaterThan={"aws:EpochTime": "999999999"}), "ok", "ok"),
    Probe("numeric_less", "NumericLessThan fails for a greater number.",
          when(NumericLessThan={"aws:EpochTime": "999999999"}), NO, "ok"),
    Probe("ip_inside", "IpAddress matches a network.",
          when(IpAddress={ADDRESS: ["192.0.2.0/24", "127.0.0.0/8"]}), "ok", "ok"),
    Probe("ip_outside", "IpAddress does not match another network.", when(IpAddress={ADDRESS: "10.0.0.0/8"}), NO, "ok"),
    Probe("not_ip", "NotIpAddress denies from everywhere else.", unless(NotIpAddress={ADDRESS: "10.0.0.0/8"}), NO, NO),
    Probe("region", "aws:RequestedRegion of IAM is us-east-1, wherever it is called.",
          when(StringEquals={"aws:RequestedRegion": "us-east-1"}), "ok", "ok"),
    Probe("userid", "aws:userid is the unique id.", when(StringLike={"aws:userid": "AIDA*"}), "ok", "ok"),
    Probe("absent_key", "An absent key fails a positive operator.",
          when(StringEquals={"aws:SourceVpc": "vpc-1"}), NO, "ok"),
    Probe("absent_key_negated", "An absent key meets a negated operator.",
          when(StringNotEquals={"aws:SourceVpc": "vpc-1"}), "ok", "ok"),
    Probe("absent_key_if_exists", "…IfExists holds for an absent key.",
          when(StringEqualsIfExists={"aws:SourceVpc": "vpc-1"}), "ok", "ok"),
    Probe("for_any_absent", "ForAnyValue fails for an absent key.",
          when(ForAnyValue_StringLike={"aws:TagKeys": "*"}), NO, "ok"),
    Probe("for_all_absent", "ForAllValues holds for an absent key.",
          when(ForAllValues_StringEquals={"aws:TagKeys": "team"}), "ok", "ok"),
    Probe("unknown_operator", "A policy with an unknown operator is refused when it is put.",
          when(StringResembles={NAME: "x"}),
          "not set up: MalformedPolicyDocument", "not set up: MalformedPolicyDocument"),
    Probe("key_case", "Condition keys are case-insensitive.", when(StringEquals={"Aws:Username": "NAME"}), "ok", "ok"),
]  # fmt: skip
TAGS = {"Tags": [{"Key": "team", "Value": "red"}, {"Key": "owner", "Value": "x"}]}


@TABLE.row("ForAllValues wants every value in the list.", aws=NO, moto="ok")
def for_all_values(ground: Ground) -> str:
    only = {**ALL, "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}}
    return tell(ground.client("iam", ground.user(only)).create_user, UserName=ground.name(), **TAGS)


@TABLE.row("ForAnyValue wants one.", aws="ok", moto="ok")
def for_any_value(ground: Ground) -> str:
    some = {**ALL, "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}}
    return tell(ground.client("iam", ground.user(some)).create_user, UserName=ground.name(), **TAGS)


@TABLE.row("aws:RequestTag is the tag that is asked for.", aws=NO, moto="ok")
def request_tag(ground: Ground) -> str:
    blue = {**ALL, "Condition": {"StringEquals": {"aws:RequestTag/team": "blue"}}}
    return tell(ground.client("iam", ground.user(blue)).create_user, UserName=ground.name(), **TAGS)


@TABLE.row("aws:PrincipalTag is the caller's tag.", aws="ok", moto="ok")
def principal_tag(ground: Ground) -> str:
    red = {**ALL, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}
    return tell(ground.client("iam", ground.user(red, **TAGS)).list_users)


@TABLE.row("A variable may stand in a condition's value.", aws="ok", moto="ok")
def variable_in_condition(ground: Ground) -> str:
    same = {**ALL, "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}
    key, other = ground.user(same, **TAGS), ground.user(**TAGS)
    return tell(ground.client("iam", key).get_user, UserName=other["AccessKey"]["UserName"])


@TABLE.row("aws:ResourceTag is the tag of what is acted on.", aws=NO, moto="ok")
def resource_tag(ground: Ground) -> str:
    same = {**ALL, "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}
    key, other = ground.user(same, **TAGS), ground.user()
    return tell(ground.client("iam", key).get_user, UserName=other["AccessKey"]["UserName"])


@TABLE.row("iam:PolicyARN limits what may be attached.", aws=NO, moto="ok")
def policy_arn(ground: Ground) -> str:
    own = {**ALL, "Condition": {"ArnLike": {"iam:PolicyARN": "arn:aws:iam::*:policy/harmless"}}}
    key = ground.user(own)
    name = key["AccessKey"]["UserName"]
    return tell(ground.client("iam", key).attach_user_policy, UserName=name, PolicyArn=ground.managed(ALL))


@TABLE.row("s3:prefix is the prefix that is listed.", aws=NO, moto="ok")
def prefix(ground: Ground) -> str:
    home = {**ALL, "Condition": {"StringLike": {"s3:prefix": "home/*"}}}
    s3 = ground.client("s3", ground.user(home))
    bucket = ground.bucket()
    assert tell(s3.list_objects_v2, Bucket=bucket, Prefix="home/x") == "ok" or ground.world is None
    return tell(s3.list_objects_v2, Bucket=bucket, Prefix="secret/")


@TABLE.row("s3:max-keys is a number.", aws=NO, moto="ok")
def max_keys(ground: Ground) -> str:
    few = {**ALL, "Condition": {"NumericLessThanEquals": {"s3:max-keys": "10"}}}
    return tell(ground.client("s3", ground.user(few)).list_objects_v2, Bucket=ground.bucket(), MaxKeys=100)


@TABLE.row("aws:RequestedRegion is where the request goes.", aws=NO, moto="ok")
def region_elsewhere(ground: Ground) -> str:
    here = {**ALL, "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}}
    return tell(ground.client("s3", ground.user(here), region="eu-west-1").list_buckets)


@pytest.mark.parametrize("probe", TABLE, ids=[probe.id for probe in TABLE])
def test_conditions(probe: Probe, referee: Ground, bare: Ground) -> None:
    """The referee answers as AWS does; bare moto as it did when this was written."""
    assert (probe.asked(referee), probe.asked(bare)) == (probe.aws, probe.moto), probe.rule
