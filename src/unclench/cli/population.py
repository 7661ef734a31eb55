"""`unclench population`: synthetic people, drawn from the pack's own model."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from unclench.cli.output import whole_file
from unclench.errors import UnclenchError
from unclench.knowledge import Knowledge

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

__all__ = ["run"]

_OUTPUTS = (".parquet", ".ndjson", ".jsonl", ".arrow")


def run(options: argparse.Namespace) -> int:
    """Write synthetic people; to standard output as NDJSON unless a file is named."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq

        from unclench.batch.population import Population
    except ModuleNotFoundError as error:
        raise UnclenchError(f'populations need {error.name}. Install it with: pip install "unclench[batch]"') from None
    knowledge = Knowledge.load()
    population = Population(knowledge, missing=options.missing, unsure=options.unsure)
    batches = population.batches(options.size, options.seed)
    if options.out is None:
        for batch in batches:
            for row in batch.to_pylist():
                print(_line(row))
        return 0
    path = Path(options.out)
    if path.suffix not in _OUTPUTS:
        raise UnclenchError(f"{path}: its name should end in one of {', '.join(_OUTPUTS)}.")
    with whole_file(path) as partial:
        match path.suffix:
            case ".parquet":
                with pq.ParquetWriter(partial, population.schema, compression="zstd") as writer:
                    for batch in batches:
                        writer.write_batch(batch)
            case ".arrow":
                with pa.ipc.new_file(partial, population.schema) as writer:
                    for batch in batches:
                        writer.write_batch(batch)
            case _:
                with partial.open("w", encoding="utf-8") as file:
                    for batch in batches:
                        file.writelines(_line(row) + "\n" for row in batch.to_pylist())
    print(f"unclench: {options.size} synthetic people. Nobody in {path} exists.", file=sys.stderr)
    return 0


def _line(row: dict[str, Any]) -> str:
    """Return one person as a flat case: answers of their own JSON type, and nothing where nothing was said."""
    return json.dumps({name: _plain(value) for name, value in row.items() if value is not None}, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if value == ["unsure"]:
        return "unsure"
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
