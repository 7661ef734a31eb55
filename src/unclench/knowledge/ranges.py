"""The range of a number: as its record gives it, or as the calculation takes it where the record gives none.

One definition for all that use a range: the pack, the table of all numbers, the pages and the sensitivity of a case.
"""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["Range", "log_odds", "prior_range", "ratio_range", "shifted"]


class Range(NamedTuple):
    """The ends of a range, and whether the record gives it; if not, it is the spread that the calculation takes."""

    low: float
    high: float
    own: bool


def ratio_range(value: float, low: float | None, high: float | None, spread: float) -> Range:
    """Return the range of a ratio: its own, or `spread` times less to `spread` times more.

    A range that starts at 0 has no logarithm, so the calculation takes the spread in its place.

    Examples:
        >>> ratio_range(4, 2, 9, 2.5), ratio_range(4, None, None, 2.5)
        (Range(low=2, high=9, own=True), Range(low=1.6, high=10.0, own=False))
    """
    if low is None or high is None or low <= 0:
        return Range(value / spread, value * spread, False)
    return Range(low, high, True)


def prior_range(value: float, low: float | None, high: float | None, spread: float) -> Range:
    """Return the range of a probability: its own, or its odds `spread` times less to `spread` times more.

    Examples:
        >>> low, high, own = prior_range(0.5, None, None, 3)
        >>> round(low, 2), round(high, 2), own
        (0.25, 0.75, False)
    """
    if low is None or high is None or low <= 0 or high >= 1:
        return Range(shifted(value, -math.log(spread)), shifted(value, math.log(spread)), False)
    return Range(low, high, True)


def shifted(probability: float, by: float) -> float:
    """Return a probability in (0, 1) whose log odds moved by `by`; it stays in (0, 1).

    Raises:
        ValueError: the probability is 0 or 1, which have no log odds.

    Examples:
        >>> round(shifted(0.5, math.log(4)), 2)
        0.8
    """
    log = log_odds(probability) + by
    return math.exp(log) / (1 + math.exp(log)) if log < 0 else 1 / (1 + math.exp(-log))


def log_odds(probability: float) -> float:
    """Return the log odds of a probability in (0, 1).

    Raises:
        ValueError: the probability is 0 or 1.
    """
    return math.log(probability) - math.log1p(-probability)
