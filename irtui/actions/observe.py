"""Reading before an act: what is there, what is surely not there, and what nobody knows."""

from collections.abc import Mapping
from typing import Any

from irtui.actions.interface import Reader
from irtui.canonical import plain
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call
from irtui.model.outcome import Observed
from irtui.model.plan import Look
from irtui.runbook.expressions import search, watched


def before(reply: Observed, look: Look) -> Observed:
    """Of the reply to `look.call`, the members that `until` reads, by their expressions.

    The engine reads the precondition in the same form just before sending, so that the two compare. Absent is
    only what AWS says does not exist; denied, throttled and timed out are unknown.
    """
    return Observed("present", members(reply.value, look.until)) if reply.state == "present" else reply


def members(data: Mapping[str, Any], until: str) -> dict[str, Any]:
    """Expression → value in `data`, for each field expression that `until` reads."""
    return {expression: plain(search(expression, data)) for expression in watched(until)}


def reply_of(reader: Reader, call: Call, *, pages: int = 1) -> Observed:
    """The whole reply as `value`, or absent, or unknown with the reason. An ended session is raised: sign in again."""
    try:
        return Observed("present", reader.read(call, pages=pages).data)
    except AwsFault as fault:
        if fault.kind == "expired":
            raise
        return Observed("absent") if fault.kind == "absent" else Observed("unknown", why=words(fault))
    except SimulatorGap as gap:
        return Observed("unknown", why=words(gap))


def words(error: AwsFault | SimulatorGap) -> str:
    """One sentence for a gap."""
    if isinstance(error, AwsFault):
        return f"{error.call or 'the call'}: {error.kind.replace('_', ' ')} ({error.code})"
    return f"not simulated: {error.message}"
