"""What it could be: log prior plus log likelihood ratios, normalised over the causes, with a range for each.

weight(cause) = prior x product of ratios, so the explanation of a probability is the list of the terms of its sum.
Terms of one cause that share a group are correlated, and only the strongest of them counts.

The range comes from the published or judged interval of every number used. With s_c the log weight of cause c, v_c
its variance (the sum over its terms) and q_j = p_j / (1 - p_c) for the others,

    var(logit p_c) = v_c + sum over j of q_j^2 v_j

which is the delta method for logit p_c = s_c - log sum over j of exp(s_j), with independent terms.
"""

from __future__ import annotations

import math

from unclench.knowledge import Knowledge, Term, Weight
from unclench.logic import UNSURE, Answer, Evaluators, Truth
from unclench.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from unclench.knowledge.records import Hypothesis, Stratum

__all__ = [
    "LAST_DIGITS",
    "Contribution",
    "Estimate",
    "Score",
    "causes",
    "contributors",
    "events",
    "normalise",
    "prior_of",
    "scores",
    "strata_that_fit",
]

NORMAL_95 = 1.959964  # two-sided 95% point of the normal distribution: definition, not a clinical number


@record
class Contribution:
    """One term that counted: the expression, whether it holds, and what it adds to the log odds."""

    term: Term
    holds: bool
    log: float
    variance: float


@record
class Estimate:
    """A probability and where it comes from.

    Attributes:
        id: the cause, contributor or kind of episode.
        probability: in (0, 1).
        low: lower end of the 95% range that the published and judged intervals give.
        high: upper end.
        counted: the terms that made it, strongest first.
        open: terms whose expression is still unknown.
    """

    id: str
    probability: float
    low: float
    high: float
    counted: tuple[Contribution, ...]
    open: tuple[Term, ...]


# The order in which a sum was made must not decide. So what differs only beyond these digits is as likely, and is
# listed by its name; and what is so near a limit reaches it.
_DIGITS = 10
LAST_DIGITS = 1e-12


def causes(knowledge: Knowledge, answers: Mapping[str, Answer]) -> list[Estimate]:
    """Return every cause with its probability, likeliest first; they sum to 1.

    Args:
        knowledge: the pack.
        answers: as prepared by `triage.effective_answers`. Without an age or a setting the priors are the plain mean
            over those that could apply, and their spread widens the ranges.
    """
    return _normalised(scores(knowledge, answers))


def scores(knowledge: Knowledge, answers: Mapping[str, Answer]) -> dict[str, Score]:
    """Return the log weight of every cause, before normalising."""
    priors = prior_of(knowledge, answers)
    weighed = _Weighed(knowledge.evaluate, answers)
    return {name: _score(priors[name], cause.terms, weighed) for name, cause in knowledge.causes.items()}


def normalise(logs: Mapping[str, float]) -> dict[str, float]:
    """Return probabilities from log weights."""
    top = max(logs.values())
    weights = {name: math.exp(log - top) for name, log in logs.items()}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def events(knowledge: Knowledge, answers: Mapping[str, Answer]) -> list[Estimate]:
    """Return every kind of episode with its probability, likeliest first; they exclude each other and sum to 1."""
    weighed = _Weighed(knowledge.evaluate, answers)
    return _normalised({name: _score(event.prior, event.terms, weighed) for name, event in knowledge.events.items()})


def contributors(knowledge: Knowledge, answers: Mapping[str, Answer]) -> list[Estimate]:
    """Return every contributor with its own probability, likeliest first; several can hold at once."""
    weighed = _Weighed(knowledge.evaluate, answers)
    made = [_alone(one, weighed) for one in knowledge.contributors.values()]
    return sorted(made, key=lambda estimate: (-round(estimate.probability, _DIGITS), estimate.id))


def prior_of(knowledge: Knowledge, answers: Mapping[str, Answer]) -> dict[str, Weight]:
    """Return the log prior of every cause for this person's age and setting.

    An unknown age or setting is not guessed: the priors of all strata that could apply are averaged, and how far they
    lie apart is added to the variance.
    """
    fitting = strata_that_fit(knowledge, answers)
    if len(fitting) == 1:
        return dict(fitting[0].priors)
    mixed = {}
    for name in knowledge.causes:
        values = [math.exp(stratum.priors[name].log) for stratum in fitting]
        mean = sum(values) / len(values)
        logs = [stratum.priors[name].log for stratum in fitting]
        centre = sum(logs) / len(logs)
        apart = sum((log - centre) ** 2 for log in logs) / len(logs)
        within = sum(stratum.priors[name].variance for stratum in fitting) / len(fitting)
        mixed[name] = Weight(math.log(mean), within + apart)
    return mixed


def strata_that_fit(knowledge: Knowledge, answers: Mapping[str, Answer]) -> list[Stratum]:
    """Return the strata a person could be of: one where age and setting are known, else all those left open."""
    return [stratum for stratum in knowledge.strata if _could_apply(stratum, answers)]


def _could_apply(stratum: Stratum, answers: Mapping[str, Answer]) -> bool:
    age, setting = answers.get("age", UNSURE), answers.get("setting", UNSURE)
    age_fits = not isinstance(age, int | float) or stratum.first_age <= int(age) <= stratum.last_age
    return age_fits and setting in (UNSURE, stratum.setting)


@record
class Score:
    """A log weight before normalising, with its parts."""

    prior: Weight
    log: float
    variance: float
    counted: tuple[Contribution, ...]
    open: tuple[Term, ...]


class _Weighed(dict[Term, Contribution | Truth | None]):
    """What each term says of one person, worked out once: most are terms of several causes.

    A contribution; `Truth.UNKNOWN` where the expression is still open; None where it has no ratio for its truth.
    """

    def __init__(self, read: Evaluators, answers: Mapping[str, Answer]) -> None:
        super().__init__()
        self._read, self._answers = read, answers

    def __missing__(self, term: Term) -> Contribution | Truth | None:
        made = self[term] = self._weigh(term)
        return made

    def _weigh(self, term: Term) -> Contribution | Truth | None:
        truth = self._read[term.when](self._answers)
        if truth is Truth.UNKNOWN:
            return truth
        holds = truth is Truth.TRUE
        weight = term.present if holds else term.absent
        return None if weight is None else Contribution(term, holds, weight.log, weight.variance)


def _score(prior: Weight, terms: Iterable[Term], weighed: _Weighed) -> Score:
    counted: list[Contribution] = []
    strongest: dict[str, Contribution] = {}
    still_open: list[Term] = []
    for term in terms:
        one = weighed[term]
        if one is None:
            continue
        if isinstance(one, Truth):
            still_open.append(term)
        elif term.group is None:
            counted.append(one)
        elif term.group not in strongest or abs(one.log) > abs(strongest[term.group].log):
            strongest[term.group] = one
    counted += strongest.values()
    counted.sort(key=lambda one: -abs(one.log))
    return Score(
        prior,
        prior.log + sum(one.log for one in counted),
        prior.variance + sum(one.variance for one in counted),
        tuple(counted),
        tuple(still_open),
    )


def _normalised(scored: Mapping[str, Score]) -> list[Estimate]:
    top = max(one.log for one in scored.values())
    weights = {name: math.exp(one.log - top) for name, one in scored.items()}
    total = sum(weights.values())
    p = {name: weight / total for name, weight in weights.items()}
    spread = {name: p[name] ** 2 * scored[name].variance for name in scored}
    all_spread = sum(spread.values())
    made = []
    for name, one in scored.items():
        others, their_spread = total - weights[name], all_spread - spread[name]
        if p[name] > 0.5:  # a difference of two near numbers would lose digits; a sum does not
            others = sum(weight for other, weight in weights.items() if other != name)
            their_spread = sum(share for other, share in spread.items() if other != name)
        others = max(others, math.ulp(0.0))
        variance = one.variance + max(0.0, their_spread) / max(others / total, math.ulp(1.0)) ** 2
        low, high = _range(one.log - top, math.log(others), variance)
        made.append(Estimate(name, p[name], min(low, p[name]), max(high, p[name]), one.counted, one.open))
    return sorted(made, key=lambda estimate: (-round(scored[estimate.id].log, _DIGITS), estimate.id))


def _alone(one: Hypothesis, weighed: _Weighed) -> Estimate:
    scored = _score(one.prior, one.terms, weighed)
    low, high = _range(scored.log, 0.0, scored.variance)
    return Estimate(one.id, _sigmoid(scored.log), low, high, scored.counted, scored.open)


def _range(log: float, others: float, variance: float) -> tuple[float, float]:
    reach = NORMAL_95 * math.sqrt(variance)
    return _sigmoid(log - others - reach), _sigmoid(log - others + reach)


def _sigmoid(logit: float) -> float:
    if logit < 0:
        power = math.exp(logit)
        return power / (1 + power)
    return 1 / (1 + math.exp(-logit))
