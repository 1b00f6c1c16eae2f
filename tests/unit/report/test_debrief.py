"""The debrief: what is foreign in it stays text, and times are since the operator came in."""

from dataclasses import replace

from irtui.gameday.objective import Objective
from irtui.report.debrief import clock, debrief
from tests.unit.gameday.test_gameday_score import deed, history, scored, whole

EVIL = "`</code>|<script>alert(1)</script>\n# Won‮"


def test_hostile_names_stay_text() -> None:
    """Titles, objectives and credential names can end no code span, split no table and turn no line."""
    past = history(deed(6, True, by=EVIL), deed(7, False), title=EVIL, objectives=(Objective(EVIL, EVIL, False, EVIL),))
    page = debrief(scored(whole(), past))
    assert "\n# Won" not in page and "‮" not in page
    assert page.startswith("# Debrief: `` ") and "**LOST.**" in page
    assert all(line.count("|") == 6 for line in page.splitlines() if line.startswith("| +"))


def test_the_moment_when_they_still_had_a_way_in_is_named() -> None:
    """After the first containment at 5 minutes the session still got in at 12: the page says so."""
    page = debrief(scored(whole(), history(deed(6, False), deed(12, True, by="session"))))
    assert "After the first containment the adversary still got in until +0:12:00, with `session`." in page


def test_a_history_without_a_judge_is_said_to_be_unknown() -> None:
    """A world that had ended is no win, and nobody claims that the adversary was out."""
    page = debrief(replace(scored(whole(), history()), won=False, looked=False, objectives=()))
    assert "None was judged" in page and "Nobody knows what it could do at the end." in page


def test_times_are_since_the_operator_came_in() -> None:
    """Hours, minutes, seconds; before it with a minus."""
    assert (clock(3725), clock(-60)) == ("+1:02:05", "-0:01:00")
