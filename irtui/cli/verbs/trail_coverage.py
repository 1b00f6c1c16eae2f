"""`irtui trail coverage`: which time each Region and source can show, and which nobody can."""

import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode
from irtui.cli.output import Result
from irtui.errors import UsageError
from irtui.text import inert

_WIDTH = 60
_GLYPHS = {"covered": "#", "unknown": "?", "not covered": "."}
"""Plain letters: they can be read aloud, pasted into a ticket, and need no colour."""


@click.command()
@click.option(
    "--start-time", default="", metavar="TIME", help="RFC 3339; UTC without an offset. [7 days before the end]"
)
@click.option("--end-time", default="", metavar="TIME", help="Up to this moment. [now]")
@click.option("--region", "regions", multiple=True, help="Only these. [every enabled Region]")
@click.option("--trail-arn", "arns", multiple=True, help="Only these trails. [all, deleted ones too]")
@click.option("--no-validate", is_flag=True, help="Read no digest and no log file: what a trail shows is then unknown.")
@click.option("--folder", default="", metavar="DIR", help="Of one trail's downloaded bucket; no AWS is asked.")
@click.option("--public-keys", default="", metavar="FILE", help="With --folder: what list-public-keys printed.")
@click.option("--profile", default="", help="AWS profile.")
@click.option("--endpoint-url", default="", help="An emulator of AWS on this machine.")
@options.output
def coverage(
    start_time: str, end_time: str, regions: tuple[str, ...], arns: tuple[str, ...], no_validate: bool, folder: str,
    public_keys: str, profile: str, endpoint_url: str,
) -> Result:  # fmt: skip
    """Show the blind windows: Region by Region, which time Event history and each trail can show, and why not.

    Exit 1 when some of it is not covered or unknown, other than what has not been delivered yet.
    """
    from irtui.cli.asking import ask_secret
    from irtui.clock import SystemClock
    from irtui.desk.coverage import coverage_of, coverage_of_folder

    def told(words: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"{inert(words)} …", err=True)

    if folder:
        if len(arns) != 1 or not start_time:
            raise UsageError("--folder needs one --trail-arn and --start-time.", advice="Its ARN names its files.")
        found = coverage_of_folder(
            folder=folder, public_keys=public_keys, start=start_time, end=end_time, arn=arns[0], clock=SystemClock(),
            told=told,
        )  # fmt: skip
        return Result(found.data(), _text(found.data()), ExitCode.DONE if found.whole else ExitCode.FAILED)
    found = coverage_of(
        start=start_time, end=end_time, regions=regions, arns=arns, validated=not no_validate, profile=profile,
        endpoint_url=endpoint_url, environ=os.environ, clock=SystemClock(), ask_secret=ask_secret, told=told,
    )  # fmt: skip
    return Result(found.data(), _text(found.data()), ExitCode.DONE if found.whole else ExitCode.FAILED)


def _text(data: Mapping[str, Any]) -> str:
    from irtui.report.coverage import bars, blind, edges

    drawn = bars(data, _WIDTH)
    labels = [inert(f"{bar.region}  {bar.source}", 48) for bar in drawn]
    wide = max(map(len, labels), default=0)
    first, middle, last = edges(data, 2)
    lines = [f"{data['since']} to {data['until']}   {_legend()}", ""]
    lines += [f"{label:{wide}}  {_drawn(bar.cells)}" for label, bar in zip(labels, drawn, strict=True)]
    axis = f"{first:%m-%d %H:%M}{f'{middle:%m-%d %H:%M}':^{_WIDTH - 22}}{last:%m-%d %H:%M}"
    lines += [f"{'':{wide}}  {axis}", ""]
    for bar in drawn:
        for window in blind(bar):
            by = f", by {inert(window['by'])}" if window.get("by") else ""
            when = f"{window['since']} to {window['until']}"
            where = f"{inert(bar.region)}  {inert(bar.source)}"
            lines.append(f"{str(window['state']).upper():11}  {where}  {when}  {inert(window['reason'])}{by}")
    lines += [f"GAP  {inert(gap)}" for gap in data["gaps"]]
    lines += ["", "Not looked at:", *(f"  {inert(words)}" for words in data["not_looked_at"])]
    return "\n".join(lines)


def _drawn(cells: tuple[str, ...]) -> str:
    return "".join(_GLYPHS[cell] for cell in cells)


def _legend() -> str:
    return "  ".join(f"{glyph} {state}" for state, glyph in _GLYPHS.items())
