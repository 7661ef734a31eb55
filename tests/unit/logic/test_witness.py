"""The smallest new answers that would make an expression true, held against a search of all possible answers.

Taking a measured or chosen answer back, and becoming unsure, are no additions; so only trees that negate nothing but
yes/no findings are searched exhaustively.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

import pytest
from hypothesis import given, settings

from strategies import PREDICATES, WORDS, answers, possible_answers, read_once_trees, trees
from unclench.logic import (
    UNSURE,
    Additions,
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
    additions_that_make_true,
    mentioned,
)

EVALUATE = Evaluators(PREDICATES)
FEVER, NUMB, NIGHT = Present("fever"), Present("numbness"), Present("night_pain")


def possible(finding: str, value: Answer) -> bool:
    return value in possible_answers(finding)


def reached(node: Node, known: Mapping[str, Answer], limit: int = 2) -> list[dict[str, Answer]]:
    return [dict(found) for found in additions_that_make_true(node, known, EVALUATE, possible, limit)]


def holds(node: Node, known: Mapping[str, Answer], added: Additions) -> bool:
    return EVALUATE[node]({**known, **dict(added)}) is Truth.TRUE


def proper_subsets(added: Additions) -> Iterator[Additions]:
    for size in range(len(added)):
        yield from map(frozenset, combinations(added, size))


def smallest_by_search(node: Node, known: Mapping[str, Answer], limit: int) -> int | None:
    """Return how many new answers suffice, by trying all of them; None if `limit` does not."""
    findings = sorted(set(mentioned(node, PREDICATES)))
    for size in range(limit + 1):
        for chosen in combinations(findings, size):
            for values in product(*map(possible_answers, chosen)):
                if holds(node, known, frozenset(zip(chosen, values, strict=True))):
                    return size
    return None


@settings(max_examples=250)
@given(read_once_trees(), answers())
def test_each_addition_makes_the_tree_true_and_no_part_of_it_does(tree: Node, known: dict[str, Answer]) -> None:
    for added in additions_that_make_true(tree, known, EVALUATE, possible, 3):
        assert holds(tree, known, added)
        assert not any(holds(tree, known, part) for part in proper_subsets(added))


@settings(max_examples=200)
@given(read_once_trees(), answers())
def test_no_search_finds_a_smaller_addition(tree: Node, known: dict[str, Answer]) -> None:
    found = additions_that_make_true(tree, known, EVALUATE, possible, 2)
    assert (len(found[0]) if found else None) == smallest_by_search(tree, known, 2)


@settings(max_examples=250)
@given(trees(unsure=False), answers())
def test_news_on_open_questions_makes_any_tree_true_as_promised(tree: Node, known: dict[str, Answer]) -> None:
    def still_open(finding: str, value: Answer) -> bool:
        return finding not in known and possible(finding, value)

    for added in additions_that_make_true(tree, known, EVALUATE, still_open, 3):
        assert holds(tree, known, added)


@settings(max_examples=150)
@given(trees(), answers())
def test_no_addition_is_larger_than_the_limit_nor_of_a_forbidden_answer(tree: Node, known: dict[str, Answer]) -> None:
    def only_yes_no(finding: str, value: Answer) -> bool:
        return isinstance(value, bool)

    for added in additions_that_make_true(tree, known, EVALUATE, only_yes_no, 2):
        assert len(added) <= 2
        assert all(WORDS.findings[finding].kind == "boolean" for finding, _ in added)


@pytest.mark.parametrize(
    ("node", "known", "expected"),
    [
        (FEVER, {"fever": True}, [{}]),
        (FEVER, {}, [{"fever": True}]),
        (FEVER, {"fever": False}, [{"fever": True}]),
        (FEVER, {"fever": UNSURE}, [{"fever": True}]),
        (Negation(FEVER), {}, [{"fever": False}]),
        (Negation(FEVER), {"fever": True}, [{"fever": False}]),
        (Compare("age", ">=", 3), {"age": 1}, [{"age": 3}]),
        (Compare("age", ">", 3), {"age": 1}, [{"age": 4}]),
        (Compare("age", "<=", 3), {"age": 5}, [{"age": 3}]),
        (Compare("age", "<", 3), {"age": 5}, [{"age": 2}]),
        (Compare("age", "==", 3), {}, [{"age": 3}]),
        (Compare("age", ">", 6), {}, []),  # the possible ages end there
        (OneOf("trigger", ("lift", "fall")), {}, [{"trigger": "fall"}, {"trigger": "lift"}]),
        (AnyRegion("site", ("neck",)), {}, [{"site": ("neck",)}]),
        (AnyRegion("site", ("neck",)), {"site": ("calf",)}, [{"site": ("calf", "neck")}]),
        (AnyRegion("site", ("neck",)), {"site": UNSURE}, [{"site": ("neck",)}]),
        (Defined("unwell"), {"severity": 3}, [{"fever": True}, {"night_pain": True}]),
        (AllOf((FEVER, NUMB)), {}, [{"fever": True, "numbness": True}]),
        (AllOf((FEVER, NUMB)), {"numbness": True}, [{"fever": True}]),
        (AllOf((FEVER, NUMB, NIGHT)), {}, []),  # three, and the limit is two
        (AllOf((FEVER, Negation(FEVER))), {}, []),
        (AnyOf((FEVER, AllOf((FEVER, NUMB)))), {}, [{"fever": True}]),
        (AnyOf((AllOf((FEVER, NUMB)), NIGHT)), {}, [{"night_pain": True}, {"fever": True, "numbness": True}]),
        (Negation(AnyOf((FEVER, NUMB))), {"fever": True}, [{"fever": False, "numbness": False}]),
        (Negation(AllOf((FEVER, NUMB))), {"fever": True, "numbness": True}, [{"fever": False}, {"numbness": False}]),
        (AtLeast(2, (FEVER, NUMB, NIGHT)), {"fever": True}, [{"night_pain": True}, {"numbness": True}]),
        (
            Negation(AtLeast(2, (FEVER, NUMB))),
            {"fever": True, "numbness": True},
            [{"fever": False}, {"numbness": False}],
        ),
        # two tests on one finding propose two answers, which exclude each other
        (AllOf((Compare("age", ">=", 2), Compare("age", "<", 5))), {}, []),
        (AllOf((AnyRegion("site", ("neck",)), AnyRegion("site", ("calf",)))), {}, []),
        # taking an answer back is no addition
        (Negation(Compare("age", ">=", 3)), {"age": 5}, []),
        (Negation(OneOf("trigger", ("fall",))), {"trigger": "fall"}, []),
        (Negation(AnyRegion("site", ("neck",))), {"site": ("neck",)}, []),
        (Unsure("fever"), {}, []),
    ],
)
def test_the_smallest_additions_come_first_and_by_name(
    node: Node, known: dict[str, Answer], expected: list[dict[str, Answer]]
) -> None:
    assert reached(node, known) == expected


def test_a_larger_limit_reaches_further() -> None:
    everything = AllOf((FEVER, NUMB, NIGHT))
    assert reached(everything, {}, limit=3) == [{"fever": True, "numbness": True, "night_pain": True}]
