"""One solver's work: every goal of every property, with witnesses and smallest counter-examples."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Literal, TypeAlias

from unclench.knowledge import Disposition, Finding, Knowledge, Rule
from unclench.logic import Answer, Truth
from unclench.logic.solver import Term
from unclench.proof import cases, checks, plans
from unclench.proof.people import LEVELS, Person, World
from unclench.proof.properties import Goal, Property, decides_alone, in_some_rule
from unclench.proof.solvers import Session
from unclench.reasoning.case import Case
from unclench.reasoning.triage import answers_in_reach, effective_answers, triage

__all__ = ["GoalResult", "Prover", "Result"]

Outcome: TypeAlias = Literal["holds", "fails", "empty"]
People: TypeAlias = tuple[dict[str, Answer], ...]

CROWD, RESPONDENTS, SEED = 1000, 20, 20261121
_MOST_MINIMISED = 2  # counter-examples of one property that are made small; the rest are only counted


@dataclass(frozen=True, slots=True)
class GoalResult:
    """What became of one goal.

    Attributes:
        name: the goal.
        outcome: holds, fails, or empty: nobody is meant by the premise, so nothing was proved.
        people: answers that show it: a witness, or a counter-example; in order of time where there are two.
        examination: whether they are in a clinician's hands.
        note: anything to add, in words.
    """

    name: str
    outcome: Outcome
    people: People = ()
    examination: bool = False
    note: str = ""


@dataclass(slots=True)
class Result:
    """What became of one property with one solver; processor `seconds` of all work, `solving` of the solver alone."""

    property: str
    goals: list[GoalResult] = field(default_factory=list)
    seconds: float = 0.0
    solving: float = 0.0
    queries: int = 0


class Prover:
    """Everything about one pack, encoded once for one solver.

    Args:
        knowledge: the pack.
        solver: "z3" or "cvc5".
    """

    def __init__(self, knowledge: Knowledge, solver: str) -> None:
        self.knowledge = knowledge
        self.session = Session(solver)
        self.world = World(knowledge, self.session)
        self.one = Person(self.world, self.world.answers("one"))
        self.other = Person(self.world, self.world.answers("other"))
        self.session.add(*self.one.domains(), self.one.accepted(), *self.other.domains())
        self.firing: dict[str, GoalResult] = {}  # rule id to somebody for whom it fires
        self.deciding: dict[str, GoalResult] = {}  # rule id to somebody for whom it alone decides
        self.replayed = 0
        self.differing: list[str] = []

    def prove(self, promise: Property) -> Result:
        """Decide every goal of a property."""
        begun, solving, queries = time.process_time(), self.session.seconds, self.session.queries
        result = Result(promise.id, list(self._results(promise)))
        result.seconds = time.process_time() - begun
        result.solving, result.queries = self.session.seconds - solving, self.session.queries - queries
        return result

    def _results(self, promise: Property) -> Iterator[GoalResult]:
        if promise.id == "P10":
            yield self._meaning()
        elif promise.id == "plans":
            people, wrong = plans.readings(self.world, self.one)
            note = f"{people} people, each with one thing for or against one item of a plan"
            yield GoalResult("limits", "fails" if wrong else "holds", note="; ".join(wrong[:5]) or note)
        elif promise.id == "ends":
            yield self._endings()
        elif promise.id == "rivals":
            yield from self._rivals()
        elif promise.goals is not None:
            failed = 0
            for goal in promise.goals(self.world, self.one, self.other):
                if promise.kind == "always":
                    result = self.always(goal, minimise=failed < _MOST_MINIMISED)
                    failed += result.outcome == "fails"
                elif promise.kind == "boundary":
                    result = self.boundary(goal)
                else:
                    result = (promise.id == "matters" and self._seen_to_matter(goal)) or self.somewhere(goal)
                if promise.id == "P6" and result.outcome == "holds":
                    result = self.firing[goal.name] = self._shortened(result)
                if promise.id == "decides" and result.outcome == "holds":
                    self.deciding[goal.name] = result
                yield result

    # the kinds of goals

    def always(self, goal: Goal, *, minimise: bool = True) -> GoalResult:
        """Decide whether the claim holds wherever the premise does, and whether the premise means anybody."""
        with self.session.assuming(*goal.premise):
            if not all(self.session.is_possible([start]) for start in goal.starts or (True,)):
                return GoalResult(goal.name, "empty")
            if goal.lemma is not None and not self.session.is_possible([self.world.algebra.opposite(goal.lemma())]):
                return GoalResult(goal.name, "holds")
            against = [self.world.algebra.opposite(goal.claim())]
            found = self.session.find(against, lambda: self._read(goal))
            if found is None:
                return GoalResult(goal.name, "holds")
            return self._result(goal, "fails", self._smallest(goal, against, found) if minimise else found)

    def somewhere(self, goal: Goal) -> GoalResult:
        """Look for a person of whom premise and claim hold."""
        found = self.session.find((*goal.premise, goal.claim()), lambda: self._read(goal))
        return GoalResult(goal.name, "fails") if found is None else self._result(goal, "holds", found)

    def boundary(self, goal: Goal) -> GoalResult:
        """Look for the smallest counter-example to a claim that is known to need more of a premise."""
        with self.session.assuming(*goal.premise):
            against = [self.world.algebra.opposite(goal.claim())]
            found = self.session.find(against, lambda: self._read(goal))
            if found is None:
                return GoalResult(goal.name, "fails", note="no longer needed: strengthen the proof")
            return self._result(goal, "holds", self._smallest(goal, against, found))

    def _result(self, goal: Goal, outcome: Outcome, found: tuple[People, bool]) -> GoalResult:
        return GoalResult(goal.name, outcome, *found)

    def _read(self, goal: Goal) -> tuple[People, bool]:
        """Read the people out of the model, and see that the triage says of each what the formulas say."""
        examination = self.session.holds(self.world.examination)
        made = []
        for person in goal.people:
            answers = person.answers_in_model()
            made.append(answers)
            if "disposition" in vars(person) and "at_least" in vars(person):  # else no formula of it was made
                said = [self._level(person.disposition.at_or_above), self._level(person.at_least.at_or_above)]
                now = triage(self.knowledge, Case(None, answers), examination=examination)
                self.replayed += 1
                if said != [now.disposition, now.at_least]:
                    self.differing.append(f"{goal.name}: {answers}")
        return tuple(made), examination

    def _level(self, at_or_above: Mapping[Disposition, Term]) -> int:
        return max(level for level in LEVELS if self.session.holds(at_or_above[level]))

    def _smallest(self, goal: Goal, against: list[Term], found: tuple[People, bool]) -> tuple[People, bool]:
        """Leave out answers, first many at a time, as long as a counter-example is left."""
        silent: list[Term] = [
            self.world.algebra.opposite(term)
            for finding in self.knowledge.findings
            if not any(finding in answers for answers in found[0])
            for term in self._voice(goal, finding)
        ]
        kept = self._answered(found)
        size = max(1, len(kept) // 2)
        while size:
            start = 0
            while start < len(kept):
                block = kept[start : start + size]
                trial = [self.world.algebra.opposite(term) for f in block for term in self._voice(goal, f)]
                fewer = self.session.find((*against, *silent, *trial), lambda: self._read(goal))
                if fewer is None:
                    start += size
                else:
                    silent += trial
                    found, kept = fewer, [f for f in kept if f not in block]
            size //= 2
        return found

    def _answered(self, found: tuple[People, bool]) -> list[str]:
        return [finding for finding in self.knowledge.findings if any(finding in answers for answers in found[0])]

    def _voice(self, goal: Goal, finding: str) -> Iterator[Term]:
        for person in goal.people:
            stated = person.stated[finding]
            yield from (stated.definite, stated.unsure)

    def _shortened(self, result: GoalResult) -> GoalResult:
        """Leave out what a witness of P6 does not need; the triage itself judges."""
        rules = {rule.id: rule for rule in self.knowledge.rules}

        def seen(answers: Mapping[str, Answer]) -> object:
            case = Case(None, answers)
            if result.name in rules:
                return self.knowledge.evaluate[rules[result.name].when](effective_answers(case, self.knowledge))
            now = triage(self.knowledge, case, examination=result.examination)
            return now.disposition, now.settled

        shown = seen(result.people[0])
        short = cases.shortened(self.knowledge, result.people[0], lambda answers: seen(answers) == shown)
        return replace(result, people=(short,))

    # what is seen without a query, because somebody found before shows it

    def _seen_to_matter(self, goal: Goal) -> GoalResult | None:
        """Two cases that differ in one answer and get different advice, both replayed through the triage."""
        finding = self.knowledge.findings[goal.name]
        if not in_some_rule(self.world, finding.id):
            return GoalResult(finding.id, "fails", note="in no rule")
        reach = self.world.reach(finding.id)
        rules = [r for r in self.knowledge.rules if not reach.isdisjoint(self.world.mentions(r.when))]
        for rule in rules:
            shown = self.deciding.get(rule.id)
            if shown is not None:
                found = self._changed(goal, shown.people[0], examination=shown.examination)
                if found is not None:
                    return found
        for rule in rules:
            first, second = goal.people
            hinges = (self.alone[rule.id], first.fires(rule), self.world.algebra.opposite(second.fires(rule)))
            shown = self.somewhere(replace(goal, claim=partial(self.world.algebra.every, hinges)))
            found = self._changed(goal, *shown.people, examination=shown.examination) if shown.people else None
            if found is not None:
                return found
        return None

    def _changed(
        self, goal: Goal, answers: Mapping[str, Answer], *others: Mapping[str, Answer], examination: bool
    ) -> GoalResult | None:
        finding = self.knowledge.findings[goal.name]
        now = answers.get(finding.id)
        more = [other[finding.id] for other in others if finding.id in other]
        values = [*([] if now is None else [now]), *more, *_values(finding, now)]
        found = cases.with_change(self.knowledge, finding.id, answers, values, examination=examination)
        return GoalResult(finding.id, "holds", tuple(found), examination) if found else None

    @cached_property
    def alone(self) -> dict[str, Term]:
        """Rule id to: it alone decides the advice of the first person."""
        return {rule.id: decides_alone(self.world, self.one, rule) for rule in self.knowledge.rules}

    def _rivals(self) -> Iterator[GoalResult]:
        """Pairs of rules that fire together at one urgency and name different places; precedence decides."""
        rules = self.knowledge.rules
        for at, first in enumerate(rules):
            for second in rules[at + 1 :]:
                if first.disposition == second.disposition and first.see != second.see:
                    yield self._rival(first, second)

    def _rival(self, first: Rule, second: Rule) -> GoalResult:
        name = f"{first.id} ({first.see}) and {second.id} ({second.see})"
        if first.id in self.firing and second.id in self.firing:
            both = {**self.firing[first.id].people[0], **self.firing[second.id].people[0]}
            if cases.is_accepted(self.knowledge, both):
                now = triage(self.knowledge, Case(None, both))
                if now.disposition is first.disposition and first in now.fired and second in now.fired:
                    return GoalResult(name, "holds", (both,))
        decides = self.one.decides
        return self.somewhere(
            Goal(name, (), lambda: self.world.algebra.every((decides[first.id], decides[second.id])), (self.one,))
        )

    def shadows(self, rule: Rule) -> list[str]:
        """Return the single rules that fire wherever `rule` does, as urgent and to an earlier place or the same."""
        places = self.knowledge.places
        looked_at = self.world.mentions(rule.when)
        return [
            other.id
            for other in self.knowledge.rules
            if other is not rule
            and not looked_at.isdisjoint(self.world.mentions(other.when))
            and (-other.disposition, places.index(other.see)) <= (-rule.disposition, places.index(rule.see))
            and not self.session.is_possible([self.one.fires(rule), self.world.algebra.opposite(self.one.fires(other))])
        ]

    # what is checked by running it

    def _meaning(self) -> GoalResult:
        crowd = list(checks.people(self.knowledge, CROWD, SEED))
        compared, found = checks.differences(self.one, crowd)
        wrong = [f"{one.what} differs" for one in found] + self.differing
        told = 0
        for rule in self.knowledge.rules:
            for finding in self.knowledge.mentions(rule.when):
                for teller in self.tellers(rule, finding):
                    told += 1
                    if self.knowledge.evaluate[rule.when](teller) is not Truth.UNKNOWN:
                        wrong.append(f"{rule.id}: {finding} is not known, and the rule says more than it can")
        note = f"{compared} truth values of {len(crowd)} people; {told} people for whom one unknown answer decides"
        if wrong:
            return GoalResult("meaning", "fails", (found[0].answers,) if found else (), note="; ".join(wrong[:5]))
        return GoalResult("meaning", "holds", note=note)

    def tellers(self, rule: Rule, finding: str) -> list[dict[str, Answer]]:
        """Return somebody (answers in reach) of whom `rule` is unknown because of `finding` alone, if there is anybody.

        A reading that takes "not known" for "no" says something else of them.
        """
        a, right, wrong = self.world.algebra, self.one.says(rule), self.one.deaf(rule, finding)
        concerned = sorted(frozenset().union(*(self.world.rests_on[f] for f in self.world.mentions(rule.when))))
        differs = a.opposite(a.every((a.same(right.is_true, wrong.is_true), a.same(right.is_false, wrong.is_false))))
        found = self.session.find(
            (self.one.open(rule), differs),
            lambda: (self.one.answers_in_model(concerned), self.session.holds(self.world.examination)),
        )
        if found is None:
            return []
        said = effective_answers(Case(None, found[0]), self.knowledge)
        return [answers_in_reach(said, self.knowledge, examination=found[1])]

    def _endings(self) -> GoalResult:
        asked, wrong = checks.interviews_that_do_not_end(self.knowledge, RESPONDENTS, SEED)
        note = f"{asked} questions to {RESPONDENTS} respondents"
        return GoalResult("interview", "fails" if wrong else "holds", note="; ".join(wrong[:5]) or note)


def _values(finding: Finding, now: Answer | None) -> list[Answer]:
    match finding.kind:
        case "boolean":
            return [False, True]
        case "choice":
            return list(finding.choices)
        case "regions":
            marked = now if isinstance(now, tuple) else ()
            without: list[Answer] = [tuple(r for r in marked if r != region) for region in marked]
            return [(), marked, *without, *(tuple(sorted({*marked, region})) for region in finding.choices)]
        case "number":
            near = {finding.minimum, finding.maximum, *_steps(now)}
            inside = sorted(value for value in near if finding.minimum <= value <= finding.maximum)
            return [int(value) if finding.integer else value for value in inside]


def _steps(now: Answer | None) -> Iterable[float]:
    return (now - 1, now, now + 1) if isinstance(now, int | float) else ()


Progress: TypeAlias = Callable[[str, Result], None]
"""Told of each property that a solver has finished."""
