"""What works: every treatment side by side, to sort and to pick from. The address holds the filters, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from unclench.knowledge.plan_records import Position, Treatment
from unclench.reasoning.comparison import (
    FILTERS,
    SORTS,
    all_sources,
    as_csv,
    common_span,
    compared,
    comparison_data,
    first_known,
    treatment_data,
    values_of,
)
from unclench.web.advice import Citation, cited
from unclench.web.cookie import CookieProblem
from unclench.web.effects import Shown, effect_words
from unclench.web.pack import knowledge, words
from unclench.web.state import State
from unclench.web.views.page import read_state, show

__all__ = ["works", "works_csv", "works_json"]

_KINDS = {"track": "tracks", "kind": "sorts", "cost": "costs", "verdict": "verdicts"}
_ARIA_SORT = {
    "worth": "descending", "certainty": "descending", "cost": "ascending", "effort": "ascending", "name": "ascending",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Row:
    """One treatment; `main` is the effect that is shown first, the rest is folded. Sources come with places in them."""

    data: Mapping[str, Any]
    by: str
    main: Shown | None
    effects: tuple[Shown, ...]
    harms: tuple[Shown, ...]
    guidelines: tuple[str, ...]
    citations: tuple[tuple[Citation, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """A heading of the table; `sort` is the order its link asks for, empty where it has none."""

    name: str
    sort: str
    aria_sort: str
    query: str


@dataclass(frozen=True, slots=True)
class _Filter:
    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]


@require_safe
def works(request: HttpRequest) -> HttpResponse:
    """Show the treatments that fit the filters, in the order asked for. What is no filter or order is left out."""
    sort, chosen = _asked(request)
    treatments = compared(knowledge(), sort=sort, locale=words().locale, **chosen)
    low, high = common_span(knowledge())
    rows = [_row(get_language() or "", one.id) for one in treatments]
    return show(
        request,
        "works",
        _carried(request),
        rows=rows,
        count=len(rows),
        total=len(knowledge().treatments),
        columns=_columns(sort, chosen),
        orders=[(one, _order_words()[one], one == sort) for one in SORTS],
        filters=[_filter(name, chosen.get(name, "")) for name in FILTERS],
        is_picked=bool(chosen),
        query=_query(sort, chosen),
        worst=-low,
        zero=round(-100 * low / (high - low)),
        best=high,
        limits=words()("messages", "limits", "because"),
    )


@require_safe
def works_csv(request: HttpRequest) -> HttpResponse:
    """Hand the comparison over as CSV, with the filters and order of the page."""
    return _file(as_csv(_data(request)), "text/csv; charset=utf-8", "what-works.csv")


@require_safe
def works_json(request: HttpRequest) -> HttpResponse:
    """Hand the comparison over as JSON, with the filters and order of the page."""
    return _file(json.dumps(_data(request), ensure_ascii=False), "application/json", "what-works.json")


def _file(text: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _data(request: HttpRequest) -> dict[str, Any]:
    sort, chosen = _asked(request)
    locale = words().locale
    return comparison_data(knowledge(), compared(knowledge(), sort=sort, locale=locale, **chosen), locale)


def _asked(request: HttpRequest) -> tuple[str, dict[str, str]]:
    sort = request.GET.get("sort", "")
    chosen = {name: value for name in FILTERS if (value := request.GET.get(name, "")) in values_of(knowledge(), name)}
    return (sort if sort in SORTS else SORTS[0]), chosen


def _carried(request: HttpRequest) -> State | None:
    try:
        return read_state(request)
    except CookieProblem:
        return None


def _query(sort: str, chosen: Mapping[str, str]) -> str:
    asked = {**({"sort": sort} if sort != SORTS[0] else {}), **chosen}
    return f"?{urlencode(asked)}" if asked else ""


def _columns(sort: str, chosen: Mapping[str, str]) -> list[_Column]:
    made = [
        (_("What to do"), "name"),
        (_("Worth"), "worth"),
        (_("How much it helps"), ""),
        (_("Harm"), ""),
        (_("How sure"), "certainty"),
        (_("Cost"), "cost"),
        (_("Effort"), "effort"),
        (_("For whom"), ""),
    ]
    return [
        _Column(name, by, _ARIA_SORT[by] if by == sort else "", _query(by, chosen) if by else "") for name, by in made
    ]


def _order_words() -> Mapping[str, str]:
    return {
        "worth": _("Best first"),
        "certainty": _("Surest first"),
        "cost": _("Cheapest first"),
        "effort": _("Easiest first"),
        "name": _("By name"),
    }


def _by_words() -> Mapping[str, str]:
    return {
        "self": _("You, by yourself"),
        "pharmacist": _("You, with a pharmacist"),
        "clinician": _("A doctor, nurse or therapist"),
        "specialist": _("A specialist"),
    }


def _filter(name: str, chosen: str) -> _Filter:
    labels = {
        "track": _("Kind of trouble"),
        "kind": _("Sort of treatment"),
        "cost": _("Cost"),
        "by": _("Who gives it"),
        "verdict": _("Worth"),
    }
    said = _by_words()
    options = [
        (one, said[one] if name == "by" else words()(_KINDS[name], one, "name")) for one in values_of(knowledge(), name)
    ]
    return _Filter(name, labels[name], tuple((one, text, one == chosen) for one, text in options))


@lru_cache(maxsize=256)
def _row(_language: str, name: str) -> _Row:
    """Return one treatment as the page shows it; the same for everybody who reads in a language."""
    one: Treatment = knowledge().treatments[name]
    main = first_known(one.effects)
    return _Row(
        data=treatment_data(knowledge(), one, words().locale),
        by=_by_words()[one.by],
        main=effect_words(one, main) if main else None,
        effects=tuple(effect_words(one, effect) for effect in one.effects if effect is not main),
        harms=tuple(effect_words(one, effect) for effect in one.harms if not effect.unknown),
        guidelines=tuple(map(_position, one.guidelines)),
        citations=_citations(one),
    )


def _citations(one: Treatment) -> tuple[tuple[Citation, tuple[str, ...]], ...]:
    """Return each source once, with every place in it that counts."""
    places: dict[str, tuple[Citation, list[str]]] = {}
    for ref in all_sources(one):
        _source, found = places.setdefault(ref.id, (cited(ref, knowledge()), []))
        found += [ref.at] if ref.at else []
    return tuple((source, tuple(found)) for source, found in places.values())


def _position(one: Position) -> str:
    name = {"name": cited(one.source, knowledge()).name}
    if one.position == "for":
        return _("%(name)s is for it.") % name
    if one.position == "may":
        return _("%(name)s says it may be used.") % name
    return _("%(name)s is against it.") % name
