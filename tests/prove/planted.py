"""Faults planted in the knowledge, one at a time, and what catches them.

A fault is made on a loaded pack, in memory. Three things may catch it: the rule's own examples, a vignette (what it
states, with everything else answered no, triaged directly), or a proof. What nothing catches is put to the solver once
more: if it changes nobody's advice it was no fault; otherwise it is a survivor, and an example is missing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from unclench.knowledge import Disposition, Knowledge, Rule, Screen
from unclench.knowledge.applicability import with_not_applicable
from unclench.knowledge.read import read_shelf
from unclench.logic import (
    NOT_APPLICABLE,
    UNSURE,
    AllOf,
    Answer,
    Answers,
    AnyOf,
    AtLeast,
    Compare,
    Negation,
    Node,
    Truth,
    render,
)
from unclench.proof.people import LEVELS, Person, World
from unclench.proof.properties import PROPERTIES, Goal
from unclench.proof.prover import Prover
from unclench.reasoning.case import Case
from unclench.reasoning.triage import answers_in_reach, effective_answers, triage_answers
from unclench.record import revised

__all__ = ["KINDS", "Bench", "Fault", "Verdict", "faults", "table"]

ROOT = Path(__file__).resolve().parents[2] / "knowledge"

DROP_CLAUSE, SWAP, NEGATE, SHIFT, LOWER, UNKNOWN_IS_NO, UNASKED, DROP_RULE, DROP_BOTH = KINDS = (
    "drop a clause",
    "swap and/or",
    "negate a clause",
    "shift a threshold by one",
    "lower a disposition",
    "unknown counts as no",
    "take a line off its danger screen",
    "drop a rule",
    "drop a rule and its examples",
)
_CACHED = [name for name, value in vars(Knowledge).items() if isinstance(value, cached_property)]
_QUICK = ("fits", "see", "P6", "P4", "screens")
_TRUTHS = {"true": Truth.TRUE, "false": Truth.FALSE, "unknown": Truth.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing broken.

    Attributes:
        kind: one of `KINDS`.
        record: the rule or screen.
        what: what was done to it, in words.
        rule: the rule afterwards; None if it is gone, or if the fault is in a screen.
        screens: the screens afterwards, where they changed.
        deaf_to: findings of which the rule reads "unknown" as "no".
    """

    kind: str
    record: str
    what: str
    rule: Rule | None = None
    screens: tuple[Screen, ...] | None = None
    deaf_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a fault: `examples`, `a vignette`, `proof <id>`, `changes nothing` or `survives`."""

    fault: Fault
    by: str
    lowers_an_emergency: bool = False


# making them


def faults(knowledge: Knowledge) -> Iterator[Fault]:
    """Yield every fault of every kind in every rule, and each line of a danger screen taken off."""
    for rule in knowledge.rules:
        for kind, change in ((DROP_CLAUSE, _dropped), (SWAP, _swapped), (NEGATE, _negated), (SHIFT, _shifted)):
            seen: set[Node] = {rule.when}
            for what, node in _everywhere(rule.when, change):
                if node not in seen:
                    seen.add(node)
                    yield Fault(kind, rule.id, what, revised(rule, when=node))
        if rule.disposition is not Disposition.SELF_CARE:
            lower = LEVELS[rule.disposition - 1]
            yield Fault(LOWER, rule.id, f"to {lower.id}", revised(rule, disposition=lower))
        for finding in knowledge.mentions(rule.when):
            yield Fault(UNKNOWN_IS_NO, rule.id, finding, rule, deaf_to=frozenset({finding}))
        yield Fault(DROP_RULE, rule.id, "gone")
        yield Fault(DROP_BOTH, rule.id, "gone, and its examples with it")
    for screen in knowledge.screens:
        if screen.stage == "danger":
            for finding in screen.findings:
                yield Fault(UNASKED, screen.id, finding, screens=_without(knowledge, screen, finding))


def _without(knowledge: Knowledge, screen: Screen, finding: str) -> tuple[Screen, ...]:
    shorter = revised(screen, findings=tuple(f for f in screen.findings if f != finding))
    return tuple(shorter if one is screen else one for one in knowledge.screens)


def _everywhere(node: Node, change: Callable[[Node], Iterable[tuple[str, Node]]]) -> Iterator[tuple[str, Node]]:
    """Yield `node` with `change` made at one place, for every place."""
    yield from change(node)
    match node:
        case Negation(operand):
            for what, other in _everywhere(operand, change):
                yield what, Negation(other)
        case AllOf(operands) | AnyOf(operands) | AtLeast(_, operands):
            for at, operand in enumerate(operands):
                for what, other in _everywhere(operand, change):
                    yield what, revised(node, operands=(*operands[:at], other, *operands[at + 1 :]))


def _dropped(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, AllOf | AnyOf | AtLeast):
        for at, operand in enumerate(node.operands):
            left = (*node.operands[:at], *node.operands[at + 1 :])
            if isinstance(node, AtLeast):
                if len(left) >= node.count:
                    yield f"without {_short(operand)}", revised(node, operands=left)
            elif left:
                yield f"without {_short(operand)}", left[0] if len(left) == 1 else revised(node, operands=left)


def _swapped(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, AllOf):
        yield f"or for and in {_short(node)}", AnyOf(node.operands)
    elif isinstance(node, AnyOf):
        yield f"and for or in {_short(node)}", AllOf(node.operands)


def _negated(node: Node) -> Iterator[tuple[str, Node]]:
    yield f"not {_short(node)}", node.operand if isinstance(node, Negation) else Negation(node)


def _shifted(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Compare):
        for step in (-1, 1):
            yield f"{_short(node)}, by {step:+d}", revised(node, value=node.value + step)
    elif isinstance(node, AtLeast):
        for count in (node.count - 1, node.count + 1):
            if 1 <= count <= len(node.operands):
                yield f"at least {count} for {node.count}", revised(node, count=count)


def _plain(given: Mapping[str, Any]) -> dict[str, Answer]:
    return {f: tuple(value) if isinstance(value, list) else value for f, value in given.items() if value != "unknown"}


def _expected(fires: object) -> Truth:
    return _TRUTHS[str(fires).lower()]


def _short(node: Node) -> str:
    text = render(node)
    return text if len(text) <= 60 else text[:57] + "..."


# catching them


class Bench:
    """A pack with its examples, vignettes and proofs, ready to judge many faults."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        shelf = read_shelf(ROOT)
        self.rules = {rule.id: rule for rule in knowledge.rules}
        self.examples: dict[str, list[tuple[dict[str, Answer], Truth]]] = {
            rule: [
                (
                    with_not_applicable(_plain(placed.record.given), knowledge.grounds),
                    _expected(placed.record.expect.fires),
                )
                for placed in shelf.examples.get(rule, [])
            ]
            for rule in self.rules
        }
        self.vignettes: list[tuple[Mapping[str, Answer], Disposition]] = []
        for _, placed in sorted(shelf.vignettes.items()):
            stated = Case.from_data(placed.record.case, knowledge).answers
            case = Case(None, {**self.nothing_else(), **stated})
            reach = answers_in_reach(effective_answers(case, knowledge), knowledge)
            expected = Disposition.of(placed.record.expect.disposition)
            if triage_answers(knowledge, reach).disposition is expected:  # else it can show nothing
                self.vignettes.append((reach, expected))
        self.prover = Prover(knowledge, "cvc5")

    def nothing_else(self) -> dict[str, Answer]:
        """Return "no" to every question a person can be asked, as in the simulation."""
        made: dict[str, Answer] = {}
        for finding in self.knowledge.findings.values():
            if finding.supplied_by == "person":
                made[finding.id] = False if finding.kind == "boolean" else finding.none or UNSURE
        return made

    def judge(self, fault: Fault) -> Verdict:
        """Say what catches a fault, asking what is quick first."""
        if fault.screens is None:
            if self.by_examples(fault):
                return Verdict(fault, "examples")
            if self.by_vignette(fault):
                return Verdict(fault, "a vignette")
        proof = self.by_proof(fault)
        if proof is not None:
            return Verdict(fault, f"proof {proof}")
        if self.changes_nothing(fault):
            return Verdict(fault, "changes nothing")
        return Verdict(fault, "survives", self.lowers_an_emergency(fault))

    def read(self, fault: Fault) -> Callable[[Answers], Truth]:
        """Return the broken rule's reading; a rule that is gone is never true."""
        if fault.rule is None:
            return lambda _: Truth.FALSE
        evaluate = self.knowledge.evaluate[fault.rule.when]
        if not fault.deaf_to:
            return evaluate
        # "Not applicable" makes every test false: just what "no" would do.
        return lambda answers: evaluate(
            {**answers, **{f: NOT_APPLICABLE for f in fault.deaf_to if answers.get(f, UNSURE) == UNSURE}}
        )

    def by_examples(self, fault: Fault) -> bool:
        """Whether one of the rule's own examples no longer says what it expects."""
        if fault.kind in (LOWER, DROP_BOTH):
            return False  # examples say whether a rule fires, not how urgent it is; and they may be gone too
        read = self.read(fault)
        return any(read(given) is not expected for given, expected in self.examples[fault.record])

    def by_vignette(self, fault: Fault) -> bool:
        """Whether a vignette gets another disposition than the guideline's."""
        before, after = self.knowledge.evaluate[self.rules[fault.record].when], self.read(fault)
        touched = [
            (reach, expected)
            for reach, expected in self.vignettes
            if before(reach) is not after(reach) or (fault.kind == LOWER and before(reach) is not Truth.FALSE)
        ]
        if not touched:
            return False
        broken = self.broken(fault)
        return any(triage_answers(broken, reach).disposition is not expected for reach, expected in touched)

    def broken(self, fault: Fault) -> Knowledge:
        """Return the pack with the fault in it."""
        made = copy.copy(self.knowledge)
        for name in _CACHED:
            vars(made).pop(name, None)
        if fault.screens is not None:
            made.screens = fault.screens
            return made
        others = [rule for rule in self.knowledge.rules if rule.id != fault.record]
        made.rules = tuple(others if fault.rule is None else [*others, fault.rule])
        # One by one: most of these packs decide for a few people only, too few to make code for all rules.
        readings = [
            self.read(fault) if rule is fault.rule else self.knowledge.evaluate[rule.when]
            for rule in made.rules_in_order
        ]
        vars(made)["read_rules"] = lambda answers: [read(answers) for read in readings]
        return made

    # proofs, over the same variables and the same session as those of the sound pack

    def people(self, fault: Fault) -> tuple[World, Person, Person]:
        """Return anybody and anybody else, as the broken pack sees them."""
        world = World(self.broken(fault), self.prover.session)
        one, other = self.prover.one, self.prover.other
        # Like the sound ones in every answer; only the lattice over the rules is made anew.
        return world, Person(world, one.stated, like=one), Person(world, other.stated, like=other)

    def by_proof(self, fault: Fault) -> str | None:
        """Return the id of the first property that fails with this fault."""
        if fault.deaf_to:
            return "P10" if self.is_told_apart(fault) else None
        world, one, other = self.people(fault)
        concerned = set() if fault.screens is not None else self.concerned(fault)
        for promise in sorted(PROPERTIES, key=lambda one: one.id not in _QUICK):
            if promise.goals is None or promise.kind not in ("always", "somewhere"):
                continue
            for goal in self.goals_about(fault, promise.goals(world, one, other), promise.id, concerned):
                always = promise.kind == "always"
                result = self.prover.always(goal, minimise=False) if always else self.prover.somewhere(goal)
                if result.outcome != "holds":
                    return promise.id
        return None

    def is_told_apart(self, fault: Fault) -> bool:
        """Whether P10 compares the readings on somebody of whom they differ."""
        wrong, right = self.read(fault), self.knowledge.evaluate[self.rules[fault.record].when]
        tellers = (one for f in fault.deaf_to for one in self.prover.tellers(self.rules[fault.record], f))
        return any(wrong(answers) is not right(answers) for answers in tellers)

    def concerned(self, fault: Fault) -> set[str]:
        """Return the names of goals that a fault in this rule can touch."""
        nodes = [self.rules[fault.record].when, *([fault.rule.when] if fault.rule else [])]
        return {fault.record, *(finding for node in nodes for finding in self.knowledge.mentions(node))}

    def goals_about(self, fault: Fault, goals: Iterator[Goal], promise: str, concerned: set[str]) -> Iterator[Goal]:
        """Leave out goals about other rules and findings: the fault is not in them."""
        for goal in goals:
            about_one_thing = promise in ("P2", "P4", "P6", "screens") and fault.screens is None
            if not about_one_thing or goal.name.partition(":")[0] in concerned:
                yield goal

    def changes_nothing(self, fault: Fault) -> bool:
        """Whether nobody at all gets another urgency, interval or place: then it was no fault."""
        if fault.deaf_to:
            return self.is_deaf_to_nothing(fault)
        sound, (_, broken, _) = self.prover.one, self.people(fault)
        a = self.prover.world.algebra
        same = a.every(
            (
                sound.disposition.equals(broken.disposition),
                sound.at_least.equals(broken.at_least),
                sound.at_most.equals(broken.at_most),
                *(a.same(sound.see[place], broken.see[place]) for place in sound.see),
            )
        )
        return not self.prover.session.is_possible([a.opposite(same)])

    def is_deaf_to_nothing(self, fault: Fault) -> bool:
        """Whether the rule says the same of everybody, however the findings it does not hear are answered."""
        one, a, rule = self.prover.one, self.prover.world.algebra, self.rules[fault.record]
        right = one.says(rule)
        return not any(
            self.prover.session.is_possible([a.opposite(a.every(map(a.same, right, one.deaf(rule, finding))))])
            for finding in fault.deaf_to
        )

    def lowers_an_emergency(self, fault: Fault) -> bool:
        """Whether the fault takes an emergency from somebody."""
        if fault.deaf_to:
            return self.rules[fault.record].disposition is Disposition.EMERGENCY
        sound, (_, broken, _) = self.prover.one, self.people(fault)
        emergency = Disposition.EMERGENCY
        lost = (sound.disposition.at_or_above[emergency],
                self.prover.world.algebra.opposite(broken.disposition.at_or_above[emergency]))  # fmt: skip
        return self.prover.session.is_possible(lost)


def table(verdicts: Iterable[Verdict]) -> str:
    """Return the table by kind of fault: caught by what, and what survives."""
    listed = list(verdicts)
    columns = ["examples", "a vignette", "proof", "survives", "changes nothing"]
    lines = [f"{'fault':<36}" + "".join(f"{name:>17}" for name in [*columns, "caught"])]
    for kind in (*KINDS, "all but the last"):
        of_kind = [v for v in listed if v.fault.kind == kind or (kind not in KINDS and v.fault.kind != DROP_BOTH)]
        counts = [sum(v.by.startswith(name) for v in of_kind) for name in columns]
        real = sum(counts[:4])
        share = f"{sum(counts[:3]) / real:.1%}" if real else "-"
        lines.append(f"{kind:<36}" + "".join(f"{count:>17}" for count in counts) + f"{share:>17}")
    lines += [
        f"survives: {v.fault.record}: {v.fault.kind}: {v.fault.what}"
        + (" (LOWERS AN EMERGENCY)" if v.lowers_an_emergency else "")
        for v in listed
        if v.by == "survives"
    ]
    return "\n".join(lines)
