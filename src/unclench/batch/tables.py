"""Files of people as a stream of record batches, and result batches as files. Nothing is held whole.

Parquet, Arrow and CSV come in as columns named by finding id. NDJSON comes in as one case a line, either in the form of
`unclench assess` or flat. In both a row is one line. Rows are counted from 1, those that cannot be read and blank lines
included, so that the number of a row leads to its line; the first line of a CSV file, the header, is not counted.
"""

from __future__ import annotations

import csv
import json
import math
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq

from unclench.batch.reading import BESIDE_ANSWERS, as_text, check_columns, stored
from unclench.batch.words import check_places
from unclench.errors import CaseError
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE
from unclench.reasoning.case import ABOUT, Case
from unclench.reasoning.case_json import LARGEST, decode_case

__all__ = ["INPUTS", "OUTPUTS", "Piece", "Refused", "Source", "as_line", "pieces", "rows_in", "write_rows"]

INPUTS: Final = (".parquet", ".csv", ".ndjson", ".jsonl", ".arrow", ".feather", ".arrows")
OUTPUTS: Final = (".parquet", ".ndjson", ".jsonl")

_PARTS: Final = {"id", *ABOUT, "findings"}

Source: TypeAlias = Path | BinaryIO
"""A file by its name, or an open one of NDJSON that has no name (what was piped in)."""

T = TypeVar("T")

_Said: TypeAlias = tuple[str | None, Mapping[str, Any]]
"""An id, and answers."""

_FIELD: Final = r'(?:"(?:[^"]|"")*"|[^",]*)'
_QUOTED: Final = re.compile(f"{_FIELD}(?:,{_FIELD})*")

_HALF: Final = re.compile("[\ud800-\udfff]")
"""Half of a character: JSON can name one alone, and no text can hold it."""

_FEW: Final = 1024  # rows held as Python objects, which take far more memory than Arrow does

_HEAD: Final = 1 << 22  # bytes by which the lines of a text are guessed


class Refused(NamedTuple):
    """A row that was not taken.

    Attributes:
        row: its number.
        id: as it stands in the row; None if there is none, or if it could not be read.
        why: the reason.
    """

    row: int
    id: object
    why: str


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


def rows_in(source: Source) -> int | None:
    """Return how many rows there are, about so many if it is text; None if only reading it would tell."""
    if isinstance(source, Path) and source.suffix == ".parquet":
        try:
            return int(pq.read_metadata(source).num_rows)
        except pa.ArrowException:
            return None  # whoever reads it says what is wrong
    if isinstance(source, Path) and source.suffix in (".arrow", ".feather", ".arrows"):
        one_column = pa.ipc.IpcReadOptions(included_fields=[0])  # each batch tells its rows; the rest is not read
        try:
            with pa.OSFile(os.fspath(source)) as file, pa.ipc.open_file(file, options=one_column) as reader:
                return sum(int(reader.get_batch(place).num_rows) for place in range(reader.num_record_batches))
        except (pa.ArrowException, OSError):
            return None  # broken, or a stream, which has no list of its batches
    if not isinstance(source, Path) or source.suffix in (".csv", ".ndjson", ".jsonl"):
        with _opened(source) as file:
            head = file.read(_HEAD)
            size = file.seek(0, os.SEEK_END)
        return round(size * head.count(b"\n") / len(head)) if head else 0
    return None


def pieces(source: Source, knowledge: Knowledge, size: int) -> Iterator[Piece]:
    """Yield the people of a file, `size` rows at a time; the same file always gives the same pieces.

    There is always a first piece, with no row if the file has none, and it comes after the columns were checked.

    Raises:
        CaseError: it cannot be read as what its name says, or a column is no finding.
    """
    if not isinstance(source, Path):
        yield from _ndjson(source, knowledge, size)
        return
    path = source
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
            sink.writelines(as_line(row) for row in batch.to_pylist())
        sink.flush()
        os.fsync(sink.fileno())


def as_line(row: Mapping[str, Any]) -> bytes:
    r"""Return a row as a line of NDJSON.

    An id may be of any type a column can have, such as a date, which is then written as text. Half of a character,
    which JSON can name and UTF-8 cannot hold, stays as JSON names it.

    Examples:
        >>> as_line({"row": 1, "id": float("nan")}), as_line({"row": 2, "id": "\ud800"})
        (b'{"row": 1, "id": "nan"}\n', b'{"row": 2, "id": "\\ud800"}\n')
    """
    name = row.get("id")
    if isinstance(name, float) and not math.isfinite(name):
        row = {**row, "id": str(name)}
    return json.dumps(row, ensure_ascii=False, default=str).encode(errors="backslashreplace") + b"\n"


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
            yield from _numbered(_even(map(_sound, batches), size), file.schema_arrow)
        return
    # Of a mapped file only what is being worked on has to be in memory, however large its batches are.
    opened = pa.memory_map if path.stat().st_size else pa.OSFile
    with opened(os.fspath(path)) as source:
        try:
            reader = pa.ipc.open_file(source)
        except pa.ArrowInvalid:
            source.seek(0)
            stream = pa.ipc.open_stream(source)
            check_columns(stream.schema, knowledge)
            yield from _numbered(_even(map(_sound, stream), size), stream.schema)
            return
        check_columns(reader.schema, knowledge)
        batches = (reader.get_batch(place) for place in range(reader.num_record_batches))
        yield from _numbered(_even(map(_sound, batches), size), reader.schema)


def _sound(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch as it can be read, before anything joins it to others.

    Raises:
        ArrowInvalid: it points beyond its dictionaries.
    """
    for array in batch.columns:
        items = array.flatten() if pa.types.is_list(array.type) or pa.types.is_large_list(array.type) else array
        if pa.types.is_dictionary(items.type):
            check_places(items)
    return stored(batch)


def _numbered(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[Piece]:
    first = 1
    for batch in batches:
        yield _in_text(batch, first)
        first += batch.num_rows
    if first == 1:
        yield Piece(stored(pa.RecordBatch.from_pylist([], schema=schema)), pa.array([], pa.int64()), ())


def _in_text(batch: pa.RecordBatch, first: int) -> Piece:
    """Return a batch without the rows that hold what is no text, which Arrow lets stand.

    A dictionary that holds such is made anew of the good rows.
    """
    schema = batch.schema
    wrong: dict[int, str] = {}
    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_dictionary(array.type) and _not_text(array.dictionary):
            plain = array.dictionary_decode()
            batch = batch.set_column(batch.schema.names.index(name), name, plain)
            array = plain
        for row in _not_text(array):
            wrong.setdefault(row, name)
    numbers = np.arange(first, first + batch.num_rows)
    if batch.schema == schema and not wrong:
        return Piece(batch, pa.array(numbers), ())
    names = batch["id"] if "id" in batch.schema.names else pa.nulls(batch.num_rows)
    nameless = {*_not_text(names)}
    refused = tuple(
        Refused(
            int(numbers[row]),
            None if row in nameless else names[row].as_py(),
            f'its column "{name}" is not text in UTF-8. Mend what wrote the file.',
        )
        for row, name in sorted(wrong.items())
    )
    kept = np.ones(batch.num_rows, bool)
    kept[[*wrong]] = False
    good = batch.filter(pa.array(kept))
    for place, field in enumerate(schema):  # whatever is passed on keeps its type from piece to piece
        if good.schema.field(place).type != field.type:
            good = good.set_column(place, field, good.column(place).dictionary_encode().cast(field.type))
    return Piece(good, pa.array(numbers[kept]), refused)


def _not_text(array: pa.Array) -> list[int]:
    """Return the rows whose text is not UTF-8."""
    kind = array.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        items = _not_text(array.flatten())
        return sorted({pc.list_parent_indices(array)[item].as_py() for item in items})
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return []
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        raw = array.view(pa.binary() if pa.types.is_string(kind) else pa.large_binary())
        raw.validate(full=True)  # what points beyond its letters cannot be read at all
        return [row for row, text in enumerate(raw.to_pylist()) if not _is_utf8(text)]
    return []


def _is_utf8(text: bytes | None) -> bool:
    try:
        (text or b"").decode()
    except UnicodeDecodeError:
        return False
    return True


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
    """Read every column as text, and every line by itself: what is wrong with one is then that row's trouble alone.

    No finding needs a line break inside a field. A quote that is never closed would take the people below it with it.
    """
    with path.open("rb") as file:
        lines = _lines(file)
        header = next(lines, b"")
        if not header.strip():
            raise CaseError(f"{path}: its first line is empty. It should name the columns.")
        try:
            names = _fields(header.removeprefix(b"\xef\xbb\xbf"))
        except CaseError as error:
            raise CaseError(f"{path}: line 1, which should name the columns: {error}") from None
        check_columns(pa.schema([(name, pa.string()) for name in names]), knowledge)

        def read(row: int, line: bytes) -> list[str] | Refused:
            try:
                fields = _fields(line)
            except CaseError as error:
                return Refused(row, None, str(error))
            if len(fields) != len(names):  # which of them is the id, nobody can say
                return Refused(row, None, f"it has {len(fields)} fields, and the first line has {len(names)}.")
            return fields

        def as_batch(rows: list[list[str]]) -> pa.RecordBatch:
            columns = zip(*rows, strict=True) if rows else ([] for _ in names)
            return pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in columns], names)

        yield from _by_line(enumerate(lines, 1), read, as_batch, size)


def _fields(line: bytes) -> list[str]:
    if len(line) > LARGEST:
        raise CaseError(f"it is longer than {LARGEST // 1024} KiB, and no case is.")
    try:
        text = line.decode().rstrip("\r\n")
        if '"' in text and not _QUOTED.fullmatch(text):
            raise CaseError("a quote in it is not closed, or stands inside a field without quotes. A row is one line.")
        (fields,) = csv.reader([text], strict=True)
    except UnicodeDecodeError as error:
        wrong = f"byte {error.start + 1} is 0x{line[error.start]:02x}"
        raise CaseError(f"it is not text in UTF-8 ({wrong}). Save the file as UTF-8.") from None
    except csv.Error as error:
        raise CaseError(f"it is no line of CSV ({error}).") from None
    return fields


def _ndjson(source: Source, knowledge: Knowledge, size: int) -> Iterator[Piece]:
    def read(number: int, line: bytes) -> _Said | Refused:
        name = None
        try:
            data = decode_case(line, many=True)
            name = _id_in(data)
            if name is not None and not name.isascii() and _HALF.search(name):
                return Refused(number, name, "its id holds half of a character. Mend what wrote the file.")
            return name, _answers(data, knowledge)
        except CaseError as error:
            return Refused(number, name, str(error))

    with _opened(source) as file:
        yield from _by_line(enumerate(_lines(file), 1), read, _as_batch, size)


def _opened(source: Source) -> AbstractContextManager[BinaryIO]:
    if isinstance(source, Path):
        return source.open("rb")
    source.seek(0)
    return nullcontext(source)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield each line; of one that is too long, only the start, and the rest is skipped."""
    while line := file.readline(LARGEST + 2):
        if len(line) > LARGEST and not line.endswith(b"\n"):
            while (rest := file.readline(LARGEST)) and not rest.endswith(b"\n"):
                pass
        yield line


def _by_line(
    lines: Iterator[tuple[int, bytes]],
    read: Callable[[int, bytes], T | Refused],
    as_batch: Callable[[list[T]], pa.RecordBatch],
    size: int,
) -> Iterator[Piece]:
    """Yield what was read and what was refused, `size` lines at a time, without the blank ones."""
    filled = ((number, line) for number, line in lines if line.strip())
    is_first = True
    while True:
        refused: list[Refused] = []
        numbers: list[int] = []
        rows: list[T] = []
        batches: list[pa.RecordBatch] = []
        for number, line in islice(filled, size):
            one = read(number, line)
            if isinstance(one, Refused):
                refused.append(one)
                continue
            numbers.append(number)
            rows.append(one)
            if len(rows) == _FEW:
                batches.append(as_batch(rows))
                rows = []
        if not (numbers or refused or is_first):
            return
        is_first = False
        if rows or not batches:
            batches.append(as_batch(rows))
        yield Piece(_together(batches), pa.array(numbers, pa.int64()), tuple(refused))


def _together(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Return the same rows as one batch; a column that some do not have is open in them."""
    if len(batches) == 1:
        return batches[0]
    tables = [pa.Table.from_batches([one]) for one in batches]
    return pa.concat_tables(tables, promote_options="default").combine_chunks().to_batches()[0]


def _id_in(data: Any) -> str | None:
    name = data.get("id") if isinstance(data, dict) else None
    return str(name) if type(name) in (str, int) else None


def _answers(data: Any, knowledge: Knowledge) -> Mapping[str, Any]:
    """Return the answers of one case. What cannot hold beside the rest is found when all are read."""
    if isinstance(data, dict) and "findings" not in data:
        about = {key: data[key] for key in ("id", *ABOUT) if key in data}
        data = {**about, "findings": {k: v for k, v in data.items() if k not in ABOUT and k not in BESIDE_ANSWERS}}
    if isinstance(data, dict) and isinstance(data["findings"], dict) and data.keys() <= _PARTS:
        said = {**data["findings"], **{key: data[key] for key in ABOUT if key in data}}
        plain = data["findings"].keys().isdisjoint(ABOUT) and all(_is_plain(k, v, knowledge) for k, v in said.items())
        if plain and (data.get("id") is None or _id_in(data) is not None):
            return said
    return Case.from_data(data, knowledge).answers  # says what is wrong


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


def _as_batch(rows: list[_Said]) -> pa.RecordBatch:
    """Return cases as columns of text; always with an `id`, so that the results are alike."""
    arrays = {"id": pa.array([name for name, _ in rows], pa.string())}
    for finding in sorted({finding for _, said in rows for finding in said}):
        arrays[finding] = pa.array([as_text(said.get(finding)) for _, said in rows], pa.string())
    return pa.RecordBatch.from_pydict(arrays)
