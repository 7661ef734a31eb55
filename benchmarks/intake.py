"""What does reading somebody's own words cost, and can a text be written that costs far more than its length?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.measure import Row, in_turns
from unclench.intake import LONGEST_TEXT, propose
from unclench.knowledge import Knowledge

__all__ = ["measure"]

_ORDINARY = "My lower back seized up when I lifted a box two days ago. It hurts down my left leg, and I have no fever. "
_ODD = ("no ", "back pain ", "not my back ", "((((", "a", "'", "\n", "9", "http://a.", "\N{FACE WITH TEARS OF JOY}")


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield what odd texts of the greatest length take beside an ordinary one as long, and what a huge one takes."""
    ordinary = _filled(_ORDINARY)
    for piece in _ODD:
        text = _filled(piece)
        times = in_turns(
            {"odd": partial(propose, text, knowledge), "ordinary": partial(propose, ordinary, knowledge)}, repeats=5
        )
        yield Row(f"own words: {piece!r} over and over", times["odd"], "s", "ordinary words", times["ordinary"])
    huge = _ORDINARY * (10_000_000 // len(_ORDINARY))
    times = in_turns(
        {"huge": partial(propose, huge, knowledge), "ordinary": partial(propose, ordinary, knowledge)}, repeats=5
    )
    yield Row("own words: ten megabytes, cut to the greatest length", times["huge"], "s", "the part", times["ordinary"])


def _filled(piece: str) -> str:
    """Return the text of the greatest length that is read, made of this piece."""
    return (piece * (LONGEST_TEXT // len(piece) + 1))[:LONGEST_TEXT]
