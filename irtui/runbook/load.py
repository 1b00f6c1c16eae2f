"""YAML text → plain values, with the place of each. For runbooks and everything else that authors write.

Rules: every plain scalar stays the text that was written (`no`, `012345678901`, `2012-10-17` survive); maps and
lists as usual. Refused: aliases, anchors, tags, several documents, duplicate or non-text keys, more than
MOST_BYTES, deeper than DEEPEST, more than MOST_NODES nodes, and every invisible or steering character, also as
an escape. Always the pure Python parser: libyaml's can be made to overflow the stack.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from irtui.errors import Problem, RunbookError
from irtui.model.runbook import Mark
from irtui.runbook.template import OPEN
from irtui.text import inert

MOST_BYTES = 256 * 1024
DEEPEST = 24
MOST_NODES = 20_000
MOST_PROBLEMS = 50
"""Of one kind; a file full of control characters is said to be so often enough."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where each value, and each key, stands in the text. Paths are keys and list positions from the root."""

    path: str
    values: Mapping[Path, Mark]
    keys: Mapping[Path, Mark]

    def value(self, at: Path) -> Mark:
        """Of the value, or of the nearest thing around it."""
        return self._nearest(self.values, at)

    def key(self, at: Path) -> Mark:
        """Of the key that leads to the value, or of the nearest thing around it."""
        return self.keys.get(at) or self.value(at)

    def _nearest(self, marks: Mapping[Path, Mark], at: Path) -> Mark:
        while at not in marks and at:
            at = at[:-1]
        return marks.get(at, Mark(self.path))


@dataclass(frozen=True, slots=True)
class Document:
    value: Any
    places: Places


def read_yaml(text: str, path: str) -> Document:
    """Raises RunbookError with every problem of characters, else with the first of YAML."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise _error([Problem(path, 1, 1, f"{size} bytes are more than the {MOST_BYTES} a runbook may have")])
    if hidden := _hidden(text, path):
        raise _error(hidden)
    try:
        node = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message, hint = _worded(error, text, mark)
        raise _error([_problem(path, mark, message, hint)]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _error([Problem(path, 1, 1, f"not YAML: {str(error).splitlines()[0][:160]}")]) from None
    if node is None:
        raise _error([Problem(path, 1, 1, "the file is empty")])
    reading = _Reading(path)
    value = reading.value(node, ())
    if reading.problems:
        raise _error(reading.problems)
    return Document(value, Places(path, reading.values, reading.keys))


@lru_cache(maxsize=32)
def _composed(text: str) -> Node | None:
    """Nobody writes to the nodes, and a rehearsal reads the same few files again and again."""
    loader = _Loader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


class _Loader(yaml.SafeLoader):
    """Composes nodes within bounds; constructs nothing."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  no scalar is anything but text

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._count = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refusal("aliases (*name) are not allowed", event)
        if getattr(event, "anchor", None):
            raise _refusal("anchors (&name) are not allowed", event)
        if getattr(event, "tag", None):
            raise _refusal("tags (!name) are not allowed", event)
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise _refusal(f"nested deeper than {DEEPEST}", event)
        if self._count > MOST_NODES:
            raise _refusal(f"more than {MOST_NODES} values", event)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _Reading:
    """Walks nodes into values; keeps places and what is wrong."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.values: dict[Path, Mark] = {}
        self.keys: dict[Path, Mark] = {}
        self.problems: list[Problem] = []

    def value(self, node: Node, at: Path) -> Any:
        self.values[at] = _mark(self.path, node.start_mark)
        if isinstance(node, ScalarNode):
            return self._text(node)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*at, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, MappingNode)
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._say(key_node, "keys are text", 'Quote it: an expression needs "${{ … }}" here.')
                continue
            key = self._text(key_node)
            here = (*at, key)
            if key in found:
                first = self.keys[here].line
                self._say(key_node, f"the key {inert(key, 60)!r} stands twice (first in line {first})")
                continue
            self.keys[here] = _mark(self.path, key_node.start_mark)
            found[key] = self.value(value_node, here)
        return found

    def _text(self, node: ScalarNode) -> str:
        text = str(node.value)
        for character in text:
            if character not in "\n\t" and inert(character) != character:
                self._say(node, f"holds the invisible character {inert(character)}", "Remove it or the escape.")
                break
        return text

    def _say(self, node: Node, message: str, hint: str = "") -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(_problem(self.path, node.start_mark, message, hint))


def _hidden(text: str, path: str) -> list[Problem]:
    if text.isascii() and text.replace("\r\n", "\n").replace("\n", "").replace("\t", "").isprintable():
        return []
    problems: list[Problem] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        for column, character in enumerate(line, 1):
            if character != "\t" and inert(character) != character:
                hint = "Save the file as UTF-8 without a byte order mark." if character == "\ufeff" else "Remove it."
                problems.append(Problem(path, number, column, f"invisible character {inert(character)}", hint))
                if len(problems) == MOST_PROBLEMS:
                    return problems
    return problems


def _worded(error: yaml.MarkedYAMLError, text: str, mark: Any) -> tuple[str, str]:
    message = " ".join(str(error.problem or error.context or "cannot be read").split())
    lines = text.split("\n")
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    hint = ""
    if OPEN in line:
        hint = 'Quote it: "${{ … }}" in a flow map {…}, or where the value holds a colon.'
    elif "anchors" in message:
        hint = "Write it out twice; quote the value where & itself is meant."
    elif "aliases" in message:
        hint = "Quote the value where * itself is meant; else write it out once more."
    elif "`" in message or "not allowed" in message or "cannot start any token" in message:
        hint = "Quote the value: it starts with a character that means something in YAML."
    elif "expected ',' or" in message:
        hint = "Quote the texts inside { } and [ ], or close the bracket."
    elif "\\t" in message:
        hint = "Indent with spaces."
    elif "mapping values" in message:
        hint = "Quote the value, or check the indentation: it holds ': '."
    return f"not YAML: {message}" if "allowed" not in message or "here" in message else message, hint


def _refusal(message: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.composer.ComposerError(None, None, message, event.start_mark)


def _problem(path: str, mark: Any, message: str, hint: str = "") -> Problem:
    place = _mark(path, mark)
    return Problem(path, place.line, place.column, message, hint)


def _mark(path: str, mark: Any) -> Mark:
    return Mark(path, mark.line + 1, mark.column + 1) if mark is not None else Mark(path)


def _error(problems: list[Problem]) -> RunbookError:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return RunbookError(f"{problems[0]}{more}", tuple(problems))
