"""`make bench`: each ratio beside its bar; exit 1 when one is over."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import engine, journal, keys, search, simulator, validating
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
        results = list(_results())
    print(f"{'':42} {'measured':>10} {'bar':>8}")
    for result in results:
        mark = "ok" if result.value <= result.bar else "OVER"
        figures = f"{result.value:8.2f}{result.unit:2} {result.bar:6.2f}{result.unit:2}"
        print(f"{result.what:42} {figures}  {mark:4}  {result.detail}")
    return 0 if all(result.value <= result.bar for result in results) else 1


def _results() -> Iterator[Measured]:
    aws = shutil.which("aws", path=str(Path(sys.executable).parent)) or "aws"
    ours, theirs = interleaved(
        lambda: whole_process([IRTUI, "--version"]), lambda: whole_process([aws, "--version"]), 9
    )
    yield Measured("irtui --version / aws --version", ours / theirs, 0.35, "", _milliseconds(ours, theirs))
    ours, theirs = interleaved(lambda: _first_frame([IRTUI], b"help"), _bare_frame, 7)
    yield Measured("first interactive frame / bare Textual app", ours / theirs, 1.4, "", _milliseconds(ours, theirs))
    ours, theirs = journal.medians(300)
    yield Measured(
        "journal record over a bare write + fsync", (ours - theirs) * 1000, 5.0, "ms", _milliseconds(ours, theirs)
    )
    yield Measured("engine per changing step", engine.seconds_per_step() * 1000, 5.0, "ms", "without its fsyncs")
    yield Measured("simulated world: start", simulator.seconds_to_start(), 2.0, "s", "leaked-key, best of 3")
    ours, theirs = simulator.medians(100)
    yield Measured("IAM call on the simulated world", ours * 1000, 6.0, "ms", "mean of a mix, median of 100")
    yield Measured("IAM call: simulated world / bare moto", ours / theirs, 2.0, "", _milliseconds(ours, theirs))
    seeded = f"{simulator.EVENTS} events over {simulator.DAYS} days"
    yield Measured("simulated world: start with background", simulator.seconds_to_seed(), 10.0, "s", seeded)
    for what, hours, delay, bar in (("a day, 20 ms", 24, 20, 100 / 30), ("a week, 0 ms", 168, 0, 100 / 3)):
        ours, theirs = validating.medians(hours, delay, 1)
        detail = f"{theirs / ours:.1f} times as fast; {_milliseconds(ours, theirs)}"
        yield Measured(f"trail validate {what} / aws", 100 * ours / theirs, bar, "%", detail)
    yield from _search()
    slowest = keys.effect_while_a_call_hangs(IRTUI, 9)
    yield Measured("key to its effect while a call hangs", slowest * 1000, 100.0, "ms", "median of 9, through a pty")


def _search() -> Iterator[Measured]:
    folder, size = search.trail()
    ours, inflating = search.paired(folder, 3)
    how = f"{size / 1e9:.2f} GB; {_milliseconds(ours, inflating)}"
    yield Measured("trail search / decompressing alone", ours / inflating, 1.7, "", how)
    for what, cores, times in (("as typed", 1, 20), ("on all cores", os.cpu_count() or 1, 12)):
        theirs = search.jq(folder, cores)
        if theirs is not None:
            detail = f"{theirs / ours:.1f} times as fast; {_milliseconds(ours, theirs)}"
            yield Measured(f"trail search / zcat | jq {what}", 100 * ours / theirs, 100 / times, "%", detail)


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
