"""What is new in an account, what stands outside IAM, and whose a key is, against a table of AWS's answers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from irtui.actions.account_places import Places
from irtui.actions.registry import ACTIONS
from irtui.aws import shapes
from irtui.aws.door import Objects
from irtui.errors import AwsFault, RunbookError, SimulatorGap
from irtui.lint.scopes import action_of
from irtui.model.call import Call
from irtui.model.outcome import Reply

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HERE, THERE = "111122223333", "444455556666"
OLD, NEW = "2026-01-01T00:00:00Z", "2026-11-23T10:00:00Z"
KEY = "AKIACICICICICICICICI"
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


class Account:
    """Answers reads from a table: operation → reply, a function of the call, or an error to raise."""

    region = "us-east-1"

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: set[str] = set()

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        assert not shapes.parameter_problems(call), shapes.parameter_problems(call)
        self.asked.add(call.name)
        answer = self.answers.get(call.operation, fault("absent"))
        answer = answer(call) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return Reply(answer)

    def objects(self) -> Objects:
        raise fault("denied")

    def told(self, words: str) -> None: ...


def fault(kind: str) -> AwsFault:
    return AwsFault(kind, kind.title(), "no", call="x.Y")


def observe(action: str, of: Account, /, **inputs: Any) -> Mapping[str, Any]:
    look = ACTIONS[action].observe
    assert look is not None
    facts = look(of, inputs, NOW)
    assert set(ACTIONS[action].keeps) <= set(facts.data) and facts.data["gaps"] == list(facts.gaps)
    asked = [name.partition(".") for name in of.asked]
    spoken = {action_of(service, operation, {}) for service, _, operation in asked} - {"s3:ListAllMyBuckets"}
    assert spoken <= set(ACTIONS[action].permissions)
    return facts.data


def user(name: str, created: str, **more: Any) -> dict[str, Any]:
    return {"UserName": name, "Arn": f"arn:aws:iam::{HERE}:user/{name}", "CreateDate": created, **more}


def role(path: str, created: str) -> dict[str, Any]:
    arn = f"arn:aws:iam::{HERE}:role/{path}"
    return {"RoleName": path.rsplit("/", 1)[-1], "Arn": arn, "CreateDate": created, "AssumeRolePolicyDocument": {}}


def changed(call: Call) -> dict[str, Any]:
    """Somebody changed the trust of `old`, not of `kept`; this session that of `mine`; jo got a password."""
    event = {"eventTime": NEW, "sourceIPAddress": "203.0.113.9", "userIdentity": {"arn": "arn:evil"}}
    rows = {
        "UpdateAssumeRolePolicy": [
            {**event, "requestParameters": {"roleName": "old"}},
            {**event, "requestParameters": {"roleName": "kept"}, "errorCode": "AccessDenied"},
            {**event, "requestParameters": {"roleName": "mine"}, "userIdentity": {"arn": "arn:me"}},
        ],
        "CreateLoginProfile": [{**event, "requestParameters": {"userName": "jo"}}],
    }
    asked = call.params["LookupAttributes"][0]["AttributeValue"]
    return {"Events": [{"CloudTrailEvent": row} for row in rows.get(asked, ())]}


def test_new_is_what_iam_dates_so_and_what_cloudtrail_tells() -> None:
    """A new user, a password, a changed trust, a key; not what is denied, refused, one's own, AWS's or inactive."""
    users = [user("new", NEW), user("jo", OLD), user("old", OLD),
             user("shut", NEW, UserPolicyList=[{"PolicyName": "d", "PolicyDocument": DENY}])]  # fmt: skip
    roles = [role(name, OLD) for name in ("old", "kept", "mine")] + [role("aws-service-role/x.y/z", NEW)]
    versions = [{"VersionId": "v3", "IsDefaultVersion": True, "CreateDate": NEW, "Document": DENY},
                {"VersionId": "v2", "IsDefaultVersion": False, "CreateDate": "2026-02-01T00:00:00Z"},
                {"VersionId": "v1", "IsDefaultVersion": False, "CreateDate": OLD}]  # fmt: skip
    made = [{"AccessKeyId": KEY, "Status": "Active", "CreateDate": NEW},
            {"AccessKeyId": "AKIAOFF", "Status": "Inactive", "CreateDate": NEW}]  # fmt: skip
    account = Account(
        GetAccountAuthorizationDetails={
            "UserDetailList": users, "RoleDetailList": roles, "GroupDetailList": [],
            "Policies": [{"Arn": "arn:aws:iam::1:policy/p", "PolicyVersionList": versions}],
        },
        ListAccessKeys=lambda call: {"AccessKeyMetadata": made if call.params["UserName"] == "old" else []},
        LookupEvents=changed,
    )  # fmt: skip
    found = observe("iam.new_since", account, since="24h", caller="arn:me")
    assert (found["users"], found["roles"]) == (["new", "jo"], ["old"])
    assert found["keys"] == [{"user": "old", "id": KEY}]
    assert found["policies"] == [{"arn": "arn:aws:iam::1:policy/p", "version": "v3", "earlier": "v2"}]
    assert (found["open"], found["own_changes"], found["gaps"]) == (5, 1, [])
    assert "role old (by arn:evil)" in found["words"]


def test_what_was_not_read_is_a_gap_and_no_account_at_all_is_a_failure() -> None:
    """A refused list is named, so is a time before Event history; without IAM itself there is nothing to say."""
    account = Account(GetAccountAuthorizationDetails={"UserDetailList": [], "RoleDetailList": []},
                      ListSAMLProviders=fault("denied"), LookupEvents={"Events": []})  # fmt: skip
    found = observe("iam.new_since", account, since="2026-01-01")
    gaps = found["gaps"]
    assert found["open"] == len(gaps) == 2  # no check may hold that rests on it
    assert any("ListSAMLProviders" in gap for gap in gaps) and any("90 days" in gap for gap in gaps)
    for operation in ("GetAccountAuthorizationDetails", "LookupEvents"):
        with pytest.raises(AwsFault):
            observe("iam.new_since", Account(**{**account.answers, operation: fault("expired")}), since="24h")


def test_a_place_that_cannot_be_asked_is_no_empty_place() -> None:
    """Found, nothing, not simulated and refused read differently, and an ended session is no gap."""
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{THERE}:root"}},
                            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HERE}:root"}},
                            {"Effect": "Deny", "Principal": "*"}]}  # fmt: skip
    answers: dict[str, Any] = {
        "DescribeRegions": {"Regions": [{"RegionName": "eu-west-1"}]},
        "ListTrustAnchors": {"trustAnchors": [{"enabled": True, "createdAt": NEW, "trustAnchorArn": "arn:a"},
                                              {"enabled": False, "createdAt": NEW},
                                              {"enabled": True, "createdAt": OLD}]},
        "ListProfiles": {"profiles": []}, "ListFunctions": SimulatorGap("lambda.ListFunctions is not simulated"),
        "ListRules": fault("denied"), "ListBuckets": {"Buckets": [{"Name": "b"}]},
        "GetBucketPolicy": {"Policy": policy},
    }  # fmt: skip
    found = observe("account.footholds", Account(**answers), since="24h", account=HERE)
    assert found["anchors"].startswith("trust anchor arn:a in eu-west-1; not looked at: ")
    assert found["functions"].startswith("not read: not simulated")
    assert found["rules"].startswith("not read: x.Y: denied")
    assert found["machines"].startswith("nothing was found; not looked at: user data, ")
    assert found["buckets"].startswith(f"bucket b lets in arn:aws:iam::{THERE}:root; not looked at: ")
    alone = observe("account.footholds", Account(**answers), since="24h", account=HERE, places=["buckets"])
    assert (alone["buckets"], alone["anchors"], alone["gaps"]) == (found["buckets"], "not asked for", [])
    with pytest.raises(RunbookError, match="no place bucket"):
        observe("account.footholds", Account(**answers), since="24h", account=HERE, places=["bucket"])
    with pytest.raises(AwsFault):
        observe("account.footholds", Account(DescribeRegions=fault("expired")), since="24h", account=HERE)


def places(**answers: Any) -> Places:
    return Places(Account(**answers), datetime(2026, 11, 23, tzinfo=UTC), ("eu-west-1",), HERE)


def test_of_an_old_function_a_new_url_is_found_and_whom_it_lets_in() -> None:
    """The way in of a function that nobody deployed anew; a URL from before is not told, a refused look is, once."""
    urls = {"old": [{"FunctionUrl": "https://n", "AuthType": "NONE", "CreationTime": NEW, "LastModifiedTime": NEW},
                    {"FunctionUrl": "https://c", "AuthType": "NONE", "CreationTime": OLD, "LastModifiedTime": NEW}],
            "kept": [{"FunctionUrl": "https://o", "AuthType": "NONE", "CreationTime": OLD}]}  # fmt: skip
    listed = {
        "Functions": [{"FunctionName": "old", "LastModified": OLD}, {"FunctionName": "kept", "LastModified": OLD}]
    }
    policy = {"Policy": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": THERE}}]}}
    found, lacks = places(
        ListFunctions=listed,
        ListFunctionUrlConfigs=lambda call: {"FunctionUrlConfigs": urls[call.params["FunctionName"]]},
        GetPolicy=lambda call: policy if call.params["FunctionName"] == "kept" else fault("absent"),
    ).told(Places.functions)  # fmt: skip
    assert found == ["URL https://n of old (NONE) in eu-west-1", "URL https://c of old (NONE) in eu-west-1",
                     f"function kept in eu-west-1 lets in {THERE}"]  # fmt: skip
    assert lacks == []
    refused = places(ListFunctions=listed, ListFunctionUrlConfigs=fault("denied"))
    assert len(refused.told(Places.functions)[1]) == 1


def test_what_was_shared_and_what_machines_may_join_by() -> None:
    """Public images and snapshots whenever made, shares that took place, own documents and live activations."""

    def shares(call: Call) -> Any:
        asked = call.params["LookupAttributes"][0]["AttributeValue"]
        row = {"Username": "eve", "Resources": [{"ResourceName": "snap-1"}], "CloudTrailEvent": {"eventName": asked}}
        refused = {**row, "CloudTrailEvent": {"errorCode": "UnauthorizedOperation"}}
        return {"Events": {"ModifySnapshotAttribute": [row], "ModifyImageAttribute": [refused]}.get(asked, [])}

    held = places(
        DescribeImages={"Images": [{"ImageId": "ami-1"}]}, DescribeSnapshots={"Snapshots": [{"SnapshotId": "snap-2"}]},
        LookupEvents=shares, ListDocuments={"DocumentIdentifiers": [{"Name": "run", "CreatedDate": NEW},
                                                                    {"Name": "ours", "CreatedDate": OLD}]},
        DescribeActivations={"ActivationList": [{"ActivationId": "a-1", "IamRole": "r", "CreatedDate": NEW},
                                                {"ActivationId": "a-2", "Expired": True, "CreatedDate": NEW}]},
    )  # fmt: skip
    assert held.told(Places.shared)[0] == [
        "image ami-1 in eu-west-1 is public", "snapshot snap-2 in eu-west-1 is public",
        "ModifySnapshotAttribute of snap-1 by eve in eu-west-1",
    ]  # fmt: skip
    assert held.told(Places.managed)[0] == ["document run in eu-west-1", "activation a-1 (r) in eu-west-1"]


def test_rules_that_somebody_else_changed_are_told_apart() -> None:
    """Of the rules that are on those with who changed them; not the caller's own, one that is off or AWS's."""

    def changes(call: Call) -> Any:
        def row(who: str, **asked: str) -> dict[str, Any]:
            return {"CloudTrailEvent": {"userIdentity": {"arn": who}, "requestParameters": asked}}

        rows = {"PutRule": [row("arn:me", name="mine"), row("arn:evil", name="off")],
                "PutTargets": [row("arn:evil", rule="sync")]}  # fmt: skip
        return {"Events": rows.get(call.params["LookupAttributes"][0]["AttributeValue"], [])}

    rules = [{"Name": "mine", "State": "ENABLED"}, {"Name": "sync", "State": "ENABLED"}, {"Name": "old"},
             {"Name": "off", "State": "DISABLED"}, {"Name": "aws", "ManagedBy": "x"}]  # fmt: skip
    held = Places(Account(ListRules={"Rules": rules}, LookupEvents=changes), NOW, ("eu-west-1",), HERE, "arn:me")
    assert held.told(Places.rules)[0] == [
        "rule mine in eu-west-1", "rule sync in eu-west-1 (changed by arn:evil)", "rule old in eu-west-1",
    ]  # fmt: skip
    assert held.new_rules == [{"name": "sync", "region": "eu-west-1", "by": "arn:evil"}]


@pytest.mark.parametrize(
    ("principal", "who"),
    [("*", ["everybody"]), ({"AWS": "*"}, ["everybody"]), ({"AWS": [HERE, THERE]}, [THERE]),
     ({"Service": "logs.amazonaws.com"}, []), ({"AWS": f"arn:aws:iam::{HERE}:role/x"}, [])],
)  # fmt: skip
def test_a_bucket_policy_lets_in_outsiders_by_any_spelling(principal: Any, who: list[str]) -> None:
    """A star, another account's number or ARN; not this account in either spelling, and not a service."""
    answers = {
        "ListBuckets": {"Buckets": [{"Name": "b"}]},
        "GetBucketPolicy": {"Policy": {"Statement": {"Effect": "Allow", "Principal": principal}}},
    }
    found, _ = Places(Account(**answers), NOW, (), HERE).told(Places.buckets)
    assert found == ([f"bucket b lets in {', '.join(who)}"] if who else [])


def seen(**who: Any) -> dict[str, Any]:
    return {"Events": [{"CloudTrailEvent": {"userIdentity": who}}]}


REGIONS = {"Regions": [{"RegionName": "ap-southeast-2"}, {"RegionName": "us-east-1"}]}
OURS, LISTED = {"Account": HERE}, {"AccessKeyMetadata": [{"AccessKeyId": KEY}]}
ISSUED = {"sessionContext": {"sessionIssuer": {"userName": "deploy"}}}
ROOT, NAMED = seen(type="Root"), {"UserName": "root", "AccessKeyLastUsed": {"ServiceName": "s3"}}
BY_ROOT = {"sessionContext": {"sessionIssuer": {"type": "Root"}}}
USED = {"UserName": "ci", "AccessKeyLastUsed": {"ServiceName": "s3"}}
SERVICES = {"ServiceSpecificCredentials": [{
    "ServiceSpecificCredentialId": "ACCA" + KEY[4:], "UserName": "jo", "ServiceName": "bedrock.amazonaws.com",
    "Status": "Active",
}]}  # fmt: skip
OWNERS: list[tuple[str, dict[str, Any], tuple[str, str, str]]] = [
    (KEY, {"GetAccessKeyInfo": OURS, "GetAccessKeyLastUsed": USED, "ListAccessKeys": LISTED}, ("user", "ci", "")),
    (KEY, {"GetAccessKeyInfo": OURS, "GetAccessKeyLastUsed": USED, "ListAccessKeys": fault("denied")},
     ("user", "ci", "")),
    (KEY, {"GetAccessKeyInfo": {"Account": THERE}}, ("foreign", "", "")),
    (KEY, {"GetAccessKeyInfo": fault("invalid")}, ("unclear", "", "")),
    (KEY, {"GetAccessKeyInfo": OURS, "GetAccessKeyLastUsed": fault("denied")}, ("unclear", "", "")),
    (KEY, {"GetAccessKeyInfo": OURS, "LookupEvents": seen(type="IAMUser", userName="ci")}, ("gone", "ci", "")),
    (KEY, {"GetAccessKeyInfo": OURS, "LookupEvents": seen(type="IAMUser", userName="ci"),
           "ListAccessKeys": fault("denied")}, ("user", "ci", "")),
    (KEY, {"GetAccessKeyInfo": OURS, "GetAccessKeyLastUsed": fault("denied"), "ListAccessKeys": LISTED,
           "LookupEvents": seen(type="IAMUser", userName="ci")}, ("user", "ci", "")),
    ("ASIA" + KEY[4:], {"GetAccessKeyInfo": OURS, "LookupEvents": seen(type="AssumedRole", **ISSUED)},
     ("role", "", "deploy")),
    ("ASIA" + KEY[4:], {"GetAccessKeyInfo": OURS, "LookupEvents": seen(type="FederatedUser", **ISSUED)},
     ("session", "deploy", "")),
    ("ASIA" + KEY[4:], {"GetAccessKeyInfo": OURS, "LookupEvents": {"Events": []}}, ("unclear", "", "")),
    (KEY, {"GetAccessKeyInfo": OURS, "GetAccessKeyLastUsed": NAMED, "LookupEvents": ROOT}, ("root", "", "")),
    (KEY, {"GetAccessKeyInfo": OURS, "GetAccessKeyLastUsed": NAMED, "LookupEvents": ROOT,
           "ListAccessKeys": {"AccessKeyMetadata": [{"AccessKeyId": "AKIAOFTHEUSERROOT000"}]}}, ("root", "", "")),
    (KEY, {"GetAccessKeyInfo": OURS, "LookupEvents": ROOT}, ("root", "", "")),
    (KEY, {"GetAccessKeyInfo": OURS, "GetAccessKeyLastUsed": NAMED}, ("unclear", "", "")),
    (KEY, {"GetAccessKeyInfo": OURS, "GetAccessKeyLastUsed": NAMED, "ListAccessKeys": LISTED}, ("user", "root", "")),
    ("ASIA" + KEY[4:], {"GetAccessKeyInfo": OURS, "LookupEvents": ROOT}, ("root", "", "")),
    ("ASIA" + KEY[4:], {"GetAccessKeyInfo": OURS, "LookupEvents": seen(type="FederatedUser", **BY_ROOT)},
     ("root", "", "")),
    ("AEAA" + KEY[4:], {}, ("unclear", "", "")),
    ("ACCA" + KEY[4:], {"ListServiceSpecificCredentials": SERVICES}, ("service", "", "")),
    ("ACCA" + KEY[3:], {"ListServiceSpecificCredentials": SERVICES}, ("unclear", "", "")),
    ("ACCA" + KEY[3:], {"ListServiceSpecificCredentials": {**SERVICES, "IsTruncated": True}}, ("unclear", "", "")),
]  # fmt: skip


@pytest.mark.parametrize(("key", "answers", "whose"), OWNERS)
def test_every_key_is_of_one_kind(key: str, answers: dict[str, Any], whose: tuple[str, str, str]) -> None:
    """A user's, another account's, none, deleted, hidden, a role's, a user's session, no key, a service's, and root's:
    by who called, never by a name that a user may have as well."""
    found = observe("iam.key_owner", Account(**{"LookupEvents": {"Events": []}, **answers}),
                    access_key_id=key, account=HERE)  # fmt: skip
    assert (found["kind"], found["user"], found["role"]) == whose
    assert found["why"]


def test_whose_a_session_is_may_be_known_in_another_region_only() -> None:
    """Every enabled Region is asked; one that refuses is a gap, and then nobody says that CloudTrail is only late."""

    def far(call: Call) -> Any:
        known = seen(type="AssumedRole", **ISSUED)
        return known if call.region == "ap-southeast-2" else {"Events": []}

    where = Account(GetAccessKeyInfo=OURS, DescribeRegions=REGIONS, LookupEvents=far)
    found = observe("iam.key_owner", where, access_key_id="ASIA" + KEY[4:], account=HERE)
    assert (found["kind"], found["role"], found["gaps"]) == ("role", "deploy", [])

    def partly(call: Call) -> Any:
        return fault("denied") if call.region == "us-east-1" else {"Events": []}

    blind = Account(GetAccessKeyInfo=OURS, DescribeRegions=REGIONS, LookupEvents=partly)
    found = observe("iam.key_owner", blind, access_key_id="ASIA" + KEY[4:], account=HERE)
    assert found["kind"] == "unclear" and "quarter" not in found["why"] and "us-east-1" in found["gaps"][0]


@pytest.mark.parametrize(
    ("event", "whose"),
    [
        ({"eventName": "AssumeRole", "requestParameters": {"roleArn": f"arn:aws:iam::{HERE}:role/team/deploy"}},
         ("role", "", "deploy")),
        ({"eventName": "GetSessionToken", "userIdentity": {"type": "IAMUser", "userName": "ci"}},
         ("session", "ci", "")),
        ({"eventName": "GetFederationToken", "userIdentity": {"type": "Root"}}, ("root", "", "")),
    ],
)  # fmt: skip
def test_a_session_that_called_nothing_yet_is_known_by_who_opened_it(
    event: dict[str, Any], whose: tuple[str, str, str]
) -> None:
    """What only reads objects leaves no management event; the call that opened it does, and names it."""
    session = "ASIA" + KEY[4:]
    opened = {**event, "responseElements": {"credentials": {"accessKeyId": session}}}
    other = {**event, "responseElements": {"credentials": {"accessKeyId": "ASIAOTHER"}}}

    def events(call: Call) -> Any:
        by_name = call.params["LookupAttributes"][0]["AttributeKey"] == "ResourceName"
        return {"Events": [{"CloudTrailEvent": one} for one in (other, opened) if by_name]}

    found = observe("iam.key_owner", Account(GetAccessKeyInfo=OURS, LookupEvents=events),
                    access_key_id=session, account=HERE)  # fmt: skip
    assert (found["kind"], found["user"], found["role"]) == whose


def test_events_that_bear_an_attribute_come_from_every_region_newest_first() -> None:
    """Who opened root sessions, or a session, is told wherever it was done."""
    told = {"us-east-1": "10:00", "ap-southeast-2": "11:00"}

    def events(call: Call) -> Any:
        assert call.params["LookupAttributes"] == [{"AttributeKey": "EventName", "AttributeValue": "AssumeRoot"}]
        return {"Events": [{"CloudTrailEvent": {"eventTime": told[str(call.region)], "awsRegion": call.region}}]}

    asked = {"attribute": "EventName", "value": "AssumeRoot"}
    found = observe("cloudtrail.lookup", Account(DescribeRegions=REGIONS, LookupEvents=events), **asked)
    assert [event["awsRegion"] for event in found["events"]] == ["ap-southeast-2", "us-east-1"]
    assert (found["count"], found["gaps"]) == (2, [])
    with pytest.raises(AwsFault):
        observe("cloudtrail.lookup", Account(DescribeRegions=REGIONS, LookupEvents=fault("denied")), **asked)


def test_a_service_credential_names_its_user_and_what_to_do() -> None:
    """Its id is found among those of all users; one that may not be listed is not called unknown."""
    found = observe("iam.key_owner", Account(ListServiceSpecificCredentials=SERVICES),
                    access_key_id="ACCA" + KEY[4:], account=HERE)  # fmt: skip
    assert found["why"] == (
        "it is a credential of jo for bedrock.amazonaws.com, active: take suspicious-user-removal with jo"
    )
    with pytest.raises(AwsFault):
        observe("iam.key_owner", Account(ListServiceSpecificCredentials=fault("denied")),
                access_key_id="ACCA" + KEY[4:], account=HERE)  # fmt: skip


def test_a_throttled_answer_is_no_deleted_key() -> None:
    """What AWS does not answer now is asked again, and nothing is concluded from it."""
    busy = Account(GetAccessKeyInfo=OURS, GetAccessKeyLastUsed=fault("throttled"))
    with pytest.raises(AwsFault):
        observe("iam.key_owner", busy, access_key_id=KEY, account=HERE)
