"""What was changed and how it is taken back, what stayed open, on whose word, and what was kept."""

from collections.abc import Mapping
from typing import Any

from irtui.report.changes import Change, changes, open_questions
from irtui.report.dossier import Dossier
from irtui.report.html.elements import Markup, block, code, el, facts, joined, pill, section, table
from irtui.report.timeline import call_words, sequence, text, timeline

_ROLES = {
    "took effect": "good",
    "refused": "dim",
    "not applied": "dim",
    "taken back": "warn",
    "in doubt": "bad",
    "not proven": "bad",
}
_WORD_OF = ("decide", "approve", "unlock", "handover", "takeover", "join", "attest")


def changed(found: Dossier) -> Markup:
    sent = changes(found.records, found.holds)
    if not sent:
        return section("What was changed", el("p", "Nothing was sent that changes anything."), id_="changed")
    return section("What was changed", *(_change(found, change) for change in sent), id_="changed")


def _change(found: Dossier, change: Change) -> Markup:
    planned, phase = change.planned, found.phase(change.step)
    undo = planned.get("undo")
    rows: list[tuple[str, object]] = [
        ("Step", joined([el("span", phase, cls=f"phase p-{phase}") if phase else "", found.step_words(change.step)])),
        ("Sent", joined([f"{change.t[:10]} {change.t[11:19]} UTC, AWS request ", code(change.request_id)])),
        ("Parameters", _members(planned.get("params"))),
        ("Before", _before(planned.get("before"))),
        ("Expected after", _after(planned.get("after"))),
    ]
    if isinstance(undo, Mapping):
        rows.append(("Its undo", joined([code(text(undo, "call")), " ", _members(undo.get("params"))])))
    elif not change.undoing:
        rows.append(("Its undo", joined(["none: ", text(planned, "irreversible") or "the plan names none"])))
    if note := text(planned, "note"):
        rows.append(("Note", note))
    title = joined([f"#{change.seq} ", "undo: " if change.undoing else "", code(call_words(planned)), " "])
    pills = [pill(change.status, _ROLES.get(change.status, "bad"))]
    if any(text(record.body, "step") == change.step and record.seq < change.seq for record in found.glass):
        pills.append(pill("BREAK-GLASS", "bad"))
    return el("article", el("h3", title, joined(pills, " ")), facts(rows))


def _members(params: Any) -> Markup:
    """Names and values: short ones in a row, long ones below each other."""
    if not isinstance(params, Mapping) or not params:
        return _value(params or None)
    short = [name for name, value in params.items() if isinstance(value, str | int) and len(str(value)) < 200]
    long = [name for name in params if name not in short]
    said = [el("span", f"{name} ", code(params[name]), cls="member") for name in short]
    return joined([*said, *(el("div", el("small", name), block(params[name])) for name in long)])


def _before(before: Any) -> Markup:
    """What stood there: absent, unknown and why, or the values that were read."""
    if not isinstance(before, Mapping) or "state" not in before:
        return _value(before)
    if text(before, "state") == "present":
        return _value(before.get("value"))
    return joined([text(before, "state"), f": {text(before, 'why')}" if text(before, "why") else ""])


def _after(after: Any) -> Markup:
    """What a plan expects: a value, or a state as it was seen before what is taken back."""
    seen = isinstance(after, Mapping) and after.keys() == {"state", "value", "why"}
    return _before(after) if seen else _value(after)


def _value(value: Any) -> Markup:
    if value is None:
        return Markup("–")
    return code(value) if isinstance(value, str | int) else block(value)


def questions(found: Dossier) -> Markup:
    asked = open_questions(found.records, found.holds)
    if not asked:
        return section("Open questions", el("p", "None recorded."), id_="open")
    return section(
        "Open questions",
        table(("Record", "What", "Detail"), ((f"#{seq}", what, detail) for seq, what, detail in asked)),
        id_="open",
    )


def decided(found: Dossier) -> Markup:
    """Who said yes, no or why; approvals of others stand out."""
    approvals = sum(record.type == "approve" and record.body.get("kind") == "approval" for record in found.records)
    rows = [
        (
            f"#{row.seq}",
            f"{row.t[11:19]}",
            row.who,
            pill(row.what, "bad" if "BREAK-GLASS" in row.what else "good") if row.type == "approve" else row.what,
            found.step_words(row.step),
            row.detail,
        )
        for row in timeline(found.records, found.holds)
        if row.type in _WORD_OF
    ]
    said = "No approval of another person is recorded." if not approvals else f"{approvals} approvals are recorded."
    body = (
        table(("Record", "UTC", "Who", "What", "Step", "Said"), rows, "decided")
        if rows
        else el("p", "Nothing was decided.")
    )
    return section("Decisions and approvals", el("p", said), body, id_="decided")


def evidence(found: Dossier) -> Markup:
    rows = [
        (
            f"#{record.seq}",
            text(record.body, "name"),
            found.step_words(text(record.body, "step")),
            text(record.body, "size"),
            code(text(record.body, "sha256")),
            "; ".join(str(gap) for gap in sequence(record.body.get("gaps"))),
        )
        for record in found.records
        if record.type == "evidence"
    ]
    heads = ("Record", "Name", "Step", "Bytes", "SHA-256", "Not read")
    return section("Evidence", table(heads, rows, "evidence") if rows else el("p", "None kept."), id_="evidence")
