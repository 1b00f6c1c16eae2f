"""The incident report as one HTML file: nothing is loaded, nothing runs, no script is needed to read it.

Rules: the only style is the one in the file, named by its hash in the content security policy, which allows nothing
else. Foreign text is text (`elements`). It reads on a phone, in the dark, and on paper.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files

from irtui.report.dossier import Dossier
from irtui.report.html.changed import changed, decided, evidence, questions
from irtui.report.html.elements import Markup, el, joined
from irtui.report.html.game import game
from irtui.report.html.lanes import lanes
from irtui.report.html.proof import proof
from irtui.report.html.summary import summary
from irtui.report.html.windows import windows
from irtui.text import inert


def html(found: Dossier) -> str:
    """The whole page, ending in a line feed."""
    style = files("irtui.report.html").joinpath("style.css").read_text("utf-8")
    hashed = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    incident = found.records[0].incident if found.records else ""
    mode = found.verification.mode
    head = joined(
        [
            Markup('<meta charset="utf-8">'),
            Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
            Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Markup('<meta name="color-scheme" content="light dark">'),
            Markup('<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">'),
            Markup('<meta name="referrer" content="no-referrer">'),
            el("title", f"{inert(incident, 80) or 'Incident'} · {mode or 'unreadable'} · irtui"),
            Markup(f"<style>{style}</style>"),
        ],
        "\n",
    )
    parts = [
        summary(found), *game(found), changed(found), questions(found), decided(found), *windows(found), lanes(found),
        evidence(found), proof(found),
    ]  # fmt: skip
    top, *sections = parts
    body = el(
        "body",
        el("main", top, _contents(sections), joined(sections, "\n")),
        cls=mode if mode in ("real", "rehearsal") else "unknown",
    )
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n{body}\n</html>\n'


_HEADED = re.compile(r'<section id="([a-z]+)"><h2>([^<]+)</h2>')


def _contents(sections: Sequence[Markup]) -> Markup:
    """Where to go on this page: the only links there are."""
    found = [match for part in sections if (match := _HEADED.match(part))]
    return el("nav", *(el("a", Markup(match[2]), href=f"#{match[1]}") for match in found))
