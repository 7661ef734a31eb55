"""Each cause against not having it: its prior odds times its ratios, whatever the other causes look like."""

from __future__ import annotations

import numpy as np

from benchmarks.differential_models.evidence import Evidence, Floats

__all__ = ["own_odds"]


def own_odds(evidence: Evidence, *, against: bool = True) -> Floats:
    """Return the probability of each cause by itself.

    Args:
        evidence: of one person.
        against: whether a sign that is there may speak against a cause.
    """
    logs = evidence.logs - np.log1p(-evidence.priors)
    if not against:
        logs += [-sum(c.log for c in one.counted if c.holds and c.log < 0) for one in evidence.scores.values()]
    chance: Floats = 1 / (1 + np.exp(-logs))
    return chance
