"""A solver's own formula, run on many people at once without the solver.

It walks the formula as the solver holds it and evaluates it with whole numbers as rows of bits, one bit a person. So
it compares what was given to the solver, not what this program meant to give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from unclench.errors import UnclenchError
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE, Answers
from unclench.logic.solver import Term
from unclench.proof.people import Stated

__all__ = ["Crowd"]


class Crowd:
    """Many people, against whom formulas over one person's variables are evaluated.

    Args:
        knowledge: the pack.
        stated: the variables of the person the formulas are about.
        people: the answers of each.
        examination: the variable of that name, false for all.
    """

    def __init__(
        self, knowledge: Knowledge, stated: Mapping[str, Stated], people: Sequence[Answers], examination: Term
    ) -> None:
        self.everybody = (1 << len(people)) - 1
        self.seen: dict[int, int] = {}
        self.kept: list[Any] = []  # keeps every term alive, so that no id is used twice
        self.numbers: dict[str, list[float]] = {}
        self.bits: dict[str, int] = {str(examination): 0}
        for finding in knowledge.findings.values():
            given = [person.get(finding.id) for person in people]
            variables = stated[finding.id]
            self.bits[str(variables.definite)] = _row(g is not None and g != UNSURE for g in given)
            self.bits[str(variables.unsure)] = _row(g == UNSURE for g in given)
            match finding.kind:
                case "boolean":
                    self.bits[str(variables.value)] = _row(g is True for g in given)
                case "number":
                    numbers = [g if isinstance(g, int | float) else finding.minimum for g in given]
                    self.numbers[str(variables.value)] = numbers
                case "choice":
                    for choice, term in variables.value.items():
                        self.bits[str(term)] = _row(g == choice for g in given)
                case "regions":
                    for region, term in variables.value.items():
                        self.bits[str(term)] = _row(isinstance(g, tuple) and region in g for g in given)

    def holds(self, term: Term) -> int:
        """Return for whom `term` holds: bit `i` for the person of that place.

        Raises:
            UnclenchError: the formula holds something this reading does not know.
        """
        if isinstance(term, bool):
            return self.everybody if term else 0
        known = self.seen.get(_place(term))
        if known is None:
            self.kept.append(term)
            known = self.seen[_place(term)] = self._evaluate(term)
        return known

    def _evaluate(self, term: Any) -> int:
        below = term.children()
        kind = _kind(term) if below else str(term)
        if kind in self.bits:
            return self.bits[kind]
        match kind.lower():
            case "and":
                row = self.everybody
                for part in below:
                    row &= self.holds(part)
                return row
            case "or":
                row = 0
                for part in below:
                    row |= self.holds(part)
                return row
            case "not":
                return self.everybody & ~self.holds(below[0])
            case "true":
                return self.everybody
            case "false":
                return 0
            case order if order in _ORDERS:
                constant = float(below[1].as_fraction()) if hasattr(below[1], "as_fraction") else below[1].as_long()
                return _row(_ORDERS[order](number, constant) for number in self.numbers[str(below[0])])
        raise UnclenchError(f"The solver holds a formula that is not understood: {kind}. Add it to proof/compiled.py.")


_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}
_CVC5_ORDERS = {"EQUAL": "=", "LEQ": "<=", "GEQ": ">=", "LT": "<", "GT": ">"}


def _kind(term: Any) -> str:
    """Return the connective on top, in Z3's words; cvc5 keeps it elsewhere."""
    if hasattr(term.ast, "getKind"):
        kind = str(term.ast.getKind().name)
        return _CVC5_ORDERS.get(kind, kind)
    return str(term.decl().name())


def _place(term: Any) -> int:
    return int(term.ast.getId() if hasattr(term.ast, "getId") else term.get_id())


def _row(flags: Iterable[bool]) -> int:
    row = 0
    for place, flag in enumerate(flags):
        if flag:
            row |= 1 << place
    return row
