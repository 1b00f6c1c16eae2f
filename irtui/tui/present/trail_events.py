"""Events that a search found as rows, with what could not be searched, and what a source cannot contain."""

from collections.abc import Mapping
from typing import Any

from irtui.report.difference import compact
from irtui.tui.present.lines import Line, counted, labelled
from irtui.tui.present.trail import field, maps, number, strings


class EventsView:
    """Findings and sources stand before the events: what is missing is read first."""

    title = "Events"

    def __init__(self, data: Mapping[str, Any], *, ascii_only: bool = False) -> None:
        self._data = data
        self._others = [("FINDING", finding) for finding in maps(data.get("findings"))]
        self._others += [("SOURCE", source) for source in maps(data.get("sources"))]
        self._events = maps(data.get("events"))
        self._texts = [f"{kind} {compact(dict(one))}".lower() for kind, one in self._others]
        self._texts += [
            " ".join((*_cells(one), str(one.get("id")), str(one.get("source")))).lower() for one in self._events
        ]

    def __len__(self) -> int:
        return len(self._others) + len(self._events)

    def head(self, width: int) -> tuple[Line, ...]:
        data = self._data
        left, findings = number(data, "events_left_out"), number(data, "findings_left_out")
        open_ends = sum(1 for one in maps(data.get("sources")) if one.get("read_to_the_end") is not True)
        said = [counted(number(data, "count"), "event")]
        said += [f"{left} of them are only counted"] if left else []
        bad = [counted(findings + len(maps(data.get("findings"))), "finding")]
        bad += [f"{counted(open_ends, 'source')} NOT read to the end"] if open_ends else []
        bad += ["it was stopped"] if data.get("stopped") else []
        trouble = len(bad) > 1 or bad[0] != "0 findings"
        query = data.get("query")
        asked = (
            "; ".join(f"{name} {compact(value)}" for name, value in query.items()) if isinstance(query, Mapping) else ""
        )
        followed = strings(data.get("followed"))
        return (
            ((f" {', '.join(said)}", "name"), (f" · {', '.join(bad)}", "warn" if trouble else "dim"),
             (f" · followed {counted(len(followed), 'key')}" if followed else "", "dim")),
            ((" asked for ", "dim"), (field({"a": asked}, "a", 400) or "everything", "")),
            (("sha256 of the events ".rjust(22), "dim"), (field(data, "sha256", 64), "dim")),
        )  # fmt: skip

    def line(self, index: int, width: int) -> Line:
        if index < len(self._others):
            kind, one = self._others[index]
            if kind == "FINDING":
                words = f"{field(one, 'where', 120)}: {field(one, 'what')} ({field(one, 'detail')})"
                return ((f" {kind:<8} ", "warn"), (words, ""))
            whole = one.get("read_to_the_end") is True
            words = f"{field(one, 'name', 80)}: {number(one, 'events')} events, {number(one, 'read')} read, "
            lacks = "".join(f" · cannot show {field({'a': what}, 'a')}" for what in strings(one.get("cannot_contain")))
            return ((f" {kind:<8} ", "head"), (words, ""),
                    ("to the end" if whole else "NOT to the end", "" if whole else "warn"),
                    (lacks, "dim"),
                    )  # fmt: skip
        time, name, error, where, region, who = _cells(self._events[index - len(self._others)])
        short = width < 100
        told = f"{name[:28]:<28}" if not short else f"{name[:24]:<24}"
        return (
            (f" {time[11:19] if short else time[:20]:<{8 if short else 20}} ", "dim"), (f"{told} ", "name"),
            (f"{error[:12 if short else 16]:<{12 if short else 16}} ", "bad"), (f"{where[:16]:<16} ", ""),
            ("" if short else f"{region[:14]:<14} ", "dim"), (who.rpartition(":")[2], ""),
        )  # fmt: skip

    def hay(self, index: int) -> str:
        return self._texts[index]

    def told(self, index: int) -> tuple[Line, ...]:
        if index < len(self._others):
            return (self.line(index, 200),)
        one = self._events[index - len(self._others)]
        time, name, error, where, region, who = _cells(one)
        return (
            ((f"{time} ", "dim"), (name, "name"), (f" {error}", "bad"),
             (f" from {where} in {region} by ", "dim"), (who, "")),
            (("found in ", "dim"), (field(one, "source", 200), ""), (f"  id {field(one, 'id', 64)}", "dim")),
        )  # fmt: skip

    def whole(self, index: int) -> tuple[Line, ...]:
        one = self._others[index][1] if index < len(self._others) else self._events[index - len(self._others)]
        return tuple(labelled(str(name), compact(value)) for name, value in one.items())

    def tree(self, index: int) -> Any:
        return self._events[index - len(self._others)] if index >= len(self._others) else None


def _cells(one: Mapping[str, Any]) -> tuple[str, str, str, str, str, str]:
    """Time, event, error, from, Region, who."""
    event = one.get("event")
    event = event if isinstance(event, Mapping) else {}
    who = event.get("userIdentity")
    service = field(event, "eventSource", 64).partition(".")[0]
    return (
        field(event, "eventTime", 32) or field(one, "time", 32) or "?",
        f"{service}.{field(event, 'eventName', 64) or '?'}", field(event, "errorCode", 64),
        field(event, "sourceIPAddress", 64) or "?", field(event, "awsRegion", 32) or "?",
        field(who, "arn") or field(who, "invokedBy") or field(who, "accountId") or "?",
    )  # fmt: skip
