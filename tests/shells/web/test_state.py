"""The sealed cookie: small, short-lived, and useless to anybody who changes it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shells.web.visitor import Visitor
from unclench.logic import UNSURE, Answer
from unclench.web import cookie, flow
from unclench.web.pack import knowledge
from unclench.web.state import Damaged, State

NOW = 1_800_000_000.0


def everything() -> State:
    """Every question a person can be asked, answered as wordily as can be."""
    state = State(who="adult", pack=knowledge().hash)
    screened = [(screen.id, screen.findings) for screen in knowledge().screens]
    lone = {f.id for f in knowledge().findings.values() if f.supplied_by == "person"}
    lone -= {finding for _, findings in screened for finding in findings}
    for question, findings in [*screened, *((one, (one,)) for one in sorted(lone))]:
        state = state.answered(question, {f: _wordiest(f, n) for n, f in enumerate(findings)})
    return state


def _wordiest(finding: str, place: int) -> Answer:
    known = knowledge().findings[finding]
    if known.kind == "boolean":
        return (True, False, UNSURE)[(place * 7 + len(finding)) % 3]
    if known.kind == "number":
        return known.maximum
    return known.choices if known.kind == "regions" else max(known.choices, key=len)


def test_everything_answered_still_fits_a_cookie() -> None:
    state = everything()
    sealed = cookie.seal(state, now=NOW)
    assert len(state.answers) > 150
    assert len(sealed) < 3800
    assert cookie.open_sealed(sealed, now=NOW) == state


def test_a_cookie_lives_two_hours() -> None:
    sealed = cookie.seal(State(), now=NOW)
    assert cookie.open_sealed(sealed, now=NOW + cookie.LIFETIME_SECONDS - 1) == State()
    with pytest.raises(cookie.CookieProblem, match="expired"):
        cookie.open_sealed(sealed, now=NOW + cookie.LIFETIME_SECONDS + 1)


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=63))
def test_no_changed_character_gets_through(place: int, other: int) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    state = State().answered("nerves", {"saddle_numbness": True})
    sealed = cookie.seal(state, now=NOW)
    place %= len(sealed)
    changed = sealed[:place] + letters[other] + sealed[place + 1 :]
    why = ""
    try:
        read = cookie.open_sealed(changed, now=NOW)
    except cookie.CookieProblem as problem:
        why = problem.why
    else:
        assert read == state, "only the same letter, or the spare bits of the last one, may leave it readable"
    assert why in ("", "damaged")


@given(st.text(max_size=5000))
def test_any_text_is_missing_or_damaged(text: str) -> None:
    with pytest.raises(cookie.CookieProblem):
        cookie.open_sealed(text, now=NOW)


@given(st.binary(max_size=400))
def test_any_bytes_are_damaged(packed: bytes) -> None:
    with pytest.raises(Damaged):
        State.unpack(packed)


@pytest.mark.parametrize("cut", [1, 10, 30, 200])
def test_a_cut_cookie_is_a_page_to_start_again(visitor: Visitor, cut: int) -> None:
    visitor.answer(none="1")
    visitor.carry(visitor.sealed[:-cut])
    page = visitor.get("/check/")
    assert page.status_code == 400
    assert "Start again" in visitor.html
    assert visitor.sealed == ""


def test_an_expired_cookie_is_gone(visitor: Visitor) -> None:
    visitor.carry(cookie.seal(visitor.state, now=time.time() - cookie.LIFETIME_SECONDS - 5))
    page = visitor.get("/check/")
    assert page.status_code == 410
    assert "two hours" in visitor.html


def test_answers_of_an_older_pack_are_carried_over(visitor: Visitor) -> None:
    old = State(pack="sha256:old").answered("nerves", {"saddle_numbness": False, "no_longer_asked": True})
    old = old.answered("about", {"age": 500, "sex": "female"})
    visitor.carry(cookie.seal(old, now=time.time()))
    visitor.get("/check/")
    assert "questions were improved" in visitor.html
    assert knowledge().words("findings", "age", "line") in visitor.html
    assert visitor.state.answers == {"saddle_numbness": False, "sex": "female"}
    assert visitor.state.pack == knowledge().hash
    assert "questions were improved" not in visitor.get("/check/").content.decode()


def test_the_cookie_is_out_of_reach_of_script_and_other_sites(visitor: Visitor) -> None:
    sent = visitor.client.cookies[cookie.NAME]
    assert sent["httponly"]
    assert sent["samesite"] == "Lax"
    assert sent["max-age"] == cookie.LIFETIME_SECONDS


def test_each_conflict_names_its_findings() -> None:
    state = State(pack=knowledge().hash).answered("about", {"age": 40, "sex": "male"})
    with pytest.raises(flow.Conflict) as caught:
        flow.answered(state, "pregnancy", {"pregnant": True}, knowledge())
    assert caught.value.findings == ("pregnant",)
