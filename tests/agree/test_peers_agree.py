"""The programs that the benchmarks give to other engines say what our own reading says.

The SQL runs in SQLite, whose logic is three-valued like DuckDB's. The ELM is read by a few lines here, which keep what
a definition gave as cql-execution does. OpenFisca's formulas are functions of NumPy columns, and are run as such on
people who left nothing open. That the peers themselves agree is checked by `python -m benchmarks peers` before it times
them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from operator import eq, ge, gt, le, lt
from typing import Any, cast

import numpy as np
import pytest
from benchmarks.peers.answers import fields
from benchmarks.peers.cql import elm, library
from benchmarks.peers.duckdb_sql import query, sql
from benchmarks.peers.naive_bayes import Terms
from benchmarks.peers.openfisca import columns_of, formula
from benchmarks.peers.predicates import layers
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


ORDERS = {"Less": lt, "LessOrEqual": le, "Greater": gt, "GreaterOrEqual": ge, "Equal": eq}
LITERALS: Mapping[str, Callable[[str], object]] = {
    "Boolean": "true".__eq__,
    "Decimal": float,
    "Integer": int,
    "String": str,
}


def by_elm(made: Mapping[str, Any], person: Mapping[str, Any]) -> list[Truth]:
    kept: dict[str, Any] = {}

    def value(node: Mapping[str, Any]) -> Any:
        match node:
            case {"type": "ParameterRef", "name": name}:
                return person[name]
            case {"type": "ExpressionRef", "name": name}:
                return kept[name]  # what is defined below would be worked out twice, so it is not found here
            case {"type": "Literal", "valueType": kind, "value": text}:
                return LITERALS[kind.partition("}")[2]](text)
            case {"type": "Null"}:
                return None
            case {"type": "IsTrue" | "IsFalse" as kind, "operand": operand}:
                return value(operand) is (kind == "IsTrue")
            case {"type": "If", "condition": condition, "then": then, "else": otherwise}:
                return value(then) if value(condition) else value(otherwise)
            case {"type": "Case", "caseItem": items, "else": otherwise}:
                return value(next((one["then"] for one in items if value(one["when"])), otherwise))
            case {"type": "Sum", "source": {"type": "List", "element": elements}}:
                return sum(map(value, elements))
            case {"type": "Not", "operand": operand}:
                truth = value(operand)
                return None if truth is None else not truth
            case {"type": "And" | "Or" as kind, "operand": [left, right]}:
                both = (value(left), value(right))
                decisive = kind == "Or"
                return decisive if decisive in both else None if None in both else not decisive
        left, right = map(value, node["operand"])
        return None if left is None or right is None else ORDERS[node["type"]](left, right)

    definitions = made["library"]["statements"]["def"]
    for one in definitions:
        kept[one["name"]] = value(one["expression"])
    return [TRUTHS[kept[one["name"]]] for one in definitions if one["accessLevel"] == "Public"]


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


@given(trees(), answers(not_applicable=True))
def test_elm_says_what_our_reading_says(tree: Node, said: dict[str, Answer]) -> None:
    person = fields(words(), said)
    assert by_elm(library({"tree": tree}, PREDICATES, person), person) == [SCALAR[tree](said)]


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


def test_elm_says_of_every_rule_what_our_reading_says(knowledge: Knowledge) -> None:
    crowd = list(people(knowledge, 100, 13))
    rules = {rule.id: rule.when for rule in knowledge.rules}
    everybody = [fields(knowledge.findings.values(), one) for one in crowd]
    made = library(rules, knowledge.evaluate.predicates, everybody[0])
    found = [by_elm(made, one) for one in everybody]
    assert found == [[knowledge.evaluate[rule](one) for rule in rules.values()] for one in crowd]


def test_each_predicate_that_rules_name_is_worked_out_once_in_sql_and_in_elm(knowledge: Knowledge) -> None:
    rules = {rule.id: rule.when for rule in knowledge.rules}
    predicates = knowledge.evaluate.predicates
    wanted = sorted(f"predicate__{name}" for layer in layers(rules.values(), predicates) for name in layer)
    assert len(wanted) > 1
    statement = query(rules, predicates, "people")
    assert sorted(re.findall(r' AS "(predicate__\w+)"', statement)) == wanted
    made = library(rules, predicates, [])["library"]["statements"]["def"]
    assert sorted(one["name"] for one in made if one["accessLevel"] == "Private") == wanted


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
        ("SQL", sql),
        ("CQL", elm),
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
