"""From sums to probabilities, their ranges, and what is listed of them.

What `unclench.reasoning.differential` does for one person, for sixty-four people in the same steps. Only `add_up` knows
where log weights come from.

Numbers of sixty-four people lie side by side: arrays have a row for each hypothesis and a column for each person.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from unclench.batch.compiled import compiled, part_of_one
from unclench.batch.planes import LANES, Places, Plane, Planes, everyone, lowest
from unclench.batch.weights import Floats, Weights, add_up
from unclench.reasoning.differential import LAST_DIGITS, NORMAL_95

__all__ = ["CONTRIBUTORS", "EVENTS", "RULE_OUT", "Candidates", "Estimates", "Model", "judge"]

Starts: TypeAlias = npt.NDArray[np.int32]
Codes: TypeAlias = npt.NDArray[np.int16]
Powers: TypeAlias = npt.NDArray[np.int64]


class Estimates(NamedTuple):
    """Lists of hypotheses: person `i` has the items from `starts[i]` to `starts[i + 1]`, likeliest first.

    Attributes:
        starts: shape `(people + 1,)`.
        codes: which hypothesis.
        p: its probability.
        low: lower end of its 95% range.
        high: upper end.
    """

    starts: Starts
    codes: Codes
    p: Floats
    low: Floats
    high: Floats


class Lists(NamedTuple):
    """Room for several lists of hypotheses beside each other; few arrays, since each that a loop takes has its price.

    Attributes:
        starts: shape `(lists, people + 1)`, as in `Estimates`.
        codes: those of each list from its place on.
        numbers: in rows `p`, `low` and `high`, likewise.
    """

    starts: Starts
    codes: Codes
    numbers: Floats

    @classmethod
    def room(cls, people: int, most: Sequence[int]) -> tuple[Lists, list[int], list[Estimates]]:
        """Return room, the place of each list, and the lists.

        Args:
            people: how many there are.
            most: how many items a person has at most in each list. Memory is only taken by what is filled in.
        """
        places = [0, *accumulate(people * one for one in most)]
        made = cls(
            np.zeros((len(most), people + 1), np.int32), np.empty(places[-1], np.int16), np.empty((3, places[-1]))
        )
        parts = [
            Estimates(made.starts[one], made.codes[slice(*some)], *made.numbers[:, slice(*some)])
            for one, some in enumerate(pairwise(places))
        ]
        return made, places, parts


class Candidates(NamedTuple):
    """Hypotheses that are listed for whoever has reached a limit; one may be there for two lists.

    Attributes:
        hypotheses: which; they are weighed in this order.
        limits: from which probability on, of contributors from which log odds on.
        lists: in which list: `RULE_OUT`, `CONTRIBUTORS` or `EVENTS`.
    """

    hypotheses: Places
    limits: Floats
    lists: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Model:
    """The numbers of a pack: causes come first, then contributors, then kinds of episode.

    Attributes:
        weights: what each plane adds to the sums.
        logs: log priors, shape `(hypotheses, strata)`.
        variances: the same shape.
        borders: where causes, contributors and kinds of episode begin, and where they end.
        candidates: what is listed from a limit on.
    """

    weights: Weights
    logs: Floats
    variances: Floats
    borders: npt.NDArray[np.int64]
    candidates: Candidates


def judge(
    model: Model, found: Mapping[str, Planes], strata: Places, refused: Plane, top: int
) -> tuple[Estimates, Estimates, Estimates, Estimates]:
    """Return causes, what to rule out (whose numbers mean nothing), contributors and kinds of episode.

    Args:
        model: the numbers of the pack.
        found: arrays of shape `(words, planes)`: `terms` are those the sums look at; for each candidate, `also` tells
            who has it listed below its limit, too, and `only` who can have it listed at all.
        strata: of each person, the column of the priors.
        refused: for whom nothing is listed.
        top: how many causes to list.
    """
    people, end = len(strata), len(model.logs)
    tiled = np.zeros((len(refused), LANES), np.uint64)
    tiled.reshape(-1)[:people] = strata
    most = np.bincount(model.candidates.lists, minlength=_LISTS)
    most[CAUSES] = top
    lists, places, made = Lists.room(people, most.tolist())
    room = np.empty(LANES)
    items = int(np.diff(model.weights.starts).max())
    _judge(
        found["terms"], found["also"], found["only"], tiled, everyone(people) & ~refused,
        *model.weights, model.logs, model.variances, *model.candidates, model.borders, top, *lists, np.array(places),
        np.empty((end, LANES)), np.empty((end, LANES)), np.empty((end, LANES)), _NO_SHARES.copy(),
        room, room.view(np.int64), np.empty(items, np.uint64), np.empty(items, np.uint64),
        np.empty((top, LANES), np.uint64), np.zeros((_LISTS, LANES), np.uint64),
        np.empty((_LISTS, LANES, end), np.uint64),
    )  # fmt: skip
    causes, rule_out, contributors, events = made
    for first in range(0, contributors.starts[-1], _ITEMS):
        _share_alone(contributors, slice(first, min(first + _ITEMS, contributors.starts[-1])))
    for one in (causes, contributors, events):
        for first in range(0, one.starts[-1], _ITEMS):
            _find_ends(one, slice(first, min(first + _ITEMS, one.starts[-1])))
    return causes, rule_out, contributors, events


_ITEMS: Final = 16_384
"""Ranges worked out together."""

_ONE: Final = np.uint64(1)
_NONE: Final = np.uint64(0)
_MORE: Final = 1.0 + LAST_DIGITS

CAUSES: Final = 0
RULE_OUT: Final = 1
CONTRIBUTORS: Final = 2
EVENTS: Final = 3
_LISTS: Final = 4

_GROUP: Final = np.array([0, 0, 1, 2])
"""Of each list, whose: those of causes, contributors, or kinds of episode."""

_NO_SHARES: Final = np.full((3, 5, LANES), -1.0)
"""What stands there for contributors: none of them is the greatest, nor has a part in the spread of others. For the
other two groups `_share_out` fills it in."""


@compiled
def _judge(
    terms: Planes, also: Planes, only: Planes, strata: Places, good: Plane,
    starts: Places, planes: Places, weights: Floats, spreads: Floats, prior_logs: Floats, prior_variances: Floats,
    hypotheses: Places, limits: Floats, lists: npt.NDArray[np.int64], borders: npt.NDArray[np.int64], top: int,
    ends: Starts, codes: Codes, numbers: Floats, places: npt.NDArray[np.int64],
    logs: Floats, variances: Floats, p: Floats, parts: Floats, room: Floats, powers: Powers,
    some: Plane, items: Places, likeliest: Places, count: Places, ranked: Places,
) -> None:  # fmt: skip
    # Each loop below is called in one place only: for each place it would be compiled once more.
    for word in range(len(good)):
        add_up(
            terms, word, starts, planes, weights, spreads, prior_logs, prior_variances, strata, logs, variances,
            some, items,
        )  # fmt: skip
        for one in range(borders[1], borders[2]):
            for lane in range(LANES):
                p[one, lane] = logs[one, lane]
        for group in range(0, 3, 2):
            _share_out(logs, variances, borders[group], borders[group + 1], p, parts[group], room, powers)
        for place in range(len(hypotheses)):
            among = only[word, place] & good[word]
            into = lists[place]
            _insert(hypotheses[place], p, limits[place], also[word, place], among, count[into], ranked[into])
        _rank(p, borders[1], top, good[word], room, likeliest, count[CAUSES], ranked[CAUSES])
        for into in range(_LISTS):
            group = _GROUP[into]
            _list(
                word * LANES, borders[group], p, variances, parts[group], count[into], ranked[into],
                ends[into], places[into], codes, numbers,
            )  # fmt: skip


# The loops over lanes below are short, and their numbers are of one kind, since only then does the compiler work on
# several lanes in one step.

# e^x = 2^k e^r with x = k ln 2 + r and |r| <= ln 2 / 2; the series of e^r to r^12 is off by less than 2e-16.
_LOWEST: Final = -700.0  # of less, next to nothing is left
_ROUND: Final = 1.5 * 2.0**52  # added to a number, it leaves the nearest whole one in the low bits
_LOG2E: Final = 1.4426950408889634
_LN2_HIGH: Final = 6.93147180369123816490e-01  # its last bits are zero, so that its product with k is exact
_LN2_LOW: Final = 1.90821492927058770002e-10
_SERIES: Final = np.array([1.0 / math.factorial(power) for power in range(12, -1, -1)])


@part_of_one
def _share_out(
    logs: Floats, variances: Floats, first: int, end: int, p: Floats, parts: Floats, room: Floats, powers: Powers
) -> None:
    """Make shares of some hypotheses, and add up what ranges need.

    What is left beside the greatest is summed by itself: the difference of two sums may have no digit left.

    Args:
        logs: log weights.
        variances: their variances.
        first: of the hypotheses.
        end: of the hypotheses.
        p: filled in: shares that sum to one.
        parts: filled in: which is the greatest, of equals the first; all shares but the greatest; all shares squared
            times variance; the same but the greatest's; the last row is room.
        room: for one number for each person.
        powers: its bits.
    """
    for lane in range(LANES):
        parts[0, lane] = first
        parts[1, lane] = logs[first, lane]
        parts[3, lane] = 0.0
        parts[4, lane] = 0.0
    for one in range(first + 1, end):
        this = float(one)
        for lane in range(LANES):
            better = logs[one, lane] > parts[1, lane]
            parts[0, lane] = this if better else parts[0, lane]
            parts[1, lane] = logs[one, lane] if better else parts[1, lane]
    for one in range(first, end):
        for lane in range(LANES):
            x = logs[one, lane] - parts[1, lane]
            x = x if x > _LOWEST else _LOWEST
            moved = x * _LOG2E + _ROUND
            whole = moved - _ROUND
            r = (x - whole * _LN2_HIGH) - whole * _LN2_LOW
            series = _SERIES[0]
            for place in range(1, 13):
                series = series * r + _SERIES[place]
            p[one, lane] = series
            room[lane] = moved
        for lane in range(LANES):
            powers[lane] = (powers[lane] + _BIAS) << _FRACTION
        for lane in range(LANES):
            p[one, lane] *= room[lane]  # of the greatest this is one, without any rounding
        this = float(one)
        for lane in range(LANES):
            room[lane] = 0.0 if parts[0, lane] == this else p[one, lane]
        for lane in range(LANES):
            parts[4, lane] += room[lane]
        for lane in range(LANES):
            parts[3, lane] += room[lane] * room[lane] * variances[one, lane]
    for lane in range(LANES):
        scale = 1.0 / (1.0 + parts[4, lane])
        parts[1, lane] = parts[4, lane] * scale
        parts[3, lane] *= scale * scale
        parts[2, lane] = parts[3, lane] + variances[np.uint64(parts[0, lane]), lane] * scale * scale
        parts[4, lane] = scale
    for one in range(first, end):
        for lane in range(LANES):
            p[one, lane] *= parts[4, lane]


_BIAS: Final = np.int64(1023)
_FRACTION: Final = np.int64(52)


@part_of_one
def _rank(
    left: Floats, end: int, top: int, good: np.uint64, most: Floats, likeliest: Places, count: Places, ranked: Places
) -> None:  # fmt: skip
    """Rank the greatest shares, of equals the first; each is given up for a negative number, and then put back."""
    for rank in range(top):
        for lane in range(LANES):
            most[lane] = 0.0
        for one in range(end):
            this = np.uint64(one)
            for lane in range(LANES):
                better = left[one, lane] > most[lane] * _MORE
                likeliest[rank, lane] = this if better else likeliest[rank, lane]
                most[lane] = left[one, lane] if better else most[lane]
        for lane in range(LANES):
            left[likeliest[rank, lane], lane] *= -1.0
    for lane in range(LANES):
        count[lane] = top if (good >> np.uint64(lane)) & _ONE else 0
        for rank in range(top):
            ranked[lane, rank] = likeliest[rank, lane]
            left[likeliest[rank, lane], lane] *= -1.0


@part_of_one
def _insert(
    one: int, values: Floats, limit: float, also: np.uint64, only: np.uint64, count: Places, ranked: Places
) -> None:
    """List a hypothesis where its value belongs; of equals the first stays first.

    Args:
        one: the hypothesis.
        values: by what hypotheses are ranked.
        limit: who reaches it has the hypothesis listed,
        also: and so have these,
        only: but nobody beside these.
        count: how many each person has listed.
        ranked: what.
    """
    bits = also
    for lane in range(LANES):
        bits |= (_ONE if values[one, lane] >= limit - LAST_DIGITS else _NONE) << np.uint64(lane)
    bits &= only
    while bits != _NONE:
        lane = lowest(bits)
        bits &= bits - _ONE
        place = count[lane]
        while place > _NONE:
            value, before = values[one, lane], values[ranked[lane, place - _ONE], lane]
            if value - before <= LAST_DIGITS * abs(value):
                break
            ranked[lane, place] = ranked[lane, place - _ONE]
            place -= _ONE
        ranked[lane, place] = one
        count[lane] += _ONE


_LEAST: Final = 2.0**-1022
_SMALLEST_STEP: Final = 2.0**-52


@part_of_one
def _list(
    person: int, first: int, p: Floats, variances: Floats, parts: Floats, count: Places, ranked: Places,
    ends: Starts, begin: int, codes: Codes, numbers: Floats,
) -> None:  # fmt: skip
    """List each share, that of all others (as `low`), and the variance of its log odds (as `high`).

    `unclench.reasoning.differential` tells the formula.
    """
    for lane in range(LANES):
        if person + lane + 1 == len(ends):
            return
        end = ends[person + lane]
        for place in range(count[lane]):
            one = ranked[lane, place]
            share, own = p[one, lane], variances[one, lane]
            rest, spread = 1.0 - share, parts[2, lane] - share * share * own
            if float(one) == parts[0, lane]:
                rest, spread = parts[1, lane], parts[3, lane]
            rest = rest if rest > _LEAST else _LEAST
            spread = spread if spread > 0.0 else 0.0
            apart = rest if rest > _SMALLEST_STEP else _SMALLEST_STEP
            at = begin + end
            codes[at] = np.int64(one) - first
            numbers[0, at] = share
            numbers[1, at] = rest
            numbers[2, at] = own + spread / (apart * apart)
            end += 1
        count[lane] = 0
        ends[person + lane + 1] = end


def _share_alone(into: Estimates, some: slice) -> None:
    """Turn log odds, listed as if they were shares, into a share and that of the opposite."""
    odds = np.exp(into.p[some])
    into.low[some] = 1.0 / (1.0 + odds)
    into.p[some] = odds * into.low[some]


def _find_ends(into: Estimates, some: slice) -> None:
    """Turn the share of all others and the variance into both ends of the range."""
    p, others = into.p[some], into.low[some]
    shrunk = np.exp(-NORMAL_95 * np.sqrt(into.high[some]))
    high = p / (p + others * shrunk)
    shrunk *= p
    np.minimum(p, shrunk / (shrunk + others), out=into.low[some])
    np.maximum(p, high, out=into.high[some])
