"""The closed set of node types. A reading handles each of them; a node it does not know is an error, never unknown.

Nodes are frozen, compare by value and hold no answers. Findings and predicates are named by id.
"""

from __future__ import annotations

from functools import lru_cache

from unclench.errors import ExpressionError
from unclench.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, TypeAlias

__all__ = [
    "AllOf",
    "AnyOf",
    "AnyRegion",
    "AtLeast",
    "Compare",
    "Defined",
    "Negation",
    "Node",
    "OneOf",
    "Present",
    "Unsure",
    "children",
    "from_data",
    "mentioned",
    "to_data",
]


@record
class Present:
    """A yes/no finding is there."""

    finding: str


@record
class Compare:
    """A measured finding stands in an order to a constant. `operator` is one of `<  <=  >  >=  ==`."""

    finding: str
    operator: str
    value: float


@record
class OneOf:
    """A choice finding has one of these values."""

    finding: str
    values: tuple[str, ...]


@record
class AnyRegion:
    """At least one of these body regions was marked."""

    finding: str
    regions: tuple[str, ...]


@record
class Unsure:
    """The person was asked and said "not sure". Unknown while unasked; false once answered."""

    finding: str


@record
class Defined:
    """A named predicate, defined once in `knowledge/predicates/`."""

    predicate: str


@record
class Negation:
    """The opposite."""

    operand: Node


@record
class AllOf:
    """All of these hold."""

    operands: tuple[Node, ...]


@record
class AnyOf:
    """At least one of these holds."""

    operands: tuple[Node, ...]


@record
class AtLeast:
    """At least `count` of these hold."""

    count: int
    operands: tuple[Node, ...]


Node: TypeAlias = Present | Compare | OneOf | AnyRegion | Unsure | Defined | Negation | AllOf | AnyOf | AtLeast


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below `node`; leaves have none."""
    match node:
        case Negation(operand):
            return (operand,)
        case AllOf(operands) | AnyOf(operands) | AtLeast(_, operands):
            return operands
        case _:
            return ()


def mentioned(node: Node, predicates: Mapping[str, Node]) -> Iterator[str]:
    """Return the id of every finding `node` looks at, through predicates, in reading order, repeats included."""
    found: list[str] = []
    _add_mentioned(node, predicates, found)
    return iter(found)


def _add_mentioned(node: Node, predicates: Mapping[str, Node], found: list[str]) -> None:
    match node:
        case Present(finding):
            found.append(finding)
        case AnyOf(operands) | AllOf(operands) | AtLeast(_, operands):
            for operand in operands:
                _add_mentioned(operand, predicates, found)
        case Defined(predicate):
            _add_mentioned(predicates[predicate], predicates, found)
        case Negation(operand):
            _add_mentioned(operand, predicates, found)
        case Compare(finding) | OneOf(finding) | AnyRegion(finding) | Unsure(finding):
            found.append(finding)


def to_data(node: Node) -> list[Any]:
    """Return `node` as plain lists, the form it has in the pack.

    Examples:
        >>> to_data(AllOf((Present("fever"), Compare("age", ">=", 65))))
        ['all', ['present', 'fever'], ['compare', 'age', '>=', 65]]
    """
    match node:
        case Present(finding):
            return ["present", finding]
        case Compare(finding, operator, value):
            return ["compare", finding, operator, value]
        case OneOf(finding, values):
            return ["one_of", finding, *values]
        case AnyRegion(finding, regions):
            return ["any_region", finding, *regions]
        case Unsure(finding):
            return ["unsure", finding]
        case Defined(predicate):
            return ["defined", predicate]
        case Negation(operand):
            return ["not", to_data(operand)]
        case AllOf(operands):
            return ["all", *map(to_data, operands)]
        case AnyOf(operands):
            return ["any", *map(to_data, operands)]
        case AtLeast(count, operands):
            return ["at_least", count, *map(to_data, operands)]


@lru_cache(maxsize=1024)
def _there(finding: str) -> Present:
    # Half of all nodes are of this kind, and most stand in several trees; one for all is made, and hashed, once.
    return Present(finding)


def from_data(data: list[Any]) -> Node:
    """Return the node that `to_data` wrote.

    Raises:
        ExpressionError: the list does not start with a known node name; the pack is damaged or from another version.

    Examples:
        >>> from_data(["not", ["present", "fever"]])
        Negation(operand=Present(finding='fever'))
    """
    match data:
        case ["present", str(finding)]:
            return _there(finding)
        case ["any", *operands]:
            return AnyOf(tuple(map(from_data, operands)))
        case ["all", *operands]:
            return AllOf(tuple(map(from_data, operands)))
        case ["defined", str(predicate)]:
            return Defined(predicate)
        case ["compare", str(finding), str(operator), (int() | float()) as value]:
            return Compare(finding, operator, value)
        case ["one_of", str(finding), *values]:
            return OneOf(finding, tuple(values))
        case ["any_region", str(finding), *regions]:
            return AnyRegion(finding, tuple(regions))
        case ["not", list(operand)]:
            return Negation(from_data(operand))
        case ["unsure", str(finding)]:
            return Unsure(finding)
        case ["at_least", int(count), *operands]:
            return AtLeast(count, tuple(map(from_data, operands)))
        case _:
            raise ExpressionError(
                f"The pack holds an expression this version does not know: {data!r:.80}. "
                "Build the pack again with this version of Unclench."
            )
