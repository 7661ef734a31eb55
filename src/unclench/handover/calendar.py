"""The plan as a calendar file: exercise times of the present phase, and the days on which to look at the plan again.

What a locked phone shows says "Back exercises", or "Exercises", and no more. Times have no zone: nine o'clock is nine
wherever one is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from icalendar import Alarm, Calendar, Event

from unclench import __version__
from unclench.handover.sheet import Counted, Translate, in_english
from unclench.reasoning.fitting import number_of
from unclench.reasoning.plan import PhasePlan, Plan

__all__ = ["TIMES", "plan_calendar"]

TIMES = (time(9), time(14), time(19))
"""Times of day offered first; the person chooses. A matter of habit, not of evidence."""

_WEEK = 7
_BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def plan_calendar(
    plan: Plan,
    *,
    start: date,
    times: Sequence[time] = TIMES,
    locale: str = "en",
    translate: Translate = str,
    ngettext: Counted = in_english,
    goal: str = "",
) -> bytes:
    """Return a calendar file (RFC 5545) of a plan; the same arguments give the same bytes.

    The same plan begun on the same day gives the same identifiers, so a calendar that gets it twice keeps one of each.

    Args:
        plan: the plan; one without exercises gives review days only, a refusal an empty calendar.
        start: the first day.
        times: when to do the exercises; none = no reminders.
        locale: the language of the texts, for the calendar.
        translate: from English texts to those of the reader; gettext is one.
        ngettext: the same for texts that count something.
        goal: what the person wants to do again, in their words; it stands in the details, not in the title.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> from unclench.reasoning import assess, make_plan
        >>> knowledge = Knowledge.load()
        >>> plan = make_plan(knowledge, assess(knowledge, {"findings": {"saddle_numbness": True}}))
        >>> plan_calendar(plan, start=date(2025, 3, 1)).splitlines()[0]
        b'BEGIN:VCALENDAR'
    """
    made = Calendar()
    made.add("prodid", f"-//Unclench//{__version__}//{locale.upper()}")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    exercises = _exercises(plan, start, times, translate, ngettext, goal)
    for event in (*exercises, *_reviews(plan, start, translate, goal)):
        made.add_component(event)
    return bytes(made.to_ical())


def _exercises(
    plan: Plan, start: date, times: Sequence[time], _: Translate, ngettext: Counted, goal: str
) -> Iterator[Event]:
    """Yield a recurring event for each time of day, up to the end of the present phase."""
    if not plan.phases or not plan.phases[0].drills:
        return
    present = plan.phases[0]
    minutes = sum(drill.timed.minutes for drill in present.drills)
    chosen = sorted(set(times))
    each = max(1, round(minutes / max(1, len(chosen))))
    if not minutes:
        said = _("Walking and other everyday movement, as your plan tells you.")
    elif plan.goes_along(present):
        said = ngettext(
            "About {minutes} minute, walking and other everyday movement not counted.",
            "About {minutes} minutes, walking and other everyday movement not counted.",
            each,
        ).format(minutes=each)
    else:
        said = ngettext("About {minutes} minute.", "About {minutes} minutes.", each).format(minutes=each)
    days = (_ends(plan, start) - start).days
    title = _("Back exercises") if plan.track and plan.track.for_the_back else _("Exercises")
    for at in chosen:
        begin = datetime.combine(start, at)
        event = _event(plan, begin, f"exercises {at:%H:%M}", title)
        event.add("dtend", begin + timedelta(minutes=each))
        event.add("rrule", _rule(present, begin, days))
        event.add("description", _details(_, said, goal))
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", timedelta(0))
        alarm.add("description", title)
        event.add_component(alarm)
        yield event


def _reviews(plan: Plan, start: date, _: Translate, goal: str) -> Iterator[Event]:
    """Yield an all-day event for each day on which the next phase may begin."""
    if plan.refusal:
        return
    for number, day in enumerate(_review_days(plan, start), 1):
        event = _event(plan, day, f"review {number}", _("Look at your plan again"))
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("description", _details(_, _("See whether you can go on to the next part, or step back."), goal))
        yield event


def _event(plan: Plan, begin: date, what: str, title: str) -> Event:
    day = begin.date() if isinstance(begin, datetime) else begin
    track = plan.track.id if plan.track else ""
    event = Event()
    # Hashed, as the name of a kind of plan is nobody's business.
    event.add("uid", sha256(f"{track} {what} {begin.isoformat()}".encode()).hexdigest()[:32] + "@unclench")
    event.add("dtstamp", datetime.combine(day, time(0), UTC))
    event.add("dtstart", begin)
    event.add("summary", title)
    event.add("class", "PRIVATE")
    return event


def _rule(present: PhasePlan, begin: datetime, days: int) -> dict[str, object]:
    """Return how an event recurs: each day, or on as many days a week as the exercise that needs most."""
    spans = [drill.timed.dose.days_a_week for drill in present.drills]
    wanted = max(_WEEK if span is None else int(span[1]) for span in spans)
    until = begin + timedelta(days=days - 1)
    if not 0 < wanted < _WEEK:
        return {"freq": "daily", "until": until}
    first = begin.weekday()
    chosen = sorted({(first + round(place * _WEEK / wanted)) % _WEEK for place in range(wanted)})
    return {"freq": "weekly", "until": until, "byday": [_BYDAY[one] for one in chosen]}


def _ends(plan: Plan, start: date) -> date:
    """Return the first day after the present phase, as counted from `start`."""
    ahead = [day for day in _review_days(plan, start) if day > start]
    return ahead[0] if ahead else start + timedelta(days=plan.knowledge.plan_model.review_days)


def _review_days(plan: Plan, start: date) -> list[date]:
    """Return the days on which later phases begin, or the model's review day where none has a day."""
    day = 0.0
    if plan.track is not None and plan.track.clock != "today":
        day = number_of(plan.answers, plan.knowledge.plan_model.duration) or 0.0
    firsts = [one.phase.first_day for one in plan.phases[1:] if one.phase.first_day is not None]
    if not firsts and plan.phases and plan.phases[0].phase.last_day is not None:
        firsts = [plan.phases[0].phase.last_day + 1]
    days = sorted({start + timedelta(days=int(first - day)) for first in firsts if first > day})
    return days or [start + timedelta(days=plan.knowledge.plan_model.review_days)]


def _details(_: Translate, said: str, goal: str) -> str:
    printable = "".join(one for one in goal if unicodedata.category(one) not in ("Cc", "Cs", "Co", "Cn"))
    lines = [said, _("Your goal: {goal}").format(goal=printable)] if printable else [said]
    return "\n".join([*lines, _("Keep the PDF of your plan. A browser forgets the plan after two hours.")])
