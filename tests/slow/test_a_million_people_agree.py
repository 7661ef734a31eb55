"""A million people at once are told what each of them is told alone."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from crowds import differences, everyday_people
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE
from unclench.proof.checks import people

pytestmark = pytest.mark.slow

_AT_A_TIME = 5_000
_TIMES = 200


def first_difference(seed: int) -> str | None:
    """Return one difference among the people of this seed, if there is any."""
    knowledge = Knowledge.load()
    odd = seed % 4 < 2  # nearly all of these are in danger or cannot be; the others are people as they come
    crowd = list(people(knowledge, _AT_A_TIME, seed)) if odd else everyday_people(knowledge, _AT_A_TIME, seed)
    if seed % 2:  # those who are sure of everything come in columns of the findings' own types
        crowd = [{finding: value for finding, value in one.items() if value != UNSURE} for one in crowd]
    found = next(differences(knowledge, crowd, text=not seed % 2), None)
    return None if found is None else repr(found)


def test_a_million_people_are_told_the_same_as_alone() -> None:
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = [one for one in pool.map(first_difference, range(1000, 1000 + _TIMES)) if one is not None]
    assert found == []
