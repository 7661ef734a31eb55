"""The columnar reading says what the scalar reading says: of every node type, every rule and every predicate."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import PREDICATES, answers, trees
from unclench.batch.planes import Runner, everyone, packed, unpacked, words_of
from unclench.knowledge import Cause, Hypothesis, Knowledge
from unclench.logic import (
    NOT_APPLICABLE,
    UNSURE,
    Answer,
    AnyRegion,
    Compare,
    Evaluators,
    Node,
    OneOf,
    Present,
    Truth,
    Unsure,
)
from unclench.logic.columns import EVERYONE, NOBODY, Asked, Circuit, Definite, Input
from unclench.proof.checks import people

SCALAR = Evaluators(PREDICATES)
BESIDE = "beside "
ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq}


def stands_in(one: Input, said: Mapping[str, Answer]) -> bool:
    """Whether a person stands in a plane, as plainly as can be."""
    answer = said.get(one.finding.removeprefix(BESIDE))
    if isinstance(one, Definite) and one.finding.startswith(BESIDE):
        return answer == NOT_APPLICABLE
    if isinstance(one, Unsure):
        return answer == UNSURE
    if answer is None or answer in (UNSURE, NOT_APPLICABLE):
        return False
    match one:
        case Definite():
            return True
        case Present():
            return answer is True
        case Compare(_, order, value):
            return bool(ORDERS[order](cast(float, answer), value))
        case OneOf(_, values):
            return answer in values
        case AnyRegion(_, regions):
            return not set(regions).isdisjoint(cast(tuple[str, ...], answer))


def truth_of_each(
    trees: Sequence[Node], predicates: Mapping[str, Node], crowd: Sequence[Mapping[str, Answer]]
) -> list[list[Truth]]:
    """Return the truth of each tree for each person; a person in both planes of one tree is a fault."""
    circuit = Circuit(predicates)
    answered: dict[str, Asked] = {}
    for finding in sorted({finding for one in crowd for finding in one}):
        asked = circuit.asked(finding)
        answered[finding] = Asked(asked.known, asked.unsure, circuit.input(Definite(BESIDE + finding)))
    wires = {str(place): circuit.truths(tree, answered) for place, tree in enumerate(trees)}
    runner = Runner(circuit, wires)
    masks = [packed(np.array([stands_in(one, said) for said in crowd])) for one in runner.inputs]
    planes = np.array(masks, np.uint64).reshape(len(masks), words_of(len(crowd)))
    made = []
    for found in runner.run(planes, len(crowd)).values():
        true, false = found.T
        assert not (true & false).any()
        assert not ((true | false) & ~everyone(len(crowd))).any(), "a bit beyond the last person is set"
        both = zip(unpacked(true, len(crowd)), unpacked(false, len(crowd)), strict=True)
        made.append([Truth.TRUE if yes else Truth.FALSE if no else Truth.UNKNOWN for yes, no in both])
    return made


@settings(max_examples=400)
@given(st.lists(trees(), min_size=1, max_size=3), st.lists(answers(not_applicable=True), min_size=1, max_size=70))
def test_any_tree_means_the_same(some: list[Node], crowd: list[dict[str, Answer]]) -> None:
    assert truth_of_each(some, PREDICATES, crowd) == [[SCALAR[tree](said) for said in crowd] for tree in some]


def test_every_expression_of_the_pack_means_the_same_to_a_crowd(knowledge: Knowledge) -> None:
    crowd = list(people(knowledge, 1000, 11))
    hypotheses: tuple[Cause | Hypothesis, ...] = (
        *knowledge.causes.values(),
        *knowledge.contributors.values(),
        *knowledge.events.values(),
    )
    nodes = [
        *(rule.when for rule in knowledge.rules),
        *knowledge.evaluate.predicates.values(),
        *dict.fromkeys(term.when for one in hypotheses for term in one.terms),
    ]
    by_column = truth_of_each(nodes, knowledge.evaluate.predicates, crowd)
    wrong = [
        (node, said)
        for node, truths in zip(nodes, by_column, strict=True)
        for said, truth in zip(crowd, truths, strict=True)
        if knowledge.evaluate[node](said) is not truth
    ]
    assert wrong == []


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 128])
def test_a_plane_holds_exactly_its_people(count: int) -> None:
    assert unpacked(everyone(count), count).all()
    assert int(np.bitwise_count(everyone(count)).sum()) == count
    assert (packed(np.ones(count, bool)) == everyone(count)).all()


def test_a_node_it_does_not_know_is_a_fault() -> None:
    with pytest.raises(TypeError, match="does not know"):
        Circuit({}).truths("fever", {})  # type: ignore[arg-type]


def test_nobody_asked_is_unknown_to_all() -> None:
    assert truth_of_each([Present("fever"), Unsure("fever")], {}, [{}, {}]) == [[Truth.UNKNOWN] * 2] * 2


def test_a_gate_is_made_once_and_what_nobody_wants_is_left_out() -> None:
    circuit = Circuit({})
    fever, _cough, chills = (circuit.input(Present(name)) for name in ("fever", "cough", "chills"))
    both = circuit.all_of(fever, chills)
    assert circuit.all_of(chills, fever, EVERYONE) == both
    assert circuit.all_of(fever, fever ^ 1) == NOBODY
    assert circuit.any_of(fever, circuit.any_of()) == fever
    gates = circuit.gates([both, circuit.any_of(fever, chills, EVERYONE)])
    assert gates.inputs == (Present("fever"), Present("chills"))
    assert len(gates.gates) == 1
