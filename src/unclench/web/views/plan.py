"""The plan: its questions, its page, and its forms to keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unclench.errors import UnclenchError
from unclench.reasoning import Question, assess, make_plan
from unclench.reasoning.plan import Plan
from unclench.reasoning.triage import triage
from unclench.record import revised
from unclench.web import flow
from unclench.web.advice import advice
from unclench.web.forms import Data, Problem, asked, filled, printable
from unclench.web.pack import knowledge, words
from unclench.web.plan_page import clean_goal, open_questions, pages_left, plan_page
from unclench.web.questions import question_page
from unclench.web.state import LONGEST_GOAL, Notice, State
from unclench.web.views import errors
from unclench.web.views.check import taken
from unclench.web.views.page import go, show, with_state

__all__ = ["plan", "plan_calendar", "plan_pdf", "question", "questions"]

_LATEST_START = 366  # days from now; whoever plans further ahead has another back by then
_TIMES = ("09:00", "14:00", "19:00")


@require_http_methods(["GET", "HEAD", "POST"])
@with_state
def questions(request: HttpRequest, state: State) -> HttpResponse:
    """Ask what the plan still depends on, or with `?open=N` the Nth thing that could let more into it.

    The number is a place in a list that depends on the answers, so it tells nobody what they are.
    """
    if not state.steps:
        return go(request, "check", state)
    if not _may_have_plan(state):
        return go(request, "plan", state)
    if request.method == "POST":
        return _answer(request, state, len(state.steps) + 1)
    if "open" in request.GET:
        made, wanted = _made(state, request), _place(request)
        listed = open_questions(made) if made is not None else []
        if not 1 <= wanted <= len(listed):
            return go(request, "plan", state)
        return _ask(request, state, listed[wanted - 1], len(state.steps) + 1)
    return _next(request, state, arriving=True)


@require_http_methods(["GET", "HEAD", "POST"])
@with_state
def question(request: HttpRequest, state: State, number: int) -> HttpResponse:
    """Ask a question of the plan at its own address; an earlier one comes with the answer it got."""
    if not state.steps:
        return go(request, "check", state)
    if not _may_have_plan(state):
        return go(request, "plan", state)
    if request.method == "POST":
        return _answer(request, state, number)
    if number == len(state.steps) + 1:
        return _next(request, state)
    if not 1 <= number <= len(state.steps):
        return go(request, "plan_questions", state)
    return _ask(request, state, flow.question_of(state.steps[number - 1], knowledge()), number)


@require_http_methods(["GET", "HEAD", "POST"])
@with_state
def plan(request: HttpRequest, state: State) -> HttpResponse:
    """Show the plan; take a goal in the person's own words."""
    if not state.steps:
        return go(request, "check", state)
    made = _made(state, request)
    if made is None:
        return go(request, "plan", state)
    if request.method != "POST":
        return _show(request, state, made)
    goal = clean_goal(request.POST.get("goal", ""))
    if len(goal) > LONGEST_GOAL:
        problem = _("Make it shorter.")
        return _show(request, state, made, typed=printable(goal[: 2 * LONGEST_GOAL]), problem=problem)
    return _to(request, "plan", replace(state, goal=goal), _query(request))


def _with_plan(
    view: Callable[[HttpRequest, State, Plan], HttpResponse],
) -> Callable[[HttpRequest, State], HttpResponse]:
    """Call a view with the plan; whoever has none yet, or gets none, is sent to where it says so."""

    @wraps(view)
    def asked(request: HttpRequest, state: State) -> HttpResponse:
        made = _made(state, request)
        return go(request, "plan", state) if made is None or made.refusal else view(request, state, made)

    return asked


@require_safe
@with_state
@_with_plan
def plan_pdf(request: HttpRequest, state: State, made: Plan) -> HttpResponse:
    """Hand the plan over as a PDF."""
    try:
        from unclench.handover.plan_pdf import plan_pdf as written
    except ImportError:
        return errors.unavailable(request)
    document = written(made, locale=words().locale, translate=gettext, ngettext=ngettext, goal=state.goal)
    return _file(document, "application/pdf", "unclench-plan.pdf")


@require_POST
@with_state
@_with_plan
def plan_calendar(request: HttpRequest, state: State, made: Plan) -> HttpResponse:
    """Hand the exercise times and review days over as a calendar file."""
    try:
        from unclench.handover.calendar import plan_calendar as written
    except ImportError:
        return errors.unavailable(request)
    start, times = _start(request), _times(request)
    if start is None or times is None:
        problem = _("Choose a day within a year from now, and times such as 09:00.")
        return _show(request, state, made, calendar_problem=problem)
    document = written(
        made,
        start=start,
        times=times,
        locale=words().locale,
        translate=gettext,
        ngettext=ngettext,
        goal=state.goal,
    )
    return _file(document, "text/calendar; charset=utf-8", "unclench-plan.ics")


def _next(request: HttpRequest, state: State, *, arriving: bool = False) -> HttpResponse:
    """Ask what comes next at the address of its number, or go on to the plan."""
    upcoming = flow.upcoming(state, knowledge(), for_plan=True)
    if upcoming is None:
        return go(request, "plan", state)
    number = len(state.steps) + 1
    return go(request, "plan_question", state, number) if arriving else _ask(request, state, upcoming, number)


def _ask(
    request: HttpRequest,
    state: State,
    upcoming: Question,
    number: int,
    data: Data | None = None,
    problems: tuple[Problem, ...] = (),
) -> HttpResponse:
    shown = data if data is not None else filled(upcoming, flow.shown(state), knowledge())
    stages = {screen.id: screen.stage for screen in knowledge().screens}
    before = number > 1 and stages.get(state.steps[number - 2].question) == "plan"
    return show(
        request,
        "plan_question",
        state,
        status=422 if problems else 200,
        page=question_page(upcoming, shown, knowledge(), problems=problems),
        number=number,
        back=number - 1 if before else 0,
        place=_place(request),
        track=_query(request).removeprefix("?track="),
        left=pages_left(flow.case_of(state, knowledge()), knowledge()) if number > len(state.steps) else 0,
    )


def _answer(request: HttpRequest, state: State, number: int) -> HttpResponse:
    """Take the answer to whatever question the form says it asked; whoever needs help sooner now is told at once."""
    was_asked = asked(request.POST, knowledge())
    if was_asked is None:
        return go(request, "plan_questions", state.telling(Notice("replaced")))
    after, problems = taken(request, state, was_asked)
    if problems:
        return _ask(request, state, revised(was_asked, purpose="plan"), number, request.POST, problems)
    if not _may_have_plan(after):
        return go(request, "result", after)
    if _place(request):
        return _to(request, "plan", after, _query(request))
    following = len(after.steps) + 1 if number > len(state.steps) else number + 1
    if following > len(after.steps) and flow.upcoming(after, knowledge(), for_plan=True) is None:
        return go(request, "plan", after)
    return go(request, "plan_question", after, following)


def _show(
    request: HttpRequest,
    state: State,
    made: Plan,
    *,
    typed: str | None = None,
    problem: str = "",
    calendar_problem: str = "",
) -> HttpResponse:
    is_check_open = not flow.ends_now(state, knowledge()) and flow.upcoming(state, knowledge()) is not None
    today = datetime.now(UTC).date()
    return show(
        request,
        "plan",
        state,
        status=422 if problem or calendar_problem else 200,
        page=plan_page(made, track=made.track.id if made.track and _query(request) else None),
        # Whoever needs help sooner than a plan is told so first, as on the page of the advice.
        advice=advice(assess(knowledge(), made.case)) if made.refusal == "too_urgent" else None,
        is_check_open=is_check_open,
        left=pages_left(flow.case_of(state, knowledge()), knowledge()),
        typed=state.goal if typed is None else typed,
        longest=LONGEST_GOAL,
        problem=problem,
        calendar_problem=calendar_problem,
        today=today.isoformat(),
        times=_TIMES,
    )


def _may_have_plan(state: State) -> bool:
    case = flow.case_of(state, knowledge())
    return triage(knowledge(), case).disposition in knowledge().plan_model.dispositions


def _made(state: State, request: HttpRequest) -> Plan | None:
    """Return the plan of the kind that the address asks for; None where that kind does not fit this person."""
    assessment = assess(knowledge(), flow.case_of(state, knowledge()))
    try:
        return make_plan(knowledge(), assessment, track=request.GET.get("track") or None)
    except UnclenchError:
        return None


def _query(request: HttpRequest) -> str:
    """Return the part of the address that names the kind of plan; only after `_made` has found it to fit."""
    wanted = request.GET.get("track", "")
    return f"?track={wanted}" if wanted in knowledge().tracks else ""


def _to(request: HttpRequest, name: str, state: State, query: str) -> HttpResponse:
    response = go(request, name, state)
    response["Location"] += query
    return response


def _place(request: HttpRequest) -> int:
    """Return which open question the address asks for, from 1; 0 = none."""
    typed = request.GET.get("open", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0


def _start(request: HttpRequest) -> date | None:
    """Return the first day of the calendar: the one given, today where none is; None if it is no day near now."""
    today = datetime.now(UTC).date()
    typed = request.POST.get("start", "").strip()
    if not typed:
        return today
    try:
        given = date.fromisoformat(typed)
    except ValueError:
        return None
    return given if abs((given - today).days) <= _LATEST_START else None


def _times(request: HttpRequest) -> tuple[time, ...] | None:
    """Return the times of day that were chosen, each once; None if one of them is no time."""
    try:
        chosen = {time.fromisoformat(one) for typed in request.POST.getlist("at")[:10] if (one := typed.strip())}
    except ValueError:
        return None
    if any(one.tzinfo is not None for one in chosen):
        return None
    return tuple(sorted({one.replace(second=0, microsecond=0) for one in chosen}))


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
