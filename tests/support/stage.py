"""A small world in which somebody holds a leaked key, for the game day's own tests; scenarios are laid over it."""

from typing import Any

import boto3
from botocore.config import Config

from irtui.gameday.scenario import Scenario, parse_scenario
from irtui.gameday.world import World

SMALL = """
scenario: small
title: A small world
runbook: none
story: Somebody holds a key.
propagation: {least: 5s, most: 5s}
delivery: {least: 1s, most: 2s}
inputs: {access_key_id: "${leaked.id}"}
world:
  account: "111122223333"
  begins: "10:00"
  operator: {key: desk, role: admin, session_name: jo}
  users:
    jo: {name: jo, keys: {desk: -30d}, policies: {all: {Version: "2012-10-17", Statement: [
      {Effect: Allow, Action: "*", Resource: "*"}]}}}
    ci: {name: ci, keys: {leaked: -30d}, policies: {all: {Version: "2012-10-17", Statement: [
      {Effect: Allow, Action: ["iam:*", "sts:*"], Resource: "*"}]}}}
    bot: {name: bot, keys: {bots: -30d}, policies: {all: {Version: "2012-10-17", Statement: [
      {Effect: Allow, Action: "iam:GetUser", Resource: "*"}]}}}
  roles:
    admin:
      name: admin
      trust: {Version: "2012-10-17", Statement: [
        {Effect: Allow, Principal: {AWS: "${jo.arn}"}, Action: "sts:AssumeRole"}]}
      policies: {all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
actors:
  adversary:
    source_ip: 203.0.113.66
    user_agent: eve/1.0
    keys: [leaked]
    every: 10m
    uses: [{by: leaked, call: iam.ListUsers}]
  worker:
    source_ip: 198.51.100.7
    user_agent: worker/1.0
    keys: [bots]
    every: 10m
    uses: [{by: bots, call: iam.GetUser}]
objectives: []
answers: {}
"""

_client: Any = boto3.client  # the stubs know a service by its literal name only


def over_small(text: str) -> Scenario:
    """A scenario laid over the small world."""
    head = "" if "scenario:" in text else "scenario: laid\n"
    return parse_scenario(f"{head}base: small\n{text}", "laid.yaml", {"small": SMALL}.__getitem__)


def operator(world: World, service: str, region: str = "us-east-1") -> Any:
    """A boto3 client in a fresh session of the operator; sends once."""
    seat = world.operator_credentials()
    return _client(
        service, region_name=region, endpoint_url=world.url,
        config=Config(retries={"total_max_attempts": 1}, proxies={}, read_timeout=10),
        aws_access_key_id=seat.access_key_id, aws_secret_access_key=seat.secret_access_key,
        aws_session_token=seat.session_token,
    )  # fmt: skip


def deeds(world: World, actor: str = "adversary") -> list[tuple[str, str, str]]:
    """(credential, call, code) of every deed of an actor, in order."""
    return [(deed["by"], deed["call"], deed["code"]) for deed in world.deeds()["deeds"] if deed["actor"] == actor]
