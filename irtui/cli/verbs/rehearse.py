"""`irtui rehearse`: the same walk on the simulated AWS."""

import click

from irtui.cli import options, screen
from irtui.cli.opening import Session
from irtui.cli.output import Result
from irtui.errors import UsageError


@click.command()
@click.argument("scenario", default="leaked-key", shell_complete=lambda ctx, param, incomplete: _names(incomplete))
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Which of the scenario's worlds.")
@click.option("--auto", is_flag=True, help="The scenario's scripted operator plays; the walk is printed.")
@click.option("-i", "inputs", multiple=True, metavar="NAME=VALUE", help="An input of the runbook; may be repeated.")
@click.option("--runbook", default="", help="Another runbook than the scenario's: a name or a path.")
@options.runbooks
@options.face
@click.pass_obj
def rehearse(
    session: Session,
    scenario: str,
    seed: int,
    auto: bool,
    inputs: tuple[str, ...],
    runbook: str,
    runbooks: tuple[str, ...],
    plain: bool,
    no_color: bool,
    ascii_only: bool,
) -> Result:
    """Play a scenario on the simulated AWS.

    It needs no account and touches none. With --auto it exits 0 when every objective is met, else 1.
    """
    _installed()
    from irtui.desk.nouns import Request

    given = options.pairs(inputs)
    request = Request("rehearsal", runbook, scenario, inputs=given, seed=seed, hurry=auto)
    if not auto and screen.wanted(session, plain):
        return screen.draw(session, runbooks=runbooks, request=request, no_color=no_color, ascii_only=ascii_only)
    from irtui.cli import sitting

    walk = sitting.play if auto else sitting.open_request
    return walk(session, request, runbooks=runbooks, ascii_only=ascii_only)


def _installed() -> None:
    from importlib.util import find_spec

    if find_spec("moto") is None or find_spec("flask") is None:
        raise UsageError(
            "The simulated AWS is not installed.", title="No rehearsal", advice="pipx install 'irtui[rehearse]'"
        )


def _names(incomplete: str) -> list[str]:
    from irtui.gameday.scenario import scenario_names

    return [name for name in scenario_names() if name.startswith(incomplete)]
