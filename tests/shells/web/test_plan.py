"""The plan on the web: asked late and once, shown short, refused with a reason, and kept as PDF and calendar."""

from __future__ import annotations

import gzip
import io
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from typing import Any

import icalendar
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shells.web.browser import BACK, interview
from shells.web.hostile import MARKUP, assert_harmless
from shells.web.test_state import everything
from shells.web.visitor import Visitor
from unclench.knowledge import Disposition
from unclench.logic import Answer
from unclench.reasoning import assess, make_plan
from unclench.reasoning.triage import triage
from unclench.web import cookie, flow
from unclench.web.pack import knowledge
from unclench.web.plan_page import clean_goal, open_questions
from unclench.web.state import LONGEST_GOAL, Damaged, State

GOAL = "Carry my daughter to bed, and walk the dog."
KNOWN: Mapping[str, Answer] = {"pain_severity": 5, "minutes_a_day": 20}


@cache
def checked(**said: Answer) -> State:
    """A check that was gone through to its end."""
    return list(interview({**BACK, **said}))[-1][0]


@cache
def planned() -> State:
    """The same with every question of the plan answered no, or plainly."""
    state = checked()
    while (question := flow.upcoming(state, knowledge(), for_plan=True)) is not None:
        state = flow.answered(state, question.id, {f: _plain(f) for f in question.findings}, knowledge())
    return state


def _plain(finding: str) -> Answer:
    known = knowledge().findings[finding]
    if known.kind == "boolean":
        return False
    return KNOWN.get(finding, known.minimum if known.kind == "number" else known.choices[0] if known.choices else 0)


def coming(state: State) -> Visitor:
    one = Visitor()
    one.carry(cookie.seal(state, now=time.time()))
    return one


def fields_of(visitor: Visitor) -> dict[str, object]:
    return visitor.plain_fields({name: str(value) for name, value in KNOWN.items()})


def send(visitor: Visitor, **fields: object) -> None:
    """Send the form of the question that is shown."""
    found = re.search(r'<form method="post" action="(/plan/questions/[^"]*)"', visitor.html)
    assert found, visitor.path
    visitor.post(unescape(found[1]), question=visitor.question, asks=" ".join(visitor.asks), **fields)


def test_from_the_advice_to_the_plan_each_question_is_asked_once() -> None:
    visitor = coming(checked())
    visitor.get("/result/")
    assert 'href="/plan/questions/"' in visitor.html
    visitor.get("/plan/questions/")
    asked: list[str] = []
    while visitor.path.startswith("/plan/questions/"):
        assert not any(finding in visitor.path for finding in knowledge().findings)
        assert 'href="/plan/"' in visitor.html, "the plan can be had at any time"
        assert "Not sure, skip" in visitor.html
        asked += visitor.asks
        assert len(asked) < 200
        send(visitor, **fields_of(visitor))
    assert visitor.path == "/plan/"
    assert len(asked) == len(set(asked)) > 20
    assert not set(asked) & set(checked().answers)
    assert "still open" not in visitor.html


def test_back_goes_to_the_question_before_with_its_answer() -> None:
    visitor = coming(checked())
    visitor.get("/plan/questions/")
    first, at = visitor.question, visitor.path
    send(visitor, yes=[visitor.asks[0]])
    assert f'href="{at}"' in visitor.html
    visitor.get(at)
    assert visitor.question == first
    assert re.search(rf'value="{visitor.asks[0]}" id="f-{visitor.asks[0]}" checked', visitor.html)
    send(visitor, none="1")
    assert visitor.state.answers[knowledge().screens[0].findings[0]] is False
    assert visitor.question != first


def test_what_is_skipped_is_left_out_and_one_tap_from_its_question() -> None:
    visitor = coming(checked())
    visitor.get("/plan/questions/")
    while visitor.path.startswith("/plan/questions/"):
        send(visitor, skip="1")
    links = [unescape(one) for one in re.findall(r'href="(/plan/questions/\?open=\d+)"', visitor.html)]
    plan = make_plan(knowledge(), assess(knowledge(), flow.case_of(visitor.state, knowledge())))
    pages = open_questions(plan)
    assert len(links) == len(pages) > 5
    assert {finding for page in pages for finding in page.findings} == set(plan.open)
    visitor.get(links[1])
    assert tuple(visitor.asks) == pages[1].findings
    send(visitor, **fields_of(visitor))
    assert visitor.path == "/plan/"
    assert all(visitor.state.answers[finding] != "unsure" for finding in pages[1].findings)


def test_everything_that_is_left_out_is_named() -> None:
    for state in (checked(), planned()):
        plan = make_plan(knowledge(), assess(knowledge(), flow.case_of(state, knowledge())))
        page = coming(state)
        page.get("/plan/")
        text = unescape(page.html)
        assert plan.left_out
        for one in plan.to_data()["left_out"]:
            assert one["name"] in text, one["id"]


@pytest.mark.parametrize("address", ["?open=0", "?open=99", "?open=x", "?open=-1", "?open=%D9%A1", "?open=" + "9" * 99])
def test_an_odd_number_of_a_question_leads_to_the_plan(address: str) -> None:
    visitor = coming(checked())
    assert visitor.get(f"/plan/questions/{address}").status_code == 200
    assert visitor.path == "/plan/"


@pytest.mark.parametrize("track", ["no_such", "pregnancy", "<script>", "belly_cramp"])
def test_a_kind_of_plan_that_does_not_fit_leads_to_the_one_that_does(track: str) -> None:
    visitor = coming(checked())
    assert visitor.get(f"/plan/?track={track}").status_code == 200
    assert visitor.page.wsgi_request.get_full_path() == "/plan/"  # type: ignore[attr-defined]


def test_other_kinds_of_plan_that_fit_can_be_chosen_and_saved() -> None:
    visitor = coming(flow.answered(checked(), "cramps", {"muscle_cramp": True, "cramps_at_night": True}, knowledge()))
    visitor.get("/plan/")
    links = re.findall(r'href="(/plan/\?track=\w+)"', visitor.html)
    assert links
    first = visitor.html
    visitor.get(links[0])
    assert visitor.html != first
    query = links[0].partition("?")[2]
    assert f'href="/plan/plan.pdf?{query}"' in visitor.html
    assert f'action="/plan/plan.ics?{query}"' in visitor.html
    visitor.post(links[0], goal=GOAL)
    assert visitor.page.wsgi_request.get_full_path() == links[0]  # type: ignore[attr-defined]


# Refusals: the reason and whom to see.


@pytest.mark.parametrize(
    ("finding", "level"), [("saddle_numbness", Disposition.EMERGENCY), ("fever", Disposition.SAME_DAY)]
)
def test_whoever_needs_help_today_gets_the_reason_and_whom_to_see(finding: str, level: Disposition) -> None:
    state = checked(**{finding: True})
    case = flow.case_of(state, knowledge())
    assert triage(knowledge(), case).disposition is level
    visitor = coming(state)
    assert "/plan/questions/" not in visitor.get("/result/").content.decode()
    for address in ("/plan/questions/", "/plan/questions/?open=1", f"/plan/questions/{len(state.steps) + 1}/"):
        visitor.get(address)
        assert visitor.path == "/plan/"
    data = make_plan(knowledge(), assess(knowledge(), case)).to_data()
    assert data["refusal"]["text"] in unescape(visitor.html)
    assert data["see"]["name"] in unescape(visitor.html)
    assert "Save as PDF" not in visitor.html
    visitor.get("/plan/plan.pdf")
    assert visitor.path == "/plan/"


@pytest.mark.parametrize("finding", ["saddle_numbness", "fever"])
def test_the_help_that_comes_before_a_plan_stands_first(finding: str) -> None:
    state = checked(**{finding: True})
    visitor = coming(state)
    visitor.get("/plan/")
    answer = assess(knowledge(), flow.case_of(state, knowledge()))
    html = unescape(visitor.html)
    places = [
        html.index(text)
        for text in (
            f"<span>{knowledge().words('dispositions', answer.disposition.id, 'heading')}</span>",
            knowledge().words("see", answer.see, "name"),
            knowledge().words("dispositions", answer.disposition.id, "within"),
            knowledge().words("dispositions", answer.disposition.id, "what_to_do"),
            knowledge().words("messages", "plan_too_urgent", "because"),
        )
    ]
    assert places == sorted(places)
    assert 'href="/result/"' in html[places[-1] :]
    assert html.count("<h1") == 1
    assert "above" not in knowledge().words("messages", "plan_too_urgent", "because")


def test_a_check_that_is_not_finished_is_said_to_be_so_before_the_plan() -> None:
    seen = set()
    for state, question in interview({**BACK, "fever": True}):
        if question is None or not state.steps:
            continue
        visitor = coming(state)
        visitor.get("/plan/")
        urgent = triage(knowledge(), flow.case_of(state, knowledge())).disposition is Disposition.EMERGENCY
        assert ("Your check is not finished" in visitor.html) is not urgent
        if not urgent:
            refused = "No plan here" in visitor.html
            seen.add(refused)
            at = visitor.html.index("Your check is not finished")
            assert at < visitor.html.index("No plan here" if refused else 'class="lead"')
            assert 'href="/check/">Go on with the check' in visitor.html
    assert seen
    for done in (checked(), checked(saddle_numbness=True), planned()):
        assert "Your check is not finished" not in coming(done).get("/plan/").content.decode()


def test_where_the_trouble_is_none_for_a_plan_the_advice_says_so_and_offers_none() -> None:
    said: dict[str, Answer] = {
        "back_pain": False,
        "belly_cramp": True,
        "pain_site": ("upper_belly", "lower_belly"),
        "pain_duration_days": 3,
    }
    state = checked(**said)
    assessment = assess(knowledge(), flow.case_of(state, knowledge()))
    made = make_plan(knowledge(), assessment)
    assert (assessment.disposition, made.refusal) == (Disposition.SELF_CARE, "routing_only")
    visitor = coming(state)
    html = unescape(visitor.get("/result/").content.decode())
    assert "/plan/questions/" not in html
    assert knowledge().words("messages", "plan_routing_only", "because") in html
    assert f"See: {knowledge().words('see', str(made.see), 'name')}" in html


def test_minutes_a_day_say_what_they_leave_out() -> None:
    plan = make_plan(knowledge(), assess(knowledge(), flow.case_of(planned(), knowledge())))
    html = coming(planned()).get("/plan/").content.decode()
    walked = [one for one in plan.to_data()["phases"] if one["drills"] and one["goes_along"]]
    assert walked
    assert html.count("walking and other everyday movement not counted") == len(walked)
    none = flow.answered(planned(), "minutes_a_day", {"minutes_a_day": 0}, knowledge())
    html = coming(none).get("/plan/").content.decode()
    assert "about 0 minutes" not in html
    assert "Exercises that go along with your day" in html


def test_a_child_gets_no_plan_but_somebody_to_see() -> None:
    visitor = coming(checked(age=9))
    visitor.get("/plan/")
    see = knowledge().plan_model.children_see
    assert knowledge().words("messages", "plan_adults_only", "because") in unescape(visitor.html)
    assert knowledge().words("see", see, "name") in unescape(visitor.html)


def test_an_answer_that_makes_it_more_urgent_leads_to_the_advice_at_once() -> None:
    """Whoever makes a plan before the check has ended is asked the rest of the check there."""
    allowed = knowledge().plan_model.dispositions
    tried = 0
    for state, question in interview({**BACK, "leg_pain": True}):
        now = triage(knowledge(), flow.case_of(state, knowledge())).disposition
        if now not in allowed or question is None or question.could_become in (None, *allowed):
            continue
        visitor = coming(state)
        visitor.get("/plan/questions/")
        assert visitor.question == question.id
        ticks = 'name="none"' in visitor.html
        send(visitor, **({"yes": visitor.asks} if ticks else dict.fromkeys(visitor.asks, "yes")))
        after = triage(knowledge(), flow.case_of(visitor.state, knowledge())).disposition
        if after not in allowed:
            tried += 1
            assert visitor.path == "/result/"
    assert tried


def test_without_answers_there_is_no_plan() -> None:
    one = Visitor()
    for address in ("/plan/", "/plan/questions/", "/plan/questions/1/", "/plan/plan.pdf"):
        assert one.get(address).status_code == 410
    one.begin("me")
    for address in ("/plan/", "/plan/questions/", "/plan/questions/1/"):
        one.get(address)
        assert one.path == "/check/"
    for address in ("/plan/plan.pdf", "/plan/questions/0/", "/plan/questions/77/"):
        assert one.get(address).status_code == 200


# The page.


def test_the_page_is_short_first_and_light() -> None:
    visitor = coming(planned())
    visitor.get("/plan/")
    html = visitor.html
    plan = make_plan(knowledge(), assess(knowledge(), flow.case_of(planned(), knowledge())))
    assert html.count('<section class="phase"') == 1
    assert html.count('<details class="more phase">') == len(plan.phases) - 1 > 0
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    first = html[html.index('<section class="phase"') : html.index('class="later"')]
    places = [first.index(knowledge().words("treatments", one.treatment.id, "name")) for one in plan.phases[0].actions]
    assert places == sorted(places)
    assert len(gzip.compress(html.encode())) < 25_000


def test_each_action_says_all_that_is_known_of_it() -> None:
    visitor = coming(planned())
    text = unescape(visitor.get("/plan/").content.decode())
    plan = make_plan(knowledge(), assess(knowledge(), flow.case_of(planned(), knowledge()))).to_data()
    for phase in plan["phases"]:
        for one in (*phase["actions"], *phase["flares"]):
            for name in ("name", "what", "how", "why", "expect", "harm", "stop"):
                assert one[name] in text, (one["id"], name)
            assert one["grade"]["name"] in text
            for source in one["sources"]:
                assert source["id"] == "judgement" or source["cites_as"] in text
        for one in (*phase["progress"], *phase["regress"]):
            assert one["text"] in text
        for drill in phase["drills"]:
            assert drill["name"] in text
            assert " ".join(drill["dose"]["text"]) in text
            assert drill["id"] not in knowledge().figures or f'src="/figure/{drill["id"]}.svg"' in text


# The goal.


def test_a_goal_stands_on_the_page_the_pdf_and_the_calendar_and_can_go() -> None:
    visitor = coming(planned())
    visitor.post("/plan/", goal=f"  {GOAL}\r\n ")
    assert visitor.path == "/plan/"
    assert visitor.state.goal == GOAL
    assert f'<q dir="auto">{GOAL}</q>' in visitor.html
    assert GOAL in _pdf_text(visitor)
    assert GOAL in str(_events(visitor, at="09:00")[0]["DESCRIPTION"])
    visitor.post("/plan/", goal=" ")
    assert visitor.state.goal == ""
    assert "<q" not in visitor.html


@pytest.mark.parametrize("text", MARKUP)
def test_a_hostile_goal_is_text_everywhere(text: str) -> None:
    visitor = coming(planned())
    visitor.post("/plan/", goal=text)
    assert visitor.page.status_code == 200
    assert_harmless(visitor.page.content)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", visitor.state.goal + visitor.html)
    shown = re.search('<q dir="auto">(.*?)</q>', visitor.html)
    assert shown
    assert unescape(shown[1]) == visitor.state.goal
    events = _events(visitor, at="09:00")
    assert {str(one["SUMMARY"]) for one in events} == {"Back exercises", "Look at your plan again"}
    assert "evil" not in {key.lower() for one in events for key in one}
    assert len(_pdf_text(visitor, pages=slice(1))) > 1000, "the goal stands on the first page"


@pytest.mark.parametrize("text", ["x" * 201, "x" * 10_000, "\N{GRINNING FACE}" * 300, "<script>" * 1250])
def test_a_goal_that_is_too_long_is_to_be_mended_and_not_kept(text: str) -> None:
    visitor = coming(planned())
    assert visitor.post("/plan/", goal=text).status_code == 422
    assert_harmless(visitor.page.content)
    assert "Make it shorter" in visitor.html
    assert visitor.state.goal == ""
    assert len(visitor.page.content) < 150_000


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_a_goal_is_packed_as_it_was(typed: str) -> None:
    goal = clean_goal(typed)[:LONGEST_GOAL]
    state = replace(checked(), goal=goal)
    assert State.unpack(state.pack_up()) == state
    assert clean_goal(goal.strip()) == goal.strip()


def test_the_longest_goal_fits_beside_everything_answered() -> None:
    letters = "".join(chr(0x20000 + place * 7919 % 0xA000) for place in range(LONGEST_GOAL))
    assert cookie.fits(replace(everything(), goal=letters), now=time.time())
    with pytest.raises(Damaged):
        State.unpack(replace(State(), goal="x" * (LONGEST_GOAL + 1)).pack_up())


# To keep.


def _pdf_text(visitor: Visitor, *, pages: slice = slice(None)) -> str:
    """Return the text of the PDF, on the pages that matter: reading one takes as long as making them all."""
    page = visitor.client.get("/plan/plan.pdf")
    assert page["Content-Type"] == "application/pdf"
    document = pypdf.PdfReader(io.BytesIO(page.content))
    root: Any = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    return " ".join(" ".join(one.extract_text() for one in document.pages[pages]).split())


def _events(visitor: Visitor, **fields: object) -> list[Any]:
    page = visitor.client.post("/plan/plan.ics", fields)
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/calendar")
    return list(icalendar.Calendar.from_ical(page.content).walk("VEVENT"))


def test_the_calendar_begins_on_the_day_and_at_the_times_that_were_chosen() -> None:
    day = datetime.now(UTC).date() + timedelta(days=3)
    visitor = coming(planned())
    events = _events(visitor, start=day.isoformat(), at=["07:30", "", "07:30", "18:00"])
    timed = [one for one in events if "RRULE" in one]
    assert [one["DTSTART"].dt.isoformat() for one in timed] == [f"{day}T07:30:00", f"{day}T18:00:00"]
    assert all(one.walk("VALARM") for one in timed)
    assert {str(one["SUMMARY"]) for one in timed} == {"Back exercises"}
    assert all(not isinstance(one["DTSTART"].dt, datetime) for one in events if "RRULE" not in one)
    assert _events(visitor, start=day.isoformat(), at=["07:30", "18:00"]) == events
    assert [one for one in _events(visitor, start=day.isoformat()) if "RRULE" in one] == []


@pytest.mark.parametrize(
    "fields",
    [{"start": "yesterday"}, {"start": "0001-01-01"}, {"start": "9999-12-31"}, {"at": "25:00"}, {"at": "09:00+14:00"},
     {"start": "\x00"}, {"start": "2" * 5000}, {"at": ["9" * 5000]}],
)  # fmt: skip
def test_a_day_or_time_that_is_none_is_to_be_mended(fields: dict[str, object]) -> None:
    visitor = coming(planned())
    page = visitor.client.post("/plan/plan.ics", fields)
    assert page.status_code == 422
    assert_harmless(page.content)
    assert b"p-start" in page.content
