"""The columnar reading: many people's answers in, the truth of many trees out, one bit a person.

A truth value is two planes of bits: who makes the tree true, and who makes it false; neither = unknown. Then `and`,
`or`, `not` and `at_least` are a few bitwise operations on whole words, sixty-four people at a time. Bits beyond the
last person are never set.

This is the one module of `logic` that needs NumPy, so the package does not import it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

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

__all__ = ["Column", "Plane", "Program", "Truths", "everyone", "nobody", "packed", "unpacked"]

Plane: TypeAlias = npt.NDArray[np.uint64]
"""One bit a person, the first in the lowest bit of the first byte, as Arrow lays them out."""

Truths: TypeAlias = tuple[Plane, Plane]
"""Who makes a tree true, and who makes it false."""

_ORDERS: Final[Mapping[str, Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
}


def packed(mask: npt.NDArray[np.bool_]) -> Plane:
    """Return a mask, one item a person, as a plane.

    Examples:
        >>> packed(np.array([True, False, True])).tolist()
        [5]
    """
    made = np.zeros(-(-len(mask) // 64), np.uint64)
    bits = np.packbits(mask, bitorder="little")
    made.view(np.uint8)[: len(bits)] = bits
    return made


def unpacked(plane: Plane, people: int) -> npt.NDArray[np.bool_]:
    """Return a plane as a mask of so many people."""
    return np.unpackbits(plane.view(np.uint8), count=people, bitorder="little").view(np.bool_)


def everyone(people: int) -> Plane:
    """Return the plane in which each of so many people is set, and nothing beyond."""
    made = nobody(people)
    whole, rest = divmod(people, 64)
    made[:whole] = ~np.uint64(0)
    if rest:
        made[whole] = np.uint64((1 << rest) - 1)
    return made


def nobody(people: int) -> Plane:
    """Return the plane of so many people in which none is set."""
    return np.zeros(-(-people // 64), np.uint64)


@dataclass(slots=True)
class Column:
    """What everybody answered to one finding; a person in none of the three planes was not asked.

    Attributes:
        known: who gave a definite answer.
        unsure: who said "not sure".
        beside: for whom the question cannot hold or does not come up: every test on it is false.
        values: who said yes (boolean), who said each choice or marked each region, or each person's number; what
            stands there for people who are not in `known` has no meaning in a number, and is unset in a plane.
    """

    known: Plane
    unsure: Plane
    beside: Plane
    values: Plane | Mapping[str, Plane] | npt.NDArray[np.float64]

    @property
    def yes(self) -> Plane | None:
        """Who said yes; None if it is no yes/no question."""
        values: Any = self.values
        return values if isinstance(values, np.ndarray) and values.dtype == np.uint64 else None

    def truths(self, leaf: Node) -> Truths:
        """Return who makes a test on this finding true, and who false.

        Raises:
            TypeError: the node is no test on one finding, or not on one of this kind.
        """
        match leaf:
            case Unsure():
                return self.unsure, self.known | self.beside
            case Present() if self.yes is not None:
                true = self.yes
            case Compare(_, operator, value) if isinstance(self.values, np.ndarray) and self.yes is None:
                true = packed(_ORDERS[operator](self.values, value)) & self.known
            case OneOf(_, wanted) | AnyRegion(_, wanted) if not isinstance(self.values, np.ndarray):
                true = reduce(or_, (self.values[one] for one in wanted))
            case _:
                raise TypeError(f"{leaf!r} is no test on a finding of this kind")
        return true, (self.known & ~true) | self.beside

    def put_beside(self, people: Plane) -> None:
        """Take the question away from these people, none of whom has a definite answer."""
        self.beside = self.beside | people
        self.unsure = self.unsure & ~people


class Program:
    """Trees laid out so that each distinct part is worked out once, parts before wholes.

    Args:
        trees: what to read, in the order of the answer.
        predicates: the tree of each predicate that trees may name.

    Examples:
        >>> three = everyone(3)
        >>> asked, yes = packed(np.array([True, True, False])), packed(np.array([True, False, False]))
        >>> fever = Column(asked, nobody(3), nobody(3), yes)
        >>> program = Program([Negation(Present("fever"))], {})
        >>> [[plane.tolist() for plane in truths] for truths in program.run({"fever": fever}, 3)]
        [[[2], [1]]]
    """

    def __init__(self, trees: Iterable[Node], predicates: Mapping[str, Node]) -> None:
        self._predicates = predicates
        self._places: dict[Node, int] = {}
        self._steps: list[tuple[Node, tuple[int, ...]]] = []
        self._answers = [self._place(tree) for tree in trees]

    def _place(self, node: Node) -> int:
        if node in self._places:
            return self._places[node]
        match node:
            case Defined(predicate):
                place = self._place(self._predicates[predicate])
            case Negation(operand):
                place = self._add(node, (operand,))
            case AllOf(operands) | AnyOf(operands) | AtLeast(_, operands):
                place = self._add(node, operands)
            case _:
                place = self._add(node, ())
        self._places[node] = place
        return place

    def _add(self, node: Node, operands: tuple[Node, ...]) -> int:
        below = tuple(self._place(operand) for operand in operands)
        self._steps.append((node, below))
        return len(self._steps) - 1

    def run(self, columns: Mapping[str, Column], people: int) -> list[Truths]:
        """Return the truths of each tree.

        Args:
            columns: finding id to what was answered; a finding that is not there was asked of nobody.
            people: how many there are.
        """
        empty = nobody(people)
        done: list[Truths] = []
        for node, below in self._steps:
            match node:
                case Negation():
                    true, false = done[below[0]]
                    done.append((false, true))
                case AllOf():
                    done.append(
                        (reduce(and_, [done[one][0] for one in below]), reduce(or_, [done[one][1] for one in below]))
                    )
                case AnyOf():
                    done.append(
                        (reduce(or_, [done[one][0] for one in below]), reduce(and_, [done[one][1] for one in below]))
                    )
                case AtLeast(count, _):
                    done.append(
                        (
                            _at_least(count, [done[one][0] for one in below], empty),
                            # Fewer than `count` can still hold just if more than the rest are false.
                            _at_least(len(below) - count + 1, [done[one][1] for one in below], empty),
                        )
                    )
                case Present(finding) | Compare(finding) | OneOf(finding) | AnyRegion(finding) | Unsure(finding):
                    done.append(columns[finding].truths(node) if finding in columns else (empty, empty))
                case _:
                    raise TypeError(f"the columnar reading does not know {node!r}")
        return [done[place] for place in self._answers]


def _at_least(count: int, planes: list[Plane], empty: Plane) -> Plane:
    """Return who is set in at least `count` of the planes; `count` is at least one."""
    reached: list[Plane] = [empty] * count  # reached[i]: in at least i + 1 of those seen so far
    for plane in planes:
        for place in range(count - 1, 0, -1):
            reached[place] = reached[place] | (reached[place - 1] & plane)
        reached[0] = reached[0] | plane
    return reached[-1]
