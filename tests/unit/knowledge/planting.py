"""A copy of `knowledge/` in which one fault at a time is planted, and mended again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from remembered import read_once
from unclench.errors import KnowledgeError
from unclench.knowledge.compile import compile_pack

__all__ = ["CASES", "KNOWLEDGE", "RULE", "RULE_TEXT", "Fault", "Planting"]

Fault: TypeAlias = tuple[str, str, str, str]
"""File, what stands there, what is planted instead, and what must be said of it."""

KNOWLEDGE = Path(__file__).resolve().parents[3] / "knowledge"

RULE = "red_flags/planted_rule.yaml"
CASES = "red_flags/planted_rule.cases.yaml"
WORDING = "wording/en/red_flags/planted.yaml"

RULE_TEXT = """\
id: planted_rule
code: R01
title: A rule planted by a test
why: It stands on findings that are sure to stay.
when: saddle_numbness and age >= planted_limit
thresholds:
  planted_limit:
    value: 50
    unit: "a"
    source: [{id: judgement, at: "made up"}]
then:
  disposition: urgent
  see: gp
suspects: []
certainty: low
source: [{id: judgement, at: "made up"}]
valid_from: "2026-01-01"
status: draft
review_by: "2030-01-01"
"""
CASES_TEXT = """\
- name: Fires just above the limit
  given: {saddle_numbness: true, age: 51}
  expect: {fires: true}
- name: Fires at the limit
  given: {saddle_numbness: true, age: 50}
  expect: {fires: true}
- name: Does not fire just below the limit
  given: {saddle_numbness: true, age: 49}
  expect: {fires: false}
- name: Stays unknown when the age is
  given: {saddle_numbness: true}
  expect: {fires: unknown}
"""
WORDING_TEXT = """\
planted_rule:
  name: Planted
  because: A test needs it.
  clinical: None.
"""


class Planting:
    """A compilable copy of `knowledge/`, with one rule of its own that faults can be planted in.

    Args:
        root: the copy.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before: dict[Path, bytes | None] = {}

    @classmethod
    def copy(cls, folder: Path) -> Planting:
        """Copy the real knowledge into `folder`, but for its many vignettes: no other record rests on them."""
        shutil.copytree(KNOWLEDGE, folder / "knowledge", ignore=shutil.ignore_patterns("vignettes"))
        return cls(folder / "knowledge")

    def plant_rule(self, *, when: str = "", cases: str = CASES_TEXT) -> None:
        """Add a faultless rule, with its examples and words; `when` replaces its expression and its threshold."""
        text = RULE_TEXT
        if when:
            head, _, rest = RULE_TEXT.partition("when: ")
            text = f"{head}when: {when}\nthen:{rest.partition('then:')[2]}"
        self.write(RULE, text)
        self.write(CASES, cases)
        self.write(WORDING, WORDING_TEXT)

    def write(self, file: str, text: str) -> None:
        """Write a file, new or not, until `restore`."""
        place = self.root / file
        self._before.setdefault(place, place.read_bytes() if place.exists() else None)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def remove(self, file: str) -> None:
        """Take a file away until `restore`."""
        place = self.root / file
        self._before.setdefault(place, place.read_bytes())
        place.unlink()

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace the first `old` in a file; the fault must really be there, so `old` must be too."""
        text = self.text(file)
        assert old in text, f"{file} holds no {old!r}"
        self.write(file, text.replace(old, new, 1))

    def append(self, file: str, text: str) -> None:
        """Add `text` at the end of a file."""
        self.write(file, self.text(file).rstrip("\n") + "\n" + text)

    def text(self, file: str) -> str:
        """Return what a file holds now."""
        return (self.root / file).read_text(encoding="utf-8")

    def line(self, file: str, fragment: str) -> int:
        """Return the 1-based number of the first line that holds `fragment`."""
        for number, line in enumerate(self.text(file).splitlines(), start=1):
            if fragment in line:
                return number
        raise AssertionError(f"{file} holds no {fragment!r}")

    def first_file_with(self, folder: str, fragment: str) -> str:
        """Return the first file below a folder, by name, that holds `fragment`."""
        for file in self.files(folder):
            if fragment in self.text(file):
                return file
        raise AssertionError(f"no file in {folder} holds {fragment!r}")

    def files(self, folder: str) -> Iterator[str]:
        """Yield the YAML files below a folder, by name."""
        for place in sorted((self.root / folder).rglob("*.yaml")):
            yield place.relative_to(self.root).as_posix()

    def compile(self) -> dict[str, Any]:
        """Compile the copy, which must be faultless."""
        return compile_pack(self.root, read=read_once)

    def problems(self) -> tuple[str, ...]:
        """Compile the copy, once, and return what is wrong with it."""
        try:
            self.compile()
        except KnowledgeError as error:
            return error.problems
        return ()

    def assert_refused(
        self, faultless: Mapping[str, str], faults: Sequence[Fault], renamed: Callable[[str, int], str]
    ) -> tuple[str, ...]:
        """Assert that each fault is named at its place, and return all that is named.

        Each stands in a record of its own; one run over the knowledge has to name them all, since compiling takes long.

        Args:
            faultless: file to text, of a record that has no fault, with its words.
            faults: what is planted in it.
            renamed: the same text or file name of another such record, by its number.
        """
        wanted = []
        for number, (place, old, new, fault) in enumerate(faults, 1):
            assert old in faultless[place], f"{place} holds no {old!r}"
            for file, text in faultless.items():
                planted = text.replace(old, new, 1) if file == place else text
                self.write(renamed(file, number), renamed(planted, number))
            # Words of a kind stand in many files, so a problem of theirs names the kind.
            named = place.rpartition("/")[0] if place.startswith("wording/") else renamed(place, number)
            wanted.append((f"{named}:", renamed(fault, number)))
        problems = self.problems()
        unnamed = [one for one in wanted if not any(p.startswith(one[0]) and one[1] in p for p in problems)]
        assert unnamed == [], "\n".join(problems)
        return problems

    def restore(self) -> None:
        """Undo every change."""
        for place, content in self._before.items():
            if content is None:
                place.unlink(missing_ok=True)
            else:
                place.write_bytes(content)
        self._before.clear()
