"""`irtui audit verify`: one verdict on a journal, what it rests on, and what it does not prove."""

import re
from dataclasses import asdict
from pathlib import Path

import click

from irtui.cli import options
from irtui.cli.diagnostics import ExitCode
from irtui.cli.journals import folder_of, named, pasted_anchor
from irtui.cli.opening import home
from irtui.cli.output import Result
from irtui.errors import SettingsError, UsageError
from irtui.text import inert

_LONGEST_NAME = 256
_PUBLIC = re.compile(r"[0-9a-fA-F]{64}")


def _public_keys(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    for key in given:
        if not _PUBLIC.fullmatch(key):
            raise UsageError(
                f"--signer {inert(key, 80)!r} is no public key.", advice="It has 64 hex digits: see `irtui keys show`."
            )
    return given


@click.command()
@click.argument("incident")
@click.option("--allow-open", is_flag=True, help="An incident that is not closed yet is good enough.")
@click.option(
    "--signer",
    "signers",
    multiple=True,
    metavar="HEX",
    callback=_public_keys,
    help="A public key it must be signed by. Without it, those in the settings pin it.",
)
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
    from irtui.journal.verify import COMPLETE, NOT_A_JOURNAL, NOT_CLOSED
    from irtui.journal.verify import verify as whole
    from irtui.journal.verify_chain import verify_chain
    from irtui.report.unbundle import NotABundle, is_bundle

    path = named(incident)
    if events and is_bundle(path):
        raise UsageError("CloudTrail is joined with a folder, not with a bundle.", advice="Unpack it and verify that.")
    folder = folder_of(incident) if events else path
    known, unread = _known()
    asked = "" if Path(incident).exists() else path.name
    notes = [*checkpoints, *(text for text in pasted if len(text) < _LONGEST_NAME and Path(text).is_file())]
    anchors = [pasted_anchor(text) for text in pasted if text not in notes]
    if asked:
        anchors += named_by_others(path)
    try:
        found, (said, told) = verified_against(
            path, notes, door_to(profile, region, endpoint_url), SystemClock(), verify_chain if chain else whole,
            incident=asked, signers=signers or None, known=known, anchors=anchors,
        )  # fmt: skip
    except NotABundle as trap:
        words = f"{NOT_A_JOURNAL}: {trap.message}"
        return Result({"verdict": NOT_A_JOURNAL, "why": trap.message}, inert(words, 600), ExitCode.NOT_VERIFIED)
    good = not found.around and (found.verdict == COMPLETE or (allow_open and found.verdict == NOT_CLOSED))
    data = {
        "verdict": found.verdict, "incident": found.incident,
        "mode": found.mode, "records": found.records, "at": found.at, "why": found.why,
        "notes": list(found.notes), "signer": found.signer, "pinned": found.pinned, "closed": found.closed,
        "head": found.head, "anchored": found.anchored, "checkpoints": told, "unproven": list(found.unproven),
        "removed": [asdict(one) for one in found.removed], "around": list(found.around),
        "pinned_by": known.get(found.signer, "") if found.pinned else "",
    }  # fmt: skip
    seen = witness(folder, events) if events else None
    if seen:
        data["cloudtrail"] = witness_data(seen)
        good = good and seen.agrees
    pinned = "pinned" if found.pinned else "not pinned: compare it with the operator's"
    if data["pinned_by"]:
        pinned = f"pinned: {inert(data['pinned_by'], 80)}, by the settings"
    text = [
        inert(found.words),
        f"  mode     {inert(found.mode) or '?'}",
        f"  records  {found.records}",
        f"  signer   {inert(found.signer) or 'none'}  ({pinned})",
        *(f"  checkpoint  {inert(each, 600)}" for each in said),
        *([f"  anchored to #{found.anchored}"] if found.anchored else []),
        *(witness_lines(seen) if seen else []),
        *(f"  bundle   {inert(each, 200)}" for each in found.around),
        *(f"  note     {inert(note)}" for note in (*unread, *found.notes)),
        *(["  not proven:"] if found.unproven else []),
        *(f"    {inert(each)}" for each in found.unproven),
    ]
    return Result(data, "\n".join(text), ExitCode.DONE if good else ExitCode.NOT_VERIFIED)


def _known() -> tuple[dict[str, str], tuple[str, ...]]:
    """Public keys by the settings, each with its name; settings that cannot be read stop nobody from verifying."""
    from irtui.settings.load import load_settings

    try:
        return {key.hex(): name for name, key in load_settings(home().settings).signers.items()}, ()
    except SettingsError as error:
        return {}, (f"whom the settings name as signers is not known: {error.message}",)
