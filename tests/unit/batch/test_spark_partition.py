"""What runs on a Spark worker, without Spark; with it: `tests/slow/test_spark.py`."""

from __future__ import annotations

import json
import sys
from typing import Any

import pyarrow as pa
import pytest

from unclench import Knowledge, KnowledgeError
from unclench.batch import assess_batch, result_schema
from unclench.batch.results import plain_schema
from unclench.batch.spark import _kept, _results, assess, assessed
from unclench.errors import CaseError, UnclenchError

PEOPLE = pa.RecordBatch.from_pydict(
    {"id": ["a", "b", "c"], "ward": [7, 8, 9], "age": [50, -1, None], "saddle_numbness": [True, False, None]}
)
SAID = ["age", "saddle_numbness"]


def run(knowledge: Knowledge, **changes: Any) -> pa.Table:
    usual = {"pack": knowledge.hash, "text": None, "said": SAID, "kept": ["id", "ward"], "top": 3}
    return pa.Table.from_batches(assessed(iter([PEOPLE.slice(0, 2), PEOPLE.slice(2)]), **{**usual, **changes}))


def test_the_rows_are_those_of_assess_batch_after_what_is_passed_on(knowledge: Knowledge) -> None:
    found = run(knowledge)
    assert found.select(["id", "ward"]).to_pydict() == PEOPLE.select(["id", "ward"]).to_pydict()
    expected = assess_batch(knowledge, PEOPLE.select(SAID), top=3)
    assert found.column_names == ["id", "ward", *expected.schema.names]
    parts = [assess_batch(knowledge, part.select(SAID), top=3).to_pylist() for part in (PEOPLE[:2], PEOPLE[2:])]
    assert found.drop_columns(["id", "ward"]).to_pylist() == [row for part in parts for row in part]


def test_hashes_are_those_of_assess_batch_behind_the_rest(knowledge: Knowledge) -> None:
    found = run(knowledge, hashes=True)
    expected = assess_batch(knowledge, PEOPLE.select(SAID), hashes=True)["result_hash"].to_pylist()
    assert found.column_names == [*run(knowledge).column_names, "result_hash"]
    assert found.schema.types[-1] == pa.string()
    assert found["result_hash"].to_pylist() == expected
    assert [one is None for one in expected] == [False, True, False]


def test_a_column_with_the_name_of_the_hash_is_kept_only_where_there_is_none() -> None:
    assert _kept(["age", "result_hash"], ["result_hash"], _results(False).names) == ["result_hash"]
    with pytest.raises(CaseError, match='"result_hash" cannot be kept: the result has one of that name'):
        _kept(["age", "result_hash"], ["result_hash"], _results(True).names)


def test_a_pack_that_travels_is_the_one_that_is_used(knowledge: Knowledge) -> None:
    data = json.loads(knowledge.text)
    data["rules"] = [rule for rule in data["rules"] if rule["id"] != "saddle_numbness_new"]
    without = Knowledge(json.dumps(data))
    rules = run(without, pack=without.hash, text=without.text)["rules"].to_pylist()
    assert "saddle_numbness_new" in run(knowledge)["rules"].to_pylist()[0]
    assert "saddle_numbness_new" not in rules[0]


def test_a_worker_with_another_pack_refuses_to_work(knowledge: Knowledge) -> None:
    with pytest.raises(KnowledgeError) as refused:
        run(knowledge, pack="sha256:other")
    assert refused.value.problems == (
        f"this Spark worker has the pack {knowledge.hash} installed, and the driver sha256:other. "
        "Install the same version of Unclench on both, or hand the pack over: assess(frame, knowledge=...).",
    )


def test_without_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    nobody: Any = None
    with pytest.raises(UnclenchError) as refused:
        assess(nobody)
    assert str(refused.value) == 'assessing on Spark needs pyspark. Install it with: pip install "unclench[spark]"'


def test_no_dictionary_goes_back_to_spark(knowledge: Knowledge) -> None:
    words = pa.dictionary(pa.int8(), pa.string())
    estimate = pa.struct([("id", words), ("low", pa.float64())])
    schema = pa.schema([("see", words), ("rules", pa.list_(words)), ("causes", pa.list_(estimate))])
    assert [str(field.type) for field in plain_schema(schema)] == [
        "string",
        "list<item: string>",
        "list<item: struct<id: string, low: double>>",
    ]
    assert run(knowledge).schema.types[2:] == plain_schema(result_schema()).types
    values = pa.array([[{"id": "a", "low": 0.5}], None], pa.list_(estimate))
    assert values.cast(plain_schema(schema).field("causes").type).to_pylist() == values.to_pylist()
