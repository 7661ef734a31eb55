"""Cookies that were changed, cut, replayed, blown up, are old, or come from another pack."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shells.web.hostile import MARKUP, assert_harmless, assert_headers, older_pack, serving
from shells.web.visitor import Visitor
from unclench.web import cookie
from unclench.web.pack import knowledge
from unclench.web.views import page as page_view

PAGES = ["/", "/check/", "/check/1/", "/review/", "/result/", "/result/clinician/", "/result/summary.pdf", "/words/"]
NEEDING = PAGES[1:]


def _carrying(value: str) -> Visitor:
    one = Visitor()
    one.carry(value)
    return one


def _said() -> str:
    one = Visitor()
    one.begin("me")
    one.answer(unsure=["saddle_numbness"])
    one.answer(none="1")
    return one.sealed


def _of_one_length(sealed: str) -> str:
    """Return the cookie with letters of the check that are the same for every process that collects these tests."""
    now = time.time()
    return cookie.seal(replace(cookie.open_sealed(sealed, now=now), check="AbCdEf12"), now=now)


SAID = _of_one_length(_said())


@pytest.mark.parametrize("place", range(0, len(SAID) - 1, 3))
def test_a_changed_character_anywhere_is_told_and_never_guessed(place: int) -> None:
    other = "A" if SAID[place] != "A" else "B"
    one = _carrying(SAID[:place] + other + SAID[place + 1 :])
    page = one.get("/check/")
    assert page.status_code == 400
    assert "Start again" in one.html
    assert_headers(page.headers)


@pytest.mark.parametrize("length", range(1, len(SAID), 7))
def test_a_cut_cookie_is_told(length: int) -> None:
    assert _carrying(SAID[:length]).get("/result/").status_code == 400


@pytest.mark.parametrize(
    "value",
    ["a", "=", "====", SAID * 2, SAID + "A", "A" * 4096, "A" * 4097, "A" * 60_000, "é", "\x00", *MARKUP],
)
@pytest.mark.parametrize("path", PAGES)
def test_no_cookie_of_any_kind_breaks_a_page(value: str, path: str) -> None:
    one = Visitor()
    raw = f"{cookie.NAME}={value}; {cookie.NAME}=second".encode().decode("latin-1")
    page = one.client.get(path, headers={"cookie": raw})
    assert page.status_code == 200 if path == "/" else page.status_code in (400, 410)
    assert_headers(page.headers)
    assert_harmless(page.content)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(PAGES),
    st.text(st.characters(max_codepoint=255), max_size=200),
    st.sampled_from([cookie.NAME, "unclench_form", "unclench_language", "sessionid"]),
)
def test_any_cookie_header_is_read_or_refused(path: str, value: str, name: str) -> None:
    page = Visitor().client.get(path, headers={"cookie": f"{name}={value}; x"})
    assert page.status_code in (200, 303, 400, 410)
    assert_headers(page.headers)
    assert_harmless(page.content)


def test_a_replayed_cookie_is_only_the_answers_it_held() -> None:
    one = Visitor()
    one.begin("me")
    one.answer(none="1")
    first = one.sealed
    one.answer(none="1")
    assert len(one.state.answers) > len(_carrying(first).state.answers)
    one.carry(first)
    assert one.get("/check/").status_code == 200
    assert one.state == _carrying(first).state, "the browser is the only one that holds the answers"


def test_a_cookie_of_somebody_with_another_key_is_damaged() -> None:
    from django.test import override_settings

    with override_settings(SECRET_KEY="another key, just as long as the first one was"):
        foreign = _said()
    one = _carrying(foreign)
    assert one.get("/check/").status_code == 400


def test_a_cookie_of_the_key_before_is_read() -> None:
    from django.test import override_settings

    with override_settings(SECRET_KEY="another key, just as long as the first one was"):
        older = _said()
    with override_settings(SECRET_KEY_FALLBACKS=["another key, just as long as the first one was"]):
        assert _carrying(older).get("/check/").status_code == 200


@pytest.mark.parametrize("path", NEEDING)
def test_after_two_hours_the_answers_are_gone_and_that_is_said(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    began = int(time.time())
    clock = SimpleNamespace(time=lambda: began)
    monkeypatch.setattr(page_view, "time", clock)
    one = Visitor()
    one.begin("me")
    one.answer(none="1")
    kept = one.sealed
    clock.time = lambda: began + cookie.LIFETIME_SECONDS
    assert one.get(path).status_code == 200
    one.carry(kept)
    clock.time = lambda: began + cookie.LIFETIME_SECONDS + 2
    page = one.get(path)
    assert page.status_code == 410
    assert "two hours" in one.html
    assert_headers(page.headers)


def test_each_answer_gives_two_more_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.time()]
    monkeypatch.setattr(page_view, "time", SimpleNamespace(time=lambda: now[0]))
    one = Visitor()
    one.begin("me")
    for _ in range(3):
        now[0] += cookie.LIFETIME_SECONDS - 60
        assert one.answer_plainly(sex="female").status_code == 200
    assert len(cookie.open_sealed(one.sealed, now=now[0]).steps) == 3


def test_a_cookie_from_the_future_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_view, "time", SimpleNamespace(time=lambda: time.time() + 3600))
    ahead = _said()
    monkeypatch.undo()
    assert _carrying(ahead).get("/check/").status_code == 410


def test_answers_of_an_older_pack_go_on_and_what_went_is_told() -> None:
    older = older_pack()
    one = Visitor()
    with serving(older):
        one.begin("me")
        assert "gone_since" in {f for s in older.screens for f in s.findings}
        one.post("/check/", question=older.screens[0].id, asks=" ".join(older.screens[0].findings), yes=["gone_since"])
        one.answer(unsure=["fever"]) if "fever" in one.asks else one.answer(none="1")
        before = one.state
        assert before.pack == older.hash
        assert before.answers["gone_since"] is True
    assert knowledge().hash != older.hash
    one.get("/check/")
    assert one.page.status_code == 200
    assert "questions were improved" in one.html
    after = one.state
    assert after.pack == knowledge().hash
    assert after.answers == {f: v for f, v in before.answers.items() if f != "gone_since"}
    for path in NEEDING:
        assert one.get(path).status_code == 200
    one.finish(sex="female")


def test_answers_of_a_newer_pack_are_read_by_an_older_one() -> None:
    one = Visitor()
    one.begin("child")
    one.answer(unsure=["saddle_numbness"])
    before = one.state
    with serving(older_pack()):
        one.get("/check/")
        assert one.page.status_code == 200
        assert one.state.answers == before.answers
        assert one.state.who == "child"


@pytest.mark.parametrize("path", NEEDING)
def test_an_older_pack_breaks_no_page_that_is_opened_first(path: str) -> None:
    one = Visitor()
    with serving(older_pack()):
        one.begin("adult")
        first = knowledge().screens[0]
        one.post("/check/", question=first.id, asks=" ".join(first.findings), yes=["gone_since"])
    assert one.get(path).status_code == 200


def test_a_form_of_an_older_pack_is_not_used_and_says_so() -> None:
    one = Visitor()
    with serving(older_pack()):
        one.begin("me")
        first = knowledge().screens[0]
    one.post("/check/", question=first.id, asks=" ".join(first.findings), yes=["saddle_numbness"])
    assert "out of date" in one.html
    assert not one.state.answers
