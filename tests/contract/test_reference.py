"""docs/reference/ is what the code and the knowledge say, and its schemas accept what goes in and out, and no more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from tools.write_reference import FOLDER, pages

import strategies
from unclench import Case, CaseError, Knowledge, assess
from unclench.cli.records import cases as records_of
from unclench.knowledge import Disposition
from unclench.knowledge.read import read_shelf
from unclench.reasoning.simulation import interview

CONTRACT = (
    *("disposition", "at_most", "settled", "see", "within", "reasons", "differential", "rule_out", "contributors"),
    *("event", "would_change", "safety_net", "unanswered", "pack", "result_hash", "version"),
)
"""The keys other programs were promised."""


@cache
def knowledge() -> Knowledge:
    return Knowledge.load()


@cache
def schema(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return read


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def fits(name: str, value: object) -> bool:
    return bool(validator(name).is_valid(value))


def hold(name: str, value: object) -> None:
    error = best_match(validator(name).iter_errors(value))
    assert error is None, f"{error.json_path}: {error.message}"


@cache
def people() -> dict[str, Case]:
    """Return some vignettes of each reference disposition as cases: a dozen each, spread over the files."""
    shelf = read_shelf(FOLDER.parents[1] / "knowledge")
    chosen: list[str] = []
    for disposition in Disposition:
        alike = [name for name, one in shelf.vignettes.items() if one.record.expect.disposition == disposition.id]
        chosen += alike[:: max(1, len(alike) // 12)][:12]
    assert len(chosen) >= 40
    return {name: Case.from_data(shelf.vignettes[name].record.case, knowledge()) for name in chosen}


@cache
def finished() -> dict[str, dict[str, Any]]:
    """Return the assessment after a whole interview of every second person."""
    some = list(people().items())[::2]
    return {name: interview(knowledge(), case, unstated="no").result.to_data() for name, case in some}


def as_json(value: object) -> Any:
    """Return what a consumer reads."""
    return json.loads(json.dumps(value, allow_nan=False))


@pytest.mark.parametrize("name", ["README.md", "cli.md", "findings.md", "rules.md", "numbers.md"])
def test_a_reference_page_says_what_the_code_and_the_knowledge_say(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == pages(knowledge())[name], "stale: run make docs"


@pytest.mark.parametrize("name", ["case", "assessment", "simulation"])
def test_a_schema_says_what_the_code_and_the_knowledge_say(name: str) -> None:
    made = json.loads(pages(knowledge())[f"{name}.schema.json"])
    assert json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")) == made, "stale: run make docs"
    Draft202012Validator.check_schema(made)
    assert made["$id"] == f"urn:unclench:schema:{name}:1"


def test_every_page_has_its_check() -> None:
    assert set(pages(knowledge())) == {
        *("README.md", "cli.md", "findings.md", "rules.md", "numbers.md"),
        *("case.schema.json", "assessment.schema.json", "simulation.schema.json"),
    }


@pytest.mark.parametrize("name", ["case", "assessment", "simulation"])
def test_everything_a_schema_names_is_described_and_nothing_else_may_stand_there(name: str) -> None:
    for place, part in objects(schema(name), "$"):
        if "properties" in part:
            assert part["additionalProperties"] is False, place
            for key, value in part["properties"].items():
                assert {"description", "enum", "pattern"} & set(value), f"{place}.{key}"


def objects(part: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield place, part
        for key, value in part.items():
            yield from objects(value, f"{place}.{key}")


def test_the_promised_keys_are_all_required() -> None:
    assert set(CONTRACT) <= set(schema("assessment")["required"])
    parts = schema("assessment")["$defs"]
    assert {"rule", "because", "facts", "sources"} <= set(parts["reason"]["required"])
    assert {"cause", "name", "probability", "low", "high", "for", "against", "open"} <= set(parts["cause"]["required"])
    assert {"add", "to"} <= set(parts["change"]["required"])
    assert parts["disposition"]["enum"] == ["emergency", "same_day", "urgent", "routine", "self_care"]


def test_the_case_schema_names_every_finding_in_its_place() -> None:
    top = schema("case")["properties"]
    assert set(top) == {"id", "age", "sex", "setting", "findings"}
    assert {*top, *top["findings"]["properties"]} - {"id", "findings"} == set(knowledge().findings)


def test_the_pages_name_every_finding_every_rule_and_every_command() -> None:
    text = {name: (FOLDER / name).read_text(encoding="utf-8") for name in ("findings.md", "rules.md", "cli.md")}
    assert [name for name in knowledge().findings if f"`{name}`" not in text["findings.md"]] == []
    assert [rule.id for rule in knowledge().rules if f"| `{rule.id}` | {rule.code} |" not in text["rules.md"]] == []
    for command in ("check", "assess CASE", "simulate CASES", "findings", "explain CASE"):
        assert f"## `unclench {command}" in text["cli.md"]


# What comes out


def test_assessments_of_all_five_dispositions_follow_the_schema() -> None:
    for data in finished().values():
        hold("assessment", as_json(data))
    assert {data["disposition"] for data in finished().values()} == {one.id for one in Disposition}


def test_assessments_of_whole_people_without_an_interview_follow_the_schema() -> None:
    for case in people().values():
        hold("assessment", as_json(assess(knowledge(), case).to_data()))
        hold("assessment", as_json(assess(knowledge(), case, examination=True).to_data()))


def test_every_part_of_an_assessment_occurs_in_some_of_them() -> None:
    lists = [key for key, part in schema("assessment")["properties"].items() if part.get("type") == "array"]
    seen = [*finished().values(), assess(knowledge(), {}).to_data()]
    assert [key for key in lists if not any(data[key] for data in seen)] == []


@settings(max_examples=60)
@given(st.deferred(lambda: strategies.cases(knowledge())))
def test_assessments_of_drawn_people_follow_the_schema(answers: Any) -> None:
    case = Case("drawn", answers)
    hold("case", as_json(case.to_data()))
    hold("assessment", as_json(assess(knowledge(), case).to_data()))


def test_an_empty_case_is_a_case_and_has_an_assessment() -> None:
    hold("case", {})
    hold("assessment", as_json(assess(knowledge(), {}).to_data()))


def test_simulated_interviews_follow_their_schema(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from unclench.cli.main import main

    place = tmp_path / "people.ndjson"
    some = list(people().values())[::10]
    place.write_text("\n".join(json.dumps(case.to_data()) for case in some), encoding="utf-8")
    for options in (["--unstated", "no"], ["--unstated", "unsure", "--transcript"]):
        assert main(["simulate", str(place), *options]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == len(some)
        for line in lines:
            hold("simulation", json.loads(line))


# What goes in


def test_what_is_known_of_whole_people_is_a_case() -> None:
    for case in people().values():
        hold("case", case.to_data())


def accepted(value: object) -> bool:
    try:
        Case.from_data(value, knowledge())
    except CaseError:
        return False
    return True


ANSWERS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(["unsure", "female", "lifting", "lower_back_left", "primary_care", ""]),
    st.integers(-5, 200),
    st.floats(-5, 200, allow_nan=False),
    st.lists(st.sampled_from(["lower_back_left", "calf_left", "nowhere", 1, None]), max_size=3),
    st.just({}),
)
KEYS = ("id", "age", "sex", "setting", "findings", "fever")
NAMES = ("fever", "pain_site", "pain_severity", "onset_trigger", "pain_duration_days", "age", "feverish")


@settings(max_examples=500)
@given(st.dictionaries(st.sampled_from(KEYS), ANSWERS), st.dictionaries(st.sampled_from(NAMES), ANSWERS, max_size=3))
def test_the_schema_and_the_program_accept_the_same_cases(top: dict[str, Any], findings: dict[str, Any]) -> None:
    # None of these findings is impossible for anybody, so there is nothing the schema cannot see.
    case = {**top, "findings": findings} if top.get("findings") != {} else top
    # The program is laxer where nothing can go wrong: about an id, and about null for a finding there is none of.
    if isinstance(case.get("id"), bool | float):
        del case["id"]
    if isinstance(case.get("findings"), dict):
        case["findings"] = {name: value for name, value in case["findings"].items() if value is not None}
    assert fits("case", case) == accepted(case), case


GOOD_CASE = {"id": 1, "age": 42, "sex": "female", "findings": {"fever": "unsure", "pain_site": [], "pain_severity": 3}}
WRONG_CASES: dict[str, Any] = {
    "a list": [],
    "an unknown part": {**GOOD_CASE, "name": "Anna"},
    "an unknown finding": {"findings": {"feverish": True}},
    "age among findings": {"findings": {"age": 42}},
    "a finding beside findings": {"fever": True},
    "age 400": {"age": 400},
    "age as text": {"age": "42"},
    "age and a half": {"age": 42.5},
    "an unknown sex": {"sex": "f"},
    "an unknown setting": {"setting": "home"},
    "text for a boolean": {"findings": {"fever": "yes"}},
    "one for true": {"findings": {"fever": 1}},
    "an unknown region": {"findings": {"pain_site": ["here"]}},
    "one region without a list": {"findings": {"pain_site": "lower_back_left"}},
    "a choice nobody offered": {"findings": {"onset_trigger": "sneeze"}},
    "a number out of range": {"findings": {"pain_severity": 11}},
    "findings that are null": {"findings": None},
    "an id that is an object": {"id": {}},
}


@pytest.mark.parametrize("wrong", WRONG_CASES)
def test_neither_the_case_schema_nor_the_program_accepts(wrong: str) -> None:
    hold("case", GOOD_CASE)
    assert accepted(GOOD_CASE)
    assert not fits("case", WRONG_CASES[wrong])
    assert not accepted(WRONG_CASES[wrong])


def put(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Return a change that sets the value at a dotted place."""
    *path, last = key.split(".")

    def change(data: Any) -> None:
        for step in path:
            data = data[int(step) if step.isdigit() else step]
        data[last] = value

    return change


WRONG_ASSESSMENTS = {
    "an unknown disposition": put("disposition", "soon"),
    "no disposition": put("disposition", None),
    "an unknown place": put("see", "wizard"),
    "settled as text": put("settled", "true"),
    "an unknown key": put("diagnosis", "slipped disc"),
    "a probability above one": put("differential.0.probability", 1.01),
    "a probability as text": put("differential.0.low", "0.1"),
    "a cause with a key of its own": put("differential.0.rank", 1),
    "a reason without sources as a list": put("reasons.0.sources", "NICE"),
    "a fact that is an object": put("reasons.0.facts.0.answer", {}),
    "an unknown certainty": put("reasons.0.certainty", "quite"),
    "a change to nothing": put("would_change.0.add", {}),
    "a change to an unknown disposition": put("would_change.0.to", "worse"),
    "a pack without its hash": put("pack", "latest"),
    "a result hash cut short": put("result_hash", "0123456789abcde"),
    "a version that is a number": put("version", 1),
    "unanswered as a number": put("unanswered", 3),
}


def rich() -> dict[str, Any]:
    """Return an assessment in which every part that the wrong ones touch is there."""
    data = as_json(assess(knowledge(), {"age": 50, "findings": {"back_pain": True, "fever": False}}).to_data())
    assert data["reasons"]
    assert data["would_change"]
    return dict(data)


@pytest.mark.parametrize("wrong", WRONG_ASSESSMENTS)
def test_the_assessment_schema_refuses(wrong: str) -> None:
    data = rich()
    hold("assessment", data)
    WRONG_ASSESSMENTS[wrong](data)
    assert not fits("assessment", data)


@pytest.mark.parametrize("key", CONTRACT)
def test_the_assessment_schema_misses_a_promised_key(key: str) -> None:
    data = rich()
    del data[key]
    assert not fits("assessment", data)


@pytest.mark.parametrize(
    ("part", "key"),
    [
        *[("reasons", key) for key in ("rule", "because", "facts", "sources")],
        *[("differential", k) for k in ("cause", "name", "probability", "low", "high", "for", "against", "open")],
        *[("would_change", key) for key in ("add", "to")],
    ],
)
def test_the_assessment_schema_misses_a_promised_key_inside(part: str, key: str) -> None:
    data = deepcopy(rich())
    del data[part][0][key]
    assert not fits("assessment", data)


def test_the_command_line_reads_what_the_schema_accepts(tmp_path: Any) -> None:
    place = tmp_path / "case.json"
    place.write_text(json.dumps(GOOD_CASE), encoding="utf-8")
    (record,) = records_of(str(place), knowledge())[1]
    assert record.case is not None
    hold("case", record.case.to_data())
