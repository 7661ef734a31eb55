"""A checkout compiles its knowledge when that changed, and only then; an installation carries its pack.

Each test copies the program and runs it in a fresh process, since where a program lies decides which pack is its own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PRINT_HASH = "import sys; from unclench import Knowledge; print(Knowledge.load().hash, 'yaml' in sys.modules)"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with knowledge enough to compile, which was started once."""
    made = tmp_path_factory.mktemp("checkout") / "own"
    ignore = shutil.ignore_patterns("__pycache__", "pack.json")
    shutil.copytree(ROOT / "src" / "unclench", made / "src" / "unclench", ignore=ignore)
    shutil.copytree(ROOT / "knowledge", made / "knowledge", ignore=shutil.ignore_patterns("vignettes"))
    assert start(made)[1], "the first start compiles"
    return made


@pytest.fixture
def checkout(started: Path) -> Iterator[Path]:
    """That copy in its own place, as it was after its first start, the times of its files too; restored afterwards."""
    before = shutil.copytree(started, started.with_name("before"))
    yield started
    shutil.rmtree(started)
    before.rename(started)


def start(checkout: Path) -> tuple[str, bool]:
    """Return the hash of the pack that a fresh process loads, and whether it had to compile."""
    done = run(checkout)
    assert done.returncode == 0, done.stderr
    name, compiled = done.stdout.split()
    return name, compiled == "True"


def run(checkout: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(checkout / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", PRINT_HASH], env=environment, capture_output=True, text=True, check=False
    )


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_knowledge_is_compiled_at_the_first_start_and_only_then(checkout: Path) -> None:
    (pack,) = (checkout / ".cache").iterdir()
    name, compiled = start(checkout)
    assert not compiled
    pack.unlink()
    assert start(checkout) == (name, True)


def test_changed_knowledge_is_compiled_again_and_the_old_pack_is_dropped(checkout: Path) -> None:
    before, _ = start(checkout)
    edit(checkout / "knowledge" / "wording" / "en" / "findings" / "whole_body.yaml", "label: ", "label: very ")
    after, compiled = start(checkout)
    assert compiled
    assert after != before
    assert len(list((checkout / ".cache").iterdir())) == 1


def test_knowledge_that_was_touched_but_not_changed_is_the_same_pack(checkout: Path) -> None:
    before, _ = start(checkout)
    (checkout / "knowledge" / "model.yaml").touch()
    after, compiled = start(checkout)
    assert compiled
    assert after == before


@pytest.mark.parametrize("file", ["knowledge/compile.py", "logic/grammar.py", "errors.py"])
def test_a_changed_compiler_compiles_again(checkout: Path, file: str) -> None:
    assert not start(checkout)[1]
    place = checkout / "src" / "unclench" / file
    place.write_text(place.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert start(checkout)[1]


def test_a_removed_file_of_knowledge_is_noticed(checkout: Path) -> None:
    assert not start(checkout)[1]
    (checkout / "knowledge" / "places.yaml").unlink()
    assert "is not a known place" in run(checkout).stderr


def test_an_installation_reads_the_pack_it_carries_and_needs_no_yaml(checkout: Path) -> None:
    name, _ = start(checkout)
    (pack,) = (checkout / ".cache").glob("pack-*.json")
    pack.rename(checkout / "src" / "unclench" / "knowledge" / "pack.json")
    shutil.rmtree(checkout / "knowledge")
    assert start(checkout) == (name, False)


def test_an_installation_without_its_pack_says_so(checkout: Path) -> None:
    shutil.rmtree(checkout / "knowledge")
    wanted = checkout / "src" / "unclench" / "knowledge" / "pack.json"
    assert f"{wanted}: the pack is missing from this installation. Install Unclench again." in run(checkout).stderr
