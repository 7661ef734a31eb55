"""Django, the server and the browser for the slow tests of the pages."""

from __future__ import annotations

import shells.web.conftest  # noqa: F401  (sets Django up)
from shells.web.browser import browser, open_tab, site

__all__ = ["browser", "open_tab", "site"]
