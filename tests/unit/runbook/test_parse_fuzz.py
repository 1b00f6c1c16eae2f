"""Whatever is in a file: a Runbook or a RunbookError, quickly."""

import json
import random
import time
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irtui.errors import RunbookError
from irtui.lint.check import lint
from irtui.runbook.parse import parse_runbook

GOOD = (Path(__file__).parents[2] / "runbooks" / "good-all-kinds.yaml").read_text("utf-8")
LINES = GOOD.splitlines()
PIECES = [
    "${{",
    "}}",
    "'",
    '"',
    "`",
    "{",
    "[",
    "&a ",
    "*a",
    "!x ",
    ": ",
    "\n",
    "  ",
    "- ",
    "\u202e",
    "| ",
    "> ",
    "#",
    "? ",
    "@",
]


def attempt(text: str) -> None:
    start = time.process_time()
    try:
        runbook = parse_runbook(text, "x.yaml")
        lint(runbook, {})
    except RunbookError as error:
        assert all(problem.line >= 1 and problem.column >= 1 for problem in error.problems)
        assert str(error)
    assert time.process_time() - start < 5


@given(st.text(max_size=2000))
def test_any_text(text: str) -> None:
    """Arbitrary text raises nothing but RunbookError."""
    attempt(text)


@given(st.lists(st.sampled_from([*PIECES, "a", "id", "steps", "runbook", "title"]), max_size=120))
def test_text_made_of_yaml(pieces: list[str]) -> None:
    """Text of YAML's and JMESPath's own characters raises nothing but RunbookError."""
    attempt("".join(pieces))


@given(st.integers(0, len(GOOD) - 1), st.sampled_from([*PIECES, "", "\t", "0", "null", "true"]), st.integers(0, 30))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_good_runbook_with_a_hole(position: int, piece: str, length: int) -> None:
    """A good runbook with something else in one place is good or refused."""
    attempt(GOOD[:position] + piece + GOOD[position + length :])


@given(st.integers())
@settings(deadline=None)
def test_a_good_runbook_with_lines_in_disorder(seed: int) -> None:
    """Lines left out, doubled and swapped give a runbook or a refusal."""
    chance = random.Random(seed)
    lines = [line for line in LINES for _ in range(chance.choice([0, 1, 1, 1, 1, 1, 1, 1, 2]))]
    attempt("\n".join(lines))


VALUES = st.recursive(
    st.text(max_size=20) | st.sampled_from(["x", "iam.GetUser", "${{ a }}", "60s", "true", "1"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "phase",
                    "title",
                    "call",
                    "use",
                    "ask",
                    "with",
                    "verify",
                    "until",
                    "keep",
                    "when",
                    "steps",
                    "inputs",
                    "runbook",
                    "wait",
                    "for",
                ]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@given(VALUES)
@settings(deadline=None)
def test_any_structure(value: Any) -> None:
    """Any tree of values, with the format's keys in the wrong places, is refused, not crashed on."""
    attempt(json.dumps({"steps": value, "runbook": "x", "inputs": value}))
    attempt(json.dumps({"runbook": "x", "steps": [value, {"id": "a", "with": value, "verify": value}]}))
