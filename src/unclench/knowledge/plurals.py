"""Which of its plural forms a language gives a number: the cardinal categories of Unicode CLDR."""

from __future__ import annotations

from collections.abc import Callable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

__all__ = ["categories", "category"]

_Rules = tuple[tuple[str, Callable[[float], bool]], ...]

# Only languages that the product speaks or is about to; a test holds each against CLDR as Babel has it.
_RULES: Final[Mapping[str, _Rules]] = {
    "ar": (
        ("zero", lambda number: number == 0),
        ("one", lambda number: number == 1),
        ("two", lambda number: number == 2),
        ("few", lambda number: number % 100 in range(3, 11)),
        ("many", lambda number: number % 100 in range(11, 100)),
    ),
    "en": (("one", lambda number: number == 1),),
}


def categories(locale: str) -> tuple[str, ...]:
    """Return the categories of a language; none if its rule is not known here.

    Examples:
        >>> categories("en"), categories("tlh")
        (('one', 'other'), ())
    """
    rules = _RULES.get(_language(locale))
    return () if rules is None else (*(name for name, _ in rules), "other")


def category(number: float, locale: str) -> str:
    """Return the category of a number, written without needless zeros; `other` in a language that is not known here.

    Examples:
        >>> category(1, "en"), category(0.5, "en"), category(1, "en-xa"), category(105, "ar")
        ('one', 'other', 'one', 'few')
    """
    rules = _RULES.get(_language(locale), ())
    return next((name for name, holds in rules if holds(number)), "other")


def _language(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0]
