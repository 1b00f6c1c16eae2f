"""A desk for engine tests: a real journal in a folder, a door in memory, a clock moved by hand, a scripted human."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from irtui.clock import Clock, ManualClock
from irtui.engine.ledger import Ledger
from irtui.engine.operator import (
    CloseIncident,
    Command,
    Confirmation,
    Confirmed,
    Leave,
    Message,
    Operator,
    Progress,
    Question,
    Task,
)  # fmt: skip
from irtui.engine.run import DEFAULT_LIMITS, Run
from irtui.guards.situation import Limits
from irtui.journal.disk import RealDisk
from irtui.journal.seal import THROW_AWAY, Ed25519Signer, endorse
from irtui.journal.store import Journal
from irtui.model.checkpoint import CheckpointBucket
from irtui.model.incident import IncidentState
from irtui.model.runbook import Runbook
from irtui.runbook.parse import parse_runbook
from tests.support.memory_door import START, MemoryDoor


class Human(Operator):
    """Gives the commands one after the other, then leaves. Types what is asked unless told otherwise."""

    def __init__(self, commands: Iterable[Command], clock: Clock) -> None:
        self.commands = list(commands)
        self.clock = clock
        self.told: list[Message] = []
        self.confirmations: list[Confirmation] = []
        self.questions: list[Question] = []
        self.agrees: Callable[[Confirmation], Confirmed | None] = lambda request: Confirmed(request.typed, "because")
        self.choice: str | None = "keep"
        self.statement: str | None = "done by hand"
        self.stays = True
        """After the last command, waits for what settles before leaving."""

    def update(self, state: IncidentState) -> None: ...

    def progress(self, progress: Progress) -> None: ...

    def tell(self, message: Message) -> None:
        self.told.append(message)

    def next(self, state: IncidentState, timeout: float | None) -> Command | None:
        if timeout is not None and self.stays and not self.commands:
            self.clock.sleep(timeout + 0.001)
            return None
        return self.commands.pop(0) if self.commands else Leave()

    def confirm(self, request: Confirmation) -> Confirmed | None:
        self.confirmations.append(request)
        return self.agrees(request)

    def decide(self, question: Question) -> str | None:
        self.questions.append(question)
        return self.choice

    def attest(self, task: Task) -> str | None:
        return self.statement

    def secret(self, prompt: str) -> str | None:
        return None


class Bench:
    """An opened incident. `walk` plays commands; `again` is a new process that finds the same journal."""

    def __init__(
        self, folder: Path, text: str, *children: str, unlocked: bool = True, door: Any = None,
        now: datetime = START, inputs: Mapping[str, str] | None = None, disk: Any = None,
        approvers: Mapping[str, bytes] | None = None, bucket: CheckpointBucket | None = None, name: str = "INC-TEST",
        limits: Limits = DEFAULT_LIMITS, account: str = "111122223333",
    ) -> None:  # fmt: skip
        """`door`, `disk`: others than the one in memory and the real one. `approvers`: whose approvals count. `bucket`:
        where checkpoints go."""
        self._approvers, self._bucket, self._limits = approvers, bucket, limits
        self.folder = folder / name
        self.runbook = parse_runbook(text, "test.yaml", shipped=True)
        parsed = [parse_runbook(child, "child.yaml", shipped=True) for child in children]
        self.children: dict[str, Runbook] = {child.name: child for child in parsed}
        self.clock = ManualClock(now)
        self.door: Any = door or MemoryDoor()
        self.signer = Ed25519Signer.from_seed(b"1" * 32, THROW_AWAY)
        opening = {
            "account": account, "alias": "", "caller": "arn:aws:sts::111122223333:assumed-role/Responder/alice",
            "user_id": "AROA", "operator": "alice", "region": "us-east-1", "endpoints": [], "tool": {},
            "runbook": {"name": self.runbook.name, "digest": self.runbook.digest}, "children": {}, "previous": "",
            "read_only": False,
            "inputs": dict(inputs or {"key": "AKIA1111111111111111"}),
        }  # fmt: skip
        self.journal = Journal.create(
            self.folder, incident=name, run="run1", operator="alice", mode="rehearsal", signer=self.signer,
            clock=self.clock, opening=opening, disk=disk or RealDisk(),
        )  # fmt: skip
        if unlocked:
            self.journal.append("unlock", {"account": account, "by": "alice"})
        self._sit()

    def _sit(self, read_only: bool = False) -> None:
        self.ledger = Ledger(self.journal, self.runbook, self.children)
        self.run = Run(
            self.ledger, self.door, self.clock, self.runbook, self.children, read_only=read_only,
            approvers=self._approvers, bucket=self._bucket, limits=self._limits,
        )  # fmt: skip

    @property
    def state(self) -> IncidentState:
        return self.ledger.state

    def status(self, key: str) -> str:
        return self.state.step(key).status.value

    def types(self) -> list[str]:
        return [record.type for record in self.journal.records]

    def walk(self, *commands: Command, human: Human | None = None) -> Human:
        human = human or Human([], self.clock)
        human.commands = list(commands)
        self.run.walk(human)
        return human

    def again(
        self, *, read_only: bool = False, disk: Any = None, operator: str = "alice",
        vouched_by: Ed25519Signer | None = None,
    ) -> None:  # fmt: skip
        """The process ended here; another one resumes. `vouched_by`: the long-term key of who sits down."""
        self.journal.release()
        word = (
            endorse(vouched_by, incident=self.folder.name, mode="rehearsal", public=self.signer.public)
            if vouched_by
            else None
        )
        self.journal = Journal.resume(
            self.folder, run="run2", operator=operator, signer=self.signer, clock=self.clock, joining={},
            disk=disk or RealDisk(), endorsement=word,
        )  # fmt: skip
        self._sit(read_only)


__all__ = ["Bench", "CloseIncident", "Human"]
