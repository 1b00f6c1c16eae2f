"""What other searches found, given to the family tree, and with whose session a step reads."""

from dataclasses import replace
from typing import Any, cast

import pytest

from irtui.actions.interface import Facts
from irtui.actions.registry import ACTIONS
from irtui.aws.door import Door
from irtui.engine.placed import Placed
from irtui.errors import RunbookError
from irtui.runbook.parse import parse_runbook
from tests.support.forensics import RUNBOOK, Leaving, Scene
from tests.support.trails import ACCOUNT


def _tree(scene: Scene, **inputs: Any) -> Facts:
    observe = ACTIONS["cloudtrail.family_tree"].observe
    assert observe is not None
    step = parse_runbook(RUNBOOK, "trail-forensics.yaml").steps[-1]
    given = {"access_key_id": scene.leaked, "account": ACCOUNT, **inputs}
    return observe(Placed(scene.door, step, {}), given, scene.trailed.lab.world.now())


def test_events_may_be_given_as_they_are(scene: Scene) -> None:
    """A list of CloudTrail's events, from wherever, makes members; those of keys outside the family do not."""
    events = [
        event for key in scene.trailed.keys() for event in scene.trailed.read(key)["Records"]  # noqa: SIM118
    ]  # fmt: skip
    made = {node["id"]: node["how"] for node in _tree(scene, events=events).data["nodes"]}
    assert {*scene.sessions, "role/far"} <= made.keys() and made["user/ghost"] == "CreateUser"
    assert made["user/responder"] == "nobody knows yet who made it", "its maker is nobody of the family"


def test_what_a_search_left_out_keeps_the_tree_from_being_sure(scene: Scene) -> None:
    """A search with gaps, or with more calls than a step may keep, is named among the tree's own gaps."""
    facts = _tree(scene, events={"keys": [], "left_out": 7, "gaps": ["s3://b/k: it could not be read"]})
    told = " ".join(facts.gaps)
    assert "7 calls" in told and "s3://b/k" in told and facts.data["state"] == "unknown"


@pytest.mark.parametrize("wrong", ["text", [3], {"events": []}, {"keys": "x"}])
def test_events_of_no_known_form_are_refused(scene: Scene, wrong: Any) -> None:
    """Events that nobody can read are no events; the step fails instead of showing a small family."""
    with pytest.raises(RunbookError, match="events"):
        _tree(scene, events=wrong)


def test_a_step_reads_objects_in_its_own_session(scene: Scene) -> None:
    """What a step's session may read is not asked for with the caller's."""
    door, step = Leaving(scene.door), parse_runbook(RUNBOOK, "trail-forensics.yaml").steps[0]
    Placed(cast(Door, door), replace(step, session="audit"), {}).objects().close()
    assert door.sessions == ["audit"]
