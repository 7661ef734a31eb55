"""The start page, the way in by one's own words, and the end."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unclench.errors import KnowledgeError
from unclench.web import cookie, flow, own
from unclench.web.advice import dangers
from unclench.web.forms import printable
from unclench.web.pack import knowledge, words
from unclench.web.state import State, Who, new_check
from unclench.web.views.page import go, has_answers, show, with_state

__all__ = ["end", "own_words", "robots", "start"]


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Say what this is; begin a check for oneself or for somebody else."""
    problem = ""
    if request.method == "POST":
        chosen = request.POST.get("who", "")
        whom: Who | None = next((one for one in get_args(Who) if one == chosen), None)
        if whom is not None:
            return go(request, "step", State(who=whom, pack=knowledge().hash, check=new_check()), 1)
        problem = _("Choose whom this is about.")
    return show(
        request,
        "start",
        dangers=dangers(knowledge()),
        limits=words()("messages", "limits", "because"),
        unfinished=has_answers(request),
        problem=problem,
        status=422 if problem else 200,
    )


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Forget every answer and go back to the start."""
    response = go(request, "start")
    cookie.forget(response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@with_state
def own_words(request: HttpRequest, state: State) -> HttpResponse:
    """Take a text, propose answers from it, and keep only those that the person confirms. The text is not kept.

    Danger signs it speaks of are asked next, whether or not anything is confirmed: which ones, is all that is kept.
    """
    if request.method == "POST" and "confirm" in request.POST:
        return _confirm(request, state)
    if not own.can_read(knowledge()):
        return show(request, "words", state, cannot_read=True)
    if request.method != "POST":
        return show(request, "words", state, longest=own.LONGEST, text="")
    text = printable(request.POST.get("text", "").replace("\r\n", "\n")).strip()
    if not text or len(text) > own.LONGEST:
        problem = _("Write a few words first.") if not text else _("Make it shorter.")
        return show(request, "words", state, longest=own.LONGEST, text=text, problem=problem, status=422)
    chosen = request.POST.get("who", "")
    whom: Who = next((one for one in get_args(Who) if one == chosen), state.who)
    state = replace(state, who=whom)
    try:
        told = own.read_words(text, state, knowledge())
    except (ImportError, KnowledgeError):
        return show(request, "words", state, cannot_read=True)
    state = state.bringing_up(*(danger.finding for danger in told.dangers))
    return show(request, "proposals", state, keeps=True, told=told, text=text)


def _confirm(request: HttpRequest, state: State) -> HttpResponse:
    given = own.confirmed(request.POST, knowledge())
    if not given:
        return go(request, "check", state)
    try:
        after = flow.answered(state, flow.OWN_WORDS, given, knowledge())
    except flow.Conflict as conflict:
        names = [words()("findings", finding, "line") for finding in conflict.findings]
        return show(request, "words", state, longest=own.LONGEST, text="", conflict=names, status=422)
    return go(request, "check", after.bringing_up("pain_site") if own.sideless(request.POST, given) else after)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let search engines find what is the same for everybody: the map of the site names it."""
    where = request.build_absolute_uri(reverse("sitemap"))
    return HttpResponse(f"User-agent: *\nAllow: /\n\nSitemap: {where}\n", content_type="text/plain")
