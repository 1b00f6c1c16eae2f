"""The debrief of a rehearsal as Markdown: a page that a facilitator can read out.

Rules: times are since the operator came in. Everything that a scenario, a runbook, AWS or a person said stands in
code spans, inert. Praise and blame are computed: each sentence stands on a number of the score.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from irtui.clock import rfc3339
from irtui.gameday.acts import Act
from irtui.gameday.score import Score
from irtui.report.markdown import code, table

_LIMITS = (
    "The adversary is a script: it tries what the scenario lists and nothing else. That it was cut off says that these "
    "ways are closed, not that no other was open.",
    "Steps that rest on a person's word (manual work) were taken as stated.",
    "Time is the scenario's: waiting was jumped over, and nobody was woken at night.",
)


def debrief(score: Score) -> str:
    """The whole page, ending in a line feed."""
    parts = [
        f"# Debrief: {code(score.title)}",
        _verdict(score),
        _section("Objectives", _objectives(score)),
        _section("What the adversary could still do", _ways(score)),
        _section("What went well", _bullets(well(score), "Nothing that the score can show.")),
        _section("What did not", _bullets(badly(score), "Nothing that the score can show.")),
        _section("Guards", _guards(score)),
        _section("The room", _room(score)),
        _section("What the simulation cannot show", _limits(score)),
    ]
    return "\n\n".join(parts) + "\n"


def clock(seconds: float) -> str:
    """`+0:05:10`: since the operator came in."""
    whole = round(abs(seconds))
    return f"{'-' if seconds < 0 else '+'}{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def summary(score: Score) -> tuple[str, ...]:
    """The numbers, one a line; nothing foreign in them."""
    first = clock(score.first_containment) if score.first_containment is not None else "never"
    missed = len(score.missed) if score.looked else "unknown"
    full = clock(score.full_containment) if score.full_containment is not None else "never"
    return (
        f"first containment {first} · full containment {full} · closed {clock(score.lasted)}",
        f"the adversary succeeded {sum(act.successes for act in score.acts)} times, was refused "
        f"{sum(act.denials for act in score.acts)} times · credentials missed {missed}",
        f"collateral {sum(score.collateral.values())} · changed before it was kept {len(score.unkept)} · guards "
        f"tripped {len(score.guards)} · hints {score.count('hint')} · pauses {score.count('pause')}",
    )


def well(score: Score) -> Iterator[str]:
    """What went well, in plain words."""
    if score.first_containment is not None:
        yield f"The first containment came at {clock(score.first_containment)}, by step {code(score.first_by)}."
    if score.full_containment is not None:
        yield f"Every way in that the adversary held was closed; its last success was {_last(score)}."
    if not score.unkept and any(act.what == "changed" for act in score.acts):
        yield "Everything that was changed had been kept as evidence first."
    if not sum(score.collateral.values()):
        yield "No legitimate call was refused."
    if score.won and not score.count("hint"):
        yield "No hint was needed."


def badly(score: Score) -> Iterator[str]:
    """What did not go well, in plain words."""
    if score.first_containment is None:
        yield "No change stopped the adversary in anything."
    if score.missed:
        yield f"At the end these still worked: {_codes(score.missed)}."
    for objective in score.objectives:
        if not objective.met:
            yield f"Objective {code(objective.id)} was not met: {code(objective.detail)}."
    first = score.first_containment
    if first is not None and score.last_success is not None and score.last_success > first:
        ways = dict.fromkeys(way for act in score.acts if act.at >= first for way in act.ways)
        until = clock(score.last_success)
        yield f"After the first containment the adversary still got in until {until}, with {_codes(ways)}."
    for step in score.unkept:
        yield f"Step {code(step)} changed something that had not been kept before; nobody can show it any more."
    for actor, count in score.collateral.items():
        yield f"{count} legitimate calls of {code(actor)} were refused."
    alike: dict[str, list[str]] = {}
    for step, reason in score.left_out:
        alike.setdefault(reason, []).append(step)
    for reason, steps in alike.items():
        yield f"Step{'s' if len(steps) > 1 else ''} {_codes(steps)} {_were(len(steps))} skipped: {code(reason)}."
    if score.unfinished:
        yield f"Still open at the close: {_codes(score.unfinished)}."
    if hints := score.count("hint"):
        yield f"{hints} hint{'s' if hints != 1 else ''} {_were(hints)} taken."


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text}"


def _bullets(sentences: Iterator[str], nothing: str) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences) or nothing


def _last(score: Score) -> str:
    if score.last_success is None:
        return "before anybody came in"
    return f"at {clock(score.last_success)}"


def _verdict(score: Score) -> str:
    met = sum(objective.met for objective in score.objectives)
    words = f"{met} of {len(score.objectives)} objectives were met."
    lines = [
        f"**{'WON' if score.won else 'LOST'}.** {words} A rehearsal on a simulated AWS: scenario "
        f"{code(score.scenario)}, incident {code(score.incident)}.",
        f"Times are since the operator came in, at {code(rfc3339(score.began)[:19] + 'Z')}.",
        "\n".join(f"- {line}" for line in summary(score)),
    ]
    return "\n\n".join(lines)


def _objectives(score: Score) -> str:
    if not score.objectives:
        return "None was judged: the world could not be asked."
    rows = [
        (code(one.id), "met" if one.met else "**not met**", code(one.text), code(one.detail))
        for one in score.objectives
    ]
    return table(("Objective", "", "What it asks", "What the judge found"), rows)


def _ways(score: Score) -> str:
    rows = [
        (clock(act.at), done, str(act.successes), str(act.denials), _codes(act.ways) or "–")
        for act, done in _together(score.acts)
    ]
    told = "Each row: what was done, and what the adversary got and was refused from then until the next row."
    ending = (
        f"At the end it could still act with {_codes(score.missed)}."
        if score.missed
        else "At the end nothing it held worked."
    )
    if not score.looked:
        ending = "Nobody knows what it could do at the end."
    heads = ("Since", "The operator", "Successes", "Refusals", "Ways in that worked")
    return f"{told}\n\n{table(heads, rows)}\n\n{ending}"


def _together(acts: tuple[Act, ...]) -> Iterator[tuple[Act, str]]:
    """Each act in words; reads in a row, during which the adversary did nothing, are one row."""
    for quiet, group in groupby(acts, lambda act: act.what == "read" and not act.successes and not act.denials):
        rows = list(group)
        if quiet:
            yield rows[0], f"read: {_codes(dict.fromkeys(act.title for act in rows))}"
        else:
            yield from ((act, _done(act)) for act in rows)


def _done(act: Act) -> str:
    return f"{act.what}: {code(act.title)}" if act.step else "came in; nothing was done yet"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(map(code, names))


def _guards(score: Score) -> str:
    if not score.guards:
        return "No guard asked or refused."
    rows = [
        (clock(one.at), code(one.step), code(one.ruling), code(one.guard), code(one.reason)) for one in score.guards
    ]
    return table(("When", "Step", "Ruling", "Guard", "Why"), rows)


def _room(score: Score) -> str:
    if not score.told:
        return "No inject was told, no hint taken, and nobody paused."
    return table(
        ("When", "What", "Of", "Text"),
        [(clock(one.at), code(one.kind), code(one.of), code(one.text)) for one in score.told],
    )


def _limits(score: Score) -> str:
    lines = [f"- {words}" for words in _LIMITS]
    alike: dict[tuple[str, str], list[str]] = {}
    for limit in score.limits:
        alike.setdefault((limit.label, limit.why), []).append(limit.operation)
    lines += [f"- {code(label)}: {_codes(names)}: {code(why)}" for (label, why), names in alike.items()]
    return "\n".join(lines)
