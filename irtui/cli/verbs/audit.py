"""`irtui audit`: show, verify and export a journal. Needs no key, no AWS and no settings, but for a checkpoint, for
`--told` and for `redact`.
"""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode
from irtui.cli.opening import Session, home
from irtui.cli.output import Result
from irtui.cli.verbs.audit_redact import redact
from irtui.clock import rfc3339
from irtui.errors import UsageError
from irtui.text import inert, inert_lines

if TYPE_CHECKING:
    from irtui.journal.anchor import Anchor
    from irtui.journal.read import Reading
    from irtui.report.timeline import Row

_LONGEST_NAME = 256
FORMATS = ("markdown", "html", "csv", "ocsf", "jsonl")


@click.group()
def audit() -> None:
    """Show, verify and export the audit trail."""


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
    from irtui.report.search import Wanted, search, unknown_types

    if unknown := unknown_types(types):
        raise UsageError(f"There is no type of record {unknown[0]!r}.", advice="`irtui audit show ID` shows the types.")
    reading = read_journal(_folder(incident))
    if record is not None:
        return _whole(reading, record)
    found = search((*reading.records, *reading.after), Wanted(types, step, grep, _moment(since)))
    found = found[-last:] if last else found
    rows = [*_lines([row for _, row in found])]
    if len(found) < (there := len(reading.records) + len(reading.after)):
        rows.append(f"{len(found)} of {there} records")
    if reading.stopped:
        rows.append(f"reading stopped: altered at {inert(reading.stopped)}")
    elif reading.torn:
        rows.append("the last line has no end: a crash left it; resuming cuts it off")
    if reading.records and not reading.stopped:
        known = told((*reading.records, *reading.after))
        by = f"by the word of #{known.by} alone" if known else "as far as this file knows"
        first = known.seq + 1 if known else 1
        rows.append(f"unanchored since #{first}, {by}: paste this line where its writer cannot change it")
        rows.append(f"  {inert(anchor_of(reading.records[-1]).words)}")
    data = {"records": [as_data(one) for one, _ in found], "stopped": reading.stopped}
    return Result(data, "\n".join(rows), ExitCode.NOT_VERIFIED if reading.stopped else ExitCode.DONE)


@audit.command()
@click.argument("incident")
@click.option("--allow-open", is_flag=True, help="An incident that is not closed yet is good enough.")
@click.option("--signer", "signers", multiple=True, metavar="HEX", help="A public key it must be signed by.")
@click.option("--anchor", "pasted", multiple=True, metavar="TEXT", help="A line that `irtui audit anchor` printed.")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    metavar="URL",
    help="Signed checkpoints with their locks: s3://BUCKET/KEY?versionId=VERSION, all in s3://BUCKET/FOLDER/; a file.",
)
@options.aws
@click.option(
    "--against-cloudtrail",
    "events",
    type=click.Path(dir_okay=False, exists=True),
    metavar="FILE",
    help="Events, one a line, as `irtui trail search --events FILE` writes them: joined with the calls both ways.",
)
@click.option("--chain", is_flag=True, help="Only the chain and each sitting's last signature; for long journals.")
@options.output
def verify(
    incident: str, allow_open: bool, signers: tuple[str, ...], pasted: tuple[str, ...], checkpoints: tuple[str, ...],
    profile: str, region: str, endpoint_url: str, events: str | None, chain: bool,
) -> Result:  # fmt: skip
    """Is INCIDENT (an id, a path, a bundle) whole, unchanged and signed? Exit 0 only for a complete journal that
    CloudTrail, if it was asked, agrees with; else 6."""
    from irtui.cli.checkpointing import door_to
    from irtui.cli.witnessing import witness, witness_data, witness_lines
    from irtui.clock import SystemClock
    from irtui.desk.against_checkpoints import verified_against
    from irtui.journal.siblings import named_by_others
    from irtui.journal.verify import COMPLETE, NOT_CLOSED
    from irtui.journal.verify import verify as whole
    from irtui.journal.verify_chain import verify_chain
    from irtui.report.unbundle import is_bundle

    path = _path(incident)
    asked = "" if Path(incident).exists() else path.name
    notes = [*checkpoints, *(text for text in pasted if len(text) < _LONGEST_NAME and Path(text).is_file())]
    anchors = [_anchor(text) for text in pasted if text not in notes]
    if asked:
        anchors += named_by_others(path)
    found, (said, told) = verified_against(
        path, notes, door_to(profile, region, endpoint_url), SystemClock(), verify_chain if chain else whole,
        incident=asked, signers=signers or None, anchors=anchors,
    )  # fmt: skip
    good = found.verdict == COMPLETE or (allow_open and found.verdict == NOT_CLOSED)
    data = {
        "verdict": found.verdict, "mode": found.mode, "records": found.records, "at": found.at, "why": found.why,
        "notes": list(found.notes), "signer": found.signer, "pinned": found.pinned, "closed": found.closed,
        "head": found.head, "anchored": found.anchored, "checkpoints": told, "unproven": list(found.unproven),
        "removed": [asdict(one) for one in found.removed],
    }  # fmt: skip
    if events and is_bundle(path):
        raise UsageError("CloudTrail is joined with a folder, not with a bundle.", advice="Unpack it and verify that.")
    seen = witness(_folder(incident), events) if events else None
    if seen:
        data["cloudtrail"] = witness_data(seen)
        good = good and seen.agrees
    pinned = "pinned" if found.pinned else "not pinned: compare it with the operator's"
    text = [
        inert(found.words),
        f"  mode     {inert(found.mode) or '?'}",
        f"  records  {found.records}",
        f"  signer   {inert(found.signer) or 'none'}  ({pinned})",
        *(f"  checkpoint  {inert(each, 600)}" for each in said),
        *([f"  anchored to #{found.anchored}"] if found.anchored else []),
        *(witness_lines(seen) if seen else []),
        *(f"  note     {inert(note)}" for note in found.notes),
        *(["  not proven:"] if found.unproven else []),
        *(f"    {inert(each)}" for each in found.unproven),
    ]
    return Result(data, "\n".join(text), ExitCode.DONE if good else ExitCode.NOT_VERIFIED)


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

        return tell(incident, where, _anchor(pasted) if pasted else None, key or "")
    if pasted or key:
        raise UsageError("--line and --key go with --told.", advice="To check a line: irtui audit verify --anchor.")
    from irtui.journal.anchor import anchor
    from irtui.journal.verify import COMPLETE, NOT_CLOSED
    from irtui.journal.verify import verify as verified

    found = verified(_path(incident))
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
    """INCIDENT to read (markdown, html), to calculate with (csv), for a SIEM (ocsf), as it is (jsonl), or all of it."""
    from irtui.desk.exports import exported, packed, written

    if bundle_file is not None:
        if output_file is not None:
            raise UsageError("A bundle is a file of its own.", advice="Leave out --output-file.")
        made = packed(_folder(incident), Path(bundle_file))
        sys.stderr.write(f"irtui: written to {bundle_file}\n")
        data = {"path": bundle_file, "size": made.size, "sha256": made.sha256, "verdict": made.verification.verdict}
        return Result(data, f"{made.sha256}  {inert(bundle_file)}\n  journal  {inert(made.verification.words)}")
    text = exported(_folder(incident), form)
    if output_file is None:
        return Result({"format": form, "text": text}, text.rstrip("\n"))
    written(text, Path(output_file))
    sys.stderr.write(f"irtui: written to {output_file}\n")
    return Result({"format": form, "path": output_file})


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


def _anchor(text: str) -> "Anchor":
    from irtui.journal.anchor import parse_anchor

    try:
        return parse_anchor(text)
    except ValueError as flaw:
        raise UsageError(f"{inert(text, 120)!r} is no anchor: {flaw}.") from None


def _path(incident: str) -> Path:
    """A journal, its folder or a bundle, by path or by the incident's id."""
    path = Path(incident)
    return path if path.exists() else home().incident(incident)


def _folder(incident: str) -> Path:
    path = _path(incident)
    return path if path.is_dir() else path.parent
