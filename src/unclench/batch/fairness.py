"""Whether groups of people fare alike: shares and amounts by group, and a mark where chance is no reason.

Each group is compared with everybody else along the same line (all other ages, all other sexes). That many comparisons
are made at once is corrected for by Holm's method. A difference that is more than chance need not be unfair: older
people have other causes. `unclench.batch.swaps` asks the sharper question, of the same person in another group.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa

from unclench.batch.planes import Planes, Runner, unpacked
from unclench.batch.reading import Reader
from unclench.knowledge import Knowledge
from unclench.logic import AllOf, Compare, Node, OneOf
from unclench.logic.columns import Circuit
from unclench.reasoning.differential import NORMAL_95
from unclench.reasoning.validation import Share, wilson

__all__ = ["LEVEL", "Amount", "Amounts", "Rate", "Rates", "age_bands", "groups_of", "marked"]

LEVEL: Final = 0.05
"""Chance, over all comparisons of a report together, of any mark where there is no difference: a convention."""

_LEAST_EXPECTED: Final = 5.0  # fewer expected in a cell, and the normal approximation does not hold: a convention
_LEAST_PEOPLE: Final = 30  # the same for means

UNSAID: Final = "not said"


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something is so in a group.

    Attributes:
        by: along which line: age, sex.
        group: the group.
        measure: what was counted.
        share: in the group.
        others: in everybody else along that line.
        chance: how often a difference as great would come by chance; None = too few people to tell.
        differs: whether it is more than chance after the correction; None = too few to tell.
    """

    by: str
    group: str
    measure: str
    share: Share
    others: Share
    chance: float | None
    differs: bool | None = None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% Wilson interval of the share."""
        return wilson(self.share.count, self.share.total)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of something there is in a group: a mean with its 95% interval; the rest as in `Rate`."""

    by: str
    group: str
    measure: str
    people: int
    mean: float
    low: float
    high: float
    others: float
    chance: float | None
    differs: bool | None = None


class Rates:
    """Counts yes and no by group, block by block."""

    def __init__(self) -> None:
        self._yes: Counter[tuple[str, str, str]] = Counter()
        self._all: Counter[tuple[str, str, str]] = Counter()

    def add(self, groups: Mapping[str, Sequence[str]], measures: Mapping[str, Sequence[bool]]) -> None:
        """Count some people.

        Args:
            groups: line to the group of each person.
            measures: what is counted, to whether it is so for each person.
        """
        for by, names in groups.items():
            for measure, holds in measures.items():
                self._all.update((by, name, measure) for name in names)
                self._yes.update((by, name, measure) for name, yes in zip(names, holds, strict=True) if yes)

    def found(self) -> list[Rate]:
        """Return every group with every measure, not marked yet."""
        whole_yes: Counter[tuple[str, str]] = Counter()
        whole: Counter[tuple[str, str]] = Counter()
        for (by, _, measure), count in self._all.items():
            whole[by, measure] += count
        for (by, _, measure), count in self._yes.items():
            whole_yes[by, measure] += count
        made = []
        for (by, group, measure), total in self._all.items():
            count = self._yes[by, group, measure]
            others = Share(whole_yes[by, measure] - count, whole[by, measure] - total)
            share = Share(count, total)
            made.append(Rate(by, group, measure, share, others, _chance_of_shares(share, others)))
        return made


class Amounts:
    """Adds up amounts by group."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], dict[str, list[float]]] = {}

    def add(self, groups: Mapping[str, str], amounts: Mapping[str, float]) -> None:
        """Add one person, whose groups are given line by line."""
        for by, group in groups.items():
            for measure, value in amounts.items():
                self._values.setdefault((by, measure), {}).setdefault(group, []).append(value)

    def found(self) -> list[Amount]:
        """Return every group with every measure, not marked yet."""
        made = []
        for (by, measure), groups in self._values.items():
            for group, values in groups.items():
                others = [value for name, some in groups.items() if name != group for value in some]
                reach = NORMAL_95 * math.sqrt(_variance_of_mean(values))
                middle = _mean(values)
                chance = _chance_of_means(values, others)
                low, high = middle - reach, middle + reach
                made.append(Amount(by, group, measure, len(values), middle, low, high, _mean(others), chance))
        return made


def marked(rates: Iterable[Rate], amounts: Iterable[Amount]) -> tuple[list[Rate], list[Amount]]:
    """Return the same with a mark on what differs by more than chance, all comparisons taken together (Holm).

    Examples:
        >>> rates = [Rate("sex", name, "x", Share(1, 9), Share(1, 9), p) for name, p in (("a", 0.02), ("b", 0.03))]
        >>> [one.differs for one in marked(rates, [])[0]]
        [True, True]
        >>> rates.append(Rate("sex", "c", "x", Share(1, 9), Share(1, 9), 0.9))
        >>> [one.differs for one in marked(rates, [])[0]]
        [False, False, False]
    """
    all_rates, all_amounts = list(rates), list(amounts)
    everything: list[Rate | Amount] = [*all_rates, *all_amounts]
    tested = sorted((one.chance, place) for place, one in enumerate(everything) if one.chance is not None)
    verdict: dict[int, bool] = {}
    holds = True
    for rank, (chance, place) in enumerate(tested):
        holds = holds and chance * (len(tested) - rank) <= LEVEL
        verdict[place] = holds
    first = len(all_rates)
    return (
        [replace(one, differs=verdict.get(place)) for place, one in enumerate(all_rates)],
        [replace(one, differs=verdict.get(first + place)) for place, one in enumerate(all_amounts)],
    )


def age_bands(knowledge: Knowledge) -> tuple[tuple[int, int], ...]:
    """Return the age bands that the pack tells apart in any setting, as (first, last age).

    Examples:
        >>> age_bands(Knowledge.load())
        ((0, 9), (10, 17), (18, 54), (55, 120))
    """
    firsts = sorted({stratum.first_age for stratum in knowledge.strata})
    oldest = max(stratum.last_age for stratum in knowledge.strata)
    return tuple(zip(firsts, [*(first - 1 for first in firsts[1:]), oldest], strict=True))


def band_name(band: tuple[int, int]) -> str:
    """Return how a band is called, such as "18-54"; ages are padded so that names sort as ages do."""
    return f"{band[0]}-{band[1]}"


def groups_of(knowledge: Knowledge, batch: pa.RecordBatch) -> dict[str, list[str]]:
    """Return the age band and the sex of each person; who did not say has a group of their own."""
    groups: dict[str, dict[str, Node]] = {
        "age": {
            band_name((low, high)): AllOf((Compare("age", ">=", low), Compare("age", "<=", high)))
            for low, high in age_bands(knowledge)
        },
        "sex": {sex: OneOf("sex", (sex,)) for sex in knowledge.findings["sex"].choices},
    }
    circuit = Circuit({})
    answered = {along: circuit.asked(along) for along in groups}
    members = {along: [circuit.truths(tree, answered)[0] for tree in trees.values()] for along, trees in groups.items()}
    runner = Runner(circuit, members)
    planes = runner.run(Reader(knowledge, runner.inputs).read(batch).planes, batch.num_rows)
    return {along: _named([*trees], planes[along], batch.num_rows) for along, trees in groups.items()}


def _named(names: Sequence[str], planes: Planes, people: int) -> list[str]:
    called = np.full(people, UNSAID, object)
    for place, name in enumerate(names):
        called[unpacked(planes[:, place], people)] = name
    named: list[str] = called.tolist()
    return named


def _chance_of_shares(one: Share, other: Share) -> float | None:
    """Return how often shares as different come by chance, two-sided, by the normal approximation; None = too few."""
    total = one.total + other.total
    both = (one.count + other.count) / total if total else 0.0
    if min(one.total, other.total) * min(both, 1 - both) < _LEAST_EXPECTED:
        return None
    error = math.sqrt(both * (1 - both) * (1 / one.total + 1 / other.total))
    return math.erfc(abs(one.value - other.value) / error / math.sqrt(2))


def _chance_of_means(some: Sequence[float], others: Sequence[float]) -> float | None:
    if min(len(some), len(others)) < _LEAST_PEOPLE:
        return None
    error = math.sqrt(_variance_of_mean(some) + _variance_of_mean(others))
    apart = abs(_mean(some) - _mean(others))
    if error == 0:
        return 1.0 if apart == 0 else 0.0
    return math.erfc(apart / error / math.sqrt(2))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _variance_of_mean(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    middle = _mean(values)
    return sum((value - middle) ** 2 for value in values) / (len(values) - 1) / len(values)
