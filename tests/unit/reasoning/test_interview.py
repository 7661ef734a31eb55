"""What is asked, in which order, and when it ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people import SEIZED_BACK, with_nothing_else
from strategies import cases
from unclench.knowledge import Disposition, Knowledge
from unclench.logic import UNSURE, Answer
from unclench.reasoning import Case, Question, next_question, triage
from unclench.reasoning.simulation import interview

KNOWLEDGE = Knowledge.load()


def journey(knowledge: Knowledge, person: Mapping[str, object]) -> Iterator[tuple[Question, Case]]:
    known = Case.from_data(person, knowledge).answers
    told = Case()
    while (question := next_question(knowledge, told)) is not None:
        yield question, told
        given_answers = {
            f: known.get(f, False if knowledge.findings[f].kind == "boolean" else UNSURE) for f in question.findings
        }
        told = told.with_answers(given_answers, knowledge)


def test_danger_is_asked_before_everything_else(knowledge: Knowledge) -> None:
    asked = [question for question, _ in journey(knowledge, SEIZED_BACK)]
    assert [q.purpose for q in asked[:3]] == ["danger"] * 3
    stages = [q.purpose for q in asked]
    assert stages.index("urgency") > max(place for place, stage in enumerate(stages) if stage == "danger")


def test_no_screen_has_more_than_eight_lines(knowledge: Knowledge) -> None:
    assert all(len(question.findings) <= 8 for question, _ in journey(knowledge, SEIZED_BACK))


def test_nothing_is_asked_twice(knowledge: Knowledge) -> None:
    asked = [finding for question, _ in journey(knowledge, SEIZED_BACK) for finding in question.findings]
    assert len(asked) == len(set(asked))


def test_a_man_is_not_asked_about_pregnancy(knowledge: Knowledge) -> None:
    asked = {finding for question, _ in journey(knowledge, SEIZED_BACK) for finding in question.findings}
    assert asked.isdisjoint(knowledge.screens[6].findings)
    woman = {**SEIZED_BACK, "sex": "female"}
    assert "pregnant" in {finding for question, _ in journey(knowledge, woman) for finding in question.findings}


def test_an_emergency_ends_the_interview_at_once(knowledge: Knowledge) -> None:
    person = {"findings": {"saddle_numbness": True}}
    assert [question.id for question, _ in journey(knowledge, person)] == ["nerves"]


def test_only_lines_that_can_matter_are_shown(knowledge: Knowledge) -> None:
    case = Case.from_data({"age": 30, "sex": "male", "findings": {"fever": True, "back_pain": True}}, knowledge)
    question = next_question(knowledge, case)
    assert question is not None
    assert "fever" not in question.findings


def test_questions_that_only_tell_about_the_cause_cannot_change_the_urgency(knowledge: Knowledge) -> None:
    for question, told in journey(knowledge, SEIZED_BACK):
        if question.purpose == "cause":
            before = triage(knowledge, told)
            assert before.settled
            yes = told.with_answers(
                {f: True for f in question.findings if knowledge.findings[f].kind == "boolean"}, knowledge
            )
            assert triage(knowledge, yes).disposition == before.disposition


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(KNOWLEDGE), st.sampled_from(["no", "unsure"]))
def test_every_interview_ends_and_its_lower_bound_is_never_withdrawn(answers: dict[str, Answer], unstated: str) -> None:
    done = interview(KNOWLEDGE, Case(None, answers), unstated=unstated)  # type: ignore[arg-type]
    assert done.questions <= 60
    told, before = Case(), Disposition.SELF_CARE
    for _, given_answers in done.asked:
        told = told.with_answers(given_answers, KNOWLEDGE)
        now = triage(KNOWLEDGE, told).at_least
        assert now >= before
        before = now


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(KNOWLEDGE))
def test_an_interview_with_definite_answers_ends_settled_or_in_an_emergency(answers: dict[str, Answer]) -> None:
    definite = {f: v for f, v in answers.items() if v != UNSURE}
    done = interview(KNOWLEDGE, Case(None, definite), unstated="no")
    left_unsure = [f for f, v in done.result.case.answers.items() if v == UNSURE]
    if not left_unsure:
        assert done.result.triage.settled or done.result.disposition is Disposition.EMERGENCY


def test_the_result_of_an_interview_rests_on_what_was_asked_alone(knowledge: Knowledge) -> None:
    done = interview(knowledge, Case.from_data(with_nothing_else(knowledge, SEIZED_BACK), knowledge), unstated="no")
    asked = {finding for question, _ in done.asked for finding in question.findings}
    assert set(done.result.case.answers) <= asked | {"setting"}
    assert done.result.disposition is Disposition.SELF_CARE


def test_not_sure_to_everything_speaks_to_somebody_today(knowledge: Knowledge) -> None:
    done = interview(knowledge, Case(), unstated="unsure")
    assert done.result.disposition is Disposition.SAME_DAY
    assert not done.result.triage.settled
