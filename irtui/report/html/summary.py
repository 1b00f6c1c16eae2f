"""The top of the page: what this is, how it ended, and what a reader must know before anything else."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from irtui.journal.telling import told
from irtui.report.changes import changes, open_questions
from irtui.report.dossier import Dossier
from irtui.report.html.elements import Markup, bullets, code, el, facts, joined, pill
from irtui.report.html.picture import picture
from irtui.report.timeline import sequence, text

_MODES = {"real": "REAL", "rehearsal": "REHEARSAL"}
_BANNERS = {
    "real": "",
    "rehearsal": "This is not a report of a real incident: it was played on a simulated AWS.",
}
_CONTAINED = {"contained": "good", "settling": "warn", "not re-checked": "warn", "open": "bad"}


def summary(found: Dossier) -> Markup:
    mode = found.verification.mode
    first = found.records[0].body if found.records else {}
    runbook = _mapping(first.get("runbook"))
    banner = _BANNERS.get(mode, "Nothing in this report can be relied on: the journal could not be read.")
    title = text(runbook, "title") or text(runbook, "name") or "Incident"
    incident = found.records[0].incident if found.records else ""
    return el(
        "header",
        el("p", el("strong", _MODES.get(mode, "UNREADABLE")), " incident report ", code(incident), cls="kind"),
        el("h1", title),
        el("p", banner, cls="banner") if banner else "",
        _glass(found),
        _cards(found),
        picture(found),
        _unread(found),
        _facts(found, first, runbook),
    )


def verdict_role(verdict: str) -> str:
    return {"complete": "good", "not closed": "warn"}.get(verdict, "bad")


def lasted(found: Dossier) -> str:
    """From the first record to the last, in words."""
    try:
        began, ended = (datetime.fromisoformat(found.records[place].t) for place in (0, -1))
    except (IndexError, ValueError):
        return "unknown"
    return duration(ended - began)


def duration(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    parts = ((seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    said = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(said[:2]) or "0 s"


def _cards(found: Dossier) -> Markup:
    records, proven = found.records, found.verification
    close = found.close
    contained = text(close.body, "contained") if close else _no_close(found)
    sent = changes(records, found.holds)
    effect = sum(change.status == "took effect" and not change.undoing for change in sent)
    back, doubt, strange = (
        sum(change.status == status for change in sent) for status in ("taken back", "in doubt", "not proven")
    )
    said = f"{len(sent) - strange} calls sent" + (f" · {strange} not proven" if strange else "")
    asked = len(open_questions(records, found.holds))
    cards = [
        (
            "Contained", contained or "unknown", _CONTAINED.get(contained, "warn"),
            f"{lasted(found)} from first to last record",
        ),
        (
            "Changes in force", str(effect), "bad" if doubt else "dim",
            f"{back} taken back · {doubt} in doubt · {said}",
        ),
        ("Open questions", str(asked), "warn" if asked else "good", "listed below" if asked else "none recorded"),
        (
            "Journal", proven.verdict, verdict_role(proven.verdict),
            f"{proven.records} records hold · {_unanchored(found)}",
        ),
    ]  # fmt: skip
    if found.score is not None:
        met = sum(objective.met for objective in found.score.objectives)
        won = ("Game day", "won" if found.score.won else "lost", "good" if found.score.won else "bad",
               f"{met} of {len(found.score.objectives)} objectives met")  # fmt: skip
        cards.insert(1, won)
    return el(
        "div",
        *(el("div", el("span", name), el("b", value), el("small", small), cls=f"card {role}")
          for name, value, role, small in cards),
        cls="cards",
    )  # fmt: skip


def _no_close(found: Dossier) -> str:
    return "not proven" if found.records and found.records[-1].type == "close" else "not closed"


def _glass(found: Dossier) -> Markup:
    """Above everything else, as on the screen of whoever broke it."""
    said = (
        el("p", el("strong", f"BREAK-GLASS at #{record.seq}: "), found.step_words(text(record.body, "step")),
           " was done without the approval of others. ", text(record.body, "reason"), cls="banner")
        for record in found.glass
    )  # fmt: skip
    return joined([*said])


def _unanchored(found: Dossier) -> str:
    known = told(found.records)
    return f"unanchored since #{known.seq + 1}" if known else "unanchored"


def _unread(found: Dossier) -> Markup:
    if not found.unread:
        return Markup("")
    return el("div", el("p", pill("Not read for this report", "bad")), bullets(found.unread), cls="unread")


def _facts(found: Dossier, first: Mapping[str, Any], runbook: Mapping[str, Any]) -> Markup:
    records, key, close = found.records, _mapping(first.get("key")), found.close
    rows: list[tuple[str, object]] = [
        ("Account", joined([code(text(first, "account")), text(first, "alias")], " ")),
        ("Runbook", joined([code(text(runbook, "name")), text(runbook, "version")], " ")),
        ("Inputs", joined([code(f"{name}={value}") for name, value in _mapping(first.get("inputs")).items() if value],
                          " ") or "–"),
        ("Operators", joined([code(name) for name in dict.fromkeys(record.op for record in records)], " ") or "–"),
        ("Caller", code(text(first, "caller"))),
        ("Opened", _moment(records[0].t) if records else "–"),
        ("Closed", _moment(close.t) if close else pill(_no_close(found), "warn")),
        ("Said at the close", text(close.body, "reason") or "–" if close else "–"),
        ("Endpoints", joined([code(host) for host in sequence(first.get("endpoints"))], " ") or "–"),
        ("Signing key", text(key, "kind") or "–"),
    ]  # fmt: skip
    return el("div", facts(rows), cls="top")


def _moment(t: str) -> str:
    return f"{t[:10]} {t[11:19]} UTC"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
