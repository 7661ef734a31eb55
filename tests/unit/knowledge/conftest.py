"""One copy of the knowledge for all tests of a process, mended after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from unit.knowledge.planting import Planting


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Planting:
    return Planting.copy(tmp_path_factory.mktemp("planting"))


@pytest.fixture
def planting(copied: Planting) -> Iterator[Planting]:
    yield copied
    copied.restore()
