"""The plan: what one person can do now, next and later; what was left out, and why.

An item is in the plan only if its indication is true and each of its contraindications is false. A treatment that
clashes with one already chosen for a phase stays out of that phase, and of each group of medicines there is at most
one. Items enter in the few places below that say so; these properties hold by construction, and are tested on all
answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from unclench.errors import UnclenchError
from unclench.knowledge.medicine_records import Medicine, MedicineDose
from unclench.logic import UNSURE, Answer, Evaluator, Truth, live_findings
from unclench.reasoning.fitting import Catalogue, LeftOut, Timed, catalogue, left_out, number_of
from unclench.reasoning.medicines import MedicineAdvice, check_medicine
from unclench.reasoning.triage import effective_answers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from unclench.knowledge import Disposition, Knowledge
    from unclench.knowledge.plan_records import Criterion, Phase, Slot, Track, Treatment
    from unclench.knowledge.records import Exercise, Limit
    from unclench.reasoning.assessment import Assessment
    from unclench.reasoning.case import Case

__all__ = [
    "Action",
    "Drill",
    "PhasePlan",
    "Plan",
    "Refusal",
    "drill_today",
    "exclusive",
    "make_plan",
    "plan_for",
    "refusal_of",
    "strictest",
]

Refusal: TypeAlias = Literal["too_urgent", "adults_only", "age_open", "no_track", "routing_only"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do in a phase.

    Attributes:
        role: core, offer, option, or flare: only if it flares up.
        medicine: the one medicine it means for this person, checked; None unless it is about a medicine.
        label: how much of it: the least that any label which fits this person allows; None where none is held.
        favoured: whether a wish of this person moves it up.
        cautions: what is to be said with it, because it holds or is not ruled out.
    """

    treatment: Treatment
    role: str
    medicine: MedicineAdvice | None
    label: MedicineDose | None
    favoured: bool
    cautions: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Drill:
    """An exercise in a phase.

    Attributes:
        slot: the place in the daily set that it takes.
        timed: its dose, the worst pain with which it is done, and about how many minutes a day it takes.
        easier: the exercise to go back to, where it fits this person too; `harder`: the one to go on to.
        swaps: others that fit this person and could take its place, each without swaps of its own.
    """

    exercise: Exercise
    slot: str
    timed: Timed
    easier: str | None
    harder: str | None
    swaps: tuple[Drill, ...]


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
        see: whom to see, as the advice says; where there is no plan, whom to see instead.
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
            wanted |= {finding for finding in self.knowledge.mentions(node) if self.answers.get(finding) == UNSURE}
        return tuple(finding for finding in self.knowledge.asking_order if finding in wanted)

    def goes_along(self, phase: PhasePlan) -> bool:
        """Tell whether a phase has exercises that go along with the day, such as walking, and count no minutes."""
        return any(drill.exercise.group in self.knowledge.plan_model.untimed_groups for drill in phase.drills)

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
        >>> from unclench.knowledge import Knowledge
        >>> from unclench.reasoning import assess
        >>> knowledge = Knowledge.load()
        >>> make_plan(knowledge, assess(knowledge, {"findings": {"saddle_numbness": True}})).refusal
        'too_urgent'
    """
    return plan_for(knowledge, assessment.case, assessment.disposition, assessment.see, track=track)


def plan_for(
    knowledge: Knowledge, case: Case, disposition: Disposition, see: str | None = None, *, track: str | None = None
) -> Plan:
    """Do what `make_plan` does, for a case whose urgency is known, and whom to see."""
    found = _begun(knowledge, case, disposition, see, track)
    return found if isinstance(found, Plan) else found.plan()


def refusal_of(knowledge: Knowledge, assessment: Assessment) -> Plan | None:
    """Return the refusal that `make_plan` would give, without making a plan; None if there would be one."""
    found = _begun(knowledge, assessment.case, assessment.disposition, assessment.see, None)
    return found if isinstance(found, Plan) else None


def _begun(
    knowledge: Knowledge, case: Case, disposition: Disposition, see: str | None, track: str | None
) -> Plan | _Maker:
    """Return a refusal, or what makes the plan."""
    model = knowledge.plan_model
    answers = effective_answers(case, knowledge)

    def refused(why: Refusal, instead: str | None, kind: Track | None = None) -> Plan:
        return Plan(case, disposition, kind, why, instead, False, (), (), (), knowledge.hash, answers, knowledge)

    if disposition not in model.dispositions:
        return refused("too_urgent", see)
    known = catalogue(knowledge)
    adult = known.adults_only(answers)
    if adult is not Truth.TRUE:
        return refused("adults_only", model.children_see) if adult is Truth.FALSE else refused("age_open", see)
    fitting = [one for one, holds in known.tracks if holds(answers) is Truth.TRUE]
    if track is not None and track not in [one.id for one in fitting]:
        raise UnclenchError(f'"{track}" is no kind of plan that fits here. Those that do: {_listed(fitting)}.')
    if not fitting:
        return refused("no_track", see)
    chosen = fitting[0] if track is None else next(one for one in fitting if one.id == track)
    if chosen.routing_only:
        return refused("routing_only", chosen.see, chosen)
    return _Maker(knowledge, known, case, disposition, see, answers, chosen, fitting)


def drill_today(plan: Plan, name: str, slot: str) -> Drill | None:
    """Return an exercise for a place of today's set, such as an easier one; None where it does not fit today.

    It has to pass every limit that the exercises of the plan pass; only the minutes a day are not counted anew.

    Args:
        plan: the plan.
        name: id of an exercise.
        slot: the place in the daily set that it would take.
    """
    now = next((one.phase for one in plan.phases if one.now), None)
    known = catalogue(plan.knowledge)
    if now is None or plan.track is None or name not in known.exercises:
        return None
    exercise = known.exercises[name][0]
    if now.id not in exercise.phases:
        return None
    maker = _Maker(plan.knowledge, known, plan.case, plan.disposition, plan.see, plan.answers, plan.track, [])
    timed = known.timed(exercise, now.id)
    if maker.fits(exercise) or maker.fits_now(exercise, timed):
        return None
    return maker.alone(exercise, slot, timed)


class _Maker:
    """One pass over what a kind of plan may hold."""

    def __init__(
        self,
        knowledge: Knowledge,
        known: Catalogue,
        case: Case,
        disposition: Disposition,
        see: str | None,
        answers: Mapping[str, Answer],
        track: Track,
        fitting: list[Track],
    ) -> None:
        self.knowledge, self.known, self.case, self.disposition = knowledge, known, case, disposition
        self.answers, self.track, self.see = answers, track, see
        self.also = tuple(one.id for one in fitting if one is not track and not one.routing_only)
        self.model = knowledge.plan_model
        self.waiting = disposition in self.model.waiting
        self.day = number_of(answers, self.model.duration)
        self.out: dict[tuple[str, str], LeftOut] = {}
        self.included: set[tuple[str, str]] = set()
        self.tried: dict[str, LeftOut | None] = {}
        self.seen: dict[Evaluator, Truth] = {}
        self.checked: dict[str, MedicineAdvice | LeftOut | None] = {}

    def plan(self) -> Plan:
        """Return the plan, phase by phase."""
        fits = self.fitting_treatments()
        shown = self.phases()
        made = [self.phase(phase, phase is shown[0], fits) for phase in shown]
        kept = tuple(one for one in made if one.actions or one.flares or one.drills)
        self.explain_rest(shown)
        missing = (one for key, one in self.out.items() if key not in self.included)
        return Plan(
            case=self.case,
            disposition=self.disposition,
            track=self.track,
            refusal=None,
            see=self.see,
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

    def fitting_treatments(self) -> list[tuple[Treatment, tuple[Any, ...]]]:
        """Return the treatments that fit, each with its worth; note why the others do not. Medicines come later."""
        order, answers = self.model.order, self.answers
        roles, verdicts, certainties = order["role"], order["verdict"], order["certainty"]
        made = []
        for treatment, candidate in self.known.offered(self.track):
            if not treatment.tracks[self.track.id]:
                self.leave(LeftOut("treatment", treatment.id, "verdict"))
                continue
            why = left_out(candidate, answers, self.seen)
            if self.waiting and not treatment.while_waiting and (why is None or why.reason == "unanswered"):
                why = LeftOut("treatment", treatment.id, "waits")
            if why is not None:
                self.leave(why)
                continue
            favoured = candidate.favoured is not None and candidate.favoured(answers) is Truth.TRUE
            worth = (verdicts[treatment.verdict], certainties[treatment.grade], order["by"][treatment.by],
                     order["effort"][treatment.effort], order["cost"][treatment.cost], treatment.id)  # fmt: skip
            made.append((treatment, (roles, int(favoured), worth)))
        return made

    def explain_rest(self, shown: list[Phase]) -> None:
        """Note why whatever is neither in the plan nor noted yet is not in it, so that nothing is left out unsaid."""
        for treatment, _ in self.known.offered(self.track):
            if ("treatment", treatment.id) not in self.included:
                self.leave(LeftOut("treatment", treatment.id, "other_time"))
        for phase in shown:
            for slot, for_whom in self.known.slots[self.track.id].get(phase.id, ()):
                for name in slot.any_of:
                    if ("exercise", name) not in self.included and ("exercise", name) not in self.out:
                        self.leave(self.why_passed_over(name, slot, for_whom))

    def why_passed_over(self, name: str, slot: Slot, for_whom: Evaluator | None) -> LeftOut:
        """Return why an exercise that was never tried is not in the plan."""
        why = self.fits(self.known.exercises[name][0])
        if why is not None:
            return why
        wanted = Truth.TRUE if for_whom is None else for_whom(self.answers)
        if wanted is Truth.TRUE or slot.when is None:
            return LeftOut("exercise", name, "another")
        return LeftOut("exercise", name, "not_indicated" if wanted is Truth.FALSE else "unanswered", (), (slot.when,))

    def leave(self, one: LeftOut) -> None:
        """Note why something is left out; the first reason stands."""
        self.out.setdefault((one.kind, one.id), one)

    def phase(self, phase: Phase, now: bool, fits: list[Any]) -> PhasePlan:
        """Return what to do in one phase."""
        offered = []
        for treatment, (roles, favoured, worth) in fits:
            role = treatment.tracks[self.track.id].get(phase.id)
            if role is not None:
                offered.append(((roles[role] - favoured, *worth), role, treatment, favoured))
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
        groups = {name for action in before for name in exclusive(_asked(action.medicine))}
        for _, role, treatment, favoured in offered:
            clash = [other for other in treatment.conflicts if other in there]
            if clash:
                self.leave(LeftOut("treatment", treatment.id, "clashes", other=tuple(clash)))
                continue
            medicine = self.medicine(treatment)
            if isinstance(medicine, LeftOut):
                self.leave(medicine)
            elif groups.intersection(exclusive(_asked(medicine))):
                self.leave(LeftOut("treatment", treatment.id, "clashes"))
            elif len(made) == most:
                self.leave(LeftOut("treatment", treatment.id, "no_room"))
            else:
                cautions = self.known.treatments[treatment.id][1].cautions
                told = tuple(limit for limit, holds in cautions if holds(self.answers) is not Truth.FALSE)
                label = None if medicine is None else strictest(medicine.doses)
                made.append(Action(treatment, role, medicine, label, bool(favoured), told))
                there.add(treatment.id)
                groups.update(exclusive(_asked(medicine)))
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
                self.included.add(("exercise", name))
                yield self.drill(exercise, slot, timed, phase, now, None if budget is None else budget - spent)
                spent += timed.minutes
                break

    def drill(self, exercise: Exercise, slot: Slot, timed: Timed, phase: Phase, now: bool, room: float | None) -> Drill:
        """Return an exercise of the set, with what else fits this person, and into the minutes left, in its place."""
        swaps = []
        for name in slot.any_of:
            other = self.known.exercises[name][0]
            if other is exercise or self.fits(other):
                continue
            its = self.known.timed(other, phase.id)
            if room is not None and its.minutes > room:
                continue
            if not now or self.fits_now(other, its) is None:
                swaps.append(self.alone(other, slot.id, its))
        return replace(self.alone(exercise, slot.id, timed), swaps=tuple(swaps))

    def alone(self, exercise: Exercise, slot: str, timed: Timed) -> Drill:
        """Return an exercise for a place of the set, without what else fits there."""
        return Drill(exercise, slot, timed, self.fitting(exercise.easier), self.fitting(exercise.harder), ())

    def fitting(self, name: str | None) -> str | None:
        """Return the name of an exercise if it fits this person in some phase."""
        return name if name is not None and self.fits(self.known.exercises[name][0]) is None else None

    def fits(self, exercise: Exercise) -> LeftOut | None:
        """Return why an exercise is not for this person in any phase; None if it is."""
        if exercise.id not in self.tried:
            self.tried[exercise.id] = self.judged(exercise)
        return self.tried[exercise.id]

    def judged(self, exercise: Exercise) -> LeftOut | None:
        """Do what `fits` does, for the first time."""
        why = left_out(self.known.exercises[exercise.id][1], self.answers, self.seen)
        if why is not None and why.reason != "unanswered":
            return why
        if self.waiting and exercise.group not in self.model.waiting_groups:
            return LeftOut("exercise", exercise.id, "waits")
        if why is not None:
            return why
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
                return LeftOut("exercise", exercise.id, "unanswered", asks=(self.model.pain,))
            if pain > timed.most_pain:
                return LeftOut("exercise", exercise.id, "too_sore", number=timed.most_pain)
        first = timed.dose.from_day
        if first is not None and (self.day is None or self.day < first):
            return LeftOut("exercise", exercise.id, "too_early", number=first)
        return None

    def medicine(self, treatment: Treatment) -> MedicineAdvice | LeftOut | None:
        """Return the first medicine of a treatment that this person may take by themselves, or why there is none.

        A medicine with an open question, or one to ask somebody about first, is none. A treatment without medicines
        gives None.
        """
        if treatment.medicines and treatment.id not in self.checked:
            self.checked[treatment.id] = self.check(treatment)
        return self.checked.get(treatment.id)

    def check(self, treatment: Treatment) -> MedicineAdvice | LeftOut:
        """Do what `medicine` does, for the first time."""
        checked = []
        for name in treatment.medicines:
            advice = check_medicine(self.knowledge, name, self.answers)
            if advice.verdict == "may_take" and not advice.by_prescription:
                return advice
            checked.append(advice)
        told = tuple(checked)
        unsettled = [advice for advice in told if advice.verdict == "cannot_check" and advice.open]
        if unsettled:
            asks = tuple(dict.fromkeys(finding for advice in unsettled for finding in advice.open))
            return LeftOut("treatment", treatment.id, "unanswered", asks=asks, advice=told)
        to_ask = any(advice.verdict in ("ask_first", "may_take") for advice in told)
        return LeftOut("treatment", treatment.id, "ask_first" if to_ask else "no_medicine", advice=told)


def strictest(doses: Sequence[MedicineDose]) -> MedicineDose | None:
    """Return how much keeps within every one of several labels; None where there is none.

    Packs of one medicine differ, and nobody here knows which pack somebody has.
    """
    if not doses:
        return None

    def least(values: Iterable[Any]) -> Any:
        return min((value for value in values if value is not None), default=None)

    first = doses[0]
    high = least(dose.high for dose in doses)
    return MedicineDose(
        id="strictest",
        by=first.by,
        when=None,
        low=least((*(dose.low for dose in doses), high)),
        high=high,
        unit=next((dose.unit for dose in doses if dose.most is not None), first.unit),
        hours_between=max((dose.hours_between for dose in doses if dose.hours_between is not None), default=None),
        most_doses=least(dose.most_doses for dose in doses),
        most=least(dose.most for dose in doses),
        most_days=least(dose.most_days for dose in doses),
        basis="derived" if len(doses) > 1 else first.basis,
        sources=tuple(dict.fromkeys(source for dose in doses for source in dose.sources)),
        rows=tuple(sorted({row for dose in doses for row in dose.rows})),
        from_memory=any(dose.from_memory for dose in doses),
    )


def exclusive(medicine: Medicine | None) -> frozenset[str]:
    """Return what no second medicine of one phase may share: its groups and its ingredients."""
    return frozenset() if medicine is None else frozenset({*medicine.groups, *medicine.ingredients})


def _asked(advice: MedicineAdvice | None) -> Medicine | None:
    return advice.medicine if advice is not None else None


def _listed(tracks: list[Track]) -> str:
    return ", ".join(one.id for one in tracks) or "none"
