"""Whatever bytes come in, reading cases ends in cases and `CaseError`, and loses no good case."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import strategies
from unclench import Case, Knowledge
from unclench.cli import records
from unclench.cli.records import Record, cases
from unclench.errors import CaseError


@cache
def knowledge() -> Knowledge:
    return Knowledge.load()


@contextmanager
def standard_input(data: bytes) -> Iterator[None]:
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(data))
    try:
        yield
    finally:
        sys.stdin = before


def read(data: bytes) -> list[Record]:
    """Return every record; a `CaseError` about the whole input becomes one, and anything else fails the test."""
    with standard_input(data):
        try:
            _, records = cases("-", knowledge())
            found = list(records)
        except CaseError as error:
            found = [Record("standard input", None, error)]
    for record in found:
        assert (record.case is None) != (record.error is None)
        assert record.error is None or str(record.error).startswith(f"{record.place}: ")
        assert len(str(record.error)) < 5000
    return found


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


@st.composite
def people(draw: st.DrawFn) -> bytes:
    """Draw the JSON of a case that is in order."""
    case = Case(None, draw(strategies.cases(knowledge(), FEW)))
    return encoded(case.to_data())


FEW = ("age", "sex", "fever", "pregnant", "pregnancy_weeks", "pain_site", "onset_trigger", "pain_severity")

KEYS = (*FEW, "id", "findings")
PATCHES = (b"{", b"}", b"[", b'"', b",", b"\n", b"NaN", b"1e999", b"\\u0")

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(FEW),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(KEYS), below, max_size=4),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Draw the JSON of a case with bytes cut out, put in, or overwritten."""
    data = draw(people() | anything.map(encoded))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 6)))
        patch = draw(
            st.binary(max_size=4) | st.sampled_from([b"{", b"}", b"[", b'"', b",", b"\n", b"NaN", b"1e999", b"\\u0"])
        )
        data = data[:start] + patch + data[end:]
    return data


@settings(max_examples=300)
@given(st.binary(max_size=200))
@example(b"\xff\xfe{\x00}\x00")
@example(b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}")
@example(b"{}\r{}")
@example(b"{}\x0b\n\x0c{}\n")
def test_any_bytes_end_in_cases_and_case_errors(data: bytes) -> None:
    read(data)


@settings(max_examples=300)
@given(anything)
def test_any_json_ends_in_cases_and_case_errors(value: object) -> None:
    (record,) = read(encoded(value))
    assert record.case is None or isinstance(value, dict)


@settings(max_examples=400)
@given(st.lists(damaged(), min_size=1, max_size=4), st.sampled_from([b"\n", b"\r\n", b"\n\n", b""]))
def test_damaged_cases_end_in_cases_and_case_errors(parts: list[bytes], joint: bytes) -> None:
    read(joint.join(parts))


@settings(max_examples=300)
@given(people())
def test_a_case_that_is_in_order_is_read_as_it_was_written(data: bytes) -> None:
    (record,) = read(data)
    assert record.case is not None
    assert record.case.to_data() == Case.from_data(json.loads(data), knowledge()).to_data()
    spread = json.dumps(json.loads(data), indent=1).encode()
    (again,) = read(spread)
    assert again.case == record.case


@settings(max_examples=400)
@given(st.lists(people(), min_size=1, max_size=4), damaged(), st.data())
def test_a_damaged_line_among_good_ones_loses_none(good: list[bytes], bad: bytes, data: st.DataObject) -> None:
    named = [encoded({"id": f"good {place}", **json.loads(one)}) for place, one in enumerate(good)]
    lines = list(named)
    lines.insert(data.draw(st.integers(0, len(named))), bad.replace(b"\n", b" ").replace(b"good", b"poor"))
    found = [record.case.id for record in read(b"\n".join(lines)) if record.case is not None]
    assert [name for name in found if name is not None and name.startswith("good")] == [
        f"good {place}" for place in range(len(named))
    ]


@pytest.mark.parametrize("opening", [b'{"findings": {"fever": ', b'{"id": ', b""])
def test_no_depth_of_nesting_gets_through(opening: bytes) -> None:
    for depth in [*range(1, 60, 7), *range(900, 1100), 5000]:
        nested = opening + b"[" * depth + b"]" * depth + b"}" * opening.count(b"{")
        first, second = read(nested + b'\n{"id": "z"}')
        assert first.case is None
        assert second.case is not None


def test_a_case_too_deep_for_its_checks_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(_data: object, _knowledge: Knowledge, *, record: str) -> Case:
        if record == "line 1":
            raise RecursionError
        return Case()

    monkeypatch.setattr(Case, "from_data", deep)
    first, second = read(b"{}\n{}")
    assert "nested too deeply" in str(first.error)
    assert second.case == Case()


@pytest.mark.parametrize("text", ["{}", "{}\n{}\n", "[1]\n", ""], ids=["one", "many", "bad", "empty"])
def test_a_file_is_closed_when_its_cases_were_read(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "cases"
    place.write_text(text)
    opened: list[IO[bytes]] = []

    def watched(file: str, mode: str) -> IO[bytes]:
        opened.append(io.open(file, mode))  # noqa: UP020, SIM115 - stands in for open
        return opened[-1]

    monkeypatch.setattr(records, "open", watched, raising=False)
    with suppress(CaseError):
        list(cases(str(place), knowledge())[1])
    assert [file.closed for file in opened] == [True]
