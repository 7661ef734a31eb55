"""Pseudo-locales: English dressed up so that a text that missed the catalogues, or does not fit, is seen at once.

`en-xa` has accents and is a third longer; `ar-xb` runs from right to left.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from copy import copy
from typing import Any

from unclench.knowledge import Knowledge

__all__ = ["PSEUDO_LOCALES", "pseudo", "with_pseudo_locales"]

PSEUDO_LOCALES = ("en-xa", "ar-xb")

_ACCENTED = str.maketrans("aceginosuyACEGINOSUY", "áçéĝíñöšûýÁÇÉĜÍÑÖŠÛÝ")
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|\{\w+\}|<[^>]+>|&\w+;|\s+)")
_RIGHT_TO_LEFT, _END = "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{POP DIRECTIONAL FORMATTING}"


def pseudo(text: str, locale: str) -> str:
    """Return `text` as `locale` shows it; placeholders, tags and spaces stay as they are.

    Examples:
        >>> pseudo("Go back %(count)s steps", "en-xa")
        '[Ĝö báçk %(count)s štépš ~~~]'
    """
    parts = _KEPT.split(text)
    if locale == "ar-xb":
        # Each run of words apart, as placeholders must keep their own direction.
        return "".join(p if not p or _KEPT.fullmatch(p) else f"{_RIGHT_TO_LEFT}{p}{_END}" for p in parts)
    accented = "".join(p if _KEPT.fullmatch(p) else p.translate(_ACCENTED) for p in parts)
    return f"[{accented} {'~' * max(1, len(text) // 7)}]"


def with_pseudo_locales(knowledge: Knowledge, locales: Collection[str] = PSEUDO_LOCALES) -> Knowledge:
    """Return the pack with its English wording in each of `locales` too; its hash stays, as the advice does.

    A joint between words that is no wording, but stands in the program, shows as plain English between them.
    """
    made = copy(knowledge)
    wording = knowledge.data["wording"]
    made.data = {**knowledge.data, "wording": {**wording, **{one: _dressed(wording["en"], one) for one in locales}}}
    return made


def _dressed(texts: Any, locale: str) -> Any:
    if isinstance(texts, dict):
        return {name: _dressed(one, locale) for name, one in texts.items()}
    return pseudo(texts, locale) if texts else texts
