"""Findings, predicates, screens, sources and words: what does not fit together is refused, with its place and mend."""

from __future__ import annotations

import re

import pytest

from unclench.errors import KnowledgeError
from unclench.knowledge.compile import compile_pack
from unclench.knowledge.read import _TEXTS
from unit.knowledge.planting import KNOWLEDGE, RULE, Planting

FINDINGS = "findings/planted.yaml"
PREDICATES = "predicates/planted.yaml"
SOURCES = "sources/planted.yaml"
WORDS = "wording/en/findings/planted.yaml"
RATIO = "  - {when: planted_sign, present: strong_for, basis: judgement}\n"
TEXTS = "question: Does it?, label: it, clinical: It"


def plant_finding(planting: Planting, record: str, words: str = TEXTS) -> None:
    planting.write(FINDINGS, f"# one more finding\n- {{id: planted_finding, supplied_by: person, {record}}}\n")
    planting.write(WORDS, f"planted_finding: {{{words}}}\n")


def test_the_real_knowledge_has_no_problem(planting: Planting) -> None:
    assert planting.problems() == ()


# findings


def test_a_planted_finding_compiles(planting: Planting) -> None:
    plant_finding(planting, "type: boolean, only_if: age >= 18")
    (made,) = [one for one in planting.compile()["findings"] if one["id"] == "planted_finding"]
    assert (made["kind"], made["red_flag"], made["choices"]) == ("boolean", False, [])


def test_findings_that_cannot_be_asked_are_refused(planting: Planting) -> None:
    faults = {
        "type: choice": "is a choice finding and needs `choices:`.",
        "type: regions": "is a regions finding and needs `choices:`.",
        "type: number": "is a number and needs `unit:`, `minimum:` and `maximum:`.",
        "type: number, unit: a, minimum: 0": "is a number and needs `unit:`, `minimum:` and `maximum:`.",
    }
    record, words = "- {{id: planted_{}, supplied_by: person, {}}}\n", "planted_{}: {{{}}}\n"
    planting.write(FINDINGS, "".join(record.format(place, fault) for place, fault in enumerate(faults)))
    planting.write(WORDS, "".join(words.format(place, TEXTS) for place in range(len(faults))))
    assert planting.problems() == tuple(
        f'{FINDINGS}:{place + 1}: "planted_{place}" {problem}' for place, problem in enumerate(faults.values())
    )


@pytest.mark.parametrize(
    ("only_if", "problem"),
    [
        ("age >= old", '"old" is not a number nor a threshold of this record.'),
        ("fevr", '"fevr" is not a known finding or predicate. Did you mean "fever"?'),
    ],
)
def test_the_ground_of_a_finding_must_read(planting: Planting, only_if: str, problem: str) -> None:
    plant_finding(planting, f"type: boolean, only_if: {only_if}")
    assert planting.problems() == (f"{FINDINGS}:2: {problem}",)


def test_unsure_cannot_be_a_choice(planting: Planting) -> None:
    plant_finding(
        planting, "type: choice, choices: [left, unsure]", f"{TEXTS}, choices: {{left: Left, unsure: Unsure}}"
    )
    wanted = '"unsure" is the answer of every question, so it cannot be a choice.'
    assert planting.problems() == (f"{FINDINGS}:2: {wanted}",)


def test_the_value_for_none_of_these_is_one_of_the_choices(planting: Planting) -> None:
    plant_finding(planting, "type: choice, choices: [left], none: neither", f"{TEXTS}, choices: {{left: Left}}")
    assert planting.problems() == (f'{FINDINGS}:2: "neither" is not among the choices.',)


def test_a_choice_is_there_once(planting: Planting) -> None:
    plant_finding(planting, "type: choice, choices: [left, right, left]", f"{TEXTS}, choices: {{left: L, right: R}}")
    assert planting.problems() == (f'{FINDINGS}:2: the choice "left" is there twice. Keep one.',)


def test_a_range_runs_upwards(planting: Planting) -> None:
    plant_finding(planting, "type: number, unit: a, minimum: 9, maximum: 3")
    assert planting.problems() == (f"{FINDINGS}:2: `minimum:` is greater than `maximum:`. Exchange them.",)


def test_each_choice_has_words(planting: Planting) -> None:
    plant_finding(planting, "type: choice, choices: [right, left]", TEXTS)
    assert planting.problems() == ('wording/en/findings: "planted_finding" lacks words for left, right.',)


def test_findings_that_wait_for_each_other_are_refused(planting: Planting) -> None:
    text = "- {{id: planted_{0}, type: boolean, supplied_by: person, only_if: planted_{1}}}\n"
    planting.write(FINDINGS, text.format("one", "two") + text.format("two", "one"))
    (problem,) = planting.problems()
    assert problem.startswith("findings/: ")
    assert problem.endswith(" goes in a circle among planted_one, planted_two.")


def test_an_id_is_defined_once(planting: Planting) -> None:
    planting.write(FINDINGS, "- {id: fever, type: boolean, supplied_by: person}\n")
    first = planting.first_file_with("findings", "- id: fever\n")
    places = f"{first}:{planting.line(first, '- id: fever')}", f"{FINDINGS}:1"
    earlier, later = sorted(places)
    assert planting.problems() == (f'{later}: "fever" is already defined at {earlier}. Keep one.',)


def test_an_id_has_one_form(planting: Planting) -> None:
    planting.write(FINDINGS, "- {id: Planted-Finding, type: boolean, supplied_by: person}\n")
    (problem,) = planting.problems()
    assert problem.startswith(f"{FINDINGS}:1: id: ")


def test_a_file_of_findings_holds_a_list(planting: Planting) -> None:
    planting.write(FINDINGS, "id: planted_finding\n")
    assert planting.problems() == (f"{FINDINGS}:1: this file must hold a list of records.",)


def test_a_file_the_strict_reader_refuses_is_one_problem_among_others(planting: Planting) -> None:
    planting.write(FINDINGS, "- {id: planted_finding, id: twice}\n")
    planting.write(PREDICATES, "- {id: planted_sign, when: fevr, summary: A test.}\n")
    assert planting.problems() == (
        f'{FINDINGS}:1: the key "id" is there twice. Keep one.',
        f'{PREDICATES}:1: "fevr" is not a known finding or predicate. Did you mean "fever"?',
    )


# predicates


def test_a_predicate_may_not_stand_on_itself(planting: Planting) -> None:
    planting.write(PREDICATES, "- {id: planted_sign, when: fever or planted_sign, summary: A test.}\n")
    assert planting.problems() == (f'{PREDICATES}:1: predicate "planted_sign" is defined through itself.',)


def test_a_predicate_may_not_stand_on_itself_through_another(planting: Planting) -> None:
    planting.write(
        PREDICATES,
        "- {id: planted_one, when: not planted_two, summary: A test.}\n"
        "- {id: planted_two, when: fever and planted_one, summary: A test.}\n",
    )
    found = planting.problems()
    assert f'{PREDICATES}:1: predicate "planted_one" is defined through itself.' in found


@pytest.mark.parametrize("ground", ["only_if", "follows_from"])
def test_a_ground_on_a_predicate_that_does_not_read_is_no_fault_of_its_own(planting: Planting, ground: str) -> None:
    planting.write(PREDICATES, "- {id: planted_sign, when: fevr, summary: A test.}\n")
    plant_finding(planting, f"type: boolean, {ground}: planted_sign")
    assert planting.problems() == (
        f'{PREDICATES}:1: "fevr" is not a known finding or predicate. Did you mean "fever"?',
    )


def test_a_ratio_on_a_predicate_that_does_not_read_is_no_fault_of_its_own(planting: Planting) -> None:
    planting.write(PREDICATES, "- {id: planted_sign, when: fevr, summary: A test.}\n")
    planting.replace("causes/tetanus.yaml", "likelihood_ratios:\n", f"likelihood_ratios:\n{RATIO}")
    assert planting.problems() == (
        f'{PREDICATES}:1: "fevr" is not a known finding or predicate. Did you mean "fever"?',
    )


def test_a_predicate_may_not_hide_a_finding(planting: Planting) -> None:
    planting.write(PREDICATES, "- {id: fever, when: age > 3, summary: A test.}\n")
    assert f'{PREDICATES}:1: "fever" is a finding already; name the predicate differently.' in planting.problems()


# screens


def test_a_screen_asks_only_for_known_findings(planting: Planting) -> None:
    planting.append("screens.yaml", "- {id: planted_screen, stage: follow_up, findings: [fever, fevr]}\n")
    words = "planted_screen: {title: T, intro: I, none: N, why: W}\n"
    planting.write("wording/en/screens/planted.yaml", words)
    line = planting.line("screens.yaml", "planted_screen")
    assert planting.problems() == (f'screens.yaml:{line}: "fevr" is not a known finding. Did you mean "fever"?',)


def test_a_screen_is_short(planting: Planting) -> None:
    planting.append(
        "screens.yaml", f"- {{id: planted_screen, stage: danger, findings: [{', '.join(['fever'] * 9)}]}}\n"
    )
    line = planting.line("screens.yaml", "planted_screen")
    (problem,) = planting.problems()
    assert problem == f"screens.yaml:{line}: findings: Expected `array` of length <= 8."


# sources


def test_a_source_has_an_identifier(planting: Planting) -> None:
    planting.write(SOURCES, "- {id: planted_1900, title: T, kind: study, identifier_seen: false}\n")
    assert planting.problems() == (
        f'{SOURCES}:1: source "planted_1900" has no identifier: give a DOI, PMID or guideline id.',
    )


def test_any_one_identifier_suffices(planting: Planting) -> None:
    identifiers = ('doi: "10.1/1"', 'pmid: "1"', 'pmcid: "PMC1"', "guideline: NG1", "identifier: A 1")
    record = "- {{id: planted_{}, title: T, kind: study, identifier_seen: false, {}}}\n"
    planting.write(SOURCES, "".join(record.format(place, one) for place, one in enumerate(identifiers)))
    assert planting.problems() == ()


# vignettes


def test_a_vignette_expects_a_known_cause(planting: Planting) -> None:
    planting.write(
        "vignettes/planted.yaml",
        "- id: planted_person\n"
        "  summary: A test.\n"
        "  case: {age: 40}\n"
        "  expect: {disposition: routine, cause: tetanuss}\n"
        "  source: [{id: judgement}]\n",
    )
    assert planting.problems() == (
        'vignettes/planted.yaml:4: "tetanuss" is not a known cause. Did you mean "tetanus"?',
    )


# words


def test_a_finding_needs_each_of_its_texts(planting: Planting) -> None:
    plant_finding(planting, "type: boolean", "")
    assert planting.problems() == ('wording/en/findings: "planted_finding" lacks question, label, clinical.',)


def test_an_empty_text_is_no_text(planting: Planting) -> None:
    plant_finding(planting, "type: boolean", TEXTS.replace("label: it", 'label: ""'))
    assert planting.problems() == ('wording/en/findings: "planted_finding" lacks label.',)


def test_words_for_nothing_are_refused_of_every_kind(planting: Planting) -> None:
    kinds = ("causes", "contributors", "events", "findings", "phrases", "red_flags", "screens", "see")
    for kind in kinds:
        planting.write(f"wording/en/{kind}/planted.yaml", "planted_nothing: {}\n")
    assert planting.problems() == tuple(
        f'wording/en/{kind}: "planted_nothing" is worded, but there is no such record.' for kind in kinds
    )


def test_words_are_given_once(planting: Planting) -> None:
    planting.plant_rule()
    planting.write("wording/en/red_flags/planted_again.yaml", "planted_rule: {name: P, because: A, clinical: B}\n")
    assert planting.problems() == (
        'wording/en/red_flags/planted_again.yaml:1: wording of "planted_rule" is there twice. Keep one.',
    )


def test_a_wording_file_maps_ids_to_texts(planting: Planting) -> None:
    planting.write("wording/en/findings/planted.yaml", "- a list\n")
    assert planting.problems() == ("wording/en/findings/planted.yaml:1: a wording file maps ids to texts.",)


@pytest.mark.parametrize("file", ["wording/stray.yaml", "wording/en/stray.yaml", "wording/en/strays/one.yaml"])
def test_words_lie_in_the_place_of_their_language_and_kind(planting: Planting, file: str) -> None:
    planting.write(file, "planted: {name: A test}\n")
    (problem,) = planting.problems()
    assert problem.startswith(f"{file}: words are kept by language and kind, as in wording/en/causes.yaml")
    assert f" Move the file to its kind: {', '.join(_TEXTS)}." in problem


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("lable: It", '"lable" is no text that findings have. Did you mean "label"?'),
        ("summary: It", '"summary" is no text that findings have.'),
        ("why: 3", '"why" must be text; put it in quotes.'),
        ("help: true", '"help" must be text; put it in quotes.'),
        ("line:", '"line" must be text; put it in quotes.'),
        ("unit: [a]", '"unit" must be text; put it in quotes.'),
        ("choices: 3", '"choices" must map each choice to its text.'),
        ("choices: {left: 1}", '"choices" must map each choice to its text.'),
    ],
)
def test_a_record_has_only_texts_of_its_kind(planting: Planting, field: str, problem: str) -> None:
    plant_finding(planting, "type: boolean")
    planting.write(WORDS, f"planted_finding:\n  question: Does it?\n  label: it\n  clinical: It\n  {field}\n")
    assert planting.problems() == (f"{WORDS}:5: {problem}",)


def test_choices_without_a_mapping_are_choices_without_words(planting: Planting) -> None:
    plant_finding(planting, "type: choice, choices: [left]", f"{TEXTS}, choices: left")
    assert planting.problems() == (
        'wording/en/findings: "planted_finding" lacks words for left.',
        f'{WORDS}:1: "choices" must map each choice to its text.',
    )


@pytest.mark.parametrize("kind", ["families", "messages"])
def test_words_that_belong_to_no_record_are_texts_too(planting: Planting, kind: str) -> None:
    planting.append(f"wording/en/{kind}.yaml", "planted: {nonsense: A test}\n")
    line = planting.line(f"wording/en/{kind}.yaml", "planted: ")
    assert planting.problems() == (f'wording/en/{kind}.yaml:{line}: "nonsense" is no text that {kind} have.',)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('absent: "no {thing}"', "", '"absent" lacks name.'),
        ('absent: "no {thing}"', 'absent: "no"', '"absent" must have these places: {thing}.'),
        ('absent: "no {thing}"', 'absent: "{no} {thing}"', '"absent" must have these places: {thing}.'),
        ('none: "none"', 'none: "{thing}"', '"none" must have these places: none.'),
        ('{first} or {rest}"', '{first} or"', '"either" must have these places: {first}, {rest}.'),
    ],
)
def test_a_phrase_has_the_places_that_the_program_fills(planting: Planting, old: str, new: str, problem: str) -> None:
    planting.replace("wording/en/phrases.yaml", old, new)
    assert planting.problems() == (f"wording/en/phrases: {problem}",)


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        ('{other: "{number} m"}', 'wording/en/findings: "amount" of "planted_finding" must have one, other.'),
        (
            '{one: "{number} m", other: "{number} m", few: "{number} m"}',
            'wording/en/findings: "amount" of "planted_finding" must have one, other.',
        ),
        (
            '{one: "a mile", other: "miles"}',
            'wording/en/findings: "amount" of "planted_finding" must have the place {number}.',
        ),
    ],
)
def test_an_amount_has_every_plural_form_of_its_language(planting: Planting, amount: str, problem: str) -> None:
    plant_finding(planting, 'type: number, unit: "m", minimum: 0, maximum: 9', f"{TEXTS}, amount: {amount}")
    assert planting.problems() == (problem,)


def test_only_a_number_has_an_amount(planting: Planting) -> None:
    plant_finding(planting, "type: boolean", f'{TEXTS}, amount: {{one: "{{number}}", other: "{{number}}"}}')
    assert planting.problems() == (
        'wording/en/findings: "planted_finding" is no number, so it has no `amount:`. Remove it.',
    )


def test_a_language_whose_plurals_are_not_known_is_named(planting: Planting) -> None:
    planting.write("wording/xx/findings/pain.yaml", 'pain_duration_days: {amount: {other: "{number} d"}}\n')
    found = planting.problems()
    assert 'wording/xx: no plural rule of "xx" is known. Add it to knowledge/plurals.py.' in found
    assert 'wording/xx/messages: "limits" lacks because.' in found
    assert 'wording/xx/predicates: "child" lacks clinical.' in found


def test_the_english_words_of_a_predicate_are_its_summary(planting: Planting) -> None:
    assert planting.compile()["wording"]["en"]["predicates"]["child"] == {"clinical": "Under sixteen years old"}
    planting.write("wording/en/predicates.yaml", "child: {clinical: A kid}\n")
    assert planting.problems() == (
        "wording/en/predicates: in English the words of a predicate are its `summary:`. Use that.",
    )


def test_a_second_language_must_be_complete(planting: Planting) -> None:
    planting.write("wording/xx/findings/about.yaml", "age: {question: Q, label: L, clinical: C}\n")
    found = planting.problems()
    assert 'wording/xx/findings: "sex" lacks question, label, clinical.' in found
    assert not any('"age" lacks' in problem for problem in found)


# the folder itself


def test_a_folder_without_a_model_is_no_knowledge() -> None:
    with pytest.raises(KnowledgeError) as refusal:
        compile_pack(KNOWLEDGE / "findings")
    assert refusal.value.problems == (
        f"{KNOWLEDGE / 'findings'} holds no model.yaml, so it is no knowledge folder. Name the right folder.",
    )


def test_a_broken_model_is_placed(planting: Planting) -> None:
    planting.replace("model.yaml", "ratio_cap: ", "ratio_cap: about ")
    line = planting.line("model.yaml", "ratio_cap: about")
    (problem,) = planting.problems()
    assert re.fullmatch(rf"model\.yaml:{line}: ratio_cap: Expected `float`, got `str`\.", problem)


def test_the_message_counts_the_problems_and_lists_one_a_line(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace(RULE, "saddle_numbness", "sadle_numbness")
    planting.replace(RULE, "see: gp", "see: gpp")
    with pytest.raises(KnowledgeError) as refusal:
        planting.compile()
    head, *lines = str(refusal.value).splitlines()
    assert head == "2 problems in knowledge/:"
    assert tuple(lines) == refusal.value.problems
