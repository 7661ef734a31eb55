"""Everything `make test` checks, in order, with one summary; fails if anything failed.

With CI=true a skipped or expected-to-fail test is a failure too: what is not run there is not known to work.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

__all__ = ["CHECKS", "Outcome", "main", "read_outcome"]

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Style", ("ruff", "check", ".")),
    ("Format", ("ruff", "format", "--check", ".")),
    ("Types", ("mypy",)),
    ("Import directions", ("lint-imports",)),
    ("Docstrings", ("interrogate", "-v", "--omit-covered-files", "src/unclench")),
    ("Knowledge", ("unclench", "knowledge", "check")),
)
"""Name and command of each check that comes before the tests."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many tests passed, failed (errors included), and were not really run (skipped, expected to fail)."""

    passed: int
    failed: int
    not_run: tuple[str, ...]


def main() -> int:
    """Run all checks and tests, print the summary, and return 1 if anything failed, else 0."""
    is_ci = os.environ.get("CI", "").lower() in ("1", "true", "yes")
    began = time.monotonic()
    lines = [_checked(name, command) for name, command in CHECKS]
    print("\n=== Tests", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "tests.xml"
        # Neighbours stay together, so that what a file of tests sets up is made once, until a worker runs dry.
        command = ("python", "-m", "pytest", "-n", "2", "--dist", "worksteal", f"--junitxml={report}")
        status = _run(command)
        outcome = read_outcome(report)
    not_allowed = len(outcome.not_run) if is_ci else 0
    # A crash, an empty run or a wrong option leaves no failed test behind, but it is a failure.
    broken = int(status != 0 and not outcome.failed)
    lines.append(("Tests", not (status or not_allowed)))

    print("\n=== Summary")
    for name, is_good in lines:
        print(f"{'ok    ' if is_good else 'FAILED'} {name}")
    for name in outcome.not_run:
        print(f"{'FAILED' if is_ci else 'note  '} not run: {name}")
    print(f"{time.monotonic() - began:.0f} s; the counts are tests and checks together.")
    checks = [is_good for _, is_good in lines[:-1]]
    failed = outcome.failed + broken + not_allowed + checks.count(False)
    print(f"{outcome.passed + checks.count(True)} passed, {failed} failed")
    return 1 if failed else 0


def read_outcome(report: Path) -> Outcome:
    """Return the counts of a JUnit report; a report that is missing or broken counts nothing."""
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return Outcome(0, 0, ())
    failed = [one for one in cases if one.find("failure") is not None or one.find("error") is not None]
    not_run = [one for one in cases if one.find("skipped") is not None and one not in failed]
    names = tuple(f"{one.get('classname', '')}::{one.get('name', '')}" for one in not_run)
    return Outcome(len(cases) - len(failed) - len(not_run), len(failed), names)


def _checked(name: str, command: Sequence[str]) -> tuple[str, bool]:
    print(f"\n=== {name}: {' '.join(command)}", flush=True)
    return name, _run(command) == 0


def _run(command: Sequence[str]) -> int:
    # Test modules take ten seconds to compile. What is compiled is kept, whatever the shell of whoever runs them says.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    try:
        return subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=environment).returncode
    except OSError as error:
        print(f"{command[0]} cannot be started ({error.strerror}). Run make test, which installs it.", flush=True)
        return 127


if __name__ == "__main__":
    raise SystemExit(main())
