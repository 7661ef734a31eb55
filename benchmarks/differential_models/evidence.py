"""What one person's answers say about each cause, read from the pack once and given to every model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from unclench.knowledge import Knowledge
from unclench.logic import Answer
from unclench.reasoning.differential import Score, scores

__all__ = ["Evidence", "Floats", "read"]

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The answers of one person, weighed.

    Attributes:
        knowledge: the pack.
        answers: as prepared by `triage.effective_answers`.
        scores: the sum of each cause, with its terms; causes in alphabetical order.
        serious: which of them are serious.
    """

    knowledge: Knowledge
    answers: Mapping[str, Answer]
    scores: Mapping[str, Score]
    serious: npt.NDArray[np.bool_]

    @property
    def logs(self) -> Floats:
        """The log weights before normalising."""
        return np.array([one.log for one in self.scores.values()])

    @property
    def priors(self) -> Floats:
        """The prior probabilities; they sum to 1."""
        return np.array([math.exp(one.prior.log) for one in self.scores.values()])


def read(knowledge: Knowledge, answers: Mapping[str, Answer]) -> Evidence:
    """Weigh the answers of one person."""
    found = scores(knowledge, answers)
    names = sorted(found)
    serious = np.array([knowledge.causes[name].test_threshold is not None for name in names])
    return Evidence(knowledge, answers, {name: found[name] for name in names}, serious)
