"""`irtui keys`: which signing key can be had here."""

import os

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode
from irtui.cli.output import Result
from irtui.text import inert


@click.group()
def keys() -> None:
    """Probe the keyring for signing keys."""


@keys.command()
@options.output
def probe() -> Result:
    """Set, read and delete a canary in the OS keyring. Exit 7 when that does not work."""
    from irtui.vault.os_keyring import probe as probed

    found = probed(os.urandom)
    data = {"ok": found.available, "backend": found.backend, "why": found.why, "advice": found.advice}
    if found.available:
        return Result(data, f"keyring  ok  {inert(found.backend)}")
    return Result(data, f"keyring  NOT USABLE  {inert(found.why)}\n  {inert(found.advice)}", ExitCode.NO_KEY)
