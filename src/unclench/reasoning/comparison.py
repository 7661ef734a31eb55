"""What works: every treatment side by side, whatever the verdict. Sorted, filtered, and its numbers made comparable.

Every word is the wording's and every number a source's. What no source counted stays `unknown`.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from unclench.errors import UnclenchError, near_match
from unclench.knowledge.phrases import filled
from unclench.reasoning.treatment_numbers import effect_numbers, treatment_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from unclench.knowledge import Knowledge
    from unclench.knowledge.plan_records import Effect, Treatment
    from unclench.knowledge.records import SourceRef

__all__ = [
    "COLUMNS",
    "FILTERS",
    "SORTS",
    "Points",
    "all_sources",
    "as_csv",
    "common_span",
    "compared",
    "comparison_data",
    "first_known",
    "on_common_scale",
    "treatment_data",
    "values_of",
]

SORTS = ("worth", "certainty", "cost", "effort", "name")
"""Orders in which treatments can stand; the best, surest, cheapest or easiest first."""

_TESTS: Mapping[str, Callable[[Treatment, str], bool]] = {
    "track": lambda one, value: value in one.tracks,
    "kind": lambda one, value: one.sort == value,
    "cost": lambda one, value: one.cost == value,
    "by": lambda one, value: one.by == value,
    "verdict": lambda one, value: one.verdict == value,
}
FILTERS = tuple(_TESTS)
"""What treatments can be picked by: kind of trouble, sort of treatment, cost, who gives it, verdict."""

COLUMNS = (
    "id", "name", "kind", "by", "tracks", "verdict", "certainty", "cost", "effort", "benefit", "outcome", "population",
    "compared_with", "measure", "value", "low", "high", "other", "unit", "better", "at_days", "people", "better_of_100",
    "better_of_100_low", "better_of_100_high", "harm", "sources",
)  # fmt: skip
"""Columns of the CSV. The numbers are those of the first effect that was counted."""

_WORTH = ("verdict", "certainty", "by", "effort", "cost")
_SCALE = re.compile(r"points of (\d+)")
_HUNDRED = 100
_TEN = 10


@dataclass(frozen=True, slots=True)
class Points:
    """A difference made by a treatment, in points of a scale of 100; above 0 is better than what it is compared with.

    `low` and `high` are None where the source has no range, or only one end of it.
    """

    value: float
    low: float | None
    high: float | None


def on_common_scale(effect: Effect) -> Points | None:
    """Return an effect on a scale of 100 points; None if it was not measured as points of a scale.

    A scale of 10, 24 or 5 is stretched to 100; nothing else is changed. Of two group means it is their difference.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> knowledge = Knowledge.load()
        >>> on_common_scale(knowledge.treatments["anti_inflammatory_tablets"].effects[0])
        Points(value=7.29, low=3.61, high=10.98)
        >>> on_common_scale(knowledge.treatments["walking_programme"].effects[0]) is None
        True
    """
    scale = _SCALE.fullmatch(effect.unit or "")
    if scale is None or effect.value is None or effect.better is None:
        return None
    stretch = (1 if effect.better == "more" else -1) * _HUNDRED / int(scale[1])
    if effect.measure == "group_means":
        return None if effect.other is None else Points(_neat((effect.value - effect.other) * stretch), None, None)
    value = _neat(effect.value * stretch)
    if effect.low is None or effect.high is None:
        return Points(value, None, None)
    low, high = sorted((_neat(effect.low * stretch), _neat(effect.high * stretch)))
    return Points(value, low, high)


def _neat(value: float) -> float:
    return round(value, 4) + 0.0  # no digits of binary arithmetic, and no negative zero


def common_span(knowledge: Knowledge) -> tuple[int, int]:
    """Return from where to where the common scale has to reach to hold every effect with its range, in whole tens."""
    shown = [points for one in knowledge.treatments.values() for e in one.effects if (points := on_common_scale(e))]
    ends = [end for one in shown for end in (one.value, one.low, one.high) if end is not None]
    return _TEN * int(min(ends) // _TEN), -_TEN * int(-max(ends) // _TEN)


def first_known(effects: Iterable[Effect]) -> Effect | None:
    """Return the first effect that somebody counted; None if nobody did.

    Records have the one that matters most first.
    """
    return next((one for one in effects if not one.unknown), None)


def values_of(knowledge: Knowledge, name: str) -> tuple[str, ...]:
    """Return the values of a filter that some treatment has, in the order of the knowledge."""
    all_values: Mapping[str, Iterable[str]] = {
        "track": knowledge.tracks,
        "kind": sorted({one.sort for one in knowledge.treatments.values()}),
        **{order: knowledge.plan_model.order[order] for order in ("cost", "by", "verdict")},
    }
    test = _TESTS[name]
    return tuple(value for value in all_values[name] if any(test(one, value) for one in knowledge.treatments.values()))


def compared(
    knowledge: Knowledge, *, sort: str = "worth", locale: str = "en", **chosen: str | None
) -> tuple[Treatment, ...]:
    """Return the treatments that fit every filter, in order.

    Args:
        knowledge: the pack.
        sort: one of `SORTS`; what stands alike in it stands by worth.
        locale: language of the names.
        chosen: a value for any of `FILTERS`; None or empty = all.

    Raises:
        UnclenchError: no such order, filter or value; the message names those there are.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> knowledge = Knowledge.load()
        >>> len(compared(knowledge)) == len(knowledge.treatments)
        True
        >>> [one.id for one in compared(knowledge, track="night_cramp", verdict="avoid")]
        ['quinine']
    """
    _check("order", sort, SORTS)
    picked = {name: value for name, value in chosen.items() if value}
    for name, value in picked.items():
        _check("filter", name, FILTERS)
        _check(name, value, values_of(knowledge, name))
    fitting = (
        one for one in knowledge.treatments.values() if all(_TESTS[name](one, value) for name, value in picked.items())
    )
    orders = knowledge.plan_model.order

    def places(one: Treatment) -> tuple[Any, ...]:
        at = {
            "verdict": one.verdict, "certainty": one.grade, "by": one.by, "effort": one.effort, "cost": one.cost,
        }  # fmt: skip
        worth = tuple(orders[order][at[order]] for order in _WORTH)
        name = knowledge.words("treatments", one.id, "name", locale=locale).casefold()
        first = () if sort == "worth" else (name,) if sort == "name" else (orders[sort][at[sort]],)
        return *first, *worth, name

    return tuple(sorted(fitting, key=places))


def _check(what: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        hint = near_match(value, known)
        raise UnclenchError(f'"{value:.40}" is no {what} of treatments.{hint} There are: {", ".join(known)}.')


def comparison_data(knowledge: Knowledge, treatments: Iterable[Treatment], locale: str = "en") -> dict[str, Any]:
    """Return the JSON form of a comparison, with the words of one language."""
    low, high = common_span(knowledge)
    return {
        "pack": knowledge.hash,
        "common_scale": {"unit": "points of 100", "low": low, "high": high, "better": "above 0"},
        "treatments": [treatment_data(knowledge, one, locale) for one in treatments],
    }


def treatment_data(knowledge: Knowledge, treatment: Treatment, locale: str = "en") -> dict[str, Any]:
    """Return the JSON form of one treatment; `known` is whether any source has a number."""
    return _Writer(knowledge, treatment, locale).write()


@dataclass(frozen=True, slots=True)
class _Writer:
    knowledge: Knowledge
    treatment: Treatment
    locale: str

    def write(self) -> dict[str, Any]:
        one = self.treatment
        return {
            "id": one.id,
            "name": self.text("name"),
            "what": self.text("what"),
            "kind": self.named("sorts", one.sort),
            "by": one.by,
            "tracks": [self.named("tracks", track) for track in one.tracks],
            "verdict": self.summed("verdicts", one.verdict),
            "certainty": {**self.summed("grades", one.grade), "basis": one.grade_basis},
            "benefit": {"text": self.text("expect"), "known": first_known(one.effects) is not None},
            "harm": {"text": self.text("harm"), "known": first_known(one.harms) is not None},
            "cost": self.named("costs", one.cost),
            "effort": self.named("efforts", one.effort),
            "effects": [self.effect(effect) for effect in one.effects],
            "harms": [self.effect(effect) for effect in one.harms],
            "guidelines": [
                {**self.source(said.source), "position": said.position, "from_memory": said.from_memory}
                for said in one.guidelines
            ],
            "sources": [self.source(ref) for ref in all_sources(one)],
        }

    def text(self, field: str) -> str:
        return filled(self.words("treatments", self.treatment.id, field), **treatment_numbers(self.treatment))

    def effect(self, one: Effect) -> dict[str, Any]:
        points = on_common_scale(one)
        return {
            "id": one.id,
            "outcome": self.named("outcomes", one.outcome),
            "population": self.named("populations", one.population),
            "compared_with": self.named("comparisons", one.compared_with) if one.compared_with else None,
            **effect_numbers(one),
            "better_of_100": {"value": points.value, "low": points.low, "high": points.high} if points else None,
            "from_memory": one.from_memory,
            "to_be_looked_up_again": one.seen_on_weak_copy,
            "sources": [self.source(ref) for ref in one.sources],
        }

    def named(self, kind: str, name: str) -> dict[str, str]:
        return {"id": name, "name": self.words(kind, name, "name")}

    def summed(self, kind: str, name: str) -> dict[str, str]:
        return {**self.named(kind, name), "summary": self.words(kind, name, "summary")}

    def source(self, ref: SourceRef) -> dict[str, str]:
        if ref.is_judgement:
            return {"id": ref.id, "at": ref.at, "cites_as": ref.id}
        source = self.knowledge.sources[ref.id]
        return {"id": ref.id, "at": ref.at, "cites_as": str(source.get("cites_as") or source["title"])}

    def words(self, kind: str, name: str, field: str) -> str:
        return self.knowledge.words(kind, name, field, locale=self.locale)


def all_sources(treatment: Treatment) -> tuple[SourceRef, ...]:
    """Return every source behind a treatment, its numbers and its guidelines; each place in each source once."""
    refs = (
        *treatment.sources,
        *(ref for effect in (*treatment.effects, *treatment.harms) for ref in effect.sources),
        *(said.source for said in treatment.guidelines),
    )
    return tuple(dict.fromkeys(refs))


def as_csv(data: Mapping[str, Any]) -> str:
    """Return a comparison as CSV (RFC 4180), one treatment a line, `COLUMNS` in the first; unknown says so.

    Args:
        data: what `comparison_data` returns.
    """
    made = io.StringIO(newline="")
    writer = csv.DictWriter(made, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(map(_line, data["treatments"]))
    return made.getvalue()


def _line(one: Mapping[str, Any]) -> dict[str, Any]:
    counted = next((effect for effect in one["effects"] if not effect["unknown"]), None)
    return {
        "id": one["id"],
        "name": one["name"],
        "kind": one["kind"]["id"],
        "by": one["by"],
        "tracks": " ".join(track["id"] for track in one["tracks"]),
        **{key: one[key]["id"] for key in ("verdict", "certainty", "cost", "effort")},
        "benefit": one["benefit"]["text"],
        **dict(_numbers(counted) if counted else [("value", "unknown")]),
        "harm": one["harm"]["text"],
        "sources": "; ".join(dict.fromkeys(source["cites_as"] for source in one["sources"])),
    }


def _numbers(effect: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in ("outcome", "population", "compared_with"):
        yield name, effect[name]["id"] if effect[name] else ""
    for name in ("measure", "value", "low", "high", "other", "unit", "better", "at_days", "people"):
        yield name, effect[name]
    for name, value in (effect["better_of_100"] or {}).items():
        yield "better_of_100" if name == "value" else f"better_of_100_{name}", value
