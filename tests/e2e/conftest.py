"""Every end-to-end test has a home of its own, and no world outlives its test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import end_worlds


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose worlds end with the test."""
    yield tmp_path / "home"
    end_worlds(tmp_path / "home")
