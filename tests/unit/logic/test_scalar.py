"""One person's answers in, one truth value out: Kleene's tables, and what each kind of answer means to each leaf."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import PREDICATES, additions, answers, trees
from unclench.logic import (
    NOT_APPLICABLE,
    UNSURE,
    AllOf,
    Answer,
    AnyOf,
    AnyRegion,
    AtLeast,
    Compare,
    Defined,
    Evaluators,
    Negation,
    Node,
    OneOf,
    Present,
    Truth,
    Unsure,
)

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
GIVEN: dict[Truth, dict[str, Answer]] = {F: {"x": False}, U: {}, T: {"x": True}}


def truth_of(node: Node, known: dict[str, Answer]) -> Truth:
    return Evaluators(PREDICATES)[node](known)


def operands_with(truths: tuple[Truth, ...]) -> tuple[tuple[Node, ...], dict[str, Answer]]:
    """Return one yes/no test for each truth value, and answers that give it that value."""
    names = [f"finding_{place}" for place in range(len(truths))]
    known: dict[str, Answer] = {n: t is T for n, t in zip(names, truths, strict=True) if t is not U}
    return tuple(Present(name) for name in names), known


@pytest.mark.parametrize(("operand", "result"), [(F, T), (U, U), (T, F)])
def test_not_mirrors_truth_and_leaves_unknown_unknown(operand: Truth, result: Truth) -> None:
    assert truth_of(Negation(Present("x")), GIVEN[operand]) is result


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (F, F, F, F),
        (F, U, F, U),
        (F, T, F, T),
        (U, F, F, U),
        (U, U, U, U),
        (U, T, U, T),
        (T, F, F, T),
        (T, U, U, T),
        (T, T, T, T),
    ],
)
def test_and_and_or_follow_the_tables_of_kleene(left: Truth, right: Truth, both: Truth, either: Truth) -> None:
    operands, known = operands_with((left, right))
    assert (truth_of(AllOf(operands), known), truth_of(AnyOf(operands), known)) == (both, either)


@pytest.mark.parametrize("truths", list(product(Truth, repeat=3)), ids=str)
def test_and_is_the_least_and_or_the_greatest_of_three(truths: tuple[Truth, ...]) -> None:
    operands, known = operands_with(truths)
    assert (truth_of(AllOf(operands), known), truth_of(AnyOf(operands), known)) == (min(truths), max(truths))


# With `count` true ones it holds; while enough might still turn out true it is open; else it cannot hold any more.
AT_LEAST_ONE_TWO_THREE = {
    (F, F, F): (F, F, F),
    (F, F, U): (U, F, F),
    (F, F, T): (T, F, F),
    (F, U, U): (U, U, F),
    (F, U, T): (T, U, F),
    (F, T, T): (T, T, F),
    (U, U, U): (U, U, U),
    (U, U, T): (T, U, U),
    (U, T, T): (T, T, U),
    (T, T, T): (T, T, T),
}


@pytest.mark.parametrize("truths", list(product(Truth, repeat=3)), ids=str)
def test_at_least_counts_what_is_true_and_what_may_become_true(truths: tuple[Truth, ...]) -> None:
    operands, known = operands_with(truths)
    expected = AT_LEAST_ONE_TWO_THREE[tuple(sorted(truths))]  # type: ignore[index]
    assert tuple(truth_of(AtLeast(count, operands), known) for count in (1, 2, 3)) == expected


LEAVES: dict[str, Node] = {
    "present": Present("x"),
    "compare": Compare("x", ">=", 3),
    "one of": OneOf("x", ("fall", "lift")),
    "any region": AnyRegion("x", ("neck", "loin")),
}


@pytest.mark.parametrize("leaf", LEAVES.values(), ids=LEAVES)
def test_a_finding_nobody_answered_leaves_the_test_unknown(leaf: Node) -> None:
    assert truth_of(leaf, {}) is U


@pytest.mark.parametrize("leaf", LEAVES.values(), ids=LEAVES)
def test_not_sure_leaves_the_test_unknown(leaf: Node) -> None:
    assert truth_of(leaf, {"x": UNSURE}) is U


@pytest.mark.parametrize("leaf", [*LEAVES.values(), Unsure("x")], ids=[*LEAVES, "unsure"])
def test_every_test_of_a_question_that_cannot_hold_is_false(leaf: Node) -> None:
    assert truth_of(leaf, {"x": NOT_APPLICABLE}) is F


@pytest.mark.parametrize(
    ("known", "truth"),
    [
        ({}, U),
        ({"x": UNSURE}, T),
        ({"x": True}, F),
        ({"x": False}, F),
        ({"x": 3}, F),
        ({"x": "fall"}, F),
        ({"x": ()}, F),
    ],
    ids=str,
)
def test_unsure_is_unknown_while_unasked_true_when_said_and_false_once_answered(
    known: dict[str, Answer], truth: Truth
) -> None:
    assert truth_of(Unsure("x"), known) is truth


@pytest.mark.parametrize(("answer", "truth"), [(True, T), (False, F)])
def test_a_yes_no_finding_is_as_true_as_its_answer(answer: bool, truth: Truth) -> None:
    assert truth_of(Present("x"), {"x": answer}) is truth


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [("<", T, F, F), ("<=", T, T, F), (">", F, F, T), (">=", F, T, T), ("==", F, T, F)],
)
def test_an_order_holds_just_below_at_and_just_above_as_written(
    operator: str, below: Truth, at: Truth, above: Truth
) -> None:
    found = [truth_of(Compare("x", operator, 3), {"x": value}) for value in (2.9, 3, 3.1)]
    assert found == [below, at, above]


@pytest.mark.parametrize(("answer", "truth"), [("fall", T), ("lift", T), ("none", F)])
def test_a_choice_is_true_for_the_values_named_and_no_other(answer: str, truth: Truth) -> None:
    assert truth_of(OneOf("x", ("fall", "lift")), {"x": answer}) is truth


@pytest.mark.parametrize(
    ("answer", "truth"),
    [((), F), (("calf",), F), (("neck",), T), (("calf", "loin"), T), (("loin", "neck"), T)],
    ids=str,
)
def test_regions_are_true_as_soon_as_one_named_region_is_marked(answer: tuple[str, ...], truth: Truth) -> None:
    assert truth_of(AnyRegion("x", ("neck", "loin")), {"x": answer}) is truth


@given(answers(not_applicable=True))
def test_a_predicate_is_as_true_as_its_definition(known: dict[str, Answer]) -> None:
    for name, definition in PREDICATES.items():
        assert truth_of(Defined(name), known) is truth_of(definition, known)


def test_a_node_that_no_reading_knows_is_never_unknown_but_an_error() -> None:
    with pytest.raises(TypeError):
        truth_of("fever", {})  # type: ignore[arg-type]


@settings(max_examples=250)
@given(st.data(), trees(), answers(not_applicable=True))
def test_answering_more_never_changes_what_is_true_or_false(
    data: st.DataObject, tree: Node, known: dict[str, Answer]
) -> None:
    before = truth_of(tree, known)
    after = truth_of(tree, data.draw(additions(known), label="answers with more"))
    assert before is U or after is before


@settings(max_examples=250)
@given(st.data(), trees(unsure=False), answers())
def test_making_up_ones_mind_never_changes_what_was_true_or_false(
    data: st.DataObject, tree: Node, known: dict[str, Answer]
) -> None:
    decided = {finding: value for finding, value in known.items() if value != UNSURE}
    after = truth_of(tree, data.draw(additions(decided), label="answers with more"))
    before = truth_of(tree, known)
    assert before is U or after is before


@settings(max_examples=150)
@given(trees(), answers(not_applicable=True))
def test_a_tree_and_its_opposite_mirror_each_other(tree: Node, known: dict[str, Answer]) -> None:
    assert truth_of(Negation(tree), known) is truth_of(tree, known).negated


@settings(max_examples=150)
@given(trees(unsure=False), answers())
def test_not_sure_and_not_asked_weigh_the_same_unless_unsure_is_asked_for(tree: Node, known: dict[str, Answer]) -> None:
    asked = {finding: value for finding, value in known.items() if value != UNSURE}
    assert truth_of(tree, known) is truth_of(tree, asked)


def test_each_tree_is_built_once() -> None:
    evaluate = Evaluators(PREDICATES)
    assert evaluate[AllOf((Present("x"), Present("y")))] is evaluate[AllOf((Present("x"), Present("y")))]
