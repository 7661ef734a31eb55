"""Forms that no page of ours sends: never a 500, never an answer lost in silence, never an unescaped byte."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from shells.web.hostile import MARK, MARKUP, assert_harmless, assert_headers
from shells.web.visitor import Visitor
from unclench.web import own
from unclench.web.pack import knowledge
from unclench.web.state import State

FINDINGS = sorted(knowledge().findings)
SCREENS = [screen.id for screen in knowledge().screens]
CHOICES = sorted({choice for finding in knowledge().findings.values() for choice in finding.choices})
NAMES = ["question", "asks", "yes", "unsure", "none", "skip", "who", "text", "confirm", "csrfmiddlewaretoken", "change"]
PATHS = ["/", "/check/", "/check/1/", "/check/2/", "/check/1/?change", "/words/", "/review/", "/result/"]
FINE = {200, 303, 400, 403, 405, 410, 413, 422}

odd_text = st.sampled_from(MARKUP) | st.text(max_size=30)
a_value = (
    st.sampled_from(FINDINGS)
    | st.sampled_from(SCREENS)
    | st.sampled_from(["yes", "no", "unsure", "1", "40", "-1", "1e400", "nan", "", "me", "own_words", *CHOICES])
    | st.builds("{}={}".format, st.sampled_from(FINDINGS), st.sampled_from(["yes", "no", "3", *CHOICES]))
    | odd_text
)
a_name = st.sampled_from(NAMES) | st.sampled_from(FINDINGS) | st.text(max_size=12)
a_form = st.dictionaries(a_name, st.lists(a_value, max_size=4), max_size=8)


@st.composite
def a_plausible_form(draw: st.DrawFn) -> dict[str, list[str]]:
    """A form that names a question of ours, with answers of any kind."""
    screen = draw(st.sampled_from([(one.id, one.findings) for one in knowledge().screens]))
    alone = draw(st.sampled_from(FINDINGS))
    question, asks = draw(st.sampled_from([screen, (alone, (alone,)), ("own_words", (alone, *screen[1]))]))
    asked = draw(st.lists(st.sampled_from(asks), unique=True, min_size=1))
    fields = {"question": [question], "asks": [" ".join(asked)], **draw(a_form)}
    for finding in asked:
        known = knowledge().findings[finding]
        right = ["yes", "no", "40", "unsure", *known.choices]
        fields[finding] = draw(st.lists(st.sampled_from(right) | a_value, max_size=3))
    fields["yes"] = draw(st.lists(st.sampled_from(asked), max_size=3))
    fields |= draw(st.sampled_from([{}, {"skip": ["1"]}, {"none": ["1"]}]))
    return {**fields, "question": [question], "asks": [" ".join(asked)]}


def _check_page(one: Visitor, before: State) -> None:
    assert one.page.status_code in FINE, one.page.status_code
    assert_headers(one.page.headers)
    if one.page["Content-Type"].startswith("text/html"):
        assert_harmless(one.page.content)
    after = one.state
    for finding, value in after.answers.items():
        assert knowledge().findings[finding].supplied_by == "person"
        assert knowledge().answer_kind_fits(finding, value)
    for finding in before.answers.keys() - after.answers.keys():
        assert knowledge().words("findings", finding, "line") in unescaped(one.html), f"{finding} was lost in silence"


def unescaped(html: str) -> str:
    """Return the page as a person reads it."""
    from html import unescape

    return unescape(html)


def _began() -> Visitor:
    one = Visitor()
    one.begin("me")
    one.answer_plainly()
    one.post("/check/", question="about", asks="age sex", age="34", sex="female")
    one.post("/check/", question="pregnant", asks="pregnant", pregnant="yes")
    assert one.state.answers["pregnant"] is True
    return one


BEGAN = _began().sealed


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(PATHS[1:]), a_plausible_form() | a_form), min_size=1, max_size=3))
def test_no_series_of_forms_breaks_anything(forms: list[tuple[str, dict[str, list[str]]]]) -> None:
    one = Visitor()
    one.carry(BEGAN)
    for path, fields in forms:
        before = one.state
        one.post(path, **fields)
        _check_page(one, before)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(PATHS),
    st.binary(max_size=300),
    st.sampled_from(["", "text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary=x"])
    | st.just("multipart/form-data; boundary=x; charset=UTF8")
    | st.sampled_from(["utf-7", "utf-16", "utf-8"]).map("application/x-www-form-urlencoded; charset={}".format),
)
def test_no_body_of_any_type_breaks_anything(path: str, body: bytes, kind: str) -> None:
    one = Visitor()
    one.carry(BEGAN)
    before = one.state
    for sent in (body, b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + body + b"\r\n--x--\r\n"):
        one._seen(one.client.generic("POST", path, sent, content_type=kind))
        assert one.page.status_code in FINE
        assert_headers(one.page.headers)
    one.get("/review/")
    assert one.state.answers.items() >= {k: v for k, v in before.answers.items() if k in one.state.answers}.items()
    assert one.state.answers.keys() == before.answers.keys()


@pytest.mark.parametrize("finding", FINDINGS)
def test_no_finding_takes_an_answer_of_the_wrong_type(finding: str) -> None:
    known = knowledge().findings[finding]
    one = Visitor()
    one.carry(BEGAN)
    before = one.state
    wrong = ["", "maybe", "1e999", "True", "[]", "\x00", "yes no", "0x10", MARKUP[0]]
    wrong += ["40"] if known.kind != "number" else ["yes", "-1", "1e9"]
    wrong += ["yes"] if known.kind not in ("boolean", "number") else []
    for value in wrong:
        page = one.post("/check/", question=finding, asks=finding, **{finding: value})
        assert one.state.answers == before.answers, value
        if known.supplied_by == "person":
            assert page.status_code == 422, value
            assert 'role="alert"' in one.html
        else:
            assert "out of date" in one.html
        assert_harmless(page.content)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("", ""),
        ("nerves", ""),
        ("nerves", "age"),
        ("nerves", "saddle_numbness saddle_numbness"),
        ("about", "age sex saddle_numbness"),
        ("no_such", "age"),
        ("age", "sex"),
        ("own_words", "straight_leg_raise"),
        ("nerves", " ".join(FINDINGS)),
        ("nerves", "saddle_numbness " * 3000),
        (MARKUP[0], MARKUP[1]),
        ("\x00", "\N{RIGHT-TO-LEFT OVERRIDE}"),
    ],
)
def test_a_wrong_question_is_not_used_and_that_is_said(question: str, asks: str) -> None:
    one = Visitor()
    one.carry(BEGAN)
    before = one.state
    one.post("/check/", question=question, asks=asks, yes=["saddle_numbness"], age="40", sex="male")
    assert one.state.answers == before.answers
    assert "out of date" in one.html


def test_the_same_wrong_form_a_hundred_times_does_not_fill_the_cookie() -> None:
    one = Visitor()
    one.carry(BEGAN)
    for _ in range(100):
        one.client.post("/check/", {"question": "x"})
    assert len(one.sealed) < len(BEGAN) + 60
    assert one.get("/check/").status_code == 200


@pytest.mark.parametrize(("fields", "status"), [(399, 303), (401, 400), (4000, 400), (30_000, 413)])
def test_very_many_fields_are_refused_whole(fields: int, status: int) -> None:
    one = Visitor()
    one.carry(BEGAN)
    before = one.state
    body = "question=x" + "".join("&a=" for _ in range(fields - 1))
    page = one.client.post("/check/", body, content_type="application/x-www-form-urlencoded")
    assert page.status_code == status
    assert_headers(page.headers)
    assert one.get("/check/").status_code == 200
    assert one.state.answers == before.answers


def test_a_field_sent_twice_does_not_choose_in_secret() -> None:
    one = Visitor()
    one.carry(BEGAN)
    page = one.post("/check/", question="leg_pain", asks="leg_pain", leg_pain=["maybe", "yes"])
    assert page.status_code in (200, 422)
    assert "leg_pain" not in one.state.answers


def test_a_file_in_a_form_is_refused() -> None:
    one = Visitor()
    one.carry(BEGAN)
    page = one.client.post("/words/", {"text": io.BytesIO(b"my back hurts")})
    assert page.status_code == 400
    assert_headers(page.headers)


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_every_field_is_only_text(markup: str) -> None:
    one = Visitor()
    one.carry(BEGAN)
    told = f"{markup} my lower back hurts {markup} and my left leg is weak {markup}"
    texts = [markup, told, markup * 400]
    for text in texts:
        one.post("/words/", text=text)
        assert one.page.status_code in (200, 413, 422)
        assert_harmless(one.page.content)
    one.post("/words/", confirm=[markup, f"age={markup}", f"{markup}=yes", f"pain_site={markup}"])
    assert_harmless(one.page.content)
    one.post("/", who=markup)
    assert_harmless(one.page.content)
    for screen in knowledge().screens:
        kind = {finding: knowledge().findings[finding].kind for finding in screen.findings}
        fields: dict[str, Any] = {finding: [markup, markup] for finding in kind}
        fields |= {f"{finding}-none": markup for finding in kind}
        fields |= {"yes": [markup], "unsure": [markup], markup: markup}
        one.post("/check/", question=screen.id, asks=" ".join(screen.findings), **fields)
        assert_harmless(one.page.content)
    one.carry(BEGAN)
    for path in ("/review/", "/result/", "/result/clinician/"):
        one.get(f"{path}?{markup}={markup}")
        assert_harmless(one.page.content)
        assert MARK not in one.html


def test_markup_does_not_reach_the_pdf() -> None:
    one = Visitor()
    one.carry(BEGAN)
    for markup in MARKUP:
        one.post("/words/", text=f"{markup} my lower back hurts")
        one.post("/words/", confirm=["back_pain=yes", f"age={markup}", markup])
    page = one.get("/result/summary.pdf")
    assert_headers(page.headers)
    text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(page.content)).pages)
    assert len(text) > 500
    assert MARK not in text
    assert MARK.encode() not in page.content


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from([*MARKUP, "my back hurts", "3 days", "no fever", "?"])).map(" ".join)
)
def test_any_words_are_read_or_refused(text: str) -> None:
    one = Visitor()
    one.carry(BEGAN)
    before = one.state
    one.post("/words/", text=text)
    assert one.page.status_code in (200, 413, 422)
    assert_harmless(one.page.content)
    assert one.state.answers == before.answers


def test_words_that_are_too_long_come_back_to_be_shortened() -> None:
    one = Visitor()
    one.carry(BEGAN)
    text = "my back hurts " * (own.LONGEST // 10)
    assert one.post("/words/", text=text).status_code == 422
    assert text.strip() in one.html, "what was written is not lost"


@pytest.mark.parametrize("path", ["/", "/check/", "/check/1/", "/words/", "/end/"])
def test_without_its_token_no_form_counts(path: str) -> None:
    one = Visitor(checks_forms=True)
    one.carry(BEGAN)
    before = one.state
    for token in (None, "", "a", "x" * 64, MARKUP[0], "\x00"):
        fields = {} if token is None else {"csrfmiddlewaretoken": token}
        page = one.post(path, question="nerves", asks="saddle_numbness", yes="saddle_numbness", who="me", **fields)
        assert page.status_code == 403
        assert_headers(page.headers)
        assert_harmless(page.content)
    assert one.state == before
