"""A journal beside what CloudTrail recorded of the same incident, on the simulated AWS, through the command line."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from irtui.desk.desk import Desk
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request
from irtui.engine.operator import RunStep
from irtui.gameday.scenario import load_scenario
from irtui.gameday.world import World
from irtui.journal.record import parse
from irtui.journal.witness import witnessed
from irtui.settings.load import Settings
from tests.support.bench_of_one import Human
from tests.support.forwarding import Forwarding
from tests.support.provers import chained, put

LATE = 20 * 60
"""Seconds after which CloudTrail has delivered."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    started = World.start(load_scenario("leaked-key"), seed=1, folder=tmp_path_factory.mktemp("world"))
    yield started
    started.stop()


def irtui(*arguments: str) -> tuple[int, str]:
    ran = subprocess.run([sys.executable, "-m", "irtui", *arguments], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def test_calls_and_events_are_joined_both_ways(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real incident's calls have their events; a change outside irtui, a missing event and a rewritten record do not
    pass: each is named, exit 6."""
    credentials = world.operator_credentials()
    for name, value in (
        ("AWS_ACCESS_KEY_ID", credentials.access_key_id), ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key),
        ("AWS_SESSION_TOKEN", credentials.session_token), ("AWS_DEFAULT_REGION", "us-east-1"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    desk = Desk(
        Home.from_environ({"IRTUI_HOME": str(tmp_path / "home")}), Settings(), {"AWS_ACCESS_KEY_ID": "set"},
        transport=Forwarding(world.url),
    )  # fmt: skip
    inputs = {"access_key_id": world.inputs["access_key_id"]}
    briefing = desk.brief(Request("real", "key-revocation", inputs=inputs, key="ephemeral"), lambda prompt: None)
    visit = desk.begin(briefing, Answers({}, account_typed=world.account[-4:], key="ephemeral"))
    human = Human([RunStep("deny"), RunStep("deactivate")], visit.clock)
    human.stays = False
    visit.walk(human)
    visit.release()
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    boto3.client("iam", endpoint_url=world.url).put_user_policy(
        UserName="ci-deploy", PolicyName="aside", PolicyDocument=json.dumps(allow)
    )
    since = world.now().strftime("%Y-%m-%dT00:00:00Z")
    world.advance(LATE)
    found, folder = tmp_path / "events.jsonl", str(visit.folder)
    where = ("--history", "--endpoint-url", world.url, "--region", "us-east-1", "--since", since)
    said = irtui("trail", "search", *where, "--events", str(found))[1]
    assert found.exists(), said
    events = [json.loads(line) for line in found.read_text().splitlines()]
    intents = [record.seq for record in visit.records() if record.type == "intent"]
    verify = ("audit", "verify", folder, "--allow-open", "--against-cloudtrail", str(found))

    code, said = irtui(*verify)
    assert code == 6 and "DOES NOT AGREE: 2 calls have their event" in said
    assert re.search(r"changed outside this journal +\S+Z iam\.PutUserPolicy \(event [0-9a-f-]+\): no intent", said), (
        said
    )

    ours = [event for event in events if (event["requestParameters"] or {}).get("policyName") != "aside"]
    found.write_text("".join(json.dumps(event) + "\n" for event in ours))
    code, said = irtui(*verify, "-o", "json")
    data: dict[str, Any] = json.loads(said)["data"]["cloudtrail"]
    assert code == 0 and data["agrees"] and data["seen"] == intents and data["head"] == intents[-1], said

    found.write_text("".join(json.dumps(event) + "\n" for event in ours if event["eventName"] != "PutUserPolicy"))
    code, said = irtui(*verify)
    assert code == 6 and f"said to be sent  #{intents[0]} iam.PutUserPolicy: no event" in said
    found.write_text("no event\n")
    assert irtui(*verify)[0] == 2

    records, (put_event, *others) = (
        visit.records(),
        sorted(ours, key=lambda event: event["eventName"] != "PutUserPolicy"),
    )
    for forged, why in (
        ({"eventName": "CreateAccessKey"}, "that was PutUserPolicy"),
        ({"eventSource": "sts.amazonaws.com"}, "that was sent to iam"),
        ({"requestID": "another"}, "AWS answered it with another request id"),
    ):  # a tag is there to be read, and to be copied
        told = witnessed(records, [*others, put_event | forged])
        assert told.contradicted[0].endswith(f"not what #{intents[0]} sent: {why}") and told.unseen
    assert witnessed(records, [*ours, put_event]).agrees, "two trails deliver one event twice"
    told = witnessed(records, [*ours, put_event | {"eventID": "2"}])
    assert told.contradicted[0].endswith("it has an event already")
    who = {"arn": "arn:aws:sts::1:assumed-role/Responder/bob"}
    aside = put_event | {"userAgent": "", "requestID": "b", "userIdentity": who}
    sat = [replace(each, body={**each.body, "caller": who["arn"][:-3] + "alice"}) for each in records[:1]]
    told = witnessed([*sat, *records[1:]], [*ours, aside])
    assert told.agrees and told.beside[0].endswith("by bob")

    lines = (visit.folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    shorter = chained(put(lines, intents[0] - 2), {})  # whoever had the key takes a record out before the first call
    told = witnessed(map(parse, shorter), ours)
    assert not told.agrees and "AWS recorded it for another #" in told.contradicted[0] and told.head == 0
    assert witnessed(map(parse, lines), ours).agrees
