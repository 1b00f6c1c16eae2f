"""The application: which screen is on top, and nothing else. Work is done by the bridge, words by `present`.

What the first frame does not need is imported later, where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from irtui.clock import Clock, SystemClock
from irtui.errors import IrtuiError
from irtui.tui import themes
from irtui.tui.messages import Asked, Briefed, Broke, Opened, ShelfRead, SignedOff
from irtui.tui.safe_app import SafeApp
from irtui.tui.screens.base import Bannered
from irtui.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path, PurePath

    from irtui.desk.nouns import Request
    from irtui.gameday.score import Score
    from irtui.journal.handle import Held
    from irtui.model.incident import StepState
    from irtui.tui.bridge import Bridge
    from irtui.tui.present.desk import Entry
    from irtui.tui.screens.forensics import Enquired
    from irtui.tui.sitting import Sitting


class IrtuiApp(SafeApp):
    """Started at the desk, at a briefing (`start`) or in an incident (`resume`)."""

    TITLE = "irtui"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/desk.tcss"]
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  as Textual declares it
        (0, "-tiny-width"), (60, "-narrow"), (100, "-normal"), (160, "-wide")
    ]  # fmt: skip
    VERTICAL_BREAKPOINTS = [(0, "-tiny-height"), (16, "-short"), (32, "-tall")]  # noqa: RUF012  as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "keys", "help", key_display="?", id="app.help", tooltip="The keys that work here"),
        Binding("q", "leave", "leave", id="app.leave", tooltip="Leave; an incident stays resumable"),
        Binding("ctrl+c,ctrl+q", "leave", "leave", show=False, priority=True, id="app.interrupt", tooltip="Like q"),
        Binding("colon", "command_palette", "palette", show=False, id="app.palette", tooltip="All commands"),
        Binding("ctrl+l", "redraw", "redraw", show=False, id="app.redraw", tooltip="Draw everything again"),
    ]

    def __init__(
        self,
        desk: Any,
        *,
        start: Request | None = None,
        resume: str | None = None,
        profile: str = "",
        key: str = "",
        clock: Clock | None = None,
        ascii_only: bool = False,
        keymap: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        super().__init__(log, ascii_only=ascii_only)
        self.animation_level = "none"
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        self.theme = "ansi-dark" if self.no_color else "irtui"
        self.clock = clock or SystemClock()
        self.mode = start.mode if start else ""
        self.sitting: Sitting | None = None
        self.failure: IrtuiError | None = None
        self._desk, self._start, self._resume = desk, start, resume
        self._profile, self._key = profile, key
        self._from_desk = start is None and resume is None
        self._keys = dict(keymap or {})
        self._enquired: Enquired | None = None
        self.bridge: Bridge = None  # type: ignore[assignment]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.PLAIN

    def get_default_screen(self) -> Screen[Any]:
        return DeskScreen()

    def on_mount(self) -> None:
        self.set_keymap(self._keys)
        self.set_interval(5, self._minute)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """After the first frame: only now anything heavy may be imported, on the bridge's thread."""
        from irtui.tui.bridge import Bridge

        self.bridge = Bridge(self._desk, self)
        if self._start is not None:
            self.bridge.brief(self._start)
        elif self._resume is not None:
            self.bridge.resume(self._resume, self._profile, self._key)
        else:
            self.bridge.read_shelf()

    # What the bridge says.

    async def on_shelf_read(self, message: ShelfRead) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                await screen.show(message.shelf)

    def on_briefed(self, message: Briefed) -> None:
        from irtui.tui.screens.briefing import BriefingScreen

        self.clear_notifications()
        self.mode = message.briefing.request.mode
        self.push_screen(BriefingScreen(message.briefing))

    def on_opened(self, message: Opened) -> None:
        from irtui.desk.handed import handed_on, signed_off
        from irtui.tui.present.handing import said_lines
        from irtui.tui.screens.ask import NoticeDialog
        from irtui.tui.screens.run import RunScreen
        from irtui.tui.sitting import Sitting

        self.clear_notifications()
        visit = message.visit
        self.sitting = Sitting(visit, self.clock, visit.state, visit.records())
        self._to_desk()
        self.push_screen(RunScreen(self.sitting))
        if (record := handed_on(visit.records())) is not None:
            self.push_screen(NoticeDialog("You signed on; this was left to you", said_lines(signed_off(record))))

    def on_signed_off(self, message: SignedOff) -> None:
        """The desk, which says what the next one does; it stays there whatever irtui was started with."""
        from irtui.tui.present.handing import handed_lines
        from irtui.tui.screens.ask import NoticeDialog

        handed = message.handed
        self._back_at_the_desk()
        title = f"{handed.incident} was handed over to {handed.to}"
        self.push_screen(NoticeDialog(title, handed_lines(handed), "bad" if handed.troubles else "good"))

    def on_asked(self, message: Asked) -> None:
        from irtui.tui.screens.questions import dialog_for

        dialog = dialog_for(message.request, self.sitting)
        self.push_screen(dialog, lambda answer: self._answered(message, answer))
        self._asking(1)

    def _answered(self, message: Asked, answer: object) -> None:
        self._asking(-1)
        message.pending.answer(answer)

    def _asking(self, by: int) -> None:
        if self.sitting is not None:
            self.sitting.asking += by
            self.sitting_changed()

    def on_broke(self, message: Broke) -> None:
        """Says what happened. An incident that cannot go on is left; a form can be used again."""
        from irtui.journal.handle import Held
        from irtui.tui.crash import log_bug
        from irtui.tui.present.errors import error_lines
        from irtui.tui.screens.ask import NoticeDialog

        error = message.error
        if not isinstance(error, IrtuiError):
            self.bug = log_bug(error, self._log_path)
            self.exit(70)
            return
        self.clear_notifications()  # "Opening …" is not true any more
        if isinstance(error, Held):
            self._offer_takeover(message, error)
            return
        self.push_screen(NoticeDialog(error.title, error_lines(error), "bad"), lambda _: self._after(message, error))

    def _offer_takeover(self, message: Broke, held: Held) -> None:
        from irtui.tui.present.handing import taking_lines
        from irtui.tui.screens.handing import TakeOverScreen

        def answered(reason: str | None) -> None:
            if reason is None:
                self._after(message, held)
            else:
                self.bridge.resume(held.incident, self._profile, self._key, seize=reason)

        lines = taking_lines(held.incident, held.writer)
        self.push_screen(TakeOverScreen(held.title, held.incident, lines), answered)

    def _after(self, message: Broke, error: IrtuiError) -> None:
        from irtui.desk.handed import TakenOver
        from irtui.tui.screens.briefing import BriefingScreen

        if isinstance(self.screen, BriefingScreen) and message.during == "opening":
            self.screen.failed()
        elif self._from_desk or isinstance(error, TakenOver):
            self._back_at_the_desk(read=message.during != "shelf")
        else:
            self.failure = error
            self.exit(0)

    # Where the screens go.

    def open_entry(self, entry: Entry) -> None:
        from irtui.desk.nouns import IncidentEntry, Request, RunbookEntry

        match entry:
            case IncidentEntry():
                if entry.status == "open":
                    self.mode = entry.mode
                    self.toast("Opening", f"Resuming {entry.id} …")
                    self.bridge.resume(entry.id, self._profile, self._key)
                else:
                    self.toast(f"{entry.id} is {entry.status}", entry.why or f"irtui audit show {entry.id}", "warning")
            case RunbookEntry() if any(problem.level == "error" for problem in entry.problems):
                self.toast("This runbook cannot be used", "Its problems stand on the right.", "warning")
            case RunbookEntry():
                self.toast("Opening", "Asking AWS who and where we are …")
                self.bridge.brief(Request(mode="real", runbook=entry.name, profile=self._profile))
            case _:
                self.toast("Opening", "Starting the simulated AWS …")
                self.bridge.brief(Request(mode="rehearsal", scenario=entry.name))

    def back_from_briefing(self) -> None:
        self.mode = ""
        self.bridge.abandon()
        if self._from_desk:
            self._to_desk()
        else:
            self.exit(0)

    def left(self) -> None:
        """The incident has been left, or its end has been read."""
        ended = self.sitting is None or self.sitting.ended
        if self._from_desk and ended:
            self._back_at_the_desk()
        else:
            self.exit(0)

    def receive(self, file: str) -> None:
        """Signs on to an incident that came as a file."""
        self.toast("Opening", f"Reading {file} …")
        self.bridge.receive(file, self._profile, self._key)

    def _back_at_the_desk(self, *, read: bool = True) -> None:
        self.sitting, self.mode, self._from_desk = None, "", True
        self._to_desk()
        if read:
            self.bridge.read_shelf()

    def _to_desk(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def show_evidence(self, step: StepState) -> None:
        from irtui.tui.screens.evidence import EvidenceScreen

        self.push_screen(EvidenceScreen(step))

    def show_journal(self, searching: bool = False) -> None:
        from irtui.tui.screens.journal import JournalScreen

        self.push_screen(JournalScreen(searching))

    def show_family(self, look: Callable[[], None] | None) -> None:
        from irtui.tui.screens.family import FamilyScreen

        self.push_screen(FamilyScreen(look))

    def show_trail(self) -> None:
        from irtui.tui.screens.trail import TrailScreen

        self.push_screen(TrailScreen())

    def show_forensics(self) -> None:
        from irtui.tui.screens import forensics

        self._enquired = self._enquired or forensics.Enquired()
        self.push_screen(forensics.ForensicsScreen(self._profile, self._enquired))

    def show_debrief(self, score: Score) -> None:
        from irtui.tui.screens.debrief import DebriefScreen

        self.push_screen(DebriefScreen(score))

    def sitting_changed(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Bannered) and screen.is_mounted:
                screen.sitting_changed()

    def _minute(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Bannered) and screen.is_mounted:
                screen.refresh_banner()

    # Actions: they move about or ask; none does work.

    def action_leave(self) -> None:
        """One level back: a question is declined, a briefing abandoned, an incident left after asking."""
        for screen in reversed(tuple(self.screen_stack)):
            if isinstance(screen, Bannered) and screen.leave():
                return

    def action_keys(self) -> None:
        from irtui.tui.screens.help import help_dialog

        self.push_screen(help_dialog(self.screen))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        from irtui.tui.screens.help import palette

        return palette(self, screen)
