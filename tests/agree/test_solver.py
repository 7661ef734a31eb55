"""The solver reading says what the scalar reading says: of every rule, every node type, and the whole triage.

The formulas are compared as the solvers hold them, evaluated without the solver by `proof/compiled.py`. That `and`,
`or`, `not` and comparisons mean the same to the solvers as there is trusted here; replayed witnesses show it.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import PREDICATES, WORDS, answers, trees
from unclench.errors import ExpressionError, UnclenchError
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE, AllOf, Answer, AnyOf, AtLeast, Compare, Evaluators, Negation, Node, Present, Truth
from unclench.logic.nodes import children
from unclench.logic.solver import Algebra, SolverReading, SymbolicAnswer, Verdict
from unclench.proof import checks
from unclench.proof.compiled import Crowd
from unclench.proof.people import Person, World
from unclench.proof.solvers import SOLVERS, Session

CONSTANTS = Algebra(None)  # type: ignore[arg-type]  # over constants the connectives of a solver are never used
VERDICTS = {Truth.TRUE: (True, False), Truth.UNKNOWN: (False, False), Truth.FALSE: (False, True)}
SCALAR = Evaluators(PREDICATES)


def constant(finding: str, said: dict[str, Answer]) -> SymbolicAnswer:
    """Return one person's actual answer in the form in which the solver reading wants it."""
    kind, answer = WORDS.findings[finding], said.get(finding)
    definite = answer is not None and answer not in (UNSURE, "not applicable")
    value: Any = answer if definite else kind.minimum
    if kind.kind == "boolean":
        value = answer is True
    elif kind.kind in ("choice", "regions"):
        marked = answer if isinstance(answer, tuple) else (answer,)
        value = {choice: definite and choice in marked for choice in kind.choices}
    return SymbolicAnswer(kind.kind, definite, answer == UNSURE, answer == "not applicable", value)


@settings(max_examples=500)
@given(trees(), answers(not_applicable=True))
def test_any_tree_means_the_same(tree: Node, said: dict[str, Answer]) -> None:
    read = SolverReading(CONSTANTS, PREDICATES, lambda finding: constant(finding, said))
    assert read[tree] == VERDICTS[SCALAR[tree](said)]


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_rule_and_every_result_means_the_same_to_a_crowd(solver: str, knowledge: Knowledge) -> None:
    world = World(knowledge, Session(solver))
    compared, found = checks.differences(Person(world, world.answers("one")), list(checks.people(knowledge, 1000, 7)))
    assert found == []
    assert compared >= 100_000


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_other_crowds_find_no_difference_either(seed: int) -> None:
    knowledge = Knowledge.load()
    world = World(knowledge, Session("cvc5"))
    one = Person(world, world.answers("one"))
    assert checks.differences(one, list(checks.people(knowledge, 20, seed)))[1] == []


def operators(knowledge: Knowledge) -> set[tuple[type[Node], int, int]]:
    """Return type, number of operands and count of every connective in the pack."""
    found: set[tuple[type[Node], int, int]] = set()

    def walk(node: Node) -> None:
        if children(node):
            found.add((type(node), len(children(node)), node.count if isinstance(node, AtLeast) else 0))
        for child in children(node):
            walk(child)

    for node in (*(rule.when for rule in knowledge.rules), *knowledge.evaluate.predicates.values()):
        walk(node)
    return found


def test_every_connective_of_the_pack_agrees_on_all_truth_values_of_its_operands(knowledge: Knowledge) -> None:
    """With the leaves, this is an induction: trees made of agreeing parts agree, for all answers there are."""
    for kind, size, count in operators(knowledge):
        names = [f"part{place}" for place in range(size)]
        parts = tuple(Present(name) for name in names)
        made: dict[type[Node], Node] = {AllOf: AllOf(parts), AnyOf: AnyOf(parts), AtLeast: AtLeast(count, parts)}
        tree = Negation(parts[0]) if kind is Negation else made[kind]
        scalar = Evaluators({})[tree]
        for truths in product(Truth, repeat=size):
            said = {name: truth is Truth.TRUE for name, truth in zip(names, truths, strict=True) if truth != 1}
            read = SolverReading(
                CONSTANTS, {}, {n: _boolean(t) for n, t in zip(names, truths, strict=True)}.__getitem__
            )
            assert read[tree] == VERDICTS[scalar(said)], (tree, truths)


def _boolean(truth: Truth) -> SymbolicAnswer:
    return SymbolicAnswer("boolean", truth is not Truth.UNKNOWN, False, False, truth is Truth.TRUE)


def test_a_difference_would_be_found(knowledge: Knowledge) -> None:
    class Wrong(Person):
        def says(self, rule: Any) -> Verdict:
            right = super().says(rule)
            return Verdict(right.is_true, self.algebra.opposite(right.is_true))  # unknown counts as no

    world = World(knowledge, Session("cvc5"))
    _, found = checks.differences(Wrong(world, world.answers("one")), list(checks.people(knowledge, 40, 7)))
    assert {"tearing_pain", "disposition"} <= {one.what for one in found}


def test_a_node_it_does_not_know_is_an_error() -> None:
    class Novel:
        pass

    with pytest.raises(ExpressionError) as caught:
        SolverReading(CONSTANTS, {}, lambda finding: constant(finding, {}))[Novel()]  # type: ignore[index]
    assert str(caught.value) == "The solver reading does not know the node Novel. Add it to logic/solver.py."


def test_a_test_of_the_wrong_kind_is_an_error() -> None:
    with pytest.raises(ExpressionError) as caught:
        SolverReading(CONSTANTS, {}, lambda finding: constant(finding, {}))[Compare("fever", ">=", 1)]
    assert str(caught.value) == "A test for a number finding stands on one of kind boolean. Mend the pack."


def test_a_formula_that_is_not_understood_is_an_error(knowledge: Knowledge) -> None:
    session = Session("z3")
    world = World(knowledge, session)
    crowd = Crowd(knowledge, world.answers("one"), [{}], world.examination)
    a, b = session.module.Bools("a b")
    with pytest.raises(UnclenchError) as caught:
        crowd.holds(session.module.Xor(a, b))
    assert str(caught.value) == ("The solver holds a formula that is not understood: xor. Add it to proof/compiled.py.")
