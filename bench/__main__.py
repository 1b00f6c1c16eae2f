"""`make bench`: each ratio beside its bar; exit 1 when one is over."""

import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean

from bench import chains, engine, journal, keys, rows, search, simulator, validating
from bench.timing import Terminal, interleaved, python, whole_process

IRTUI = str(Path(sys.executable).parent / "irtui")


@dataclass(frozen=True, slots=True)
class Measured:
    what: str
    value: float
    bar: float
    unit: str
    detail: str


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="irtui-bench-") as folder:
        os.environ["IRTUI_HOME"] = folder
        results = [measured for part in _wanted(sys.argv[1:]) for measured in part()]
    print(f"{'':42} {'measured':>10} {'bar':>8}")
    for result in results:
        mark = "ok" if result.value <= result.bar else "OVER"
        figures = f"{result.value:8.2f}{result.unit:2} {result.bar:6.2f}{result.unit:2}"
        print(f"{result.what:42} {figures}  {mark:4}  {result.detail}")
    return 0 if all(result.value <= result.bar for result in results) else 1


def _wanted(names: Sequence[str]) -> list[Callable[[], Iterator[Measured]]]:
    """All of it, or the parts that are named: `python -m bench validate search`."""
    parts = {"desk": _desk, "journal": _journal, "validate": _validate, "search": _search}
    if not set(names) <= set(parts):
        sys.exit(f"parts of the bench: {', '.join(parts)}")
    return [parts[name] for name in names] if names else list(parts.values())


def _desk() -> Iterator[Measured]:
    aws = shutil.which("aws", path=str(Path(sys.executable).parent)) or "aws"
    ours, theirs = interleaved(
        lambda: whole_process([IRTUI, "--version"]), lambda: whole_process([aws, "--version"]), 9
    )
    yield Measured("irtui --version / aws --version", ours / theirs, 0.35, "", _milliseconds(ours, theirs))
    ours, theirs = interleaved(lambda: _first_frame([IRTUI], b"help"), _bare_frame, 7)
    yield Measured("first interactive frame / bare Textual app", ours / theirs, 1.4, "", _milliseconds(ours, theirs))
    yield Measured("engine per changing step", engine.seconds_per_step() * 1000, 5.0, "ms", "without its fsyncs")
    yield Measured("simulated world: start", simulator.seconds_to_start(), 2.0, "s", "leaked-key, best of 3")
    ours, theirs = simulator.medians(100)
    yield Measured("IAM call on the simulated world", ours * 1000, 6.0, "ms", "mean of a mix, median of 100")
    yield Measured("IAM call: simulated world / bare moto", ours / theirs, 2.0, "", _milliseconds(ours, theirs))
    seeded = f"{simulator.EVENTS} events over {simulator.DAYS} days"
    yield Measured("simulated world: start with background", simulator.seconds_to_seed(), 10.0, "s", seeded)
    slowest = keys.effect_while_a_call_hangs(IRTUI, 9)
    yield Measured("key to its effect while a call hangs", slowest * 1000, 100.0, "ms", "median of 9, through a pty")


def _journal() -> Iterator[Measured]:
    ours, theirs = journal.medians(500)
    # On a disk that syncs in 0.1 ms signing alone is a fifth of it; the slower the disk, the nearer to one.
    yield Measured("journal record / bare write + fdatasync", ours / theirs, 1.3, "", _milliseconds(ours, theirs))
    each = 1e6 / chains.signatures_per_second()
    yield Measured(
        "journal verify: a record and its signature", each, 100.0, "µs", f"{1e6 / each:.0f} a second, a core"
    )
    ours, theirs = chains.chain_and_sha256sum(3)
    yield Measured("chain of 1,000,000 / sha256sum", ours / theirs, 1.0, "", _milliseconds(ours, theirs))
    ours, theirs = chains.chain_and_fsck()
    yield _times("chain of 1,000,000 / git fsck", ours, theirs, 6)
    ours, theirs = rows.seconds()
    yield _times("100,000 records on screen / DataTable", ours, theirs, 50)
    few, many = rows.mebibytes(1_000), rows.mebibytes(rows.RECORDS)
    yield Measured(
        "rows on screen: memory of 100,000 / of 1,000", many / few, 1.25, "", f"{few:.1f} and {many:.1f} MiB"
    )


def _validate() -> Iterator[Measured]:
    for what, hours, delay, times in (("a day, 20 ms", 24, 20, 30), ("a week, 0 ms", 168, 0, 3)):
        ours, theirs = validating.medians(hours, delay, 3)
        yield _times(f"trail validate {what} / aws", ours, theirs, times)
    ours, theirs = validating.medians(168, 20, 1, patched=True)
    yield _times("trail validate a week, 20 ms / aws, 10 threads", ours, theirs, 7)
    ratio, seconds = validating.growth()
    told = ", ".join(f"{days} days {taken:.1f} s" for days, taken in seconds.items())
    yield Measured("trail validate: a day of 30 / a day of 7", ratio, 1.25, "", told)
    day, week = validating.memory(24), validating.memory(168)
    yield Measured(
        "trail validate: memory of all processes", week, 150.0, "M", f"a day {day:.0f} MiB, a week {week:.0f}"
    )


def _search() -> Iterator[Measured]:
    folder, size = search.trail()
    ours, inflating = search.paired(folder, 3)
    how = f"{size / 1e9:.2f} GB; {_milliseconds(ours, inflating)}"
    yield Measured("trail search / decompressing alone", ours / inflating, 1.7, "", how)
    for what, cores, times in (("as typed", 1, 20), ("on all cores", os.cpu_count() or 1, 12)):
        yield _peer(f"zcat | jq {what}", times, folder, partial(search.jq, folder, cores))
    rows, same = search.ours(folder)[1], search.duckdb(folder)
    if same is not None and same[1] != rows:
        raise RuntimeError(f"DuckDB found {same[1]} rows, irtui {rows}")
    yield _peer("DuckDB", 2, folder, lambda: (search.duckdb(folder) or (None,))[0])
    yield _peer("trailscraper", 25, folder, lambda: search.trailscraper(folder), rounds=3)
    ratio, seconds = search.growth(folder)
    told = ", ".join(f"{days} days {taken:.2f} s" for days, taken in seconds.items())
    yield Measured("trail search: a day of 7 / a day of 3", ratio, 1.25, "", told)
    yield Measured("trail search: memory of a worker", search.memory(folder), 60.0, "M", "the largest of them")


def _peer(name: str, times: int, folder: Path, run: Callable[[], float | None], rounds: int = 1) -> Measured:
    """Both in turn, so that a busy moment falls on both. A peer that is missing is no success."""
    ours, theirs = [search.ours(folder)[0]], list[float]()
    for _ in range(rounds):
        if (taken := run()) is None:
            lacking = "not measured: it is not installed here"
            return Measured(f"trail search / {name}", math.nan, 100 / times, "%", lacking)
        theirs.append(taken)
        ours.append(search.ours(folder)[0])
    return _times(f"trail search / {name}", mean(ours), mean(theirs), times)


def _times(what: str, ours: float, theirs: float, times: int) -> Measured:
    detail = f"{theirs / ours:.1f} times as fast, of {times}; {_milliseconds(ours, theirs)}"
    return Measured(what, 100 * ours / theirs, 100 / times, "%", detail)


def _first_frame(command: list[str], word: bytes) -> float:
    terminal = Terminal(command, {})
    try:
        terminal.until(word)
        return terminal.age
    finally:
        terminal.end()


def _bare_frame() -> float:
    return _first_frame(python("-m", "bench.bare"), b"ready-and-bare")


def _milliseconds(ours: float, theirs: float) -> str:
    return f"{ours * 1000:.1f} ms / {theirs * 1000:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
