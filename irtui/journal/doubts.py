"""Intents that no outcome settled: what was sent, and nobody knows what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from irtui.journal.record import Record


@dataclass(slots=True)
class Doubts:
    intents: dict[int, str] = field(default_factory=dict)
    """By record, in words: what is known of each intent that is not settled."""

    def take(self, record: Record) -> Iterator[str]:
        """Goes on by one record; yields a note about one that settles nothing."""
        if record.type == "intent":
            self.intents[record.seq] = "it has no outcome"
        elif record.type in ("outcome", "unknown", "reconcile"):
            intent: Any = record.body.get("intent")
            if type(intent) is not int or intent not in self.intents:
                yield f"#{record.seq}: {record.type} of no open intent"
            elif record.type == "unknown" or record.body.get("found") == "unclear":
                self.intents[intent] = "nobody knows what became of it"
            else:
                del self.intents[intent]
