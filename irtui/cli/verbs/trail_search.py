"""`irtui trail search`: events by what is known of them, from Event history, S3 and folders."""

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode
from irtui.cli.output import Result, table
from irtui.text import inert

if TYPE_CHECKING:
    from irtui.trail.search.searching import Event, Found

_SHOWN = 500
"""Events, and findings, that are printed; `-o json` and --events have more."""


def _many(*names: str, help: str) -> Callable[[options.Command], options.Command]:
    return click.option(*names, multiple=True, metavar="TEXT", help=help)


@click.command()
@_many("--access-key", "access_keys", help="Made with this key or session (AKIA…, ASIA…).")
@_many("--principal", "principals", help="Made by this user or role: ARN, name or unique id.")
@_many("--session", "sessions", help="Made in this role session: its name, or the assumed role's ARN.")
@_many("--event-name", "event_names", help="CreateUser, or iam.CreateUser.")
@_many("--source-ip", "source_ips", help="From this address or network (203.0.113.0/24).")
@_many("--resource", "resources", help="On this: an ARN, a name, an id.")
@_many("--error-code", "error_codes", help="That failed with this code; * is any.")
@click.option("--since", default="", metavar="TIME", help="RFC 3339; without an offset it is UTC.")
@click.option("--until", default="", metavar="TIME", help="Up to this moment, which does not count.")
@click.option("--follow", is_flag=True, help="Also what was done with the keys and sessions that were handed out.")
@click.option("--folder", "folders", multiple=True, metavar="DIR", help="In downloaded logs.")
@click.option("--s3", multiple=True, metavar="URL", help="In a bucket: s3://BUCKET/PREFIX.")
@click.option("--trail-arn", default="", help="In the bucket of this trail.")
@click.option("--history", is_flag=True, help="In Event history; also when no other place is named.")
@click.option("--athena-query", default="", metavar="ID", help="In what a query found that a runbook started.")
@click.option("--sql", is_flag=True, help="Print what Athena would be sent, for --s3, --region and --account-id.")
@click.option("--account-id", "accounts", multiple=True, help="Of --sql.")
@click.option("--region", "regions", multiple=True, help="Of Event history. [every enabled Region]")
@click.option("--after", default="", metavar="PLACE", help="Go on where a search of the same was stopped.")
@click.option("--events", "events_file", default="", metavar="FILE", help="Every event, one a line, as it is found.")
@click.option("--profile", default="", help="AWS profile.")
@click.option("--endpoint-url", default="", help="An emulator of AWS on this machine.")
@options.output
def search(
    access_keys: tuple[str, ...], principals: tuple[str, ...], sessions: tuple[str, ...],
    event_names: tuple[str, ...], source_ips: tuple[str, ...], resources: tuple[str, ...],
    error_codes: tuple[str, ...], since: str, until: str, follow: bool, folders: tuple[str, ...],
    s3: tuple[str, ...], trail_arn: str, history: bool, athena_query: str, sql: bool, accounts: tuple[str, ...],
    regions: tuple[str, ...], after: str, events_file: str, profile: str, endpoint_url: str,
) -> Result:  # fmt: skip
    """Search CloudTrail's events: in Event history, S3, downloaded folders, or all of them, each event once.

    An option given twice means either, different options mean all. ctrl-c stops and shows what was found until then.
    Exit 1 when something could not be read.
    """
    from irtui.cli.asking import ask_secret
    from irtui.clock import SystemClock
    from irtui.desk.searches import Places, query_of, searched, statements
    from irtui.desk.watch import Watch
    from irtui.desk.written import lines_in
    from irtui.trail.search.report import data_of

    query = query_of(
        access_keys=access_keys, sessions=sessions, resources=resources, principals=principals, source_ips=source_ips,
        event_names=event_names, error_codes=error_codes, since=since, until=until,
    )  # fmt: skip
    places = Places(folders, s3, trail_arn, history, regions, athena_query, after, profile, endpoint_url)
    if sql:
        asked_of_athena = statements(query, places, accounts)
        return Result({"sql": asked_of_athena}, asked_of_athena)
    progress, watch = _Progress(), Watch(time.monotonic)
    with lines_in(events_file) as lines:

        def take(event: "Event") -> None:
            watch.check()
            lines.add(lambda: event.value)

        found = searched(
            query, places, environ=os.environ, clock=SystemClock(), ask_secret=ask_secret, follow=follow, take=take,
            progress=progress.told, watch=watch, check=watch.check,
        )  # fmt: skip
    progress.end()
    data = data_of(found) | ({"events_file": {"path": events_file, "sha256": lines.digest}} if events_file else {})
    code = ExitCode.FAILED if found.findings_count else ExitCode.DONE
    return Result(data, _text(found, data), ExitCode.INTERRUPTED if found.stopped else code)


class _Progress:
    """One line on a terminal's stderr, now and then."""

    def __init__(self) -> None:
        self._shown, self._next = sys.stderr.isatty(), 0.0

    def told(self, found: "Found") -> None:
        if self._shown and (now := time.monotonic()) >= self._next:
            self._next = now + 0.5
            from irtui.desk.searches import progress_words

            sys.stderr.write(f"\r\x1b[K{inert(progress_words(found), 100)}")
            sys.stderr.flush()

    def end(self) -> None:
        if self._shown and self._next:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _text(found: "Found", data: dict[str, Any]) -> str:
    rows = [_row(one.value) for one in found.in_order()[:_SHOWN]]
    lines = [table(rows, ("TIME", "EVENT", "ERROR", "FROM", "REGION", "WHO")) if rows else "No event was found.", ""]
    if found.count > len(rows):
        lines.append(f"… {found.count - len(rows)} more events; -o json and --events have more")
    if found.followed:
        lines.append(f"followed: {inert(', '.join(found.followed), 2000)}")
    for one in data["sources"]:
        how = "to the end" if one["read_to_the_end"] else "NOT to the end"
        lines.append(f"{inert(one['name'])}: {one['events']} events, {one['read']} read, {how}")
        lines += [f"  cannot show {inert(what)}" for what in one["cannot_contain"]]
        if one["go_on_after"]:
            lines.append(f"  go on with --after '{inert(one['go_on_after'], 4000)}'")
    for finding in data["findings"][:_SHOWN]:
        lines.append(f"FINDING {inert(finding['where'], 1200)}: {finding['what']} ({inert(finding['detail'])})")
    if found.findings_count > _SHOWN:
        lines.append(f"… {found.findings_count - _SHOWN} more findings")
    return "\n".join([*lines, f"sha256 of the events {data['sha256']}"])


def _row(event: dict[str, Any]) -> tuple[object, ...]:
    who = event.get("userIdentity")
    who = who if isinstance(who, dict) else {}
    service = str(event.get("eventSource", "")).partition(".")[0]
    return (
        event.get("eventTime", "?"), f"{service}.{event.get('eventName', '?')}", event.get("errorCode") or "",
        event.get("sourceIPAddress", "?"), event.get("awsRegion", "?"),
        who.get("arn") or who.get("invokedBy") or who.get("accountId") or "?",
    )  # fmt: skip
