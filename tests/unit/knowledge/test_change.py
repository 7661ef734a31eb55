"""A change tried out gives what the same change in the folder would give, by the same reader and checks."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from unclench.errors import KnowledgeError, UnclenchError
from unclench.knowledge import Knowledge
from unclench.knowledge.change import Changed, changed, places
from unclench.knowledge.compile import serialise
from unclench.logic import Answer, Truth
from unclench.reasoning.number_table import all_numbers
from unit.knowledge.planting import KNOWLEDGE, Planting

RULE = "older_not_improving"
LIMIT = f"threshold/red_flags/{RULE}/older_age"


def tried(knowledge: Knowledge, *wanted: str) -> Changed:
    return changed(knowledge, KNOWLEDGE, wanted)


def rule(knowledge: Knowledge, name: str) -> Mapping[str, object]:
    found: Mapping[str, object] = next(one for one in knowledge.data["rules"] if one["id"] == name)
    return found


def test_numbers_bear_the_names_and_values_of_the_table_of_all_numbers(knowledge: Knowledge) -> None:
    table = {
        one.id: one.value
        for one in all_numbers(knowledge)
        if one.kind in ("prior", "likelihood_ratio", "threshold", "model")
        and not one.id.startswith("likelihood_ratio/red_flags/")  # these follow from the urgency of the rule
    }
    mine = {name: one.value for name, one in places(knowledge).items() if not isinstance(one.value, str)}
    assert mine == table


@pytest.mark.parametrize(
    ("wanted", "file", "old", "new"),
    [
        ("stress_tension=0.16", "contributors/stress_tension.yaml", "value: 0.08, low: 0.03, high: 0.2",
         "value: 0.16, low: 0.06, high: 0.4"),
        ("tetanus/test_threshold=0.25", "causes/tetanus.yaml", "{value: 0.002, basis", "{value: 0.25, basis"),
        ("model/ratio_cap=10", "model.yaml", "ratio_cap: 20", "ratio_cap: 10"),
        ("model/red_flag_strengths/urgent=slight_for", "model.yaml", "urgent: moderate_for", "urgent: slight_for"),
        (f"{RULE}/see=physiotherapist", f"red_flags/{RULE}.yaml", "see: gp", "see: physiotherapist"),
        (f"{RULE}/disposition=urgent", f"red_flags/{RULE}.yaml", "disposition: routine", "disposition: urgent"),
        (f"rule/{RULE}=off", f"red_flags/{RULE}.yaml", "status: draft", "status: retired"),
    ],
)  # fmt: skip
def test_a_change_tried_is_the_change_made_in_the_folder(
    knowledge: Knowledge, planting: Planting, wanted: str, file: str, old: str, new: str
) -> None:
    planting.replace(file, old, new)
    assert serialise(planting.compile()) == tried(knowledge, wanted).knowledge.text


def test_a_threshold_flows_to_the_rule_and_its_examples_say_what_no_longer_fits(
    knowledge: Knowledge, planting: Planting
) -> None:
    found = tried(knowledge, f"{RULE}/older_age=55")
    planting.replace(f"red_flags/{RULE}.yaml", "value: 50", "value: 55")
    assert sorted(found.disagreements) == sorted(planting.problems())
    assert found.disagreements
    answers: dict[str, Answer] = {"back_pain": True, "pain_duration_days": 40, "symptom_course": "same"}
    for pack, first in ((knowledge, 50), (found.knowledge, 55)):
        (node,) = (one.when for one in pack.rules if one.id == RULE)
        fires = [age for age in range(45, 60) if pack.evaluate[node]({**answers, "age": age}) is Truth.TRUE]
        assert fires[0] == first
    assert places(found.knowledge)[LIMIT].value == 55


def test_a_new_condition_drops_the_thresholds_it_does_not_name(knowledge: Knowledge) -> None:
    found = tried(knowledge, f"{RULE}/when=age >= older_age and back_pain")
    assert list(rule(found.knowledge, RULE)["thresholds"]) == ["older_age"]  # type: ignore[call-overload]


def test_a_threshold_that_is_changed_and_no_longer_named_is_refused(knowledge: Knowledge) -> None:
    with pytest.raises(KnowledgeError) as refused:
        tried(knowledge, f"{RULE}/when=back_pain", f"{RULE}/long_pain=40")
    assert refused.value.problems[0].endswith('threshold "long_pain" is not used. Take it out.')


def test_a_shared_definition_reaches_every_rule_that_rests_on_it(knowledge: Knowledge) -> None:
    found = tried(knowledge, "predicate/severe_pain/when=pain_severity >= 8")
    assert found.knowledge.data["predicates"]["severe_pain"] != knowledge.data["predicates"]["severe_pain"]
    assert len({line.partition(":")[0] for line in found.disagreements}) >= 3


def priors(knowledge: Knowledge, stratum: str) -> dict[str, float]:
    (found,) = (one for one in knowledge.data["strata"] if one["id"] == stratum)
    return {cause: math.exp(log) for cause, (log, _) in found["priors"].items()}


def test_a_prior_leaves_the_others_in_proportion_and_moves_what_is_worked_out_from_it(knowledge: Knowledge) -> None:
    found = tried(knowledge, "tetanus/primary_care_18_54=0.3").knowledge
    old, new = priors(knowledge, "primary_care_18_54"), priors(found, "primary_care_18_54")
    assert math.isclose(new["tetanus"], 0.3)
    assert math.isclose(sum(new.values()), 1)
    ratios = [new[cause] / old[cause] for cause in old if cause != "tetanus"]
    assert max(ratios) - min(ratios) < 1e-9
    derived = priors(found, "community_18_54")
    assert derived["tetanus"] > 1000 * priors(knowledge, "community_18_54")["tetanus"]


def test_priors_of_a_derived_band_and_of_its_base_are_met_together(knowledge: Knowledge) -> None:
    wanted = ("tetanus/community_18_54=0.2", "bowel_cramp/community_18_54=0.1", "tetanus/primary_care_18_54=0.3")
    found = tried(knowledge, *wanted).knowledge
    assert math.isclose(priors(found, "community_18_54")["tetanus"], 0.2)
    assert math.isclose(priors(found, "community_18_54")["bowel_cramp"], 0.1)
    assert math.isclose(priors(found, "primary_care_18_54")["tetanus"], 0.3)
    assert math.isclose(sum(priors(found, "community_18_54").values()), 1)


def test_the_range_of_a_ratio_moves_with_it(knowledge: Knowledge) -> None:
    name, number = next(
        (name, number)
        for one in knowledge.data["causes"]
        for at, term in enumerate(one["terms"])
        if not term["origin"] and (number := term["written"]["present"]) and number[1] and number[0] > 1
        for name in [f"likelihood_ratio/causes/{one['id']}/{at}/present"]
    )
    value, low, high = number
    found = tried(knowledge, f"{name}={value / 2}").knowledge
    (record,) = (one for one in found.data["causes"] if one["id"] == name.split("/")[2])
    assert record["terms"][int(name.split("/")[3])]["written"]["present"] == pytest.approx(
        [value / 2, low / 2, high / 2]
    )


def test_a_ratio_that_all_causes_share_changes_for_all_of_them(knowledge: Knowledge) -> None:
    name = next(name for name, one in places(knowledge).items() if "/all_causes/" in name and one.value == 0.1)
    place = int(name.split("/")[2])
    found = tried(knowledge, f"{name}=moderate_against").knowledge
    seen = [
        (old["written"]["present"][0], new["written"]["present"][0])
        for before, after in zip(knowledge.data["causes"], found.data["causes"], strict=True)
        for old, new in zip(before["terms"], after["terms"], strict=True)
        if old["origin"] == "shared" and old["when"] == place
    ]
    assert len(seen) > 10
    assert set(seen) == {(0.1, 0.25)}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (
            "older_not_improvin/see=gp",
            '"older_not_improvin/see" is nothing that can be changed. Did you mean older_not_improving/see or '
            "older_not_improving/when or older_not_improving/older_age? "
            "See: unclench whatif --names older_not_improvin",
        ),
        (
            "raised_pressure=1",
            '"raised_pressure" is the end of 2 names: '
            "threshold/red_flags/cord_injury_pressure_examined/raised_pressure, "
            "threshold/red_flags/pregnancy_high_pressure_examined/raised_pressure. Write more of the one you mean.",
        ),
        (f"{RULE}/older_age=50.0", f"{LIMIT} is 50 already. Give another value."),
        (f"{RULE}/disposition=routine", f"rule/{RULE}/disposition is routine already. Give another value."),
        (
            f"{RULE}=gone",
            f'rule/{RULE}: "gone" is no value of a rule. "off" leaves it out; to change it, name rule/{RULE}/when, '
            f"rule/{RULE}/disposition or rule/{RULE}/see.",
        ),
        (RULE, f'--change "{RULE}": write NAME=VALUE, such as older_not_improving/older_age=55.'),
        (
            "dose/medicines/x/y=3",
            '"dose/medicines/x/y" is a number of plans: it reaches neither the urgency nor the causes, so nobody would '
            "move.",
        ),
        (
            f"likelihood_ratio/red_flags/{RULE}/present=3",
            f'"likelihood_ratio/red_flags/{RULE}/present" follows from how urgent the rule is. Change '
            "model/red_flag_strengths instead.",
        ),
        (
            "tetanus/community_18_54=1.5",
            "community_18_54: tetanus=1.5: a prior is more than 0, and together they leave something for the other "
            "causes.",
        ),
        (
            f"{RULE}/when=age>=older_age and back_complaint and pain_duration_days>=long_pain and "
            "symptom_course != 'improving'",
            "these changes make no difference: the pack would be the same. Give another value.",
        ),
    ],
)
def test_what_cannot_be_changed_says_why(knowledge: Knowledge, wanted: str, message: str) -> None:
    with pytest.raises(UnclenchError) as refused:
        tried(knowledge, wanted)
    assert str(refused.value) == message


def test_one_thing_is_not_changed_twice(knowledge: Knowledge) -> None:
    with pytest.raises(UnclenchError, match=f"^{LIMIT} is changed twice"):
        tried(knowledge, f"{RULE}/older_age=55", f"{LIMIT}=56")


@pytest.mark.parametrize(
    ("wanted", "file", "old", "new"),
    [
        (f"{RULE}/older_age=old", f"red_flags/{RULE}.yaml", "value: 50", "value: old"),
        (f"{RULE}/disposition=soon", f"red_flags/{RULE}.yaml", "disposition: routine", "disposition: soon"),
        (f"{RULE}/see=witch", f"red_flags/{RULE}.yaml", "see: gp", "see: witch"),
        ("tetanus/test_threshold=1.5", "causes/tetanus.yaml", "value: 0.002", "value: 1.5"),
        ("model/strengths/neutral=-1", "model.yaml", "neutral: 1", "neutral: -1"),
        (
            f"{RULE}/when=age >= older_age and back_complain",
            f"red_flags/{RULE}.yaml",
            "back_complaint",
            "back_complain",
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_the_words_of_the_folder(
    knowledge: Knowledge, planting: Planting, wanted: str, file: str, old: str, new: str
) -> None:
    planting.replace(file, old, new)
    with pytest.raises(KnowledgeError) as refused:
        tried(knowledge, wanted)
    assert refused.value.problems
    assert set(refused.value.problems) <= set(planting.problems())


def test_an_emergency_rule_that_no_danger_question_closes_is_refused(knowledge: Knowledge) -> None:
    with pytest.raises(KnowledgeError, match="Let each way it can fire need at least one danger question"):
        tried(knowledge, f"{RULE}/disposition=emergency")
