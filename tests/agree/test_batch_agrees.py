"""Many people at once are told what each of them is told alone."""

from __future__ import annotations

from crowds import differences
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE
from unclench.proof.checks import people


def test_ten_thousand_people_are_told_the_same_as_alone(knowledge: Knowledge) -> None:
    crowd = list(people(knowledge, 10_000, 3))
    found = list(differences(knowledge, crowd[:5000], text=True))
    sure = [{finding: value for finding, value in one.items() if value != UNSURE} for one in crowd[5000:]]
    found += differences(knowledge, sure, text=False)
    assert found == []
