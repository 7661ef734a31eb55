"""A rule that cannot be trusted is not compiled; the message names the file, the line and the mend."""

from __future__ import annotations

import pytest

from unit.knowledge.planting import CASES, RULE, RULE_TEXT, Planting

NO_SIGN = """\
- {name: Fires, given: {fever: true, saddle_numbness: false}, expect: {fires: true}}
- {name: Does not fire, given: {fever: false}, expect: {fires: false}}
- {name: Stays unknown, given: {fever: true}, expect: {fires: unknown}}
"""


def test_the_planted_rule_compiles_as_it_is(planting: Planting) -> None:
    planting.plant_rule()
    assert "planted_rule" in [rule["id"] for rule in planting.compile()["rules"]]


def test_an_unknown_finding_is_named_with_its_near_match(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "saddle_numbness", "sadle_numbness")
    assert planting.problems() == (
        f'{RULE}:5: "sadle_numbness" is not a known finding or predicate. Did you mean "saddle_numbness"?',
    )


def test_an_expression_that_is_none_is_placed(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "saddle_numbness and", "saddle_numbness andd")
    (problem,) = planting.problems()
    assert problem.startswith(f'{RULE}:5: "saddle_numbness andd age >= planted_limit" is not a well-formed expression')


def test_an_unknown_key_is_refused_with_its_near_match(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "certainty: low", "certainty: low\nsuspect: []")
    line = planting.line(RULE, "suspect: []")
    wanted = f'{RULE}:{line}: suspect: Object contains unknown field `suspect`. Did you mean "suspects"?'
    assert wanted in planting.problems()


def test_a_missing_key_is_named(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "title: A rule planted by a test\n", "")
    assert f"{RULE}:1: record: Object missing required field `title`." in planting.problems()


OF_THE_TABLE = "Expected `str` matching regex '^R(0[1-9]|[1-6][0-9]|70)[abc]?$'."


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("disposition: urgent", "disposition: tomorrow", "then.disposition: Invalid enum value 'tomorrow'."),
        ("certainty: low", "certainty: 3", "certainty: Expected `str`, got `int`."),
        ("suspects: []", "suspects: tetanus", "suspects: Expected `array`, got `str`."),
        ("code: R01", "code: 01", "code: Expected `str`, got `int`."),
        *(("code: R01", f"code: {code}", f"code: {OF_THE_TABLE}") for code in ("R00", "R71", "R1", "R01d", "R99")),
    ],
)
def test_a_value_of_the_wrong_kind_is_placed(planting: Planting, old: str, new: str, problem: str) -> None:
    planting.plant_rule()
    planting.replace(RULE, old, new)
    assert f"{RULE}:{planting.line(RULE, new)}: {problem}" in planting.problems()


def test_a_date_has_one_form(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, '"2030-01-01"', '"1 May 2030"')
    line = planting.line(RULE, "review_by")
    assert any(problem.startswith(f"{RULE}:{line}: review_by: ") for problem in planting.problems())


@pytest.mark.parametrize("key", ["valid_from", "valid_to", "review_by"])
@pytest.mark.parametrize("status", ["draft", "retired"])
def test_a_date_is_a_day_of_the_calendar(planting: Planting, key: str, status: str) -> None:
    planting.plant_rule()
    lines = [line for line in RULE_TEXT.splitlines() if not line.startswith(key)]
    text = "\n".join([*lines, f'{key}: "2026-13-77"\n'])
    planting.write(RULE, text.replace("status: draft", f"status: {status}"))
    line = planting.line(RULE, "2026-13-77")
    assert f'{RULE}:{line}: "2026-13-77" is no day of the calendar. Mend the date.' in planting.problems()


def test_a_rule_whose_source_nobody_recorded_is_refused(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, 'source: [{id: judgement, at: "made up"}]\nvalid', "source: [{id: nobody_1900}]\nvalid")
    line = planting.line(RULE, "nobody_1900")
    assert planting.problems() == (f'{RULE}:{line}: "nobody_1900" is not a known source.',)


def test_a_threshold_whose_source_nobody_recorded_is_refused(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "judgement", "nobody_1900")
    (problem,) = planting.problems()
    assert problem.startswith(f"{RULE}:")
    assert problem.endswith(': "nobody_1900" is not a known source.')


def test_a_rule_without_any_source_is_refused(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, 'source: [{id: judgement, at: "made up"}]\nvalid', "source: []\nvalid")
    line = planting.line(RULE, "source: []")
    assert f"{RULE}:{line}: source: Expected `array` of length >= 1." in planting.problems()


def test_a_rule_without_examples_is_refused(planting: Planting) -> None:
    planting.plant_rule()
    planting.remove(CASES)
    assert planting.problems() == (f"{RULE}:1: {CASES} is missing. Every rule has its examples.",)


def test_examples_without_a_rule_are_refused(planting: Planting) -> None:
    planting.write("red_flags/planted_nothing.cases.yaml", "- {name: A, given: {}, expect: {fires: unknown}}\n")
    assert planting.problems() == ("red_flags/planted_nothing.cases.yaml: there is no rule of that name.",)


def test_an_example_that_disagrees_with_its_rule_is_quoted(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(CASES, "age: 49}\n  expect: {fires: false}", "age: 49}\n  expect: {fires: true}")
    line = planting.line(CASES, "Does not fire just below")
    mend = "Mend the rule or the example, whichever is wrong."
    assert (
        f'{CASES}:{line}: "Does not fire just below the limit": expected true, but the rule says false. {mend}'
        in planting.problems()
    )


EACH_TRUTH = {
    "true": "- {name: Fires, given: {fever: true}, expect: {fires: true}}\n",
    "false": "- {name: Does not fire, given: {fever: false}, expect: {fires: false}}\n",
    "unknown": "- {name: Stays unknown, given: {}, expect: {fires: unknown}}\n",
}


@pytest.mark.parametrize("missing", EACH_TRUTH)
def test_examples_must_show_the_rule_true_false_and_unknown(planting: Planting, missing: str) -> None:
    planting.plant_rule(when="fever", cases="".join(text for truth, text in EACH_TRUTH.items() if truth != missing))
    assert planting.problems() == (f"{CASES}: no example in which the rule is {missing}. Add one.",)


def test_a_file_without_a_single_example_lacks_them_all(planting: Planting) -> None:
    planting.plant_rule(cases="[]\n")
    assert planting.problems() == (
        *(f"{CASES}: no example in which the rule is {truth}. Add one." for truth in ("false", "unknown", "true")),
        *(
            f"{CASES}: no example {place} the threshold age 50. Add one."
            for place in ("just below", "at", "just above")
        ),
    )


def test_each_side_of_a_threshold_has_its_example(planting: Planting) -> None:
    cases = "\n".join((
        "- {name: No sign, given: {saddle_numbness: false}, expect: {fires: false}}",
        "- {name: Unknown, given: {saddle_numbness: true}, expect: {fires: unknown}}",
        "- {name: At the limit, given: {saddle_numbness: true, age: 50}, expect: {fires: true}}",
    ))  # fmt: skip
    planting.plant_rule(cases=cases)
    assert planting.problems() == (
        f"{CASES}: no example just below the threshold age 50. Add one.",
        f"{CASES}: no example just above the threshold age 50. Add one.",
    )


def test_the_threshold_itself_has_its_example(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(CASES, "age: 50", "age: 52")
    assert planting.problems() == (f"{CASES}: no example at the threshold age 50. Add one.",)


def test_an_example_may_only_give_answers_that_exist(planting: Planting) -> None:
    faults = {
        "sadle_numbness: true": '"sadle_numbness" is not a known finding. Did you mean "saddle_numbness"?',
        "age: 50.5": '50.5 is no answer to the number finding "age".',
        "age: 140": '140 is no answer to the number finding "age".',
        "saddle_numbness: 1": '1 is no answer to the boolean finding "saddle_numbness".',
        "sex: boy": "'boy' is no answer to the choice finding \"sex\".",
        "pain_site: [elbow]": "['elbow'] is no answer to the regions finding \"pain_site\".",
    }
    planting.plant_rule()
    for given in faults:
        planting.append(CASES, f"- name: Odd\n  given: {{{given}}}\n  expect: {{fires: unknown}}\n")
    assert planting.problems() == tuple(
        f"{CASES}:{planting.line(CASES, f'{{{given}}}')}: {problem}" for given, problem in faults.items()
    )


def test_a_rule_needs_words_for_people_and_for_clinicians(planting: Planting) -> None:
    planting.plant_rule()
    planting.write("wording/en/red_flags/planted.yaml", "planted_rule: {name: Planted, because: A test needs it.}\n")
    assert planting.problems() == ('wording/en/red_flags: "planted_rule" lacks clinical.',)


@pytest.mark.parametrize("finding", ["saddle_numbness", "upgoing_plantar"], ids=["danger sign", "examination"])
def test_a_sign_that_would_lower_urgency_is_refused(planting: Planting, finding: str) -> None:
    planting.plant_rule(when=f"fever and not {finding}", cases=NO_SIGN.replace("saddle_numbness", finding))
    assert planting.problems() == (
        f'{RULE}:5: "{finding}" being there makes this rule less likely to fire. A danger sign or an examination '
        "may only raise urgency: write the rule without `not` around it.",
    )


def test_a_sign_that_would_lower_urgency_through_a_predicate_is_refused_too(planting: Planting) -> None:
    planting.write("predicates/planted.yaml", "- {id: planted_sign, when: saddle_numbness, summary: A test.}\n")
    planting.plant_rule(when="fever and not planted_sign", cases=NO_SIGN)
    (problem,) = planting.problems()
    assert problem.startswith(f'{RULE}:5: "saddle_numbness" being there makes this rule less likely to fire.')


def test_a_double_negation_of_a_sign_raises_urgency_and_is_allowed(planting: Planting) -> None:
    cases = NO_SIGN.replace("saddle_numbness: false", "saddle_numbness: true")
    planting.plant_rule(when="fever and not (not saddle_numbness)", cases=cases)
    assert planting.problems() == ()


def test_an_emergency_rule_still_open_after_every_danger_answer_is_refused(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "saddle_numbness and ", "")
    planting.replace(RULE, "disposition: urgent", "disposition: emergency")
    planting.replace(
        CASES, "- name: Stays unknown when the age is\n  given: {saddle_numbness: true}", "- name: Open\n  given: {}"
    )
    assert planting.problems() == (
        f"{RULE}:5: somebody who says no to every danger question still has this emergency rule open. "
        "Let each way it can fire need at least one danger question.",
    )


UNSURE_CASES = """\
- {name: Fires, given: {saddle_numbness: unsure}, expect: {fires: true}}
- {name: Does not fire, given: {saddle_numbness: false}, expect: {fires: false}}
- {name: Stays unknown, given: {}, expect: {fires: unknown}}
"""


def test_unsure_is_refused_in_a_rule_that_lasts(planting: Planting) -> None:
    planting.plant_rule(when="unsure(saddle_numbness)", cases=UNSURE_CASES)
    assert planting.problems() == (f"{RULE}:5: unsure(...) may only stand in a rule with `provisional: true`.",)


def test_unsure_hidden_in_a_predicate_is_refused_too(planting: Planting) -> None:
    planting.write(
        "predicates/planted.yaml", "- {id: planted_doubt, when: unsure(saddle_numbness), summary: A test.}\n"
    )
    planting.plant_rule(when="planted_doubt", cases=UNSURE_CASES)
    assert planting.problems() == (f"{RULE}:5: unsure(...) may only stand in a rule with `provisional: true`.",)


def test_unsure_is_allowed_in_a_provisional_rule(planting: Planting) -> None:
    planting.plant_rule(when="unsure(saddle_numbness)", cases=UNSURE_CASES)
    planting.replace(RULE, "certainty:", "provisional: true\ncertainty:")
    assert planting.problems() == ()


def test_a_threshold_that_the_rule_does_not_use_is_refused(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "age >= planted_limit", "age >= 50")
    assert planting.problems() == (f'{RULE}:7: threshold "planted_limit" is not used. Take it out.',)


def test_a_threshold_is_not_used_by_a_name_or_a_word_that_holds_its_own(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "  planted_limit:", "  age_limit:")
    planting.replace(RULE, "age >= planted_limit", "age >= old_age_limit")
    planting.replace(
        RULE, "thresholds:", "thresholds:\n  old_age_limit: {value: 50, unit: a, source: [{id: judgement}]}"
    )
    line = planting.line(RULE, "  age_limit:")
    assert planting.problems() == (f'{RULE}:{line}: threshold "age_limit" is not used. Take it out.',)


def test_an_expression_nested_too_deep_is_placed(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "saddle_numbness and", "not " * 400 + "saddle_numbness and")
    (problem,) = planting.problems()
    assert problem.startswith(f'{RULE}:5: "not not not ')
    assert problem.endswith(" is nested too deep. Name its parts as predicates.")


def test_a_comment_in_an_expression_is_refused_and_not_cut_off(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "when: saddle_numbness and", "when: |\n  saddle_numbness # never mind\n  and")
    (problem,) = planting.problems()
    assert problem.startswith(f'{RULE}:5: "saddle_numbness # never mind and age >= planted_limit" holds a #')


def test_a_threshold_outside_the_range_of_its_finding_is_refused(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "value: 50", "value: 500")
    assert planting.problems() == (
        f'{RULE}:5: "age" is a whole number between 0 and 120, so "age >= 500" is always true or always false. '
        "Mend the number or the finding's range.",
    )


def test_an_unknown_place_is_refused_with_its_near_match(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "see: gp", "see: gpp")
    line = planting.line(RULE, "then:")
    assert planting.problems() == (f'{RULE}:{line}: "gpp" is not a known place. Did you mean "gp"?',)


def test_an_unknown_suspect_is_refused_with_its_near_match(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "suspects: []", "suspects: [tetannus]")
    line = planting.line(RULE, "suspects:")
    assert planting.problems() == (f'{RULE}:{line}: "tetannus" is not a known cause. Did you mean "tetanus"?',)


def test_a_reviewed_rule_names_its_reviewer(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "status: draft", "status: reviewed")
    line = planting.line(RULE, "status:")
    assert planting.problems() == (f"{RULE}:{line}: a reviewed rule names its reviewer in `reviewed_by`.",)


def test_a_retired_rule_is_checked_for_form_but_left_out_of_the_pack(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "status: draft", "status: retired")
    assert "planted_rule" not in [rule["id"] for rule in planting.compile()["rules"]]


def test_a_rule_is_named_as_its_file_is(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "id: planted_rule", "id: planted_role")
    wanted = f'{RULE}:1: the id "planted_role" must equal the file name "planted_rule".'
    assert wanted in planting.problems()


def test_an_id_has_one_owner(planting: Planting) -> None:
    planting.plant_rule()
    planting.write("red_flags/more/planted_rule.yaml", RULE_TEXT)
    wanted = f'{RULE}:1: "planted_rule" is already defined at red_flags/more/planted_rule.yaml:1. Keep one.'
    assert wanted in planting.problems()


def test_a_rule_file_holds_one_rule_and_no_list(planting: Planting) -> None:
    planting.plant_rule()
    planting.write(RULE, "- id: planted_rule\n")
    assert f"{RULE}:1: this file must hold one record." in planting.problems()


def test_examples_are_a_list(planting: Planting) -> None:
    planting.plant_rule(cases="name: Fires\n")
    assert f"{CASES}:1: a cases file holds a list of examples." in planting.problems()


def test_every_fault_is_named_at_once_in_order_of_place(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "saddle_numbness", "sadle_numbness")
    planting.replace(RULE, "see: gp", "see: gpp")
    planting.write("wording/en/red_flags/planted.yaml", "planted_rule: {name: Planted, because: A test needs it.}\n")
    found = planting.problems()
    assert [problem.split(": ")[0] for problem in found] == [
        f"{RULE}:5",
        f"{RULE}:{planting.line(RULE, 'then:')}",
        "wording/en/red_flags",
    ]
