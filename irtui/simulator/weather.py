"""What goes wrong on the way: rules that match operations and spoil them, for a while, for some, a number of times.

effect: delay (seconds), throttle, error (5xx before acting), error_after (acts, then 5xx), drop (closes the connection
before acting), drop_after (acts, then closes it), deny (AccessDenied whatever the policies say), outage (a Region
answers nothing but 503), refuse (that code, before acting: somebody was faster, or a session has ended). Which requests
a share strikes is drawn from the world's seed.
"""

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

EFFECTS = ("delay", "throttle", "error", "error_after", "drop", "drop_after", "deny", "outage", "refuse")


@dataclass(slots=True)
class Rule:
    effect: str
    service: str = ""
    """Empty matches every service."""
    operation: str = ""
    access_key_id: str = ""
    seconds: float = 0.0
    times: int = -1
    """How many requests it still spoils; negative: all."""
    region: str = ""
    actor: str = ""
    """Whose requests, as `Weather.holder` names them."""
    since: datetime | None = None
    until: datetime | None = None
    share: float = 1.0
    """Of the requests that it matches."""
    code: str = ""
    """What `refuse` answers, with `status`."""
    status: int = 404
    chance: random.Random = field(default_factory=lambda: random.Random(0))

    def matches(self, service: str, operation: str, access_key_id: str, region: str, now: datetime) -> bool:
        return (
            self.times != 0
            and self.service in ("", service)
            and self.operation in ("", operation)
            and self.access_key_id in ("", access_key_id)
            and self.region in ("", region)
            and (self.since is None or now >= self.since)
            and (self.until is None or now < self.until)
        )


class Weather:
    """Thread-safe. Rules are tried in order; each that matches spoils the request."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._fair = 0
        self.holder: Callable[[str], str] = lambda access_key_id: ""
        """Whose access key that is."""

    def set(self, rules: Iterable[Rule]) -> None:
        """Replaces all rules. Raises ValueError for an unknown effect."""
        rules = list(rules)
        for rule in rules:
            if rule.effect not in EFFECTS:
                raise ValueError(f"unknown effect {rule.effect!r}: one of {', '.join(EFFECTS)}")
        with self._lock:
            self._rules = rules

    @contextmanager
    def fair(self) -> Iterator[None]:
        """Nothing goes wrong inside: for the judge, who wants to know what AWS allows."""
        with self._lock:
            self._fair += 1
        try:
            yield
        finally:
            with self._lock:
                self._fair -= 1

    def strike(self, service: str, operation: str, access_key_id: str, region: str, now: datetime) -> dict[str, float]:
        """effect → seconds for this one request; counts it."""
        struck: dict[str, float] = {}
        with self._lock:
            for rule in () if self._fair else self._rules:
                if not rule.matches(service, operation, access_key_id, region, now):
                    continue
                if rule.actor and self.holder(access_key_id) != rule.actor:
                    continue
                if rule.share < 1 and rule.chance.random() >= rule.share:
                    continue
                rule.times -= rule.times > 0
                struck[f"refuse {rule.status} {rule.code}" if rule.effect == "refuse" else rule.effect] = rule.seconds
        return struck
