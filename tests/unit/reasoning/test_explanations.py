"""Reasons, changes and safety net agree with the rules that decided."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people import EMERGENCY, SEIZED_BACK, with_nothing_else
from strategies import cases
from unclench.knowledge import Disposition, Knowledge
from unclench.logic import Answer, Truth
from unclench.reasoning import Case, assess, explain, triage
from unclench.reasoning.explanation import _Decided, facts

KNOWLEDGE = Knowledge.load()
some = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@some
@given(cases(KNOWLEDGE))
def test_every_change_named_does_what_it_says(answers: dict[str, Answer]) -> None:
    result = assess(KNOWLEDGE, Case(None, answers))
    for change in result.would_change:
        after = triage(KNOWLEDGE, Case(None, {**answers, **change.add}))
        assert after.at_least == change.to > result.disposition
        assert after.fired[0].see == change.see


@some
@given(cases(KNOWLEDGE), cases(KNOWLEDGE), st.booleans())
def test_deciding_again_says_what_deciding_from_the_start_says(
    answers: dict[str, Answer], more: dict[str, Answer], examination: bool
) -> None:
    case = Case(None, answers)
    decided = _Decided(KNOWLEDGE, case, triage(KNOWLEDGE, case, examination=examination), examination)
    for new in (more, *({finding: value} for finding, value in more.items())):
        after = triage(KNOWLEDGE, Case(None, {**answers, **new}), examination=examination)
        assert decided.with_answers(new) == (after.at_least, after.fired[0] if after.fired else None)


@some
@given(cases(KNOWLEDGE))
def test_every_sign_of_the_safety_net_does_what_it_says(answers: dict[str, Answer]) -> None:
    result = assess(KNOWLEDGE, Case(None, answers))
    for watch in result.safety_net:
        assert answers.get(watch.finding) is not True
        after = triage(KNOWLEDGE, Case(None, {**answers, watch.finding: True}))
        assert after.at_least == watch.then >= Disposition.SAME_DAY


@some
@given(cases(KNOWLEDGE))
def test_every_rule_that_fired_holds_on_its_facts_alone(answers: dict[str, Answer]) -> None:
    for rule in triage(KNOWLEDGE, Case(None, answers)).fired:
        resting = {finding: answers[finding] for finding in facts(KNOWLEDGE, rule, answers)}
        grounds = {f: v for f, v in answers.items() if f in KNOWLEDGE.mentions(rule.when)}
        assert KNOWLEDGE.evaluate[rule.when](resting) is Truth.TRUE or set(resting) == set(grounds)


def test_the_four_signs_of_the_cauda_equina_are_in_the_net_of_a_seized_back(knowledge: Knowledge) -> None:
    result = assess(knowledge, with_nothing_else(knowledge, SEIZED_BACK))
    watched = {watch.finding for watch in result.safety_net if watch.then is Disposition.EMERGENCY}
    assert {"saddle_numbness", "bladder_change_new", "bowel_change_new", "sexual_change_new"} <= watched


def test_lasting_facts_are_no_signs_to_watch_for(knowledge: Knowledge) -> None:
    result = assess(knowledge, with_nothing_else(knowledge, SEIZED_BACK))
    assert {"cancer_ever", "blood_thinner", "pregnant"}.isdisjoint(watch.finding for watch in result.safety_net)


def test_a_reason_names_its_facts_in_words_and_its_sources(knowledge: Knowledge) -> None:
    reason = assess(knowledge, EMERGENCY).to_data()["reasons"][0]
    assert reason["rule"] == "saddle_numbness_new"
    assert [fact["finding"] for fact in reason["facts"]] == ["saddle_numbness"]
    assert all(source["cites_as"] for source in reason["sources"])


def test_an_open_emergency_says_so_as_the_first_reason(knowledge: Knowledge) -> None:
    data = assess(knowledge, SEIZED_BACK).to_data()
    assert data["reasons"][0]["rule"] == "open_emergency_question"
    assert data["unanswered"][0] == "saddle_numbness"
    assert data["see"] == "urgent_care"


def test_an_emergency_needs_nothing_to_become_worse(knowledge: Knowledge) -> None:
    result = assess(knowledge, EMERGENCY)
    assert result.would_change == ()
    assert result.safety_net == ()
    assert "cauda_equina_syndrome" in [one.estimate.id for one in result.rule_out]


def test_the_trace_holds_every_rule_and_every_cause(knowledge: Knowledge) -> None:
    trace = explain(knowledge, SEIZED_BACK)
    assert len(trace["rules"]) == len(knowledge.rules)
    assert len(trace["sums"]) == len(knowledge.causes)
    assert json.loads(json.dumps(trace)) == trace


def test_the_same_answers_and_pack_give_the_same_bytes(knowledge: Knowledge) -> None:
    backwards = {**SEIZED_BACK, "findings": dict(reversed(SEIZED_BACK["findings"].items()))}
    first, second = (json.dumps(assess(knowledge, person).to_data()) for person in (SEIZED_BACK, backwards))
    assert first == second
    assert knowledge.hash in first
