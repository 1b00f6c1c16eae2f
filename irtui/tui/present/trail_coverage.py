"""What CloudTrail can show, as a picture: a bar over time for each Region and source, of signs and colours."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from irtui.report.coverage import STATES, Bar, bars, blind, edges, state_of
from irtui.tui.present.lines import Line, Span, counted, labelled, say
from irtui.tui.present.trail import field, minute, strings

_SIGNS = {"covered": ("█", "#", "good"), "unknown": ("?", "?", "warn"), "not covered": ("▁", ".", "bad")}
_LABEL = 34
"""Columns of Region and source at most."""
_LEAST = 24
"""Columns that are left for the bar, however narrow it is."""
_TICK = 16
"""Columns between two dates of the axis, at least."""
_TOLD = 3


class CoverageView:
    title = "What CloudTrail can show"

    def __init__(self, data: Mapping[str, Any], *, ascii_only: bool = False) -> None:
        self._data, self._ascii = data, ascii_only
        self._width, self._bars = 0, bars(data, 1)
        self._many = len({bar.account for bar in self._bars}) > 1
        self._texts = [
            " ".join([self._name(bar), bar.what, *(f"{w.get('state')} {w.get('cause')}" for w in blind(bar))]).lower()
            for bar in self._bars
        ]

    def __len__(self) -> int:
        return len(self._bars)

    def head(self, width: int) -> tuple[Line, ...]:
        data = self._data
        hours: list[Span] = [(" ", "")]
        minutes = data.get("minutes")
        for state in STATES:
            value = minutes.get(state) if isinstance(minutes, Mapping) else None
            told = f"{value / 60:.1f} h" if isinstance(value, int) else "? h"
            sign, plain, role = _SIGNS[state]
            hours += [(plain if self._ascii else sign, role), (f" {state} {told}", role), ("  ", "")]
        gaps = len(strings(data.get("gaps"))) + len(strings(data.get("not_looked_at")))
        over = counted(sum(map(len, map(blind, self._bars))), "blind window")
        lines: list[Line] = [tuple(hours)]
        lines.append(
            ((f" {over} in {counted(len(self), 'row')}", "dim"),
             (f" · read {minute(field(data, 'now')) or 'nobody knows when'}", "dim"),
             (f" · {counted(gaps, 'thing')} not looked at (?)" if gaps else "", "warn"))
        )  # fmt: skip
        if not self._bars:
            return (*lines, say(" It has no rows, or its times cannot be read: nothing is known.", "warn"))
        return (*lines, self._axis(width))

    def line(self, index: int, width: int) -> Line:
        label, room = self._room(width)
        if room != self._width:
            self._width, self._bars = room, bars(self._data, room)
        bar = self._bars[index]
        name = self._name(bar)
        cells = [(sum(1 for _ in run), state) for state, run in groupby(bar.cells)]
        return (
            (f" {name if len(name) <= label else name[: label - 1] + '…':<{label}} ", ""),
            *((_SIGNS[state][1 if self._ascii else 0] * length, _SIGNS[state][2]) for length, state in cells),
        )

    def hay(self, index: int) -> str:
        return self._texts[index]

    def told(self, index: int) -> tuple[Line, ...]:
        bar = self._bars[index]
        dark = sorted(blind(bar), key=lambda window: -STATES.index(state_of(window)))
        head: Line = (
            (self._name(bar), "name"), (f" · {field({'what': bar.what}, 'what', 80)}", "dim"),
            (f" · {counted(len(dark), 'blind window')}, enter shows them" if dark else " · all of it is covered", ""),
        )  # fmt: skip
        return (head, *(_window(window) for window in dark[:_TOLD]))

    def whole(self, index: int) -> tuple[Line, ...]:
        bar = self._bars[index]
        lines: list[Line] = [
            labelled("account", field({"a": bar.account}, "a")), labelled("Region", field({"a": bar.region}, "a")),
            labelled("source", field({"a": bar.source}, "a")), labelled("holds", field({"what": bar.what}, "what")), (),
        ]  # fmt: skip
        for window in bar.windows:
            state = state_of(window)
            sign, plain, role = _SIGNS[state]
            begin, end = field(window, "since", 32), field(window, "until", 32)
            lines.append(((f"{plain if self._ascii else sign} {state:<12}", role), (f"{begin} to {end}", "")))
            cause = f" [{field(window, 'cause', 32)}]" if field(window, "cause") else ""
            if state != STATES[0]:
                lines.append(((f"  {field(window, 'reason', 1000) or 'no reason is given'}", ""), (cause, "dim")))
            if field(window, "by"):
                lines.append((("  by ", "dim"), (field(window, "by", 1000), "name")))
        for title, name in (("Could not be read", "gaps"), ("Not looked at", "not_looked_at")):
            sentences = strings(self._data.get(name))
            lines += [(), say(title, "head"), *(say(f"  {one}") for one in sentences)] if sentences else []
        return tuple(lines)

    def tree(self, index: int) -> Any:
        return None

    def _name(self, bar: Bar) -> str:
        data = {"name": " ".join((*([bar.account] if self._many else []), bar.region, bar.source))}
        return field(data, "name", 64)

    def _room(self, width: int) -> tuple[int, int]:
        """Columns of the label and of the bar."""
        longest = max((len(self._name(bar)) for bar in self._bars), default=0)
        label = max(8, min(longest, _LABEL, width - _LEAST - 3))
        return label, max(1, width - label - 3)

    def _axis(self, width: int) -> Line:
        label, room = self._room(width)
        parts = max(1, min(8, room // _TICK))
        line = [" "] * room
        moments = edges(self._data, parts)
        for place, moment in enumerate(moments[:-1]):
            at = place * room // parts
            words = f"|{moment:%m-%d %H:%M}"
            line[at : at + len(words)] = words
        if moments:
            words = f"{moments[-1]:%m-%d %H:%M}|"
            if room >= (parts - 1) * room // parts + 2 * len(words) + 1 or parts == 1:
                line[room - len(words) : room] = words
            else:
                line[room - 1 : room] = "|"
        return ((f"  {'UTC':<{label}} ", "dim"), ("".join(line[:room]), "dim"))


def _window(window: Mapping[str, Any]) -> Line:
    state = state_of(window)
    by = f" By {field(window, 'by', 48)}" if field(window, "by") else ""
    return (
        (f"{minute(field(window, 'since'))} - {minute(field(window, 'until'))} ", "dim"),
        (f"{state}: ", _SIGNS[state][2]),
        (f"{field(window, 'reason') or 'no reason is given'}{by}", ""),
    )  # fmt: skip
