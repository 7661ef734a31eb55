"""Synthetic people in every form that an engine here reads: one by one, in columns, and as plain fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.peers.answers import Field, fields
from unclench.batch.population import Population
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE, Answer, Truth
from unclench.logic.nodes import mentioned
from unclench.reasoning import Case
from unclench.reasoning.case import ABOUT
from unclench.reasoning.triage import answers_in_reach, effective_answers

__all__ = ["Crowd", "repeated"]


@dataclass(frozen=True, eq=False)
class Crowd:
    """Synthetic people in the forms that the engines read; see `Population` for the settings."""

    knowledge: Knowledge
    size: int
    missing: float
    unsure: float = 0

    @cached_property
    def batch(self) -> pa.RecordBatch:
        """As columns; with yes/no as bits where nobody is unsure, which is what a large file would hold."""
        population = Population(self.knowledge, missing=self.missing, unsure=self.unsure)
        drawn = pa.Table.from_batches(population.batches(self.size, 1)).drop_columns(["synthetic_cause"])
        (batch,) = drawn.combine_chunks().to_batches()
        if self.unsure:
            return batch
        columns = {}
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            is_yes_no = name != "id" and self.knowledge.findings[name].kind == "boolean"
            columns[name] = pc.equal(column.cast(pa.string()), "true") if is_yes_no else column
        return pa.RecordBatch.from_pydict(columns)

    @cached_property
    def cases(self) -> list[Case]:
        """One by one."""
        return [Case.from_data(_data(row), self.knowledge) for row in self.batch.to_pylist()]

    @cached_property
    def said(self) -> list[dict[str, Answer]]:
        """With "not applicable" where a question cannot hold: what the causes are worked out from."""
        return [effective_answers(case, self.knowledge) for case in self.cases]

    @cached_property
    def reach(self) -> list[dict[str, Answer]]:
        """And where nobody here can supply it: what the rules are read on."""
        return [answers_in_reach(one, self.knowledge) for one in self.said]

    @cached_property
    def fields(self) -> list[dict[str, Field]]:
        """As the fields of a peer."""
        trees = [rule.when for rule in self.knowledge.rules]
        wanted = dict.fromkeys(f for tree in trees for f in mentioned(tree, self.knowledge.evaluate.predicates))
        return [fields([self.knowledge.findings[f] for f in wanted], one) for one in self.reach]

    @cached_property
    def truths(self) -> list[list[Truth]]:
        """What Unclench says of each rule, one by one."""
        evaluators = [self.knowledge.evaluate[rule.when] for rule in self.knowledge.rules]
        return [[evaluate(one) for evaluate in evaluators] for one in self.reach]

    def many(self, size: int) -> pa.RecordBatch:
        """Return so many of them as columns, from the first again when there are no more."""
        return repeated(pa.Table.from_batches([self.batch]), size).to_batches()[0]


def _data(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one row of a population in the JSON form of a case."""
    plain: dict[str, Any] = {}
    for name, value in row.items():
        if value is not None and name != "id":
            plain[name] = UNSURE if value == [UNSURE] else {"true": True, "false": False}.get(str(value), value)
    about = {name: plain.pop(name) for name in ABOUT if name in plain}
    return {**about, "findings": plain}


def repeated(table: pa.Table, size: int) -> pa.Table:
    """Return the first rows of a table, from its first again when there are no more."""
    times = -(-size // table.num_rows)
    return pa.concat_tables([table] * times).slice(0, size).combine_chunks()
