"""`irtui audit`: show, verify and export a journal. Needs no key, no AWS and no settings."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode
from irtui.cli.opening import home
from irtui.cli.output import Result
from irtui.errors import UsageError
from irtui.text import inert

if TYPE_CHECKING:
    from irtui.journal.anchor import Anchor


@click.group()
def audit() -> None:
    """Show, verify and export the audit trail."""


@audit.command()
@click.argument("incident")
@options.output
def show(incident: str) -> Result:
    """Every record of INCIDENT (an id or a path), in order."""
    from irtui.journal.anchor import anchor_of
    from irtui.journal.read import read_journal
    from irtui.report.timeline import timeline

    reading = read_journal(_folder(incident))
    rows, day = [], ""
    for row in timeline(reading.records):
        if row.t[:10] != day:
            day = row.t[:10]
            rows.append(inert(day))
        said = ": ".join(inert(part, 160) for part in (row.what, row.detail) if part)
        rows.append(f"  {inert(row.t[11:19])}Z  #{row.seq:<4} {inert(row.who):<12} {inert(row.step):<16} {said}")
    if reading.stopped:
        rows.append(f"reading stopped: altered at {inert(reading.stopped)}")
    elif reading.torn:
        rows.append("the last line has no end: a crash left it; resuming cuts it off")
    if reading.records and not reading.stopped:
        rows.append("unanchored since #1, as far as this file knows: paste this line where its writer cannot change it")
        rows.append(f"  {inert(anchor_of(reading.records[-1]).words)}")
    data = {"records": [asdict(record) for record in reading.records], "stopped": reading.stopped}
    return Result(data, "\n".join(rows), ExitCode.NOT_VERIFIED if reading.stopped else ExitCode.DONE)


@audit.command()
@click.argument("incident")
@click.option("--allow-open", is_flag=True, help="An incident that is not closed yet is good enough.")
@click.option("--signer", "signers", multiple=True, metavar="HEX", help="A public key it must be signed by.")
@click.option("--anchor", "pasted", multiple=True, metavar="TEXT", help="A line that `irtui audit anchor` printed.")
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
    incident: str, allow_open: bool, signers: tuple[str, ...], pasted: tuple[str, ...], events: str | None, chain: bool
) -> Result:
    """Is INCIDENT (an id or a path) whole, unchanged and signed? Exit 0 only for a complete journal that CloudTrail, if
    it was asked, agrees with; else 6."""
    from irtui.cli.witnessing import witness, witness_data, witness_lines
    from irtui.journal.siblings import named_by_others
    from irtui.journal.verify import COMPLETE, NOT_CLOSED
    from irtui.journal.verify import verify as whole
    from irtui.journal.verify_chain import verify_chain

    path, verified = _path(incident), verify_chain if chain else whole
    asked = "" if Path(incident).exists() else path.name
    anchors = [_anchor(text) for text in pasted]
    if asked:
        anchors += named_by_others(path)
    found = verified(path, incident=asked, signers=signers or None, anchors=anchors)
    good = found.verdict == COMPLETE or (allow_open and found.verdict == NOT_CLOSED)
    data = {
        "verdict": found.verdict, "mode": found.mode, "records": found.records, "at": found.at, "why": found.why,
        "notes": list(found.notes), "signer": found.signer, "pinned": found.pinned, "closed": found.closed,
        "head": found.head, "anchored": found.anchored, "unproven": list(found.unproven),
    }  # fmt: skip
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
        *([f"  anchored to #{found.anchored}"] if found.anchored else []),
        *(witness_lines(seen) if seen else []),
        *(f"  note     {inert(note)}" for note in found.notes),
        *(["  not proven:"] if found.unproven else []),
        *(f"    {inert(each)}" for each in found.unproven),
    ]
    return Result(data, "\n".join(text), ExitCode.DONE if good else ExitCode.NOT_VERIFIED)


@audit.command("anchor")
@click.argument("incident")
@options.output
def print_anchor(incident: str) -> Result:
    """The fingerprint of INCIDENT's last record, to paste into the ticket and read aloud: nobody can rewrite what
    stands before it without being seen by whoever has that line."""
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
@click.option("--format", "form", type=click.Choice(["jsonl", "markdown"]), default="markdown", show_default=True)
@click.option("--output-file", type=click.Path(dir_okay=False, exists=False), help="A new file, instead of stdout.")
@options.output
def export(incident: str, form: str, output_file: str | None) -> Result:
    """The journal of INCIDENT as it is (jsonl), or a timeline to read (markdown)."""
    text = _jsonl(_folder(incident)) if form == "jsonl" else _markdown(_folder(incident))
    if output_file is None:
        return Result({"format": form, "text": text}, text.rstrip("\n"))
    try:
        with Path(output_file).open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{output_file} exists already.", advice="Name a new file.") from None
    except OSError as fault:
        raise UsageError(f"{output_file} cannot be written: {fault.strerror}.") from fault
    sys.stderr.write(f"irtui: written to {output_file}\n")
    return Result({"format": form, "path": output_file})


def _jsonl(folder: Path) -> str:
    from io import BytesIO

    from irtui.report.jsonl import jsonl

    out = BytesIO()
    jsonl(folder, out)
    return out.getvalue().decode("ascii", "backslashreplace")


def _markdown(folder: Path) -> str:
    from irtui.journal.read import read_records
    from irtui.journal.verify import verify as verified
    from irtui.report.markdown import markdown

    return markdown(read_records(folder), verified(folder))


def _anchor(text: str) -> "Anchor":
    from irtui.journal.anchor import parse_anchor

    try:
        return parse_anchor(text)
    except ValueError as flaw:
        raise UsageError(f"{inert(text, 120)!r} is no anchor: {flaw}.") from None


def _path(incident: str) -> Path:
    """A journal or its folder, by path or by the incident's id."""
    path = Path(incident)
    return path if path.exists() else home().incident(incident)


def _folder(incident: str) -> Path:
    path = _path(incident)
    return path if path.is_dir() else path.parent
