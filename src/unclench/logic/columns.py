"""The columnar reading: trees become one circuit over planes of bits, one bit a person, so many people at a time.

A truth value is two planes: who makes the tree true, and who makes it false; neither = unknown. Then `and`, `or`, `not`
and `at_least` are a few gates. A gate says who is in all of some planes; a plane may stand for those who are not in it,
so that this one kind of gate is enough. Gates that are alike are made once.

A wire names a plane: twice its row, and one more for everybody outside it. Nothing here holds answers or runs gates;
`unclench.batch` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass

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
    from typing import Final, TypeAlias

__all__ = ["EVERYONE", "NOBODY", "Answered", "Asked", "Circuit", "Definite", "Gates", "Input", "Truths", "Wire"]

Wire: TypeAlias = int
"""Who is in a plane (even), or who is not (odd)."""

Truths: TypeAlias = tuple[Wire, Wire]
"""Who makes a tree true, and who makes it false."""

NOBODY: Final[Wire] = 0
EVERYONE: Final[Wire] = 1


@dataclass(frozen=True, slots=True)
class Definite:
    """The people who gave a definite answer to a finding."""

    finding: str


Input: TypeAlias = Definite | Unsure | Present | Compare | OneOf | AnyRegion
"""A plane that must be read from answers: `Unsure` is who said "not sure"; a test is who passes it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who answered one finding; a person in none of the three was not asked.

    Attributes:
        known: gave a definite answer.
        unsure: said "not sure".
        beside: for whom the question cannot hold or does not come up: every test on it is false.
    """

    known: Wire
    unsure: Wire
    beside: Wire


Answered: TypeAlias = MutableMapping[str, Asked]


@dataclass(frozen=True, slots=True)
class Gates:
    """What of a circuit some wires need, laid out to be run: nobody, then the inputs, then the gates in order.

    Attributes:
        inputs: what stands in rows 1, 2, ...
        gates: of each gate, the wires that all must hold.
        wanted: the wires that were asked for.
    """

    inputs: tuple[Input, ...]
    gates: tuple[tuple[Wire, ...], ...]
    wanted: tuple[Wire, ...]


class Circuit:
    """Gates over planes, those of parts before those of wholes.

    Args:
        predicates: the tree of each predicate that trees may name.

    Examples:
        >>> circuit = Circuit({})
        >>> true, false = circuit.truths(Negation(Present("fever")), {"fever": circuit.asked("fever")})
        >>> circuit.gates([true, false])  # doctest: +NORMALIZE_WHITESPACE
        Gates(inputs=(Definite(finding='fever'), Present(finding='fever')), gates=((2, 5), (2, 4)), wanted=(6, 8))
    """

    def __init__(self, predicates: Mapping[str, Node]) -> None:
        self._predicates = predicates
        self._rows: list[Input | tuple[Wire, ...]] = [()]
        self._places: dict[Input | tuple[Wire, ...], int] = {}

    def input(self, what: Input) -> Wire:
        """Return the wire of a plane to be read."""
        return self._wire(what)

    def asked(self, finding: str) -> Asked:
        """Return the people who were asked about a finding, as they said it."""
        return Asked(self.input(Definite(finding)), self.input(Unsure(finding)), NOBODY)

    def all_of(self, *wires: Wire) -> Wire:
        """Return who is in all of some planes; everyone if there are none."""
        distinct = sorted(set(wires) - {EVERYONE})
        if NOBODY in distinct or any(wire ^ 1 in distinct for wire in distinct):
            return NOBODY
        if len(distinct) <= 1:
            return distinct[0] if distinct else EVERYONE
        return self._wire(tuple(distinct))

    def any_of(self, *wires: Wire) -> Wire:
        """Return who is in at least one of some planes; nobody if there are none."""
        return self.all_of(*(wire ^ 1 for wire in wires)) ^ 1

    def at_least(self, count: int, wires: Sequence[Wire]) -> Wire:
        """Return who is in at least `count` of some planes; `count` is at least one."""
        reached = [NOBODY] * count  # reached[i]: in at least i + 1 of those seen so far
        for wire in wires:
            for place in range(count - 1, 0, -1):
                reached[place] = self.any_of(reached[place], self.all_of(reached[place - 1], wire))
            reached[0] = self.any_of(reached[0], wire)
        return reached[-1]

    def truths(self, tree: Node, answered: Mapping[str, Asked]) -> Truths:
        """Return who makes a tree true, and who false.

        Args:
            tree: what to read.
            answered: finding id to who answered; a finding that is not there was asked of nobody.

        Raises:
            TypeError: the tree has a node this reading does not know.
        """
        match tree:
            case Defined(predicate):
                return self.truths(self._predicates[predicate], answered)
            case Negation(operand):
                true, false = self.truths(operand, answered)
                return false, true
            case AllOf(operands):
                all_true, some_false = self._both(operands, answered)
                return self.all_of(*all_true), self.any_of(*some_false)
            case AnyOf(operands):
                some_true, all_false = self._both(operands, answered)
                return self.any_of(*some_true), self.all_of(*all_false)
            case AtLeast(count, operands):
                holding, failing = self._both(operands, answered)
                # Fewer than `count` can still hold just if more than the rest are false.
                return self.at_least(count, holding), self.at_least(len(operands) - count + 1, failing)
            case Unsure(finding):
                asked = answered.get(finding)
                return (asked.unsure, self.any_of(asked.known, asked.beside)) if asked else (NOBODY, NOBODY)
            case Present(finding) | Compare(finding) | OneOf(finding) | AnyRegion(finding):
                asked = answered.get(finding)
                if asked is None:
                    return NOBODY, NOBODY
                passes = self.input(tree)
                failed = self.all_of(asked.known, passes ^ 1)
                return self.all_of(asked.known, passes), self.any_of(failed, asked.beside)
            case _:
                raise TypeError(f"the columnar reading does not know {tree!r}")

    def _both(self, trees: Iterable[Node], answered: Mapping[str, Asked]) -> tuple[list[Wire], list[Wire]]:
        both = [self.truths(tree, answered) for tree in trees]
        return [true for true, _ in both], [false for _, false in both]

    def gates(self, wanted: Iterable[Wire]) -> Gates:
        """Return what has to be read and run for these wires, and no more."""
        asked_for = tuple(wanted)
        needed = {wire >> 1 for wire in asked_for}
        for row in range(len(self._rows) - 1, 0, -1):
            known = self._rows[row]
            if row in needed and isinstance(known, tuple):
                needed.update(wire >> 1 for wire in known)
        needed.discard(0)
        rows = sorted(needed, key=lambda row: (isinstance(self._rows[row], tuple), row))
        place = {0: 0, **{row: at for at, row in enumerate(rows, 1)}}

        def moved(wire: Wire) -> Wire:
            return 2 * place[wire >> 1] + (wire & 1)

        kept = [self._rows[row] for row in rows]
        return Gates(
            inputs=tuple(one for one in kept if not isinstance(one, tuple)),
            gates=tuple(tuple(map(moved, one)) for one in kept if isinstance(one, tuple)),
            wanted=tuple(map(moved, asked_for)),
        )

    def _wire(self, what: Input | tuple[Wire, ...]) -> Wire:
        if what not in self._places:
            self._places[what] = len(self._rows)
            self._rows.append(what)
        return 2 * self._places[what]
