"""One sitting at an incident in the plain face: the briefing, the walk, and what it came to.

Rules: it is written on stdout, or on stderr when stdout holds JSON. ctrl-c, a termination and a hang-up stop at the
next safe point, see `irtui.cli.interruption`. A visit is always released.
"""

import sys
from typing import TYPE_CHECKING, Any

from irtui.cli import briefing as plain_briefing
from irtui.cli import present
from irtui.cli.asides import Asides
from irtui.cli.diagnostics import ExitCode
from irtui.cli.errands import Closer
from irtui.cli.face import Face
from irtui.cli.interruption import interruptible
from irtui.cli.lines import Lines
from irtui.cli.opening import Session, open_desk
from irtui.cli.output import Result
from irtui.cli.page import Page
from irtui.cli.plain import PlainOperator
from irtui.cli.screen import say_removed
from irtui.desk.handed import handed_on, signed_off
from irtui.desk.nouns import Answers, Request
from irtui.desk.worlds import WORLD_IDLE
from irtui.engine.machine import current_step
from irtui.engine.operator import Operator
from irtui.errors import Declined, Denied
from irtui.gameday.objective import won
from irtui.gameday.score import as_data
from irtui.gameday.scripted import let_pass
from irtui.model.incident import IncidentState, StepStatus
from irtui.report.debrief import summary
from irtui.text import inert

if TYPE_CHECKING:
    from irtui.desk.desk import Desk
    from irtui.desk.visit import Visit


def open_request(
    session: Session,
    request: Request,
    *,
    runbooks: tuple[str, ...],
    scenarios: tuple[str, ...] = (),
    ascii_only: bool,
) -> Result:
    """A new incident or rehearsal."""
    desk = open_desk(runbooks, scenarios)
    say_removed(session, request.mode)
    page, lines = page_of(session, ascii_only), Lines(0)
    with interruptible(lines):
        operator = asking_on(page, lines)
        briefing = desk.brief(request, operator.secret)
        try:
            plain_briefing.show(briefing, page)
            answers = plain_briefing.ask(briefing, page, lines)
            visit = desk.begin(briefing, answers)
        except BaseException:
            desk.abandon(briefing)
            raise
        return walk_by_hand(visit, page, lines)


def open_incident(session: Session, incident: str, *, profile: str, key: str, ascii_only: bool) -> Result:
    """Go on with an incident."""
    desk = open_desk()
    page, lines = page_of(session, ascii_only), Lines(0)
    with interruptible(lines):
        visit = _resumed(desk, incident, profile, key, asking_on(page, lines))
        say_removed(session, visit.mode)
        if (record := handed_on(visit.records())) is not None:
            page.lines("left to you", *present.said(signed_off(record)), "")
        return walk_by_hand(visit, page, lines)


def close_incident(session: Session, incident: str, reason: str, *, profile: str, key: str, ascii_only: bool) -> Result:
    """Looks at what is still due, then closes. Raises Declined when the id is not typed, Denied when it cannot
    close.
    """
    desk, page, lines = open_desk(), page_of(session, ascii_only), Lines(0)
    with interruptible(lines):
        asking = asking_on(page, lines)
        if asking.line(f"Type {incident} to close it for good (empty: no): ") != incident:
            raise Declined("not closed")
        if desk.lost_its_world(incident):
            lost = desk.close_lost(incident, reason or asking.line("Why? "), key=key)
            page.line(f"{inert(lost.id)}  closed · its world had ended, so nothing was judged and nothing is met")
            page.line(f"  irtui incidents debrief {inert(lost.id)}")
            return Result({"incident": lost.id, "state": present.state_data(lost)}, "", ExitCode.FAILED)
        visit = _resumed(desk, incident, profile, key, asking)
        try:
            face = Face(page)
            face.open(visit.state, "")
            state = visit.walk(Closer(face, lines, Asides(visit), reason))
            if not state.closed:
                raise Denied(f"{state.id} stays open.", title="Not closed", advice=f"irtui resume {state.id}")
            return _ended(visit, state, page, judged=False)
        finally:
            visit.release()


def _resumed(desk: "Desk", incident: str, profile: str, key: str, asking: PlainOperator) -> "Visit":
    return desk.resume(incident, profile=profile, key=key, ask_secret=asking.secret)


def play(
    session: Session,
    request: Request,
    *,
    runbooks: tuple[str, ...],
    scenarios: tuple[str, ...] = (),
    ascii_only: bool,
    play: str = "",
) -> Result:
    """A rehearsal played by the scripted operator, or in one of the scenario's plays, its walk printed. Done when
    every objective is met.
    """
    from irtui.cli.tee import Tee
    from irtui.gameday.played import player

    desk, page, lines = open_desk(runbooks, scenarios), page_of(session, ascii_only), Lines(0)
    face = Face(page)
    scripted = player(desk.scenario(request.scenario), play)
    with interruptible(lines):
        briefing = desk.brief(request, lambda prompt: None)
        try:
            plain_briefing.show(briefing, page)
            given = {field.spec.name: field.value for field in briefing.fields if field.value}
            answers = Answers(given, briefing.identity.account[-4:], briefing.default_key)
            visit = desk.begin(briefing, answers)
        except BaseException:
            desk.abandon(briefing)
            raise
        try:
            operator = scripted(visit.clock)
            with interruptible(lines, visit):
                face.open(visit.state, "")
                state = visit.walk(Tee(operator, face))
            if operator.left:
                face.page.line(f"  Left by the script: {inert(operator.left, 400)}")
            return _ended(visit, state, face.page, judged=True)
        finally:
            visit.release()


def walk_by_hand(visit: "Visit", page: Page, lines: Lines) -> Result:
    face = Face(page, visit.fidelity)
    operator: Operator = PlainOperator(face, lines, Asides(visit))
    try:
        with interruptible(lines, visit):
            face.open(visit.state, visit.story)
            state = visit.walk(operator)
        return _ended(visit, state, page, judged=visit.mode == "rehearsal" and state.closed)
    finally:
        visit.release()


def _ended(visit: "Visit", state: IncidentState, page: Page, *, judged: bool) -> Result:
    """What the sitting came to: a step that failed, or an objective that was missed, is a finding.

    Where objectives are judged, a failure that the runbook lets pass is none.
    """
    objectives = visit.objectives() if visit.mode == "rehearsal" else ()
    failed = [step for step in state.steps if step.status is StepStatus.FAILED and not (judged and let_pass(step))]
    page.lines("", *present.overview(state, current_step(state)), "")
    for objective in objectives if judged else ():
        mark = "✔ met     " if objective.met else "✘ NOT MET "
        page.line(f"  {mark} {inert(objective.id):<16} {inert(objective.text)}")
        if objective.detail:
            page.line(f"{'':30}{inert(objective.detail)}")
    score = visit.score()
    if score is not None:
        page.lines("", *(f"  {line}" for line in summary(score)), "")
    ending = "closed" if state.closed else "open"
    page.line(f"{inert(state.id)}  {ending} · containment: {state.contained} · {state.records} records")
    page.line(f"  {visit.folder}")
    if not state.closed:
        page.line(f"  irtui resume {inert(state.id)}")
        if visit.mode == "rehearsal":
            page.line(
                f"  Its world waits {WORLD_IDLE // 3600} h; to end it now: irtui incidents end-worlds {inert(state.id)}"
            )
    elif score is not None:
        page.line(f"  irtui incidents debrief {inert(state.id)}")
    missed = judged and not won(objectives)
    if missed and not objectives:
        page.line("  The scenario has no objective, so nothing was won.")
    data: dict[str, Any] = {
        "incident": state.id,
        "path": str(visit.folder),
        "objectives": [{"id": o.id, "text": o.text, "met": o.met, "detail": o.detail} for o in objectives],
        "score": as_data(score) if score is not None else None,
        "state": present.state_data(state),
    }
    return Result(data, "", ExitCode.FAILED if failed or missed else ExitCode.DONE)


def page_of(session: Session, ascii_only: bool) -> Page:
    return Page(sys.stderr if session.json else sys.stdout, ascii_only=ascii_only)


def asking_on(page: Page, lines: Lines) -> PlainOperator:
    """Before there is a visit: only for secrets."""
    return PlainOperator(Face(page), lines, Asides())
