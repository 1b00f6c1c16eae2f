"""The incident report as Markdown.

Rules: foreign text stands only in code spans and fenced blocks, inert, so nothing in it is markup, a link or
HTML; a vertical bar in it is spelled out, because a table would be split by it. The verdict is said with its
limits.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from irtui.journal.record import Record
from irtui.journal.telling import told
from irtui.journal.verify import Verification
from irtui.report.changes import Change, changes, open_questions
from irtui.report.dossier import broken_glass, closing
from irtui.report.timeline import Row, call_words, sequence, text, timeline
from irtui.text import inert, inert_lines

_LIMIT = 4096
_LIMITS = (
    "It shows what irtui sent and what AWS answered, not what was done outside irtui; CloudTrail has that.",
    "Statements and reasons typed by people are theirs; nothing here proves them true.",
)


def limits(records: Sequence[Record]) -> tuple[str, ...]:
    """What no report can prove, in irtui's own words; the first says since which record nothing is anchored."""
    if found := told(records):
        first = (
            f"Unanchored since #{found.seq + 1}. Record #{found.by} says where the fingerprint of #{found.seq} lies: "
            "its writer's word, which proves nothing until the line is asked for there and given to irtui audit verify "
            "as --anchor. Whoever held the key while the incident was open could have rewritten the rest, and without "
            "that line all of it."
        )
    else:
        first = (
            "Unanchored: no fingerprint of this journal is known to lie with somebody else. Whoever held its key while "
            "the incident was open could have rewritten it or cut its end."
        )
    return (first, *_LIMITS)


def markdown(records: Sequence[Record], verification: Verification) -> str:
    """The whole report, ending in a line feed."""
    parts = [
        _head(records, verification),
        _proof(verification, limits(records)),
        _changed(changes(records, verification.records)),
        _open(records, verification.records),
        _timeline(timeline(records, verification.records)),
        _evidence(records),
    ]
    return "\n\n".join(parts) + "\n"


def code(value: object) -> str:
    """Foreign text as a code span that nothing in it can end; empty text is a dash."""
    shown = inert(value, _LIMIT).replace("|", "\\u{7c}").strip()
    if not shown:
        return "–"
    ticks = _longer(shown, 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{space}{shown}{space}{ticks}"


def block(value: Any, language: str = "json") -> str:
    """Foreign data as a fenced block that nothing in it can end."""
    shown = inert_lines(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=True))
    ticks = _longer(shown, 3)
    return f"{ticks}{language}\n{shown}\n{ticks}"


def _longer(shown: str, least: int) -> str:
    return "`" * max(least, 1 + max((len(run) for run in re.findall(r"`+", shown)), default=0))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(lines)


def _head(records: Sequence[Record], verification: Verification) -> str:
    first = records[0].body if records else {}
    runbook = first.get("runbook")
    runbook = runbook if isinstance(runbook, Mapping) else {}
    close = closing(records, verification.records)
    key = first.get("key")
    given = first.get("inputs")
    inputs = given if isinstance(given, Mapping) else {}
    rows = (
        ("Mode", {"real": "REAL", "rehearsal": "REHEARSAL, on a simulated AWS"}.get(verification.mode, "unknown")),
        ("Journal", f"**{verification.verdict}**, {verification.records} records hold"),
        ("Account", f"{code(text(first, 'account'))} {code(text(first, 'alias'))}"),
        ("Runbook", f"{code(text(runbook, 'title'))} {code(text(runbook, 'name'))} {code(text(runbook, 'version'))}"),
        ("Runbook SHA-256", code(text(runbook, "digest"))),
        ("Operators", ", ".join(code(name) for name in dict.fromkeys(record.op for record in records)) or "–"),
        ("Caller", code(text(first, "caller"))),
        ("Endpoints", ", ".join(code(host) for host in sequence(first.get("endpoints"))) or "–"),
        ("Inputs", ", ".join(code(f"{name}={value}") for name, value in inputs.items() if value) or "–"),
        ("Opened", code(records[0].t if records else "")),
        ("Closed", code(close.t) if close else "not closed"),
        ("Contained", code(text(close.body, "contained")) if close else "unknown: not closed"),
        ("Kind of key", code(text(key, "kind") if isinstance(key, Mapping) else "")),
    )
    title = f"# Incident report {code(records[0].incident if records else '')}"
    banner = "" if verification.mode == "real" else "\n\n> **This is not a report of a real incident.**"
    if verification.mode not in ("real", "rehearsal"):
        banner = "\n\n> **Nothing in this report can be relied on.**"
    for record in broken_glass(records):
        step, reason = code(text(record.body, "step")), code(text(record.body, "reason"))
        banner += f"\n\n> **BREAK-GLASS** at #{record.seq}: {step} was done without the approval of others. {reason}"
    return f"{title}{banner}\n\n{table(('', ''), rows)}"


def _proof(verification: Verification, unproven: Sequence[str]) -> str:
    verdict = f"Verdict: **{verification.verdict}**"
    if verification.at is not None:
        verdict += f" at #{verification.at}"
    if verification.why:
        verdict += f": {code(verification.why)}"
    signer = "one of the keys that were given" if verification.pinned else "not compared with a known key"
    lines = [
        "## What the journal proves, and what not",
        f"{verdict}. Signer {code(verification.signer)}, {signer}. Last record {code(verification.head)}.",
        "\n".join(f"- {limit}" for limit in unproven),
    ]
    if verification.notes:
        lines.append("The verifier notes:")
        lines.append("\n".join(f"- {code(note)}" for note in verification.notes))
    return "\n\n".join(lines)


def _changed(found: Sequence[Change]) -> str:
    if not found:
        return "## What was changed\n\nNothing was sent that changes anything."
    parts = ["## What was changed"]
    for change in found:
        planned = change.planned
        undo = planned.get("undo")
        word = "Undo of an earlier change" if change.undoing else "Change"
        facts = [
            f"### #{change.seq} {code(call_words(planned))}",
            f"{word}, step {code(change.step)}, {code(change.t)}: **{change.status}**. "
            f"AWS request {code(change.request_id)}.",
            "Sent:\n\n" + block(planned.get("params", {})),
        ]
        if planned.get("before") or planned.get("after"):
            facts.append("Before and expected after:\n\n" + block({k: planned.get(k) for k in ("before", "after")}))
        if isinstance(undo, Mapping):
            facts.append("Its undo:\n\n" + block(undo))
        elif not change.undoing:
            facts.append(f"No undo: {code(text(planned, 'irreversible'))}")
        parts.extend(facts)
    return "\n\n".join(parts)


def _open(records: Sequence[Record], holds: int) -> str:
    asked = open_questions(records, holds)
    if not asked:
        return "## Open questions\n\nNone recorded."
    rows = ((f"#{seq}", what, code(detail)) for seq, what, detail in asked)
    return "## Open questions\n\n" + table(("Record", "What", "Detail"), rows)


def _timeline(rows: Sequence[Row]) -> str:
    parts = ["## Timeline", "Times are UTC."]
    for day, group in groupby(rows, key=lambda row: row.t[:10]):
        cells = (
            (
                f"#{row.seq}",
                row.t[11:23],
                code(row.who),
                code(row.step),
                row.what,
                code(row.detail),
                code(row.request_id),
            )
            for row in group
        )
        heads = ("Record", "Time", "Who", "Step", "What", "Detail", "AWS request")
        parts.append(f"### {day}\n\n{table(heads, cells)}")
    return "\n\n".join(parts)


def _evidence(records: Sequence[Record]) -> str:
    rows = [
        (
            f"#{record.seq}",
            code(text(record.body, "name")),
            code(text(record.body, "step")),
            code(text(record.body, "size")),
            code(text(record.body, "sha256")),
            code("; ".join(str(gap) for gap in sequence(record.body.get("gaps")))),
        )
        for record in records
        if record.type == "evidence"
    ]
    if not rows:
        return "## Evidence\n\nNone kept."
    return "## Evidence\n\n" + table(("Record", "Name", "Step", "Bytes", "SHA-256", "Not read"), rows)
