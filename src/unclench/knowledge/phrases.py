"""The texts that the program itself asks the wording for, by name: messages, and phrases with places to fill in."""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

__all__ = ["MESSAGES", "PHRASES", "filled", "places"]

MESSAGES: Final = (
    "age_not_known",
    "kept",
    "limits",
    "nothing_fired",
    "open_emergency_question",
    "setting_not_known",
    "start",
)
"""Messages that every language must have; there may be more."""

_RANGE = frozenset({"low", "high"})

PHRASES: Final[Mapping[str, frozenset[str]]] = {
    "both": frozenset({"first", "rest"}),
    "either": frozenset({"first", "rest"}),
    "list": frozenset({"first", "rest"}),
    "long_list": frozenset({"first", "rest"}),
    "some_of": frozenset({"count", "things"}),
    "absent": frozenset({"thing"}),
    "unsure": frozenset({"thing"}),
    "answer": frozenset({"thing", "answer"}),
    "none": frozenset(),
    "span": _RANGE,
    "under": frozenset({"thing", "number"}),
    "at_most": frozenset({"thing", "number"}),
    "over": frozenset({"thing", "number"}),
    "at_least": frozenset({"thing", "number"}),
    "exactly": frozenset({"thing", "number"}),
    "chance_top": frozenset(),
    "chance_of_100": frozenset({"count"}),
    "chance_of_1000": frozenset({"count"}),
    "chance_bottom": frozenset(),
    "range_top": _RANGE,
    "range_of_100": frozenset({"count"}) | _RANGE,
    "range_of_1000": frozenset({"count"}) | _RANGE,
    "range_bottom": _RANGE,
    "count_below": frozenset({"count"}),
    "count_above": frozenset({"count"}),
}
"""Name to places. The compiler refuses a language that lacks one, or whose phrase has other places."""

_PLACE = re.compile(r"\{(\w+)\}")


def filled(pattern: str, **parts: str) -> str:
    """Return a phrase with its places filled; what is no place of it stays as it is.

    Examples:
        >>> filled("{thing} under {number}", thing="age", number="5")
        'age under 5'
    """
    pieces = list(_pieces(pattern))
    pieces[1::2] = [parts.get(name, f"{{{name}}}") for name in pieces[1::2]]
    return "".join(pieces)


@lru_cache(maxsize=256)
def _pieces(pattern: str) -> tuple[str, ...]:
    """Return the text before the first place, the name of that place, the text after it, and so on."""
    return tuple(_PLACE.split(pattern))


def places(pattern: str) -> frozenset[str]:
    """Return the places a phrase has."""
    return frozenset(_PLACE.findall(pattern))
