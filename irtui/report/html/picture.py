"""The incident in one picture: changes above the line, what the adversary got and was refused below it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from irtui.report.changes import changes
from irtui.report.dossier import Dossier
from irtui.report.html.elements import Markup, el, joined
from irtui.report.timeline import call_words

_WIDTH, _LEFT, _RIGHT = 1000, 90, 980


def picture(found: Dossier) -> Markup:
    """Nothing where no time passed or nothing was done."""
    moments = [datetime.fromisoformat(record.t) for record in found.records] + [deed.at for deed in found.deeds]
    sent = [
        change
        for change in changes(found.records, found.holds)
        if change.status in ("took effect", "taken back", "in doubt")
    ]
    if not sent or max(moments) <= min(moments):
        return Markup("")
    began, span = min(moments), max(moments) - min(moments)
    height = 140 if found.deeds else 84
    parts: list[Markup] = [
        el("title", "Changes and the adversary's calls over time"),
        _text(4, 34, "Responders"),
        _line(_LEFT, 48, _RIGHT, 48, "axis"),
        *_scale(began, span, height),
    ]
    for number, change in enumerate(sent):
        x = _at(datetime.fromisoformat(change.t), began, span)
        role = {"took effect": "change", "taken back": "back"}.get(change.status, "doubt")
        told = el("title", f"#{change.seq} {change.t[11:19]} {call_words(change.planned)}: {change.status}")
        parts.append(el("circle", told, cx=f"{x:.1f}", cy=f"{38 - 9 * (number % 3)}", r="5", cls=role))
    if found.deeds:
        parts += [_text(4, 76, "Adversary"), *_deeds(found, began, span)]
    return el("svg", joined(parts), viewBox=f"0 0 {_WIDTH} {height}", role="img", cls="picture")


def _deeds(found: Dossier, began: datetime, span: timedelta) -> Iterator[Markup]:
    """One stroke for each pixel's worst: got in above, refused below."""
    for ok, top, role in ((True, 56, "got"), (False, 80, "refused")):
        places = {round(_at(deed.at, began, span)) for deed in found.deeds if deed.ok is ok and (ok or deed.refused)}
        for x in sorted(places):
            yield _line(x, top, x, top + 20, role)
    yield _text(_LEFT, 116, f"got in {sum(deed.ok for deed in found.deeds)} times", "got")
    yield _text(_LEFT + 140, 116, f"refused {sum(deed.refused for deed in found.deeds)} times", "refused")
    full = found.score.full_containment if found.score else None
    if found.score is not None and full is not None:
        end = _at(found.score.began + timedelta(seconds=full), began, span)
        late = end > (_LEFT + _RIGHT) / 2
        yield _line(end, 8, end, 100, "full")
        yield _text(end - 6 if late else end + 6, 18, "fully contained", "refused", "end" if late else "start")


def _scale(began: datetime, span: timedelta, height: int) -> Iterator[Markup]:
    for part in range(5):
        moment = began + span * part / 4
        x = _at(moment, began, span)
        yield _line(x, 44, x, 52, "axis")
        if part in (0, 2, 4):
            yield _text(x, height - 4, moment.strftime("%H:%M:%S"), anchor=("start", "", "middle", "", "end")[part])


def _at(moment: datetime, began: datetime, span: timedelta) -> float:
    return _LEFT + (_RIGHT - _LEFT) * ((moment - began) / span)


def _line(x1: float, y1: float, x2: float, y2: float, cls: str) -> Markup:
    return el("line", x1=f"{x1:.1f}", y1=f"{y1}", x2=f"{x2:.1f}", y2=f"{y2}", cls=cls)


def _text(x: float, y: float, words: str, cls: str = "", anchor: str = "start") -> Markup:
    return el("text", words, x=f"{x:.1f}", y=f"{y}", text_anchor=anchor, cls=cls)
