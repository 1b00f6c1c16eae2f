"""A program for the pty test: the real TUI on a fake desk with foreign strings poisoned (argument `hostile`)."""

import itertools
import sys

from irtui.tui.app import run_app
from tests.tui.fake_desk import FakeDesk, FixedClock
from tests.tui.families import family
from tests.tui.payloads import PAYLOADS

_turn = itertools.count()


def poisoned(text: str) -> str:
    """All payloads in one string, each time beginning with another one, so that narrow fields show each sometimes."""
    start = next(_turn) % len(PAYLOADS)
    return "".join((*PAYLOADS[start:], *PAYLOADS[:start])) + text


if __name__ == "__main__":
    foreign = poisoned if sys.argv[1] == "hostile" else str
    desk = FakeDesk(foreign, tree=family(foreign))
    sys.exit(run_app(desk, clock=FixedClock()))
