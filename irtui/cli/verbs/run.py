"""`irtui run` and `irtui resume`: a real incident, or one that was left."""

import click

from irtui.cli import options, screen
from irtui.cli.opening import Session
from irtui.cli.output import Result


@click.command()
@click.argument("runbook", shell_complete=lambda ctx, param, incomplete: _names(incomplete))
@click.option("-i", "inputs", multiple=True, metavar="NAME=VALUE", help="An input of the runbook; may be repeated.")
@click.option("--incident", default="", help="Go on with this incident instead of opening a new one.")
@click.option("--account", default="", help="The account it must be, twelve digits; another one is refused.")
@click.option("--read-only", is_flag=True, help="Look, and change nothing.")
@click.option("--region", default="", help="AWS Region.")
@options.account
@options.runbooks
@options.face
@click.pass_obj
def run(
    session: Session,
    runbook: str,
    inputs: tuple[str, ...],
    incident: str,
    account: str,
    read_only: bool,
    profile: str,
    region: str,
    key: str | None,
    runbooks: tuple[str, ...],
    plain: bool,
    no_color: bool,
    ascii_only: bool,
) -> Result:
    """Open an incident on your AWS account.

    RUNBOOK is a name or a path. Changes stay locked until you type the account's last four digits.
    """
    from irtui.desk.nouns import Request

    if incident:
        return _go_on(session, incident, profile, key, plain, no_color, ascii_only)
    request = Request(
        "real",
        runbook,
        profile=profile,
        region=region,
        account=account,
        inputs=options.pairs(inputs),
        key=key or "",
        read_only=read_only,
    )
    if screen.wanted(session, plain):
        return screen.draw(session, runbooks=runbooks, request=request, no_color=no_color, ascii_only=ascii_only)
    from irtui.cli import sitting

    return sitting.open_request(session, request, runbooks=runbooks, ascii_only=ascii_only)


@click.command()
@click.argument("incident", default="")
@options.account
@options.face
@click.pass_obj
def resume(
    session: Session,
    incident: str,
    profile: str,
    key: str | None,
    plain: bool,
    no_color: bool,
    ascii_only: bool,
) -> Result:
    """Go on with an incident that was left.

    INCIDENT is an id or its beginning; without one, the newest that is open.
    """
    return _go_on(session, incident, profile, key, plain, no_color, ascii_only)


def _go_on(
    session: Session, incident: str, profile: str, key: str | None, plain: bool, no_color: bool, ascii_only: bool
) -> Result:
    if screen.wanted(session, plain):
        return screen.draw(
            session, incident=incident, profile=profile, key=key or "", no_color=no_color, ascii_only=ascii_only
        )
    from irtui.cli import sitting

    return sitting.open_incident(session, incident, profile=profile, key=key or "", ascii_only=ascii_only)


def _names(incomplete: str) -> list[str]:
    from irtui.runbook.library import Library

    return [name for name in Library(()).names() if name.startswith(incomplete)]
