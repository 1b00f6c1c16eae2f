"""Whose root user it is, what it did, whom AWS would write to, and a password policy, by tables of AWS's answers."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from irtui.actions.registry import ACTIONS
from irtui.aws import shapes
from irtui.aws.door import Objects
from irtui.errors import AwsFault, RunbookError, SimulatorGap
from irtui.model.call import Call
from irtui.model.outcome import Reply

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HERE, MEMBER, OTHER = "111122223333", "444455556666", "777788889999"
NOBODY = "AccountNotManagementOrDelegatedAdministratorException"


class Account:
    """Answers reads from a table: operation → reply, a function of the call, or an error to raise."""

    region = "eu-central-1"

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        assert not shapes.parameter_problems(call), shapes.parameter_problems(call)
        answer = self.answers.get(call.operation, fault("absent"))
        answer = answer(call) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return Reply(answer)

    def objects(self) -> Objects:
        raise fault("denied")

    def told(self, words: str) -> None: ...


def fault(kind: str, code: str = "") -> AwsFault:
    return AwsFault(kind, code or kind.title(), "no", call="x.Y")


def observe(action: str, of: Account, /, **inputs: str) -> Mapping[str, Any]:
    look = ACTIONS[action].observe
    assert look is not None
    facts = look(of, inputs, NOW)
    assert set(ACTIONS[action].keeps) <= set(facts.data)
    return facts.data


def who(account: str = HERE, arn: str = "assumed-role/IR/me") -> dict[str, Any]:
    return {"Account": account, "Arn": f"arn:aws:sts::{account}:{arn}", "UserId": "x"}


def within(management: str) -> dict[str, Any]:
    return {"Organization": {"Id": "o-1", "MasterAccountId": management}}


OFF = fault("invalid", "ServiceAccessNotEnabledException")
ON = {"EnabledFeatures": ["RootCredentialsManagement"]}


@pytest.mark.parametrize(
    ("answers", "member", "way", "rest"),
    [
        ({}, "", "standalone", (False, False, False)),
        ({}, HERE, "standalone", (False, False, False)),
        ({"DescribeOrganization": within(HERE)}, "", "management", (False, False, False)),
        ({"DescribeOrganization": within(OTHER)}, "", "inside", (False, False, False)),
        ({"DescribeOrganization": within(HERE), "ListOrganizationsFeatures": ON, "DescribeAccount": {"Account": {}}},
         MEMBER, "member", (True, True, True)),
        ({"DescribeOrganization": within(HERE), "ListOrganizationsFeatures": OFF, "DescribeAccount": {"Account": {}}},
         MEMBER, "member", (False, False, True)),
        ({"DescribeOrganization": within(OTHER), "ListOrganizationsFeatures": ON}, MEMBER, "member",
         (True, True, False)),
    ],
)  # fmt: skip
def test_the_branch_is_read_from_the_account(
    answers: dict[str, Any], member: str, way: str, rest: tuple[bool, bool, bool]
) -> None:
    """No organization, its management account, a member from inside, a member from above; and what is on."""
    found = observe("account.root_place", Account(GetCallerIdentity=who(), **answers), member=member)
    assert found["way"] == way
    assert (found["trusted"], found["feature"], found["scp"]) == rest
    assert found["account"] == (member or HERE)


@pytest.mark.parametrize(
    ("answers", "member", "why"),
    [
        ({}, MEMBER, "in no organization"),
        ({"DescribeOrganization": within(HERE), "GetCallerIdentity": who(arn=":root")}, MEMBER, "root user"),
        ({"DescribeOrganization": within(OTHER)}, OTHER, "management account"),
        ({"DescribeOrganization": within(OTHER), "ListOrganizationsFeatures": fault("invalid", NOBODY)}, MEMBER,
         "neither manages"),
        ({"DescribeOrganization": within(HERE), "ListOrganizationsFeatures": ON}, MEMBER, "no member"),
        ({"DescribeOrganization": fault("denied")}, "", "no"),
        ({"DescribeOrganization": within(HERE), "ListOrganizationsFeatures": fault("denied")}, MEMBER, "no"),
    ],
)  # fmt: skip
def test_what_cannot_be_or_is_not_known_refuses(answers: dict[str, Any], member: str, why: str) -> None:
    """No member, no organization, a root caller, the wrong account, an answer that AWS denied: no branch is guessed."""
    with pytest.raises((RunbookError, AwsFault), match=why):
        observe("account.root_place", Account(**{"GetCallerIdentity": who(), **answers}), member=member)


def event(at: str, name: str, region: str = "us-east-1", **more: Any) -> dict[str, Any]:
    identity = {"type": "Root", "arn": f"arn:aws:iam::{HERE}:root", "accessKeyId": "AKIAROOT"}
    body = {"eventTime": at, "eventName": name, "awsRegion": region, "sourceIPAddress": "203.0.113.66",
            "userIdentity": identity, "eventID": at + name, **more}  # fmt: skip
    return {"CloudTrailEvent": json.dumps(body)}


def lookups(call: Call) -> Any:
    session = {"type": "Root", "arn": f"arn:aws:iam::{HERE}:root", "sessionContext": {"assumedRoot": "true"}}
    user = {"type": "IAMUser", "arn": f"arn:aws:iam::{HERE}:user/root", "userName": "root"}
    made: Any = {"requestParameters": {"userName": "planted"}}
    told = {
        "us-east-1": [
            event("2026-11-23T09:00:00Z", "CreateUser", **made),
            event("2026-11-23T09:01:00Z", "CreateUser", **made, errorCode="EntityAlreadyExists"),
            event("2026-11-23T09:05:00Z", "ListAccessKeys", userIdentity=session),
            event("2026-11-23T09:06:00Z", "ListUsers", userIdentity=user),
        ],
        "eu-west-1": [event("2026-11-23T10:00:00Z", "RunInstances", "eu-west-1")],
    }
    return {"Events": told.get(call.region or "", [])}


REGIONS = {"Regions": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}]}


def test_root_is_seen_in_every_region_and_assume_root_apart() -> None:
    """A user who is called root is not the root user, nor is a session of AssumeRoot; what was refused counts."""
    found = observe("cloudtrail.root_events", Account(DescribeRegions=REGIONS, LookupEvents=lookups), since="90d")
    assert (found["state"], found["count"], found["by_assume_root"]) == ("active", 3, 1)
    assert found["users"] == ["planted"]
    assert found["latest"] == "2026-11-23T10:00:00Z"
    assert found["words"] == "CreateUser 1, CreateUser (refused) 1, RunInstances 1"
    assert (found["keys"], found["addresses"]) == (["AKIAROOT"], ["203.0.113.66"])


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({"DescribeRegions": REGIONS, "LookupEvents": {"Events": []}}, "quiet"),
        ({"DescribeRegions": fault("denied"), "LookupEvents": {"Events": []}}, "unknown"),
        ({"DescribeRegions": REGIONS, "LookupEvents": lambda call: {"Events": []} if call.region == "us-east-1"
          else fault("throttled")}, "unknown"),
        ({"DescribeRegions": REGIONS, "LookupEvents": {"Events": [], "NextToken": "x"}}, "unknown"),
        ({"DescribeRegions": SimulatorGap("ec2.DescribeRegions"), "LookupEvents": {"Events": []}}, "unknown"),
    ],
)  # fmt: skip
def test_quiet_is_only_what_was_read_in_full(answers: dict[str, Any], state: str) -> None:
    """A Region that was not read, or not to the end, is not quiet."""
    assert observe("cloudtrail.root_events", Account(**answers), since="30m")["state"] == state


def test_no_region_at_all_is_a_failure() -> None:
    """Where every Region refuses, there is no finding."""
    with pytest.raises(AwsFault):
        observe("cloudtrail.root_events", Account(DescribeRegions=REGIONS, LookupEvents=fault("denied")), since="1h")


def test_contacts_are_told_in_a_sentence() -> None:
    """Who is there, who is nobody, and what was not read, each for itself."""
    eve = {"AlternateContact": {"EmailAddress": "eve@example.net", "AlternateContactType": "SECURITY"}}
    answers = {
        "GetContactInformation": {"ContactInformation": {"FullName": "Example Corp"}},
        "GetAlternateContact": lambda call: eve if call.params["AlternateContactType"] == "SECURITY"
        else fault("absent"),
        "GetPrimaryEmail": fault("denied"),
    }  # fmt: skip
    found = observe("account.contacts", Account(**answers), member=MEMBER)
    assert found["words"] == (
        "primary contact Example Corp, security contact eve@example.net, operations contact nobody, "
        "billing contact nobody, mail of the root user not read"
    )
    assert len(found["gaps"]) == 1
    assert "mail" not in observe("account.contacts", Account(**answers))["words"]


def plan(**answers: Any) -> Any:
    make = ACTIONS["iam.strengthen_password_policy"].plan
    assert make is not None
    (planned,) = make(Account(**answers), {}, NOW)
    for call in (planned.call, planned.undo):
        assert call is not None and not shapes.parameter_problems(call)
        assert call.name in ACTIONS["iam.strengthen_password_policy"].changes
    return planned


def test_a_policy_that_was_not_there_is_taken_away_again() -> None:
    """Fourteen characters of four kinds; the undo deletes it, and the look asks for what was set."""
    planned = plan()
    assert planned.call.params["MinimumPasswordLength"] == 14
    assert planned.undo.operation == "DeleteAccountPasswordPolicy"
    assert planned.before.state == "absent"


@pytest.mark.parametrize(("held", "sent"), [({}, {}), ({"MaxPasswordAge": 365}, {"MaxPasswordAge": 365}),
                                            ({"MaxPasswordAge": 365, "HardExpiry": True},
                                             {"MaxPasswordAge": 365, "HardExpiry": True})])  # fmt: skip
def test_no_password_expires_by_it(held: dict[str, Any], sent: dict[str, Any]) -> None:
    """AWS enforces a shorter period at once, and users with older passwords would be out in the night."""
    params = plan(GetAccountPasswordPolicy={"PasswordPolicy": {"MinimumPasswordLength": 8, **held}}).call.params
    assert {name: params[name] for name in ("MaxPasswordAge", "HardExpiry") if name in params} == sent


def test_what_is_stronger_already_stays() -> None:
    """Nothing gets weaker by it, and the undo puts the earlier policy back, whole."""
    held = {"MinimumPasswordLength": 20, "RequireSymbols": True, "MaxPasswordAge": 30, "ExpirePasswords": True,
            "PasswordReusePrevention": 5, "HardExpiry": True, "AllowUsersToChangePassword": False}  # fmt: skip
    planned = plan(GetAccountPasswordPolicy={"PasswordPolicy": held})
    sent = planned.call.params
    assert (sent["MinimumPasswordLength"], sent["MaxPasswordAge"], sent["HardExpiry"]) == (20, 30, True)
    assert sent["PasswordReusePrevention"] == 24
    assert planned.undo.params == {
        "MinimumPasswordLength": 20, "RequireSymbols": True, "MaxPasswordAge": 30, "PasswordReusePrevention": 5,
        "HardExpiry": True,
    }  # fmt: skip


def test_a_policy_that_cannot_be_read_is_not_overwritten() -> None:
    """It may be the stronger one."""
    with pytest.raises(RunbookError, match="could not be read"):
        plan(GetAccountPasswordPolicy=fault("denied"))


def test_the_policy_of_that_name_and_no_other() -> None:
    """One of the name gives its id; none refuses."""
    listed = {"Policies": [{"Id": "p-1", "Name": "other"}, {"Id": "p-2", "Name": "mine", "Arn": "a"}]}
    assert observe("organizations.policy_named", Account(ListPolicies=listed), name="mine")["id"] == "p-2"
    with pytest.raises(RunbookError, match="0 policies"):
        observe("organizations.policy_named", Account(ListPolicies=listed), name="no")
