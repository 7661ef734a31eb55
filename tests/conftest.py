"""Fixtures that several suites share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from remembered import read_once
from unclench.knowledge import Knowledge
from unclench.knowledge.compile import compile_pack
from unclench.knowledge.read import read_shelf

# As in the program itself: what lives to the end is much, and looking through it for garbage again and again takes a
# quarter of the time of compiling.
gc.set_threshold(100_000)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The pack of this checkout."""
    return Knowledge.load()


@pytest.fixture(scope="session", autouse=True)
def files_read_once() -> Iterator[None]:
    """Compile from remembered files, but where a test names another reader."""
    with pytest.MonkeyPatch.context() as patch:
        for function in (compile_pack, read_shelf):
            assert function.__kwdefaults__ is not None
            patch.setitem(function.__kwdefaults__, "read", read_once)
        yield
