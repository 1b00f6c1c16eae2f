"""What goes to stdout: one object with `-o json`, else text for people.

`{"schema": "irtui-output-v1", "ok": true, "data": …, "error": null}`; times are RFC 3339 UTC, ids are strings.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from irtui.cli.diagnostics import ExitCode, print_to
from irtui.desk.written import as_object
from irtui.text import inert


@dataclass(frozen=True, slots=True)
class Result:
    """What a command found: data for programs and text for people, and how it went."""

    data: Any = None
    text: str = ""
    code: ExitCode = ExitCode.DONE


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `-o json` stands in the arguments, known before they are parsed so that usage errors are JSON too."""
    return any(
        (argument in ("-o", "--output") and value == "json") or argument in ("-ojson", "--output=json")
        for argument, value in pairwise((*arguments, ""))
    )


def emit(result: Result, as_json: bool) -> None:
    if as_json:
        print_object(result.code is ExitCode.DONE, result.data, None)
    elif result.text:
        print_to(sys.stdout, result.text)


def print_object(ok: bool, data: Any, error: Mapping[str, Any] | None) -> None:
    print_to(sys.stdout, as_object(ok, data, error))


def table(rows: Sequence[Sequence[object]], head: Sequence[str]) -> str:
    """Left-aligned columns, two spaces apart; every cell inert; the last column runs free."""
    cells = [list(head), *([inert(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    widths[-1] = 0
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )
