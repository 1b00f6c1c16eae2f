"""The keys of the run screen; `run_actions` says what they do."""

from textual.binding import Binding, BindingType

KEYS: list[BindingType] = [
    Binding("r", "run", "run", id="run.run", tooltip="Preview the step; a change runs only when confirmed"),
    Binding("u", "undo", "undo", id="run.undo", tooltip="Take the step's changes back, with the same guards"),
    Binding("s", "skip", "skip", id="run.skip", tooltip="Skip the step, with a reason"),
    Binding("n", "note", "note", id="run.note", tooltip="Add a note to the journal"),
    Binding(
        "f",
        "fingerprint",
        "fingerprint",
        show=False,
        id="run.fingerprint",
        tooltip="The line to paste or read aloud, so that nobody can rewrite the journal; say where it lies",
    ),
    Binding(
        "K",
        "checkpoint",
        "checkpoint",
        show=False,
        id="run.checkpoint",
        tooltip="A signed checkpoint of the journal into the bucket that the settings name; nobody can take it back",
    ),
    Binding("l", "look", "look again", show=False, id="run.look", tooltip="Look again at a step that settles"),
    Binding("a", "unlock", "allow changes", id="run.unlock", tooltip="Allow changes in this incident"),
    Binding("e", "evidence", "evidence", id="run.evidence", tooltip="Evidence and replies of the step as a tree"),
    Binding("J,f3", "journal", "journal", id="run.journal", tooltip="Every record; filter, verify"),
    Binding("t", "family", "tree", id="run.family", tooltip="The family tree of the stolen key"),
    Binding("v", "trail", "trail", id="run.trail", tooltip="What CloudTrail can show, its validation, found events"),
    Binding("w", "approvals", "approvals", id="run.approvals", tooltip="Who must approve; ask anew; break the glass"),
    Binding("o", "hand_over", "hand over", id="run.hand_over", tooltip="Sign off, and give the incident to somebody"),
    Binding("i", "hint", "hint", show=False, id="run.hint", tooltip="A hint for this step; it is counted"),
    Binding(
        "p", "pause", "pause", show=False, id="run.pause", tooltip="The rehearsal's world stands still, or goes on"
    ),
    Binding("m", "said", "messages", show=False, id="run.said", tooltip="What was said in the room, and the hints"),
    Binding("d", "debrief", "debrief", id="run.debrief", tooltip="The debrief of the rehearsal, when it is closed"),
    Binding("c", "tab(3)", "aws command", show=False, id="run.command", tooltip="The step as an aws command"),
    Binding("h,left", "turn(-1)", "tab before", show=False, id="run.tab_before", tooltip="Tab before"),
    Binding("right", "turn(1)", "next tab", show=False, id="run.tab_next", tooltip="Next tab"),
    Binding("1", "tab(0)", "plan", show=False, id="run.tab1", tooltip="Plan"),
    Binding("2", "tab(1)", "result", show=False, id="run.tab2", tooltip="Result"),
    Binding("3", "tab(2)", "evidence", show=False, id="run.tab3", tooltip="Evidence"),
    Binding("4", "tab(3)", "command", show=False, id="run.tab4", tooltip="As an aws command"),
    Binding("y", "copy", "copy", show=False, id="run.copy", tooltip="Copy the aws command of the step"),
    Binding("slash", "filter", "filter", show=False, id="run.filter", tooltip="Filter the journal"),
    Binding("x", "close_incident", "close", show=False, id="run.close", tooltip="Close the incident for good"),
    Binding("escape", "to_steps", "steps", show=False, id="run.steps", tooltip="Back to the steps"),
    Binding("tab", "app.focus_next", "pane", show=False, id="run.pane", tooltip="Next pane"),
]
