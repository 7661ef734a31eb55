"""Every number in the open: the table, its downloads, and for each source what rests on it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from unclench.knowledge.records import SourceRef
from unclench.reasoning.number_table import (
    BASES,
    KINDS,
    Number,
    as_csv,
    numbers_data,
    resting_on,
    selected,
)
from unclench.web.advice import cited
from unclench.web.cookie import CookieProblem
from unclench.web.number_words import (
    basis_words,
    counted_words,
    every_number,
    grade_words,
    other_words,
    range_basis_words,
    range_words,
    value_words,
)
from unclench.web.pack import knowledge, words
from unclench.web.state import State
from unclench.web.views.page import read_state, show
from unclench.web.views.search import address, kind_names

__all__ = ["numbers", "numbers_csv", "numbers_json", "source", "sources"]

_ROWS = 40
_NO_UNIT = "1"
_IN_ENGLISH = ("threshold", "model")  # kinds whose quantities bear the names that the records give them


@dataclass(frozen=True, slots=True)
class _Row:
    """One number as the table shows it; `in_english` says that what it is of is not translated."""

    one: Number
    in_english: bool
    kind: str
    url: str
    value: str
    other: str
    range: str
    range_basis: str
    counted: str
    unit: str
    unit_in_english: bool
    basis: str
    grade: str
    sources: tuple[tuple[str, str, str], ...]


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Show the numbers that fit the filters, a page at a time. What is no filter is left out."""
    chosen = _asked(request)
    fitting = selected(every_number(), **chosen)
    last = max(1, -(-len(fitting) // _ROWS))
    asked = request.GET.get("page", "")
    page = min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    rows = [_row(one) for one in fitting[(page - 1) * _ROWS : page * _ROWS]]
    return show(
        request,
        "numbers",
        _carried(request),
        rows=rows,
        count=len(fitting),
        total=len(every_number()),
        unknown=len(selected(every_number(), basis="unknown")),
        page=page,
        last=last,
        before=_query(chosen, page=page - 1) if page > 1 else "",
        after=_query(chosen, page=page + 1) if page < last else "",
        query=_query(chosen),
        picked=chosen,
        only=_about(chosen),
        kinds=[(name, text, name == chosen.get("kind")) for name, text in _kind_words().items()],
        bases=[(name, text, name == chosen.get("basis")) for name, text in basis_words().items()],
    )


@require_safe
def numbers_csv(request: HttpRequest) -> HttpResponse:
    """Hand the numbers over as CSV, with the filters of the page."""
    fitting = selected(every_number(), **_asked(request))
    return _file(as_csv(knowledge(), fitting), "text/csv; charset=utf-8", "numbers.csv")


@require_safe
def numbers_json(request: HttpRequest) -> HttpResponse:
    """Hand the numbers over as JSON, with the filters of the page."""
    fitting = selected(every_number(), **_asked(request))
    text = json.dumps(numbers_data(knowledge(), fitting), ensure_ascii=False)
    return _file(text, "application/json", "numbers.json")


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Show every source with how much rests on it, those that carry most numbers first."""
    counts = Counter(name for one in every_number() for name in dict.fromkeys(ref.id for ref in one.sources))
    listed = [(cited(SourceRef(name, ""), knowledge()), name, counts[name]) for name in knowledge().sources]
    listed.sort(key=lambda one: (-one[2], one[0].name.casefold()))
    judged = len(selected(every_number(), basis="judgement"))
    return show(request, "sources", _carried(request), listed=listed, judged=judged)


@require_safe
def source(request: HttpRequest, name: str) -> HttpResponse:
    """Show one source: what it is, where to find it, and what rests on it."""
    known = knowledge().sources.get(name)
    if known is None:
        raise Http404
    fitting = selected(every_number(), source=name)
    return show(
        request,
        "source",
        _carried(request),
        source=known,
        citation=cited(SourceRef(name, ""), knowledge()),
        kind=_source_words().get(str(known.get("kind", "")), ""),
        marks=[(label, known[key]) for key, label in _MARKS.items() if known.get(key)],
        rows=[_row(one) for one in fitting[:_ROWS]],
        count=len(fitting),
        query=_query({"source": name}),
        records=_records(get_language() or "", name),
    )


_MARKS: Mapping[str, str] = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "guideline": "", "identifier": ""}


def _file(text: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: HttpRequest) -> dict[str, str]:
    known: Mapping[str, Iterable[str]] = {
        "kind": KINDS,
        "basis": BASES,
        "source": {*knowledge().sources, "judgement"},
        "record": {one.record for one in every_number()} - {""},
    }
    return {name: value for name, values in known.items() if (value := request.GET.get(name, "")) in values}


def _query(chosen: Mapping[str, str], *, page: int = 1) -> str:
    asked: dict[str, Any] = {**chosen, **({"page": page} if page > 1 else {})}
    return f"?{urlencode(asked)}" if asked else ""


def _about(chosen: Mapping[str, str]) -> list[str]:
    """Return the names of the source and the record that the table is narrowed down to."""
    made = []
    if "source" in chosen:
        made.append(cited(SourceRef(chosen["source"], ""), knowledge()).name)
    if "record" in chosen:
        made.append(next(one.name for one in every_number() if one.record == chosen["record"]))
    return made


def _kind_words() -> Mapping[str, str]:
    return {
        "prior": _("Starting chances"),
        "likelihood_ratio": _("Likelihood ratios"),
        "effect": _("Effects of treatments"),
        "harm": _("Harms of treatments"),
        "dose": _("Doses"),
        "cramp_risk": _("Cramps from medicines"),
        "threshold": _("Limits in rules"),
        "model": _("The calculation itself"),
    }


def _one_kind_words() -> Mapping[str, str]:
    return {
        "prior": _("Starting chance"),
        "likelihood_ratio": _("Likelihood ratio"),
        "effect": _("Effect"),
        "harm": _("Harm"),
        "dose": _("Dose"),
        "cramp_risk": _("Cramp risk"),
        "threshold": _("Limit"),
        "model": _("Calculation"),
    }


def _source_words() -> Mapping[str, str]:
    return {
        "guideline": _("Guideline"),
        "study": _("Study"),
        "review": _("Review of studies"),
        "label": _("Medicine label"),
        "service_page": _("Health service"),
        "book": _("Book"),
    }


def _row(one: Number) -> _Row:
    return _Row(
        one,
        one.kind in _IN_ENGLISH or (one.kind, one.record_kind) == ("dose", "medicines"),
        _one_kind_words()[one.kind],
        address(one.record_kind, one.record) if one.record else "",
        value_words(one),
        other_words(one),
        range_words(one),
        range_basis_words(one),
        counted_words(one),
        "" if one.unit == _NO_UNIT else words()("units", one.unit, "name") or one.unit,
        not words()("units", one.unit, "name"),
        basis_words().get(one.basis, ""),
        grade_words(one),
        tuple((ref.id, cited(ref, knowledge()).name, ref.at) for ref in one.sources if not ref.is_judgement),
    )


@lru_cache(maxsize=1)
def _resting() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    return resting_on(knowledge())


@lru_cache(maxsize=1024)
def _records(_language: str, name: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the records that cite a source: name of their kind, and title and address of each."""
    say = words()
    titles = {"claims": "right", "questions": "question"}
    names = {**kind_names(), "medicine_groups": _("Class of medicines")}
    return tuple(
        (
            names[kind],
            tuple((say(kind, one, titles.get(kind, "name")) or one, address(kind, one)) for one in found),
        )
        for kind, found in _resting().get(name, {}).items()
    )


def _carried(request: HttpRequest) -> State | None:
    try:
        return read_state(request)
    except CookieProblem:
        return None
