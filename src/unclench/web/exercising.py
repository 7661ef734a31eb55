"""Today's exercises, one after the other: which is whose turn, what could take its place, and how it is counted.

The plan decides what may be done: whatever the browser carries is held against it anew at each request.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from unclench.knowledge.records import Exercise, Span
from unclench.reasoning.fitting import catalogue
from unclench.reasoning.plan import Drill, PhasePlan, Plan, drill_today
from unclench.reasoning.plan_words import drill_data
from unclench.web.pack import knowledge, words
from unclench.web.state import State, Turn

__all__ = [
    "DONE",
    "HURTS",
    "SKIPS",
    "SWAPS",
    "Counted",
    "Offer",
    "Place",
    "after",
    "coach",
    "counted",
    "in_general",
    "offers",
    "phase_now",
    "places",
    "skip_words",
    "told",
]

DONE, HURTS = "done", "hurts"
SKIPS = (HURTS, "tired", "time", "unsure", "other")
"""Why somebody leaves an exercise out."""
SWAPS = (HURTS, "floor", "equipment", "easier", "harder", "back")
"""Why somebody wants another one in its place; `back` = the planned one after all."""

_MOST_ASIDE = 6
_MOST_TICKS = 12  # boxes of one row; longer rows are ticked off as a whole
# How fast the page counts, in seconds. None of these is a dose: they are what is easy to follow.
_READY, _CHANGE, _SLOWEST_WAY, _FASTEST_WAY, _STILL_WAY = 5, 15, 6.0, 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Place:
    """One place in today's set.

    Attributes:
        number: from 1.
        planned: what the plan names for it.
        drill: what is done there: the planned one, or the one chosen instead.
        turn: what became of it so far.
    """

    number: int
    planned: Drill
    drill: Drill
    turn: Turn

    @property
    def is_settled(self) -> bool:
        """Whether it was done or left out."""
        return bool(self.turn.how)

    @property
    def hurt(self) -> bool:
        """Whether it, or what stood here before, was put aside because it hurt."""
        return self.turn.how == HURTS or any(why == HURTS for _name, why in self.turn.aside)


@dataclass(frozen=True, slots=True)
class Offer:
    """An exercise that could take the place of the present one; `wish` is why one would want it."""

    wish: str
    drill: Drill
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Counted:
    """One row to tick off: a set of one side. `each` is empty where it is ticked off as a whole."""

    name: str
    amount: str
    each: tuple[int, ...]


def phase_now(plan: Plan) -> PhasePlan | None:
    """Return the phase of a plan that is now, if it has exercises."""
    return next((one for one in plan.phases if one.now and one.drills), None)


def places(plan: Plan, state: State) -> tuple[Place, ...]:
    """Return today's set; an exercise chosen instead of a planned one counts only while it fits this person."""
    now = phase_now(plan)
    turns = {turn.planned: turn for turn in state.turns}
    made = []
    for number, planned in enumerate(now.drills if now else (), 1):
        turn = turns.get(planned.exercise.id, Turn(planned.exercise.id))
        other = _may(plan, planned, turn.chosen) if turn.chosen else None
        if turn.chosen and other is None:
            turn = Turn(planned.exercise.id)
        made.append(Place(number, planned, other or planned, turn))
    return tuple(made)


def offers(plan: Plan, place: Place, all_places: tuple[Place, ...]) -> tuple[Offer, ...]:
    """Return what could take the place of the present exercise, at most one for each wish.

    What is done at another place of the set is not offered; nor is, once something hurt, what was put aside for that.
    """
    taken = {one.drill.exercise.id for one in all_places} | {
        one.planned.exercise.id for one in all_places if one.number != place.number
    }
    sore = {name for name, why in place.turn.aside if why == HURTS}
    here = place.drill
    gentle = [_may(plan, place.planned, name) for name in (here.easier, *(s.exercise.id for s in _siblings(place)))]
    fitting = [one for one in gentle if one is not None and one.exercise.id not in taken | sore]
    made: list[tuple[str, Drill]] = [(HURTS, one) for one in fitting[:1]]
    if here.exercise.floor:
        made += [("floor", one) for one in fitting if not one.exercise.floor][:1]
    if here.exercise.equipment:
        needs = set(here.exercise.equipment)
        made += [("equipment", one) for one in fitting if needs.isdisjoint(one.exercise.equipment)][:1]
    for wish, name in (("easier", here.easier), ("harder", here.harder)):
        other = _may(plan, place.planned, name) if name else None
        if other is not None and other.exercise.id not in taken | sore:
            made.append((wish, other))
    if here is not place.planned and place.planned.exercise.id not in sore:
        made.append(("back", place.planned))
    said = _swap_words()
    say = words()
    return tuple(Offer(wish, one, say("exercises", one.exercise.id, "name"), said[wish]) for wish, one in made)


def after(place: Place, wish: str, offered: tuple[Offer, ...]) -> Turn | None:
    """Return the turn after a wish; None if it is none that the page offered.

    Args:
        place: the place.
        wish: `done`, one of `SKIPS` after `skip-`, or one of `SWAPS` after `swap-`.
        offered: what the page offers in its place.
    """
    turn, here = place.turn, place.drill.exercise.id
    kind, _dash, why = wish.partition("-")
    if wish == DONE:
        return replace(turn, how=DONE)
    if kind == "skip" and why in SKIPS:
        return replace(turn, how=why)
    chosen = next((one for one in offered if kind == "swap" and one.wish == why), None)
    if chosen is None:
        return None
    if why == "back":
        return Turn(turn.planned, aside=tuple(one for one in turn.aside if one[1] == HURTS))
    aside = (*(one for one in turn.aside if one[0] != here), (here, why))[-_MOST_ASIDE:]
    name = chosen.drill.exercise.id
    return Turn(turn.planned, "" if name == turn.planned else name, "", aside)


def told(drill: Drill) -> dict[str, Any]:
    """Return an exercise in the words of the page."""
    return drill_data(knowledge(), drill, words().locale)


def in_general(found: Exercise, phase: str) -> Drill:
    """Return an exercise in one phase, for nobody in particular."""
    return Drill(found, "", catalogue(knowledge()).timed(found, phase), found.easier, found.harder, ())


def skip_words() -> Mapping[str, str]:
    """Return what each reason to leave something out is called."""
    return {
        HURTS: _("It hurts"),
        "tired": _("I am too tired"),
        "time": _("I have no time"),
        "unsure": _("I am not sure how"),
        "other": _("Another reason"),
    }


def counted(drill: Drill) -> tuple[Counted, ...]:
    """Return what there is to tick off, by the smaller number of each range."""
    made = []
    many = len({row[0] for row in _rows(drill)}) > 1
    for number, side, times in _rows(drill):
        name = _row_name(number if many else 0, side)
        each = tuple(range(1, times + 1)) if 1 < times <= _MOST_TICKS else ()
        made.append(Counted(name, _amount(drill, times), each))
    return tuple(made)


def coach(drill: Drill) -> str | None:
    """Return what the script counts by, as JSON: its words, and steps of [word, seconds, place, side, spoken].

    Side 0 is where there are no sides; what is spoken is read out to those who cannot see, and often empty.

    Returns:
        None where there is nothing to count in time, such as steps or metres.
    """
    dose = drill.timed.dose
    if dose.metres is not None or not (
        dose.minutes or dose.hold_seconds or dose.repetitions or dose.repetitions_by_set
    ):
        return None
    said = {
        "start": _("Start"),
        "pause": _("Pause"),
        "on": _("Go on"),
        "paused": _("Paused"),
        "end": _("That is it. Well done."),
    }
    return json.dumps({"words": said, "steps": list(_steps(drill))}, ensure_ascii=False, separators=(",", ":"))


def _steps(drill: Drill) -> Iterator[tuple[str, float, str, int, str]]:
    """Yield the steps of the count; the smaller number of each range."""
    dose, rows = drill.timed.dose, list(_rows(drill))
    sets = rows[-1][0]
    way = 0 if dose.minutes else _way(drill)
    hold, rest = _least(dose.hold_seconds) or 60 * _least(dose.minutes), _least(dose.rest_seconds)
    before = 0
    for number, side, times in rows:
        lead = _("Now the other side") if side > 1 else _("Rest, then the next set") if before else _("Get ready")
        where = _row_name(number if sets > 1 else 0, side)
        yield lead, _CHANGE if before else _READY, where, side, f"{lead}. {where}" if where else lead
        before = number
        for count in range(1, times + 1):
            time = _("%(count)s of %(times)s") % {"count": count, "times": times} if times > 1 else ""
            place = " · ".join(part for part in (time, where) if part)
            if not way:
                yield _("Keep going"), hold, place, side, time or _("Keep going")
            else:
                yield _("Move"), way, place, side, time or _("Move")
                if hold:
                    yield _("Hold"), hold, place, side, _("Hold")
                yield _("Let go"), way, place, side, _("Let go") if hold else ""
            if rest and count < times:
                yield _("Rest"), rest, place, side, _("Rest")


def _may(plan: Plan, planned: Drill, name: str | None) -> Drill | None:
    """Return an exercise for the place of `planned`, if it fits this person today and has to do with that place.

    It has to do with it if it is one of its swaps, or is reached from it or from them by way of easier and harder.
    """
    if name is None:
        return None
    slot, reached = planned.slot, set[str]()
    waiting = [planned, *planned.swaps]
    while waiting:
        one = waiting.pop()
        if one.exercise.id in reached:
            continue
        if one.exercise.id == name:
            return planned if name == planned.exercise.id else one
        reached.add(one.exercise.id)
        others = [
            drill_today(plan, other, slot) for other in (one.easier, one.harder) if other and other not in reached
        ]
        waiting += [other for other in others if other is not None]
    return None


def _siblings(place: Place) -> Iterator[Drill]:
    """Yield the others that could stand at this place: those the plan names first."""
    yield from place.planned.swaps
    if place.drill is not place.planned:
        yield place.planned


def _rows(drill: Drill) -> Iterator[tuple[int, int, int]]:
    """Yield set, side and repetitions of each row; side 0 where there are no sides."""
    dose = drill.timed.dose
    sides = (1, 2) if drill.exercise.sides == "both" else (0,)
    times = dose.repetitions_by_set or (int(_least(dose.repetitions)) or 1,) * (int(_least(dose.sets)) or 1)
    for number, count in enumerate(times, 1):
        for side in sides:
            yield number, side, count


def _least(span: Span | None) -> float:
    return span[0] if span is not None else 0


def _way(drill: Drill) -> float:
    """Return the seconds of one way of the movement, as the figure moves."""
    figure = knowledge().figures.get(drill.exercise.id)
    if figure is None or len(figure.positions) == 1:
        return _STILL_WAY
    way = sum(one.seconds for one in figure.positions[1:])
    return min(max(way, _FASTEST_WAY), _SLOWEST_WAY)


def _amount(drill: Drill, times: int) -> str:
    dose = drill.timed.dose
    minutes, hold = _least(dose.minutes), _least(dose.hold_seconds)
    numbers = {"times": times, "hold": f"{hold:g}", "minutes": f"{minutes:g}"}
    if minutes:
        return _("%(minutes)s min") % numbers
    if hold:
        return _("%(times)s times, %(hold)s s each") % numbers if times > 1 else _("%(hold)s s") % numbers
    return _("%(times)s times") % numbers


def _row_name(number: int, side: int) -> str:
    where = {"set": number}
    if number and side:
        return _("Set %(set)s, first side") % where if side == 1 else _("Set %(set)s, other side") % where
    if number:
        return _("Set %(set)s") % where
    return ("", _("First side"), _("Other side"))[side]


def _swap_words() -> Mapping[str, str]:
    return {
        HURTS: _("It hurts"),
        "floor": _("I can't get down to the floor"),
        "equipment": _("I don't have the things for it"),
        "easier": _("Make it easier"),
        "harder": _("Make it harder"),
        "back": _("Back to the one in my plan"),
    }
