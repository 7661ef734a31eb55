"""Ranges against worlds: counted by hand, right ones held to be right, and planted faults found."""

from __future__ import annotations

import numpy as np
import pytest

from unclench import Knowledge
from unclench.batch.calibration import Said
from unclench.batch.ranges import RANKS, Coverage, Held, _pooled, coverage, hold
from unclench.batch.worlds import drawn_world


def logistic(x: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return 1 / (1 + np.exp(-x))


def said(middle: float, deviation: float, people: int) -> Said:
    centre = np.full((1, people), middle)
    return Said(logistic(centre), logistic(centre - 1.959964 * deviation), logistic(centre + 1.959964 * deviation))


def test_by_hand() -> None:
    truth = logistic(np.array([[0.0, 1.9, 2.1, -2.5, -0.001]]))
    held = hold(said(0.0, 1.0, 5), truth, np.ones((1, 5), bool))
    assert (held.inside, held.below, held.of) == (3, 1, 5)
    ranks = np.zeros(RANKS, int)
    for place in (10, 19, 19, 0, 9):  # normal(0) = 0.5, normal(1.9) = 0.971, normal(2.1) = 0.982, 0.006, just below 0.5
        ranks[place] += 1
    assert held.ranks == tuple(ranks)


def test_only_those_asked_for_count() -> None:
    held = hold(said(0.0, 1.0, 3), np.full((1, 3), 0.5), np.array([[True, False, True]]))
    assert (held.inside, held.of, sum(held.ranks)) == (2, 2, 2)


@pytest.mark.parametrize(("width", "least", "most"), [(1.0, 0.94, 0.96), (0.5, 0.6, 0.75), (2.0, 0.995, 1.0)])
def test_right_ranges_are_right_and_others_are_not(width: float, least: float, most: float) -> None:
    people = 20_000
    truth = logistic(0.3 + 0.8 * np.random.default_rng(1).standard_normal((1, people)))
    held = hold(said(0.3, 0.8 * width, people), truth, np.ones((1, people), bool))
    assert least <= held.inside / held.of <= most
    level = people / RANKS
    ends = (held.ranks[0] + held.ranks[-1]) / (2 * level)
    if width == 1.0:
        assert max(abs(count - level) for count in held.ranks) < 5 * np.sqrt(level)
    assert (ends > 1.5) == (width < 1)
    assert (ends < 0.7) == (width > 1)


def test_intervals_are_taken_over_worlds() -> None:
    worlds = [Held(10, 0, 10, (1,) * RANKS), Held(5, 5, 10, (2,) * RANKS)]
    found = _pooled("sum", "first", worlds)
    # Shares 1.0 and 0.5: mean 0.75, deviation of the mean 0.25.
    assert found.low == pytest.approx(0.75 - 1.959964 * 0.25)
    assert (found.share, found.high, found.below, found.pairs, found.worlds) == (0.75, 1.0, 0.25, 20, 2)
    assert found.ranks == (3,) * RANKS
    assert (_pooled("sum", "first", worlds[:1]).low, _pooled("sum", "first", worlds[:1]).high) == (0.0, 1.0)


def first(found: list[Coverage]) -> Coverage:
    (one,) = [one for one in found if (one.truth, one.whose) == ("sum", "first")]
    return one


def test_planted_overconfidence_is_found_in_the_pack(knowledge: Knowledge) -> None:
    as_is = first(coverage(knowledge, worlds=3, people=60, seed=1))
    assert as_is.share > 0.85
    narrow = first(coverage(knowledge, worlds=3, people=60, seed=1, sharpen=0.4))
    assert narrow.share < as_is.share - 0.15
    assert narrow.pairs == as_is.pairs
    wilder = first(coverage(knowledge, worlds=3, people=60, seed=1, spread=3.0))
    assert wilder.share < as_is.share - 0.15


def test_a_world_without_spread_is_the_pack(knowledge: Knowledge) -> None:
    same = drawn_world(knowledge, np.random.default_rng(1), spread=0.0)
    assert same.data["causes"] == knowledge.data["causes"]
    assert same.data["strata"] == knowledge.data["strata"]


def test_numbers_are_drawn_with_the_spread_the_pack_states(knowledge: Knowledge) -> None:
    for shared in (True, False):
        world = drawn_world(knowledge, np.random.default_rng(2), shared=shared)
        deviates: list[float] = []
        by_number: dict[tuple[str, int], set[float]] = {}
        for old, new in zip(knowledge.data["causes"], world.data["causes"], strict=True):
            for before, after in zip(old["terms"], new["terms"], strict=True):
                if before["present"] is not None and before["present"][1] > 0:
                    deviate = (after["present"][0] - before["present"][0]) / before["present"][1] ** 0.5
                    deviates.append(deviate)
                    if before["origin"]:
                        by_number.setdefault((before["origin"], before["when"]), set()).add(round(deviate, 9))
        assert np.std(deviates) == pytest.approx(1.0, abs=0.2)
        assert all(len(some) == 1 for some in by_number.values()) == shared
        assert [rule.id for rule in world.rules] == [rule.id for rule in knowledge.rules]
