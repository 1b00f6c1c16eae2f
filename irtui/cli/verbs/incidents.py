"""`irtui incidents`: what was opened on this machine, and what came of it."""

from pathlib import Path

import click

from irtui.cli import family, options, present
from irtui.cli.opening import Session, home
from irtui.cli.output import Result, table
from irtui.text import inert


@click.group()
def incidents() -> None:
    """List, show, debrief, hand over and close incidents."""


@incidents.command("list")
@options.output
def list_() -> Result:
    """Every incident on this machine, newest first."""
    from irtui.desk.catalogue import incident_entries
    from irtui.desk.worlds import told

    entries = [told(home(), entry) for entry in incident_entries(home())]
    data = [
        {
            "id": entry.id, "mode": entry.mode, "runbook": entry.runbook, "title": entry.title,
            "account": entry.account, "opened": entry.opened, "operator": entry.operator,
            "status": entry.status, "contained": entry.contained,
            "records": entry.records, "path": str(entry.path), "why": entry.why, "waits_for": entry.waits_for,
            "writer": entry.writer,
        }
        for entry in entries
    ]  # fmt: skip
    rows = [
        (
            entry.id,
            entry.mode,
            entry.status,
            entry.contained,
            entry.account,
            entry.opened[:16],
            entry.runbook,
            entry.why or entry.hands,
        )
        for entry in entries
    ]
    heads = ("ID", "MODE", "STATUS", "CONTAINED", "ACCOUNT", "OPENED", "RUNBOOK", "")
    return Result(data, table(rows, heads) if rows else "No incidents.")


@incidents.command()
@click.argument("incident")
@options.output
def show(incident: str) -> Result:
    """Where INCIDENT stands, as its journal tells it."""
    from irtui.desk.recorded import family_in, folded
    from irtui.engine.machine import current_step
    from irtui.journal.read import read_records

    folder = home().incident(incident)
    records = read_records(folder)
    state = folded(folder, records)
    tree = family_in(folder, records)
    shown = ["FAMILY TREE", *family.tree(tree), ""] if tree is not None else []
    steps = present.overview(state, current_step(state))
    text = "\n".join([present.banner(state), "", *steps, "", *shown, f"  {folder}"])
    return Result({**present.state_data(state), "family": tree, "path": str(folder)}, text)


@incidents.command()
@click.argument("incident")
@options.output
def debrief(incident: str) -> Result:
    """The debrief of INCIDENT, a closed rehearsal, as Markdown to read out; -o json gives the score."""
    from irtui.desk.scoring import scored
    from irtui.gameday.score import as_data
    from irtui.report.debrief import debrief as written

    found = scored(home().incident(incident))
    return Result(as_data(found), written(found).rstrip("\n"))


@incidents.command()
@click.argument("incident")
@click.option("--reason", default="", help="Why it ends with steps open; asked for when it is needed.")
@options.account
@options.face
@click.pass_obj
def close(
    session: Session,
    incident: str,
    reason: str,
    profile: str,
    key: str | None,
    plain: bool,
    no_color: bool,
    ascii_only: bool,
) -> Result:
    """End INCIDENT for good: its key is destroyed and its journal is complete. Asks for its id to be typed."""
    from irtui.cli import sitting

    return sitting.close_incident(session, incident, reason, profile=profile, key=key or "", ascii_only=ascii_only)


@incidents.command("end-worlds")
@click.argument("names", nargs=-1, metavar="[INCIDENT]...")
@options.output
def end_worlds(names: tuple[str, ...]) -> Result:
    """End the simulated worlds of rehearsals that were left; all in which nobody sits without a name.

    What was left so cannot go on, and is lost when it is closed. Each takes about 130 MB, and ends by itself four hours
    after the last request.
    """
    from irtui.desk.worlds import end

    ended = end(home(), tuple(name.upper() for name in names))
    return Result(list(ended), "\n".join(f"{inert(name)}  its world has ended" for name in ended) or "None runs.")


@incidents.command()
@click.argument("incident")
@click.option("--to", default="", help="Who goes on with it.")
@click.option("--to-key", default="", help="The next one's long-term public key (irtui keys show); no other may go on.")
@click.option("--reason", default="", help="A word for the journal.")
@click.option("--bundle", type=click.Path(dir_okay=False, path_type=Path), help="To another machine: the file to make.")
@options.account
@options.output
@click.pass_obj
def handover(
    session: Session, incident: str, to: str, to_key: str, reason: str, bundle: Path | None, profile: str,
    key: str | None,
) -> Result:  # fmt: skip
    """Sign INCIDENT off: its key is destroyed, and the next one signs on with their own key and AWS identity.

    On this machine they resume it. With --bundle it moves to another machine, which receives the file, and cannot go on
    here.
    """
    from irtui.cli import handing

    return handing.hand_over(incident, to=to, to_key=to_key, reason=reason, bundle=bundle, key=key or "")


@incidents.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@options.account
@options.output
@click.pass_obj
def receive(session: Session, file: Path, profile: str, key: str | None) -> Result:
    """Take over an incident from another machine: FILE is verified, and you sign on."""
    from irtui.cli import handing

    return handing.receive(session, file, profile=profile, key=key or "")


@incidents.command()
@click.argument("incident")
@click.option("--reason", required=True, help="Why it is taken from the process that has it.")
@options.account
@options.face
@click.pass_obj
def takeover(
    session: Session, incident: str, reason: str, profile: str, key: str | None, plain: bool, no_color: bool,
    ascii_only: bool,
) -> Result:  # fmt: skip
    """Go on with INCIDENT although another process of this machine has it, and hangs: that one can write no more."""
    from irtui.cli import handing

    return handing.take_over(session, incident, reason, profile=profile, key=key or "", ascii_only=ascii_only)
