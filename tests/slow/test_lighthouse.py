"""Lighthouse, as a phone: at least 95 in every category, on the start, a question and the result.

Writes docs/explanation/web_quality.md when UNCLENCH_WRITE_DOCS=1.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.lighthouse import CATEGORIES, measure

import shells.web.conftest  # noqa: F401  # the environment of the pages' tests
from shells.web.browser import VARIANTS, started_server
from unclench.web import cookie

ROOT = Path(__file__).resolve().parents[2]
LEAST = 95
PAGES = {"Start": "start", "A question": "danger screen", "Body map": "body map", "Result": "result, folded"}
_HEAD = """# How good the pages are

Written by `tests/slow/test_lighthouse.py` (with `UNCLENCH_WRITE_DOCS=1`); do not edit by hand.

Lighthouse {version}, mobile: a slow phone on slow 4G, simulated. Each score is out of 100; the tests ask for {least}.

| Page | Performance | Accessibility | Best practices | SEO | Largest paint (s) | Weight (kB) |
| --- | --- | --- | --- | --- | --- | --- |
"""
_TAIL = """
What every page holds in every state is in `tests/shells/web/test_browser_pages.py`: axe without a finding in light and
dark, nothing cut at 320 px or at 200% zoom, in a longer language and from right to left, under 60 kB at first view,
nothing fetched from elsewhere, and everything folded out on paper.

These are one machine's figures, in one browser (Chromium). No screen reader, real phone, Firefox or Safari was used.
"""

pytestmark = pytest.mark.slow
_rows: dict[str, str] = {}
_version: list[str] = []


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    process, address = started_server()
    yield address
    process.terminate()
    process.communicate(timeout=20)
    if os.environ.get("UNCLENCH_WRITE_DOCS") == "1" and len(_rows) == len(PAGES):
        text = _HEAD.format(version=_version[0], least=LEAST) + "".join(_rows[page] for page in PAGES) + _TAIL
        (ROOT / "docs/explanation/web_quality.md").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("page", list(PAGES))
def test_lighthouse_gives_at_least_95_in_every_category(site: str, page: str) -> None:
    variant = VARIANTS[PAGES[page]]
    sealed = cookie.seal(variant.state, now=time.time()) if variant.state else ""
    scores, report = measure(site + variant.path, cookie=f"{cookie.NAME}={sealed}" if sealed else "")
    assert report["finalDisplayedUrl"] == site + variant.path
    audits = report["audits"]
    paint = audits["largest-contentful-paint"]["numericValue"] / 1000
    weight = audits["total-byte-weight"]["numericValue"] / 1000
    shown = " | ".join(str(scores[name]) for name in CATEGORIES)
    _rows[page] = f"| {page} | {shown} | {paint:.1f} | {weight:.0f} |\n"
    _version[:] = [report["lighthouseVersion"]]
    poor = {k: a["title"] for k, a in audits.items() if a["score"] is not None and a["score"] < 0.9}
    assert {name: score for name, score in scores.items() if score < LEAST} == {}, poor
    assert paint < 2, "usable on slow 4G in under two seconds"
