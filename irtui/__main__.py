"""The way in: picks a face. `python -m irtui` and the `irtui` script both come here.

Rules: before anything else is imported, the variables that could steer a run are gone from the environment, files
are private (umask 077) and no core is dumped. `--version` answers without loading the command line.
"""

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from irtui.cli.opening import Opening


def main() -> int:
    os.umask(0o077)
    if sys.argv[1:] == ["--version"]:
        from irtui import __version__

        sys.stdout.write(f"irtui {__version__}\n")
        return 0
    from irtui.environment import neutralised

    gc.set_threshold(
        50_000, 20, 50
    )  # imports make much and drop little: looking through it again and again is for nothing
    _, removed = neutralised(os.environ)
    for name in removed:
        del os.environ[name]
    _no_core()
    from irtui.cli.main import run

    return _ended(run(sys.argv[1:], screen=_screen, removed=removed))


def _ended(code: int) -> int:
    """A stopped question to CloudTrail, the only thing that may still be under way, does not keep the process."""
    if "irtui.desk.watch" in sys.modules:
        from irtui.desk.watch import lingering

        if lingering():
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError, ValueError):  # the terminal may be gone
                    stream.flush()
            os._exit(code)
    return code


def _screen(opening: "Opening") -> int:
    """The TUI, which the cli cannot import."""
    from irtui.tui.app import run_app

    return run_app(
        opening.desk,
        start=opening.request,
        resume=opening.incident,
        profile=opening.profile,
        key=opening.key,
        ascii_only=opening.ascii_only,
        keymap=opening.desk.settings.keymap,
        log=opening.desk.home.log,
    )


def _no_core() -> None:
    """A core file would hold credentials. Where the system has no such limit there is nothing to set."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
