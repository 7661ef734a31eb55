"""Can I take this? What was taken is added up; what cannot be checked is said, and is never a yes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from people import with_nothing_else
from unclench.knowledge import Knowledge
from unclench.knowledge.medicine_records import MedicineRule
from unclench.logic import UNSURE, Answer, Truth
from unclench.reasoning.medicine_advice import MedicineAdvice
from unclench.reasoning.medicines import check_medicine, cramp_medicines, rules_of
from unclench.reasoning.taken import read_taken

KNOWLEDGE = Knowledge.load()
SEVERITY = ("may_take", "ask_first", "cannot_check", "avoid")
MEDICINES = sorted(KNOWLEDGE.medicines)


@cache
def _well() -> Mapping[str, Answer]:
    person = {"age": 40, "sex": "female", "setting": "community", "findings": {"alcohol_use": "no_alcohol"}}
    data = with_nothing_else(KNOWLEDGE, person)
    return {"age": 40, "sex": "female", "setting": "community", **data["findings"]}


def well(**answers: Any) -> dict[str, Answer]:
    """Return the answers of somebody of forty with nothing wrong, with some of their own."""
    return {**_well(), **answers}


def check(name: str, *took: str, **answers: Any) -> MedicineAdvice:
    return check_medicine(KNOWLEDGE, name, well(**answers), [read_taken(text) for text in took])


def said(advice: MedicineAdvice) -> dict[str, str]:
    """Return id to action of everything said that is not only told."""
    return {reason.rule: reason.action for reason in advice.reasons if reason.action != "tell"}


def harm(advice: MedicineAdvice) -> int:
    return SEVERITY.index(advice.verdict)


def numbers(*amounts: Decimal | None) -> list[int | None]:
    return [None if amount is None else int(amount) for amount in amounts]


# rules that stand in the place of one of the class

STANDING_IN = [
    (name, rule, other)
    for name, medicine in KNOWLEDGE.medicines.items()
    for rule in medicine.rules
    for group in medicine.groups
    for other in KNOWLEDGE.medicine_groups[group].rules
    if other.id in rule.instead_of
]


def truth(rule: MedicineRule, answers: Mapping[str, Answer]) -> Truth:
    return Truth.TRUE if rule.when is None else KNOWLEDGE.evaluate[rule.when](answers)


@pytest.mark.parametrize(("name", "rule", "other"), STANDING_IN, ids=lambda one: getattr(one, "id", one))
def test_a_rule_that_stands_in_holds_whenever_the_one_of_the_class_does(
    name: str, rule: MedicineRule, other: MedicineRule
) -> None:
    """Each way to answer what both look at, "not said" among them: neither a stop nor an open question is lost."""
    findings = sorted({f for one in (rule, other) if one.when is not None for f in KNOWLEDGE.mentions(one.when)})
    choices = [(None, 0, 19, 64, 65, 90) if finding == "age" else (None, False, True) for finding in findings]
    for values in itertools.product(*choices):
        answers: dict[str, Answer] = {f: value for f, value in zip(findings, values, strict=True) if value is not None}
        assert truth(rule, answers) >= truth(other, answers), answers
    assert (rule.action, other.action) in {("avoid", "avoid"), ("avoid", "caution"), ("caution", "caution")}
    assert set(other.rows) <= set(rule.rows)
    assert other not in rules_of(KNOWLEDGE, KNOWLEDGE.medicines[name])
    assert other in rules_of(KNOWLEDGE, KNOWLEDGE.medicines["ibuprofen"])


def test_aspirin_has_words_of_its_own_where_those_of_the_class_are_not_true_of_it() -> None:
    assert {other.id for name, _, other in STANDING_IN if name == "aspirin"} >= {
        "heart_attack_or_surgery",
        "danger_signs_now",
    }
    for name in ("aspirin", "aspirin_paracetamol_mix"):
        for finding, words in (
            ("chest_pain", "Take aspirin only if they tell you to."),
            ("recent_heart_attack_or_surgery", "before you take more aspirin for pain."),
        ):
            advice = check(name, **{finding: True})
            texts = [reason.text(KNOWLEDGE) for reason in advice.reasons if reason.action == "avoid"]
            assert advice.verdict == "avoid"
            assert any(text.endswith(words) for text in texts), (name, finding)
            assert not any("These tablets raise" in text or "Do not take these" in text for text in texts)


# what is offered


@pytest.mark.parametrize("name", [*MEDICINES, "Nurofen", "Aleve", "Calpol", "Ibugel"])
def test_somebody_well_is_refused_nothing_without_a_reason_that_counts_for_everybody(name: str) -> None:
    advice = check(name)
    for_everybody = [reason for reason in advice.reasons if reason.action in ("avoid", "caution")]
    assert advice.open == ()
    assert (advice.verdict == "may_take") == (not for_everybody)
    assert all(reason.rule in ("nobody", "prescriber_only", "other_things") for reason in for_everybody)


def test_doses_and_room_come_with_a_yes() -> None:
    advice = check("Nurofen", "ibuprofen 200 mg x2, last 7 h ago")
    (room,) = advice.rooms
    assert advice.verdict == "may_take"
    assert [dose.id for dose in advice.doses] == ["us_label", "uk_label"]
    assert numbers(room.total, room.left, room.low, room.high) == [400, 800, 200, 400]
    assert advice.to_data()["taken"][0]["text"] == "You can have up to 800 mg more ibuprofen in these 24 hours."


def test_the_last_dose_of_the_day_is_no_larger_than_what_is_left() -> None:
    (room,) = check("ibuprofen", "ibuprofen 200 mg x5, last 7 h ago").rooms
    assert numbers(room.left, room.high) == [200, 200]


def test_nothing_is_left_while_it_must_not_be_taken() -> None:
    (room,) = check("ibuprofen", stomach_ulcer_or_bleed=True).rooms
    assert numbers(room.left, room.low, room.high) == [0, None, None]


# doubles and totals


def test_a_brand_and_its_substance_are_one_medicine_and_are_added() -> None:
    advice = check("ibuprofen", "Nurofen 400 mg x2, last 7 h ago", "Advil 200 mg x2, last 9 h ago")
    assert said(advice) == {"medicine_most_reached": "avoid"}
    assert advice.rooms[0].total == 1200


@pytest.mark.parametrize(
    ("name", "took", "rule"),
    [
        ("paracetamol", "co-codamol 8/500, last 7 h ago", "medicine_double_ingredient"),
        ("co-codamol", "Tylenol 500 mg, last 7 h ago", "medicine_double_ingredient"),
        ("Lemsip", "Panadol 500 mg, last 7 h ago", "medicine_double_ingredient"),
        ("Nurofen Plus", "co-codamol 8/500, last 7 h ago", "medicine_double_ingredient"),
        ("ibuprofen", "naproxen 220 mg, last 13 h ago", "medicine_double_kind"),
        ("ibuprofen", "celecoxib 200 mg", "medicine_double_kind"),
        ("aspirin", "Excedrin", "medicine_double_ingredient"),
        ("ibuprofen", "Voltarol gel", "medicine_double_kind"),
        ("diclofenac gel", "ibuprofen 400 mg, last 7 h ago", "medicine_double_kind"),
        ("tramadol", "morphine", "medicine_double_kind"),
        ("tizanidine", "diazepam 5 mg", "medicine_double_kind"),
        ("gabapentin", "Lyrica 75 mg", "medicine_double_kind"),
    ],
)
def test_two_of_one_ingredient_or_kind_are_never_taken_together(name: str, took: str, rule: str) -> None:
    advice = check(name, took)
    assert said(advice)[rule] == "avoid"
    assert advice.verdict == "avoid"


def test_alike_medicines_already_taken_are_pointed_out_whatever_is_asked() -> None:
    advice = check("magnesium", "ibuprofen 200 mg", "naproxen 220 mg")
    assert said(advice) == {"medicine_taken_together": "caution"}


def test_a_mixture_counts_towards_the_most_of_its_ingredient() -> None:
    advice = check("co-codamol", "co-codamol 8/500 x8, last 7 h ago")
    assert said(advice)["medicine_most_reached"] == "avoid"
    assert advice.rooms[0].ingredient == "paracetamol"


def test_a_mixture_has_the_rules_of_all_it_holds() -> None:
    assert said(check("Nurofen Plus", stomach_ulcer_or_bleed=True))["ulcer"] == "avoid"
    assert said(check("Nurofen Plus", back_pain=True))["back_pain"] == "avoid"
    assert said(check("Aleve PM", "temazepam 10 mg")) == {"other_things": "caution"}
    assert said(check("tizanidine", "Aleve PM"))["sedatives"] == "avoid"


@pytest.mark.parametrize("asked", ["paracetamol", "ibuprofen", "Pink pills", "sertraline"])
def test_too_much_paracetamol_is_an_emergency_whatever_was_asked(asked: str) -> None:
    advice = check(asked, "paracetamol 500 mg x6, last 5 h ago", "co-codamol 8/500 x3, last 5 h ago")
    assert (advice.verdict, advice.see) == ("avoid", "emergency_department")
    assert advice.reasons[0].rule == "medicine_over_most"
    assert advice.to_data()["keep_taking"] == ""


@pytest.mark.parametrize("answers", [{}, {"age": 12}, {"age": UNSURE}])
def test_too_much_is_too_much_at_any_age_and_at_none(answers: dict[str, Answer]) -> None:
    advice = check_medicine(KNOWLEDGE, "Calpol", answers, [read_taken("paracetamol 500 mg x9")])
    assert (advice.verdict, advice.see) == ("avoid", "emergency_department")


def test_more_than_the_pack_but_not_than_a_prescriber_allows_is_no_emergency() -> None:
    advice = check("ibuprofen", "ibuprofen 400 mg x4, last 7 h ago")
    assert (said(advice), advice.see) == ({"medicine_most_passed": "avoid"}, None)


def test_the_most_itself_is_not_too_much() -> None:
    advice = check("paracetamol", "paracetamol 500 mg x8, last 7 h ago")
    assert (said(advice), advice.see) == ({"medicine_most_reached": "avoid"}, None)


def test_reasons_on_amounts_cite_the_labels_they_rest_on() -> None:
    (reason,) = (
        one for one in check("ibuprofen", "ibuprofen 200 mg x6, last 7 h ago").reasons if one.action == "avoid"
    )
    assert [source.id for source in reason.sources] == ["fda_label_ibuprofen", "nhs_ibuprofen"]
    assert reason.rows == (13, 14)


# spacing and runs


@pytest.mark.parametrize(
    ("hours", "verdict", "rule"),
    [
        ("3.9", "avoid", "medicine_too_soon"),
        ("4", "ask_first", "medicine_some_labels_wait"),
        ("5.9", "ask_first", "medicine_some_labels_wait"),
        ("6", "may_take", None),
        ("24", "may_take", None),
    ],
)
def test_doses_keep_their_distance(hours: str, verdict: str, rule: str | None) -> None:
    advice = check("ibuprofen", f"ibuprofen 200 mg, last {hours} h ago")
    assert (advice.verdict, list(said(advice))) == (verdict, [rule] if rule else [])


def test_the_last_of_several_packs_counts() -> None:
    assert "medicine_too_soon" in said(check("ibuprofen", "Advil 200 mg, last 9 h ago", "Nurofen 200 mg, last 1 h ago"))


@pytest.mark.parametrize(
    ("name", "days", "verdict"),
    [("ibuprofen 200 mg", 9, "may_take"), ("ibuprofen 200 mg", 10, "ask_first"), ("naproxen 220 mg", 10, "ask_first"),
     ("diclofenac gel", 20, "may_take"), ("diclofenac gel", 21, "ask_first"), ("ibuprofen gel", 14, "ask_first")],
)  # fmt: skip
def test_a_long_run_on_ones_own_asks_for_advice(name: str, days: int, verdict: str) -> None:
    advice = check(name, f"{name}, last 13 h ago, for {days} days")
    assert (advice.verdict, "medicine_too_long" in said(advice)) == (verdict, verdict == "ask_first")


def test_a_gel_is_counted_by_how_often_it_was_used() -> None:
    assert said(check("Ibuleve", "ibuprofen gel x2, last 5 h ago")) == {}
    assert said(check("Ibuleve", "ibuprofen gel x3, last 5 h ago")) == {"medicine_times_reached": "avoid"}


# what cannot be checked


@pytest.mark.parametrize(
    ("name", "took", "rule"),
    [
        ("Pink pills", "", "medicine_not_known"),
        ("Voltarol", "", "medicine_not_known_near"),
        ("ibuprofen", "Pink pills", "medicine_not_known"),
        ("ibuprofen", "Nurofen, last 7 h ago", "medicine_amount_not_told"),
        ("ibuprofen", "ibuprofen 200 mg", "medicine_time_not_told"),
        ("ibuprofen", "co-codamol 500/8 x2, last 7 h ago", "medicine_amount_not_told"),
        ("paracetamol", "paracetamol 500 mg, last 7 h ago, for 2 days", None),
        ("tramadol", "tramadol 50 mg, last 7 h ago", "medicine_most_not_held"),
        ("morphine", "", "medicine_only_kind_known"),
    ],
)
def test_what_cannot_be_checked_says_so(name: str, took: str, rule: str | None) -> None:
    advice = check(name, *([took] if took else []))
    if rule is None:
        assert advice.verdict == "may_take"
    else:
        assert (advice.verdict, said(advice)) == ("cannot_check", {rule: "unchecked"})
        assert advice.to_data()["headline"].startswith("We cannot check this for you. Do not take that as a yes.")


@pytest.mark.parametrize("asked", ["ibuprofen", "paracetamol", "Ibuleve"])
@pytest.mark.parametrize(
    ("took", "rule", "sees"),
    [
        ("500mg paracetamol x16", "medicine_over_most", True),
        ("16 x 500 mg paracetamol", "medicine_over_most", True),
        ("400mg ibuprofen x7", "medicine_over_most", True),
        ("paracetamol x20", "medicine_surely_over_most", True),
        ("20 Panadol", "medicine_surely_over_most", True),
        ("Panadol x6", "medicine_may_be_over_most", False),
        ("Panadol x2", "medicine_amount_not_told", False),
    ],
)
def test_too_much_is_told_whatever_is_asked_and_however_it_is_written(
    asked: str, took: str, rule: str, sees: bool
) -> None:
    advice = check(asked, took)
    assert advice.verdict != "may_take"
    assert rule in said(advice)
    assert (advice.see is not None) is sees


def test_more_of_another_than_its_label_allows_is_said_too() -> None:
    advice = check("paracetamol", "400mg ibuprofen x6, last 7 h ago")
    assert (advice.verdict, said(advice)) == ("ask_first", {"medicine_most_passed": "caution"})
    assert check("paracetamol", "400mg ibuprofen x3, last 7 h ago").verdict == "may_take"


def test_an_age_that_is_not_known_is_a_question_and_not_a_missing_label() -> None:
    advice = check_medicine(KNOWLEDGE, "paracetamol", {}, [read_taken("paracetamol 1000 mg, last 7 h ago")])
    assert "medicine_most_not_held" not in said(advice)
    assert "age" in advice.open


def test_nothing_known_names_every_open_question_in_the_order_in_which_they_are_asked() -> None:
    advice = check_medicine(KNOWLEDGE, "ibuprofen", {})
    assert advice.verdict == "cannot_check"
    assert {"age", "stomach_ulcer_or_bleed", "blood_thinner", "kidney_disease"} <= set(advice.open)
    assert list(advice.open) == [finding for finding in KNOWLEDGE.asking_order if finding in advice.open]


def test_an_answer_of_not_sure_stays_open() -> None:
    advice = check("ibuprofen", kidney_disease=UNSURE)
    assert (advice.verdict, advice.open) == ("cannot_check", ("kidney_disease",))


@pytest.mark.parametrize("name", ["paracetamol", "ibuprofen", "naproxen", "diclofenac gel"])
def test_a_child_is_sent_to_a_pharmacist_and_given_no_dose(name: str) -> None:
    advice = check(name, age=9)
    assert (advice.verdict, said(advice), advice.doses) == ("ask_first", {"medicine_no_dose_for_you": "caution"}, ())


def test_a_slip_of_the_pen_is_checked_and_said() -> None:
    advice = check("ibuprofin", stomach_ulcer_or_bleed=True)
    assert advice.verdict == "avoid"
    assert "medicine_read_as" in {reason.rule for reason in advice.reasons}


# alcohol and what medicines say about somebody


@pytest.mark.parametrize(
    ("name", "use", "verdict"),
    [
        ("ibuprofen", "some", "may_take"),
        ("ibuprofen", "over_14_units", "may_take"),
        ("ibuprofen", "three_a_day", "avoid"),
        ("paracetamol", "some", "may_take"),
        ("paracetamol", "over_14_units", "ask_first"),
        ("tizanidine", "some", "ask_first"),
        ("tizanidine", "over_14_units", "avoid"),
        ("tramadol", "three_a_day", "avoid"),
    ],
)
def test_alcohol_counts_as_far_as_its_rows_say(name: str, use: str, verdict: str) -> None:
    assert check(name, alcohol_use=use).verdict == verdict


def test_what_was_taken_counts_more_than_an_answer_that_denies_it() -> None:
    advice = check("ibuprofen", "warfarin", blood_thinner=False)
    assert said(advice) == {"blood_thinner": "avoid"}
    assert advice.answers["blood_thinner"] is True


def test_advice_is_never_to_end_a_prescription() -> None:
    for name in (*MEDICINES, "sertraline", "Pink pills"):
        data = check_medicine(KNOWLEDGE, name, well(age=70, kidney_disease=True, back_pain=True)).to_data()
        texts = [data["headline"], *(reason["text"] for reason in data["reasons"])]
        assert not any("stop taking" in text.lower() for text in texts)
        skin = name in KNOWLEDGE.medicines and KNOWLEDGE.medicines[name].route == "on_skin"
        assert bool(data["keep_taking"]) == (data["verdict"] != "may_take" and not skin), name


def test_every_reason_has_words_and_a_source() -> None:
    for name in MEDICINES:
        for advice in (check(name), check(name, age=70, pregnant=False), check_medicine(KNOWLEDGE, name, {})):
            for reason in advice.reasons:
                assert reason.sources
                assert reason.text(KNOWLEDGE).strip()[-1] in ".?"


# medicines that cause cramps


def test_medicines_that_cause_cramps_come_with_the_size_of_the_effect() -> None:
    found = cramp_medicines(KNOWLEDGE, well(statin=True, long_acting_inhaler=True))
    assert [one.group for one in found] == ["long_acting_inhaler_group", "statin_group"]
    data = found[1].to_data()
    assert (data["value"], data["low"], data["high"], data["rows"]) == (1.16, 1.04, 1.29, [141])
    assert "1.16 times as often" in data["text"]
    assert data["advice"].startswith("This medicine can cause cramps. Keep taking it")


def test_what_was_taken_names_the_very_kind() -> None:
    taken = [read_taken("furosemide 40 mg")]
    assert [one.group for one in cramp_medicines(KNOWLEDGE, {}, taken)] == ["loop_diuretic"]
    assert cramp_medicines(KNOWLEDGE, {}) == ()


def test_an_unknown_size_says_so() -> None:
    unknown = [one for one in KNOWLEDGE.medicine_groups.values() if one.cramps and one.cramps.measure == "unknown"]
    for group in unknown:
        text = KNOWLEDGE.data["wording"]["en"]["medicine_groups"][group.id]["cramps"]
        assert "We do not know how" in text or "from memory" in text, group.id


# properties

PACKS = (
    "ibuprofen 200 mg, last 7 h ago",
    "Nurofen 400 mg, last 2 h ago",
    "Advil",
    "naproxen 220 mg, last 13 h ago, for 12 days",
    "paracetamol 500 mg x2, last 5 h ago",
    "co-codamol 8/500 x2, last 7 h ago",
    "Lemsip 1 g",
    "diclofenac gel x2, last 13 h ago",
    "diazepam 5 mg, last 9 h ago",
    "codeine 30 mg",
    "warfarin",
    "ramipril",
    "indapamide",
    "Pink pills",
)
packs = st.lists(st.sampled_from(PACKS), max_size=5)
ailments = st.sets(
    st.sampled_from(
        [
            "stomach_ulcer_or_bleed",
            "kidney_disease",
            "asthma",
            "diuretic",
            "antidepressant",
            "back_pain",
            "gout",
            "heart_failure",
        ]
    ),
    max_size=3,
)


@given(st.sampled_from(MEDICINES), packs, st.sampled_from(PACKS), ailments)
def test_more_taken_never_makes_it_better(name: str, took: list[str], one: str, ill: set[str]) -> None:
    answers = dict.fromkeys(ill, True)
    assert harm(check(name, *took, one, **answers)) >= harm(check(name, *took, **answers))


@given(st.sampled_from(MEDICINES), packs, ailments)
def test_order_does_not_matter(name: str, took: list[str], ill: set[str]) -> None:
    answers = dict.fromkeys(ill, True)
    one, other = check(name, *took, **answers), check(name, *reversed(took), **answers)
    assert (one.verdict, one.open, one.rooms, one.see) == (other.verdict, other.open, other.rooms, other.see)
    assert sorted(said(one)) == sorted(said(other))


def counting(name: str) -> list[MedicineRule]:
    rules = rules_of(KNOWLEDGE, KNOWLEDGE.medicines[name])
    return [rule for rule in rules if rule.action != "tell" and rule.when is not None]


@given(st.data(), st.sampled_from([name for name in MEDICINES if counting(name)]), ailments)
def test_unknown_is_never_a_yes_while_a_rule_could_fire(data: st.DataObject, name: str, ill: set[str]) -> None:
    rule = data.draw(st.sampled_from(counting(name)))
    assert rule.when is not None
    mentions = KNOWLEDGE.mentions(rule.when)
    gone = data.draw(st.sets(st.sampled_from(mentions), min_size=1))
    unsure = data.draw(st.booleans())
    answers: dict[str, Answer] = {**well(**dict.fromkeys(ill, True))}
    for finding in gone:
        answers.pop(finding, None)
        if unsure:
            answers[finding] = UNSURE
    advice = check_medicine(KNOWLEDGE, name, answers)
    assume(KNOWLEDGE.evaluate[rule.when](advice.answers) is Truth.UNKNOWN)
    assert harm(advice) >= SEVERITY.index("cannot_check")
    assert gone & set(advice.open)


@given(st.sampled_from(MEDICINES), packs, ailments)
def test_a_yes_leaves_room_for_a_dose_and_nothing_open(name: str, took: list[str], ill: set[str]) -> None:
    advice = check(name, *took, **dict.fromkeys(ill, True))
    if advice.verdict == "may_take":
        assert advice.open == ()
        for room in advice.rooms:
            assert room.total + (room.low or 0) <= room.strictest <= room.loosest
            assert room.high is None or room.low is None or room.low <= room.high <= room.left


@given(st.sampled_from(MEDICINES), packs, ailments)
def test_the_verdict_is_the_worst_of_its_reasons(name: str, took: list[str], ill: set[str]) -> None:
    advice = check(name, *took, **dict.fromkeys(ill, True))
    actions = {reason.action for reason in advice.reasons}
    worst = next((a for a in ("avoid", "unchecked", "caution") if a in actions), "tell")
    assert (
        advice.verdict
        == {"avoid": "avoid", "unchecked": "cannot_check", "caution": "ask_first", "tell": "may_take"}[worst]
    )
