"""`unclench report`: every form of it, and what it will not do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shells.cli.running import here, unclench

SMALL = ("--size", "60", "--interviews", "2", "--only", "fairness")


def test_text_and_json_say_the_same() -> None:
    text, data = unclench("report", *SMALL), unclench("report", *SMALL, "--format", "json")
    assert (text.status, data.status) == (0, 0), text.err
    found = data.json["fairness"]
    assert (found["people"], found["interviews"]) == (60, 2)
    assert f"{found['comparisons']} comparisons together" in text.out.replace("\n", " ")
    assert data.json["calibration"] is None
    assert data.json["settings"]["seed"] == 1


def test_a_file_of_people_is_read(tmp_path: Path) -> None:
    people, page = tmp_path / "people.ndjson", tmp_path / "report.html"
    rows = [{"age": age, "sex": sex, "findings": {"back_pain": True}} for age in (20, 70) for sex in ("female", "male")]
    people.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    ran = here("report", "--people", str(people), *SMALL, "--format", "html", "--out", str(page))
    assert (ran.status, ran.out) == (0, ""), ran.err
    assert "4 people, 2 of them interviewed" in page.read_text(encoding="utf-8")
    with people.open("a", encoding="utf-8") as file:
        file.write('{"fever": "maybe"}\n')
    ran = here("report", "--people", str(people), *SMALL)
    assert ran.status == 0
    assert "1 of the rows" in ran.err
    assert "4 people, 2 of them interviewed" in ran.out


@pytest.mark.parametrize(
    ("name", "text", "refused"),
    [("a.ndjson", '{"fever": "maybe"}\n{\n', 2), ("a.ndjson", '{"age": 500}\n', 0), ("a.csv", "id,age\n", 0)],
)
def test_nobody_to_report_on_is_an_error(tmp_path: Path, name: str, text: str, refused: int) -> None:
    people = tmp_path / name
    people.write_text(text, encoding="utf-8")
    ran = here("report", "--people", str(people), *SMALL)
    assert (ran.status, ran.out) == (2, "")
    assert "unclench: there is nobody to report on: no row of the people can be read as a case." in ran.err
    assert (f"{refused} of the rows" in ran.err) == bool(refused)


def test_markdown_has_its_pictures_beside_it(tmp_path: Path) -> None:
    page = tmp_path / "report.md"
    assert here("report", *SMALL, "--format", "markdown", "--out", str(page)).status == 0
    text = page.read_text(encoding="utf-8")
    pictures = {path.name for path in tmp_path.glob("*.svg")}
    assert pictures == {"questions_by_age.svg", "questions_by_sex.svg"}
    assert all(f"({name})" in text for name in pictures)


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    for arguments, words in (
        (("--format", "markdown"), "Name a file with --out"),
        (("--people", str(tmp_path / "none.csv")), "no such file"),
        (("--people", str(tmp_path)), f"{tmp_path}: this is a folder. Name a file of people."),
        (("--out", str(tmp_path / "none" / "report.txt")), "no such folder"),
        (("--size", "0"), "whole number"),
    ):
        ran = here("report", *arguments, "--only", "fairness")
        assert ran.status == 2
        assert words in ran.err
