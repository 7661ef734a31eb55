"""tools/verify.py, which `make test` and CI trust: what fails must fail it, and what is not run fails it in CI."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tools import verify

REPORT = """<testsuites><testsuite tests="5">
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure message="no"/></testcase>
<testcase classname="a" name="broken"><error message="oh"/></testcase>
{more}
</testsuite></testsuites>"""
SKIPPED = '<testcase classname="a" name="left_out"><skipped type="pytest.skip"/></testcase>'
EXPECTED_TO_FAIL = '<testcase classname="b" name="hopeless"><skipped type="pytest.xfail"/></testcase>'
ALL_GOOD = '<testsuites><testsuite><testcase classname="a" name="good"/>{more}</testsuite></testsuites>'

Planted = Callable[..., int]


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Planted:
    """Run verify with planted results instead of commands; return its status."""

    def run(report: str, *, failing: Sequence[str] = (), tests: int = 0, ci: str = "") -> int:
        def fake(command: Sequence[str]) -> int:
            for argument in command:
                if argument.startswith("--junitxml=") and report:
                    Path(argument.partition("=")[2]).write_text(report)
            return tests if "pytest" in command else int(command[0] in failing)

        monkeypatch.setattr(verify, "_run", fake)
        monkeypatch.setenv("CI", ci)
        return verify.main()

    return run


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def test_a_report_is_counted_by_what_became_of_each_test(tmp_path: Path) -> None:
    place = tmp_path / "tests.xml"
    place.write_text(REPORT.format(more=SKIPPED + EXPECTED_TO_FAIL))
    assert verify.read_outcome(place) == verify.Outcome(1, 2, ("a::left_out", "b::hopeless"))


@pytest.mark.parametrize("text", ["", "<testsuites>", "no xml"])
def test_a_broken_report_counts_nothing(text: str, tmp_path: Path) -> None:
    place = tmp_path / "tests.xml"
    place.write_text(text)
    assert verify.read_outcome(place) == verify.Outcome(0, 0, ())
    assert verify.read_outcome(tmp_path / "none.xml") == verify.Outcome(0, 0, ())


def test_all_good_ends_with_counts_of_tests_and_checks(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    assert planted(ALL_GOOD.format(more="")) == 0
    assert last_line(capsys) == f"{1 + len(verify.CHECKS)} passed, 0 failed"


@pytest.mark.parametrize("command", [command[0] for _, command in verify.CHECKS if command[0] != "ruff"])
def test_one_failing_check_fails_it(command: str, planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    assert planted(ALL_GOOD.format(more=""), failing=[command]) == 1
    assert last_line(capsys) == f"{len(verify.CHECKS)} passed, 1 failed"


def test_a_failing_test_fails_it(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    assert planted(REPORT.format(more=""), tests=1) == 1
    assert last_line(capsys) == f"{1 + len(verify.CHECKS)} passed, 2 failed"


@pytest.mark.parametrize("status", [1, 2, 3, 4, 5, -9])
def test_a_run_that_ends_badly_fails_it_even_without_a_failed_test(
    status: int, planted: Planted, capsys: pytest.CaptureFixture[str]
) -> None:
    assert planted("", tests=status) == 1
    assert last_line(capsys) == f"{len(verify.CHECKS)} passed, 1 failed"


@pytest.mark.parametrize("more", [SKIPPED, EXPECTED_TO_FAIL])
def test_what_is_not_run_is_noted_and_fails_it_in_ci(
    more: str, planted: Planted, capsys: pytest.CaptureFixture[str]
) -> None:
    assert planted(ALL_GOOD.format(more=more)) == 0
    assert "note   not run: " in capsys.readouterr().out
    assert planted(ALL_GOOD.format(more=more), ci="true") == 1
    assert last_line(capsys) == f"{1 + len(verify.CHECKS)} passed, 1 failed"


def test_every_check_the_project_promises_is_there() -> None:
    assert [command[0] for _, command in verify.CHECKS] == [
        *("ruff", "ruff", "mypy", "lint-imports", "interrogate", "unclench")
    ]


def test_a_command_that_is_not_installed_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify._run(("no-such-command",)) == 127
    assert "no-such-command cannot be started" in capsys.readouterr().out
