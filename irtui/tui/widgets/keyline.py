"""The last line: the keys that work here, as many as fit; `?` shows all."""

from textual.widgets import Static

from irtui.tui.present.lines import Span
from irtui.tui.widgets.paint import painted


class KeyLine(Static):
    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; width: 1fr; background: $panel; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.show())
        self.show()

    def on_resize(self) -> None:
        self.show()

    def show(self) -> None:
        shown: list[tuple[str, str]] = []
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and (binding.description not in {word for _, word in shown}):
                shown.append((self.app.get_key_display(binding), binding.description))
        spans: list[Span] = [(" ", "")]
        room = self.size.width - 2
        # Help stays whatever else has to go.
        for key, word in sorted(shown, key=lambda pair: pair[1] != "help")[:1]:
            room -= len(key) + len(word) + 3
        for key, word in shown:
            if word != "help":
                if (needed := len(key) + len(word) + 3) > room:
                    continue
                room -= needed
            spans += [(key, "key"), (f" {word}  ", "")]
        self.update(painted(tuple(spans)))
