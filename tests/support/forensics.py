"""A trail, a key that went astray, and a responder who may not ask Event history; the runbook that reads them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from irtui.aws.door import Objects
from irtui.aws.simulated import SignedIn, open_simulated
from irtui.clock import ManualClock
from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from irtui.journal.read import read_evidence
from tests.support.bench_of_one import Bench, CloseIncident
from tests.support.lab import QUIET, Lab
from tests.support.trails import ACCOUNT, ALL, Trailed

RUNBOOK = (Path(__file__).parents[1] / "runbooks" / "trail-forensics.yaml").read_text(encoding="utf-8")
BLIND = {"Effect": "Deny", "Action": "cloudtrail:LookupEvents", "Resource": "*"}


@dataclass
class Scene:
    """A key that opened a role, through it another, and there made a user. Only the trail's bucket tells of it."""

    trailed: Trailed
    leaked: str
    sessions: tuple[str, ...]
    door: Any


@contextmanager
def staged(folder: Path) -> Iterator[Scene]:
    world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=21, folder=folder)
    try:
        lab = Lab(world)
        trailed = Trailed(lab, lab.user("auditor", ALL), "evidence")
        trailed.start()
        eve = lab.user("mallory", ALL)
        near, far = (
            _role(lab, "near", f"arn:aws:iam::{ACCOUNT}:root"),
            _role(lab, "far", f"arn:aws:iam::{ACCOUNT}:root"),
        )
        first = lab.client("sts", eve).assume_role(RoleArn=near, RoleSessionName="hop")
        second = lab.client("sts", first).assume_role(RoleArn=far, RoleSessionName="hop2")
        lab.client("iam", second).create_user(UserName="ghost")
        world.advance(3 * 3600)
        made = lab.user("responder", ALL, BLIND)["AccessKey"]
        door = open_simulated(
            endpoint_url=world.url, region="us-east-1", clock=ManualClock(world.now()),
            sign_in=lambda: SignedIn(made["AccessKeyId"], made["SecretAccessKey"]),
        )  # fmt: skip
        sessions = (first["Credentials"]["AccessKeyId"], second["Credentials"]["AccessKeyId"])
        yield Scene(trailed, eve["AccessKey"]["AccessKeyId"], sessions, door)
    finally:
        world.stop()


def _role(lab: Lab, name: str, trusted: str) -> str:
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}]}  # fmt: skip
    iam = lab.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(
        RoleName=name, PolicyName="all", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [ALL]})
    )
    return str(arn)


def walked(scene: Scene, folder: Path, text: str = RUNBOOK, door: Any = None) -> Bench:
    inputs = {"access_key_id": scene.leaked, "trail_arn": scene.trailed.arn}
    bench = Bench(folder, text, door=door or scene.door, now=scene.trailed.lab.world.now(), inputs=inputs)
    bench.walk(CloseIncident("done"))
    return bench


def evidence_of(bench: Bench, step: str) -> dict[str, Any]:
    """What the step saw, by the hash in the journal."""
    (sha256,) = (r.body["evidence"] for r in bench.journal.records if r.type == "observe" and r.body["step"] == step)
    found: dict[str, Any] = json.loads(read_evidence(bench.folder, sha256))
    return found


class WithTheWorld(ManualClock):
    """Whoever waits for CloudTrail's two requests a second lets the world's time go by."""

    def __init__(self, world: World) -> None:
        super().__init__(world.now())
        self._world = world

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._world.advance(seconds)


class Leaving:
    """The scene's door; `meanwhile` happens when a step asks for objects."""

    def __init__(self, door: Any) -> None:
        self._door = door
        self.meanwhile: Callable[[], None] = lambda: None
        self.sessions: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._door, name)

    def objects(self, session: str = "caller") -> Objects:
        self.sessions.append(session)
        self.meanwhile()
        return cast(Objects, self._door.objects())
