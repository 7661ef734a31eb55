"""What do urgency and causes of many people cost: beside a copy of the bytes, one by one, on two cores, at any size?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
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
    yield from _on_two(batch)
    yield from _first_use()
    yield from _in_one_process(knowledge, batch)
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


def _on_two(batch: pa.RecordBatch) -> Iterator[Row]:
    """Compare the clock time of the same work on one and on two: threads of one process, and processes.

    All of it is done by processes that did nothing before, as `unclench cohort` is one.
    """
    parts = 8
    people = parts * BLOCK
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        file = Path(name) / "people.arrow"
        with pa.ipc.new_file(file, batch.schema) as writer:
            writer.write_batch(batch)
        one, other = (
            stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"), _take, (str(file),))) for _ in range(2)
        )
        times = in_turns(
            {
                "one thread": lambda: one.submit(_work, parts, 1).result(),
                "two threads": lambda: one.submit(_work, parts, 2).result(),
                "two processes": lambda: [
                    done.result() for done in [o.submit(_work, parts // 2, 1) for o in (one, other)]
                ],
            },
            repeats=15,
        )
    for name in ("two threads", "two processes"):
        yield Row(f"all of it, {people} people, {name}", times[name], "s", "one thread", times["one thread"])
    for name, spread in times.items():
        rate = Spread(people / spread.median / 1e6, people / spread.greatest / 1e6, people / spread.least / 1e6)
        yield Row(f"people a second, {name}", rate, "million")


def _take(file: str) -> None:
    """Keep the people of a file and the pack, in a process of its own."""
    with pa.ipc.open_file(file) as reader:
        _KEPT["batch"] = reader.get_batch(0)
    _KEPT["knowledge"] = Knowledge.load()


def _work(times: int, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda people: assess_batch(_KEPT["knowledge"], people), [_KEPT["batch"]] * times))


_KEPT: dict[str, Any] = {}


_FIRST = """
import time
import pyarrow as pa
from numba.core import event
from unclench.batch import assess_batch
from unclench.knowledge import Knowledge
knowledge = Knowledge.load()
people = pa.RecordBatch.from_pydict({"age": [50], "pain_site": [["loin_left"]]})
with event.install_recorder("numba:compile") as recorder:
    began = time.perf_counter()
    assess_batch(knowledge, people)
    taken = time.perf_counter() - began
steps, open_steps = [0.0], []
for stamp, one in recorder.buffer:
    if one.is_start:
        open_steps.append(stamp)
    else:
        steps.append(stamp - open_steps.pop())
print(taken, max(steps))
"""


def _first_use() -> Iterator[Row]:
    """Compare the first answer of a process that compiles with that of the next one, which finds it compiled.

    The longest step is one loop with all that it calls.
    """
    first: list[float] = []
    longest: list[float] = []
    later: list[float] = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as kept:
            environment = {**os.environ, "NUMBA_CACHE_DIR": kept}
            for found, most in ((first, longest), (later, [])):
                done = subprocess.run(
                    [sys.executable, "-c", _FIRST],
                    env=environment,
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    check=True,
                )
                taken, step = map(float, done.stdout.split())
                found.append(taken)
                most.append(step)
    yield Row("longest step of compiling", Spread.of(longest), "s")
    yield Row("first batch of the first process", Spread.of(first), "s", "of the next process", Spread.of(later))


def _in_one_process(knowledge: Knowledge, batch: pa.RecordBatch) -> Iterator[Row]:
    """Measure time for each person by the size of the crowd, in a process that has started, on one thread."""
    taken = in_turns({str(size): partial(_stream, knowledge, batch, size) for size in (*_SIZES, *_more())}, repeats=3)
    fewest = _scaled(taken[str(_SIZES[0])], 1e6 / _SIZES[0])
    for size, spread in taken.items():
        peer, theirs = ("", None) if int(size) == _SIZES[0] else (f"of {_SIZES[0]}", fewest)
        yield Row(f"{size} people, for each person", _scaled(spread, 1e6 / int(size)), "us", peer, theirs)


def _stream(knowledge: Knowledge, batch: pa.RecordBatch, size: int) -> None:
    for first in range(0, size, BLOCK):
        assess_batch(knowledge, batch.slice(0, min(BLOCK, size - first)))


def _more() -> list[int]:
    return [int(os.environ[_MOST])] if _MOST in os.environ else []


def _by_size(batch: pa.RecordBatch) -> Iterator[Row]:
    """Measure `unclench cohort` from Parquet to Parquet as a whole process: time for each person, and peak memory."""
    sizes = [*_SIZES, *_more()]
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
