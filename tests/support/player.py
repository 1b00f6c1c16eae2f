"""Plays one sitting of the leaked-key rehearsal with the scripted operator, through the desk, in its own process.

Usage: player.py HOME [INCIDENT]. Prints a line with the incident's id when it is open, and at the end one JSON
object: whether it is closed, the objectives, and what reached the simulated AWS.
"""

import json
import os
import sys
from pathlib import Path

from irtui.desk.desk import Desk
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request
from irtui.gameday.scenario import load_scenario
from irtui.gameday.scripted import ScriptedOperator
from irtui.gameday.world import World
from irtui.settings.load import Settings


def main() -> None:
    home = Home.from_environ({"IRTUI_HOME": sys.argv[1]})
    desk = Desk(home, Settings(), dict(os.environ))
    if len(sys.argv) > 2:
        visit = desk.resume(sys.argv[2], hurry=True, ask_secret=lambda prompt: None)
    else:
        briefing = desk.brief(Request("rehearsal", scenario="leaked-key", hurry=True), lambda prompt: None)
        inputs = {field.spec.name: field.value for field in briefing.fields if field.value}
        visit = desk.begin(briefing, Answers(inputs, briefing.identity.account[-4:]))
    print(visit.id, flush=True)
    try:
        state = visit.walk(ScriptedOperator(load_scenario("leaked-key").answers, visit.clock))
        world = World.connect(home.state / "worlds" / visit.id)
        outcome = {
            "closed": state.closed,
            "objectives": {objective.id: objective.met for objective in visit.objectives()},
            "requests": world.requests(),
        }
        print(json.dumps(outcome), flush=True)
    finally:
        visit.release()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()
