"""How well a model finds the causes of people whose causes are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks.differential_models.evidence import Floats

__all__ = ["Crowd", "Shown", "figures", "hidden", "paired"]

Flags: TypeAlias = npt.NDArray[np.bool_]

RARE, LIKELY, HIDDEN = 0.01, 0.05, 0.01
LEAST = 1e-6  # a score of a cause that was called impossible stays finite


@dataclass(frozen=True, slots=True)
class Crowd:
    """What is known of simulated people; arrays have one row a person and one column a cause.

    Attributes:
        there: who has what.
        truth: the exact posterior.
        by_presence: whether "truly likely" means that the cause is there, and not that its exact posterior says so.
        prior: the prior of their age and setting.
        serious: which causes are serious.
        threshold: from which probability a serious cause is listed to rule out.
        by_rule: who has it listed by a rule, whatever its probability.
        natural: whose causes were drawn from the priors; one entry a person.
    """

    there: Flags
    truth: Floats
    by_presence: bool
    prior: Floats
    serious: Flags
    threshold: Floats
    by_rule: Flags
    natural: Flags

    @property
    def rare_serious(self) -> Flags:
        """Who could have something rare and serious that truly is likely, or is there."""
        likely: Flags = self.there if self.by_presence else self.truth > LIKELY
        found: Flags = likely & self.serious & (self.prior < RARE)
        return found


@dataclass(frozen=True, slots=True)
class Shown:
    """What a model says: the probabilities that rank the causes, and those that serious causes are judged by."""

    ranked: Floats
    judged: Floats


def hidden(crowd: Crowd, shown: Shown) -> Flags:
    """Return, for each rare serious cause that is truly likely, whether it is shown below 1 %."""
    below: Flags = shown.judged[crowd.rare_serious] < HIDDEN
    return below


def paired(ours: Flags, now: Flags) -> tuple[float, float]:
    """Return the difference of two shares over the same pairs, and its standard error."""
    apart = ours.astype(float) - now
    return float(apart.mean()), float(apart.std() / np.sqrt(max(1, len(apart))))


def figures(crowd: Crowd, shown: Shown) -> Mapping[str, float]:
    """Return every figure of one model on one crowd."""
    natural, enriched = crowd.natural, ~crowd.natural
    order = np.argsort(-shown.ranked, axis=1)
    in_order = np.take_along_axis(crowd.there, order, axis=1)
    found = in_order[:, :3].sum(axis=1) / np.minimum(3, crowd.there.sum(axis=1))
    listed = (shown.judged >= crowd.threshold) & crowd.serious
    free = natural & ~(crowd.there & crowd.serious).any(axis=1)
    present = crowd.there & crowd.serious & (crowd.prior < RARE)
    exact = replace(crowd, by_presence=False)
    several = (crowd.there.sum(axis=1) > 1)[np.nonzero(crowd.rare_serious)[0]]
    made = {
        "hidden": float(hidden(crowd, shown).mean()),
        "of pairs": float(crowd.rare_serious.sum()),
        "not listed": float(1 - (listed | crowd.by_rule)[present].mean()),
        "price": float((listed & ~crowd.by_rule)[free].sum(axis=1).mean()),
        "first is there": float(in_order[enriched, 0].mean()),
        "there, in first three": float(found[enriched].mean()),
        "log score": _log_score(crowd.there[natural], shown.judged[natural]),
        "log score, enriched": _log_score(crowd.there[enriched], shown.judged[enriched]),
        "ECE": _calibration(crowd.there[natural], shown.judged[natural]),
    }
    if several.any():
        made["hidden, two or more causes"] = float(hidden(crowd, shown)[several].mean())
    off = np.abs(crowd.truth - shown.judged)[enriched].max(axis=1)
    made["greatest error, median, enriched"] = float(np.median(off))
    if crowd.by_presence:
        made["hidden, by the exact posterior"] = float(hidden(exact, shown).mean())
    return made


def _log_score(there: Flags, p: Floats) -> float:
    """Return the summed log score a person, in nats; less is better."""
    chance = np.clip(np.where(there, p, 1 - p), LEAST, 1)
    return float(-np.log(chance).sum(axis=1).mean())


def _calibration(there: Flags, p: Floats) -> float:
    """Return the expected calibration error over ten bins of what is shown above 1 %."""
    shown = p > HIDDEN
    bins = np.minimum(9, (p[shown] * 10).astype(int))
    weights = np.bincount(bins, minlength=10)
    gap = np.abs(np.bincount(bins, p[shown], 10) - np.bincount(bins, there[shown].astype(float), 10))
    return float(gap.sum() / weights.sum())
