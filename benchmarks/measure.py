"""How everything here is measured: in turns, so that a slow moment of the machine hits every contender alike."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

__all__ = ["Row", "Spread", "in_turns", "installed", "paused_collection", "peak_memory", "processes"]

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and greatest of the repeats, in the unit of whoever measured."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of these values."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        question: what was measured, and on whom.
        ours: of Unclench.
        unit: of the numbers.
        peer: what it is compared with; empty if nothing.
        theirs: of the peer.
    """

    question: str
    ours: Spread
    unit: str
    peer: str = ""
    theirs: Spread | None = None

    @property
    def ratio(self) -> float | None:
        """Our median over the peer's; below 1, Unclench takes less."""
        return self.ours.median / self.theirs.median if self.theirs else None

    @property
    def ratio_of_least(self) -> float | None:
        """The same of the least values, which a busy machine disturbs least."""
        return self.ours.least / self.theirs.least if self.theirs else None


def in_turns(
    contenders: Mapping[str, Callable[[], object]],
    *,
    repeats: int,
    loops: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Spread]:
    """Time each contender, once per round in turn.

    Args:
        contenders: name to what is timed.
        repeats: rounds; each gives one value per contender.
        loops: runs within one value, for things shorter than the clock is good for.
        clock: seconds; that of the processor (`time.process_time`) is less disturbed by a busy machine.

    Returns:
        Seconds per run.
    """
    for run in contenders.values():
        run()
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    with paused_collection():
        for _ in range(repeats):
            for name, run in contenders.items():
                began = clock()
                for _ in range(loops):
                    run()
                taken[name].append((clock() - began) / loops)
    return {name: Spread.of(values) for name, values in taken.items()}


@contextmanager
def paused_collection() -> Iterator[None]:
    """Keep the garbage collector from charging one contender for another's litter."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass(frozen=True, slots=True)
class Process:
    """What whole processes took: wall and processor time in milliseconds, peak resident memory in MiB."""

    wall: Spread
    processor: Spread
    memory: Spread


def processes(commands: Mapping[str, Sequence[str]], folder: Path, *, repeats: int) -> dict[str, Process]:
    """Run each Python command line in turn and measure the whole process; its output is thrown away.

    Args:
        commands: name to the arguments of this same interpreter.
        folder: put before everything else on the module search path.
        repeats: rounds.

    Raises:
        RuntimeError: a command failed, so that its time means nothing.
    """
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    taken: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
    with tempfile.TemporaryFile() as sink:
        for turn in range(repeats + 1):
            for name, arguments in commands.items():
                began = time.perf_counter()
                child = os.posix_spawn(
                    sys.executable,
                    [sys.executable, *arguments],
                    environment,
                    file_actions=[(os.POSIX_SPAWN_DUP2, sink.fileno(), 1)],
                )
                _, status, used = os.wait4(child, 0)
                wall, processor = time.perf_counter() - began, used.ru_utime + used.ru_stime
                if status != 0:
                    raise RuntimeError(f"{name} ended with status {os.waitstatus_to_exitcode(status)}")
                if turn > 0:  # the first round fills the file cache
                    peak = 0.0 if turn > _MEMORY_ROUNDS else peak_memory(arguments, environment)
                    taken[name].append((wall * 1000, processor * 1000, peak))
    return {
        name: Process(
            Spread.of([wall for wall, _, _ in values]),
            Spread.of([processor for _, processor, _ in values]),
            Spread.of([memory for _, _, memory in values[:_MEMORY_ROUNDS]]),
        )
        for name, values in taken.items()
    }


_MEMORY_ROUNDS = 5

# A child's peak starts at that of the process which starts it, so a bare interpreter stands between.
_SUPERVISOR = """
import posix, sys
sink = posix.open("/dev/null", posix.O_WRONLY)
child = posix.posix_spawn(sys.argv[1], sys.argv[1:], posix.environ, file_actions=[(posix.POSIX_SPAWN_DUP2, sink, 1)])
print(posix.wait4(child, 0)[2].ru_maxrss)
"""


def peak_memory(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """Return the peak resident memory of a Python command line, in MiB."""
    command = [sys.executable, "-I", "-S", "-c", _SUPERVISOR, sys.executable, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return int(done.stdout) / (1024 * 1024 if sys.platform == "darwin" else 1024)


@contextmanager
def installed() -> Iterator[Path]:
    """Yield a folder that holds Unclench as an installation does: its pack beside it, and byte-code.

    A checkout looks through `knowledge/` for changes at each start; nobody but its authors pays for that.
    """
    import compileall
    import shutil

    from unclench.knowledge.compile import compile_to_file

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = folder / "unclench"
        shutil.copytree(ROOT / "src" / "unclench", target, ignore=shutil.ignore_patterns("__pycache__"))
        compile_to_file(ROOT / "knowledge", target / "knowledge" / "pack.json")
        if not compileall.compile_dir(target, quiet=2):
            raise RuntimeError("the copy of Unclench does not compile")
        yield folder
