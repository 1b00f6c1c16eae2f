"""What all tests share: in CI a skip is a failure, and no test sees the operator's own AWS or home."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.nursery import Nursery

DEEP = bool(os.environ.get("IRTUI_DEEP"))
LONG = ("tests/tui/", "tests/faults/", "tests/e2e/", "tests/property/")
KEPT = ("IRTUI_DEEP", "IRTUI_GOLDEN")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make test` leaves out what is marked deep; `make test-deep` runs it. The longest files come first."""
    if not DEEP:
        items[:] = [item for item in items if item.get_closest_marker("deep") is None]
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))  # so that two workers end together


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("CI"):
        terminalreporter.write_line(f"{len(skipped)} tests were skipped; in CI a skip is a failure.", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every test has its own home for irtui, and no AWS credentials or profiles but those it makes."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "IRTUI_")) and name not in KEPT]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("IRTUI_HOME", str(tmp_path / "irtui-home"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def born(request: pytest.FixtureRequest, nursery: Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worlds that a test starts are forks of one that has loaded everything; not where their beginning is tested."""
    if request.node.get_closest_marker("real_process") is None:
        monkeypatch.setattr("irtui.gameday.world.process_of", nursery.process_of)
