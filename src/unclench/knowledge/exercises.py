"""Compiles exercises, and holds them to what a plan rests on: doses one can follow, ladders that come to an end."""

from __future__ import annotations

import msgspec

from unclench.knowledge.expressions import Expressions, refs
from unclench.logic import Node, mentioned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from unclench.knowledge import schema
    from unclench.knowledge.read import Placed, Shelf

__all__ = ["QUANTITIES", "Exercises", "exercise_words"]

_AMOUNTS = ("repetitions", "repetitions_by_set", "hold_seconds", "minutes", "metres")
_FREQUENCIES = ("times_a_day", "days_a_week", "every_hours", "every_minutes", "occasions")
_RANGES = (
    *("sets", "repetitions", "hold_seconds", "rest_seconds", "minutes", "metres", "times_a_day", "days_a_week"),
    *("every_hours", "every_minutes", "for_days", "percent_a_week"),
)
QUANTITIES = (
    *("repetitions", "repetitions_by_set", "build_to", "hold_seconds", "rest_seconds", "minutes", "metres", "sets"),
    *("repetitions_each_side", "repetitions_by_set_each_side", "build_to_each_side", "times_a_day", "days_a_week"),
    *("every_hours", "every_minutes", "for_days", "percent_a_week", "most_kilograms", "from_day", "occasions"),
)
"""What the wording has a sentence for, in each plural form; `_each_side` where an exercise is done on both."""
_WHOLE_OCCASIONS = {"at_night", "in_class", "when_lifting", "when_rising", "when_sitting"}
"""Occasions that say by themselves how much: a night is slept through, a rise is one rise."""


def exercise_words(shelf: Shelf) -> dict[str, tuple[set[str], tuple[str, ...]]]:
    """Return the kinds of wording that only exercises use: the ids in use, and the texts each must have."""
    records = [placed.record for placed in shelf.exercises.values()]
    doses = [dose for record in records for dose in record.phases.values()]
    return {
        "equipment": ({name for record in records for name in record.equipment}, ("name",)),
        "exercise_groups": ({record.group for record in records}, ("name",)),
        "exercise_limits": ({one.id for record in records for one in record.contraindications}, ("because",)),
        "exercises": (set(shelf.exercises), ("name", "purpose", "start", "steps", "easier", "why")),
        "occasions": ({name for dose in doses for name in dose.occasions}, ("name",)),
        "positions": ({record.position for record in records}, ("name",)),
        "quantities": (set(QUANTITIES), ("amount",)),
    }


class Exercises(Expressions):
    """The part of the compiler that knows exercises."""

    def exercise_data(self, placed: Placed[schema.Exercise]) -> dict[str, Any]:
        """Return an exercise as the pack has it."""
        record = placed.record
        for key in ("easier", "harder"):
            other = getattr(record, key)
            if other is not None:
                self.known(other, self.shelf.exercises, placed.where(key), "exercise")
        return {
            "id": record.id,
            "code": record.code,
            "group": record.group,
            "position": record.position,
            "floor": record.floor,
            "equipment": record.equipment,
            "sides": record.sides,
            "most_pain": record.most_pain,
            "phases": {phase: self.exercise_dose(placed, phase, dose) for phase, dose in record.phases.items()},
            "easier": record.easier,
            "harder": record.harder,
            "indication": self.expression(self.told(placed, record.indication, "indication")),
            "contraindications": [
                {
                    "id": one.id,
                    "when": self.expression(self.told(placed, one.when, "contraindications", place, "when")),
                    "sources": refs(one.source),
                    "from_memory": one.from_memory,
                }
                for place, one in enumerate(record.contraindications)
            ],
            "certainty": record.certainty.grade,
            "certainty_basis": record.certainty.basis,
            "certainty_sources": refs(record.certainty.source),
            "sources": refs(record.source),
            "from_memory": record.from_memory,
        }

    def told(self, placed: Placed[schema.Exercise], text: str | None, *at: str | int) -> Node | None:
        """Parse an expression that the person's own answers must be able to settle."""
        node = self.parse(placed, text, *at) if text else None
        for name in sorted(set(mentioned(node, self.predicates))) if node else ():
            if self.shelf.findings[name].record.supplied_by != "person":
                self.problem(placed.where(*at), f'"{name}" takes an examination, which no exercise may wait for.')
        return node

    def exercise_dose(self, placed: Placed[schema.Exercise], phase: str, dose: schema.ExerciseDose) -> dict[str, Any]:
        """Return one dose as the pack has it, ranges as `[least, most]`; report one that cannot be followed."""
        where = placed.where("phases", phase)
        if not any(getattr(dose, name) for name in _AMOUNTS) and not _WHOLE_OCCASIONS.intersection(dose.occasions):
            self.problem(where, f"the dose says not how much. Give one of {', '.join(_AMOUNTS)}.")
        if not any(getattr(dose, name) for name in _FREQUENCIES):
            self.problem(where, f"the dose says not how often. Give one of {', '.join(_FREQUENCIES)}.")
        for row in (dose.repetitions_by_set, dose.build_to):
            if row != sorted(row, reverse=True) or any(one < 1 for one in row):
                self.problem(where, "repetitions by set go down from set to set, and are at least 1.")
        if dose.repetitions_by_set and (dose.sets is not None or dose.repetitions is not None):
            self.problem(where, "`repetitions_by_set` says it all; take out `sets` and `repetitions`.")
        if dose.build_to and not dose.repetitions_by_set:
            self.problem(where, "`build_to` needs `repetitions_by_set` to start from.")
        if dose.basis != "judgement" and not dose.source:
            self.problem(where, f"a {dose.basis} dose names its `source`.")
        made = msgspec.to_builtins(dose)
        for name in _RANGES:
            given = getattr(dose, name)
            if given is None:
                continue
            least, most = given if isinstance(given, list) else (given, given)
            if not 0 < least <= most:
                self.problem(where, f"`{name}` goes from {least:g} to {most:g}. Write the lesser first, above 0.")
            made[name] = [_number(least), _number(most)]
        made["source"] = refs(dose.source)
        return {key: value for key, value in made.items() if value not in (None, [], "")}

    def check_ladders(self) -> None:
        """No chain of harder exercises comes back to where it began, and nothing is easier and harder at once."""
        harder: dict[str, set[str]] = {name: set() for name in self.shelf.exercises}
        for name, placed in self.shelf.exercises.items():
            record = placed.record
            if record.harder in harder:
                harder[name].add(str(record.harder))
            if record.easier in harder:
                harder[str(record.easier)].add(name)
        for name, placed in self.shelf.exercises.items():
            loop = _loop(name, harder)
            # Reported once, at the first exercise of the loop by name.
            if loop and name == min(loop):
                self.problem(
                    placed.where("harder" if placed.record.harder else "easier"),
                    f'"{name}" gets harder than itself: {" -> ".join((*loop, name))}. Take one step out.',
                )


def _loop(start: str, harder: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return the way from `start` along harder exercises back to `start`, or nothing."""

    def ways(name: str, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for other in sorted(harder[name]):
            if other == start:
                yield path
            elif other not in path:
                yield from ways(other, (*path, other))

    return next(ways(start, (start,)), ())


def _number(value: float) -> float:
    """Return a whole number as such, so that nobody reads of 5.0 times."""
    return int(value) if value == int(value) else value
