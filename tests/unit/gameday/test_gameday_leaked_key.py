"""The leaked-key scenario, played directly with boto3: won by all of it, lost when any part is left out."""

import json
import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

from irtui.gameday.objective import Objective
from irtui.gameday.scenario import Scenario, load_scenario, parse_scenario
from irtui.gameday.world import World

DENY_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
PROPAGATED = 10.0
"""Seconds after which every change of IAM is in force."""
READS = ("get_user", "list_user_policies", "list_attached_user_policies", "list_groups_for_user", "list_access_keys")


_client: Any = boto3.client  # the stubs know a service by its literal name only
Start = Callable[..., World]


class Responder:
    """The runbook's calls, by boto3 over loopback; nothing is known but the key id of the briefing."""

    def __init__(self, world: World) -> None:
        self.world = world
        seat = world.operator_credentials()
        self._keys = {
            "aws_access_key_id": seat.access_key_id,
            "aws_secret_access_key": seat.secret_access_key,
            "aws_session_token": seat.session_token,
        }
        self.key = world.inputs["access_key_id"]
        self.iam = self.client("iam")
        self.user = ""

    def client(self, service: str) -> Any:
        attempts = 6 if service == "cloudtrail" else 1  # two lookups a second are answered
        config = Config(retries={"total_max_attempts": attempts, "mode": "standard"}, proxies={})
        return _client(service, region_name=self.world.region, endpoint_url=self.world.url, config=config, **self._keys)

    def identify(self) -> None:
        assert self.client("sts").get_access_key_info(AccessKeyId=self.key)["Account"] == self.world.account
        self.user = self.iam.get_access_key_last_used(AccessKeyId=self.key)["UserName"]

    def snapshot(self) -> None:
        for read in READS:
            getattr(self.iam, read)(UserName=self.user)

    def roles(self) -> list[str]:
        """Roles assumed with the key or with anything that came of it, by CloudTrail alone."""
        trail, found, seen, queue = self.client("cloudtrail"), [], set(), [self.key]
        while queue:
            key = queue.pop()
            if key in seen:
                continue
            seen.add(key)
            wanted = [{"AttributeKey": "AccessKeyId", "AttributeValue": key}]
            for page in trail.get_paginator("lookup_events").paginate(LookupAttributes=wanted):
                for row in page["Events"]:
                    event = json.loads(row["CloudTrailEvent"])
                    made = ((event.get("responseElements") or {}).get("credentials") or {}).get("accessKeyId")
                    queue += [made] if made else []
                    if event["eventName"] == "AssumeRole" and "errorCode" not in event:
                        name = event["requestParameters"]["roleArn"].rsplit("/", 1)[1]
                        found += [name] if name not in found else []
        return found

    def deny(self) -> None:
        self.iam.put_user_policy(UserName=self.user, PolicyName="deny", PolicyDocument=json.dumps(DENY_ALL))

    def deactivate(self) -> None:
        self.iam.update_access_key(UserName=self.user, AccessKeyId=self.key, Status="Inactive")

    def revoke(self, roles: list[str]) -> None:
        for role in roles:
            when = self.world.now().isoformat()
            condition = {"DateLessThan": {"aws:TokenIssueTime": when}}
            statement = {"Effect": "Deny", "Action": ["*"], "Resource": ["*"], "Condition": condition}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            self.iam.put_role_policy(RoleName=role, PolicyName="AWSRevokeOlderSessions", PolicyDocument=document)


def play(world: World, *without: str) -> dict[str, Objective]:
    responder = Responder(world)
    responder.identify()
    if "snapshot" not in without:
        responder.snapshot()
    roles = responder.roles()
    if "deny" not in without:
        responder.deny()
    if "deactivate" not in without:
        responder.deactivate()
    if "revoke" not in without:
        responder.revoke(roles[: 1 if "second role" in without else None])
    world.advance(PROPAGATED)
    return {objective.id: objective for objective in world.judge()}


def test_the_whole_runbook_wins(start: Start) -> None:
    """Snapshot, deny, deactivate and the revocation of every role: all objectives are met."""
    verdicts = play(start())
    assert {name: verdict.met for name, verdict in verdicts.items()} == {
        "cut_off": True, "evidence": True, "collateral": True,
    }, verdicts  # fmt: skip


def test_doing_nothing_loses(start: Start) -> None:
    """Nothing is won by waiting: everything the adversary holds still works, also a day later."""
    world = start()
    verdict = world.judge()[0]
    assert not verdict.met
    for held in ("leaked", "session", "federation", "deploy_session", "data_session"):
        assert f"{held} can still" in verdict.detail
    world.advance(86400)
    assert not world.judge()[0].met


LOSING = [
    (("deny", "revoke"), "cut_off", ("federation can still",)),
    (("deny",), "cut_off", ("session can still", "federation can still")),
    (("revoke",), "cut_off", ("data_session can still",)),
    (("second role",), "cut_off", ("can still",)),
    (("snapshot",), "evidence", ("iam.GetUser",)),
]


@pytest.mark.parametrize(
    ("without", "objective", "why"), LOSING, ids=["+".join(row[0]) + "-" + row[2][0] for row in LOSING]
)
def test_leaving_a_part_out_loses(start: Start, without: tuple[str, ...], objective: str, why: tuple[str, ...]) -> None:
    """Only deactivating, no deny, no revocation, a role forgotten, no evidence: each loses, and says by what."""
    verdict = play(start(), *without)[objective]
    assert not verdict.met
    assert all(words in verdict.detail for words in why)


def test_waiting_for_sessions_to_expire_is_no_containment(start: Start) -> None:
    """Without the revocation the roles' sessions run out by themselves; the objective stays lost."""
    world = start()
    play(world, "revoke")
    world.advance(24 * 3600)
    verdict = world.judge()[0]
    assert not verdict.met
    assert "until it expired by itself" in verdict.detail


def test_a_win_stays_a_win_through_a_soak(start: Start) -> None:
    """A day after a real containment it is still one, and the invoices went on all the time."""
    world = start()
    play(world)
    world.advance(24 * 3600)
    assert [verdict.met for verdict in world.judge()] == [True, True, True]


def test_harming_the_innocent_loses_collateral(start: Start) -> None:
    """Denying everybody contains the adversary and stops the invoices."""
    world = start()
    responder = Responder(world)
    responder.identify()
    responder.user = "ledger-sync"
    responder.deny()
    world.advance(PROPAGATED)
    verdict = world.judge()[2]
    assert not verdict.met
    assert "s3.ListObjectsV2" in verdict.detail


def renamed() -> Scenario:
    """The scenario with every name in `world` changed by script, and nothing else."""
    text = load_scenario("leaked-key").source
    world = text[text.index("\nworld:") : text.index("\nactors:")]
    changed = re.sub(r"(\bname: )([\w-]+)", lambda match: f"{match[1]}zz-{match[2][::-1].lower()}", world)
    assert changed.count("zz-") == 12
    return parse_scenario(text.replace(world, changed), "renamed.yaml")


@pytest.mark.parametrize(
    ("without", "met"), [((), True), pytest.param(("deny",), False, marks=pytest.mark.deep), (("revoke",), False)]
)
def test_renaming_every_principal_changes_nothing(start: Start, without: tuple[str, ...], met: bool) -> None:
    """No name is known to the simulator, the judge or the objectives."""
    assert play(start(renamed()), *without)["cut_off"].met is met


def test_each_seed_has_its_own_keys(start: Start) -> None:
    """The leaked key is made by the world: it differs by seed and is the same for one seed."""
    keys = [start(seed=seed).inputs["access_key_id"] for seed in (1, 2, 1)]
    assert keys[0] == keys[2] != keys[1]


def test_history_has_the_right_times(start: Start) -> None:
    """Users and keys are as old as the scenario says, and the adversary came three hours ago."""
    world = start()
    responder = Responder(world)
    responder.identify()
    now = world.now()
    made = responder.iam.get_user(UserName=responder.user)["User"]["CreateDate"]
    assert (now - made).days in (411, 412)
    used = responder.iam.get_access_key_last_used(AccessKeyId=responder.key)["AccessKeyLastUsed"]
    assert used["LastUsedDate"] < now
    mine = [e for e in world.events() if e["sourceIPAddress"] == "203.0.113.66"]
    assert (mine[0]["eventName"], mine[0]["userAgent"].split("/")[0]) == ("GetCallerIdentity", "Boto3")
    assert 3 < (now - made.fromisoformat(mine[0]["eventTime"])).total_seconds() / 3600 < 3.5
