"""A change that breaks a promise is told with a counter-example; what was broken before is not put down to it."""

from __future__ import annotations

import pytest

from unclench.knowledge import Disposition, Knowledge
from unclench.knowledge.change import changed
from unclench.knowledge.pack import own_folder
from unclench.proof.breaking import Broken, broken_by
from unclench.proof.properties import PROPERTIES, Property
from unclench.reasoning import Case, assess

FITS: tuple[Property, ...] = tuple(one for one in PROPERTIES if one.id == "fits")
TOO_CALM = "chest_trouble/disposition=routine"
"""An ambulance for an ordinary appointment: the place no longer fits the urgency."""


def tried(knowledge: Knowledge, *wanted: str) -> Knowledge:
    folder = own_folder()
    assert folder is not None
    return changed(knowledge, folder, wanted).knowledge


@pytest.fixture(scope="module")
def calm(knowledge: Knowledge) -> Knowledge:
    return tried(knowledge, TOO_CALM)


@pytest.fixture(scope="module")
def broken(knowledge: Knowledge, calm: Knowledge) -> tuple[Broken, ...]:
    return broken_by(knowledge, calm, properties=FITS)[1]


def test_a_promise_that_breaks_comes_with_somebody_for_whom_it_fails(
    calm: Knowledge, broken: tuple[Broken, ...]
) -> None:
    (one,) = broken
    assert (one.promise.id, one.verdict) == ("fits", "refuted")
    goal = next(goal for goal in one.goals if goal.name == "a place for emergencies, and no emergency")
    answer = assess(calm, Case(None, goal.people[0]).to_data(), examination=goal.examination)
    assert answer.disposition is not Disposition.EMERGENCY
    assert answer.see in {rule.see for rule in calm.rules if rule.disposition is Disposition.EMERGENCY}


def test_what_was_broken_before_is_not_put_down_to_the_change(calm: Knowledge) -> None:
    also = Knowledge(calm.text.replace('"ratio_cap":20', '"ratio_cap":19'))
    assert also.hash != calm.hash
    certificate, broken = broken_by(calm, also, properties=FITS)
    assert not certificate.holds
    assert broken == ()


def test_a_change_that_breaks_nothing_breaks_nothing(knowledge: Knowledge) -> None:
    certificate, broken = broken_by(knowledge, tried(knowledge, "older_not_improving=off"), properties=FITS)
    assert certificate.holds
    assert broken == ()
