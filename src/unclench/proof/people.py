"""Everybody at once: one person's possible answers as formulas, and the urgency that follows from them.

It follows `knowledge/applicability.py`, `reasoning/case.py` and `reasoning/triage.py` line by line. That it says the
same as they do is shown by tests/agree/test_solver_agrees.py, and again on each witness a solver finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from operator import ge, le
from typing import Any

from unclench.knowledge import Disposition, Finding, Knowledge, Rule
from unclench.logic import UNSURE, Answer, Node
from unclench.logic.solver import Algebra, SolverReading, SymbolicAnswer, Term, Verdict
from unclench.proof.solvers import Session

__all__ = ["Levels", "Person", "Stated", "World"]

LEVELS = tuple(Disposition)
RAISED = LEVELS[1:]


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody says to one finding: a definite answer, "not sure", or nothing."""

    definite: Term
    unsure: Term
    value: Any


class World:
    """What all people share: the pack, the solver, and what depends on what."""

    def __init__(self, knowledge: Knowledge, session: Session) -> None:
        self.knowledge, self.session = knowledge, session
        self.algebra: Algebra = session.algebra
        self._mentions: dict[Node, frozenset[str]] = {}
        self.examination: Term = session.module.Bool("examination")
        grounds: dict[str, list[tuple[Node, bool]]] = {}
        for finding in knowledge.findings.values():
            for node, strict in ((finding.only_if, True), (finding.follows_from, False)):
                if node is not None:
                    grounds.setdefault(finding.id, []).append((node, strict))
        self.grounds: Mapping[str, list[tuple[Node, bool]]] = grounds

    def mentions(self, node: Node) -> frozenset[str]:
        """Return the findings that `node` looks at."""
        if node not in self._mentions:
            self._mentions[node] = frozenset(self.knowledge.mentions(node))
        return self._mentions[node]

    @cached_property
    def rests_on(self) -> Mapping[str, frozenset[str]]:
        """Finding to the findings whose answers decide whether it applies, itself included."""
        found: dict[str, frozenset[str]] = {}
        for finding in self.knowledge.findings:  # each after those its grounds look at
            below = [self.mentions(node) for node, _ in self.grounds.get(finding, ())]
            found[finding] = frozenset({finding}).union(*(found[f] for names in below for f in names))
        return found

    def reach(self, finding: str) -> frozenset[str]:
        """Return the findings that change meaning when the answer to `finding` changes, itself included."""
        return frozenset(other for other, below in self.rests_on.items() if finding in below)

    def answers(self, name: str) -> dict[str, Stated]:
        """Return fresh variables for all answers of a person called `name`."""
        made = {}
        for finding in self.knowledge.findings.values():
            stem = f"{name}.{finding.id}"
            boolean = self.session.module.Bool
            made[finding.id] = Stated(boolean(f"{stem}.stated"), boolean(f"{stem}.unsure"), self._value(finding, stem))
        return made

    def _value(self, finding: Finding, stem: str) -> Any:
        module = self.session.module
        match finding.kind:
            case "boolean":
                return module.Bool(f"{stem}.is")
            case "number":
                return module.Int(f"{stem}.is") if finding.integer else module.Real(f"{stem}.is")
            case _:
                return {choice: module.Bool(f"{stem}.{choice}") for choice in finding.choices}


class _View:
    """The answers as one stage of the reasoning sees them, and the trees read over them."""

    def __init__(self, person: Person, inapplicable: Callable[[str], Term], parent: _View | None) -> None:
        self.person, self.inapplicable, self.parent = person, inapplicable, parent
        self.seen: dict[str, SymbolicAnswer] = {}
        self.reading = SolverReading(person.algebra, person.world.knowledge.evaluate.predicates, self.answer)

    def answer(self, finding: str) -> SymbolicAnswer:
        """Return the answer to `finding` at this stage."""
        if finding not in self.seen:
            stated, gone = self.person.stated[finding], self.inapplicable(finding)
            unsure = self.person.algebra.every((stated.unsure, self.person.algebra.opposite(gone)))
            kind = self.person.world.knowledge.findings[finding].kind
            self.seen[finding] = SymbolicAnswer(kind, stated.definite, unsure, gone, stated.value)
        return self.seen[finding]

    def read(self, node: Node) -> Verdict:
        """Return when `node` is true and when it is false at this stage."""
        if self.parent is not None and self.person.changed.isdisjoint(self.person.world.mentions(node)):
            return self.parent.read(node)
        return self.reading[node]


class Levels:
    """An urgency as formulas: `at_or_above[d]` says that it is `d` or more urgent."""

    def __init__(self, algebra: Algebra, at_or_above: Mapping[Disposition, Term]) -> None:
        self.algebra, self.at_or_above = algebra, at_or_above

    def exactly(self, level: Disposition) -> Term:
        """Return that the urgency is `level`."""
        above = self.at_or_above[LEVELS[level + 1]] if level + 1 < len(LEVELS) else False
        return self.algebra.every((self.at_or_above[level], self.algebra.opposite(above)))

    def not_below(self, other: Levels) -> Term:
        """Return that this urgency is at least `other`."""
        return self.algebra.every(self.algebra.implies(other.at_or_above[d], self.at_or_above[d]) for d in RAISED)

    def equals(self, other: Levels) -> Term:
        """Return that both urgencies are the same."""
        return self.algebra.every(self.algebra.same(other.at_or_above[d], self.at_or_above[d]) for d in RAISED)

    def __or__(self, other: Levels) -> Levels:
        """Return the more urgent of the two."""
        return Levels(self.algebra, {d: self.algebra.some((self.at_or_above[d], other.at_or_above[d])) for d in LEVELS})


class Person:
    """Anybody: their answers, what is valid, what the rules say, and the urgency, as formulas.

    Args:
        world: what all people share.
        stated: the answers, one for each finding.
        like: another person of whom this one differs in `changed` only; the formulas of all else are shared.
        changed: the findings that may mean something else than for `like`.
    """

    def __init__(
        self,
        world: World,
        stated: Mapping[str, Stated],
        *,
        like: Person | None = None,
        changed: frozenset[str] = frozenset(),
    ) -> None:
        self.world, self.stated, self.changed, self.like = world, stated, changed, like
        self.algebra = world.algebra
        self._said: _View = _View(self, lambda _: False, like._said if like else None)
        self._applicable: _View = _View(self, self._without_ground, like._applicable if like else None)
        self._in_reach: _View = _View(self, self._out_of_reach, like._in_reach if like else None)

    def but(self, finding: str, stated: Stated) -> Person:
        """Return this person with another answer to `finding`."""
        return Person(self.world, {**self.stated, finding: stated}, like=self, changed=self.world.reach(finding))

    def _without_ground(self, finding: str) -> Term:
        every, opposite = self.algebra.every, self.algebra.opposite
        stated, ways = self.stated[finding], []
        for node, strict in self.world.grounds.get(finding, ()):
            ground_fails = self._applicable.read(node).is_false
            silent = opposite(stated.definite)
            ways.append(every((ground_fails, silent, True if strict else opposite(stated.unsure))))
        return self.algebra.some(ways)

    def _out_of_reach(self, finding: str) -> Term:
        without_ground = self.inapplicable(finding)
        if self.world.knowledge.findings[finding].supplied_by == "person":
            return without_ground
        stated = self.stated[finding]
        silent = self.algebra.every(
            self.algebra.opposite(term) for term in (stated.definite, stated.unsure, self.world.examination)
        )
        return self.algebra.some((without_ground, silent))

    def inapplicable(self, finding: str) -> Term:
        """Return that the question cannot hold for this person, or does not come up."""
        return self._applicable.answer(finding).inapplicable

    def is_open(self, finding: str) -> Term:
        """Return that nobody answered `finding`, and somebody here could: neither a yes, a no nor out of the way."""
        answer = self._in_reach.answer(finding)
        return self.algebra.every((self.algebra.opposite(answer.definite), self.algebra.opposite(answer.inapplicable)))

    def unanswered(self, finding: str) -> Term:
        """Return that `finding` is open and was not answered "not sure" either."""
        return self.algebra.every((self.is_open(finding), self.algebra.opposite(self._in_reach.answer(finding).unsure)))

    def domains(self) -> Iterator[Term]:
        """Yield what makes the variables answers at all: one state each, numbers in range, one choice."""
        for finding in self.world.knowledge.findings.values():
            stated = self.stated[finding.id]
            yield self.algebra.opposite(self.algebra.every((stated.definite, stated.unsure)))
            if finding.kind == "number":
                for limit, is_inside in ((finding.minimum, ge), (finding.maximum, le)):
                    yield is_inside(stated.value, int(limit) if limit == int(limit) else limit)
            elif finding.kind == "choice":
                yield self.algebra.exactly_one(stated.value.values())

    def accepted(self, findings: Iterable[str] | None = None) -> Term:
        """Return that no answer is refused beside the others, as `Case` refuses a pregnant man."""
        knowledge, refused = self.world.knowledge, []
        for finding in knowledge.findings.values() if findings is None else map(knowledge.findings.get, findings):
            if finding is None or finding.only_if is None:
                continue
            stated = self.stated[finding.id]
            claims = self.algebra.every((stated.definite, stated.value if finding.kind == "boolean" else True))
            refused.append(self.algebra.every((claims, self._said.read(finding.only_if).is_false)))
        return self.algebra.opposite(self.algebra.some(refused))

    def in_reach(self, finding: str) -> SymbolicAnswer:
        """Return the answer to `finding` as the triage sees it."""
        return self._in_reach.answer(finding)

    def says(self, rule: Rule) -> Verdict:
        """Return when `rule` fires and when it is false, as the triage reads it."""
        return self._in_reach.read(rule.when)

    def told(self, node: Node) -> Verdict:
        """Return when `node` is true and when it is false, as a plan reads it: examined or not."""
        return self._applicable.read(node)

    def fires(self, rule: Rule) -> Term:
        """Return that `rule` is true."""
        return self.says(rule).is_true

    def open(self, rule: Rule) -> Term:
        """Return that `rule` is neither true nor false."""
        return self.algebra.opposite(self.algebra.some(self.says(rule)))

    def _most_urgent(self, terms: Iterable[tuple[Disposition, Term]]) -> Levels:
        at: dict[Disposition, list[Term]] = {d: [] for d in LEVELS}
        for level, term in terms:
            at[level].append(term)
        above: Term = False
        levels: dict[Disposition, Term] = {}
        for level in reversed(RAISED):
            above = levels[level] = self.algebra.some((above, *at[level]))
        return Levels(self.algebra, {**levels, Disposition.SELF_CARE: True})

    @cached_property
    def at_least(self) -> Levels:
        """The most urgent rule that fires and is not provisional."""
        rules = self.world.knowledge.rules
        return self._most_urgent((r.disposition, self.fires(r)) for r in rules if not r.provisional)

    @cached_property
    def provisional(self) -> Levels:
        """The most urgent provisional rule that fires."""
        rules = self.world.knowledge.rules
        return self._most_urgent((r.disposition, self.fires(r)) for r in rules if r.provisional)

    @cached_property
    def could_be(self) -> Levels:
        """The most urgent rule that is open."""
        return self._most_urgent((r.disposition, self.open(r)) for r in self.world.knowledge.rules)

    def keeps_from_home(self, rule: Rule) -> Term:
        """Return that `rule` is open in a way that raises the advice to the floor, as `triage._is_open_danger` says."""
        level = self.world.knowledge.model.open_emergency_floor
        if rule.disposition is Disposition.EMERGENCY:
            return self.open(rule)
        if rule.disposition < level:
            return False
        lines = (self._in_reach.answer(finding) for finding in self.world.knowledge.dangers_of[rule.id])
        denied = (
            self.algebra.some((
                line.inapplicable, self.algebra.every((line.definite, self.algebra.opposite(line.value)))))
            for line in lines
        )  # fmt: skip
        return self.algebra.every((self.open(rule), self.algebra.opposite(self.algebra.every(denied))))

    @cached_property
    def danger_is_open(self) -> Term:
        """That some question about danger is open."""
        return self.algebra.some(self.keeps_from_home(rule) for rule in self.world.knowledge.rules)

    @cached_property
    def floor(self) -> Levels:
        """The least urgency while a question about danger is open."""
        level = self.world.knowledge.model.open_emergency_floor
        return Levels(
            self.algebra, {d: True if not d else (self.danger_is_open if d <= level else False) for d in LEVELS}
        )

    @cached_property
    def disposition(self) -> Levels:
        """The advice now."""
        return self.at_least | self.provisional | self.floor

    @cached_property
    def at_most(self) -> Levels:
        """The most urgent it could still become."""
        return self.at_least | self.provisional | self.could_be

    @cached_property
    def settled(self) -> Term:
        """That both ends of the interval are the same."""
        return self.at_least.equals(self.at_most)

    @cached_property
    def decides(self) -> Mapping[str, Term]:
        """Rule id to: it fires at the level of the advice."""
        return {
            rule.id: self.algebra.every((self.fires(rule), self.disposition.exactly(rule.disposition)))
            for rule in self.world.knowledge.rules
        }

    @cached_property
    def names(self) -> Mapping[str, Term]:
        """Place to: a deciding rule names it."""
        found: dict[str, list[Term]] = {place: [] for place in self.world.knowledge.places}
        for rule in self.world.knowledge.rules:
            found[rule.see].append(self.decides[rule.id])
        return {place: self.algebra.some(terms) for place, terms in found.items()}

    @cached_property
    def by_default(self) -> Term:
        """That no rule decides, so that whom to see follows from the level alone."""
        return self.algebra.opposite(self.algebra.some(self.names.values()))

    @cached_property
    def see(self) -> Mapping[str, Term]:
        """Place to: it is the one to see. The first place named wins; without one, as `assessment._see` says."""
        chosen: dict[str, Term] = {}
        earlier: list[Term] = []
        today = self.disposition.exactly(Disposition.SAME_DAY)
        default = {"urgent_care": today, "self": self.algebra.opposite(today)}
        for place, named in self.names.items():
            first = self.algebra.every((named, self.algebra.opposite(self.algebra.some(earlier))))
            unnamed = self.algebra.every((self.by_default, default.get(place, False)))
            chosen[place] = self.algebra.some((first, unnamed))
            earlier.append(named)
        return chosen

    @cached_property
    def elsewhere(self) -> Term:
        """That an open rule of the urgency that is certain would name an earlier place than those that fire now."""
        rules, places, found = self.world.knowledge.rules, self.world.knowledge.places, []
        for level in LEVELS:
            here = [r for r in rules if r.disposition is level]
            for at, place in enumerate(places):
                deciding = [self.fires(r) for r in here if not r.provisional and r.see == place]
                before = [self.fires(r) for r in here if not r.provisional and places.index(r.see) < at]
                waiting = [self.open(r) for r in here if places.index(r.see) < at]
                none_before = self.algebra.opposite(self.algebra.some(before))
                now = self.at_least.exactly(level)
                found.append(
                    self.algebra.every((now, self.algebra.some(deciding), none_before, self.algebra.some(waiting)))
                )
        return self.algebra.some(found)

    def deaf(self, rule: Rule, finding: str) -> Verdict:
        """Return what `rule` would say to a reading that takes "not known" for "no" at one finding: a wrong one."""

        def heard(name: str) -> SymbolicAnswer:
            answer = self.in_reach(name)
            if name != finding:
                return answer
            return replace(answer, unsure=False, inapplicable=self.algebra.opposite(answer.definite))

        return SolverReading(self.algebra, self.world.knowledge.evaluate.predicates, heard)[rule.when]

    def answers_in_model(self, among: Iterable[str] | None = None) -> dict[str, Answer]:
        """Return this person's answers in the model the solver is being read for, to all findings or `among` them."""
        session, made = self.world.session, dict[str, Answer]()
        findings = self.world.knowledge.findings
        for finding in findings.values() if among is None else (findings[name] for name in among):
            stated = self.stated[finding.id]
            if session.holds(stated.unsure):
                made[finding.id] = UNSURE
            elif session.holds(stated.definite):
                match finding.kind:
                    case "boolean":
                        made[finding.id] = session.holds(stated.value)
                    case "number":
                        number = session.number(stated.value)
                        made[finding.id] = int(number) if finding.integer else number
                    case "choice":
                        made[finding.id] = next(c for c, term in stated.value.items() if session.holds(term))
                    case "regions":
                        made[finding.id] = tuple(sorted(r for r, term in stated.value.items() if session.holds(term)))
        return made
