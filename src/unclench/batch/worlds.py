"""Other worlds that the pack holds possible: every prior and every ratio of a cause drawn from its own uncertainty.

A number's logarithm is normal around the pack's, with the variance the pack states for it; that is what the ranges of
the differential are made of. A number that several causes share is one number, so it is drawn once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np

from unclench.knowledge import Knowledge

__all__ = ["drawn_world"]


def drawn_world(
    knowledge: Knowledge, random: np.random.Generator, *, shared: bool = True, spread: float = 1.0
) -> Knowledge:
    """Return the pack with other numbers in the differential; rules, findings and words stay.

    Args:
        knowledge: the pack.
        random: where chance comes from.
        shared: whether a number that several causes share is drawn once. If not, each cause gets its own, as the
            ranges take them.
        spread: by how much to widen every standard deviation; 1 = as the pack says.
    """
    memory: dict[Hashable, float] = {}

    def deviate(number: Hashable) -> float:
        if number not in memory:
            memory[number] = float(random.standard_normal()) * spread
        return memory[number]

    data = dict(knowledge.data)
    data["strata"] = [
        {**one, "priors": {cause: _moved(w, random.standard_normal() * spread) for cause, w in one["priors"].items()}}
        for one in data["strata"]
    ]
    data["causes"] = [
        {**one, "terms": [_term(one["id"], at, term, deviate, shared) for at, term in enumerate(one["terms"])]}
        for one in data["causes"]
    ]
    return Knowledge(json.dumps(data))


def _term(
    cause: str, at: int, term: Mapping[str, Any], deviate: Callable[[Hashable], float], shared: bool
) -> dict[str, Any]:
    made = dict(term)
    for side in ("present", "absent"):
        if term[side] is not None:
            number = (term["origin"], term["when"], side) if term["origin"] and shared else (cause, at, side)
            made[side] = _moved(term[side], deviate(number))
    return made


def _moved(weight: list[float], deviate: float) -> list[float]:
    log, variance = weight
    return [log + deviate * variance**0.5, variance]
