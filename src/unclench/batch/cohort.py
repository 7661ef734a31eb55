"""A file of people in, a file of results out: in parts, so that memory is bounded and a kill loses nothing.

Each part is written beside the output under a name of its own, with its refused rows, and counts once it has its final
name. A run that finds parts goes on with the others. When all are there they are joined, and the output appears whole:
it is never half of itself. Only one run at a time works on an output: it holds a lock, which ends with its process.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from unclench import __version__
from unclench.batch.assess import assess_batch
from unclench.batch.tables import OUTPUTS, Piece, Refused, Source, as_line, pieces, write_rows
from unclench.errors import CaseError
from unclench.knowledge import Knowledge

__all__ = ["PART", "Done", "check_target", "run_cohort"]

PART: Final = 65_536
"""Rows in one part: what a kill can cost, and what memory has to hold."""


_PIPED: Final = "piped"  # what `run.json` says of an input that cannot be known again


@dataclass(frozen=True, slots=True)
class Done:
    """A finished run: rows that have a result, and rows that were refused."""

    assessed: int
    refused: int


def check_target(target: Path) -> None:
    """Refuse an output that no run could write; whether another run is writing it shows only later.

    Raises:
        CaseError: its name says no form, its folder is missing, or it is there already.
    """
    if target.suffix not in OUTPUTS:
        raise CaseError(f"{target}: its name should end in one of {', '.join(OUTPUTS)}.")
    if not target.parent.is_dir():
        raise CaseError(f"{target.parent}: there is no such folder. Make it, or name another.")
    work = _Work(target)
    if not work.note.exists():
        for there in (target, work.refused):
            if there.exists():
                raise CaseError(f"{there} is there already. Move it away, or name another output.")


def run_cohort(
    knowledge: Knowledge,
    source: Source,
    target: Path,
    *,
    top: int = 5,
    hashes: bool = False,
    part: int = PART,
    threads: int = 1,
    progress: Callable[[int, int], None] = lambda _new, _kept: None,
) -> Done:
    """Assess everybody in a file.

    Args:
        knowledge: the pack.
        source: Parquet, CSV, NDJSON or Arrow; see `unclench.batch.tables`. Of an open file nobody can say later whether
            it is the same, so a run that was stopped is then not taken up: the next one begins afresh.
        target: Parquet or NDJSON, by its name. Beside it `NAME.refused.ndjson` tells each refused row and why, and
            `NAME.parts` holds what is done so far; a run that was stopped is taken up from there.
        top: how many causes to list for each person.
        hashes: whether to add the column `result_hash`.
        part: rows to work on at a time.
        threads: how many parts to work on at a time. Little of the work holds the interpreter, so each adds its core;
            writing NDJSON does hold it.
        progress: told, after each part, how many rows were done now and how many had been done before.

    Returns:
        How many rows there are of each kind. Every row of the input is either in the output or refused, once; `row`
        is its number in the input, from 1.

    Raises:
        CaseError: the input cannot be read, the output cannot be written or is there already, another run is writing
            it, or the parts are of another run.
    """
    check_target(target)
    if isinstance(source, Path) and not source.is_file():
        raise CaseError(f"{source}: there is no such file. Check the path.")
    work = _Work(target)
    with work.alone():
        check_target(target)  # the run that was waited for may have just ended
        work.clean()
        all_pieces = pieces(source, knowledge, part)
        first = next(all_pieces)  # an input that cannot be read at all leaves nothing behind
        work.begin(_settings(knowledge, source, top, part, hashes))
        jobs = _jobs(work, chain([first], all_pieces), progress)
        _work_through(knowledge, work, jobs, top, hashes, threads, progress)
        return work.finish(work.expected)


def _jobs(
    work: _Work, all_pieces: Iterator[Piece], progress: Callable[[int, int], None]
) -> Iterator[tuple[int, Piece]]:
    """Yield what is not done yet."""
    for place, piece in enumerate(all_pieces):
        work.expected = place + 1
        if work.part(place).exists():
            progress(0, piece.batch.num_rows + len(piece.refused))
        else:
            yield place, piece


def _work_through(
    knowledge: Knowledge,
    work: _Work,
    jobs: Iterator[tuple[int, Piece]],
    top: int,
    hashes: bool,
    threads: int,
    progress: Callable[[int, int], None],
) -> None:
    """Assess and write while more is read, with never more than one part waiting for each thread."""
    running: dict[Future[None], int] = {}
    with ThreadPoolExecutor(threads) as pool:
        try:
            for place, piece in jobs:
                if len(running) >= 2 * threads:
                    _collect(running, progress)
                future = pool.submit(_do, knowledge, work, place, piece, top, hashes)
                running[future] = piece.batch.num_rows + len(piece.refused)
            while running:
                _collect(running, progress)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _collect(running: dict[Future[None], int], progress: Callable[[int, int], None]) -> None:
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        future.result()
        progress(running.pop(future), 0)


def _do(knowledge: Knowledge, work: _Work, place: int, piece: Piece, top: int, hashes: bool) -> None:
    """Assess one piece and keep it: its refused rows first, since its results are what makes it count."""
    result = assess_batch(knowledge, piece.batch, top=top, hashes=hashes)
    good = np.array(result["error"].is_null())
    refused = [*piece.refused]
    rows = piece.rows.to_numpy()
    reasons = result["error"]
    names = result["id"] if "id" in result.schema.names else pa.nulls(result.num_rows)
    refused += [
        Refused(int(rows[row]), names[int(row)].as_py(), reasons[int(row)].as_py()) for row in np.flatnonzero(~good)
    ]
    kept = result.drop_columns(["error"]).add_column(0, pa.field("row", pa.int64()), piece.rows)
    if not good.all():
        kept = kept.filter(pa.array(good))
    work.keep(work.refused_part(place), lambda path: _write_refused(path, sorted(refused, key=lambda one: one.row)))
    work.keep(work.part(place), lambda path: write_rows(kept, path))


def _write_refused(path: Path, refused: list[Refused]) -> None:
    with path.open("wb") as file:
        file.writelines(as_line(one._asdict()) for one in refused)
        file.flush()
        os.fsync(file.fileno())


def _settings(knowledge: Knowledge, source: Source, top: int, part: int, hashes: bool) -> dict[str, object]:
    """Return what must be the same for parts of two runs to belong together."""
    return {
        "input": _fingerprint(source) if isinstance(source, Path) else _PIPED,
        "pack": knowledge.hash,
        "version": __version__,
        "top": top,
        "hashes": hashes,
        "rows_in_a_part": part,
    }


def _fingerprint(source: Path) -> dict[str, object]:
    status = source.stat()
    with source.open("rb") as file:
        head = hashlib.sha256(file.read(1 << 20)).hexdigest()
    return {"bytes": status.st_size, "changed_ns": status.st_mtime_ns, "sha256_of_first_mebibyte": head}


class _Work:
    """The folder of parts beside the output."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.refused = target.with_name(target.name + ".refused.ndjson")
        self.folder = target.with_name(target.name + ".parts")
        self.note = self.folder / "run.json"
        self.over = target.with_name(target.name + ".parts-done")
        self.expected = 0

    def part(self, place: int) -> Path:
        # Arrow costs next to nothing to write and to read again; Parquet is made once, of all parts.
        return self.folder / f"{place:08d}{'.arrow' if self.target.suffix == '.parquet' else self.target.suffix}"

    def refused_part(self, place: int) -> Path:
        return self.folder / f"{place:08d}.refused"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder of parts; one that this run made is removed again if nothing was done in it.

        Raises:
            CaseError: another run holds it.
        """
        lock = self._lock()
        is_new = not self.note.exists()
        try:
            yield
        finally:
            if is_new and self.folder.exists() and not any(self.folder.glob("????????.*")):
                shutil.rmtree(self.folder)
            os.close(lock)

    def _lock(self) -> int:
        path = self.folder / "lock"
        for folder in (self.folder, self.over):
            _check_own(folder)
        while True:
            self.folder.mkdir(exist_ok=True)
            try:
                lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            except FileNotFoundError:
                continue  # the run before has just removed the folder
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                other = os.read(lock, 20).decode() or "not named yet"
                os.close(lock)
                raise CaseError(
                    f"{self.target}: another run (process {other}) is writing it. "
                    "Wait for it to end, or name another output."
                ) from None
            try:
                is_there = os.path.samestat(os.fstat(lock), path.stat())
            except FileNotFoundError:
                is_there = False
            if is_there:
                os.truncate(lock, 0)
                os.write(lock, str(os.getpid()).encode())
                return lock
            os.close(lock)  # it was of a folder that is gone

    def clean(self) -> None:
        """Remove what a run left that ended between its last two steps."""
        shutil.rmtree(self.over, ignore_errors=True)

    def begin(self, settings: dict[str, object]) -> None:
        if self.note.exists():
            try:
                found = json.loads(self.note.read_text(encoding="utf-8"))
            except ValueError:
                raise CaseError(
                    f"{self.note} cannot be read, so nobody can say what the parts beside it are of. "
                    f"Remove {self.folder}, or name another output."
                ) from None
            if found.get("input") != _PIPED:
                if found != settings:
                    raise CaseError(
                        f"{self.folder} holds parts of another run: another input, pack, version or setting. "
                        "Remove it, or name another output."
                    )
                for partial in self.folder.glob("*.partial*"):
                    partial.unlink(missing_ok=True)
                return
            for useless in self.folder.iterdir():
                if useless.name != "lock":
                    useless.unlink()
        self.keep(self.note, lambda path: _write_note(path, settings))

    def keep(self, path: Path, write: Callable[[Path], object]) -> None:
        """Write a file under another name, then give it its own, so that it is there whole or not at all."""
        # By process: one that outlived a killed run by a moment must not write into a file of the next.
        partial = path.with_name(f"{path.stem}.{os.getpid()}.partial{path.suffix}")
        write(partial)
        partial.replace(path)

    def finish(self, count: int) -> Done:
        """Join the parts, show the result, and remove them."""
        parts = [self.part(place) for place in range(count)]
        whole = self.folder / f"whole.partial{self.target.suffix}"
        assessed = _join_parquet(parts, whole) if self.target.suffix == ".parquet" else _join_lines(parts, whole)
        refused_whole = self.folder / "whole.partial.refused"
        refused = _join_lines([self.refused_part(place) for place in range(count)], refused_whole)
        refused_whole.replace(self.refused)
        whole.replace(self.target)
        self.folder.rename(self.over)
        self.clean()
        return Done(assessed, refused)


_OWN: Final = re.compile(
    r"lock|run(\.[0-9]+\.partial)?\.json|[0-9]{8}(\.[0-9]+\.partial)?\.(arrow|ndjson|jsonl|refused)"
    r"|whole\.partial\.(parquet|ndjson|jsonl|refused)"
)
"""Names of what a run puts into its folder."""


def _check_own(folder: Path) -> None:
    """Refuse a folder that holds what no run has put there: runs remove theirs with all that is in it.

    Raises:
        CaseError: it is somebody else's, or no folder.
    """
    try:
        others = [one.name for one in folder.iterdir() if not _OWN.fullmatch(one.name)]
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise CaseError(f"{folder} is no folder, and a run needs one there. Move it, or name another output.") from None
    if others:
        raise CaseError(
            f'{folder} holds "{min(others)}", which is not of a run. Move the folder away, or name another output.'
        )


def _write_note(path: Path, settings: Mapping[str, object]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(settings, file)
        file.flush()
        os.fsync(file.fileno())


def _join_parquet(parts: list[Path], whole: Path) -> int:
    rows = 0
    with whole.open("wb") as sink:
        if parts:
            with pa.OSFile(os.fspath(parts[0])) as first:
                schema = pa.ipc.open_file(first).schema
            words = [path for field in schema for path in _words(field.type, field.name)]
            with pq.ParquetWriter(sink, schema, compression="zstd", use_dictionary=words) as writer:
                for part in parts:
                    with pa.OSFile(os.fspath(part)) as source:
                        table = pa.ipc.open_file(source).read_all()
                    rows += table.num_rows
                    writer.write_table(table)
        sink.flush()
        os.fsync(sink.fileno())
    return rows


def _words(kind: pa.DataType, path: str) -> Iterator[str]:
    """Yield the Parquet path of every column of words; of numbers nearly all differ, and a dictionary only costs."""
    if pa.types.is_list(kind):
        yield from _words(kind.value_type, f"{path}.list.element")
    elif pa.types.is_struct(kind):
        for field in kind:
            yield from _words(field.type, f"{path}.{field.name}")
    elif pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        yield path


def _join_lines(parts: list[Path], whole: Path) -> int:
    rows = 0
    with whole.open("wb") as sink:
        for part in parts:
            with part.open("rb") as file:
                for line in file:
                    rows += 1
                    sink.write(line)
        sink.flush()
        os.fsync(sink.fileno())
    return rows
