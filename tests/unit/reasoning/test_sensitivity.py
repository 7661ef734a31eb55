"""Sensitivity: each number against working everything out again with that number changed in the pack."""

from __future__ import annotations

import math
from copy import copy, deepcopy
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings

from people import EMERGENCY, SEIZED_BACK
from strategies import cases
from unclench.knowledge import Knowledge
from unclench.logic import Answer
from unclench.reasoning import Case
from unclench.reasoning.differential import causes
from unclench.reasoning.number_table import all_numbers
from unclench.reasoning.sensitivity import Swing, sensitivity
from unclench.reasoning.triage import effective_answers

SETTINGS = ("community", "primary_care", "emergency_department")
SCIATICA: dict[str, Any] = {
    **SEIZED_BACK,
    "findings": {**SEIZED_BACK["findings"], "leg_pain": True, "pain_below_knee": True, "night_pain": False},
}
CASES = [SEIZED_BACK, SCIATICA, EMERGENCY]


def recomputed(knowledge: Knowledge, case: dict[str, Any], one: Swing, value: float) -> dict[str, float]:
    """Return all probabilities of a pack in which one number is `value`."""
    data = {**knowledge.data, **deepcopy({part: knowledge.data[part] for part in ("causes", "strata")})}
    kind, *path = one.number.split("/")
    log = math.log(value)
    changed = 0
    if kind == "prior":
        for stratum in data["strata"]:
            if stratum["id"] == path[2]:  # the prior is `value`, and the other causes share the rest as before
                priors = stratum["priors"]
                rest = math.fsum(math.exp(weight[0]) for cause, weight in priors.items() if cause != path[1])
                for cause, weight in priors.items():
                    weight[0] = log if cause == path[1] else weight[0] + math.log((1 - value) / rest)
                changed += 1
    else:
        for cause in data["causes"]:
            for at, term in enumerate(cause["terms"]):
                own = path[0] == "causes" and (cause["id"], str(at)) == (path[1], path[2])
                shared = path[0] == "all_causes" and (term["origin"], str(term["when"])) == ("shared", path[1])
                rule = path[0] == "red_flags" and term["origin"] == f"rule:{path[1]}"
                if own or shared or rule:
                    term[path[-1]][0] = log
                    changed += 1
    assert changed
    other = copy(knowledge)
    other.data = data
    for loaded in ("causes", "strata"):
        vars(other).pop(loaded, None)
    return {e.id: e.probability for e in causes(other, effective_answers(Case.from_data(case, other), other))}


@pytest.mark.parametrize("case", CASES, ids=["seized", "sciatica", "emergency"])
def test_both_ends_are_what_a_changed_pack_gives(case: dict[str, Any]) -> None:
    knowledge = Knowledge.load()
    found = sensitivity(knowledge, case)
    priors_are_one_stratum = "setting" in case
    chosen = [one for one in found.swings if priors_are_one_stratum or not one.number.startswith("prior/")]
    kinds = {"prior/", "likelihood_ratio/causes/", "likelihood_ratio/all_causes/", "likelihood_ratio/red_flags/"}
    tried = chosen[:4] + [one for kind in kinds for one in chosen if one.number.startswith(kind)][:6]
    for one in tried:
        for value, said, leader in (
            (one.low, one.at_low, one.first_at_low),
            (one.high, one.at_high, one.first_at_high),
        ):
            again = recomputed(knowledge, case, one, value)
            assert again[found.first] == pytest.approx(said, rel=1e-9)
            assert max(again, key=lambda name: (again[name], name)) == leader


def test_as_things_stand_it_is_the_assessment() -> None:
    knowledge = Knowledge.load()
    for case in CASES:
        found = sensitivity(knowledge, case)
        plain = causes(knowledge, effective_answers(Case.from_data(case, knowledge), knowledge))
        assert found.first == plain[0].id
        assert found.probability == pytest.approx(plain[0].probability)
        assert [name for name, _ in found.ranking] == [e.id for e in plain[: len(found.ranking)]]


def test_expected_changes_order_numbers_and_lie_within_reach() -> None:
    found = sensitivity(Knowledge.load(), SCIATICA)
    expected = [one.expected for one in found.swings]
    assert expected == sorted(expected, reverse=True)
    assert expected[0] > 0.01
    for one in found.swings:
        assert (
            one.low <= one.value <= one.high
            or one.value == pytest.approx(one.low)
            or one.value == pytest.approx(one.high)
        )
        assert 0 <= one.expected <= 1
    assert {one.number for one in found.upsets} <= {one.number for one in found.swings}


def test_studies_are_ranked_by_the_numbers_that_rest_on_them() -> None:
    found = sensitivity(Knowledge.load(), SCIATICA)
    assert found.studies
    by_id = {one.number: one for one in found.swings}
    for study in found.studies:
        resting = [by_id[name] for name in study.numbers]
        assert all(study.source in {ref.id for ref in one.sources} and one.basis != "judgement" for one in resting)
        assert study.expected == pytest.approx(math.sqrt(sum(one.expected**2 for one in resting)))
    assert [one.expected for one in found.studies] == sorted((one.expected for one in found.studies), reverse=True)
    assert found.judged is not None
    assert found.judged.basis == "judgement"


def test_every_number_is_in_the_table_of_numbers() -> None:
    knowledge = Knowledge.load()
    known = {one.id for one in all_numbers(knowledge)}
    assert {one.number for one in sensitivity(knowledge, SCIATICA).swings} <= known


@given(cases(Knowledge.load()))
@settings(max_examples=30)
def test_no_number_leaves_its_own_scale(answers: dict[str, Answer]) -> None:
    for one in sensitivity(Knowledge.load(), Case(None, answers)).swings:
        assert 0 < one.low <= one.value <= one.high, one
        assert not one.strata or one.high < 1, one
        assert bool(one.strata) == one.number.startswith("prior/")
        assert min(one.at_low, one.at_high) >= 0
        assert max(one.at_low, one.at_high) <= 1


def test_a_ratio_has_the_range_of_the_table_capped_and_damped_as_it_is_counted() -> None:
    knowledge = Knowledge.load()
    table = {one.id: one for one in all_numbers(knowledge)}
    damped = {
        f"likelihood_ratio/causes/{cause['id']}/{at}/{holds}"
        for cause in knowledge.data["causes"]
        for at, term in enumerate(cause["terms"])
        for holds in ("present", "absent")
        if term["proxy"]
    }
    floor, cap = (knowledge.data["model_written"][name] for name in ("ratio_floor", "ratio_cap"))
    power = knowledge.data["model_written"]["proxy_exponent"]
    for case in CASES:
        for one in sensitivity(knowledge, case).swings:
            if not one.strata:
                told, by = table[one.number], power if one.number in damped else 1
                ends = [min(max(end, floor), cap) ** by for end in (told.low or 0, told.value or 0, told.high or 0)]
                assert [one.low, one.value, one.high] == pytest.approx(ends)


def test_a_prior_has_the_range_that_the_table_has() -> None:
    knowledge = Knowledge.load()
    table = {one.id: one for one in all_numbers(knowledge)}
    for setting, age in product(SETTINGS, (5, 15, 40, 70)):
        for one in sensitivity(knowledge, {"age": age, "setting": setting, "findings": {"back_pain": True}}).swings:
            if one.strata:
                told = table[one.number]
                assert one.number.endswith(f"/{one.strata[0]}")
                assert (one.low, one.high) == (told.low, told.high)
                assert one.value == pytest.approx(told.value, rel=1e-3)


def test_with_an_unknown_age_or_setting_a_prior_is_a_mean_over_named_strata() -> None:
    knowledge = Knowledge.load()
    table = {one.id: one for one in all_numbers(knowledge)}
    for case, count in (({}, len(knowledge.strata)), ({"age": 30}, len(SETTINGS))):
        priors = [one for one in sensitivity(knowledge, case).swings if one.strata]
        assert len(priors) == len(knowledge.causes)
        for one in priors:
            assert len(one.strata) == count
            own = [table[f"{one.number}/{stratum}"] for stratum in one.strata]
            assert (one.low, one.high) == (min(n.low or 0 for n in own), max(n.high or 0 for n in own))
            assert one.low < one.value < one.high
