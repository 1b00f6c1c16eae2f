"""Peak memory of a process and its children, as the kernel counts it (VmHWM), looked at while they run."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_EVERY = 0.01


def peaks(command: Sequence[str], environ: Mapping[str, str]) -> list[float]:
    """MiB of the process itself, then of each child, of a run that must succeed. What both share counts twice."""
    process = subprocess.Popen(command, env=dict(environ), stdout=subprocess.DEVNULL)
    seen: dict[int, float] = {}
    while process.poll() is None:
        for pid in (process.pid, *_children(process.pid)):
            seen[pid] = max(seen.get(pid, 0.0), _peak(pid))
        time.sleep(_EVERY)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    own = seen.pop(process.pid, 0.0)
    return [own, *seen.values()]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        return []  # it has just ended
    return found


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
