"""The two grounds of every probe: the referee's world, and bare moto in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import bare_moto
from tests.support.enforcement import Ground
from tests.support.lab import Lab


@pytest.fixture(scope="module")
def referee(lab: Lab) -> Ground:
    return Ground(lab.world.url, lab.operator, lab.world.account, lab.world)


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    home = tmp_path_factory.mktemp("bare")
    with subprocess.Popen(
        [sys.executable, "-P", str(Path(bare_moto.__file__))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=home,
        env={"HOME": str(home), "TZ": "UTC"},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield Ground(told["url"], (told["access_key_id"], told["secret_access_key"], None), told["account"], None)
        process.kill()
