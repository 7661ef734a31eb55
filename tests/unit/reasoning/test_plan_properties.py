"""What holds for the plan of anybody, whatever is answered, not sure or missing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import cases
from unclench.knowledge import Disposition, Knowledge
from unclench.logic import UNSURE, Answer, Node, Truth
from unclench.reasoning import Case, Plan, next_question, triage
from unclench.reasoning.medicines import daily_most, rules_of
from unclench.reasoning.plan import Action, Drill, PhasePlan, plan_for
from unclench.reasoning.plan_questions import plan_lines
from unclench.reasoning.triage import effective_answers

KNOWLEDGE = Knowledge.load()
PLANNED = (Disposition.SELF_CARE, Disposition.ROUTINE, Disposition.URGENT)

# Which urgency goes with which answers is for other tests: a plan must be safe for each.
PEOPLE = cases(KNOWLEDGE)
COMPLAINTS: tuple[dict[str, Answer], ...] = (
    {"back_pain": True},
    {"back_pain": True, "pregnant": True, "sex": "female", "age": 30},
    {"muscle_cramp": True, "back_pain": False, "pain_site": ("calf_left",)},
    {"muscle_cramp": True, "cramps_during_exercise": True, "back_pain": False, "pain_site": ("calf_left",)},
    {"multiple_sclerosis": True, "limb_stiffness": True, "back_pain": False, "pain_site": ()},
)


@st.composite
def planned(draw: st.DrawFn) -> tuple[Case, Disposition]:
    """Draw an adult who mostly has a complaint that plans are made for, and an urgency with which there is one."""
    answers = {**draw(PEOPLE), "age": draw(st.integers(16, 95))}
    answers |= draw(st.sampled_from(COMPLAINTS))
    if draw(st.booleans()):
        # Most limits ruled out, so that much is in the plan and can clash.
        for finding in KNOWLEDGE.findings.values():
            if finding.kind == "boolean" and finding.supplied_by == "person":
                answers.setdefault(finding.id, False)
    return Case(None, answers), draw(st.sampled_from(PLANNED))


def plan_of(person: tuple[Case, Disposition]) -> Plan:
    return plan_for(KNOWLEDGE, *person, "self")


def actions(phase: PhasePlan) -> tuple[Action, ...]:
    return (*phase.actions, *phase.flares)


def drills(phase: PhasePlan) -> Iterator[Drill]:
    for drill in phase.drills:
        yield drill
        yield from drill.swaps


def holds(node: Node | None, plan: Plan) -> Truth:
    return Truth.TRUE if node is None else KNOWLEDGE.evaluate[node](plan.answers)


@given(planned())
@settings(max_examples=70)
def test_nothing_contraindicated_or_perhaps_contraindicated_is_in_a_plan(person: tuple[Case, Disposition]) -> None:
    plan = plan_of(person)
    for phase in plan.phases:
        for action in actions(phase):
            one = action.treatment
            assert holds(one.indication, plan) is Truth.TRUE, one.id
            for limit in one.contraindications:
                assert holds(limit.when, plan) is Truth.FALSE, (one.id, limit.id)
            told = {limit.id for limit in action.cautions}
            for caution in one.cautions:
                assert caution.id in told or holds(caution.when, plan) is Truth.FALSE, (one.id, caution.id)
        for drill in drills(phase):
            exercise = drill.exercise
            assert holds(exercise.indication, plan) is Truth.TRUE, exercise.id
            for limit in exercise.contraindications:
                assert holds(limit.when, plan) is Truth.FALSE, (exercise.id, limit.id)


@given(planned())
@settings(max_examples=70)
def test_an_easier_or_harder_exercise_named_fits_too(person: tuple[Case, Disposition]) -> None:
    plan = plan_of(person)
    for phase in plan.phases:
        for drill in drills(phase):
            for name in (drill.easier, drill.harder):
                if name is not None:
                    for limit in KNOWLEDGE.exercises[name].contraindications:
                        assert holds(limit.when, plan) is Truth.FALSE, (name, limit.id)


@given(planned())
@settings(max_examples=70)
def test_no_medicine_against_which_any_rule_speaks_or_might_speak_is_in_a_plan(
    person: tuple[Case, Disposition],
) -> None:
    plan = plan_of(person)
    for phase in plan.phases:
        for action in actions(phase):
            assert (action.medicine is not None) == bool(action.treatment.medicines)
            if action.medicine is None:
                continue
            assert action.medicine.verdict == "may_take"
            medicine = action.medicine.medicine
            assert medicine is not None
            assert medicine.id in action.treatment.medicines
            assert medicine.supply != "prescription"
            for rule in rules_of(KNOWLEDGE, medicine):
                if rule.action != "tell":
                    assert holds(rule.when, plan) is Truth.FALSE, (medicine.id, rule.id)


@given(planned())
@settings(max_examples=70)
def test_the_medicines_of_a_phase_keep_every_daily_maximum_and_each_kind_to_one(
    person: tuple[Case, Disposition],
) -> None:
    plan = plan_of(person)
    for phase in plan.phases:
        total: dict[str, Decimal] = {}
        groups: list[str] = []
        for action in actions(phase):
            if action.medicine is None or action.medicine.medicine is None:
                continue
            medicine = action.medicine.medicine
            groups += [g for g in medicine.groups if KNOWLEDGE.medicine_groups[g].one_only]
            assert action.label is not None, medicine.id
            a_day = action.label.most
            if a_day is None and action.label.high is not None and action.label.most_doses is not None:
                a_day = action.label.high * action.label.most_doses
            for ingredient in medicine.ingredients:
                total[ingredient] = total.get(ingredient, Decimal(0)) + (a_day or Decimal(0))
            assert not (action.label.high and action.label.most) or action.label.high <= action.label.most
        assert len(groups) == len(set(groups))
        for ingredient, amount in total.items():
            most = daily_most(KNOWLEDGE, KNOWLEDGE.medicines[ingredient], plan.answers)
            assert most is None or amount <= most, ingredient


@given(planned())
@settings(max_examples=70)
def test_no_two_treatments_of_a_phase_conflict(person: tuple[Case, Disposition]) -> None:
    plan = plan_of(person)
    for phase in plan.phases:
        there = [action.treatment.id for action in actions(phase)]
        assert len(there) == len(set(there))
        for action in actions(phase):
            assert set(action.treatment.conflicts).isdisjoint(there), action.treatment.id


@given(planned())
@settings(max_examples=70)
def test_whatever_is_not_in_the_plan_has_a_reason_and_nothing_is_both(person: tuple[Case, Disposition]) -> None:
    plan = plan_of(person)
    if plan.refusal is not None:
        assert plan.phases == ()
        assert plan.left_out == ()
        return
    assert plan.track is not None
    inside = {("treatment", a.treatment.id) for phase in plan.phases for a in actions(phase)}
    inside |= {("exercise", d.exercise.id) for phase in plan.phases for d in phase.drills}
    outside = [(one.kind, one.id) for one in plan.left_out]
    assert len(outside) == len(set(outside))
    assert inside.isdisjoint(outside)
    known = {("treatment", one.id) for one in KNOWLEDGE.treatments.values() if plan.track.id in one.tracks}
    assert known <= inside | set(outside)
    for one in plan.left_out:
        if one.reason == "unanswered":
            assert plan.asks(one), one.id
        if one.reason == "contraindicated":
            assert one.limits
            assert all(holds(limit.when, plan) is Truth.TRUE for limit in one.limits)


@given(planned())
@settings(max_examples=40)
def test_the_same_answers_give_the_same_plan_and_its_words_are_whole(person: tuple[Case, Disposition]) -> None:
    plan = plan_of(person)
    data = plan.to_data()
    again = plan_for(KNOWLEDGE, plan.case, plan.disposition, plan.see)
    assert again.to_data() == data
    assert data["disposition"] == plan.disposition.id
    for one in data["left_out"]:
        assert one["text"]
        assert not any(odd in one["text"] for odd in ("{", ": .")), (one["id"], one["text"])


@given(PEOPLE)
@settings(max_examples=50)
def test_a_plan_never_changes_how_urgent_it_is_and_urgent_people_get_none(answers: dict[str, Answer]) -> None:
    case = Case(None, answers)
    before = triage(KNOWLEDGE, case)
    plan = plan_for(KNOWLEDGE, case, before.disposition, "gp")
    assert triage(KNOWLEDGE, case) == before
    assert plan.disposition is before.disposition
    assert (plan.refusal == "too_urgent") == (before.disposition >= Disposition.SAME_DAY)


@given(PEOPLE)
@settings(max_examples=40)
def test_wanting_a_plan_changes_no_question_of_the_check(answers: dict[str, Answer]) -> None:
    case = Case(None, answers)
    question = next_question(KNOWLEDGE, case)
    wanted = next_question(KNOWLEDGE, case, for_plan=True)
    assert wanted == question if question is not None else (wanted is None or wanted.purpose == "plan")


@given(planned(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_questions_for_a_plan_end_and_ask_each_screen_once(person: tuple[Case, Disposition], random: object) -> None:
    plan = plan_of(person)
    answers = dict(plan.case.answers)
    asked: list[str] = []
    chosen = getattr(random, "choice")  # noqa: B009
    while lines := plan_lines(KNOWLEDGE, effective_answers(Case(None, answers), KNOWLEDGE), plan.disposition):
        from unclench.reasoning.plan_questions import plan_screen

        found = plan_screen(KNOWLEDGE, lines)
        assert found is not None
        screen, findings = found
        assert 0 < len(findings) <= 8
        assert screen not in asked
        asked.append(screen)
        for name in findings:
            assert name not in answers
            finding = KNOWLEDGE.findings[name]
            if finding.kind == "boolean":
                answers[name] = chosen((False, False, True, UNSURE))
            elif finding.kind == "choice":
                answers[name] = chosen((*finding.choices, UNSURE))
            elif finding.kind == "number":
                answers[name] = chosen((finding.minimum, finding.maximum, UNSURE))
            else:
                answers[name] = UNSURE
    done = plan_for(KNOWLEDGE, Case(None, answers), plan.disposition, "self")
    assert all(answers.get(finding) == UNSURE for finding in done.open)
