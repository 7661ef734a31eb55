"""The programs that the benchmarks give to other engines say what our own reading says.

The SQL runs in SQLite, whose logic is three-valued like DuckDB's. OpenFisca's formulas are functions of NumPy columns,
and are run as such on people who left nothing open. That cql-execution, DuckDB, OpenFisca, scikit-learn and pyAgrum
themselves agree is checked by `python -m benchmarks peers` before it times them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pytest
from benchmarks.peers.answers import fields
from benchmarks.peers.cql import elm
from benchmarks.peers.duckdb_sql import query, sql
from benchmarks.peers.naive_bayes import Terms
from benchmarks.peers.openfisca import columns_of, formula
from hypothesis import given
from hypothesis import strategies as st

from strategies import PREDICATES, WORDS, answers, trees
from unclench.errors import ExpressionError
from unclench.knowledge import Finding, Knowledge
from unclench.logic import NOT_APPLICABLE, UNSURE, Answer, Evaluators, Node, Truth, from_data
from unclench.proof.checks import people
from unclench.reasoning import differential

SCALAR = Evaluators(PREDICATES)
TRUTHS = {1: Truth.TRUE, None: Truth.UNKNOWN, 0: Truth.FALSE}


def by_sqlite(
    rules: Mapping[str, Node], predicates: Mapping[str, Node], crowd: Sequence[Mapping[str, Any]]
) -> list[list[Truth]]:
    with sqlite3.connect(":memory:") as connection:
        names = list(crowd[0])
        connection.execute(f"CREATE TABLE people ({', '.join(map(quoted, names))})")
        places = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO people VALUES ({places})", [[one[n] for n in names] for one in crowd])
        rows = connection.execute(query(rules, predicates, "people")).fetchall()
    connection.close()
    return [[TRUTHS[value] for value in row] for row in rows]


def quoted(name: str) -> str:
    return f'"{name}"'


def by_numpy(node: Node, columns: Mapping[str, Any], codes: Mapping[str, Mapping[str, int]]) -> list[bool]:
    def read(name: str) -> Any:
        kind, _, predicate = name.partition("__")
        return formula(PREDICATES[predicate], codes)(read) if kind == "predicate" else columns[name]

    return [bool(one) for one in formula(node, codes)(read)]


def words() -> list[Finding]:
    """The findings of the small vocabulary, as far as fields are concerned."""
    return [cast(Finding, _Word(name, one.kind, one.choices)) for name, one in WORDS.findings.items()]


class _Word:
    def __init__(self, name: str, kind: str, choices: tuple[str, ...]) -> None:
        self.id, self.kind, self.choices = name, kind, choices


@given(trees(), st.lists(answers(not_applicable=True), min_size=1, max_size=4))
def test_sql_says_what_our_reading_says(tree: Node, crowd: list[dict[str, Answer]]) -> None:
    found = by_sqlite({"tree": tree}, PREDICATES, [fields(words(), one) for one in crowd])
    assert found == [[SCALAR[tree](one)] for one in crowd]


@given(trees(), st.data())
def test_openfisca_s_formulas_say_what_our_reading_says(tree: Node, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(answers(unsure=False, not_applicable=True), min_size=1, max_size=4))
    crowd = [{**dict.fromkeys(WORDS.findings, NOT_APPLICABLE), **one} for one in drawn]
    assert UNSURE not in [value for one in crowd for value in one.values()]
    codes = {name: {c: i for i, c in enumerate(w.choices)} for name, w in WORDS.findings.items() if w.kind == "choice"}
    columns = columns_of([fields(words(), one) for one in crowd], codes)
    assert by_numpy(tree, columns, codes) == [SCALAR[tree](one) is Truth.TRUE for one in crowd]


def test_sql_says_of_every_rule_what_our_reading_says(knowledge: Knowledge) -> None:
    crowd = list(people(knowledge, 300, 11))
    rules = {rule.id: rule.when for rule in knowledge.rules}
    predicates = knowledge.evaluate.predicates
    found = by_sqlite(rules, predicates, [fields(knowledge.findings.values(), one) for one in crowd])
    assert found == [[knowledge.evaluate[rule](one) for rule in rules.values()] for one in crowd]
    assert {truth for row in found for truth in row} == set(Truth)


def test_the_columns_of_naive_bayes_sum_to_our_probabilities(knowledge: Knowledge) -> None:
    crowd = list(people(knowledge, 100, 12))
    priors = [{cause: one.log for cause, one in differential.prior_of(knowledge, said).items()} for said in crowd]
    terms = Terms(knowledge.data, priors)
    trees = [knowledge.evaluate[from_data(one)] for one in knowledge.data["expressions"]]
    truths = np.array([[tree(said) for tree in trees] for said in crowd], np.int8)
    found = np.exp(terms.features(truths, np.arange(len(crowd))) @ terms.weights)
    found /= found.sum(axis=1, keepdims=True)
    ours = [{one.id: one.probability for one in differential.causes(knowledge, said)} for said in crowd]
    assert np.abs(found - [[one[cause] for cause in terms.causes] for one in ours]).max() < 1e-9


@pytest.mark.parametrize(
    ("peer", "translate"),
    [
        ("SQL", lambda node: sql(node, {})),
        ("CQL", lambda node: elm(node, {})),
        ("OpenFisca", lambda node: formula(node, {})),
    ],
)
def test_a_translator_refuses_a_node_it_does_not_know(peer: str, translate: Any) -> None:
    class Sometimes:
        pass

    with pytest.raises(ExpressionError) as refused:
        translate(Sometimes())
    assert str(refused.value) == (
        f"The translator for {peer} does not know the node Sometimes. Add it to benchmarks/peers/."
    )


def test_somebody_who_left_something_open_is_not_given_to_openfisca() -> None:
    with pytest.raises(ValueError, match="is not answered by everybody"):
        columns_of([fields(words(), {})], {})
