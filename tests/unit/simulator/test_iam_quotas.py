"""How much policy one principal may have, to the character, in AWS's words; bare moto takes everything."""

import itertools
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.lab import Lab

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})  # fmt: skip
_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    return f"quota-{next(_numbers)}"


def document(characters: int) -> str:
    """A policy of so many characters, and much white space that does not count."""
    what = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::"}
    whole = {"Version": "2012-10-17", "Statement": [what]}
    what["Resource"] += "x" * (characters - len(json.dumps(whole, separators=(",", ":"))))
    return json.dumps(whole, indent=8)


def refused(call: Any, **params: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**params)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def made(lab: Lab, kind: str, name: str) -> tuple[dict[str, str], Any, Any]:
    """How requests name it, and what puts an inline policy on it and attaches a managed one."""
    iam, named = lab.client("iam"), {f"{kind.title()}Name": name}
    getattr(iam, f"create_{kind}")(**named, **({"AssumeRolePolicyDocument": TRUST} if kind == "role" else {}))
    return named, getattr(iam, f"put_{kind}_policy"), getattr(iam, f"attach_{kind}_policy")


@pytest.mark.parametrize(("kind", "most"), [("user", 2048), ("group", 5120), ("role", 10240)])
def test_inline_policies_share_one_size(lab: Lab, name: str, kind: str, most: int) -> None:
    """All of them together, white space left out; one that is replaced counts as it is then."""
    named, put, _ = made(lab, kind, name)
    put(**named, PolicyName="a", PolicyDocument=document(1000))
    put(**named, PolicyName="b", PolicyDocument=document(most - 1000))
    words = f"Maximum policy size of {most} bytes exceeded for {kind} {name}"
    assert refused(put, **named, PolicyName="b", PolicyDocument=document(most - 999)) == ("LimitExceeded", 409, words)
    assert refused(put, **named, PolicyName="c", PolicyDocument=document(200))[0] == "LimitExceeded"
    put(**named, PolicyName="a", PolicyDocument=document(800))
    put(**named, PolicyName="c", PolicyDocument=document(200))
    assert refused(put, **named, PolicyName="d", PolicyDocument="no policy")[0] == "MalformedPolicyDocument"


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_ten_managed_policies_and_no_more(lab: Lab, name: str, kind: str) -> None:
    """The eleventh is refused; one that is attached already may be attached again."""
    iam = lab.client("iam")
    named, _, attach = made(lab, kind, name)
    arns = [
        iam.create_policy(PolicyName=f"{name}-{n}", PolicyDocument=document(200))["Policy"]["Arn"] for n in range(11)
    ]
    for arn in (*arns[:10], arns[0]):
        attach(**named, PolicyArn=arn)
    words = f"Cannot exceed quota for PoliciesPer{kind.title()}: 10"
    assert refused(attach, **named, PolicyArn=arns[10]) == ("LimitExceeded", 409, words)
    assert refused(attach, **named, PolicyArn=f"{arns[0]}-none")[0] == "NoSuchEntity"


def test_a_managed_policy_has_a_size(lab: Lab, name: str) -> None:
    """Each version for itself; the versions that fit are listed, and the default is the one that was asked for."""
    iam = lab.client("iam")
    words = ("LimitExceeded", 409, "Cannot exceed quota for PolicySize: 6144")
    assert refused(iam.create_policy, PolicyName=name, PolicyDocument=document(6145)) == words
    arn = iam.create_policy(PolicyName=name, PolicyDocument=document(6144))["Policy"]["Arn"]
    assert refused(iam.create_policy_version, PolicyArn=arn, PolicyDocument=document(6145)) == words
    second = iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(6144))["PolicyVersion"]
    assert (second["VersionId"], second["IsDefaultVersion"]) == ("v2", False)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(300), SetAsDefault=True)
    listed = {
        each["VersionId"]: each["IsDefaultVersion"] for each in iam.list_policy_versions(PolicyArn=arn)["Versions"]
    }
    assert listed == {"v1": False, "v2": False, "v3": True}


def test_policies_that_aws_manages_can_be_read_and_not_changed(lab: Lab) -> None:
    """They are of the account `aws`, in which nobody is: who may read policies reads them, and nobody changes them."""
    iam, arn = lab.client("iam"), "arn:aws:iam::aws:policy/AWSDenyAll"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    said = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert said["Statement"][0]["Effect"] == "Deny"
    assert refused(iam.create_policy_version, PolicyArn=arn, PolicyDocument=document(200))[0] == "AccessDenied"
