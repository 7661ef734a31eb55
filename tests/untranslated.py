"""Finds English that reached a reader of the pseudo-locale `en-xa`, where every letter that can bear an accent has one.

`[Ýöü šáíđ: fever ~~~]` shows that "fever" was put into a translated sentence without being translated itself.
"""

from __future__ import annotations

import re

__all__ = ["untranslated"]

_BARE = re.compile(r"\S*[aceginosuyACEGINOSUY]\S*")
_NAMES = re.compile(r"\bUnclench\b|\bunclench open\b|\bsha256:[0-9a-f]+|\b[0-9a-f]{16}\b|%\(\w+\)[sd]|\{\w+\}")


def untranslated(text: str, *, allowed: str = "") -> list[str]:
    """Return the words of a text in `en-xa` that no translation touched.

    Args:
        text: what is shown.
        allowed: a pattern of what may stand in any language, besides the names of the program, pack and result.
    """
    text = _NAMES.sub(" ", text)
    return _BARE.findall(re.sub(allowed, " ", text) if allowed else text)
