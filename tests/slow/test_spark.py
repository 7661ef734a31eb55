"""On Spark each person is told what one machine tells them, once, though an executor dies under way.

Spark and Java are installed by this test where they are missing, Spark into `.venv-spark/`.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tools.java import java

from unclench.batch import assess_batch, result_schema
from unclench.batch.population import Population
from unclench.knowledge import Knowledge

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 12_000
FILES = 24
CLOSE = 1e-9
PATIENCE = 1800  # seconds after which a cluster that hangs is ended; no measure of anything


@pytest.fixture(scope="module")
def crowd(knowledge: Knowledge) -> pa.Table:
    """Synthetic people; some are not sure of something, and every hundredth has an age that cannot be."""
    drawn = pa.Table.from_batches(Population(knowledge, unsure=0.01).batches(PEOPLE, 20261121))
    ages = [-1 if row % 100 == 0 else age for row, age in enumerate(drawn["age"].to_pylist())]
    return drawn.set_column(drawn.schema.get_field_index("age"), "age", pa.array(ages, pa.int32()))


@pytest.fixture(scope="module")
def job(crowd: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Job:
    subprocess.run([sys.executable, "tools/bootstrap.py", "spark"], cwd=ROOT, check=True)
    java()
    folder = tmp_path_factory.mktemp("spark")
    (folder / "people").mkdir()
    for place in range(FILES):
        each = PEOPLE // FILES
        pq.write_table(crowd.slice(place * each, each), folder / "people" / f"{place}.parquet")
    return Job(folder)


class Job:
    """What `spark_job.py` said and wrote; one of its executors is killed when a few of its tasks are done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.executors = 0
        self.killed_at: tuple[int, int] | None = None
        self.said: dict[str, Any] = {}
        command = [str(ROOT / ".venv-spark/bin/python"), str(Path(__file__).with_name("spark_job.py"))]
        command += [str(folder / "people"), str(folder)]
        with (
            (folder / "log").open("w") as log,
            psutil.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as driver,
        ):
            watch = Timer(PATIENCE, lambda: end(driver))
            watch.start()
            try:
                for line in driver.stdout:
                    self.hear(json.loads(line), driver)
                status = driver.wait()
            finally:
                watch.cancel()
                end(driver)
        assert status == 0, (folder / "log").read_text()[-4000:]

    def hear(self, line: dict[str, Any], driver: psutil.Popen) -> None:
        self.said |= line
        if self.killed_at is None and line.get("done", 0) >= 2:
            executors = list(executors_of(driver))
            self.executors, self.killed_at = len(executors), (line["done"], line["of"])
            executors[0].send_signal(signal.SIGKILL)


def executors_of(driver: psutil.Process) -> Iterator[psutil.Process]:
    for process in driver.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it ended just now, or is what is left of one that did
            if "org.apache.spark.executor.CoarseGrainedExecutorBackend" in process.cmdline():
                yield process


def end(driver: psutil.Popen) -> None:
    """End what is left of a job; nothing is, unless it failed."""
    if driver.poll() is None:
        for process in [*driver.children(recursive=True), driver]:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def rows(place: Path) -> dict[str, dict[str, Any]]:
    """Return id to row; refuses a row that is there twice."""
    found = pq.read_table(place).to_pylist()
    made = {row.pop("id"): row for row in found}
    assert len(made) == len(found)
    return made


def same(found: Any, expected: Any) -> bool:
    """Whether two results say the same; those who are equally likely may change places."""
    if not expected or not isinstance(expected, list) or not isinstance(expected[0], dict):
        return bool(found == expected)
    return len(found) == len(expected) and all(
        abs(a["probability"] - b["probability"]) <= CLOSE
        and (a["id"] != b["id"] or all(abs(a[end] - b[end]) <= CLOSE for end in ("low", "high")))
        for a, b in zip(found, expected, strict=True)
    )


def different(
    found: Mapping[str, Mapping[str, Any]], expected: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, str]]:
    return [(who, what) for who, row in expected.items() for what in row if not same(found[who][what], row[what])]


def on_one_machine(knowledge: Knowledge, crowd: pa.Table, top: int, hashes: bool = False) -> dict[str, dict[str, Any]]:
    (whole,) = crowd.combine_chunks().to_batches()
    return {row.pop("id"): row for row in assess_batch(knowledge, whole, top=top, hashes=hashes).to_pylist()}


def test_an_executor_died_while_others_had_work_to_do(job: Job) -> None:
    assert job.executors == 2
    assert job.killed_at is not None
    assert job.killed_at[0] < job.killed_at[1]
    assert job.said["failed"] >= 1


def test_nobody_is_lost_or_doubled_and_all_are_told_the_same(job: Job, crowd: pa.Table, knowledge: Knowledge) -> None:
    found, expected = rows(job.folder / "all"), on_one_machine(knowledge, crowd, 5)
    assert len(expected) == PEOPLE
    assert found.keys() == expected.keys()
    assert different(found, expected) == []
    assert sum(row["error"] is not None for row in found.values()) >= PEOPLE // 100


def test_a_pack_of_one_s_own_travels_and_named_columns_are_kept(
    job: Job, crowd: pa.Table, knowledge: Knowledge
) -> None:
    found = rows(job.folder / "few")
    drawn = dict(zip(crowd["id"].to_pylist(), crowd["synthetic_cause"].to_pylist(), strict=True))
    assert len(found) == 50
    assert {who: row.pop("synthetic_cause") for who, row in found.items()} == {who: drawn[who] for who in found}
    expected = on_one_machine(knowledge, crowd, 2, hashes=True)
    assert different(found, {who: expected[who] for who in found}) == []
    assert {tuple(row) for row in found.values()} == {(*result_schema().names, "result_hash")}


def test_columns_that_cannot_be_read_or_kept_stop_the_driver_before_any_job(job: Job) -> None:
    assert job.said["jobs"] == 0
    assert job.said["refused"] == [
        'the column "fevre" is not a known finding. Did you mean "fever"? See: unclench findings.',
        'the column "synthetic_causes" is to be kept and is not there. Did you mean "synthetic_cause"?',
        'the column "see" cannot be kept: the result has one of that name. Rename it first: withColumnRenamed.',
        "none of the columns is a finding. Name each column by a finding's id: unclench findings.",
    ]
