"""A box to tick that shows by its mark, not by its colour alone, whether it is ticked."""

from textual.widgets import Checkbox


class Tick(Checkbox):
    """Textual's own box has an X in both states."""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]
        return "X" if self.value else " "
