"""A code from a handed-over sheet opens the case again: the same advice, or a warning; and no code breaks the page."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from shells.web.hostile import MARK, MARKUP, assert_harmless, assert_headers, older_pack, serving
from shells.web.visitor import Visitor
from strategies import cases
from unclench.handover import code
from unclench.handover.code import MOST_CHARACTERS, encode
from unclench.logic import UNSURE, Answer
from unclench.reasoning import Case, assess
from unclench.web.pack import knowledge
from untranslated import untranslated

FINE = {200, 303, 413, 422}


def crafted(body: str) -> str:
    """Seal any body as `encode` would, as somebody hostile could."""
    return "UNCLENCH2:" + code._sealed(code._deflated(body.encode("utf-8", "surrogatepass")))


def of_this_pack(rest: str) -> str:
    return crafted(f'["{knowledge().hash[7:15]}",{rest}]')


def a_code(**findings: Answer | list[str]) -> str:
    data = {"age": 42, "sex": "female", "findings": findings}
    return encode(Case.from_data(data, knowledge()), knowledge())


def said(one: Visitor) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", one.html)).split())


def opened(text: str) -> Visitor:
    one = Visitor()
    one.get("/open/")
    one.post("/open/", code=text)
    return one


def checked() -> Visitor:
    """Somebody who went through a whole check."""
    one = Visitor()
    one.begin("me")
    one.finish(back_pain=True, leg_weakness_mild=True, age="34", sex="female")
    return one


def main_of(one: Visitor) -> str:
    """Return what a page says, but for whom it is about and for what belongs to one visit."""
    html = one.html[one.html.index("<main") : one.html.index("</main>")]
    html = re.sub(r'<p class="about">.*?</p>|name="csrfmiddlewaretoken" value="\w+"', "", html, flags=re.S)
    return "\n".join(line for line in html.splitlines() if line.strip())


# the same case


def test_the_code_on_the_pdf_opens_the_same_result_and_clinician_page_elsewhere() -> None:
    person = checked()
    document = PdfReader(io.BytesIO(person.get("/result/summary.pdf").content))
    text = " ".join(" ".join(page.extract_text().split()) for page in document.pages)
    letters = re.search(r"UNCLENCH2:(?: [A-Z2-7]{10})*(?: [A-Z2-7]{1,9})?\b", text)
    assert letters
    clinic = opened(letters[0])
    assert clinic.path == "/result/"
    assert clinic.state.answers == person.state.answers
    for path in ("/result/", "/result/clinician/"):
        person.get(path)
        clinic.get(path)
        # Answers stand in the order of asking on the clinician's page, and a code does not carry that.
        assert sorted(main_of(clinic).split("<")) == sorted(main_of(person).split("<"))
    clinic.get("/review/")
    assert clinic.page.status_code == 200


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(knowledge()))
def test_every_case_opens_with_its_answers_and_its_advice(answers: dict[str, Answer]) -> None:
    one = opened(encode(Case(None, answers), knowledge()))
    if not answers:
        assert one.page.status_code == 422
        return
    assert one.path == "/result/"
    assert one.state.answers == answers
    level = assess(knowledge(), Case(None, answers)).disposition.id
    assert f'class="card level-{level}"' in one.html
    assert_harmless(one.page.content)


def test_answers_stand_in_the_questions_that_ask_them_and_can_be_changed() -> None:
    one = opened(a_code(saddle_numbness=False, fever=UNSURE, pain_site=["neck"], symptom_course="same"))
    assert [step.question for step in one.state.steps] == [
        "nerves", "whole_body", "about", "pain_site", "symptom_course",
    ]  # fmt: skip
    one.get("/review/")
    assert one.html.count("?change") == 5
    assert "answering for someone else" in said(one)


def test_an_examination_in_the_code_counts_and_offers_no_change() -> None:
    one = opened(a_code(back_pain=True, anal_tone_reduced=True))
    assert one.state.answers["anal_tone_reduced"] is True
    level = assess(knowledge(), Case(None, one.state.answers)).disposition.id
    assert f"level-{level}" in one.html
    one.get("/review/")
    assert one.html.count("?change") == 2
    for number in range(1, 4):
        assert one.get(f"/check/{number}/").status_code == 200
    one.post("/check/3/", question="anal_tone_reduced", asks="anal_tone_reduced", anal_tone_reduced="no")
    assert one.state.answers["anal_tone_reduced"] is True


@pytest.mark.parametrize("typed", ["small letters", "groups", "lines"])
def test_a_code_may_be_typed_scanned_or_pasted_in_any_way(typed: str) -> None:
    text = a_code(fever=True)
    groups = [text[start : start + 10] for start in range(0, len(text), 10)]
    sent = {"small letters": text.lower(), "groups": " ".join(groups), "lines": "\r\n".join(groups) + "\r\n"}[typed]
    assert opened(sent).state.answers == {"age": 42, "sex": "female", "fever": True}


def test_the_page_says_that_it_takes_the_place_of_answers_in_this_browser(visitor: Visitor) -> None:
    assert "takes their place" not in said(opened(""))
    visitor.answer(none="1")
    visitor.get("/open/")
    assert "takes their place" in said(visitor)
    visitor.post("/open/", code=a_code(fever=False))
    assert "saddle_numbness" not in visitor.state.answers


@pytest.mark.parametrize("path", ["/", "/result/clinician/"])
def test_the_page_is_linked_in_plain_words(path: str) -> None:
    one = checked()
    one.get(path)
    assert '<a href="/open/">Open a code</a>' in one.html


# other knowledge


def test_a_code_of_other_knowledge_opens_with_a_clear_warning() -> None:
    one = opened(crafted('["0badc0de","fever","","",{"age":42}]'))
    assert (one.path, one.page.status_code) == ("/open/", 200)
    assert f"another version of the knowledge: 0badc0de there, {knowledge().hash[7:15]} here." in said(one)
    assert "worked out anew" in said(one)
    assert "may differ from what the person was told" in said(one)
    assert "not known here" not in said(one)
    assert one.state.answers == {"age": 42, "fever": True}
    one.get("/result/")
    assert one.page.status_code == 200


def test_answers_that_are_not_known_here_are_shown_and_not_counted() -> None:
    body = '["0badc0de","fever gone_sign","old_sign","odd_sign",{"age":42,"gone_number":3,"gone_places":["x","y"]}]'
    one = opened(crafted(body))
    shown = re.findall(r"<dt><code>(\w+)</code></dt><dd><code>([^<]*)</code></dd>", one.html)
    assert shown == [
        ("gone_number", "3"),
        ("gone_places", "x y"),
        ("gone_sign", "Yes"),
        ("odd_sign", "unsure"),
        ("old_sign", "No"),
    ]
    assert "not known here" in said(one)
    assert one.state.answers == {"age": 42, "fever": True}


def test_a_code_of_an_older_pack_that_asked_something_else_names_it() -> None:
    older = older_pack()
    with serving(older):
        person = Visitor()
        person.begin("me")
        screen = next(one for one in older.screens if "gone_since" in one.findings)
        person.post("/check/", question=screen.id, asks="gone_since saddle_numbness", yes=["gone_since"])
        text = encode(Case(None, person.state.answers), older)
    one = opened(text)
    assert "<code>gone_since</code>" in one.html
    assert "gone_since" not in one.state.answers


def test_very_many_answers_that_are_not_known_are_counted_and_some_shown() -> None:
    names = " ".join(f"gone_{number}" for number in range(500))
    one = opened(crafted(f'["0badc0de","fever {names}","","",{{}}]'))
    assert one.page.status_code == 200
    assert one.html.count("<dt>") == 40
    assert "and 460 more" in said(one)


def test_a_code_without_a_single_known_answer_is_to_be_mended() -> None:
    one = opened(crafted('["0badc0de","gone_sign","","",{}]'))
    assert one.page.status_code == 422
    assert "holds no answer that is known here" in said(one)


def test_more_than_a_cookie_holds_is_said_and_the_other_way_named(monkeypatch: pytest.MonkeyPatch) -> None:
    everything: dict[str, Answer] = {}
    for place, finding in enumerate(knowledge().findings.values()):
        if finding.only_if is None:
            of_kind: dict[str, Answer] = {
                "boolean": (True, False, UNSURE)[place * place % 3],
                "number": finding.maximum,
                "choice": finding.choices[-1] if finding.choices else "",
                "regions": finding.choices,
            }
            everything[finding.id] = of_kind[finding.kind]
    one = opened(encode(Case(None, everything), knowledge()))
    assert one.path == "/result/", "all of it fits"
    from unclench.web import cookie

    monkeypatch.setattr(cookie, "_LONGEST", 600)
    one = opened(encode(Case(None, everything), knowledge()))
    assert one.page.status_code == 422
    assert "unclench open" in said(one)


# what is no code


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "does not begin with “UNCLENCH”, a number and a colon"),
        ("https://example.org/", "is not an Unclench code"),
        ("UNCLENCH2:AAA0", "Letter 4 in group 2"),
        ("UNCLENCH999:AAAA", "has version 999"),
        (a_code(fever=True)[:-9], "damaged or cut short"),
        ("UNCLENCH2:" + "A" * MOST_CHARACTERS, "too long"),
        (of_this_pack('"pregnant","","",{"sex":"male"}'), "cannot all be right"),
        (of_this_pack('"fever","fever","",{}'), "was not made by Unclench"),
    ],
)
def test_a_code_that_cannot_be_read_is_named_with_its_mend_and_kept(typed: str, says: str) -> None:
    one = opened(typed)
    assert one.page.status_code == 422
    assert 'role="alert"' in one.html
    assert 'href="#code"' in one.html
    assert says in said(one)
    kept = re.search(r"<textarea[^>]*>([^<]*)</textarea>", one.html)
    assert kept
    assert unescape(kept[1]) == typed
    assert not one.client.cookies.get("unclench_check")


def test_one_wrong_letter_is_shown_by_its_place() -> None:
    text = a_code(fever=True, pain_severity=6)
    wrong = "A" if text[33] != "A" else "B"
    assert "Letter 4 in group 4 of this code" in said(opened(text[:33] + wrong + text[34:]))


def test_a_refused_code_leaves_the_answers_of_this_browser_alone(visitor: Visitor) -> None:
    visitor.answer(none="1")
    before = visitor.state
    visitor.post("/open/", code="UNCLENCH2:AAAA")
    assert visitor.state == before


def test_more_than_any_form_holds_is_refused_whole() -> None:
    one = opened("A" * 70_000)
    assert one.page.status_code == 413
    assert_headers(one.page.headers)


def test_no_code_is_taken_from_an_address() -> None:
    one = Visitor()
    text = a_code(fever=True)
    one.get(f"/open/?code={text}")
    assert text not in one.html
    assert not one.client.cookies.get("unclench_check")


def test_without_its_token_no_code_counts() -> None:
    one = Visitor(checks_forms=True)
    page = one.post("/open/", code=a_code(fever=True))
    assert page.status_code == 403
    assert not one.client.cookies.get("unclench_check")


# hostile codes

values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([*MARKUP, *knowledge().findings, "\ud800", "unsure"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9) | st.just("age"), inner, max_size=4)
    ),
    max_leaves=12,
)
bodies = st.lists(values, max_size=6) | st.tuples(
    st.sampled_from(["p", knowledge().hash[7:15], *MARKUP]) | st.text(max_size=9),
    *[st.lists(st.sampled_from([*knowledge().findings, "gone", MARKUP[0]]), max_size=5).map(" ".join)] * 3,
    st.dictionaries(st.sampled_from([*knowledge().findings, "gone", MARKUP[1]]), values, max_size=5),
).map(list)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies)
def test_no_crafted_body_breaks_the_page(body: list[Any]) -> None:
    import json

    one = opened(crafted(json.dumps(body)))
    assert one.page.status_code in FINE
    assert_headers(one.page.headers)
    assert_harmless(one.page.content)
    if one.client.cookies.get("unclench_check"):
        for path in ("/result/", "/result/clinician/", "/review/", "/check/"):
            one.get(path)
            assert one.page.status_code == 200
            assert_harmless(one.page.content)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(max_size=200)
    | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", max_size=300).map("UNCLENCH2:".__add__)
    | st.lists(st.sampled_from([*MARKUP, "UNCLENCH2:", a_code(fever=True), "\r\n", "0", "=", "é"])).map("".join)
)
def test_no_text_breaks_the_page(text: str) -> None:
    one = opened(text)
    assert one.page.status_code in FINE
    assert_headers(one.page.headers)
    assert_harmless(one.page.content)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(10), st.sampled_from("ABCXYZ234567 0é\x00"), st.booleans())
def test_a_code_that_was_tampered_with_is_refused(place: int, other: str, drop: bool) -> None:
    text = a_code(fever=True, pain_site=["neck"], pain_severity=6)
    place = 10 + place % (len(text) - 10)
    changed = text[:place] + ("" if drop else other) + text[place + 1 :]
    one = opened(changed)
    assert (one.page.status_code == 200) == ("".join(changed.split()) == text)


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_a_code_or_around_it_is_only_text(markup: str) -> None:
    import json

    bodies = [
        ["p", "fever", "", "", {"gone": markup}],
        ["p", "fever", "", "", {"gone": [markup]}],
        [markup, "", "", "", {}],
    ]
    for text in (markup, "UNCLENCH2:" + markup, a_code(fever=True) + markup, *(crafted(json.dumps(b)) for b in bodies)):
        one = opened(text)
        assert one.page.status_code in FINE
        assert_harmless(one.page.content)
    assert MARK not in unescape(opened(crafted(json.dumps(bodies[2]))).html)


def test_every_text_of_the_pages_is_translated() -> None:
    one = Visitor("en-XA")
    texts: list[str] = []
    sent = ["", "UNCLENCH2:0", "UNCLENCH999:A", crafted('["0badc0de","fever gone","","",{}]'), "A" * 9_000]
    sent += [a_code(fever=True)[:-3], a_code(fever=True)[:33] + "77" + a_code(fever=True)[35:]]
    sent += [of_this_pack('"fever","fever","",{}')]
    for typed in sent:
        one.post("/open/", code=typed)
        html = re.sub(r"<textarea.*?</textarea>|<code>.*?</code>|0badc0de|UNCLENCH", "", one.html, flags=re.S)
        html = html.replace(knowledge().hash[7:15], "")
        texts += [unescape(text.strip()) for text in re.findall(r">([^<]+)<", html)]
    assert len(set(texts)) > 15
    assert [text for text in texts if untranslated(text)] == []
