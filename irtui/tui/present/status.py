"""The run screen's status line: whose turn it is, or what is going on and for how long."""

from irtui.tui.present.lines import Line, say
from irtui.tui.present.result import next_words
from irtui.tui.present.steps import current
from irtui.tui.sitting import Sitting


def status_line(sitting: Sitting) -> Line:
    busy = sitting.busy_words()
    if sitting.leaving and not sitting.ended:
        return (("leaving ", "warn"), (busy or "at the next safe point", ""), (" · q again leaves at once", "dim"))
    if sitting.asking:
        return say("waiting for your answer", "name")
    if sitting.my_turn or sitting.state.closed:
        return say(next_words(sitting.state, sitting.step(current(sitting.state))), "name")
    return (("working ", "warn"), (busy, ""))
