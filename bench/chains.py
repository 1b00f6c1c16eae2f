"""A journal of a million records beside `sha256sum` of its file and `git fsck` of as many commits."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.journal import BODY
from bench.timing import interleaved, whole_process
from irtui.journal.record import VERSION, members_line, signed, unsigned
from irtui.journal.seal import Ed25519Signer, sealed
from irtui.journal.verify import COMPLETE, verify
from irtui.journal.verify_chain import LEFT_OUT, verify_chain

RECORDS = 1_000_000
FEW = 20_000
_MADE = Path(tempfile.gettempdir()) / "irtui-bench-journal-1"
_SIGNER = Ed25519Signer.from_seed(bytes(32), "throw-away")


def journal(records: int) -> Path:
    """A closed journal of so many signed records, every one as the product writes it; made once and kept."""
    path = _MADE / str(records) / "journal.jsonl"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name("part")
        with part.open("wb") as file:
            file.writelines(_lines(records))
        part.rename(path)
    return path


def _lines(records: int) -> Iterator[bytes]:
    head = "0" * 64
    key = {"kind": "throw-away", "public": _SIGNER.public.hex()}
    for seq in range(1, records + 1):
        kind = "open" if seq == 1 else "close" if seq == records else "note"
        members = {
            "body": {"mode": "rehearsal", "key": key} if seq == 1 else BODY, "incident": "INC-BENCH2", "m": seq,
            "op": "bench", "prev": head, "run": "0" * 16, "seq": seq, "sig": "0" * 128,
            "t": f"2026-11-23T{seq // 50000:02}:{seq % 60:02}:00.000000Z", "type": kind, "v": VERSION,
        }  # fmt: skip
        data = members_line(members)
        data = signed(data, _SIGNER.sign(sealed("rehearsal", unsigned(data))))
        head = hashlib.sha256(data).hexdigest()
        yield data


def chain_and_sha256sum(rounds: int) -> tuple[float, float]:
    """Seconds for the chain of a million records, and for `sha256sum` of the file."""
    path = journal(RECORDS)
    return interleaved(_chain, lambda: whole_process(["sha256sum", str(path)]), rounds)


def chain_and_fsck() -> tuple[float, float]:
    """Seconds for the chain, and for `git fsck` of a million commits."""
    folder = _commits()
    before, theirs = _chain(), whole_process(["git", "-C", str(folder), "fsck", "--no-progress"])
    return (before + _chain()) / 2, theirs


def signatures_per_second() -> float:
    """Records a second on one core when every signature is checked."""
    path = journal(FEW)
    best = 0.0
    for _ in range(2):
        start = time.process_time()
        if verify(path).verdict != COMPLETE:
            raise RuntimeError("the journal of the bench is not complete")
        best = max(best, FEW / (time.process_time() - start))
    return best


def _chain() -> float:
    start = time.perf_counter()
    found = verify_chain(journal(RECORDS))
    taken = time.perf_counter() - start
    if found.verdict != COMPLETE or found.records != RECORDS or found.unproven[0] != LEFT_OUT:
        raise RuntimeError(f"the chain was not looked at the quick way: {found.words}")
    return taken


def _commits() -> Path:
    folder = _MADE / "git"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)
        with subprocess.Popen(
            ["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE, stdout=sys.stderr
        ) as importing:
            assert importing.stdin
            body = json.dumps(BODY).encode()
            for seq in range(1, RECORDS + 1):
                text = b"%b %d\n" % (body, seq)
                parent = b"" if seq == 1 else b"from :%d\n" % (seq - 1)
                importing.stdin.write(
                    b"commit refs/heads/main\nmark :%d\ncommitter bench <b@b> %d +0000\ndata %d\n%s%s\n"
                    % (seq, 1_700_000_000 + seq, len(text), text, parent)
                )
        if importing.returncode:
            raise RuntimeError("git fast-import failed")
        (folder / "made").touch()
    return folder
