"""The expected information equals what one gets by answering the question both ways and asking the differential."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unclench.knowledge import Knowledge
from unclench.logic import Answer
from unclench.reasoning import Case, information
from unclench.reasoning.differential import causes, scores
from unclench.reasoning.information import gains
from unclench.reasoning.triage import effective_answers

KNOWLEDGE = Knowledge.load()
SAID: list[dict[str, Answer]] = [
    {},
    {"age": 45, "back_pain": True, "fever": False},
    {"age": 72, "cancer_ever": True, "weight_loss": False, "pain_below_knee": True, "worse_sitting": True},
]


def probabilities(answers: dict[str, Answer]) -> dict[str, float]:
    return {one.id: one.probability for one in causes(KNOWLEDGE, answers)}


def expected(answers: dict[str, Answer], finding: str) -> float:
    """The definition, from the differential alone."""
    before = probabilities(answers)
    after = {value: probabilities({**answers, finding: value}) for value in (True, False)}
    now, yes = scores(KNOWLEDGE, answers), scores(KNOWLEDGE, {**answers, finding: True})
    ratio = sum(p * math.exp(yes[name].log - now[name].log) for name, p in before.items())
    chance = min(0.95, KNOWLEDGE.model.base_rate * ratio)
    bits = {v: sum(p * math.log2(p / before[n]) for n, p in one.items() if p > 0) for v, one in after.items()}
    return chance * bits[True] + (1 - chance) * bits[False]


@pytest.mark.parametrize("said", SAID)
def test_it_is_the_expected_divergence(said: dict[str, Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(information, "_NEGLIGIBLE", 0.0)  # by default rare causes are left as they are
    answers = dict(effective_answers(Case(None, said), KNOWLEDGE))
    found = dict(gains(KNOWLEDGE, answers))
    assert len(found) > 20
    for finding, bits in found.items():
        assert bits == pytest.approx(expected(answers, finding), rel=1e-9, abs=1e-12), finding


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(KNOWLEDGE.causes_by_finding)), st.booleans(), max_size=12))
def test_no_answer_is_expected_to_tell_less_than_nothing(said: dict[str, bool]) -> None:
    plain = {f: v for f, v in said.items() if KNOWLEDGE.findings[f].kind == "boolean"}
    for finding, bits in gains(KNOWLEDGE, plain):
        assert bits >= -1e-12, finding
        assert finding not in plain
