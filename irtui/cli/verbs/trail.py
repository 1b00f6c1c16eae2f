"""`irtui trail`: what CloudTrail's files say, and whether they can be believed."""

import os
from typing import Any

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode
from irtui.cli.output import Result
from irtui.cli.verbs.trail_coverage import coverage
from irtui.cli.verbs.trail_search import search
from irtui.text import inert

_SHOWN = 200
"""Findings that are printed; `-o json` has more."""


@click.group()
def trail() -> None:
    """Read CloudTrail's log files, and check that none was changed or taken away."""


trail.add_command(search)
trail.add_command(coverage)


@trail.command()
@click.option("--trail-arn", required=True, help="The trail.")
@click.option("--start-time", required=True, metavar="TIME", help="RFC 3339; without an offset it is UTC.")
@click.option("--end-time", default="", metavar="TIME", help="Now, when it is not given.")
@click.option("--region", "regions", multiple=True, help="Of this Region's events; may be repeated. [the home Region]")
@click.option("--all-regions", is_flag=True, help="Of every Region that the trail has files of.")
@click.option("--account-id", "accounts", multiple=True, help="Of an organization trail, only this account.")
@click.option("--bucket", default="", help="Where the files are, for a trail that is gone or has moved.")
@click.option("--prefix", default="", help="What stands before AWSLogs/ in that bucket, or in the folder.")
@click.option("--folder", default="", metavar="DIR", help="A downloaded bucket (aws s3 sync) instead of AWS.")
@click.option("--public-keys", default="", metavar="FILE", help="With --folder: what list-public-keys printed.")
@click.option("--profile", default="", help="AWS profile.")
@click.option("--endpoint-url", default="", help="An emulator of AWS on this machine.")
@click.option("--report", default="", metavar="FILE", help="Every verdict, one JSON object a line.")
@options.output
def validate(
    trail_arn: str, start_time: str, end_time: str, regions: tuple[str, ...], all_regions: bool,
    accounts: tuple[str, ...], bucket: str, prefix: str, folder: str, public_keys: str, profile: str,
    endpoint_url: str, report: str,
) -> Result:  # fmt: skip
    """Check digests and log files of a trail: signatures, chain, hashes, every hour that should have a digest.

    Exit 1 when anything is invalid, missing, or could not be checked.
    """
    from irtui.cli.asking import ask_secret
    from irtui.clock import SystemClock
    from irtui.desk.trails import Source, as_lines, asked, validate_trail
    from irtui.desk.written import lines_in

    clock = SystemClock()
    request = asked(
        trail_arn, start_time, end_time, regions=regions, all_regions=all_regions, accounts=accounts, clock=clock
    )
    source = Source(folder, public_keys, endpoint_url, profile, bucket, prefix.strip("/"))

    with lines_in(report) as lines:
        found = validate_trail(
            request, source, environ=os.environ, clock=clock, ask_secret=ask_secret,
            listener=as_lines(lines) if report else None,
        )  # fmt: skip
    code = ExitCode.DONE if found.sound else ExitCode.FAILED
    return Result(found.data(), _text(found.data()), code)


def _text(data: dict[str, Any]) -> str:
    lines = [f"{inert(data['trail'])}  {data['since']} to {data['until']}", ""]
    for name in ("digests", "backfill_digests", "logs"):
        counts = {key: value for key, value in data[name].items() if value or (key == "valid" and name == "digests")}
        if counts:
            told = ", ".join(f"{value} {key}" for key, value in counts.items())
            lines.append(f"{name.replace('_', ' '):17} {told}")
    lines.append("")
    for finding in data["findings"][:_SHOWN]:
        lines.append(_line(finding))
    hidden = len(data["findings"]) - _SHOWN + data["findings_left_out"]
    if hidden > 0:
        lines.append(f"… and {hidden} more; -o json and --report have them")
    lines += [_line(notice | {"verdict": "note"}) for notice in data["notices"][:_SHOWN]]
    verdict = {"valid": "Everything is as CloudTrail wrote it.", "unchecked": "Not everything could be checked."}
    lines.append(verdict.get(data["verdict"], "NOT as CloudTrail wrote it."))
    return "\n".join(lines)


def _line(told: dict[str, Any]) -> str:
    when = f" {told['since']} to {told['until']}" if "since" in told else ""
    where = f" {inert(told['where'], 1200)}" if told["where"] else ""
    region = f" {inert(told['region'])}" if told["region"] and not where else ""
    return f"{told['verdict'].upper():9} {told['subject']}{region}{when}{where}: {inert(told['detail'])}"
