"""What cannot be written is told, ends with 2, and leaves nothing half written: for every command with an output."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from shells.cli.running import here
from unclench.cli.output import write_whole, writing
from unclench.errors import UnclenchError

PEOPLE = '{"age": 34, "sex": "male", "findings": {"back_pain": true}}\n' * 300
WHATIF = ("whatif", "--size", "60", "--change", "older_not_improving/older_age=60", "--no-proofs", "--no-vignettes")
COMMANDS = {
    "plan": (("plan", "case.json", "--format", "ics", "--out"), "a.ics"),
    "report": (("report", "--size", "60", "--interviews", "1", "--only", "fairness", "--out"), "a.txt"),
    "picture": ((*WHATIF, "--picture"), "a.svg"),
    "save": ((*WHATIF, "--save"), "a.json"),
    "population": (("population", "--size", "60", "--seed", "1", "--out"), "a.parquet"),
    "cohort": (("cohort", "people.ndjson"), "a.ndjson"),
}


@pytest.fixture
def small_files() -> Iterator[None]:
    """A limit to the size of files, which ends a write as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "case.json").write_text(PEOPLE.splitlines()[0], encoding="utf-8")
    (tmp_path / "people.ndjson").write_text(PEOPLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_disk_that_is_full_ends_with_2_and_leaves_nothing(folder: Path, small_files: None, command: str) -> None:
    arguments, name = COMMANDS[command]
    before = sorted(path.name for path in folder.iterdir())
    ran = here(*arguments, name)
    assert ran.status == 2
    assert f"unclench: {name} cannot be written (File too large). Mend that, or name another.\n" in ran.err
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".parts") == before


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_missing_ends_with_2(folder: Path, command: str) -> None:
    arguments, name = COMMANDS[command]
    ran = here(*arguments, f"none/{name}")
    assert ran.status == 2
    assert f"none/{name} cannot be written (No such file" in ran.err or "none: there is no such folder" in ran.err


def test_examples_cannot_go_where_a_file_is(folder: Path) -> None:
    ran = here(*WHATIF, "--examples", "case.json")
    assert ran.status == 2
    assert "unclench: case.json cannot be written (File exists). Mend that, or name another." in ran.err


def test_a_link_stays_a_link_and_what_is_no_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    kept, link, full = tmp_path / "kept", tmp_path / "link", tmp_path / "full"
    link.symlink_to(kept)
    full.symlink_to("/dev/full")
    write_whole(link, "one")
    assert (link.is_symlink(), kept.read_text(encoding="utf-8")) == (True, "one")
    write_whole(link, b"two")
    assert kept.read_bytes() == b"two"
    with pytest.raises(UnclenchError, match=r"full cannot be written .No space left on device"):
        write_whole(full, "three")
    assert Path("/dev/full").is_char_device()
    assert {path.name for path in tmp_path.iterdir()} == {"kept", "link", "full"}


def test_what_has_no_number_is_told_in_its_own_words() -> None:
    with pytest.raises(UnclenchError, match=r"a cannot be written .broken."), writing(Path("a")):
        raise OSError("broken")
