"""What the judge said of one thing that counts as won. Light: a report reads it without the world that was judged."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Objective:
    id: str
    text: str
    met: bool
    detail: str
