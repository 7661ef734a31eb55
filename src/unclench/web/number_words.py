"""Numbers as the table of all numbers and the pages for clinicians say them: one form, so the two agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from unclench.reasoning.number_table import SPREAD, Number, all_numbers, ratio_id
from unclench.web.advice import cited
from unclench.web.pack import knowledge, words

__all__ = [
    "basis_words",
    "counted_words",
    "every_number",
    "grade_words",
    "group_words",
    "number",
    "other_words",
    "range_basis_words",
    "range_words",
    "ratio_cells",
    "ratio_rows",
    "value_words",
    "with_range",
]

_RARE = 0.01  # chances under this are shown as one in so many
_TEN, _NEARLY_ALL = 10, 99.5
_PATTERN = "red_flag"  # group of the ratios that the patterns of rules have, in the pack


def every_number() -> tuple[Number, ...]:
    """Return every number, worded in the language of the page; the same for everybody who reads in it."""
    return _every(get_language() or "")


def number(name: str) -> Number:
    """Return one number by its id.

    Raises:
        KeyError: there is no such number.
    """
    return _by_id(get_language() or "")[name]


@lru_cache(maxsize=8)
def _every(_language: str) -> tuple[Number, ...]:
    return all_numbers(knowledge(), locale=words().locale)


@lru_cache(maxsize=8)
def _by_id(language: str) -> Mapping[str, Number]:
    return {one.id: one for one in _every(language)}


def value_words(one: Number) -> str:
    """Return a number as people read it; nothing where it is unknown, or a range is all there is."""
    return "" if one.value is None else _shown(one, one.value)


def other_words(one: Number) -> str:
    """Return the same number of whom it is compared with; nothing where it stands alone."""
    return "" if one.other is None else _shown(one, one.other)


def range_words(one: Number) -> str:
    """Return the range of a number; nothing where there is none."""
    if one.low is None and one.high is None:
        return ""
    if one.high is None:
        return _("from %(low)s; upper end unknown") % {"low": _shown(one, one.low or 0.0)}
    if one.low is None:
        return _("up to %(high)s; lower end unknown") % {"high": _shown(one, one.high)}
    return _between(one, one.low, one.high)


def counted_words(one: Number) -> str:
    """Return the number as it is counted with its range; nothing where that is the number as it stands."""
    if one.value is None or one.counted is None or one.counted_low is None or one.counted_high is None:
        return ""
    counted = _shown(one, one.counted)
    if counted == _shown(one, one.value) or one.kind == "prior":
        return ""
    return _ranged(counted, _between(one, one.counted_low, one.counted_high))


def with_range(one: Number) -> str:
    """Return a number with its range, and as it is counted where that is another number."""
    text, counted = _ranged(value_words(one), range_words(one)), counted_words(one)
    return (
        _("%(number)s; the calculation takes %(counted)s") % {"number": text, "counted": counted} if counted else text
    )


def basis_words() -> Mapping[str, str]:
    """Return what a number can rest on, in words."""
    return {
        "published": _("Published"),
        "derived": _("Worked out from published numbers"),
        "judgement": _("Our judgement"),
        "unknown": _("Not known: no figure in the sources"),
    }


def range_basis_words(one: Number) -> str:
    """Return what the range of a number rests on, where that is not what the number itself rests on."""
    return _("assumed by our calculation") if one.range_basis == SPREAD else ""


def grade_words(one: Number) -> str:
    """Return how sure a number is; where nobody graded it, what it rests on."""
    if one.grade == "consensus":
        return _("Agreed by experts")
    return words()("grades", one.grade, "name") or basis_words().get(one.grade, "")


def ratio_cells(kind: str, record: str, at: int, term: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return a ratio if present, if absent, and what it rests on; a dash where it says nothing.

    Args:
        kind: causes, contributors or events.
        record: id of the record.
        at: place of the term in the record.
        term: the term as the pack has it.
    """
    found = {holds: number(ratio_id(kind, record, at, term, holds)) for holds in ("present", "absent") if term[holds]}
    texts = [with_range(found[holds]) if holds in found else "–" for holds in ("present", "absent")]
    basis = {"published": _("published"), "derived": _("derived"), "judgement": _("judgement")}[term["basis"]]
    assumed = [one.range_basis == SPREAD for one in found.values()]
    if all(assumed):
        basis = _("%(basis)s; range assumed") % {"basis": basis}
    elif any(assumed):
        basis = _("%(basis)s; one range assumed") % {"basis": basis}
    return texts[0], texts[1], basis


def group_words(term: Mapping[str, Any], terms: Iterable[Mapping[str, Any]]) -> str:
    """Return the group of a term among those of its record; a dash where it competes with none."""
    if term["group"] == _PATTERN:
        return "pattern"
    alone = term["group"] is None or sum(one["group"] == term["group"] for one in terms) == 1
    return "–" if alone else str(term["group"]).replace("_", " ")


def ratio_rows(
    kind: str, record: str, terms: Sequence[Mapping[str, Any]], said: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Return the ratios of a record: what speaks for it, what speaks against it, and patterns of rules last.

    Each part has its strongest rows first, and the rows of a group stand together.

    Args:
        kind: causes, contributors or events.
        record: id of the record.
        terms: its terms as the pack has them.
        said: what each is a ratio of, in words.
    """

    def strength(at: int) -> float:
        return max(abs(float(terms[at][holds][0])) for holds in ("present", "absent") if terms[at][holds])

    def speaks_for(at: int) -> bool:
        return terms[at]["present"] is not None and terms[at]["present"][0] > 0

    blocks: dict[str, list[int]] = {}
    for at in sorted(range(len(terms)), key=lambda at: -strength(at)):
        blocks.setdefault(terms[at]["group"] or f" {at}", []).append(at)
    kinds = sorted(blocks, key=lambda group: (group == _PATTERN, not any(map(speaks_for, blocks[group]))))
    ordered = [at for group in kinds for at in blocks[group]]
    return tuple(
        (said[at], *ratio_cells(kind, record, at, terms[at]), group_words(terms[at], terms), _names(kind, record, at),
         str(terms[at].get("why") or "–"))
        for at in ordered
    )  # fmt: skip


def _names(kind: str, record: str, at: int) -> str:
    records: Mapping[str, Any] = getattr(knowledge(), kind)
    refs = (ref for ref in records[record].terms[at].sources if not ref.is_judgement)
    return ", ".join(dict.fromkeys(cited(ref, knowledge()).name for ref in refs)) or "–"


def _shown(one: Number, value: float) -> str:
    """Return a number as people read it: a small chance as one in so many."""
    if one.kind != "prior" or value <= 0:
        return f"{value:.{3 if one.kind == 'likelihood_ratio' else 4}g}"
    if value < _RARE:
        return _("1 in %(count)s") % {"count": f"{float(f'{1 / value:.2g}'):,.0f}"}
    share = 100 * value
    count = f"{share:.2g}" if share < _TEN else f"{share:.{1 if share >= _NEARLY_ALL else 0}f}"
    return _("%(count)s in 100") % {"count": count}


def _between(one: Number, low: float, high: float) -> str:
    return _("%(low)s to %(high)s") % {"low": _shown(one, low), "high": _shown(one, high)}


def _ranged(text: str, between: str) -> str:
    return _("%(number)s (%(range)s)") % {"number": text, "range": between} if between else text
