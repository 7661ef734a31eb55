"""Urgency of fixed people, and what unsure answers and examinations do to it."""

from __future__ import annotations

from people import EMERGENCY, SEIZED_BACK, with_nothing_else
from unclench.knowledge import Disposition, Knowledge
from unclench.reasoning import Case, triage


def of(knowledge: Knowledge, person: dict[str, object]) -> Case:
    return Case.from_data(person, knowledge)


def test_a_seized_back_with_nothing_else_is_settled_as_self_care(knowledge: Knowledge) -> None:
    now = triage(knowledge, of(knowledge, with_nothing_else(knowledge, SEIZED_BACK)))
    assert (now.disposition, now.settled) == (Disposition.SELF_CARE, True)


def test_the_same_back_with_the_danger_questions_unasked_speaks_to_somebody_today(knowledge: Knowledge) -> None:
    now = triage(knowledge, of(knowledge, SEIZED_BACK))
    assert (now.at_least, now.disposition, now.at_most) == (
        Disposition.SELF_CARE,
        Disposition.SAME_DAY,
        Disposition.EMERGENCY,
    )
    assert now.floor
    assert not now.settled


def test_saddle_numbness_is_an_emergency_whatever_else_is_unknown(knowledge: Knowledge) -> None:
    now = triage(knowledge, of(knowledge, EMERGENCY))
    assert now.at_least is Disposition.EMERGENCY
    assert "saddle_numbness_new" in [rule.id for rule in now.fired]


def test_not_sure_about_the_saddle_beside_a_leg_sign_is_a_provisional_emergency(knowledge: Knowledge) -> None:
    person = with_nothing_else(knowledge, SEIZED_BACK, saddle_numbness="unsure", leg_weakness_mild=True)
    now = triage(knowledge, of(knowledge, person))
    assert now.disposition is Disposition.EMERGENCY
    assert now.at_least < Disposition.EMERGENCY
    assert not now.settled


def test_a_provisional_emergency_goes_when_the_answer_comes(knowledge: Knowledge) -> None:
    person = with_nothing_else(knowledge, SEIZED_BACK, saddle_numbness=False, leg_weakness_mild=True)
    assert triage(knowledge, of(knowledge, person)).disposition is Disposition.URGENT


def test_an_examination_nobody_did_leaves_a_self_check_settled(knowledge: Knowledge) -> None:
    case = of(knowledge, with_nothing_else(knowledge, SEIZED_BACK))
    assert triage(knowledge, case).settled
    assert not triage(knowledge, case, examination=True).settled


def test_an_examination_that_found_something_counts(knowledge: Knowledge) -> None:
    person = with_nothing_else(knowledge, SEIZED_BACK, upgoing_plantar=True)
    assert triage(knowledge, of(knowledge, person)).disposition is Disposition.EMERGENCY


def test_children_are_never_sent_home_without_a_clinician(knowledge: Knowledge) -> None:
    for age in range(16):
        person = with_nothing_else(knowledge, {**SEIZED_BACK, "age": age})
        assert triage(knowledge, of(knowledge, person)).disposition >= Disposition.ROUTINE


def test_sixteen_is_no_child(knowledge: Knowledge) -> None:
    person = with_nothing_else(knowledge, {**SEIZED_BACK, "age": 16})
    assert triage(knowledge, of(knowledge, person)).disposition is Disposition.SELF_CARE


def test_rules_that_fire_are_listed_most_urgent_first(knowledge: Knowledge) -> None:
    person = with_nothing_else(knowledge, SEIZED_BACK, cancer_ever=True, fever=True)
    dispositions = [rule.disposition for rule in triage(knowledge, of(knowledge, person)).fired]
    assert dispositions == sorted(dispositions, reverse=True)
    assert len(dispositions) >= 2
