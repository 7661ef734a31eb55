"""Live findings are those on which the truth still hangs; answering any other changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import PREDICATES, WORDS, additions, answers, possible_answers, trees
from unclench.logic import (
    NOT_APPLICABLE,
    UNSURE,
    AllOf,
    Answer,
    AnyOf,
    AtLeast,
    Compare,
    Defined,
    Evaluators,
    Negation,
    Node,
    Present,
    Truth,
    Unsure,
    live_findings,
    mentioned,
)

EVALUATE = Evaluators(PREDICATES)
FEVER, NUMB, NIGHT, OLD = Present("fever"), Present("numbness"), Present("night_pain"), Compare("age", ">=", 3)


def live(node: Node, known: dict[str, Answer]) -> set[str]:
    return live_findings(node, known, EVALUATE)


@pytest.mark.parametrize(
    ("node", "known", "expected"),
    [
        (FEVER, {}, {"fever"}),
        (FEVER, {"fever": True}, set()),
        (FEVER, {"fever": UNSURE}, set()),
        (FEVER, {"fever": NOT_APPLICABLE}, set()),
        (Unsure("fever"), {}, {"fever"}),
        (Negation(OLD), {}, {"age"}),
        (AllOf((FEVER, NUMB)), {}, {"fever", "numbness"}),
        (AllOf((FEVER, NUMB)), {"fever": False}, set()),
        (AllOf((FEVER, NUMB)), {"fever": True}, {"numbness"}),
        (AllOf((FEVER, NUMB)), {"fever": UNSURE}, {"numbness"}),
        (AnyOf((FEVER, NUMB)), {"fever": True}, set()),
        (AnyOf((FEVER, AllOf((NUMB, OLD)))), {"numbness": False}, {"fever"}),
        (AnyOf((FEVER, AllOf((NUMB, OLD)))), {"fever": False}, {"numbness", "age"}),
        (AtLeast(2, (FEVER, NUMB, NIGHT)), {"fever": False, "numbness": False}, set()),
        (AtLeast(2, (FEVER, NUMB, NIGHT)), {"fever": True}, {"numbness", "night_pain"}),
        (Defined("child"), {}, {"age"}),
        (Defined("unwell_child"), {"age": 1, "severity": 0}, {"fever"}),
        (Defined("unwell_child"), {"age": 5}, set()),
    ],
)
def test_only_what_can_still_matter_is_live(node: Node, known: dict[str, Answer], expected: set[str]) -> None:
    assert live(node, known) == expected


@settings(max_examples=200)
@given(trees(), answers(not_applicable=True))
def test_live_findings_are_mentioned_and_unanswered(tree: Node, known: dict[str, Answer]) -> None:
    assert live(tree, known) <= set(mentioned(tree, PREDICATES)) - set(known)


@settings(max_examples=200)
@given(trees(), answers(not_applicable=True))
def test_nothing_is_live_once_the_truth_is_decided(tree: Node, known: dict[str, Answer]) -> None:
    assert EVALUATE[tree](known) is Truth.UNKNOWN or live(tree, known) == set()


@settings(max_examples=300)
@given(st.data(), trees(), answers(not_applicable=True))
def test_answering_only_what_is_not_live_leaves_the_truth_as_it_is(
    data: st.DataObject, tree: Node, known: dict[str, Answer]
) -> None:
    idle = set(WORDS.findings) - live(tree, known)
    more = data.draw(additions(known, among=idle), label="answers to idle questions")
    assert EVALUATE[tree](more) is EVALUATE[tree](known)
    assert live(tree, more) == live(tree, known)


@settings(max_examples=300)
@given(st.data(), trees(unsure=False), answers(unsure=False))
def test_answering_all_that_is_live_decides_unless_somebody_is_unsure(
    data: st.DataObject, tree: Node, known: dict[str, Answer]
) -> None:
    definite = {f: data.draw(st.sampled_from(possible_answers(f)), label=f) for f in sorted(live(tree, known))}
    assert EVALUATE[tree]({**known, **definite}) is not Truth.UNKNOWN
