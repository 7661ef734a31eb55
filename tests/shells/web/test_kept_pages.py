"""Pages of unanswered questions are kept rendered: the same as rendered anew, and nothing of anybody in them."""

from __future__ import annotations

import re
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client

from shells.web.visitor import Visitor
from unclench.web import kept
from unclench.web.pack import knowledge

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')
_CHECK = re.compile(r'name="check" value="[^"]*"')
_PATH = re.compile(r'data-path="([^"]*)"')


def _plain(html: str) -> str:
    return _PATH.sub("", _CHECK.sub("", _TOKEN.sub("", html)))


@pytest.mark.parametrize("language", ["en", "en-xa", "ar-xb"])
@pytest.mark.parametrize("who", ["me", "child", "adult"])
def test_a_kept_page_is_the_page_rendered_anew(language: str, who: str) -> None:
    visitor = Visitor(language)
    visitor.begin(who)
    for _ in range(6):
        kept._rendered.cache_clear()
        anew = visitor.get("/check/").content.decode()
        hits = kept._rendered.cache_info().hits
        again = visitor.get("/check/").content.decode()
        assert kept._rendered.cache_info().hits == hits + 1
        assert _plain(anew) == _plain(again)
        first, second = _TOKEN.findall(anew), _TOKEN.findall(again)
        assert first
        assert set(first).isdisjoint(second), "each page has a token of its own"
        visitor.post("/check/", question=visitor.question, asks=" ".join(visitor.asks), skip="1")


def test_a_kept_page_knows_its_address() -> None:
    visitor = Visitor()
    visitor.begin("me")
    for path in ("/check/1/", "/check/", "/check/1/"):
        assert _PATH.findall(visitor.get(path).content.decode()) == [path]


def test_the_token_of_a_kept_page_is_good_for_this_browser_only() -> None:
    one, other = Visitor(checks_forms=True), Visitor(checks_forms=True)
    for visitor in (one, other):
        visitor.get("/")
        visitor.post("/", who="me", csrfmiddlewaretoken=_TOKEN.findall(visitor.html)[0])
    token = {visitor: _TOKEN.findall(visitor.get("/check/1/").content.decode())[0] for visitor in (one, other)}
    form = {"question": one.question, "asks": " ".join(one.asks), "none": "1"}
    assert one.client.post("/check/1/", {**form, "csrfmiddlewaretoken": token[other]}).status_code == 403
    assert one.client.post("/check/1/", {**form, "csrfmiddlewaretoken": token[one]}).status_code == 303


def test_nothing_that_was_answered_is_kept() -> None:
    visitor = Visitor()
    visitor.begin("me")
    visitor.post("/check/", question=visitor.question, asks=" ".join(visitor.asks), yes=visitor.asks[0])
    before = kept._rendered.cache_info().currsize
    page = visitor.get("/check/1/").content.decode()
    assert "checked" in page
    assert kept._rendered.cache_info().currsize == before


def _boosted(client: Client, path: str, **fields: str) -> HttpResponse:
    return cast(HttpResponse, client.post(path, fields, headers={"HX-Request": "true", "HX-Boosted": "true"}))


def test_with_script_the_next_question_comes_without_a_second_request() -> None:
    with_script, without = Visitor(), Visitor()
    for visitor in (with_script, without):
        visitor.begin("me")
    while without.path.startswith("/check/"):
        form = {"question": without.question, "asks": " ".join(without.asks), "skip": "1"}
        without.post("/check/", **form)
        page = _boosted(with_script.client, "/check/", **form)
        if without.path.startswith("/check/"):
            assert page.status_code == 200
            assert page["HX-Push-Url"] == without.path
            assert _plain(page.content.decode()) == _plain(without.html)
        else:
            assert page.status_code == 303
            assert page["Location"] == without.path
        assert with_script.state.steps == without.state.steps
    assert knowledge().hash == with_script.state.pack


@pytest.mark.parametrize("address", ["/check/", "/check/?change", "/check/9/?change"])
def test_with_script_an_emergency_leads_to_the_advice_wherever_it_is_answered(address: str) -> None:
    visitor = Visitor()
    visitor.begin("me")
    page = _boosted(
        visitor.client, address, question=visitor.question, asks=" ".join(visitor.asks), yes=visitor.asks[0]
    )
    assert (page.status_code, page["Location"]) == (303, "/result/")
