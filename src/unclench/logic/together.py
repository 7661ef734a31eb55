"""The scalar reading of many trees at once: each distinct part is worked out once, in code made for these trees.

Truth is written in two bits, the lower for "may be true", the upper for "is true": false 0, unknown 1, true 3. Then
`and` is `&` and `or` is `|`, and all trees together are a few hundred of these on local variables. The text of that
code holds nothing but numbers of variables: what a test looks at stays with the evaluators of single tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from unclench.logic.nodes import AllOf, AnyOf, AtLeast, Defined, Negation, Node, Present
from unclench.logic.scalar import UNSURE, Answers, Evaluators
from unclench.logic.truth import Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeAlias

__all__ = ["Together", "together"]

Together: TypeAlias = Callable[[Answers], list[Truth]]
"""Answers in, the truth of each tree out."""

_BITS: Final = (0, 1, 3)  # by Truth
_TRUTHS: Final = (Truth.FALSE, Truth.UNKNOWN, None, Truth.TRUE)  # by bits
_OPPOSITE: Final = (3, 1, None, 0)  # by bits


def together(trees: Iterable[Node], evaluate: Evaluators, *, patience: int = 0) -> Together:
    """Return a function that reads all `trees` at once, and says of each what its evaluator says.

    Making it takes about as long as a hundred readings.

    Args:
        trees: what to read, in the order of the answer.
        evaluate: the scalar reading of single trees, with the predicates that trees may name.
        patience: how many readings go tree by tree before it is made, for whoever may never need more.

    Examples:
        >>> read = together([Present("fever"), Negation(Present("fever"))], Evaluators({}))
        >>> read({"fever": True})
        [<Truth.TRUE: 2>, <Truth.FALSE: 0>]
    """
    return _patient(tuple(trees), evaluate, patience) if patience else _made(trees, evaluate)


def _patient(trees: tuple[Node, ...], evaluate: Evaluators, patience: int) -> Together:
    one_by_one = [evaluate[tree] for tree in trees]
    left, at_once = patience, None

    def read(answers: Answers) -> list[Truth]:
        nonlocal left, at_once
        if at_once is None:
            if left > 0:
                left -= 1
                return [evaluator(answers) for evaluator in one_by_one]
            at_once = _made(trees, evaluate)
        return at_once(answers)

    return read


def _made(trees: Iterable[Node], evaluate: Evaluators) -> Together:
    layout = _Layout(evaluate.predicates)
    wanted = [layout.place(tree) for tree in trees]
    there = [leaf.finding for leaf in layout.there]
    tests = [evaluate[leaf] for leaf in layout.tests]
    known: dict[str, Any] = {"opposite": _OPPOSITE, "at_least": _at_least}
    exec(compile(layout.code(wanted), "<trees read together>", "exec"), known)
    combine: Callable[[list[int]], list[int]] = known["combine"]
    bits, truths, unsure = _BITS, _TRUTHS, UNSURE

    def read(answers: Answers) -> list[Truth]:
        answer = answers.get
        # Most tests are of this one kind, so a call for each of them is spared.
        read = [3 if (said := answer(one, unsure)) is True else 1 if said == unsure else 0 for one in there]
        read += [bits[test(answers)] for test in tests]
        return [truths[one] for one in combine(read)]  # type: ignore[misc]

    return read


class _Layout:
    """Trees laid out in lines of code, one for each distinct part, parts before wholes."""

    def __init__(self, predicates: Any) -> None:
        self._predicates = predicates
        self._names: dict[Node, str] = {}
        self._lines: list[str] = []
        self.there: dict[Present, str] = {}
        self.tests: dict[Node, str] = {}

    def place(self, node: Node) -> str:
        """Return the variable that holds the truth of `node`."""
        name = self._names.get(node)
        if name is None:
            name = self._names[node] = self._place(node)
        return name

    def _place(self, node: Node) -> str:
        match node:
            case Defined(predicate):
                return self.place(self._predicates[predicate])
            case Negation(operand):
                made = f"opposite[{self.place(operand)}]"
            case AllOf(operands):
                made = "&".join([self.place(one) for one in operands])
            case AnyOf(operands):
                made = "|".join([self.place(one) for one in operands])
            case AtLeast(count, operands):
                made = f"at_least({count:d},{','.join([self.place(one) for one in operands])})"
            case Present():
                return self.there.setdefault(node, f"p{len(self.there)}")
            case _:
                return self.tests.setdefault(node, f"t{len(self.tests)}")
        name = f"n{len(self._lines)}"
        self._lines.append(f"{name}={made}")
        return name

    def code(self, wanted: Iterable[str]) -> str:
        """Return the text of a function from the bits of all tests to the bits of the wanted trees."""
        inputs = "".join([f"{one}," for one in (*self.there.values(), *self.tests.values())])
        body = [f"[{inputs}]=read", *self._lines, f"return [{','.join(wanted)}]"]
        return "def combine(read):\n " + "\n ".join(body)


def _at_least(count: int, *parts: int) -> int:
    if sum(part >> 1 for part in parts) >= count:
        return 3
    return 1 if sum(part & 1 for part in parts) >= count else 0
