"""Importing the core loads nothing heavy, and importing `unclench` loads nothing at all. Each in a fresh process."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
