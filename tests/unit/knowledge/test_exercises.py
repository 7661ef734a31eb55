"""Exercises: all of the library are there, can be followed, come to an end, and are kept from whom they could harm."""

from __future__ import annotations

import msgspec
import pytest

from unclench.knowledge import Knowledge, schema
from unclench.knowledge.exercises import Exercises
from unclench.knowledge.read import read_shelf
from unclench.knowledge.records import Exercise, ExerciseDose
from unclench.logic import Answer, Truth
from unit.knowledge.planting import KNOWLEDGE, Planting

LIBRARY = {
    "EX01": "diaphragmatic_breathing",
    "EX02": "progressive_muscle_relaxation",
    "EX03": "body_scan_mindfulness",
    "EX04": "supported_supine_rest",
    "EX05": "side_lying_rest_with_pillow_between_knees",
    "EX06": "posterior_pelvic_tilt",
    "EX07": "lower_trunk_rotation",
    "EX08": "single_knee_to_chest",
    "EX09": "double_knee_to_chest",
    "EX10": "cat_camel",
    "EX11": "quadruped_rock_back",
    "EX12": "childs_pose",
    "EX13": "open_book",
    "EX14": "seated_thoracic_extension_over_chair_back",
    "EX15": "seated_lumbar_flexion",
    "EX16": "seated_trunk_rotation",
    "EX17": "sciatic_nerve_slider",
    "EX18": "supine_hamstring_stretch_with_strap",
    "EX19": "half_kneeling_hip_flexor_stretch",
    "EX20": "figure_four_stretch",
    "EX21": "standing_side_bend",
    "EX22": "doorway_pectoral_stretch",
    "EX23": "upper_trapezius_levator_scapulae_stretch",
    "EX24": "standing_gastrocnemius_stretch",
    "EX25": "standing_hamstring_stretch",
    "EX26": "soleus_stretch",
    "EX27": "acute_cramp_release",
    "EX28": "lying_prone",
    "EX29": "prone_on_elbows",
    "EX30": "prone_press_up",
    "EX31": "extension_in_standing",
    "EX32": "side_glide_in_standing",
    "EX33": "abdominal_bracing",
    "EX34": "bent_knee_fall_out_heel_slide",
    "EX35": "mcgill_curl_up",
    "EX36": "side_bridge",
    "EX37": "bird_dog",
    "EX38": "dead_bug",
    "EX39": "modified_front_plank",
    "EX40": "pallof_press",
    "EX41": "glute_bridge",
    "EX42": "clamshell",
    "EX43": "sit_to_stand",
    "EX44": "hip_hinge",
    "EX45": "loaded_deadlift_pattern",
    "EX46": "step_up",
    "EX47": "prone_back_extension",
    "EX48": "band_row",
    "EX49": "suitcase_farmer_carry",
    "EX50": "graded_walking_programme",
    "EX51": "stationary_cycling",
    "EX52": "aquatic_walking_pool_exercise",
    "EX53": "desk_micro_break_routine",
    "EX54": "workstation_and_sitting_variety_set_up",
    "EX55": "lifting_technique_and_load_planning",
    "EX56": "log_roll_transfer_out_of_bed",
    "EX57": "supine_sleep_with_pillow_under_knees",
    "EX58": "self_massage_with_ball_against_wall",
    "EX59": "superficial_heat_application",
    "EX60": "cold_pack_application",
    "EX61": "dynamic_warm_up_before_activity",
    "EX62": "gentle_yoga_tai_chi_class",
}

# (first 72 hours, days 3 to 14, weeks 2 to 6): where the programme has a dash, nothing may be offered
NO_DOSE = {
    "first_72_hours": (
        *(
            "EX14",
            "EX15",
            "EX17",
            "EX18",
            "EX19",
            "EX21",
            "EX22",
            "EX34",
            "EX35",
            "EX36",
            "EX37",
            "EX38",
            "EX39",
            "EX40",
        ),
        *("EX41", "EX42", "EX44", "EX45", "EX46", "EX47", "EX48", "EX49", "EX51", "EX52", "EX61", "EX62"),
    ),
    "days_3_14": ("EX38", "EX39", "EX40", "EX45", "EX46", "EX47", "EX49", "EX62"),
    "weeks_2_6": ("EX32", "EX60"),
    "after_6_weeks": (),
    "staying_well": (),
}

BRIDGE = "exercises/glute_bridge.yaml"
PRESS_UP = "exercises/prone_press_up.yaml"


def limits(knowledge: Knowledge, exercise: Exercise, answers: dict[str, Answer]) -> set[Truth]:
    return {knowledge.evaluate[limit.when](answers) for limit in exercise.contraindications}


def findings_of(knowledge: Knowledge) -> set[str]:
    nodes = [limit.when for one in knowledge.exercises.values() for limit in one.contraindications]
    nodes += [one.indication for one in knowledge.exercises.values() if one.indication is not None]
    return {finding for node in nodes for finding in knowledge.mentions(node)}


@pytest.fixture
def all_clear(knowledge: Knowledge) -> dict[str, Answer]:
    """Somebody who says no to all that an exercise looks at."""
    answers: dict[str, Answer] = {
        name: False for name in findings_of(knowledge) if knowledge.findings[name].kind == "boolean"
    }
    return {**answers, "pain_site": (), "onset_trigger": "none", "pregnancy_weeks": 0}


# the library


def test_every_row_of_the_library_has_its_record_and_no_other_is_there(knowledge: Knowledge) -> None:
    assert {one.code: name for name, one in knowledge.exercises.items()} == LIBRARY


@pytest.mark.parametrize("phase", NO_DOSE)
def test_a_phase_without_a_dose_in_the_programme_is_absent(knowledge: Knowledge, phase: str) -> None:
    without = sorted(one.code for one in knowledge.exercises.values() if phase not in one.phases)
    assert without == sorted(NO_DOSE[phase])


def test_each_dose_says_how_much_and_how_often(knowledge: Knowledge) -> None:
    doses = [(name, phase, d) for name, one in knowledge.exercises.items() for phase, d in one.phases.items()]
    assert [(name, phase) for name, phase, dose in doses if not is_usable(dose)] == []


def is_usable(dose: ExerciseDose) -> bool:
    by_itself = {"at_night", "when_rising", "when_lifting", "when_sitting", "in_class"}
    amounts = (dose.repetitions, dose.repetitions_by_set, dose.hold_seconds, dose.minutes, dose.metres)
    often = (dose.times_a_day, dose.days_a_week, dose.every_hours, dose.every_minutes, dose.occasions)
    return (any(amounts) or bool(by_itself & set(dose.occasions))) and any(often)


def test_no_dose_is_beyond_what_a_day_or_a_week_holds(knowledge: Knowledge) -> None:
    for name, one in knowledge.exercises.items():
        for phase, dose in one.phases.items():
            assert dose.days_a_week is None or dose.days_a_week[1] <= 7, (name, phase)
            assert dose.minutes is None or dose.minutes[1] <= 60, (name, phase)
            if dose.minutes and dose.times_a_day:
                assert dose.minutes[1] * dose.times_a_day[1] <= 120, (name, phase)


def test_only_doses_that_a_trial_used_are_called_published(knowledge: Knowledge) -> None:
    published = {
        (one.code, phase)
        for one in knowledge.exercises.values()
        for phase, d in one.phases.items()
        if d.basis == "published"
    }
    night = {(code, phase) for code in ("EX24", "EX25") for phase in NO_DOSE}
    assert published == night | {("EX50", "after_6_weeks"), ("EX50", "staying_well")}


def test_the_limits_on_pain_that_the_programme_names_are_kept(knowledge: Knowledge) -> None:
    most = {one.code: one.most_pain for one in knowledge.exercises.values()}
    assert {most[code] for code in ("EX06", "EX38", "EX40", "EX61")} == {4}
    assert knowledge.exercises["mcgill_curl_up"].phases["days_3_14"].most_pain == 3
    assert knowledge.exercises["loaded_deadlift_pattern"].phases["weeks_2_6"].most_pain == 2


def test_with_very_strong_pain_only_rest_relief_and_getting_up_are_left(knowledge: Knowledge) -> None:
    gentle = {"breathing_relaxation", "sleep_transfers", "self_care", "desk_breaks", "lifting", "night_calf_stretch"}
    left = [one for one in knowledge.exercises.values() if one.most_pain > 7]
    assert {one.group for one in left} <= gentle
    assert {"EX01", "EX04", "EX05", "EX56"} <= {one.code for one in left}


def test_the_words_of_an_exercise_are_steps_one_can_do_in_order(knowledge: Knowledge) -> None:
    for name in knowledge.exercises:
        steps = knowledge.words("exercises", name, "steps").splitlines()
        assert 2 <= len(steps) <= 6, name
        assert all(step[-1] in ".?" for step in steps), name


# ladders


def test_every_ladder_comes_to_an_end(knowledge: Knowledge) -> None:
    for name in knowledge.exercises:
        for way in ("easier", "harder"):
            seen = [name]
            while (step := getattr(knowledge.exercises[seen[-1]], way)) is not None:
                assert step not in seen, (way, *seen)
                seen.append(step)


def test_a_ladder_in_a_circle_is_refused(planting: Planting) -> None:
    planting.replace(PRESS_UP, "easier: prone_on_elbows", "easier: prone_on_elbows\nharder: lying_prone")
    wanted = (
        'exercises/lying_prone.yaml:{}: "lying_prone" gets harder than itself: '
        "lying_prone -> prone_on_elbows -> prone_press_up -> lying_prone. Take one step out."
    )
    assert wanted.format(planting.line("exercises/lying_prone.yaml", "harder:")) in planting.problems()


def test_an_exercise_is_not_both_easier_and_harder_than_another(planting: Planting) -> None:
    planting.replace(
        BRIDGE, "easier: posterior_pelvic_tilt", "easier: posterior_pelvic_tilt\nharder: posterior_pelvic_tilt"
    )
    assert [p for p in planting.problems() if "glute_bridge -> posterior_pelvic_tilt -> glute_bridge" in p]


def test_a_step_to_an_exercise_that_is_not_there_is_refused(planting: Planting) -> None:
    planting.replace(BRIDGE, "easier: posterior_pelvic_tilt", "easier: posterior_pelvic_tillt")
    line = planting.line(BRIDGE, "easier:")
    wanted = f'{BRIDGE}:{line}: "posterior_pelvic_tillt" is not a known exercise. Did you mean "posterior_pelvic_tilt"?'
    assert wanted in planting.problems()


# whom it is for


def test_whatever_an_exercise_looks_at_stands_on_a_screen(knowledge: Knowledge) -> None:
    screened = {finding for screen in knowledge.screens for finding in screen.findings}
    assert sorted(findings_of(knowledge) - screened) == []


def test_who_says_no_to_everything_is_kept_from_nothing(knowledge: Knowledge, all_clear: dict[str, Answer]) -> None:
    for name, one in knowledge.exercises.items():
        assert limits(knowledge, one, all_clear) <= {Truth.FALSE}, name


def test_not_knowing_never_clears_an_exercise(knowledge: Knowledge) -> None:
    for name, one in knowledge.exercises.items():
        assert limits(knowledge, one, {}) <= {Truth.UNKNOWN}, name


def test_each_limit_keeps_its_exercise_from_somebody(knowledge: Knowledge, all_clear: dict[str, Answer]) -> None:
    everything: dict[str, Answer] = {
        **{name: True for name in all_clear if knowledge.findings[name].kind == "boolean"},
        "pain_site": ("neck", "thigh_left"),
        "onset_trigger": "lifting",
        "pregnancy_weeks": 30,
    }
    for name, one in knowledge.exercises.items():
        assert limits(knowledge, one, everything) <= {Truth.TRUE}, name


@pytest.mark.parametrize(
    ("finding", "kept_out"),
    [
        ("pregnant", {"EX28", "EX29", "EX30", "EX47"}),
        ("knee_problem", {"EX10", "EX11", "EX12", "EX19", "EX37", "EX43", "EX46"}),
        ("hip_problem", {"EX08", "EX09", "EX19", "EX20", "EX42"}),
        ("wrist_problem", {"EX10", "EX11", "EX30", "EX37", "EX49"}),
        ("shoulder_problem", {"EX13", "EX22", "EX29", "EX30", "EX36", "EX39", "EX48"}),
        (
            "spine_fracture",
            {
                "EX06",
                "EX07",
                "EX08",
                "EX09",
                "EX10",
                "EX12",
                "EX13",
                "EX14",
                "EX15",
                "EX16",
                "EX21",
                "EX30",
                "EX31",
                "EX32",
                "EX35",
                "EX45",
                "EX47",
                "EX49",
                "EX58",
                "EX62",
            },
        ),
        ("leg_weakness_mild", {"EX17", "EX32", "EX45", "EX62"}),
        ("calf_swollen_warm", {"EX24", "EX25", "EX26", "EX58"}),
        ("blood_thinner", {"EX58"}),
        ("reduced_skin_feeling", {"EX59", "EX60"}),
        ("blood_pressure_high", {"EX02", "EX33", "EX39", "EX45", "EX49"}),
        ("effort_limited", {"EX45", "EX49", "EX50", "EX51", "EX52"}),
        ("dizzy_or_unsteady", {"EX14", "EX15", "EX19", "EX23", "EX24", "EX25", "EX26", "EX31", "EX43", "EX46"}),
        ("recent_operation", {"EX02", "EX07", "EX16", "EX28", "EX29", "EX30", "EX33"}),
        ("muscle_tear", {"EX18", "EX24", "EX25", "EX26", "EX27"}),
        ("belly_muscle_gap", {"EX35", "EX38", "EX39"}),
        ("foot_sore", {"EX50"}),
        ("osteoporosis", {"EX09", "EX14", "EX35", "EX45", "EX58", "EX62"}),
    ],
)
def test_one_yes_keeps_out_what_it_must(
    knowledge: Knowledge, all_clear: dict[str, Answer], finding: str, kept_out: set[str]
) -> None:
    answers = {**all_clear, finding: True}
    out = {one.code for one in knowledge.exercises.values() if Truth.TRUE in limits(knowledge, one, answers)}
    assert out == kept_out


@pytest.mark.parametrize(
    ("weeks", "kept"), [(19, Truth.FALSE), (20, Truth.TRUE), (21, Truth.TRUE), (None, Truth.UNKNOWN)]
)
def test_from_the_twentieth_week_nobody_rests_flat_on_the_back(
    knowledge: Knowledge, all_clear: dict[str, Answer], weeks: int | None, kept: Truth
) -> None:
    answers: dict[str, Answer] = {**all_clear, "pregnant": True}
    answers.pop("pregnancy_weeks", None)
    if weeks is not None:
        answers["pregnancy_weeks"] = weeks
    for name in ("supported_supine_rest", "supine_sleep_with_pillow_under_knees"):
        assert kept in limits(knowledge, knowledge.exercises[name], answers)


def test_the_way_that_eases_is_the_way_that_is_offered(knowledge: Knowledge, all_clear: dict[str, Answer]) -> None:
    wants = {
        name: knowledge.evaluate[one.indication]
        for name, one in knowledge.exercises.items()
        if one.indication is not None and one.group == "direction_preference"
    }
    bending = {**all_clear, "eased_by_bending_forward": True}
    assert {name for name, holds in wants.items() if holds(bending) is Truth.TRUE} == {
        *("double_knee_to_chest", "seated_lumbar_flexion"),
    }
    arching = {**all_clear, "eased_by_bending_back": True}
    assert {name for name, holds in wants.items() if holds(arching) is Truth.TRUE} == {
        *("prone_on_elbows", "prone_press_up", "extension_in_standing"),
    }
    assert {holds({}) for holds in wants.values()} == {Truth.UNKNOWN}


def test_an_unknown_finding_is_refused_with_the_nearest_one(planting: Planting) -> None:
    file = "exercises/clamshell.yaml"
    planting.replace(file, "when: hip_problem", "when: hip_problm")
    line = planting.line(file, "when: hip_problm")
    wanted = f'{file}:{line}: "hip_problm" is not a known finding or predicate. Did you mean "hip_problem"?'
    assert wanted in planting.problems()


def test_an_indication_must_read_too(planting: Planting) -> None:
    planting.replace(PRESS_UP, "indication: eased_by_bending_back", "indication: eased_by_bending_bak")
    assert [p for p in planting.problems() if 'Did you mean "eased_by_bending_back"?' in p]


def test_no_exercise_waits_for_an_examination(planting: Planting) -> None:
    planting.replace("exercises/clamshell.yaml", "when: hip_problem", "when: neuro_sign")
    assert [p for p in planting.problems() if '"upgoing_plantar" takes an examination' in p]


# doses that cannot be followed


@pytest.fixture(scope="module")
def compiler() -> Exercises:
    return Exercises(read_shelf(KNOWLEDGE))


def problems_of(compiler: Exercises, dose: dict[str, object]) -> list[str]:
    compiler.problems.clear()
    placed = compiler.shelf.exercises["glute_bridge"]
    compiler.exercise_dose(placed, "days_3_14", msgspec.convert({"basis": "judgement", **dose}, schema.ExerciseDose))
    return compiler.problems


@pytest.mark.parametrize(
    ("dose", "problem"),
    [
        ({"times_a_day": 2}, "the dose says not how much. Give one of repetitions, "),
        ({"sets": 2, "times_a_day": 2}, "the dose says not how much. Give one of repetitions, "),
        ({"occasions": ["as_needed"]}, "the dose says not how much. Give one of repetitions, "),
        ({"repetitions": 8}, "the dose says not how often. Give one of times_a_day, "),
        ({"repetitions": [9, 8], "times_a_day": 2}, "`repetitions` goes from 9 to 8. Write the lesser first, above 0."),
        ({"repetitions": 0.5, "minutes": 0, "times_a_day": 2}, "`minutes` goes from 0 to 0. Write the lesser first"),
        (
            {"repetitions_by_set": [4, 2], "sets": 2, "days_a_week": 3},
            "says it all; take out `sets` and `repetitions`.",
        ),
        ({"repetitions_by_set": [2, 4], "days_a_week": 3}, "repetitions by set go down from set to set"),
        ({"repetitions": 8, "build_to": [9], "days_a_week": 3}, "`build_to` needs `repetitions_by_set` to start from."),
        ({"repetitions": 8, "times_a_day": 1, "basis": "published"}, "a published dose names its `source`."),
    ],
)
def test_a_dose_that_cannot_be_followed_is_refused(compiler: Exercises, dose: dict[str, object], problem: str) -> None:
    (found,) = problems_of(compiler, dose)
    assert found.startswith(f"{BRIDGE}:")
    assert problem in found


@pytest.mark.parametrize(
    "dose",
    [
        {"repetitions": 8, "times_a_day": [1, 2]},
        {"repetitions_by_set": [6, 4, 4], "build_to": [8, 6, 4], "days_a_week": 3},
        {"minutes": [5, 5], "occasions": ["in_flare"]},
        {"occasions": ["when_rising"]},
    ],
)
def test_a_dose_that_can_be_followed_is_taken(compiler: Exercises, dose: dict[str, object]) -> None:
    assert problems_of(compiler, dose) == []


def test_a_misspelt_part_of_a_dose_is_refused(planting: Planting) -> None:
    planting.replace(BRIDGE, "sets: [1, 2]", "setts: [1, 2]")
    assert [p for p in planting.problems() if p.startswith(f"{BRIDGE}:") and "unknown field `setts`" in p]


# words


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("position: lying", "position: lyng", "position: Invalid enum value 'lyng'."),
        ("sides: none", "sides: none\nequipment: [trapeze]", 'wording/en/equipment: "trapeze" lacks name.'),
        ("group: strengthening", "group: strength", 'wording/en/exercise_groups: "strength" lacks name.'),
    ],
)
def test_what_an_exercise_names_has_words(planting: Planting, old: str, new: str, problem: str) -> None:
    planting.replace(BRIDGE, old, new)
    assert [p for p in planting.problems() if problem in p]


def test_an_exercise_needs_its_words(planting: Planting) -> None:
    planting.replace("wording/en/exercises/strength.yaml", "glute_bridge:", "glute_bridg:")
    problems = planting.problems()
    assert 'wording/en/exercises: "glute_bridge" lacks name, purpose, start, steps, easier, why.' in problems
    assert 'wording/en/exercises: "glute_bridg" is worded, but there is no such record.' in problems
