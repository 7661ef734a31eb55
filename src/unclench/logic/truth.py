"""Three-valued truth after Kleene: false < unknown < true. Unknown is never false."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Truth"]


class Truth(IntEnum):
    """A truth value. With this order, `and` is the least, `or` the greatest, `not` the mirror image.

    Examples:
        >>> min(Truth.TRUE, Truth.UNKNOWN), max(Truth.TRUE, Truth.UNKNOWN)
        (<Truth.UNKNOWN: 1>, <Truth.TRUE: 2>)
        >>> Truth.UNKNOWN.negated
        <Truth.UNKNOWN: 1>
    """

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    @property
    def negated(self) -> Truth:
        """The truth of the opposite statement; the opposite of unknown is unknown."""
        return Truth(2 - self)
