"""Importing the core loads nothing heavy, and importing `unclench` loads nothing at all. Each in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from unclench.knowledge import Knowledge

HEAVY = {
    "django",
    "msgspec",
    "numpy",
    "pandas",
    "polars",
    "pyagrum",
    "pyarrow",
    "pydantic",
    "segno",
    "tqdm",
    "typst",
    "yaml",
    "z3",
}

# What an answer can do without, and would wait for: most of these take a tenth of what Python takes to start, or more.
SLOW = {
    "argparse",
    "ast",
    "asyncio",
    "contextlib",
    "dataclasses",
    "datetime",
    "decimal",
    "gettext",
    "inspect",
    "locale",
    "logging",
    "pathlib",
    "shutil",
    "string",
    "subprocess",
    "tempfile",
    "textwrap",
    "typing",
    "urllib",
}

ANSWER = """
import sys
before = set(sys.modules)
import unclench.knowledge.pack as pack
pack.own_folder, pack._PACKAGED = lambda: None, sys.argv[1]  # as where only the pack is installed
from unclench.cli.main import main
status = main(["assess", sys.argv[2]])
print(*(set(sys.modules) - before), file=sys.stderr)
raise SystemExit(status)
"""


def loaded_by(statement: str) -> set[str]:
    """Return the modules a fresh interpreter holds after one statement, and did not hold before it."""
    program = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("package", ["unclench.logic", "unclench.knowledge", "unclench.reasoning", "unclench.cli.main"])
def test_a_package_of_the_core_loads_nothing_heavy(package: str) -> None:
    loaded = loaded_by(f"import {package}")
    assert package in loaded
    assert {module.partition(".")[0] for module in loaded} & HEAVY == set()


def test_an_answer_on_the_command_line_waits_for_no_slow_module(knowledge: Knowledge, tmp_path: Path) -> None:
    pack, case = tmp_path / "pack.json", tmp_path / "case.json"
    pack.write_text(knowledge.text, encoding="utf-8")
    case.write_text('{"age": 50, "findings": {"back_pain": true}}', encoding="utf-8")
    command = [sys.executable, "-c", ANSWER, str(pack), str(case)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["pack"] == knowledge.hash
    loaded = set(done.stderr.split())
    assert {"unclench.reasoning.assessment", "json"} <= loaded
    assert loaded & SLOW == set()


def test_unclench_itself_loads_no_module_of_its_own() -> None:
    loaded = loaded_by("import unclench")
    assert {module for module in loaded if module.partition(".")[0] == "unclench"} == {"unclench"}


def test_a_public_name_loads_its_home_when_it_is_first_used() -> None:
    assert "unclench.reasoning.assessment" in loaded_by("from unclench import assess")


@pytest.mark.parametrize(
    ("package", "above"),
    [
        ("unclench.logic", {"unclench.knowledge", "unclench.reasoning", "unclench.cli"}),
        ("unclench.knowledge", {"unclench.reasoning", "unclench.cli"}),
        ("unclench.reasoning", {"unclench.cli"}),
    ],
)
def test_a_package_loads_nothing_that_stands_above_it(package: str, above: set[str]) -> None:
    assert loaded_by(f"import {package}") & above == set()
