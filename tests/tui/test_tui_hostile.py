"""Hostile text on every screen of the real program in a real pseudo-terminal."""

import re
import unicodedata

from tests.tui.payloads import PAYLOADS
from tests.tui.terminal import HERE, Terminal

# The mouse pointer's shape, which Textual itself sets.
_POINTER = re.compile(r"\x1b\]22;(default|text|pointer)\x07")
_SEQUENCE = re.compile(r"\x1b(?:\[[<>=?]?[0-9;:]*[ -/]*([@-~])|([\]P_^X])|(.))", re.DOTALL)


def _walk(kind: str) -> tuple[str, int | None]:
    """Every screen once, clicking what looks like an action; the output as text, and the exit code."""
    terminal = Terminal(str(HERE / "hostile_app.py"), kind)
    try:
        terminal.until("GAME DAYS")
        for key in "jjj":
            _look(terminal, key, click_from=56)
        _look(terminal, "G", click_from=56)
        terminal.press("\r")
        terminal.until("Start")
        _look(terminal, "")
        for keys in ("\t", "\r", "\t", "3333"):
            terminal.press(keys)
            terminal.read(0.3)
        terminal.until("ready: changes allowed")
        terminal.press("\x12")
        terminal.until("Your turn")
        for key in ("1", "2", "3", "4", "j", "1", "j", "j", "j", "2", "k", "k", "k", "k", "k"):
            _look(terminal, key, click_from=50)
        terminal.press("e")
        terminal.until("/ search")
        _look(terminal, "jjjj")
        terminal.press("\x1b")
        terminal.until("Your turn")
        terminal.press("t")
        terminal.until("delivered until")
        _look(terminal, "j")
        terminal.press("\r")
        terminal.until("One of the family")
        _look(terminal, "")
        terminal.press("\x1b")
        terminal.until("delivered until")
        terminal.press("\x1b")
        terminal.until("Your turn")
        terminal.press("J")
        terminal.until("for the report")
        _look(terminal, "g", click_from=999)
        terminal.press("\r")
        terminal.until("signature")
        _look(terminal, "")
        terminal.press("\x1b")
        terminal.until("for the report")
        terminal.press("v")
        terminal.until("Verification")
        _look(terminal, "")
        terminal.press("\x1b")
        terminal.until("for the report")
        terminal.press("\x1b")
        terminal.until("Your turn")
        for place, wanted in ((2, "esc leaves it open"), (3, "Guards"), (7, "enter answers")):
            terminal.press("g" + "j" * place + "r")
            terminal.until(wanted)
            _look(terminal, "", click_from=0 if wanted == "Guards" else 999)
            terminal.press("\x1b")
            terminal.until("Your turn")
        terminal.press("gjjjjr")
        terminal.until("guard")
        terminal.until("Your turn")
        _look(terminal, "", click_from=50)
        terminal.press("x")
        terminal.until("for good")
        terminal.press("drill\r")
        terminal.until("missed")
        _look(terminal, "")
        terminal.press("\x1b")
        terminal.read(0.5)  # an escape and a key that comes at once would be alt and that key
        terminal.until("Nothing more can be done")
        terminal.press("q")
        terminal.until("GAME DAYS")
        terminal.press("q")
        code = terminal.ended()
        return terminal.output.decode("utf-8", "surrogateescape"), code
    finally:
        terminal.close()


def _look(terminal: Terminal, keys: str, click_from: int = 0) -> None:
    """Presses keys, lets the screen settle, and clicks the first text that looks like an action, right of a column."""
    terminal.press(keys)
    terminal.read(0.12)
    for row, line in enumerate(terminal.lines):
        for mark in ("pay[/]", "see[/]", "more[/]", "ok[/]"):
            column = line.find(mark, click_from)
            if column >= 0:
                terminal.click(column, row)
                terminal.read(0.05)
                if click_from:  # a click has focused a pane: esc goes back to the list
                    terminal.press("\x1b")
                    terminal.read(0.6)  # an escape and a key that comes at once would be alt and that key
                return


def test_hostile_text_is_inert_on_every_screen() -> None:
    """With 25 payloads in every foreign field nothing steering reaches the terminal and no click on them acts."""
    assert len(PAYLOADS) >= 20
    clean, code = _walk("clean")
    assert code == 0
    hostile, code = _walk("hostile")
    clean, hostile = (_POINTER.sub("", output) for output in (clean, hostile))
    assert code == 0, "an action in the text ended the program"
    assert "pay[/]" in hostile and "\\u{1b}" in hostile and "\\u{202e}" in hostile, "the payloads were not shown at all"
    assert "\x07" not in hostile, "a bell: an action in the text fired"
    steering = {
        character
        for character in hostile
        if character not in "\x1b\r\n\t\x0f"
        and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    }
    assert steering == set()
    assert _kinds(hostile) <= _kinds(clean), "control sequences that a clean run does not send"
    assert "\x1b]" not in hostile


def _kinds(output: str) -> set[str]:
    """What kinds of control sequences occur; styles (`m`) and cursor movement may differ in their numbers only."""
    return {"".join(part or "" for part in match.groups()) for match in _SEQUENCE.finditer(output)}
