"""The least-privilege policy of a runbook."""

from pathlib import Path
from typing import Any

import pytest

from irtui.actions.registry import ACTIONS
from irtui.lint.permissions import least_privilege
from irtui.lint.scopes import UNSCOPED, reason
from irtui.model.runbook import Runbook
from irtui.policy.document import read_document
from irtui.runbook.library import Library, shipped_folder
from irtui.runbook.parse import parse_runbook

CORPUS = Path(__file__).parents[2] / "runbooks"


def of(name: str) -> Runbook:
    return parse_runbook((CORPUS / name).read_text("utf-8"), name)


def actions(policy: dict[str, Any]) -> set[str]:
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def resources(policy: dict[str, Any], action: str) -> list[str]:
    found: list[str]
    (found,) = [statement["Resource"] for statement in policy["Statement"] if action in statement["Action"]]
    return found


def test_exactly_the_actions_of_the_steps() -> None:
    """Calls, looks, undos, children, the actions' own permissions, and the roles to assume."""
    policy = least_privilege(of("good-all-kinds.yaml"), {"good-child": of("good-child.yaml")})
    assert actions(policy) == {
        "iam:GetUser",
        "iam:UpdateAccessKey",
        "iam:ListAccessKeys",
        "iam:GetAccountSummary",
        "sts:AssumeRole",
        "sts:AssumeRoot",
        *ACTIONS["iam.snapshot_user"].permissions,
    }
    assert resources(policy, "sts:AssumeRole") == ["arn:aws:iam::111122223333:role/Audit"]
    assert resources(policy, "iam:UpdateAccessKey") == ["arn:aws:iam::*:user/*"]
    assert resources(policy, "iam:GetAccountSummary") == ["*"]


def test_another_session_has_a_policy_of_its_own() -> None:
    """What runs in another session is asked for by its name."""
    assert actions(least_privilege(of("good-all-kinds.yaml"), {}, "audit")) == {"iam:ListAccessKeys"}


def test_names_that_the_author_wrote_scope_the_resource() -> None:
    """A literal or partly literal name narrows the resource; a child that calls its parent ends."""
    text = """
runbook: x
title: x
version: "1"
severity: low
use_when: x
steps:
  - {id: a, phase: review, title: t, call: iam.GetRole, with: {RoleName: "irtui-${{ incident.id }}"}}
  - {id: b, phase: review, title: t, call: iam.AddUserToGroup, with: {UserName: jo, GroupName: denied}}
  - {id: c, phase: review, title: t, call: s3.GetBucketPolicy, with: {Bucket: logs}}
  - {id: d, phase: review, title: t, call: s3.HeadObject, with: {Bucket: "${{ aws.account }}-logs", Key: k}}
  - {id: e, phase: review, title: t, call: guardduty.ListDetectors}
  - {id: f, phase: review, title: t, call: cloudwatch.DescribeAlarms}
  - {id: g, phase: review, title: t, call: logs.DescribeLogGroups}
  - {id: h, phase: review, title: t, runbook: x}
"""
    policy = least_privilege(parse_runbook(text, "x.yaml"), {})
    assert resources(policy, "iam:GetRole") == ["arn:aws:iam::*:role/*/irtui-*", "arn:aws:iam::*:role/irtui-*"]
    assert resources(policy, "iam:AddUserToGroup") == ["arn:aws:iam::*:group/*/denied", "arn:aws:iam::*:group/denied"]
    assert resources(policy, "s3:GetBucketPolicy") == ["arn:aws:s3:::logs"]
    assert resources(policy, "s3:GetObject") == ["arn:aws:s3:::*-logs", "arn:aws:s3:::*-logs/*"]
    assert {"guardduty:ListDetectors", "cloudwatch:DescribeAlarms", "logs:DescribeLogGroups"} <= actions(policy)


def test_no_action_is_a_wildcard_and_every_open_resource_has_a_reason() -> None:
    """Over every runbook there is: no `*` in an action, and `*` as a resource only with a reason."""
    library = Library(())
    policies = [least_privilege(library.find(path.stem), library.children(library.find(path.stem)))
                for path in shipped_folder().glob("*.yaml")]  # fmt: skip
    policies += [least_privilege(of(path.name), {}) for path in CORPUS.glob("good-*.yaml")]
    for policy in policies:
        assert policy["Version"] == "2012-10-17"
        for statement in policy["Statement"]:
            assert statement["Sid"].isalnum()
            assert not any("*" in action for action in statement["Action"])
            assert all(reason(action) for action in statement["Action"]) == (statement["Resource"] == ["*"])
    assert all(UNSCOPED.values())


@pytest.mark.parametrize("name", sorted(path.stem for path in shipped_folder().glob("*.yaml")))
def test_what_came_with_irtui_is_open_only_where_iam_knows_no_resource(name: str) -> None:
    """The policy of a shipped runbook parses, and `*` stands only for actions that AWS scopes to nothing."""
    library = Library(())
    runbook = library.find(name)
    for session in ["caller", *(spec.name for spec in runbook.sessions)]:
        policy = least_privilege(runbook, library.children(runbook), session)
        if not policy["Statement"]:
            continue
        assert [each.flaw for each in read_document(name, policy).statements] == [""] * len(policy["Statement"])
        for statement in policy["Statement"]:
            scoped = [resource for resource in statement["Resource"] if resource != "*"]
            assert all(resource.startswith(("arn:aws:", "arn:*:")) for resource in scoped)
            open_ = statement["Action"] if len(scoped) < len(statement["Resource"]) else []
            assert [action for action in open_ if action not in UNSCOPED] == [], "name the service's ARNs in scopes.py"


def test_an_action_that_reads_a_bucket_is_scoped_to_it_where_the_runbook_names_it() -> None:
    """A place in S3, or a deleted trail's bucket, narrows what may be read; a trail's ARN alone tells no bucket."""
    text = """
runbook: x
title: x
version: "1"
severity: low
use_when: x
steps:
  - {id: a, phase: analyze, title: t, use: trail.search, with: {s3: ["s3://kept/AWSLogs/"], access_key_id: AKIA}}
"""
    policy = least_privilege(parse_runbook(text, "x.yaml"), {})
    assert resources(policy, "s3:GetObject") == ["arn:aws:s3:::kept", "arn:aws:s3:::kept/*"]
    assert resources(policy, "s3:ListBucket") == ["arn:aws:s3:::kept"]
    gone = text.replace("trail.search", "trail.validate").replace(
        's3: ["s3://kept/AWSLogs/"]', "trail_arn: a, bucket: b"
    )
    assert resources(least_privilege(parse_runbook(gone, "x.yaml"), {}), "s3:ListBucket") == ["arn:aws:s3:::b"]
    some = text.replace('s3: ["s3://kept/AWSLogs/"]', "trail_arn: a")
    assert resources(least_privilege(parse_runbook(some, "x.yaml"), {}), "s3:GetObject") == ["arn:aws:s3:::*"]


def test_an_action_that_changes_a_user_is_scoped_to_it_where_the_runbook_names_it() -> None:
    """A key may be made for that user and no other; what is only known later is any user, never any resource."""
    text = """
runbook: x
title: x
version: "1"
severity: low
use_when: x
inputs: {who: {type: user, title: Who}}
steps:
  - {id: a, phase: prepare, title: t, use: iam.create_access_key, with: {user: build-bot}, confirm: build-bot}
"""
    policy = least_privilege(parse_runbook(text, "x.yaml"), {})
    for action in ("iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys"):
        assert resources(policy, action) == ["arn:aws:iam::*:user/*/build-bot", "arn:aws:iam::*:user/build-bot"]
    later = least_privilege(parse_runbook(text.replace("build-bot", '"${{ inputs.who }}"'), "x.yaml"), {})
    assert resources(later, "iam:CreateAccessKey") == ["arn:aws:iam::*:user/*"]


def test_a_role_is_passed_to_the_service_that_a_step_hands_it_to_and_to_no_other() -> None:
    """The policy of whoever copies logs lets S3 have the role, not a function or a machine of the caller's."""
    library = Library(())
    runbook = library.find("log-deletion-investigation")
    policy = least_privilege(runbook, library.children(runbook))
    [passing] = [each for each in policy["Statement"] if "iam:PassRole" in each["Action"]]
    assert passing["Action"] == ["iam:PassRole"] and passing["Resource"] == ["arn:aws:iam::*:role/*"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "s3.amazonaws.com"}}
