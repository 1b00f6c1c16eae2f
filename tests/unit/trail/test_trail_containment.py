"""When is a member of the family contained? Never while its holder can still do something."""

from datetime import datetime, timedelta

import pytest

from irtui.policy.document import read_document
from irtui.trail.containment import LATE, PROPAGATION, Memory
from tests.support.family_events import (
    ACCOUNT,
    DENY,
    LEAKED,
    NOW,
    account,
    ago,
    allow,
    cut,
    event,
    family,
    role,
    role_arn,
    session,
    trusts,
    user,
    user_arn,
    verdict,
)

OUTSIDE = "arn:aws:iam::999900001111:root"
ASSUME = allow("sts:AssumeRole")
OFF = {"ci": [(LEAKED, "Inactive")]}
DENIED = {"user/ci": ago(minutes=5)}
ASSUMED = (LEAKED, event("AssumeRole", {"roleArn": role_arn("deploy")}, session("ASIAROLE"), at=ago(minutes=30)))


def test_an_inactive_key_does_not_close_its_user() -> None:
    """The naive act leaves sessions and other credentials: key contained, user and session open, so the tree open."""
    members = family((LEAKED, event("GetSessionToken", {}, session("ASIAUSER"))))
    found = verdict(members, account(user("ci", ASSUME), keys=OFF), {f"access_key/{LEAKED}": ago(minutes=5)})
    states = {name: finding.state for name, finding in found.findings.items()}
    assert states == {LEAKED: "contained", "user/ci": "open", "ASIAUSER": "open"}
    assert found.state == "open"


def test_a_denied_user_is_contained_with_key_session_and_federation() -> None:
    """One deny without a condition closes the key, GetSessionToken and GetFederationToken."""
    members = family(
        (LEAKED, event("GetSessionToken", {}, session("ASIAUSER"))),
        (LEAKED, event("GetFederationToken", {"name": "backup"}, session("ASIAFED"))),
    )
    found = verdict(members, account(user("ci", allow("s3:*"), DENY), keys={"ci": [(LEAKED, "Active")]}), DENIED)
    assert found.state == "contained"
    assert {finding.state for finding in found.findings.values()} == {"contained"}


@pytest.mark.parametrize(
    "deny",
    [
        {**DENY, "Statement": [{**DENY["Statement"][0], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]},
        {**DENY, "Statement": [{**DENY["Statement"][0], "Action": "iam:*"}]},
        {**DENY, "Statement": [{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}]},
        {**DENY, "Statement": [{**DENY["Statement"][0], "Resource": "arn:aws:s3:::x"}]},
        {**DENY, "Statement": "nonsense"},
    ],
)  # fmt: skip
def test_half_a_deny_is_no_containment(deny: dict[str, object]) -> None:
    """A deny with a condition, of some actions or resources, or one that cannot be read closes nothing."""
    assert verdict(family(), account(user("ci", deny), keys=OFF), DENIED).findings["user/ci"].state == "open"


def test_what_was_just_closed_settles_first() -> None:
    """Until IAM has spread the deny the state is settling, and it says when to look again."""
    closed = NOW - timedelta(seconds=3)
    found = verdict(family(), account(user("ci", DENY), keys=OFF), {"user/ci": closed.isoformat()})
    assert (found.state, found.look_at) == ("settling", closed + PROPAGATION)
    later = verdict(
        family(), account(user("ci", DENY), keys=OFF), {"user/ci": closed.isoformat()}, now=closed + PROPAGATION
    )
    assert later.state == "contained"


def test_a_closure_that_nobody_can_date_counts_from_when_it_was_first_seen() -> None:
    """Somebody else's deny settles too, from our first look on; a deny seen gone in between counts anew."""
    state = account(user("ci", DENY), keys=OFF)
    first = verdict(family(), state)
    assert first.state == "settling"
    later = NOW + PROPAGATION
    assert verdict(family(), state, memory=first.memory, now=later).state == "contained"
    reopened = Memory(NOW, {})  # an earlier look, after our change, saw it open
    assert verdict(family(), state, {"user/ci": ago(minutes=9)}, memory=reopened, now=later).state == "settling"


def test_a_role_is_open_while_its_sessions_are_not_cut() -> None:
    """Denying the user leaves the role session that it opened."""
    roles = role("deploy", trusts(user_arn("ci")), allow("s3:*"))
    found = verdict(family(ASSUMED), account(user("ci", ASSUME, DENY), roles, keys=OFF), DENIED)
    assert found.findings["ASIAROLE"].state == found.findings["role/deploy"].state == found.state == "open"


def test_a_cut_contains_only_after_everybody_who_opens_sessions_is_closed() -> None:
    """Cut before the user's deny took effect, sessions opened in between live; cut after it, the role is contained."""

    def judged(at: str) -> str:
        roles = role("deploy", trusts(user_arn("ci")), cut(at))
        state = account(user("ci", ASSUME, DENY), roles, keys=OFF)
        found = verdict(family(ASSUMED), state, {**DENIED, "role/deploy": ago(minutes=4)})
        return found.findings["role/deploy"].state

    assert judged(ago(minutes=5, seconds=-10)) == "open"
    assert judged(ago(minutes=5, seconds=-15)) == "contained"


def test_a_cut_role_is_open_while_its_opener_is() -> None:
    """As long as the user is not denied a new session comes after every cut."""
    roles = role("deploy", trusts(user_arn("ci")), cut(ago(minutes=-2)))
    found = verdict(family(ASSUMED), account(user("ci", ASSUME), roles, keys=OFF), {"role/deploy": ago(minutes=4)})
    assert found.findings["role/deploy"].state == "open"


@pytest.mark.parametrize(("a", "b", "state"), [(60, 60, "contained"), (90, 14, "open"), (14, 90, "open")])
def test_roles_that_assume_each_other_need_cuts_after_both(a: int, b: int, state: str) -> None:
    """A ↔ B: each cut must lie after the other's took effect, else a session hops over it."""
    done = datetime.fromisoformat(ago(minutes=10))
    first, second = role_arn("a"), role_arn("b")
    members = family(
        (LEAKED, event("AssumeRole", {"roleArn": first}, session("ASIAA"))),
        ("ASIAA", event("AssumeRole", {"roleArn": second}, session("ASIAB"), by="a", kind="AssumedRole")),
        ("ASIAB", event("AssumeRole", {"roleArn": first}, session("ASIAA2"), by="b", kind="AssumedRole")),
    )
    roles = [
        role("a", trusts(user_arn("ci"), second), ASSUME, cut((done + timedelta(seconds=a)).isoformat())),
        role("b", trusts(first), ASSUME, cut((done + timedelta(seconds=b)).isoformat())),
    ]
    changes = {"user/ci": ago(minutes=12), "role/a": done.isoformat(), "role/b": done.isoformat()}
    assert verdict(members, account(user("ci", DENY), *roles, keys=OFF), changes).state == state


def test_a_session_that_has_expired_is_contained() -> None:
    """Its time is the one that CloudTrail wrote; a time that cannot be read never comes."""
    for expires, state in (("Nov 23, 2026, 2:59:00 AM", "contained"), ("some day", "open")):
        members = family((LEAKED, event("GetSessionToken", {}, session("ASIAUSER", expires))))
        found = verdict(members, account(user("ci"), keys=OFF))
        assert found.findings["ASIAUSER"].state == state


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("PutUserPolicy", {"userName": "bob", "policyName": "x"}),
        ("AttachUserPolicy", {"userName": "bob"}),
        ("AddUserToGroup", {"userName": "bob", "groupName": "admins"}),
        ("CreateLoginProfile", {"userName": "bob"}),
        ("UpdateLoginProfile", {"userName": "bob"}),
        ("CreateUser", {"userName": "bob"}),
        ("DeleteUserPolicy", {"userName": "bob", "policyName": "irtui-deny-all"}),
    ],
)
def test_a_user_that_was_made_or_changed_is_open_until_it_is_denied(name: str, asked: dict[str, str]) -> None:
    """Whoever holds it may be the same hand; the deny closes it."""
    members = family((LEAKED, event(name, asked)))
    ci = user("ci", DENY)
    assert verdict(members, account(ci, user("bob"), keys=OFF), DENIED).findings["user/bob"].state == "open"
    denied = verdict(members, account(ci, user("bob", DENY), keys=OFF), {**DENIED, "user/bob": ago(minutes=4)})
    assert denied.findings["user/bob"].state == "contained"


def test_a_key_made_for_somebody_else_opens_that_user() -> None:
    """CreateAccessKey for bob: bob's new key is open, and bob with it, until bob is denied."""
    answered = {"accessKey": {"accessKeyId": "AKIANEW", "userName": "bob"}}
    members = family((LEAKED, event("CreateAccessKey", {"userName": "bob"}, answered)))
    keys = {**OFF, "bob": [("AKIANEW", "Active")]}
    found = verdict(members, account(user("ci", DENY), user("bob"), keys=keys), DENIED)
    assert (found.findings["AKIANEW"].state, found.findings["user/bob"].state) == ("open", "open")


@pytest.mark.parametrize("trust", [trusts(OUTSIDE), trusts("*"), trusts(user_arn("bob"))])
@pytest.mark.parametrize("name", ["CreateRole", "UpdateAssumeRolePolicy"])
def test_a_role_that_was_made_or_opened_is_not_closed_by_a_cut(name: str, trust: dict[str, object]) -> None:
    """Somebody whom we cannot deny opens new sessions; only the deny of everything closes it."""
    members = family((LEAKED, event(name, {"roleName": "door"})))
    ci = user("ci", DENY)
    state = account(ci, role("door", trust, cut(ago(minutes=-5))), keys=OFF)
    assert verdict(members, state, {**DENIED, "role/door": ago(minutes=4)}).findings["role/door"].state == "open"
    shut = account(ci, role("door", trust, DENY), keys=OFF)
    assert verdict(members, shut, {**DENIED, "role/door": ago(minutes=4)}).findings["role/door"].state == "contained"


def test_who_can_be_made_again_is_no_less_open() -> None:
    """A user that was deleted and made anew under its name is another one, and open."""
    members = family((LEAKED, event("CreateUser", {"userName": "backdoor"})))
    gone = verdict(members, account(user("ci", DENY), keys=OFF), {**DENIED, "user/backdoor": ago(minutes=4)})
    assert gone.findings["user/backdoor"].state == "contained"
    back = verdict(members, account(user("ci", DENY), user("backdoor"), keys=OFF), DENIED)
    assert back.findings["user/backdoor"].state == "open"


def test_a_role_of_another_account_is_never_contained_from_here() -> None:
    """Its sessions live there; the tree says so and stays unknown."""
    members = family((LEAKED, event("AssumeRole", {"roleArn": role_arn("x", "999900001111")}, session("ASIAFAR"))))
    assert verdict(members, account(user("ci", ASSUME, DENY), keys=OFF), DENIED).state == "unknown"


def test_a_family_that_could_change_iam_is_unknown_until_cloudtrail_has_told_all() -> None:
    """What it hid in its last minutes shows late; a family that never could is contained at once."""
    state = account(user("ci", allow("iam:*"), DENY), keys=OFF)
    found = verdict(family(), state, DENIED)
    told = datetime.fromisoformat(DENIED["user/ci"]) + PROPAGATION + LATE
    assert (found.state, found.hidden_until, found.look_at) == ("unknown", told, told)
    assert verdict(family(), state, DENIED, now=told).state == "contained"
    assert verdict(family(), account(user("ci", allow("iam:Get*"), DENY), keys=OFF), DENIED).state == "contained"


def test_a_writer_that_lost_its_policy_is_still_one() -> None:
    """That it changed IAM stands in CloudTrail, whatever its policies say now."""
    members = family((LEAKED, event("TagUser", {"userName": "ci"})))
    assert verdict(members, account(user("ci", DENY), keys=OFF), DENIED).state == "unknown"


@pytest.mark.parametrize("read", [True, False])
def test_what_could_not_be_read_is_never_contained(read: bool) -> None:
    """Neither an account nor events that nobody could read prove anything."""
    state = account(user("ci", DENY), keys=OFF)
    state.read = read
    unread = ["events of the key could not be read"] if read else []
    assert verdict(family(), state, DENIED, unread=unread).state == "unknown"


def test_a_refused_call_makes_no_member() -> None:
    """What AWS did not do opened nothing."""
    members = family((LEAKED, event("CreateUser", {"userName": "backdoor"}, error="AccessDenied")))
    assert set(members.nodes) == {LEAKED, "user/ci"} and members.account == ACCOUNT


def test_a_boundary_that_denies_everything_closes_and_hides_nothing() -> None:
    """A deny in the boundary is a deny, of sessions too; what the user could do before, it could do all the same."""
    members = family((LEAKED, event("GetSessionToken", {}, session("ASIAUSER"))))
    person = {**user("ci", allow("iam:*")), "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:fence"}}
    here = account(person, keys={"ci": [(LEAKED, "Active")]})
    here.managed["arn:fence"] = read_document("arn:fence", DENY)
    late = verdict(members, here, {"user/ci": ago(minutes=1)})
    assert {finding.state for finding in late.findings.values()} == {"contained"}
    assert late.state == "unknown" and late.hidden_until is not None
    assert verdict(members, here, {"user/ci": ago(minutes=30)}).state == "contained"
    here.managed["arn:fence"] = read_document("arn:fence", allow("s3:*"))
    assert verdict(members, here, {"user/ci": ago(minutes=30)}).state == "open"
