"""The command line: finds the verb, runs it, and turns what comes back or is raised into output and an exit code.

Rules: a verb's module is imported when it is asked for. A verb returns a `Result` and prints nothing but talk; every
error leaves through here, so that `-o json` always has its one object and no traceback ever reaches the screen.
"""

import importlib
import sys
from collections.abc import Sequence

import click

from irtui import __version__, errors
from irtui.cli import diagnostics, options, output
from irtui.cli.diagnostics import ExitCode
from irtui.cli.opening import Screen, Session, home, no_screen

_VERBS = {
    "run": "run",
    "resume": "run",
    "rehearse": "rehearse",
    "runbooks": "runbooks",
    "scenarios": "scenarios",
    "actions": "actions",
    "incidents": "incidents",
    "approve": "approve",
    "audit": "audit",
    "trail": "trail",
    "keys": "keys",
    "doctor": "doctor",
    "completion": "completion",
}
"""Verb → module in `irtui.cli.verbs`; the command has the verb's name there."""


_EXIT_CODES = (
    "Exit codes: 0 done, 1 a step failed or findings exist, 2 usage, 3 runbook or settings invalid, 4 credentials, "
    "5 refused or declined, 6 audit verification failed, 7 signing key unavailable, 8 not simulated, 70 a bug, "
    "130 interrupted."
)


class Verbs(click.Group):
    """Loads a verb's module when the verb is named; `--help` loads them all, they are light."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        module = importlib.import_module(f"irtui.cli.verbs.{_VERBS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.command(
    cls=Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EXIT_CODES,
)
@click.version_option(__version__, message="irtui %(version)s")
@options.runbooks
@options.signs
@click.pass_context
def cli(ctx: click.Context, runbooks: tuple[str, ...], no_color: bool, ascii_only: bool) -> output.Result | None:
    """Guarded incident response for AWS accounts. Without a command: the TUI."""
    if ctx.invoked_subcommand:
        return None
    from irtui.cli import screen

    session: Session = ctx.obj
    return screen.draw(session, runbooks=runbooks, no_color=no_color, ascii_only=ascii_only)


def run(arguments: Sequence[str], *, screen: Screen = no_screen, removed: tuple[str, ...] = ()) -> int:
    """Runs one command line and returns its exit code. `screen` opens the TUI; `removed` names what left the
    environment.
    """
    as_json = output.wants_json(arguments)
    try:
        result = cli.main(
            list(arguments), prog_name="irtui", standalone_mode=False, obj=Session(as_json, removed, screen)
        )
        # click returns a bare code for --help and --version.
        found = result if isinstance(result, output.Result) else output.Result()
        output.emit(found, as_json)
        return found.code
    except click.Abort as abort:
        interrupted = isinstance(abort.__cause__, KeyboardInterrupt)
        code = ExitCode.INTERRUPTED if interrupted else ExitCode.REFUSED
        return _failed(errors.Declined("interrupted" if interrupted else "the input ended"), code, as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        diagnostics.print_to(sys.stderr, error.format_message())
        return ExitCode.USAGE
    except click.ClickException as error:
        return _failed(_usage(error), ExitCode.USAGE, as_json)
    except errors.IrtuiError as error:
        return _failed(error, diagnostics.exit_code(error), as_json)
    except Exception as error:  # the last stop: a bug is said without a traceback on the screen
        return _failed(diagnostics.bug(error, home().log), ExitCode.BUG, as_json)


def _failed(error: errors.IrtuiError, code: ExitCode, as_json: bool) -> int:
    if as_json:
        output.print_object(False, None, diagnostics.as_data(error, code))
    else:
        diagnostics.say(error, sys.stderr)
    return code


def _usage(error: click.ClickException) -> errors.IrtuiError:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "irtui"
    return errors.UsageError(error.format_message(), title="Usage", advice=f"See {path} --help.")
