"""Where the statements of a policy stand in its text: lines and columns from 1, as the policy simulator says them."""

import json

Position = tuple[int, int]
"""(line, column)."""
_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


def positions(text: str) -> list[tuple[Position, Position]]:
    """(start, end) of each statement in order. Empty: the text is not a policy."""
    try:
        start = _member(text, "Statement")
        if text[start] == "{":
            return [(_place(text, start), _place(text, _DECODER.raw_decode(text, start)[1]))]
        spans = []
        at = _skip(text, start + 1)
        while text[at] != "]":
            end = _DECODER.raw_decode(text, at)[1]
            spans.append((_place(text, at), _place(text, end)))
            at = _skip(text, end, ",")
        return spans
    except (ValueError, IndexError):
        return []


def _member(text: str, name: str) -> int:
    """Where the value of the outermost object's member begins. ValueError: there is none."""
    at = _skip(text, 0, "{")
    while text[at] != "}":
        key, end = _DECODER.raw_decode(text, at)
        value = _skip(text, end, ":")
        if key == name:
            return value
        at = _skip(text, _DECODER.raw_decode(text, value)[1], ",")
    raise ValueError(name)


def _skip(text: str, at: int, mark: str = "") -> int:
    """Past white space, and past one `mark` if it is there."""
    while text[at] in _SPACE:
        at += 1
    if mark and text[at] == mark:
        at += 1
    while text[at] in _SPACE:
        at += 1
    return at


def _place(text: str, index: int) -> Position:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
