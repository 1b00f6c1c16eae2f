"""The only way from text to the screen: every span becomes inert here, and nothing is ever read as markup."""

import re
from collections.abc import Iterable

from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from irtui.text import inert
from irtui.tui.present.lines import Line

_LONGEST_LINE = 16384
_STYLES = {
    "dim": "$irtui-dim",
    "head": "bold $irtui-head",
    "name": "bold",
    "good": "$irtui-good",
    "warn": "$irtui-warn",
    "bad": "bold $irtui-bad",
    "add": "$irtui-good",
    "cut": "$irtui-warn",
    "key": "bold $irtui-head",
    "real": "bold reverse $irtui-bad",
    "rehearsal": "bold reverse $irtui-good",
    "locked": "reverse $irtui-warn",
}
# Everything a terminal could act on or hide. Painted text has none of it; this is the second fence.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)

_ASCII = str.maketrans(
    "─━│┃╭╮╰╯┌┐└┘├┤┬┴┼·…–→←↔✓✗▸‹❯▶▼▁▂▃▄▅▆▇█▔▊▎▏▕", "--||+++++++++++++.~-><=x!><>>v#########||||"
)  # fmt: skip


def painted(line: Line) -> Content:
    """One line."""
    return Content.assemble(*((inert(text, _LONGEST_LINE), _STYLES.get(role, "")) for text, role in line))


def painted_lines(lines: Iterable[Line]) -> Content:
    return Content("\n").join([painted(line) for line in lines])


def safe(text: object, role: str = "") -> Content:
    """A single foreign string."""
    return painted(((str(text), role),))


class SteeringFilter(LineFilter):
    """The exit: takes steering characters and links out of every line on its way to the terminal."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.control or not _STEERING.search(segment.text) else _stripped(segment)
            for segment in segments
        ]


class ColourlessFilter(LineFilter):
    """For NO_COLOR: bold, dim and reverse stay, and the terminal's own two colours are all there is."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.control or segment.style is None
            else Segment(segment.text, segment.style.without_color, None)
            for segment in segments
        ]  # fmt: skip


class AsciiFilter(LineFilter):
    """For --ascii: irtui's own signs and Textual's frames become ASCII of the same width; foreign letters stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.control or segment.text.isascii()
            else Segment(segment.text.translate(_ASCII), segment.style, None)
            for segment in segments
        ]  # fmt: skip


def _stripped(segment: Segment) -> Segment:
    return Segment(_STEERING.sub("", segment.text), segment.style, None)
