"""`irtui audit`: show, verify and export a journal. Needs no key, no AWS and no settings, but for a checkpoint, for
`--told` and for `redact`.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode
from irtui.cli.journals import folder_of, named, pasted_anchor
from irtui.cli.opening import Session
from irtui.cli.output import Result
from irtui.cli.verbs.audit_redact import redact
from irtui.cli.verbs.audit_verify import verify
from irtui.clock import rfc3339
from irtui.errors import UsageError
from irtui.text import inert, inert_lines

if TYPE_CHECKING:
    from irtui.journal.read import Reading
    from irtui.report.timeline import Row

FORMATS = ("markdown", "html", "csv", "ocsf", "jsonl")


@click.group()
def audit() -> None:
    """Show, verify and export the audit trail."""


audit.add_command(verify)
audit.add_command(redact)


@audit.command()
@click.argument("incident")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Only records of this type: intent, outcome, …")
@click.option("--step", default="", metavar="KEY", help="Only what belongs to this step, its items or its child.")
@click.option("--grep", default="", metavar="TEXT", help="Only records in which TEXT occurs, whatever the case.")
@click.option("--since", default="", metavar="TIME", help="Only from this UTC time on: 2026-11-28T02:14.")
@click.option("-n", "--last", type=click.IntRange(min=1), default=None, metavar="COUNT", help="Only the last so many.")
@click.option("--record", type=click.IntRange(min=1), default=None, metavar="NUMBER", help="One record, whole.")
@options.output
def show(
    incident: str, types: tuple[str, ...], step: str, grep: str, since: str, last: int | None, record: int | None
) -> Result:
    """The records of INCIDENT (an id or a path), in order; all, or those that are asked for."""
    from irtui.journal.anchor import anchor_of
    from irtui.journal.read import read_journal
    from irtui.journal.record import as_data
    from irtui.journal.telling import told
    from irtui.journal.verify import COMPLETE, NOT_CLOSED
    from irtui.journal.verify_chain import verify_chain
    from irtui.report.search import Wanted, search, unknown_types

    if unknown := unknown_types(types):
        raise UsageError(f"There is no type of record {unknown[0]!r}.", advice="`irtui audit show ID` shows the types.")
    folder = folder_of(incident)
    reading = read_journal(folder)
    if record is not None:
        return _whole(reading, record)
    found, proven = (*reading.records, *reading.after), verify_chain(folder)
    good = proven.verdict in (COMPLETE, NOT_CLOSED)
    shown = search(found, Wanted(types, step, grep, _moment(since)), None if good else proven.records)
    shown = shown[-last:] if last else shown
    rows = [*_lines([row for _, row in shown])]
    if len(shown) < len(found):
        rows.append(f"{len(shown)} of {len(found)} records")
    data = {
        "records": [as_data(one) for one, _ in shown], "of": len(found), "stopped": reading.stopped,
        "torn": reading.torn, "verdict": proven.verdict, "at": proven.at, "why": proven.why,
    }  # fmt: skip
    if not good:
        rows.append(inert(proven.words))
        return Result(data, "\n".join(rows), ExitCode.NOT_VERIFIED)
    if reading.torn:
        rows.append("the last line has no end: a crash left it; resuming cuts it off")
    known, line = told(found), anchor_of(reading.records[-1]).words
    by = f"by the word of #{known.by} alone" if known else "as far as this file knows"
    data |= {"unanchored_since": known.seq + 1 if known else 1, "anchor": line}
    rows.append(
        f"unanchored since #{data['unanchored_since']}, {by}: paste this line where its writer cannot change it"
    )
    rows.append(f"  {inert(line)}")
    return Result(data, "\n".join(rows))


@audit.command("anchor")
@click.argument("incident")
@click.option("--told", "where", default=None, metavar="WHERE", help="It lies there now (a ticket): recorded.")
@click.option("--line", "pasted", default="", metavar="TEXT", help="With --told: the line, if it was an earlier one.")
@click.option("--key", type=click.Choice(["keyring", "passphrase-file", "ephemeral"]), help="With --told: who signs.")
@options.output
def print_anchor(incident: str, where: str | None, pasted: str, key: str | None) -> Result:
    """The fingerprint of INCIDENT's last record, to paste into the ticket and read aloud: nobody can rewrite what
    stands before it without being seen by whoever has that line. --told records in INCIDENT where it lies."""
    if where is not None:
        from irtui.cli.anchoring import tell

        return tell(incident, where, pasted_anchor(pasted) if pasted else None, key or "")
    if pasted or key:
        raise UsageError("--line and --key go with --told.", advice="To check a line: irtui audit verify --anchor.")
    from irtui.journal.anchor import anchor
    from irtui.journal.verify import COMPLETE, NOT_CLOSED
    from irtui.journal.verify import verify as verified

    found = verified(named(incident))
    if found.verdict not in (COMPLETE, NOT_CLOSED):
        return Result({"verdict": found.verdict}, f"no anchor for it: {inert(found.words)}", ExitCode.NOT_VERIFIED)
    words = anchor(found.incident, found.records, found.head).words
    data = {"anchor": words, "incident": found.incident, "seq": found.records, "head": found.head}
    return Result(data, words)


@audit.command()
@click.argument("incident")
@options.account
@options.output
@click.pass_obj
def checkpoint(session: Session, incident: str, profile: str, key: str | None) -> Result:
    """Put a signed checkpoint of INCIDENT, which is open, into the bucket that the settings name: S3 keeps it from
    everybody until its time is over. In the incident itself it is one key: K, or k line by line."""
    from irtui.cli.checkpointing import put

    return put(session, incident, profile=profile, key=key or "", ascii_only=False)


@audit.command()
@click.argument("incident")
@click.option("--format", "form", type=click.Choice(FORMATS), default="markdown", show_default=True)
@click.option("--output-file", type=click.Path(dir_okay=False, exists=False), help="A new file, instead of stdout.")
@click.option(
    "--bundle", "bundle_file", type=click.Path(dir_okay=False), metavar="FILE.zip",
    help="A new zip with everything a reviewer needs, and what checks it.",
)  # fmt: skip
@options.output
def export(incident: str, form: str, output_file: str | None, bundle_file: str | None) -> Result:
    """INCIDENT to read (markdown, html), to calculate with (csv), for a SIEM (ocsf), as it is (jsonl), or all of it.
    Exit 6 for a journal that is not whole: it is exported all the same, and says so."""
    from irtui.desk.exports import exported, packed, written
    from irtui.journal.verify import COMPLETE, NOT_CLOSED
    from irtui.journal.verify_chain import verify_chain

    if bundle_file is not None:
        if output_file is not None:
            raise UsageError("A bundle is a file of its own.", advice="Leave out --output-file.")
        made = packed(folder_of(incident), Path(bundle_file))
        sys.stderr.write(f"irtui: written to {bundle_file}\n")
        data = {"path": bundle_file, "size": made.size, "sha256": made.sha256, "verdict": made.verification.verdict}
        code = ExitCode.DONE if made.verification.verdict in (COMPLETE, NOT_CLOSED) else ExitCode.NOT_VERIFIED
        return Result(data, f"{made.sha256}  {inert(bundle_file)}\n  journal  {inert(made.verification.words)}", code)
    folder = folder_of(incident)
    text, found = exported(folder, form), verify_chain(folder)
    code = ExitCode.DONE if found.verdict in (COMPLETE, NOT_CLOSED) else ExitCode.NOT_VERIFIED
    if code is not ExitCode.DONE:
        sys.stderr.write(f"irtui: {inert(found.words, 400)}\n")
    data = {"format": form, "verdict": found.verdict}
    if output_file is None:
        return Result({**data, "text": text}, text.rstrip("\n"), code)
    written(text, Path(output_file))
    sys.stderr.write(f"irtui: written to {output_file}\n")
    return Result({**data, "path": output_file}, code=code)


def _lines(rows: "list[Row]") -> list[str]:
    said, day = [], ""
    for row in rows:
        if row.t[:10] != day:
            day = row.t[:10]
            said.append(inert(day))
        words = ": ".join(inert(part, 160) for part in (row.what, row.detail) if part)
        said.append(f"  {inert(row.t[11:19])}Z  #{row.seq:<4} {inert(row.who):<12} {inert(row.step):<16} {words}")
    return said


def _whole(reading: "Reading", number: int) -> Result:
    """One record in full. Raises UsageError when there is none."""
    from irtui.journal.record import as_data

    records = (*reading.records, *reading.after)
    if number > len(records):
        raise UsageError(f"There is no record #{number}.", advice=f"The last one is #{len(records)}.")
    record = as_data(records[number - 1])
    return Result({"records": [record], "stopped": reading.stopped}, inert_lines(json.dumps(record, indent=2)))


def _moment(since: str) -> str:
    """A time as records have it; UTC unless it says otherwise. Raises UsageError."""
    if not since:
        return ""
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise UsageError(f"{since!r} is no time.", advice="Write 2026-11-28T02:14, in UTC.") from None
    return rfc3339(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
