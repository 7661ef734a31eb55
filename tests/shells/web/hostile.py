"""What the tests of hostile input share: markup nobody should write, and a reader of pages that looks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest

from unclench.knowledge import Knowledge
from unclench.web import pack

__all__ = ["HEADERS", "MARKUP", "assert_harmless", "assert_headers", "older_pack", "serving"]

MARK = "zqxwvkjqz"
MARKUP = (
    f"<script>{MARK}()</script>",
    f"\"><img src=x onerror='{MARK}()'>",
    f"' onmouseover='{MARK}()' x='",
    f"</textarea><script>{MARK}()</script>",
    f"</title></q><svg onload={MARK}()>",
    f'<!-- {MARK} --><style>*{{content:"{MARK}"}}</style>',
    f"javascript:{MARK}()",
    f"{{{{ {MARK} }}}}{{% load {MARK} %}}{{# {MARK}",
    f'#eval("{MARK}") #read("/etc/passwd") $ {MARK} $ `{MARK}` @{MARK} <{MARK}>',
    f"%(name)s %s {{0.__class__}} {MARK}",
    f"\N{RIGHT-TO-LEFT OVERRIDE}{MARK}\N{POP DIRECTIONAL FORMATTING}",
    f"\N{LEFT-TO-RIGHT ISOLATE}{MARK}\N{ZERO WIDTH JOINER}\N{BYTE ORDER MARK}",
    f"\x00{MARK}\x07\x1b[31m\x7f\x85\x0b",
    f"{MARK}\r\nSet-Cookie: evil=1\r\n\r\n",
    f"{MARK}\ufffe\uffff\U0010ffff",
)

HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def assert_headers(headers: Any) -> None:
    """Check the headers that every answer to a person carries, errors included."""
    for name, value in HEADERS.items():
        assert headers[name] == value, name
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    for feature in ("camera", "geolocation", "microphone"):
        assert f"{feature}=()" in headers["Permissions-Policy"]
    for leak in ("Server", "X-Powered-By", "Via"):
        assert not headers.get(leak), leak


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if MARK in tag or any(MARK in name for name in held):
            self.bad.append(f"<{tag} {held}>")
        is_figure = tag == "img" and (held.get("src") or "").startswith("/figure/")
        if (
            (tag == "img" and not is_figure)
            or tag in ("iframe", "object", "embed", "style")
            or (tag == "script" and not held.get("src"))
        ):
            self.bad.append(f"<{tag}>")
        if any(name == "style" or name.startswith("on") for name in held):
            self.bad.append(f"<{tag} {held}>")
        for name in ("href", "src", "action"):
            value = held.get(name) or "/"
            if not re.match(r"[/#?]|https://", value) or value.startswith("//"):
                self.bad.append(value)
        self.tags.append((tag, held))

    def handle_comment(self, data: str) -> None:
        self.bad.append(data)


def assert_harmless(page: bytes) -> None:
    """Check that a page holds nothing of what was sent but as text."""
    html = page.decode("utf-8")
    assert not (found := re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]", html)), repr(found)
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.bad == []


def older_pack() -> Knowledge:
    """Return a whole pack as an earlier version: one text was other, and one question was asked that is gone now."""
    from unclench.knowledge.layout import serialise

    new = Knowledge.load().data
    finding = next(one for one in new["findings"] if one["id"] == "poor_sleep")
    screen = next(one for one in new["screens"] if one["stage"] == "danger")
    english = new["wording"]["en"]
    words = {
        **english,
        "findings": {
            **english["findings"],
            "gone_since": {**english["findings"]["poor_sleep"], "line": "A line of an older version"},
            "fever": {**english["findings"]["fever"], "line": "An older wording of fever"},
        },
    }
    older = {
        **new,
        "findings": [*new["findings"], {**finding, "id": "gone_since"}],
        "screens": [
            {**one, "findings": [*one["findings"], "gone_since"]} if one is screen else one for one in new["screens"]
        ],
        "wording": {**new["wording"], "en": words},
    }
    return Knowledge(serialise(older))


@contextmanager
def serving(knowledge: Knowledge) -> Iterator[None]:
    """Let the pages answer from another pack for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Knowledge, "load", lambda: knowledge)
        pack.knowledge.cache_clear()
        yield
    pack.knowledge.cache_clear()
