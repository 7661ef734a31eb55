"""From the name on a pack to a medicine: substances, brands, classes, and slips of the pen; nothing by guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from unclench.knowledge.medicine_records import plain_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Literal

    from unclench.knowledge import Knowledge

__all__ = ["Match", "find", "near_names"]

_CLOSE = 0.85  # how alike a misspelt name must be, of 1; none: definition of a slip of the pen
_CLOSE_WORD = 0.8
_SHORT_WORD = 3
# A strength, or that it is a tablet, says nothing about what it is. A single digit may: "Tylenol 3" is another product.
_FORMS = re.compile(
    r"\b\d[\d.,]*\s*m?g\b|\b\d+(?:\s*/\s*\d+)+\b|\b\d{3,}\b|\b(?:tablets?|caplets?|capsules?|pills?)\b", re.IGNORECASE
)

_UNIT = re.compile(r"(?<=\d)(?=m?g\b)", re.IGNORECASE)  # between a number and its unit


@dataclass(frozen=True, slots=True)
class Match:
    """What a name leads to.

    Attributes:
        kind: `medicine`, or `group` for a class whose single members have no record.
        id: of the medicine or class.
        name: the name as the records have it.
        exact: whether it was spelt so; otherwise it was taken for a slip of the pen, which has to be said.
    """

    kind: Literal["medicine", "group"]
    id: str
    name: str
    exact: bool = True


def find(knowledge: Knowledge, name: str) -> Match | None:
    """Return what a name means; None = it is not known here, which must be said and never taken for safe.

    Case, hyphens and spaces do not matter, nor does a strength or "tablets" after the name. A misspelt name is
    understood if it is close to the names of one record only; a name with a word more or less is another product.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> knowledge = Knowledge.load()
        >>> find(knowledge, "Nurofen").id, find(knowledge, "co-codamol 8/500").id, find(knowledge, "simvastatin").kind
        ('ibuprofen', 'co_codamol', 'group')
        >>> find(knowledge, "ibuprofin").name, find(knowledge, "ibuprofin").exact, find(knowledge, "Nurofen Ultra")
        ('ibuprofen', False, None)
    """
    known = _names(knowledge)
    name = _UNIT.sub(" ", name)
    plain = plain_name(name)
    bare = plain_name(_FORMS.sub(" ", name))
    if plain in known or bare in known:
        return known.get(plain) or known[bare]
    for written in dict.fromkeys((plain, bare)):
        close = {match.id: match for other, match in known.items() if _is_slip(written, other)}
        if close:
            match = next(iter(close.values()))
            return Match(match.kind, match.id, match.name, exact=False) if len(close) == 1 else None
    return None


def near_names(knowledge: Knowledge, name: str) -> tuple[str, ...]:
    """Return known names that look a little like an unknown one, nearest first; at most three."""
    from difflib import get_close_matches  # slow to import, and only wanted for a name that is not known

    known = _names(knowledge)
    close = get_close_matches(plain_name(name), list(known), n=3, cutoff=0.6)
    return tuple(dict.fromkeys(known[one].name for one in close))


@lru_cache(maxsize=4)
def _names(knowledge: Knowledge) -> Mapping[str, Match]:
    return {plain_name(match.name): match for match in _all_names(knowledge)}


def _all_names(knowledge: Knowledge) -> Iterator[Match]:
    for group in knowledge.medicine_groups.values():
        yield from (Match("group", group.id, name) for name in group.names)
    for medicine in knowledge.medicines.values():
        yield from (Match("medicine", medicine.id, name) for name in medicine.names)


def _is_slip(typed: str, known: str) -> bool:
    """Tell whether `typed` is `known` with a letter or two wrong: as many words, each nearly the same."""
    ours, theirs = typed.split(), known.split()
    if len(ours) != len(theirs) or not ours or abs(len(typed) - len(known)) > 2:
        return False
    return _alike(typed, known) >= _CLOSE and all(map(_is_slip_of_word, ours, theirs))


def _is_slip_of_word(typed: str, known: str) -> bool:
    if typed == known:
        return True
    return min(len(typed), len(known)) > _SHORT_WORD and _alike(typed, known) >= _CLOSE_WORD


def _alike(one: str, other: str) -> float:
    from difflib import SequenceMatcher  # slow to import, and only wanted for a name that is not known

    return SequenceMatcher(None, one, other, autojunk=False).ratio()
