"""Many people at once are told what each of them is told alone; `slow/test_a_million_people_agree.py` asks more."""

from __future__ import annotations

from crowds import differences_of_two_halves
from unclench.knowledge import Knowledge
from unclench.proof.checks import people


def test_ten_thousand_people_are_told_the_same_as_alone(knowledge: Knowledge) -> None:
    assert differences_of_two_halves(knowledge, list(people(knowledge, 10_000, 3))) == []
