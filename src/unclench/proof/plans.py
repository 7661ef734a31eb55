"""What is proved about plans: that nothing contraindicated is in one, no class is doubled, and no advice contradicts.

What the planner goes by is read from its own catalogue, and what must hold from the records; so a limit that it lost on
the way is found. Whether it reads each limit as the solver does is shown by people whom the solver makes up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import combinations
from typing import NamedTuple

from unclench.knowledge import Disposition, Knowledge
from unclench.knowledge.medicine_records import Medicine, MedicineDose, MedicineRule
from unclench.knowledge.plan_records import Phase, Track, Treatment
from unclench.knowledge.records import Limit
from unclench.logic import Answer, Node
from unclench.logic.solver import Term
from unclench.proof.people import Person, World
from unclench.reasoning.case import Case
from unclench.reasoning.fitting import Candidate, catalogue, left_out
from unclench.reasoning.medicines import rules_of
from unclench.reasoning.plan import exclusive, strictest
from unclench.reasoning.triage import effective_answers

__all__ = ["PlanGoal", "Reading", "contradictions", "doubles", "readings", "safe_items"]

_FORBIDS = ("avoid", "caution")


class PlanGoal(NamedTuple):
    """A goal about plans: its name, who is meant, and what is claimed of them; the rest as in `properties.Goal`."""

    name: str
    premise: tuple[Term, ...]
    claim: Term
    starts: tuple[Term, ...] = ()


class Reading(NamedTuple):
    """What the planner made of the people that the solver found: how many they were, and what was wrong."""

    people: int
    wrong: tuple[str, ...]


def safe_items(world: World, one: Person) -> Iterator[PlanGoal]:
    """Yield, for each treatment, exercise and medicine: where the planner lets it in, each of its limits is false."""
    knowledge, a = world.knowledge, world.algebra
    known = catalogue(knowledge)
    for treatment, candidate in known.treatments.values():
        if any(treatment.tracks.values()):
            premise = (_let_in(one, candidate), _by_some_track(knowledge, one, treatment))
            yield _safe(one, f"treatment {treatment.id}", premise, treatment.contraindications)
    for exercise, candidate in known.exercises.values():
        yield _safe(one, f"exercise {exercise.id}", (_let_in(one, candidate),), exercise.contraindications)
    for name in sorted({name for treatment in knowledge.treatments.values() for name in treatment.medicines}):
        medicine = knowledge.medicines[name]
        forbidding = [rule.when for rule in rules_of(knowledge, medicine) if rule.action in _FORBIDS]
        if any(when is None for when in forbidding):
            continue  # for nobody without asking somebody first
        premise = tuple(one.told(when).is_false for when in forbidding if when is not None)
        spoken = [rule.when for rule in _all_rules(knowledge, medicine) if rule.action == "avoid"]
        claim = a.every(False if when is None else one.told(when).is_false for when in spoken)
        yield PlanGoal(f"medicine {name}", premise, claim, (True,))
    planned = knowledge.plan_model.dispositions
    yield PlanGoal(
        "nobody who needs help now or today",
        (a.some(one.disposition.exactly(level) for level in planned),),
        a.opposite(one.disposition.at_or_above[min(level for level in Disposition if level > max(planned))]),
        (True,),
    )


def _safe(one: Person, name: str, premise: tuple[Term, ...], limits: Iterable[Limit]) -> PlanGoal:
    claim = one.algebra.every(one.told(limit.when).is_false for limit in limits)
    return PlanGoal(name, premise, claim, (True,))


def _let_in(one: Person, candidate: Candidate) -> Term:
    """Return that the planner lets an item in, as `fitting.left_out` decides it."""
    a = one.algebra
    return a.every((
        *(one.told(limit.when).is_false for limit, _ in candidate.limits),
        True if candidate.indication is None else one.told(candidate.indication[0]).is_true,
        True if candidate.unwanted is None else a.opposite(one.told(candidate.unwanted[0]).is_true),
    ))  # fmt: skip


def _by_some_track(knowledge: Knowledge, one: Person, treatment: Treatment) -> Term:
    """Return that somebody gets a kind of plan that has the treatment."""
    model = knowledge.plan_model
    tracks = [knowledge.tracks[name] for name, phases in treatment.tracks.items() if phases]
    return one.algebra.every((
        one.algebra.some(one.told(track.when).is_true for track in tracks if not track.routing_only),
        one.told(model.adults_only).is_true,
        one.algebra.some(one.disposition.exactly(level) for level in model.dispositions),
    ))  # fmt: skip


def _all_rules(knowledge: Knowledge, medicine: Medicine) -> Iterator[MedicineRule]:
    """Yield the rules of a medicine, of what is in it and of every class of those: straight from the records."""
    for name in {medicine.id, *medicine.ingredients}:
        part = knowledge.medicines[name]
        yield from part.rules
        for group in part.groups:
            yield from knowledge.medicine_groups[group].rules


def contradictions(world: World, one: Person) -> Iterator[PlanGoal]:
    """Yield, for each two treatments of a phase of which one names the other as clashing: never both."""
    for track, phase, first, second in _pairs(world.knowledge):
        if second.id in first.conflicts or first.id in second.conflicts:
            sees = second.id in first.conflicts, first.id in second.conflicts
            yield _never_both(world, one, f"{track.id}, {phase.id}: {first.id} and {second.id}", first, second, sees)


def doubles(world: World, one: Person) -> Iterator[PlanGoal]:
    """Yield, for each two treatments of a phase with medicines of one class: never both; and doses within labels."""
    knowledge = world.knowledge
    for track, phase, first, second in _pairs(knowledge):
        for its, other in ((i, o) for i in first.medicines for o in second.medicines):
            shared = _kin(knowledge, its) & _kin(knowledge, other)
            if shared:
                seen = bool(exclusive(knowledge.medicines[its]) & exclusive(knowledge.medicines[other]))
                name = f"{track.id}, {phase.id}: {its} and {other} ({', '.join(sorted(shared))})"
                yield _never_both(world, one, name, first, second, (seen, seen))
    for name in sorted({name for treatment in knowledge.treatments.values() for name in treatment.medicines}):
        labels = [dose for dose in knowledge.medicines[name].doses if dose.by == "self_care"]
        for size in range(1, len(labels) + 1):
            for fitting in combinations(labels, size):
                shown = strictest(fitting)
                inside = shown is not None and all(_is_within(shown, label) for label in fitting)
                told = " and ".join(label.id for label in fitting)
                yield PlanGoal(f"{name}: what is shown keeps within {told}", (), inside)


def _never_both(
    world: World, one: Person, name: str, first: Treatment, second: Treatment, sees: tuple[bool, bool]
) -> PlanGoal:
    """Claim that whichever of the two is chosen first keeps the other out; the order is left open."""
    a, known = world.algebra, catalogue(world.knowledge)
    fits = [_let_in(one, known.treatments[treatment.id][1]) for treatment in (first, second)]
    is_first = world.session.module.Bool(f"first: {name}")
    # In only if it fits, and does not come after the other while it is kept out by it.
    both = a.every((
        *fits,
        a.some((is_first, not sees[0])),
        a.some((a.opposite(is_first), not sees[1])),
    ))  # fmt: skip
    return PlanGoal(name, (), a.opposite(both))


def _pairs(knowledge: Knowledge) -> Iterator[tuple[Track, Phase, Treatment, Treatment]]:
    """Yield every two treatments that one phase of a kind of plan may hold."""
    for track in knowledge.tracks.values():
        for phase in knowledge.phases.values():
            offered = [one for one in knowledge.treatments.values() if phase.id in one.tracks.get(track.id, {})]
            for first, second in combinations(offered, 2):
                yield track, phase, first, second


def _kin(knowledge: Knowledge, name: str) -> frozenset[str]:
    """Return what a medicine shares with others of its kind: ingredients, and classes of which one is enough."""
    medicine = knowledge.medicines[name]
    classes = {g for i in medicine.ingredients for g in knowledge.medicines[i].groups} | set(medicine.groups)
    return frozenset({*medicine.ingredients, *(g for g in classes if knowledge.medicine_groups[g].one_only)})


def _is_within(shown: MedicineDose, label: MedicineDose) -> bool:
    """Tell whether keeping to `shown` keeps to `label`."""
    least = [(shown.high, label.high), (shown.most, label.most), (shown.most_doses, label.most_doses),
             (shown.most_days, label.most_days)]  # fmt: skip
    if any(limit is not None and (kept is None or kept > limit) for kept, limit in least):
        return False
    return label.hours_between is None or (
        shown.hours_between is not None and shown.hours_between >= label.hours_between
    )


def readings(world: World, one: Person) -> Reading:
    """Have the planner judge, for each limit of each item, people of whom it alone is true, or alone is unknown.

    And one person of whom nothing speaks against the item. A person is anybody the solver finds.
    """
    known = catalogue(world.knowledge)
    people, wrong = 0, []
    for _, candidate in (*known.treatments.values(), *known.exercises.values()):
        others: list[Term] = []
        if candidate.indication is not None:
            others.append(one.told(candidate.indication[0]).is_true)
        if candidate.unwanted is not None:
            others.append(one.told(candidate.unwanted[0]).is_false)
        clear = {limit.id: one.told(limit.when).is_false for limit, _ in candidate.limits}
        asked: list[tuple[str | None, list[Term]]] = [(None, list(clear.values()))]
        for limit, _ in candidate.limits:
            rest = [term for name, term in clear.items() if name != limit.id]
            said = one.told(limit.when)
            unknown = world.algebra.opposite(world.algebra.some(said))
            asked += [("contraindicated", [said.is_true, *rest]), ("unanswered", [unknown, *rest])]
        for expected, terms in asked:
            nodes = _nodes(candidate)
            found = world.session.find((*others, *terms), partial(_answers, world, one, nodes))
            if found is None:
                continue
            people += 1
            got = left_out(candidate, effective_answers(Case(None, found), world.knowledge))
            if (got.reason if got else None) != expected:
                wrong.append(f"{candidate.kind} {candidate.id} should be {expected or 'let in'} for {found}")
    return Reading(people, tuple(wrong))


def _nodes(candidate: Candidate) -> list[Node]:
    nodes = [limit.when for limit, _ in candidate.limits]
    return nodes + [pair[0] for pair in (candidate.indication, candidate.unwanted) if pair is not None]


def _answers(world: World, one: Person, nodes: Iterable[Node]) -> Mapping[str, Answer]:
    concerned = sorted(frozenset().union(*(world.rests_on[f] for node in nodes for f in world.mentions(node))))
    return one.answers_in_model(concerned)
