"""The properties that hold for every answer set: one disposition, monotone, narrowing, fail-safe, settled."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from strategies import cases, completions, person_findings
from unclench.knowledge import Disposition, Knowledge
from unclench.logic import UNSURE, Answer, Truth
from unclench.reasoning import Case, triage
from unclench.reasoning.triage import answers_in_reach, effective_answers, triage_answers

KNOWLEDGE = Knowledge.load()
RED_FLAGS = [f.id for f in KNOWLEDGE.findings.values() if f.red_flag and f.kind == "boolean" and not f.only_if]
many = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def consistent(answers: Mapping[str, Answer], stated: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return `answers` without those newly given although what they follow from is absent."""
    made = dict(answers)
    for ground in KNOWLEDGE.grounds:
        if not ground.strict and ground.finding not in stated and ground.holds(made) is Truth.FALSE:
            made.pop(ground.finding, None)
    return made


@many
@given(cases(KNOWLEDGE))
def test_every_answer_set_gets_one_disposition_inside_its_interval(answers: dict[str, Answer]) -> None:
    now = triage(KNOWLEDGE, Case(None, answers))
    assert now.at_least <= now.disposition <= now.at_most
    assert now.settled == (now.at_least == now.at_most)


@many
@given(cases(KNOWLEDGE), st.sampled_from(RED_FLAGS))
def test_a_red_flag_that_appears_never_lowers_the_advice(answers: dict[str, Answer], finding: str) -> None:
    assume(answers.get(finding) is not True)
    before = triage(KNOWLEDGE, Case(None, answers))
    after = triage(KNOWLEDGE, Case(None, {**answers, finding: True}))
    assert after.disposition >= before.disposition
    assert after.at_least >= before.at_least


@many
@given(st.data(), cases(KNOWLEDGE))
def test_answering_more_only_narrows_the_interval(data: st.DataObject, answers: dict[str, Answer]) -> None:
    more = consistent(data.draw(completions(KNOWLEDGE, answers)), answers)
    kept = data.draw(st.sets(st.sampled_from(sorted(more)))) if more else set()
    partly = consistent({**answers, **{f: v for f, v in more.items() if f in kept}}, answers)
    before, between, after = (triage(KNOWLEDGE, Case(None, a)) for a in (answers, partly, more))
    assert before.at_least <= between.at_least <= after.at_least
    assert after.at_most <= between.at_most <= before.at_most


@many
@given(cases(KNOWLEDGE))
def test_nobody_with_an_open_emergency_question_is_sent_home(answers: dict[str, Answer]) -> None:
    reach = answers_in_reach(effective_answers(Case(None, answers), KNOWLEDGE), KNOWLEDGE)
    emergencies = [r for r in KNOWLEDGE.rules if r.disposition is Disposition.EMERGENCY]
    is_open = any(KNOWLEDGE.evaluate[rule.when](reach) is Truth.UNKNOWN for rule in emergencies)
    now = triage_answers(KNOWLEDGE, reach)
    if is_open:
        assert now.disposition >= Disposition.SAME_DAY
        assert not now.settled or now.at_least is Disposition.EMERGENCY


@many
@given(st.data(), cases(KNOWLEDGE))
def test_settled_means_that_no_completion_changes_the_advice(data: st.DataObject, answers: dict[str, Answer]) -> None:
    now = triage(KNOWLEDGE, Case(None, answers))
    if not now.settled:
        # Push it towards settled: answer nearly everything first, then complete the rest twice, differently.
        answers = consistent(data.draw(completions(KNOWLEDGE, answers)), answers)
        dropped = data.draw(st.sets(st.sampled_from(sorted(answers)), max_size=12))
        answers = {f: v for f, v in answers.items() if f not in dropped}
        now = triage(KNOWLEDGE, Case(None, answers))
    assume(now.settled)
    completed = consistent(data.draw(completions(KNOWLEDGE, answers)), answers)
    assert triage(KNOWLEDGE, Case(None, completed)).disposition == now.disposition


@many
@given(cases(KNOWLEDGE), st.randoms(use_true_random=False))
def test_the_order_of_answers_never_matters(answers: dict[str, Answer], random: object) -> None:
    shuffled = sorted(answers, key=lambda name: hash((name, str(random))))
    assert triage(KNOWLEDGE, Case(None, {f: answers[f] for f in shuffled})) == triage(KNOWLEDGE, Case(None, answers))


def test_saying_no_to_every_danger_question_closes_every_emergency() -> None:
    dangers = {f for s in KNOWLEDGE.screens if s.stage == "danger" for f in s.findings}
    now = triage(KNOWLEDGE, Case(None, dict.fromkeys(sorted(dangers), False)))
    assert now.at_most < Disposition.EMERGENCY
    assert now.at_least is Disposition.SELF_CARE


def test_each_danger_question_left_unsure_keeps_somebody_from_self_care() -> None:
    everything_no: dict[str, Answer] = {
        f: False for f in person_findings(KNOWLEDGE) if KNOWLEDGE.findings[f].kind == "boolean"
    }
    base = {**everything_no, "age": 70, "sex": "female", "back_pain": True, "leg_pain": True, "muscle_cramp": True}
    sent_home = [
        finding
        for screen in KNOWLEDGE.screens
        if screen.stage == "danger" and screen.id in ("nerves", "chest_belly", "whole_body")
        for finding in screen.findings
        if triage(KNOWLEDGE, Case(None, {**base, finding: UNSURE})).disposition < Disposition.SAME_DAY
    ]
    assert sent_home == []
