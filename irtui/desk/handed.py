"""What both faces ask and say when an incident changes hands.

Rules: everything that a journal says is foreign text. A file or a key that cannot be used is refused before anything
is signed off.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from irtui.errors import IrtuiError, JournalError, UsageError
from irtui.journal.handle import Replaced
from irtui.journal.read import read_records
from irtui.journal.record import Record
from irtui.model.incident import IncidentState, StepStatus
from irtui.settings.load import public_key
from irtui.text import inert

Said = tuple[str, str]
"""A word and what it stands for; the second may be foreign."""
_LEFT = ("open", "settling", "waiting", "approvals")


class TakenOver(JournalError):
    """Another process took the incident. The message says who did, and why."""


@dataclass(frozen=True, slots=True)
class Parting:
    """What somebody says who signs off."""

    to: str = ""
    reason: str = ""
    to_key: str = ""
    """The next one's long-term public key in hex: no other may go on. Empty: any."""
    bundle: Path | None = None
    """To another machine: the file to make."""


@dataclass(frozen=True, slots=True)
class Handed:
    """An incident that was signed off."""

    incident: str
    body: Mapping[str, Any]
    """Of the `handover` record."""
    bundle: Path | None = None
    sha256: str = ""
    """Of the bundle, hex."""
    troubles: tuple[IrtuiError, ...] = ()
    """What did not work after the sign-off, which stands all the same."""
    key_left: bool = False
    """The incident's key could not be destroyed."""

    @property
    def to(self) -> str:
        return str(self.body.get("to") or "whoever goes on")

    def next_steps(self) -> Iterator[Said]:
        """What is sent, and what the next one runs."""
        if self.bundle is not None:
            yield "send", str(self.bundle)
            yield "sha256", self.sha256
            yield "they run", "irtui incidents receive FILE"
        elif self.body.get("moved"):
            yield "you run", f"irtui incidents handover {self.incident} --bundle FILE"
        else:
            yield "they run", f"irtui resume {self.incident}"


def of_a_real_one(mode: str) -> None:
    """Raises UsageError for a rehearsal."""
    if mode == "rehearsal":
        raise UsageError("A rehearsal has nobody to be handed over to.", advice="Whoever plays on resumes it.")


def signing_off(parting: Parting, state: IncidentState) -> dict[str, Any]:
    """The body of the `handover` record: to whom, and what they have to decide."""
    waiting = [step for step in state.steps if step.status in (StepStatus.WAITING, StepStatus.UNVERIFIED)]
    return {
        "to": parting.to, "to_key": parting.to_key, "reason": parting.reason, "moved": parting.bundle is not None,
        "contained": state.contained,
        "open": [f"{step.number} {step.key}: {step.status.value}" for step in state.open_steps][:100],
        "settling": [step.key for step in state.settling][:100],
        "waiting": [f"{step.number} {step.key}: {step.status.value}" for step in waiting][:100],
        "approvals": [f"{s.key}: {s.approval.standing}" for s in state.steps if s.approval and not s.approval.used],
    }  # fmt: skip


def named_key(text: str) -> str:
    """The public key that somebody typed, in hex; empty for none. Raises UsageError."""
    try:
        return public_key(text).hex() if text else ""
    except ValueError as flaw:
        raise UsageError(
            "This is no public key: 64 hex digits, or ed25519: and base64.",
            advice="They see theirs by irtui keys show.",
        ) from flaw


def new_file(text: str) -> Path | None:
    """The file that somebody named to be made; None for none. Raises UsageError: it is there, or its folder is not."""
    if not text:
        return None
    try:
        path = Path(text).expanduser().absolute()
        path.lstat()
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise UsageError(f"There is no such folder: {path.parent}", advice="Name another file.") from None
        return path
    except (OSError, RuntimeError, ValueError) as flaw:
        raise UsageError(f"{text} cannot be the name of a file.", advice="Name another one.") from flaw
    raise UsageError(f"It is there already: {path}", advice="Name another file.")


def came_as(text: str) -> tuple[Path, str]:
    """The file that somebody named to be received, and its SHA-256 in hex. Raises UsageError."""
    try:
        path = Path(text).expanduser()
    except RuntimeError as flaw:
        raise UsageError(f"{text} cannot be the name of a file.", advice="Name another one.") from flaw
    return path, digest_of(path)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hex. Raises UsageError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as fault:
        raise UsageError(f"{path} cannot be read: {getattr(fault, 'strerror', '') or fault}.") from fault


def left_open(body: Mapping[str, Any]) -> Iterator[Said]:
    """What a `handover` record leaves to the next one."""
    yield "containment", str(body.get("contained", ""))
    for name in _LEFT:
        found = body.get(name)
        for item in found if isinstance(found, list | tuple) else ():
            yield name, str(item)


def signed_off(record: Record) -> Iterator[Said]:
    """What a `handover` record says to whoever signs on after it."""
    yield "from", f"{record.op} at {record.t[:19]}Z"
    yield "to", str(record.body.get("to") or "whoever goes on")
    yield "they said", str(record.body.get("reason") or "nothing")
    yield from left_open(record.body)


def handed_on(records: Sequence[Record]) -> Record | None:
    """The `handover` record after which the last sitting signed on; None where nobody handed over."""
    for before, record in zip(reversed(records[:-1]), reversed(records), strict=False):
        if record.type == "join":
            return before if before.type == "handover" else None
    return None


def waits_for(last: Record) -> str:
    """For whom an incident waits since its last operator signed off; empty: it waits for nobody."""
    return str(last.body.get("to") or "whoever goes on") if last.type == "handover" else ""


def told_by_whom(folder: Path, ours: Sequence[Record], error: JournalError) -> JournalError | None:
    """Who took the journal from the writer of `ours`, as it stands there now. None: that cannot be told yet, for
    whoever took it has not written why."""
    if not isinstance(error, Replaced):
        return error
    try:
        later = read_records(folder)[len(ours) - 1 :]
    except JournalError:
        return None
    if not later or later[0].sig != ours[-1].sig:
        return error
    takeover = next((record for record in later[1:] if record.type == "takeover"), None)
    if takeover is None:
        return None
    return TakenOver(
        f"{inert(takeover.op)} took it at {takeover.t[:19]}Z: {inert(takeover.body.get('why', ''))}",
        title=f"{folder.name} was taken over",
        advice="Nothing more is sent from here. What was under way then is in doubt there: they look at it first.",
    )
