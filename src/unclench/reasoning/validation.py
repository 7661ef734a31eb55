"""How good the advice is: interviews over vignettes, counted, with confidence intervals. Pure; reads no file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

from unclench.knowledge import Disposition, Knowledge
from unclench.reasoning.simulation import Interview, interview

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from unclench.reasoning.case import Case

__all__ = ["Outcome", "Share", "Vignette", "measure", "run", "wilson"]

_NORMAL_95 = 1.959964  # two-sided 95% point of the normal distribution: definition, not a clinical number


@dataclass(frozen=True, slots=True)
class Vignette:
    """A whole person, and the advice that the named guideline gives them."""

    id: str
    case: Case
    disposition: Disposition
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A vignette and the interview it got."""

    vignette: Vignette
    interview: Interview

    @property
    def gap(self) -> int:
        """Levels of urgency given above (positive) or below (negative) the reference."""
        return self.interview.result.disposition - self.vignette.disposition

    def rank(self) -> int:
        """Return the 1-based rank of the first acceptable cause."""
        ranked = [estimate.id for estimate in self.interview.result.causes]
        return min(ranked.index(cause) for cause in self.vignette.causes) + 1


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of a total, with its 95% Wilson interval."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The proportion; 0 of 0 is 0."""
        return self.count / self.total if self.total else 0.0

    def __str__(self) -> str:
        low, high = wilson(self.count, self.total)
        return f"{self.value:6.1%} ({self.count}/{self.total}; 95% interval {low:.1%} to {high:.1%})"


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95% Wilson score interval of a proportion.

    Examples:
        >>> [round(x, 3) for x in wilson(9, 10)]
        [0.596, 0.982]
        >>> wilson(0, 0)
        (0.0, 1.0)
    """
    if total == 0:
        return 0.0, 1.0
    z2 = _NORMAL_95**2
    share = count / total
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    reach = _NORMAL_95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return max(0.0, centre - reach), min(1.0, centre + reach)


def run(knowledge: Knowledge, vignettes: Iterable[Vignette]) -> list[Outcome]:
    """Interview every vignette; what it does not state is answered "no"."""
    return [Outcome(one, interview(knowledge, one.case, unstated="no")) for one in vignettes]


def measure(outcomes: Sequence[Outcome]) -> dict[str, Share | float]:
    """Return the measures the field reports, named.

    Safe urgency: at most one level below the reference. Questions: a screen of danger lines counts as one.
    """

    def share(hits: Iterable[bool]) -> Share:
        counted = list(hits)
        return Share(sum(counted), len(counted))

    reference = [one.vignette.disposition for one in outcomes]
    emergencies = [o for o, d in zip(outcomes, reference, strict=True) if d is Disposition.EMERGENCY]
    self_care = [o for o, d in zip(outcomes, reference, strict=True) if d is Disposition.SELF_CARE]
    questions = sorted(one.interview.questions for one in outcomes)
    gained = sum(one.interview.gained for one in outcomes)
    return {
        "exact triage": share(o.gap == 0 for o in outcomes),
        "safe urgency": share(o.gap >= -1 for o in outcomes),
        "under-triage": share(o.gap < 0 for o in outcomes),
        "over-triage": share(o.gap > 0 for o in outcomes),
        "emergencies called emergency": share(o.gap == 0 for o in emergencies),
        "emergencies below same day": share(o.gap < -1 for o in emergencies),
        "self-care called self-care": share(o.gap == 0 for o in self_care),
        "right cause first": share(o.rank() == 1 for o in outcomes),
        "right cause in the first three": share(o.rank() <= 3 for o in outcomes),
        "questions, median": float(median(questions)),
        "questions, 95th percentile": float(questions[math.ceil(0.95 * len(questions)) - 1]),
        "findings gained per question": gained / sum(questions),
    }
