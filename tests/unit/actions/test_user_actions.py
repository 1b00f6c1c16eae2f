"""Who a user is and what it made, and deleting the one that is meant, against a table of AWS's answers."""

from collections.abc import Mapping
from typing import Any

import pytest

from irtui.actions.registry import ACTIONS
from irtui.errors import AwsFault, Denied, RunbookError
from irtui.model.call import Call
from irtui.runbook.expressions import truth, watched
from irtui.trail.family import Family
from tests.unit.actions.test_sweep_actions import NOW, Account, fault, observe

ID, OTHER = "AIDAEXAMPLEEXAMPLE001", "AIDAEXAMPLEEXAMPLE002"
HERE = "111122223333"


def told(what: str, at: str, asked: Mapping[str, str], **more: Any) -> dict[str, Any]:
    who = {"type": "IAMUser", "userName": "eve", "arn": "arn:eve", "accessKeyId": "AKIAEVEEVEEVEEVEEVEE"}
    return {
        "eventID": f"{what}{at}", "eventName": what, "eventTime": f"2026-11-23T{at}:00Z", "sourceIPAddress": "::1",
        "eventSource": "iam.amazonaws.com", "readOnly": False, "userIdentity": who, "requestParameters": asked, **more,
    }  # fmt: skip


HISTORY = {
    "CreateUser": [
        told("CreateUser", "07:00", {"userName": "jo"}, responseElements={"user": {"userId": OTHER}}),
        told("CreateUser", "08:00", {"userName": "jo"}, responseElements={"user": {"userId": ID}}),
        told("CreateUser", "08:30", {"userName": "no"}, errorCode="AccessDenied"),
    ],
    "DeleteUser": [told("DeleteUser", "07:30", {"userName": "jo"})],
    "UpdateUser": [told("UpdateUser", "09:00", {"userName": "jo", "newUserName": "backup"})],
}


def account(user: Mapping[str, Any] | None = None, **more: Any) -> Account:
    def events(call: Call) -> dict[str, Any]:
        asked = call.params["LookupAttributes"][0]["AttributeValue"]
        return {"Events": [{"CloudTrailEvent": event} for event in HISTORY.get(asked, ())]}

    def found(call: Call) -> dict[str, Any]:
        if user is None or user["UserName"] != call.params["UserName"]:
            raise fault("absent")
        return {"User": dict(user)}

    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ID}, "Action": "sts:AssumeRole"}]}
    roles = [{"RoleName": "let-in", "AssumeRolePolicyDocument": trust}, {"RoleName": "other"}]
    answers: dict[str, Any] = {"LookupEvents": events, "GetUser": found, "ListUserTags": {"Tags": []}}
    return Account(**(answers | {"GetAccountAuthorizationDetails": {"RoleDetailList": roles}} | more))


def jo(name: str, id_: str = ID) -> dict[str, Any]:
    return {"UserName": name, "UserId": id_, "Arn": f"arn:aws:iam::{HERE}:user/{name}", "CreateDate": "2026-11-23"}


def test_a_user_that_was_renamed_is_followed_and_who_had_the_name_before_is_told() -> None:
    """The id decides; the maker, the user that was made and deleted again, and the role that lets it in are named."""
    found = observe("iam.user_origin", account(jo("backup")), user="jo")
    assert (found["state"], found["name"], found["user_id"]) == ("there", "backup", ID)
    assert found["made_by"] == "arn:eve" and "2026-11-23" in found["made_words"]
    assert found["names"] == ["backup", "jo"] and found["trusting"] == ["let-in"]
    assert [other["id"] for other in found["earlier"]] == [OTHER]
    assert [pair["user"] for pair in found["pairs"]] == ["jo"]
    assert "it was called jo" in found["words"] and "ANOTHER USER had that name before" in found["words"]


def test_a_name_that_was_given_away_says_who_had_it() -> None:
    """The alert's user was renamed and another one made under its name: the operator is told before anything."""
    found = observe("iam.user_origin", account(jo("jo", "AIDAEXAMPLEEXAMPLE003")), user="jo")
    assert found["user_id"] == "AIDAEXAMPLEEXAMPLE003" and found["names"] == ["jo"]
    assert "ANOTHER USER had that name before, is called backup since 2026-11-23 09:00Z" in found["words"]


def test_the_opener_is_the_last_to_give_a_key_and_neither_the_user_nor_whoever_asks() -> None:
    """A key switched off opens nothing; a refused call neither; what the user and this session did is left out."""
    by = {"type": "AssumedRole", "arn": f"arn:aws:sts::{HERE}:assumed-role/deploy/x", "accessKeyId": "ASIADEPLOY"}
    given = {"requestParameters": {"userName": "jo", "status": "Active"}}
    off = {"requestParameters": {"userName": "jo", "status": "Inactive"}}
    whole = [
        told("CreateUser", "08:00", {"userName": "jo"}),
        told("CreateAccessKey", "09:00", {"userName": "jo"}, userIdentity=by),
        told("UpdateAccessKey", "10:00", {}, **off),
        told("CreateAccessKey", "10:10", {"userName": "jo"}, errorCode="AccessDenied"),
        told("UpdateAccessKey", "10:20", {}, userIdentity={"type": "IAMUser", "userName": "jo", "arn": "x"}, **given),
        told("UpdateAccessKey", "10:30", {}, userIdentity={"arn": "arn:me"}, **given),
        told("CreateAccessKey", "10:40", {"userName": "other"}),
    ]

    def events(call: Call) -> dict[str, Any]:
        asked = call.params["LookupAttributes"][0]["AttributeKey"]
        return {"Events": [{"CloudTrailEvent": event} for event in whole] if asked == "ResourceName" else []}

    found = observe("iam.user_origin", account(jo("jo"), LookupEvents=events), user="jo", caller="arn:me")
    assert (found["opener"], found["opener_key"]) == (by["arn"], "ASIADEPLOY")
    assert found["openers_words"].startswith(
        "assumed-role/deploy/x (CreateAccessKey 2026-11-23 09:00Z from ::1), arn:eve"
    )


def test_a_user_that_is_gone_and_one_that_cannot_be_read_are_not_the_same() -> None:
    """Gone is what AWS says is absent; a refusal is a gap, and no proof of anything."""
    assert observe("iam.user_origin", account(), user="jo")["state"] == "gone"
    denied = observe("iam.user_origin", account(GetUser=fault("denied")), user="jo")
    assert denied["state"] == "unknown" and denied["gaps"]
    blind = observe("iam.user_origin", account(jo("jo"), LookupEvents=fault("throttled")), user="jo")
    assert blind["state"] == "there" and blind["made_by"] == "" and len(blind["gaps"]) == 4
    with pytest.raises(AwsFault):
        observe("iam.user_origin", account(GetUser=fault("expired")), user="jo")


@pytest.mark.parametrize("action", ["iam.delete_user", "iam.delete_password", "iam.deny_by_boundary"])
def test_only_the_user_with_that_id_is_touched(action: str) -> None:
    """Another id under the name, an unread one and one that is gone are refused; no id is no id."""
    make = ACTIONS[action].plan
    assert make is not None
    inputs = {"user": "jo", "user_id": ID}
    (planned,) = make(account(jo("jo")), inputs, NOW)
    assert planned.call.params["UserName"] == "jo" and bool(planned.irreversible) == (planned.undo is None)
    assert "User.UserId" in (planned.watch or watched(planned.look.until if planned.look else ""))
    with pytest.raises(Denied, match="another user now"):
        make(account(jo("jo", OTHER)), inputs, NOW)
    with pytest.raises(Denied, match="Nobody could see"):
        make(account(GetUser=fault("denied")), inputs, NOW)
    with pytest.raises(AwsFault, match="no user jo"):
        make(account(), inputs, NOW)
    with pytest.raises(RunbookError):
        make(account(jo("jo")), {"user": "jo", "user_id": "jo' || `true`"}, NOW)


def test_the_boundary_that_was_there_comes_back() -> None:
    """Undo puts an earlier boundary back; where there was none, it takes ours away. A user that is gone is held too."""
    make = ACTIONS["iam.deny_by_boundary"].plan
    assert make is not None
    inputs = {"user": "jo", "user_id": ID, "partition": "aws-cn"}
    fenced = {**jo("jo"), "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
    (planned,) = make(account(fenced), inputs, NOW)
    assert planned.call.params["PermissionsBoundary"] == "arn:aws-cn:iam::aws:policy/AWSDenyAll"
    assert planned.undo is not None and planned.undo.params["PermissionsBoundary"].endswith("/ReadOnlyAccess")
    (planned,) = make(account(jo("jo")), inputs, NOW)
    assert planned.undo is not None and planned.undo.operation == "DeleteUserPermissionsBoundary"
    assert planned.look is not None and truth(planned.look.until, None)
    assert not truth(planned.look.until, {"User": fenced})


def test_what_a_denied_user_tried_tells_refused_from_worked() -> None:
    """Counted from the deny on; what needs no permission, or failed otherwise, counts as neither; a Region that was not
    read is a gap."""
    its = {"type": "IAMUser", "userName": "jo"}
    calls = [
        told("ListBuckets", "11:00", {}, userIdentity=its, errorCode="AccessDenied"),
        told("ListUsers", "11:10", {}, userIdentity=its, errorCode="AccessDenied", sourceIPAddress="198.51.100.9"),
        told("GetCallerIdentity", "11:20", {}, userIdentity=its),
        told("ConsoleLogin", "11:30", {}, userIdentity=its),
        told("ListRoles", "11:40", {}, userIdentity={"type": "AssumedRole"}),
        told("GetBucketPolicy", "11:50", {}, userIdentity=its, errorCode="NoSuchBucket"),
    ]
    since = set()

    def events(call: Call) -> dict[str, Any]:
        since.add(str(call.params["StartTime"]))
        if call.region == "eu-west-1":
            raise fault("throttled")
        return {"Events": [{"CloudTrailEvent": event} for event in calls]}

    inputs: dict[str, Any] = {"user": "jo", "since": "2026-11-23T08:00:00Z", "regions": ["us-east-1", "eu-west-1"]}
    look = ACTIONS["cloudtrail.user_calls"].observe
    assert look is not None
    found = look(Account(LookupEvents=events), inputs | {"changes": {"user/jo": "2026-11-23T10:00:00Z"}}, NOW)
    assert (found.data["refused"], found.data["worked"], len(found.gaps)) == (2, 0, 1)
    assert since == {"2026-11-23 10:00:15+00:00"}
    assert found.data["words"] == (
        "2 calls from ::1, 198.51.100.9, the last ListUsers at 2026-11-23 11:10Z, refused; 0 calls worked; "
        "1 failed for another reason"
    )
    with pytest.raises(AwsFault):
        look(Account(LookupEvents=fault("denied")), inputs, NOW)


def test_calls_of_what_it_opened_count_since_each_of_them_was_cut_off() -> None:
    """A role's session goes on until its role is revoked; EC2's word for a refusal counts; every Region is asked."""
    role = {"type": "AssumedRole"}
    since: dict[str, str] = {}

    def events(call: Call) -> dict[str, Any]:
        asked = call.params["LookupAttributes"][0]
        since[asked["AttributeValue"]] = f"{call.params['StartTime']:%H:%M}"
        tried = told("RunInstances", "11:40", {}, userIdentity=role, errorCode="Client.UnauthorizedOperation")
        far = asked["AttributeValue"] == "ASIAFAR" and call.region == "eu-north-1"
        return {"Events": [{"CloudTrailEvent": tried}] if far else []}

    regions = {"Regions": [{"RegionName": "eu-north-1"}, {"RegionName": "us-east-1"}]}
    inputs: dict[str, Any] = {
        "user": "jo", "since": "2026-11-23T08:00:00Z",
        "changes": {"user/jo": "2026-11-23T10:00:00Z", "role/deploy": "2026-11-23T11:00:00Z"},
        "sessions": [{"id": "ASIAFAR", "holder": "role/deploy"}, {"id": "ASIANEAR", "holder": "role/other"}, "x"],
    }  # fmt: skip
    found = observe("cloudtrail.user_calls", Account(DescribeRegions=regions, LookupEvents=events), **inputs)
    assert (found["refused"], found["worked"], found["gaps"]) == (1, 0, [])
    assert since == {"jo": "10:00", "ASIAFAR": "11:00", "ASIANEAR": "10:00"}
    many = inputs | {"sessions": [{"id": f"ASIA{n}", "holder": ""} for n in range(50)]}
    found = observe("cloudtrail.user_calls", Account(DescribeRegions=regions, LookupEvents=events), **many)
    assert found["gaps"] == ["10 of 50 sessions and keys were not asked for"]


@pytest.mark.parametrize(
    ("asked", "answers", "state"),
    [
        ({}, {}, "contained"),
        ({}, {"DescribeRegions": fault("denied")}, "unknown"),
        ({}, {"LookupEvents": lambda call: fault("denied") if call.region == "eu-north-1" else {}}, "unknown"),
        ({}, {"LookupEvents": lambda call: {"NextToken": "x"} if call.region == "eu-north-1" else {}}, "unknown"),
        ({"regions": ["us-east-1"]}, {"DescribeRegions": fault("denied")}, "contained"),
    ],
)
def test_a_region_that_is_not_read_keeps_a_family_from_being_contained(
    asked: dict[str, Any], answers: dict[str, Any], state: str
) -> None:
    """STS is regional, so every enabled Region is asked, and what was not read may hide a session."""
    regions = {"Regions": [{"RegionName": "eu-north-1"}, {"RegionName": "us-east-1"}]}
    whole: dict[str, Any] = {"GetAccountAuthorizationDetails": {"UserDetailList": [], "RoleDetailList": []}}
    where = Account(**(whole | {"LookupEvents": {}, "DescribeRegions": regions} | answers))
    gone = {"user": "jo", "account": HERE, "changes": {"user/jo": "2026-11-23T08:00:00Z"}}
    found = observe("cloudtrail.family_tree", where, **gone, **asked)
    assert (found["state"], bool(found["gaps"])) == (state, state == "unknown")
    assert ("; Regions asked: us-east-1" in found["why"]) == bool(asked)


@pytest.mark.parametrize(
    ("opener", "users", "state"),
    [
        (f"arn:aws:iam::{HERE}:user/team/svc", ["svc", "eve"], "open"),
        (f"arn:aws:sts::{HERE}:assumed-role/gone/x", ["eve"], "open"),
        (f"arn:aws:iam::{HERE}:root", ["eve"], "open"),
        ("", ["eve"], "open"),
    ],
)
def test_whoever_let_the_user_in_is_of_the_family(opener: str, users: list[str], state: str) -> None:
    """A user is contained with all its keys; the root user stays unknown, because nothing in IAM contains it."""
    people = [jo("eve"), jo("svc", OTHER)]
    where = Account(
        LookupEvents={"Events": []}, GetAccountAuthorizationDetails={"UserDetailList": people, "RoleDetailList": []},
        ListAccessKeys=lambda call: {"AccessKeyMetadata": [
            {"AccessKeyId": f"AKIA{call.params['UserName']}", "Status": "Active", "CreateDate": "2026-01-01"}
        ]},
    )  # fmt: skip
    found = observe("cloudtrail.family_tree", where, user="eve", account=HERE, opener=opener)
    assert sorted(found["users"]) == sorted(users) and found["state"] == state
    assert {key["user"] for key in found["keys"]} == set(users)
    unknown = [node["why"] for node in found["nodes"] if node["state"] == "unknown"]
    assert bool(unknown) == opener.endswith(":root")


def test_a_rename_does_not_lose_a_member_of_the_family() -> None:
    """Keys and sessions go on under the new name, so the new name is a member as well."""
    family = Family(HERE, "user/eve")
    family.take(told("UpdateUser", "09:00", {"userName": "jo", "newUserName": "backup"}), "AKIAEVEEVEEVEEVEEVEE")
    assert family.nodes["user/backup"].changed and family.nodes["user/backup"].parent == "user/jo"


def test_a_user_is_followed_also_with_a_key_that_is_deleted() -> None:
    """What it did is asked by name; a role session that is called alike is somebody else."""
    made = told("CreateUser", "10:00", {"userName": "svc"})
    alike = told("CreateUser", "10:01", {"userName": "theirs"}, eventID="x")
    alike = {**alike, "userIdentity": {"type": "AssumedRole", "accessKeyId": "ASIA1"}}
    svc = {"UserName": "svc", "Arn": f"arn:aws:iam::{HERE}:user/svc", "CreateDate": "2026-11-23T10:00:00Z"}

    def events(call: Call) -> dict[str, Any]:
        by = call.params["LookupAttributes"][0]["AttributeKey"]
        return {"Events": [{"CloudTrailEvent": event} for event in (made, alike)] if by == "Username" else []}

    where = Account(
        LookupEvents=events, GetAccountAuthorizationDetails={"UserDetailList": [svc], "RoleDetailList": []},
        ListAccessKeys={"AccessKeyMetadata": []},
    )  # fmt: skip
    found = observe("cloudtrail.family_tree", where, user="eve", account=HERE)
    assert found["users"] == ["svc"] and found["state"] == "open"
    late = observe("cloudtrail.family_tree", where, user="adam", names=["adam", "eve"], account=HERE)
    assert late["users"] == ["svc"]  # what it did under its old name is its doing
    kinds = {node["id"]: node["kind"] for node in found["nodes"]}
    assert kinds["AKIAEVEEVEEVEEVEEVEE"] == "access_key" and "user/theirs" not in kinds
