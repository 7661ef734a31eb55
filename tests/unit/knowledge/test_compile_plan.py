"""Faults planted in treatments and in the limits of the plan: each is refused with its place and how to mend it."""

from __future__ import annotations

import pytest

from unclench.knowledge import Knowledge
from unclench.knowledge.compile import serialise
from unit.knowledge.planting import Fault, Planting

FILE, WORDS, MODEL = "treatments/planted.yaml", "wording/en/treatments/planted.yaml", "plan/model.yaml"
TREATMENT = """\
id: planted
by: self
sort: comfort
tracks:
  back_spasm: {first_72_hours: option}
verdict: may_help
certainty: {grade: low, basis: judgement, source: [{id: judgement, at: "made up"}]}
effects:
  - {id: pain, outcome: pain, population: acute_back_pain, compared_with: placebo, measure: mean_difference,
    value: -7.5, low: -10, high: -5, unit: "points of 100", better: less, grade: low, basis: published,
    source: [{id: van_der_gaag_2020, at: "made up"}]}
  - {id: cramps, outcome: cramps, population: acute_back_pain, unknown: true}
harms:
  - {id: harm, outcome: adverse_events, population: acute_back_pain, unknown: true}
cost: low
effort: low
source: [{id: judgement, at: "made up"}]
"""
WORDING = """\
planted:
  name: Planted
  what: A test needs it.
  why: It is made up.
  how: Do it.
  expect: Less pain by {pain} points.
  harm: Nobody knows.
  stop: Stop when it hurts.
  clinical: None.
"""
FAULTLESS = {FILE: TREATMENT, WORDS: WORDING}
FAULTS: tuple[Fault, ...] = (
    (FILE, ", better: less", "", "points of 100 lacks `better:`. Say whether `more` of them or `less` is better."),
    (FILE, '"points of 100"', '"days"', "`better:` is only said of a difference in points of a scale. Take it out."),
    (FILE, "better: less", "better: fewer", "fewer"),
    (FILE, "verdict: may_help", "verdict: little_use", "what is little_use has no role in any phase."),
    (FILE, "verdict: may_help", "verdict: helpful", "helpful"),
    (FILE, "low: -10,", "low: -7,", "-7.5 does not lie between -7 and -5."),
    (FILE, "compared_with: placebo, ", "", "lacks compared_with. Give it, or say `unknown: true`."),
    (FILE, "back_spasm:", "back_spasms:", '"back_spasms" is not a known track. Did you mean "back_spasm"?'),
    (WORDS, "{pain}", "{gain}", '"planted" expect says {gain}, which is no number of the record.'),
    (WORDS, "  stop: Stop when it hurts.\n", "", '"planted" lacks stop.'),
)


def numbered(text: str, number: int) -> str:
    return text.replace("planted", f"planted{number}")


def test_a_faultless_treatment_is_read_back_as_it_was_written(planting: Planting) -> None:
    for file, text in FAULTLESS.items():
        planting.write(file, text)
    knowledge = Knowledge(serialise(planting.compile()))
    pain, cramps = knowledge.treatments["planted"].effects
    assert (pain.value, pain.low, pain.high, pain.unit, pain.better) == (-7.5, -10, -5, "points of 100", "less")
    assert (cramps.unknown, cramps.better) == (True, None)


def test_each_fault_is_refused_with_its_place(planting: Planting) -> None:
    planting.assert_refused(FAULTLESS, FAULTS, numbered)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("never_offered: [little_use,", "never_offered: [use,", '"use" is in `worth_doing:` too. Take it out of one.'),
        ("never_offered: [little_use,", "never_offered: [helpful,", "helpful"),
        ("review_days: 28\n", "", "review_days"),
        ("review_days: 28", "review_days: 0", "review_days"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(planting: Planting, old: str, new: str, said: str) -> None:
    planting.replace(MODEL, old, new)
    problems = planting.problems()
    assert any(one.startswith(f"{MODEL}:") and said in one for one in problems), problems
