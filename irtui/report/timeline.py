"""Records as rows: when, who, what, about which step.

Rules: `what` is irtui's own words; everything that came from AWS, a runbook or a person stands in `detail`,
`who`, `step` and `request_id` and is foreign text: show it inert.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from irtui.journal.record import Record

UNPROVEN = "NOT PROVEN"
"""What a report says of a record that the chain and its signature do not carry."""


@dataclass(frozen=True, slots=True)
class Row:
    seq: int
    t: str
    """RFC 3339 UTC; the first ten characters are the day."""
    who: str
    type: str
    what: str
    detail: str
    step: str
    request_id: str = ""
    """AWS's, which also stands in CloudTrail."""


def timeline(records: Iterable[Record], holds: int | None = None) -> tuple[Row, ...]:
    """One row per record, in order; those after the last that holds say so. Without `holds` nobody asked."""
    steps: dict[int, str] = {}
    rows = []
    for record in records:
        step = text(record.body, "step")
        if record.type == "intent":
            steps[record.seq] = step
        about = record.body.get("intent")
        step = step or (steps.get(about, "") if type(about) is int else "")
        what, detail = _SAYS.get(record.type, _members(record.type))(record.body)
        request_id = text(record.body, "request_id")
        if holds is not None and record.seq > holds:
            what = f"{UNPROVEN}: {what}"
        rows.append(Row(record.seq, record.t, record.op, record.type, what, detail, step, request_id))
    return tuple(rows)


def text(body: Mapping[str, Any], name: str) -> str:
    """A member as text; empty when it is absent, null or nested."""
    value = body.get(name)
    return str(value) if isinstance(value, str | int) else ""


def call_words(planned: Any) -> str:
    """A planned call in a few words: `iam.PutUserPolicy on ci-deploy`."""
    if not isinstance(planned, Mapping):
        return ""
    target = text(planned, "target")
    return text(planned, "call") + (f" on {target}" if target else "")


def sequence(value: Any) -> list[Any]:
    """`value` where it is a list, else nothing."""
    return value if isinstance(value, list) else []


def _number(body: Mapping[str, Any]) -> int:
    """The intent that a record is about; 0 when it names none."""
    intent = body.get("intent")
    return intent if type(intent) is int else 0


def _joined(*parts: str) -> str:
    return ": ".join(part for part in parts if part)


def _named(body: Mapping[str, Any], name: str, words: Mapping[str, str]) -> tuple[str, str]:
    """Our words for a known value of a member; an unknown value is foreign text."""
    value = text(body, name)
    return (words[value], "") if value in words else (f"{name} unknown", value)


def _opened(body: Mapping[str, Any]) -> tuple[str, str]:
    runbook = body.get("runbook")
    title = text(runbook, "title") or text(runbook, "name") if isinstance(runbook, Mapping) else ""
    return "incident opened", _joined(title, f"account {text(body, 'account')}")


def _observed(body: Mapping[str, Any]) -> tuple[str, str]:
    what, odd = _named(body, "state", {"ok": "read", "absent": "read: absent", "unknown": "read: no answer"})
    return what, _joined(text(body, "call"), odd, text(body, "code"), text(body, "message"))


def _judged(body: Mapping[str, Any]) -> tuple[str, str]:
    words = {"allow": "guards allow", "ask": "guards ask", "deny": "guards refuse"}
    what, odd = _named({"result": text(body, "result").lower()}, "result", words)
    reasons = [
        _joined(text(verdict, "guard"), text(verdict, "reason"))
        for verdict in sequence(body.get("verdicts"))
        if isinstance(verdict, Mapping) and text(verdict, "ruling").lower() != "allow"
    ]
    return what, _joined(odd, "; ".join(reasons))


def _decided(body: Mapping[str, Any]) -> tuple[str, str]:
    what, odd = _named(body, "kind", {"confirm": "confirmed", "choice": "chose", "decline": "declined"})
    typed = text(body, "typed")
    said = (odd, text(body, "choice"), f"typed {typed}" if typed else "", text(body, "reason"))
    return what, "; ".join(part for part in said if part)


def _approved(body: Mapping[str, Any]) -> tuple[str, str]:
    words = {
        "request": "approval asked for", "approval": "approved by another person", "refused": "approval refused",
        "break-glass": "BREAK-GLASS: nobody else approved",
    }  # fmt: skip
    what, odd = _named(body, "kind", words)
    by = body.get("by")
    person = _joined(text(by, "name"), text(by, "arn")) if isinstance(by, Mapping) else ""
    digest = text(body, "digest")
    said = (
        odd, person, f"digest {digest[:16]}" if digest else "", text(body, "reason"), text(body, "why"),
        f"until {text(body, 'expires')}" if text(body, "expires") else "",
    )  # fmt: skip
    return what, "; ".join(part for part in said if part)


def _intended(body: Mapping[str, Any]) -> tuple[str, str]:
    return ("sends the undo" if body.get("undoing") is True else "sends"), call_words(body.get("call"))


def _ended(body: Mapping[str, Any]) -> tuple[str, str]:
    what, odd = _named(body, "status", {"succeeded": "AWS accepted", "failed": "AWS refused"})
    return f"{what} #{_number(body)}", _joined(odd, text(body, "code"), text(body, "message"))


def _reconciled(body: Mapping[str, Any]) -> tuple[str, str]:
    words = {"applied": "found applied", "not_applied": "found not applied", "unclear": "still unclear"}
    what, odd = _named(body, "found", words)
    return f"{what}: #{_number(body)}", _joined(odd, text(body, "why"))


def _checked(body: Mapping[str, Any]) -> tuple[str, str]:
    words = {"verified": "verified", "refuted": "refuted", "unsettled": "could not be seen"}
    what, odd = _named(body, "finding", words)
    due = text(body, "due")
    return what, _joined(odd, text(body, "which"), text(body, "why"), f"second look due {due}" if due else "")


def _closed(body: Mapping[str, Any]) -> tuple[str, str]:
    words = {
        "contained": "contained", "settling": "settling", "open": "not contained", "not re-checked": "not re-checked",
    }  # fmt: skip
    what, odd = _named(body, "contained", words)
    return f"incident closed, {what}", _joined(odd, text(body, "reason"))


def _told(body: Mapping[str, Any]) -> tuple[str, str]:
    seq = body.get("seq")
    named = f"the fingerprint of #{seq}" if type(seq) is int else "a fingerprint"
    return f"says that {named} lies with somebody else", text(body, "where")


def _removed(body: Mapping[str, Any]) -> tuple[str, str]:
    number = body.get("record")
    named = f"of #{number}" if type(number) is int else "of a record"
    return f"removed what was typed {named}", _joined(text(body, "field"), text(body, "because"))


def _plain(what: str, *members: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    return lambda body: (what, _joined(*(text(body, member) for member in members)))


def _members(kind: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    """For a type without words of its own: its short members as they stand."""

    def said(body: Mapping[str, Any]) -> tuple[str, str]:
        return kind, "; ".join(f"{name} {text(body, name)}" for name in body if name != "step" and text(body, name))

    return said


_SAYS: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "open": _opened,
    "join": _plain("operator joins", "operator", "caller", "why"),
    "unlock": _plain("changes unlocked", "account"),
    "run": _plain("child runbook begins", "runbook"),
    "observe": _observed,
    "items": lambda body: (f"{len(sequence(body.get('items')))} items to go through", ""),
    "plan": lambda body: ("plan made", f"digest {text(body, 'digest')[:16]}"),
    "judge": _judged,
    "decide": _decided,
    "approve": _approved,
    "intent": _intended,
    "outcome": _ended,
    "unknown": lambda body: (f"no answer to #{_number(body)}", _joined(text(body, "code"), text(body, "why"))),
    "reconcile": _reconciled,
    "check": _checked,
    "undo": _plain("takes the step back"),
    "skip": _plain("skipped", "reason"),
    "fail": _plain("failed", "reason"),
    "not_needed": _plain("not needed", "why"),
    "attest": _plain("stated by the operator", "statement"),
    "wait": _plain("waits", "until"),
    "note": _plain("note", "text"),
    "anchor": _told,
    "redact": _removed,
    "evidence": lambda body: ("evidence kept", _joined(text(body, "name"), text(body, "sha256")[:16])),
    "recovered": _plain("torn line cut off after a crash, bytes", "bytes"),
    "handover": _plain("signs off and hands over to", "to", "reason"),
    "takeover": _plain("writing taken over", "from", "why"),
    "close": _closed,
}
