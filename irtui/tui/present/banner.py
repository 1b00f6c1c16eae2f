"""The line that is always on top: which world, which account, who, how long, which incident, what time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from irtui.tui.present.lines import Line, Span

if TYPE_CHECKING:
    from irtui.model.incident import IncidentState

_SOON = timedelta(minutes=15)


def banner(state: IncidentState | None, mode: str, now: datetime, width: int, *, paused: bool = False) -> Line:
    """Fits `width` by dropping, in this order: alias, region, caller, expiry (never under 15 minutes), the word that
    the time is the scenario's, key kind.
    """
    clock = ("clock", (now.astimezone(UTC).strftime("%H:%MZ"), "dim"))
    badges = [("mode", (f" {mode.upper()} ", mode))] if mode else [("mode", (" irtui ", "rehearsal"))]
    if state is None:
        return _joined([*badges, ("what", ("no incident open" if not mode else "opening", "dim")), clock], width)
    if not state.unlocked:
        badges.append(("lock", (" READ-ONLY ", "locked")))
    if state.glass:
        badges.append(("glass", (" BREAK-GLASS ", "locked")))
    if paused:
        badges.append(("paused", (" PAUSED ", "locked")))
    whose = "scenario" if state.mode == "rehearsal" else ""
    left = (state.expires - now) if state.expires else None
    parts: list[tuple[str, Span]] = [
        *badges,
        ("alias", (state.alias, "name")),
        ("account", (state.account, "name")),
        ("caller", (caller_name(state.caller), "")),
        ("expiry", (_expiry(left), "bad" if left is not None and left < _SOON else "dim")),
        ("region", (state.region, "dim")),
        ("incident", (state.id, "name")),
        ("whose", (whose, "dim")),
        clock,
        ("journal", (f"#{state.records} signed", "dim")),
        ("kind", (f"{state.key_kind} key", "dim")),
    ]
    drops = ["alias", "region", "caller", "expiry", "whose", "kind"]
    if left is not None and left < _SOON:
        drops.remove("expiry")
    parts = [part for part in parts if part[1][0]]
    while drops and _width(parts) > width:
        name = drops.pop(0)
        parts = [part for part in parts if part[0] != name]
    return _joined(parts, width)


def caller_name(arn: str) -> str:
    """`role/IncidentResponder` out of an assumed role's ARN, `user/x` out of a user's."""
    resource = arn.split(":", 5)[-1]
    kind, _, rest = resource.partition("/")
    if kind == "assumed-role":
        return "role/" + rest.split("/")[0]
    return f"{kind}/{rest.split('/')[-1]}" if rest else resource


def _expiry(left: timedelta | None) -> str:
    if left is None:
        return ""
    if left <= timedelta():
        return "SESSION EXPIRED"
    minutes = int(left.total_seconds()) // 60
    return f"{minutes // 60:02}:{minutes % 60:02} left"


def _width(parts: list[tuple[str, Span]]) -> int:
    return sum(len(span[0]) for _, span in parts) + 2 * (len(parts) - 1)


def _joined(parts: list[tuple[str, Span]], width: int) -> Line:
    """Two spaces between; what comes after the incident's id is pushed to the right."""
    spare = max(0, width - _width(parts))
    right = next((name for name, _ in parts if name in ("whose", "clock")), "")
    spans: list[Span] = []
    for position, (name, span) in enumerate(parts):
        if position:
            between = " " if parts[position - 1][0] == "whose" else "  "
            spans.append((between + (" " * spare if name == right else ""), ""))
        spans.append(span)
    return tuple(spans)
