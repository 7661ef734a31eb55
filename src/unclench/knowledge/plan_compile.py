"""Treatments, phases and kinds of plan: checked against the other records, and as the pack has them."""

from __future__ import annotations

import re

import msgspec

from unclench.knowledge.expressions import Expressions, Worded, refs
from unclench.logic import Node, mentioned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from unclench.knowledge import schema
    from unclench.knowledge.read import Placed

__all__ = ["PlanParts"]

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_ALWAYS_WORDED = ("name", "what", "why", "expect", "harm", "clinical")
_WORDED_IF_OFFERED = ("how", "stop")
_DIFFERENCES = ("mean_difference", "group_means")


class PlanParts(Expressions):
    """Adds what plans are made of."""

    def phase_data(self, placed: Placed[schema.Phase]) -> dict[str, Any]:
        """Return a phase, its days in order."""
        record = placed.record
        if record.first_day is not None and record.last_day is not None and record.first_day > record.last_day:
            self.problem(placed.where("first_day"), "`first_day:` is after `last_day:`. Exchange them.")
        return {
            "id": record.id,
            "first_day": record.first_day,
            "last_day": record.last_day,
            "most_actions": record.most_actions,
            "most_exercises": record.most_exercises,
            "progress": [self.criterion_data(placed, one) for one in record.progress],
            "regress": [self.criterion_data(placed, one) for one in record.regress],
            "basis": record.basis,
            "sources": refs(record.source),
        }

    def criterion_data(self, placed: Placed[Any], one: schema.Criterion) -> dict[str, Any]:
        """Return a criterion; each of its numbers stands in its words."""
        if one.see is not None:
            self.known(one.see, self.shelf.places, placed.where(), "place")
        for locale, kinds in self.shelf.wording.items():
            text = kinds.get("criteria", {}).get(one.id, {}).get("text", "")
            self.check_placeholders(f"wording/{locale}/criteria", one.id, "text", text, one.numbers, all_used=True)
        return {
            "id": one.id,
            "numbers": one.numbers,
            "see": one.see,
            "basis": one.basis,
            "sources": refs(one.source),
        }

    def track_data(self, placed: Placed[schema.Track]) -> dict[str, Any]:
        """Return a kind of plan, with its sets of exercises."""
        record = placed.record
        if record.routing_only != (record.see is not None):
            self.problem(placed.where(), "a track that only routes says whom to `see:`, and only such a track.")
        sets = {}
        for phase, slots in record.exercises.items():
            self.known(phase, self.shelf.phases, placed.where("exercises", phase), "phase")
            sets[phase] = [self.slot_data(placed, phase, at, slot) for at, slot in enumerate(slots)]
        return {
            "id": record.id,
            "when": self.expression(self.parse(placed, record.when, "when")),
            "clock": record.clock,
            "routing_only": record.routing_only,
            "for_the_back": record.for_the_back,
            "see": record.see,
            "exercises": sets,
            "progress": [self.criterion_data(placed, one) for one in record.progress],
            "regress": [self.criterion_data(placed, one) for one in record.regress],
            "basis": record.basis,
            "sources": refs(record.source),
        }

    def slot_data(self, placed: Placed[schema.Track], phase: str, at: int, slot: schema.Slot) -> dict[str, Any]:
        """Return one place in a set of exercises."""
        where = ("exercises", phase, at)
        self.check_exercises(placed, slot.any_of, phase, *where, "any_of")
        node = self.parse(placed, slot.when, *where, "when") if slot.when else None
        return {"id": slot.id, "when": self.expression(node), "any_of": slot.any_of}

    def check_exercises(self, placed: Placed[Any], named: Iterable[str], phase: str | None, *at: str | int) -> None:
        """Every exercise named is there, and has a dose for the phase it is wanted in."""
        for name in named:
            self.known(name, self.shelf.exercises, placed.where(*at), "exercise")
            known = self.shelf.exercises.get(name)
            if known is not None and phase is not None and phase not in known.record.phases:
                self.problem(placed.where(*at), f'the exercise "{name}" has no dose for {phase}. Choose another.')

    def treatment_data(self, placed: Placed[schema.Treatment]) -> dict[str, Any]:
        """Return a treatment, its expressions parsed and its conflicts said by both sides."""
        record = placed.record
        for track, phases in record.tracks.items():
            self.known(track, self.shelf.tracks, placed.where("tracks", track), "track")
            for phase in phases:
                self.known(phase, self.shelf.phases, placed.where("tracks", track, phase), "phase")
            if phases and self.shelf.plan and record.verdict in self.shelf.plan.record.never_offered:
                self.problem(placed.where("tracks", track), f"what is {record.verdict} has no role in any phase.")
        for at, name in enumerate(record.conflicts):
            self.known(name, self.shelf.treatments, placed.where("conflicts", at), "treatment")
        for at, name in enumerate(record.medicine_groups):
            self.known(name, self.shelf.medicine_groups, placed.where("medicine_groups", at), "group of medicines")
        for at, name in enumerate(record.medicines):
            self.known(name, self.shelf.medicines, placed.where("medicines", at), "medicine")
        for at, name in enumerate(record.finds):
            self.known(name, self.shelf.causes, placed.where("finds", at), "cause")
        self.check_exercises(placed, record.exercises, None, "exercises")
        self.check_treatment_words(record)
        return {
            "id": record.id,
            "by": record.by,
            "sort": record.sort,
            "tracks": record.tracks,
            "indication": self.expression(self.told(placed, record.indication, "indication")),
            "contraindications": self.conditions_data(placed, record.contraindications, "contraindications"),
            "cautions": self.conditions_data(placed, record.cautions, "cautions"),
            "unwanted": self.expression(self.told(placed, record.unwanted, "unwanted")),
            "favoured": self.expression(self.told(placed, record.favoured, "favoured")),
            "while_waiting": record.while_waiting,
            "dose": self.dose_data(placed),
            "verdict": record.verdict,
            "certainty": [record.certainty.grade, record.certainty.basis, refs(record.certainty.source)],
            "effects": self.effects_data(placed, record.effects, "effects"),
            "harms": self.effects_data(placed, record.harms, "harms"),
            "cost": record.cost,
            "effort": record.effort,
            "guidelines": [
                {"source": [one.source.id, one.source.at], "position": one.position, "from_memory": one.from_memory}
                for one in record.guidelines
            ],
            "conflicts": sorted({*record.conflicts, *self.conflicting_with(record.id)}),
            "medicine_groups": record.medicine_groups,
            "medicines": record.medicines,
            "exercises": record.exercises,
            "finds": record.finds,
            "sources": refs(record.source),
        }

    def conflicting_with(self, name: str) -> Iterable[str]:
        """Yield the treatments that name `name` as one they conflict with."""
        return (other for other, placed in self.shelf.treatments.items() if name in placed.record.conflicts)

    def told(self, placed: Placed[Any], text: str | None, *at: str | int) -> Node | None:
        """Parse an expression over what people can tell about themselves: nobody else answers for a plan."""
        node = self.parse(placed, text, *at) if text else None
        for name in sorted(set(mentioned(node, self.predicates))) if node else ():
            if self.shelf.findings[name].record.supplied_by != "person":
                self.problem(placed.where(*at), f'"{name}" is not for the person to answer, so no plan may wait.')
        return node

    def conditions_data(self, placed: Placed[Any], listed: list[schema.Condition], key: str) -> list[dict[str, Any]]:
        """Return contraindications or cautions; each id is there once."""
        made: list[dict[str, Any]] = []
        for at, one in enumerate(listed):
            if one.id in [other["id"] for other in made]:
                self.problem(placed.where(key, at), f'"{one.id}" is there twice. Keep one.')
            made.append(
                {
                    "id": one.id,
                    "when": self.expression(self.told(placed, one.when, key, at, "when")),
                    "sources": refs(one.source),
                    "from_memory": one.from_memory,
                    "row": one.row,
                }
            )
        return made

    def dose_data(self, placed: Placed[schema.Treatment]) -> dict[str, Any] | None:
        """Return the dose of each phase, as `[low, high]` by quantity; `every_phase` holds where none is written."""
        dose = placed.record.dose
        if dose is None:
            return None
        written: dict[str, Any] = {str(phase): amounts for phase, amounts in dose.phases.items()}
        for phase in written:
            self.known(phase, self.shelf.phases, placed.where("dose", "phases", phase), "phase")
        written = {"every_phase": dose.every_phase, **written}
        made: dict[str, dict[str, list[float]]] = {}
        for phase, quantities in written.items():
            made[phase] = {}
            for name, value in quantities.items():
                low, high = value if isinstance(value, list) else (value, value)
                if low > high:
                    self.problem(placed.where("dose"), f"{name} {low:g} to {high:g}: the first is greater. Exchange.")
                made[phase][name] = [low, high]
        return {
            "phases": made,
            "basis": dose.basis,
            "from_memory": dose.from_memory,
            "sources": refs(dose.source),
        }

    def effects_data(self, placed: Placed[schema.Treatment], listed: list[schema.Effect], key: str) -> list[Any]:
        """Return effects or harms: a number with its source, or an unknown that says so."""
        made = []
        for at, one in enumerate(listed):
            where = placed.where(key, at)
            if one.unknown:
                if one.value is not None or one.measure is not None:
                    self.problem(where, "an unknown effect has no number. Take out the number, or `unknown: true`.")
            else:
                needed = ["measure", "value", "grade", "basis"]
                if not (one.measure or "").startswith("course"):
                    needed.append("compared_with")
                lacking = [field for field in needed if getattr(one, field) is None]
                if lacking:
                    self.problem(where, f"lacks {', '.join(lacking)}. Give it, or say `unknown: true`.")
                if not any(ref.id != "judgement" for ref in one.source):
                    self.problem(where, "a number needs its `source`. Give it, or say `unknown: true`.")
                if one.measure in ("group_means", "share", "median_days") and one.other is None:
                    self.problem(where, f"{one.measure} needs `other:`, the figure of the comparison.")
            on_scale = one.measure in _DIFFERENCES and (one.unit or "").startswith("points of ")
            if on_scale and one.better is None:
                self.problem(where, f"{one.unit} lacks `better:`. Say whether `more` of them or `less` is better.")
            if one.better is not None and not on_scale:
                self.problem(where, "`better:` is only said of a difference in points of a scale. Take it out.")
            if None not in (one.value, one.low, one.high) and not one.low <= one.value <= one.high:  # type: ignore[operator]
                self.problem(where, f"{one.value:g} does not lie between {one.low:g} and {one.high:g}.")
            data = msgspec.to_builtins(one)
            data["sources"] = refs(one.source)
            del data["source"]
            made.append(data)
        return made

    def plan_data(self) -> dict[str, Any]:
        """Return the numbers and limits of planning."""
        placed = self.shelf.plan
        if placed is None:
            self.problem("plan/model.yaml", "the file is missing. It holds the limits of every plan.")
            return {}
        record = placed.record
        for key in ("pain", "minutes_a_day", "duration", "no_floor", "no_equipment"):
            self.known(getattr(record, key), self.types, placed.where(key), "finding")
        self.known(record.children_see, self.shelf.places, placed.where("children_see"), "place")
        groups = {placed.record.group for placed in self.shelf.exercises.values()}
        for key in ("untimed_groups", "waiting_groups"):
            for at, name in enumerate(getattr(record, key)):
                self.known(name, groups, placed.where(key, at), "group of exercises")
        for name in sorted({*record.worth_doing} & {*record.never_offered}):
            self.problem(placed.where("never_offered"), f'"{name}" is in `worth_doing:` too. Take it out of one.')
        for kind, names in _ranked(self.shelf.treatments.values()).items():
            for name in sorted(names - set(record.order.get(kind, []))):  # type: ignore[call-overload]
                self.problem(placed.where("order"), f'"{name}" has no place in the order of {kind}. Give it one.')
        data = msgspec.to_builtins(record)
        data["adults_only"] = self.expression(self.told(placed, record.adults_only, "adults_only"))
        return data  # type: ignore[no-any-return]

    def check_treatment_words(self, record: schema.Treatment) -> None:
        """A treatment has the words its record asks for, and every number in them is a number of the record."""
        offered = any(record.tracks.values())
        for locale, kinds in self.shelf.wording.items():
            place = f"wording/{locale}/treatments"
            texts = kinds.get("treatments", {}).get(record.id, {})
            wanted = [*_ALWAYS_WORDED, *(_WORDED_IF_OFFERED if offered else ("why_left_out",))]
            lacking = [field for field in wanted if not texts.get(field)]
            if lacking:
                self.problem(place, f'"{record.id}" lacks {", ".join(lacking)}.')
            for field, listed in (("why_not", record.contraindications), ("care", record.cautions)):
                self.check_same(place, record.id, field, texts.get(field, {}), [one.id for one in listed])
            numbers = {one.id for one in (*record.effects, *record.harms) if not one.unknown}
            numbers |= {f"{o.id}_other" for o in (*record.effects, *record.harms) if o.other is not None}
            for field in ("expect", "harm", "why", "why_left_out"):
                self.check_placeholders(place, record.id, field, texts.get(field, ""), numbers, all_used=False)
            self.check_dose_words(place, record, texts)

    def check_dose_words(self, place: str, record: schema.Treatment, texts: Mapping[str, Any]) -> None:
        """The words of a dose say all its numbers and no others."""
        if record.dose is None:
            if texts.get("dose") or texts.get("doses"):
                self.problem(place, f'"{record.id}" has words for a dose, but no dose.')
            return
        by_phase = texts.get("doses", {})
        self.check_same(place, record.id, "doses", by_phase, [p for p in by_phase if p in self.shelf.phases])
        offered = {phase for phases in record.tracks.values() for phase in phases}
        by_name: dict[str, Any] = {str(phase): amounts for phase, amounts in record.dose.phases.items()}
        named: list[str] = [p for p in self.shelf.phases if p in offered]
        for phase in named or ["every_phase"]:
            dose = by_name.get(phase, record.dose.every_phase)
            text = by_phase.get(phase) or texts.get("dose", "")
            if dose and not text:
                self.problem(place, f'"{record.id}" lacks the words of its dose in {phase}.')
            self.check_placeholders(place, record.id, f"dose ({phase})", text, dose, all_used=True)

    def check_same(self, place: str, name: str, field: str, texts: Mapping[str, str], wanted: Iterable[str]) -> None:
        """The ids that a map of texts has are those wanted."""
        for lacking in sorted(set(wanted) - set(texts)):
            self.problem(place, f'"{name}" lacks {field} for "{lacking}".')
        for left in sorted(set(texts) - set(wanted)):
            self.problem(place, f'"{name}" words {field} "{left}", but the record has no such id.')

    def check_placeholders(
        self, place: str, name: str, field: str, text: str, known: Iterable[str], *, all_used: bool
    ) -> None:
        """Each `{name}` in a text is a number of the record."""
        known, used = set(known), set(_PLACEHOLDER.findall(text))
        for odd in sorted(used - known):
            self.problem(place, f'"{name}" {field} says {{{odd}}}, which is no number of the record.')
        for unused in sorted(known - used) if all_used else ():
            self.problem(place, f'"{name}" {field} does not say {{{unused}}}.')

    def check_plan_wording(self) -> None:
        """Whatever a plan shows has its words, in every locale, and no words are left over."""
        effects = [one for p in self.shelf.treatments.values() for one in (*p.record.effects, *p.record.harms)]
        records = [placed.record for placed in self.shelf.treatments.values()]
        timed: list[Placed[Any]] = [*self.shelf.phases.values(), *self.shelf.tracks.values()]
        criteria = [c.id for p in timed for c in (*p.record.progress, *p.record.regress)]
        wanted: Worded = {
            "treatments": (self.shelf.treatments, ()),
            "tracks": (self.shelf.tracks, ("name", "summary")),
            "phases": (self.shelf.phases, ("name", "when", "summary")),
            "criteria": (criteria, ("text",)),
            "outcomes": ((one.outcome for one in effects), ("name",)),
            "populations": ((one.population for one in effects), ("name",)),
            "comparisons": ((one.compared_with for one in effects if one.compared_with), ("name",)),
            "verdicts": ((one.verdict for one in records), ("name", "summary")),
            "grades": ((one.certainty.grade for one in records), ("name", "summary")),
            "sorts": ((one.sort for one in records), ("name",)),
            "costs": ((one.cost for one in records), ("name",)),
            "efforts": ((one.effort for one in records), ("name",)),
        }
        self.check_words(wanted, shared=("verdicts", "grades"))


def _ranked(treatments: Iterable[Placed[schema.Treatment]]) -> dict[str, set[str]]:
    """Return what treatments are ranked by: each kind with the values that occur."""
    records = [placed.record for placed in treatments]
    return {
        "role": {role for one in records for phases in one.tracks.values() for role in phases.values()},
        "verdict": {one.verdict for one in records},
        "certainty": {one.certainty.grade for one in records},
        "by": {one.by for one in records},
        "effort": {one.effort for one in records},
        "cost": {one.cost for one in records},
    }
