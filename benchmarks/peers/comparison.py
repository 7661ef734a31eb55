"""The same rules and the same model on the same people, by Unclench and by its peers.

Nothing is timed unless all agree. Everybody's answers are put into each peer's own form first, and that is not timed.
Where a peer is two-valued, the people have answered everything.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from benchmarks.measure import Row, Spread, in_turns
from benchmarks.peers.cql import CqlExecution, library
from benchmarks.peers.crowd import Crowd, repeated
from benchmarks.peers.duckdb_sql import DuckDB
from benchmarks.peers.naive_bayes import NaiveBayes, Terms
from benchmarks.peers.openfisca import OpenFisca, columns_of
from benchmarks.peers.pyagrum_net import network, posterior
from benchmarks.peers.walk import counted, shared, walk
from unclench.batch import assess_batch
from unclench.batch.assess import Engine
from unclench.knowledge import Knowledge
from unclench.logic import Node, Truth, from_data
from unclench.reasoning import differential, triage

__all__ = ["measure"]

SIZES: Final = (1_000, 100_000)
_DISTINCT: Final = 5_000  # the larger size is these people several times over
_ALONE: Final = 100  # people timed one by one
_FEW: Final = 5  # runs of an engine that is slow for one person
_CLOSE: Final = 1e-9
_TRUTHS: Final[Mapping[bool | None, Truth]] = {True: Truth.TRUE, None: Truth.UNKNOWN, False: Truth.FALSE}


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield the rules, then the causes, then what it takes to be ready for the first person.

    Raises:
        RuntimeError: a peer gives another answer than Unclench.
    """
    threads = import_module("threadpoolctl").threadpool_limits
    with threads(1):
        usual, complete, unsure = (
            Crowd(knowledge, _DISTINCT, missing=0.1),
            Crowd(knowledge, _DISTINCT, missing=0),
            Crowd(knowledge, 300, missing=0.3, unsure=0.2),
        )
        yield from _rules(knowledge, usual, complete, unsure)
        yield from _causes(knowledge, usual)


def _same_truths(peer: str, ours: Sequence[Sequence[Truth]], theirs: Sequence[Sequence[bool | None]]) -> None:
    found = [[_TRUTHS[one] for one in person] for person in theirs]
    if found != [list(person) for person in ours]:
        raise RuntimeError(f"{peer} and Unclench disagree about a rule, so that they did not do the same work")


@dataclass(frozen=True, eq=False)
class _Engines:
    """Everything that runs the rules, ready to run, on people who left some open and on people who answered all."""

    knowledge: Knowledge
    usual: Crowd
    complete: Crowd
    duck: DuckDB
    fisca: OpenFisca
    columns: Mapping[str, Any]
    cql: CqlExecution

    @property
    def named(self) -> str:
        return f"all {len(self.knowledge.rules)} rules"


def _rules(knowledge: Knowledge, usual: Crowd, complete: Crowd, unsure: Crowd) -> Iterator[Row]:
    rules: dict[str, Node] = {rule.id: rule.when for rule in knowledge.rules}
    predicates = knowledge.evaluate.predicates
    for crowd in (usual, complete):
        _same_rules_in_batch(knowledge, crowd)

    duck = DuckDB(rules, predicates)
    for name, crowd in (("usual", usual), ("unsure", unsure)):
        duck.fill(name, pa.Table.from_pylist(crowd.fields))
        duck.prepare(name)
        _same_truths("DuckDB", crowd.truths, duck.rows(name))
    for size in (1, *SIZES):
        duck.fill(f"people_{size}", repeated(pa.Table.from_pylist(usual.fields), size))
        duck.prepare(f"people_{size}")

    choices = [finding for finding in knowledge.findings.values() if finding.kind == "choice"]
    codes = {finding.id: {choice: code for code, choice in enumerate(finding.choices)} for finding in choices}
    columns = columns_of(complete.fields, codes)
    fisca = OpenFisca(rules, predicates, columns, codes)
    _same_truths("OpenFisca", complete.truths, np.array(fisca.run(columns)).T.tolist())

    made = library(rules, predicates, usual.fields[0])
    few = [*usual.fields[:_ALONE], *unsure.fields]
    with tempfile.TemporaryDirectory() as folder, closing(CqlExecution(made, few, Path(folder))) as cql:
        _same_truths("cql-execution", [*usual.truths[:_ALONE], *unsure.truths], cql.truths())
        engines = _Engines(knowledge, usual, complete, duck, fisca, columns, cql)
        yield from _rules_alone(engines)
        yield from _rules_of_many(engines)
        yield from _ready(engines, lambda: OpenFisca(rules, predicates, columns, codes))


def _same_rules_in_batch(knowledge: Knowledge, crowd: Crowd) -> None:
    for row, truths in zip(assess_batch(knowledge, crowd.batch)["rules"].to_pylist(), crowd.truths, strict=True):
        if set(row) != {r.id for r, truth in zip(knowledge.rules, truths, strict=True) if truth is Truth.TRUE}:
            raise RuntimeError("assess_batch and the single case disagree about a rule")


def _rules_alone(all_of: _Engines) -> Iterator[Row]:
    knowledge, data = all_of.knowledge, all_of.knowledge.data
    trees = [data["expressions"][rule["when"]] for rule in data["rules"]]
    read = knowledge.read_rules  # what the triage reads them with; checked below against each rule by itself
    reach, answered = all_of.usual.reach[:_ALONE], all_of.complete.reach[:_ALONE]
    cases = all_of.usual.cases[:_ALONE]
    first = {name: column[:1] for name, column in all_of.columns.items()}
    for one in (*reach, *answered):
        if read(one) != [knowledge.evaluate[rule.when](one) for rule in knowledge.rules_in_order]:
            raise RuntimeError("the rules read together and one by one disagree")
    hundred = in_turns(
        {
            "ours": lambda: [read(one) for one in reach],
            "ours, all answered": lambda: [read(one) for one in answered],
            "triage": lambda: [triage(knowledge, case) for case in cases],
            "walk": lambda: [[walk(tree, one, data["predicates"]) for tree in trees] for one in reach],
            "cql": lambda: all_of.cql.run(_ALONE),
            "duck": lambda: [all_of.duck.rows("people_1") for _ in range(_FEW)],
            "fisca": lambda: [all_of.fisca.run(first) for _ in range(_FEW)],
        },
        repeats=9,
    )
    slow = ("duck", "fisca")
    times = {name: _each(spread, _FEW if name in slow else _ALONE) for name, spread in hundred.items()}
    question = f"{all_of.named}, one person"
    yield Row(question, times["ours"], "s", "a plain walk", times["walk"])
    yield Row(question, times["ours"], "s", "cql-execution", times["cql"])
    yield Row(question, times["ours"], "s", "DuckDB, prepared, one row", times["duck"])
    yield Row(f"{question} who answered all", times["ours, all answered"], "s", "OpenFisca", times["fisca"])
    yield Row("the whole triage, one person", times["triage"], "s", "cql-execution, rules only", times["cql"])


def _rules_of_many(all_of: _Engines) -> Iterator[Row]:
    engine = Engine(all_of.knowledge)
    for size in SIZES:
        columns = {name: np.resize(column, size) for name, column in all_of.columns.items()}
        times = in_turns(
            {
                "ours": partial(engine.urgency, all_of.usual.many(size)),
                "ours, all answered": partial(engine.urgency, all_of.complete.many(size)),
                "duck": partial(all_of.duck.run, f"people_{size}"),
                "fisca": partial(all_of.fisca.run, columns),
            },
            repeats=7,
        )
        each = {name: _each(spread, size) for name, spread in times.items()}
        question = f"urgency with rules and place, each of {size:,}"
        yield Row(question, each["ours"], "s", "DuckDB, rules only", each["duck"])
        yield Row(
            f"{question} who answered all", each["ours, all answered"], "s", "OpenFisca, rules only", each["fisca"]
        )


def _ready(all_of: _Engines, fisca: Callable[[], object]) -> Iterator[Row]:
    """What comes before the first person: reading and compiling the program; ours reads the whole pack for it."""
    text = all_of.knowledge.text
    anybody = all_of.usual.many(1)
    times = in_turns(
        {
            "ours": lambda: _closed_over(text),
            "ours, batch": lambda: assess_batch(Knowledge(text), anybody),
            "cql-execution": all_of.cql.compile,
            "DuckDB": lambda: all_of.duck.prepare("people_1"),
            "OpenFisca": fisca,
        },
        repeats=5,
    )
    for peer in ("cql-execution", "DuckDB", "OpenFisca"):
        yield Row(f"compiling {all_of.named}", times["ours"], "s", peer, times[peer])
    yield Row("compiling all for batches, and a first batch", times["ours, batch"], "s")


def _closed_over(text: str) -> None:
    knowledge = Knowledge(text)
    for rule in knowledge.rules:
        knowledge.evaluate[rule.when]


def _causes(knowledge: Knowledge, crowd: Crowd) -> Iterator[Row]:
    said = crowd.said
    trees = [knowledge.evaluate[from_data(one)] for one in knowledge.data["expressions"]]
    truths = np.array([[evaluate(one) for evaluate in trees] for one in said], np.int8)
    logs = [{c: w.log for c, w in differential.prior_of(knowledge, one).items()} for one in said]
    priors = {tuple(sorted(one.items())): one for one in logs}
    which = np.array([list(priors).index(tuple(sorted(one.items()))) for one in logs])
    terms = Terms(knowledge.data, list(priors.values()))
    bayes, features = NaiveBayes(terms), terms.features(truths, which)

    said_ours = [{e.id: e.probability for e in differential.causes(knowledge, one)} for one in said[:_ALONE]]
    wanted = np.array([[one[cause] for cause in terms.causes] for one in said_ours])
    _same_chances("scikit-learn", wanted, bayes.run(features[:_ALONE]))
    nets = []
    for prior, answers in zip(logs[:_ALONE], said[:_ALONE], strict=True):
        counting = {one["id"]: counted(knowledge.data, one, answers) for one in knowledge.data["causes"]}
        nets.append(network(prior, shared(counting)))
    theirs = [posterior(net) for net in nets]
    _same_chances("pyAgrum", wanted, np.array([[one[cause] for cause in terms.causes] for one in theirs]))
    batch = assess_batch(knowledge, crowd.batch.slice(0, _ALONE), top=len(terms.causes))["causes"].to_pylist()
    listed = [{one["id"]: one["probability"] for one in person} for person in batch]
    _same_chances("assess_batch", wanted, np.array([[one[cause] for cause in terms.causes] for one in listed]))

    rows = [features[place : place + 1] for place in range(_ALONE)]
    times = in_turns(
        {
            "ours": lambda: [differential.causes(knowledge, one) for one in said[:_ALONE]],
            "pyAgrum, posterior": lambda: [posterior(net) for net in nets],
            "scikit-learn, terms ready": lambda: [bayes.run(row) for row in rows],
        },
        repeats=7,
    )
    for peer in list(times)[1:]:
        yield Row("causes with ranges, one person", _each(times["ours"], _ALONE), "s", peer, _each(times[peer], _ALONE))
    for size in SIZES:
        ready = np.resize(features, (size, features.shape[1]))
        times = in_turns(
            {"ours": partial(assess_batch, knowledge, crowd.many(size)), "theirs": partial(bayes.run, ready)},
            repeats=5,
        )
        each = {name: _each(spread, size) for name, spread in times.items()}
        question = f"urgency and causes, each of {size:,}"
        yield Row(question, each["ours"], "s", "scikit-learn, terms ready", each["theirs"])


def _same_chances(peer: str, ours: Any, theirs: Any) -> None:
    if not np.allclose(ours, theirs, rtol=0, atol=_CLOSE):
        raise RuntimeError(f"{peer} and Unclench disagree about a cause, so that they did not do the same work")


def _each(spread: Spread, people: int) -> Spread:
    return Spread(spread.median / people, spread.least / people, spread.greatest / people)
