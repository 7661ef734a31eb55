"""The plan: what one person can do now, next and later; what was left out, and why.

An item is in the plan only if its indication is true and each of its contraindications is false. A treatment that
clashes with one already chosen for a phase stays out of that phase, and of each group of medicines there is at most
one. Items enter in the few places below that say so; these properties hold by construction, and are tested on all
answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from unclench.errors import UnclenchError
from unclench.knowledge import Disposition, Knowledge
from unclench.knowledge.plan_records import Criterion, Phase, Track, Treatment
from unclench.knowledge.records import Exercise, Limit
from unclench.logic import Answer, Truth, live_findings
from unclench.reasoning.assessment import Assessment
from unclench.reasoning.case import Case
from unclench.reasoning.fitting import Catalogue, LeftOut, Timed, catalogue, left_out, number_of
from unclench.reasoning.medicines import MedicineAdvice, check_medicine
from unclench.reasoning.triage import effective_answers

__all__ = ["Action", "Drill", "PhasePlan", "Plan", "Refusal", "make_plan", "plan_for"]

Refusal: TypeAlias = Literal["too_urgent", "adults_only", "age_open", "no_track", "routing_only"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do in a phase.

    Attributes:
        role: core, offer, option, or flare: only if it flares up.
        medicine: the one medicine it means for this person, checked; None unless it is about a medicine.
        cautions: what is to be said with it, because it holds or is not ruled out.
    """

    treatment: Treatment
    role: str
    medicine: MedicineAdvice | None
    cautions: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Drill:
    """An exercise in a phase.

    Attributes:
        slot: the place in the daily set that it takes.
        timed: its dose, the worst pain with which it is done, and about how many minutes a day it takes.
    """

    exercise: Exercise
    slot: str
    timed: Timed


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """What to do in one phase.

    Attributes:
        now: whether the person is in it.
        actions: in order of worth; `flares`: only if it flares up.
        drills: the daily set of exercises.
        progress: what tells that the phase is over; `regress`: when to step back, or ask somebody.
    """

    phase: Phase
    now: bool
    actions: tuple[Action, ...]
    flares: tuple[Action, ...]
    drills: tuple[Drill, ...]
    progress: tuple[Criterion, ...]
    regress: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one person can do. `to_data` is its published JSON form.

    Attributes:
        case: the case.
        disposition: how urgent it is; a plan never changes that.
        track: the kind of plan; None where there is none.
        refusal: why there is no plan; None if there is one.
        see: whom to see instead, where the kind of trouble only routes.
        waiting: whether it bridges the time to an urgent appointment, so that only gentle things are in it.
        phases: from the present one on.
        left_out: what is in no phase, and why.
        also: other kinds of plan that would fit this person too.
        pack: hash of the knowledge used.
        answers: the answers, with every question that cannot hold out of the way.
    """

    case: Case
    disposition: Disposition
    track: Track | None
    refusal: Refusal | None
    see: str | None
    waiting: bool
    phases: tuple[PhasePlan, ...]
    left_out: tuple[LeftOut, ...]
    also: tuple[str, ...]
    pack: str
    answers: Mapping[str, Answer] = field(repr=False)
    knowledge: Knowledge = field(repr=False, compare=False)

    @property
    def open(self) -> tuple[str, ...]:
        """The questions whose answer could let something in that is left out now, in the order they are asked."""
        wanted = {finding for one in self.left_out for finding in self.asks(one)}
        if self.refusal == "age_open":
            wanted |= live_findings(self.knowledge.plan_model.adults_only, self.answers, self.knowledge.evaluate)
        return tuple(finding for finding in self.knowledge.asking_order if finding in wanted)

    def asks(self, one: LeftOut) -> tuple[str, ...]:
        """Return the questions to answer before something left out as unanswered could be let in."""
        if one.reason != "unanswered":
            return ()
        wanted = set(one.asks)
        for node in one.rests_on:
            wanted |= live_findings(node, self.answers, self.knowledge.evaluate)
        return tuple(finding for finding in self.knowledge.asking_order if finding in wanted)

    def to_data(self, locale: str = "en") -> dict[str, Any]:
        """Return the JSON form, its words in one language."""
        from unclench.reasoning.plan_words import plan_data

        return plan_data(self, locale)


def make_plan(knowledge: Knowledge, assessment: Assessment, *, track: str | None = None) -> Plan:
    """Return the plan of an assessed case.

    Args:
        knowledge: the pack.
        assessment: its assessment.
        track: a kind of plan other than the first that fits; it must fit too.

    Returns:
        The plan, or a refusal with its reason: whoever needs help now or today gets no plan.

    Raises:
        UnclenchError: `track` is no kind of plan that fits this person.

    Examples:
        >>> from unclench.reasoning import assess
        >>> knowledge = Knowledge.load()
        >>> make_plan(knowledge, assess(knowledge, {"findings": {"saddle_numbness": True}})).refusal
        'too_urgent'
    """
    return plan_for(knowledge, assessment.case, assessment.disposition, track=track)


def plan_for(knowledge: Knowledge, case: Case, disposition: Disposition, *, track: str | None = None) -> Plan:
    """Do what `make_plan` does, for a case whose urgency is known."""
    model = knowledge.plan_model
    answers = effective_answers(case, knowledge)

    def refused(why: Refusal, kind: Track | None = None) -> Plan:
        see = kind.see if kind is not None else None
        return Plan(case, disposition, kind, why, see, False, (), (), (), knowledge.hash, answers, knowledge)

    if disposition not in model.dispositions:
        return refused("too_urgent")
    known = catalogue(knowledge)
    adult = known.adults_only(answers)
    if adult is not Truth.TRUE:
        return refused("adults_only" if adult is Truth.FALSE else "age_open")
    fitting = [one for one, holds in known.tracks if holds(answers) is Truth.TRUE]
    if track is not None and track not in [one.id for one in fitting]:
        raise UnclenchError(f'"{track}" is no kind of plan that fits here. Those that do: {_listed(fitting)}.')
    if not fitting:
        return refused("no_track")
    chosen = fitting[0] if track is None else next(one for one in fitting if one.id == track)
    if chosen.routing_only:
        return refused("routing_only", chosen)
    return _Maker(knowledge, known, case, disposition, answers, chosen, fitting).plan()


class _Maker:
    """One pass over what a kind of plan may hold."""

    def __init__(
        self,
        knowledge: Knowledge,
        known: Catalogue,
        case: Case,
        disposition: Disposition,
        answers: Mapping[str, Answer],
        track: Track,
        fitting: list[Track],
    ) -> None:
        self.knowledge, self.known, self.case, self.disposition = knowledge, known, case, disposition
        self.answers, self.track = answers, track
        self.also = tuple(one.id for one in fitting if one is not track and not one.routing_only)
        self.model = knowledge.plan_model
        self.waiting = disposition in self.model.waiting
        self.day = number_of(answers, self.model.duration)
        self.out: dict[tuple[str, str], LeftOut] = {}
        self.included: set[tuple[str, str]] = set()
        self.tried: dict[str, LeftOut | None] = {}

    def plan(self) -> Plan:
        """Return the plan, phase by phase."""
        fits = self.fitting_treatments()
        shown = self.phases()
        made = [self.phase(phase, phase is shown[0], fits) for phase in shown]
        kept = tuple(one for one in made if one.actions or one.flares or one.drills)
        missing = (one for key, one in self.out.items() if key not in self.included)
        return Plan(
            case=self.case,
            disposition=self.disposition,
            track=self.track,
            refusal=None,
            see=None,
            waiting=self.waiting,
            phases=kept,
            left_out=tuple(sorted(missing, key=lambda one: (one.kind, one.reason, one.id))),
            also=self.also,
            pack=self.knowledge.hash,
            answers=self.answers,
            knowledge=self.knowledge,
        )

    def phases(self) -> list[Phase]:
        """Return the phases from the present one on; whoever waits for an appointment has only the present one.

        Where it is not known when it began, the first and gentlest phase is the present one.
        """
        day = 0.0 if self.track.clock == "today" or self.day is None else self.day
        listed = list(self.knowledge.phases.values())
        begun = [at for at, one in enumerate(listed) if one.first_day is not None and one.first_day <= day]
        start = begun[-1] if begun else 0
        return listed[start : start + 1] if self.waiting else listed[start:]

    def fitting_treatments(self) -> list[tuple[Treatment, MedicineAdvice | None, tuple[Any, ...]]]:
        """Return the treatments that fit, each with its medicine and its worth; note why the others do not."""
        order, answers = self.model.order, self.answers
        roles, verdicts, certainties = order["role"], order["verdict"], order["certainty"]
        made = []
        for treatment, candidate in self.known.offered(self.track):
            if not treatment.tracks[self.track.id]:
                self.leave(LeftOut("treatment", treatment.id, "verdict"))
                continue
            why = left_out(candidate, answers)
            if why is None and self.waiting and not treatment.while_waiting:
                why = LeftOut("treatment", treatment.id, "waits")
            if why is not None:
                self.leave(why)
                continue
            medicine = None
            if treatment.medicines:
                found = self.medicine(treatment)
                if isinstance(found, LeftOut):
                    self.leave(found)
                    continue
                medicine = found
            favoured = candidate.favoured is not None and candidate.favoured(answers) is Truth.TRUE
            worth = (verdicts[treatment.verdict], certainties[treatment.grade], order["effort"][treatment.effort],
                     order["cost"][treatment.cost], treatment.id)  # fmt: skip
            made.append((treatment, medicine, (roles, int(favoured), worth)))
        return made

    def leave(self, one: LeftOut) -> None:
        """Note why something is left out; the first reason stands."""
        self.out.setdefault((one.kind, one.id), one)

    def phase(self, phase: Phase, now: bool, fits: list[Any]) -> PhasePlan:
        """Return what to do in one phase."""
        offered = []
        for treatment, medicine, (roles, favoured, worth) in fits:
            role = treatment.tracks[self.track.id].get(phase.id)
            if role is not None:
                offered.append(((roles[role] - favoured, *worth), role, treatment, medicine))
        offered.sort(key=lambda one: one[0])
        actions = self.chosen([one for one in offered if one[1] != "flare"], (), phase.most_actions)
        flares = self.chosen([one for one in offered if one[1] == "flare"], actions, phase.most_actions)
        return PhasePlan(
            phase=phase,
            now=now,
            actions=actions,
            flares=flares,
            drills=tuple(self.drills(phase, now)),
            progress=self.track.progress or phase.progress,
            regress=self.track.regress or phase.regress,
        )

    def chosen(self, offered: list[Any], before: tuple[Action, ...], most: int) -> tuple[Action, ...]:
        """Return the best of what is offered that clash neither with each other nor with what was chosen before."""
        made: list[Action] = []
        there = {action.treatment.id for action in before}
        groups = {name for action in before for name in _exclusive(action.medicine)}
        for _, role, treatment, medicine in offered:
            clash = [other for other in treatment.conflicts if other in there]
            if clash:
                self.leave(LeftOut("treatment", treatment.id, "clashes", other=tuple(clash)))
            elif groups.intersection(_exclusive(medicine)):
                self.leave(LeftOut("treatment", treatment.id, "clashes"))
            elif len(made) == most:
                self.leave(LeftOut("treatment", treatment.id, "no_room"))
            else:
                cautions = self.known.treatments[treatment.id][1].cautions
                told = tuple(limit for limit, holds in cautions if holds(self.answers) is not Truth.FALSE)
                made.append(Action(treatment, role, medicine, told))
                there.add(treatment.id)
                groups.update(_exclusive(medicine))
                self.included.add(("treatment", treatment.id))
        return tuple(made)

    def drills(self, phase: Phase, now: bool) -> Iterator[Drill]:
        """Yield the daily set of a phase: for each place in turn the first exercise that fits."""
        taken: set[str] = set()
        budget = number_of(self.answers, self.model.minutes_a_day)
        spent = 0.0
        for slot, for_whom in self.known.slots[self.track.id].get(phase.id, ()):
            if len(taken) == phase.most_exercises:
                return
            if for_whom is not None and for_whom(self.answers) is not Truth.TRUE:
                continue
            for name in slot.any_of:
                if name in taken:
                    continue
                exercise = self.known.exercises[name][0]
                timed = self.known.timed(exercise, phase.id)
                why = self.fits(exercise) or (self.fits_now(exercise, timed) if now else None)
                if why is None and budget is not None and spent + timed.minutes > budget:
                    why = LeftOut("exercise", name, "no_time")
                if why is not None:
                    self.leave(why)
                    continue
                taken.add(name)
                spent += timed.minutes
                self.included.add(("exercise", name))
                yield Drill(exercise, slot.id, timed)
                break

    def fits(self, exercise: Exercise) -> LeftOut | None:
        """Return why an exercise is not for this person in any phase; None if it is."""
        if exercise.id not in self.tried:
            self.tried[exercise.id] = self.judged(exercise)
        return self.tried[exercise.id]

    def judged(self, exercise: Exercise) -> LeftOut | None:
        """Do what `fits` does, for the first time."""
        why = left_out(self.known.exercises[exercise.id][1], self.answers)
        if why is not None:
            return why
        if self.waiting and exercise.group not in self.model.waiting_groups:
            return LeftOut("exercise", exercise.id, "waits")
        if exercise.floor and self.answers.get(self.model.no_floor) is True:
            return LeftOut("exercise", exercise.id, "no_floor")
        if self.answers.get(self.model.no_equipment) is True:
            needed = tuple(one for one in exercise.equipment if one not in self.model.household)
            if needed:
                return LeftOut("exercise", exercise.id, "no_equipment", other=needed)
        return None

    def fits_now(self, exercise: Exercise, timed: Timed) -> LeftOut | None:
        """Return why an exercise is not for today, though it is for later; None if it is."""
        most = self.knowledge.findings[self.model.pain].maximum
        if timed.most_pain < most:
            pain = number_of(self.answers, self.model.pain)
            if pain is None:
                asks = () if self.model.pain in self.answers else (self.model.pain,)
                return LeftOut("exercise", exercise.id, "unanswered", asks=asks)
            if pain > timed.most_pain:
                return LeftOut("exercise", exercise.id, "too_sore", number=timed.most_pain)
        first = timed.dose.from_day
        if first is not None and (self.day is None or self.day < first):
            return LeftOut("exercise", exercise.id, "too_early", number=first)
        return None

    def medicine(self, treatment: Treatment) -> MedicineAdvice | LeftOut:
        """Return the first medicine of a treatment that this person may take by themselves, or why there is none."""
        raise NotImplementedError


def _exclusive(medicine: MedicineAdvice | None) -> tuple[str, ...]:
    """Return what no second medicine of one phase may share: its groups and its ingredients."""
    if medicine is None:
        return ()
    return (*medicine.medicine.groups, *medicine.medicine.ingredients)


def _listed(tracks: list[Track]) -> str:
    return ", ".join(one.id for one in tracks) or "none"
