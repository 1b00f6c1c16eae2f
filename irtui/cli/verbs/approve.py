"""`irtui approve`: the second person's answer, made on another machine with another key."""

from pathlib import Path

import click

from irtui.cli import options, screen
from irtui.cli.opening import Session, open_desk
from irtui.cli.output import Result
from irtui.text import inert


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Where the answer is put.")
@options.account
@options.output
@options.signs
@click.pass_obj
def approve(
    session: Session, file: Path, out: Path | None, profile: str, key: str | None, no_color: bool, ascii_only: bool
) -> Result:
    """Answer a colleague's request for approval.

    FILE is the request. Shows exactly what is planned, asks for a typed confirmation, and writes a signed approval to
    send back. Nothing is sent to AWS but the question who you are.
    """
    from irtui.cli import approving

    desk = open_desk()
    screen.say_removed(session, "real")
    asked, answer = approving.ask(session, desk, file, profile=profile, key=key or "", ascii_only=ascii_only)
    path = approving.written(out or asked.answer, answer)
    request = asked.request
    data = {
        "incident": request.incident, "step": request.step, "digest": request.digest, "request": request.id,
        "approver": asked.me.as_data(), "key": approving.key_of(answer), "path": str(path),
    }  # fmt: skip
    lines = (
        f"approved   {inert(request.incident)} {inert(request.step)}",
        f"  send back  {inert(str(path), 4096)}",
        f"  your key   {data['key']}",
    )
    return Result(data, "\n".join(lines))
