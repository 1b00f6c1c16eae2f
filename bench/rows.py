"""A journal of 100,000 records on screen: beside Textual's DataTable, and how much memory its length takes."""

import asyncio
import time
import tracemalloc
from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from irtui.journal.record import Record
from irtui.tui.present.journal import record_line
from irtui.tui.widgets.long_rows import LongRows

RECORDS = 100_000


def _record(number: int) -> Record:
    body = {"step": "deny", "call": "iam.GetUserPolicy", "state": "ok", "code": f"{number}"}
    return Record(
        v=1, seq=number, t="2026-11-23T02:14:00.000000Z", m=number, run="0" * 16, incident="INC-BENCH2", op="bench",
        type="observe", body=body, prev="0" * 64, sig="0" * 128,
    )  # fmt: skip


class _Ours(App[None]):
    def compose(self) -> ComposeResult:
        yield LongRows(id="rows")

    def show(self, count: int) -> None:
        self.query_one(LongRows).show(count, lambda index: record_line(_record(index + 1)))


class _Theirs(App[None]):
    def compose(self) -> ComposeResult:
        yield DataTable[str](id="rows")

    def show(self, count: int) -> None:
        table: DataTable[str] = self.query_one(DataTable)
        table.add_columns("time", "#", "type", "what")
        lines = (record_line(_record(number)) for number in range(1, count + 1))
        table.add_rows([text for text, _ in line] for line in lines)


def seconds() -> tuple[float, float]:
    """Until the first rows are painted, 120 × 40: ours, and a DataTable's."""
    return asyncio.run(_painted(_Ours)), asyncio.run(_painted(_Theirs))


def mebibytes(count: int) -> float:
    """What showing so many rows takes."""
    return asyncio.run(_held(count))


async def _painted(make: "Callable[[], _Ours | _Theirs]") -> float:
    app = make()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        begun = time.perf_counter()
        app.show(RECORDS)
        await pilot.pause()
        return time.perf_counter() - begun


async def _held(count: int) -> float:
    app = _Ours()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        tracemalloc.start()
        app.show(count)
        await pilot.pause()
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held / 2**20
