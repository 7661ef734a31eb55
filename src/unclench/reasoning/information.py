"""How much an answer is expected to tell about the cause, in bits.

The chance of a yes is a base rate raised by the ratios of the causes that are likely now. The information is the
expected divergence of the new probabilities from the old:

    gain = sum over yes and no of P(answer) * sum over causes of p'(cause) * log2(p'(cause) / p(cause))

Only causes that look at the finding change their weight; the others keep their proportions, so they enter as one sum.
"""

from __future__ import annotations

import math
from functools import lru_cache

from unclench.logic import Answer, Evaluator, Truth
from unclench.reasoning.differential import normalise, prior_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from unclench.knowledge import Knowledge, Term

__all__ = ["gains"]

_NEGLIGIBLE = 0.001  # a cause this unlikely is left as it is when the worth of a question is estimated


def gains(knowledge: Knowledge, answers: Mapping[str, Answer]) -> Iterator[tuple[str, float]]:
    """Yield (finding, bits) for each yes/no finding about the causes that a person can still answer.

    Args:
        knowledge: the pack.
        answers: as prepared by `triage.effective_answers`.
    """
    model = knowledge.model
    priors = prior_of(knowledge, answers)
    sums = {name: _Sum(terms, priors[name].log, answers) for name, terms in _compiled(knowledge).items()}
    logs = {name: one.log for name, one in sums.items()}
    before = normalise(logs)
    for finding, all_touched in knowledge.causes_by_finding.items():
        known = knowledge.findings[finding]
        if finding in answers or known.kind != "boolean" or known.supplied_by != "person":
            continue
        touched = [name for name in all_touched if before[name] >= _NEGLIGIBLE]
        if not touched:
            continue
        # How much more likely each touched cause becomes, before normalising.
        if_yes, if_no = (
            [(before[name], math.exp(sums[name].given(finding, changed) - logs[name])) for name in touched]
            for changed in ({**answers, finding: True}, {**answers, finding: False})
        )
        untouched = 1.0 - sum(p for p, _ in if_yes)
        chance = min(model.most_likely, model.base_rate * (untouched + sum(p * factor for p, factor in if_yes)))
        yield finding, chance * _divergence(if_yes, untouched) + (1 - chance) * _divergence(if_no, untouched)


def _divergence(touched: list[tuple[float, float]], untouched: float) -> float:
    """Return the divergence in bits when each touched probability is multiplied by its factor, then normalised."""
    total = untouched + sum(p * factor for p, factor in touched)
    bits = max(0.0, untouched) / total * -math.log2(total)
    return bits + sum(p * factor / total * math.log2(factor / total) for p, factor in touched if p * factor > 0)


class _Terms:
    """The terms of a cause, found by finding and by group."""

    def __init__(self, knowledge: Knowledge, terms: tuple[Term, ...]) -> None:
        self.terms = terms
        self.evaluate: list[Evaluator] = [knowledge.evaluate[term.when] for term in terms]
        self.by_group: dict[str, list[int]] = {}
        self.by_finding: dict[str, list[int]] = {}
        for place, term in enumerate(terms):
            if term.group is not None:
                self.by_group.setdefault(term.group, []).append(place)
            for finding in knowledge.mentions(term.when):
                self.by_finding.setdefault(finding, []).append(place)

    def weight(self, place: int, answers: Mapping[str, Answer]) -> float:
        """Return what a term adds to the log weight; an unknown one, or one without a ratio for it, adds nothing."""
        truth = self.evaluate[place](answers)
        if truth is Truth.UNKNOWN:
            return 0.0
        found = self.terms[place].present if truth is Truth.TRUE else self.terms[place].absent
        return 0.0 if found is None else found.log


class _Sum:
    """The log weight of a cause, ready for what-if readings: of each group only the strongest term counts."""

    def __init__(self, terms: _Terms, prior: float, answers: Mapping[str, Answer]) -> None:
        self._terms = terms
        self._weights = [terms.weight(place, answers) for place in range(len(terms.terms))]
        loose = (weight for weight, term in zip(self._weights, terms.terms, strict=True) if term.group is None)
        self._strongest = {group: self._of(places, self._weights) for group, places in terms.by_group.items()}
        self.log = prior + sum(loose) + sum(self._strongest.values())

    def given(self, finding: str, changed: Mapping[str, Answer]) -> float:
        """Return the log weight with one more answer, reading anew only the terms that look at it."""
        log, weights, groups = self.log, self._weights, dict[str, None]()
        for place in self._terms.by_finding[finding]:
            new = self._terms.weight(place, changed)
            group = self._terms.terms[place].group
            if group is None:
                log += new - self._weights[place]
            elif new != self._weights[place]:
                weights = weights if weights is not self._weights else list(self._weights)
                weights[place] = new
                groups[group] = None
        return log + sum(self._of(self._terms.by_group[group], weights) - self._strongest[group] for group in groups)

    @staticmethod
    def _of(places: list[int], weights: list[float]) -> float:
        return max((weights[place] for place in places), key=abs)


@lru_cache(maxsize=4)
def _compiled(knowledge: Knowledge) -> dict[str, _Terms]:
    return {cause.id: _Terms(knowledge, cause.terms) for cause in knowledge.causes.values()}
