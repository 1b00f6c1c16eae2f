"""One question on a page and its answer from the lines."""

import click

from irtui.cli.lines import Lines, Silence
from irtui.cli.page import Page
from irtui.redact import masked_text
from irtui.text import inert


def ask(page: Page, lines: Lines, prompt: str, *, timeout: float | None = None, secret: bool = False) -> str | Silence:
    """The answer, trimmed, or why there is none. What a script answers is written down too, unless it is secret
    or looks like it.
    """
    page.prompt(prompt)
    if not secret:
        line = lines.ask(timeout)
    else:
        with lines.hidden():
            line = lines.ask(timeout)
    if line is Silence.DUE:
        return line  # the prompt stays
    if isinstance(line, Silence) or secret:
        page.answered("")
    else:
        page.answered(None if lines.typed_by_hand else inert(masked_text(line)))
    return line if isinstance(line, Silence) else line.strip()


def ask_secret(prompt: str) -> str | None:
    """Asks outside any sitting, on stderr and without an echo; None when nothing was typed."""
    answer: str = click.prompt(inert(prompt).rstrip(": "), hide_input=True, err=True, default="", show_default=False)
    return answer or None
