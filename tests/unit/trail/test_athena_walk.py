"""Athena end to end: the runbook starts the query, and its result is one of the places that a search asks."""

import json
import subprocess
import sys

import pytest

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.athena_lab import Athena
from tests.support.lab import QUIET, Lab

KEY = "AKIAIOSFODNN7EXAMPLE"


def test_the_sql_is_printed_and_nothing_is_asked() -> None:
    """--sql needs no credentials: it prints the database, the table and the query, values as literals."""
    done = _search("--sql", "--s3", "s3://logs/audit/AWSLogs/", "--region", "eu-west-1", "--account-id", "111122223333",
                   "--since", "2026-03-01T00:00:00Z", "--principal", "it's", "-o", "json")  # fmt: skip
    told = json.loads(done.stdout)["data"]["sql"]
    assert "LOCATION 's3://logs/audit/AWSLogs/'" in told
    assert "'it''s'" in told
    assert told.startswith("CREATE DATABASE IF NOT EXISTS irtui;")


def test_without_a_beginning_or_a_place_there_is_no_sql() -> None:
    """What Athena reads is paid for: it is not asked without --since, and --sql needs the place spelt out."""
    done = _search("--sql", "--s3", "s3://logs", "--region", "eu-west-1", "--account-id", "111122223333",
                   "--access-key", KEY)  # fmt: skip
    assert done.returncode == 2
    assert "Athena needs --since" in done.stderr
    assert _search("--sql", "--access-key", KEY, "--since", "2026-03-01T00:00:00Z").returncode == 2


def test_what_a_query_found_is_a_place_to_search(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query that was started elsewhere is read by its id; one with other columns is a finding, not a silence."""
    world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=3, folder=tmp_path_factory.mktemp("athena"))
    try:
        lab = Lab(world)
        key = lab.user("searcher", {"Effect": "Allow", "Action": "*", "Resource": "*"})["AccessKey"]
        athena = Athena(lab, {"AccessKey": key}).prepared()
        event = {
            "eventID": "e1", "eventTime": "2026-03-01T10:00:00Z", "eventName": "CreateUser", "awsRegion": "us-east-1",
            "eventSource": "iam.amazonaws.com", "userIdentity": {"type": "IAMUser", "accessKeyId": KEY},
        }  # fmt: skip
        athena.put("111122223333", "us-east-1", "2026/03/01", event)
        other = athena.start("SELECT eventname FROM logs.trail WHERE account = '111122223333'")
        world.advance(4)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        done = _search("--access-key", KEY, "--athena-query", other, "--region", "us-east-1",
                       "--endpoint-url", world.url, "-o", "json")  # fmt: skip
    finally:
        world.stop()
    data = json.loads(done.stdout)["data"]
    assert done.returncode == 1
    assert [finding["kind"] for finding in data["findings"]] == ["format"]
    assert [source["name"] for source in data["sources"]] == [f"Athena query {other}"]


def _search(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "irtui", "trail", "search", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
