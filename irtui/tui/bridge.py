"""Between the run and the screen: one plain thread that owns the visit, and the `Operator` port it is asked through.

Rules: the screen never waits for this thread, and posting to the screen never waits for the screen. Closing
answers every open question with *declined*, stops the walk at the next safe point and waits a while, because
a call that was made should have its outcome recorded. Quick reads (evidence, verification) have threads of
their own, since the bridge's thread may be inside a call.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.message_pump import MessagePump

from irtui.desk.nouns import Answers, Briefing, Request
from irtui.engine.operator import (
    Command,
    Confirmation,
    Confirmed,
    Leave,
    Progress,
    Question,
    Task,
)
from irtui.engine.operator import Message as Told
from irtui.errors import Declined, IrtuiError, KeyUnavailable
from irtui.model.incident import IncidentState
from irtui.tui.answering import Answering
from irtui.tui.messages import (
    Asked,
    Briefed,
    Broke,
    Ended,
    Opened,
    Progressed,
    ShelfRead,
    SignedOff,
    Spoke,
    Updated,
    YourTurn,
)
from irtui.tui.pending import Pending
from irtui.tui.present.desk import Shelf
from irtui.tui.present.keys import PASSPHRASE_FILE, PASSPHRASE_PROMPT, key_question, signing_on_question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from irtui.clock import Clock
    from irtui.desk.answers import Answer
    from irtui.desk.enquiries import Enquiry
    from irtui.desk.handed import Parting
    from irtui.tui.present.trail import View


LOOK = 1.0
"""Seconds after which somebody who does nothing is told that the incident was taken over."""


class Bridge:
    """`desk` is an `irtui.desk.Desk`; messages go to `screen`, those of a walk to the listener given with it."""

    def __init__(self, desk: Any, screen: MessagePump) -> None:
        self.visit: Any = None
        self.taken = 0
        """How many commands were given."""
        self._desk = desk
        self._screen = screen
        self._listener = screen
        self._briefing: Briefing | None = None
        self._jobs: queue.SimpleQueue[tuple[str, Callable[[], None]] | None] = queue.SimpleQueue()
        self._commands: queue.Queue[Command] = queue.Queue()
        self._lock = threading.Lock()
        self._open: set[Pending] = set()
        self._closing = False
        self._answering: Answering | None = None
        self._parting: Parting | None = None
        """What to sign off with when the walk is left."""
        self._walking = False
        self._thread = threading.Thread(target=self._work, name="irtui-bridge", daemon=True)
        self._thread.start()

    # What the screens ask for; each returns at once.

    def read_shelf(self) -> None:
        self._jobs.put(("shelf", self._shelf))

    def brief(self, request: Request) -> None:
        self._jobs.put(("briefing", lambda: self._brief(request)))

    def abandon(self) -> None:
        self._jobs.put(("briefing", self._abandon))

    def begin(self, briefing: Briefing, answers: Answers) -> None:
        self._jobs.put(("opening", lambda: self._opened(self._desk.begin(briefing, answers))))

    def resume(self, incident_id: str, profile: str = "", key: str = "", *, seize: str = "") -> None:
        """`seize`: why it is taken from another process."""
        self._jobs.put(("opening", lambda: self._resume(incident_id, profile, key, seize)))

    def receive(self, file: str, profile: str, key: str) -> None:
        """Takes an incident that was handed over as a file."""
        self._jobs.put(("opening", lambda: self._receive(file, profile, key)))

    def walk(self, listener: MessagePump) -> None:
        self._listener = listener
        self._jobs.put(("walking", self._walk))

    def command(self, command: Command) -> None:
        self.taken += 1
        self._commands.put(command)

    def hand_over(self, parting: Parting) -> None:
        """Leaves the incident, and signs it off; `SignedOff` follows."""
        self._parting = parting
        self.leave()

    def leave(self) -> None:
        """Declines what is asked and leaves the incident; `Ended` follows."""
        self._decline()
        self._commands.put(Leave())
        if self.visit is not None:
            self.visit.stop()

    def aside(self, read: Callable[[], Any], then: Callable[[Any, BaseException | None], None]) -> None:
        """Reads on a thread of its own; `then` is called there, with a value or an error."""

        def work() -> None:
            try:
                value = read()
            except Exception as error:  # handed on, not swallowed
                then(None, error)
            else:
                then(value, None)

        threading.Thread(target=work, name="irtui-read", daemon=True).start()

    def answer(
        self, enquiry: Enquiry, listener: MessagePump, view: Callable[[Mapping[str, Any]], View], clock: Clock,
        before: Answer | None = None,
    ) -> Answering:  # fmt: skip
        """Asks CloudTrail, on a thread of its own."""
        self._answering = Answering(self._desk, enquiry, listener, view, secret=self.secret, clock=clock, before=before)
        return self._answering

    def close(self, patience: float) -> bool:
        """Ends everything; True when the thread ended within `patience` seconds."""
        self._closing = True
        if self._answering is not None:
            self._answering.stop()
        self.leave()
        self._jobs.put(None)
        if self._answering is not None:
            self._answering.wait(patience)  # its processes end with it
        self._thread.join(patience)
        return not self._thread.is_alive()

    # The bridge's own thread.

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            during, act = job
            try:
                act()
            except BaseException as error:  # whatever it is, the operator must see it
                self._post(Broke(error, during), self._screen)
        self._abandon()

    def _shelf(self) -> None:
        desk = self._desk
        self._post(ShelfRead(Shelf(desk.incidents(), desk.runbooks(), desk.scenarios())), self._screen)

    def _brief(self, request: Request) -> None:
        self._abandon()
        self._briefing = self._desk.brief(request, self.secret)
        self._post(Briefed(self._briefing), self._screen)

    def _abandon(self) -> None:
        briefing, self._briefing = self._briefing, None
        if briefing is not None:
            self._desk.abandon(briefing)

    def _sign_on(self, sign_on: Callable[[str, str], Any], key: str, question: Question | None) -> None:
        """A key that does not answer is asked for, with the reason; declined, the reason is what stays."""
        trouble: IrtuiError = Declined("Nobody signed on.", advice="It waits as before.")
        passphrase = ""
        while True:
            if question is not None:
                chosen = self.decide(question)
                secret = self.secret(PASSPHRASE_PROMPT) if chosen == PASSPHRASE_FILE else ""
                if not chosen or secret is None:
                    raise trouble
                key, passphrase = chosen, secret
            try:
                self._opened(sign_on(key, passphrase))
                return
            except KeyUnavailable as error:
                trouble, question = error, key_question(error)

    def _resume(self, incident_id: str, profile: str, key: str, seize: str) -> None:
        def resume(key: str, passphrase: str) -> Any:
            return self._desk.resume(
                incident_id, profile=profile, key=key, passphrase=passphrase, seize=seize, ask_secret=self.secret
            )

        waits = not key and self._desk.waits_for(incident_id)
        self._sign_on(resume, key, signing_on_question(incident_id) if waits else None)

    def _receive(self, file: str, profile: str, key: str) -> None:
        from irtui.desk.handed import came_as

        path, sha256 = came_as(file)

        def receive(key: str, passphrase: str) -> Any:
            return self._desk.receive(path, profile=profile, key=key, passphrase=passphrase, ask_secret=self.secret)

        self._sign_on(receive, key, None if key else signing_on_question(path.name, sha256))

    def _opened(self, visit: Any) -> None:
        self._briefing = None
        self.visit = visit
        self._post(Opened(visit), self._screen)

    def _walk(self) -> None:
        visit = self.visit
        self._commands, self._parting = queue.Queue(), None
        try:
            self._walking = not self._closing
            state = Leave() if self._closing else visit.walk(self)
            self._walking = False
            if isinstance(state, Leave):
                return
            if self._parting is not None and not state.closed:
                self._post(SignedOff(visit.hand_over(self._parting)), self._screen)
                return
            self._post(Updated(state, visit.records()))
            judged = (tuple(visit.objectives()), visit.score()) if state.closed else ((), None)
            self._post(Ended(state, *judged))
        finally:
            self._walking = False
            visit.release()

    def _post(self, message: Message, to: MessagePump | None = None) -> None:
        with contextlib.suppress(RuntimeError):  # the screen's loop has ended
            (to or self._listener).post_message(message)

    def _decline(self) -> None:
        with self._lock:
            waiting = tuple(self._open)
        for pending in waiting:
            pending.answer(None)

    def _ask(self, request: Confirmation | Question | Task | str) -> Any:
        pending = Pending()
        with self._lock:
            if self._closing:
                return None
            self._open.add(pending)
        try:
            self._post(Asked(request, pending), self._screen)
            return pending.wait(LOOK, self._look)
        finally:
            with self._lock:
                self._open.discard(pending)

    # The Operator port: called by the engine on the bridge's thread.

    def update(self, state: IncidentState) -> None:
        self._post(Updated(state, self.visit.records()))

    def progress(self, progress: Progress) -> None:
        self._post(Progressed(progress))

    def tell(self, message: Told) -> None:
        self._post(Spoke(message))

    def next(self, state: IncidentState, timeout: float | None) -> Command | None:
        if self._closing:
            return Leave()
        taken = self.taken
        if self._commands.empty():
            self._post(YourTurn(state, taken))
        while True:
            patience = LOOK if timeout is None else min(timeout, LOOK)
            try:
                return self._commands.get(timeout=patience)
            except queue.Empty:
                self._look()
            if timeout is not None and (timeout := timeout - patience) <= 0:
                return None

    def _look(self) -> None:
        """While nobody does anything: raises JournalError as soon as another process has taken the incident."""
        if self._walking:
            self.visit.still_ours()

    def confirm(self, request: Confirmation) -> Confirmed | None:
        answer = self._ask(request)
        return answer if isinstance(answer, Confirmed) else None

    def decide(self, question: Question) -> str | None:
        return self._text(question)

    def attest(self, task: Task) -> str | None:
        return self._text(task)

    def secret(self, prompt: str) -> str | None:
        return self._text(prompt)

    def _text(self, request: Question | Task | str) -> str | None:
        answer = self._ask(request)
        return answer if isinstance(answer, str) else None
