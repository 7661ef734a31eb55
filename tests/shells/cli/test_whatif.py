"""`unclench whatif`: a lowered urgency first, the same numbers in every form, and a plain word on what was not run."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from unclench import Knowledge, assess
from unclench.cli.main import main

RULE = "older_not_improving"
CHANGE = f"{RULE}/older_age=60"
NOT_RUN = ("--no-proofs", "--no-vignettes")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge) -> Path:
    """A file of people of 40 to 79 who are no better after forty days, and one row that is nobody."""
    dangers = {f for screen in knowledge.screens if screen.stage == "danger" for f in screen.findings}
    said = {**dict.fromkeys(dangers, False), "back_pain": True, "pain_duration_days": 40, "symptom_course": "same"}
    rows: list[dict[str, Any]] = [
        {"id": f"slow-{age}", "age": age, "sex": ("male", "female")[age % 2], "findings": said} for age in range(40, 80)
    ]
    rows.append({"id": "nobody", "age": 500, "findings": said})
    file = tmp_path_factory.mktemp("people") / "people.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.fixture
def good(people: Path, tmp_path: Path) -> str:
    """The same file without the row that is nobody."""
    file = tmp_path / "good.ndjson"
    file.write_text("".join(people.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    return str(file)


def whatif(*arguments: str) -> int:
    return main(["whatif", *arguments])


def test_a_lowered_urgency_is_said_first_and_what_was_not_run_is_said_plainly(
    good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whatif("--change", CHANGE, "--people", good, *NOT_RUN) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[0] == "URGENCY IS LOWERED FOR 10 OF 40 PEOPLE (1 in 4)"
    assert lines[1] == "  routine -> self_care: 10 (1 in 4)"
    assert lines[2] == f"      because of {RULE} (10)"
    assert "e.g. slow-50: your age: 50" in out
    assert f"threshold/red_flags/{RULE}/older_age: 50 -> 60" in out
    assert "40 people of good.ndjson." in out
    assert "Vignettes: NOT RUN (--no-vignettes), so nothing is known of them." in lines
    assert any(line.startswith("Proofs: NOT RUN (--no-proofs)") for line in lines)
    assert "synthetic" not in out


def test_every_form_has_the_same_numbers_and_the_files_hold_what_they_should(
    good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], knowledge: Knowledge
) -> None:
    picture, saved, folder = tmp_path / "who.svg", tmp_path / "pack.json", tmp_path / "examples"
    more = ("--picture", str(picture), "--save", str(saved), "--examples", str(folder), "--ages", "50,60")
    assert whatif("--change", CHANGE, "--people", good, "--format", "json", *more, *NOT_RUN) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["lowered"]["people"] == 10
    assert data["lowered"]["moves"][0]["rules"] == {RULE: 10}
    assert (data["raised"]["people"], data["vignettes"], data["proofs"]) == (0, {"run": False}, {"run": False})
    assert data["changes"] == [{"name": f"threshold/red_flags/{RULE}/older_age", "before": 50.0, "after": "60"}]

    assert whatif("--change", CHANGE, "--people", good, "--format", "csv", "--ages", "50,60") == 0
    captured = capsys.readouterr()
    table = list(csv.DictReader(io.StringIO(captured.out)))
    assert [{**row, "people": int(row["people"])} for row in table] == data["by_age_and_sex"]
    assert {(row["age"], row["before"], row["after"]) for row in table if row["before"] != row["after"]} == {
        ("50-59", "routine", "self_care")
    }
    assert "vignettes and proofs were not run" in captured.err

    root = ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    said = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "▼ 10" in said
    assert "10 people (1 in 4) from routine to self care, which is less urgent." in str(list(root)[1].text)

    after = Knowledge.load(saved)
    assert (after.hash, knowledge.hash) == (data["pack"]["after"], data["pack"]["before"])
    (file,) = folder.iterdir()
    assert file.name == "moved_routine_to_self_care.ndjson"
    examples = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert examples == data["lowered"]["moves"][0]["examples"]
    assert [assess(pack, examples[0]).disposition.id for pack in (knowledge, after)] == ["routine", "self_care"]


def test_a_refused_row_is_told_and_ends_with_2(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert whatif("--change", CHANGE, "--people", str(people), "--format", "json", *NOT_RUN) == 2
    captured = capsys.readouterr()
    data = json.loads(captured.out)
    assert (data["people"], data["refused"]) == (40, 1)
    assert "unclench: rows refused, and counted nowhere: 1." in captured.err


def test_a_solver_that_is_missing_is_told_before_the_work(
    good: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "cvc5.pythonic", None)
    assert whatif("--change", CHANGE, "--people", good) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "unclench: cvc5 is not installed, and nothing is proved without it. Run: pip install cvc5 "
        "Or leave the proofs out with --no-proofs.\n"
    )
    assert whatif("--change", CHANGE, "--people", good, "--format", "csv") == 0


@pytest.mark.parametrize(
    ("name", "text", "refused"), [("a.ndjson", '{"fever": "maybe"}\n{"age": 500}\n', 2), ("a.csv", "id,age\n", 0)]
)
def test_nobody_to_compare_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, refused: int
) -> None:
    people = tmp_path / name
    people.write_text(text, encoding="utf-8")
    assert whatif("--change", CHANGE, "--people", str(people), *NOT_RUN) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"{people}: there is nobody to compare: no row can be read as a case, and {refused} are refused." in (
        captured.err
    )


def test_a_broken_promise_ends_with_1_and_shows_the_counter_example(
    good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = ("--change", "chest_trouble/disposition=routine", "--examples", str(tmp_path / "examples"))
    assert whatif(*change, "--people", good, "--prove", "fits", "--no-vignettes") == 1
    out = capsys.readouterr().out
    assert "PROOFS THAT BREAK: 1" in out
    assert "fits (refuted)" in out
    assert "at a place for emergencies, and no emergency." in out
    assert "only fits were looked at. The others: NOT RUN." in out
    assert list((tmp_path / "examples").glob("fits_a_place_for_emergencies*.jsonl"))


def test_synthetic_people_are_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert whatif("--change", CHANGE, "--size", "300", "--seed", "4", *NOT_RUN) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "300 synthetic people (seed 4), drawn from the model of the present pack. Nobody of them exists." in out


def test_names_are_listed_with_their_present_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert whatif("--names", f"{RULE}/") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"rule/{RULE}/when=age >= 50 and back_complaint and pain_duration_days >= 28 "
        'and not symptom_course == "improving"',
        f"rule/{RULE}/disposition=routine",
        f"rule/{RULE}/see=gp",
        f"threshold/red_flags/{RULE}/long_pain=28",
        f"threshold/red_flags/{RULE}/older_age=50",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing is changed. Give --change NAME=VALUE; unclench whatif --names lists the names."),
        (("--names", "xyzzy"), 'no name holds "xyzzy". unclench whatif --names lists all.'),
        (("--change", CHANGE, "--picture", "a.png"),
         "--picture a.png: the picture is an SVG file. End its name in .svg."),
        (("--change", CHANGE, "--ages", "18,old"),
         "--ages 18,old: give the first age of each band, between 0 and 120, such as 18,40,65."),
        (("--change", CHANGE, "--folder", "nowhere"),
         "nowhere is no folder, and a change is made to the records. Name a knowledge folder with --folder."),
        (("--change", CHANGE, "--prove", "fit"), "--prove: there is no promise 'fit'. Did you mean fits?"),
        (("--change", CHANGE, "--people", "nobody.csv"), "nobody.csv: there is no such file. Check the path."),
        (("--change", CHANGE, "--people", "/"), "/: this is a folder. Name a file of people."),
    ],
)  # fmt: skip
def test_what_cannot_be_done_ends_with_2_and_says_why(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whatif(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"unclench: {message}" in captured.err
