"""Exercises on the web, without a browser: pictures, today's set, swaps, and whatever may be sent."""

from __future__ import annotations

import gzip
import json
import random
import re
import time
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shells.web.planned import WEEKS, with_plan
from shells.web.visitor import Visitor
from unclench.reasoning import assess, make_plan
from unclench.reasoning.plan import Plan, drill_today
from unclench.web import cookie, flow
from unclench.web.exercising import SKIPS, SWAPS, coach, counted, in_general, offers, places
from unclench.web.pack import knowledge
from unclench.web.state import MOST_TURNS, Damaged, State, Turn, _common

FIGURES = sorted(knowledge().figures)


def plan_of(state: State) -> Plan:
    return make_plan(knowledge(), assess(knowledge(), flow.case_of(state, knowledge())))


@pytest.fixture(scope="module")
def state() -> State:
    return with_plan()


@pytest.fixture
def visitor(state: State) -> Visitor:
    made = Visitor()
    made.carry(cookie.seal(state, now=time.time()))
    return made


def shown(visitor: Visitor) -> str:
    found = re.search(r'name="exercise" value="([^"]*)"', visitor.html)
    assert found
    return found[1]


def do(visitor: Visitor, wish: str) -> None:
    visitor.post(visitor.path, do=wish, exercise=shown(visitor))


def wishes(visitor: Visitor) -> list[str]:
    return re.findall(r'name="do" value="([^"]*)"', visitor.html)


# Pictures


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_sent_small_valid_and_without_script(name: str) -> None:
    visitor = Visitor()
    for address in (f"/figure/{name}.svg", f"/figure/{name}-moving.svg", f"/figure/{name}-moving.svg?side=left"):
        sent = visitor.client.get(address)
        assert sent.status_code == 200
        root = ET.fromstring(sent.content)
        title, text = (root.find(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc"))
        assert title is not None
        assert title.text
        assert text is not None
        assert text.text
        assert not re.search(rb"<script|\son\w+=|javascript:|href=\"[^#]|<foreignObject|url\((?!#)", sent.content)
        assert len(gzip.compress(sent.content)) < 10_000
    assert (b"<animate" in sent.content) or len(knowledge().figures[name].positions) == 1


@pytest.mark.parametrize("address", ["/figure/bird_dog.svg", "/figure/bird_dog-moving.svg"])
def test_a_figure_has_headers_of_its_own_and_may_be_kept(address: str) -> None:
    client = Visitor().client
    sent = client.get(address)
    assert sent["Content-Type"] == "image/svg+xml"
    assert sent["X-Content-Type-Options"] == "nosniff"
    for answer in (sent, client.get(address, HTTP_IF_NONE_MATCH=sent["ETag"])):
        assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
        assert answer["Cache-Control"] == "public, max-age=86400"
        assert not answer.cookies
    assert answer.status_code == 304
    assert client.get(address + "?side=left")["ETag"] != sent["ETag"]


def test_a_figure_is_packed_for_those_who_can_unpack_it() -> None:
    client = Visitor().client
    plain = client.get("/figure/bird_dog.svg")
    packed = client.get("/figure/bird_dog.svg", HTTP_ACCEPT_ENCODING="br, gzip")
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]
    assert "Accept-Language" in packed["Vary"]


def test_the_other_side_is_told_and_drawn_as_the_other_side() -> None:
    client = Visitor().client
    one, other = (client.get(f"/figure/bird_dog.svg{query}").content.decode() for query in ("", "?side=left"))
    assert "matrix(-1" in other
    assert "matrix(-1" not in one
    assert re.findall("<desc.*?</desc>", one) != re.findall("<desc.*?</desc>", other)


@pytest.mark.parametrize(
    "address",
    ["/figure/none.svg", "/figure/none-moving.svg", "/figure/.svg", "/figure/..%2fx.svg", "/figure/bird_dog",
     "/figure/bird_dog-moving-moving.svg", "/figure/" + "a" * 3000 + ".svg", "/exercises/none/", "/exercises/%00/"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(address: str) -> None:
    sent = Visitor().client.get(address)
    assert sent.status_code == 404
    assert "no-store" in sent["Cache-Control"]


# For anybody


def test_every_exercise_has_a_page_and_stands_in_the_list() -> None:
    visitor = Visitor()
    listed = visitor.get("/exercises/").content.decode()
    for name, one in knowledge().exercises.items():
        assert f"/exercises/{name}/" in listed
        page = visitor.get(f"/exercises/{name}/")
        assert page.status_code == 200
        html = page.content.decode()
        assert f"/figure/{name}-moving.svg" in html
        assert html.count("<dt>") >= len(one.phases) + len(one.contraindications)
    assert listed.count('loading="lazy"') == len(knowledge().exercises)


def test_every_dose_is_counted_in_steps_that_take_time() -> None:
    for one in knowledge().exercises.values():
        for phase, dose in one.phases.items():
            drill = in_general(one, phase)
            rows = counted(drill)
            assert all(row.amount for row in rows)
            assert len(rows) == (2 if one.sides == "both" else 1) * len(
                dose.repetitions_by_set or range(int((dose.sets or (1, 1))[0]))
            )
            made = coach(drill)
            if made is None:
                assert dose.metres or not (dose.minutes or dose.hold_seconds or dose.repetitions)
                continue
            steps = json.loads(made)["steps"]
            assert all(step[0] and step[1] > 0 for step in steps)
            if dose.hold_seconds:
                assert sum(step[0] == "Hold" for step in steps) == sum(
                    count * (2 if one.sides == "both" else 1)
                    for count in dose.repetitions_by_set
                    or (int((dose.repetitions or (1, 1))[0]),) * int((dose.sets or (1, 1))[0])
                )
                assert {step[1] for step in steps if step[0] == "Hold"} == {dose.hold_seconds[0]}


# Today's set


def test_the_whole_set_without_script(visitor: Visitor, state: State) -> None:
    drills = next(one for one in plan_of(state).phases if one.now).drills
    assert len(drills) > 2
    visitor.get("/plan/exercises/")
    assert visitor.html.count("/figure/") == len(drills)
    visitor.post("/plan/exercises/")
    for number, drill in enumerate(drills, 1):
        assert visitor.path == f"/plan/exercises/{number}/"
        assert shown(visitor) == drill.exercise.id
        assert 'type="checkbox" id="t-1' in visitor.html
        do(visitor, "done")
    assert visitor.path == "/plan/exercises/end/"
    assert "See you tomorrow" in visitor.html
    assert "Something hurt" not in visitor.html
    assert [turn.how for turn in visitor.state.turns] == ["done"] * len(drills)
    visitor.post("/plan/exercises/")
    assert visitor.path == "/plan/exercises/1/"
    assert {turn.how for turn in visitor.state.turns} == {""}


def test_the_answers_and_the_goal_stay_as_they_were(visitor: Visitor, state: State) -> None:
    visitor.carry(cookie.seal(replace(state, goal="walk the dog"), now=time.time()))
    visitor.get("/plan/exercises/1/")
    do(visitor, "skip-time")
    assert visitor.state.answers == state.answers
    assert visitor.state.goal == "walk the dog"


def test_the_kind_of_plan_goes_along(visitor: Visitor, state: State) -> None:
    track = plan_of(state).track
    assert track is not None
    visitor.get(f"/plan/exercises/1/?track={track.id}")
    assert f'action="/plan/exercises/1/?track={track.id}"' in visitor.html
    sent = visitor.client.post(f"/plan/exercises/1/?track={track.id}", {"do": "done", "exercise": shown(visitor)})
    assert sent["Location"] == f"/plan/exercises/2/?track={track.id}"
    assert visitor.client.get("/plan/exercises/1/?track=none")["Location"] == "/plan/exercises/"


@pytest.mark.parametrize("why", SKIPS)
def test_leaving_out_goes_on_and_is_told_at_the_end(visitor: Visitor, why: str) -> None:
    visitor.get("/plan/exercises/1/")
    do(visitor, f"skip-{why}")
    assert visitor.path == "/plan/exercises/2/"
    visitor.get("/plan/exercises/end/")
    assert "What you left out" in visitor.html
    assert ("Do the check again" in visitor.html) == (why == "hurts")
    assert ('href="/check/1/"' in visitor.html) == (why == "hurts")


def test_each_swap_brings_one_that_fits_and_back_brings_the_planned_one(visitor: Visitor, state: State) -> None:
    seen = set()
    plan = plan_of(state)
    for place in places(plan, state):
        address = f"/plan/exercises/{place.number}/"
        for wish in [one for one in wishes_at(visitor, address) if one.startswith("swap-")]:
            visitor.carry(cookie.seal(state, now=time.time()))
            visitor.get(address)
            do(visitor, wish)
            assert visitor.path == address
            there = knowledge().exercises[shown(visitor)]
            assert there.id != place.planned.exercise.id
            assert drill_today(plan, there.id, place.planned.slot) is not None
            seen.add(wish)
            if wish == "swap-floor":
                assert not there.floor
            if wish == "swap-equipment":
                assert not set(there.equipment) & set(place.planned.exercise.equipment)
            if wish == "swap-hurts":
                assert "do the check again" in visitor.html
                assert "swap-back" not in wishes(visitor)
            else:
                assert "In place of" in visitor.html
                do(visitor, "swap-back")
                assert shown(visitor) == place.planned.exercise.id
    assert {"swap-hurts", "swap-floor", "swap-easier", "swap-harder"} <= seen


def wishes_at(visitor: Visitor, address: str) -> list[str]:
    visitor.get(address)
    return wishes(visitor)


def test_what_hurt_does_not_come_back(visitor: Visitor, state: State) -> None:
    for place in places(plan_of(state), state):
        visitor.get(f"/plan/exercises/{place.number}/")
        met = [shown(visitor)]
        while "swap-hurts" in wishes(visitor):
            do(visitor, "swap-hurts")
            assert shown(visitor) not in met
            met.append(shown(visitor))
            assert len(met) < 12


def test_no_exercise_is_done_at_two_places(state: State) -> None:
    plan = plan_of(state)
    for place in places(plan, state):
        for offer in offers(plan, place, places(plan, state)):
            turned = state.turned(Turn(place.planned.exercise.id, offer.drill.exercise.id))
            names = [one.drill.exercise.id for one in places(plan, turned)]
            assert len(set(names)) == len(names)


def test_an_exercise_that_does_not_fit_is_not_brought_in_by_the_cookie(visitor: Visitor, state: State) -> None:
    plan = plan_of(state)
    place = places(plan, state)[0]
    allowed = {place.planned.exercise.id, *(one.exercise.id for one in place.planned.swaps)}
    unfit = [name for name in knowledge().exercises if drill_today(plan, name, place.planned.slot) is None]
    assert unfit
    for name in [*unfit[:5], "no_such_exercise", next(n for n in FIGURES if n not in allowed and n not in unfit)]:
        turned = state.turned(Turn(place.planned.exercise.id, name, "done"))
        visitor.carry(cookie.seal(turned, now=time.time()))
        visitor.get("/plan/exercises/1/")
        assert shown(visitor) == place.planned.exercise.id or name not in (*unfit, "no_such_exercise")


def test_a_changed_answer_changes_the_set_and_old_turns_count_for_nothing(state: State) -> None:
    place = places(plan_of(state), state)[1]
    turned = state.turned(Turn(place.planned.exercise.id, "", "done"))
    fresh = with_plan({**WEEKS, "pain_duration_days": 1})
    moved = replace(fresh, turns=turned.turns)
    named = [one.planned.exercise.id for one in places(plan_of(moved), moved)]
    assert place.planned.exercise.id not in named
    assert not any(one.is_settled for one in places(plan_of(moved), moved))


@pytest.mark.parametrize("said", [{"saddle_numbness": True}, {"age": 9}, {"fever": True}])
def test_whoever_has_no_plan_has_no_exercises(said: dict[str, Any]) -> None:
    visitor = Visitor()
    visitor.carry(cookie.seal(with_plan({**WEEKS, **said}), now=time.time()))
    for address in ("/plan/exercises/", "/plan/exercises/1/", "/plan/exercises/end/"):
        visitor.get(address)
        assert visitor.path == "/plan/"


def test_without_answers_there_is_nothing_to_show() -> None:
    for address in ("/plan/exercises/", "/plan/exercises/1/", "/plan/exercises/end/"):
        assert Visitor().get(address).status_code == 410
    visitor = Visitor()
    visitor.begin("me")
    visitor.get("/plan/exercises/")
    assert visitor.path == "/check/"


def test_a_page_that_is_swapped_in_from_elsewhere_is_loaded_in_full(visitor: Visitor) -> None:
    client = visitor.client
    for address in ("/exercises/", "/plan/exercises/", "/plan/exercises/2/?track=x"):
        sent = client.get(address, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://localhost/plan/")
        assert sent["HX-Redirect"] == address
        sent = client.get(address, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://localhost/exercises/")
        assert "HX-Redirect" not in sent


# Whatever may be sent


@pytest.mark.parametrize("number", ["0", "99", "9" * 400, "-1", "x", "1e3", "%00"])
def test_odd_places_end_at_the_list_or_nowhere(visitor: Visitor, number: str) -> None:
    for send in (visitor.get, visitor.post):
        assert send(f"/plan/exercises/{number}/").status_code in (200, 404)


@settings(max_examples=60, deadline=None)
@given(
    wish=st.one_of(
        st.text(max_size=30),
        st.sampled_from([f"swap-{one}" for one in SWAPS] + [f"skip-{one}" for one in SKIPS] + ["done", "swap-", "-"]),
    ),
    exercise=st.one_of(st.text(max_size=20), st.sampled_from(FIGURES)),
    track=st.text(max_size=12),
)
def test_no_form_breaks_it(state: State, wish: str, exercise: str, track: str) -> None:
    visitor = Visitor()
    visitor.carry(cookie.seal(state, now=time.time()))
    for address in ("/plan/exercises/2/", "/plan/exercises/"):
        sent = visitor.client.post(address, {"do": wish, "exercise": exercise})
        assert sent.status_code == 303
    assert visitor.client.get("/plan/exercises/", {"track": track}).status_code in (200, 303)


def test_a_form_of_an_older_page_changes_nothing(visitor: Visitor) -> None:
    visitor.get("/plan/exercises/1/")
    visitor.post(visitor.path, do="done", exercise="childs_pose")
    assert visitor.path == "/plan/exercises/1/"
    assert visitor.state.turns == ()


def test_a_form_of_another_site_is_refused(state: State) -> None:
    visitor = Visitor(checks_forms=True)
    visitor.carry(cookie.seal(state, now=time.time()))
    assert visitor.client.post("/plan/exercises/1/", {"do": "done"}).status_code == 403


# What is kept

_NAMES = st.text(max_size=40)
_TURNS = st.lists(
    st.builds(Turn, _NAMES, _NAMES, _NAMES, st.lists(st.tuples(_NAMES, _NAMES), max_size=4).map(tuple)),
    max_size=MOST_TURNS,
)


@given(_TURNS)
def test_turns_are_packed_and_unpacked(turns: list[Turn]) -> None:
    state = State(pack="p", goal="g", turns=tuple(turns))
    assert State.unpack(state.pack_up()) == state


def test_states_of_before_are_still_read() -> None:
    def packed(*fields: object) -> bytes:
        packer = zlib.compressobj(level=9, zdict=_common())
        return packer.compress(json.dumps(fields).encode()) + packer.flush()

    assert State.unpack(packed(2, "p", "me", [], [], [])) == State(pack="p")
    assert State.unpack(packed(3, "p", "me", [], [], [], "walk")) == State(pack="p", goal="walk")
    odd_ones: tuple[tuple[object, ...], ...] = (
        (4, "p", "me", [], [], [], "walk"),
        (3, "p", "me", [], [], []),
        (5, "p", "me", [], [], [], "", []),
        (4, "p", "me", [], [], [], "", [["a"]]),
        (4, "p", "me", [], [], [], "", 7),
        (4, "p", "me", [], [], [], "", [["a", "b", "c", "d"]]),
        (4, "p", "me", [], [], [], "", [["a", "", ""]] * (MOST_TURNS + 1)),
        ([], "p", "me", [], [], [], "", []),
    )
    for odd in odd_ones:
        with pytest.raises(Damaged):
            State.unpack(packed(*odd))


def test_a_full_cookie_loses_what_was_put_aside_and_never_an_answer(visitor: Visitor, state: State) -> None:
    aside = tuple((name, "equipment") for name in FIGURES[:6])
    full = replace(state, turns=tuple(Turn(name, name, "unsure", aside) for name in FIGURES[:MOST_TURNS]))
    assert cookie.fits(full, now=time.time())
    chance = random.Random(7)
    stuffed = state
    while cookie.fits(stuffed, now=time.time()):
        before, stuffed = stuffed, replace(stuffed, pending=(*stuffed.pending, f"{chance.getrandbits(48):x}"))
    visitor.carry(cookie.seal(before, now=time.time()))
    visitor.get("/plan/exercises/2/")
    for wish in ("swap-hurts", "swap-hurts", "skip-other"):
        do(visitor, wish)
        assert len(cookie.NAME) + len(visitor.sealed) < 4096
        assert visitor.state.answers == state.answers
        assert visitor.page.status_code == 200
