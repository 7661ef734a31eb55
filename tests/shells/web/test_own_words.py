"""A person's own words: proposals to confirm, danger asked first, the side and the person asked for, nothing kept."""

from __future__ import annotations

import re
import sys
from html import unescape

import pytest

from shells.web.hostile import assert_harmless
from shells.web.visitor import Visitor
from unclench.logic import UNSURE
from unclench.web import cookie
from unclench.web.pack import knowledge
from unclench.web.state import State

DANGERS = [f for screen in knowledge().screens if screen.stage == "danger" for f in screen.findings]


def line(finding: str) -> str:
    return knowledge().words("findings", finding, "line")


def said(one: Visitor) -> str:
    return unescape(re.sub("<[^>]+>", "", one.html))


def quotes(one: Visitor) -> list[str]:
    return re.findall(r'<q dir="auto">([^<]*)</q>', one.html)


def notice(one: Visitor) -> str:
    found = re.search(r'<section class="notice" role="status".*?</section>', one.html, re.S)
    return unescape(found[0]) if found else ""


def carrying(state: State) -> Visitor:
    import time

    one = Visitor()
    one.carry(cookie.seal(state, now=time.time()))
    return one


# danger


@pytest.mark.parametrize(
    ("text", "finding", "quoted"),
    [
        ("I have a fever and my back hurts", "fever", "fever"),
        ("No fever.", "fever", "fever"),
        ("I'm not sure if my bottom is numb", "saddle_numbness", "bottom is numb"),
        ("I had chest pain years ago", "chest_pain", "chest pain"),
        ("My mother has cancer", "cancer_ever", "cancer"),
    ],
)
def test_danger_words_are_quoted_at_the_top_and_their_screen_comes_first(
    visitor: Visitor, text: str, finding: str, quoted: str
) -> None:
    visitor.post("/words/", text=text)
    assert "may be about danger" in notice(visitor)
    assert line(finding) in notice(visitor)
    assert f'<q dir="auto">{quoted}</q>' in notice(visitor)
    assert visitor.html.index("may be about danger") < visitor.html.index("<h1>")
    visitor.post("/words/", confirm=[""])
    screen = next(one.id for one in knowledge().screens if finding in one.findings)
    assert visitor.question == screen
    assert finding in visitor.asks
    assert "checked" not in visitor.html


def test_danger_comes_first_even_if_nothing_is_confirmed_and_the_page_is_left(visitor: Visitor) -> None:
    visitor.post("/words/", text="I have a fever")
    visitor.get("/review/")
    visitor.get("/check/")
    assert visitor.question == "whole_body"
    visitor.answer(none="1")
    assert visitor.question == "nerves", "and then the rest, from the beginning"


def test_a_danger_sign_counts_only_once_it_is_confirmed(visitor: Visitor) -> None:
    visitor.post("/words/", text="My bottom is numb and my back hurts")
    assert not visitor.state.answers
    assert re.search(r'value="saddle_numbness=yes"(?! checked)', visitor.html)
    visitor.post("/words/", confirm=["saddle_numbness=yes"])
    assert visitor.state.answers == {"saddle_numbness": True}
    assert visitor.path == "/result/"
    assert "level-emergency" in visitor.html


def test_several_danger_screens_are_asked_one_after_the_other(visitor: Visitor) -> None:
    visitor.post("/words/", text="no fever, no chest pain and no numbness down there. My back hurts.")
    visitor.post("/words/", confirm=["back_pain=yes"])
    seen = []
    for _ in range(3):
        seen.append(visitor.question)
        visitor.answer(none="1")
    assert seen == ["nerves", "chest_belly", "whole_body"]
    assert not visitor.state.pending


@pytest.mark.parametrize("finding", DANGERS)
def test_every_danger_sign_is_asked_about_as_soon_as_it_can_be(finding: str) -> None:
    one = carrying(State(pack=knowledge().hash).bringing_up(finding))
    one.get("/check/")
    if one.question == "about":
        one.answer(age="30", sex="female")
    assert finding in one.asks


def test_a_sign_that_depends_on_sex_is_asked_after_age_and_sex_and_not_of_a_man() -> None:
    one = carrying(State(pack=knowledge().hash).bringing_up("waters_leaking"))
    one.get("/check/")
    assert one.question == "about"
    one.answer(age="30", sex="male")
    assert one.question == "nerves"


def test_an_earlier_no_is_asked_again_with_nothing_ticked(visitor: Visitor) -> None:
    while visitor.question != "about":
        visitor.answer(none="1")
    visitor.post("/words/", text="my bottom is numb")
    assert visitor.state.answers["saddle_numbness"] is False, "the text alone changes nothing"
    visitor.post("/words/", confirm=[""])
    assert visitor.question == "nerves"
    assert visitor.asks == ["saddle_numbness"]
    assert "checked" not in visitor.html
    before = visitor.state.answers
    visitor.answer(saddle_numbness="no")
    assert visitor.state.answers == before
    assert visitor.question == "about", "on with what comes next, not through every old question"


@pytest.mark.parametrize(
    ("fields", "text"),
    [({"none": "1"}, "no numbness down there"), ({"unsure": ["saddle_numbness"]}, "my bottom is numb")],
)
def test_an_earlier_answer_that_the_text_does_not_put_in_doubt_is_not_asked_again(
    visitor: Visitor, fields: dict[str, object], text: str
) -> None:
    visitor.answer(**fields)
    visitor.post("/words/", text=text)
    assert notice(visitor) == ""
    assert not visitor.state.pending


def test_an_emergency_ends_the_questions_whatever_the_words_bring_up(visitor: Visitor) -> None:
    visitor.answer(yes=["saddle_numbness"])
    visitor.post("/words/", text="I have a fever")
    visitor.get("/check/")
    assert visitor.path == "/result/"


def test_danger_without_any_proposal_leads_straight_to_the_question(visitor: Visitor) -> None:
    visitor.post("/words/", text="No fever.")
    assert "We ask about this now" in said(visitor)
    assert "Nothing was recognised" not in said(visitor)


def test_nothing_recognised_says_so(visitor: Visitor) -> None:
    visitor.post("/words/", text="hello")
    assert "Nothing was recognised" in said(visitor)
    assert notice(visitor) == ""


# the side


def test_a_place_without_its_side_asks_for_the_side(visitor: Visitor) -> None:
    visitor.post("/words/", text="my calf hurts")
    assert "Which side?" in said(visitor)
    assert "calf" in quotes(visitor)
    for side in ("calf_left", "calf_right"):
        assert f'value="pain_site={side}"' in visitor.html
        assert knowledge().choice_words("pain_site", side) in said(visitor)
    visitor.post("/words/", confirm=["", "pain_site=calf_left"], unsided=["calf"])
    assert visitor.state.answers == {"pain_site": ("calf_left",)}
    assert not visitor.state.pending


def test_both_sides_and_other_places_come_together(visitor: Visitor) -> None:
    visitor.post("/words/", text="my calf hurts and my lower back hurts")
    sent = ["", "pain_site=lower_back_middle", "pain_site=calf_left", "pain_site=calf_right"]
    visitor.post("/words/", confirm=sent, unsided=["calf"])
    assert visitor.state.answers["pain_site"] == ("calf_left", "calf_right", "lower_back_middle")


def test_a_side_left_open_is_asked_on_the_body_map_with_the_rest_marked(visitor: Visitor) -> None:
    visitor.post("/words/", text="my calf hurts and my lower back hurts")
    visitor.post("/words/", confirm=["pain_site=lower_back_middle"], unsided=["calf"])
    assert visitor.state.pending == ("pain_site",)
    while visitor.question != "pain_site":
        visitor.answer_plainly(back_pain=True, leg_pain=True)
    assert re.search(r'value="lower_back_middle" checked', visitor.html)
    visitor.answer(pain_site=["lower_back_middle", "calf_right"])
    assert visitor.state.answers["pain_site"] == ("calf_right", "lower_back_middle")
    assert not visitor.state.pending


# whom it is about


def test_words_about_somebody_else_offer_to_answer_for_them(visitor: Visitor) -> None:
    text = "My mum has osteoporosis. She is 70. Her lower back hurts."
    visitor.post("/words/", text=text)
    assert "Is this about somebody else?" in said(visitor)
    assert 'value="osteoporosis=yes"' not in visitor.html
    assert "You are answering for" not in said(visitor)
    visitor.post("/words/", text=text, who="adult")
    assert visitor.state.who == "adult"
    assert "You are answering for someone else" in said(visitor)
    assert "Is this about somebody else?" not in said(visitor)
    assert 'value="osteoporosis=yes"' in visitor.html
    assert 'value="age=70"' in visitor.html


def test_the_text_goes_round_only_inside_the_form(visitor: Visitor) -> None:
    visitor.post("/words/", text='My son "Tom" has a fever\nand <b>pain</b>')
    held = re.search(r'<input type="hidden" name="text" value="([^"]*)">', visitor.html)
    assert held
    assert unescape(held[1]) == 'My son "Tom" has a fever\nand <b>pain</b>'
    assert_harmless(visitor.page.content)


def test_answers_given_before_stay_when_it_is_about_somebody_else(visitor: Visitor) -> None:
    visitor.answer(none="1")
    before = visitor.state.answers
    visitor.post("/words/", text="My son has a fever")
    assert "stay as they are" in said(visitor)
    visitor.post("/words/", text="My son has a fever", who="child")
    assert (visitor.state.answers, visitor.state.who) == (before, "child")


@pytest.mark.parametrize("who", ["", "dog", "me", "<b>"])
def test_nobody_else_is_not_a_switch(visitor: Visitor, who: str) -> None:
    visitor.post("/words/", text="My son has a fever", who=who)
    assert visitor.state.who == "me"


# what is kept, and what is not


def test_the_text_is_in_no_cookie_and_no_address(visitor: Visitor) -> None:
    page = visitor.client.post("/words/", {"text": "Quellwasser: I have a fever"})
    assert "Location" not in page
    assert visitor.state == State("me", (), knowledge().hash, (), ("fever",), check=visitor.state.check)
    page = visitor.client.post("/words/", {"confirm": ["", "fever=yes"], "unsided": ["calf"]})
    assert page["Location"] == "/check/"


def test_a_finding_that_only_a_clinician_supplies_is_not_offered(visitor: Visitor) -> None:
    visitor.post("/words/", text="temperature of 39.2 and my back hurts")
    assert "body_temperature" not in visitor.html
    assert 'value="fever=yes"' in visitor.html


def test_unsure_or_nonsense_is_no_confirmation(visitor: Visitor) -> None:
    visitor.post(
        "/words/", confirm=["fever=unsure", "onset=unsure", "pain_site=nowhere", "pain_site=", "fever=no", "x"]
    )
    assert visitor.state.answers == {}


@pytest.mark.parametrize("reader", ["spacy", "negspacy"])
def test_where_free_text_cannot_be_read_the_page_says_so_and_goes_on(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    visitor.answer(unsure=["saddle_numbness"])
    monkeypatch.setitem(sys.modules, reader, None)
    for page in (visitor.get("/words/"), visitor.post("/words/", text="I have a fever")):
        assert page.status_code == 200
        assert "cannot be read here" in said(visitor)
        assert "textarea" not in visitor.html
        assert 'href="/check/"' in visitor.html
    assert visitor.state.answers["saddle_numbness"] == UNSURE
    visitor.post("/words/", confirm=["back_pain=yes"])
    assert visitor.state.answers["back_pain"] is True, "a form that is open already still counts"


def test_every_text_of_the_proposals_is_translated() -> None:
    from untranslated import untranslated

    one = Visitor("en-XA")
    one.begin("me")
    one.answer(none="1")
    for text in ("My son has a fever", "my calf hurts since 1 day, 3 out of 10", "hello", "no fever", ""):
        one.post("/words/", text=text)
        html = re.sub(r"<q .*?</q>|<textarea.*?</textarea>", "", one.html, flags=re.S)
        texts = [unescape(text.strip()) for text in re.findall(r">([^<]+)<", html)]
        assert [text for text in texts if untranslated(text)] == []
