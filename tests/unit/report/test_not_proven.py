"""Records that somebody without the key wrote behind the true ones: no report takes them for what happened."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from irtui.cli.main import run
from irtui.desk.exports import exported
from irtui.journal.record import line, parse
from irtui.report.timeline import timeline
from tests.unit.report.conftest import HOSTILE

Incident = Callable[..., Path]
LAST = 18
"""Records of the incident that are kept."""


def forged(folder: Path) -> Path:
    """Its last records are now a call, AWS's yes to it and a close that says contained, signed with zeros."""
    path = folder / "journal.jsonl"
    kept = path.read_bytes().splitlines(keepends=True)[:LAST]
    (folder / "HEAD").unlink()
    shape, prev = parse(kept[-1]), hashlib.sha256(kept[-1]).hexdigest()
    bodies: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("intent", {"step": "forged", "call": {"call": "iam.DeleteUser", "target": "eve"}}),
        ("outcome", {"intent": LAST + 1, "status": "succeeded", "request_id": "r-9"}),
        ("outcome", {"intent": 13, "status": "succeeded"}),
        ("close", {"reason": "all is well", "open": [], "contained": "contained"}),
    )
    for seq, (kind, body) in enumerate(bodies, LAST + 1):
        kept.append(line(replace(shape, seq=seq, type=kind, body=body, held=None, prev=prev, sig="0" * 128)))
        prev = hashlib.sha256(kept[-1]).hexdigest()
    path.write_bytes(b"".join(kept))
    return folder


def test_what_does_not_hold_is_marked_in_every_report(incident: Incident) -> None:
    """A forged tail: each of its rows says so, its call took no effect, it answers no true call, and nothing is called
    contained."""
    folder = forged(incident())
    markdown = exported(folder, "markdown")
    assert "**altered** at #19" in markdown and "| Contained | unknown: not closed |" in markdown
    assert "NOT PROVEN: sends" in markdown and "**not proven**" in markdown
    assert markdown.count("**took effect**") == 1 and "iam.DeleteAccessKey" in markdown
    html = exported(folder, "html")
    assert "<b>not proven</b>" in html and "NOT PROVEN: incident closed, contained" in html
    assert ">contained<" not in html
    rows = {row["record"]: row for row in csv.DictReader(io.StringIO(exported(folder, "csv")))}
    assert [rows[str(seq)]["proven"] for seq in (LAST, LAST + 1)] == ["yes", "no"]
    events = [json.loads(each) for each in exported(folder, "ocsf").splitlines()]
    of = {event["metadata"]["uid"]: event for event in events}
    mine = of[f"INC-20261123-7f3a#{LAST + 1}/7001"]
    assert mine["message"].startswith("NOT PROVEN: ") and mine["status_detail"] == "not proven"
    assert "not-proven" in mine["metadata"]["labels"]
    assert of["INC-20261123-7f3a#13/7001"]["status_detail"] == "in doubt", "a forged outcome settles nothing"
    assert all(event.get("unmapped", {}).get("contained") != "contained" for event in events)
    assert all(event["status"] not in ("Resolved", "Closed") for event in events if event["class_uid"] == 2005)


def test_show_gives_no_line_to_paste_for_what_does_not_hold(
    incident: Incident, capsys: pytest.CaptureFixture[str]
) -> None:
    """`audit show` marks the forged records, names the verdict, prints no anchor and exits 6."""
    folder = forged(incident())
    assert run(["audit", "show", str(folder)]) == 6
    said = capsys.readouterr().out
    assert f"#{LAST + 1} " in said and "NOT PROVEN: sends" in said and "altered at #19" in said
    assert "unanchored since" not in said and "irtui INC-" not in said
    assert run(["audit", "export", str(folder)]) == 6


def test_words_of_the_report_are_never_the_record_s(incident: Incident) -> None:
    """Whatever stands in a record, of whichever type, `what` is irtui's own words."""
    clean, hostile = (exported_rows(incident(text)) for text in ("ci-deploy", HOSTILE))
    assert clean == hostile
    record = parse((incident() / "journal.jsonl").read_bytes().splitlines(keepends=True)[0])
    (row,) = timeline([replace(record, type="redact", body={"record": 3, "field": HOSTILE, "because": HOSTILE})])
    assert row.what == "removed what was typed of #3"


def exported_rows(folder: Path) -> list[str]:
    return [row["what"] for row in csv.DictReader(io.StringIO(exported(folder, "csv")))]


def test_a_mode_that_cannot_be_read_is_no_rehearsal(incident: Incident) -> None:
    """One byte of the first record changed, without any key: OCSF does not call the incident a rehearsal."""
    path = incident() / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"alice"', b'"alicf"', 1))
    events = [json.loads(each) for each in exported(path.parent, "ocsf").splitlines()]
    assert all("REHEARSAL" not in event["message"] for event in events)
    assert {event["cloud"]["provider"] for event in events} == {"unknown"}
