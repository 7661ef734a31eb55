"""What the pages of the plan show, read off the plan in the language of the page; nothing is decided here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from unclench.knowledge import Knowledge
from unclench.knowledge.records import SourceRef
from unclench.reasoning import Case, Question
from unclench.reasoning.plan import Plan
from unclench.reasoning.plan_questions import plan_lines, plan_screen
from unclench.reasoning.triage import effective_answers, triage
from unclench.web.advice import Citation, cited
from unclench.web.forms import printable
from unclench.web.pack import knowledge, words

__all__ = ["PlanPage", "clean_goal", "open_questions", "pages_left", "plan_page"]

_REORDERING = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"))
_FIRST_REASONS = ("unanswered", "contraindicated", "unwanted", "verdict")
"""Reasons that say something about the person or the thing itself; the others are matters of time and room."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question still open, and the place of the page that asks it, from 1."""

    text: str
    page: int


@dataclass(frozen=True, slots=True)
class Left:
    """Things left out for one and the same reason."""

    names: tuple[str, ...]
    text: str
    because: tuple[str, ...]
    asks: tuple[Ask, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do. Whatever an earlier phase has told in full is only named, with its dose (`told`)."""

    data: Mapping[str, Any]
    anchor: str
    told: bool
    dose: tuple[str, ...]
    unknown: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Drill:
    """An exercise of the daily set, with the address of its figure; empty where there is none."""

    data: Mapping[str, Any]
    figure: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase, ready to show."""

    data: Mapping[str, Any]
    actions: tuple[Action, ...]
    flares: tuple[Action, ...]
    drills: tuple[Drill, ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The plan, ready to show.

    Attributes:
        data: the plan's own JSON form.
        query: what the addresses of its other forms carry: nothing, or the kind of plan that was chosen.
        left: what is left out and says something about the person or the thing; `rest`: what had no room or no time.
        exercises: the address of the player; empty where there is none.
    """

    data: Mapping[str, Any]
    query: str
    phases: tuple[Phase, ...]
    left: tuple[Left, ...]
    rest: tuple[Left, ...]
    open: int
    exercises: str


def plan_page(plan: Plan, *, track: str | None = None) -> PlanPage:
    """Return what the page of a plan shows.

    Args:
        plan: the plan, or a refusal.
        track: the kind of plan that was asked for; None = the first that fits.
    """
    data = plan.to_data(words().locale)
    told: set[str] = set()
    places = {f: n for n, question in enumerate(open_questions(plan), 1) for f in question.findings}
    grouped = list(_left(data["left_out"], places))
    return PlanPage(
        data=data,
        query=f"?track={track}" if track else "",
        phases=tuple(_phase(one, told) for one in data["phases"]),
        left=tuple(one for reason, one in grouped if reason in _FIRST_REASONS),
        rest=tuple(one for reason, one in grouped if reason not in _FIRST_REASONS),
        open=len(set(places.values())),
        exercises=_there("/plan/exercises/"),
    )


def open_questions(plan: Plan) -> list[Question]:
    """Return what could let more into the plan, a question for each screen, in the order of asking."""
    made, left = [], set(plan.open)
    while (found := plan_screen(plan.knowledge, left)) is not None:
        made.append(Question(*found, "plan"))
        left -= set(found[1])
    return made


def pages_left(case: Case, pack: Knowledge) -> int:
    """Return how many pages of questions the plan still has, at most: an answer can make some needless."""
    answers = effective_answers(case, pack)
    lines, count = plan_lines(pack, answers, triage(pack, case).disposition), 0
    while (found := plan_screen(pack, lines)) is not None:
        lines -= set(found[1])
        count += 1
    return count


def clean_goal(typed: str) -> str:
    r"""Return a goal as it is kept: one line, without what no page can show or what turns the text around it.

    Examples:
        >>> clean_goal(" walk\n the \u202edog\x00 ")
        'walk the dog\ufffd'
    """
    return " ".join(printable(unicodedata.normalize("NFC", typed)).translate(_REORDERING).split())


def _phase(data: Mapping[str, Any], told: set[str]) -> Phase:
    return Phase(
        data,
        tuple(_action(one, told) for one in data["actions"]),
        tuple(_action(one, told) for one in data["flares"]),
        tuple(_drill(one) for one in data["drills"]),
    )


def _action(data: Mapping[str, Any], told: set[str]) -> Action:
    name, medicine = data["id"], data["medicine"]
    dose = [data["dose"]["text"]] if data["dose"] else []
    if medicine and medicine["dose"]:
        dose = list(medicine["dose"]["text"])
    is_told = name in told
    told.add(name)
    unknown = [one["text"] for one in (*data["effects"], *data["harms"]) if one["unknown"]]
    sources = [*data["sources"], *(source for one in data["effects"] for source in one["sources"])]
    return Action(
        data,
        f"do-{name}",
        is_told,
        tuple(dose),
        () if is_told else tuple(dict.fromkeys(unknown)),
        () if is_told else _citations(sources),
    )


def _drill(data: Mapping[str, Any]) -> Drill:
    return Drill(data, _there(f"/figure/{data['id']}.svg"), _citations(data["sources"]))


def _left(entries: Sequence[Mapping[str, Any]], places: Mapping[str, int]) -> Iterator[tuple[str, Left]]:
    """Yield what is left out: what waits for an answer first, then the things, and exercises after them."""
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for one in entries:
        key = (one["reason"], one["kind"], one["text"], tuple(one["because"]))
        groups.setdefault(key, []).append(one)
    reasons = [*_FIRST_REASONS, *sorted({one["reason"] for one in entries} - set(_FIRST_REASONS))]
    for key in sorted(groups, key=lambda one: (reasons.index(one[0]), one[1] == "exercises")):
        members = groups[key]
        findings = {finding["finding"] for one in members for finding in one["open"]}
        asks: dict[int, str] = {}
        for one in members:
            for finding in one["open"]:
                asks.setdefault(places.get(finding["finding"], 0), finding["question"])
        yield (
            key[0],
            Left(
                tuple(one["name"] for one in members),
                key[2],
                key[3],
                tuple(Ask(text, page) for page, text in sorted(asks.items()) if page) if findings else (),
                _citations(source for one in members for source in one["sources"]),
            ),
        )


def _citations(sources: Iterable[Mapping[str, str]]) -> tuple[Citation, ...]:
    refs = dict.fromkeys((one["id"], one["at"]) for one in sources)
    return tuple(dict.fromkeys(cited(SourceRef(name, at), knowledge()) for name, at in refs))


def _there(address: str) -> str:
    """Return an address of this service; empty where this installation has no such page."""
    try:
        resolve(address)
    except Resolver404:
        return ""
    return address
