"""The simulated people of the experiment (docs/adr/0010) come from the model whose posterior is called true."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.differential_models.people import GENERATORS

from unclench.knowledge import Knowledge


@pytest.mark.parametrize("name", list(GENERATORS))
def test_the_exact_posterior_is_calibrated(name: str) -> None:
    """Of what it calls likely, about as many are there; a margin of three standard errors, from a fixed seed."""
    people = [one for one in GENERATORS[name](Knowledge.load(), 600, 5) if one.natural]
    truth = np.concatenate([one.truth for one in people])
    there = np.concatenate([one.there for one in people])
    for some in (truth > 0, truth > 0.5, truth < 0.05):
        error = np.sqrt((truth * (1 - truth))[some].sum())
        assert error > 0
        assert abs(truth[some].sum() - there[some].sum()) < 3 * error
