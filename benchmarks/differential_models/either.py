"""At most two causes, with all of today's ratios: of two causes, the one that a sign speaks for more explains it."""

from __future__ import annotations

import numpy as np

from benchmarks.differential_models.evidence import Evidence, Floats

__all__ = ["either"]


def either(evidence: Evidence) -> Floats:
    """Return the probability of each cause if there are one or two of them.

    A sign that is there counts once for a pair, with the greater of the two sums of log ratios, so that what one cause
    brings no longer speaks against the other. What is absent, and what is no yes/no finding, counts for both.
    """
    logs = np.log(evidence.priors) - np.log1p(-evidence.priors)
    signs: dict[str, Floats] = {}
    for place, score in enumerate(evidence.scores.values()):
        for one in score.counted:
            told = [f for f in evidence.knowledge.mentions(one.term.when) if evidence.answers.get(f) is True]
            if one.holds and told:
                signs.setdefault(min(told), np.zeros(len(logs)))[place] += one.log
            else:
                logs[place] += one.log
    pair = np.add.outer(logs, logs)
    np.fill_diagonal(pair, logs)
    for sign in signs.values():
        pair += np.maximum.outer(sign, sign)
    weights = np.exp(pair - pair.max())
    shares: Floats = weights.sum(axis=1) / np.triu(weights).sum()
    return shares
