"""Probabilities: they sum to one, count correlated findings once, and say what they do not know."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from people import SEIZED_BACK, with_nothing_else
from strategies import cases
from unclench.knowledge import Knowledge
from unclench.knowledge.records import Weight
from unclench.logic import Answer
from unclench.reasoning import Case, assess
from unclench.reasoning.differential import Score, _normalised, causes, contributors, events, prior_of
from unclench.reasoning.triage import effective_answers

KNOWLEDGE = Knowledge.load()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(KNOWLEDGE))
def test_causes_and_events_each_sum_to_one_and_lie_in_their_ranges(answers: dict[str, Answer]) -> None:
    said = effective_answers(Case(None, answers), KNOWLEDGE)
    for estimates in (causes(KNOWLEDGE, said), events(KNOWLEDGE, said)):
        assert sum(e.probability for e in estimates) == pytest.approx(1, abs=1e-12)
        assert all(0 <= e.low <= e.probability <= e.high <= 1 for e in estimates)
        for one, following in pairwise(estimates):  # what differs by last digits alone stands by its name
            assert one.probability >= following.probability or (
                one.probability == pytest.approx(following.probability, rel=1e-9) and one.id < following.id
            )
    assert all(0 < e.low <= e.probability <= e.high < 1 for e in contributors(KNOWLEDGE, said))


def test_what_is_as_likely_stands_by_its_name_whatever_the_last_digit() -> None:
    scored = {
        name: Score(Weight(0.0, 0.1), log, 0.1, (), ())
        for name, log in (("b", -1.0), ("c", -1.0 + 1e-15), ("a", -1.0 - 1e-15), ("d", 0.0))
    }
    assert [one.id for one in _normalised(scored)] == ["d", "a", "b", "c"]


def test_a_simple_strain_is_most_likely_in_a_young_lifter(knowledge: Knowledge) -> None:
    result = assess(knowledge, with_nothing_else(knowledge, SEIZED_BACK))
    assert result.causes[0].id == "nonspecific_back_pain"
    assert result.causes[0].probability > 0.8


def test_what_brought_it_on_is_named_when_somebody_said_it(knowledge: Knowledge) -> None:
    named = [one.id for one in assess(knowledge, SEIZED_BACK).contributors]
    assert "heavy_lifting" in named
    assert [one.id for one in assess(knowledge, {"findings": {}}).contributors] == []


def test_within_a_group_only_the_strongest_term_counts(knowledge: Knowledge) -> None:
    grouped = [
        (cause.id, term.group) for cause in knowledge.causes.values() for term in cause.terms if term.group is not None
    ]
    assert len(grouped) > len(set(grouped))  # there are groups of more than one
    said: dict[str, Answer] = {f.id: True for f in knowledge.findings.values() if f.kind == "boolean"}
    for estimate in causes(knowledge, said):
        groups = [one.term.group for one in estimate.counted if one.term.group is not None]
        assert len(groups) == len(set(groups))


def test_an_examination_that_was_not_done_says_nothing(knowledge: Knowledge) -> None:
    examined = {f.id for f in knowledge.findings.values() if f.supplied_by != "person"}
    said = effective_answers(Case.from_data(SEIZED_BACK, knowledge), knowledge)
    for estimate in causes(knowledge, said):
        for one in estimate.counted:
            assert not examined.issuperset(knowledge.mentions(one.term.when))


def test_an_unknown_age_is_a_mean_over_ages_with_wider_ranges(knowledge: Knowledge) -> None:
    known = prior_of(knowledge, {"age": 30, "setting": "community"})
    unknown = prior_of(knowledge, {"setting": "community"})
    strata = [s for s in knowledge.strata if s.setting == "community"]
    for cause in knowledge.causes:
        mean = sum(math.exp(s.priors[cause].log) for s in strata) / len(strata)
        assert math.exp(unknown[cause].log) == pytest.approx(mean)
    stenosis = "lumbar_spinal_stenosis"
    assert unknown[stenosis].variance > known[stenosis].variance
    assert assess(knowledge, {"setting": "community"}).assumptions == ("age_not_known",)


def test_older_people_have_more_stenosis_and_fracture(knowledge: Knowledge) -> None:
    young, old = (prior_of(knowledge, {"age": age, "setting": "primary_care"}) for age in (30, 75))
    for cause in ("lumbar_spinal_stenosis", "osteoporotic_vertebral_fracture", "spinal_malignancy"):
        assert old[cause].log > young[cause].log


def test_no_single_term_exceeds_the_cap(knowledge: Knowledge) -> None:
    cap = math.log(knowledge.model.ratio_cap) + 1e-12
    weights = [w for c in knowledge.causes.values() for t in c.terms for w in (t.present, t.absent) if w]
    assert all(abs(weight.log) <= cap and weight.variance > 0 for weight in weights)
