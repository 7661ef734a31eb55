"""The plan as a calendar file: when it reminds, of what, and what it never says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from unclench.handover.calendar import TIMES, plan_calendar
from unclench.reasoning.plan import Plan
from unit.handover.test_plan_pdf import calm, planned

START = date(2025, 3, 1)
KEYS = {"SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "RRULE", "CLASS", "DESCRIPTION", "TRANSP"}


def events(made: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(made).walk("VEVENT"))


def days_of(event: Any) -> list[date]:
    rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=event["DTSTART"].dt)
    return [one.date() for one in rule]


def split(plan: Plan, **more: Any) -> tuple[list[Any], list[Any]]:
    made = events(plan_calendar(plan, start=START, **more))
    return [one for one in made if "RRULE" in one], [one for one in made if "RRULE" not in one]


@pytest.mark.parametrize("day", [0, 1, 5, 20])
def test_exercises_come_each_day_of_the_present_phase_and_reviews_between_phases(day: int) -> None:
    plan = planned(pain_duration_days=day)
    timed, reviews = split(plan)
    assert [one["DTSTART"].dt.time() for one in timed] == list(TIMES)
    firsts = [one.phase.first_day for one in plan.phases[1:] if one.phase.first_day is not None]
    assert [one["DTSTART"].dt for one in reviews] == [START + timedelta(days=first - day) for first in firsts]
    for one in timed:
        held = days_of(one)
        assert held[0] == START
        assert held[-1] < reviews[0]["DTSTART"].dt
        weekly = "WEEKLY" in one["RRULE"]["FREQ"]
        assert weekly or len(held) == firsts[0] - day
        assert [alarm["TRIGGER"].dt for alarm in one.walk("VALARM")] == [timedelta(0)]


def test_a_phase_without_an_end_is_looked_at_after_four_weeks() -> None:
    plan = planned(pain_duration_days=400)
    timed, reviews = split(plan)
    assert reviews[-1]["DTSTART"].dt >= START + timedelta(days=28)
    assert all(days_of(one)[-1] < reviews[0]["DTSTART"].dt for one in timed)


def test_titles_say_no_more_than_a_locked_phone_may_show() -> None:
    made = plan_calendar(calm(), start=START, goal="Walk again")
    for one in events(made):
        assert str(one["SUMMARY"]) in ("Back exercises", "Look at your plan again")
        assert str(one["CLASS"]) == "PRIVATE"
        assert "Your goal: Walk again" in str(one["DESCRIPTION"])
    words = made.decode().casefold()
    assert not any(word in words for word in ("spasm", "pain", "ibuprofen", "back_spasm", "medicine"))


def test_the_same_plan_gives_the_same_bytes_and_each_event_its_own_identifier() -> None:
    made = plan_calendar(calm(), start=START)
    assert made == plan_calendar(planned(), start=START)
    uids = [str(one["UID"]) for one in events(made)]
    assert len(uids) == len(set(uids)) > 3
    later = [str(one["UID"]) for one in events(plan_calendar(calm(), start=START + timedelta(days=1)))]
    assert not set(uids) & set(later)


@pytest.mark.parametrize(("wanted", "said"), [(3, "About 1 minute"), (20, "minutes"), (0, "Walking and other")])
def test_the_details_count_minutes_in_words_that_fit_and_say_to_keep_the_pdf(wanted: int, said: str) -> None:
    timed, reviews = split(planned(minutes_a_day=wanted, pain_severity=2))
    for one in timed:
        first = str(one["DESCRIPTION"]).splitlines()[0]
        assert said in first
        assert "1 minutes" not in first
    for one in (*timed, *reviews):
        assert "Keep the PDF of your plan. A browser forgets the plan after two hours." in str(one["DESCRIPTION"])


def test_one_minute_is_no_minutes() -> None:
    plan = planned(pain_severity=2)
    present = plan.phases[0]
    untimed = plan.knowledge.plan_model.untimed_groups
    timed_only = replace(present, drills=tuple(one for one in present.drills if one.exercise.group not in untimed))
    assert timed_only.drills
    timed, _ = split(replace(plan, phases=(timed_only, *plan.phases[1:])), times=[time(hour) for hour in range(24)])
    assert {str(one["DESCRIPTION"]).splitlines()[0] for one in timed} == {"About 1 minute."}


def test_walking_is_said_not_to_count() -> None:
    plan = planned(pain_severity=2)
    timed, _ = split(plan)
    assert plan.goes_along(plan.phases[0])
    assert "walking and other everyday movement not counted" in str(timed[0]["DESCRIPTION"])


def test_a_refusal_and_no_times_give_no_reminders() -> None:
    assert events(plan_calendar(planned(saddle_numbness=True), start=START)) == []
    timed, reviews = split(calm(), times=())
    assert timed == []
    assert reviews


def test_another_language_goes_through() -> None:
    timed, _ = split(calm(), translate=lambda text: f"«{text}»", locale="de")
    assert str(timed[0]["SUMMARY"]) == "«Back exercises»"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.lists(st.times(), max_size=4), st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_any_goal_day_and_times_make_a_calendar_that_can_be_read(goal: str, times: list[time], start: date) -> None:
    made = plan_calendar(calm(), start=start, times=times, goal=goal)
    read = events(made)
    assert all(set(one) <= KEYS for one in read)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert all(isinstance(one["DTSTART"].dt, datetime) == ("RRULE" in one) for one in read)
