"""The HTML report as text: golden, self-contained, and the same whatever is written into it."""

import base64
import hashlib
import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtui.desk.dossier import dossier
from irtui.journal.record import TYPES, Record
from irtui.journal.verify import verify
from irtui.report.dossier import Dossier
from irtui.report.html import html
from irtui.report.html.elements import block, code, el, shown, spans
from irtui.report.markdown import code as markdown_code
from tests.support.dossiers import full
from tests.unit.report.conftest import HOSTILE, SECRET
from tests.unit.report.test_report import MEMBERS

Incident = Callable[..., Path]
GOLDEN = Path(__file__).parent / "golden" / "incident.html"
VOID = {"meta", "br"}


class Tags(HTMLParser):
    """The elements in order with the names of their attributes, and what stands between them. Refuses what is not
    closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(name for name, _ in attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_is_as_it_was(incident: Incident) -> None:
    """The whole page equals the golden file (IRTUI_GOLDEN=write renews it)."""
    page = html(dossier(incident()))
    if os.environ.get("IRTUI_GOLDEN") == "write":
        GOLDEN.write_text(page, "utf-8")
    assert page == GOLDEN.read_text("utf-8")


def test_the_policy_allows_the_style_that_is_there_and_nothing_else(incident: Incident) -> None:
    """default-src 'none', one style by its hash, no address but places on the page itself, no style attribute."""
    page = html(dossier(incident()))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    assert page.index("Content-Security-Policy") < page.index("<style>") < page.index("<body")
    assert "@import" not in style and "url(" not in style and "http" not in style
    tags = Tags(page)
    names = {name for _, attributes in tags.seen for name in attributes}
    assert not {"style", "src", "srcset", "action", "background"} & names
    assert not any(name.startswith("on") for name in names)
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', page))
    assert not {"script", "iframe", "img", "link", "base", "form"} & {tag for tag, _ in tags.seen}


def test_hostile_text_adds_no_element(incident: Incident) -> None:
    """Whatever the names are, the page has the same elements with the same attributes, and only what can be printed."""
    plain = "x" * len(HOSTILE)
    for made in (full, lambda text: dossier(incident(text))):
        pages = [html(made(text)) for text in (plain, HOSTILE)]
        ours, theirs = ([tag for tag in Tags(page).seen if tag[0] != "a"] for page in pages)
        assert ours == theirs
        assert all(character == "\n" or character.isprintable() for character in pages[1])


@given(st.text(alphabet=st.characters() | st.sampled_from("<>&\"'`=/\\\n\x1b\u202e")))
def test_any_text_stays_text(text: str) -> None:
    """No string ends the element, the attribute, the code or the block that it stands in."""
    parts = (el("p", text, cls=text), code(f"x{text}"), block({text: text}), spans(f"a {markdown_code(text)} b"))
    page = Tags("".join(parts))
    assert [tag for tag, _ in page.seen] == ["p", "code", "pre", "code"][: len(page.seen)]
    assert shown(text) == shown(shown(text))


def test_a_planted_secret_never_appears(incident: Incident) -> None:
    """What was masked on the way in is nowhere on the page."""
    assert SECRET not in html(dossier(incident())) and "[masked]" in html(dossier(incident()))


def test_the_mode_stands_at_the_top(incident: Incident) -> None:
    """A rehearsal, and a journal that cannot be read, say so before anything else; a real incident has no banner."""
    real, played = (Tags(html(dossier(incident(mode=mode)))).text for mode in ("real", "rehearsal"))
    assert "REAL" in real and not any("not a report of a real incident" in text for text in real)
    assert "REHEARSAL" in played and any("not a report of a real incident" in text for text in played)


def test_a_journal_that_cannot_be_read_still_gives_a_page(dossier_of_nothing: Dossier) -> None:
    """Nothing in it can be relied on, and the page says that."""
    page = html(dossier_of_nothing)
    assert "UNREADABLE" in page and "Nothing in this report can be relied on" in page and "not a journal" in page


def test_an_altered_journal_says_where(incident: Incident) -> None:
    """The verdict with its record stands on the page, and how many records hold."""
    folder = incident()
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"AccessDenied", b"AccessAllowd"))
    text = "".join(Tags(html(dossier(folder))).text)
    assert "altered at #4" in text and "3 records hold" in text


@pytest.mark.parametrize("body", [{}, {member: [{"x": [None]}] for member in MEMBERS}])
def test_any_body_gives_a_page(incident: Incident, body: dict[str, object]) -> None:
    """Records of every type with empty or senseless bodies are still shown."""
    records = [
        Record(body, "INC-1", 0, "alice", "0" * 64, "r", n, "0" * 128, "2026-11-23T16:40:12.123456Z", kind, 1)
        for n, kind in enumerate(sorted(TYPES), 1)
    ]
    assert Tags(html(Dossier(records, verify(incident())))).seen


def test_lanes_phases_windows_and_the_score_are_shown(incident: Incident) -> None:
    """A rehearsal's page has the adversary's lane, phases, blind windows, the score and what the judge found."""
    text = "".join(Tags(html(full("name"))).text)
    for words in (
        "Adversary", "got in", "refused", "LOST", "1 of 2 objectives", "Blind windows", "not covered", "contain",
        "4 name", "Not read for this report", "1 approvals are recorded", "fully contained",
    ):  # fmt: skip
        assert words in text, words
    assert "Adversary" not in html(dossier(incident()))
