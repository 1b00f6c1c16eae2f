"""`irtui audit` as a reviewer uses it: a verdict with its reasons and limits, and an anchor to hold against it."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from irtui.clock import ManualClock
from irtui.journal.anchor import anchor_of
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
from irtui.journal.unproven import UNANCHORED

ROOT = Path(__file__).parents[3]
SIGNER = Ed25519Signer.from_seed(b"1" * 32, "keyring")


def irtui(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "irtui", "audit", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def data(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(ran.stdout)["data"]
    return said


@pytest.fixture
def journal() -> Journal:
    """An open incident of two records where irtui looks for incidents."""
    opened = Journal.create(
        Path(os.environ["IRTUI_HOME"]) / "data" / "incidents" / "INC-ABCDEF",
        incident="INC-ABCDEF", run="r", mode="real", operator="alice",
        signer=SIGNER, clock=ManualClock(datetime(2026, 11, 23, tzinfo=UTC)), opening={},
    )  # fmt: skip
    opened.append("note", {"text": "watching"})
    return opened


def test_an_anchor_stands_against_a_rewriter(journal: Journal) -> None:
    """The line that `audit anchor` printed, given back to `audit verify`, finds what was cut and re-closed."""
    pasted = irtui("anchor", "inc-abcdef").stdout.strip()
    assert re.fullmatch(r"irtui INC-ABCDEF #2 [A-Z2-7]{5}(-[A-Z2-7]{5}){3}-[A-Z2-7]{6}", pasted)
    assert re.search(rf"unanchored since #1,.*\n  {pasted}$", irtui("show", "INC-ABCDEF").stdout.rstrip())
    journal.close({"reason": "done"})
    good = irtui("verify", "INC-ABCDEF", "--signer", SIGNER.public.hex(), "--anchor", pasted)
    assert good.returncode == 0 and good.stdout.startswith("complete\n") and "anchored to #2" in good.stdout
    assert "unanchored since #3: #3 rests on the signing key alone" in good.stdout

    path = journal.folder / "journal.jsonl"
    kept = path.read_bytes().splitlines(keepends=True)[:1]
    (journal.folder / "HEAD").unlink()
    path.write_bytes(b"".join(kept))
    clock = ManualClock(datetime(2026, 11, 24, tzinfo=UTC))
    Journal.resume(journal.folder, run="r", operator="alice", signer=SIGNER, clock=clock, joining={}).close({})
    fooled = irtui("verify", "INC-ABCDEF", "-o", "json")
    assert fooled.returncode == 0 and data(fooled)["unproven"][0] == UNANCHORED and data(fooled)["anchored"] == 0
    found = irtui("verify", "INC-ABCDEF", "--anchor", pasted, "-o", "json")
    assert found.returncode == 6
    assert data(found)["why"] == "the anchor has another fingerprint for this record"


def test_each_finding_exits_6(journal: Journal, tmp_path: Path) -> None:
    """Not closed, wrong key, another incident's journal under this name: said in words and as data, exit 6."""
    assert irtui("verify", "INC-ABCDEF").returncode == 6
    assert irtui("verify", "INC-ABCDEF", "--allow-open").returncode == 0
    wrong = irtui("verify", "INC-ABCDEF", "--signer", "00" * 32)
    assert wrong.returncode == 6 and wrong.stdout.startswith("wrong key at #1: none of the given keys")
    journal.close({"reason": "done"})
    journal.folder.rename(journal.folder.with_name("INC-OTHERS"))
    moved = irtui("verify", "INC-OTHERS", "-o", "json")
    assert moved.returncode == 6 and data(moved)["why"] == "it is the journal of INC-ABCDEF, not of INC-OTHERS"
    assert irtui("anchor", str(tmp_path)).returncode == 6


def test_where_a_line_lies_is_recorded_and_is_only_a_word(journal: Journal) -> None:
    """`anchor --told` while nobody has the incident open: `show` and the reports count from there and say on whose
    word; `verify` names where to ask, and stays unanchored until the line itself is given."""
    early = anchor_of(journal.records[1]).words
    sign = ("anchor", "INC-ABCDEF", "--key", "ephemeral", "--told", "ticket 4711")
    held = irtui(*sign)
    assert held.returncode != 0 and "Another irtui has this incident open" in held.stderr
    journal.append("note", {"text": "went on"})
    journal.release()
    wrong = irtui(*sign, "--line", early.replace("#2", "#3"))
    assert wrong.returncode == 2 and "not this journal's" in wrong.stderr
    told = irtui(*sign, "--line", early)
    assert told.returncode == 0 and told.stdout.strip().endswith(early), told.stderr

    assert "unanchored since #3, by the word of #5 alone" in irtui("show", "INC-ABCDEF").stdout
    found = irtui("verify", "INC-ABCDEF", "--allow-open")
    assert "says that the fingerprint of #2 lies at ticket 4711: that alone proves nothing" in found.stdout
    assert f"({early})" in found.stdout and UNANCHORED in found.stdout
    for form in ("markdown", "html"):
        report = irtui("export", "INC-ABCDEF", "--format", form).stdout
        assert "Unanchored since #3. Record #5 says" in report and "ticket 4711" in report, form


def test_a_fingerprint_that_no_record_has_is_named_and_counts_for_nothing(journal: Journal) -> None:
    """Who rewrites a record and leaves the `anchor` record that names it gives himself away."""
    journal.append("anchor", {"seq": 1, "head": "ab" * 32, "where": "ticket 4711"})
    journal.append("anchor", {"seq": 9, "head": "ab" * 32, "where": "nowhere"})
    journal.release()
    assert "unanchored since #1, as far as this file knows" in irtui("show", "INC-ABCDEF").stdout
    notes = data(irtui("verify", "INC-ABCDEF", "-o", "json"))["notes"]
    assert sum("one of the two was rewritten" in note for note in notes) == 2


def test_a_line_that_is_no_anchor_is_a_usage_error(journal: Journal) -> None:
    """What cannot be read as an anchor is refused, never taken as fitting."""
    ran = irtui("verify", "INC-ABCDEF", "--anchor", "INC-ABCDEF #2 looks fine")
    assert ran.returncode == 2 and "an anchor is an incident, a record's number and 26 letters" in ran.stderr


def test_the_security_page_says_what_is_not_detected() -> None:
    """SECURITY.md holds the threat table and the verifier's own words for a journal without an anchor."""
    text = " ".join((ROOT / "SECURITY.md").read_text("utf-8").split())
    assert f"*{UNANCHORED}*" in text
    table = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", (ROOT / "SECURITY.md").read_text("utf-8"), re.MULTILINE)
    needs = {action: need for action, _, need in table}
    for action in (
        "cuts the end of an incident that was not closed",
        "rewrites, or cuts and closes anew, with the incident's key",
        "writes another history with a stolen operator key, later",
    ):
        assert "anchor" in needs[action], action
