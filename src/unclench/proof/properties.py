"""What is proved, and how each promise is put to a solver. One function for each property; `PROPERTIES` lists them.

A property over records that do not exist yet is listed with the kinds of record it waits for. As soon as the pack
holds one of them, it counts as failed until it has goals here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from unclench.knowledge import Disposition, Finding, Rule
from unclench.logic.solver import Term
from unclench.proof import plans
from unclench.proof.people import LEVELS, Person, Stated, World

__all__ = ["PROPERTIES", "Goal", "Kind", "Property", "decides_alone", "in_some_rule", "refines"]

Kind: TypeAlias = Literal["always", "somewhere", "report", "boundary", "checked"]
"""What a goal claims.

always: the claim holds wherever the premise does. somewhere: it holds for at least one person; that person is the
witness. report: as somewhere, but where nobody is found that is told and is no failure. boundary: a premise of a
proof is needed; somebody is found for whom the claim fails without it. checked: no solver; see `proof/checks.py`.
"""


@dataclass(frozen=True, slots=True)
class Goal:
    """One question to a solver.

    Attributes:
        name: what it is about: a rule, a finding, or a few words.
        premise: who is meant.
        claim: what is claimed of them; made when it is needed.
        people: those whose answers a counter-example or witness shows, in order.
        starts: each must be possible under the premise; otherwise the proof is empty.
        lemma: something from which the claim follows, easier to decide; where it holds, so does the claim.
    """

    name: str
    premise: tuple[Term, ...]
    claim: Callable[[], Term]
    people: tuple[Person, ...]
    starts: tuple[Term, ...] = ()
    lemma: Callable[[], Term] | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """A promise.

    Attributes:
        id: P1 to P10 as in the design; letters for those beyond it.
        says: the promise in words.
        kind: see `Kind`.
        goals: the questions, for anybody (the first person) and anybody else (the second).
        needs: kinds of record of the pack without which there is nothing to prove.
    """

    id: str
    says: str
    kind: Kind
    goals: Callable[[World, Person, Person], Iterator[Goal]] | None = None
    needs: tuple[str, ...] = ()


def refines(world: World, before: Person, after: Person) -> tuple[Term, ...]:
    """Return that `after` is `before` with more questions answered, or "not sure" replaced by an answer.

    Only questions that are open now get an answer. One that cannot hold or does not come up may be answered "no"
    besides, which changes nothing.

    Args:
        world: the pack.
        before: the person now.
        after: the same person later.
    """
    a, parts = world.algebra, []
    for finding in world.knowledge.findings.values():
        old, new = before.stated[finding.id], after.stated[finding.id]
        kept = a.every((new.definite, _same_value(world, finding, old, new)))
        parts.append(a.implies(old.definite, kept))
        parts.append(a.implies(old.unsure, a.some((new.unsure, new.definite))))
        same = a.every((a.same(old.definite, new.definite), a.same(old.unsure, new.unsure)))
        denied = a.every((new.definite, a.opposite(new.value))) if finding.kind == "boolean" else False
        parts.append(a.some((old.definite, before.is_open(finding.id), same, denied)))
    return (*parts, after.accepted())


def _same_value(world: World, finding: Finding, old: Stated, new: Stated) -> Term:
    match finding.kind:
        case "boolean":
            return world.algebra.same(old.value, new.value)
        case "number":
            return old.value == new.value
        case _:
            return world.algebra.every(world.algebra.same(old.value[c], new.value[c]) for c in finding.choices)


def _one_disposition(world: World, one: Person, _: Person) -> Iterator[Goal]:
    a = world.algebra
    yield Goal("exactly one", (), lambda: a.exactly_one(one.disposition.exactly(d) for d in LEVELS), (one,))
    inside = a.every((one.disposition.not_below(one.at_least), one.at_most.not_below(one.disposition)))
    yield Goal("inside its interval", (), lambda: inside, (one,))
    both = [a.every(one.says(rule)) for rule in world.knowledge.rules]
    yield Goal("no rule both true and false", (), lambda: a.opposite(a.some(both)), (one,))


def _presence_only_raises(world: World, one: Person, _: Person) -> Iterator[Goal]:
    a = world.algebra
    for finding in world.knowledge.findings.values():
        stated = one.stated[finding.id]
        if finding.red_flag:
            changes = [(finding.id, Stated(True, False, True))]
            before = a.opposite(a.every((stated.definite, stated.value)))
            denied = a.every((stated.definite, a.opposite(stated.value)))
            unasked = a.opposite(a.some((stated.definite, stated.unsure)))
            starts: tuple[Term, ...] = (denied, unasked, stated.unsure)
        elif finding.kind == "regions":
            marks = ({**stated.value, region: True} for region in finding.choices)
            changes = [
                (f"{finding.id}: {region}", Stated(True, False, marked))
                for region, marked in zip(finding.choices, marks, strict=True)
            ]
            before, starts = stated.definite, ()
        else:
            continue
        for name, new in changes:
            other = one.but(finding.id, new)
            premise = (before, other.accepted(other.changed))
            claim, lemma = partial(_not_lower, one, other), partial(_rules_rise, one, other)
            yield Goal(name, premise, claim, (one, other), starts, lemma)


def _not_lower(before: Person, after: Person) -> Term:
    return before.algebra.every(
        (after.disposition.not_below(before.disposition), after.at_least.not_below(before.at_least))
    )


def _rules_rise(before: Person, after: Person) -> Term:
    """Every rule that fires goes on to; one that holds the floor still does, or fires. The lattice does the rest."""
    a, parts = before.algebra, []
    for rule in before.world.knowledge.rules:
        if after.changed.isdisjoint(before.world.mentions(rule.when)):
            continue
        parts.append(a.implies(before.fires(rule), after.fires(rule)))
        if rule.disposition >= before.world.knowledge.model.open_emergency_floor:
            still = a.some((after.keeps_from_home(rule), after.fires(rule)))
            parts.append(a.implies(before.keeps_from_home(rule), still))
    return a.every(parts)


def _more_answers_narrow(world: World, one: Person, other: Person) -> Iterator[Goal]:
    premise = refines(world, one, other)
    news = world.algebra.some(
        world.algebra.every((one.unanswered(f), other.stated[f].definite)) for f in world.knowledge.findings
    )
    both = (one, other)
    yield Goal("the upper end only falls", premise, lambda: one.at_most.not_below(other.at_most), both, (news,))
    yield Goal("the lower end only rises", premise, lambda: other.at_least.not_below(one.at_least), both, (news,))


def _open_danger_is_spoken_through(world: World, one: Person, _: Person) -> Iterator[Goal]:
    a, knowledge = world.algebra, world.knowledge

    def today() -> Term:
        return one.disposition.at_or_above[Disposition.SAME_DAY]

    for rule in knowledge.rules:
        if rule.disposition is Disposition.EMERGENCY:
            yield Goal(rule.id, (one.open(rule),), today, (one,))
        elif rule.disposition is Disposition.SAME_DAY and knowledge.dangers_of[rule.id]:
            unanswered = a.some(one.is_open(finding) for finding in knowledge.dangers_of[rule.id])
            yield Goal(rule.id, (one.open(rule), unanswered), today, (one,))


def _screens_close_emergencies(world: World, one: Person, _: Person) -> Iterator[Goal]:
    a, knowledge = world.algebra, world.knowledge
    premise = [a.opposite(world.examination)]
    for screen in knowledge.screens:
        if screen.stage == "danger":
            for finding in screen.findings:
                stated = one.stated[finding]
                denied = a.every((stated.definite, a.opposite(stated.value)))
                premise.append(a.some((denied, one.inapplicable(finding))))
    for known in knowledge.findings.values():
        if known.supplied_by != "person":
            stated = one.stated[known.id]
            premise.append(a.opposite(a.some((stated.definite, stated.unsure))))
    for rule in _emergencies(world):
        yield Goal(rule.id, tuple(premise), partial(_is_false, one, rule), (one,))


def _is_false(one: Person, rule: Rule) -> Term:
    return one.says(rule).is_false


def _reachable(world: World, one: Person, _: Person) -> Iterator[Goal]:
    for level in LEVELS:
        yield Goal(f"disposition {level.id}", (one.settled,), partial(one.disposition.exactly, level), (one,))
    for rule in world.knowledge.rules:
        yield Goal(rule.id, (), partial(one.fires, rule), (one,))


def _settled_stays(world: World, one: Person, other: Person) -> Iterator[Goal]:
    a = world.algebra
    premise = (one.settled, *refines(world, one, other))
    news = a.some(a.every((one.unanswered(f), other.stated[f].definite)) for f in world.knowledge.findings)
    yield Goal("urgency", premise, lambda: one.disposition.equals(other.disposition), (one, other), (news,))
    same_place = a.every(a.same(one.see[place], other.see[place]) for place in one.see)
    calm = (*premise, a.opposite(one.elsewhere))
    yield Goal("whom to see, when no other place is open", calm, lambda: same_place, (one, other), (news,))


def _one_place(world: World, one: Person, _: Person) -> Iterator[Goal]:
    a = world.algebra
    yield Goal("exactly one place", (), lambda: a.exactly_one(one.see.values()), (one,))
    calm = a.some((one.disposition.exactly(Disposition.SELF_CARE), a.every((
        one.disposition.exactly(Disposition.SAME_DAY), one.danger_is_open))))  # fmt: skip
    yield Goal("without a rule: at home, or to talk an open danger through", (one.by_default,), lambda: calm, (one,))


def _place_fits_urgency(world: World, one: Person, _: Person) -> Iterator[Goal]:
    a = world.algebra
    emergency_places = dict.fromkeys(rule.see for rule in _emergencies(world))
    sent = a.some(one.see[place] for place in emergency_places)
    is_emergency = one.disposition.exactly(Disposition.EMERGENCY)
    yield Goal("a place for emergencies, and no emergency", (sent,), lambda: is_emergency, (one,))
    yield Goal("an emergency, and no place for it", (is_emergency,), lambda: sent, (one,))
    today = one.disposition.exactly(Disposition.SAME_DAY)
    yield Goal("the service for today, on another day", (one.see["urgent_care"],), lambda: today, (one,))
    calm = one.disposition.exactly(Disposition.SELF_CARE)
    yield Goal("nobody to see, and yet somebody is needed", (one.see["self"],), lambda: calm, (one,))


def _decides_somewhere(world: World, one: Person, _: Person) -> Iterator[Goal]:
    for rule in world.knowledge.rules:
        yield Goal(rule.id, (), partial(decides_alone, world, one, rule), (one,))


def decides_alone(world: World, one: Person, rule: Rule) -> Term:
    """Return that without this rule the urgency or the place would be another one."""
    a, places = world.algebra, world.knowledge.places
    if rule.disposition is Disposition.SELF_CARE and rule.see == "self":
        return False  # at home is where one is sent without any rule; this one only says why
    rivals = [
        one.decides[other.id]
        for other in world.knowledge.rules
        if other is not rule
        and other.disposition == rule.disposition
        and places.index(other.see) <= places.index(rule.see)
    ]
    floor_alone = False if rule.disposition is Disposition.EMERGENCY else one.danger_is_open
    return a.every((one.decides[rule.id], a.opposite(a.some(rivals)), a.opposite(floor_alone)))


def _can_matter(world: World, one: Person, other: Person) -> Iterator[Goal]:
    for finding in world.knowledge.findings.values():
        if finding.supplied_by != "person":
            continue
        if not in_some_rule(world, finding.id):
            yield Goal(finding.id, (), lambda: False, (one,))
            continue
        if finding.kind == "boolean":
            answers = [Stated(True, False, value) for value in (True, False)]
        else:
            answers = [Stated(True, False, who.stated[finding.id].value) for who in (one, other)]
        first, second = (one.but(finding.id, answer) for answer in answers)
        premise = (first.accepted(first.changed), second.accepted(second.changed))
        yield Goal(finding.id, premise, partial(_advice_differs, first, second), (first, second))


def _advice_differs(first: Person, second: Person) -> Term:
    a = first.algebra
    same_place = a.every(a.same(first.see[place], second.see[place]) for place in first.see)
    return a.opposite(a.every((first.disposition.equals(second.disposition), same_place)))


def in_some_rule(world: World, finding: str) -> bool:
    """Tell whether a rule looks at `finding`, or at something that rests on it."""
    reach = world.reach(finding)
    return any(not reach.isdisjoint(world.mentions(rule.when)) for rule in world.knowledge.rules)


def _volunteered(world: World, one: Person, _: Person) -> Iterator[Goal]:
    """Somebody is settled, and then says yes to what was out of the way: ADR 0002 and 0003 say why that may raise."""
    a, knowledge = world.algebra, world.knowledge
    emergency_signs = {finding for rule in _emergencies(world) for finding in world.mentions(rule.when)}
    signs = [f for f in knowledge.findings.values() if f.id in emergency_signs and f.kind == "boolean"]
    follows = next((f.id for f in signs if f.follows_from is not None), None)
    examined = next((f.id for f in signs if f.supplied_by != "person"), None)
    for name, finding in (("a yes to a question taken as no", follows), ("an examination told later", examined)):
        if finding is not None:
            later = one.but(finding, Stated(True, False, True))
            silent = a.opposite(a.some((one.stated[finding].definite, one.stated[finding].unsure)))
            premise = (one.settled, silent, a.opposite(world.examination), later.accepted(later.changed))
            yield Goal(f"{name}: {finding}", premise, partial(_upper_end_stays, one, later), (one, later))


def _upper_end_stays(before: Person, after: Person) -> Term:
    return before.at_most.not_below(after.at_most)


def _emergencies(world: World) -> list[Rule]:
    return [rule for rule in world.knowledge.rules if rule.disposition is Disposition.EMERGENCY]


_PLAN = ("treatments", "medicines", "exercises")


def _of_plans(make: Callable[[World, Person], Iterator[plans.PlanGoal]]) -> Callable[..., Iterator[Goal]]:
    def goals(world: World, one: Person, _: Person) -> Iterator[Goal]:
        for name, premise, claim, starts in make(world, one):
            yield Goal(name, premise, partial(_itself, claim), (one,), starts)

    return goals


def _itself(term: Term) -> Term:
    return term


PROPERTIES: tuple[Property, ...] = (
    Property("P1", "every answer set gets exactly one disposition, inside its interval", "always", _one_disposition),
    Property("P2", "making a danger sign present never lowers the urgency", "always", _presence_only_raises),
    Property("P3", "answering more only narrows the interval; what was certain is never withdrawn", "always",
             _more_answers_narrow),
    Property("P4", "while a question about danger is open or unsure, the advice is at least same day", "always",
             _open_danger_is_spoken_through),
    Property("P5", "no plan holds what is contraindicated or may be", "always", _of_plans(plans.safe_items), _PLAN),
    Property("P6", "no rule is dead, and each disposition is reached", "somewhere", _reachable),
    Property("P7", "no plan exceeds a daily maximum or doubles a class", "always", _of_plans(plans.doubles), _PLAN),
    Property("P8", "no two pieces of advice in a phase contradict", "always", _of_plans(plans.contradictions), _PLAN),
    Property("P9", "settled means settled: no further answer changes the advice", "always", _settled_stays),
    Property("P10", "the solver reads each rule as the triage does", "checked"),
    Property("screens", "none of these on the danger screens closes every emergency rule", "always",
             _screens_close_emergencies),
    Property("see", "the rules that fire name exactly one place to go", "always", _one_place),
    Property("fits", "whom to see fits how soon", "always", _place_fits_urgency),
    Property("plans", "the planner reads each limit as the solver does", "checked", needs=_PLAN),
    Property("ends", "the interview ends for every respondent", "checked"),
    Property("rivals", "the two rules can fire together and name different places (precedence decides)", "report"),
    Property("decides", "the rule can decide the advice (if not, it is shadowed)", "report", _decides_somewhere),
    Property("matters", "the question can change the advice (if not, it informs only)", "report", _can_matter),
    Property("premise", "P3 and P9 need their premise: only open questions are answered", "boundary", _volunteered),
)  # fmt: skip
"""Every property, in the order in which it is proved and told."""
