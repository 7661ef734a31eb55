"""Nodes compare by value, list what they look at, and survive being written to a pack and read back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from strategies import PREDICATES, trees
from unclench.errors import ExpressionError
from unclench.logic import (
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
    from_data,
    mentioned,
    to_data,
)
from unclench.logic.nodes import children

EACH: list[tuple[Node, list[Any]]] = [
    (Present("fever"), ["present", "fever"]),
    (Compare("age", ">=", 65), ["compare", "age", ">=", 65]),
    (Compare("temperature", "<", 35.5), ["compare", "temperature", "<", 35.5]),
    (OneOf("trigger", ("fall", "lift")), ["one_of", "trigger", "fall", "lift"]),
    (AnyRegion("site", ("neck",)), ["any_region", "site", "neck"]),
    (Unsure("fever"), ["unsure", "fever"]),
    (Defined("child"), ["defined", "child"]),
    (Negation(Present("fever")), ["not", ["present", "fever"]]),
    (AllOf((Present("a"), Present("b"))), ["all", ["present", "a"], ["present", "b"]]),
    (AnyOf((Present("a"), Present("b"))), ["any", ["present", "a"], ["present", "b"]]),
    (AtLeast(1, (Present("a"), Present("b"))), ["at_least", 1, ["present", "a"], ["present", "b"]]),
]


@pytest.mark.parametrize(("node", "data"), EACH)
def test_each_node_has_its_plain_form(node: Node, data: list[Any]) -> None:
    assert to_data(node) == data


@pytest.mark.parametrize(("node", "data"), EACH)
def test_each_plain_form_reads_back_as_its_node(node: Node, data: list[Any]) -> None:
    assert from_data(data) == node


@settings(max_examples=150)
@given(trees())
def test_a_tree_survives_the_way_through_json(tree: Node) -> None:
    assert from_data(json.loads(json.dumps(to_data(tree)))) == tree


@pytest.mark.parametrize(
    "data",
    [
        [],
        ["perhaps", "fever"],
        ["present"],
        ["present", 3],
        ["present", "fever", "twice"],
        ["compare", "age", ">="],
        ["compare", "age", ">=", "65"],
        ["not", ["present", "a"], ["present", "b"]],
        ["not", "fever"],
        ["at_least", "two", ["present", "a"]],
        ["all", ["perhaps", "fever"]],
    ],
    ids=str,
)
def test_a_form_of_another_version_is_refused_and_not_guessed(data: list[Any]) -> None:
    with pytest.raises(ExpressionError) as refusal:
        from_data(data)
    assert str(refusal.value).startswith("The pack holds an expression this version does not know: [")
    assert str(refusal.value).endswith("Build the pack again with this version of Unclench.")


@pytest.mark.parametrize(
    ("node", "below"),
    [
        (Present("a"), ()),
        (Compare("age", ">", 3), ()),
        (Defined("child"), ()),
        (Negation(Present("a")), (Present("a"),)),
        (AllOf((Present("a"), Present("b"))), (Present("a"), Present("b"))),
        (AnyOf((Present("a"), Present("b"))), (Present("a"), Present("b"))),
        (AtLeast(2, (Present("a"), Present("b"))), (Present("a"), Present("b"))),
    ],
    ids=str,
)
def test_only_the_nodes_directly_below_are_children(node: Node, below: tuple[Node, ...]) -> None:
    assert children(node) == below


def test_findings_are_mentioned_in_reading_order_and_as_often_as_they_stand_there() -> None:
    tree = AllOf((
        AtLeast(1, (Unsure("numbness"), Compare("age", ">", 3))),
        Negation(AnyOf((OneOf("trigger", ("fall",)), AnyRegion("site", ("neck",))))),
        Present("numbness"),
    ))  # fmt: skip
    assert list(mentioned(tree, {})) == ["numbness", "age", "trigger", "site", "numbness"]


def test_a_predicate_mentions_what_its_definition_mentions() -> None:
    assert list(mentioned(Defined("unwell_child"), PREDICATES)) == ["age", "fever", "night_pain", "severity"]


def test_nodes_of_equal_content_are_equal_and_hash_alike() -> None:
    one, other = (AllOf((Present("a"), Compare("age", ">", 3))) for _ in range(2))
    assert one == other
    assert len({one, other, AnyOf((Present("a"), Compare("age", ">", 3)))}) == 2


def test_a_node_cannot_be_changed() -> None:
    node = Present("fever")
    with pytest.raises(AttributeError):
        node.finding = "numbness"  # type: ignore[misc]
