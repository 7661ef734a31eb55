"""The frozen records that plans are made from, as loaded from a pack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from unclench.knowledge.records import Disposition, Limit, SourceRef, source_refs
from unclench.logic import Node

__all__ = [
    "Amount",
    "Criterion",
    "Dose",
    "Effect",
    "Phase",
    "PlanModel",
    "Position",
    "Slot",
    "Track",
    "Treatment",
    "phase_of",
    "plan_model_of",
    "track_of",
    "treatment_of",
]

NodeAt = Callable[[int | None], Node | None]

_UNITS = {
    "seconds": "s",
    "minutes": "min",
    "hours": "h",
    "repetitions": "{repetition}",
    "times_a_day": "/d",
    "days_a_week": "d/wk",
    "times_a_week": "/wk",
    "every_minutes": "min",
    "every_hours": "h",
    "most_days": "d",
    "weeks": "wk",
    "kilograms": "kg",
    "litres_a_day": "L/d",
    "percent_a_week": "%/wk",
}


class Amount(NamedTuple):
    """One quantity of a dose, from `low` to `high`; `unit` is a UCUM unit."""

    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class Dose:
    """How much and how often, by phase.

    Attributes:
        phases: phase id to amounts by quantity; `every_phase` holds for a phase that is not written out.
        basis: published, derived or judgement.
    """

    phases: Mapping[str, Mapping[str, Amount]]
    basis: str
    from_memory: bool
    sources: tuple[SourceRef, ...]

    def of(self, phase: str) -> Mapping[str, Amount]:
        """Return the amounts of one phase."""
        return self.phases.get(phase, self.phases["every_phase"])


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """What a treatment was found to do, for better or worse.

    Attributes:
        outcome: what was measured; `population`: in whom; `compared_with`: against what.
        measure: kind of number, such as mean_difference or share; None where it is unknown.
        value: the number, from `low` to `high`; `other` is the figure of the comparison where there are two.
        better: of points on a scale, which way is better: more or less; else None.
        grade: how sure the number is; `graded_by_us`: no review graded it.
        seen_on_weak_copy: the figure was only seen on a secondary copy, and is to be looked up again.
        unknown: the sources have no such number.
    """

    id: str
    outcome: str
    population: str
    compared_with: str | None
    measure: str | None
    value: float | None
    low: float | None
    high: float | None
    other: float | None
    unit: str | None
    better: str | None
    at_days: int | None
    people: int | None
    grade: str | None
    graded_by_us: bool
    basis: str | None
    from_memory: bool
    seen_on_weak_copy: bool
    unknown: bool
    note: str
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Position:
    """What a guideline says: `for`, `may` or `against`."""

    source: SourceRef
    position: str
    from_memory: bool


@dataclass(frozen=True, slots=True, eq=False)
class Treatment:
    """Something that can be done about it, whatever the verdict.

    Attributes:
        by: who does it: self, pharmacist, clinician or specialist.
        tracks: kind of plan to phase to role (core, offer, option, flare).
        indication: must be true for it to be offered; None = always.
        contraindications: each must be false for it to be offered.
        cautions: where one holds, its words go along.
        unwanted: a preference that leaves it out; `favoured`: one that moves it up.
        while_waiting: may be done until an urgent appointment.
        grade: how sure the verdict is; `grade_basis`: published where a review said so.
        conflicts: treatments never in one phase with it.
        medicine_groups: groups of which it offers one medicine; `medicines`: medicines it offers by name.
        exercises: exercises that show how it is done.
        finds: causes that it is right to look for with it.
    """

    id: str
    by: str
    sort: str
    tracks: Mapping[str, Mapping[str, str]]
    indication: Node | None
    contraindications: tuple[Limit, ...]
    cautions: tuple[Limit, ...]
    unwanted: Node | None
    favoured: Node | None
    while_waiting: bool
    dose: Dose | None
    verdict: str
    grade: str
    grade_basis: str
    effects: tuple[Effect, ...]
    harms: tuple[Effect, ...]
    cost: str
    effort: str
    guidelines: tuple[Position, ...]
    conflicts: tuple[str, ...]
    medicine_groups: tuple[str, ...]
    medicines: tuple[str, ...]
    exercises: tuple[str, ...]
    finds: tuple[str, ...]
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Criterion:
    """What tells that a phase is over, or that it is time to step back."""

    id: str
    numbers: Mapping[str, float]
    see: str | None
    basis: str
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Phase:
    """A stretch of time. Days count from the onset, or from today, as the track says; None = after recovery."""

    id: str
    first_day: int | None
    last_day: int | None
    most_actions: int
    most_exercises: int
    progress: tuple[Criterion, ...]
    regress: tuple[Criterion, ...]
    basis: str
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One place in a daily set of exercises, for people for whom `when` is not false; the first that fits takes it."""

    id: str
    when: Node | None
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A kind of plan: for whom, what its days count from, and its sets of exercises by phase.

    `progress` and `regress`, where there are any, stand for those of every phase. `for_the_back`: its exercises are for
    the back.
    """

    id: str
    when: Node
    clock: str
    routing_only: bool
    for_the_back: bool
    see: str | None
    exercises: Mapping[str, tuple[Slot, ...]]
    progress: tuple[Criterion, ...]
    regress: tuple[Criterion, ...]
    basis: str
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlanModel:
    """Numbers and limits of the planning itself.

    Attributes:
        dispositions: those with which somebody gets a plan; `waiting`: those of them who wait for an appointment.
        waiting_groups: groups of exercises that are offered while somebody waits for an appointment.
        adults_only: must be true for a plan to be made; `children_see`: whom those for whom it is false see instead.
        order: roles, verdicts, certainties, doers, efforts and costs, each from the first to the last in worth.
        worth_doing: verdicts of what is worth doing; `never_offered`: those of what no plan may hold.
        pain: the finding that says how bad the pain is now; `minutes_a_day`, `duration`, `no_floor`,
            `no_equipment`: the findings of that name.
        household: equipment that every home has.
        untimed_groups: groups of exercises that take no minutes of their own.
        review_days: after how many days a phase without an end is looked at again.
        seconds_a_repetition: how long one repetition without its hold takes; `seconds_a_metre`: one metre with a load;
            `waking_hours`: hours of a day; all three only to estimate minutes a day.
    """

    dispositions: frozenset[Disposition]
    children_see: str
    waiting: frozenset[Disposition]
    waiting_groups: frozenset[str]
    adults_only: Node
    order: Mapping[str, Mapping[str, int]]
    worth_doing: frozenset[str]
    never_offered: frozenset[str]
    pain: str
    minutes_a_day: str
    duration: str
    no_floor: str
    no_equipment: str
    household: frozenset[str]
    untimed_groups: frozenset[str]
    review_days: int
    seconds_a_repetition: float
    seconds_a_metre: float
    waking_hours: float


def limits(data: list[Mapping[str, Any]], node: NodeAt) -> tuple[Limit, ...]:
    """Return contraindications or cautions as loaded."""
    return tuple(
        Limit(one["id"], _there(node(one["when"])), source_refs(one["sources"]), one["from_memory"]) for one in data
    )


def phase_of(one: Mapping[str, Any]) -> Phase:
    """Return a phase as loaded."""
    return Phase(
        **{
            **one,
            "progress": tuple(map(_criterion, one["progress"])),
            "regress": tuple(map(_criterion, one["regress"])),
            "sources": source_refs(one["sources"]),
        }
    )


def track_of(one: Mapping[str, Any], node: NodeAt) -> Track:
    """Return a kind of plan as loaded."""
    sets = {
        phase: tuple(Slot(slot["id"], node(slot["when"]), tuple(slot["any_of"])) for slot in slots)
        for phase, slots in one["exercises"].items()
    }
    return Track(
        **{
            **one,
            "when": _there(node(one["when"])),
            "exercises": sets,
            "progress": tuple(map(_criterion, one["progress"])),
            "regress": tuple(map(_criterion, one["regress"])),
            "sources": source_refs(one["sources"]),
        }
    )


def treatment_of(one: Mapping[str, Any], node: NodeAt) -> Treatment:
    """Return a treatment as loaded."""
    grade, grade_basis, _ = one["certainty"]
    made = {
        **one,
        "indication": node(one["indication"]),
        "contraindications": limits(one["contraindications"], node),
        "cautions": limits(one["cautions"], node),
        "unwanted": node(one["unwanted"]),
        "favoured": node(one["favoured"]),
        "dose": _dose(one["dose"]),
        "grade": grade,
        "grade_basis": grade_basis,
        "effects": tuple(map(_effect, one["effects"])),
        "harms": tuple(map(_effect, one["harms"])),
        "guidelines": tuple(
            Position(SourceRef(*g["source"]), g["position"], g["from_memory"]) for g in one["guidelines"]
        ),
        "sources": source_refs(one["sources"]),
    }
    del made["certainty"]
    for key in ("conflicts", "medicine_groups", "medicines", "exercises", "finds"):
        made[key] = tuple(one[key])
    return Treatment(**made)


def plan_model_of(one: Mapping[str, Any], node: NodeAt) -> PlanModel:
    """Return the planning's numbers and limits as loaded."""
    made = {
        **one,
        "dispositions": frozenset(map(Disposition.of, one["dispositions"])),
        "waiting": frozenset(map(Disposition.of, one["waiting"])),
        "adults_only": _there(node(one["adults_only"])),
        "order": {kind: {name: at for at, name in enumerate(names)} for kind, names in one["order"].items()},
        **{
            key: frozenset(one[key])
            for key in ("worth_doing", "never_offered", "household", "waiting_groups", "untimed_groups")
        },
    }
    del made["why"]
    return PlanModel(**made)


def _there(node: Node | None) -> Node:
    assert node is not None  # the compiler leaves no such expression out
    return node


def _criterion(one: Mapping[str, Any]) -> Criterion:
    return Criterion(**{**one, "sources": source_refs(one["sources"])})


def _effect(one: Mapping[str, Any]) -> Effect:
    return Effect(**{**one, "sources": source_refs(one["sources"])})


def _dose(one: Mapping[str, Any] | None) -> Dose | None:
    if one is None:
        return None
    phases = {
        phase: {name: Amount(low, high, _UNITS[name]) for name, (low, high) in amounts.items()}
        for phase, amounts in one["phases"].items()
    }
    return Dose(phases, one["basis"], one["from_memory"], source_refs(one["sources"]))
