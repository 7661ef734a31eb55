"""The hash of every row, whatever types the results are written in."""

from __future__ import annotations

import pyarrow as pa

from unclench import assess
from unclench.batch import assess_batch
from unclench.batch.hashes import with_hashes
from unclench.knowledge import Knowledge

PEOPLE = [
    {"age": 50, "findings": {"bladder_change_new": True}},
    {"age": 50, "findings": {}},
    {"age": 200, "findings": {}},
    {"age": 50, "findings": {"bladder_change_new": True}},
]


def crowd() -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {
            "id": ["a", "b", "c", "d"],
            "age": [50, 50, 200, 50],
            "bladder_change_new": [True, None, None, True],
        }
    )


def expected(knowledge: Knowledge) -> list[str | None]:
    return [None if one["age"] == 200 else assess(knowledge, one).result_hash for one in PEOPLE]


def test_each_row_has_the_hash_of_that_person_alone_and_a_refused_row_none(knowledge: Knowledge) -> None:
    result = assess_batch(knowledge, crowd(), hashes=True)
    assert result["result_hash"].to_pylist() == expected(knowledge)
    assert result.schema.names[-2:] == ["error", "result_hash"]
    assert result.drop_columns(["result_hash"]).equals(assess_batch(knowledge, crowd()))


def test_texts_of_a_dictionary_have_the_same_hashes(knowledge: Knowledge) -> None:
    plain = assess_batch(knowledge, crowd())
    columns = {}
    for name in plain.schema.names:
        column = plain[name]
        if column.type == pa.string():
            column = column.dictionary_encode()
        elif name == "rules":
            column = pa.ListArray.from_arrays(column.offsets, column.values.dictionary_encode(), mask=column.is_null())
        columns[name] = column
    coded = pa.RecordBatch.from_pydict(columns)
    assert with_hashes(knowledge, coded)["result_hash"].to_pylist() == expected(knowledge)


def test_nobody_gives_no_hash(knowledge: Knowledge) -> None:
    result = assess_batch(knowledge, crowd().slice(0, 0), hashes=True)
    assert result.num_rows == 0
    assert result.schema.names[-1] == "result_hash"
