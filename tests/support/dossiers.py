"""A dossier in which every section of a report has something to say, with one foreign text in every foreign place."""

from datetime import UTC, datetime, timedelta

from irtui.gameday.acts import Act
from irtui.gameday.history import Deed, Limit
from irtui.gameday.objective import Objective
from irtui.gameday.score import Score, Told, Tripped
from irtui.journal.record import Record
from irtui.journal.verify import Verification
from irtui.report.dossier import Dossier, Placed
from tests.tui.trail_reports import coverage

BEGAN = datetime(2026, 11, 28, 2, 14, 0, 4871, UTC)


def full(text: str, mode: str = "rehearsal") -> Dossier:
    bodies: list[tuple[str, dict[str, object]]] = [
        ("open", {"account": text, "alias": text, "caller": text, "mode": mode, "inputs": {text: text},
                  "runbook": {"name": text, "title": text, "version": text}, "endpoints": [text],
                  "key": {"kind": text, "public": text}}),
        ("unlock", {"account": text, "by": text}),
        ("observe", {"step": "look", "call": text, "state": text, "code": text, "message": text, "gaps": [text]}),
        ("evidence", {"name": text, "sha256": text, "size": text, "step": text, "gaps": [text]}),
        ("judge", {"step": "deny", "result": "ask", "verdicts": [{"guard": text, "ruling": "ask", "reason": text}]}),
        ("decide", {"step": "deny", "kind": "confirm", "typed": text, "reason": text, "choice": text}),
        ("approve", {"kind": "approval", "step": "deny", "by": {"name": text, "arn": text}, "pinned": text}),
        ("intent", {"step": "deny", "call": {
            "call": text, "target": text, "params": {text: text, "Document": {text: [text]}}, "note": text,
            "before": {"state": "present", "value": {text: text}}, "after": text,
            "undo": {"call": text, "params": {text: text}}}}),
        ("outcome", {"intent": 8, "status": "succeeded", "request_id": text}),
        ("intent", {"step": f"{text}[3]",
                    "call": {"call": text, "params": text, "before": text, "irreversible": text}}),
        ("unknown", {"intent": 10, "code": text, "why": text}),
        ("check", {"step": "deny", "which": text, "finding": text, "why": text, "due": text}),
        ("skip", {"step": "look", "reason": text}), ("fail", {"step": "look", "reason": text}),
        ("attest", {"step": "look", "statement": text}), ("note", {"text": text}),
        ("takeover", {"why": text}), ("handover", {"to": text}),
        ("join", {"operator": text, "caller": text, "why": text}),
        ("close", {"reason": text, "open": [text], "contained": text}),
    ]  # fmt: skip
    moments = [BEGAN + timedelta(minutes=3 * number) for number in range(len(bodies))]
    records = [
        Record(body, text, number, text, "0" * 64, text, number, "0" * 128, f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}", kind, 1)
        for number, ((kind, body), moment) in enumerate(zip(bodies, moments, strict=True), 1)
    ]
    deeds = [
        Deed(BEGAN + timedelta(minutes=7 * number), text, text, text, text, number % 3 == 0,
             ("AccessDenied", text)[number % 2] if number % 3 else "")
        for number in range(8)
    ]  # fmt: skip
    score = Score(
        text, text, text, BEGAN, 3600.0, False, (Objective(text, text, False, text), Objective(text, text, True, text)),
        60.0, text, 1200.0, 1100.0, (Act(0.0, "", "", ""), Act(9.0, text, text, "changed", 1, 1, (text,))), True,
        (text,), {text: 2}, (text,), (Tripped(1.0, text, text, text, text),), (Told(1.0, "inject", text, text),),
        ((text, text),), (text,), (Limit(text, text, text),),
    )  # fmt: skip
    proven = Verification("complete", mode, len(records), None, text, (text,), text, False, True, text)
    steps = {"deny": Placed("4", text, "contain"), "look": Placed("1", text, "analyze")}
    return Dossier(records, proven, steps, "high", score, deeds, coverage(lambda given: f"{given} {text}"), (text,))
