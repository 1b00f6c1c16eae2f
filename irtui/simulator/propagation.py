"""How long a change of IAM takes to be enforced: what is read shows it at once, what is enforced does not.

Rules: the delay of each change is drawn from the world's seed and the change's number, so one seed gives one
history. Until a change is due, enforcement sees its account as it was before that change, so changes arrive in
the order in which they were made. `least = most = 0` (a world being built): at once.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from irtui.simulator.directory import Directory, View, frozen, live

LEAST, MOST = 2.0, 6.0
"""Seconds that AWS commonly takes."""


@dataclass(slots=True)
class Propagation:
    seed: int
    least: float = 0.0
    most: float = 0.0
    _changes: int = 0
    _pending: list[tuple[datetime, Directory]] = field(default_factory=list)
    """(due, how the account was before), oldest change first."""

    def set(self, least: float, most: float) -> None:
        """For the changes from now on, in seconds of world time. Raises ValueError."""
        if not 0 <= least <= most:
            raise ValueError(f"propagation takes from {least} to {most} seconds: not a span")
        self.least, self.most = float(least), float(most)

    def before(self, account: str) -> Directory | None:
        """To be kept while a change is made and given to `changed` when it was. None: changes take no time."""
        return frozen(account) if self.most else None

    def changed(self, before: Directory | None, now: datetime) -> None:
        """A change was made at `now`."""
        self._changes += 1
        if before is not None:
            drawn = random.Random(f"propagation {self.seed} {self._changes}").uniform(self.least, self.most)
            self._pending.append((now + timedelta(seconds=drawn), before))

    def settled(self, now: datetime) -> datetime:
        """When everything that was changed until now is enforced."""
        return max((due for due, _ in self._pending), default=now)

    def view(self, now: datetime) -> View:
        """What enforcement sees at `now`."""
        self._pending = [change for change in self._pending if change[0] > now]
        seen: dict[str, Directory] = {}
        for _, before in self._pending:
            seen.setdefault(before.account, before)
        return lambda account: seen[account] if account in seen else live(account)
