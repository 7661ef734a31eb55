"""Text files of people: many lines, some of them bad, are read in order and in even pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from unclench import Knowledge
from unclench.batch.tables import pieces


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
