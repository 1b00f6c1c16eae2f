"""Options that several verbs share, each said once."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def output(command: Command) -> Command:
    """`-o json`. The value is read from the arguments before parsing, see `output.wants_json`."""
    return click.option(
        "-o", "--output", type=click.Choice(["text", "json"]), default="text", expose_value=False,
        help="text, or one JSON object on stdout.",
    )(command)  # fmt: skip


def runbooks(command: Command) -> Command:
    """`--runbooks`: those given before the verb count too."""
    return click.option(
        "--runbooks", type=click.Path(file_okay=False, exists=True), multiple=True, help="More runbooks, from DIR.",
        callback=_and_before,
    )(command)  # fmt: skip


def _and_before(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    root = context.find_root()
    return given if context is root else (*root.params.get("runbooks", ()), *given)


def scenarios(command: Command) -> Command:
    return click.option(
        "--scenarios", type=click.Path(file_okay=False, exists=True), multiple=True, help="More scenarios, from DIR."
    )(command)


def face(command: Command) -> Command:
    """How it is shown."""
    return output(click.option("--plain", is_flag=True, help="Line by line, nothing is redrawn.")(signs(command)))


def signs(command: Command) -> Command:
    """What the face may draw with."""
    colour = click.option("--no-color", is_flag=True, help="No colour (NO_COLOR does the same).")
    return colour(click.option("--ascii", "ascii_only", is_flag=True, help="ASCII signs only.")(command))


def account(command: Command) -> Command:
    """Who acts, and with which signing key."""
    for option in (
        click.option(
            "--key", type=click.Choice(["keyring", "passphrase-file", "ephemeral"]), default=None,
            help="The signing key; without it the keyring's, or a question.",
        ),
        click.option("--profile", default="", help="AWS profile."),
    ):  # fmt: skip
        command = option(command)
    return command


def aws(command: Command) -> Command:
    """Where AWS is read, for a verb that can do without."""
    for option in (
        click.option("--endpoint-url", default="", help="An emulator of AWS on this machine."),
        click.option("--region", default="", help="AWS Region."),
        click.option("--profile", default="", help="AWS profile."),
    ):
        command = option(command)
    return command


def pairs(values: tuple[str, ...]) -> dict[str, str]:
    """`name=value` arguments as a mapping. Raises click's usage error."""
    found: dict[str, str] = {}
    for value in values:
        name, equals, rest = value.partition("=")
        if not equals or not name:
            raise click.UsageError(f"-i takes name=value, not {value!r}")
        if name in found:
            raise click.UsageError(f"-i {name} was given twice")
        found[name] = rest
    return found
