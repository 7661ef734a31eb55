"""Whole ways through the pages, without script."""

from __future__ import annotations

import pytest

from shells.web.visitor import Visitor
from unclench.reasoning import assess
from unclench.web.pack import knowledge


def test_start_says_what_it_is_and_when_to_call_an_ambulance() -> None:
    one = Visitor()
    one.get("/")
    for said in ("Call 999", "two minutes", "No account", "Nothing is kept", "does not replace a clinician"):
        assert said in one.html


def test_a_strained_back_gets_the_advice_of_the_library(visitor: Visitor) -> None:
    visitor.finish(back_pain=True, age="34", sex="female")
    result = assess(knowledge(), _data(visitor))
    heading = knowledge().words("dispositions", result.disposition.id, "heading")
    assert f"<span>{heading}</span>" in visitor.html
    assert visitor.path == "/result/"


def test_a_sure_emergency_stops_the_interview_at_once(visitor: Visitor) -> None:
    visitor.answer(yes=["saddle_numbness"])
    assert visitor.path == "/result/"
    assert "level-emergency" in visitor.html
    assert "What it could be" not in visitor.html


@pytest.mark.parametrize(("who", "said"), [("child", "answering for a child"), ("adult", "answering for someone else")])
def test_answering_for_somebody_is_said_on_each_page(who: str, said: str) -> None:
    one = Visitor()
    one.begin(who)
    assert said in one.html
    one.answer(none="1")
    assert said in one.html


def test_nothing_chosen_is_an_error_that_leads_to_the_field(visitor: Visitor) -> None:
    page = visitor.answer()
    assert page.status_code == 422
    assert 'role="alert"' in visitor.html
    assert f'href="#f-{visitor.asks[0]}"' in visitor.html
    assert f'id="f-{visitor.asks[0]}"' in visitor.html
    assert not visitor.state.steps


def test_a_line_and_none_of_these_together_is_an_error_that_keeps_what_was_ticked(visitor: Visitor) -> None:
    page = visitor.answer(yes=["bladder_change_new"], none="1")
    assert page.status_code == 422
    assert 'id="f-bladder_change_new" checked' in visitor.html


def test_each_line_ends_as_yes_no_or_not_sure(visitor: Visitor) -> None:
    visitor.get("/check/")
    visitor.answer(unsure=["saddle_numbness"])
    answers = visitor.state.answers
    assert answers["saddle_numbness"] == "unsure"
    assert answers["walking_unsteady"] is False


def test_skip_means_not_sure_and_never_no(visitor: Visitor) -> None:
    asked = visitor.asks
    visitor.answer(skip="1")
    assert {visitor.state.answers[finding] for finding in asked} == {"unsure"}


def test_back_shows_the_earlier_answer_and_loses_nothing(visitor: Visitor) -> None:
    visitor.answer(none="1")
    visitor.answer(none="1")
    before = visitor.state.answers
    visitor.get("/check/1/")
    assert 'id="none" checked' in visitor.html
    assert visitor.state.answers == before
    visitor.answer(unsure=["fever"], none="1")
    assert visitor.path == "/check/2/"


def test_changing_an_answer_drops_what_cannot_be_any_more_and_says_so(visitor: Visitor) -> None:
    while visitor.question != "pregnancy":
        visitor.answer_plainly(sex="female", age="30", back_pain=True)
    visitor.answer(yes=["pregnant"])
    place = next(n for n, step in enumerate(visitor.state.steps, 1) if step.question == "about")
    visitor.get(f"/check/{place}/?change")
    visitor.answer(age="30", sex="male")
    assert visitor.path == "/review/"
    assert "cannot be right any more" in visitor.html
    assert knowledge().words("findings", "pregnant", "line") in visitor.html
    assert "pregnant" not in visitor.state.answers
    assert visitor.state.answers["back_pain"] is True


def test_an_answer_that_does_not_fit_an_earlier_one_is_not_taken(visitor: Visitor) -> None:
    while visitor.question != "health":
        visitor.answer_plainly(sex="male", age="30", back_pain=True)
    page = visitor.post("/check/", question="pregnancy", asks="pregnant vaginal_bleeding", yes=["pregnant"])
    assert page.status_code == 422
    assert "does not fit with another of your answers" in visitor.html
    assert "pregnant" not in visitor.state.answers


def test_an_old_form_answers_its_own_question(visitor: Visitor) -> None:
    asked = visitor.asks
    visitor.answer(none="1")
    assert visitor.question != "nerves"
    visitor.post("/check/", question="nerves", asks=" ".join(asked), unsure=["walking_unsteady"])
    assert visitor.state.answers["walking_unsteady"] == "unsure"
    assert [step.question for step in visitor.state.steps] == ["nerves"]
    assert visitor.page.status_code == 200


def test_a_form_of_no_question_is_not_used_and_says_so(visitor: Visitor) -> None:
    visitor.post("/check/", question="no_such", asks="no_such_finding", yes=["x"])
    assert visitor.page.status_code == 200
    assert "out of date" in visitor.html


def test_review_shows_each_answer_with_a_way_to_change_it(visitor: Visitor) -> None:
    visitor.answer(unsure=["fever", "saddle_numbness"])
    visitor.get("/review/")
    assert "/check/1/?change" in visitor.html
    assert "Not sure about:" in visitor.html


def test_the_advice_so_far_is_never_more_certain_than_the_answers(visitor: Visitor) -> None:
    visitor.answer(none="1")
    visitor.get("/result/")
    assert "not settled" in visitor.html


def test_clinician_page_uses_clinical_terms_and_names_the_pack(visitor: Visitor) -> None:
    visitor.answer(yes=["saddle_numbness"])
    visitor.get("/result/clinician/")
    assert knowledge().words("findings", "saddle_numbness", "clinical") in visitor.html
    assert knowledge().hash in visitor.html


def test_summary_is_a_pdf(visitor: Visitor) -> None:
    visitor.answer(yes=["saddle_numbness"])
    page = visitor.get("/result/summary.pdf")
    assert page["Content-Type"] == "application/pdf"
    assert page.content[:5] == b"%PDF-"


def test_own_words_count_only_when_confirmed(visitor: Visitor) -> None:
    visitor.post("/words/", text="My lower back seized up 3 days ago. No fever.")
    assert "Is this right?" in visitor.html
    assert "fever=no" not in visitor.html, "a danger sign that was denied is asked all the same"
    assert not visitor.state.steps
    visitor.post("/words/", confirm=["", "back_pain=yes", "pain_duration_days=3", "fever=no", "<b>=1"])
    assert visitor.state.answers == {"back_pain": True, "pain_duration_days": 3}
    assert visitor.question == "whole_body", "the words spoke of fever, so that is asked first"


def test_the_end_forgets_everything(visitor: Visitor) -> None:
    visitor.answer(none="1")
    visitor.post("/end/")
    assert visitor.sealed == ""
    assert visitor.get("/review/").status_code == 410


def _data(visitor: Visitor) -> dict[str, object]:
    answers: dict[str, object] = dict(visitor.state.answers)
    about: dict[str, object] = {key: answers.pop(key) for key in ("age", "sex") if key in answers}
    findings = {f: list(v) if isinstance(v, tuple) else v for f, v in answers.items()}
    return {**about, "findings": findings}
