"""The game day: its score, its objectives, and what went well and what did not."""

from collections.abc import Iterable

from irtui.gameday.score import Score
from irtui.report.debrief import badly, clock, well
from irtui.report.debrief import summary as numbers
from irtui.report.dossier import Dossier
from irtui.report.html.elements import Markup, bullets, code, el, joined, pill, section, spans, table


def game(found: Dossier) -> tuple[Markup, ...]:
    """Nothing where there is no score."""
    score = found.score
    if score is None:
        return ()
    met = sum(objective.met for objective in score.objectives)
    return (
        section(
            "The game day",
            el(
                "p",
                pill("WON", "good") if score.won else pill("LOST", "bad"),
                f" {met} of {len(score.objectives)} objectives were met. Scenario ",
                code(score.scenario),
                ": ",
                score.title,
            ),
            bullets(numbers(score)),
            _objectives(score),
            el(
                "div",
                el("div", el("h3", "What went well"), _sentences(well(score))),
                el("div", el("h3", "What did not"), _sentences(badly(score))),
                cls="two",
            ),
            _missed(score),
            _limits(score),
            id_="game",
        ),
    )


def _sentences(sentences: Iterable[str]) -> Markup:
    said = [spans(sentence) for sentence in sentences]
    return bullets(said) if said else el("p", "Nothing that the score can show.", cls="dim")


def _objectives(score: Score) -> Markup:
    if not score.objectives:
        return el("p", "None was judged: the world could not be asked.")
    rows = (
        (pill("met", "good") if one.met else pill("not met", "bad"), one.text, one.detail) for one in score.objectives
    )
    return table(("", "Objective", "What the judge found"), rows)


def _missed(score: Score) -> Markup:
    if not score.looked:
        return el("p", "Nobody knows what the adversary could do at the end.")
    if not score.missed:
        return el("p", "At the end nothing that the adversary held worked.")
    ways = joined([code(way) for way in score.missed], ", ")
    return el("p", pill("Still open", "bad"), " At the end the adversary could act with ", ways, ".")


def _limits(score: Score) -> Markup:
    told = [joined([code(one.kind), " ", clock(one.at), " ", one.text]) for one in score.told]
    guards = [
        joined([clock(one.at), " ", pill(one.ruling.lower(), "warn"), code(one.guard), " ", one.step, ": ", one.reason])
        for one in score.guards
    ]
    limits = [joined([code(limit.operation), f" {limit.label}: ", limit.why]) for limit in score.limits]
    return joined(
        [
            _folded(f"Guards that asked or refused: {len(guards)}", guards),
            _folded(f"The room: {len(told)} injects, hints and pauses", told),
            _folded(f"What the simulation cannot show: {len(limits)} operations", limits),
        ]
    )


def _folded(title: str, items: list[Markup]) -> Markup:
    return el("details", el("summary", title), bullets(items)) if items else Markup("")
