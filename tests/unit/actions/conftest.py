"""One world for the actions that read a trail."""

from collections.abc import Iterator

import pytest

from tests.support.forensics import Scene, staged


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with staged(tmp_path_factory.mktemp("actions")) as made:
        yield made
