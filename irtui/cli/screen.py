"""The way to the TUI. Light: the desk and what it stands on are loaded behind the first frame."""

import os
import sys
from typing import TYPE_CHECKING

from irtui.cli.diagnostics import ExitCode, print_to
from irtui.cli.opening import DeskToCome, Opening, Session
from irtui.cli.output import Result
from irtui.cli.terminal import screen_refusal
from irtui.errors import UsageError
from irtui.text import inert

if TYPE_CHECKING:
    from irtui.desk.nouns import Request


def wanted(session: Session, plain: bool) -> bool:
    """Where there is no screen, and nobody asked for the TUI alone, the plain face does the same walk."""
    return not (plain or session.json or screen_refusal())


def draw(
    session: Session,
    *,
    runbooks: tuple[str, ...] = (),
    scenarios: tuple[str, ...] = (),
    request: "Request | None" = None,
    incident: str | None = None,
    profile: str = "",
    key: str = "",
    no_color: bool,
    ascii_only: bool,
) -> Result:
    """Opens the TUI at its desk, a request or an incident. Raises UsageError with one line where it cannot be drawn."""
    refusal = "-o json has no screen; name a command." if session.json else screen_refusal()
    if refusal:
        raise UsageError(refusal, title="No screen")
    say_removed(session, request.mode if request else "real")
    if no_color:
        os.environ["NO_COLOR"] = "1"
    return Result(
        code=ExitCode(
            session.screen(Opening(DeskToCome(runbooks, scenarios), request, incident, profile, key, ascii_only))
        )
    )


def say_removed(session: Session, mode: str) -> None:
    if session.removed and mode == "real":
        names = ", ".join(inert(name) for name in session.removed)
        print_to(sys.stderr, f"irtui: ignored from the environment: {names}")
