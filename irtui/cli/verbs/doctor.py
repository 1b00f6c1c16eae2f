"""`irtui doctor`: what this machine has for an incident, and the fix for what it lacks. Talks to no AWS account."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click

from irtui import __version__
from irtui.cli import options
from irtui.cli.diagnostics import ExitCode
from irtui.cli.opening import Session, home
from irtui.cli.output import Result
from irtui.cli.terminal import screen_refusal
from irtui.errors import IrtuiError
from irtui.text import inert


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    ok: bool
    said: str
    fix: str = ""
    needed: bool = False
    """Without it no incident can be opened; the rest only narrows the choice."""


@click.command()
@options.output
@click.pass_obj
def doctor(session: Session) -> Result:
    """Check this machine.

    Terminal, folders, settings, runbooks, keyring, simulator. Exit 1 when something needed is missing.
    """
    findings = list(_findings(session))
    data = [{"what": f.what, "ok": f.ok, "said": f.said, "fix": f.fix, "needed": f.needed} for f in findings]
    lines = []
    for finding in findings:
        mark = "✔ ok     " if finding.ok else "✘ missing" if finding.needed else "! without"
        lines.append(f"  {mark}  {finding.what:<11} {inert(finding.said)}")
        if not finding.ok and finding.fix:
            lines.append(f"{'':25}{inert(finding.fix)}")
    broken = any(finding.needed and not finding.ok for finding in findings)
    return Result(data, "\n".join(lines), ExitCode.FAILED if broken else ExitCode.DONE)


def _findings(session: Session) -> Iterator[Finding]:
    yield Finding("irtui", True, f"{__version__} on Python {platform.python_version()}, {platform.system()}")
    refusal = screen_refusal()
    yield Finding("terminal", not refusal, refusal or "the TUI can be drawn here")
    yield from _folders()
    yield from _settings()
    yield _runbooks()
    yield _keyring()
    simulated = all(find_spec(name) for name in ("moto", "flask"))
    yield Finding(
        "simulator", simulated, "installed" if simulated else "not installed", "pipx install 'irtui[rehearse]'"
    )
    yield from _worlds()
    if session.removed:
        yield Finding("environment", False, f"ignored: {', '.join(session.removed)}", "They could redirect a real run.")


def _worlds() -> Iterator[Finding]:
    """Nothing where no simulated world runs."""
    from irtui.desk.worlds import WORLD_IDLE, running

    if found := [world.incident for world in running(home()) if not world.attended]:
        said = f"left rehearsals whose simulated world runs: {', '.join(found)}; irtui incidents end-worlds ends them, "
        yield Finding("worlds", True, f"{said}else each ends {WORLD_IDLE // 3600} h after its last request")


def _folders() -> Iterator[Finding]:
    place = home()
    for what, folder in (("incidents", place.incidents), ("log", place.log.parent)):
        usable = _writable(folder)
        yield Finding(what, usable, str(folder), "Make it writable, or choose another with IRTUI_HOME.", needed=True)


def _writable(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, can be written."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)


def _settings() -> Iterator[Finding]:
    from irtui.settings.load import load_settings

    path = home().settings
    try:
        named = load_settings(path).checkpoint
    except IrtuiError as error:
        yield Finding("settings", False, str(error), error.advice, needed=True)
        return
    yield Finding("settings", True, str(path) if path.exists() else f"none ({path}); the defaults hold")
    place = f"{named.bucket} of account {named.account}, for {named.days} days" if named else "no bucket is named"
    yield Finding(
        "checkpoints", named is not None, place, "Name one under [checkpoint]; how to make it: docs/checkpoints.md."
    )


def _runbooks() -> Finding:
    from irtui.runbook.library import Library

    names = Library(()).names()
    return Finding("runbooks", bool(names), ", ".join(names) or "none found", "Install irtui again.", needed=True)


def _keyring() -> Finding:
    from irtui.vault.os_keyring import probe

    found = probe(os.urandom)
    return Finding("keyring", found.available, found.backend or found.why, found.advice)
