"""Whether the 95% ranges hold what they promise: simulation-based calibration.

A world is drawn from the uncertainty that the pack states, people are drawn from that world, and the range that the
pack reports for each of them is held against the probability that is true there. Right ranges hold it 95 times in 100,
and its rank among what the range holds possible is as often low as middling or high.

The method is that of simulation-based calibration (Talts and others, 2018, arXiv:1804.06788), with one difference: the
answers of one person teach the pack nothing about its numbers, so the range is that of the numbers before the answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from unclench.batch.calibration import Said, said_of
from unclench.batch.population import Population
from unclench.batch.worlds import drawn_world
from unclench.knowledge import Knowledge
from unclench.reasoning.differential import NORMAL_95

__all__ = ["RANKS", "Coverage", "Held", "coverage", "hold"]

Floats: TypeAlias = npt.NDArray[np.float64]

RANKS: Final = 20
"""Bins of the rank histogram; a range holds all but about the first and the last half bin."""

_FLAT: Final = 1e-6  # a range narrower than this on the scale of log odds cannot be ranked in


@dataclass(frozen=True, slots=True)
class Held:
    """Who of whom is held, in one world.

    Attributes:
        inside: how often the true probability lies within the reported range.
        below: how often it lies below the range.
        of: out of how many (person, cause) pairs.
        ranks: how many have each rank, `RANKS` of them.
    """

    inside: int
    below: int
    of: int
    ranks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often the ranges hold the truth, over worlds.

    Attributes:
        truth: what counted as true: `sum`, the pack's sum with the numbers of the world; or `draw`, what follows by
            Bayes' rule from how the people were drawn, which also shows what the form of the sum costs.
        whose: which causes: `first` (the likeliest), `likely` (10% or more), `possible` (1% to 10%), `serious` (serious
            and 1% or more).
        share: how often the truth is inside, of all.
        low: lower end of its 95% interval; worlds differ more than people, so it is taken over worlds.
        high: upper end.
        below: share below the range; what is neither is above.
        pairs: (person, cause) pairs counted.
        worlds: worlds counted.
        ranks: how many have each rank.
    """

    truth: str
    whose: str
    share: float
    low: float
    high: float
    below: float
    pairs: int
    worlds: int
    ranks: tuple[int, ...]


def hold(said: Said, truth: Floats, whose: npt.NDArray[np.bool_]) -> Held:
    """Count how often ranges hold the truth.

    Args:
        said: the reported probabilities and ranges.
        truth: the true ones, of the same shape.
        whose: which of them count.

    Examples:
        >>> half = np.array([[0.5, 0.5]])
        >>> said = Said(half, half - 0.1, half + 0.1)
        >>> held = hold(said, np.array([[0.55, 0.39]]), np.array([[True, True]]))
        >>> held.inside, held.below, held.of, sum(held.ranks)
        (1, 1, 2, 2)
    """
    p, low, high, true = (one[whose] for one in (said.probability, said.low, said.high, truth))
    inside = (true >= low) & (true <= high)
    deviation = (_logit(high) - _logit(low)) / (2 * NORMAL_95)
    ranked = deviation > _FLAT
    deviates = (_logit(true) - _logit(p))[ranked] / deviation[ranked]
    ranks = np.minimum((_normal(deviates) * RANKS).astype(np.intp), RANKS - 1)
    return Held(
        int(inside.sum()), int((true < low).sum()), len(true), tuple(np.bincount(ranks, minlength=RANKS).tolist())
    )


def coverage(
    knowledge: Knowledge,
    *,
    worlds: int,
    people: int,
    seed: int,
    missing: float = 0.0,
    shared: bool = True,
    spread: float = 1.0,
    sharpen: float = 1.0,
    progress: Callable[[int], None] = lambda _done: None,
) -> list[Coverage]:
    """Hold the pack's ranges against worlds that it holds possible.

    Args:
        knowledge: the pack.
        worlds: how many worlds to draw.
        people: how many people to draw from each.
        seed: the same seed gives the same worlds and people.
        missing: share of answers left open.
        shared: whether a number that causes share is drawn once; see `drawn_world`.
        spread: by how much worlds differ more than the pack says.
        sharpen: what to multiply the width of each reported range by, on the scale of log odds; 1 = as reported.
        progress: told how many worlds are done.

    Returns:
        One for each kind of truth, and each kind of cause that came up.
    """
    found: dict[tuple[str, str], list[Held]] = {}
    serious = np.array([knowledge.causes[name].serious for name in sorted(knowledge.causes)])
    for place in range(worlds):
        random = np.random.default_rng([seed, place])
        world = drawn_world(knowledge, random, shared=shared, spread=spread)
        population = Population(world, missing=missing, block=people)
        batch = next(population.batches(people, int(random.integers(2**31))))
        said = _widened(said_of(knowledge, batch, population.causes), sharpen)
        truths = {
            "sum": said_of(world, batch, population.causes).probability,
            "draw": population.posterior(batch),
        }
        for name, truth in truths.items():
            for whose, mask in _whose(said.probability, serious).items():
                if mask.any():
                    found.setdefault((name, whose), []).append(hold(said, truth, mask))
        progress(place + 1)
    return [_pooled(truth, whose, held) for (truth, whose), held in found.items()]


def _whose(p: Floats, serious: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.bool_]]:
    return {
        "first": p == p.max(axis=0),
        "likely": p >= 0.1,
        "possible": (p >= 0.01) & (p < 0.1),
        "serious": (p >= 0.01) & serious[:, None],
    }


def _widened(said: Said, by: float) -> Said:
    if by == 1.0:
        return said
    middle = _logit(said.probability)
    low, high = (
        1 / (1 + np.exp(-(middle + by * (_logit(end) - middle)))) for end in (said.low, said.high)
    )  # fmt: skip
    return Said(said.probability, low, high)


def _pooled(truth: str, whose: str, held: list[Held]) -> Coverage:
    pairs = sum(one.of for one in held)
    share = sum(one.inside for one in held) / pairs
    low, high = _interval(np.array([[one.inside, one.of] for one in held], float))
    ranks = tuple(int(one) for one in np.sum([one.ranks for one in held], axis=0))
    below = sum(one.below for one in held) / pairs
    return Coverage(truth, whose, share, low, high, below, pairs, len(held), ranks)


def _interval(counts: Floats) -> tuple[float, float]:
    """Return the 95% interval of a ratio of sums over worlds; from 0 to 1 if one world is all there is."""
    worlds = len(counts)
    if worlds < 2:
        return 0.0, 1.0
    inside, of = counts.T
    share = inside.sum() / of.sum()
    error = math.sqrt(float(((inside - share * of) ** 2).sum()) * worlds / (worlds - 1)) / of.sum()
    return max(0.0, float(share - NORMAL_95 * error)), min(1.0, float(share + NORMAL_95 * error))


def _logit(p: Floats) -> Floats:
    near = np.clip(p, 1e-300, 1 - 1e-16)
    made: Floats = np.log(near) - np.log1p(-near)
    return made


def _normal(deviates: Floats) -> Floats:
    """Return the chance that a standard normal deviate is less."""
    return np.array([0.5 * math.erfc(-one / math.sqrt(2)) for one in deviates.tolist()])
