"""What each action reads, plans and refuses, against a small table of AWS's answers."""

import ast
import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import irtui.actions
from irtui.actions.interface import Action
from irtui.actions.observe import before, reply_of
from irtui.actions.registry import ACTIONS
from irtui.aws import shapes
from irtui.aws.door import Objects
from irtui.aws.effects import effect
from irtui.errors import AwsFault, Denied, RunbookError, SimulatorGap
from irtui.model.call import Call
from irtui.model.effect import Effect
from irtui.model.outcome import Reply
from irtui.model.plan import PlannedCall, with_made
from irtui.runbook.expressions import truth

NOW = datetime(2026, 11, 23, 12, 0, 0, 500, tzinfo=UTC)
KEY = "AKIACICICICICICICICI"
WHO = {"user": "ci", "access_key_id": KEY}
OLD = {"Version": "2012-10-17", "Statement": []}


class Account:
    """Answers reads from a table: operation → reply, or an error to raise. What is not in it is absent."""

    region = "us-east-1"

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[Call] = []

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        assert effect(call.service, call.operation) is Effect.READ
        assert not shapes.parameter_problems(call), shapes.parameter_problems(call)
        self.asked.append(call)
        answer = self.answers.get(call.operation, fault("absent"))
        if callable(answer):
            answer = answer(call)
        if isinstance(answer, Exception):
            raise answer
        return Reply(answer)

    def objects(self) -> Objects:
        raise fault("denied")

    def told(self, words: str) -> None: ...


def fault(kind: str) -> AwsFault:
    return AwsFault(kind, kind.title(), "no", call="x.Y")


def keys(status: str) -> dict[str, Any]:
    return {"AccessKeyMetadata": [{"UserName": "ci", "AccessKeyId": KEY, "Status": status}], "IsTruncated": False}


def plan(action: str, account: Account, inputs: Mapping[str, Any]) -> PlannedCall:
    make = ACTIONS[action].plan
    assert make is not None
    (only,) = make(account, inputs, NOW)
    return only


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.id)
def test_the_registry_is_complete_and_honest(action: Action) -> None:
    """Path and id agree, the docstring tells everything, the operations exist, permissions are well formed."""
    service, name = action.id.split(".")
    path = Path(irtui.actions.__path__[0], service, f"{name}.py")
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    for word in ("Stops", "reaks", "CloudTrail:", "```yaml", f"use: {action.id}"):
        assert word in words, word
    if action.plan:
        assert "Undo:" in words
        assert action.changes
    for operation in action.changes:
        assert shapes.known(*operation.split("."))
        assert effect(*operation.split(".")) is not Effect.READ
    for permission in action.permissions:
        assert permission.count(":") == 1 and "*" not in permission


def test_the_registry_is_the_folder() -> None:
    """An action that is written but not listed could not be used."""
    folder = Path(irtui.actions.__path__[0])
    files = {f"{path.parent.name}.{path.stem}" for path in folder.glob("*/*.py") if path.stem != "__init__"}
    assert files == set(ACTIONS)


@pytest.mark.parametrize("action", [a for a in ACTIONS.values() if a.inputs], ids=lambda action: action.id)
def test_an_empty_input_is_refused(action: Action) -> None:
    """IAM takes an empty name for the caller's own, so nothing empty gets near it."""
    empty = dict.fromkeys(action.inputs, " ")
    with pytest.raises(RunbookError):
        (action.observe or action.plan)(Account(), empty, NOW)  # type: ignore[misc]


PLANS = [
    ("iam.deny_all", {"user": "ci"}, {"GetUserPolicy": fault("absent")}),
    ("iam.deactivate_access_key", WHO, {"ListAccessKeys": keys("Active")}),
    ("iam.reactivate_access_key", WHO, {"ListAccessKeys": keys("Inactive")}),
    ("iam.delete_access_key", WHO, {"ListAccessKeys": keys("Inactive")}),
    ("iam.revoke_role_sessions", {"role": "deploy"}, {"GetRole": {"Role": {"Path": "/"}}}),
]


@pytest.mark.parametrize(("action", "inputs", "answers"), PLANS)
def test_a_plan_is_whole(action: str, inputs: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Parameters fit, before comes from the look, the look reads, undo or a reason stands there, and JSON keeps it."""
    account = Account(**answers)
    call = plan(action, account, inputs)
    assert not shapes.parameter_problems(call.call) and call.call.name in ACTIONS[action].changes
    assert call.look is not None and effect(call.look.call.service, call.look.call.operation) is Effect.READ
    assert call.before == before(reply_of(account, call.look.call), call.look)
    assert bool(call.undo) is not bool(call.irreversible)
    if call.undo:
        assert not shapes.parameter_problems(call.undo) and call.undo.name in ACTIONS[action].changes
    assert PlannedCall.from_data(json.loads(json.dumps(call.as_data()))).as_data() == call.as_data()
    spoken = {f"{c.service}:{c.operation}" for c in (*account.asked, call.call, call.look.call, call.undo) if c}
    assert spoken <= set(ACTIONS[action].permissions)


@pytest.mark.parametrize(("action", "inputs", "answers"), PLANS)
def test_the_look_tells_done_from_not_done(action: str, inputs: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """The condition is false before and true after the call, as AWS would answer then."""
    call = plan(action, Account(**answers), inputs)
    assert call.look is not None
    after = {
        "iam.deactivate_access_key": keys("Inactive"),
        "iam.reactivate_access_key": keys("Active"),
        "iam.delete_access_key": {"AccessKeyMetadata": []},
    }.get(action, {"PolicyDocument": call.call.params.get("PolicyDocument")})
    then = answers.get("ListAccessKeys", {"PolicyDocument": OLD})
    assert truth(call.look.until, then) is False
    assert truth(call.look.until, after) is True


@pytest.mark.parametrize(
    ("action", "inputs", "read"),
    [
        ("iam.deny_all", {"user": "ci"}, "GetUserPolicy"),
        ("iam.revoke_role_sessions", {"role": "deploy"}, "GetRolePolicy"),
    ],
)
def test_an_earlier_document_is_put_back_by_the_undo(action: str, inputs: Mapping[str, Any], read: str) -> None:
    """Where a policy of that name stood, undo does not delete it."""
    account = Account(**{read: {"PolicyDocument": OLD}, "GetRole": {"Role": {"Path": "/"}}})
    undo = plan(action, account, inputs).undo
    assert undo is not None and undo.operation.startswith("Put") and undo.params["PolicyDocument"] == OLD


@pytest.mark.parametrize("action", ["iam.deny_all", "iam.revoke_role_sessions", "iam.deactivate_access_key"])
@pytest.mark.parametrize("kind", ["denied", "throttled", "timeout"])
def test_containment_is_planned_although_nothing_can_be_read(action: str, kind: str) -> None:
    """A denied or slow read is unknown, never absent, and does not stop containment."""
    names = ("GetUserPolicy", "GetRolePolicy", "GetRole", "ListAccessKeys")
    call = plan(action, Account(**{name: fault(kind) for name in names}), {**WHO, "role": "deploy"})
    assert call.before is not None and call.before.state == "unknown" and call.before.why
    assert call.undo is not None


FULL_USER = {"Arn": "arn:aws-cn:iam::111122223333:user/ci", "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:b"}}
FULL_ROLE = {"Arn": "arn:aws:iam::111122223333:role/deploy", "Path": "/"}


def inline(kind: str, characters: int, name: str = "other") -> dict[str, Any]:
    """What IAM tells of one inline policy of so many characters."""
    document = {"Statement": [{"Resource": ""}]}
    document["Statement"][0]["Resource"] = "x" * (characters - len(json.dumps(document, separators=(",", ":"))))
    return {f"List{kind}Policies": {"PolicyNames": [name]}, f"Get{kind}Policy": {"PolicyDocument": document}}


@pytest.mark.parametrize(
    ("action", "inputs", "kind", "most", "holder"),
    [
        ("iam.deny_all", {"user": "ci"}, "User", 2048, FULL_USER),
        ("iam.deny_role", {"role": "deploy"}, "Role", 10240, FULL_ROLE),
        ("iam.revoke_role_sessions", {"role": "deploy"}, "Role", 10240, FULL_ROLE),
    ],
)
def test_where_inline_policies_are_full_the_plan_takes_the_boundary(
    action: str, inputs: Mapping[str, Any], kind: str, most: int, holder: Mapping[str, Any]
) -> None:
    """What fits to the character is inline; one more, and AWSDenyAll is the boundary: the note says so, undo fits."""
    read = {f"Get{kind}": {kind: holder}}
    small = len(json.dumps(plan(action, Account(**read), inputs).call.params["PolicyDocument"], separators=(",", ":")))
    fits = plan(action, Account(**inline(kind, most - small), **read), inputs)
    assert fits.call.operation == f"Put{kind}Policy" and "room" not in fits.note
    account = Account(**inline(kind, most - small + 1), **read)
    full = plan(action, account, inputs)
    assert (
        full.call.operation == f"Put{kind}PermissionsBoundary"
        and f"NO ROOM for an inline policy: others fill the {most:,}" in full.note
    )
    assert (
        full.call.params["PermissionsBoundary"]
        == f"{holder['Arn'][: holder['Arn'].index(':iam')]}:iam::aws:policy/AWSDenyAll"
    )
    assert full.look is not None and full.undo is not None
    assert full.before == before(reply_of(account, full.look.call), full.look)
    assert truth(full.look.until, read[f"Get{kind}"]) is False
    bound = {kind: {"PermissionsBoundary": {"PermissionsBoundaryArn": full.call.params["PermissionsBoundary"]}}}
    assert truth(full.look.until, bound) is True
    earlier = holder.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    assert full.undo.params.get("PermissionsBoundary") == earlier
    assert full.undo.operation == f"{'Put' if earlier else 'Delete'}{kind}PermissionsBoundary"
    asked = {f"{c.service}:{c.operation}" for c in (*account.asked, full.call, full.undo)}
    assert asked <= set(ACTIONS[action].permissions)
    assert {full.call.name, full.undo.name} <= set(ACTIONS[action].changes)


def test_room_that_nobody_could_read_is_not_room() -> None:
    """Containment is planned inline all the same, and says what it does not know; its own earlier policy takes none."""
    for lacking in ("ListUserPolicies", "GetUserPolicy"):
        found = plan("iam.deny_all", Account(**{**inline("User", 1000), lacking: fault("denied")}), {"user": "ci"})
        assert found.call.operation == "PutUserPolicy" and "Whether there is room for it is not known" in found.note
    own = plan("iam.deny_all", Account(**inline("User", 2048, "irtui-deny-all")), {"user": "ci"})
    assert own.call.operation == "PutUserPolicy" and "room" not in own.note


def test_a_boundary_that_nobody_could_read_cannot_be_put_back() -> None:
    """The plan says why there is no undo, instead of one that takes a boundary away that was there."""
    found = plan("iam.deny_all", Account(**inline("User", 2048), GetUser=fault("denied")), {"user": "ci"})
    assert found.undo is None and "could not be read" in found.irreversible
    with pytest.raises(AwsFault, match="There is no user ci"):
        plan("iam.deny_all", Account(**inline("User", 2048)), {"user": "ci"})


def test_an_ended_session_is_not_a_gap() -> None:
    """Expired credentials stop the action: the operator signs in and goes on."""
    with pytest.raises(AwsFault) as caught:
        plan("iam.deny_all", Account(GetUserPolicy=fault("expired")), {"user": "ci"})
    assert caught.value.kind == "expired"


@pytest.mark.parametrize("answer", [keys("Active"), fault("denied")])
def test_only_a_key_seen_inactive_is_deleted(answer: Any) -> None:
    """What cannot be brought back is first switched off, and seen to be."""
    with pytest.raises(Denied):
        plan("iam.delete_access_key", Account(ListAccessKeys=answer), WHO)


@pytest.mark.parametrize("action", ["iam.deactivate_access_key", "iam.delete_access_key"])
def test_a_key_that_is_not_there_is_absent(action: str) -> None:
    """A key of somebody else, or a deleted one, is said and not touched."""
    with pytest.raises(AwsFault) as caught:
        plan(action, Account(ListAccessKeys={"AccessKeyMetadata": []}), WHO)
    assert caught.value.kind == "absent"


def test_undo_leaves_a_key_off_that_was_off_before() -> None:
    """Taking back a deactivation does not switch on what was off."""
    undo = plan("iam.deactivate_access_key", Account(ListAccessKeys=keys("Inactive")), WHO).undo
    assert undo is not None and undo.params["Status"] == "Inactive"


def test_the_cut_is_fixed_in_the_plan() -> None:
    """Sessions issued until 90 s after the plan are denied: those also that are opened while IAM spreads the change."""
    call = plan(
        "iam.revoke_role_sessions", Account(GetRole={"Role": {"Path": "/"}}), {"role": "arn:aws:iam::1:role/a/deploy"}
    )
    statement = call.call.params["PolicyDocument"]["Statement"][0]
    assert statement["Condition"] == {"DateLessThan": {"aws:TokenIssueTime": "2026-11-23T12:01:31Z"}}
    assert (call.target, call.call.params["PolicyName"]) == ("deploy", "AWSRevokeOlderSessions")


PUT = {"bucket": "evidence", "account": "444455556666", "key": "INC-A/00000007.note", "note": "a\n7\n\n\u2014 a b\n"}
LOCKED = {"GetObjectLockConfiguration": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}}


def test_a_checkpoint_is_locked_in_compliance_mode_under_a_name_of_its_own() -> None:
    """What is sent says until when, for whose bucket, with what sum, and only where nothing has that name yet."""
    account = Account(**LOCKED)
    planned = plan("journal.checkpoint", account, {**PUT, "days": "30", "incident_account": "111122223333"})
    params = planned.call.params
    assert not shapes.parameter_problems(planned.call) and planned.look and planned.effect is Effect.CHANGE
    assert (params["ObjectLockMode"], params["ObjectLockRetainUntilDate"]) == ("COMPLIANCE", "2026-12-23T12:00:00Z")
    assert (params["IfNoneMatch"], params["ExpectedBucketOwner"], params["Body"]) == ("*", "444455556666", PUT["note"])
    assert base64.b64decode(params["ChecksumSHA256"]) == hashlib.sha256(PUT["note"].encode()).digest()
    assert planned.undo is None and "2026-12-23" in planned.irreversible and planned.note == ""
    assert truth(planned.look.until, {"Retention": {"Mode": "COMPLIANCE"}})
    assert not truth(planned.look.until, {"Retention": {"Mode": "GOVERNANCE"}})
    assert PlannedCall.from_data(json.loads(json.dumps(planned.as_data()))).as_data() == planned.as_data()
    own = plan("journal.checkpoint", account, {**PUT, "incident_account": PUT["account"]})
    assert "incident's own account" in own.note


@pytest.mark.parametrize(
    "answer", [fault("absent"), fault("denied"), fault("timeout"), {"ObjectLockConfiguration": {}}]
)
def test_a_bucket_that_is_not_seen_to_be_locked_takes_no_checkpoint(answer: Any) -> None:
    """Without Object Lock its owner could take one back; what nobody could see is refused as well."""
    with pytest.raises(Denied):
        plan("journal.checkpoint", Account(GetObjectLockConfiguration=answer), PUT)
    with pytest.raises(RunbookError):
        plan("journal.checkpoint", Account(**LOCKED), {**PUT, "days": "-1"})


def listed(*statuses: str) -> dict[str, Any]:
    """The answers about a user with that many keys; the first was used, of the others nobody may say it."""
    ids = [f"AKIA{number:016d}" for number in range(len(statuses))]
    used = {ids[0]: {"LastUsedDate": NOW, "ServiceName": "s3", "Region": "us-east-1"}} if ids else {}

    def last(call: Call) -> dict[str, Any]:
        if call.params["AccessKeyId"] not in used:
            raise fault("denied")
        return {"AccessKeyLastUsed": used[call.params["AccessKeyId"]]}

    rows = [{"AccessKeyId": key, "Status": status} for key, status in zip(ids, statuses, strict=True)]
    return {
        "GetUser": {"User": {"UserName": "bot", "CreateDate": NOW}}, "ListAccessKeys": {"AccessKeyMetadata": rows},
        "GetAccessKeyLastUsed": last,
    }  # fmt: skip


@pytest.mark.parametrize("statuses", [(), ("Active",)])
def test_a_new_key_is_seen_by_what_was_not_there_before(statuses: tuple[str, ...]) -> None:
    """The look holds with one key more, and not before; the undo lacks only the id, which the reply tells."""
    account = Account(**listed(*statuses))
    call = plan("iam.create_access_key", account, {"user": "bot", "leaked": "ci"})
    assert call.call == Call("iam", "CreateAccessKey", {"UserName": "bot"}) and call.look is not None
    was = account.answers["ListAccessKeys"]
    more = {"AccessKeyMetadata": [*was["AccessKeyMetadata"], {"AccessKeyId": "AKIANEWNEWNEWNEWNEW1"}]}
    assert (truth(call.look.until, was), truth(call.look.until, more)) == (False, True)
    told = with_made(json.loads(json.dumps(call.as_data())), {"AccessKeyId": "AKIANEWNEWNEWNEWNEW1"})
    assert not shapes.parameter_problems(Call.from_data(told["undo"]))
    assert PlannedCall.from_data(call.as_data()).as_data() == call.as_data()
    spoken = {f"{c.service}:{c.operation}" for c in (*account.asked, call.call, call.undo) if c}
    assert spoken == set(ACTIONS["iam.create_access_key"].permissions) - (
        set() if statuses else {"iam:GetAccessKeyLastUsed"}
    )
    assert f"last used {NOW:%Y-%m-%d} for s3" in call.note if statuses else "no key yet" in call.note


@pytest.mark.parametrize(
    ("user", "answers", "words"),
    [
        ("bot", listed("Active", "Inactive"), ("no third", "last used 2026-11-23 for s3", "nobody can say when")),
        ("CI", listed(), ("is the user whose key leaked", "Name another user")),
    ],
)  # fmt: skip
def test_who_can_get_no_key_is_refused_in_the_plan(user: str, answers: dict[str, Any], words: tuple[str, ...]) -> None:
    """Two keys are the limit: both are named, with their last use. The leaked user is refused, however it is spelt."""
    with pytest.raises(RunbookError) as error:
        plan("iam.create_access_key", Account(**answers), {"user": user, "leaked": "ci"})
    said = f"{error.value.message} {error.value.advice}"
    assert all(word in said for word in words), said


@pytest.mark.parametrize("operation", ["GetUser", "ListAccessKeys"])
def test_who_cannot_be_read_gets_no_key(operation: str) -> None:
    """Nobody knows how many keys there are, or that the user is there: nothing is planned."""
    with pytest.raises(AwsFault):
        plan("iam.create_access_key", Account(**{**listed(), operation: fault("denied")}), {"user": "bot"})


@pytest.mark.parametrize("path", ["/aws-service-role/ecs.amazonaws.com/", "/aws-reserved/sso.amazonaws.com/"])
def test_roles_that_aws_owns_are_refused(path: str) -> None:
    """Their policies cannot be changed, so nothing is promised."""
    with pytest.raises(Denied):
        plan("iam.revoke_role_sessions", Account(GetRole={"Role": {"Path": path}}), {"role": "r"})


def observe(action: str, account: Account, inputs: Mapping[str, Any]) -> Any:
    look = ACTIONS[action].observe
    assert look is not None
    facts = look(account, inputs, NOW)
    assert set(ACTIONS[action].keeps) <= set(facts.data) and facts.data["gaps"] == list(facts.gaps)
    return facts


def test_a_snapshot_holds_what_hangs_on_the_user() -> None:
    """Keys with their last use, groups, and each policy once: of AWS's the version in use, of others all versions."""
    own, aws = "arn:aws:iam::111122223333:policy/own", "arn:aws:iam::aws:policy/theirs"
    versions = {"Versions": [{"VersionId": f"v{n}", "IsDefaultVersion": n == 1} for n in (2, 1)]}
    account = Account(
        GetUser={"User": {"UserName": "ci", "UserId": "AIDA1"}},
        ListAccessKeys=keys("Active"),
        GetAccessKeyLastUsed={"AccessKeyLastUsed": {"ServiceName": "s3"}},
        ListAttachedUserPolicies={"AttachedPolicies": [{"PolicyArn": own}, {"PolicyArn": aws}]},
        ListAttachedGroupPolicies={"AttachedPolicies": [{"PolicyArn": own}]},
        ListPolicyVersions=versions,
        GetPolicyVersion={"PolicyVersion": {"Document": OLD}},
        ListUserPolicies={"PolicyNames": ["p"]},
        GetUserPolicy={"PolicyDocument": OLD},
        ListGroupsForUser={"Groups": [{"GroupName": "g"}]},
        ListGroupPolicies={"PolicyNames": ["gp"]},
        GetGroupPolicy={"PolicyDocument": OLD},
    )
    facts = observe("iam.snapshot_user", account, {"user": "ci"})
    assert (facts.data["user_id"], facts.data["active_keys"], facts.gaps) == ("AIDA1", [KEY], ())
    assert facts.data["keys"][0]["LastUsed"] == {"ServiceName": "s3"}
    assert facts.data["inline_policies"] == {"p": OLD} and facts.data["groups"][0]["InlinePolicies"] == {"gp": OLD}
    assert facts.data["managed_policies"] == {
        own: {"default": "v1", "v2": OLD, "v1": OLD}, aws: {"default": "v1", "v1": OLD}
    }  # fmt: skip
    spoken = {f"{call.service}:{call.operation}" for call in account.asked}
    assert spoken <= set(ACTIONS["iam.snapshot_user"].permissions)


def test_what_was_never_used_and_what_nobody_could_read_are_not_the_same() -> None:
    """When a user was last at work is said in words; a refusal is not "never"."""
    person = {"User": {"UserName": "ci", "UserId": "AIDA1", "PasswordLastUsed": "2026-11-23T09:30:00Z"}}
    used = {"LastUsedDate": "2026-11-23T10:00:00Z", "ServiceName": "s3", "Region": "eu-west-1"}
    known = Account(
        GetUser=person, ListAccessKeys=keys("Active"), GetAccessKeyLastUsed={"AccessKeyLastUsed": used},
        GetLoginProfile={"LoginProfile": {"UserName": "ci"}},
    )  # fmt: skip
    words = observe("iam.snapshot_user", known, {"user": "ci"}).data["used"]
    assert words == f"key {KEY} 2026-11-23 10:00Z (s3, eu-west-1), password 2026-11-23 09:30Z"
    assert (
        "never"
        in observe("iam.snapshot_user", Account(GetUser=person, ListAccessKeys=keys("Active")), {"user": "ci"}).data[
            "used"
        ]
    )
    hidden = Account(GetUser=person, ListAccessKeys=fault("denied"))
    assert observe("iam.snapshot_user", hidden, {"user": "ci"}).data["used"] == "not known"


@pytest.mark.parametrize("error", [fault("denied"), fault("throttled"), SimulatorGap("not there")])
def test_what_a_snapshot_may_not_read_is_a_gap(error: Exception) -> None:
    """One refused read is named, the rest is kept."""
    account = Account(GetUser={"User": {"UserId": "AIDA1"}}, ListServiceSpecificCredentials=error)
    facts = observe("iam.snapshot_user", account, {"user": "ci"})
    assert len(facts.gaps) == 1 and "ListServiceSpecificCredentials" in facts.gaps[0]
    assert facts.data["user_id"] == "AIDA1" and facts.data["service_credentials"] is None


def test_a_user_that_is_not_there_is_absent_but_a_hidden_one_is_a_gap() -> None:
    """NoSuchEntity fails the snapshot; AccessDenied does not."""
    with pytest.raises(AwsFault) as caught:
        observe("iam.snapshot_user", Account(), {"user": "ci"})
    assert caught.value.kind == "absent"
    assert observe("iam.snapshot_user", Account(GetUser=fault("denied")), {"user": "ci"}).gaps


HERE, THERE = "111122223333", "444455556666"


def event(number: int, name: str, asked: Any = None, answered: Any = None, **more: Any) -> dict[str, Any]:
    told = {
        "eventID": str(number), "eventName": name, "eventTime": f"2026-11-23T10:00:{number:02}Z",
        "recipientAccountId": HERE,
        "eventSource": "sts.amazonaws.com", "sourceIPAddress": "203.0.113.9", "userAgent": "aws-cli",
        "requestParameters": asked, "responseElements": answered, **more,
    }  # fmt: skip
    return {"EventId": str(number), "CloudTrailEvent": json.dumps(told) if number % 2 else told}


def assumed(number: int, role: str, session: str, account: str = HERE, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:iam::{account}:role/{role}"
    return event(number, "AssumeRole", {"roleArn": arn}, {"credentials": {"accessKeyId": session}}, **more)


def history(**events: list[dict[str, Any]]) -> Any:
    def lookup(call: Call) -> dict[str, Any]:
        return {"Events": events.get(call.params["LookupAttributes"][0]["AttributeValue"], [])}

    return lookup


def test_chained_roles_and_further_keys_are_found() -> None:
    """A role assumed from a session of a role of a session token is found, and the key that it made."""
    lookup = history(
        AKIA1=[event(1, "GetSessionToken", None, {"credentials": {"accessKeyId": "ASIA1"}}), event(2, "ListBuckets")],
        ASIA1=[
            assumed(3, "first", "ASIA2"),
            assumed(4, "refused", "ASIAX", errorCode="AccessDenied", responseElements=None),
        ],
        ASIA2=[assumed(5, "path/second", "ASIA3"), assumed(6, "far", "ASIA4", THERE)],
        ASIA3=[
            event(
                7, "CreateAccessKey", {"userName": "evil"}, {"accessKey": {"accessKeyId": "AKIA2", "userName": "evil"}}
            )
        ],
        AKIA2=[event(8, "CreateUser", {"userName": "worse"}, {})],
    )
    facts = observe("cloudtrail.trace_access_key", Account(LookupEvents=lookup), {"access_key_id": "AKIA1"})
    assert facts.data["roles"] == ["first", "second"]
    assert facts.data["foreign_roles"] == [f"arn:aws:iam::{THERE}:role/far"]
    assert facts.data["session_ids"] == ["ASIA1", "ASIA2", "ASIA3", "ASIA4"]
    assert facts.data["further_keys"] == [{"id": "AKIA2", "user": "evil"}]
    assert (facts.data["created_users"], facts.data["event_count"], facts.data["refused_count"]) == (["worse"], 8, 1)
    assert facts.data["source_ips"] == [{"value": "203.0.113.9", "count": 8}]
    assert any("far" in gap for gap in facts.gaps)


def test_one_region_that_is_refused_is_a_gap_all_of_them_a_failure() -> None:
    """No events seen is not the same as no events: with nothing read there is no list of roles."""

    there = {"Regions": [{"RegionName": "eu-north-1"}, {"RegionName": "us-east-1"}]}

    def partly(call: Call) -> Any:
        return fault("denied") if call.region == "us-east-1" else {"Events": [assumed(1, "first", "ASIA1")]}

    account = Account(DescribeRegions=there, LookupEvents=partly)
    facts = observe("cloudtrail.trace_access_key", account, {"access_key_id": "AKIA1"})
    assert facts.data["roles"] == ["first"] and "us-east-1" in facts.gaps[0]
    for error in (fault("denied"), SimulatorGap("no")):
        with pytest.raises((AwsFault, SimulatorGap)):
            observe("cloudtrail.trace_access_key", Account(LookupEvents=error), {"access_key_id": "AKIA1"})


def test_a_trace_ends_although_sessions_make_sessions_for_ever() -> None:
    """The number of keys followed is bounded, and what was left out is said; so is a cut list."""

    def endless(call: Call) -> Any:
        number = int(call.params["LookupAttributes"][0]["AttributeValue"].removeprefix("ASIA"))
        return {"Events": [assumed(number, "r", f"ASIA{number + 1}")], "NextToken": "more"}

    account = Account(LookupEvents=endless)
    facts = observe("cloudtrail.trace_access_key", account, {"access_key_id": "ASIA10", "regions": ["eu-central-1"]})
    assert len(account.asked) == 50
    assert any("not followed" in gap for gap in facts.gaps) and any("older" in gap for gap in facts.gaps)


@pytest.mark.parametrize("hostile", ["not json", "[]", '{"requestParameters": "x", "responseElements": [1]}', "null"])
def test_an_event_that_cannot_be_parsed_is_kept_as_far_as_it_goes(hostile: str) -> None:
    """Strange events do not stop the trace."""
    answer = {"Events": [{"EventId": "e", "EventName": "X", "EventTime": NOW, "CloudTrailEvent": hostile}]}
    facts = observe("cloudtrail.trace_access_key", Account(LookupEvents=answer), {"access_key_id": "AKIA1"})
    assert facts.data["event_count"] == 1 and facts.data["roles"] == []
