"""An incident changes hands: signed off, received, or taken from a process that hangs."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from irtui.cli import sitting
from irtui.cli.asking import ask_secret
from irtui.cli.interruption import interruptible
from irtui.cli.lines import Lines
from irtui.cli.opening import Session, open_desk
from irtui.cli.output import Result
from irtui.errors import Declined, UsageError
from irtui.settings.load import public_key
from irtui.text import inert


def hand_over(incident: str, *, to: str, to_key: str, reason: str, bundle: Path | None, key: str) -> Result:
    desk = open_desk()
    wanted = ""
    if to_key:
        try:
            wanted = public_key(to_key).hex()
        except ValueError as flaw:
            raise UsageError(f"--to-key {flaw}.") from flaw
    passphrase = (ask_secret("Passphrase of the key file") or "") if key == "passphrase-file" else ""
    folder, body = desk.hand_over(
        incident, to=to, to_key=wanted, reason=reason, bundle=bundle, key=key, passphrase=passphrase
    )
    sha256 = hashlib.sha256(bundle.read_bytes()).hexdigest() if bundle else ""
    data = {"incident": folder.name, "handover": dict(body), "bundle": str(bundle or ""), "sha256": sha256}
    return Result(data, "\n".join(_told(folder.name, body, bundle, sha256)))


def receive(session: Session, file: Path, *, profile: str, key: str) -> Result:
    desk = open_desk()
    passphrase = (ask_secret("Passphrase of the key file") or "") if key == "passphrase-file" else ""
    visit = desk.receive(file, profile=profile, key=key, passphrase=passphrase, ask_secret=ask_secret)
    try:
        records = visit.records()
        body = next(record.body for record in reversed(records) if record.type == "handover")
        data = {"incident": visit.id, "handover": dict(body), "path": str(visit.folder)}
        lines = [f"received   {inert(visit.id)}, signed on as {inert(visit.state.operator)}", *_decisions(body)]
        return Result(data, "\n".join([*lines, f"  irtui resume {inert(visit.id)}"]))
    finally:
        visit.release()


def take_over(session: Session, incident: str, reason: str, *, profile: str, key: str, ascii_only: bool) -> Result:
    """Raises Declined when the id is not typed."""
    desk, page, lines = open_desk(), sitting.page_of(session, ascii_only), Lines(0)
    with interruptible(lines):
        asking = sitting.asking_on(page, lines)
        if asking.line(f"Type {incident} to take it from whoever has it (empty: no): ") != incident:
            raise Declined("not taken over")
        passphrase = (asking.secret("Passphrase of the key file") or "") if key == "passphrase-file" else ""
        visit = desk.resume(
            incident, profile=profile, key=key, passphrase=passphrase, seize=reason, ask_secret=asking.secret
        )
        return sitting.walk_by_hand(visit, page, lines)


def _told(incident: str, body: Mapping[str, Any], bundle: Path | None, sha256: str) -> Iterator[str]:
    to = inert(body.get("to") or "whoever goes on")
    yield f"handed over  {inert(incident)} to {to}; its key is destroyed"
    yield from _decisions(body)
    if bundle:
        yield f"  send      {inert(str(bundle), 4096)}"
        yield f"  sha256    {sha256}   (read it aloud)"
        yield "  they run  irtui incidents receive FILE"
    else:
        yield f"  they run  irtui resume {inert(incident)}"


def _decisions(body: Mapping[str, Any]) -> Iterator[str]:
    yield f"  containment: {inert(body.get('contained', ''))}"
    for name in ("open", "settling", "approvals"):
        found = body.get(name)
        for item in found if isinstance(found, list | tuple) else ():
            yield f"  {name:<9} {inert(item)}"
