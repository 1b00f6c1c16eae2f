"""A user and a role whose inline policies leave no room: contained all the same, by a boundary that the plan shows."""

from pathlib import Path

from irtui.desk.desk import Desk
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request
from irtui.gameday.drill import Drill, Drilling
from irtui.gameday.scenario import load_scenario
from irtui.settings.load import Settings


def statement(characters: int) -> str:
    """A policy document of so many characters, which allows nothing that anybody has."""
    empty = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::"}]}'
    )
    return empty.replace(":::", ":::" + "x" * (characters - len(empty)))


FULL = f"""scenario: full-policies
base: leaked-key
world:
  users:
    ci:
      policies:
        padding: {statement(1790)}
  roles:
    deploy:
      policies:
        padding: {statement(9900)}
"""


def test_who_filled_the_inline_policies_is_contained_by_a_boundary(tmp_path: Path) -> None:
    """Neither the deny nor the revocation fits: both plans set AWSDenyAll, each undo was tried, the re-check holds."""
    path = tmp_path / "full-policies.yaml"
    path.write_text(FULL, encoding="utf-8")
    desk = Desk(Home.from_environ({"IRTUI_HOME": str(tmp_path)}), Settings(), {})
    scenario = load_scenario(str(path))
    briefing = desk.brief(Request("rehearsal", scenario=str(path), seed=1, hurry=True), lambda prompt: None)
    inputs = {field.spec.name: field.value for field in briefing.fields if field.value}
    visit = desk.begin(briefing, Answers(inputs, briefing.identity.account[-4:], "throw-away"))
    drills: list[Drill] = []
    try:
        assert visit.world is not None
        state = visit.walk(Drilling(scenario.answers, visit.clock, visit.world, drills))
        met = {objective.id: objective.met for objective in visit.objectives()}
    finally:
        visit.end()
    first = {step.key: step.calls[0].planned for step in state.steps if step.calls}
    assert first["deny"]["call"] == "iam.PutUserPermissionsBoundary"
    assert "NO ROOM for an inline policy" in str(first["deny"]["note"])
    assert [(drill.left, drill.seen) for drill in drills if drill.key in ("deny", "revoke_roles")] == [((), True)] * 2
    bounded = {line.split("/")[2] for drill in drills for line in drill.did if line.endswith("policy/AWSDenyAll")}
    assert bounded == {"users", "roles"}
    assert state.closed and state.contained == "contained" and all(met.values()), met
