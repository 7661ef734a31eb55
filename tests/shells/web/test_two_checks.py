"""Two tabs, two people: a form of one check never ends in the other; and back leads through every question asked."""

from __future__ import annotations

import re

import pytest

from shells.web.visitor import Visitor
from unclench.handover.code import encode
from unclench.reasoning import Case
from unclench.web.pack import knowledge

_CHECK = re.compile(r'name="check" value="([^"]*)"')


def _form(visitor: Visitor, **more: str) -> dict[str, str]:
    found = _CHECK.search(visitor.html)
    assert found
    return {"question": visitor.question, "asks": " ".join(visitor.asks), "check": found[1], **more}


def _calm(visitor: Visitor) -> None:
    visitor.begin("me")
    for _ in range(3):
        visitor.post("/check/", **_form(visitor, none="1"))


def test_a_form_of_another_check_changes_nothing_and_says_so() -> None:
    visitor = Visitor()
    _calm(visitor)
    old = _form(visitor, skip="1")
    visitor.begin("child")
    visitor.post("/check/", **_form(visitor, none="1"))
    before = visitor.state
    page = visitor.post("/check/4/", **old)
    assert visitor.state == before
    assert "That page was out of date" in page.content.decode()
    assert visitor.state.who == "child"


def test_a_form_from_before_a_code_was_opened_is_not_mixed_into_the_opened_case() -> None:
    visitor = Visitor()
    _calm(visitor)
    old = _form(visitor, skip="1")
    visitor.post("/open/", code=encode(Case(None, {"age": 42, "back_pain": True}), knowledge()))
    before = visitor.state
    visitor.post("/check/4/", **old)
    assert visitor.state == before


@pytest.mark.parametrize("address", ["/words/", "/plan/", "/plan/questions/"])
def test_every_form_that_changes_answers_is_of_one_check(address: str) -> None:
    visitor = Visitor()
    _calm(visitor)
    before = visitor.state
    visitor.post(address, check="of-another", text="My back hurts", goal="To dance", confirm="1", yes="fever")
    assert visitor.state == before


def test_a_kept_page_carries_the_letters_of_its_own_check() -> None:
    seen = set()
    for _ in range(3):
        visitor = Visitor()
        visitor.begin("me")
        seen.add(_CHECK.findall(visitor.html)[0])
        assert _CHECK.findall(visitor.html)[0] == visitor.state.check
    assert len(seen) == 3


def test_back_leads_through_every_question_of_a_check_that_asks_a_screen_twice() -> None:
    visitor = Visitor()
    visitor.begin("child")
    asked: list[tuple[str, tuple[str, ...]]] = []
    while visitor.path.startswith("/check/"):
        assert visitor.path == f"/check/{len(asked) + 1}/"
        asked.append((visitor.question, tuple(visitor.asks)))
        fields = {"age": "9"} if "age" in visitor.asks else {}
        if 'name="none"' in visitor.html:
            fields = {"yes": "back_pain"} if "back_pain" in visitor.asks else {"none": "1"}
        fields |= {"sex": "male"} if "sex" in visitor.asks else {}
        visitor.post("/check/", **_form(visitor, **(fields or {"skip": "1"})))
        assert len(visitor.state.steps) == len(asked)
    names = [name for name, _ in asked]
    assert len(set(names)) < len(names), "one screen comes twice; if it does not any more, take another person"
    for number, (name, findings) in reversed(list(enumerate(asked, 1))):
        visitor.get(f"/check/{number}/")
        assert (visitor.question, tuple(visitor.asks)) == (name, findings)
        assert "checked" in visitor.html or 'value="9"' in visitor.html
