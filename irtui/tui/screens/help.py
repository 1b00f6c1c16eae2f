"""All keys that work right now, and a sentence about what has the focus."""

from textual.screen import Screen

from irtui.tui.present.lines import EMPTY, Line, say
from irtui.tui.screens.ask import NoticeDialog


def help_dialog(screen: Screen[object]) -> NoticeDialog:
    focused = screen.focused
    lines: list[Line] = [say(text) for text in (screen.HELP, focused.HELP if focused else None) if text]
    lines.append(EMPTY)
    keys: dict[str, tuple[list[str], str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.tooltip and active.enabled:
            keys.setdefault(binding.id or binding.action, ([], binding.tooltip))[0].append(
                screen.app.get_key_display(binding)
            )
    for names, tooltip in keys.values():
        shown = " ".join(dict.fromkeys(names))
        lines.append(((f"{shown:<14} ", "key"), (tooltip, "")))
    return NoticeDialog("Help: the keys that work here", lines)
