"""The records as CSV, for a spreadsheet: one row a record, and nothing in it that a spreadsheet would run.

Rules: a cell that begins like a formula (`=`, `+`, `-`, `@`, also full-width) gets a `'` before it, and so does such a
beginning after a `;`, a `,` or a `|`, because a spreadsheet may split at another sign than the comma. Tabs and line
ends in foreign text are spelled out like every control character. RFC 4180: commas, CRLF, quotes doubled; ASCII only
where the text is. The column `proven` says whether chain and signature hold up to that record.
"""

import csv as _csv
import io
import re

from irtui.engine.outline import split_key
from irtui.report.dossier import Dossier
from irtui.report.timeline import text, timeline
from irtui.text import inert

HEADS = (
    "record", "time_utc", "mode", "proven", "operator", "sitting", "type", "phase", "step", "step_title", "what",
    "detail", "aws_request", "evidence_sha256",
)  # fmt: skip
_FORMULA = re.compile(r"(^\s*|[;,|]\s*)(?=[=+\-@＝＋－＠])")
_LIMIT = 16_384
"""Characters a cell; spreadsheets take 32,767."""


def csv(found: Dossier) -> str:
    """The whole table, with its heads."""
    out = io.StringIO(newline="")
    writer = _csv.writer(out)
    writer.writerow(HEADS)
    proven = found.holds
    for record, row in zip(found.records, timeline(found.records, found.holds), strict=True):
        placed = found.steps.get(split_key(row.step)[0])
        cells = (
            record.seq, record.t, found.verification.mode or "unknown", "yes" if record.seq <= proven else "no",
            record.op, record.run, record.type, placed.phase if placed else "", row.step,
            placed.title if placed else "", row.what, row.detail, row.request_id,
            text(record.body, "sha256") or text(record.body, "evidence"),
        )  # fmt: skip
        writer.writerow([cell(value) for value in cells])
    return out.getvalue()


def cell(value: object) -> str:
    """Anything as text that no spreadsheet takes for a formula."""
    return _FORMULA.sub(lambda match: f"{match[0]}'", inert(value, _LIMIT))
