"""The policy simulator's answers, and that they agree with what is enforced. moto has no policy simulator."""

import itertools
import json
from typing import Any, cast

import pytest

from irtui.actions.registry import ACTIONS
from irtui.aws.simulated import SignedIn, open_simulated
from irtui.clock import ManualClock
from irtui.simulator.gaps.iam.positions import positions
from tests.support.lab import Lab, Tell

ACCOUNT = "111122223333"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    return f"simu-{next(_numbers)}"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def results(lab: Lab, name: str, *actions: str, **more: Any) -> list[dict[str, Any]]:
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    reply = lab.client("iam").simulate_principal_policy(PolicySourceArn=arn, ActionNames=list(actions), **more)
    return list(reply["EvaluationResults"])


def decisions(lab: Lab, name: str, *actions: str, **more: Any) -> list[str]:
    return [row["EvalDecision"] for row in results(lab, name, *actions, **more)]


ROWS = [
    ("nothing is allowed by default", [], "implicitDeny"),
    ("an Allow allows", [ALL], "allowed"),
    ("an explicit Deny wins", [ALL, {**ALL, "Effect": "Deny"}], "explicitDeny"),
    ("another action is not allowed", [{**ALL, "Action": "s3:*"}], "implicitDeny"),
    ("NotAction", [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], "allowed"),
    ("a deny by source address", [ALL, {**ALL, "Effect": "Deny", "Condition": {
        "NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}], "allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "statements", "decision"), ROWS, ids=[row[0] for row in ROWS])
def test_what_is_simulated_is_what_is_enforced(
    lab: Lab, tell: Tell, name: str, rule: str, statements: list[dict[str, Any]], decision: str
) -> None:
    """The simulator's decision for iam:ListUsers is the one the caller then meets."""
    key = lab.user(name, *statements)
    context = [{"ContextKeyName": "aws:SourceIp", "ContextKeyType": "ip", "ContextKeyValues": ["192.0.2.10"]}]
    assert decisions(lab, name, "iam:ListUsers", ContextEntries=context) == [decision]
    met = tell(lab.client("iam", key).list_users)
    assert met == ("ok" if decision == "allowed" else "AccessDenied")


def test_each_action_on_each_resource(lab: Lab, name: str) -> None:
    """There is one result per action and resource, each with the statement that matched and where it comes from."""
    lab.user(name, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open/*"})
    on = ["arn:aws:s3:::open/x", "arn:aws:s3:::shut/x"]
    rows = results(lab, name, "s3:GetObject", "s3:PutObject", ResourceArns=on)
    assert [(row["EvalActionName"], row["EvalResourceName"], row["EvalDecision"]) for row in rows] == [
        ("s3:GetObject", on[0], "allowed"),
        ("s3:GetObject", on[1], "implicitDeny"),
        ("s3:PutObject", on[0], "implicitDeny"),
        ("s3:PutObject", on[1], "implicitDeny"),
    ]
    (matched,) = rows[0]["MatchedStatements"]
    assert (matched["SourcePolicyId"], matched["SourcePolicyType"]) == (f"user_{name}_p", "user")
    assert (matched["StartPosition"], rows[1]["MatchedStatements"]) == ({"Line": 1, "Column": 41}, [])


def test_a_deny_hides_the_allows(lab: Lab, name: str) -> None:
    """Of an explicit deny only the denying statements are matched ones, groups and managed policies included."""
    iam = lab.client("iam")
    lab.user(name, ALL)
    iam.create_group(GroupName=name)
    iam.put_group_policy(GroupName=name, PolicyName="no", PolicyDocument=policy({**ALL, "Effect": "Deny"}))
    iam.add_user_to_group(GroupName=name, UserName=name)
    arn = iam.create_policy(PolicyName=name, PolicyDocument=policy({**ALL, "Effect": "Deny"}))["Policy"]["Arn"]
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    (row,) = results(lab, name, "s3:ListBucket")
    kinds = {(m["SourcePolicyId"], m["SourcePolicyType"]) for m in row["MatchedStatements"]}
    assert (row["EvalDecision"], kinds) == ("explicitDeny", {(arn, "user-managed"), (f"group_{name}_no", "group")})


def test_a_boundary_is_told_apart(lab: Lab, name: str) -> None:
    """A boundary that does not allow is an implicit deny with its own detail; another one can be tried."""
    iam = lab.client("iam")
    lab.user(name, ALL)
    assert "PermissionsBoundaryDecisionDetail" not in results(lab, name, "iam:ListUsers")[0]
    arn = iam.create_policy(PolicyName=name, PolicyDocument=policy({**ALL, "Action": "s3:*"}))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=arn)
    shut, open_ = results(lab, name, "iam:ListUsers", "s3:ListBucket")
    assert (shut["EvalDecision"], open_["EvalDecision"]) == ("implicitDeny", "allowed")
    assert shut["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert open_["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    assert decisions(lab, name, "iam:ListUsers", PermissionsBoundaryPolicyInputList=[policy(ALL)]) == ["allowed"]


def test_missing_context_is_named(lab: Lab, name: str) -> None:
    """Condition keys and variables that nobody gave are named, once they matter for the action and the resource."""
    mine = {"Effect": "Allow", "Action": "iam:GetUser", "Resource": f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"}
    mfa = {**ALL, "Action": "iam:*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    lab.user(name, mine, mfa)
    on = [f"arn:aws:iam::{ACCOUNT}:user/{name}"]
    (row,) = results(lab, name, "iam:GetUser", ResourceArns=on)
    assert (row["EvalDecision"], row["MissingContextValues"]) == (
        "implicitDeny", ["aws:username", "aws:MultiFactorAuthPresent"],
    )  # fmt: skip
    given = [{"ContextKeyName": "aws:UserName", "ContextKeyType": "string", "ContextKeyValues": [name]}]
    (row,) = results(lab, name, "iam:GetUser", ResourceArns=on, ContextEntries=given)
    assert (row["EvalDecision"], row["MissingContextValues"]) == ("allowed", ["aws:MultiFactorAuthPresent"])
    assert results(lab, name, "s3:ListBucket")[0]["MissingContextValues"] == []


def test_custom_policies(lab: Lab, tell: Tell) -> None:
    """SimulateCustomPolicy asks the given policies only; a resource policy grants to the caller it names."""
    iam = lab.client("iam")
    asked = {"ActionNames": ["s3:GetObject"], "ResourceArns": ["arn:aws:s3:::b/x"]}
    allow = iam.simulate_custom_policy(PolicyInputList=[policy(ALL)], **asked)["EvaluationResults"]
    assert [row["EvalDecision"] for row in allow] == ["allowed"]
    eve = f"arn:aws:iam::{ACCOUNT}:user/eve"
    grant = policy({"Effect": "Allow", "Principal": {"AWS": eve}, "Action": "s3:*", "Resource": "*"})
    rows = {}
    for caller in (eve, eve + "x"):
        nothing = [policy({**ALL, "Action": "iam:GetUser"})]
        (row,) = iam.simulate_custom_policy(PolicyInputList=nothing, ResourcePolicy=grant, CallerArn=caller, **asked)[
            "EvaluationResults"
        ]
        rows[caller] = (row["EvalDecision"], [m["SourcePolicyType"] for m in row["MatchedStatements"]])
    assert rows == {eve: ("allowed", ["resource"]), eve + "x": ("implicitDeny", [])}
    assert (
        tell(iam.simulate_custom_policy, PolicyInputList=[policy(ALL)], ResourcePolicy=grant, **asked) == "InvalidInput"
    )
    assert tell(iam.simulate_custom_policy, PolicyInputList=["{}"], **asked) == "InvalidInput"


def test_what_cannot_be_simulated(lab: Lab, tell: Tell, name: str) -> None:
    """An unknown principal, an action that is none, a wildcard; groups and roles are principals too."""
    iam = lab.client("iam")
    iam.create_group(GroupName=name)
    arn = f"arn:aws:iam::{ACCOUNT}:group/{name}"
    assert tell(iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["iam:GetUser"]) == "ok"
    assert tell(iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["iam:*"]) == "InvalidInput"
    assert tell(iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["GetUser"]) == "InvalidInput"
    assert tell(iam.simulate_principal_policy, PolicySourceArn=arn + "x", ActionNames=["iam:GetUser"]) == "NoSuchEntity"
    role = f"arn:aws:iam::{ACCOUNT}:role/admin"
    reply = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=["iam:GetUser", "s3:x"], MaxItems=1)
    assert (reply["IsTruncated"], len(reply["EvaluationResults"])) == (True, 1)


def test_positions_of_statements() -> None:
    """Lines and columns count from one; a single statement, a list and white space; no policy has none."""
    assert positions('{"Statement": {"a": "}"}}') == [((1, 15), (1, 25))]
    text = '{\n "Version": "2012-10-17",\n "Statement": [\n  {"Sid": "a"},\n  {\n   "Sid": "b"\n  }\n ]\n}'
    assert positions(text) == [((4, 3), (4, 15)), ((5, 3), (7, 4))]
    assert positions('{"Version": "x"}') == positions("[") == positions("") == []


def test_what_is_allowed_on_all_resources_of_its_kind_is_not_told_as_refused(lab: Lab, name: str) -> None:
    """The action that asks before an incident: a grant scoped to buckets is allowed, one to a single user is unsure."""
    key = lab.user(
        name,
        {"Effect": "Allow", "Action": ["s3:PutBucketPolicy", "s3:PutObject"], "Resource": "arn:aws:s3:::*"},
        {"Effect": "Allow", "Action": ["iam:Get*", "iam:SimulatePrincipalPolicy"], "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:*", "Resource": [f"arn:aws:iam::{ACCOUNT}:{k}/*" for k in ("role", "user")]},
        {"Effect": "Allow", "Action": "kms:EnableKey", "Resource": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/one"},
        {"Effect": "Deny", "Action": "iam:PutUserPolicy", "Resource": f"arn:aws:iam::{ACCOUNT}:user/*"},
        {"Effect": "Deny", "Action": "sts:*", "Resource": "*"},
    )["AccessKey"]  # fmt: skip
    door = open_simulated(
        endpoint_url=lab.world.url, region="us-east-1", clock=ManualClock(lab.world.now()),
        sign_in=lambda: SignedIn(key["AccessKeyId"], key["SecretAccessKey"]),
    )  # fmt: skip
    asked = "s3:PutBucketPolicy s3:PutObject iam:PutRolePolicy iam:PutUserPolicy kms:EnableKey sts:AssumeRole"
    observe = ACTIONS["iam.may"].observe
    assert observe is not None
    inputs = {"caller": f"arn:aws:iam::{ACCOUNT}:user/{name}", "actions": f"{asked} cloudtrail:LookupEvents"}
    found = observe(cast("Any", door), inputs, lab.world.now()).data
    assert found["allowed"] == ["s3:PutBucketPolicy", "s3:PutObject", "iam:PutRolePolicy"]
    assert found["denied"] == ["iam:PutUserPolicy", "sts:AssumeRole", "cloudtrail:LookupEvents"]
    assert found["unsure"] == ["kms:EnableKey"]
    assert found["words"].endswith("not on every resource, perhaps on those a policy names: kms:EnableKey")
