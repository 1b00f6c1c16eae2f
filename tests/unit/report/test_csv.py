"""CSV: what a spreadsheet opens is text, whatever the attacker named things."""

import csv
import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtui.desk.exports import exported
from irtui.report.csv import HEADS, cell
from tests.unit.report.conftest import HOSTILE, SECRET

Incident = Callable[..., Path]
GOLDEN = Path(__file__).parent / "golden" / "incident.csv"
FORMULAS = [
    '=HYPERLINK("http://evil.example","x")', "=1+1", "+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1",
    "＝1+1", "x;=1+1", "x,+1", 'x";=1', "a|@b",
]  # fmt: skip
RUNS = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=delimiter == ","))


def test_the_table_is_as_it_was(incident: Incident) -> None:
    """The whole table equals the golden file, but for its CRLF (IRTUI_GOLDEN=write renews it)."""
    text = exported(incident(), "csv")
    assert text.count("\r\n") == text.count("\n") == 20
    if os.environ.get("IRTUI_GOLDEN") == "write":
        GOLDEN.write_text(text.replace("\r\n", "\n"))
    assert text.replace("\r\n", "\n") == GOLDEN.read_text()


@pytest.mark.parametrize("text", [*FORMULAS, HOSTILE])
def test_no_cell_is_a_formula(incident: Incident, text: str) -> None:
    """Whatever the operator, the target or AWS said: a CSV reader finds no cell that begins like a formula, also one
    that splits at semicolons; every row has every column."""
    told = exported(incident(text), "csv")
    table = rows(told)
    assert tuple(table[0]) == HEADS and {len(row) for row in table} == {len(HEADS)} and len(table) == 20
    for delimiter in ",;|":
        assert [found for row in rows(told, delimiter) for found in row if RUNS.match(found)] == []


@given(st.text(alphabet=st.characters() | st.sampled_from("=+-@\t\r\n;,|\"' ＝")))
def test_any_text_is_one_inert_cell(text: str) -> None:
    """Any string comes back as one cell without control characters that begins like no formula."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow(["first", cell(text), "last"])
    for delimiter in ",;|":
        assert [found for row in rows(out.getvalue(), delimiter) for found in row if RUNS.match(found)] == []
    ((first, found, last),) = rows(out.getvalue())
    assert (first, last) == ("first", "last") and found.isprintable()


def test_what_is_proven_is_said(incident: Incident) -> None:
    """Records before an alteration are proven; those after it are no records any more, and are marked."""
    folder = incident()
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"AccessDenied", b"AccessAllowd"))
    table = [dict(zip(HEADS, row, strict=True)) for row in rows(exported(folder, "csv"))[1:]]
    assert [row["proven"] for row in table] == ["yes"] * 3 + ["no"] * 16
    assert {row["mode"] for row in table} == {"real"}


def test_a_planted_secret_never_appears(incident: Incident) -> None:
    """What was masked on the way in is in no cell."""
    assert SECRET not in exported(incident(), "csv")
