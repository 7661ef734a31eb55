"""No run of six words of an audited lay article stands in the knowledge, the documents, the program or its tests.

The articles are not in the repository; `evidence/seed_shingles.txt` keeps a hash of each run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.enumerate_claims import RUN_LENGTH, RUNS, marks_of

from unclench.intake.sentences import words_of
from unclench.knowledge import Knowledge

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("knowledge", "docs", "src", "tests", "README.md", "CHANGELOG.md", "CONTRIBUTING.md")
READ = {".yaml", ".md", ".py", ".html", ".po", ".csv", ".txt"}


@pytest.fixture(scope="module")
def marks() -> set[str]:
    lines = RUNS.read_text(encoding="ascii").splitlines()
    return {line for line in lines if not line.startswith("#")}


def files() -> Iterator[Path]:
    for name in PLACES:
        place = ROOT / name
        found = [place] if place.is_file() else place.rglob("*")
        yield from (file for file in found if file.suffix in READ and "__pycache__" not in file.parts)


def test_the_hashed_runs_are_there(marks: set[str], knowledge: Knowledge) -> None:
    assert len(marks) > 2000
    assert all(len(mark) == 12 for mark in marks)
    assert RUN_LENGTH == 6


def test_no_run_of_words_was_copied(marks: set[str]) -> None:
    copied = []
    for file in files():
        words = words_of(file.read_text(encoding="utf-8"))
        copied += [
            f"{file.relative_to(ROOT)}: {' '.join(words[at : at + RUN_LENGTH])}"
            for at, mark in enumerate(marks_of(words))
            if mark in marks
        ]
    assert copied == []


def test_a_copied_run_would_be_seen() -> None:
    # Marks of any text hold the runs of any longer text that quotes it.
    quoted = words_of("a hot bath eases the pain for an hour")
    assert set(marks_of(quoted)) <= set(marks_of(["so", *quoted, "or", "two"]))
