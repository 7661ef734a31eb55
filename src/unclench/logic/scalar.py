"""The scalar reading: one person's answers in, one truth value out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
from unclench.logic.truth import Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

__all__ = ["NOT_APPLICABLE", "UNSURE", "Answer", "Answers", "Evaluator", "Evaluators"]

UNSURE: Final = "unsure"
"""The answer of somebody who was asked and cannot say. It is unknown, not false."""

NOT_APPLICABLE: Final = "not applicable"
"""Stands for the answer to a question that cannot hold for this person; every test on it is false."""

Answer: TypeAlias = bool | int | float | str | tuple[str, ...]
Answers: TypeAlias = Mapping[str, Answer]
Evaluator: TypeAlias = Callable[[Answers], Truth]

_FALSE, _UNKNOWN, _TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
}


class Evaluators(dict[Node, Evaluator]):
    """The scalar reading of every tree asked for, built once each.

    An evaluator is a function of a mapping from finding id to answer. A missing finding is unknown, and so is
    `"unsure"`.

    Args:
        predicates: the tree of each predicate that trees may name.

    Examples:
        >>> read = Evaluators({})
        >>> old = read[Compare("age", ">=", 65)]
        >>> old({"age": 70}), old({"age": 64}), old({})
        (<Truth.TRUE: 2>, <Truth.FALSE: 0>, <Truth.UNKNOWN: 1>)
    """

    def __init__(self, predicates: Mapping[str, Node]) -> None:
        super().__init__()
        self.predicates = predicates

    def __missing__(self, node: Node) -> Evaluator:
        made = self[node] = self._build(node)
        return made

    def _build(self, node: Node) -> Evaluator:
        match node:
            case Present(finding):
                return _present(finding)
            case AnyOf(operands):
                return _any_of(tuple([self[operand] for operand in operands]))
            case AllOf(operands):
                return _all_of(tuple([self[operand] for operand in operands]))
            case Defined(predicate):
                return self[self.predicates[predicate]]
            case Compare(finding, operator, value):
                return _compare(finding, _ORDERS[operator], value)
            case OneOf(finding, values):
                return _one_of(finding, frozenset(values))
            case AnyRegion(finding, regions):
                return _any_region(finding, frozenset(regions))
            case Negation(operand):
                return _negation(self[operand])
            case Unsure(finding):
                return _unsure(finding)
            case AtLeast(count, operands):
                return _at_least(count, tuple([self[operand] for operand in operands]))


def _present(finding: str) -> Evaluator:
    def evaluate(answers: Answers) -> Truth:
        answer = answers.get(finding, UNSURE)
        if answer is True:
            return _TRUE
        return _UNKNOWN if answer == UNSURE else _FALSE

    return evaluate


def _compare(finding: str, order: Callable[[float, float], bool], value: float) -> Evaluator:
    def evaluate(answers: Answers) -> Truth:
        answer = answers.get(finding, UNSURE)
        if answer == UNSURE:
            return _UNKNOWN
        return _TRUE if isinstance(answer, int | float) and order(answer, value) else _FALSE

    return evaluate


def _one_of(finding: str, values: frozenset[str]) -> Evaluator:
    def evaluate(answers: Answers) -> Truth:
        answer = answers.get(finding, UNSURE)
        if answer == UNSURE:
            return _UNKNOWN
        return _TRUE if answer in values else _FALSE

    return evaluate


def _any_region(finding: str, regions: frozenset[str]) -> Evaluator:
    def evaluate(answers: Answers) -> Truth:
        answer = answers.get(finding, UNSURE)
        if answer == UNSURE:
            return _UNKNOWN
        return _TRUE if isinstance(answer, tuple) and not regions.isdisjoint(answer) else _FALSE

    return evaluate


def _unsure(finding: str) -> Evaluator:
    def evaluate(answers: Answers) -> Truth:
        if finding not in answers:
            return _UNKNOWN
        return _TRUE if answers[finding] == UNSURE else _FALSE

    return evaluate


def _negation(operand: Evaluator) -> Evaluator:
    opposite = (_TRUE, _UNKNOWN, _FALSE)
    return lambda answers: opposite[operand(answers)]


def _all_of(operands: tuple[Evaluator, ...]) -> Evaluator:
    def evaluate(answers: Answers) -> Truth:
        least = _TRUE
        for operand in operands:
            truth = operand(answers)
            if truth is _FALSE:
                return _FALSE
            if truth is _UNKNOWN:
                least = _UNKNOWN
        return least

    return evaluate


def _any_of(operands: tuple[Evaluator, ...]) -> Evaluator:
    def evaluate(answers: Answers) -> Truth:
        greatest = _FALSE
        for operand in operands:
            truth = operand(answers)
            if truth is _TRUE:
                return _TRUE
            if truth is _UNKNOWN:
                greatest = _UNKNOWN
        return greatest

    return evaluate


def _at_least(count: int, operands: tuple[Evaluator, ...]) -> Evaluator:
    def evaluate(answers: Answers) -> Truth:
        certain = possible = 0
        for operand in operands:
            truth = operand(answers)
            certain += truth is _TRUE
            possible += truth is not _FALSE
        if certain >= count:
            return _TRUE
        return _UNKNOWN if possible >= count else _FALSE

    return evaluate
