"""What goes wrong on the way, on request: rules that match operations and spoil them, a number of times.

effect: delay (seconds), throttle, error (5xx before acting), error_after (acts, then 5xx), drop (closes the connection
before acting), drop_after (acts, then closes it), deny (AccessDenied whatever the policies say).
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

EFFECTS = ("delay", "throttle", "error", "error_after", "drop", "drop_after", "deny")


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

    def matches(self, service: str, operation: str, access_key_id: str) -> bool:
        return (
            self.times != 0
            and self.service in ("", service)
            and self.operation in ("", operation)
            and self.access_key_id in ("", access_key_id)
        )


class Weather:
    """Thread-safe. Rules are tried in order; each that matches spoils the request."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def set(self, rules: Iterable[Rule]) -> None:
        """Replaces all rules. Raises ValueError for an unknown effect."""
        rules = list(rules)
        for rule in rules:
            if rule.effect not in EFFECTS:
                raise ValueError(f"unknown effect {rule.effect!r}: one of {', '.join(EFFECTS)}")
        with self._lock:
            self._rules = rules

    def strike(self, service: str, operation: str, access_key_id: str) -> dict[str, float]:
        """effect → seconds for this one request; counts it."""
        struck: dict[str, float] = {}
        with self._lock:
            for rule in self._rules:
                if rule.matches(service, operation, access_key_id):
                    rule.times -= rule.times > 0
                    struck[rule.effect] = rule.seconds
        return struck
