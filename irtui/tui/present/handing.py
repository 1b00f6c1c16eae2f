"""An incident changes hands: what is left open, what was signed off, who has it."""

from collections.abc import Iterable, Iterator

from irtui.desk.handed import Handed, Parting, Said, left_open, signing_off
from irtui.model.incident import IncidentState
from irtui.tui.present.errors import error_lines
from irtui.tui.present.lines import EMPTY, Line, labelled, say
from irtui.tui.present.steps import containment_words

_WIDTH = 12


def parting_lines(state: IncidentState, busy: str) -> tuple[Line, ...]:
    """Before the sign-off: what it does, and what the next one has to decide."""
    return (
        say("You sign off: your key of this incident is destroyed. The next one signs on with their own."),
        EMPTY,
        *((labelled("running", f"{busy} (its outcome is still recorded)", "warn", _WIDTH),) if busy else ()),
        *said_lines(left_open(signing_off(Parting(), state))),
        labelled("unanchored", f"since #{state.told + 1} (f in the run screen gives the line to paste)", "", _WIDTH),
    )


def handed_lines(handed: Handed) -> tuple[Line, ...]:
    """After it: what the next one runs, what is left to them, and what did not work."""
    key = "could not be destroyed" if handed.key_left else "is destroyed"
    troubles: list[Line] = []
    for trouble in handed.troubles:
        troubles += [EMPTY, say(trouble.title, "bad"), *error_lines(trouble)]
    return (
        say(f"You signed off last; the incident's key {key}.", "bad" if handed.key_left else ""),
        EMPTY,
        *said_lines(handed.next_steps()),
        *((say("Read the sha256 aloud: they compare it with that of the file.", "dim"),) if handed.sha256 else ()),
        EMPTY,
        *said_lines(left_open(handed.body)),
        *troubles,
    )


def taking_lines(incident: str, writer: str) -> tuple[Line, ...]:
    """Before a take-over: who has it, and what becomes of them."""
    return (
        labelled("incident", incident, "name", _WIDTH),
        labelled("written by", writer, "warn", _WIDTH),
        EMPTY,
        say(
            "Speak to them first, if you can. When you take it, that process can write no more and sends nothing more."
        ),
        say("What it has under way is in doubt then: you look at it first."),
    )


def said_lines(said: Iterable[Said]) -> Iterator[Line]:
    """Word by word what is told when an incident changes hands."""
    for word, stands_for in said:
        if word == "sha256":  # on a line of its own it stays whole at 80 columns
            yield labelled(word, "", "", _WIDTH)
            yield say(stands_for, "name")
        else:
            shown = containment_words(stands_for) if word == "containment" else stands_for
            yield labelled(word, shown, _role(word, stands_for), _WIDTH)


def _role(word: str, stands_for: str) -> str:
    if word in ("send", "they run", "you run", "from", "to", "they said"):
        return "name"
    if word == "containment":
        return "good" if stands_for == "contained" else "bad"
    return "bad" if stands_for.endswith((": in doubt", ": reopened", ": failed")) else "warn"
