"""What the engine itself costs per step: a real journal, real guards, and an AWS that answers at once."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from irtui.engine.operator import RunStep
from irtui.journal.disk import RealDisk
from tests.support.bench_of_one import Bench

_HEAD = """
runbook: bench
title: Bench
version: "1"
severity: low
use_when: Never.
inputs: {key: {type: access_key_id, title: Key}}
steps:
  - {id: owner, phase: analyze, title: Owner, call: iam.GetAccessKeyLastUsed,
     with: {AccessKeyId: "${{ inputs.key }}"}, keep: {user: UserName}, evidence: true}
"""
_STEP = """
  - id: step_{n}
    phase: contain
    title: Deny to ${{{{ steps.owner.user }}}}
    call: iam.PutUserPolicy
    with: {{UserName: "${{{{ steps.owner.user }}}}", PolicyName: p{n},
            PolicyDocument: {{Version: "2012-10-17", Statement: [{{Effect: Deny, Action: "*", Resource: "*"}}]}}}}
    needs: [owner]
    verify:
      call: iam.GetUserPolicy
      with: {{UserName: "${{{{ steps.owner.user }}}}", PolicyName: p{n}}}
      until: PolicyDocument.Statement[0].Effect == 'Deny'
    undo: {{call: iam.DeleteUserPolicy, with: {{UserName: "${{{{ steps.owner.user }}}}", PolicyName: p{n}}}}}
"""


def seconds_per_step(steps: int = 20, rounds: int = 5) -> float:
    """Median seconds of one changing step (planned, judged, confirmed, re-read, recorded, verified), less what the
    disk took to make its records durable: that differs by the machine and the minute."""
    taken = []
    with _disk_time() as waited:
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                bench = Bench(Path(folder), _HEAD + "".join(_STEP.format(n=n) for n in range(steps)))
                bench.walk()
                for n in range(steps):
                    begun, before = time.perf_counter(), waited[0]
                    bench.walk(RunStep(f"step_{n}"))
                    taken.append(time.perf_counter() - begun - (waited[0] - before))
                bench.journal.release()
    return statistics.median(taken)


@contextmanager
def _disk_time() -> Iterator[list[float]]:
    """Seconds spent in fsync so far."""
    waited, fsync = [0.0], RealDisk.fsync

    def timed(disk: RealDisk, fd: int) -> None:
        begun = time.perf_counter()
        fsync(disk, fd)
        waited[0] += time.perf_counter() - begun

    RealDisk.fsync = timed  # type: ignore[method-assign, assignment]  # a stop watch
    try:
        yield waited
    finally:
        RealDisk.fsync = fsync  # type: ignore[method-assign]
