"""Evidence as a tree: every piece of a step with its hash. / searches, n N go on, y copies, esc goes back."""

import json
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static, Tree
from textual.widgets.tree import TreeNode

from irtui.model.incident import Evidence, StepState
from irtui.text import inert
from irtui.tui.present.evidence import branches, found_after
from irtui.tui.present.lines import size_words
from irtui.tui.screens.base import FullScreen
from irtui.tui.widgets.paint import safe


class EvidenceTree(Tree[Any]):
    HELP = "A reply or a snapshot. enter or space opens a branch; j k move."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "down", show=False, id="tree.down", tooltip="Next line"),
        Binding("k", "cursor_up", "up", show=False, id="tree.up", tooltip="Line before"),
        Binding("g", "scroll_home", "top", show=False, id="tree.top", tooltip="To the top"),
        Binding("G", "scroll_end", "end", show=False, id="tree.end", tooltip="To the end"),
    ]


class EvidenceScreen(FullScreen):
    HELP = "What was kept, as it was received, secrets masked. The hash stands in the journal."
    CSS_PATH = "evidence.tcss"
    AUTO_FOCUS = "#tree"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", key_display="/", id="evidence.search", tooltip="Search names and values"),
        Binding("n", "again(1)", "next", id="evidence.next", tooltip="Next hit"),
        Binding("N", "again(-1)", "before", show=False, id="evidence.before", tooltip="Hit before"),
        Binding("y", "copy", "copy", id="evidence.copy", tooltip="Copy the line"),
        Binding("escape,q", "back", "back", id="evidence.back", tooltip="Back"),
    ]

    def __init__(self, step: StepState) -> None:
        super().__init__()
        self._step = step

    def body(self) -> ComposeResult:
        with Vertical(id="evidence"):
            yield Input(id="search", placeholder="search names and values")
            yield EvidenceTree(Text("evidence"), id="tree")
        yield Static(id="hash", markup=False)

    def on_mount(self) -> None:
        self.query_one("#search").display = False
        self.query_one("#evidence").border_title = safe(f"Evidence of {self._step.number} {self._step.title}")
        tree = self.query_one("#tree", EvidenceTree)
        tree.show_root = False
        pieces = list(self._step.evidence)
        if self._step.reply and all(piece.sha256 != self._step.reply for piece in pieces):
            pieces.append(Evidence("last reply", self._step.reply, 0))
        for piece in pieces:
            self._load(tree.root.add(Text(inert(f"{piece.name}  reading …")), data=piece), piece)

    def _load(self, node: TreeNode[Any], piece: Evidence) -> None:
        visit = self.irtui.sitting.visit if self.irtui.sitting else None
        if visit is not None:
            self.irtui.bridge.aside(
                lambda: _parsed(visit.evidence(piece.sha256)),
                lambda value, error: self.irtui.from_thread(self._loaded, node, piece, value, error),
            )

    def _loaded(self, node: TreeNode[Any], piece: Evidence, value: Any, error: BaseException | None) -> None:
        size = f"  {size_words(piece.size)}" if piece.size else ""
        node.set_label(Text(inert(f"{piece.name}{size}")))
        if error is not None:
            node.add_leaf(Text(inert(f"cannot be read: {error}")))
        else:
            for gap in piece.gaps:
                node.add_leaf(Text(inert(f"not read: {gap}")))
            grow(node, value)
        node.expand()
        self.query_one("#tree", EvidenceTree).move_cursor(node)
        self._show_hash(node)

    @on(Tree.NodeHighlighted)
    def _highlighted(self, event: Tree.NodeHighlighted[Any]) -> None:
        self._show_hash(event.node)

    def _show_hash(self, node: TreeNode[Any] | None) -> None:
        while node is not None and not isinstance(node.data, Evidence):
            node = node.parent
        if node is not None and isinstance(node.data, Evidence):
            self.query_one("#hash", Static).update(safe(f" sha256 {node.data.sha256}", "dim"))

    def action_search(self) -> None:
        field = self.query_one("#search", Input)
        field.display = True
        field.focus()

    @on(Input.Submitted, "#search")
    def _searched(self) -> None:
        self.query_one("#tree").focus()
        self.action_again(1)

    def action_again(self, direction: int) -> None:
        tree = self.query_one("#tree", EvidenceTree)
        nodes = list(_nodes(tree.root))
        here = nodes.index(tree.cursor_node) if tree.cursor_node in nodes else -1
        place = found_after(
            [str(node.label) for node in nodes], self.query_one("#search", Input).value, here, direction
        )
        if place is None:
            self.irtui.toast("Search", "Nothing found.", "warning")
            return
        node = nodes[place].parent
        while node is not None:
            node.expand()
            node = node.parent
        self.call_after_refresh(tree.move_cursor, nodes[place])

    def action_copy(self) -> None:
        node = self.query_one("#tree", EvidenceTree).cursor_node
        if node is not None:
            self.irtui.copy(str(node.label))

    def action_back(self) -> None:
        field = self.query_one("#search", Input)
        if field.display:
            field.display = False
            self.query_one("#tree").focus()
        else:
            self.dismiss()


def _parsed(content: bytes) -> Any:
    """JSON as values; anything else as lines of text."""
    text = content.decode("utf-8", "backslashreplace")
    try:
        return json.loads(text)
    except ValueError:
        return text.split("\n")


def grow(node: TreeNode[Any], value: Any) -> None:
    for label, below in branches(value):
        if below is None:
            node.add_leaf(Text(inert(label, 4096)))
        else:
            grow(node.add(Text(inert(label)), expand=len(below) <= 8), below)


def _nodes(node: TreeNode[Any]) -> list[TreeNode[Any]]:
    return [found for child in node.children for found in (child, *_nodes(child))]
