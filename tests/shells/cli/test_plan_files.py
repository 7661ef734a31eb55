"""`unclench plan --format pdf|ics`: the plan as a file to keep."""

from __future__ import annotations

import io
import json
from pathlib import Path

import icalendar
import pypdf
import pytest

from unclench.cli.main import main

CASE = {"age": 42, "sex": "male", "findings": {"saddle_numbness": True}}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    made = tmp_path / "case.json"
    made.write_text(json.dumps(CASE))
    return made


def test_a_pdf_and_a_calendar_are_written(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, dates = tmp_path / "plan.pdf", tmp_path / "plan.ics"
    assert main(["plan", str(case), "--format", "pdf", "--out", str(sheet)]) == 0
    assert "Your plan" in pypdf.PdfReader(io.BytesIO(sheet.read_bytes())).pages[0].extract_text()
    for more in ([], ["--start", "2025-03-01"]):
        assert main(["plan", str(case), "--format", "ics", "--out", str(dates), *more]) == 0
        assert icalendar.Calendar.from_ical(dates.read_bytes())["VERSION"] == "2.0"
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--format", "pdf"], "--out FILE"),
        (["--format", "ics", "--out", "x.ics", "--start", "soon"], '"soon" is no date'),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    case: Path, more: list[str], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(case.parent)
    assert main(["plan", str(case), *more]) == 2
    assert says in capsys.readouterr().err
    assert not (case.parent / "x.ics").exists()


def test_a_file_takes_one_case(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many, out = tmp_path / "many.ndjson", tmp_path / "plan.pdf"
    many.write_text(f"{json.dumps(CASE)}\n{json.dumps(CASE)}\n")
    assert main(["plan", str(many), "--format", "pdf", "--out", str(out)]) == 2
    assert "takes one case" in capsys.readouterr().err
    assert not out.exists()
