"""The columnar reading says what the scalar reading says: of every node type, every rule and every predicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import PREDICATES, WORDS, answers, trees
from unclench.knowledge import Cause, Hypothesis, Knowledge
from unclench.logic import NOT_APPLICABLE, UNSURE, Answer, Evaluators, FindingType, Node, Present, Truth, Unsure
from unclench.logic.columns import Column, Program, everyone, nobody, packed, unpacked
from unclench.proof.checks import people

SCALAR = Evaluators(PREDICATES)


def column(kind: FindingType, said: Sequence[Answer | None]) -> Column:
    """Return a column made person by person, as plainly as can be."""
    definite = [one is not None and one not in (UNSURE, NOT_APPLICABLE) for one in said]

    def who(mask: list[bool]) -> np.ndarray:
        return packed(np.array(mask, bool))

    values: Any
    if kind.kind == "boolean":
        values = who([one is True for one in said])
    elif kind.kind == "number":
        values = np.array([float(cast(float, one)) if yes else np.nan for one, yes in zip(said, definite, strict=True)])
    else:
        values = {c: who([one == c or (isinstance(one, tuple) and c in one) for one in said]) for c in kind.choices}
    return Column(
        who(definite), who([one == UNSURE for one in said]), who([one == NOT_APPLICABLE for one in said]), values
    )


def columns(kinds: Mapping[str, FindingType], crowd: Sequence[Mapping[str, Answer]]) -> dict[str, Column]:
    mentioned = {finding for one in crowd for finding in one}
    return {finding: column(kinds[finding], [one.get(finding) for one in crowd]) for finding in sorted(mentioned)}


def truth_of_each(program: Program, read: dict[str, Column], count: int) -> list[list[Truth]]:
    """Return the truth of each tree for each person; a person in both planes of one tree is a fault."""
    made = []
    for true, false in program.run(read, count):
        assert not (true & false).any()
        assert not ((true | false) & ~everyone(count)).any(), "a bit beyond the last person is set"
        both = zip(unpacked(true, count), unpacked(false, count), strict=True)
        made.append([Truth.TRUE if yes else Truth.FALSE if no else Truth.UNKNOWN for yes, no in both])
    return made


@settings(max_examples=400)
@given(st.lists(trees(), min_size=1, max_size=3), st.lists(answers(not_applicable=True), min_size=1, max_size=70))
def test_any_tree_means_the_same(some: list[Node], crowd: list[dict[str, Answer]]) -> None:
    read = columns(WORDS.findings, crowd)
    by_column = truth_of_each(Program(some, PREDICATES), read, len(crowd))
    assert by_column == [[SCALAR[tree](said) for said in crowd] for tree in some]


def test_every_expression_of_the_pack_means_the_same_to_a_crowd(knowledge: Knowledge) -> None:
    crowd = list(people(knowledge, 1000, 11))
    kinds = {finding.id: finding.type for finding in knowledge.findings.values()}
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
    by_column = truth_of_each(Program(nodes, knowledge.evaluate.predicates), columns(kinds, crowd), len(crowd))
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
    assert not nobody(count).any()


def test_a_test_of_another_kind_is_a_fault() -> None:
    fever = Column(everyone(3), nobody(3), nobody(3), {})
    with pytest.raises(TypeError, match="no test on a finding of this kind"):
        fever.truths(Present("fever"))
    with pytest.raises(TypeError, match="does not know"):
        Program(["fever"], {}).run({}, 3)  # type: ignore[list-item]


def test_nobody_asked_is_unknown_to_all() -> None:
    assert truth_of_each(Program([Present("fever"), Unsure("fever")], {}), {}, 2) == [[Truth.UNKNOWN] * 2] * 2
