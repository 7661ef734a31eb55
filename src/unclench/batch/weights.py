"""The sums of the differential as a few hundred planes of bits and one matrix.

A group of correlated terms, of which only the strongest counts, becomes one plane for each of its terms: who has this
term and none that is stronger. What is left is a plain sum, the same for every person: a matrix product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from unclench.knowledge import Knowledge, Term
from unclench.knowledge.records import Stratum, Weight
from unclench.logic import UNSURE, Node
from unclench.logic.columns import Column, Plane, Truths, unpacked
from unclench.reasoning.differential import prior_of

__all__ = ["Priors", "Sums"]

Floats: TypeAlias = npt.NDArray[np.float64]
_Side: TypeAlias = tuple[Node, bool]
"""A tree, and whether it holds."""


@dataclass(frozen=True, slots=True)
class _Feature:
    """Who has `side`, and none of the stronger ones before it."""

    side: _Side
    stronger: tuple[_Side, ...]


class Sums:
    """The sums of log ratios of several hypotheses.

    Args:
        terms: the terms of each hypothesis, in the order of the answer.

    Attributes:
        trees: every tree the terms look at, once each: what `run` wants the truths of.
    """

    def __init__(self, terms: Iterable[Iterable[Term]]) -> None:
        found: dict[_Feature, dict[int, tuple[float, float]]] = {}
        supporting: list[set[_Feature]] = []
        for place, some in enumerate(terms):
            supporting.append(set())
            for feature, weight in _features(some):
                log, variance = found.setdefault(feature, {}).get(place, (0.0, 0.0))
                found[feature][place] = (log + weight.log, variance + weight.variance)
                if feature.side[1] and weight.log > 0:
                    supporting[-1].add(feature)
        self.hypotheses = len(supporting)
        self._features = list(found)
        self._matrix = np.zeros((2 * self.hypotheses, len(found)))
        for column, by_place in enumerate(found.values()):
            for place, (log, variance) in by_place.items():
                self._matrix[place, column] = log
                self._matrix[self.hypotheses + place, column] = variance
        where = {feature: column for column, feature in enumerate(self._features)}
        self._supporting = [sorted(where[feature] for feature in some) for some in supporting]
        sides = [side for feature in self._features for side in (feature.side, *feature.stronger)]
        self.trees = list(dict.fromkeys(node for node, _ in sides))
        place_of = {node: place for place, node in enumerate(self.trees)}

        def at(side: _Side) -> tuple[int, int]:
            return place_of[side[0]], 0 if side[1] else 1

        self._recipes = [(at(one.side), [at(side) for side in one.stronger]) for one in self._features]

    def planes(self, truths: Sequence[Truths]) -> list[Plane]:
        """Return who has each feature; `truths` are those of `trees`."""
        made = []
        for (tree, side), stronger in self._recipes:
            plane = truths[tree][side]
            for other, other_side in stronger:
                plane = plane & ~truths[other][other_side]
            made.append(plane)
        return made

    def run(self, planes: list[Plane], people: int) -> tuple[Floats, Floats]:
        """Return the sum of the log ratios and of their variances: one row a hypothesis, one column a person."""
        made = np.empty((2 * self.hypotheses, people))
        counts = np.array([int(np.bitwise_count(plane).sum()) for plane in planes])
        rare = counts <= _RARE * people
        common = np.flatnonzero(~rare)
        matrix = np.ascontiguousarray(self._matrix[:, common])
        bits = np.array([planes[column] for column in common], np.uint64).reshape(len(common), -(-people // 64))
        words = _STRIP // 64
        made.fill(0.0)
        for first in range(0, bits.shape[1], words):
            start, end = first * 64, min(first * 64 + _STRIP, people)
            strip = np.ascontiguousarray(bits[:, first : first + words]).view(np.uint8)
            holds = np.unpackbits(strip, axis=1, count=end - start, bitorder="little")
            np.matmul(matrix, holds.astype(np.float64), out=made[:, start:end])
        for column in np.flatnonzero(rare & (counts > 0)):
            weights = self._matrix[:, column]
            touched = np.flatnonzero(weights)[:, None]
            made[touched, np.flatnonzero(unpacked(planes[column], people))] += weights[touched]
        return made[: self.hypotheses], made[self.hypotheses :]

    def supported(self, planes: list[Plane], place: int, empty: Plane) -> Plane:
        """Return for whom something they said speaks for a hypothesis."""
        made = empty
        for column in self._supporting[place]:
            made = made | planes[column]
        return made


_STRIP: Final = 1024
"""People in one product: their bits as numbers still fit the cache."""

_RARE: Final = 0.02
"""What so few have is added to those few alone; the product takes what is common."""


def _features(terms: Iterable[Term]) -> Iterable[tuple[_Feature, Weight]]:
    groups: dict[str | None, list[tuple[_Side, Weight]]] = {}
    for term in terms:
        for weight, holds in ((term.present, True), (term.absent, False)):
            if weight is not None:
                groups.setdefault(term.group, []).append(((term.when, holds), weight))
    for side, weight in groups.pop(None, []):
        yield _Feature(side, ()), weight
    for sides in groups.values():
        ordered = sorted(sides, key=lambda one: -abs(one[1].log))  # of equals the first, as in the single case
        for rank, (side, weight) in enumerate(ordered):
            opposite = (side[0], not side[1])
            yield _Feature(side, tuple(s for s, _ in ordered[:rank] if s != opposite)), weight


class Priors:
    """The log priors and variances of all causes, for each age and setting the pack tells apart.

    Args:
        knowledge: the pack.
        causes: ids, in the order of the answer.
    """

    def __init__(self, knowledge: Knowledge, causes: list[str]) -> None:
        strata: tuple[Stratum, ...] = knowledge.strata
        self._settings = list(dict.fromkeys(stratum.setting for stratum in strata))
        self._oldest = max(stratum.last_age for stratum in strata)
        distinct: dict[tuple[str, ...], int] = {}
        rows: list[Mapping[str, Weight]] = []
        self._place = np.empty((self._oldest + 2, len(self._settings) + 1), np.intp)
        for age in (*range(self._oldest + 1), UNSURE):
            for setting in (*self._settings, UNSURE):
                fitting = tuple(one.id for one in strata if _fits(one, age, setting))
                if fitting not in distinct:
                    distinct[fitting] = len(rows)
                    rows.append(prior_of(knowledge, {"age": age, "setting": setting}))
                row = self._oldest + 1 if age == UNSURE else int(age)
                column = len(self._settings) if setting == UNSURE else self._settings.index(str(setting))
                self._place[row, column] = distinct[fitting]
        self._logs = np.array([[one[cause].log for one in rows] for cause in causes])
        self._variances = np.array([[one[cause].variance for one in rows] for cause in causes])

    def run(self, columns: Mapping[str, Column], people: int) -> tuple[Floats, Floats]:
        """Return log priors and variances: one row a cause, one column a person."""
        age = np.full(people, self._oldest + 1)
        if "age" in columns:
            values: Any = columns["age"].values
            age = np.where(unpacked(columns["age"].known, people), np.clip(values, 0, self._oldest), age).astype(
                np.intp
            )
        setting = np.full(people, len(self._settings))
        if "setting" in columns:
            said: Any = columns["setting"].values
            for place, name in enumerate(self._settings):
                setting[unpacked(said[name], people)] = place
        places = self._place[age, setting]
        return self._logs[:, places], self._variances[:, places]


def _fits(stratum: Stratum, age: int | str, setting: str) -> bool:
    right_age = not isinstance(age, int) or stratum.first_age <= age <= stratum.last_age
    return right_age and setting in (UNSURE, stratum.setting)
