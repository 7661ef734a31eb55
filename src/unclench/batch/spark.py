"""Many people on Spark: `assess_batch` over the partitions of a DataFrame, wherever they lie.

Nothing is collected and nothing is shuffled; Spark runs a lost task again. A Python worker reads the pack once and
keeps it. PySpark is imported here alone, and only when `assess` is called.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import pyarrow as pa

from unclench.batch import assess_batch, result_schema
from unclench.batch.hashes import HASH
from unclench.batch.results import plain_schema
from unclench.errors import CaseError, KnowledgeError, UnclenchError, near_match
from unclench.knowledge import Knowledge

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["assess"]


def assess(
    frame: DataFrame,
    *,
    knowledge: Knowledge | None = None,
    top: int = 5,
    hashes: bool = False,
    keep: Collection[str] = (),
) -> DataFrame:
    """Assess everybody in a DataFrame.

    Like every transformation of Spark it starts no job: it looks at the names and types of the columns.

    Args:
        frame: one row a person, one column a finding; types and nulls mean what they mean to `assess_batch`.
        knowledge: a pack of your own; it travels with the job. None = the one that is installed, which must be the
            same here and on every worker.
        top: how many causes to list for each person.
        hashes: whether to add the column `result_hash`, behind the others.
        keep: columns to pass on unchanged, findings or not. A column `id` is passed on without being named.

    Returns:
        One row for each row: first what is passed on, in the order it has in `frame`, then the columns of
        `unclench.batch.result_schema`. A row that is no possible case says why in `error`. Spark promises no order
        of rows, so keep what names a person.

    Raises:
        CaseError: a column is no finding and is not kept, or has a type that cannot hold its finding; no column is a
            finding; or a column to keep is missing, or has the name of a result. Raised here, before any job.
        KnowledgeError: a worker has another pack installed than the one here. Raised by the job.
        UnclenchError: PySpark is not installed.
    """
    try:
        import pyspark  # noqa: F401 - so that the error has its name
        from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
        from pyspark.sql.types import StructType
    except ModuleNotFoundError as error:
        raise UnclenchError(
            f'assessing on Spark needs {error.name}. Install it with: pip install "unclench[spark]"'
        ) from None

    pack = knowledge or _installed()
    result = _results(hashes)
    kept = _kept(frame.columns, keep, result.names)
    said = [field for field in frame.schema.fields if field.name in pack.findings or field.name not in kept]
    if not any(field.name in pack.findings for field in said):
        raise CaseError("none of the columns is a finding. Name each column by a finding's id: unclench findings.")
    nobody = pa.RecordBatch.from_pylist([], schema=to_arrow_schema(StructType(said)))
    assess_batch(pack, nobody, top=top)  # refuses what cannot be read

    shape = StructType([*(frame.schema[name] for name in kept), *from_arrow_schema(result).fields])
    work = partial(
        assessed,
        pack=pack.hash,
        text=None if knowledge is None else knowledge.text,
        said=[field.name for field in said],
        kept=kept,
        top=top,
        hashes=hashes,
    )
    return frame.mapInArrow(work, shape)


def assessed(
    batches: Iterator[pa.RecordBatch],
    *,
    pack: str,
    text: str | None,
    said: Sequence[str],
    kept: Sequence[str],
    top: int,
    hashes: bool = False,
) -> Iterator[pa.RecordBatch]:
    """Assess the batches of one partition; this is what runs on a worker.

    Args:
        batches: the people.
        pack: the hash of the pack they are to be assessed with.
        text: that pack; None = the one installed here.
        said: the columns of answers.
        kept: the columns to pass on.
        top: how many causes to list for each person.
        hashes: whether to add the column `result_hash`.

    Raises:
        KnowledgeError: another pack is installed here.
    """
    knowledge = _installed() if text is None else _carried(text)
    if knowledge.hash != pack:
        raise KnowledgeError(
            [
                f"this Spark worker has the pack {knowledge.hash} installed, and the driver {pack}. "
                "Install the same version of Unclench on both, or hand the pack over: assess(frame, knowledge=...)."
            ]
        )
    result = _results(hashes)
    for batch in batches:
        found = assess_batch(knowledge, batch.select(said), top=top, hashes=hashes)
        columns = [batch[name] for name in kept]
        columns += [found[field.name].cast(field.type) for field in result]
        yield pa.RecordBatch.from_arrays(columns, names=[*kept, *result.names])


def _results(hashes: bool) -> pa.Schema:
    """Return the columns of results, as Spark takes them."""
    schema = result_schema()
    return plain_schema(schema.append(HASH) if hashes else schema)


def _kept(columns: Sequence[str], keep: Collection[str], results: Sequence[str]) -> list[str]:
    problems = [
        f'the column "{name}" is to be kept and is not there.{near_match(name, columns)}'
        for name in keep
        if name not in columns
    ]
    kept = [name for name in columns if name == "id" or name in keep]
    problems += [
        f'the column "{name}" cannot be kept: the result has one of that name. Rename it first: withColumnRenamed.'
        for name in kept
        if name in results
    ]
    if problems:
        raise CaseError(" ".join(problems))
    return kept


@lru_cache(maxsize=1)
def _installed() -> Knowledge:
    return Knowledge.load()


@lru_cache(maxsize=2)
def _carried(text: str) -> Knowledge:
    return Knowledge(text)
