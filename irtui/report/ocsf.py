"""The incident as events of the Open Cybersecurity Schema Framework, one JSON object a line, for a SIEM.

Rules: three classes of schema 1.5.0: API Activity (6003) for each request to AWS that the journal holds, Remediation
Activity (7001) for each change, Incident Finding (2005) for the incident. What the journal does not know is left out
or `Unknown`, never filled in. A rehearsal says so in its message, its labels and its cloud provider; a record that
does not hold says so too, and proves nothing of another.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import irtui
from irtui.journal.record import Record
from irtui.report.changes import Change, changes
from irtui.report.dossier import Dossier
from irtui.report.timeline import call_words, text

SCHEMA = "1.5.0"
_CLASSES = {
    2005: ("Incident Finding", 2, "Findings"),
    6003: ("API Activity", 6, "Application Activity"),
    7001: ("Remediation Activity", 7, "Remediation"),
}
_SEVERITIES = {"low": (2, "Low"), "medium": (3, "Medium"), "high": (4, "High"), "critical": (5, "Critical")}
_BY_PHASE = {"contain": (1, "Isolate"), "eradicate": (2, "Evict"), "recover": (3, "Restore")}
_STATUSES = {
    "took effect": (1, "Success"),
    "taken back": (1, "Success"),
    "refused": (2, "Failure"),
    "not applied": (2, "Failure"),
}
"""Of a change; anything else is unknown."""


def ocsf(found: Dossier) -> str:
    """All events, in the order of their records."""
    events = [event for _, event in sorted(_events(found), key=lambda pair: pair[0])]
    return "".join(json.dumps(event, sort_keys=True, ensure_ascii=True) + "\n" for event in events)


def _events(found: Dossier) -> Iterator[tuple[int, dict[str, Any]]]:
    by_seq = {record.seq: record for record in found.records}
    answers = _answers(found)
    for change in changes(found.records, found.holds):
        yield change.seq, _api(found, by_seq[change.seq], change, answers.get(change.seq))
        yield change.seq, _remediation(found, by_seq[change.seq], change)
    for record in found.records:
        if record.type == "observe" and text(record.body, "request_id"):
            yield record.seq, _api(found, record, None, record)
    for record in [*found.records[:1], *found.records[1:][-1:]]:
        yield record.seq, _incident(found, record)


def _answers(found: Dossier) -> dict[int, Record]:
    """Number of the intent → the record that says what AWS answered."""
    answers = {}
    for record in found.records[: found.holds]:
        intent = record.body.get("intent")
        if record.type in ("outcome", "unknown") and type(intent) is int:
            answers[intent] = record
    return answers


def _event(found: Dossier, record: Record, class_uid: int, activity: tuple[int, str], message: str) -> dict[str, Any]:
    class_name, category, category_name = _CLASSES[class_uid]
    number, name = activity
    severity, word = _SEVERITIES.get(found.severity, (0, "Unknown"))
    first = found.records[0].body
    rehearsal = found.verification.mode == "rehearsal"
    provider = {"real": "AWS", "rehearsal": "simulated AWS"}.get(found.verification.mode, "unknown")
    proven, caller = record.seq <= found.holds, _caller(found, record)
    glass = any(each.seq <= record.seq and _same_step(each, record) for each in found.glass)
    labels = [f"mode:{found.verification.mode or 'unknown'}", *([] if proven else ["not-proven"])]
    return {
        "activity_id": number,
        "activity_name": name,
        "category_uid": category,
        "category_name": category_name,
        "class_uid": class_uid,
        "class_name": class_name,
        "type_uid": class_uid * 100 + number,
        "type_name": f"{class_name}: {name}",
        "time": _millis(record.t),
        "severity_id": severity,
        "severity": word,
        "message": f"{'' if proven else 'NOT PROVEN: '}{'REHEARSAL: ' if rehearsal else ''}{message}",
        "metadata": {
            "version": SCHEMA,
            "product": {"name": "irtui", "vendor_name": "irtui", "version": irtui.__version__},
            "profiles": ["cloud", "host"],
            "uid": f"{record.incident}#{record.seq}/{class_uid}",
            "correlation_uid": record.incident,
            "sequence": record.seq,
            "original_time": record.t,
            "log_name": "journal",
            "labels": [*labels, *(["break-glass"] if glass else [])],
        },
        "cloud": {
            "provider": provider,
            "account": {"uid": text(first, "account") or "unknown"},
            **({"region": text(first, "region")} if text(first, "region") else {}),
        },
        "actor": {
            "app_name": "irtui",
            "user": {"name": record.op, **({"uid": caller} if caller else {})},
        },
    }


def _caller(found: Dossier, record: Record) -> str:
    """As whom AWS knew the one who sat there: of the last opening before the record."""
    seats = (each for each in reversed(found.records[: record.seq]) if each.type in ("open", "join"))
    return next((text(each.body, "caller") for each in seats), "")


def _same_step(one: Record, other: Record) -> bool:
    return bool(text(one.body, "step")) and text(one.body, "step") == text(other.body, "step")


def _api(found: Dossier, record: Record, change: Change | None, answer: Record | None) -> dict[str, Any]:
    called = text(change.planned, "call") if change else text(record.body, "call")
    service, _, operation = called.partition(".")
    activity = _activity(operation) if change else (2, "Read")
    event = _event(found, record, 6003, activity, call_words(change.planned) if change else called)
    said: Mapping[str, Any] = answer.body if answer else {}
    api: dict[str, Any] = {"operation": operation or called or "unknown", "service": {"name": service or "unknown"}}
    if request_id := (change.request_id if change else text(said, "request_id")):
        api["request"] = {"uid": request_id}
    if text(said, "code"):
        api["response"] = {"error": text(said, "code"), "error_message": text(said, "message") or text(said, "why")}
    status, word = _STATUSES.get(change.status, (0, "Unknown")) if change else _read(said)
    target = text(change.planned, "target") if change else ""
    return {
        **event, "api": api, "src_endpoint": {"svc_name": "irtui"}, "status_id": status, "status": word,
        **({"status_detail": change.status} if change else {}), **({"resources": [{"name": target}]} if target else {}),
    }  # fmt: skip


def _activity(operation: str) -> tuple[int, str]:
    if operation.startswith("Create"):
        return 1, "Create"
    return (4, "Delete") if operation.startswith("Delete") else (3, "Update")


def _read(said: Mapping[str, Any]) -> tuple[int, str]:
    return {"ok": (1, "Success"), "absent": (1, "Success")}.get(text(said, "state"), (2, "Failure"))


def _remediation(found: Dossier, record: Record, change: Change) -> dict[str, Any]:
    phase = found.phase(change.step)
    activity = (3, "Restore") if change.undoing else _BY_PHASE.get(phase, (99, phase or "Other"))
    status, word = _STATUSES.get(change.status, (0, "Unknown"))
    undo = change.planned.get("undo")
    desc = f"Its undo: {text(undo, 'call')}" if isinstance(undo, Mapping) else text(change.planned, "irreversible")
    event = _event(found, record, 7001, activity, call_words(change.planned))
    return {
        **event, "command_uid": f"{record.incident}#{record.seq}", "status_id": status, "status": word,
        "status_detail": change.status, **({"remediation": {"desc": desc}} if desc else {}),
    }  # fmt: skip


def _incident(found: Dossier, record: Record) -> dict[str, Any]:
    first = found.records[0]
    runbook = first.body.get("runbook")
    title = text(runbook, "title") or text(runbook, "name") if isinstance(runbook, Mapping) else ""
    contained = text(record.body, "contained") if record.seq <= found.holds else ""
    if record.type == "close" and record.seq <= found.holds:
        activity, status = (3, "Close"), (4, "Resolved") if contained == "contained" else (5, "Closed")
    elif record.seq == first.seq:
        activity, status = (1, "Create"), (1, "New")
    else:
        activity, status = (2, "Update"), (2, "In Progress")
    event = _event(found, record, 2005, activity, title or record.incident)
    proven = found.verification
    return {
        **event,
        "status_id": status[0],
        "status": status[1],
        **({"comment": text(record.body, "reason")} if text(record.body, "reason") else {}),
        "assignee": {"name": record.op},
        "start_time": _millis(first.t),
        **({"end_time": _millis(record.t)} if activity[0] == 3 else {}),
        "finding_info_list": [
            {"uid": record.incident, "title": title or record.incident, "created_time": _millis(first.t)}
        ],
        "unmapped": {
            "contained": contained or "unknown",
            "journal_verdict": proven.verdict,
            "journal_records": proven.records,
            "journal_head": proven.head,
            "journal_signer": proven.signer,
        },
    }


def _millis(t: str) -> int:
    return int(datetime.fromisoformat(t).timestamp() * 1000)
