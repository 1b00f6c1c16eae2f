"""The facilitator: injects, hints and pauses between the engine and whoever operates."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from irtui.clock import ManualClock
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
    RunStep,
    Task,
)  # fmt: skip
from irtui.errors import UsageError
from irtui.gameday.facilitator import TAKES, Facilitated
from irtui.model.incident import IncidentState

STATE = IncidentState("i", "rehearsal", "r", "t", "1", "", "arn", "me", "us-east-1", "", "throw-away")
HINTS = {"deny": ("Look at the sessions.", "Deny the user.")}


class Stage:
    """A world that tells what it is given, once; with `gone` it has ended."""

    def __init__(self, *injects: Mapping[str, Any], gone: bool = False) -> None:
        self._injects, self._gone, self._still = list(injects), gone, False

    @property
    def paused(self) -> bool:
        return self._still

    def pause(self, still: bool) -> datetime:
        self._still = still
        return datetime.now(UTC)

    def injects(self) -> list[Mapping[str, Any]]:
        if self._gone:
            raise UsageError("the world has ended")
        told, self._injects = self._injects, []
        return told

    def stagehand(self, step: str) -> list[str]:
        if self._gone:
            raise UsageError("the world has ended")
        return ["register root device"] if step == "by_hand" else []


class Person(Operator):
    """Gives the commands one after the other; None: nothing comes within the time-out."""

    def __init__(self, clock: ManualClock, *commands: Command | None) -> None:
        self.clock, self.commands = clock, list(commands)
        self.told: list[Message] = []
        self.waited: list[float | None] = []
        self.statement: str | None = "the owner did it"

    def update(self, state: IncidentState) -> None: ...

    def progress(self, progress: Any) -> None: ...

    def tell(self, message: Message) -> None:
        self.told.append(message)

    def next(self, state: IncidentState, timeout: float | None) -> Command | None:
        self.waited.append(timeout)
        command = self.commands.pop(0) if self.commands else Leave()
        if command is None:
            self.clock.sleep(timeout or 0)
        return command

    def confirm(self, request: Confirmation) -> Confirmed | None:
        return None

    def decide(self, question: Question) -> str | None:
        return None

    def attest(self, task: Task) -> str | None:
        return self.statement

    def secret(self, prompt: str) -> str | None:
        return None


def room(*commands: Command | None, stage: Stage | None = None, **more: Any) -> tuple[Facilitated, Person]:
    clock = ManualClock(datetime(2026, 11, 23, tzinfo=UTC))
    person = Person(clock, *commands)
    return Facilitated(person, stage or Stage(), HINTS, clock, **more), person


def test_an_inject_is_told_before_anything_is_asked_and_noted_with_its_kind() -> None:
    """It reaches the operator as a message and the journal as a note of kind inject, each once."""
    inject = {"id": "boss", "at": "", "from": "Head of platform", "text": "Is it over?"}
    facilitated, person = room(RunStep("deny"), stage=Stage(inject))
    assert facilitated.next(STATE, None) == AddNote("Head of platform: Is it over?", "inject", "boss")
    assert [(one.title, one.text) for one in person.told] == [("Head of platform", "Is it over?")]
    assert facilitated.next(STATE, None) == RunStep("deny")


def test_a_person_who_thinks_is_not_asked_anew_but_hears_of_injects_within_a_beat() -> None:
    """Waiting goes on in beats, without a word to the engine, until something comes or its own time is up."""
    facilitated, person = room(None, None, RunStep("deny"), beat=2.0)
    assert facilitated.next(STATE, None) == RunStep("deny")
    assert person.waited == [2.0, 2.0, 2.0]
    facilitated, person = room(None, None, None, beat=2.0)
    assert facilitated.next(STATE, 3.0) is None
    assert person.waited == [2.0, 1.0]


def test_a_machine_is_given_all_the_time_there_is() -> None:
    """Without a beat the engine's own time-out is passed on."""
    facilitated, person = room(None, RunStep("deny"), beat=None)
    assert facilitated.next(STATE, 60.0) is None
    assert facilitated.next(STATE, None) == RunStep("deny")
    assert person.waited == [60.0, None]


def test_hints_come_one_by_one_and_are_noted() -> None:
    """The second question gets the second hint; a third is answered without being counted."""
    ask = AskHint("deny")
    facilitated, person = room(ask, ask, ask, Leave())
    assert facilitated.next(STATE, None) == AddNote("1 of 2: Look at the sessions.", "hint", "deny")
    assert facilitated.next(STATE, None) == AddNote("2 of 2: Deny the user.", "hint", "deny")
    assert facilitated.next(STATE, None) == Leave()
    assert [one.title for one in person.told] == ["Hint 1 of 2", "Hint 2 of 2", "No hint"]


def test_hints_that_were_taken_in_an_earlier_sitting_are_not_given_again() -> None:
    """The journal knows how many there were."""
    facilitated, _ = room(AskHint("deny"), taken=["deny"])
    assert facilitated.next(STATE, None) == AddNote("2 of 2: Deny the user.", "hint", "deny")


def test_while_the_world_stands_still_nothing_is_run() -> None:
    """A pause is noted and holds every step; a note, leaving and closing are free; the second pause goes on."""
    stage = Stage()
    run, note = RunStep("deny"), AddNote("lunch")
    facilitated, person = room(Pause(), run, note, CloseIncident(), Pause(), run, stage=stage)
    assert facilitated.next(STATE, None) == AddNote("the world stands still", "pause")
    assert stage.paused
    assert facilitated.next(STATE, None) == note
    assert person.told[-1].title == "Paused"
    assert facilitated.next(STATE, None) == CloseIncident()
    assert facilitated.next(STATE, None) == AddNote("the world goes on", "resume")
    assert not stage.paused
    assert facilitated.next(STATE, None) == run


def test_a_world_that_has_ended_is_told_once_and_holds_up_nothing() -> None:
    """The operator hears of it, and may still leave, write and close."""
    facilitated, person = room(AddNote("a"), RunStep("deny"), stage=Stage(gone=True))
    assert facilitated.next(STATE, None) == AddNote("a")
    assert facilitated.next(STATE, None) == RunStep("deny")
    assert len(person.told) == 1


def test_what_is_stated_is_done_in_the_world_and_takes_its_time() -> None:
    """Where the scenario has somebody do it; nothing is done for a step without, or for no statement at all."""
    facilitated, person = room()
    began = person.clock.now()
    assert facilitated.attest(Task("other", "t", "i")) == "the owner did it"
    assert person.told == [] and person.clock.now() == began
    assert facilitated.attest(Task("by_hand", "t", "i")) == "the owner did it"
    assert [one.title for one in person.told] == ["Done by hand in this world"]
    assert (person.clock.now() - began).total_seconds() == TAKES
    for nothing in (None, "no"):
        person.statement = nothing
        assert facilitated.attest(Task("by_hand", "t", "i")) == nothing
    assert len(person.told) == 1


def test_a_world_that_has_ended_does_nothing_by_hand_and_holds_up_nothing() -> None:
    """The statement stands; that nothing was done is told."""
    facilitated, person = room(stage=Stage(gone=True))
    assert facilitated.attest(Task("by_hand", "t", "i")) == "the owner did it"
    assert [one.level for one in person.told] == ["error"]
