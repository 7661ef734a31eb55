"""`unclench findings`: the vocabulary of a case."""

from __future__ import annotations

from shells.cli.running import here, unclench
from unclench import Knowledge


def test_json_lists_every_finding_with_type_and_question() -> None:
    ran = unclench("findings", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    assert [one["id"] for one in ran.json] == list(Knowledge.load().findings)
    for one in ran.json:
        assert one["question"].endswith("?"), one["id"]
        assert one["label"]
        assert one["clinical"]


def test_json_says_which_answers_each_finding_takes() -> None:
    by_id = {one["id"]: one for one in here("findings", "--format", "json").json}
    assert by_id["fever"]["type"] == "boolean"
    assert (by_id["age"]["type"], by_id["age"]["minimum"], by_id["age"]["maximum"]) == ("number", 0, 120)
    assert by_id["age"]["place"] == "top level of the case, beside findings"
    assert by_id["sex"]["values"] == ["female", "male", "intersex"]
    assert by_id["pain_site"]["type"] == "regions"
    assert set(by_id["pain_site"]["value_texts"]) == set(by_id["pain_site"]["values"])
    assert "age >= 10" in by_id["pregnant"]["only_if"]


def test_text_gives_two_lines_for_each_finding() -> None:
    ran = here("findings")
    lines = ran.out.splitlines()
    assert len(lines) == 2 * len(Knowledge.load().findings)
    assert "age  [number: 0 to 120 a]  person" in lines
    assert "fever  [boolean: true, false]  person" in lines
    assert "sex  [choice: female, male, intersex]  person" in lines


def test_what_findings_lists_is_what_a_case_may_hold() -> None:
    listed = {one["id"]: one for one in here("findings", "--format", "json").json}
    answers = {name: "unsure" for name in listed if "place" not in listed[name]}
    ran = here("assess", "-", stdin=str({"findings": answers}).replace("'", '"'))
    assert (ran.status, ran.err) == (0, "")
