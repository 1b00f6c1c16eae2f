"""How often LookupEvents may be called: two requests a second for an account and Region, by the world's clock."""

from dataclasses import dataclass, field
from datetime import datetime

RATE = 2.0


@dataclass(slots=True)
class LookupRate:
    """A bucket of two that fills by two a second. Nothing is counted until the world is built."""

    counting: bool = False
    _left: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    """(account, Region) → (requests left, when that was)."""

    def take(self, account: str, region: str, now: datetime) -> bool:
        """Whether one more request may pass now."""
        if not self.counting:
            return True
        seconds = now.timestamp()
        left, when = self._left.get((account, region), (RATE, seconds))
        left = min(RATE, left + max(0.0, seconds - when) * RATE)
        allowed = left >= 1
        self._left[account, region] = (left - allowed, seconds)
        return allowed
