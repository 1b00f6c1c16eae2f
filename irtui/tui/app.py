"""The entrance: runs the application until it is left, and waits for a call that is still in flight."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from irtui.tui.application import IrtuiApp
from irtui.tui.signals import INTERRUPTED, ended_by_signals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from irtui.clock import Clock
    from irtui.desk.nouns import Request

PATIENCE = 25.0
"""Seconds to wait for a call in flight after the window has gone; the door's own limit is 20."""


def run_app(
    desk: Any,
    *,
    start: Request | None = None,
    resume: str | None = None,
    profile: str = "",
    key: str = "",
    clock: Clock | None = None,
    ascii_only: bool = False,
    keymap: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> int:
    """Runs the app until it is left. 0, 70 after a bug (said on stderr), 130 after a signal.

    Raises the IrtuiError that ended a run or a briefing that was asked for with `start` or `resume`, when it has
    been read on the screen; after a hand-over, or when another process took over, the desk is there instead. Waits for
    a call in flight, so that its outcome is recorded.
    """
    app = IrtuiApp(
        desk, start=start, resume=resume, profile=profile, key=key, clock=clock, ascii_only=ascii_only, keymap=keymap,
        log=log,
    )  # fmt: skip

    def leave() -> None:
        if app.bridge is not None and app.bridge.visit is not None:
            app.bridge.visit.stop()
        app.exit()

    with ended_by_signals(leave) as came:
        try:
            app.run()
        finally:
            if app.bridge is not None and not app.bridge.close(0.5) and app.bridge.visit is not None:
                with suppress(OSError):  # the terminal may be gone
                    sys.stderr.write("irtui: waiting for the call in flight to be recorded …\n")
                app.bridge.close(PATIENCE)
    if came:
        return INTERRUPTED
    if app.failure is not None:
        raise app.failure
    if app.bug:
        sys.stderr.write(f"irtui: {app.bug}. An incident, if one was open, can be resumed.\n")
        return 70
    return 0
