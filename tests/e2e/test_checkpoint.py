"""A real incident whose journal is witnessed by a bucket that nobody can empty, from the settings to the reviewer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irtui.gameday.world import World
from tests.support.program import ROOT, Done, incident_folder, irtui, records
from tests.support.stage import operator
from tests.support.vaulted import ACCOUNT, BUCKET, vaulted

LIVE = str(ROOT / "tests" / "support" / "live_program.py")
SETTINGS = f'[checkpoint]\nbucket = "s3://{BUCKET}/irtui"\naccount = "{ACCOUNT}"\ndays = 30\n'
RUNBOOK = """
runbook: look
title: Look
version: "1"
severity: high
use_when: A test looks.
inputs: {user: {type: user, title: "Which user?"}}
steps:
  - {id: look, phase: analyze, title: Look, call: iam.GetUser, with: {UserName: "${{ inputs.user }}"}, evidence: true}
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    started = World.start(vaulted(), seed=2, folder=tmp_path_factory.mktemp("world"))
    yield started
    started.stop()


class Person:
    """A home with settings, and a session of the responder's role in the environment."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.home = world, folder / "home"
        (self.home / "config").mkdir(parents=True)
        (self.home / "config" / "config.toml").write_text(SETTINGS)
        (folder / "look.yaml").write_text(RUNBOOK)
        self._runbook = folder / "look.yaml"
        seat = world.operator_credentials()
        self._environ = {
            "AWS_ACCESS_KEY_ID": seat.access_key_id, "AWS_SECRET_ACCESS_KEY": seat.secret_access_key,
            "AWS_SESSION_TOKEN": seat.session_token, "AWS_DEFAULT_REGION": "us-east-1",
        }  # fmt: skip

    def irtui(self, *arguments: str, lines: tuple[str, ...] = ()) -> Done:
        return irtui(self.home, *arguments, lines=lines, program=(LIVE, self.world.url), extra=self._environ)

    def opens(self, *lines: str) -> Done:
        asked = ("run", str(self._runbook), "-i", "user=ci", "--key", "ephemeral", "--plain")
        return self.irtui(*asked, lines=("trust", "3333", *lines))

    @property
    def incident(self) -> str:
        return incident_folder(self.home).name

    def verifies(self, *arguments: str) -> dict[str, Any]:
        read = ("-o", "json", "--endpoint-url", self.world.url)
        ran = self.irtui("audit", "verify", self.incident, "--allow-open", *arguments, *read)
        found: dict[str, Any] = json.loads(ran.stdout)["data"]
        return found | {"exit": ran.returncode}

    def anchored(self) -> list[dict[str, Any]]:
        return [record["body"] for record in records(self.home) if record["type"] == "anchor"]


@pytest.fixture(scope="module")
def nadia(world: World, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """She has put one with a key in the incident, and one with a command beside it."""
    person = Person(world, tmp_path_factory.mktemp("nadia"))
    ran = person.opens("k", "q")
    assert "Anchored to #" in ran.stdout, ran.stdout + ran.stderr
    more = person.irtui("audit", "checkpoint", person.incident, "--key", "ephemeral")
    assert more.returncode == 0, more.stdout + more.stderr
    assert person.anchored()[1]["where"] in more.stdout
    return person


def test_a_reviewer_reads_them_in_the_bucket_with_their_locks(nadia: Person) -> None:
    """One by one, or all that lies there for the incident: signed, locked, of another account, since when S3 has them;
    what was cut off the journal since is found."""
    first, second = nadia.anchored()
    found = nadia.verifies("--checkpoint", first["where"], "--checkpoint", second["where"])
    assert (found["exit"], found["verdict"], found["anchored"]) == (0, "not closed", second["seq"]), found
    assert [(each["mode"], each["own_account"]) for each in found["checkpoints"]] == [("COMPLIANCE", False)] * 2
    assert not any("checkpoint" in line for line in found["unproven"])
    folder = f"s3://{BUCKET}/irtui/{nadia.incident}/"
    assert nadia.verifies("--checkpoint", folder)["checkpoints"] == found["checkpoints"]
    text = nadia.irtui(
        "audit", "verify", nadia.incident, "--checkpoint", first["where"], "--endpoint-url", nadia.world.url
    ).stdout
    assert f"checkpoint  #{first['seq']} in {first['where']} since 20" in text
    assert "by S3's clock, locked in compliance mode until 20" in text

    path = incident_folder(nadia.home) / "journal.jsonl"
    whole, head = path.read_bytes(), (path.parent / "HEAD").read_bytes()
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[: first["seq"] - 1]))
    (path.parent / "HEAD").unlink()
    cut = nadia.verifies("--checkpoint", first["where"])
    path.write_bytes(whole)
    (path.parent / "HEAD").write_bytes(head)
    assert (cut["exit"], cut["verdict"]) == (6, "truncated"), cut


def test_a_file_says_less_than_the_bucket_and_a_weak_place_says_so(nadia: Person, tmp_path: Path) -> None:
    """Downloaded, a note is checked offline and its place is not proven; in governance mode, without a version, or in
    the incident's own account, each is named as what it does not prove; what is no note is refused."""
    told = nadia.anchored()[0]
    key = told["where"].removeprefix(f"s3://{BUCKET}/").partition("?")[0]
    s3, iam, note = operator(nadia.world, "s3"), operator(nadia.world, "iam"), tmp_path / "note"
    note.write_bytes(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    found = nadia.verifies("--anchor", str(note))
    assert (found["exit"], found["anchored"]) == (0, told["seq"])
    assert any("where the checkpoint of" in line for line in found["unproven"])

    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    iam.put_role_policy(RoleName="admin", PolicyName="all-of-s3", PolicyDocument=policy)
    nadia.world.advance(10)
    s3.create_bucket(Bucket="own-bucket", ObjectLockEnabledForBucket=True)
    until = f"{nadia.world.now().year + 1}-01-01T00:00:00Z"
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until, "ChecksumAlgorithm": "SHA256"}
    s3.put_object(Bucket="own-bucket", Key="weak", Body=note.read_bytes(), **lock)
    s3.put_object(Bucket="own-bucket", Key="bare", Body=note.read_bytes())
    weak = nadia.verifies("--checkpoint", "s3://own-bucket/weak", "--checkpoint", "s3://own-bucket/bare")["unproven"]
    for words in ("in governance mode", "the incident's own account", "the newest was read", "is not locked"):
        assert any(words in line for line in weak), words

    note.write_bytes(b"trust me\n")
    ran = nadia.irtui("audit", "verify", nadia.incident, "--checkpoint", str(note))
    assert ran.returncode == 2 and "is no checkpoint" in ran.stderr
