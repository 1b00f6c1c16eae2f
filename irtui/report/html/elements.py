"""HTML that foreign text cannot end: whatever is not already Markup becomes text.

Rules: foreign text is inert first (`irtui.text`), then escaped. Attribute values are escaped; their names, tags and
classes are ours. Nothing here makes a link, loads anything or needs a script.
"""

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from irtui.text import inert, inert_lines

LIMIT = 4096
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def shown(value: object, limit: int = LIMIT) -> Markup:
    """Anything as text."""
    return value if isinstance(value, Markup) else Markup(escape(inert(value, limit), quote=True))


def el(tag: str, *inside: object, cls: str = "", **attributes: str) -> Markup:
    """An element. A trailing underscore in an attribute's name is left out, others become hyphens."""
    given = {"class": cls, **{name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}}
    said = "".join(f' {name}="{shown(value)}"' for name, value in given.items() if value)
    return Markup(f"<{tag}{said}>{joined(inside)}</{tag}>")


def joined(parts: Iterable[object], between: str = "") -> Markup:
    """Ours and foreign parts one after another."""
    return Markup(between.join(shown(part) for part in parts))


def code(value: object) -> Markup:
    """Foreign text in the type of code; a dash where there is none."""
    text = str(value).strip()
    return el("code", text) if text else Markup("–")


def block(value: Any) -> Markup:
    """Foreign data as indented JSON."""
    return el("pre", Markup(escape(inert_lines(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=True)))))


def spans(sentence: str) -> Markup:
    """A sentence with code spans, as `report.markdown.code` writes them."""
    parts: list[object] = []
    end = 0
    for match in _SPAN.finditer(sentence):
        parts += [sentence[end : match.start()], code(match[2])]
        end = match.end()
    return joined([*parts, sentence[end:]])


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], cls: str = "") -> Markup:
    body = joined(el("tr", *(el("td", cell) for cell in row)) for row in rows)
    head = el("thead", el("tr", *(el("th", head, scope="col") for head in heads)))
    return el("div", el("table", head, el("tbody", body), cls=cls), cls="wide")


def facts(rows: Iterable[tuple[str, object]]) -> Markup:
    return el("dl", *(Markup(el("div", el("dt", name), el("dd", value))) for name, value in rows))


def bullets(items: Iterable[object]) -> Markup:
    return el("ul", *(el("li", item) for item in items))


def section(title: str, *inside: object, id_: str = "") -> Markup:
    return el("section", el("h2", title), *inside, id_=id_)


def pill(word: str, role: str) -> Markup:
    """A word that colour only underlines; `role` is good, warn, bad or dim."""
    return el("span", word, cls=f"pill {role}")
