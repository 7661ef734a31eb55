"""Django for the tests of the pages: plain http, the pseudo-locales offered, and no database."""

from __future__ import annotations

import os

import pytest

os.environ["UNCLENCH_LOCAL"] = "1"
os.environ["UNCLENCH_PSEUDO"] = "1"
os.environ["UNCLENCH_SECRET_KEY"] = "only for tests, " * 4
os.environ["DJANGO_SETTINGS_MODULE"] = "unclench.web.settings"

import django

django.setup()

from shells.web.browser import browser, open_tab, site  # noqa: E402
from shells.web.visitor import Visitor  # noqa: E402

__all__ = ["browser", "open_tab", "site", "visitor"]


@pytest.fixture
def visitor() -> Visitor:
    """Somebody with a browser who has just begun a check about themselves."""
    one = Visitor()
    one.begin("me")
    return one
