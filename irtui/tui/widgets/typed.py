"""The field of a confirmation: what it holds was typed, key by key."""

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import Input


class TypedInput(Input):
    """Rules: no paste, of any kind; an event that brings more than one character is a paste; enter does nothing."""

    HELP = "Type it; a paste is refused. Enter does nothing here: tab leads to the button."

    @dataclass
    class Refused(Message):
        """A paste was refused."""

        input: "TypedInput"

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.post_message(self.Refused(self))

    def action_paste(self) -> None:
        self.post_message(self.Refused(self))

    def insert(self, text: str, index: int) -> None:
        if len(text) > 1:
            self.post_message(self.Refused(self))
        else:
            super().insert(text, index)

    def replace(self, text: str, start: int, end: int) -> None:
        if len(text) > 1:
            self.post_message(self.Refused(self))
        else:
            super().replace(text, start, end)

    async def action_submit(self) -> None:
        """Enter, held or not, confirms nothing."""
