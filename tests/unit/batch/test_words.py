"""Texts against a few known words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from unclench import Knowledge
from unclench.batch.words import Wordlist, coded

NEAR = ["a", "b", "aa", "eightlet", "eightlet_and_more", "eightlet_and_mine", "sixteen_letters_", "sixteen_letters_x"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("first", [0, 1, 3])
def test_each_word_is_found_wherever_it_starts(kind: pa.DataType, first: int) -> None:
    array = pa.array(["pad", "", "a", *NEAR, None], kind).slice(2)
    places = Wordlist(NEAR).places(array.slice(first))
    assert places is not None
    assert places.tolist() == [0, *range(len(NEAR)), -1][first:]


@pytest.mark.parametrize("odd", ["", "c", "ab", "A", "eightlet_and_mire", "eightlet_and", "sixteen_letters_y", "ééé"])
def test_a_text_that_is_no_word_is_left_to_others(odd: str) -> None:
    assert Wordlist(NEAR).places(pa.array(["a", odd])) is None
    codes, distinct = coded(pa.array([odd, "a", None]), Wordlist(NEAR))
    assert [distinct[code] if code >= 0 else None for code in codes] == [odd, "a", None]


def test_nobody_and_nulls_alone() -> None:
    places = Wordlist(NEAR).places(pa.array([], pa.string()))
    assert places is not None
    assert places.tolist() == []
    assert Wordlist(NEAR).places(pa.array([None, None], pa.string())) is not None
    assert coded(pa.nulls(2), None)[0].tolist() == [-1, -1]


def test_every_choice_of_the_pack_is_found(knowledge: Knowledge) -> None:
    for finding in knowledge.findings.values():
        if finding.choices:
            words = [*finding.choices, "unsure"]
            places = Wordlist(words).places(pa.array(words))
            assert places is not None, finding.id
            assert places.tolist() == list(range(len(words)))


@pytest.mark.parametrize("written", ["aa", "no such"])
def test_what_is_written_under_a_null_is_no_answer(written: str) -> None:
    full = pa.array(["a", written, "b"])
    there = pa.py_buffer(bytes([0b101]))
    array = pa.Array.from_buffers(pa.string(), 3, [there, *full.buffers()[1:]])
    places = Wordlist(NEAR).places(array)
    assert places is not None
    assert places.tolist() == [0, -1, 1]


@pytest.mark.parametrize("beyond", range(18))
@pytest.mark.parametrize("moved", [0, 1, 4])
def test_no_letter_is_read_beyond_the_end(beyond: int, moved: int) -> None:
    texts = ["sixteen_letters_", "b", "eightlet_and_mine", "aa"]
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    letters = np.frombuffer(b"?" * moved + "".join(texts).encode() + b"?" * beyond, np.uint8)[moved:]
    array = pa.Array.from_buffers(pa.string(), 4, [None, pa.py_buffer(ends), pa.py_buffer(letters.copy())])
    unaligned = pa.Array.from_buffers(pa.string(), 4, [None, pa.py_buffer(ends), pa.py_buffer(letters)])
    for one in (array, unaligned, array.slice(1), array.slice(3)):
        places = Wordlist(NEAR).places(one)
        assert places is not None
        assert [NEAR[place] for place in places] == one.to_pylist()


@pytest.mark.parametrize("ends", [[0, 3, 1, 2], [0, 1, 2, 99], [-1, 1, 2, 3]])
def test_text_that_points_beyond_its_letters_is_not_read(ends: list[int]) -> None:
    sound, broken = (np.array(edges, np.int32).tobytes() for edges in ([0, 1, 2, 3], ends))
    sent = pa.record_batch({"text": ["a", "b", "c"]}).serialize().to_pybytes()
    assert sent.count(sound) == 1
    schema = pa.schema({"text": pa.string()})
    array = pa.ipc.read_record_batch(pa.py_buffer(sent.replace(sound, broken)), schema)["text"]
    with pytest.raises(pa.ArrowInvalid, match="points beyond its letters"):
        Wordlist(NEAR).places(array)
