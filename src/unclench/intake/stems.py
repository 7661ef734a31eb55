"""The words of an English sentence that tell something, without their endings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from unclench.intake.sentences import words_of

__all__ = ["bag", "stem", "tells"]

# Words that tell nothing about what is claimed.
_STOP: Final = frozenset(
    words_of(
        """
        a about above after again all also although am an and another any are as at be because been before
        being below but by can could did do does doing down during each even few for from further get gets
        getting go goes going had has have having he her here him his how however i if in instead into is it
        it's its itself just least less let like likely make makes making many may me might mind more most
        much must my near need needs no nor not now of off often on once one only or other others our ours
        out over own part put quite rather really same say says she should since so some somebody something
        sometimes somewhat soon still such take taken takes than that the their them then there these they
        thing things this those though through to too under until up upon us use used uses using usually
        very was way ways we well were what when where whether which while who whom whose why will with
        within without would yet you your yours yourself around ever never people person
        """
    )
)
# Longest first, and never down to less than three letters.
_ENDINGS: Final = tuple(
    words_of(
        """
        ization ational ating ated ates ate fulness ousness iveness ations ation ments ment ness able ible
        ings ies ing ied ers ion ous ive al ed es er ly ic s e y
        """
    )
)


def tells(word: str) -> bool:
    """Tell whether a word, in small letters, says something about what is claimed.

    Examples:
        >>> tells("disc"), tells("somewhat")
        (True, False)
    """
    return word not in _STOP


def bag(texts: Iterable[str]) -> frozenset[str]:
    """Return the stems of the words that tell something.

    Examples:
        >>> sorted(bag(["Stretching prevents the spasms."]))
        ['prevent', 'spasm', 'stretch']
    """
    return frozenset(stem(word) for text in texts for word in words_of(text) if word not in _STOP)


def stem(word: str) -> str:
    """Return a word without its ending, so that forms of one word meet.

    Examples:
        >>> [stem(word) for word in ("cramps", "cramping", "hydrated", "hydration")]
        ['cramp', 'cramp', 'hydr', 'hydr']
    """
    word = word.removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    # stopp(ed) and stop
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word
