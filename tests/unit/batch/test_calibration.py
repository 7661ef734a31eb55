"""Scores of probabilities, by hand and with faults planted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from unclench import Knowledge, assess
from unclench.batch.calibration import calibrate, of_cause, said_of
from unclench.batch.population import Population
from unclench.reasoning.validation import Share

# Three causes, four people: three certain of the first at 0.8 (two right), one of the second at 0.5 (wrong).
SAID = np.array([[0.8, 0.8, 0.8, 0.2], [0.1, 0.1, 0.1, 0.5], [0.1, 0.1, 0.1, 0.3]])
CAUSE = np.array([0, 0, 1, 2])


def test_scores_by_hand() -> None:
    found = calibrate(SAID, CAUSE)
    assert found.first == Share(2, 4)
    assert found.in_three == Share(4, 4)
    assert found.commonest == Share(2, 4)
    assert found.confidence == pytest.approx((3 * 0.8 + 0.5) / 4)
    assert found.error == pytest.approx(3 / 4 * abs(2 / 3 - 0.8) + 1 / 4 * abs(0 - 0.5))
    right = 0.2**2 + 0.1**2 + 0.1**2
    wrong = 0.8**2 + 0.9**2 + 0.1**2
    other = 0.2**2 + 0.5**2 + 0.7**2
    assert found.brier == pytest.approx((2 * right + wrong + other) / 4)
    assert found.bits == pytest.approx(-(2 * np.log2(0.8) + np.log2(0.1) + np.log2(0.3)) / 4)
    filled = [one for one in found.bins if one.right.total]
    assert [(one.low, one.right) for one in filled] == [(0.5, Share(0, 1)), (0.8, Share(2, 3))]
    assert sum(one.right.total for one in found.bins) == 4


def test_certainty_falls_into_the_last_bin_and_no_score_is_infinite() -> None:
    found = calibrate(np.array([[1.0], [0.0]]), np.array([1]))
    assert found.bins[-1].right == Share(0, 1)
    assert np.isfinite(found.bits)
    assert found.brier == 2.0


def test_one_cause_by_hand() -> None:
    found = of_cause(np.array([0.5, 0.004, 0.2, 0.3]), np.array([True, True, False, False]), 0.01)
    assert (found.had, found.hidden) == (Share(2, 4), Share(1, 2))
    assert found.expected == pytest.approx(1.004)
    assert found.given == pytest.approx(0.252)
    assert of_cause(np.array([0.5]), np.array([False]), 0.01).given == 0.0


def test_what_is_said_is_what_the_single_case_says(knowledge: Knowledge) -> None:
    causes = sorted(knowledge.causes)
    person = {"age": 50, "findings": {"back_pain": True, "fever": True}}
    said = said_of(knowledge, pa.RecordBatch.from_pydict({"age": [50], "back_pain": [True], "fever": [True]}), causes)
    for one in assess(knowledge, person).causes:
        place = causes.index(one.id)
        found = [float(part[place, 0]) for part in (said.probability, said.low, said.high)]
        assert found == pytest.approx([one.probability, one.low, one.high], abs=1e-9)


def test_overconfidence_that_is_planted_is_found(knowledge: Knowledge) -> None:
    population = Population(knowledge, missing=0, unsure=0, block=3000)
    people = next(population.batches(3000, 2))
    cause = np.array([population.causes.index(name) for name in people["synthetic_cause"].to_pylist()])
    best = population.posterior(people)
    honest = calibrate(best, cause)
    assert honest.error < 0.03
    assert honest.confidence == pytest.approx(honest.first.value, abs=0.03)
    sharpened = best**3 / (best**3).sum(axis=0)
    sharp = calibrate(sharpened, cause)
    assert sharp.first == honest.first
    assert sharp.error > 2 * honest.error
    assert sharp.confidence > sharp.first.value + 0.05
    assert sharp.bits > honest.bits
    assert sharp.brier > honest.brier
