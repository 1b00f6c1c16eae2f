"""A request for approval on the page, and the approver's typed yes."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from irtui.cli import present
from irtui.cli.asides import Asides
from irtui.cli.face import Face
from irtui.cli.interruption import interruptible
from irtui.cli.lines import Lines
from irtui.cli.opening import Session
from irtui.cli.page import Page
from irtui.cli.plain import PlainOperator
from irtui.errors import Declined, UsageError
from irtui.journal.approval import read_approval
from irtui.text import inert

if TYPE_CHECKING:
    from irtui.desk.approvals import Asked
    from irtui.desk.desk import Desk


def ask(
    session: Session, desk: "Desk", file: Path, *, profile: str, key: str, ascii_only: bool
) -> tuple["Asked", bytes]:
    """Shows the request and takes the answer. Raises Declined, Denied, UsageError, KeyUnavailable."""
    page, lines = Page(sys.stderr if session.json else sys.stdout, ascii_only=ascii_only), Lines(0)
    with interruptible(lines):
        person = PlainOperator(Face(page), lines, Asides())
        asked = desk.asked(file, profile, person.secret)
        request = asked.request
        page.lines(
            f"{request.mode.upper()}  {inert(request.account)}  {inert(request.incident)}  {inert(request.runbook)}",
            f"  asked by   {inert(request.asker.words)}",
            f"  signed by  {inert(request.key['kind'])} key {request.key['public'][:16]}, {_vouched(asked)}",
            f"  answer by  {request.expires:%Y-%m-%d %H:%M:%SZ}",
            f"  you        {inert(asked.me.words)}",
            f"  plan       {request.digest[:16]}",
            "",
            *present.confirmation(asked.confirmation),
        )
        lines.forget()
        typed = person.line(f"{inert(asked.confirmation.prompt)} (empty: no): ")
        if missing := asked.confirmation.accepts(typed, ""):
            raise Declined(f"not approved: {missing}")
        passphrase = (person.secret("Passphrase of the key file") or "") if key == "passphrase-file" else ""
        return asked, desk.approve(asked, typed, key=key, passphrase=passphrase)


def _vouched(asked: "Asked") -> str:
    endorser = asked.request.endorser
    if not endorser:
        return "which nobody vouches for"
    known = f"known as {inert(asked.known)}" if asked.known else "which your settings do not know"
    return f"vouched for by key {endorser[:16]}, {known}"


def key_of(answer: bytes) -> str:
    """The public key under an answer: what the asker's settings must know."""
    return read_approval(answer).key


def written(path: Path, answer: bytes) -> Path:
    """Writes the answer to a new file. Raises UsageError when there is one."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(answer)
    except OSError as fault:
        raise UsageError(f"{path} cannot be written: {fault.strerror}.", advice="Name another with --out.") from fault
    return path
