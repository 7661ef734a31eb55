"""The door: what a case may say, and the message that each wrong one gets."""

from __future__ import annotations

from typing import Any

import pytest

from people import SEIZED_BACK
from unclench.errors import CaseError
from unclench.knowledge import Knowledge
from unclench.reasoning import Case


def test_a_case_keeps_its_answers_and_nothing_more(knowledge: Knowledge) -> None:
    case = Case.from_data(SEIZED_BACK, knowledge)
    assert case.to_data() == SEIZED_BACK
    assert "fever" not in case.answers


def test_null_is_unknown(knowledge: Knowledge) -> None:
    assert dict(Case.from_data({"sex": None, "age": None, "findings": {"fever": None}}, knowledge).answers) == {}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "a case is a JSON object"),
        ({"findings": []}, '"findings" is an object'),
        ({"id": ["a"]}, '"id" is text or a whole number'),
        ({"id": True}, '"id" is text or a whole number'),
        ({"id": 1.5}, '"id" is text or a whole number, not a decimal number.'),
        ({"findings": {"fevr": None}}, '"fevr" is not a known finding'),
        ({"fever": True}, 'It is a finding: put it inside "findings"'),
        ({"finding": {}}, 'Did you mean "findings"?'),
        ({"findings": {"fevr": True}}, '"fevr" is not a known finding. Did you mean "fever"?'),
        ({"findings": {"age": 40}}, '"age" stands beside "findings"'),
        ({"findings": {"fever": "yes"}}, 'it takes true, false or "unsure"'),
        ({"findings": {"fever": 1}}, 'it takes true, false or "unsure"'),
        ({"age": 400}, "it takes a whole number from 0 to 120 (a)"),
        ({"age": True}, "it takes a whole number from 0 to 120"),
        ({"age": 40.5}, "a whole number"),
        ({"sex": "femal"}, 'Did you mean "female"?'),
        ({"findings": {"pain_site": ["lower_back_lef"]}}, 'Did you mean "lower_back_left"?'),
        ({"findings": {"pain_site": "neck"}}, "it takes a list of body regions"),
        ({"sex": "male", "findings": {"pregnant": True}}, "\"pregnant\" cannot be True together with sex='male'"),
    ],
)
def test_a_wrong_case_gets_one_message_that_names_the_mend(knowledge: Knowledge, data: Any, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        Case.from_data(data, knowledge, record="line 7")
    assert message in str(caught.value)
    assert str(caught.value).startswith("line 7: ")
    assert caught.value.record == "line 7"


def test_all_wrong_answers_are_named_at_once(knowledge: Knowledge) -> None:
    with pytest.raises(CaseError) as caught:
        Case.from_data({"age": 400, "findings": {"fevr": True, "chest_pain": 3}}, knowledge)
    assert all(name in str(caught.value) for name in ("age", "fevr", "chest_pain"))


def test_a_man_may_say_that_he_is_not_pregnant(knowledge: Knowledge) -> None:
    assert Case.from_data({"sex": "male", "findings": {"pregnant": False}}, knowledge).answers["pregnant"] is False


def test_an_intersex_person_may_be_pregnant(knowledge: Knowledge) -> None:
    case = Case.from_data({"age": 30, "sex": "intersex", "findings": {"pregnant": True}}, knowledge)
    assert case.answers["pregnant"] is True


def test_an_answer_that_clashes_with_an_earlier_one_is_refused(knowledge: Knowledge) -> None:
    case = Case.from_data({"age": 30, "findings": {"pregnant": True}}, knowledge)
    with pytest.raises(CaseError, match="pregnant"):
        case.with_answers({"sex": "male"}, knowledge)


def test_answers_can_be_taken_back(knowledge: Knowledge) -> None:
    case = Case.from_data(SEIZED_BACK, knowledge)
    assert "onset" not in case.without("onset").answers
    assert "onset" in case.answers
