"""The frozen records the engine reads, as loaded from a pack. Expressions are trees; ratios are logarithms.

A pack makes each record once, so two of them are equal only if they are the same one; comparing by value would hash
whole trees wherever a rule is looked up.
"""

from __future__ import annotations

from enum import IntEnum

from unclench.logic import FindingType, Node
from unclench.logic.vocabulary import Kind
from unclench.record import entity, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

__all__ = [
    "Cause",
    "Disposition",
    "Exercise",
    "ExerciseDose",
    "Finding",
    "Hypothesis",
    "Kind",
    "Limit",
    "Model",
    "PopulationModel",
    "Rule",
    "Screen",
    "SourceRef",
    "Span",
    "Stratum",
    "Term",
    "Weight",
]

Span: TypeAlias = tuple[float, float]
"""A range: the least and the most."""


class Disposition(IntEnum):
    """How urgently somebody should be seen; a greater value is more urgent."""

    SELF_CARE = 0
    ROUTINE = 1
    URGENT = 2
    SAME_DAY = 3
    EMERGENCY = 4

    @property
    def id(self) -> str:
        """The name used in records and results, such as `same_day`."""
        return self.name.lower()

    @classmethod
    def of(cls, name: str) -> Disposition:
        """Return the disposition of that name."""
        return cls[name.upper()]


@record
class SourceRef:
    """A place in a source; `id` is a source id or `judgement`."""

    id: str
    at: str

    @property
    def is_judgement(self) -> bool:
        """Whether nobody published this."""
        return self.id == "judgement"


@entity
class Finding:
    """Something that can be asked, seen or measured.

    Attributes:
        kind: boolean, choice, number or regions.
        supplied_by: person, clinician or device.
        red_flag: its presence may only raise urgency.
        lasting: a fact about the person or the past; it does not appear from one day to the next.
        only_if: where this is false the finding cannot hold; null = it can hold for anybody.
        follows_from: where this is false the finding is taken as absent, unless it was stated: somebody who marks
            where it hurts, and marks no side, has no pain in the side.
        choices: values of a choice, or region ids.
        none: the choice that means "none of these", if there is one.
        unit: UCUM unit of a number.
        minimum: least possible number.
        maximum: greatest possible number.
        integer: whether the number is whole.
    """

    id: str
    kind: Kind
    supplied_by: str
    red_flag: bool
    lasting: bool
    only_if: Node | None
    follows_from: Node | None
    choices: tuple[str, ...]
    none: str | None
    unit: str | None
    minimum: float
    maximum: float
    integer: bool

    @property
    def type(self) -> FindingType:
        """The finding's type as the expression parser sees it."""
        return FindingType(self.kind, self.choices, self.minimum, self.maximum, self.integer)


@entity
class Screen:
    """Lines asked together; `stage` is danger, about, follow_up or plan."""

    id: str
    stage: str
    findings: tuple[str, ...]


@entity
class Rule:
    """A red flag: when `when` holds, advice is at least `disposition`.

    Attributes:
        code: its row in the evidence table.
        see: whom to see.
        suspects: causes it points to, first what it is chiefly about.
        provisional: it answers a "not sure", so it holds only until the person knows more.
    """

    id: str
    code: str
    when: Node
    disposition: Disposition
    see: str
    suspects: tuple[str, ...]
    provisional: bool
    certainty: str
    from_memory: bool
    sources: tuple[SourceRef, ...]


@entity
class Weight:
    """A log likelihood ratio or log prior (natural logarithm) and its variance."""

    log: float
    variance: float


@entity
class Term:
    """What an expression adds to the log odds of one hypothesis when true or false; unknown adds nothing."""

    when: Node
    present: Weight | None
    absent: Weight | None
    group: str | None
    basis: str
    sources: tuple[SourceRef, ...]


@entity
class Hypothesis:
    """A contributor or a kind of episode, with its prior (log odds) and terms."""

    id: str
    prior: Weight
    evidence: str
    terms: tuple[Term, ...]
    sources: tuple[SourceRef, ...]


@entity
class Cause:
    """A condition that could explain the episode.

    Attributes:
        test_threshold: probability above which it should be actively ruled out; None unless serious.
    """

    id: str
    family: str
    serious: bool
    test_threshold: float | None
    terms: tuple[Term, ...]


@entity
class Stratum:
    """Log priors of all causes for one setting and age band (inclusive whole years)."""

    id: str
    setting: str
    first_age: int
    last_age: int
    priors: Mapping[str, Weight]


@entity
class PopulationModel:
    """Whom synthetic people are; none of it reaches any advice.

    Attributes:
        danger_rate: how likely a danger sign is where the cause says nothing of it.
        settings: setting to its share; they sum to 1, as do the others.
        sexes: sex to its share.
        ages: (first age, last age, share) of each band; within one, every year is as likely as the next.
    """

    danger_rate: float
    settings: Mapping[str, float]
    sexes: Mapping[str, float]
    ages: tuple[tuple[int, int, float], ...]


@entity
class Model:
    """Numbers of the calculation itself.

    Attributes:
        event_shown: a kind of episode is told from this probability on.
        contributor_shown: a contributor that something said speaks for is told from this probability on.
        pointing_ratio: pages say that a sign points to a cause from this likelihood ratio on.
    """

    ratio_cap: float
    ratio_floor: float
    open_emergency_floor: Disposition
    base_rate: float
    most_likely: float
    least_gain_bits: float
    event_shown: float
    contributor_shown: float
    pointing_ratio: float
    population: PopulationModel


@entity
class ExerciseDose:
    """How much of an exercise in one phase. A range is (least, most); None or empty = the sources do not say.

    Attributes:
        repetitions: in each set, for each side where there are two.
        repetitions_by_set: a falling row of sets, such as (6, 4, 2), instead of `sets` and `repetitions`.
        build_to: the row of sets to work up to.
        hold_seconds: for each repetition.
        rest_seconds: between repetitions.
        most_kilograms: the heaviest load.
        every_hours: hours from one time to the next while awake.
        every_minutes: minutes from one time to the next while sitting.
        occasions: when to do it, such as `at_night` or `in_flare`.
        from_day: day after the onset before which it is not offered in this phase.
        for_days: how many days to keep it up.
        most_pain: worst pain (0 to 10) above which it is not offered in this phase.
        percent_a_week: by how much to raise it each week.
        basis: published, derived or judgement.
    """

    sets: Span | None
    repetitions: Span | None
    repetitions_by_set: tuple[int, ...]
    build_to: tuple[int, ...]
    hold_seconds: Span | None
    rest_seconds: Span | None
    minutes: Span | None
    metres: Span | None
    most_kilograms: float | None
    times_a_day: Span | None
    days_a_week: Span | None
    every_hours: Span | None
    every_minutes: Span | None
    occasions: tuple[str, ...]
    from_day: int | None
    for_days: Span | None
    most_pain: int | None
    percent_a_week: Span | None
    basis: str
    sources: tuple[SourceRef, ...]

    @classmethod
    def of(cls, one: Mapping[str, Any]) -> ExerciseDose:
        """Return the dose stored in a pack."""

        def span(name: str) -> Span | None:
            return (one[name][0], one[name][1]) if name in one else None

        return cls(
            span("sets"), span("repetitions"),
            tuple(one.get("repetitions_by_set", ())), tuple(one.get("build_to", ())),
            span("hold_seconds"), span("rest_seconds"), span("minutes"), span("metres"), one.get("most_kilograms"),
            span("times_a_day"), span("days_a_week"), span("every_hours"), span("every_minutes"),
            tuple(one.get("occasions", ())), one.get("from_day"), span("for_days"), one.get("most_pain"),
            span("percent_a_week"), one["basis"], source_refs(one.get("source", [])),
        )  # fmt: skip


@entity
class Limit:
    """Why an exercise or a treatment is not for somebody: it may be offered only where `when` is false.

    Attributes:
        id: the name of its words: in `exercise_limits`, or in `why_not` of the treatment.
    """

    id: str
    when: Node
    sources: tuple[SourceRef, ...]
    from_memory: bool


@entity
class Exercise:
    """Something to do with the body, with its dose by phase; a phase that is not there has none.

    Attributes:
        code: its row in the evidence table.
        floor: whether one has to get down to the floor.
        equipment: what it needs; empty = nothing.
        sides: both, one (the side that is affected) or none.
        most_pain: worst pain (0 to 10) above which it is not offered.
        phases: phase id to dose.
        easier: the exercise to go back to, if there is one.
        harder: the exercise to go on to, if there is one.
        indication: it may be offered only where this is true; None = for anybody.
        contraindications: it may be offered only where each is false.
        certainty: how sure it is that this exercise or its like helps: high to very_low; none = no trial speaks to it.
    """

    id: str
    code: str
    group: str
    position: str
    floor: bool
    equipment: tuple[str, ...]
    sides: str
    most_pain: int
    phases: Mapping[str, ExerciseDose]
    easier: str | None
    harder: str | None
    indication: Node | None
    contraindications: tuple[Limit, ...]
    certainty: str
    sources: tuple[SourceRef, ...]
    from_memory: bool


def source_refs(data: list[Any]) -> tuple[SourceRef, ...]:
    """Return the references stored as `[id, at]` pairs."""
    return tuple(SourceRef(one[0], one[1]) for one in data)
