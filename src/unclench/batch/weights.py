"""The sums of the differential, as planes and what each of them adds to which hypothesis.

A group of correlated terms, of which only the strongest counts, becomes one plane for each of its terms: who has this
term and none that is stronger. What is left is a plain sum over the planes a person is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from unclench.batch.compiled import part_of_one
from unclench.batch.planes import LANES, Places, Planes, unpacked
from unclench.knowledge import Knowledge, Term
from unclench.knowledge.records import Weight
from unclench.logic import UNSURE, Answer, Node
from unclench.logic.columns import Asked, Circuit, Wire
from unclench.logic.nodes import Compare, OneOf
from unclench.reasoning.differential import prior_of

__all__ = ["Floats", "Priors", "Sums", "Weights", "add_up"]

Floats: TypeAlias = npt.NDArray[np.float64]


class Weights(NamedTuple):
    """What planes add to the sums: hypothesis `i` has the items from `starts[i]` to `starts[i + 1]`.

    Attributes:
        starts: shape `(hypotheses + 1,)`.
        planes: who.
        logs: what is added to their log weight.
        variances: what is added to its variance.
    """

    starts: Places
    planes: Places
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
        places: dict[Wire, int] = {}
        starts, items = [0], []
        self.supporting: list[Wire] = []
        for some in terms:
            speaking = []
            for wire, weight, holds in _planes(some, circuit, answered):
                items.append((places.setdefault(wire, len(places)), weight.log, weight.variance))
                if holds and weight.log > 0:
                    speaking.append(wire)
            starts.append(len(items))
            self.supporting.append(circuit.any_of(*speaking))
        self.wires = [*places]
        self.weights = Weights(
            starts=np.array(starts, np.uint64),
            planes=np.array([plane for plane, _, _ in items], np.uint64),
            logs=np.array([log for _, log, _ in items], np.float64),
            variances=np.array([variance for _, _, variance in items], np.float64),
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


_ONE: Final = np.uint64(1)
_NONE: Final = np.uint64(0)


@part_of_one
def add_up(
    terms: Planes, word: int,
    starts: Places, planes: Places, weights: Floats, spreads: Floats,
    prior_logs: Floats, prior_variances: Floats, strata: Places,
    logs: Floats, variances: Floats, some: Planes, items: Places,
) -> None:  # fmt: skip
    """Add up, for sixty-four people, priors and what each plane they are in adds.

    Each person's sum is made in the same order whoever stands beside them, so it is the same to the last digit.

    Args:
        terms: shape `(words, planes)`.
        word: which of the words.
        starts: as in `Weights`, like the next three.
        planes: who.
        weights: what is added to their log weight.
        spreads: what is added to its variance.
        prior_logs: shape `(hypotheses, strata)`.
        prior_variances: the same shape.
        strata: the column of the priors of each person, shape `(words, 64)`.
        logs: filled in, shape `(hypotheses, 64)`.
        variances: filled in, the same shape.
        some: room for as many words as one hypothesis has items.
        items: room for as many numbers.
    """
    for one in range(logs.shape[0]):
        for lane in range(LANES):
            logs[one, lane] = prior_logs[one, strata[word, lane]]
        for lane in range(LANES):
            variances[one, lane] = prior_variances[one, strata[word, lane]]
        count = _NONE
        for item in range(starts[one], starts[one + 1]):
            bits = terms[word, planes[item]]
            some[count], items[count] = bits, item
            count += _ONE if bits != _NONE else _NONE
        for place in range(count):
            bits, log, variance = some[place], weights[items[place]], spreads[items[place]]
            for lane in range(LANES):
                bit = (bits >> np.uint64(lane)) & _ONE
                before, spread = logs[one, lane], variances[one, lane]
                logs[one, lane] = before + log if bit else before
                variances[one, lane] = spread + variance if bit else spread


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
        tests: list[Node] = [
            *(Compare("age", ">=", age) for age in ages[1:]),
            *(OneOf("setting", (one,)) for one in settings),
        ]
        self.wires: list[Wire] = [circuit.truths(test, answered)[0] for test in tests]
        self.wires.append(answered["age"].known)
        known_ages: list[Answer] = [*ages, UNSURE]
        known_settings: list[Answer] = [*settings, UNSURE]
        rows = [
            prior_of(knowledge, {"age": age, "setting": setting}) for age in known_ages for setting in known_settings
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
        age = np.zeros(people, np.int64)
        for mask in masks[: self._limits]:
            age += mask
        age[~masks[-1]] = self._limits + 1
        setting = np.full(people, self._settings, np.int64)
        for place, mask in enumerate(masks[self._limits : -1]):
            setting[mask] = place
        return (age * (self._settings + 1) + setting).astype(np.uint64)
