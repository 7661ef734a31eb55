"""The plan of people whose plan is known: what is in, what is left out and why, and who gets none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from people import EMERGENCY, SEIZED_BACK, with_nothing_else
from unclench.errors import UnclenchError
from unclench.knowledge import Disposition, Knowledge
from unclench.reasoning import Plan, assess, make_plan
from unclench.reasoning.fitting import catalogue
from unclench.reasoning.plan import Drill, refusal_of, strictest
from unclench.reasoning.treatment_numbers import shown_number

WELL: dict[str, Any] = {"alcohol_use": "no_alcohol", "main_goal": "none"}


def plan(knowledge: Knowledge, person: dict[str, Any] = SEIZED_BACK, **more: Any) -> Plan:
    """Return the plan of somebody who said no to all else."""
    return make_plan(knowledge, assess(knowledge, with_nothing_else(knowledge, person, **{**WELL, **more})))


def aged(age: int, sex: str = "male", **findings: Any) -> dict[str, Any]:
    return {"age": age, "sex": sex, "setting": "community", "findings": {**SEIZED_BACK["findings"], **findings}}


def named(made: Plan) -> set[str]:
    """Return the treatments of all phases."""
    return {action.treatment.id for phase in made.phases for action in (*phase.actions, *phase.flares)}


def drilled(made: Plan) -> set[str]:
    return {drill.exercise.id for phase in made.phases for drill in phase.drills}


def reasons(made: Plan) -> dict[str, str]:
    return {one.id: one.reason for one in made.left_out}


def test_a_fresh_spasm_has_a_plan_from_the_first_day_on(knowledge: Knowledge) -> None:
    made = plan(knowledge)
    assert (made.track.id if made.track else None) == "back_spasm"
    assert [phase.phase.id for phase in made.phases] == list(knowledge.phases)
    assert [phase.now for phase in made.phases] == [True, False, False, False, False]
    now = [action.treatment.id for action in made.phases[0].actions]
    assert now[:3] == ["education", "staying_active", "heat"]
    assert "anti_inflammatory_tablets" in now


def test_somebody_in_the_third_week_begins_there(knowledge: Knowledge) -> None:
    made = plan(knowledge, pain_duration_days=17)
    assert made.phases[0].phase.id == "weeks_2_6"


def test_no_phase_holds_more_than_a_handful(knowledge: Knowledge) -> None:
    for phase in plan(knowledge).phases:
        assert len(phase.actions) <= phase.phase.most_actions
        assert len(phase.drills) <= phase.phase.most_exercises


@pytest.mark.parametrize(
    "person", [EMERGENCY, {**SEIZED_BACK, "findings": {**SEIZED_BACK["findings"], "saddle_numbness": "unsure"}}]
)
def test_whoever_needs_help_now_or_today_gets_no_plan(knowledge: Knowledge, person: dict[str, Any]) -> None:
    answer = assess(knowledge, person)
    assert answer.disposition >= Disposition.SAME_DAY
    made = make_plan(knowledge, answer)
    assert (made.refusal, made.see, made.phases, made.left_out) == ("too_urgent", answer.see, (), ())
    data = made.to_data()
    assert data["refusal"]["text"]
    assert data["see"]["id"] == answer.see


def test_a_child_and_somebody_of_unknown_age_get_no_plan(knowledge: Knowledge) -> None:
    child = plan(knowledge, aged(12))
    assert (child.refusal, child.see) == ("adults_only", "paediatrician_or_gp")
    unknown = plan(knowledge, {"sex": "male", "setting": "community", "findings": SEIZED_BACK["findings"]})
    assert (unknown.refusal, unknown.open) == ("age_open", ("age",))
    assert unknown.to_data()["open"][0]["finding"] == "age"


def test_belly_cramp_is_only_told_whom_to_see(knowledge: Knowledge) -> None:
    made = plan(knowledge, {"age": 30, "sex": "male", "findings": {"belly_cramp": True, "pain_site": []}})
    assert (made.refusal, made.see) == ("routing_only", "gp")
    assert made.to_data()["track"]["summary"]


def test_kidney_disease_leaves_out_anti_inflammatory_tablets_and_says_why(knowledge: Knowledge) -> None:
    made = plan(knowledge, kidney_disease=True)
    assert "anti_inflammatory_tablets" not in named(made)
    told = {one["id"]: one for one in made.to_data()["left_out"]}["anti_inflammatory_tablets"]
    assert "kidney_disease" in [fact["finding"] for fact in told["facts"]]
    assert told["because"]


def test_an_ulcer_leaves_out_the_tablets_but_not_the_warmth(knowledge: Knowledge) -> None:
    made = plan(knowledge, stomach_ulcer_or_bleed=True)
    assert {"anti_inflammatory_tablets"}.isdisjoint(named(made))
    assert reasons(made)["anti_inflammatory_tablets"] in ("no_medicine", "ask_first")
    assert "heat" in named(made)


def test_somebody_without_such_limits_is_offered_the_tablets_with_a_dose(knowledge: Knowledge) -> None:
    actions = [action for action in plan(knowledge).phases[0].actions if action.medicine]
    assert [action.treatment.id for action in actions] == ["anti_inflammatory_tablets"]
    label = actions[0].label
    assert label is not None
    assert (label.most, label.most_days, label.hours_between) == (Decimal(1200), 10, Decimal(6))


def test_who_wants_no_medicines_gets_none_and_is_asked_nothing_about_them(knowledge: Knowledge) -> None:
    made = plan(knowledge, prefers_no_medicines=True)
    assert all(action.medicine is None for phase in made.phases for action in phase.actions)
    assert reasons(made)["anti_inflammatory_tablets"] == "unwanted"


def test_what_is_not_known_is_left_out_with_the_question_that_decides(knowledge: Knowledge) -> None:
    person = with_nothing_else(knowledge, SEIZED_BACK, **WELL)
    del person["findings"]["kidney_disease"]
    person["findings"]["reduced_skin_feeling"] = "unsure"
    made = make_plan(knowledge, assess(knowledge, person))
    out = {one.id: one for one in made.left_out}
    assert out["anti_inflammatory_tablets"].reason == "unanswered"
    assert "kidney_disease" in made.asks(out["anti_inflammatory_tablets"])
    assert out["heat"].reason == "unanswered"
    assert made.asks(out["heat"]) == ("reduced_skin_feeling",)
    assert {"kidney_disease", "reduced_skin_feeling"} <= set(made.open)


def test_no_floor_work_means_none_in_the_set_nor_among_the_swaps(knowledge: Knowledge) -> None:
    made = plan(knowledge, no_floor_work=True, pain_severity=4)
    chosen = [one for phase in made.phases for drill in phase.drills for one in (drill, *drill.swaps)]
    assert chosen
    assert not [one.exercise.id for one in chosen if one.exercise.floor]
    assert "no_floor" in reasons(made).values()


def test_a_lifting_job_brings_lifting_exercises(knowledge: Knowledge) -> None:
    lifting = {"hip_hinge", "loaded_deadlift_pattern", "lifting_technique_and_load_planning"}
    assert drilled(plan(knowledge)).isdisjoint(lifting)
    assert drilled(plan(knowledge, lifting_job=True)) & lifting


def test_few_minutes_a_day_shorten_the_set(knowledge: Knowledge) -> None:
    for minutes in (0, 5, 20):
        for phase in plan(knowledge, pain_severity=4, minutes_a_day=minutes).phases:
            assert sum(drill.timed.minutes for drill in phase.drills) <= minutes


def test_no_minutes_a_day_leave_only_what_goes_along_with_the_day(knowledge: Knowledge) -> None:
    untimed = knowledge.plan_model.untimed_groups
    made = plan(knowledge, pain_severity=2, minutes_a_day=0, lifting_job=True, pain_duration_days=60)
    shown = [one for phase in made.phases for drill in phase.drills for one in (drill, *drill.swaps)]
    assert shown
    assert {one.exercise.group for one in shown} <= untimed
    assert {(one["minutes_a_day"], one["goes_along"]) for one in made.to_data()["phases"] if one["drills"]} == {
        (0, True)
    }


def test_a_set_tells_whether_some_of_it_goes_along_with_the_day(knowledge: Knowledge) -> None:
    untimed = knowledge.plan_model.untimed_groups
    for phase in plan(knowledge, pain_severity=2).to_data()["phases"]:
        assert phase["goes_along"] is any(drill["group"]["id"] in untimed for drill in phase["drills"])
        assert bool(phase["minutes_a_day"]) is any(drill["dose"]["minutes_a_day"] for drill in phase["drills"])


def test_the_refusal_alone_is_that_of_the_plan(knowledge: Knowledge) -> None:
    for person in (EMERGENCY, SEIZED_BACK, aged(12), {"age": 30, "sex": "male", "findings": {"belly_cramp": True}}):
        answer = assess(knowledge, with_nothing_else(knowledge, person, **WELL))
        made = make_plan(knowledge, answer)
        assert refusal_of(knowledge, answer) == (made if made.refusal else None)


def test_no_sentence_about_what_is_left_out_ends_in_two_full_stops(knowledge: Knowledge) -> None:
    others: list[dict[str, Any]] = [
        {},
        {"pain_severity": "unsure"},
        {"prefers_no_medicines": True},
        {"minutes_a_day": 0},
    ]
    for more in others:
        for one in plan(knowledge, **more).to_data()["left_out"]:
            for text in (one["text"], *one["because"]):
                assert ".." not in text, one["id"]
                assert ".," not in text, one["id"]


def test_what_is_too_sore_today_may_come_later(knowledge: Knowledge) -> None:
    sore, easy = plan(knowledge, pain_severity=10), plan(knowledge, pain_severity=3)
    assert {d.exercise.id for d in sore.phases[0].drills} < {d.exercise.id for d in easy.phases[0].drills}
    assert all(drill.timed.most_pain == 10 for drill in sore.phases[0].drills)


def test_waiting_for_an_appointment_leaves_only_gentle_things_of_the_present(knowledge: Knowledge) -> None:
    made = plan(knowledge, steroid_long_term=True)
    assert made.disposition is Disposition.URGENT
    assert made.waiting
    assert len(made.phases) == 1
    assert all(action.treatment.while_waiting for action in made.phases[0].actions)
    groups = {drill.exercise.group for drill in made.phases[0].drills}
    assert groups <= knowledge.plan_model.waiting_groups
    assert made.to_data()["waiting"]


CRAMP = {"muscle_cramp": True, "pain_site": ["calf_left"], "pain_severity": 5}


@pytest.mark.parametrize(
    ("findings", "track", "core"),
    [
        ({**SEIZED_BACK["findings"], "pregnant": True, "pregnancy_weeks": 24}, "pregnancy", "staying_active"),
        ({**CRAMP, "cramps_at_night": True}, "night_cramp", "calf_stretching"),
        ({**CRAMP, "cramps_during_exercise": True}, "exercise_cramp", "steady_training"),
        ({"multiple_sclerosis": True, "limb_stiffness": True, "pain_site": []}, "ms_spasticity", "trigger_check"),
    ],
)
def test_each_kind_of_trouble_has_its_own_plan(
    knowledge: Knowledge, findings: dict[str, Any], track: str, core: str
) -> None:
    made = plan(knowledge, {"age": 34, "sex": "female", "setting": "community", "findings": findings})
    assert (made.track.id if made.track else made.refusal) == track
    assert core in named(made)
    assert "anti_inflammatory_tablets" not in named(made)


def test_a_track_that_does_not_fit_is_refused(knowledge: Knowledge) -> None:
    answer = assess(knowledge, with_nothing_else(knowledge, SEIZED_BACK, **WELL))
    with pytest.raises(UnclenchError, match="no kind of plan that fits here"):
        make_plan(knowledge, answer, track="ms_spasticity")
    assert make_plan(knowledge, answer, track="back_spasm").to_data() == make_plan(knowledge, answer).to_data()


def test_the_data_hold_words_for_everything(knowledge: Knowledge) -> None:
    data = plan(knowledge, pain_severity=4).to_data()
    assert data["refusal"] is None
    for phase in data["phases"]:
        assert phase["progress"]
        assert phase["regress"]
        for action in (*phase["actions"], *phase["flares"]):
            for field in ("name", "what", "how", "why", "expect", "harm", "stop"):
                assert action[field], (action["id"], field)
                assert "{" not in action[field], (action["id"], field)
            assert action["fits"]["text"]
            assert action["grade"]["name"]
            assert action["sources"]
            assert all(effect["unknown"] == (effect["value"] is None) for effect in action["effects"])
            assert action["dose"] is None or (action["dose"]["text"] and "{" not in action["dose"]["text"])
        for drill in phase["drills"]:
            assert drill["steps"]
            assert drill["dose"]["text"]
            assert drill["sources"]
            assert not [text for text in drill["dose"]["text"] if "{" in text]
    for one in data["left_out"]:
        assert one["text"]
        assert "{" not in one["text"], one["id"]


def test_every_dose_of_every_exercise_has_its_sentences(knowledge: Knowledge) -> None:
    from unclench.reasoning.plan_words import _Writer

    writer = _Writer(knowledge, "en", plan(knowledge))
    for exercise in knowledge.exercises.values():
        for phase, dose in exercise.phases.items():
            told = list(writer.dose_sentences(exercise, dose))
            assert told, (exercise.id, phase)
            assert not [text for text in told if "{" in text]


def test_the_strictest_label_keeps_within_each(knowledge: Knowledge) -> None:
    doses = [dose for dose in knowledge.medicines["paracetamol"].doses if dose.by == "self_care"]
    label = strictest(doses)
    assert label is not None
    assert label.most == min(dose.most for dose in doses if dose.most is not None)
    assert label.hours_between == max(dose.hours_between for dose in doses if dose.hours_between is not None)
    assert strictest(()) is None


def test_numbers_have_no_more_digits_than_people_need() -> None:
    assert [shown_number(value) for value in (-7.29, -32.2, 5, 0.18, -9.95)] == ["7.3", "32", "5", "0.2", "10"]
    assert shown_number(1.16, "rate_ratio") == "1.16"


@pytest.mark.parametrize("ill", ["stomach_ulcer_or_bleed", "asthma", "kidney_disease"])
def test_who_should_not_take_the_tablets_is_offered_the_gel_in_their_place(knowledge: Knowledge, ill: str) -> None:
    more: dict[str, Any] = {ill: True}
    actions = plan(knowledge, **more).phases[0].actions
    assert "anti_inflammatory_gel" in [action.treatment.id for action in actions]


def test_every_exercise_says_when_to_stop(knowledge: Knowledge) -> None:
    from unclench.reasoning.plan_words import drill_data

    for exercise in knowledge.exercises.values():
        timed = catalogue(knowledge).timed(exercise, next(iter(exercise.phases)))
        assert drill_data(knowledge, Drill(exercise, "", timed, None, None, ()))["stop"], exercise.id
