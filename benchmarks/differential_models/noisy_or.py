"""Independent causes, each finding brought by any of them or by a leak.

With o_c the odds of a cause, k_fc the chance that cause c fails to bring finding f and l_f the chance that no leak
brings it,

    P(present findings F) is proportional to the sum over S within F of (-1)^|S| prod_{f in S} l_f
                                             prod over c of (1 + o_c prod_{f in S} k_fc)

(Quickscore: Heckerman 1989, from memory). What is absent only multiplies the odds. The posterior is that of somebody
who has at least one of the causes.

What the pack does not say is assumed:

- **Leak** of a yes/no finding: of a two-sided ratio it follows, (1 - LR-) / (LR+ - LR-); the median over the causes
  that have one. Without one it is the base rate of `model.yaml`, or the rate of a danger that no cause brings. It is
  lowered to where the greatest ratio just fits under a chance of 0.95.
- **Chance** under a cause alone is leak times LR+. Every term that counts is given to one of the present findings it
  looks at, the one with the least leak, so that groups and patterns count as they do in the sum.
- **Against when present** has no form in a noisy-OR, and is left out: other causes explain the finding away instead.
- **Absent**, choices, regions and numbers multiply the odds of a cause by the pack's own ratio.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from benchmarks.differential_models.evidence import Evidence, Floats
from unclench.knowledge import Knowledge
from unclench.logic import Answer
from unclench.reasoning.case import Case
from unclench.reasoning.differential import scores
from unclench.reasoning.triage import effective_answers

__all__ = ["CAP", "MOST", "Ratios", "leaks", "links", "noisy_or", "pairs", "quickscore", "two_causes"]

CAP = 12
"""Present findings that Quickscore takes; with more, at most two causes are weighed. Time doubles with each."""

MOST = 0.95


class Ratios:
    """What single answers do to the weight of every cause; causes in alphabetical order."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._before = scores(knowledge, effective_answers(Case(), knowledge))
        self.causes = sorted(self._before)

    def __call__(self, finding: str, answer: Answer) -> tuple[Floats, Floats]:
        """Return what the answer adds to the log weights, and to their variances."""
        after = scores(self.knowledge, effective_answers(Case(answers={finding: answer}), self.knowledge))
        pairs = [(after[name], self._before[name]) for name in self.causes]
        priors = [new.prior.log - old.prior.log for new, old in pairs]
        logs = np.array([new.log - old.log for new, old in pairs]) - priors
        return logs, np.maximum(0.0, [new.variance - old.variance for new, old in pairs])


@lru_cache(maxsize=2)
def leaks(knowledge: Knowledge) -> Mapping[str, float]:
    """Return, for each yes/no finding, how likely it is without any of the causes."""
    ratios = Ratios(knowledge)
    made = {}
    for one in knowledge.findings.values():
        if one.kind == "boolean":
            yes, no = (np.exp(ratios(one.id, answer)[0]) for answer in (True, False))
            both = (yes > 1) & (no < 1)
            leak = knowledge.model.population.danger_rate if one.red_flag else knowledge.model.base_rate
            if both.any():
                leak = float(np.median((1 - no[both]) / (yes[both] - no[both])))
            made[one.id] = min(leak, MOST / max(1.0, float(yes.max())))
    return made


def links(evidence: Evidence, *, against: bool = False) -> tuple[Floats, Floats, Floats]:
    """Return the odds of each cause, the leak of each present finding, and k: one row a finding, one column a cause.

    Args:
        evidence: of one person.
        against: whether a sign that is there and speaks against a cause multiplies its odds, instead of being left out.
    """
    leak = leaks(evidence.knowledge)
    odds = np.log(evidence.priors) - np.log1p(-evidence.priors)
    by_finding: dict[str, Floats] = {}
    for place, score in enumerate(evidence.scores.values()):
        for one in score.counted:
            told = [f for f in evidence.knowledge.mentions(one.term.when) if evidence.answers.get(f) is True]
            if not (one.holds and told) or (against and one.log < 0):
                odds[place] += one.log
            elif one.log > 0:
                bringing = min(told, key=lambda finding: leak[finding])
                by_finding.setdefault(bringing, np.zeros(len(odds)))[place] += one.log
    base = np.array([leak[finding] for finding in by_finding])
    raised = np.array(list(by_finding.values())).reshape(len(base), len(odds))
    chance = np.minimum(MOST, base[:, None] * np.exp(raised))
    return np.exp(odds), base, np.minimum(1.0, (1 - chance) / (1 - base[:, None]))


def quickscore(odds: Floats, leak: Floats, keep: Floats) -> Floats:
    """Return the exact probability of each cause, given that there is at least one."""
    with np.errstate(under="ignore"):
        sign = np.ones(1, np.longdouble)
        kept = np.ones((1, len(odds)), np.longdouble)
        for one, row in zip(leak, keep, strict=True):
            sign = np.concatenate([sign, -sign * (1 - np.longdouble(one))])
            kept = np.concatenate([kept, kept * row.astype(np.longdouble)])
        there = odds * kept
        terms = sign * np.prod(1 + there, axis=1)
        total = terms.sum() - np.prod(leak.astype(np.longdouble))
        made: Floats = ((terms[:, None] * there / (1 + there)).sum(axis=0) / total).astype(np.float64)
    return made


def pairs(odds: Floats, leak: Floats, keep: Floats) -> Floats:
    """Return the probability of each cause if there are one or two of them."""
    weights = np.outer(odds, odds)
    np.fill_diagonal(weights, odds)
    for one, row in zip(leak, keep, strict=True):
        together = np.outer(row, row)
        np.fill_diagonal(together, row)
        weights *= 1 - (1 - one) * together
    total = np.triu(weights).sum()
    made: Floats = weights.sum(axis=1) / total
    return made


def noisy_or(evidence: Evidence, *, against: bool = False) -> Floats:
    """Return the probability of each cause: exact up to `CAP` present findings, beyond it with at most two causes."""
    odds, leak, keep = links(evidence, against=against)
    return (quickscore if len(leak) <= CAP else pairs)(odds, leak, keep)


def two_causes(evidence: Evidence) -> Floats:
    """Return the probability of each cause if there are at most two."""
    return pairs(*links(evidence))
