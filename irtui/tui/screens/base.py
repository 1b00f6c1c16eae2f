"""What all full screens share: the banner on top, the key line below, a sentence where the window is too small."""

from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from irtui.tui.widgets.banner import Banner
from irtui.tui.widgets.keyline import KeyLine
from irtui.tui.widgets.paint import safe

if TYPE_CHECKING:
    from irtui.tui.application import IrtuiApp

TOO_SMALL = "irtui needs a window of at least 60 columns and 16 rows. Make this one bigger. Nothing is lost."


class Bannered(Screen[Any]):
    """Any screen of irtui: the banner is on top of it."""

    @property
    def irtui(self) -> "IrtuiApp":
        return cast("IrtuiApp", self.app)

    def refresh_banner(self) -> None:
        sitting = self.irtui.sitting
        now = sitting.now() if sitting else self.irtui.clock.now()
        for banner in self.query(Banner):
            if sitting is None:
                banner.show(None, self.irtui.mode, now)
            else:
                banner.show(sitting.state, sitting.state.mode, now, paused=sitting.paused)

    def on_mount(self) -> None:
        self.refresh_banner()

    def on_resize(self) -> None:
        self.call_after_refresh(self.refresh_banner)

    def on_screen_resume(self) -> None:
        self.refresh_banner()

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Once: a second click or key, already on its way, must not take the screen below with it."""
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)

    def leave(self) -> bool:
        """The operator wants to leave from here. False: it is for the screen below to say."""
        return False

    def sitting_changed(self) -> None:
        """The incident's state is newer than what is shown."""
        self.refresh_banner()


class FullScreen(Bannered):
    """`body` is what the screen is about."""

    AUTO_FOCUS = ""

    def compose(self) -> ComposeResult:
        yield Banner()
        yield from self.body()
        yield KeyLine()
        yield Static(safe(TOO_SMALL), classes="too-small", markup=False)

    def body(self) -> ComposeResult:
        raise NotImplementedError


class Dialog(Bannered, ModalScreen[Any]):
    """A box over a screen. The banner stays above it."""

    def compose(self) -> ComposeResult:
        yield Banner()
        yield from self.body()
        yield Static(safe(TOO_SMALL), classes="too-small", markup=False)

    def body(self) -> ComposeResult:
        raise NotImplementedError

    def leave(self) -> bool:
        self.dismiss(None)
        return False
