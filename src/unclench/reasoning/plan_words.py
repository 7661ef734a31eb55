"""A plan as JSON: everything a page, a sheet or a terminal shows, in words of one language and in numbers.

Every word comes from the wording. Numbers of effects are those of the sources; one that they lack is `unknown`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from unclench.knowledge.phrases import filled
from unclench.knowledge.plurals import category
from unclench.logic import NOT_APPLICABLE, Node
from unclench.reasoning.describe import describe, describe_answer, listed
from unclench.reasoning.explanation import facts_behind
from unclench.reasoning.treatment_numbers import effect_numbers, shown_number, treatment_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from unclench.knowledge import Knowledge
    from unclench.knowledge.plan_records import Amount, Criterion, Effect, Treatment
    from unclench.knowledge.records import Exercise, ExerciseDose, SourceRef, Span
    from unclench.reasoning.fitting import LeftOut
    from unclench.reasoning.medicines import MedicineAdvice
    from unclench.reasoning.plan import Action, Drill, PhasePlan, Plan

__all__ = ["drill_data", "plan_data"]

_SPANS = ("sets", "repetitions", "hold_seconds", "rest_seconds", "minutes", "metres", "times_a_day", "days_a_week")
_MORE_SPANS = ("every_hours", "every_minutes", "for_days", "percent_a_week")


def plan_data(plan: Plan, locale: str = "en") -> dict[str, Any]:
    """Return the JSON form of a plan, with the words of one language.

    Args:
        plan: the plan, or a refusal.
        locale: a language of the wording.
    """
    return _Writer(plan.knowledge, locale, plan).write()


def drill_data(knowledge: Knowledge, drill: Drill, locale: str = "en") -> dict[str, Any]:
    """Return the JSON form of one exercise, as in the plan it would be part of."""
    return _Speaker(knowledge, locale).drill(drill)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Exercises and small parts in the words of one language: what needs no plan."""

    knowledge: Knowledge
    locale: str

    def swap(self, one: Drill) -> dict[str, Any]:
        """Return what somebody needs in order to do an exercise."""
        exercise = one.exercise
        told = {name: self.words("exercises", exercise.id, name) for name in ("purpose", "start", "stop", "why")}
        told["stop"] = told["stop"] or self.message("exercise_stop_short")
        return {
            **self.named("exercises", exercise.id),
            "slot": one.slot,
            "group": self.named("exercise_groups", exercise.group),
            "position": self.named("positions", exercise.position),
            "floor": exercise.floor,
            "sides": exercise.sides,
            "equipment": [self.named("equipment", name) for name in exercise.equipment],
            **told,
            "steps": self.words("exercises", exercise.id, "steps").splitlines(),
            "dose": self.exercise_dose(exercise, one.timed.dose, one.timed.minutes),
            "most_pain": one.timed.most_pain,
            "start_when": self.start_when(one.timed.most_pain),
        }

    def drill(self, one: Drill) -> dict[str, Any]:
        exercise = one.exercise
        return {
            **self.swap(one),
            "easier": {
                "text": self.words("exercises", exercise.id, "easier"),
                "exercise": self.named("exercises", one.easier) if one.easier else None,
            },
            "harder": {
                "text": self.words("exercises", exercise.id, "harder"),
                "exercise": self.named("exercises", one.harder) if one.harder else None,
            },
            "grade": self.summed("grades", exercise.certainty),
            "from_memory": exercise.from_memory,
            "sources": self.sources(exercise.sources),
            "swaps": [self.swap(other) for other in one.swaps],
        }

    def start_when(self, most_pain: int) -> str:
        if most_pain >= self.knowledge.findings[self.knowledge.plan_model.pain].maximum:
            return ""
        return self.message("plan_start_when", pain=str(most_pain))

    def exercise_dose(self, exercise: Exercise, dose: ExerciseDose, minutes: float) -> dict[str, Any]:
        numbers: dict[str, Any] = {}
        for name in (*_SPANS, *_MORE_SPANS):
            span = getattr(dose, name)
            if span is not None:
                numbers[name] = list(span)
        for name in ("repetitions_by_set", "build_to", "occasions"):
            if getattr(dose, name):
                numbers[name] = list(getattr(dose, name))
        for name in ("most_kilograms", "from_day"):
            if getattr(dose, name) is not None:
                numbers[name] = getattr(dose, name)
        return {
            "text": list(self.dose_sentences(exercise, dose)),
            "numbers": numbers,
            "minutes_a_day": round(minutes, 1),
            "basis": dose.basis,
            "sources": self.sources(dose.sources),
        }

    def dose_sentences(self, exercise: Exercise, dose: ExerciseDose) -> Iterator[str]:
        """Yield a sentence for each quantity, in the order in which one does it."""
        both = "_each_side" if exercise.sides == "both" else ""
        if dose.repetitions is not None:
            yield self.quantity(f"repetitions{both}", dose.repetitions)
        for name in ("repetitions_by_set", "build_to"):
            row = [f"{one:g}" for one in getattr(dose, name)]
            if row:
                yield self.said(f"{name}{both}", "other", count=self.joined(row, "both"))
        for name in (*_SPANS[2:6], "sets", *_SPANS[6:], *_MORE_SPANS):
            span = getattr(dose, name)
            # One set is what anybody would do.
            if span is not None and not (name == "sets" and span[1] == 1):
                yield self.quantity(name, span)
        if dose.most_kilograms is not None:
            yield self.quantity("most_kilograms", (dose.most_kilograms, dose.most_kilograms))
        if dose.occasions:
            named = [self.words("occasions", name, "name") for name in dose.occasions]
            yield self.said("occasions", "other", count=self.joined(named, "either"))
        if dose.from_day is not None:
            yield self.quantity("from_day", (dose.from_day, dose.from_day))

    def quantity(self, name: str, span: Span) -> str:
        return self.said(name, category(span[1], self.locale), count=self.span(span))

    def said(self, name: str, form: str, *, count: str) -> str:
        forms: Mapping[str, str] = self.knowledge.data["wording"][self.locale]["quantities"][name]["amount"]
        return filled(forms.get(form, forms["other"]), number=count)

    def span(self, span: tuple[float, float]) -> str:
        low, high = (f"{end:g}" for end in span)
        return low if low == high else self.knowledge.phrase("span", locale=self.locale, low=low, high=high)

    # small parts

    def joined(self, things: Iterable[str | dict[str, str]], how: str = "list") -> str:
        texts = [thing if isinstance(thing, str) else thing["text"] for thing in things]
        # Some things are told in a sentence of their own; the one they are put into ends with a full stop too.
        texts = [text.removesuffix(".") for text in texts]
        return listed(dict.fromkeys(texts), self.knowledge, how=how, locale=self.locale)

    def place(self, see: str | None) -> dict[str, str] | None:
        if see is None:
            return None
        return {**self.named("see", see), "how": self.words("see", see, "how")}

    def named(self, kind: str, name: str) -> dict[str, str]:
        return {"id": name, "name": self.words(kind, name, "name")}

    def summed(self, kind: str, name: str) -> dict[str, str]:
        return {**self.named(kind, name), "summary": self.words(kind, name, "summary")}

    def sources(self, refs: Iterable[SourceRef]) -> list[dict[str, str]]:
        return [self.source(ref) for ref in refs]

    def source(self, ref: SourceRef) -> dict[str, str]:
        if ref.is_judgement:
            return {"id": ref.id, "at": ref.at, "cites_as": ref.id}
        cited = self.knowledge.sources[ref.id]
        return {"id": ref.id, "at": ref.at, "cites_as": str(cited.get("cites_as") or cited["title"])}

    def message(self, name: str, **values: str) -> str:
        return filled(self.words("messages", name, "because"), **values)

    def words(self, kind: str, name: str, field: str) -> str:
        return self.knowledge.words(kind, name, field, locale=self.locale)


@dataclass(frozen=True, slots=True)
class _Writer(_Speaker):
    plan: Plan

    def write(self) -> dict[str, Any]:
        plan = self.plan
        track = plan.track
        return {
            "id": plan.case.id,
            "disposition": plan.disposition.id,
            "see": self.place(plan.see),
            "track": {**self.named("tracks", track.id), "summary": self.words("tracks", track.id, "summary")}
            if track
            else None,
            "refusal": self.refusal(),
            "waiting": self.message("plan_waiting") if plan.waiting else None,
            "phases": [self.phase(one) for one in plan.phases],
            "left_out": [self.left_out(one) for one in plan.left_out],
            "open": [self.question(finding) for finding in plan.open],
            "also": [self.named("tracks", name) for name in plan.also],
            "when_to_stop": self.message("exercise_stop"),
            "limits": self.message("limits"),
            "pack": plan.pack,
        }

    def refusal(self) -> dict[str, Any] | None:
        why = self.plan.refusal
        return None if why is None else {"reason": why, "text": self.message(f"plan_{why}")}

    # phases

    def phase(self, one: PhasePlan) -> dict[str, Any]:
        phase = one.phase
        return {
            **self.named("phases", phase.id),
            "when": self.words("phases", phase.id, "when"),
            "summary": self.words("phases", phase.id, "summary"),
            "first_day": phase.first_day,
            "last_day": phase.last_day,
            "now": one.now,
            "actions": [self.action(action, phase.id) for action in one.actions],
            "flares": [self.action(action, phase.id) for action in one.flares],
            "drills": [self.drill(drill) for drill in one.drills],
            "minutes_a_day": self.minutes(one),
            "goes_along": self.plan.goes_along(one),
            "progress": [self.criterion(criterion) for criterion in one.progress],
            "regress": [self.criterion(criterion) for criterion in one.regress],
        }

    def minutes(self, one: PhasePlan) -> int:
        """Return about how many minutes a day a set takes; 0 only where all of it goes along with the day."""
        minutes = sum(drill.timed.minutes for drill in one.drills)
        return max(1, round(minutes)) if minutes else 0

    def criterion(self, one: Criterion) -> dict[str, Any]:
        numbers = {name: shown_number(value) for name, value in one.numbers.items()}
        return {
            "id": one.id,
            "text": filled(self.words("criteria", one.id, "text"), **numbers),
            "numbers": dict(one.numbers),
            "see": self.place(one.see),
            "basis": one.basis,
            "sources": self.sources(one.sources),
        }

    # treatments

    def action(self, one: Action, phase: str) -> dict[str, Any]:
        treatment = one.treatment
        told = {name: self.treatment_text(treatment, name) for name in ("what", "how", "why", "expect", "harm", "stop")}
        return {
            **self.named("treatments", treatment.id),
            "role": one.role,
            "sort": self.named("sorts", treatment.sort),
            "by": treatment.by,
            **told,
            "fits": self.fits(one),
            "dose": self.dose(treatment, phase),
            "medicine": self.medicine(one),
            "cautions": [{"id": limit.id, "text": self.mapped(treatment, "care", limit.id)} for limit in one.cautions],
            "verdict": self.summed("verdicts", treatment.verdict),
            "grade": {**self.summed("grades", treatment.grade), "basis": treatment.grade_basis},
            "effects": [self.effect(effect) for effect in treatment.effects],
            "harms": [self.effect(effect) for effect in treatment.harms],
            "cost": self.named("costs", treatment.cost),
            "effort": self.named("efforts", treatment.effort),
            "guidelines": [
                {
                    **self.source(position.source),
                    "position": position.position,
                    "from_memory": position.from_memory,
                }
                for position in treatment.guidelines
            ],
            "exercises": list(treatment.exercises),
            "sources": self.sources(treatment.sources),
        }

    def fits(self, one: Action) -> dict[str, Any]:
        """Say why it fits this person: the answers behind its indication, and behind a wish that favours it."""
        treatment = one.treatment
        behind = [node for node in (treatment.indication, treatment.favoured if one.favoured else None) if node]
        facts = self.facts(behind)
        text = self.message("plan_fits", facts=self.joined(facts)) if facts else self.message("plan_fits_everybody")
        return {"text": text, "facts": facts}

    def treatment_text(self, treatment: Treatment, name: str) -> str:
        return filled(self.words("treatments", treatment.id, name), **treatment_numbers(treatment))

    def effect(self, one: Effect) -> dict[str, Any]:
        return {
            "id": one.id,
            "outcome": self.named("outcomes", one.outcome),
            "population": self.named("populations", one.population),
            "compared_with": self.named("comparisons", one.compared_with) if one.compared_with else None,
            **effect_numbers(one),
            "text": self.message("plan_effect_unknown", outcome=self.words("outcomes", one.outcome, "name"))
            if one.unknown
            else "",
            "from_memory": one.from_memory,
            "sources": self.sources(one.sources),
        }

    def dose(self, treatment: Treatment, phase: str) -> dict[str, Any] | None:
        if treatment.dose is None:
            return None
        amounts = treatment.dose.of(phase)
        texts: Mapping[str, Any] = self.knowledge.data["wording"][self.locale]["treatments"][treatment.id]
        pattern = str(texts.get("doses", {}).get(phase) or texts.get("dose", ""))
        return {
            "text": filled(pattern, **{name: self.amount(amount) for name, amount in amounts.items()}),
            "numbers": {name: [amount.low, amount.high, amount.unit] for name, amount in amounts.items()},
            "basis": treatment.dose.basis,
            "from_memory": treatment.dose.from_memory,
            "sources": self.sources(treatment.dose.sources),
        }

    def amount(self, one: Amount) -> str:
        return self.span((one.low, one.high))

    def medicine(self, one: Action) -> dict[str, Any] | None:
        if one.medicine is None:
            return None
        told = replace(one.medicine, doses=() if one.label is None else (one.label,), rooms=()).to_data(self.locale)
        kept = ("medicine", "name", "supply", "verdict", "headline", "reasons", "what_for", "how", "ask", "stop")
        dose = told["doses"][0] if one.label is not None else None
        return {**{name: told[name] for name in kept}, "dose": dose}

    # what is left out

    def left_out(self, one: LeftOut) -> dict[str, Any]:
        kind = "treatments" if one.kind == "treatment" else "exercises"
        facts = self.facts(one.rests_on) if one.reason in ("contraindicated", "unwanted") else []
        facts += [fact for advice in one.advice for fact in self.medicine_facts(advice)]
        return {
            "kind": one.kind,
            **self.named(kind, one.id),
            "reason": one.reason,
            "text": self.reason_text(one, facts),
            "because": [*self.limit_texts(one), *self.medicine_texts(one)],
            "facts": facts,
            "open": [self.question(finding) for finding in self.plan.asks(one)],
            "sources": self.sources({ref: None for limit in one.limits for ref in limit.sources}),
        }

    def reason_text(self, one: LeftOut, facts: list[dict[str, str]]) -> str:
        """Say why something is not in the plan; the words stand in `plan_left_out_...`."""
        message = f"plan_left_out_{one.reason}"
        match one.reason:
            case "verdict":
                return self.treatment_text(self.knowledge.treatments[one.id], "why_left_out")
            case "contraindicated" | "unwanted":
                return self.message(message, facts=self.joined(facts))
            case "unanswered":
                labels = [self.words("findings", finding, "label") for finding in self.plan.asks(one)]
                return self.message(message, facts=self.joined(labels))
            case "not_indicated":
                wanted = [describe(node, self.knowledge, locale=self.locale) for node in one.rests_on]
                return self.message(message, facts=self.joined(wanted, "long_list"))
            case "clashes":
                others = [self.words("treatments", other, "name") for other in one.other]
                return self.message(message, facts=self.joined(others))
            case "no_equipment":
                return self.message(message, facts=self.joined([self.words("equipment", e, "name") for e in one.other]))
            case "too_sore":
                return self.message(message, pain=f"{one.number:g}")
            case "too_early":
                return self.message(message, day=f"{one.number:g}")
            case _:
                return self.message(message)

    def limit_texts(self, one: LeftOut) -> list[str]:
        if one.kind == "exercise":
            return [self.words("exercise_limits", limit.id, "because") for limit in one.limits]
        treatment = self.knowledge.treatments[one.id]
        return [self.mapped(treatment, "why_not", limit.id) for limit in one.limits]

    def medicine_texts(self, one: LeftOut) -> list[str]:
        grave = ("avoid", "caution")
        reasons = (reason for advice in one.advice for reason in advice.reasons if reason.action in grave)
        return list(dict.fromkeys(reason.text(self.knowledge, self.locale) for reason in reasons))

    def medicine_facts(self, advice: MedicineAdvice) -> list[dict[str, str]]:
        named = dict.fromkeys(
            finding for reason in advice.reasons if reason.action in ("avoid", "caution") for finding in reason.findings
        )
        return [self.fact(finding) for finding in named if self.was_told(finding)]

    # small parts

    def facts(self, nodes: Iterable[Node]) -> list[dict[str, str]]:
        answers = self.plan.answers
        named = dict.fromkeys(f for node in nodes for f in facts_behind(self.knowledge, node, answers))
        return [self.fact(finding) for finding in named if self.was_told(finding)]

    def was_told(self, finding: str) -> bool:
        return self.plan.answers.get(finding, NOT_APPLICABLE) is not NOT_APPLICABLE

    def fact(self, finding: str) -> dict[str, str]:
        said = self.plan.answers[finding]
        return {"finding": finding, "text": describe_answer(finding, said, self.knowledge, locale=self.locale)}

    def question(self, finding: str) -> dict[str, str]:
        return {"finding": finding, "question": self.words("findings", finding, "question")}

    def mapped(self, treatment: Treatment, field: str, name: str) -> str:
        texts: Mapping[str, Any] = self.knowledge.data["wording"][self.locale]["treatments"][treatment.id]
        return str(texts[field][name])
