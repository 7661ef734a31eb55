"""Faults planted in medicines and their classes: each is refused with its place, its reason and how to mend it."""

from __future__ import annotations

from unclench.knowledge import Knowledge
from unclench.knowledge.layout import serialise
from unit.knowledge.planting import Fault, Planting

FILE, CLASS, WORDS, CLASS_WORDS = (
    "medicines/planted.yaml",
    "medicines/groups/planted_class.yaml",
    "wording/en/medicines/planted.yaml",
    "wording/en/medicine_groups/planted.yaml",
)
MEDICINE = """\
id: planted
groups: [planted_class]
route: by_mouth
supply: self_care
names: [plantadol]
brands:
  - {names: [Plantex], from_memory: true}
doses:
  - id: label
    by: self_care
    when: age >= 18
    per_dose: {low: 100, high: 200, unit: mg}
    hours_between: 6
    most_doses_per_24_hours: 4
    most_per_24_hours: {value: 800, unit: mg}
    basis: published
    source: [{id: judgement, at: "made up"}]
overdose:
  see: pharmacist
  source: [{id: judgement, at: "made up"}]
rules:
  - {id: ulcer, when: stomach_ulcer_or_bleed, action: avoid, source: [{id: judgement, at: "made up"}]}
"""
GROUP = """\
id: planted_class
one_only: true
members:
  - {names: [Plantazine], from_memory: true}
cramps:
  when: statin
  measure: sequence_ratio
  value: 1.5
  low: 1.2
  high: 1.9
  source: [{id: judgement, at: "made up"}]
rules:
  - {id: bleed, when: blood_thinner, action: avoid, source: [{id: judgement, at: "made up"}]}
"""
WORDING = """\
planted:
  name: Planted
  what_for: A test needs it.
  how: Take it.
  ask: Ask.
  stop: Stop.
  overdose: Too much.
  rules:
    ulcer: You had an ulcer.
"""
CLASS_WORDING = """\
planted_class:
  name: Planted class
  cramps: It is {value} times as often. It could be {low} to {high}.
  rules:
    bleed: You bleed.
"""


FAULTS: tuple[Fault, ...] = (
    (FILE, "groups: [planted_class]", "groups: [nothing_held]", '"nothing_held" is not a known group of medicines.'),
    (FILE, "groups: [planted_class]", "ingredients: [co_codamol]", '"co_codamol" is a mixture itself.'),
    (FILE, "names: [plantadol]", "names: [Nurofen]", '"Nurofen" is a name of "ibuprofen" already.'),
    (FILE, "low: 100, high: 200", "low: 200, high: 100", "200 to 100 mg at once: the first is the greater."),
    (FILE, "hours_between: 6", "hours_between: 7", "4 doses, 7 hours apart, do not fit into 24 hours."),
    (FILE, "value: 800", "value: 150", "one dose, 200 mg, is more than the most in a day."),
    (FILE, "value: 800", "value: 300", "4 doses of 100 mg are more than the most in a day."),
    (FILE, "see: pharmacist", "see: nobody", '"nobody" is not a known place.'),
    (FILE, "when: stomach_ulcer_or_bleed", "when: unsure(stomach_ulcer_or_bleed)", "unsure(...) has no place here"),
    (FILE, "when: stomach_ulcer_or_bleed", "when: sensory_level", '"sensory_level" is not for the person'),
    (FILE, "action: avoid", "action: avoid, instead_of: [ulcer]", 'no class of this medicine has a rule "ulcer"'),
    (FILE, "action: avoid", "action: caution, instead_of: [bleed]", '"ulcer" is milder than "bleed" of the class.'),
    (
        FILE,
        MEDICINE[MEDICINE.index("overdose:") : MEDICINE.index("rules:")],
        "",
        "needs `overdose:`, whom to see after",
    ),
    (CLASS, "one_only: true", "not_with: [nothing_held]", '"nothing_held" is not a known group of medicines.'),
    (CLASS, "one_only: true", "shows: [pregnant]", '"pregnant" must be a yes or no that can hold for anybody.'),
    (CLASS, "  high: 1.9\n", "", "sequence_ratio needs high, low, value, and nothing else."),
    (CLASS, "value: 1.5", "value: 2.5", "2.5 does not lie between 1.2 and 1.9."),
    (CLASS, "  when: statin\n", "", "say in `when:` who has this risk"),
    (CLASS, "[Plantazine]", "[Warfarin]", '"Warfarin" is a name of "blood_thinner_group" already.'),
    (WORDS, "  how: Take it.\n", "", '"planted" lacks how.'),
    (WORDS, "  overdose: Too much.\n", "", '"planted" lacks overdose.'),
    (WORDS, "    ulcer: You", "    other: You", '"planted" lacks words for the rule "ulcer".'),
    (WORDS, "    ulcer: You", "    other: You", '"planted" words the rule "other", but there is no such rule.'),
    (WORDS, "planted:\n", "left_over:\n", '"left_over" is worded, but there is no such record.'),
    (
        CLASS_WORDS,
        " {value} times",
        " 1.5 times",
        '"planted_class" must say {high}, {low}, {value} in its words on cramps.',
    ),
)
FAULTLESS = {FILE: MEDICINE, CLASS: GROUP, WORDS: WORDING, CLASS_WORDS: CLASS_WORDING}


def renamed(text: str, number: int) -> str:
    """Return the same of another medicine."""
    return text.replace("lant", f"lant{number}_")


def test_a_faultless_medicine_is_compiled_with_exact_amounts(planting: Planting) -> None:
    for file, text in FAULTLESS.items():
        planting.write(file, text)
    knowledge = Knowledge(serialise(planting.compile()))
    medicine = knowledge.medicines["planted"]
    assert medicine.names == ("planted", "plantadol", "Plantex")
    assert (medicine.brands, medicine.ingredients, medicine.groups) == (("Plantex",), ("planted",), ("planted_class",))
    (dose,) = medicine.doses
    amounts = (dose.low, dose.high, dose.hours_between, dose.most)
    assert [str(amount) for amount in amounts] == ["100", "200", "6", "800"]
    cramps = knowledge.medicine_groups["planted_class"].cramps
    assert cramps is not None
    assert [str(number) for number in (cramps.value, cramps.low, cramps.high)] == ["1.5", "1.2", "1.9"]


def test_every_planted_fault_is_named_at_its_place_and_nothing_else_is(planting: Planting) -> None:
    problems = planting.assert_refused(FAULTLESS, FAULTS, renamed)
    assert [problem for problem in problems if "plant" not in problem and "left_over" not in problem] == []


def test_a_row_both_used_and_set_aside_is_refused(planting: Planting) -> None:
    planting.write("medicines/unused_rows.yaml", '- {row: 1, reason: "made up"}\n')
    assert any("row 1 is used by a record and listed as unused. Decide." in one for one in planting.problems())
