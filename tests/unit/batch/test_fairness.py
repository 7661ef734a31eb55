"""Shares and amounts by group, against counts done by hand, and marks only where chance is no reason."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from unclench import Knowledge
from unclench.batch.fairness import Amounts, Rates, age_bands, groups_of, marked
from unclench.reasoning.validation import Share


def test_shares_are_counted_block_by_block() -> None:
    rates = Rates()
    rates.add({"sex": ["female", "female", "male"]}, {"urgent": [True, False, False]})
    rates.add({"sex": ["male", "female"]}, {"urgent": [True, True]})
    female, male = rates.found()
    assert (female.group, female.share, female.others) == ("female", Share(2, 3), Share(1, 2))
    assert (male.group, male.share, male.others) == ("male", Share(1, 2), Share(2, 3))
    assert female.interval == pytest.approx((0.2077, 0.9385), abs=1e-4)
    assert (female.chance, marked([female], [])[0][0].differs) == (None, None)


def test_the_chance_of_a_difference_is_that_of_the_z_test() -> None:
    rates = Rates()
    sexes = ["female"] * 100 + ["male"] * 100
    rates.add({"sex": sexes}, {"urgent": [place % 100 < (40 if place < 100 else 20) for place in range(200)]})
    female, _ = rates.found()
    assert female.share == Share(40, 100)
    z = 0.2 / math.sqrt(0.3 * 0.7 * 2 / 100)
    assert female.chance == pytest.approx(math.erfc(z / math.sqrt(2)))
    assert female.chance == pytest.approx(0.00203, abs=1e-5)
    assert [one.differs for one in marked(rates.found(), [])[0]] == [True, True]


def test_more_comparisons_ask_for_more() -> None:
    rates = Rates()
    sexes = ["female"] * 100 + ["male"] * 100
    differs = [place % 100 < (40 if place < 100 else 25) for place in range(200)]
    alike = [place % 2 == 0 for place in range(200)]
    rates.add({"sex": sexes}, {"urgent": differs})
    assert [one.differs for one in marked(rates.found(), [])[0]] == [True, True]
    rates.add({"sex": sexes}, {f"other {n}": alike for n in range(10)})
    assert not any(one.differs for one in marked(rates.found(), [])[0])


def test_amounts_have_mean_and_interval() -> None:
    amounts = Amounts()
    for group, value in (("a", 1.0), ("a", 3.0), ("b", 10.0)):
        amounts.add({"age": group}, {"questions": value})
    a, b = amounts.found()
    assert (a.people, a.mean, a.others, a.chance) == (2, 2.0, 10.0, None)
    assert (a.low, a.high) == pytest.approx((2 - 1.959964, 2 + 1.959964))  # deviation sqrt 2, of two people
    assert (b.people, b.mean) == (1, 10.0)


@pytest.mark.parametrize(("shift", "differs"), [(0.0, False), (1.0, True)])
def test_amounts_that_differ_are_marked(shift: float, differs: bool) -> None:
    amounts = Amounts()
    for place in range(100):
        group = "a" if place % 2 else "b"
        amounts.add({"age": group}, {"questions": place // 2 % 3 + (shift if group == "a" else 0)})
    assert [one.differs for one in marked([], amounts.found())[1]] == [differs, differs]


def test_groups_are_those_the_pack_knows(knowledge: Knowledge) -> None:
    people = pa.RecordBatch.from_pydict(
        {"age": ["9", "10", "54", "unsure", None], "sex": ["male", "intersex", "unsure", "female", None]}
    )
    assert groups_of(knowledge, people) == {
        "age": ["0-9", "10-17", "18-54", "not said", "not said"],
        "sex": ["male", "intersex", "not said", "female", "not said"],
    }
    assert groups_of(knowledge, people.select(["sex"]))["age"] == ["not said"] * 5
    assert age_bands(knowledge)[0][0] == 0
