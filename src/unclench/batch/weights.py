"""The sums of the differential, as planes and what each of them adds to which hypothesis.

A group of correlated terms, of which only the strongest counts, becomes one plane for each of its terms: who has this
term and none that is stronger. What is left is a plain sum over the planes a person is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from unclench.batch.compiled import compiled
from unclench.batch.planes import LANES, Plane, Planes, lowest, unpacked
from unclench.knowledge import Knowledge, Term
from unclench.knowledge.records import Weight
from unclench.logic import UNSURE
from unclench.logic.columns import Asked, Circuit, Wire
from unclench.logic.nodes import Compare, OneOf
from unclench.reasoning.differential import prior_of

__all__ = ["Floats", "Places", "Priors", "Sums", "Weights", "add_up"]

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int64]


class Weights(NamedTuple):
    """What each plane adds to the sums: plane `i` has the items from `starts[i]` to `starts[i + 1]`.

    Attributes:
        starts: shape `(planes + 1,)`.
        hypotheses: whose sum.
        logs: what is added to the log weight.
        variances: what is added to its variance.
    """

    starts: Places
    hypotheses: Places
    logs: Floats
    variances: Floats


class Sums:
    """The sums of log ratios of several hypotheses.

    Args:
        terms: the terms of each hypothesis, in the order of the answer.
        circuit: where the planes are made.
        answered: who answered what.

    Attributes:
        wires: the planes the sums look at, once each.
        weights: what each of them adds.
        supporting: for each hypothesis, who said something that speaks for it.
    """

    def __init__(self, terms: Iterable[Iterable[Term]], circuit: Circuit, answered: Mapping[str, Asked]) -> None:
        found: dict[Wire, dict[int, tuple[float, float]]] = {}
        self.supporting: list[Wire] = []
        for place, some in enumerate(terms):
            speaking = []
            for wire, weight, holds in _planes(some, circuit, answered):
                log, variance = found.setdefault(wire, {}).get(place, (0.0, 0.0))
                found[wire][place] = (log + weight.log, variance + weight.variance)
                if holds and weight.log > 0:
                    speaking.append(wire)
            self.supporting.append(circuit.any_of(*speaking))
        self.wires = list(found)
        items = [(place, *sums) for by_place in found.values() for place, sums in by_place.items()]
        self.weights = Weights(
            starts=np.cumsum([0, *map(len, found.values())]).astype(np.int64),
            hypotheses=np.array([one[0] for one in items], np.int64),
            logs=np.array([one[1] for one in items], np.float64),
            variances=np.array([one[2] for one in items], np.float64),
        )


def _planes(
    terms: Iterable[Term], circuit: Circuit, answered: Mapping[str, Asked]
) -> Iterable[tuple[Wire, Weight, bool]]:
    """Yield (who, what it adds, whether the expression holds for them)."""
    groups: dict[str | None, list[tuple[Wire, Weight, bool]]] = {}
    for term in terms:
        true, false = circuit.truths(term.when, answered)
        for wire, weight, holds in ((true, term.present, True), (false, term.absent, False)):
            if weight is not None:
                groups.setdefault(term.group, []).append((wire, weight, holds))
    yield from groups.pop(None, [])
    for sides in groups.values():
        stronger: list[Wire] = []
        for wire, weight, holds in sorted(sides, key=lambda one: -abs(one[1].log)):  # of equals the first
            yield circuit.all_of(wire, *(other ^ 1 for other in stronger)), weight, holds
            stronger.append(wire)


_FEW: Final = 10
"""In a plane with at most so many of sixty-four people, it is faster to go to each of them."""

_ONE: Final = np.uint64(1)
_ZERO: Final = np.uint64(0)


@compiled
def add_up(planes: Plane, weights: Weights, log: Floats, variance: Floats) -> None:
    """Add to the sums of sixty-four people what each plane they are in adds.

    Each person's sum is made in the same order whoever stands beside them, so it is the same to the last digit.

    Args:
        planes: one word of each plane.
        weights: what each plane adds.
        log: shape `(hypotheses, 64)`; so far.
        variance: the same shape.
    """
    lanes = np.empty(_FEW, np.int64)
    share = np.empty(LANES, np.float64)
    for plane in range(len(planes)):
        bits = planes[plane]
        few = 0
        while bits != _ZERO and few < _FEW:
            lanes[few] = lowest(bits)
            bits &= bits - _ONE
            few += 1
        if few == 0:
            continue
        if bits == _ZERO:
            for item in range(weights.starts[plane], weights.starts[plane + 1]):
                hypothesis = weights.hypotheses[item]
                for place in range(few):
                    log[hypothesis, lanes[place]] += weights.logs[item]
                    variance[hypothesis, lanes[place]] += weights.variances[item]
            continue
        for lane in range(LANES):
            share[lane] = float((planes[plane] >> np.uint64(lane)) & _ONE)
        for item in range(weights.starts[plane], weights.starts[plane + 1]):
            logs = log[weights.hypotheses[item]]
            variances = variance[weights.hypotheses[item]]
            for lane in range(LANES):
                logs[lane] += weights.logs[item] * share[lane]
                variances[lane] += weights.variances[item] * share[lane]


class Priors:
    """The log priors and variances of all causes, for each age and setting the pack tells apart.

    Args:
        knowledge: the pack.
        causes: ids, in the order of the answer.
        circuit: where the planes are made.
        answered: who answered what.

    Attributes:
        wires: the planes that tell the age and the setting.
        logs: shape `(causes, strata)`.
        variances: the same shape.
    """

    def __init__(
        self, knowledge: Knowledge, causes: Sequence[str], circuit: Circuit, answered: Mapping[str, Asked]
    ) -> None:
        settings = list(dict.fromkeys(stratum.setting for stratum in knowledge.strata))
        ages = sorted({stratum.first_age for stratum in knowledge.strata})
        self._limits, self._settings = len(ages) - 1, len(settings)
        tests = [*(Compare("age", ">=", age) for age in ages[1:]), *(OneOf("setting", (one,)) for one in settings)]
        self.wires: list[Wire] = [circuit.truths(test, answered)[0] for test in tests]
        self.wires.append(answered["age"].known)
        rows = [
            prior_of(knowledge, {"age": age, "setting": setting})
            for age in (*ages, UNSURE)
            for setting in (*settings, UNSURE)
        ]
        self.logs: Floats = np.array([[one[cause].log for one in rows] for cause in causes])
        self.variances: Floats = np.array([[one[cause].variance for one in rows] for cause in causes])

    def strata(self, planes: Planes, people: int) -> Places:
        """Return the column of `logs` for each person.

        Args:
            planes: those of `wires`, one a row.
            people: how many there are.
        """
        masks = [unpacked(plane, people) for plane in planes]
        age = np.sum(masks[: self._limits], axis=0, dtype=np.int64)
        age[~masks[-1]] = self._limits + 1
        setting = np.full(people, self._settings, np.int64)
        for place, mask in enumerate(masks[self._limits : -1]):
            setting[mask] = place
        made: Places = age * (self._settings + 1) + setting
        return made
