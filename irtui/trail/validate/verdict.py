"""What is said of a digest, a log file or an hour, and the tally of it. The worst wins; a notice condemns nothing.

Rules: `invalid` and `missing` are said of what was read, or is surely not there; whatever kept us from looking is
`unchecked`. Of very many findings the first are kept and the rest counted, so that a ruined trail needs no more memory.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

KEPT = 5000
"""Findings that are kept."""


class Verdict(StrEnum):
    VALID = "valid"
    UNCHECKED = "unchecked"
    MISSING = "missing"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    """digest, backfill digest, log, hour, folder or trail."""
    verdict: Verdict
    reason: str
    """A short fixed name, for programs: `hash`, `signature`, `not found`, `trailing data`, …"""
    detail: str
    where: str = ""
    """`s3://bucket/key`."""
    account: str = ""
    region: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def data(self) -> dict[str, Any]:
        times = {"since": moment(self.since), "until": moment(self.until)}
        told = {name: getattr(self, name) for name in ("subject", "reason", "detail", "where", "account", "region")}
        return {"verdict": self.verdict.value, **told, **{name: value for name, value in times.items() if value}}


@dataclass(frozen=True, slots=True)
class Slot:
    """One stretch of time for which one digest is, or should be."""

    since: datetime
    until: datetime
    verdict: Verdict


Listener = Callable[[str, Verdict, str, str], None]
"""Told of every single verdict: subject, verdict, `s3://bucket/key`, reason."""


@dataclass(slots=True)
class Tally:
    """Counts by subject and verdict. Safe to use from several threads."""

    listener: Listener | None = None
    counts: dict[str, dict[Verdict, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)
    left_out: int = 0
    worst: Verdict = Verdict.VALID
    _lock: Any = field(default_factory=threading.Lock)

    def count(self, subject: str, verdict: Verdict) -> int:
        return self.counts.get(subject, {}).get(verdict, 0)

    def of(self, *subjects: str) -> dict[str, int]:
        return {verdict.value: sum(self.count(subject, verdict) for subject in subjects) for verdict in Verdict}

    def valid(self, subject: str, where: str) -> None:
        with self._lock:
            self._add(subject, Verdict.VALID, where, "")

    def found(self, finding: Finding, times: int = 1) -> None:
        """Something that is not as it should be, and is counted under its subject, so many times."""
        with self._lock:
            self._add(finding.subject, finding.verdict, finding.where, finding.reason, times)
            if _RANK[finding.verdict] > _RANK[self.worst]:
                self.worst = finding.verdict
            if len(self.findings) < KEPT:
                self.findings.append(finding)
            else:
                self.left_out += 1

    def noticed(self, finding: Finding) -> None:
        """Something to know that is no flaw by itself: logging was off."""
        with self._lock:
            if len(self.notices) < KEPT:
                self.notices.append(finding)

    def _add(self, subject: str, verdict: Verdict, where: str, reason: str, times: int = 1) -> None:
        per = self.counts.setdefault(subject, {})
        per[verdict] = per.get(verdict, 0) + times
        if self.listener is not None:
            self.listener(subject, verdict, where, reason)


_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


def runs(slots: list[Slot]) -> list[dict[str, Any]]:
    """Neighbouring slots with the same verdict as one, oldest first."""
    told: list[dict[str, Any]] = []
    for slot in sorted(slots, key=lambda slot: slot.since):
        last = told[-1] if told else None
        if last and last["verdict"] == slot.verdict.value and last["until"] == moment(slot.since):
            last["until"] = moment(slot.until)
            last["slots"] += 1
        else:
            told.append({
                "since": moment(slot.since), "until": moment(slot.until), "verdict": slot.verdict.value, "slots": 1,
            })  # fmt: skip
    return told


def moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
