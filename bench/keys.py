"""How long a key takes to show its effect in the TUI while a call to AWS hangs."""

import os
import subprocess
from pathlib import Path
from statistics import median

from bench.timing import Terminal
from irtui.gameday.scenario import load_scenario
from irtui.gameday.world import World

HANG = 10.0
"""Seconds that every IAM call takes."""
SCENARIO = "leaked-key"


def effect_while_a_call_hangs(irtui: str, rounds: int) -> float:
    """Median seconds from `?` to the drawn help, on a pty, with a preview in the air that waits for IAM."""
    incident = _opened(irtui)
    world = World.connect(Path(os.environ["IRTUI_HOME"]) / "state" / "worlds" / incident)
    try:
        terminal = Terminal([irtui, "resume", incident], {})
        try:
            terminal.until(b"preview")
            world.weather({"effect": "delay", "service": "iam", "seconds": HANG})
            terminal.send("r")
            before = len(world.requests())
            times = []
            for _ in range(rounds):
                at = len(terminal.seen)
                terminal.send("?")
                times.append(terminal.until(b"keys that work here", since=at))
                terminal.send("\x1b")
                terminal.rest(0.5)
            if len(world.requests()) > before + 1:
                raise RuntimeError("the call did not hang while the keys were timed")
            return median(times)
        finally:
            terminal.end()
    finally:
        world.stop()


def _opened(irtui: str) -> str:
    """A rehearsal that was opened in the plain face and left at its first change."""
    digits = load_scenario(SCENARIO).world.account[-4:]
    subprocess.run(
        [irtui, "rehearse", SCENARIO, "--plain"],
        input=f"1\n{digits}\n",
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (folder,) = (Path(os.environ["IRTUI_HOME"]) / "data" / "incidents").iterdir()
    return folder.name
