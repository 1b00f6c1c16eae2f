"""The log file of irtui: what it must never do to an incident."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from irtui.cli.logs import log_to


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    """The process's handlers and levels are put back."""
    root, botocore = logging.getLogger(), logging.getLogger("botocore")
    before, levels = root.handlers[:], (root.level, botocore.level)
    yield
    root.handlers[:] = before
    root.setLevel(levels[0])
    botocore.setLevel(levels[1])
    logging.captureWarnings(False)


def test_a_log_whose_folder_went_away_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line that cannot be written is dropped, in silence: neither an error of the caller nor text on the screen."""
    log_to(tmp_path / "log" / "irtui.log")
    shutil.rmtree(tmp_path / "log")
    logging.getLogger("irtui").error("nobody can read this")
    assert capsys.readouterr().err == ""


def test_a_log_on_a_full_disk_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """So it is where the file can be opened and not written."""
    log_to(Path("/dev/full"))
    logging.getLogger("irtui").error("nobody can read this")
    assert capsys.readouterr().err == ""
