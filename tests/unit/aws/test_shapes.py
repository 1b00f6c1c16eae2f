"""What botocore's models say of calls and replies."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from irtui.aws.models import operations, signing_name
from irtui.aws.replies import reply_has, reply_lacks
from irtui.aws.shapes import (
    _DOCUMENTS,
    ANY,
    defaults_to_caller,
    documents,
    known,
    misfits,
    pages,
    parameter_problems,
    sensitive,
    typed,
)
from irtui.model.call import Call


def test_parameters_get_the_operations_own_types() -> None:
    """Numbers and booleans come as text and leave typed at any depth; what is no number is a problem."""
    assert typed("iam", "ListUsers", {"MaxItems": "12", "PathPrefix": "12"}) == {"MaxItems": 12, "PathPrefix": "12"}
    assert typed("ec2", "RunInstances", {"DryRun": "true", "BlockDeviceMappings": [{"Ebs": {"VolumeSize": "8"}}]}) == {
        "DryRun": True,
        "BlockDeviceMappings": [{"Ebs": {"VolumeSize": 8}}],
    }
    assert typed("iam", "ListUsers", {"MaxItems": "no"}) == {"MaxItems": "no"}
    assert parameter_problems(Call("iam", "ListUsers", {"MaxItems": "no"})) == ("MaxItems: must be a whole number",)


@pytest.mark.parametrize(
    ("name", "params", "at", "words"),
    [
        ("iam.GetUsr", {}, (), "no operation"),
        ("iam.DeleteUser", {}, (), "UserName is missing"),
        ("iam.DeleteUser", {"UserName": "x", "usr": "y"}, ("usr",), "no parameter usr"),
        (
            "iam.UpdateAccessKey",
            {"AccessKeyId": "A" * 20, "Status": "inactive"},
            ("Status",),
            "does not know 'inactive'",
        ),
        ("iam.GetUser", {"UserName": ""}, ("UserName",), "at least 1 characters"),
        ("iam.GetUser", {"UserName": ["x"]}, ("UserName",), "must be text"),
        ("iam.TagUser", {"UserName": "x", "Tags": {"a": "b"}}, ("Tags",), "must be a list"),
        ("iam.TagUser", {"UserName": "x", "Tags": [{"Key": "a"}]}, ("Tags", 0), "Value is missing"),
        ("iam.ListUsers", {"MaxItems": 0}, ("MaxItems",), "at least 1"),
        ("iam.ListUsers", {"MaxItems": True}, ("MaxItems",), "whole number"),
        ("sts.GetCallerIdentity", {"x": "y"}, ("x",), "no parameter"),
    ],
)
def test_parameters_that_do_not_fit_are_named(
    name: str, params: dict[str, Any], at: tuple[str | int, ...], words: str
) -> None:
    """Each misfit has the path of the parameter and words."""
    service, operation = name.split(".")
    (found,) = misfits(service, operation, params)
    assert (found.at, words in found.message) == (at, True)


def test_what_is_not_known_yet_fits() -> None:
    """ANY, and a map for a JSON document or its text, fit."""
    document = {"UserName": ANY, "PolicyName": ANY, "PolicyDocument": {"Version": "2012-10-17"}}
    assert parameter_problems(Call("iam", "PutUserPolicy", document)) == ()
    assert parameter_problems(Call("iam", "PutUserPolicy", {**document, "PolicyDocument": "{}"})) == ()
    assert parameter_problems(Call("iam", "GetUser", {"UserName": {"a": "b"}})) == ("UserName: must be text",)


def test_documents_are_members_that_the_models_have() -> None:
    """Each name of the table is a text member of some operation of its service."""
    assert documents("iam", "PutUserPolicy") == ("PolicyDocument",)
    assert documents("cloudtrail", "LookupEvents") == ("CloudTrailEvent",)
    assert documents("iam", "GetUser") == ()
    for service, names in _DOCUMENTS.items():
        assert names == {name for operation in operations(service) for name in documents(service, operation)}


def test_sensitive_members_are_named() -> None:
    """Members that the model marks are found wherever they stand, and only they."""
    assert sensitive("iam", "CreateAccessKey") == ("SecretAccessKey",)
    assert sensitive("secretsmanager", "GetSecretValue") == ("SecretBinary", "SecretString")
    assert "Password" in sensitive("iam", "CreateLoginProfile")
    assert sensitive("iam", "GetUser") == ()
    assert sensitive("iam", "Nope") == ()


def test_pages_names_what_grows() -> None:
    """Operations with pages name their lists; others, and unknown ones, none."""
    assert pages("iam", "ListUsers") == ("Users",)
    assert pages("cloudtrail", "LookupEvents") == ("Events",)
    assert pages("iam", "GetUser") == pages("nope", "X") == pages("../x", "Y") == ()


def test_calls_that_default_to_the_caller() -> None:
    """IAM operations whose UserName may be left away are known."""
    assert defaults_to_caller("iam", "ListAccessKeys")
    assert defaults_to_caller("iam", "DeleteLoginProfile")
    assert not defaults_to_caller("iam", "PutUserPolicy")
    assert not defaults_to_caller("iam", "ListUsers")


@pytest.mark.parametrize(
    ("name", "expression"),
    [
        ("iam.GetUserPolicy", "PolicyDocument.Statement[0].Effect == 'Deny'"),
        ("iam.ListAccessKeys", "AccessKeyMetadata[?Status == 'Active'].AccessKeyId | [0]"),
        ("iam.ListAccessKeys", "AccessKeyMetadata[].{id: AccessKeyId}[].id"),
        ("iam.ListAccessKeys", "sort_by(AccessKeyMetadata, &CreateDate)[-1].AccessKeyId"),
        ("iam.GetAccountSummary", "SummaryMap.AccountMFAEnabled == `1`"),
        ("ec2.DescribeInstances", "Reservations[].Instances[].State.Name"),
        ("iam.GetUser", "@"),
    ],
)
def test_replies_that_have_what_is_asked(name: str, expression: str) -> None:
    """Paths through lists, filters, documents, maps and functions are followed."""
    service, operation = name.split(".")
    assert reply_lacks(service, operation, expression) == ""


@pytest.mark.parametrize(
    ("name", "expression", "words"),
    [
        ("iam.GetUser", "UserName", "no member UserName here, only User"),
        ("iam.ListAccessKeys", "AccessKeyMetadata.Status", "asked of a list"),
        ("iam.ListAccessKeys", "AccessKeyMetadata[?Sttus == 'x']", "no member Sttus"),
        ("iam.ListAccessKeys", "length(Keys)", "no member Keys"),
        ("iam.GetUser", "User.Arn.x", "asked of a string"),
        ("iam.GetUser", "User[0]", "no list"),
        ("iam.DeleteUserPolicy", "x", "empty"),
        ("iam.Nope", "x", "no operation"),
        ("iam.GetUser", "a..b", "not JMESPath"),
    ],
)
def test_replies_that_lack_what_is_asked(name: str, expression: str, words: str) -> None:
    """What the shape does not have is said in words."""
    service, operation = name.split(".")
    assert words in reply_lacks(service, operation, expression)
    assert not reply_has(service, operation, expression)


def test_models_from_elsewhere_are_not_read(tmp_path: Path) -> None:
    """AWS_DATA_PATH and ~/.aws/models cannot add an operation, nor change one."""
    for folder in (tmp_path / "data", tmp_path / ".aws" / "models"):
        model = folder / "evil" / "2020-01-01"
        model.mkdir(parents=True)
        shape = {"metadata": {"serviceId": "evil"}, "operations": {"GetIt": {"name": "GetIt"}}, "shapes": {}}
        (model / "service-2.json").write_text(json.dumps(shape))
    code = "from irtui.aws.models import known, services; print(known('evil', 'GetIt'), 'evil' in services())"
    environ = {**os.environ, "AWS_DATA_PATH": str(tmp_path / "data"), "HOME": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=True)
    assert run.stdout.split() == ["False", "False"]


def test_services_are_names_only() -> None:
    """A path is no service; the signing name is the model's."""
    assert not known("../../x", "Y")
    assert not known("", "")
    assert signing_name("elbv2") == "elasticloadbalancing"
