"""What every view shares: reading the state, showing a page, going to another one."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from unclench.web import cookie, flow
from unclench.web.pack import knowledge, words
from unclench.web.state import Notice, State
from unclench.web.views.errors import no_answers

__all__ = ["around", "go", "has_answers", "read_state", "show", "with_state"]

P = ParamSpec("P")


class _SeeOther(HttpResponseRedirect):
    status_code = 303


def read_state(request: HttpRequest) -> State:
    """Return the answers that the browser carries, fitted to the present pack.

    Raises:
        CookieProblem: there are none to read.
    """
    return flow.adapted(cookie.open_sealed(request.COOKIES.get(cookie.NAME), now=time.time()), knowledge())


def with_state(
    view: Callable[Concatenate[HttpRequest, State, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give a view the state, or show why there is none."""

    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            state = read_state(request)
        except cookie.CookieProblem as problem:
            return no_answers(request, problem)
        if request.POST.get("check", state.check) != state.check:
            # The form is of a check that was replaced in another tab; its answers are somebody else's.
            return go(request, "check", state.telling(Notice("replaced")))
        return view(request, state, *args, **kwargs)

    update_wrapper(wrapped, view)
    return wrapped


def has_answers(request: HttpRequest) -> bool:
    """Tell whether this browser carries answers."""
    try:
        return bool(read_state(request).steps)
    except cookie.CookieProblem:
        return False


def show(
    request: HttpRequest,
    template: str,
    state: State | None = None,
    *,
    status: int = 200,
    keeps: bool = False,
    **context: Any,
) -> HttpResponse:
    """Render a page, with whom it is about and what has to be told once.

    Args:
        request: what is answered.
        template: name of the page.
        state: the answers so far; None where the page needs none.
        status: HTTP status.
        keeps: whether the state changed, and the browser is to keep it.
        context: what else the page shows.
    """
    context |= {"state": state, "notices": _notices(state), **around(state)}
    response = render(request, f"unclench/{template}.html", context, status=status)
    if state is not None and (keeps or state.notices):
        cookie.keep(response, request, state.told(), now=time.time())
    return response


def around(state: State | None) -> dict[str, Any]:
    """Return what the frame of every page is told: whom the answers are about, and whether there are any."""
    return {
        "who": state.who if state else "",
        "has_answers": bool(state and state.steps),
        "check": state.check if state else "",
    }


def go(request: HttpRequest, name: str, state: State | None = None, *args: object) -> HttpResponse:
    """Go to another page, and let the browser keep `state`."""
    response = _SeeOther(reverse(name, args=args))
    if state is not None:
        cookie.keep(response, request, state, now=time.time())
    return response


def _notices(state: State | None) -> list[tuple[str, list[str]]]:
    if state is None:
        return []
    say = words()
    return [(n.kind, [say("findings", f, "line") for f in n.findings]) for n in state.notices]
