"""What do urgency and causes of many people cost: beside a copy of the bytes, one by one, on two cores, at any size?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.measure import ROOT, Row, Spread, in_turns, paused_collection, peak_memory
from unclench.batch.assess import BLOCK, Engine, assess_batch
from unclench.batch.population import Population
from unclench.batch.reading import Reader
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE
from unclench.reasoning import Case, differential, triage
from unclench.reasoning.triage import effective_answers

__all__ = ["measure"]

_ALONE = 200
_SIZES = (10_000, 100_000, 1_000_000)
_MOST = "UNCLENCH_BENCH_PEOPLE"
"""An environment variable that adds one more size, such as 10000000: some minutes, and a few gigabytes of disk."""


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield costs, speed-up, compile time, and time and memory by size.

    The people are synthetic. Yes/no columns are Arrow's own bits, which is what a file of this size would hold; the
    few answers of "not sure" are left out for that. Larger crowds are the same people again.
    """
    population = Population(knowledge, unsure=0)
    batch = _plain(pa.Table.from_batches(population.batches(BLOCK, 1)).combine_chunks().to_batches()[0])
    yield from _beside_a_copy(knowledge, batch)
    yield from _on_two_threads(knowledge, batch)
    yield _first_use()
    yield from _by_size(batch)


def _beside_a_copy(knowledge: Knowledge, batch: pa.RecordBatch) -> Iterator[Row]:
    """Compare processor time with a copy of the columns and with the single case."""
    buffers = [np.frombuffer(one, np.uint8) for column in batch.columns for one in column.buffers() if one is not None]
    size = sum(len(one) for one in buffers)
    engine, reader = Engine(knowledge), Reader(knowledge, [])
    alone = [Case.from_data(reader.data(batch, row), knowledge) for row in range(_ALONE)]
    times = in_turns(
        {
            "copy": lambda: [one.copy() for one in buffers],
            "urgency": lambda: engine.urgency(batch),
            "all": lambda: assess_batch(knowledge, batch),
            "alone: urgency": lambda: [triage(knowledge, case) for case in alone],
            "alone: all": lambda: _alone(knowledge, alone),
        },
        repeats=15,
        clock=time.process_time,
    )
    for ours, name in (("urgency", "urgency"), ("all", "urgency, causes, contributors, ranges")):
        question = f"{name}, {BLOCK} people, processor time"
        yield Row(question, times[ours], "s", f"numpy copy of their {size >> 20} MiB", times["copy"])
        peer = f"one by one ({_ALONE} timed, scaled up)"
        yield Row(question, times[ours], "s", peer, _scaled(times[f"alone: {ours}"], BLOCK / _ALONE))
        yield Row(f"{name}, for one person", _scaled(times[ours], 1e6 / BLOCK), "us")


def _on_two_threads(knowledge: Knowledge, batch: pa.RecordBatch) -> Iterator[Row]:
    """Compare the clock time of the same work on one thread and on two."""
    parts = [batch] * 8

    def work(pool: ThreadPoolExecutor) -> None:
        list(pool.map(lambda part: assess_batch(knowledge, part), parts))

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(2) as two:
        times = in_turns({"one": lambda: work(one), "two": lambda: work(two)}, repeats=5)
    people = len(parts) * BLOCK
    question = f"all of it, {people} people, two threads"
    yield Row(question, times["two"], "s", "one thread", times["one"])
    for name, spread in times.items():
        rate = Spread(people / spread.median / 1e6, people / spread.greatest / 1e6, people / spread.least / 1e6)
        yield Row(f"people a second, {name} thread{'s' if name == 'two' else ''}", rate, "million")


_FIRST = """
import time
import pyarrow as pa
from unclench.batch import assess_batch
from unclench.knowledge import Knowledge
knowledge = Knowledge.load()
people = pa.RecordBatch.from_pydict({"age": [50], "pain_site": [["loin_left"]]})
began, worked = time.perf_counter(), time.process_time()
assess_batch(knowledge, people)
print(time.perf_counter() - began, time.process_time() - worked)
"""


def _first_use() -> Row:
    """Compare the first answer of a process that compiles with that of the next one, which finds it compiled."""
    first: list[float] = []
    later: list[float] = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as kept:
            environment = {**os.environ, "NUMBA_CACHE_DIR": kept}
            for found in (first, later):
                done = subprocess.run(
                    [sys.executable, "-c", _FIRST],
                    env=environment,
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    check=True,
                )
                found.append(float(done.stdout.split()[0]))
    return Row("first batch of the first process", Spread.of(first), "s", "of the next process", Spread.of(later))


def _by_size(batch: pa.RecordBatch) -> Iterator[Row]:
    """Measure `unclench cohort` from Parquet to Parquet as a whole process: time for each person, and peak memory."""
    sizes = [*_SIZES, *([int(os.environ[_MOST])] if _MOST in os.environ else [])]
    with tempfile.TemporaryDirectory() as name, paused_collection():
        for size in sizes:
            source = Path(name) / f"{size}.parquet"
            with pq.ParquetWriter(source, batch.schema, compression="zstd") as writer:
                for first in range(0, size, BLOCK):
                    writer.write_batch(batch.slice(0, min(BLOCK, size - first)))
            seconds, memory = {}, {}
            for threads in (1, 2):
                target = source.with_suffix(f".{threads}.parquet")
                command = ["-m", "unclench", "cohort", str(source), str(target), "--threads", str(threads)]
                began = time.perf_counter()
                memory[threads] = peak_memory(command, os.environ)
                seconds[threads] = (time.perf_counter() - began) / size * 1e6
                target.unlink()
            yield Row(
                f"cohort of {size}, whole process, for each person, two threads",
                Spread.of([seconds[2]]), "us", "one thread", Spread.of([seconds[1]]),
            )  # fmt: skip
            yield Row(
                f"cohort of {size}, peak memory, two threads",
                Spread.of([memory[2]]), "MiB", "one thread", Spread.of([memory[1]]),
            )  # fmt: skip
            source.unlink()


def _scaled(spread: Spread, by: float) -> Spread:
    return Spread(spread.median * by, spread.least * by, spread.greatest * by)


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
