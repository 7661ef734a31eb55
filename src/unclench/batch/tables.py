"""Files of people as a stream of record batches, and result batches as files. Nothing is held whole.

Parquet, Arrow and CSV come in as columns named by finding id. NDJSON comes in as one case a line, either in the form of
`unclench assess` or flat. Rows are counted from 1, those that cannot be read included.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.json
import pyarrow.parquet as pq

from unclench.batch.reading import BESIDE_ANSWERS, as_text, check_columns
from unclench.errors import CaseError
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE
from unclench.reasoning.case import ABOUT, Case

__all__ = ["INPUTS", "OUTPUTS", "Piece", "Refused", "pieces", "rows_in", "write_rows"]

INPUTS: Final = (".parquet", ".csv", ".ndjson", ".jsonl", ".arrow", ".feather", ".arrows")
OUTPUTS: Final = (".parquet", ".ndjson", ".jsonl")

_PARTS: Final = {"id", *ABOUT, "findings"}

Refused: TypeAlias = tuple[int, str]
"""The number of a row, and why it was not taken."""

_READ: Final = 1 << 22  # bytes of text parsed at a time
_LONGEST: Final = 1 << 20  # bytes of one case; a full one is a few kilobytes


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of the input.

    Attributes:
        batch: those that could be read.
        rows: the number of each in the input, from 1.
        refused: those that could not, in order.
    """

    batch: pa.RecordBatch
    rows: pa.Int64Array
    refused: tuple[Refused, ...]


def rows_in(path: Path) -> int | None:
    """Return how many rows a file has, about so many if it is text; None if only reading it would tell."""
    if path.suffix == ".parquet":
        try:
            return int(pq.read_metadata(path).num_rows)
        except pa.ArrowException:
            return None  # whoever reads it says what is wrong
    if path.suffix in (".csv", ".ndjson", ".jsonl"):
        with path.open("rb") as file:
            head = file.read(_READ)
        return round(path.stat().st_size * head.count(b"\n") / len(head)) if head else 0
    return None


def pieces(path: Path, knowledge: Knowledge, size: int) -> Iterator[Piece]:
    """Yield the people of a file, `size` rows at a time; the same file always gives the same pieces.

    Raises:
        CaseError: it cannot be read as what its name says, or a column is no finding.
    """
    try:
        match path.suffix:
            case ".csv":
                yield from _csv(path, knowledge, size)
            case ".ndjson" | ".jsonl":
                yield from _ndjson(path, knowledge, size)
            case ".parquet" | ".arrow" | ".feather" | ".arrows":
                yield from _columnar(path, knowledge, size)
            case _:
                raise CaseError(f"{path}: its name should end in one of {', '.join(INPUTS)}.")
    except pa.ArrowException as error:
        raise CaseError(f"{path}: cannot be read as {path.suffix[1:]} ({error}). Mend the file.") from None


def write_rows(batch: pa.RecordBatch, path: Path) -> None:
    """Write a result file as its name says (Arrow or NDJSON), and see to it that it is on the disk."""
    with path.open("wb") as sink:
        if path.suffix == ".arrow":
            with pa.ipc.new_file(sink, batch.schema) as writer:
                writer.write_batch(batch)
        else:
            sink.writelines(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in batch.to_pylist())
        sink.flush()
        os.fsync(sink.fileno())


def _columnar(path: Path, knowledge: Knowledge, size: int) -> Iterator[Piece]:
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            check_columns(file.schema_arrow, knowledge)
            # One thread reads while others work; more would only take the cores from them. And group by group: a reader
            # of the whole file keeps what it has read of it.
            batches: Iterator[pa.RecordBatch] = (
                batch
                for group in range(file.num_row_groups)
                for batch in file.iter_batches(min(size, 65_536), row_groups=[group], use_threads=False)
            )
            yield from _numbered(_even(batches, size))
        return
    with pa.OSFile(os.fspath(path)) as source:
        try:
            reader = pa.ipc.open_file(source)
        except pa.ArrowInvalid:
            source.seek(0)
            stream = pa.ipc.open_stream(source)
            check_columns(stream.schema, knowledge)
            yield from _numbered(_even(iter(stream), size))
            return
        check_columns(reader.schema, knowledge)
        batches = (reader.get_batch(place) for place in range(reader.num_record_batches))
        yield from _numbered(_even(batches, size))


def _numbered(batches: Iterator[pa.RecordBatch]) -> Iterator[Piece]:
    first = 1
    for batch in batches:
        yield Piece(batch, pa.array(np.arange(first, first + batch.num_rows)), ())
        first += batch.num_rows


def _even(batches: Iterator[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in batches of exactly `size`, but for the last."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        while batch.num_rows:
            taken = batch.slice(0, size - count)
            held.append(taken)
            count += taken.num_rows
            batch = batch.slice(taken.num_rows)
            if count == size:
                yield _joined(held)
                held, count = [], 0
    if held:
        yield _joined(held)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    # Dictionaries may differ from batch to batch; a table makes one of them.
    whole = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()
    return whole.to_batches()[0]


def _csv(path: Path, knowledge: Knowledge, size: int) -> Iterator[Piece]:
    """Read every column as text: what is no answer is then one row's trouble, not the file's."""
    skipped: list[Refused] = []

    def note(row: Any) -> str:
        # Line 1 is the header.
        wrong = f"it has {row.actual_columns} fields, and the first line has {row.expected_columns}."
        skipped.append((row.number - 1, wrong))
        return "skip"

    with path.open("rb") as file:
        names = pa.csv.open_csv(
            file, pa.csv.ReadOptions(block_size=_READ, use_threads=False),
            pa.csv.ParseOptions(invalid_row_handler=lambda _: "skip", newlines_in_values=True),
        ).schema.names  # fmt: skip
    check_columns(pa.schema([(name, pa.string()) for name in names]), knowledge)
    with path.open("rb") as file:
        reader = pa.csv.open_csv(
            file,
            pa.csv.ReadOptions(block_size=_READ, use_threads=False),
            pa.csv.ParseOptions(invalid_row_handler=note, newlines_in_values=True),
            pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
        done = told = 0
        row = 0
        for batch in _even(iter(reader), size):
            numbers = np.arange(row + 1, row + 1 + batch.num_rows)
            end = told
            while end < len(skipped) and skipped[end][0] <= row + batch.num_rows + (end - told):
                place = skipped[end][0] - row - 1 - (end - told)
                numbers[max(0, place) :] += 1
                end += 1
            row = int(numbers[-1])
            yield Piece(batch, pa.array(numbers), tuple(skipped[told:end]))
            told = end
            done += batch.num_rows
        if told < len(skipped):
            nothing = pa.RecordBatch.from_pylist([], schema=pa.schema([(name, pa.string()) for name in names]))
            yield Piece(nothing, pa.array([], pa.int64()), tuple(skipped[told:]))


def _ndjson(path: Path, knowledge: Knowledge, size: int) -> Iterator[Piece]:
    with path.open("rb") as file:
        number = 0
        lines = _lines(file)
        while True:
            rows: list[tuple[int, str | None, Mapping[str, Any]]] = []
            refused: list[Refused] = []
            for line in lines:
                number += 1
                try:
                    rows.append((number, *_case(line, knowledge)))
                except CaseError as error:
                    refused.append((number, str(error)))
                if len(rows) + len(refused) == size:
                    break
            if not rows and not refused:
                return
            yield Piece(_as_batch(rows), pa.array([one[0] for one in rows], pa.int64()), tuple(refused))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield each line; of one that is too long, only the start, and the rest is skipped."""
    with closing(file):
        while line := file.readline(_LONGEST + 1):
            if len(line) > _LONGEST and not line.endswith(b"\n"):
                while (rest := file.readline(_LONGEST)) and not rest.endswith(b"\n"):
                    pass
            yield line


def _case(line: bytes, knowledge: Knowledge) -> tuple[str | None, Mapping[str, Any]]:
    """Return the id and the answers of one line. What cannot hold beside the rest is found when all are read."""
    if len(line) > _LONGEST:
        raise CaseError(f"it is longer than {_LONGEST // 1024} KiB, and no case is.")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CaseError(f"broken JSON: {str(error)[:200]}.") from None
    if isinstance(data, dict) and "findings" not in data:
        about = {key: data[key] for key in ("id", *ABOUT) if key in data}
        data = {**about, "findings": {k: v for k, v in data.items() if k not in ABOUT and k not in BESIDE_ANSWERS}}
    if isinstance(data, dict) and isinstance(data["findings"], dict) and data.keys() <= _PARTS:
        name = data.get("id")
        said = {**data["findings"], **{key: data[key] for key in ABOUT if key in data}}
        plain = data["findings"].keys().isdisjoint(ABOUT) and all(_is_plain(k, v, knowledge) for k, v in said.items())
        if plain and (name is None or type(name) in (str, int)):
            return None if name is None else str(name), said
    case = Case.from_data(data, knowledge)  # says what is wrong
    return case.id, case.answers


def _is_plain(finding: str, value: Any, knowledge: Knowledge) -> bool:
    """Whether an answer keeps its meaning as the text of a column; a number may still be out of range."""
    known = knowledge.findings.get(finding)
    if known is None:
        return False
    if value is None or value == UNSURE:
        return True
    match known.kind:
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return type(value) in (int, float)
        case "choice":
            return value in known.choices
        case "regions":
            return isinstance(value, list) and all(one in known.choices for one in value)


def _as_batch(rows: list[tuple[int, str | None, Mapping[str, Any]]]) -> pa.RecordBatch:
    """Return cases as columns of text; always with an `id`, so that the results are alike."""
    arrays = {"id": pa.array([name for _, name, _ in rows], pa.string())}
    for finding in sorted({finding for _, _, said in rows for finding in said}):
        arrays[finding] = pa.array([as_text(said.get(finding)) for _, _, said in rows], pa.string())
    return pa.RecordBatch.from_pydict(arrays)
