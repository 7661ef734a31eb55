"""Many people at once are told what each of them is told alone; `slow/test_a_million_people_agree.py` asks more."""

from __future__ import annotations

from collections import Counter

from crowds import as_batch, as_data, differences_of_two_halves, everyday_people, said_alone
from unclench import Knowledge, assess
from unclench.batch import assess_batch
from unclench.proof.checks import people


def test_seven_thousand_odd_people_are_told_the_same_as_alone(knowledge: Knowledge) -> None:
    assert differences_of_two_halves(knowledge, list(people(knowledge, 7_000, 3))) == []


def test_three_thousand_everyday_people_are_told_the_same_as_alone(knowledge: Knowledge) -> None:
    crowd = everyday_people(knowledge, 3_000, 3)
    assert differences_of_two_halves(knowledge, crowd) == []
    told = assess_batch(knowledge, as_batch(knowledge, crowd, text=True))
    levels = Counter(zip(told["disposition"].to_pylist(), told["settled"].to_pylist(), strict=True))
    # The odd ones are nearly all in danger or cannot be. Here every level is common, settled and not.
    assert min(levels[level, False] for level in ("self_care", "routine", "urgent", "same_day")) > 100, levels
    assert min(levels[level, True] for level in ("self_care", "routine", "urgent")) > 50, levels


def test_what_is_compared_is_what_assess_says(knowledge: Knowledge) -> None:
    crowd = [*everyday_people(knowledge, 60, 4), *people(knowledge, 60, 4)]
    taken = 0
    for answers in crowd:
        alone = said_alone(knowledge, as_data(answers), 5)
        if alone["error"] is None:
            whole = assess(knowledge, as_data(answers))
            now = whole.triage
            taken += 1
            assert alone["result_hash"] == whole.result_hash
            assert alone["disposition"] == whole.disposition.id
            assert (alone["at_least"], alone["at_most"]) == (now.at_least.id, now.at_most.id)
            assert (alone["settled"], alone["floor"], alone["see"]) == (now.settled, now.floor, whole.see)
            assert alone["rules"] == [rule.id for rule in now.fired]
            assert alone["rule_out"] == {one.estimate.id: one.estimate.probability for one in whole.rule_out}
            for name, wanted in (
                ("causes", whole.causes[:5]),
                ("contributors", whole.contributors),
                ("events", whole.events),
            ):
                assert [(one["id"], one["low"], one["high"]) for one in alone[name]] == [
                    (one.id, one.low, one.high) for one in wanted
                ]
    assert taken > 80
