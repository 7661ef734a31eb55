"""Can I take this? Asked in a form and never in an address; nothing that is typed here is kept anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from unclench.errors import CaseError
from unclench.knowledge.records import SourceRef
from unclench.logic import UNSURE, Answer
from unclench.reasoning import Question
from unclench.reasoning.medicines import check_medicine, cramp_medicines
from unclench.reasoning.taken import Taken, read_taken
from unclench.web.advice import Citation, cited
from unclench.web.cookie import CookieProblem
from unclench.web.forms import Data, Filled, printable, read
from unclench.web.pack import knowledge, words
from unclench.web.questions import Field, Line, question_page
from unclench.web.state import State
from unclench.web.views.page import read_state, show

__all__ = ["VERDICTS", "medicine"]

VERDICTS = ("may_take", "ask_first", "cannot_check", "avoid")
"""From the best to the worst."""

_ROWS = 8
_ROWS_OPEN = 3
_LONGEST = 100  # characters of a name or a row
_MOST_ASKED = 120  # questions in one form; above what any medicine depends on
# What turns the reading direction round would turn round the words of the page that come after it.
_DIRECTION = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(slots=True)
class _Form:
    """What was sent, or the empty form.

    Attributes:
        rows: what was taken, as typed; always as many as the form has.
        asks: findings that the form asked.
        problems: id of a field to what has to be mended in it.
    """

    name: str = ""
    rows: list[str] = field(default_factory=lambda: [""] * _ROWS)
    asks: tuple[str, ...] = ()
    taken: list[Taken] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Said:
    """Something said about the medicine, with where it comes from."""

    text: str
    facts: tuple[str, ...]
    citations: tuple[Citation, ...]
    from_memory: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """The questions in the form: fields of their own, and lines to tick."""

    asks: str
    fields: tuple[Field, ...]
    lines: tuple[Line, ...]
    is_none: bool
    is_unsure: bool


@require_http_methods(["GET", "HEAD", "POST"])
def medicine(request: HttpRequest) -> HttpResponse:
    """Ask for a medicine and what was taken, and tell whether it may be taken now."""
    state = _carried(request)
    form = _sent(request.POST) if request.method == "POST" else _Form()
    data: dict[str, Any] = {}
    cramps: list[dict[str, Any]] = []
    asks = form.asks
    if request.method == "POST" and not form.problems:
        answers = {**(state.answers if state else {}), **form.answers}
        locale = words().locale
        data = check_medicine(knowledge(), form.name, answers, form.taken).to_data(locale)
        cramps = [one.to_data(locale) for one in cramp_medicines(knowledge(), answers, form.taken)]
        cramps += [data["cramps"]] if data["cramps"] and data["cramps"] not in cramps else []
        asks = tuple(dict.fromkeys((*asks, *(one["finding"] for one in data["open"] if _can_ask(one["finding"])))))
    return show(
        request,
        "medicine",
        state,
        status=422 if form.problems else 200,
        form=form,
        rows=[_row(place, text, form) for place, text in enumerate(form.rows, 1)],
        rows_open=_ROWS_OPEN,
        more_open=any(form.rows[_ROWS_OPEN:]),
        longest=_LONGEST,
        names=_names(),
        questions=_questions(asks, request.POST, form) if asks else None,
        problems=[(target, text) for target, text in form.problems.items()],
        result=_result(data, cramps) if data else None,
        limits=words()("messages", "limits", "because"),
    )


def _carried(request: HttpRequest) -> State | None:
    """Return the answers of a check, if this browser carries any that can be read."""
    try:
        return read_state(request)
    except CookieProblem:
        return None


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    """Return every name that is known, brands too, to choose from."""
    medicines, groups = knowledge().medicines.values(), knowledge().medicine_groups.values()
    names = {*(name for one in medicines for name in one.names), *(name for one in groups for name in one.names)}
    return tuple(sorted(names, key=str.casefold))


# Reading what was sent.


def _sent(data: Data) -> _Form:
    form = _Form(name=_typed(data, "name"), rows=[_typed(data, f"took-{place}") for place in range(1, _ROWS + 1)])
    if not form.name:
        form.problems["name"] = _("Write the name of the medicine. It stands on the pack.")
    elif len(form.name) > _LONGEST:
        form.problems["name"] = _("This is too long for a name. Write only what it is called.")
    for place, text in enumerate(form.rows, 1):
        if len(text) > _LONGEST:
            form.problems[f"took-{place}"] = _("This is too long. Write one medicine in each line.")
        elif text:
            try:
                form.taken.append(read_taken(text))
            except (CaseError, ArithmeticError):
                form.problems[f"took-{place}"] = _(
                    "We cannot read this line. Write it like this: ibuprofen 400 mg x2, 3 hours ago."
                )
    form.name, form.rows = form.name[: _LONGEST + 1], [text[: _LONGEST + 1] for text in form.rows]
    asked = dict.fromkeys("".join(data.getlist("asks")[:1]).split())
    form.asks = tuple(finding for finding in asked if _can_ask(finding))[:_MOST_ASKED]
    _read_answers(form, data)
    return form


def _typed(data: Data, name: str) -> str:
    """Return one line as it was typed, without what no page can show or what would turn the page round."""
    return " ".join(_DIRECTION.sub("", printable("".join(data.getlist(name)[:1]))).split())


def _can_ask(finding: str) -> bool:
    known = knowledge().findings.get(finding)
    return known is not None and known.supplied_by == "person"


def _read_answers(form: _Form, data: Data) -> None:
    """Read the questions of the form. One that was left empty stays open; it never counts as "no" by itself."""
    lines, fields = _split(form.asks)
    yes, unsure = data.getlist("yes"), data.getlist("unsure")
    is_none = bool(data.getlist("none"))
    if is_none and any(finding in yes for finding in lines):
        form.problems["none"] = _("You chose a line and also the box that says none of them fit. Keep one of the two.")
    elif both := [finding for finding in lines if finding in yes and finding in unsure]:
        text = _("You chose this line and also said you are not sure about it. Keep one of the two.")
        form.problems |= {f"f-{finding}": text for finding in both}
    elif is_none or any(finding in (*yes, *unsure) for finding in lines):
        form.answers |= {one: True if one in yes else UNSURE if one in unsure else False for one in lines}
    for finding in fields:
        if not any(data.getlist(finding)) and finding not in unsure and not data.getlist(f"{finding}-none"):
            continue
        given, problems = read(Question(finding, (finding,), "cause"), data, knowledge())
        form.answers |= given
        form.problems |= {f"f-{one.finding}": one.text for one in problems}


def _split(asks: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the questions to be answered with yes or no, and the others; each in the order of asking."""
    wanted = set(asks)
    ordered = [finding for finding in knowledge().asking_order if finding in wanted]
    lines = tuple(finding for finding in ordered if knowledge().findings[finding].kind == "boolean")
    return lines, tuple(finding for finding in ordered if finding not in lines)


# Showing.


def _row(place: int, text: str, form: _Form) -> tuple[int, str, str]:
    return place, text, form.problems.get(f"took-{place}", "")


def _questions(asks: Sequence[str], data: Data, form: _Form) -> _Asked:
    lines, fields = _split(asks)
    say = words()
    yes, unsure = data.getlist("yes"), data.getlist("unsure")
    return _Asked(
        " ".join((*fields, *lines)),
        tuple(_field(finding, data, form) for finding in fields),
        tuple(
            Line(
                finding,
                say("findings", finding, "line"),
                say("findings", finding, "help"),
                finding in yes,
                finding in unsure,
                form.problems.get(f"f-{finding}", ""),
            )
            for finding in lines
        ),
        bool(data.getlist("none")),
        any(finding in unsure for finding in lines),
    )


def _field(finding: str, data: Data, form: _Form) -> Field:
    """Return one field as the question pages show it, inside a page that asks more than this."""
    sent = Filled({key: data.getlist(key) for key in (finding, "unsure", f"{finding}-none")})
    page = question_page(Question(finding, (finding,), "cause"), sent, knowledge())
    return replace(page.fields[0], problem=form.problems.get(f"f-{finding}", ""))


def _result(data: Mapping[str, Any], cramps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the advice shows; nothing is decided here."""
    reasons = data["reasons"]
    return {
        "data": data,
        "heading": _heading(data),
        "scale": [
            (_heading(data), True) if one == data["verdict"] else (text, False)
            for one, text in _verdict_words().items()
        ],
        "why": [_said(one) for one in reasons if one["action"] != "tell"],
        "know": [_said(one) for one in reasons if one["action"] == "tell"],
        "doses": [_said({**one, "text": " ".join(one["text"])}) for one in data["doses"]],
        "taken": [_so_far(one, data) for one in data["taken"] if one["total"] or one["text"]],
        "about": [data[key] for key in ("what_for", "how", "ask", "stop") if data[key]],
        "cramps": [(one["name"], _said({**one, "text": one["text"]}), one["advice"]) for one in cramps],
    }


def _verdict_words() -> Mapping[str, str]:
    return {
        "may_take": _("You may take it"),
        "ask_first": _("Ask first"),
        "cannot_check": _("Cannot be checked"),
        "avoid": _("Do not take it now"),
    }


def _heading(data: Mapping[str, Any]) -> str:
    """Return the verdict in words. Of what somebody else prescribed it is never said not to take it."""
    if data["verdict"] == "avoid" and data["supply"] in (None, "prescription") and not data["see"]:
        return _("Ask before you start this")
    if data["verdict"] == "cannot_check" and data["open"]:
        return _("Not checked yet")
    return _verdict_words()[data["verdict"]]


def _so_far(one: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return how much was taken of an ingredient, what packs allow, and what may still be taken; empty = no more now.

    Where packs differ, what is left is counted by the strictest. Of a medicine on prescription the label decides.
    """
    values = {**one, "name": knowledge().medicines[one["ingredient"]].names[0]}
    total = _("You had %(total)s %(unit)s of %(name)s in the last 24 hours.") % values
    if data["supply"] == "prescription":
        return total, "", _("Have only what your own label says.") if data["verdict"] == "may_take" else ""
    if one["strictest_most"] == one["loosest_most"]:
        return total, _("Packs allow %(strictest_most)s %(unit)s.") % values, one["text"]
    most = _("Some packs allow %(strictest_most)s %(unit)s, others %(loosest_most)s %(unit)s.") % values
    return total, most, one["text"]


def _said(one: Mapping[str, Any]) -> _Said:
    refs = dict.fromkeys(SourceRef(source["id"], source["at"]) for source in one["sources"])
    return _Said(
        one["text"],
        tuple(fact["text"] for fact in one.get("facts", ())),
        tuple(cited(ref, knowledge()) for ref in refs),
        one["from_memory"],
    )
