"""From sums to probabilities, their ranges, and what is listed of them, sixty-four people at a time.

What `unclench.reasoning.differential` does for one person. Whatever makes the log weights, this is what follows.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from unclench.batch.compiled import compiled
from unclench.batch.planes import LANES, Plane, Planes, lowest
from unclench.batch.weights import Floats, Places, Weights, add_up
from unclench.reasoning.assessment import CONTRIBUTOR_SHOWN, EVENT_SHOWN
from unclench.reasoning.differential import NORMAL_95

__all__ = ["Listed", "Model", "exponentials", "judge"]

Codes = npt.NDArray[np.int16]


class Listed(NamedTuple):
    """Lists of hypotheses, one a person: person `i` has the items from `starts[i]` to `starts[i + 1]`.

    Attributes:
        starts: shape `(people + 1,)`.
        codes: which hypothesis.
        p: its probability.
        low: lower end of its 95% range.
        high: upper end.
    """

    starts: npt.NDArray[np.int32]
    codes: Codes
    p: Floats
    low: Floats
    high: Floats


class Model(NamedTuple):
    """The numbers of a pack: causes come first, then contributors, then kinds of episode.

    Attributes:
        weights: what each plane adds to the sums.
        prior_logs: shape `(causes, strata)`.
        prior_variances: the same shape.
        other_logs: log priors of contributors and kinds of episode.
        other_variances: their variances.
        contributors: how many.
        serious: the causes that have a threshold above which they must be ruled out.
        thresholds: those thresholds.
    """

    weights: Weights
    prior_logs: Floats
    prior_variances: Floats
    other_logs: Floats
    other_variances: Floats
    contributors: int
    serious: Places
    thresholds: Floats


_LEAST: Final = 2.0**-1022
_SMALLEST_STEP: Final = 2.0**-52

_LOWEST: Final = -700.0  # less is no number any more
_ROUND: Final = 1.5 * 2.0**52  # added to a number, it leaves the nearest whole one in the low bits
_LOG2E: Final = 1.4426950408889634
_LN2_HIGH: Final = (
    6.93147180369123816490e-01  # its last bits are zero, so its product with a small whole number is exact
)
_LN2_LOW: Final = 1.90821492927058770002e-10
_TAYLOR: Final = tuple(1.0 / math.factorial(power) for power in range(12, -1, -1))
_BIAS: Final = np.int64(1023)
_FRACTION: Final = np.int64(52)


@compiled
def exponentials(values: Floats, into: Floats) -> None:
    """Put e to the power of sixty-four numbers, none above zero, into an array: all in the same steps, so at once.

    x = k ln 2 + r with |r| <= ln 2 / 2, and e^x = 2^k e^r; the series of e^r to r^12 is off by less than 2e-16.
    """
    powers = np.empty(LANES, np.float64)
    bits = powers.view(np.int64)
    for lane in range(LANES):
        value = max(values[lane], _LOWEST)
        moved = value * _LOG2E + _ROUND
        powers[lane] = moved
        whole = moved - _ROUND
        rest = (value - whole * _LN2_HIGH) - whole * _LN2_LOW
        series = _TAYLOR[0]
        for place in range(1, 13):
            series = series * rest + _TAYLOR[place]
        into[lane] = series
    for lane in range(LANES):
        bits[lane] = (bits[lane] + _BIAS) << _FRACTION
    for lane in range(LANES):
        into[lane] *= powers[lane]


@compiled
def _ends(weight: float, others: float, variance: float) -> tuple[float, float]:
    """Return the range of weight / (weight + others), whose log odds have this variance."""
    shrunk = math.exp(-NORMAL_95 * math.sqrt(variance))
    return weight * shrunk / (weight * shrunk + others), weight / (weight + others * shrunk)


class Shares(NamedTuple):
    """Hypotheses that exclude each other; all but `weight` one number a person.

    Attributes:
        weight: of each hypothesis, the greatest being 1.
        first: which is the greatest.
        total: the sum of the weights.
        rest: the same without the greatest: the difference of two sums may have no digit left.
        spread: the sum of weight squared times variance.
        rest_spread: the same without the greatest.
    """

    weight: Floats
    first: Places
    total: Floats
    rest: Floats
    spread: Floats
    rest_spread: Floats


@compiled
def _share_out(log: Floats, variance: Floats, shares: Shares) -> None:
    """Make the shares of some hypotheses from their log weights; these are then beside the greatest."""
    top = log[0].copy()
    shares.first[:] = 0
    for one in range(1, len(log)):
        for lane in range(LANES):
            shares.first[lane] = one if log[one, lane] > top[lane] else shares.first[lane]
            top[lane] = max(top[lane], log[one, lane])
    shares.total[:] = 0.0
    shares.rest[:] = 0.0
    shares.spread[:] = 0.0
    shares.rest_spread[:] = 0.0
    for one in range(len(log)):
        for lane in range(LANES):
            log[one, lane] -= top[lane]
        weight = shares.weight[one]
        exponentials(log[one], weight)
        for lane in range(LANES):
            spread = weight[lane] * weight[lane] * variance[one, lane]
            beside = 0.0 if shares.first[lane] == one else 1.0
            shares.total[lane] += weight[lane]
            shares.rest[lane] += weight[lane] * beside
            shares.spread[lane] += spread
            shares.rest_spread[lane] += spread * beside


@compiled
def _range(shares: Shares, one: int, lane: int, variance: float) -> tuple[float, float]:
    """Return both ends of the 95% range of one of the shares: `differential` tells the formula."""
    weight, total = shares.weight[one, lane], shares.total[lane]
    if shares.first[lane] == one:
        others, spread = shares.rest[lane], shares.rest_spread[lane]
    else:
        others, spread = total - weight, shares.spread[lane] - weight * weight * variance
    others = max(others, _LEAST)
    apart = max(0.0, spread) / (max(others / total, _SMALLEST_STEP) * total) ** 2
    low, high = _ends(weight, others, variance + apart)
    return min(low, weight / total), max(high, weight / total)


class Ranking(NamedTuple):
    """What is to be listed of each of sixty-four people, likeliest first.

    Attributes:
        count: how many so far.
        codes: shape `(64, most)`.
        values: by what they are ranked.
    """

    count: Places
    codes: Places
    values: Floats


@compiled
def _insert(ranking: Ranking, lane: int, code: int, value: float) -> None:
    """Put one in its place; of equals the first stays first."""
    place = ranking.count[lane]
    ranking.count[lane] += 1
    while place > 0 and ranking.values[lane, place - 1] < value:
        ranking.codes[lane, place] = ranking.codes[lane, place - 1]
        ranking.values[lane, place] = ranking.values[lane, place - 1]
        place -= 1
    ranking.codes[lane, place] = code
    ranking.values[lane, place] = value


@compiled
def _rank_likeliest(weight: Floats, top: int, ranking: Ranking) -> None:
    """Rank the `top` greatest weights, of equals the first."""
    left = weight.copy()
    best = np.empty(LANES, np.float64)
    chosen = np.empty(LANES, np.int64)
    for rank in range(top):
        best[:] = -1.0
        for one in range(len(left)):
            for lane in range(LANES):
                chosen[lane] = one if left[one, lane] > best[lane] else chosen[lane]
                best[lane] = max(best[lane], left[one, lane])
        for lane in range(LANES):
            ranking.codes[lane, rank] = chosen[lane]
            left[chosen[lane], lane] = -1.0
    ranking.count[:] = top


@compiled
def _above(values: Floats, limits: Floats) -> np.uint64:
    """Return of which of sixty-four people the value reaches the limit."""
    made = np.uint64(0)
    for lane in range(LANES):
        made |= np.uint64(values[lane] >= limits[lane]) << np.uint64(lane)
    return made


@compiled
def _rank_where(bits: np.uint64, code: int, values: Floats, ranking: Ranking) -> None:
    while bits != np.uint64(0):
        lane = lowest(bits)
        bits &= bits - np.uint64(1)
        _insert(ranking, lane, code, values[lane])


@compiled
def _list_shares(ranking: Ranking, lane: int, person: int, shares: Shares, variance: Floats, listed: Listed) -> None:
    at = listed.starts[person]
    for rank in range(ranking.count[lane]):
        one = ranking.codes[lane, rank]
        listed.codes[at] = one
        listed.p[at] = shares.weight[one, lane] / shares.total[lane]
        listed.low[at], listed.high[at] = _range(shares, one, lane, variance[one, lane])
        at += 1
    listed.starts[person + 1] = at


@compiled
def _list_alone(ranking: Ranking, lane: int, person: int, log: Floats, variance: Floats, listed: Listed) -> None:
    """List hypotheses each of which holds or not whatever the others do."""
    at = listed.starts[person]
    for rank in range(ranking.count[lane]):
        one = ranking.codes[lane, rank]
        small = math.exp(-abs(log[one, lane]))
        weight, others = (1.0, small) if log[one, lane] >= 0 else (small, 1.0)
        listed.codes[at] = one
        listed.p[at] = weight / (weight + others)
        listed.low[at], listed.high[at] = _ends(weight, others, variance[one, lane])
        at += 1
    listed.starts[person + 1] = at


@compiled
def judge(
    model: Model,
    planes: Planes,
    supported: Planes,
    pointed: Planes,
    strata: Places,
    refused: Plane,
    top: int,
    causes: Listed,
    rule_out: Listed,
    contributors: Listed,
    events: Listed,
) -> None:
    """Work out causes, what to rule out, contributors and kinds of episode of many people.

    Args:
        model: the numbers of the pack.
        planes: shape `(words, planes)`; what the sums look at.
        supported: shape `(words, contributors)`; who said something that speaks for each contributor.
        pointed: shape `(words, serious)`; whom a rule points to each serious cause.
        strata: the column of the priors of each person.
        refused: for whom nothing is listed.
        top: how many causes to list.
        causes: room for what is listed; `starts[0]` is zero.
        rule_out: room; codes alone are filled in.
        contributors: room.
        events: room.
    """
    people = len(strata)
    first, second = len(model.prior_logs), len(model.prior_logs) + model.contributors
    hypotheses = first + len(model.other_logs)
    log, variance = np.empty((hypotheses, LANES)), np.empty((hypotheses, LANES))
    of_causes, of_events = _shares(first), _shares(hypotheses - second)
    likely, serious = _ranking(first), _ranking(first)
    likely_contributors, likely_events = _ranking(model.contributors), _ranking(hypotheses - second)
    limits = np.empty(LANES, np.float64)
    contributor_limits = np.full(LANES, math.log(CONTRIBUTOR_SHOWN / (1.0 - CONTRIBUTOR_SHOWN)))
    for word in range(len(planes)):
        start = word * LANES
        count = min(LANES, people - start)
        for lane in range(LANES):
            stratum = strata[start + min(lane, count - 1)]
            for one in range(first):
                log[one, lane] = model.prior_logs[one, stratum]
                variance[one, lane] = model.prior_variances[one, stratum]
        for one in range(first, hypotheses):
            log[one, :] = model.other_logs[one - first]
            variance[one, :] = model.other_variances[one - first]
        add_up(planes[word], model.weights, log, variance)

        _share_out(log[:first], variance[:first], of_causes)
        _rank_likeliest(of_causes.weight, top, likely)
        serious.count[:] = 0
        for one in range(len(model.serious)):
            weight = of_causes.weight[model.serious[one]]
            for lane in range(LANES):
                limits[lane] = model.thresholds[one] * of_causes.total[lane]
            _rank_where(_above(weight, limits) | pointed[word, one], model.serious[one], weight, serious)
        likely_contributors.count[:] = 0
        for one in range(model.contributors):
            logs = log[first + one]
            _rank_where(_above(logs, contributor_limits) & supported[word, one], one, logs, likely_contributors)
        _share_out(log[second:], variance[second:], of_events)
        likely_events.count[:] = 0
        for lane in range(LANES):
            limits[lane] = EVENT_SHOWN * of_events.total[lane]
        for one in range(hypotheses - second):
            weight = of_events.weight[one]
            _rank_where(_above(weight, limits), one, weight, likely_events)

        for lane in range(count):
            person = start + lane
            if (refused[word] >> np.uint64(lane)) & np.uint64(1):
                likely.count[lane] = serious.count[lane] = 0
                likely_contributors.count[lane] = likely_events.count[lane] = 0
            _list_shares(likely, lane, person, of_causes, variance, causes)
            at = rule_out.starts[person]
            for rank in range(serious.count[lane]):
                rule_out.codes[at + rank] = serious.codes[lane, rank]
            rule_out.starts[person + 1] = at + serious.count[lane]
            _list_alone(likely_contributors, lane, person, log[first:], variance[first:], contributors)
            _list_shares(likely_events, lane, person, of_events, variance[second:], events)


@compiled
def _shares(hypotheses: int) -> Shares:
    return Shares(
        np.empty((hypotheses, LANES)),
        np.empty(LANES, np.int64),
        np.empty(LANES),
        np.empty(LANES),
        np.empty(LANES),
        np.empty(LANES),
    )


@compiled
def _ranking(most: int) -> Ranking:
    return Ranking(np.empty(LANES, np.int64), np.empty((LANES, most), np.int64), np.empty((LANES, most)))
