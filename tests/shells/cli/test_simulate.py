"""`unclench simulate`: the interview run against cases that are written down."""

from __future__ import annotations

import json

import pytest

from shells.cli.running import here, unclench

ANNA = {
    "id": "anna",
    "age": 34,
    "sex": "female",
    "findings": {"back_pain": True, "pain_duration_days": 3, "fever": False},
}
BEN = {"id": "ben", "age": 61, "sex": "male", "findings": {"chest_pain": True}}


def lines(*cases: object) -> str:
    return "\n".join(json.dumps(case) for case in cases)


@pytest.mark.parametrize("unstated", ["no", "unsure"])
def test_each_case_gives_one_line_with_result_and_number_of_questions(unstated: str) -> None:
    ran = unclench("simulate", "-", "--unstated", unstated, stdin=lines(ANNA, BEN))
    assert (ran.status, ran.err) == (0, "")
    assert [record["id"] for record in ran.records] == ["anna", "ben"]
    for record in ran.records:
        assert record["questions"] == len(record["asked"]) >= 1
        assert "disposition" in record
        assert "transcript" not in record


def test_the_respondent_answers_only_what_is_asked() -> None:
    ran = here("simulate", "-", "--unstated", "no", "--transcript", stdin=lines(ANNA))
    answers: dict[str, object] = {}
    for step in ran.json["transcript"]:
        answers |= step["answers"]
    assert [step["question"] for step in ran.json["transcript"]] == ran.json["asked"]
    assert answers["age"] == 34
    assert answers["back_pain"] is True
    assert answers["saddle_numbness"] is False


def test_an_emergency_on_the_second_screen_ends_the_interview_there() -> None:
    ran = here("simulate", "-", "--unstated", "no", stdin=lines(BEN))
    assert ran.json["disposition"] == "emergency"
    assert ran.json["asked"][-1] == "chest_belly"
    assert "about" not in ran.json["asked"]


def test_not_sure_about_everything_is_never_taken_for_no() -> None:
    no = here("simulate", "-", "--unstated", "no", stdin=lines(ANNA)).json
    unsure = here("simulate", "-", "--unstated", "unsure", stdin=lines(ANNA)).json
    assert no["disposition"] == "self_care"
    assert unsure["disposition"] in ("same_day", "emergency")


def test_what_was_not_asked_does_not_count() -> None:
    ran = here("simulate", "-", "--unstated", "no", stdin=lines({"findings": {"saddle_numbness": True, "fever": True}}))
    assert ran.json["asked"] == ["nerves"]
    assert ran.json["findings_gained"] == 1


def test_a_bad_record_in_the_middle_stops_no_other() -> None:
    ran = here("simulate", "-", "--unstated", "no", stdin=lines(ANNA) + "\n{broken\n" + lines(BEN))
    assert ran.status == 2
    assert [record["id"] for record in ran.records] == ["anna", "ben"]
    assert ran.err.startswith("unclench: line 2: broken JSON at column 2")


def test_what_the_unstated_means_must_be_said() -> None:
    ran = here("simulate", "-", stdin=lines(ANNA))
    assert (ran.status, ran.out) == (2, "")
    assert "--unstated" in ran.err
