"""The advice on whole people, against the reference of guidelines. Figures: docs/explanation/vignettes.md."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tools.vignette_report import outcomes

from unclench.knowledge import Disposition, Knowledge
from unclench.reasoning.validation import Outcome, Share, measure


@pytest.fixture(scope="module")
def done(knowledge: Knowledge) -> Sequence[Outcome]:
    return outcomes(knowledge)


@pytest.fixture(scope="module")
def measures(done: Sequence[Outcome]) -> dict[str, Share | float]:
    return measure(done)


def share(measures: dict[str, Share | float], name: str) -> float:
    found = measures[name]
    assert isinstance(found, Share)
    return found.value


def test_there_are_enough_people_and_enough_of_them_harmless(done: Sequence[Outcome]) -> None:
    benign = [o for o in done if o.vignette.disposition <= Disposition.ROUTINE]
    assert len(done) >= 150
    assert len(benign) >= len(done) / 3


def test_no_emergency_is_sent_below_same_day(done: Sequence[Outcome]) -> None:
    missed = [
        o.vignette.id
        for o in done
        if o.vignette.disposition is Disposition.EMERGENCY and o.interview.result.disposition < Disposition.SAME_DAY
    ]
    assert missed == []


def test_urgency_is_safe(measures: dict[str, Share | float]) -> None:
    assert share(measures, "safe urgency") >= 0.97


def test_people_who_can_stay_at_home_are_told_so(measures: dict[str, Share | float]) -> None:
    assert share(measures, "self-care called self-care") >= 0.60


def test_the_right_cause_is_among_the_first_three(measures: dict[str, Share | float]) -> None:
    assert share(measures, "right cause in the first three") >= 0.82


def test_the_interview_is_short(measures: dict[str, Share | float]) -> None:
    middle, long = measures["questions, median"], measures["questions, 95th percentile"]
    assert isinstance(middle, float)
    assert isinstance(long, float)
    assert middle <= 14
    assert long <= 22
