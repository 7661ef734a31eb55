"""Exercises: today's set, one at a time, for whoever has a plan; and every exercise, for anybody."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from unclench.errors import UnclenchError
from unclench.knowledge.records import Exercise
from unclench.reasoning.describe import describe
from unclench.reasoning.plan import Plan, plan_for
from unclench.reasoning.triage import triage
from unclench.web import cookie, flow
from unclench.web.advice import Citation, cited
from unclench.web.exercising import (
    Place,
    after,
    coach,
    counted,
    in_general,
    offers,
    phase_now,
    places,
    skip_words,
    told,
)
from unclench.web.learning import about_record, as_json_ld
from unclench.web.pack import knowledge, words
from unclench.web.state import State, Turn
from unclench.web.views.figures import figure_alt
from unclench.web.views.page import go, read_state, show, with_state

__all__ = ["end", "exercise", "library", "one", "today"]

P = ParamSpec("P")


def _whole(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Load a page in full where its style and script are not there yet: a page swapped in brings neither."""

    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        before = urlsplit(request.headers.get("HX-Current-URL", "")).path
        if "HX-Request" in request.headers and not before.startswith((reverse("library"), reverse("exercises"))):
            response = HttpResponse(status=200)
            response["HX-Redirect"] = request.get_full_path()
            return response
        return view(request, *args, **kwargs)

    update_wrapper(wrapped, view)
    return wrapped


@require_http_methods(["GET", "HEAD", "POST"])
@_whole
@with_state
def today(request: HttpRequest, state: State) -> HttpResponse:
    """Show today's set; begin it, or begin it anew."""
    made = _plan(state, request)
    if made is None or not state.steps:
        return go(request, "plan", state)
    listed = places(made, state)
    if request.method == "POST" and listed:
        if all(one.is_settled for one in listed):
            state = replace(state, turns=tuple(replace(one, how="") for one in state.turns))
            listed = places(made, state)
        return _to(request, "exercise", state, _first_open(listed))
    now = phase_now(made)
    return show(
        request,
        "exercises",
        state,
        places=[(one, told(one.drill)) for one in listed],
        is_begun=any(one.is_settled for one in listed),
        is_over=bool(listed) and all(one.is_settled for one in listed),
        phase=words()("phases", now.phase.id, "name") if now else "",
        minutes=round(sum(one.drill.timed.minutes for one in listed)),
        stop=words()("messages", "exercise_stop", "because"),
        **_around(request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_whole
@with_state
def exercise(request: HttpRequest, state: State, number: int) -> HttpResponse:
    """Show one exercise of today's set, and take what became of it."""
    made = _plan(state, request)
    listed = places(made, state) if made is not None else ()
    if made is None or not 1 <= number <= len(listed):
        return _to(request, "exercises", state)
    place = listed[number - 1]
    offered = offers(made, place, listed)
    if request.method == "POST":
        fresh = request.POST.get("exercise") == place.drill.exercise.id  # else the form is of an older page
        turn = after(place, request.POST.get("do", ""), offered) if fresh else None
        return _take(request, state, turn, number, len(listed))
    data = told(place.drill)
    return show(
        request,
        "exercise",
        state,
        place=place,
        total=len(listed),
        drill=data,
        figure=_figure(place.drill.exercise),
        coach=coach(place.drill),
        rows=counted(place.drill),
        instead=words()("exercises", place.planned.exercise.id, "name") if place.drill is not place.planned else "",
        offers=offered,
        skips=skip_words().items(),
        sources=_citations(place.drill.exercise),
        hurt=any(one.hurt for one in listed),
        stop=words()("messages", "exercise_stop", "because"),
        **_around(request),
    )


@require_safe
@_whole
@with_state
def end(request: HttpRequest, state: State) -> HttpResponse:
    """Show what was done and what was left out, and why."""
    made = _plan(state, request)
    listed = places(made, state) if made is not None else ()
    if not any(one.is_settled for one in listed):
        return _to(request, "exercises", state)
    say, reasons = words(), skip_words()

    def named(name: str) -> str:
        return say("exercises", name, "name")

    return show(
        request,
        "exercises_end",
        state,
        done=[
            (named(one.drill.exercise.id), named(one.planned.exercise.id) if one.drill is not one.planned else "")
            for one in listed
            if one.turn.how == "done"
        ],
        skipped=[
            (named(one.drill.exercise.id), reasons.get(one.turn.how, reasons["other"]))
            for one in listed
            if one.turn.how not in ("", "done")
        ],
        open=[(one.number, named(one.drill.exercise.id)) for one in listed if not one.is_settled],
        hurt=any(one.hurt for one in listed),
        stop=words()("messages", "exercise_stop", "because"),
        **_around(request),
    )


@require_safe
@_whole
def library(request: HttpRequest) -> HttpResponse:
    """Show every exercise, by group."""
    say = words()
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for one in knowledge().exercises.values():
        entry = (one.id, say("exercises", one.id, "name"), say("exercises", one.id, "purpose"))
        groups.setdefault(one.group, []).append(entry)
    named = [(say("exercise_groups", group, "name"), sorted(entries, key=lambda one: one[1]))
             for group, entries in groups.items()]  # fmt: skip
    return show(request, "library", _carried(request), groups=named, total=len(knowledge().exercises))


@require_safe
@_whole
def one(request: HttpRequest, name: str) -> HttpResponse:
    """Show one exercise, for anybody."""
    found = knowledge().exercises.get(name)
    if found is None:
        raise Http404
    say = words()
    canonical = request.build_absolute_uri(request.path)
    doses = [
        (say("phases", phase.id, "name"), told(in_general(found, phase.id))["dose"]["text"])
        for phase in knowledge().phases.values()
        if phase.id in found.phases
    ]
    return show(
        request,
        "library_one",
        _carried(request),
        drill=told(in_general(found, next(iter(found.phases)))),
        figure=_figure(found),
        doses=doses,
        only_for=describe(found.indication, knowledge(), locale=say.locale) if found.indication is not None else "",
        limits=[
            (describe(limit.when, knowledge(), locale=say.locale), say("exercise_limits", limit.id, "because"))
            for limit in found.contraindications
        ],
        sources=_citations(found),
        **about_record("exercises", found.id),
        stop=say("messages", "exercise_stop", "because"),
        canonical=canonical,
        json_ld=as_json_ld(
            {
                "@context": "https://schema.org",
                "@type": "ExercisePlan",
                "name": say("exercises", found.id, "name"),
                "description": say("exercises", found.id, "purpose"),
                "url": canonical,
                "exerciseType": say("exercise_groups", found.group, "name"),
            }
        ),
    )


@dataclass(frozen=True, slots=True)
class _Figure:
    """The picture of an exercise: its name in addresses, what it shows, and the same for the other side."""

    name: str
    alt: str
    other_alt: str


def _figure(found: Exercise) -> _Figure | None:
    if found.id not in knowledge().figures:
        return None
    other = figure_alt(found.id, mirror=True) if found.sides == "both" else ""
    return _Figure(found.id, figure_alt(found.id), other)


def _take(request: HttpRequest, state: State, turn: Turn | None, number: int, total: int) -> HttpResponse:
    """Keep what became of an exercise, and go on to the next one if it is settled."""
    if turn is None:
        return _to(request, "exercise", state, number)
    kept = state.turned(turn)
    if not cookie.fits(kept, now=time.time()):
        kept = state.turned(replace(turn, aside=()))
    if not cookie.fits(kept, now=time.time()):
        kept = state
    if not turn.how:
        return _to(request, "exercise", kept, number)
    return _to(request, "exercise", kept, number + 1) if number < total else _to(request, "exercises_end", kept)


def _first_open(listed: tuple[Place, ...]) -> int:
    return next((one.number for one in listed if not one.is_settled), 1)


def _plan(state: State, request: HttpRequest) -> Plan | None:
    """Return the plan of the kind that the address asks for; None where there is none for this person."""
    case = flow.case_of(state, knowledge())
    urgency = triage(knowledge(), case).disposition  # a plan needs no more of an assessment, which takes far longer
    try:
        made = plan_for(knowledge(), case, urgency, track=request.GET.get("track") or None)
    except UnclenchError:
        return None
    return None if made.refusal else made


def _around(request: HttpRequest) -> dict[str, Any]:
    """Return what the addresses of the player carry: the kind of plan, where one was chosen."""
    wanted = request.GET.get("track", "")
    return {"query": f"?track={wanted}" if wanted in knowledge().tracks else ""}


def _to(request: HttpRequest, name: str, state: State, *args: object) -> HttpResponse:
    response = go(request, name, state, *args)
    response["Location"] += _around(request)["query"]
    return response


def _carried(request: HttpRequest) -> State | None:
    try:
        return read_state(request)
    except cookie.CookieProblem:
        return None


def _citations(found: Exercise) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(cited(ref, knowledge()) for ref in found.sources))
