"""Loops are compiled wherever they can be kept, and compiled all the same where they cannot."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from unclench.batch import compiled, posterior
from unclench.batch.planes import LANES


def add(numbers: Any) -> Any:
    total = 0
    for place in range(len(numbers)):
        total += numbers[place]
    return total


def test_where_nothing_can_be_kept_each_process_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = compiled._njit

    def nowhere(loop: Any, **how: Any) -> Any:
        if how.pop("cache", False):
            raise RuntimeError("cannot cache function: no locator available")
        return usual(loop, **how)

    monkeypatch.setattr(compiled, "_njit", nowhere)
    assert compiled.compiled(add)(np.arange(5)) == 10


def test_shares_are_those_of_the_exponentials() -> None:
    random = np.random.default_rng(1)
    logs = random.normal(scale=20, size=(7, LANES))
    logs[3] = logs[2]  # equally likely
    logs[:, 0] = [0, -800, -700, -1e-9, -36, -1, -300]  # from next to nothing to nearly the same
    variances = random.random((7, LANES))
    p, parts, room = np.empty((7, LANES)), np.empty((5, LANES)), np.empty(LANES)
    posterior._share_out.py_func(logs, variances, 0, 7, p, parts, room, room.view(np.int64))  # type: ignore[attr-defined]
    for lane in range(LANES):
        weights = [math.exp(log - logs[:, lane].max()) for log in logs[:, lane]]
        expected = np.array(weights) / math.fsum(weights)
        assert p[:, lane] == pytest.approx(expected, rel=1e-13, abs=1e-300)
        leading = int(np.argmax(logs[:, lane]))
        assert parts[0, lane] == leading
        assert parts[1, lane] == pytest.approx(np.delete(expected, leading).sum(), rel=1e-12)
        spread = expected**2 * variances[:, lane]
        assert parts[2:4, lane] == pytest.approx([spread.sum(), np.delete(spread, leading).sum()], rel=1e-12)


def test_what_differs_by_the_last_digit_stays_in_order() -> None:
    p = np.array([0.25, 0.25 * (1 + 1e-15), 0.2, 1e-30, 1e-30 * (1 + 1e-15), 0.3]).repeat(LANES).reshape(6, LANES)
    before = p.copy()
    room, likeliest = np.empty(LANES), np.empty((5, LANES), np.uint64)
    count, ranked = np.zeros(LANES, np.uint64), np.zeros((LANES, 6), np.uint64)
    posterior._rank.py_func(p, 6, 5, np.uint64(2**64 - 1), room, likeliest, count, ranked)  # type: ignore[attr-defined]
    assert ranked[:, :5].tolist() == [[5, 0, 1, 2, 3]] * LANES
    assert (p == before).all()
    count[:] = 0

    @compiled.compiled
    def insert(p: Any, count: Any, ranked: Any) -> None:  # what is called by loops alone cannot be called from here
        for one in range(len(p)):
            posterior._insert(np.uint64(one), p, 0.0, np.uint64(0), np.uint64(1), count, ranked)  # type: ignore[arg-type]

    insert(p, count, ranked)
    assert ranked[0].tolist() == [5, 0, 1, 2, 3, 4]
