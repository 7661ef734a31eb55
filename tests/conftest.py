"""Fixtures that several suites share."""

from __future__ import annotations

import pytest

from unclench.knowledge import Knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The pack of this checkout."""
    return Knowledge.load()
