"""Codes of a virtual MFA device (RFC 6238): six digits, SHA-1, a new one every 30 seconds."""

import base64
import hashlib
import hmac
from datetime import datetime

STEP = 30
"""Seconds for which a code is the current one."""


def step_at(moment: datetime) -> int:
    """The number of the time step that holds at `moment`."""
    return int(moment.timestamp()) // STEP


def code(seed: str, step: int) -> str:
    """The code of one time step; `seed` is base32, as the device is given it."""
    digest = hmac.new(base64.b32decode(seed), step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def step_of(seed: str, given: str, steps: range) -> int | None:
    """The newest of `steps` whose code this is. None: it is none of theirs."""
    return next((step for step in reversed(steps) if hmac.compare_digest(code(seed, step), given)), None)


def step_of_pair(seed: str, first: str, second: str, steps: range) -> int | None:
    """The step of `second`, when the two are the codes of consecutive steps."""
    pairs = (s for s in reversed(steps) if code(seed, s - 1) == first and code(seed, s) == second)
    return next(pairs, None)
