"""What does handing over cost: the sheet, its code, and refusing a code that is damaged from end to end?"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Row, Spread, in_turns
from benchmarks.people import people
from unclench.handover.code import MOST_CHARACTERS, CodeError, encode, open_code
from unclench.handover.pdf import pdf
from unclench.knowledge import Knowledge
from unclench.reasoning import assess

__all__ = ["measure"]

_HALF_A_SECOND = Spread(0.5, 0.5, 0.5)


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield what the sheet takes beside the half second it may, and what the longest text takes that is no code."""
    case = people(knowledge)["interviewed"]
    done = assess(knowledge, case)
    sheets = in_turns({"sheet": lambda: pdf(done)}, repeats=20)
    yield Row("PDF of the advice", sheets["sheet"], "s", "the limit set for it", _HALF_A_SECOND)
    code = encode(case, knowledge)
    longest = code[:10] + "B" * (MOST_CHARACTERS - 10)

    def refuse() -> None:
        try:
            open_code(longest, knowledge)
        except CodeError:
            return
        raise AssertionError("this is no code")

    times = in_turns({"refuse": refuse, "open": lambda: open_code(code, knowledge)}, repeats=50)
    yield Row(f"refusing {MOST_CHARACTERS} damaged letters", times["refuse"], "s", "opening a code", times["open"])
