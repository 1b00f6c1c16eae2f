"""Journal records as lines: the tail below the run, the whole list, one record in full."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from irtui.model.incident import IncidentState
from irtui.report.difference import compact
from irtui.tui.present.lines import Line, labelled, pretty, say

_ROLE = {
    "intent": "warn", "outcome": "good", "unknown": "bad", "fail": "bad", "undo": "warn", "recovered": "bad",
    "takeover": "bad", "confirm": "name", "decide": "name", "unlock": "warn", "close": "name",
}  # fmt: skip


class Recorded(Protocol):
    """The members of `journal.record.Record` that are shown."""

    @property
    def seq(self) -> int: ...
    @property
    def t(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    @property
    def sig(self) -> str: ...
    @property
    def prev(self) -> str: ...
    @property
    def op(self) -> str: ...
    @property
    def run(self) -> str: ...
    @property
    def m(self) -> int: ...


def journal_title(state: IncidentState) -> str:
    return f"Journal · {state.records} records, signed · unanchored since #{state.told + 1} (f, K)"


def record_line(record: Recorded) -> Line:
    return (
        (f"{record.t[11:19]}Z ", "dim"),
        (f"#{record.seq:<4} ", "dim"),
        (f"{record.type:<10}", _ROLE.get(record.type, "")),
        (f" {gist(record.type, record.body)}", ""),
    )


def gist(kind: str, body: Mapping[str, Any]) -> str:
    """What a record is about, in one line. Unknown kinds show their whole body."""
    step = str(body.get("step", ""))
    match kind:
        case "open":
            runbook = body.get("runbook", {})
            return f"{runbook.get('name', '')} {runbook.get('version', '')} on {body.get('account', '')}"
        case "observe":
            return " ".join(
                part for part in (step, body.get("call", ""), body.get("state", ""), body.get("code", "")) if part
            )
        case "intent":
            call = body.get("call", {})
            return (
                f"{step} {call.get('call', '')} on {call.get('target', '')}{' (undo)' if body.get('undoing') else ''}"
            )
        case "outcome":
            return f"of #{body.get('intent')} {body.get('status', '')} {body.get('code', '')}".rstrip()
        case "decide":
            said = body.get("choice") or {"confirm": "confirmed", "decline": "declined"}.get(str(body.get("kind")), "")
            reason = str(body.get("reason") or "")
            return f"{step} {said} · {reason}" if reason not in ("", said) else f"{step} {said}"
        case "approve":
            by = body.get("by") or {}
            said = (step, body.get("kind"), by.get("name"), body.get("reason") or body.get("why"))
            return " ".join(str(part) for part in said if part)
        case "unlock":
            return f"changes allowed in {body.get('account', '')} by {body.get('by', '')}"
        case "anchor":
            return f"#{body.get('seq')} lies at {body.get('where', '')}"
        case "handover":
            return f"to {body.get('to') or 'whoever goes on'} {body.get('reason', '')}".rstrip()
        case "takeover":
            return f"{body.get('why', '')} · from {body.get('from', '')}"
        case "skip" | "fail":
            return f"{step} {body.get('reason', '')}"
        case "attest":
            return f"{step} {body.get('statement', '')}"
        case "reconcile":
            return f"#{body.get('intent')} {body.get('found', '')}: {body.get('why', '')}"
        case "settle":
            return f"{step} second look due {str(body.get('due', ''))[11:19]}Z"
        case "items":
            return f"{step} {compact(body.get('items', []))}"
        case "judge":
            return f"{step} {body.get('result', '')}"
        case "plan":
            return f"{step} digest {str(body.get('digest', ''))[:12]}"
        case "check":
            return f"{step} {body.get('which', '')}: {body.get('finding', '')}"
        case "evidence":
            name = str(body.get("name", ""))
            of = name if name.startswith(step) else f"{step} {name}"
            return f"{of} sha256 {str(body.get('sha256', ''))[:12]}"
        case _:
            return " ".join(
                f"{name}={compact(value)}" for name, value in body.items() if value not in ("", None, [], {})
            )


def record_lines(record: Recorded) -> tuple[Line, ...]:
    """The record whole."""
    return (
        labelled("number", str(record.seq)),
        labelled("time", record.t),
        labelled("type", record.type, "name"),
        labelled("operator", record.op),
        labelled("run", record.run),
        labelled("previous", record.prev),
        labelled("signature", record.sig),
        (),
        *(say(line) for line in pretty(record.body)),
    )


def matches(record: Recorded, words: str) -> bool:
    """Every word occurs somewhere in the record, whatever the case; `#17` is that record and no other."""
    text = f"{record.type} {record.op} {gist(record.type, record.body)} {compact(record.body)}".lower()
    return all(
        int(word[1:]) == record.seq if word[0] == "#" and word[1:].isdecimal() else word in text
        for word in words.lower().split()
    )


def next_match(records: Sequence[Recorded], words: str, after: str, back: bool = False) -> str:
    """Number of the next record that matches, from the one numbered `after` on and round the end; empty: there is
    none."""
    found = [record.seq for record in records if matches(record, words)] if words.split() else []
    here = int(after) if after.isdecimal() else 0
    if back:
        return str(next((seq for seq in reversed(found) if seq < here), found[-1] if found else ""))
    return str(next((seq for seq in found if seq > here), found[0] if found else ""))
