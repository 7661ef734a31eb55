"""How far each uncertain number could move the likeliest cause of a case, and which study would matter most.

Every prior and every ratio that a case touches has a range, the one that the table of all numbers gives. A prior moves
in log odds, so it stays a probability, and the other causes share what it leaves. A ratio moves as its logarithm,
capped and damped as it is counted. Each number is moved alone, to both ends of its range and to evenly likely places
between and beyond them, with all others where they are, and the probabilities are worked out again in full: a ratio
that grows may become the strongest of its group. Nothing here reaches the urgency.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Any, Final, NamedTuple, TypeAlias

from unclench.knowledge.ranges import log_odds
from unclench.knowledge.records import SourceRef, source_refs
from unclench.logic import Answer, Negation, Truth, from_data
from unclench.reasoning.case import Case
from unclench.reasoning.describe import describe
from unclench.reasoning.differential import normalise, prior_of, strata_that_fit
from unclench.reasoning.number_table import cause_prior, ratio_id
from unclench.reasoning.triage import effective_answers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from unclench.knowledge import Knowledge

__all__ = ["Sensitivity", "Study", "Swing", "sensitivity"]

_NORMAL_95: Final = 1.959964  # two-sided 95% point of the normal distribution: definition, not a clinical number
_PLACES: Final = 15  # evenly likely places over which the expected change is a mean; more change its third digit


@dataclass(frozen=True, slots=True)
class Swing:
    """What one number could do.

    Attributes:
        number: its id, as in the table of all numbers.
        causes: causes whose weight it is part of; several where they share it.
        what: what it is the number of.
        basis: published, derived or judgement.
        sources: where it comes from.
        strata: settings and age bands that a prior speaks of; more than one where age or setting is unknown, and then
            it is their mean, from the least to the greatest end of any; empty for a ratio.
        value: the number as the calculation uses it: a probability in (0, 1) for a prior, a ratio over 0 for all else.
        low: least end of its range.
        high: greatest end of its range.
        at_low: probability of the likeliest cause if the number were `low`.
        at_high: probability of the likeliest cause if it were `high`.
        first_at_low: the cause that would come first then.
        first_at_high: the cause that would come first then.
        expected: by how much the probability of the likeliest cause is expected to change, either way, once the
            number is known.
    """

    number: str
    causes: tuple[str, ...]
    what: str
    basis: str
    sources: tuple[SourceRef, ...]
    strata: tuple[str, ...]
    value: float
    low: float
    high: float
    at_low: float
    at_high: float
    first_at_low: str
    first_at_high: str
    expected: float

    @property
    def reach(self) -> float:
        """From the least to the greatest probability of the likeliest cause."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class Study:
    """A source, with the numbers of this case that rest on it.

    Attributes:
        source: its id.
        expected: expected change of the likeliest cause's probability if all those numbers were known, taken as
            independent of each other: the root of the sum of squares.
        numbers: ids of the numbers, the weightiest first.
    """

    source: str
    expected: float
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How a case depends on its numbers.

    Attributes:
        first: the likeliest cause; `probability`: its probability as things are.
        ranking: the likeliest causes as things are, the first first.
        swings: every number that the case touches, the weightiest first.
        studies: published sources, the weightiest first.
        pack: hash of the knowledge.
    """

    first: str
    probability: float
    ranking: tuple[tuple[str, float], ...]
    swings: tuple[Swing, ...]
    studies: tuple[Study, ...]
    pack: str

    @property
    def judged(self) -> Swing | None:
        """The weightiest number that rests on nothing published: where a new study would matter most."""
        return next((one for one in self.swings if one.basis == "judgement"), None)

    @property
    def upsets(self) -> tuple[Swing, ...]:
        """Numbers that would bring another cause to the first place at an end of their range."""
        return tuple(one for one in self.swings if {one.first_at_low, one.first_at_high} != {self.first})

    def to_data(self, knowledge: Knowledge, *, locale: str = "en") -> dict[str, Any]:
        """Return the JSON form, with the names of one language."""

        def cause(name: str) -> dict[str, str]:
            return {"id": name, "name": knowledge.words("causes", name, "name", locale=locale)}

        return {
            "pack": self.pack,
            "first": {**cause(self.first), "probability": self.probability},
            "ranking": [{**cause(name), "probability": probability} for name, probability in self.ranking],
            "numbers": [
                {
                    "number": one.number,
                    "causes": [cause(name) for name in one.causes],
                    "what": one.what,
                    "basis": one.basis,
                    "sources": [{"id": ref.id, "at": ref.at} for ref in one.sources],
                    "strata": list(one.strata),
                    "value": one.value,
                    "low": one.low,
                    "high": one.high,
                    "probability_at_low": one.at_low,
                    "probability_at_high": one.at_high,
                    "first_at_low": one.first_at_low,
                    "first_at_high": one.first_at_high,
                    "expected_change": one.expected,
                }
                for one in self.swings
            ],
            "studies": [
                {
                    "source": one.source,
                    "cites_as": str(knowledge.sources[one.source].get("cites_as", one.source)),
                    "expected_change": one.expected,
                    "numbers": list(one.numbers),
                }
                for one in self.studies
            ],
            "judged": self.judged.number if self.judged else None,
            "upsets": [one.number for one in self.upsets],
        }


class _Piece(NamedTuple):
    """One term of one cause that counts, or could: which number it is, its logarithm and its group."""

    number: str
    log: float
    group: str | None


@dataclass(frozen=True, slots=True)
class _Known:
    """One number with its range, as logarithms; `shown` are value and ends as people read them."""

    id: str
    what: str
    basis: str
    sources: tuple[SourceRef, ...]
    log: float
    low: float
    high: float
    shown: tuple[float, float, float]
    strata: tuple[str, ...] = ()


def sensitivity(knowledge: Knowledge, case: Case | Mapping[str, Any], *, locale: str = "en") -> Sensitivity:
    """Return how far each uncertain number could move the likeliest cause of a case.

    Args:
        knowledge: the pack.
        case: a `Case`, or its JSON form.
        locale: language of what the numbers are of.

    Raises:
        CaseError: the JSON form is not a case.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> found = sensitivity(Knowledge.load(), {"age": 34, "findings": {"back_pain": True}})
        >>> found.first
        'nonspecific_back_pain'
        >>> all(one.at_low <= 1 for one in found.swings)
        True
    """
    if not isinstance(case, Case):
        case = Case.from_data(case, knowledge)
    answers = effective_answers(case, knowledge)
    numbers, pieces = _touched(knowledge, answers, locale)
    logs = {cause: _weight(parts, "", 0.0) for cause, parts in pieces.items()}
    ranking = sorted(normalise(logs).items(), key=lambda one: (-one[1], one[0]))
    first, probability = ranking[0]
    holders: dict[str, list[str]] = {}
    for cause, parts in pieces.items():
        for name in dict.fromkeys(part.number for part in parts):
            holders.setdefault(name, []).append(cause)

    def moved(number: str, log: float) -> dict[str, float]:
        changed = {cause: _weight(pieces[cause], number, log) for cause in holders[number]}
        return normalise({**logs, **changed})

    swings = [_swing(one, tuple(holders[name]), moved, first, probability) for name, one in numbers.items()]
    swings.sort(key=lambda one: (-one.expected, one.number))
    return Sensitivity(
        first, probability, tuple(ranking[:_RANKED]), tuple(swings), tuple(_studies(swings)), knowledge.hash
    )


_RANKED: Final = 5


_Moved: TypeAlias = Callable[[str, float], dict[str, float]]


def _swing(one: _Known, causes: tuple[str, ...], moved: _Moved, first: str, probability: float) -> Swing:
    at_low, at_high = moved(one.id, one.low), moved(one.id, one.high)
    places = _evenly_likely() if one.low < one.high else ()
    changes = [abs(moved(one.id, _between(one, place))[first] - probability) for place in places]
    expected = sum(changes) / len(changes) if changes else 0.0
    return Swing(
        one.id, causes, one.what, one.basis, one.sources, one.strata, *one.shown,
        at_low[first], at_high[first], _leader(at_low), _leader(at_high), expected,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _evenly_likely() -> tuple[float, ...]:
    """Return standard normal deviates in the middle of equally likely parts."""
    return tuple(NormalDist().inv_cdf((place + 0.5) / _PLACES) for place in range(_PLACES))


def _between(one: _Known, deviate: float) -> float:
    """Return the logarithm that lies so many standard deviations off; each side has its own, as ranges are uneven."""
    side = one.high - one.log if deviate > 0 else one.log - one.low
    return one.log + deviate * side / _NORMAL_95


def _leader(probabilities: Mapping[str, float]) -> str:
    return min(probabilities, key=lambda name: (-probabilities[name], name))


def _weight(parts: Sequence[_Piece], number: str, log: float) -> float:
    """Return a cause's log weight, one number replaced; of each group only the strongest counts, as ever."""
    total = 0.0
    strongest: dict[str, float] = {}
    for part in parts:
        value = log if part.number == number else part.log
        if part.group is None:
            total += value
        elif part.group not in strongest or abs(value) > abs(strongest[part.group]):
            strongest[part.group] = value
    return total + sum(strongest.values())


def _studies(swings: Iterable[Swing]) -> list[Study]:
    found: dict[str, list[Swing]] = {}
    for one in swings:
        if one.basis != "judgement":
            for source in dict.fromkeys(ref.id for ref in one.sources if not ref.is_judgement):
                found.setdefault(source, []).append(one)
    made = [
        Study(source, math.sqrt(sum(one.expected**2 for one in resting)), tuple(one.number for one in resting))
        for source, resting in found.items()
    ]
    return sorted(made, key=lambda one: (-one.expected, one.source))


def _touched(
    knowledge: Knowledge, answers: Mapping[str, Answer], locale: str
) -> tuple[dict[str, _Known], dict[str, list[_Piece]]]:
    """Return every number that a case touches, and what each cause's weight is made of."""
    numbers: dict[str, _Known] = {}
    pieces: dict[str, list[_Piece]] = {}
    priors = _priors(knowledge, answers, locale)
    for record in knowledge.data["causes"]:
        cause = record["id"]
        prior = priors[cause]
        numbers[prior.id] = prior
        pieces[cause] = [_Piece(prior.id, prior.log, None)]
        for at, (term, data) in enumerate(zip(knowledge.causes[cause].terms, record["terms"], strict=True)):
            truth = knowledge.evaluate[term.when](answers)
            holds = "present" if truth is Truth.TRUE else "absent"
            weight = term.present if truth is Truth.TRUE else term.absent
            if truth is Truth.UNKNOWN or weight is None:
                continue
            name = ratio_id("causes", cause, at, data, holds)
            pieces[cause].append(_Piece(name, weight.log, term.group))
            if name not in numbers:
                node = from_data(knowledge.data["expressions"][data["when"]])
                said = describe(node if truth is Truth.TRUE else Negation(node), knowledge, locale=locale)
                low, high = data["ends"][holds]
                shown = math.exp(weight.log), math.exp(low), math.exp(high)
                numbers[name] = _Known(name, said, term.basis, term.sources, weight.log, low, high, shown)
    return numbers, pieces


def _priors(knowledge: Knowledge, answers: Mapping[str, Answer], locale: str) -> dict[str, _Known]:
    """Return the prior of every cause with the range that the table of all numbers gives it.

    Where age or setting is unknown it is the mean over the strata that could fit, and its range goes from the least to
    the greatest end of any of them.
    """
    made = {}
    written = {one["id"]: one["written"] for one in knowledge.data["strata"]}
    strata = tuple(one.id for one in strata_that_fit(knowledge, answers))
    weights = prior_of(knowledge, answers)
    shares = normalise({cause: weight.log for cause, weight in weights.items()})
    for cause, weight in weights.items():
        spans = [cause_prior(knowledge, stratum, cause) for stratum in strata]
        share, basis, sources, place = shares[cause], "judgement", [["judgement", ""]], f"prior/causes/{cause}"
        low, high = min(span.low for _, span in spans), max(span.high for _, span in spans)
        if len(strata) == 1:
            own = written[strata[0]]
            own = own["priors"][cause] if "priors" in own else own
            basis, sources, place = own["basis"], own["sources"], f"{place}/{strata[0]}"
        name = knowledge.words("causes", cause, "name", locale=locale)
        # In log odds against the other causes as they stand; priors that are written sum to 1 but for rounding.
        ends = [weight.log + log_odds(end) - log_odds(share) for end in (low, high)]
        made[cause] = _Known(
            place, name, basis, source_refs(sources), weight.log, min(ends[0], weight.log), max(ends[1], weight.log),
            (share, min(low, share), max(high, share)), strata,
        )  # fmt: skip
    return made
