"""`irtui keys`: the operator's long-term key, which signing key can be had here, and the secrets that AWS issued."""

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode
from irtui.cli.opening import Session, home
from irtui.cli.output import Result
from irtui.text import inert

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def keys() -> None:
    """Your long-term key: make it, show its public half, probe the keyring. And secrets that AWS issued."""


def _kind(command: Command) -> Command:
    kinds = click.Choice(["keyring", "passphrase-file"])
    return click.option("--key", type=kinds, default="keyring", show_default=True, help="Where the key is.")(command)


@keys.command()
@_kind
@options.output
def init(key: str) -> Result:
    """Make your long-term key, which vouches for the key of each incident. One that is there stays as it is."""
    from irtui.cli.asking import ask_secret
    from irtui.errors import KeyUnavailable

    passphrase = ""
    if key == "passphrase-file":
        passphrase = ask_secret("Passphrase of the key file") or ""
        if (ask_secret("The same again") or "") != passphrase:
            raise KeyUnavailable("The two passphrases differ.", advice="Nothing was made. Type the same one twice.")
    return _told(key, passphrase, make=True)


@keys.command()
@_kind
@options.output
def show(key: str) -> Result:
    """The public half of your long-term key: what a reviewer gives to `irtui audit verify --signer`. Exit 7 when
    there is none."""
    from irtui.cli.asking import ask_secret

    passphrase = (ask_secret("Passphrase of the key file") or "") if key == "passphrase-file" else ""
    return _told(key, passphrase, make=False)


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


@keys.command()
@click.argument("access_key_id")
@_kind
@click.option(
    "--to", default="", metavar="FILE", help="A new file, for you alone; without it stdout, if that is no terminal."
)
@click.option("--forget", is_flag=True, help="Remove it from the vault; hands out nothing.")
@options.output
@click.pass_obj
def secret(session: Session, access_key_id: str, key: str, to: str, forget: bool) -> Result:
    """The secret of an access key that an incident issued, to a pipe or a new file. Exit 7 when it is not there."""
    from irtui.cli.asking import ask_secret
    from irtui.desk.keys import Keys
    from irtui.desk.keys import access_key_id as checked
    from irtui.desk.written import save
    from irtui.errors import UsageError

    name = checked(access_key_id)
    if forget and to:
        raise UsageError("--forget hands out nothing.", advice="First --to, then --forget.")
    if not (forget or to) and (session.json or sys.stdout.isatty()):
        raise UsageError(
            "A secret goes to no terminal, and into no JSON.", advice="Pipe it on, or name a file: --to FILE."
        )
    passphrase = (ask_secret("Passphrase of the key file") or "") if key == "passphrase-file" else ""
    held = Keys(home(), os.urandom)
    place = held.place(key, secrets=True)
    data: dict[str, Any] = {"access_key_id": name, "place": place, "to": to, "forgotten": False}
    if forget:
        data["forgotten"] = held.issued(key, passphrase).forget(name)
        said = "forgotten" if data["forgotten"] else "not there"
        return Result(data, f"secret of {name}  {said}  in {inert(place)}")
    found = held.secret(key, passphrase, name)
    if not to:
        return Result(data, found)
    save(to, found)
    return Result(
        data, f"secret of {name}  in {inert(to)}\n  It is still in the vault: irtui keys secret {name} --forget"
    )


def _told(kind: str, passphrase: str, *, make: bool) -> Result:
    from irtui.desk.keys import Keys

    held = Keys(home(), os.urandom)
    public, made = held.operator(kind, passphrase, make=make)
    data = {"kind": kind, "place": held.place(kind), "public": public, "made": made}
    if not public:
        text = f"no long-term key in {inert(held.place(kind))}\n  irtui keys init --key {kind}"
        return Result(data, text, ExitCode.NO_KEY)
    rows = (
        f"long-term key  {'made' if made else 'there'}  in {inert(held.place(kind))}",
        f"  public  {public}",
        "  Give the public half to whoever reviews your journals, not by the journal itself.",
    )
    return Result(data, "\n".join(rows))
