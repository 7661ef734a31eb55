"""Whether a treatment or an exercise fits one person: in only if its indication is true and each limit is false.

Unknown never lets anything in. What is left out says why, and which answer would decide it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from unclench.logic import UNSURE, Answers, Evaluator, Node, Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from unclench.knowledge import Knowledge
    from unclench.knowledge.plan_records import Slot, Track, Treatment
    from unclench.knowledge.records import Exercise, ExerciseDose, Limit, Span
    from unclench.reasoning.medicines import MedicineAdvice

__all__ = ["Candidate", "Catalogue", "Kind", "LeftOut", "Reason", "Timed", "catalogue", "left_out", "number_of"]

Kind: TypeAlias = Literal["treatment", "exercise", "medicine"]
Reason: TypeAlias = Literal[
    "verdict",
    "contraindicated",
    "unwanted",
    "not_indicated",
    "unanswered",
    "no_medicine",
    "ask_first",
    "waits",
    "no_floor",
    "no_equipment",
    "too_sore",
    "too_early",
    "no_time",
    "clashes",
    "no_room",
    "another",
    "other_time",
]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is not in the plan, and why.

    Attributes:
        reason: `verdict` = not for anybody with this trouble; `contraindicated` = a limit holds; `unanswered` = a limit
            or the indication is unknown; `another` = something else takes its place; `other_time` = it has no part in
            the phases shown; the others as they say.
        limits: the limits that hold, or that are not ruled out.
        rests_on: the expressions behind it, in which the answers to tell, or the questions to answer, stand.
        asks: questions to answer that stand in no expression, such as how bad the pain is.
        other: what it clashes with, or the equipment it needs.
        number: the worst pain, or the first day, with which it could start.
        advice: what the check of each medicine said, where that is the reason.
    """

    kind: Kind
    id: str
    reason: Reason
    limits: tuple[Limit, ...] = ()
    rests_on: tuple[Node, ...] = ()
    asks: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    number: float | None = None
    advice: tuple[MedicineAdvice, ...] = ()


class Candidate(NamedTuple):
    """A treatment or an exercise, ready to be tried on a person."""

    kind: Kind
    id: str
    indication: tuple[Node, Evaluator] | None
    limits: tuple[tuple[Limit, Evaluator], ...]
    unwanted: tuple[Node, Evaluator] | None = None
    favoured: Evaluator | None = None
    cautions: tuple[tuple[Limit, Evaluator], ...] = ()


class Timed(NamedTuple):
    """An exercise in one phase: its dose, the worst pain with which it is done, and about how many minutes a day."""

    dose: ExerciseDose
    most_pain: int
    minutes: float


class Catalogue:
    """Everything a plan may hold, with its readings; one for each pack.

    Attributes:
        tracks: each kind of plan with its reading, in order of precedence.
        treatments: id to (record, candidate).
        exercises: id to (record, candidate).
        slots: kind of plan to phase to the places of its daily set, each with the reading of whom it is for.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.tracks = tuple((track, knowledge.evaluate[track.when]) for track in knowledge.tracks.values())
        self.treatments = {one.id: (one, self._treatment(one)) for one in knowledge.treatments.values()}
        self.exercises = {one.id: (one, self._exercise(one)) for one in knowledge.exercises.values()}
        self.slots = {
            track.id: {phase: tuple(map(self._slot, slots)) for phase, slots in track.exercises.items()}
            for track in knowledge.tracks.values()
        }
        self.adults_only = knowledge.evaluate[knowledge.plan_model.adults_only]
        self._timed: dict[tuple[str, str], Timed] = {}

    def timed(self, exercise: Exercise, phase: str) -> Timed:
        """Return an exercise's dose in a phase, with what it takes."""
        key = (exercise.id, phase)
        if key not in self._timed:
            dose = exercise.phases[phase]
            most_pain = exercise.most_pain if dose.most_pain is None else min(exercise.most_pain, dose.most_pain)
            self._timed[key] = Timed(dose, most_pain, self._minutes(exercise, dose))
        return self._timed[key]

    def offered(self, track: Track) -> tuple[tuple[Treatment, Candidate], ...]:
        """Return the treatments that a kind of plan knows, whatever their verdict."""
        return tuple(pair for pair in self.treatments.values() if track.id in pair[0].tracks)

    def _treatment(self, one: Treatment) -> Candidate:
        read = self.knowledge.evaluate
        return Candidate(
            "treatment",
            one.id,
            (one.indication, read[one.indication]) if one.indication is not None else None,
            tuple((limit, read[limit.when]) for limit in one.contraindications),
            (one.unwanted, read[one.unwanted]) if one.unwanted is not None else None,
            read[one.favoured] if one.favoured is not None else None,
            tuple((limit, read[limit.when]) for limit in one.cautions),
        )

    def _exercise(self, one: Exercise) -> Candidate:
        read = self.knowledge.evaluate
        return Candidate(
            "exercise",
            one.id,
            (one.indication, read[one.indication]) if one.indication is not None else None,
            tuple((limit, read[limit.when]) for limit in one.contraindications),
        )

    def _slot(self, slot: Slot) -> tuple[Slot, Evaluator | None]:
        return slot, self.knowledge.evaluate[slot.when] if slot.when is not None else None

    def _minutes(self, exercise: Exercise, dose: ExerciseDose) -> float:
        """Estimate the minutes a day of a dose at its lower end; nothing for what goes along with the day."""
        model = self.knowledge.plan_model
        if exercise.group in model.untimed_groups:
            return 0.0

        def least(span: Span | None, otherwise: float) -> float:
            return otherwise if span is None else span[0]

        times = least(dose.times_a_day, 1)
        if dose.every_hours is not None:
            times = model.waking_hours / dose.every_hours[1]
        sets = least(dose.sets, 1)
        if dose.minutes is not None:
            return dose.minutes[0] * sets * times
        sides = 2 if exercise.sides == "both" else 1
        count = sum(dose.repetitions_by_set) or least(dose.repetitions, 1) * sets
        seconds = count * (model.seconds_a_repetition + least(dose.hold_seconds, 0) + least(dose.rest_seconds, 0))
        seconds += least(dose.metres, 0) * count * model.seconds_a_metre
        return seconds * sides * times / 60


@lru_cache(maxsize=4)
def catalogue(knowledge: Knowledge) -> Catalogue:
    """Return the catalogue of a pack, made once."""
    return Catalogue(knowledge)


def left_out(one: Candidate, answers: Answers, seen: dict[Evaluator, Truth] | None = None) -> LeftOut | None:
    """Return why a candidate is not for this person; None if its indication is true and each limit false.

    Args:
        one: the candidate.
        answers: effective answers; missing and "unsure" are unknown.
        seen: what was found of limits before on these answers, kept since many share one.
    """
    seen = {} if seen is None else seen
    held: list[Limit] = []
    unsettled: list[Limit] = []
    for limit, holds in one.limits:
        truth = seen.get(holds)
        if truth is None:
            truth = seen[holds] = holds(answers)
        if truth is not Truth.FALSE:
            (held if truth is Truth.TRUE else unsettled).append(limit)
    if held:
        return _because(one, "contraindicated", held)
    if one.unwanted is not None and one.unwanted[1](answers) is Truth.TRUE:
        return LeftOut(one.kind, one.id, "unwanted", (), (one.unwanted[0],))
    truth = Truth.TRUE if one.indication is None else one.indication[1](answers)
    if truth is Truth.FALSE:
        assert one.indication is not None
        return LeftOut(one.kind, one.id, "not_indicated", (), (one.indication[0],))
    if unsettled or truth is not Truth.TRUE:
        found = _because(one, "unanswered", unsettled)
        if truth is not Truth.TRUE and one.indication is not None:
            return LeftOut(found.kind, found.id, found.reason, found.limits, (one.indication[0], *found.rests_on))
        return found
    return None


def _because(one: Candidate, reason: Reason, limits: list[Limit]) -> LeftOut:
    return LeftOut(one.kind, one.id, reason, tuple(limits), tuple(limit.when for limit in limits))


def number_of(answers: Mapping[str, object], finding: str) -> float | None:
    """Return a stated number; None while it is not known."""
    value = answers.get(finding, UNSURE)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
