"""Leaving and closing: what is still open, what the rehearsal's judge says, what to do next."""

from typing import Protocol

from irtui.desk.worlds import WORLD_IDLE
from irtui.gameday.score import Score
from irtui.model.incident import IncidentState, StepStatus
from irtui.report.debrief import summary
from irtui.tui.present.lines import EMPTY, Line, clock_time, counted, labelled, say, section
from irtui.tui.present.steps import containment, title


class Judged(Protocol):
    """The members of a game day's objective that are shown."""

    @property
    def text(self) -> str: ...
    @property
    def met(self) -> bool: ...
    @property
    def detail(self) -> str: ...


def leaving_lines(state: IncidentState, busy: str) -> tuple[Line, ...]:
    doubtful = [step for step in state.steps if step.status is StepStatus.IN_DOUBT]
    return (
        say(f"The incident stays open: irtui resume {state.id}"),
        *((say(f"Its world waits {WORLD_IDLE // 3600} h; irtui incidents end-worlds ends it.", "dim"),)
          if state.mode == "rehearsal" else ()),
        EMPTY,
        *((labelled("running", f"{busy} (its outcome is still recorded)", "warn"), EMPTY) if busy else ()),
        *section(
            "Still settling: nobody looks a second time while you are away",
            (
                (("~ ", "warn"), (f"{step.number} {title(step)}", ""),
                 (f"  due {clock_time(step.settle_at)}" if step.settle_at else "", "dim"))
                for step in state.settling
            ),
        ),
        *section("In doubt: resume looks at these first", (say(f"! {s.number} {title(s)}", "bad") for s in doubtful)),
        say(f"{counted(len(state.open_steps), 'step')} open, account is {containment(state)}", "dim"),
    )  # fmt: skip


def ended_lines(state: IncidentState, objectives: tuple[Judged, ...], score: Score | None = None) -> tuple[Line, ...]:
    """After the close record."""
    verdict_role = "good" if state.contained == "contained" else "bad"
    return (
        labelled("account", containment(state), verdict_role),
        labelled("steps", ", ".join(f"{count} {word}" for word, count in _counts(state))),
        labelled("journal", f"{counted(state.records, 'record')}, signed with a {state.key_kind} key"),
        EMPTY,
        *section(
            "What the rehearsal shows",
            (
                ((" met    " if goal.met else " missed ", "good" if goal.met else "bad"), (goal.text, ""),
                 (f"  {goal.detail}" if goal.detail else "", "dim"))
                for goal in objectives
            ),
        ),
        *_scored(state, score),
        say(f"irtui audit verify {state.id}", "dim"),
        say(f"irtui audit export {state.id} --format markdown", "dim"),
    )  # fmt: skip


def _scored(state: IncidentState, score: Score | None) -> tuple[Line, ...]:
    if score is None:
        return ()
    later = say(f"d reads the debrief; later: irtui incidents debrief {state.id}", "dim")
    return (*section("Score", map(say, summary(score))), later)


def _counts(state: IncidentState) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for step in state.steps:
        counts[str(step.status)] = counts.get(str(step.status), 0) + 1
    return sorted(counts.items(), key=lambda pair: -pair[1])
