"""Reports: the same records for people, with honest limits, no secret and no acting text."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from irtui.errors import JournalError
from irtui.journal.read import read_records
from irtui.journal.record import TYPES, Record
from irtui.journal.verify import verify
from irtui.report.changes import changes, open_questions
from irtui.report.jsonl import jsonl
from irtui.report.markdown import block, code, markdown
from irtui.report.timeline import timeline

GOLDEN = Path(__file__).parent / "golden"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HOSTILE = (
    "[@click=app.quit]x[/] | `b` ``c`` \\| <img src=x onerror=alert(1)> [a](https://evil.example) https://evil.example "
    "www.evil.example a@evil.example ![i](x) **b** &lt; \x1b]52;c;x\x07 \u202e \n# heading\n| a | b |\n```\n<script>"
)
Incident = Callable[..., Path]
ACTING = {"link_open", "image", "html_inline", "html_block", "em_open", "s_open"}


def rendered(text: str) -> list[Token]:
    """All tokens as GitHub's flavour reads them, links found in plain text included."""
    tokens = MarkdownIt("gfm-like", {"html": True}).parse(text)
    return [*tokens, *(child for token in tokens for child in token.children or ())]


def report(folder: Path) -> str:
    return markdown(read_records(folder), verify(folder))


def test_the_report_is_as_it_was(incident: Incident) -> None:
    """The whole report equals the golden file (IRTUI_GOLDEN=write renews it)."""
    text = report(incident())
    path = GOLDEN / "incident.md"
    if os.environ.get("IRTUI_GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text()


def test_hostile_text_is_inert(incident: Incident) -> None:
    """Markup, links, HTML, table bars, fences and control characters of an attacker stay text, in every field."""
    plain, hostile = report(incident()), report(incident(HOSTILE))
    assert all(character == "\n" or character.isprintable() for character in hostile)
    tokens = rendered(hostile)
    assert not ACTING & {token.type for token in tokens}
    for kind in ("heading_open", "tr_open", "td_open", "table_open", "fence", "strong_open"):
        assert sum(t.type == kind for t in tokens) == sum(t.type == kind for t in rendered(plain)), kind
    outside = "".join(token.content for token in tokens if token.type == "text")
    assert "evil" not in outside and "click" not in outside


@given(st.text(alphabet=st.characters() | st.sampled_from("`|\\<[]()!*_~\n\x1b\u202e")))
def test_any_text_stays_in_its_code_span_and_block(text: str) -> None:
    """No string ends the code span, table cell or fenced block that it stands in."""
    tokens = rendered(f"| a | b |\n| --- | --- |\n| {code(text)} | end |\n\n{block({'x': text})}\n\nend")
    assert sum(token.type == "td_open" for token in tokens) == 2
    assert sum(token.type == "fence" for token in tokens) == 1
    assert not ACTING & {token.type for token in tokens}
    assert [t.content for t in tokens if t.type == "text" and t.content != "–"] == ["a", "b", "end", "end"]


def test_a_planted_secret_never_appears(incident: Incident) -> None:
    """What was masked on the way in is in no export."""
    folder = incident()
    out = io.BytesIO()
    jsonl(folder, out)
    assert SECRET not in report(folder) and SECRET.encode() not in out.getvalue()


def test_the_mode_stands_at_the_top(incident: Incident) -> None:
    """A rehearsal cannot be read as a real incident; a real one has no such banner."""
    assert "**This is not a report of a real incident.**" in report(incident(mode="rehearsal")).splitlines()[2]


def test_the_verdict_is_said_with_its_limits(incident: Incident) -> None:
    """The verdict, its reason, what is not proven, and that the signer was not compared."""
    folder = incident()
    text = report(folder)
    assert "Verdict: **complete**." in text and "not compared with a known key" in text
    assert "Unanchored: no fingerprint" in text
    path = folder / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b"AccessDenied", b"AccessAllowd"))
    assert "Verdict: **altered** at #4: `the signature does not fit`" in report(folder)


def test_changes_tell_what_became_of_each_call(incident: Incident) -> None:
    """A change that was taken back, its undo, and a call of which nobody knows."""
    found = changes(read_records(incident()))
    assert [(change.seq, change.status, change.request_id) for change in found] == [
        (8, "taken back", "r-1"),
        (11, "took effect", "r-2"),
        (13, "in doubt", ""),
    ]


def test_open_questions_are_all_listed(incident: Incident) -> None:
    """Gaps, skipped steps, unsettled looks, statements, doubts and what was open at the close."""
    asked = [(seq, what) for seq, what, _ in open_questions(read_records(incident()))]
    assert asked == [
        (4, "not read"),
        (5, "not read"),
        (10, "second look was still due"),
        (13, "nobody knows what became of the call"),
        (15, "not verified"),
        (16, "step skipped"),
        (17, "rests on the operator's word"),
        (19, "open at the close"),
    ]


def test_rows_know_step_and_request(incident: Incident) -> None:
    """An outcome belongs to the step of its intent and carries AWS's request id; who is the record's operator."""
    row = timeline(read_records(incident()))[8]
    assert (row.what, row.step, row.request_id, row.who) == ("AWS accepted #8", "deny", "r-1", "alice")


MEMBERS = ("intent", "step", "call", "runbook", "state", "verdicts", "open", "gaps", "undo", "key")


@pytest.mark.parametrize("body", [{}, {member: [{"x": [None]}] for member in MEMBERS}])
def test_any_body_gives_a_report(incident: Incident, body: dict[str, object]) -> None:
    """Records of every type with empty or senseless bodies are still reported."""
    records = tuple(
        Record(body, "INC-1", 0, "alice", "0" * 64, "r", n, "0" * 128, "2026-11-23T16:40:12.123456Z", kind, 1)
        for n, kind in enumerate(sorted(TYPES), 1)
    )
    assert len(timeline(records)) == len(TYPES)
    assert markdown(records, verify(incident())).startswith("# Incident report `INC-1`")
    assert markdown((), verify(Path("/dev/null"))).startswith("# Incident report –")


def test_jsonl_is_the_journal_itself(incident: Incident) -> None:
    """The export has the same bytes; a journal with a line that is no record is not exported."""
    folder = incident()
    out = io.BytesIO()
    assert jsonl(folder, out) == 19
    assert out.getvalue() == (folder / "journal.jsonl").read_bytes()
    (folder / "journal.jsonl").write_bytes(out.getvalue().replace(b'"seq":5', b'"seq": 5'))
    again = io.BytesIO()
    with pytest.raises(JournalError, match="#5: not in canonical form"):
        jsonl(folder, again)
    assert again.getvalue() == b""
