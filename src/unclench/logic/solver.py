"""The solver reading: a tree as two formulas of a solver, one for "it is true", one for "it is false".

Neither formula holding is Kleene's unknown. Which solver it is stays open: this module is given whatever has `And`,
`Or` and `Not` (Z3, or cvc5 through its `pythonic` module) and imports none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Protocol, TypeAlias

from unclench.errors import ExpressionError
from unclench.logic.nodes import (
    AllOf,
    AnyOf,
    AnyRegion,
    AtLeast,
    Compare,
    Defined,
    Negation,
    Node,
    OneOf,
    Present,
    Unsure,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Algebra", "Connectives", "SolverReading", "SymbolicAnswer", "Term", "Verdict"]

Term: TypeAlias = Any
"""A Boolean formula of some solver, or Python's True or False; solvers come without types."""


class Connectives(Protocol):
    """What a solver's module must offer."""

    def And(self, *terms: Term) -> Term:  # noqa: N802
        """All of the terms hold."""

    def Or(self, *terms: Term) -> Term:  # noqa: N802
        """At least one of the terms holds."""

    def Not(self, term: Term) -> Term:  # noqa: N802
        """The term does not hold."""


class Verdict(NamedTuple):
    """When a tree is true, and when it is false; otherwise it is unknown."""

    is_true: Term
    is_false: Term


@dataclass(frozen=True, slots=True)
class SymbolicAnswer:
    """All answers somebody could give to one finding. At most one of the three flags holds; none of them: unanswered.

    Attributes:
        kind: boolean, choice, number or regions.
        definite: a definite answer stands.
        unsure: "not sure" stands.
        inapplicable: the mark "not applicable" stands.
        value: the definite answer: a Boolean, a number, or one Boolean for each choice or region.
    """

    kind: str
    definite: Term
    unsure: Term
    inapplicable: Term
    value: Any


class Algebra:
    """`and`, `or`, `not` over the formulas of one solver, in which the constants True and False vanish."""

    def __init__(self, solver: Connectives) -> None:
        self.solver = solver

    def every(self, terms: Iterable[Term]) -> Term:
        """Return that all of `terms` hold."""
        kept = []
        for term in terms:
            if term is False:
                return False
            if term is not True:
                kept.append(term)
        if len(kept) < 2:
            return kept[0] if kept else True
        return self.solver.And(*kept)

    def some(self, terms: Iterable[Term]) -> Term:
        """Return that at least one of `terms` holds."""
        kept = []
        for term in terms:
            if term is True:
                return True
            if term is not False:
                kept.append(term)
        if len(kept) < 2:
            return kept[0] if kept else False
        return self.solver.Or(*kept)

    def opposite(self, term: Term) -> Term:
        """Return that `term` does not hold."""
        return (not term) if isinstance(term, bool) else self.solver.Not(term)

    def count(self, least: int, terms: Iterable[Term]) -> Term:
        """Return that at least `least` of `terms` hold: a table of partial counts, no arithmetic."""
        reached: list[Term] = [True, *[False] * least]
        for term in terms:
            higher = [self.some((now, self.every((below, term)))) for below, now in pairwise(reached)]
            reached = [True, *higher]
        return reached[least]

    def same(self, one: Term, other: Term) -> Term:
        """Return that both hold or neither does."""
        return self.some((self.every((one, other)), self.every((self.opposite(one), self.opposite(other)))))

    def implies(self, premise: Term, conclusion: Term) -> Term:
        """Return that `conclusion` holds wherever `premise` does."""
        return self.some((self.opposite(premise), conclusion))

    def exactly_one(self, terms: Iterable[Term]) -> Term:
        """Return that one of `terms` holds, and no other beside it."""
        listed = list(terms)
        return self.every((self.some(listed), self.opposite(self.count(2, listed))))


_ORDERS: dict[str, Callable[[Any, Any], Term]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
}


class SolverReading(dict[Node, Verdict]):
    """The solver reading of every tree asked for, over one person's answers, built once each.

    Args:
        algebra: the solver's connectives.
        predicates: the tree of each predicate that trees may name.
        answer: finding id to what may be answered; asked once for each test.

    Raises:
        ExpressionError: a node this reading does not know; never taken for unknown.
    """

    def __init__(
        self, algebra: Algebra, predicates: Mapping[str, Node], answer: Callable[[str], SymbolicAnswer]
    ) -> None:
        super().__init__()
        self.algebra, self.predicates, self.answer = algebra, predicates, answer

    def __missing__(self, node: Node) -> Verdict:
        made = self[node] = self._build(node)
        return made

    def _build(self, node: Node) -> Verdict:
        every, some = self.algebra.every, self.algebra.some
        match node:
            case Present(finding):
                return self._test(self.answer(finding), "boolean", lambda value: value)
            case Compare(finding, operator, constant):
                # Whole numbers stay whole for the solver.
                plain = int(constant) if constant == int(constant) else constant
                return self._test(self.answer(finding), "number", lambda value: _ORDERS[operator](value, plain))
            case OneOf(finding, values):
                return self._test(self.answer(finding), "choice", lambda value: some(value[v] for v in values))
            case AnyRegion(finding, regions):
                return self._test(self.answer(finding), "regions", lambda value: some(value[r] for r in regions))
            case Unsure(finding):
                answer = self.answer(finding)
                return Verdict(answer.unsure, some((answer.definite, answer.inapplicable)))
            case Defined(predicate):
                return self[self.predicates[predicate]]
            case Negation(operand):
                below = self[operand]
                return Verdict(below.is_false, below.is_true)
            case AllOf(operands):
                parts = [self[operand] for operand in operands]
                return Verdict(every(p.is_true for p in parts), some(p.is_false for p in parts))
            case AnyOf(operands):
                parts = [self[operand] for operand in operands]
                return Verdict(some(p.is_true for p in parts), every(p.is_false for p in parts))
            case AtLeast(count, operands):
                parts = [self[operand] for operand in operands]
                failing = len(parts) - count + 1  # so many false ones leave too few that could still be true
                certain = self.algebra.count(count, (p.is_true for p in parts))
                return Verdict(certain, self.algebra.count(failing, (p.is_false for p in parts)))
            case _:
                raise ExpressionError(
                    f"The solver reading does not know the node {type(node).__name__}. Add it to logic/solver.py."
                )

    def _test(self, answer: SymbolicAnswer, kind: str, holds: Callable[[Any], Term]) -> Verdict:
        """A test on a definite answer; "not applicable" fails it, and anything else leaves it unknown."""
        if answer.kind != kind:
            raise ExpressionError(f"A test for a {kind} finding stands on one of kind {answer.kind}. Mend the pack.")
        passed = holds(answer.value)
        failed = self.algebra.every((answer.definite, self.algebra.opposite(passed)))
        return Verdict(self.algebra.every((answer.definite, passed)), self.algebra.some((failed, answer.inapplicable)))
