"""The causes exclude each other, but a serious one is also judged by its own odds, and the greater counts."""

from __future__ import annotations

import numpy as np

from benchmarks.differential_models.evidence import Evidence, Floats
from benchmarks.differential_models.one_cause import one_cause
from benchmarks.differential_models.own_odds import own_odds
from unclench.reasoning import differential

__all__ = ["by_range", "guarded"]


def guarded(evidence: Evidence, *, against: bool = True) -> Floats:
    """Return the probability that a cause is judged by "to rule out" with; the others keep that of `one_cause`."""
    share = one_cause(evidence)
    made: Floats = np.where(evidence.serious, np.maximum(share, own_odds(evidence, against=against)), share)
    return made


def by_range(evidence: Evidence) -> Floats:
    """Return the probability of each cause; for a serious one the upper end of its range."""
    high = {one.id: one.high for one in differential.causes(evidence.knowledge, evidence.answers)}
    made: Floats = np.where(evidence.serious, [high[name] for name in evidence.scores], one_cause(evidence))
    return made
