"""The names and types that expressions may use."""

from __future__ import annotations

from operator import ge, gt, le, lt
from types import MappingProxyType

from unclench.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal, TypeAlias

__all__ = ["FindingType", "Kind", "Vocabulary"]

Kind: TypeAlias = "Literal['boolean', 'choice', 'number', 'regions']"

_HOLDS: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


@record
class FindingType:
    """What the parser must know of a finding.

    Attributes:
        kind: how it is answered.
        choices: the allowed values of a choice, or the region ids.
        minimum: the least allowed number.
        maximum: the greatest allowed number.
        integer: whether the number is whole.
    """

    kind: Kind
    choices: tuple[str, ...] = ()
    minimum: float = 0
    maximum: float = 0
    integer: bool = False

    def tells_apart(self, order: str, value: float) -> bool:
        """Whether comparing with `value` is true of some allowed numbers and false of others."""
        if order == "==":
            return self.minimum <= value <= self.maximum and (not self.integer or value == int(value))
        return _HOLDS[order](self.minimum, value) != _HOLDS[order](self.maximum, value)


@record
class Vocabulary:
    """The names an expression may use: findings, predicates, and the record's own thresholds."""

    findings: Mapping[str, FindingType]
    predicates: frozenset[str] = frozenset()
    thresholds: Mapping[str, float] = MappingProxyType({})
