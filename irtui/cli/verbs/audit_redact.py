"""`irtui audit redact`: removes what somebody typed, after the close."""

import click

from irtui.cli import options
from irtui.cli.opening import Session
from irtui.cli.output import Result


@click.command()
@click.argument("incident")
@click.option("--record", type=click.IntRange(min=1), required=True, metavar="NUMBER", help="The record it stands in.")
@click.option("--because", required=True, metavar="TEXT", help="Why, without repeating it: this is signed and stays.")
@click.option("--key", type=click.Choice(["keyring", "passphrase-file"]), help="Your long-term key. [the incident's]")
@options.output
@options.signs
@click.pass_obj
def redact(
    session: Session, incident: str, record: int, because: str, key: str | None, no_color: bool, ascii_only: bool
) -> Result:
    """Remove for good what somebody typed in a record of INCIDENT, which is closed: a name, a secret.

    Shows the text and asks for the record's number to be typed. The journal stays whole: it holds only a commitment to
    the text. Who removed it, when and why is signed, and shown in its place.
    """
    from irtui.cli import redacting

    return redacting.redact(session, incident, record, because, key=key or "", ascii_only=ascii_only)
