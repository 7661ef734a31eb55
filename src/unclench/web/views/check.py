"""The interview: one question a page, back and forth without loss, and everything looked over at the end."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from unclench.reasoning import Question
from unclench.record import revised
from unclench.web import cookie, flow
from unclench.web.forms import Data, Problem, asked, filled, read
from unclench.web.kept import Fresh, fresh_page
from unclench.web.pack import knowledge
from unclench.web.questions import progress, question_page, replies
from unclench.web.state import Notice, State, Step
from unclench.web.views.page import go, show, with_state

__all__ = ["current", "review", "step", "taken"]


@require_http_methods(["GET", "HEAD", "POST"])
@with_state
def current(request: HttpRequest, state: State) -> HttpResponse:
    """Ask what is worth asking next, wherever the person is."""
    if request.method == "POST":
        return _answer(request, state, len(state.steps) + 1)
    return _next(request, state)


@require_http_methods(["GET", "HEAD", "POST"])
@with_state
def step(request: HttpRequest, state: State, number: int) -> HttpResponse:
    """Ask a question at its own address, so that the browser's back button goes from one question to the one before.

    An earlier one comes with the answer it got.
    """
    if request.method == "POST":
        return _answer(request, state, number)
    return _at(request, state, number)


@require_safe
@with_state
def review(request: HttpRequest, state: State) -> HttpResponse:
    """Show every answer with a way to change it."""
    if not state.steps:
        return go(request, "check", state)
    is_more = flow.upcoming(state, knowledge()) is not None
    return show(request, "review", state, replies=replies(state), is_more=is_more)


def _at(request: HttpRequest, state: State, number: int) -> HttpResponse:
    """Ask question `number` (from 1): an earlier one anew, or the next one."""
    if number == len(state.steps) + 1:
        return _next(request, state)
    if not 1 <= number <= len(state.steps):
        return go(request, "check", state)
    return _ask(request, state, flow.question_of(state.steps[number - 1], knowledge()), number)


def _next(request: HttpRequest, state: State) -> HttpResponse:
    """Ask what comes next, or go on to looking over or, in an emergency, straight to the advice."""
    question = flow.upcoming(state, knowledge())
    if question is None:
        return go(request, "result" if flow.ends_now(state, knowledge()) else "review", state)
    return _ask(request, state, question, len(state.steps) + 1)


def _ask(
    request: HttpRequest,
    state: State,
    question: Question,
    number: int,
    data: Data | None = None,
    problems: tuple[Problem, ...] = (),
) -> HttpResponse:
    answers = flow.shown(state)
    around = Fresh(
        question,
        progress(question, number, state, knowledge()),
        back=min(number - 1, len(state.steps)),
        who=state.who,
        has_answers=bool(state.steps),
        is_changing=_is_changing(request),
        offers_words=not any(one.question == flow.OWN_WORDS for one in state.steps),
    )
    if data is None and not state.notices and answers.keys().isdisjoint(question.findings):
        return HttpResponse(fresh_page(request, around, state.check))
    shown = data if data is not None else filled(question, answers, knowledge())
    page = question_page(question, shown, knowledge(), problems=problems)
    return show(request, "question", state, page=page, status=422 if problems else 200, **around._asdict())


def _answer(request: HttpRequest, state: State, number: int) -> HttpResponse:
    """Take the answer to whatever question the form itself says it asked."""
    question = asked(request.POST, knowledge())
    if question is None:
        return go(request, "check", state.telling(Notice("replaced")))
    after, problems = taken(request, state, question)
    if not problems:
        return _onward(request, after, question, is_next=number > len(state.steps))
    place = _place_of(state, question) or number
    again = revised(question, purpose=flow.question_of(Step(question.id, {}), knowledge()).purpose)
    return _ask(request, state, again, place, request.POST, problems)


def taken(request: HttpRequest, state: State, question: Question) -> tuple[State, tuple[Problem, ...]]:
    """Return the state with the posted answers to `question`, and what has to be mended before they can be taken."""
    given, problems = read(question, request.POST, knowledge())
    if problems:
        return state, tuple(problems)
    try:
        return flow.answered(state, question.id, given, knowledge()), ()
    except flow.Conflict as conflict:
        text = _("This does not fit with another of your answers. Change one of the two.")
        return state, tuple(Problem(finding, text) for finding in conflict.findings)


def _onward(request: HttpRequest, state: State, question: Question, *, is_next: bool) -> HttpResponse:
    """After an answer: the advice in an emergency, the list it was changed from, or the question after it.

    A question that was asked as the next one may have been asked before; whatever was asked after it stays answered.
    """
    is_boosted = request.headers.get("HX-Boosted") == "true"
    place = _place_of(state, question)
    number = len(state.steps) + 1 if is_next else place + 1
    is_changing = _is_changing(request)
    finds_the_end = is_boosted and is_next and not is_changing  # whatever asks for the next question sees an emergency
    if not finds_the_end and flow.ends_now(state, knowledge()):
        return go(request, "result", state)
    if is_changing:
        return go(request, "review", state)
    if not is_boosted:
        return go(request, "step", state, number)
    # With script the next question comes at once, and its address apart: half the requests of a redirect.
    response = _at(request, state, number)
    if response.status_code == 200:
        response.headers["HX-Push-Url"] = reverse("step", args=(number,))
    if cookie.NAME not in response.cookies:
        cookie.keep(response, request, state, now=time.time())
    return response


def _place_of(state: State, question: Question) -> int:
    """Return the number (from 1) of the step in which a question was answered; 0 = it was not."""
    steps = enumerate(state.steps, 1)
    here = (
        n for n, one in steps if one.question == question.id and not one.answers.keys().isdisjoint(question.findings)
    )
    return next(here, 0)


def _is_changing(request: HttpRequest) -> bool:
    """Whether the person came from the list of answers, and goes back there."""
    return "change" in request.GET
