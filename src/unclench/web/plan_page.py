"""What the pages of the plan show, read off the plan in the language of the page; nothing is decided here."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import Resolver404, resolve

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
_FIRST_REASONS = ("contraindicated", "unwanted", "verdict", "unanswered")
"""Reasons that say something about the person or the thing itself; the others are matters of time and room."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A page of questions still open, its place from 1, and what waits for it."""

    text: str
    page: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """Things left out for one and the same reason."""

    names: tuple[str, ...]
    text: str
    because: tuple[str, ...]


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
        asks: the pages of questions still open, with what waits for each.
        left: what is left out and says something about the person or the thing; `rest`: what had no room or no time.
        exercises: the address of the player; empty where there is none.
    """

    data: Mapping[str, Any]
    query: str
    phases: tuple[Phase, ...]
    asks: tuple[Ask, ...]
    left: tuple[Left, ...]
    rest: tuple[Left, ...]
    exercises: str


def plan_page(plan: Plan, *, track: str | None = None) -> PlanPage:
    """Return what the page of a plan shows.

    Args:
        plan: the plan, or a refusal.
        track: the kind of plan that was asked for; None = the first that fits.
    """
    data = plan.to_data(words().locale)
    told: set[str] = set()
    entries = data["left_out"]
    others = {one["reason"] for one in entries} - set(_FIRST_REASONS)
    return PlanPage(
        data=data,
        query=f"?track={track}" if track else "",
        phases=tuple(_phase(one, told) for one in data["phases"]),
        asks=tuple(_asks(plan, entries)),
        left=tuple(_left(entries, _FIRST_REASONS)),
        rest=tuple(_left(entries, others)),
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
    return printable(" ".join(unicodedata.normalize("NFC", typed).translate(_REORDERING).split()))


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
    figure = _there(f"/figure/{data['id']}.svg") if data["id"] in knowledge().figures else ""
    return Drill(data, figure, _citations(data["sources"]))


def _asks(plan: Plan, entries: Sequence[Mapping[str, Any]]) -> Iterator[Ask]:
    """Yield each page of questions with what waits for it; what waits for several stands with the first."""
    say = words()
    waiting = [({one["finding"] for one in entry["open"]}, entry["name"]) for entry in entries if entry["open"]]
    for page, question in enumerate(open_questions(plan), 1):
        here = [(findings, name) for findings, name in waiting if not findings.isdisjoint(question.findings)]
        waiting = [one for one in waiting if one not in here]
        title = say("screens", question.id, "title") if question.is_screen else ""
        text = title or say("findings", question.findings[0], "question")
        yield Ask(text, page, tuple(dict.fromkeys(name for _findings, name in here)))


def _left(entries: Sequence[Mapping[str, Any]], reasons: Collection[str]) -> Iterator[Left]:
    """Yield what is left out for any of these reasons: treatments first, then exercises."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for one in sorted(entries, key=lambda entry: str(entry["kind"]) != "treatment"):
        if one["reason"] in reasons and not one["open"]:
            groups.setdefault((one["text"], tuple(one["because"])), []).append(one["name"])
    for (text, because), names in groups.items():
        yield Left(tuple(names), text, because)


def _citations(sources: Iterable[Mapping[str, str]]) -> tuple[Citation, ...]:
    places: dict[str, dict[str, None]] = {}
    for one in sources:
        places.setdefault(one["id"], {})[one["at"]] = None
    named = (cited(SourceRef(name, "; ".join(filter(None, ats))), knowledge()) for name, ats in places.items())
    # A plan cites some forty works: their titles would weigh as much as all it says, and stand behind the links.
    return tuple(replace(one, title="") if one.link else one for one in named)


def _there(address: str) -> str:
    """Return an address of this service; empty where this installation has no such page."""
    try:
        resolve(address)
    except Resolver404:
        return ""
    return address
