"""What every command shares: exit status, usage, and how it ends when something goes wrong."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys

import pytest

import unclench as package
from shells.cli.running import COMMAND, ENVIRONMENT, here, unclench
from unclench.cli import assess
from unclench.cli.grammar import _columns, parser
from unclench.cli.main import _plain, main

COMMANDS = ["check", "assess", "simulate", "open", "findings", "explain", "knowledge"]
FAULT = (
    "import unclench.cli.assess as a, unclench.cli.main as m\n"
    "def run(options): raise ZeroDivisionError('planted')\n"
    "a.run = run\n"
    "m.run()\n"
)


def test_no_command_shows_the_usage() -> None:
    ran = unclench()
    assert (ran.status, ran.out) == (2, "")
    assert "usage: unclench" in ran.err


def test_an_unknown_command_names_the_known_ones() -> None:
    ran = unclench("asess", "-")
    assert ran.status == 2
    assert all(command in ran.err for command in COMMANDS)


@pytest.mark.parametrize("command", [("population", "--size", "1"), ("report",), ("whatif",)])
@pytest.mark.parametrize("seed", ["-1", "1.5", "one"])
def test_a_seed_is_a_whole_number_that_numpy_takes(command: tuple[str, ...], seed: str) -> None:
    ran = here(*command, "--seed", seed)
    assert (ran.status, ran.out) == (2, "")
    assert f"argument --seed: '{seed}' is not a whole number of at least 0" in ran.err


@pytest.mark.parametrize("seed", ["0", str(10**30)])
def test_no_seed_is_too_small_or_too_great(seed: str) -> None:
    assert len(here("population", "--size", "2", "--seed", seed).records) == 2


def test_help_names_every_command_and_the_emergency_signs() -> None:
    ran = unclench("--help")
    assert ran.status == 0
    assert all(command in ran.out for command in COMMANDS)
    assert "call your emergency number now" in " ".join(ran.out.split())


@pytest.mark.parametrize("file", ["case.json", "-", "", "a b.json", "assess", "x-y", "@here", "=", "ünïcode"])
def test_the_plain_line_means_what_the_grammar_makes_of_it(file: str) -> None:
    assert vars(_plain(["assess", file]) or argparse.Namespace()) == vars(parser().parse_args(["assess", file]))


@pytest.mark.parametrize(
    "line",
    [[], ["assess"], ["assess", "--help"], ["assess", "--", "-x"], ["assess", "a", "b"], ["asses", "a"], ["open", "a"]],
)
def test_any_other_line_is_left_to_the_grammar(line: list[str]) -> None:
    assert _plain(line) is None


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    ran = unclench(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: unclench {command}")


def test_the_version_is_that_of_the_package() -> None:
    assert unclench("--version").out == f"unclench {package.__version__}\n"


def test_the_installed_command_is_the_same_program() -> None:
    beside = [sys.executable.rsplit("/", 1)[0] + "/unclench"]
    assert unclench("--version", command=beside) == unclench("--version")


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (("--version",), b""),
        (("asess",), b""),
        (("treatments", "--sort", "price"), b""),
        (("assess", "-"), '{"id": "Zoë 🙂", "age": 30}\n{"id": "\\ud83d"}\n{"age": 400}\n'.encode()),
        (("assess", "-", "--format", "text"), b'{"findings": {"saddle_numbness": true}}'),
        (("check",), b"\xff\n0\n1\n"),
    ],
)
def test_what_runs_here_in_the_tests_says_what_a_process_says(arguments: tuple[str, ...], given: bytes) -> None:
    assert here(*arguments, stdin=given) == unclench(*arguments, stdin=given)


def test_a_fault_in_unclench_ends_with_3_and_says_that_there_is_no_advice() -> None:
    ran = unclench("assess", "-", command=[sys.executable, "-c", FAULT])
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith("unclench: a fault in Unclench itself (ZeroDivisionError: planted). No advice was given")
    assert len(ran.err.splitlines()) == 1


def test_a_fault_shows_where_when_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_options: argparse.Namespace) -> int:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(assess, "run", fail)
    monkeypatch.setenv("UNCLENCH_DEBUG", "1")
    with pytest.raises(ZeroDivisionError, match="planted"):
        main(["assess", "-"])


@pytest.mark.parametrize("much_or_little", ["findings", "knowledge stats"])
def test_a_full_disk_ends_with_3_and_is_named(much_or_little: str) -> None:
    ran = unclench(command=["sh", "-c", f'exec "$0" -m unclench {much_or_little} > /dev/full', COMMAND[0]])
    assert (ran.status, ran.out) == (3, "")
    assert ran.err == (
        "unclench: the answer could not be written (No space left on device). Mend that, and run it again.\n"
    )


@pytest.mark.parametrize("much_or_little", [["findings"], ["knowledge", "stats"]])
def test_a_reader_that_never_reads_is_no_fault(much_or_little: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run([*COMMAND, *much_or_little], stdout=writer, stderr=subprocess.PIPE, env=ENVIRONMENT)
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_closed_standard_output_is_named() -> None:
    ran = unclench(command=["sh", "-c", 'exec "$0" -m unclench findings >&-', COMMAND[0]])
    assert (ran.status, ran.out) == (2, "")
    assert "standard output is closed" in ran.err


@pytest.mark.parametrize("command", [["findings"], ["assess", "-"], ["knowledge", "stats"]])
def test_commands_that_ask_nothing_leave_no_message(command: list[str]) -> None:
    ran = unclench(*command, stdin=json.dumps({"age": 40}))
    assert (ran.status, ran.err) == (0, "")


def every_command() -> list[str]:
    listed = (line for line in parser().format_help().splitlines() if line.startswith("    ") and line[4] != " ")
    return [line.split()[0] for line in listed]


def test_a_command_has_the_same_grammar_when_the_others_are_not_made(capsys: pytest.CaptureFixture[str]) -> None:
    commands = every_command()
    assert set(COMMANDS) < set(commands)
    for command in commands:
        shown = []
        for grammar in (parser(), parser(command)):
            with pytest.raises(SystemExit):
                grammar.parse_args([command, "--help"])
            shown.append(capsys.readouterr().out)
        assert shown[0] == shown[1]


@pytest.mark.parametrize("columns", ["", "0", "50", "wide", "-3"])
def test_help_is_as_wide_as_shutil_would_have_it(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert _columns() == shutil.get_terminal_size().columns
