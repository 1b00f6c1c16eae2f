"""All keys that work right now, as a page to read and as commands of the palette."""

from collections.abc import Iterable
from typing import Any

from textual.app import App, SystemCommand
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


def palette(app: App[Any], screen: Screen[Any]) -> Iterable[SystemCommand]:
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.enabled and binding.tooltip and binding.id and not binding.action.startswith("app.command"):
            yield SystemCommand(
                f"{binding.description} ({app.get_key_display(binding)})",
                binding.tooltip,
                lambda action=binding.action, node=active.node: app.run_worker(app.run_action(action, node)),
            )
    yield SystemCommand("theme", "Other colours", app.action_change_theme)
