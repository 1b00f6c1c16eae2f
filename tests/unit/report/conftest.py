"""A finished incident to report on: changes, an undo, doubts, hostile names and a planted secret."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from irtui.clock import ManualClock
from irtui.desk.dossier import dossier
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
from irtui.report.dossier import Dossier
from tests.support.journals import counted

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HOSTILE = (
    "[@click=app.quit]x[/] | `b` ``c`` \\| <img src=x onerror=alert(1)> [a](https://evil.example) https://evil.example "
    "www.evil.example a@evil.example ![i](x) **b** &lt; \x1b]52;c;x\x07 \u202e \n# heading\n| a | b |\n```\n<script>"
)
DENY = {"call": "iam.PutUserPolicy", "params": {"UserName": "ci-deploy", "PolicyName": "irtui-deny"}}
ALLOW = {"call": "iam.DeleteUserPolicy", "params": {"UserName": "ci-deploy", "PolicyName": "irtui-deny"}}


@pytest.fixture
def incident(tmp_path: Path) -> Callable[..., Path]:
    """Writes the incident and gives its folder; `text` stands wherever foreign text can stand."""

    def _incident(text: str = "ci-deploy", mode: str = "real") -> Path:
        clock = ManualClock(datetime(2026, 11, 23, 23, 58, 0, 0, UTC))
        folder = tmp_path / f"incident{len(list(tmp_path.iterdir()))}"
        journal = Journal.create(
            folder,
            incident="INC-20261123-7f3a",
            run="run-1",
            operator="alice" if text == "ci-deploy" else text,
            mode=mode,
            signer=Ed25519Signer.from_seed(bytes(range(32)), "ephemeral" if mode == "real" else "throw-away"),
            clock=clock,
            randomness=counted(),
            opening={
                "account": "000000000012",
                "alias": text,
                "caller": "arn:aws:iam::000000000012:user/alice",
                "runbook": {
                    "name": "key-revocation",
                    "title": "Leaked access key",
                    "version": "1.0",
                    "digest": "ab" * 32,
                },
                "endpoints": ["iam.amazonaws.com"],
                "inputs": {"access_key_id": "AKIAIOSFODNN7EXAMPLE"},
            },
        )
        planned = {"effect": "change", "target": text, "before": {"state": "absent"}, "after": {"Effect": "Deny"}}
        deny = {**DENY, **planned, "undo": ALLOW, "irreversible": "", "note": text}
        delete = {"call": "iam.DeleteAccessKey", "params": {"x": text}, "target": text, "irreversible": text}
        journal.append("unlock", {"account": "000000000012", "by": "alice"})
        journal.append("note", {"text": "paged by the duty phone"})
        gaps = [f"tags of {text}"]
        look = {"step": "look", "call": "iam.ListUserTags", "state": "unknown", "code": "AccessDenied", "message": text}
        journal.append("observe", {**look, "gaps": gaps})
        journal.evidence("snapshot", {"UserName": text, "SecretAccessKey": SECRET}, step="look", gaps=("tags",))
        asks = {"guard": "evidence_first", "ruling": "ask", "reason": text}
        allows = {"guard": "not_self", "ruling": "allow", "reason": ""}
        journal.append("judge", {"step": "deny", "result": "ask", "verdicts": [asks, allows]})
        journal.append("decide", {"step": "deny", "kind": "confirm", "typed": text, "reason": f"{text} {SECRET}"})
        clock.sleep(90)
        journal.append("intent", {"step": "deny", "call": deny, "undoing": False})
        journal.append("outcome", {"intent": 8, "status": "succeeded", "request_id": "r-1", "date": "Mon, 23 Nov 2026"})
        due = "2026-11-24T00:10:00.000000Z"
        journal.append("check", {"step": "deny", "which": "verify", "finding": "verified", "why": "", "due": due})
        clock.sleep(90)
        journal.append("intent", {"step": "deny", "call": {**ALLOW, "target": text}, "undoing": True})
        journal.append("outcome", {"intent": 11, "status": "succeeded", "request_id": "r-2"})
        journal.append("intent", {"step": "delete[0]", "call": delete})
        journal.append("unknown", {"intent": 13, "code": "ReadTimeout", "why": text})
        journal.append("check", {"step": "delete[0]", "which": "verify", "finding": "unsettled", "why": text})
        journal.append("skip", {"step": "rotate", "reason": text})
        journal.append("attest", {"step": "call", "statement": text})
        journal.append("note", {"text": text})
        journal.close({"reason": text, "open": [text], "contained": "settling"})
        return folder

    return _incident


@pytest.fixture
def dossier_of_nothing(tmp_path: Path) -> Dossier:
    """Of a file in which there is no record."""
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing" / "journal.jsonl").write_bytes(b"hello\n")
    return dossier(tmp_path / "nothing")
