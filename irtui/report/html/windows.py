"""The blind windows: Region × source × time, as the coverage evidence has them."""

from collections.abc import Mapping
from typing import Any

from irtui.report.coverage import bars, blind, edges, state_of
from irtui.report.dossier import Dossier
from irtui.report.html.elements import Markup, bullets, el, joined, pill, section, table

CELLS = 60
_ROLES = {"covered": "good", "unknown": "warn", "not covered": "bad"}


def windows(found: Dossier) -> tuple[Markup, ...]:
    """Nothing where no coverage was looked at."""
    if found.coverage is None:
        return ()
    rows = bars(found.coverage, CELLS)
    if not rows:
        return (
            section("Blind windows", el("p", "The coverage report among the evidence cannot be read."), id_="blind"),
        )
    ends = [moment.strftime("%Y-%m-%d %H:%M") for moment in edges(found.coverage, 2)]
    scale = el("div", *(el("span", end) for end in ends), cls="scale")
    drawn = [
        (
            joined([el("b", bar.region), " ", bar.source, " ", el("small", bar.what)]),
            el("div", *(el("i", cls=_ROLES[cell]) for cell in bar.cells), cls="bar", role="img",
               aria_label=", ".join(dict.fromkeys(bar.cells))),
        )
        for bar in rows
    ]  # fmt: skip
    blinds = [
        (
            bar.region,
            bar.source,
            _when(window),
            pill(state_of(window), _ROLES[state_of(window)]),
            str(window.get("reason") or ""),
            str(window.get("by") or ""),
        )
        for bar in rows
        for window in blind(bar)
    ]
    left = found.coverage.get("not_looked_at")
    gaps = found.coverage.get("gaps")
    unseen = [str(one) for many in (left, gaps) if isinstance(many, list) for one in many]
    legend = el("p", *(pill(word, role) for word, role in _ROLES.items()), cls="legend")
    return (
        section(
            "Blind windows",
            el("p", "What CloudTrail can and cannot show of the time that was looked at. Absence is no innocence."),
            legend,
            table(("Region and source", "Time, UTC"), [*drawn, ("", scale)], "bars"),
            table(("Region", "Source", "When", "", "Why", "By"), blinds) if blinds else "",
            joined([el("h3", "Not looked at, or not read"), bullets(unseen)]) if unseen else "",
            id_="blind",
        ),
    )


def _when(window: Mapping[str, Any]) -> str:
    """`2026-11-22 08:00 – 12:00`; the second day only where it is another."""
    since, until = (str(window.get(name) or "")[:16].replace("T", " ") for name in ("since", "until"))
    return f"{since} – {until[11:] if until[:10] == since[:10] else until}"
