"""What a validation of a trail found: its verdict, never more than was proven, and each finding and lane."""

from collections.abc import Mapping
from typing import Any

from irtui.report.difference import compact
from irtui.tui.present.lines import Line, Span, counted, labelled
from irtui.tui.present.trail import field, maps, minute, number

_VERDICTS = {
    "valid": ("✓", "Everything is as CloudTrail wrote it.", "good"),
    "unchecked": ("?", "Not everything could be checked.", "warn"),
}
_NOT = ("✗", "NOT as CloudTrail wrote it.", "bad")
_ROLES = {"valid": "good", "unchecked": "warn", "missing": "bad", "invalid": "bad", "note": "dim"}


class FindingsView:
    """Findings, then notices, then each Region with the stretches of it."""

    title = "Is the trail as CloudTrail wrote it"

    def __init__(self, data: Mapping[str, Any], *, ascii_only: bool = False) -> None:
        self._data = data
        notices = tuple({**notice, "verdict": "note"} for notice in maps(data.get("notices")))
        self._rows = (*maps(data.get("findings")), *notices, *map(_lane, maps(data.get("lanes"))))
        self._texts = [compact({key: str(value) for key, value in row.items()}).lower() for row in self._rows]

    def __len__(self) -> int:
        return len(self._rows)

    def head(self, width: int) -> tuple[Line, ...]:
        data = self._data
        sign, words, role = _VERDICTS.get(field(data, "verdict"), _NOT)
        if not field(data, "verdict"):
            sign, words, role = "?", "The report has no verdict: nothing is known.", "warn"
        spans: list[Span] = [(" ", "")]
        for name in ("digests", "backfill_digests", "logs"):
            given = data.get(name)
            counts = [(key, number(given, key)) for key in given] if isinstance(given, Mapping) else []
            told = [
                (f"{value} {field({'a': key}, 'a', 24)} ", _ROLES.get(str(key), "")) for key, value in counts if value
            ]
            if told or name != "backfill_digests":
                spans += [(f"{name.replace('_', ' ')} ", "dim"), *(told or [("0 ", "")]), (" ", "")]
        left = number(data, "findings_left_out")
        more = f", {left} more were counted only" if left else ""
        return (
            ((f" {sign} {words}", role), (f"  {counted(len(maps(data.get('findings'))), 'finding')}{more}", "")),
            ((f" {field(data, 'trail')}", ""),
             (f"  {minute(field(data, 'since'))} - {minute(field(data, 'until'))}", "dim")),
            tuple(spans),
        )  # fmt: skip

    def line(self, index: int, width: int) -> Line:
        row = self._rows[index]
        verdict = field(row, "verdict", 12) or "?"
        when = minute(field(row, "since"))
        where = field(row, "where", 1200).rpartition("/")[2]
        return (
            (f" {verdict.upper():<10}", _ROLES.get(verdict, "warn")), (f"{field(row, 'subject', 16):<8} ", "name"),
            (f"{field(row, 'region', 16):<14} ", ""), (f"{when:<13} ", "dim"), (field(row, "detail"), ""),
            (f"  {where[:80]}", "dim"),
        )  # fmt: skip

    def hay(self, index: int) -> str:
        return self._texts[index]

    def told(self, index: int) -> tuple[Line, ...]:
        row = self._rows[index]
        return (((field(row, "detail", 400), ""),), ((field(row, "where", 400), "dim"),))

    def whole(self, index: int) -> tuple[Line, ...]:
        row = self._rows[index]
        lines: list[Line] = [
            labelled(str(name), compact(value), _ROLES.get(str(value), "") if name == "verdict" else "")
            for name, value in row.items() if name != "slots" and value not in ("", None)
        ]  # fmt: skip
        for slot in maps(row.get("slots")):
            verdict = field(slot, "verdict", 12) or "?"
            stretch = f"{field(slot, 'since', 32)} to {field(slot, 'until', 32)}"
            lines.append(((f"{verdict:<10} ", _ROLES.get(verdict, "warn")), (stretch, "")))
        return tuple(lines)

    def tree(self, index: int) -> Any:
        return None


def _lane(lane: Mapping[str, Any]) -> dict[str, Any]:
    """A Region as a row: the worst of its stretches."""
    slots = maps(lane.get("slots"))
    verdicts = [field(slot, "verdict") for slot in slots]
    worst = next((name for name in ("invalid", "missing") if name in verdicts), "unchecked")
    worst = "valid" if verdicts and set(verdicts) == {"valid"} else worst
    told = ", ".join(f"{verdicts.count(name)} {name}" for name in dict.fromkeys(verdicts))
    return {
        "verdict": worst, "subject": "Region", "region": lane.get("region"), "account": lane.get("account"),
        "detail": f"stretches of time: {told or 'none was looked at'}", "slots": slots,
    }  # fmt: skip
