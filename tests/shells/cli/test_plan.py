"""`unclench plan`: a plan as text and as JSON, refusals, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from people import EMERGENCY, SEIZED_BACK, with_nothing_else
from shells.cli.running import here, unclench
from unclench.knowledge import Knowledge


@pytest.fixture(scope="module")
def person(knowledge: Knowledge) -> dict[str, Any]:
    return with_nothing_else(knowledge, SEIZED_BACK, alcohol_use="some", kidney_disease=True)


def written(folder: Path, *people: dict[str, Any]) -> str:
    place = folder / "case.json"
    place.write_text("\n".join(json.dumps(one) for one in people), encoding="utf-8")
    return str(place)


def test_text_tells_what_to_do_and_what_was_left_out(tmp_path: Path, person: dict[str, Any]) -> None:
    ran = unclench("plan", written(tmp_path, person))
    assert (ran.status, ran.err) == (0, "")
    assert "YOUR PLAN: Back spasm" in ran.out
    assert "THE FIRST THREE DAYS (you are here)" in ran.out
    assert "LEFT OUT, AND WHY" in ran.out
    assert "Anti-inflammatory tablets" in ran.out.partition("LEFT OUT")[2]
    assert max(map(len, ran.out.splitlines())) <= 88


def test_open_questions_are_named(tmp_path: Path, person: dict[str, Any]) -> None:
    findings = {name: value for name, value in person["findings"].items() if name != "reduced_skin_feeling"}
    ran = here("plan", written(tmp_path, {**person, "findings": findings}))
    assert "reduced_skin_feeling" in ran.out.partition("QUESTIONS STILL OPEN")[2]


def test_json_is_the_plan_as_data(tmp_path: Path, person: dict[str, Any]) -> None:
    ran = here("plan", written(tmp_path, person), "--format", "json")
    assert ran.json["track"]["id"] == "back_spasm"
    assert ran.json["phases"][0]["now"] is True


def test_an_emergency_has_no_plan_but_the_place_to_go(tmp_path: Path) -> None:
    ran = here("plan", written(tmp_path, EMERGENCY))
    assert ran.status == 0
    assert ran.out.startswith("NO PLAN")
    assert "Whom to see:" in ran.out


def test_many_cases_go_on_past_a_bad_one(tmp_path: Path, person: dict[str, Any]) -> None:
    ran = here("plan", written(tmp_path, person, {"age": 500}, EMERGENCY), "--format", "json")
    assert ran.status == 2
    assert [one["refusal"] and one["refusal"]["reason"] for one in ran.records] == [None, "too_urgent"]
    assert "2 planned, 1 not" in ran.err


def test_a_kind_of_plan_or_a_language_that_is_not_there_is_refused(tmp_path: Path, person: dict[str, Any]) -> None:
    place = written(tmp_path, person)
    ran = here("plan", place, "--track", "night_cramp")
    assert (ran.status, ran.out) == (2, "")
    assert "Those that do: back_spasm" in ran.err
    assert here("plan", place, "--track", "back_spasm").status == 0
    ran = here("plan", place, "--locale", "tlh")
    assert ran.status == 2
    assert '"tlh" is no language of the wording' in ran.err


def test_a_file_that_is_not_there_is_bad_input() -> None:
    assert here("plan", "nowhere.json").status == 2
