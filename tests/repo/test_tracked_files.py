"""Nothing in the repository points at one machine, its folders or its package mirror.

The forbidden strings are put together here from parts, so that this file does not hold them.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

MACHINE_PATHS = [
    "/" + "root/",
    "/" + "work/",
    "/" + "home/[a-z]",
    "/" + "Users/[A-Za-z]",
    "/" + "opt/[a-z]",
    "/" + "tmp/[a-z]",
    "C:" + r"\\+Users",
    "file:" + "//",
]
REGISTRIES = [
    "py" + r"pi\.(org|python)",
    "files\\.python" + "hosted",
    "registry\\.npm" + "js",
    "regis" + "try\\.yarnpkg",
    "artifac" + "tory",
    "--(extra-)?index" + "-url",
    "--find" + "-links",
    "ssh://" + "git@",
]
FORBIDDEN = re.compile("|".join(f"(?<![\\w.]){part}" for part in MACHINE_PATHS + REGISTRIES))


def tracked_files() -> Iterator[Path]:
    """Yield what belongs to the repository; without git, whatever lies in no hidden folder."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        yield from (ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())
    else:
        inside = (file for file in ROOT.rglob("*") if not any(p.startswith(".") for p in file.relative_to(ROOT).parts))
        yield from (file for file in inside if file.is_file())


def lines_of(file: Path) -> list[str]:
    content = file.read_bytes()
    return [] if b"\0" in content else content.decode("utf-8").splitlines()


def test_the_files_of_the_repository_are_found() -> None:
    assert {"README.md", "pyproject.toml", "pack.py", "model.yaml"} <= {file.name for file in tracked_files()}


def test_no_file_names_a_machine_s_folder_or_a_package_registry() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {match[0]}"
        for file in tracked_files()
        for number, line in enumerate(lines_of(file), start=1)
        if (match := FORBIDDEN.search(line))
    ]
    assert found == []


def test_what_is_forbidden_would_be_seen() -> None:
    planted = ["see /" + "root/x", "at /" + "home/anna/x", "https://py" + "pi.org/simple", "--index" + "-url x"]
    assert [line for line in planted if not FORBIDDEN.search(line)] == []


def test_no_folder_or_cache_of_a_tool_is_tracked() -> None:
    tools = {".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".cache", "mutants"}
    tracked = [file.relative_to(ROOT) for file in tracked_files()]
    assert [str(file) for file in tracked if tools & set(file.parts)] == []
