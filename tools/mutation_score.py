"""Report how many planted faults in logic/ and reasoning/ the unit tests notice. Run by hand: `make mutants`.

mutmut plants one fault at a time (another operator, constant, argument, ...) and runs the unit tests that reach it. A
fault that no test notices is either harmless or a hole in the tests; `--survivors` shows them as diffs.

mutmut works where its configuration lies and mutates whole folders. So a copy of this checkout, with a configuration
made for the chosen modules, is laid out in `.cache/mutation/`; the checkout itself is not touched, and may be edited
meanwhile. The copy is Unclench as far as Python is concerned: mutmut puts it first on the module search path, and it
has its own `knowledge/`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Score", "main", "modules", "status_of"]

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".cache" / "mutation"
PACKAGES = ("logic", "reasoning")
COPIED = ("src", "tests", "knowledge", "benchmarks", "tools", "pyproject.toml")

# Half a minute of interviews for each fault; it measures the knowledge rather than a module.
LEFT_OUT = ("tests/unit/reasoning/test_vignettes.py",)

# What tests the sums of the differential; it is no unit test, since it needs pyAgrum.
ORACLE = "tests/agree/test_posterior_oracle.py"

# Exit status of the tests of one fault, as mutmut keeps it; a crash or an endless loop is noticed too.
_NOTICED = {1, 3, -11, -9, 24, -24, 36, 152, 255}
_NO_TESTS = {5, 33}


@dataclass(frozen=True, slots=True)
class Score:
    """What became of the faults planted in one module."""

    module: str
    noticed: int
    survived: int
    untested: int
    not_run: int

    @property
    def share(self) -> float | None:
        """Noticed faults per fault that was run, those that no test reaches included."""
        run = self.noticed + self.survived + self.untested
        return self.noticed / run if run else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant faults in each chosen module and print the scores. Returns 0, or 2 if nothing could be run."""
    options = parser().parse_args(arguments)
    chosen = options.module or list(modules())
    unknown = [name for name in chosen if not (ROOT / "src/unclench" / f"{name}.py").is_file()]
    if unknown:
        print(f"No module {', '.join(unknown)}; there are: {', '.join(modules())}", file=sys.stderr)
        return 2
    lay_out(chosen, options.tests or default_tests(chosen))
    in_time = mutate(options.minutes * 60, options.processes)
    if not (WORK / "mutants" / "mutmut-stats.json").is_file():
        print(f"mutmut stopped before the first fault, for example since tests fail. See {WORK}/mutmut.log")
    scores = [score(name) for name in chosen]
    print("\n".join(table(scores)))
    if not in_time:
        print(
            f"Stopped after {options.minutes:g} minutes, the quick faults first; those that were not run do not count."
        )
    if options.survivors:
        print(*diffs(chosen), sep="\n")
    return 0 if any(one.share is not None for one in scores) else 2


def parser() -> argparse.ArgumentParser:
    """Return the command-line grammar."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    made.add_argument("--module", action="append", metavar="NAME", help="such as logic/truth; repeat for more")
    made.add_argument("--minutes", type=float, default=30, help="stop then, and report what was run (default: 30)")
    made.add_argument("--tests", action="append", metavar="PATH", help="tests to use; by default those of the package")
    made.add_argument("--processes", type=int, default=2, help="how many faults to try at once (default: 2)")
    made.add_argument("--survivors", action="store_true", help="show each fault that no test noticed")
    return made


def modules() -> Iterator[str]:
    """Yield every module that can be mutated, such as `logic/truth`."""
    for package in PACKAGES:
        for file in sorted((ROOT / "src/unclench" / package).glob("*.py")):
            if file.stem != "__init__":
                yield f"{package}/{file.stem}"


def default_tests(chosen: Sequence[str]) -> list[str]:
    """Return the test folders of the packages of these modules, and the oracle of the differential.

    Tests of other packages are left out: they notice little more, and compiling the knowledge takes them minutes.
    """
    wanted = dict.fromkeys(f"tests/unit/{name.split('/')[0]}" for name in chosen)
    if "reasoning/differential" in chosen:
        wanted[ORACLE] = None
    return [path for path in wanted if (ROOT / path).exists()] or ["tests/unit"]


def lay_out(chosen: Sequence[str], tests: Sequence[str]) -> None:
    """Copy the checkout and write the configuration for `chosen` into the copy."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    for name in COPIED:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, WORK / name, ignore=shutil.ignore_patterns("__pycache__", "mutants"))
        elif place.exists():
            shutil.copy2(place, WORK / name)
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/unclench/{name}.py" for name in chosen],
        "also_copy": [name for name in COPIED if name not in ("src", "pyproject.toml")],
        "pytest_add_cli_args_test_selection": list(tests),
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "no:xdist", *(f"--ignore={name}" for name in LEFT_OUT)],
        "use_git_change_detection": False,
    }
    # JSON of lists and texts is TOML too.
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    configuration = WORK / "pyproject.toml"
    others = re.sub(r"(?ms)^\[tool\.mutmut\].*?(?=^\[|\Z)", "", configuration.read_text(encoding="utf-8"))
    configuration.write_text("\n".join([others.rstrip(), "", "[tool.mutmut]", *lines, ""]), encoding="utf-8")


def mutate(seconds: float, processes: int) -> bool:
    """Run mutmut in the copy; return whether it finished in time."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(processes)]
    # Its moving progress line is for a terminal; elsewhere it goes to a file.
    with (WORK / "mutmut.log").open("wb") as log:
        out = None if sys.stdout.isatty() else log
        run = subprocess.Popen(command, cwd=WORK, env=environment(), stdout=out, start_new_session=True)
    try:
        run.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGINT)
        try:
            run.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        return False
    return True


def environment() -> dict[str, str]:
    """Return the environment of mutmut: a seed of its own for Hypothesis, and no path back to the checkout."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    # Threads do not survive the fork that each fault is tried in.
    return kept | {
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(WORK / "hypothesis"),
    }


def status_of(exit_code: int | None) -> str:
    """Return what became of a fault: noticed, survived, untested or not run.

    Examples:
        >>> status_of(1), status_of(0), status_of(33), status_of(None)
        ('noticed', 'survived', 'untested', 'not run')
    """
    if exit_code in _NOTICED:
        return "noticed"
    if exit_code in _NO_TESTS:
        return "untested"
    return "survived" if exit_code == 0 else "not run"


def results(module: str) -> dict[str, int | None]:
    """Return fault to exit status of its tests; empty if mutmut made none."""
    place = WORK / "mutants/src/unclench" / f"{module}.py.meta"
    if not place.is_file():
        return {}
    found: dict[str, int | None] = json.loads(place.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def score(module: str) -> Score:
    """Count what became of the faults of one module."""
    counts = Counter(map(status_of, results(module).values()))
    return Score(module, counts["noticed"], counts["survived"], counts["untested"], counts["not run"])


def table(scores: Sequence[Score]) -> Iterator[str]:
    """Yield the scores as lines of a Markdown table, the total last."""
    yield "\n| module | noticed | survived | reached by no test | not run | score |\n|---|---|---|---|---|---|"
    total = Score(
        "all",
        sum(one.noticed for one in scores),
        sum(one.survived for one in scores),
        sum(one.untested for one in scores),
        sum(one.not_run for one in scores),
    )
    for one in [*scores, total] if len(scores) > 1 else scores:
        share = "no fault run" if one.share is None else f"{one.share:.1%}"
        yield f"| {one.module} | {one.noticed} | {one.survived} | {one.untested} | {one.not_run} | {share} |"


def diffs(chosen: Sequence[str]) -> Iterator[str]:
    """Yield the diff of each fault that no test noticed."""
    for module in chosen:
        for fault, exit_code in results(module).items():
            if status_of(exit_code) in ("survived", "untested"):
                command = [sys.executable, "-m", "mutmut", "show", fault]
                shown = subprocess.run(command, cwd=WORK, env=environment(), capture_output=True, text=True)
                yield shown.stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
