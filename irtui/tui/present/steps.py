"""The step list: phases as headings, each step with a glyph and a word."""

from dataclasses import dataclass

from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.tui.present.lines import Line, clock_time

_GLYPHS = {
    StepStatus.TODO: ("·", "[ ]", "dim"),
    StepStatus.RUNNING: ("▸", "[>]", "warn"),
    StepStatus.DONE: ("✓", "[x]", "good"),
    StepStatus.UNVERIFIED: ("?", "[?]", "warn"),
    StepStatus.SETTLING: ("~", "[~]", "good"),
    StepStatus.REFUTED: ("!", "[!]", "bad"),
    StepStatus.IN_DOUBT: ("!", "[!]", "bad"),
    StepStatus.WAITING: ("…", "[.]", "warn"),
    StepStatus.FAILED: ("✗", "[!]", "bad"),
    StepStatus.SKIPPED: ("–", "[-]", "dim"),
    StepStatus.UNDONE: ("‹", "[<]", "warn"),
    StepStatus.NOT_NEEDED: ("–", "[-]", "dim"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list. `key` is empty for a phase's heading."""

    key: str
    line: Line


def current(state: IncidentState) -> str:
    """Key of the running step, else of the next: the first open one whose needs are met, else the first open."""
    for step in state.steps:
        if step.status is StepStatus.RUNNING:
            return step.key
    for step in state.open_steps:
        if not step.blocked_by:
            return step.key
    return state.open_steps[0].key if state.open_steps else ""


def status_span(step: StepState, *, now: bool, ascii_only: bool) -> tuple[str, str]:
    """Glyph and word, and their role."""
    glyph, plain_glyph, role = _GLYPHS[step.status]
    word = str(step.status)
    if now and step.status is StepStatus.TODO:
        glyph, plain_glyph, role, word = "▸", "[>]", "warn", "now"
    return f"{plain_glyph if ascii_only else glyph} {word:<8}", role


def step_rows(state: IncidentState, *, ascii_only: bool = False) -> tuple[Row, ...]:
    rows: list[Row] = []
    phase, now = "", current(state)
    for step in state.steps:
        if step.step.phase != phase:
            phase = step.step.phase
            rows.append(Row("", ((phase.upper(), "head"),)))
        mark, role = status_span(step, now=step.key == now, ascii_only=ascii_only)
        quiet = step.status in (StepStatus.SKIPPED, StepStatus.NOT_NEEDED)
        title_role = "name" if step.key == now else "dim" if quiet else ""
        line: list[tuple[str, str]] = [(f" {mark} ", role), (f"{step.number} {title(step)}", title_role)]
        if step.items and len(step.items_done) < len(step.items):
            line.append((f" {len(step.items_done)}/{len(step.items)}", "dim"))
        due = step.settle_at if step.status is StepStatus.SETTLING else step.wait_until
        if due is not None and step.status in (StepStatus.SETTLING, StepStatus.WAITING):
            line.append((f" {clock_time(due)}", "dim"))
        rows.append(Row(step.key, tuple(line)))
    return tuple(rows)


def title(step: StepState) -> str:
    return step.title or step.step.title


def counts(state: IncidentState) -> str:
    """`6 open · 1 settling`; settling only where something is."""
    settling = f" · {len(state.settling)} settling" if state.settling else ""
    return f"{len(state.open_steps)} open{settling}"


def containment(state: IncidentState) -> str:
    return containment_words(state.contained)


def containment_words(contained: str) -> str:
    """What is neither contained nor under way has one name on every screen."""
    return "not contained" if contained == "open" else contained
