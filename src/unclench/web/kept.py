"""Pages of questions that were not answered yet, kept rendered: such a page is the same for everybody.

It holds nothing of anybody: which question it is, its number, and whether any question came before it. The token of the
form, the letters of the check and the address are all that differs, and are put in for each request.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language, get_language_bidi

from unclench.reasoning import Question
from unclench.web.forms import Filled
from unclench.web.pack import knowledge
from unclench.web.questions import Progress, question_page

__all__ = ["Fresh", "fresh_page"]

_PAGES = 512  # of about 12 kB each
_TOKEN = "form-token-of-this-request"
_CHECK = "letters-of-this-check"
_PATH = "/path-of-this-request/"


class Fresh(NamedTuple):
    """All that tells one page of an unanswered question from another."""

    question: Question
    progress: Progress
    back: int
    who: str
    has_answers: bool
    is_changing: bool
    offers_words: bool


def fresh_page(request: HttpRequest, fresh: Fresh, check: str) -> str:
    """Return the page as HTML, with the token of this request's form, its address and the letters of this check."""
    page = _rendered(get_language() or "", fresh)
    return page.replace(_PATH, escape(request.path)).replace(_TOKEN, get_token(request)).replace(_CHECK, escape(check))


@lru_cache(maxsize=_PAGES)
def _rendered(language: str, fresh: Fresh) -> str:
    page = question_page(fresh.question, Filled({}), knowledge())
    around = {"LANGUAGE_CODE": language, "LANGUAGE_BIDI": get_language_bidi()}
    marks = {"csrf_token": _TOKEN, "check": _CHECK, "request": {"path": _PATH}}
    return render_to_string("unclench/question.html", {**fresh._asdict(), **around, **marks, "page": page})
