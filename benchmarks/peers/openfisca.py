"""The rules as OpenFisca variables, over columns of people. OpenFisca is two-valued: everything must be answered.

Choices are whole numbers here, which is what OpenFisca keeps of an enumeration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from importlib import import_module
from operator import and_, eq, ge, gt, le, lt, or_
from typing import Any, Final, TypeAlias

import numpy as np

from benchmarks.peers.answers import Field, refused
from benchmarks.peers.predicates import PREFIX, layers
from unclench.logic import AllOf, AnyOf, AnyRegion, AtLeast, Compare, Defined, Negation, Node, OneOf, Present, Unsure

__all__ = ["OpenFisca", "Read", "columns_of", "formula"]

Read: TypeAlias = Callable[[str], Any]
"""From the name of a field, or `predicate__` and the name of a predicate, to everybody's values."""

_refused = refused("OpenFisca")
_ORDERS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq}
_ELSEWHERE: Final = -1  # a choice that cannot hold for this person is none of the choices


def formula(node: Node, codes: Mapping[str, Mapping[str, int]]) -> Callable[[Read], Any]:
    """Return a tree as a function of everybody's fields.

    Args:
        node: the tree.
        codes: choice finding to the number of each of its choices.

    Raises:
        ExpressionError: the node is of a kind this translator does not know.
    """
    match node:
        case Present(finding):
            return lambda read: read(finding)
        case Compare(finding, operator, value):
            order = _ORDERS[operator]
            return lambda read: order(read(finding), value) & ~read(f"{finding}__beside")
        case OneOf(finding, values):
            wanted = [codes[finding][value] for value in values]
            return lambda read: reduce(or_, [read(finding) == code for code in wanted])
        case AnyRegion(finding, regions):
            return lambda read: reduce(or_, [read(f"{finding}__{region}") for region in regions])
        case Unsure(finding):
            return lambda read: read(f"{finding}__unsure")
        case Defined(predicate):
            return lambda read: read(PREFIX + predicate)
        case Negation(operand):
            negated = formula(operand, codes)
            return lambda read: ~negated(read)
        case AllOf(operands):
            every = [formula(one, codes) for one in operands]
            return lambda read: reduce(and_, [one(read) for one in every])
        case AnyOf(operands):
            some = [formula(one, codes) for one in operands]
            return lambda read: reduce(or_, [one(read) for one in some])
        case AtLeast(count, operands):
            counted = [formula(one, codes) for one in operands]
            return lambda read: np.sum([one(read) for one in counted], axis=0) >= count
        case _:
            raise _refused(node)


def columns_of(people: Sequence[Mapping[str, Field]], codes: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Return everybody's fields as columns.

    Raises:
        ValueError: somebody left something open.
    """
    made: dict[str, Any] = {}
    for name in people[0]:
        values = [one[name] for one in people]
        if f"{name}__beside" in people[0]:
            made[name] = np.array([0.0 if one[f"{name}__beside"] else one[name] for one in people], np.float32)
            continue
        if None in values:
            raise ValueError(f"{name} is not answered by everybody, and OpenFisca knows no unknown")
        coded = name in codes
        made[name] = np.array([codes[name].get(str(one), _ELSEWHERE) for one in values] if coded else values)
    return made


class OpenFisca:
    """A tax-benefit system of one entity whose variables are our fields, predicates and rules.

    Args:
        rules: rule id to tree.
        predicates: the tree of each predicate that trees may name.
        fields: some people's columns, for names and types.
        codes: choice finding to the number of each of its choices.
    """

    def __init__(
        self,
        rules: Mapping[str, Node],
        predicates: Mapping[str, Node],
        fields: Mapping[str, Any],
        codes: Mapping[str, Mapping[str, int]],
    ) -> None:
        core: Any = import_module("openfisca_core.model_api")
        builder: Any = import_module("openfisca_core.simulation_builder")
        entities: Any = import_module("openfisca_core.entities")
        systems: Any = import_module("openfisca_core.taxbenefitsystems")
        self._builder = builder.SimulationBuilder
        self._day = import_module("openfisca_core.periods").period(
            "2000-01-01"
        )  # any day: nothing here changes in time
        named = layers(rules.values(), predicates)
        formulas = {PREFIX + name: node for layer in named for name, node in layer.items()}
        self._rules = [f"rule__{name}" for name in rules]
        formulas |= zip(self._rules, rules.values(), strict=True)
        person = entities.build_entity(key="person", plural="people", label="A person", is_person=True)
        self._system = systems.TaxBenefitSystem([person])
        usual = {"entity": person, "definition_period": core.DAY, "label": "from the pack"}
        kinds = {"b": bool, "f": float, "i": int}
        for name, column in fields.items():
            self._add(core, name, {**usual, "value_type": kinds[column.dtype.kind]})
        for name, node in formulas.items():
            self._add(core, name, {**usual, "value_type": bool, "formula": _as_method(formula(node, codes))})

    def _add(self, core: Any, name: str, attributes: Mapping[str, Any]) -> None:
        self._system.add_variable(type(name, (core.Variable,), dict(attributes)))

    def run(self, fields: Mapping[str, Any]) -> list[Any]:
        """Return the truths of everybody, one array a rule."""
        people = len(next(iter(fields.values())))
        simulation = self._builder().build_default_simulation(self._system, count=people)
        for name, column in fields.items():
            simulation.set_input(name, self._day, column)
        return [simulation.calculate(name, self._day) for name in self._rules]


def _as_method(made: Callable[[Read], Any]) -> Callable[[Any, Any], Any]:
    return lambda person, period: made(lambda name: person(name, period))
