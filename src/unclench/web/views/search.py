"""Search: everyday words to pages. The words stand in the address, for sharing; they are kept and logged nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from unclench.knowledge.search_index import LONGEST_QUERY, Hit, SearchIndex, page_words
from unclench.web.cookie import CookieProblem
from unclench.web.forms import printable
from unclench.web.pack import knowledge, words
from unclench.web.state import State
from unclench.web.views.page import read_state, show

__all__ = ["address", "kind_names", "search"]

_MOST = 12


@dataclass(frozen=True, slots=True)
class _Shown:
    """One page that fits, as the list shows it."""

    kind: str
    title: str
    summary: str
    url: str


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the pages that fit the words in the address; without words, the form and some ideas."""
    query = printable(request.GET.get("q", ""))[:LONGEST_QUERY].strip()
    found = _index(words().locale).find(query, limit=_MOST) if query else None
    return show(
        request,
        "search",
        _carried(request),
        query=query,
        longest=LONGEST_QUERY,
        found=found,
        hits=[_shown(hit) for hit in found.hits] if found else [],
        mended=[(old, new) for old, new in found.mended.items()] if found else [],
        unknown=", ".join(found.unknown) if found else "",
    )


def address(kind: str, name: str) -> str:
    """Return the address of a record's page; empty where that kind has none.

    Args:
        kind: kind of record, as folders of the knowledge are called, such as `red_flags`.
        name: its id.
    """
    if kind == "exercises":
        return reverse("library_one", args=[name])
    if kind == "claims":
        return f"{reverse('learn_claim_text', args=[knowledge().claims[name].text])}#{name}"
    return reverse("learn_one", args=[kind, name]) if kind in kind_names() else ""


def kind_names() -> Mapping[str, str]:
    """Return what one record of each kind is called."""
    return {
        "causes": _("What it could be"),
        "events": _("Kind of spasm"),
        "contributors": _("What can set it off"),
        "treatments": _("What to do"),
        "medicines": _("Medicine"),
        "exercises": _("Exercise"),
        "questions": _("Question"),
        "red_flags": _("Warning sign"),
        "dispositions": _("How soon to get help"),
        "findings": _("What we ask"),
        "claims": _("What articles say"),
    }


@lru_cache(maxsize=4)
def _index(locale: str) -> SearchIndex:
    return SearchIndex.load(knowledge(), locale=locale)


def _shown(hit: Hit) -> _Shown:
    title, summary = page_words(knowledge().data["wording"][words().locale], hit.kind, hit.id)
    return _Shown(kind_names()[hit.kind], title, summary, address(hit.kind, hit.id))


def _carried(request: HttpRequest) -> State | None:
    try:
        return read_state(request)
    except CookieProblem:
        return None
