"""One enquiry about CloudTrail, on a thread of its own: words, reports and the answer go to a screen as messages.

Rules: starting, stopping and posting never wait. Reports become what a screen shows on this thread, since one may hold
a hundred thousand events.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

from irtui.desk.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.message_pump import MessagePump

    from irtui.clock import Clock
    from irtui.desk.answers import Answer
    from irtui.desk.enquiries import Enquiry
    from irtui.tui.present.trail import View


@dataclass
class Heard(Message):
    """How far it is; `view` is what was found until now, where that was looked at."""

    answering: Answering
    words: str
    view: View | None


@dataclass
class Answered(Message):
    """The end of it: an answer with what a screen shows of it, or an error."""

    answering: Answering
    answer: Answer | None
    view: View | None
    error: BaseException | None


class Answering:
    """`desk` is an `irtui.desk.Desk`. Begins at once."""

    def __init__(
        self, desk: Any, enquiry: Enquiry, listener: MessagePump, view: Callable[[Mapping[str, Any]], View], *,
        secret: Callable[[str], str | None], clock: Clock, before: Answer | None = None,
    ) -> None:  # fmt: skip
        self.enquiry, self.before = enquiry, before
        self._desk, self._listener, self._view, self._secret = desk, listener, view, secret
        self._watch = Watch(clock.monotonic, self._heard)
        self._thread = threading.Thread(target=self._work, name="irtui-trail", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._watch.stop()

    @property
    def stopping(self) -> bool:
        return self._watch.stopped

    def wait(self, patience: float) -> bool:
        """True when it has ended within so many seconds."""
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _work(self) -> None:
        try:
            answer = self._desk.answer(self.enquiry, self._watch, self._secret, before=self.before)
            view = self._view(answer.data) if answer.data else None
        except BaseException as error:  # whatever it is, the operator must see it
            self._post(Answered(self, None, None, error))
        else:
            self._post(Answered(self, answer, view, None))

    def _heard(self, words: str, data: Mapping[str, Any] | None) -> None:
        self._post(Heard(self, words, self._view(data) if data is not None else None))

    def _post(self, message: Message) -> None:
        with contextlib.suppress(RuntimeError):  # the screen's loop has ended
            self._listener.post_message(message)
