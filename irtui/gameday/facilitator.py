"""The facilitator of a game day: tells injects, hands out hints, pauses the world, and notes all of it in the journal.
Where an operator states manual work, it has the world's stagehand do it, for a rehearsal has no console.

Rules: it stands between the engine and any operator and decides nothing of the incident. What it tells is noted with
its kind, which no person can type, so the score can count it. While the world stands still nothing is run. A world
that has ended tells nothing more, and holds up nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from irtui.clock import Clock
from irtui.engine.operator import (
    AddNote,
    AskHint,
    CloseIncident,
    Command,
    Confirmation,
    Confirmed,
    Leave,
    Message,
    Operator,
    Pause,
    Question,
    Task,
    TellAnchor,
    too_short,
)  # fmt: skip
from irtui.engine.outline import split_key
from irtui.errors import UsageError
from irtui.model.incident import IncidentState

TAKES = 90.0
"""Seconds that work by hand takes; the adversary does not wait for it."""
BEAT = 2.0
"""Seconds after which a person who is being waited for may hear of an inject."""


class Stage(Protocol):
    """What the facilitator needs of a world."""

    @property
    def paused(self) -> bool: ...

    def pause(self, still: bool) -> object: ...

    def injects(self) -> Sequence[Mapping[str, Any]]: ...

    def stagehand(self, step: str) -> Sequence[str]: ...


class Facilitated:
    """Implements `engine.operator.Operator` around another one. `taken`: steps whose hints were given before."""

    def __init__(
        self,
        operator: Operator,
        world: Stage,
        hints: Mapping[str, Sequence[str]],
        clock: Clock,
        *,
        beat: float | None = BEAT,
        taken: Sequence[str] = (),
    ) -> None:
        """`beat`: how long to wait for the operator at most before looking for injects; None: as long as it takes."""
        self._operator = operator
        self._world = world
        self._hints = hints
        self._clock = clock
        self._beat = beat
        self._taken = Counter(taken)
        self._untold: list[Mapping[str, Any]] = []
        self._ended = False
        self.update = operator.update
        self.progress = operator.progress
        self.tell = operator.tell

    def next(self, state: IncidentState, timeout: float | None) -> Command | None:
        until = None if timeout is None else self._clock.monotonic() + timeout
        while True:
            if (told := self._inject()) is not None:
                return told
            left = None if until is None else max(until - self._clock.monotonic(), 0.0)
            wait = left if self._beat is None else self._beat if left is None else min(self._beat, left)
            command = self._operator.next(state, wait)
            if command is None and (wait == left or self._beat is None):
                return None
            answer = self._answer(command)
            if answer is not None:
                return answer

    def confirm(self, request: Confirmation) -> Confirmed | None:
        return self._operator.confirm(request)

    def decide(self, question: Question) -> str | None:
        return self._operator.decide(question)

    def attest(self, task: Task) -> str | None:
        statement = self._operator.attest(task)
        if statement is not None and not too_short(statement) and not self._ended:
            try:
                done = self._world.stagehand(split_key(task.key)[0])
            except UsageError as error:
                self._lost(error)
            else:
                if done:
                    self.tell(Message("Done by hand in this world", f"{', '.join(done)}.", key=task.key))
                    self._clock.sleep(TAKES)
        return statement

    def secret(self, prompt: str) -> str | None:
        return self._operator.secret(prompt)

    def _answer(self, command: Command | None) -> Command | None:
        """What the engine gets to hear of it. None: nothing, ask again."""
        match command:
            case AskHint(key):
                return self._hint(key)
            case Pause():
                return self._pause()
            case None | Leave() | CloseIncident() | AddNote() | TellAnchor():
                return command
        if self._paused():
            self.tell(Message("Paused", "The world stands still; nothing was done.", "Go on first.", "warning"))
            return None
        return command

    def _inject(self) -> Command | None:
        if not self._untold and not self._ended:
            try:
                self._untold = list(self._world.injects())
            except UsageError as error:
                self._lost(error)
        if not self._untold:
            return None
        inject = self._untold.pop(0)
        who, text = str(inject["from"]) or "The room", str(inject["text"])
        self.tell(Message(who, text, level="warning", details={"inject": inject["id"]}))
        return AddNote(f"{who}: {text}", "inject", str(inject["id"]))

    def _hint(self, key: str) -> Command | None:
        hints = self._hints.get(key, ())
        given = self._taken[key]
        if given >= len(hints):
            words = "There are no more hints for this step." if hints else "The scenario has no hint for this step."
            self.tell(Message("No hint", words, key=key))
            return None
        self._taken[key] += 1
        self.tell(Message(f"Hint {given + 1} of {len(hints)}", hints[given], key=key, details={"hint": given + 1}))
        return AddNote(f"{given + 1} of {len(hints)}: {hints[given]}", "hint", key)

    def _pause(self) -> Command | None:
        try:
            stop = not self._world.paused
            self._world.pause(stop)
        except UsageError as error:
            self._lost(error)
            return None
        if stop:
            self.tell(Message("Paused", "The world stands still, the adversary too.", "Pause again to go on."))
            return AddNote("the world stands still", "pause")
        self.tell(Message("Going on", "The world's time passes again."))
        return AddNote("the world goes on", "resume")

    def _paused(self) -> bool:
        try:
            return not self._ended and self._world.paused
        except UsageError as error:
            self._lost(error)
            return False

    def _lost(self, error: UsageError) -> None:
        if not self._ended:
            self.tell(Message(error.title, error.message, error.advice, "error"))
        self._ended = True
