"""A failing disk under the engine and every runbook's journal: no acknowledged record is lost, no change unrecorded.

The engine's walk fails at every operation of the disk (sampled in `make test`); the journal of a rehearsal of each
shipped runbook is written again under every single fault in a deep run.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from irtui.clock import ManualClock
from irtui.desk.catalogue import scenario_entries
from irtui.engine.operator import CloseIncident, RunStep
from irtui.errors import JournalError
from irtui.gameday.scenario import Scenarios
from irtui.journal.read import read_evidence, read_records
from irtui.journal.record import Record
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
from irtui.journal.verify import verify
from irtui.model.call import Call
from irtui.model.outcome import Outcome
from irtui.runbook.library import Library
from tests.support.bench_of_one import Bench
from tests.support.faulty_disk import KINDS, Crash, FaultyDisk, Unsynced
from tests.support.memory_door import START, MemoryDoor

DEEP = bool(os.environ.get("IRTUI_DEEP"))
RUNBOOK = """
runbook: test
title: A test
version: "1"
severity: high
use_when: Never.
inputs: {key: {type: access_key_id, title: Key}}
steps:
  - id: deny
    phase: contain
    title: Deny
    call: iam.PutUserPolicy
    with: {UserName: u, PolicyName: irtui, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny}]}}
    confirm: u
    verify:
      call: iam.GetUserPolicy
      with: {UserName: u, PolicyName: irtui}
      until: PolicyDocument.Statement[0].Effect == 'Deny'
    undo: {call: iam.DeleteUserPolicy, with: {UserName: u, PolicyName: irtui}}
  - id: off
    phase: contain
    title: Deactivate
    call: iam.UpdateAccessKey
    with: {UserName: u, AccessKeyId: "${{ inputs.key }}", Status: Inactive}
    verify:
      call: iam.ListAccessKeys
      with: {UserName: u}
      until: AccessKeyMetadata[0].Status == 'Inactive'
    undo: {call: iam.UpdateAccessKey, with: {UserName: u, AccessKeyId: "${{ inputs.key }}", Status: Active}}
"""
WALK = (RunStep("deny"), RunStep("off"), CloseIncident("done"))
SCENARIOS = {entry.runbook: entry.name for entry in reversed(scenario_entries(Scenarios(())))}
"""One for each runbook that has any."""


class Watched(MemoryDoor):
    """Looks at each change whether its intent is durable, and whether the disk had failed before."""

    def __init__(self, disk: FaultyDisk, folder: Path) -> None:
        super().__init__()
        self.disk, self.journal = disk, folder / "INC-TEST" / "journal.jsonl"
        self.unrecorded: list[str] = []

    def change(self, call: Call, tag: str) -> Outcome:
        whole = self.journal.read_bytes()
        last = json.loads(whole.splitlines()[-1])
        durable = self.disk.synced[self.journal] == len(whole) and last["type"] == "intent"
        if self.disk.failed or not durable or tag.split("-")[1] != str(last["seq"]):
            self.unrecorded.append(f"{call.name} {tag}, after {last['type']} #{last['seq']}")
        return super().change(call, tag)


def walked(folder: Path, disk: FaultyDisk) -> tuple[Bench | None, Watched, tuple[Record, ...]]:
    """Walks until a fault ends it; what had been acknowledged until then."""
    door = Watched(disk, folder)
    bench = None
    try:
        bench = Bench(folder, RUNBOOK, door=door, disk=disk)
        bench.walk(*WALK)
    except (Crash, JournalError):
        pass
    return bench, door, tuple(bench.journal.records) if bench else ()


@pytest.mark.parametrize("kind", KINDS)
def test_no_change_is_sent_after_a_failed_write(tmp_path: Path, kind: str) -> None:
    """Each change has its intent on disk; after a fault none is sent; the next sitting does what is left, once."""
    clean = FaultyDisk()
    _, door, _ = walked(tmp_path, clean)
    assert [call.operation for call in door.sent] == ["PutUserPolicy", "UpdateAccessKey"] and not door.unrecorded
    assert verify(tmp_path / "INC-TEST").verdict == "complete" and clean.count > 60
    for number in range(1, clean.count + 1, 1 if DEEP else 3):
        what = f"{kind} at operation {number}, {clean.names[number - 1]}"
        shutil.rmtree(tmp_path / "INC-TEST", ignore_errors=True)
        bench, door, acknowledged = walked(tmp_path, FaultyDisk(number, kind))
        assert not door.unrecorded, f"{what}: {door.unrecorded}"
        if bench is None:
            assert not door.sent, what
            continue
        kept = read_records(bench.folder)
        assert kept[: len(acknowledged)] == acknowledged, what
        if kept[-1].type != "close":
            bench.journal.release() if not door.disk.gone else None
            mend(bench, what, FaultyDisk())
        assert sorted(call.operation for call in door.sent) == ["PutUserPolicy", "UpdateAccessKey"], what
        assert verify(bench.folder).verdict == "complete", what
        assert read_records(bench.folder)[: len(acknowledged)] == acknowledged, what


@pytest.mark.parametrize("second", KINDS)
def test_a_second_fault_while_going_on_loses_nothing_either(tmp_path: Path, second: str) -> None:
    """The disk fails again in the sitting that goes on after the first fault: what was acknowledged in either stays,
    each change is sent once, with its intent (pairs sampled; all of them in a deep run)."""
    last = FaultyDisk()
    walked(tmp_path, last)
    for first in range(5, last.count + 1, 1 if DEEP else 29):
        number = 1
        while number:
            what = f"{KINDS[first % len(KINDS)]} at operation {first}, then {second} at {number}"
            shutil.rmtree(tmp_path / "INC-TEST", ignore_errors=True)
            bench, door, acknowledged = walked(tmp_path, FaultyDisk(first, KINDS[first % len(KINDS)]))
            if bench is None or read_records(bench.folder)[-1].type == "close":
                break
            bench.journal.release() if not door.disk.gone else None
            disk = FaultyDisk(number, second)
            with contextlib.suppress(Crash, JournalError):
                mend(bench, what, disk)
            assert not door.unrecorded, f"{what}: {door.unrecorded}"
            acknowledged = max(acknowledged, tuple(bench.journal.records), key=len)
            kept = read_records(bench.folder)
            assert kept[: len(acknowledged)] == acknowledged, what
            if kept[-1].type != "close":
                bench.journal.release() if not disk.gone else None
                mend(bench, what, FaultyDisk())
            assert sorted(call.operation for call in door.sent) == ["PutUserPolicy", "UpdateAccessKey"], what
            assert verify(bench.folder).verdict == "complete", what
            number = number + (1 if DEEP else 13) if disk.count >= number else 0


def mend(bench: Bench, what: str, disk: FaultyDisk) -> None:
    """A new sitting finishes; what is in doubt is settled by looking."""
    disk.synced = dict(bench.door.disk.synced)
    bench.door.disk = disk
    bench.again(disk=disk)
    bench.walk(
        *(command for command in WALK if not isinstance(command, RunStep) or bench.status(command.key) != "done")
    )
    assert not bench.door.unrecorded, f"{what}: {bench.door.unrecorded}"


@pytest.mark.deep
@pytest.mark.parametrize("runbook", SCENARIOS)
def test_each_runbooks_journal_under_every_single_fault(tmp_path: Path, runbook: str) -> None:
    """Whichever disk operation fails in whichever way while a runbook's whole journal is written: nothing is lost."""
    command = [sys.executable, "-m", "irtui", "rehearse", SCENARIOS[runbook], "--auto", "-o", "json"]
    played = subprocess.run(command, capture_output=True, text=True, check=True)
    folder = Path(json.loads(played.stdout)["data"]["path"])
    story = [(record.type, record.body) for record in read_records(folder)]
    data = {body["sha256"]: read_evidence(folder, body["sha256"]) for kind, body in story if kind == "evidence"}
    clean = FaultyDisk()
    rewritten(tmp_path / "clean", story, data, clean)
    assert verify(tmp_path / "clean").records == len(story)
    for number, name in enumerate(clean.names, 1):
        for kind in KINDS if name == "write" else [kind for kind in KINDS if kind not in ("short", "torn")]:
            what = f"{runbook}: {kind} at operation {number}, {name}"
            disk = FaultyDisk(number, kind)
            acknowledged = rewritten(tmp_path / "i", story, data, disk)
            if acknowledged:
                kept = read_records(tmp_path / "i")
                assert kept[: len(acknowledged)] == acknowledged, what
                if kept[-1].type != "close":
                    resumed(tmp_path / "i").close({"reason": "mended"})
                assert verify(tmp_path / "i").verdict == "complete", what
            shutil.rmtree(tmp_path / "i", ignore_errors=True)


def rewritten(folder: Path, story: list[Any], data: dict[str, bytes], disk: FaultyDisk) -> tuple[Record, ...]:
    """Writes the records of a story until a fault ends it; what was acknowledged."""
    signer = Ed25519Signer.from_seed(bytes(32), "keyring")
    journal = None
    try:
        opening = {name: value for name, value in story[0][1].items() if name not in ("key", "mode")}
        journal = Journal.create(
            folder, incident="INC-1", run="run-1", operator="alice", mode="real", signer=signer,
            clock=ManualClock(START), opening=opening, disk=disk,
        )  # fmt: skip
        for kind, body in story[1:]:
            if kind == "evidence":
                journal.evidence(body["name"], data[body["sha256"]], step=body["step"], gaps=tuple(body["gaps"]))
            else:
                journal.append(kind, body)
    except (Crash, JournalError):
        pass
    if journal is not None and not disk.gone:
        journal.release()
    return tuple(journal.records) if journal else ()


def resumed(folder: Path) -> Journal:
    signer = Ed25519Signer.from_seed(bytes(32), "keyring")
    return Journal.resume(
        folder, run="run-2", operator="alice", signer=signer, clock=ManualClock(START), joining={}, disk=Unsynced()
    )


def test_no_runbook_is_left_out() -> None:
    """Every shipped runbook has a rehearsal whose journal is put under faults."""
    assert set(Library(()).names()) == set(SCENARIOS)
