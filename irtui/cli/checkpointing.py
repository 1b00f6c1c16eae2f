"""Signed checkpoints on the command line: one more of an open incident, and a door to those that are to be read."""

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from irtui.cli.asking import ask_secret
from irtui.cli.diagnostics import ExitCode
from irtui.cli.opening import Session, open_desk
from irtui.cli.output import Result
from irtui.clock import SystemClock
from irtui.text import inert

if TYPE_CHECKING:
    from irtui.desk.doors import ReadingDoor


def door_to(profile: str, region: str, endpoint_url: str) -> "Callable[[], ReadingDoor]":
    """Opens one when S3 must be read; the same each time."""

    @cache
    def door() -> "ReadingDoor":
        from irtui.desk.doors import reading_door

        return reading_door(
            profile=profile, region=region, endpoint_url=endpoint_url, environ=os.environ, clock=SystemClock(),
            ask_secret=ask_secret,
        )  # fmt: skip

    return door


def put(session: Session, incident: str, *, profile: str, key: str, ascii_only: bool) -> Result:
    """Goes on with an incident, puts one, and leaves it. Raises what `resume` does."""
    from irtui.cli import sitting
    from irtui.cli.asides import Asides
    from irtui.cli.errands import Checkpointer
    from irtui.cli.face import Face
    from irtui.cli.interruption import interruptible
    from irtui.cli.lines import Lines

    desk, page, lines = open_desk(), sitting.page_of(session, ascii_only), Lines(0)
    with interruptible(lines):
        asking = sitting.asking_on(page, lines)
        visit = desk.resume(incident, profile=profile, key=key, ask_secret=asking.secret)
        try:
            before = visit.state.told
            state = visit.walk(Checkpointer(Face(page), lines, Asides(visit)))
            there = state.told > before
            told = [record.body["where"] for record in visit.records() if record.type == "anchor"]
            where = str(told[-1]) if there else ""
            data = {"incident": state.id, "anchored": state.told, "where": where}
            text = f"anchored to #{state.told}: {inert(where, 600)}" if there else ""
            return Result(data, text, ExitCode.DONE if there else ExitCode.FAILED)
        finally:
            visit.release()
