"""`irtui rehearse`: the same walk on the simulated AWS."""

import click

from irtui.cli import options, screen
from irtui.cli.opening import Session
from irtui.cli.output import Result, table
from irtui.errors import UsageError


@click.command()
@click.argument("scenario", default="leaked-key", shell_complete=lambda ctx, param, incomplete: _names(incomplete))
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Which of the scenario's worlds.")
@click.option("--auto", is_flag=True, help="The scenario's scripted operator plays; the walk is printed.")
@click.option("--play", metavar="naive|nothing|…", help="Like --auto, but in a way of the scenario that should lose.")
@click.option("--fidelity", is_flag=True, help="How exactly each operation is simulated; plays nothing.")
@click.option("-i", "inputs", multiple=True, metavar="NAME=VALUE", help="An input of the runbook; may be repeated.")
@click.option(
    "--endpoint-url",
    metavar="URL",
    help="Play it on another AWS emulator on this machine (http://127.0.0.1:4566), which keeps what is made there.",
)
@click.option("--runbook", default="", help="Another runbook than the scenario's: a name or a path.")
@options.runbooks
@options.scenarios
@options.face
@click.pass_obj
def rehearse(
    session: Session,
    scenario: str,
    seed: int,
    auto: bool,
    play: str | None,
    fidelity: bool,
    inputs: tuple[str, ...],
    endpoint_url: str | None,
    runbook: str,
    runbooks: tuple[str, ...],
    scenarios: tuple[str, ...],
    plain: bool,
    no_color: bool,
    ascii_only: bool,
) -> Result:
    """Play SCENARIO (a name or a path) on the simulated AWS.

    It needs no account and touches none. With --auto or --play it exits 0 when every objective is met, else 1.
    """
    if fidelity:
        return _fidelity()
    if auto and play:
        raise click.UsageError("--auto and --play are two ways to play; choose one")
    if endpoint_url == "":  # a variable that was not set must not choose another world
        raise click.UsageError("--endpoint-url is empty")
    installed()
    from irtui.desk.nouns import Request

    given = options.pairs(inputs)
    by_itself = auto or play is not None
    request = Request(
        "rehearsal", runbook, scenario, inputs=given, seed=seed, endpoint_url=endpoint_url or "", hurry=by_itself
    )
    if not by_itself and screen.wanted(session, plain):
        return screen.draw(
            session, runbooks=runbooks, scenarios=scenarios, request=request, no_color=no_color, ascii_only=ascii_only
        )
    from irtui.cli import sitting

    if by_itself:
        return sitting.play(
            session, request, runbooks=runbooks, scenarios=scenarios, ascii_only=ascii_only, play=play or ""
        )
    return sitting.open_request(session, request, runbooks=runbooks, scenarios=scenarios, ascii_only=ascii_only)


def installed() -> None:
    """Raises UsageError where the simulated AWS is missing."""
    from importlib.util import find_spec

    if find_spec("moto") is None or find_spec("flask") is None:
        raise UsageError(
            "The simulated AWS is not installed.", title="No rehearsal", advice="pipx install 'irtui[rehearse]'"
        )


def _fidelity() -> Result:
    from irtui.desk.fidelity import fidelities

    rows = fidelities()
    data = [{"operation": row.operation, "label": row.label, "why": row.why} for row in rows]
    return Result(data, table([(row.operation, row.label, row.why) for row in rows], ("OPERATION", "IS", "WHY")))


def _names(incomplete: str) -> list[str]:
    from irtui.gameday.scenario import scenario_names

    return [name for name in scenario_names() if name.startswith(incomplete)]
