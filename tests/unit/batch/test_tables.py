"""Text files of people: many lines, some of them bad, are read in order and in even pieces."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from unclench import Knowledge
from unclench.batch.tables import pieces, rows_in


@pytest.mark.parametrize("size", [700, 1024, 2048, 5000])
@pytest.mark.parametrize("suffix", [".csv", ".ndjson"])
def test_lines_are_read_in_order_whatever_they_name(
    knowledge: Knowledge, tmp_path: Path, suffix: str, size: int
) -> None:
    """Every hundredth line is broken, and those of NDJSON name age first, then sex, so columns come and go."""
    source = tmp_path / f"people{suffix}"
    wanted = {row: ("7", None) if row < 1500 else (None, "male") for row in range(1, 3001) if row % 100}
    with source.open("w", encoding="utf-8") as file:
        if suffix == ".csv":
            file.write("id,age,sex\n")
        for row in range(1, 3001):
            age, sex = wanted.get(row, ("", ""))
            if suffix == ".csv":
                file.write(f"{row},{age or ''},{sex or ''}\n" if row in wanted else f'{row},"7,\n')
            else:
                said = f'"age": {age}' if age else f'"sex": "{sex}"'
                file.write(f'{{"id": {row}, {said}}}\n' if row in wanted else "{\n")
    found: dict[int, tuple[str | None, str | None]] = {}
    refused: list[int] = []
    sizes = []
    for piece in pieces(source, knowledge, size):
        sizes.append(piece.batch.num_rows + len(piece.refused))
        refused += [one.row for one in piece.refused]
        for row, person in zip(piece.rows.to_pylist(), piece.batch.to_pylist(), strict=True):
            assert person["id"] == str(row)
            found[row] = (person.get("age") or None, person.get("sex") or None)
    assert found == wanted
    assert refused == [*range(100, 3001, 100)]
    assert sizes == [min(size, 3000 - first) for first in range(0, 3000, size)]


@pytest.mark.parametrize("compression", [None, "zstd"])
@pytest.mark.parametrize("rows", [0, 5000])
def test_an_arrow_file_tells_its_rows_and_a_stream_does_not(tmp_path: Path, rows: int, compression: str | None) -> None:
    table = pa.table({"id": [str(row) for row in range(rows)], "age": pa.array([40] * rows, pa.int32())})
    for make, wanted in ((pa.ipc.new_file, rows), (pa.ipc.new_stream, None)):
        path = tmp_path / "people.arrow"
        with make(path, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
            writer.write_table(table, max_chunksize=1300)
        assert rows_in(path) == wanted
    path.write_bytes(b"no such thing")
    assert rows_in(path) is None
