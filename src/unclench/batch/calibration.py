"""Whether a probability means what it says: reliability, expected calibration error, scores, and who comes first.

All of it needs people whose cause is known, so it is done on people who were drawn. On people drawn from the pack's own
numbers it checks the arithmetic and the form of the sum, never the medicine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unclench.batch.assess import assess_batch
from unclench.knowledge import Knowledge
from unclench.reasoning.validation import Share

__all__ = ["BINS", "Bin", "Calibration", "OfCause", "Said", "calibrate", "of_cause", "said_of"]

Floats: TypeAlias = npt.NDArray[np.float64]

BINS: Final = 10
"""Bins of the reliability plot and of the expected calibration error, of equal width: definition of the measure."""

_LEAST: Final = 1e-12  # a probability below counts as this in the log score, so that one person cannot make it infinite


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of every cause: one row a cause, one column a person.

    Attributes:
        probability: each column sums to 1.
        low: lower ends of the ranges.
        high: upper ends.
    """

    probability: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Bin:
    """People whose likeliest cause was about as probable as that of the others in the bin.

    Attributes:
        low: least probability of the bin.
        high: greatest.
        said: mean probability given to the likeliest cause; 0 where nobody is.
        right: how many of them had that cause.
    """

    low: float
    high: float
    said: float
    right: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far probabilities can be trusted, of some people.

    Attributes:
        bins: the reliability plot.
        error: expected calibration error: over the bins, the mean of |share right - mean probability said|, weighted
            by how many people are in each.
        confidence: mean probability given to the likeliest cause.
        brier: mean over people of the sum over causes of (probability - 1 if it is the cause, else 0) squared; 0 is
            best, 2 worst.
        bits: mean of -log2 of the probability given to the cause (log score); 0 is best.
        first: how often the cause comes first.
        in_three: how often it is among the first three.
        commonest: how often somebody would be right who always named the commonest cause.
    """

    bins: tuple[Bin, ...]
    error: float
    confidence: float
    brier: float
    bits: float
    first: Share
    in_three: Share
    commonest: Share


@dataclass(frozen=True, slots=True)
class OfCause:
    """How one cause, or several together, fare.

    Attributes:
        expected: how many people have it if the probabilities are right: their sum.
        had: how many have it, of all.
        given: mean probability it is given in those who have it.
        hidden: of those who have it, how many are told of less than `limit`.
        limit: the probability below which a cause counts as hidden.
    """

    expected: float
    had: Share
    given: float
    hidden: Share
    limit: float


def said_of(knowledge: Knowledge, batch: pa.RecordBatch, causes: Sequence[str]) -> Said:
    """Return what the pack says of every cause, for people none of whose answers is impossible.

    Args:
        knowledge: the pack.
        batch: as `assess_batch` takes it.
        causes: order of the rows.
    """
    listed = assess_batch(knowledge, batch, top=len(causes))["causes"].flatten()
    names = listed.field("id").cast(pa.string())
    row = pc.index_in(names, value_set=pa.array(causes, pa.string())).to_numpy(zero_copy_only=False)
    column = np.repeat(np.arange(batch.num_rows), len(causes))
    made = []
    for field in ("probability", "low", "high"):
        table = np.zeros((len(causes), batch.num_rows))
        table[row, column] = listed.field(field).to_numpy(zero_copy_only=False)
        made.append(table)
    return Said(*made)


def calibrate(probability: Floats, cause: npt.NDArray[np.intp]) -> Calibration:
    """Measure probabilities of people whose cause is known.

    Args:
        probability: one row a cause, one column a person.
        cause: the row of each person's cause.

    Examples:
        >>> sure = calibrate(np.array([[0.9, 0.9], [0.1, 0.1]]), np.array([0, 1]))
        >>> sure.first.value, round(sure.error, 3), round(sure.brier, 3)
        (0.5, 0.4, 0.82)
    """
    people = probability.shape[1]
    everybody = np.arange(people)
    surest = probability.max(axis=0)
    right = probability.argmax(axis=0) == cause
    place = np.minimum((surest * BINS).astype(np.intp), BINS - 1)
    bins = []
    for at in range(BINS):
        inside = place == at
        said = float(surest[inside].mean()) if inside.any() else 0.0
        bins.append(Bin(at / BINS, (at + 1) / BINS, said, Share(int(right[inside].sum()), int(inside.sum()))))
    own = probability[cause, everybody]
    before = (probability > own).sum(axis=0)  # how many causes stand before the person's own
    return Calibration(
        bins=tuple(bins),
        error=sum(one.right.total / people * abs(one.right.value - one.said) for one in bins),
        confidence=float(surest.mean()),
        brier=float((((probability**2).sum(axis=0)) - 2 * own + 1).mean()),
        bits=float(-np.log2(np.maximum(own, _LEAST)).mean()),
        first=Share(int((before < 1).sum()), people),
        in_three=Share(int((before < 3).sum()), people),
        commonest=Share(int(np.bincount(cause).max()), people),
    )


def of_cause(probability: Floats, has: npt.NDArray[np.bool_], limit: float) -> OfCause:
    """Measure one cause.

    Args:
        probability: given to it, one a person.
        has: who has it.
        limit: the probability below which it counts as hidden.

    Examples:
        >>> of_cause(np.array([0.5, 0.004, 0.1]), np.array([True, True, False]), 0.01).hidden
        Share(count=1, total=2)
    """
    own: Any = probability[has]
    return OfCause(
        expected=float(probability.sum()),
        had=Share(int(has.sum()), len(has)),
        given=float(own.mean()) if len(own) else 0.0,
        hidden=Share(int((own < limit).sum()), len(own)),
        limit=limit,
    )
