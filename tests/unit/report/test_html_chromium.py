"""The HTML report in a real browser: readable by day, by night and on paper; hostile names neither run nor load."""

import base64
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from irtui.desk.dossier import dossier
from irtui.report.html import html
from tests.support.chromium import Tab, browsing
from tests.support.dossiers import full

Incident = Callable[..., Path]


class Lure(http.server.BaseHTTPRequestHandler):
    """Notes who came."""

    came: list[str]

    def do_GET(self) -> None:
        self.came.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def lure() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine that an attacker's markup would load from, and the paths that were asked of it."""
    came: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Noting", (Lure,), {"came": came}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", came
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def markup(at: str) -> list[str]:
    """What an attacker names things to be loaded or run; each says which it was."""
    return [
        f"<img src={at}/img onerror=\"document.title='owned'\">",
        "<script>document.title='owned'</script>",
        f"</code></td></table><script src={at}/script></script>",
        f"</title></style><style>body{{background:url({at}/style)}}</style>",
        f"<link rel=stylesheet href={at}/link>",
        f"<iframe src={at}/frame></iframe>",
        f"<meta http-equiv=refresh content='0;url={at}/refresh'>",
        f'"><svg onload="document.title=\'owned\'"><image href={at}/svg />',
        f"<object data={at}/object></object><embed src={at}/embed>",
        f"<form action={at}/form><button autofocus onfocus=\"document.title='owned'\">",
        f"<a href=javascript:alert(1)>x</a><base href={at}/base/>",
        f"' onmouseover='x' style='background:url({at}/attribute)",
        f"<video poster={at}/poster><audio src={at}/audio autoplay>",
        "&lt;script&gt;document.title='owned'&lt;/script&gt; \u202e\u2066 \x1b]52;c;x\x07 \ud800",
    ]


def shown(tab: Tab, page: str, path: Path) -> None:
    path.write_text(page, "utf-8")
    tab.events.clear()
    tab.open(path)


def test_the_lure_works(tab: Tab, lure: tuple[str, list[str]], tmp_path: Path) -> None:
    """The same markup in a careless page does run and does load: what the next test does not see could be seen."""
    at, came = lure
    shown(
        tab, f"<!DOCTYPE html><title>careless</title><body>{markup(at)[0]}{markup(at)[3]}", tmp_path / "careless.html"
    )
    assert "/img" in came and "/style" in came
    assert tab.value("document.title") == "owned"
    came.clear()


def test_hostile_names_neither_run_nor_load(tab: Tab, lure: tuple[str, list[str]], tmp_path: Path) -> None:
    """In every foreign field of every section: no request leaves the page, no script or frame is in it, no policy had
    to step in, and the names stand there as text."""
    at, came = lure
    names = markup(at)
    shown(tab, html(full(" ".join(names))), tmp_path / "hostile.html")
    requests = [asked["request"]["url"] for asked in tab.told("Network.requestWillBeSent")]
    assert requests == [(tmp_path / "hostile.html").as_uri()] and came == []
    assert tab.told("Log.entryAdded") == []
    assert tab.value("document.title").endswith("irtui")
    acting = "script, iframe, object, embed, img, image, video, audio, form, link, base, [onerror], [onload], [style]"
    assert tab.value(f"document.querySelectorAll({acting!r}).length") == 0
    assert tab.value("[...document.querySelectorAll('a')].every(a => a.getAttribute('href').startsWith('#'))")
    text = tab.value("document.body.textContent")
    for name in names[:-1]:
        assert name in text, name
    assert "\\u{202e}" in text and "\u202e" not in text and "\x1b" not in text


def test_it_reads_in_the_light_in_the_dark_and_on_paper(tab: Tab, tmp_path: Path) -> None:
    """Its own style is in force under its policy; the dark has another paper; print opens what is folded, drops the
    contents, and is black on white; nothing is wider than a phone."""
    shown(tab, html(full("ci-deploy")), tmp_path / "report.html")

    def style(what: str, name: str) -> Any:
        return tab.value(f"getComputedStyle(document.querySelector({what!r})).getPropertyValue({name!r})")

    def media(kind: str, scheme: str) -> None:
        tab.ask("Emulation.setEmulatedMedia", media=kind, features=[{"name": "prefers-color-scheme", "value": scheme}])

    media("screen", "light")
    assert style("body", "background-color") == "rgb(255, 255, 255)"
    media("screen", "dark")
    assert style("body", "background-color") == "rgb(18, 22, 29)"
    assert style("nav", "display") == "flex"
    media("print", "dark")
    assert (style("body", "background-color"), style("nav", "display")) == ("rgb(255, 255, 255)", "none")
    pdf = base64.b64decode(tab.ask("Page.printToPDF")["data"])
    assert pdf.startswith(b"%PDF-") and pdf.count(b"/Type /Page\n") >= 2
    media("screen", "light")
    tab.ask("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=True)
    assert tab.value("document.documentElement.scrollWidth") <= 390
    tab.ask("Emulation.clearDeviceMetricsOverride")
    assert tab.told("Log.entryAdded") == []


def test_what_a_reader_looks_for_is_there(tab: Tab, incident: Incident, tmp_path: Path) -> None:
    """Mode, days, changes with their undo and status, open questions, verdict: as a browser shows them."""
    shown(tab, html(dossier(incident())), tmp_path / "report.html")
    text = tab.value("document.body.innerText")
    for words in ("REAL", "2026-11-23", "2026-11-24", "iam.PutUserPolicy on ci-deploy", "taken back", "in doubt",
                  "Its undo", "iam.DeleteUserPolicy", "nobody knows what became of the call", "complete",
                  "Unanchored: no fingerprint", "No approval of another person is recorded."):  # fmt: skip
        assert words in text, words
