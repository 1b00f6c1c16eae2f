"""Journals to test with: a small incident, real files, a clock that moves only when told to."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from irtui.clock import ManualClock
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal

SEED = bytes(range(32))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 23, 16, 40, 12, 123456, UTC))


@pytest.fixture
def begin(clock: ManualClock) -> Callable[..., Journal]:
    """Creates a journal; any argument of `Journal.create` may be replaced."""

    def _begin(folder: Path, *, seed: bytes = SEED, kind: str = "keyring", **changed: Any) -> Journal:
        arguments: dict[str, Any] = {
            "incident": "INC-1",
            "run": "run-1",
            "operator": "alice",
            "mode": "real",
            "signer": Ed25519Signer.from_seed(seed, kind),
            "clock": clock,
            "opening": {"account": "000000000012", "runbook": {"name": "key-revocation", "title": "Leaked key"}},
        }
        return Journal.create(folder, **(arguments | changed))

    return _begin


@pytest.fixture
def again(clock: ManualClock) -> Callable[..., Journal]:
    """Resumes a journal; any argument of `Journal.resume` may be replaced."""

    def _again(folder: Path, *, seed: bytes = SEED, kind: str = "keyring", **changed: Any) -> Journal:
        arguments: dict[str, Any] = {
            "run": "run-2",
            "operator": "alice",
            "signer": Ed25519Signer.from_seed(seed, kind),
            "clock": clock,
            "joining": {"caller": "arn:aws:iam::000000000012:user/alice", "why": "resumed"},
        }
        return Journal.resume(folder, **(arguments | changed))

    return _again


@pytest.fixture
def story() -> Callable[[Journal], Journal]:
    """Writes what an incident writes: a note, evidence, an intent with its outcome."""

    def _story(journal: Journal) -> Journal:
        journal.append("note", {"text": "called the owner of the key"})
        journal.evidence("snapshot.json", {"UserName": "ci-deploy", "Tags": []}, step="snapshot")
        intent = journal.append("intent", {"step": "deny", "call": {"call": "iam.PutUserPolicy"}, "n": 0})
        journal.append("outcome", {"intent": intent.seq, "status": "succeeded", "request_id": "r-1"})
        journal.append("note", {"text": "watching"})
        return journal

    return _story


@pytest.fixture
def closed(tmp_path: Path, begin: Callable[..., Journal], story: Callable[[Journal], Journal]) -> Path:
    """The folder of a complete incident of seven records."""
    folder = tmp_path / "closed"
    story(begin(folder)).close({"reason": "done", "open": [], "contained": "contained"})
    return folder


@pytest.fixture
def left(tmp_path: Path, begin: Callable[..., Journal], story: Callable[[Journal], Journal]) -> Path:
    """The folder of an incident of six records that was left, not closed."""
    folder = tmp_path / "left"
    story(begin(folder)).release()
    return folder
