"""What the journal adds to a write that is as durable: canonical form, hash, signature, lock."""

import os
import tempfile
import time
from pathlib import Path

from bench.timing import interleaved
from irtui.clock import SystemClock
from irtui.journal.record import line
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal

BODY = {
    "step": "deny",
    "call": "iam.PutUserPolicy",
    "state": "ok",
    "request_id": "0" * 36,
    "keep": {"user": "ci-deploy"},
}


def medians(rounds: int) -> tuple[float, float]:
    """Seconds per record of the journal, and per write + fdatasync of the same bytes, on the same disk."""
    with tempfile.TemporaryDirectory(prefix="irtui-bench-") as folder:
        journal = Journal.create(
            Path(folder) / "INC-BENCH2",
            incident="INC-BENCH2",
            run="0" * 16,
            operator="bench",
            mode="rehearsal",
            signer=Ed25519Signer.from_seed(bytes(32), "throw-away"),
            clock=SystemClock(),
            opening={},
        )
        data = line(journal.append("note", BODY))
        handle = os.open(Path(folder) / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

        def bare() -> float:
            start = time.perf_counter()
            os.write(handle, data)
            os.fdatasync(handle)
            return time.perf_counter() - start

        def record() -> float:
            start = time.perf_counter()
            journal.append("note", BODY)
            return time.perf_counter() - start

        try:
            return interleaved(record, bare, rounds)
        finally:
            os.close(handle)
            journal.release()
