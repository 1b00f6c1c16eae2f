"""A built wheel carries everything: it is installed elsewhere and plays the rehearsal from outside the checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the wheel's content; the dependencies are this environment's."""
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", place, ROOT], check=True, cwd=place
    )
    (wheel,) = place.glob("irtui-*.whl")
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", place / "site", wheel], check=True, cwd=place
    )
    return place / "site"


def _outside(site: Path, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "irtui", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(site)},
    )


def test_the_wheel_lists_its_runbooks_and_its_schema(installed: Path, tmp_path: Path) -> None:
    """Runbooks and schema are found inside the installed package, not in a checkout."""
    ran = _outside(installed, tmp_path, "runbooks", "list", "-o", "json")
    assert ran.returncode == 0, ran.stderr
    entries = {entry["name"]: entry for entry in json.loads(ran.stdout)["data"]}
    assert entries["key-revocation"]["path"].startswith(str(installed)) and entries["key-revocation"]["shipped"]
    assert (installed / "irtui" / "_content" / "schema" / "runbook.schema.json").is_file()


def test_the_wheel_plays_the_rehearsal(installed: Path, tmp_path: Path) -> None:
    """Scenario, simulator and TUI styles came along: the scripted operator meets every objective."""
    ran = _outside(installed, tmp_path, "rehearse", "leaked-key", "--auto", "-o", "json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout)["ok"] is True
    assert list((installed / "irtui" / "tui").rglob("*.tcss"))
