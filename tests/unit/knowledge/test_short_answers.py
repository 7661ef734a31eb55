"""How soon a short answer says to get help is what the rules it links to say."""

from __future__ import annotations

import re

import pytest

from unclench.knowledge import Disposition, Knowledge

SAID = {
    Disposition.EMERGENCY: r"\b(help|unit) now\b|\bat once\b|\b999\b",
    Disposition.SAME_DAY: r"\btoday\b|\bsame day\b",
    Disposition.URGENT: r"\bwithin days\b",
}
"""What an answer says of each level. A visit that may wait needs no such words."""

LEG_OR_WHEN = ("when_to_see_a_doctor", "pain_down_the_leg")
SIGNS = {
    "saddle_numbness_new": "numb skin between the legs",
    "new_bladder_trouble": "pee",
    "new_bowel_trouble": "poo",
    "leg_weakness_worsening": "gets weaker",
}


def said_and_linked() -> dict[str, tuple[set[Disposition], set[Disposition]]]:
    """Return which levels each answer tells, and which its rules have; answers that tell none are left out."""
    knowledge = Knowledge.load()
    levels = {rule.id: rule.disposition for rule in knowledge.rules}
    found = {}
    for one in knowledge.questions.values():
        answer = knowledge.words("questions", one.id, "answer")
        said = {level for level, words in SAID.items() if re.search(words, answer)}
        if said:
            found[one.id] = (said, {levels[name] for kind, name in one.records if kind == "red_flag"} & SAID.keys())
    return found


@pytest.mark.parametrize("name", sorted(said_and_linked()))
def test_an_answer_says_how_soon_as_the_rules_it_links_to(name: str) -> None:
    said, linked = said_and_linked()[name]
    assert said == linked


def test_answers_that_say_how_soon_are_found() -> None:
    assert {*LEG_OR_WHEN, "my_child", "pregnant_with_a_spasm", "is_it_my_kidney"} <= said_and_linked().keys()


@pytest.mark.parametrize("name", LEG_OR_WHEN)
@pytest.mark.parametrize("rule", SIGNS)
def test_answers_about_legs_and_about_when_name_the_signs_of_the_cauda_equina(name: str, rule: str) -> None:
    knowledge = Knowledge.load()
    answer = knowledge.words("questions", name, "answer")
    now = answer.partition("Get help now")[2].partition("Call today")[0]
    assert SIGNS[rule] in now
    assert ("red_flag", rule) in knowledge.questions[name].records


def test_the_answer_about_when_names_chest_pain() -> None:
    knowledge = Knowledge.load()
    answer = knowledge.words("questions", "when_to_see_a_doctor", "answer")
    assert "chest pain" in answer.partition("Get help now")[2].partition("Call today")[0]
    assert ("red_flag", "chest_trouble") in knowledge.questions["when_to_see_a_doctor"].records
