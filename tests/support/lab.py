"""A small world with an all-powerful operator, for the simulator's tests."""

import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from irtui.gameday.world import World

LAB = """
scenario: lab
title: A laboratory
runbook: none
story: Nothing happens here.
propagation: {least: 0s, most: 0s}
world:
  account: "111122223333"
  operator: {key: desk, role: admin, session_name: tester}
  users:
    tester: {name: tester, keys: {desk: -30d}, policies: {all: {Version: "2012-10-17", Statement: [
      {Effect: Allow, Action: "*", Resource: "*"}]}}}
    eve: {name: eve, keys: {eves: -30d}}
  roles:
    admin:
      name: admin
      longest_session: 12h
      trust:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {AWS: "${tester.arn}"}, Action: "sts:AssumeRole"}]
      policies: {all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
actors:
  adversary:
    source_ip: 203.0.113.66
    user_agent: eve/1.0
    keys: [eves]
    uses: [{by: eves, call: sts.GetCallerIdentity}]
objectives: []
answers: {}
"""

QUIET = LAB.replace("    keys: [eves]\n", "    keys: [eves]\n    every: 9000h\n")
"""With an actor who sleeps, so that months go by in a moment."""

_client: Any = boto3.client  # the stubs know a service by its literal name only
Tell = Callable[..., str]
"""`outcome`, as the fixture `tell` hands it out."""


class Lab:
    def __init__(self, world: World) -> None:
        self.world = world
        seat = world.operator_credentials()
        self.operator = (seat.access_key_id, seat.secret_access_key, seat.session_token)
        self._clients: dict[Any, Any] = {}

    def client(self, service: str, key: Any = None, *, region: str = "us-east-1") -> Any:
        """A boto3 client; `key` is a tuple, or the reply of STS or CreateAccessKey. Sends once."""
        if isinstance(key, dict):
            made = key.get("Credentials") or key["AccessKey"]
            key = (made["AccessKeyId"], made["SecretAccessKey"], made.get("SessionToken"))
        held = key or self.operator
        if (service, held, region) not in self._clients:
            config = Config(
                retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=5, proxies={}
            )
            self._clients[service, held, region] = _client(
                service, region_name=region, endpoint_url=self.world.url, config=config,
                aws_access_key_id=held[0], aws_secret_access_key=held[1], aws_session_token=held[2],
            )  # fmt: skip
        return self._clients[service, held, region]

    def user(self, name: str, *statements: dict[str, Any]) -> Any:
        """A new user with these statements; returns the reply of CreateAccessKey."""

        iam = self.client("iam")
        iam.create_user(UserName=name)
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        return iam.create_access_key(UserName=name)


def outcome(call: Any, **params: Any) -> str:
    """`ok`, or the error code."""
    try:
        call(**params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"
