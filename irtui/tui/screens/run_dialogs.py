"""What the run screen asks before it hands a command to the engine: a reason, a note, digits, the word close."""

from irtui.model.incident import IncidentState, StepState
from irtui.tui.present.lines import EMPTY, Line, say
from irtui.tui.present.steps import containment, counts, title
from irtui.tui.screens.ask import TextDialog


def skip_dialog(step: StepState) -> TextDialog:
    return TextDialog(f"Skip {step.number} {title(step)}", (say("Why? It stands in the journal."),), least=4)


def note_dialog() -> TextDialog:
    return TextDialog("Note", (say("It stands in the journal as you write it."),))


def paste_this(line: str) -> tuple[Line, ...]:
    words = "Paste this line into the ticket, or read it aloud to somebody who writes it down:"
    return say(words), EMPTY, say(line, "name")


def fingerprint_dialog(line: str) -> TextDialog:
    lines = (
        *paste_this(line),
        EMPTY,
        say("Then type where it lies now: a ticket, a channel, a name. It stands in the journal."),
    )
    return TextDialog("The journal's fingerprint", lines, least=2)


def unlock_dialog(state: IncidentState) -> TextDialog:
    lines = (say(f"Account {state.account} · {state.mode.upper()}", "warn"), say("Type its last four digits."))
    return TextDialog("Allow changes in this incident", lines, exactly=state.account[-4:])


def unfinished(state: IncidentState) -> bool:
    """Closing needs a reason, which stands in the journal."""
    return bool(state.open_steps or state.settling)


def close_dialog(state: IncidentState) -> TextDialog:
    left = unfinished(state)
    lines = (
        say(f"{containment(state)}, {counts(state)}", "warn"),
        say("Nothing can be done in a closed incident."),
        EMPTY,
        say("Steps are left. Say why it ends like this." if left else "Type: close"),
    )
    return TextDialog(f"Close {state.id} for good", lines, least=4, exactly="" if left else "close")
