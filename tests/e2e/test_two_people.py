"""Two people on two machines: two processes with two homes, two keys and two AWS identities, and files between them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irtui.gameday.world import World
from tests.support.program import ROOT, Walk, incident_folder, irtui, records, until
from tests.support.stage import operator, over_small

LIVE = str(ROOT / "tests" / "support" / "live_program.py")
ACCOUNT = "111122223333"
RUNBOOK = """
runbook: together
title: Deny a user, together
version: "1"
severity: high
use_when: A test needs two people.
inputs: {user: {type: user, title: "Which user?"}}
steps:
  - {id: look, phase: analyze, title: Look, call: iam.GetUser, with: {UserName: "${{ inputs.user }}"}, evidence: true}
  - id: deny
    phase: contain
    title: Deny everything to ${{ inputs.user }}
    call: iam.PutUserPolicy
    with:
      UserName: ${{ inputs.user }}
      PolicyName: irtui
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}
    needs: [look]
    approvers: 1
    confirm: ${{ inputs.user }}
    verify:
      call: iam.GetUserPolicy
      with: {UserName: "${{ inputs.user }}", PolicyName: irtui}
      until: PolicyDocument.Statement[0].Effect == 'Deny'
      within: 30s
    undo:
      call: iam.DeleteUserPolicy
      with: {UserName: "${{ inputs.user }}", PolicyName: irtui}
"""


class People:
    """One world, and a home for each person below `folder`."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        (folder / "together.yaml").write_text(RUNBOOK)
        self.keys: dict[str, tuple[str, str]] = {}

    def joins(self, name: str) -> Path:
        """A person with a home and an IAM user of their own."""
        home = self.folder / name
        (home / "config").mkdir(parents=True)
        iam = operator(self.world, "iam")
        iam.create_user(UserName=name)
        iam.attach_user_policy(UserName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self.keys[name] = (key["AccessKeyId"], key["SecretAccessKey"])
        return home

    def environ(self, name: str) -> dict[str, str]:
        key_id, secret = self.keys[name]
        return {
            "AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": "us-east-1",
            "USER": name,
        }  # fmt: skip

    def program(self) -> tuple[str, ...]:
        return (LIVE, self.world.url)

    def sits_down(self, name: str, home: Path, *arguments: str) -> Walk:
        return Walk(home, *arguments, program=self.program(), extra=self.environ(name))

    def opens(self, name: str, home: Path) -> Walk:
        walk = self.sits_down(
            name, home, "run", str(self.folder / "together.yaml"), "-i", "user=ci", "--key", "passphrase-file",
            "--plain",
        )  # fmt: skip
        walk.answer("Type trust", "trust")
        walk.answer("Passphrase", f"{name} types a sentence")
        walk.answer("last four digits", ACCOUNT[-4:])
        return walk

    def approves(self, name: str, home: Path, request: Path, typed: str = "ci") -> Any:
        return irtui(
            home, "approve", str(request), "--key", "passphrase-file", "-o", "json", program=self.program(),
            extra=self.environ(name), lines=(typed, f"{name} types a sentence"),
        )  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    scenario = over_small("propagation: {least: 0s, most: 0s}")
    started = World.start(scenario, seed=1, folder=tmp_path_factory.mktemp("world"))
    yield started
    started.stop()


def request_in(home: Path) -> Path:
    found: list[Path] = until(lambda: [*incident_folder(home).glob("approvals/*.request.json")], "a request")
    return found[0]


def test_one_asks_another_approves_and_the_plan_runs_also_after_a_kill(world: World, tmp_path: Path) -> None:
    """The operator is killed while a colleague decides; the resumed process finds the answer, takes the plan from the
    journal, and sends exactly it. The operator's own answer, from the same machine, counted for nothing."""
    people = People(world, tmp_path)
    nadia, mo = people.joins("nadia"), people.joins("mo")
    walk = people.opens("nadia", nadia)
    try:
        walk.answer("Number or name", "wait")
        walk.until("> ")
        request = request_in(nadia)
        own = people.approves("nadia", nadia, request)
        assert own.returncode == 5, own.stdout + own.stderr
        assert "Nobody approves for themselves" in own.stdout
        sent = tmp_path / "mail" / request.name
        sent.parent.mkdir()
        sent.write_bytes(request.read_bytes())
        said_no = people.approves("mo", mo, sent, typed="")
        assert said_no.returncode == 5
        assert [*sent.parent.iterdir()] == [sent]
        said_yes = people.approves("mo", mo, sent)
        assert said_yes.returncode == 0, said_yes.stderr
        assert "iam.PutUserPolicy" in said_yes.stderr
        assert "asked by   nadia (user/nadia)" in said_yes.stderr
        told = json.loads(said_yes.stdout)["data"]
        answer = Path(told["path"])
        pin(nadia, "mo", told["key"])
    finally:
        walk.end()  # SIGKILL
    (request.parent / "from-mo.approval.json").write_bytes(answer.read_bytes())
    again = people.sits_down("nadia", nadia, "resume", "--key", "passphrase-file", "--plain")
    try:
        again.answer("Passphrase", "nadia types a sentence")
        again.until("Approved")
        again.answer("Type ci to run 1 change", "ci")
        again.until("done")
        again.say("c")
        again.answer("Type close", "close")
        assert again.ended() == 0
    finally:
        again.end()
    written = records(nadia)
    kinds = [record["body"]["kind"] for record in written if record["type"] == "approve"]
    assert kinds == ["request", "approval"]
    (intent,) = [record for record in written if record["type"] == "intent"]
    asked = next(record["body"] for record in written if record["type"] == "approve")
    assert intent["body"]["plan"] == asked["digest"]
    verified = irtui(nadia, "audit", "verify", incident_folder(nadia).name)
    assert verified.returncode == 0, verified.stdout
    assert operator(world, "iam").list_user_policies(UserName="ci")["PolicyNames"].count("irtui") == 1


@pytest.mark.deep
def test_the_glass_is_broken_in_the_tui(world: World, tmp_path: Path) -> None:
    """On the screen: who is missing and until when, and with one choice, a reason and the typed target it runs; the
    banner, the report and `incidents show` say so afterwards."""
    people = People(world, tmp_path)
    kim = people.joins("kim")
    opening = people.sits_down(
        "kim", kim, "run", str(tmp_path / "together.yaml"), "-i", "user=bot", "--key", "ephemeral", "--plain"
    )  # fmt: skip
    try:
        opening.answer("Type trust", "trust")
        opening.answer("last four digits", ACCOUNT[-4:])
        opening.answer("Number or name", "")
        opening.answer("> ", "q")
        assert opening.ended() == 0
    finally:
        opening.end()
    walk = Walk(kim, "resume", program=people.program(), extra=people.environ("kim"), terminal=True)
    try:
        walk.sees("approval")
        walk.press("w")
        walk.sees("0 of 1 approved; the request expires at")
        walk.sees("break-glass")
        one_by_one(walk, *"jjjj", "\r")
        walk.sees("Type why it cannot wait")
        walk.press("it spreads and nobody answers\r")
        walk.sees("Type bot to run 1 change")
        walk.sees("BREAK-GLASS")
        one_by_one(walk, "\x1b[Z", *"bot")
        walk.sees("ready: tab")
        one_by_one(walk, "\t", "\t", "\r")
        walk.sees("done")
        walk.sees("BREAK-GLASS")
        walk.press("qq")
        assert walk.ended() == 0
    finally:
        walk.end()
    name = incident_folder(kim).name
    assert "BREAK-GLASS" in irtui(kim, "incidents", "show", name).stdout
    report = irtui(kim, "audit", "export", name, "--format", "markdown").stdout
    assert "**BREAK-GLASS**" in report and "it spreads and nobody answers" in report


def one_by_one(walk: Walk, *keys: str) -> None:
    """Each key when the one before shows: keys that come at once all go to where the focus was."""
    for key in keys:
        before = len(walk.bytes)
        walk.press(key)
        until(lambda: len(walk.bytes) > before, f"what {key!r} shows")  # noqa: B023


def pin(home: Path, name: str, key: str) -> None:
    (home / "config" / "config.toml").write_text(f'[approvers]\n{name} = "{key}"\n')
