"""A case opened again from the code on a handed-over sheet. The code comes in a form, never in an address."""

from __future__ import annotations

import time
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext as translated
from django.views.decorators.http import require_http_methods

from unclench.handover.code import CodeError, Opened, open_code
from unclench.web import cookie, flow
from unclench.web.forms import printable
from unclench.web.pack import knowledge
from unclench.web.state import new_check
from unclench.web.views.page import go, has_answers, show

__all__ = ["open_case"]

_UNREAD_SHOWN = 40
_LONGEST_VALUE = 80


@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: HttpRequest) -> HttpResponse:
    """Open a case from its code: the same advice at once, or what differs when the knowledge is not the same."""
    if request.method != "POST":
        return show(request, "open", unfinished=has_answers(request), typed="")
    typed = request.POST.get("code", "")
    try:
        opened = open_code(typed, knowledge())
    except CodeError as error:
        return _mend(request, typed, translated(error.pattern).format(**error.values))
    state = replace(flow.reopened(opened.case.answers, knowledge()), check=new_check())
    if not state.steps:
        return _mend(request, typed, _("This code holds no answer that is known here. Enter the answers by hand."))
    if not cookie.fits(state, now=time.time()):
        return _mend(
            request, typed, _("This case has too many answers for a browser. Use the command “unclench open”.")
        )
    if opened.same_pack and not opened.unread:
        return go(request, "result", state)
    return show(
        request,
        "opened",
        state,
        keeps=True,
        made_with=opened.pack,
        here=knowledge().hash.removeprefix("sha256:")[: len(opened.pack)],
        same_pack=opened.same_pack,
        unread=_unread(opened)[:_UNREAD_SHOWN],
        more=max(0, len(opened.unread) - _UNREAD_SHOWN),
    )


def _mend(request: HttpRequest, typed: str, problem: str) -> HttpResponse:
    """Show the form again with what was typed, and what has to be mended."""
    return show(
        request, "open", unfinished=has_answers(request), typed=printable(typed), problem=printable(problem), status=422
    )


def _unread(opened: Opened) -> list[tuple[str, str]]:
    """Return the answers that this pack does not know, as they stand in the code."""
    words = {True: _("Yes"), False: _("No")}
    made = []
    for finding, value in sorted(opened.unread.items()):
        text = words[value] if isinstance(value, bool) else " ".join(value) if isinstance(value, tuple) else str(value)
        made.append((finding, printable(text[:_LONGEST_VALUE])))
    return made
