"""The witness reading: the smallest additions to somebody's answers that would make an expression true."""

from __future__ import annotations

from itertools import combinations

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
from unclench.logic.scalar import Answer, Answers, Evaluators
from unclench.logic.truth import Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

__all__ = ["Additions", "additions_that_make_true"]

Additions: TypeAlias = frozenset[tuple[str, Answer]]
"""A set of (finding id, new answer)."""


def additions_that_make_true(
    node: Node,
    answers: Answers,
    evaluate: Evaluators,
    may_change: Callable[[str, Answer], bool],
    limit: int,
) -> list[Additions]:
    """Return the minimal sets of new answers, of at most `limit` findings each, that make `node` true.

    Each test proposes its own answer, and two answers to one finding exclude each other. So where several tests on one
    finding must hold at once, sets are missed: `2 <= age < 5` proposes an age of 2 and one of 4 and finds neither, and
    of two body regions that must both be marked each is proposed alone. Nor is an answer that replaces a known one held
    against the tests that hold already: evaluate what comes back where `node` looks at a finding twice.

    Args:
        node: the tree.
        answers: what is known now.
        evaluate: the scalar reading.
        may_change: whether this finding may take this new answer (a person's age may not).
        limit: the largest set worth naming.

    Returns:
        Sets ordered by size, then by name; `[frozenset()]` if it holds already; empty if `limit` does not suffice.
    """
    search = _Search(answers, evaluate, may_change, limit)
    return sorted(search.reach(node, Truth.TRUE), key=lambda found: (len(found), sorted(map(str, found))))


class _Search:
    def __init__(
        self,
        answers: Answers,
        evaluate: Evaluators,
        may_change: Callable[[str, Answer], bool],
        limit: int,
    ) -> None:
        self.answers, self.evaluate = answers, evaluate
        self.may_change, self.limit = may_change, limit

    def reach(self, node: Node, goal: Truth) -> set[Additions]:
        """Return the minimal additions after which `node` has the truth `goal` (true or false)."""
        if self.evaluate[node](self.answers) is goal:
            return {frozenset()}
        match node:
            case Defined(predicate):
                return self.reach(self.evaluate.predicates[predicate], goal)
            case Negation(operand):
                return self.reach(operand, goal.negated)
            case AllOf(operands):
                return self.every(operands, goal) if goal is Truth.TRUE else self.some(operands, goal)
            case AnyOf(operands):
                return self.some(operands, goal) if goal is Truth.TRUE else self.every(operands, goal)
            case AtLeast(count, operands):
                needed = count if goal is Truth.TRUE else len(operands) - count + 1
                return self.minimal(
                    found for chosen in combinations(operands, needed) for found in self.every(chosen, goal)
                )
            case _:
                return self.leaf(node, goal)

    def some(self, operands: Iterable[Node], goal: Truth) -> set[Additions]:
        return self.minimal(found for operand in operands for found in self.reach(operand, goal))

    def every(self, operands: Iterable[Node], goal: Truth) -> set[Additions]:
        combined: set[Additions] = {frozenset()}
        for operand in operands:
            ways = self.reach(operand, goal)
            combined = self.minimal(a | b for a in combined for b in ways if self.compatible(a | b))
            if not combined:
                return combined
        return combined

    def compatible(self, found: Additions) -> bool:
        return len(found) <= self.limit and len({finding for finding, _ in found}) == len(found)

    def minimal(self, ways: Iterable[Additions]) -> set[Additions]:
        distinct = set(ways)
        return {way for way in distinct if not any(other < way for other in distinct)}

    def leaf(self, node: Node, goal: Truth) -> set[Additions]:
        wanted = goal is Truth.TRUE
        match node:
            case Present(finding):
                options: list[tuple[str, Answer]] = [(finding, wanted)]
            case OneOf(finding, values) if wanted:
                options = [(finding, value) for value in values]
            case AnyRegion(finding, regions) if wanted:
                marked = self.answers.get(finding, ())
                before = marked if isinstance(marked, tuple) else ()
                options = [(finding, tuple(sorted({*before, region}))) for region in regions]
            case Compare(finding, operator, value) if wanted and operator in ("<=", ">=", "=="):
                options = [(finding, value)]
            case Compare(finding, ">", value) if wanted:
                options = [(finding, value + 1)]
            case Compare(finding, "<", value) if wanted:
                options = [(finding, value - 1)]
            case _:
                # Taking a measured or chosen answer back, or becoming unsure, is no addition.
                assert isinstance(node, Compare | OneOf | AnyRegion | Unsure)
                options = []
        return {frozenset([option]) for option in options if self.may_change(*option)}
