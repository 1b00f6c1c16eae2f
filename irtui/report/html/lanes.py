"""The timeline: days, phases, what the responders did and, in a rehearsal, what the adversary did meanwhile.

Rules: every record is a row; calls of the adversary between two records are one row, alike ones counted together. The
adversary's lane comes from the history of the simulated world, which no real incident has.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from irtui.clock import rfc3339
from irtui.gameday.history import Deed
from irtui.report.dossier import Dossier
from irtui.report.html.elements import Markup, code, el, joined, section
from irtui.report.timeline import UNPROVEN, Row, timeline

_QUIET = ("plan", "judge", "not_needed", "items", "evidence", "observe", "run")
_BAD = ("unknown", "fail", "recovered", "takeover")
_ACTS = ("intent", "outcome", "undo", "reconcile")
_BECAME = {"got in": "bad", "refused": "good", "failed": "dim"}


@dataclass(frozen=True, slots=True)
class _Moment:
    """One row: a record, or what the adversary did before the next one."""

    t: str
    row: Row | None
    deeds: Sequence[Deed] = ()


def lanes(found: Dossier) -> Markup:
    if not found.records:
        return section("Timeline", el("p", "No record could be read."), id_="timeline")
    adversary = found.verification.mode == "rehearsal"
    heads = ["UTC", "Record", "Step", "Responders", *(["Adversary"] if adversary else [])]
    body = joined(_rows(found, len(heads)), "\n")
    phases = dict.fromkeys(phase for row in timeline(found.records) if (phase := found.phase(row.step)))
    legend = el("p", *(el("span", phase, cls=f"phase p-{phase}") for phase in phases), cls="legend")
    head = el("thead", el("tr", *(el("th", head, scope="col") for head in heads)))
    lane = el("div", el("table", head, el("tbody", body), cls="lanes"), cls="wide")
    said = "Every record. Times are those of the machine that wrote it"
    said += "; the adversary's come from the simulated world." if adversary else "."
    return section("Timeline", el("p", said, cls="dim"), legend, lane, id_="timeline")


def _rows(found: Dossier, columns: int) -> Iterator[Markup]:
    day = step = who = ""
    for moment in _moments(found):
        if moment.t[:10] != day:
            day, step, who = moment.t[:10], "", ""
            yield el("tr", el("th", day, colspan=str(columns), scope="rowgroup"), cls="day")
        if moment.row is None:
            yield _adversary(moment)
            continue
        yield _record(found, moment.row, columns == 5, moment.row.step != step, moment.row.who != who)
        step, who = moment.row.step, moment.row.who


def _moments(found: Dossier) -> Iterator[_Moment]:
    """Records in their order, and between them the deeds that came before the next one."""
    waiting = list(found.deeds)
    for row in timeline(found.records, found.holds):
        now = datetime.fromisoformat(row.t)
        before = [deed for deed in waiting if deed.at < now]
        if before:
            yield _Moment(rfc3339(before[0].at), None, before)
            waiting = waiting[len(before) :]
        yield _Moment(row.t, row)
    if waiting:
        yield _Moment(rfc3339(waiting[0].at), None, waiting)


def _record(found: Dossier, row: Row, adversary: bool, new: bool, other: bool) -> Markup:
    phase = found.phase(row.step)
    role = (
        "bad"
        if row.what.startswith(UNPROVEN)
        else "quiet"
        if row.type in _QUIET
        else "bad"
        if row.type in _BAD
        else "act"
        if row.type in _ACTS
        else ""
    )
    said = [el("b", row.what), " ", row.detail]
    if row.request_id:
        said += [" ", el("small", "AWS request ", code(row.request_id))]
    cells = [
        el("td", row.t[11:19], cls="at"),
        el("td", f"#{row.seq}", cls="seq"),
        el("td", found.step_words(row.step) if new else "", cls="step"),
        el("td", el("span", row.who, " ", cls="who") if other else "", joined(said), cls="did"),
        el("td") if adversary else "",
    ]
    return el("tr", *cells, cls=f"{role} {f'p-{phase}' if phase else ''}".strip())


def _adversary(moment: _Moment) -> Markup:
    counted = Counter((deed.by, deed.call, deed.code, _became(deed)) for deed in moment.deeds)
    said = [
        el(
            "div", el("b", became, cls=_BECAME[became]), " ", code(call), " with ", code(by), f" {why}" if why else "",
            f" × {count}" if count > 1 else "",
        )
        for (by, call, why, became), count in counted.items()
    ]  # fmt: skip
    last = rfc3339(moment.deeds[-1].at)
    if last[:16] != moment.t[:16]:
        said.append(
            el("div", f"until {last[11:19]}" if last[:10] == moment.t[:10] else f"until {last[:19]}", cls="dim")
        )
    empty = [el("td") for _ in range(3)]
    return el("tr", el("td", moment.t[11:19], cls="at"), *empty, el("td", *said, cls="foe"), cls="foes")


def _became(deed: Deed) -> str:
    return "got in" if deed.ok else "refused" if deed.refused else "failed"
