"""Record batches in every shape that Arrow may hand over, and tables that cannot be read at all."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from unclench import CaseError, Knowledge
from unclench.batch import assess_batch, result_schema, spelled_out
from unclench.batch.assess import BLOCK
from unclench.batch.population import Population

ANSWERS: list[dict[str, Any]] = [
    {"id": 1, "age": 50, "fever": True, "sex": "male", "pain_site": ["loin_left"]},
    {"id": 2, "age": None, "fever": None, "sex": None, "pain_site": None},
    {"id": 3, "age": 3, "fever": False, "sex": "female", "pain_site": []},
]


def batch(**types: pa.DataType) -> pa.RecordBatch:
    usual = {"id": pa.int64(), "age": pa.int64(), "fever": pa.bool_(), "sex": pa.string(), "pain_site": regions()}
    return pa.RecordBatch.from_pylist(ANSWERS, schema=pa.schema(list({**usual, **types}.items())))


def rounded(found: pa.RecordBatch) -> Any:
    """Return rows without the last digits of a sum, which may depend on whom it was made together with."""
    return json.loads(json.dumps(found.to_pylist()), parse_float=lambda text: round(float(text), 9))


def regions() -> pa.DataType:
    return pa.list_(pa.string())


@pytest.mark.parametrize(
    "types",
    [
        {"age": pa.uint8()},
        {"age": pa.int8(), "sex": pa.large_string()},
        {"age": pa.float32()},
        {"pain_site": pa.large_list(pa.string())},
        {"pain_site": pa.list_(pa.large_string())},
    ],
)
def test_the_same_answers_in_other_types_say_the_same(knowledge: Knowledge, types: dict[str, pa.DataType]) -> None:
    assert assess_batch(knowledge, batch(**types)).equals(assess_batch(knowledge, batch()))


def test_dictionaries_say_the_same(knowledge: Knowledge) -> None:
    usual = batch()
    columns = {name: usual[name] for name in usual.schema.names} | {"sex": usual["sex"].dictionary_encode()}
    assert assess_batch(knowledge, pa.RecordBatch.from_pydict(columns)).equals(assess_batch(knowledge, usual))


@pytest.mark.parametrize("first", [0, 1, 7, 8, 63, 64, 65])
@pytest.mark.parametrize("unsure", [0.0, 0.2])
def test_a_slice_says_what_the_whole_says_of_it(knowledge: Knowledge, first: int, unsure: float) -> None:
    drawn = next(Population(knowledge, unsure=unsure).batches(300, 1)).select(
        ["id", "age", "fever", "pain_site", "sex"]
    )
    if unsure == 0:
        columns = {name: drawn[name] for name in drawn.schema.names}
        yes = pa.array([None if one is None else one == "true" for one in drawn["fever"].to_pylist()])
        drawn = pa.RecordBatch.from_pydict({**columns, "fever": yes})
    whole = assess_batch(knowledge, drawn)
    assert rounded(assess_batch(knowledge, drawn.slice(first, 130))) == rounded(whole.slice(first, 130))


def test_more_than_a_block_is_a_row_for_each(knowledge: Knowledge) -> None:
    many = pa.RecordBatch.from_pydict({"id": range(BLOCK + 70), "fever": [True, None] * (BLOCK // 2 + 35)})
    found = assess_batch(knowledge, many, top=1)
    assert found["id"].to_pylist() == list(range(BLOCK + 70))
    assert found.schema == result_schema(many.schema)
    assert rounded(found.slice(BLOCK, 2).drop_columns(["id"])) == rounded(found.slice(0, 2).drop_columns(["id"]))


def test_whoever_stands_beside_a_person_nothing_changes(knowledge: Knowledge) -> None:
    drawn = next(Population(knowledge, unsure=0.1).batches(300, 5))
    whole = assess_batch(knowledge, drawn)
    for first in (0, 1, 63, 64, 130):
        assert assess_batch(knowledge, drawn.slice(first, 100)).to_pylist() == whole.slice(first, 100).to_pylist()


def test_names_can_be_written_out(knowledge: Knowledge) -> None:
    found = assess_batch(knowledge, batch())
    plain = spelled_out(found)
    assert plain.to_pylist() == found.to_pylist()
    assert plain.schema.names == found.schema.names
    assert "dictionary" not in str(plain.schema)


def test_nobody_and_nothing_said(knowledge: Knowledge) -> None:
    assert assess_batch(knowledge, batch().slice(0, 0)).num_rows == 0
    nothing = assess_batch(knowledge, pa.RecordBatch.from_pydict({"id": ["a"], "fever": pa.nulls(1)}))
    assert nothing["disposition"].to_pylist() == ["same_day"]
    assert nothing["floor"].to_pylist() == [True]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"fevr": [True]}, 'Did you mean "fever"'),
        ({"fever": [1]}, "a boolean finding cannot be read from that"),
        ({"age": [True]}, "a number finding cannot be read from that"),
        ({"pain_site": [[1]]}, "a regions finding cannot be read from that"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(knowledge: Knowledge, table: dict[str, Any], words: str) -> None:
    with pytest.raises(CaseError, match=words):
        assess_batch(knowledge, pa.RecordBatch.from_pydict(table))


def test_a_column_that_is_there_twice_is_refused(knowledge: Knowledge) -> None:
    twice = pa.RecordBatch.from_arrays([pa.array([True]), pa.array([False])], names=["fever", "fever"])
    with pytest.raises(CaseError, match="there twice"):
        assess_batch(knowledge, twice)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"age": 121}, "from 0 to 120"),
        ({"age": 3.5}, "a whole number"),
        ({"age": float("nan")}, "a whole number"),
        ({"age": float("inf")}, "a whole number"),
        ({"fever": "yes"}, "true, false"),
        ({"sex": "m"}, "it takes one of"),
        ({"pain_site": ["elbow"]}, "a list of body regions"),
        ({"pain_site": ["unsure", "loin_left"]}, "a list of body regions"),
        ({"pain_site": "loin_left;"}, "a list of body regions"),
        ({"age": 30, "sex": "male", "pregnant": True}, "cannot be True together with"),
    ],
)
def test_a_row_that_cannot_be_says_why_and_nothing_else(knowledge: Knowledge, row: dict[str, Any], words: str) -> None:
    (found,) = assess_batch(knowledge, pa.RecordBatch.from_pylist([row])).to_pylist()
    assert words in found.pop("error")
    assert set(found.values()) == {None}


def test_what_is_no_batch_and_what_is_no_number_of_causes_is_said(knowledge: Knowledge) -> None:
    with pytest.raises(TypeError, match=r"takes a pyarrow.RecordBatch, not a Table"):
        assess_batch(knowledge, pa.Table.from_batches([batch()]))
    with pytest.raises(ValueError, match="top is -2"):
        assess_batch(knowledge, batch(), top=-2)
    assert assess_batch(knowledge, batch(), top=0)["causes"].to_pylist() == [[], [], []]


@pytest.mark.parametrize("place", [99, 2, -1, -2])
def test_what_points_beyond_its_dictionary_is_not_read(knowledge: Knowledge, place: int) -> None:
    for finding, said in (("sex", ["male", "female"]), ("bladder_change_new", ["false", "true"])):
        beyond = pa.DictionaryArray.from_arrays(pa.array([0, place], pa.int32()), said, safe=False)
        with pytest.raises(pa.ArrowInvalid, match="beyond its dictionary"):
            assess_batch(knowledge, pa.RecordBatch.from_arrays([beyond], [finding]))


def test_a_dictionary_may_hold_anything_where_nothing_is_said(knowledge: Knowledge) -> None:
    buffers = [pa.py_buffer(b"\x01"), pa.array([1, 99], pa.int32()).buffers()[1]]
    places = pa.Array.from_buffers(pa.int32(), 2, buffers)
    column = pa.DictionaryArray.from_arrays(places, ["false", "true"])
    found = assess_batch(knowledge, pa.RecordBatch.from_arrays([column], ["bladder_change_new"]))
    assert found["disposition"].to_pylist() == ["emergency", "same_day"]


def test_texts_as_polars_writes_them_say_the_same(knowledge: Knowledge) -> None:
    view = pa.string_view()
    plain = {"id": ["a", "b"], "sex": ["male", None], "setting": ["community", "primary_care"],
             "fever": ["true", "false"], "pain_site": [["loin_left"], ["unsure"]]}  # fmt: skip
    made = pa.RecordBatch.from_pydict(plain)
    setting = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.uint32()), pa.array(plain["setting"], view))
    viewed = pa.RecordBatch.from_arrays(
        [pa.array(plain["id"], view), pa.array(plain["sex"], view), setting, pa.array(plain["fever"], view),
         pa.array(plain["pain_site"], pa.large_list(view))], list(plain),
    )  # fmt: skip
    assert assess_batch(knowledge, viewed).to_pylist() == assess_batch(knowledge, made).to_pylist()


def test_what_points_beyond_its_items_is_not_read(knowledge: Knowledge) -> None:
    edges = pa.array([0, 2, 1, 2], pa.int32())
    places = pa.Array.from_buffers(
        pa.list_(pa.string()), 3, [None, edges.buffers()[1]], children=[pa.array(["loin_left", "loin_right"])]
    )
    with pytest.raises(pa.ArrowInvalid, match="beyond its items"):
        assess_batch(knowledge, pa.RecordBatch.from_arrays([places], ["pain_site"]))


def test_lists_far_down_a_long_table_are_read(knowledge: Knowledge) -> None:
    far = 2**31 + 5  # nulls take no room
    lists = pa.LargeListArray.from_arrays(pa.array([far, far + 1, far + 1], pa.int64()), pa.nulls(far + 1))
    found = assess_batch(knowledge, pa.RecordBatch.from_arrays([lists], ["pain_site"]))
    assert [one is None for one in found["error"].to_pylist()] == [False, True]
