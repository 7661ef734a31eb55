"""Trees are written back as text that reads as the same tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import WORDS, trees
from unclench.logic import (
    AllOf,
    AnyOf,
    AnyRegion,
    AtLeast,
    Compare,
    Defined,
    FindingType,
    Negation,
    Node,
    OneOf,
    Present,
    Unsure,
    Vocabulary,
    parse,
    render,
)

A, B = Present("fever"), Present("numbness")


@settings(max_examples=300)
@given(trees())
def test_what_is_rendered_reads_as_the_same_tree(tree: Node) -> None:
    assert parse(render(tree), WORDS) == tree


@given(st.one_of(st.integers(-(10**15), 10**15), st.floats(-1e15, 1e15)))
def test_every_number_is_rendered_exactly(value: float) -> None:
    measured = Vocabulary({"t": FindingType("number", (), -(10**16), 10**16)})
    assert parse(render(Compare("t", ">=", value)), measured) == Compare("t", ">=", value)


@settings(max_examples=100)
@given(trees())
def test_rendering_what_was_rendered_changes_nothing(tree: Node) -> None:
    text = render(tree)
    assert render(parse(text, WORDS)) == text


@pytest.mark.parametrize(
    "written",
    ["1 <= age < 5", "3 > age", 'trigger != "fall"', '"neck" not in site', 'any_in(site, "neck")', "age >= grown_up"],
)
def test_other_spellings_reach_the_normal_form_in_one_step(written: str) -> None:
    tree = parse(written, WORDS)
    assert render(tree) != written
    assert parse(render(tree), WORDS) == tree


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (A, "fever"),
        (Defined("child"), "child"),
        (Unsure("age"), "unsure(age)"),
        (Compare("age", ">=", 3), "age >= 3"),
        (Compare("age", "<", 2.5), "age < 2.5"),
        (Compare("age", "==", 3.0), "age == 3"),
        (Compare("age", ">=", 1234567), "age >= 1234567"),
        (Compare("age", ">=", 1234567.0), "age >= 1234567"),
        (Compare("age", ">=", 0.1), "age >= 0.1"),
        (Compare("age", ">=", 38.123456789), "age >= 38.123456789"),
        (Compare("age", ">=", -1), "age >= -1"),
        (OneOf("trigger", ("fall",)), 'trigger == "fall"'),
        (OneOf("trigger", ("fall", "lift")), 'trigger in ("fall", "lift")'),
        (AnyRegion("site", ("neck",)), '"neck" in site'),
        (AnyRegion("site", ("neck", "loin")), 'any_in(site, "neck", "loin")'),
        (Negation(A), "not fever"),
        (Negation(AllOf((A, B))), "not (fever and numbness)"),
        (AnyOf((A, AllOf((A, B)))), "fever or (fever and numbness)"),
        (AllOf((A, AnyOf((A, Negation(B))))), "fever and (fever or not numbness)"),
        (AllOf((A, AllOf((A, B)))), "fever and (fever and numbness)"),
        (AtLeast(2, (A, AnyOf((A, B)), B)), "at_least(2, fever, fever or numbness, numbness)"),
    ],
)
def test_each_node_has_one_normal_text(node: Node, text: str) -> None:
    assert render(node) == text
