"""An incident changes hands: signed off, received, or taken from a process that hangs."""

from collections.abc import Iterator
from pathlib import Path

from irtui.cli import sitting
from irtui.cli.asking import ask_secret
from irtui.cli.interruption import interruptible
from irtui.cli.lines import Lines
from irtui.cli.opening import Session, open_desk
from irtui.cli.output import Result
from irtui.cli.present import said
from irtui.desk.handed import Handed, Parting, left_open, named_key
from irtui.errors import Declined
from irtui.text import inert


def hand_over(incident: str, *, to: str, to_key: str, reason: str, bundle: Path | None, key: str) -> Result:
    desk = open_desk()
    parting = Parting(to, reason, named_key(to_key), bundle)
    passphrase = (ask_secret("Passphrase of the key file") or "") if key == "passphrase-file" else ""
    handed = desk.hand_over(incident, parting, key=key, passphrase=passphrase)
    data = {
        "incident": handed.incident, "handover": dict(handed.body), "bundle": str(bundle or ""),
        "sha256": handed.sha256,
    }  # fmt: skip
    return Result(data, "\n".join(_told(handed)))


def receive(session: Session, file: Path, *, profile: str, key: str) -> Result:
    desk = open_desk()
    passphrase = (ask_secret("Passphrase of the key file") or "") if key == "passphrase-file" else ""
    visit = desk.receive(file, profile=profile, key=key, passphrase=passphrase, ask_secret=ask_secret)
    try:
        records = visit.records()
        body = next(record.body for record in reversed(records) if record.type == "handover")
        data = {"incident": visit.id, "handover": dict(body), "path": str(visit.folder)}
        lines = [f"received   {inert(visit.id)}, signed on as {inert(visit.state.operator)}", *said(left_open(body))]
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


def _told(handed: Handed) -> Iterator[str]:
    yield f"handed over  {inert(handed.incident)} to {inert(handed.to)}; its key is destroyed"
    yield from said(left_open(handed.body))
    yield from said(handed.next_steps())
