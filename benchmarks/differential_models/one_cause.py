"""Today's model: the causes exclude each other."""

from __future__ import annotations

import numpy as np

from benchmarks.differential_models.evidence import Evidence, Floats

__all__ = ["one_cause"]


def one_cause(evidence: Evidence) -> Floats:
    """Return the probability of each cause; they sum to 1."""
    weights = np.exp(evidence.logs - evidence.logs.max())
    shares: Floats = weights / weights.sum()
    return shares
