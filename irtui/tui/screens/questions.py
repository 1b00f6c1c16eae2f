"""Which dialog asks what the engine wants to know."""

from irtui.engine.operator import Confirmation, Question, Task
from irtui.tui.present.lines import EMPTY, Line, paragraphs, say
from irtui.tui.present.plan import real
from irtui.tui.screens.ask import ChoiceDialog, TextDialog
from irtui.tui.screens.base import Dialog
from irtui.tui.screens.confirm import ConfirmScreen
from irtui.tui.sitting import Sitting


def dialog_for(request: Confirmation | Question | Task | str, sitting: Sitting | None) -> Dialog:
    match request:
        case Confirmation():
            if sitting is not None:
                sitting.previews[request.key.partition("[")[0]] = request
            return ConfirmScreen(request, sitting.visit.fidelity if sitting is not None else real)
        case Question():
            return ChoiceDialog(request.title, paragraphs(request.text), request.choices)
        case Task():
            proof = f"AWS will be asked: {request.proof}" if request.proof else "Nothing in AWS can show it."
            lines: list[Line] = [*paragraphs(request.instruction), EMPTY, say(proof, "dim"), EMPTY]
            return TextDialog(request.title, (*lines, say("Say what you did, for the journal.")), least=4)
        case _:
            return TextDialog("A secret is needed", paragraphs(request), hidden=True)
