"""Pages for what went wrong: what happened, what it means for the answers, and what to do now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unclench.web import cookie

__all__ = [
    "bad_request",
    "csrf_failure",
    "forbidden",
    "no_answers",
    "not_found",
    "server_error",
    "too_large",
    "unavailable",
]


def no_answers(request: HttpRequest, problem: cookie.CookieProblem) -> HttpResponse:
    """Say that the answers are gone or damaged, and offer to start again."""
    response = _page(
        request, "damaged" if problem.why == "damaged" else "gone", 400 if problem.why == "damaged" else 410
    )
    cookie.forget(response)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400: a request that no page of ours makes."""
    return _page(request, "bad_request", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403."""
    return _page(request, "forbidden", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403: a form from an older visit or another site, or cookies switched off."""
    return _page(request, "forbidden", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404."""
    return _page(request, "not_found", 404)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more was sent than any form of ours holds."""
    return _page(request, "too_large", 413)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: a part that this installation does not have."""
    return _page(request, "unavailable", 503)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our own fault."""
    return _page(request, "server_error", 500)


def _page(request: HttpRequest, what: str, status: int) -> HttpResponse:
    return render(request, "unclench/problem.html", {"what": what}, status=status)
