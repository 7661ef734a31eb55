"""Questions that cannot hold, or do not come up, count as answered no; what was said is not overwritten."""

from __future__ import annotations

from hypothesis import given

from strategies import PREDICATES, answers
from unclench.knowledge.applicability import Ground, with_not_applicable
from unclench.logic import NOT_APPLICABLE, UNSURE, Answer, Compare, Evaluators, Negation, Present

EVALUATE = Evaluators(PREDICATES)
GROWN_UP = EVALUATE[Compare("age", ">=", 3)]
ONLY_IF = Ground("weakness", GROWN_UP, True)
FOLLOWS_FROM = Ground("weakness", GROWN_UP, False)


def test_a_question_whose_ground_is_missing_does_not_apply() -> None:
    assert with_not_applicable({"age": 2}, [ONLY_IF]) == {"age": 2, "weakness": NOT_APPLICABLE}


def test_a_question_whose_ground_is_there_or_unknown_stays_open() -> None:
    for known in ({"age": 3}, {}, {"age": UNSURE}):
        assert with_not_applicable(known, [ONLY_IF, FOLLOWS_FROM]) == known


def test_what_was_answered_is_not_overwritten() -> None:
    for said in (True, False):
        known: dict[str, Answer] = {"age": 2, "weakness": said}
        assert with_not_applicable(known, [ONLY_IF]) == known


def test_not_sure_of_what_cannot_hold_is_a_no() -> None:
    assert with_not_applicable({"age": 2, "weakness": UNSURE}, [ONLY_IF])["weakness"] == NOT_APPLICABLE


def test_not_sure_of_what_merely_does_not_come_up_stays_not_sure() -> None:
    assert with_not_applicable({"age": 2, "weakness": UNSURE}, [FOLLOWS_FROM])["weakness"] == UNSURE


def test_what_rests_on_a_question_that_cannot_hold_cannot_hold_either() -> None:
    made = with_not_applicable({"age": 2}, [ONLY_IF, Ground("numbness", EVALUATE[Present("weakness")], True)])
    assert made == {"age": 2, "weakness": NOT_APPLICABLE, "numbness": NOT_APPLICABLE}


def test_the_answers_handed_in_are_left_as_they_are() -> None:
    known: dict[str, Answer] = {"age": 2}
    with_not_applicable(known, [ONLY_IF])
    assert known == {"age": 2}


@given(answers())
def test_definite_answers_stay_and_nothing_but_not_applicable_is_added(known: dict[str, Answer]) -> None:
    no_fever = EVALUATE[Negation(Present("fever"))]
    made = with_not_applicable(known, [ONLY_IF, Ground("severity", no_fever, False), Ground("site", no_fever, True)])
    changed = {finding for finding in made if finding not in known or made[finding] != known[finding]}
    assert {made[finding] for finding in changed} <= {NOT_APPLICABLE}
    assert all(known.get(finding, UNSURE) == UNSURE for finding in changed)
