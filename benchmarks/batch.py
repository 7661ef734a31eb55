"""How much dearer than moving the same bytes is it to decide many people's urgency, and their causes too?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.measure import Row, in_turns
from unclench.batch.assess import Engine, assess_batch
from unclench.batch.population import Population
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE
from unclench.reasoning import Case, differential, triage
from unclench.reasoning.triage import effective_answers

__all__ = ["measure"]

_PEOPLE = 65_536
_ALONE = 200


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield urgency, and urgency with causes and ranges, beside a copy of the columns and beside the single case.

    The people are synthetic. Yes/no columns are Arrow's own bits, which is what a file of this size would hold; the
    few answers of "not sure" are left out for that.
    """
    population = Population(knowledge, unsure=0)
    batch = _plain(pa.Table.from_batches(population.batches(_PEOPLE, 1)).combine_chunks().to_batches()[0])
    buffers = [np.frombuffer(one, np.uint8) for column in batch.columns for one in column.buffers() if one is not None]
    size = sum(len(one) for one in buffers)
    engine = Engine(knowledge)
    alone = [Case.from_data(engine.reader.data(batch, row), knowledge) for row in range(_ALONE)]
    times = in_turns(
        {
            "copy": lambda: [one.copy() for one in buffers],
            "urgency": lambda: engine.only_urgency(batch),
            "all": lambda: assess_batch(knowledge, batch),
            "alone: urgency": lambda: [triage(knowledge, case) for case in alone],
            "alone: all": lambda: _alone(knowledge, alone),
        },
        repeats=7,
    )
    share = _PEOPLE / _ALONE
    for ours, name in (("urgency", "urgency"), ("all", "urgency, causes, contributors, ranges")):
        yield Row(
            f"{name} ({_PEOPLE} people)", times[ours], "s", f"numpy copy of their {size >> 20} MiB", times["copy"]
        )
        theirs = times[f"alone: {ours}"]
        scaled = type(theirs)(theirs.median * share, theirs.least * share, theirs.greatest * share)
        yield Row(f"{name} ({_PEOPLE} people)", times[ours], "s", f"one by one ({_ALONE} timed, scaled up)", scaled)


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the batch with yes/no answers as bits."""
    assert UNSURE not in batch["fever"].to_pylist()
    columns: dict[str, Any] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        is_yes_no = pa.types.is_dictionary(column.type)
        columns[name] = pc.equal(column.cast(pa.string()), "true") if is_yes_no else column
    return pa.RecordBatch.from_pydict(columns)


def _alone(knowledge: Knowledge, cases: list[Case]) -> None:
    for case in cases:
        triage(knowledge, case)
        said = effective_answers(case, knowledge)
        differential.causes(knowledge, said)
        differential.contributors(knowledge, said)
        differential.events(knowledge, said)
