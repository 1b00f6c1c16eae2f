"""Looking at AWS: what is there now, and whether a condition holds (yet)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from irtui.aws.door import Door
from irtui.canonical import canonical, plain
from irtui.clock import Clock
from irtui.errors import AwsFault, CredentialsError, RunbookError, SimulatorGap, UsageError
from irtui.model.call import Call
from irtui.model.outcome import Finding, Observed
from irtui.model.plan import Look, PlannedCall
from irtui.redact import masked
from irtui.runbook.expressions import search, truth, watched

SHOWN = 200
"""Characters of what was seen instead that a reason holds."""

PAGES = 20
"""Most pages that one look follows."""

_PASSING = ("throttled", "timeout", "unavailable", "not_sent", "unknown")
"""Faults after which another look may succeed."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look gave."""

    finding: Finding
    value: Any = None
    """The members that the condition reads."""
    why: str = ""
    advice: str = ""
    passing: bool = True
    """Looking again may give something else."""


def signed_in(fault: AwsFault) -> AwsFault:
    """`fault`, unless it says that the operator's session has ended: then the step waits for signing in again."""
    if fault.kind == "expired":
        raise CredentialsError(fault.message, title="The AWS session has ended", advice=fault.advice)
    return fault


def observe(door: Door, call: Call, watch: tuple[str, ...]) -> Observed:
    """Reads once. Only what AWS calls absent is absent; what could not be read is unknown. Never raises AwsFault."""
    try:
        reply = door.read(call, pages=PAGES)
    except AwsFault as fault:
        return Observed("absent") if signed_in(fault).kind == "absent" else Observed("unknown", why=str(fault))
    except SimulatorGap as gap:
        return Observed("unknown", why=gap.message)
    data = masked(plain(reply.data), reply.sensitive)
    return Observed("present", {path: search(path, data) for path in watch} if watch else data)


def observed_before(door: Door, planned: PlannedCall) -> Observed | None:
    """The state that a planned call starts from. None where the plan names nothing to read."""
    call = planned.observe or (planned.look.call if planned.look else None)
    if call is None:
        return None
    watch = planned.watch or (() if planned.observe or planned.look is None else watched(planned.look.until))
    return observe(door, call, watch)


def same(one: Observed | None, other: Observed | None) -> bool:
    """Both were seen, and nothing differs; the order of a list is AWS's own and no difference."""
    if one is None or other is None or "unknown" in (one.state, other.state):
        return False
    return (one.state, _sorted(plain(one.value))) == (other.state, _sorted(plain(other.value)))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in value.items()}
    return sorted(map(_sorted, value), key=canonical) if isinstance(value, list) else value


def look(
    door: Door,
    clock: Clock,
    what: Look,
    *,
    once: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> Sight:
    """Polls until the condition holds or `within` has passed; `once` looks a single time."""
    deadline = clock.monotonic() + what.within
    while True:
        sight = glance(door, what)
        if sight.finding is Finding.VERIFIED or once or not sight.passing:
            return sight
        if stopping():
            return Sight(Finding.UNSETTLED, sight.value, "irtui was stopped before it had looked long enough")
        if clock.monotonic() + what.every > deadline:
            return sight
        clock.sleep(what.every)


def glance(door: Door, what: Look) -> Sight:
    """One look. Raises CredentialsError: what could not be seen without signing in is looked at after it."""
    try:
        reply = door.read(what.call, pages=PAGES)
    except AwsFault as fault:
        if signed_in(fault).kind != "absent":
            return Sight(Finding.UNSETTLED, None, str(fault), fault.advice, fault.kind in _PASSING)
        data = None
    except (SimulatorGap, UsageError) as error:
        return Sight(Finding.UNSETTLED, None, error.message, error.advice, passing=False)
    else:
        data = masked(plain(reply.data), reply.sensitive)
    return judged(what.until, data)


def judged(until: str, data: Any) -> Sight:
    """Whether `until` holds for `data`. A condition that cannot be evaluated does not hold."""
    value = {path: search(path, data) for path in watched(until)} if data is not None else None
    try:
        holds = truth(until, data)
    except RunbookError as error:
        return Sight(Finding.REFUTED, value, f"{what_for(data)}: {error.message}")
    if holds:
        return Sight(Finding.VERIFIED, value)
    return Sight(Finding.REFUTED, value, f"{what_for(data)}: {until} does not hold{_seen(value)}")


def _seen(value: dict[str, Any] | None) -> str:
    """What stands there instead, as far as it can be read in a line."""
    text = "; ".join(f"{path} is {json.dumps(plain(seen))}" for path, seen in (value or {}).items())
    return f" ({text})" if 0 < len(text) <= SHOWN else ""


def what_for(data: Any) -> str:
    return "AWS says there is no such thing" if data is None else "AWS answered"
