"""scikit-learn's naive Bayes with our weights: the causes' probabilities as one matrix product, without ranges.

A column is one side of a term (it holds, or it does not). In a group of which only the strongest counts, it is that
side without any stronger one. Each prior that occurs is a column of its own, so that people of every age and setting
go into one product.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks.peers.walk import FALSE, TRUE

__all__ = ["NaiveBayes", "Terms"]

Floats: TypeAlias = npt.NDArray[np.float64]

Side: TypeAlias = tuple[int, int]
"""The place of an expression in the pack, and the truth it must have."""

Column: TypeAlias = tuple[Side, tuple[Side, ...]]
"""A side, and the stronger ones that must not be there."""


class Terms:
    """What a cause's sum is made of, as columns and the weight of each for each cause.

    Args:
        data: the pack, as decoded JSON.
        priors: cause id to log prior, for each prior that occurs.
    """

    def __init__(self, data: Mapping[str, Any], priors: Sequence[Mapping[str, float]]) -> None:
        self.causes = sorted(cause["id"] for cause in data["causes"])
        places: dict[Column, dict[str, float]] = {}
        for cause in data["causes"]:
            for column, log in _columns(cause["terms"]):
                weights = places.setdefault(column, {})
                weights[cause["id"]] = weights.get(cause["id"], 0.0) + log
        self._columns, self._priors = list(places), len(priors)
        rows = [*places.values(), *priors]
        self.weights: Floats = np.array([[row.get(cause, 0.0) for cause in self.causes] for row in rows])

    def features(self, truths: npt.NDArray[np.int8], prior: npt.NDArray[np.intp]) -> Floats:
        """Return who has each column, as ones and noughts: one row a person.

        Args:
            truths: one row a person, one column an expression of the pack; 0 false, 1 unknown, 2 true.
            prior: which prior each person has.
        """
        made = np.zeros((len(truths), len(self.weights)))
        for place, ((expression, wanted), stronger) in enumerate(self._columns):
            here = truths[:, expression] == wanted
            for other, theirs in stronger:
                here &= truths[:, other] != theirs
            made[:, place] = here
        made[np.arange(len(truths)), len(self._columns) + prior] = 1
        return made


class NaiveBayes:
    """A `MultinomialNB` that was given its weights instead of being fitted."""

    def __init__(self, terms: Terms) -> None:
        self._model = import_module("sklearn.naive_bayes").MultinomialNB()
        self._model.feature_log_prob_ = np.ascontiguousarray(terms.weights.T)
        self._model.class_log_prior_ = np.zeros(len(terms.causes))
        self._model.classes_ = np.array(terms.causes)
        self._model.n_features_in_ = len(terms.weights)

    def run(self, features: Floats) -> Any:
        """Return the probabilities: one row a person, one column a cause."""
        return self._model.predict_proba(features)


def _columns(terms: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Column, float]]:
    groups: dict[str, list[tuple[Side, float]]] = {}
    for term in terms:
        for truth, weight in ((TRUE, term["present"]), (FALSE, term["absent"])):
            if weight is None:
                continue
            side = (term["when"], truth)
            if term["group"] is None:
                yield (side, ()), weight[0]
            else:
                groups.setdefault(term["group"], []).append((side, weight[0]))
    for sides in groups.values():
        ordered = sorted(sides, key=lambda one: -abs(one[1]))
        for rank, (side, log) in enumerate(ordered):
            opposite = (side[0], TRUE + FALSE - side[1])  # cannot be there beside it
            yield (side, tuple(other for other, _ in ordered[:rank] if other != opposite)), log
