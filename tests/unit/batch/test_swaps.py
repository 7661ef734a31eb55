"""The same person with another sex or age: what changes the advice is found and named, planted unfairness too."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from unclench import Knowledge
from unclench.batch.swaps import Reason, Swap, Swaps
from unclench.logic import AllOf, Node, OneOf, from_data, to_data
from unclench.reasoning.validation import Share

RULE = "walking_pain_sits_off"


def closed(knowledge: Knowledge, **said: Any) -> dict[str, Any]:
    """Return a person who says no to every yes/no question, but for what is said."""
    asked = [one.id for one in knowledge.findings.values() if one.kind == "boolean" and one.supplied_by == "person"]
    return {**dict.fromkeys(asked, False), "setting": "primary_care", **said}


def people(*rows: dict[str, Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(list(rows))


def swapped(knowledge: Knowledge, batch: pa.RecordBatch) -> dict[tuple[str, str], Swap]:
    swaps = Swaps(knowledge)
    swaps.add(batch)
    return {(one.by, one.to): one for one in swaps.found()}


def with_rule(knowledge: Knowledge, name: str, more: Node) -> Knowledge:
    """Return the pack with one rule that asks for something more."""
    data = json.loads(knowledge.text)
    (rule,) = [one for one in data["rules"] if one["id"] == name]
    data["expressions"].append(to_data(AllOf((from_data(data["expressions"][rule["when"]]), more))))
    rule["when"] = len(data["expressions"]) - 1
    return Knowledge(json.dumps(data))


@pytest.fixture(scope="module")
def walkers(knowledge: Knowledge) -> pa.RecordBatch:
    """Three people of seventy whom sitting eases, of whom one is a woman, and one whom nothing ails."""
    walking = closed(knowledge, age=70, back_pain=True, leg_pain=True, walking_pain_eases_sitting=True)
    well = closed(knowledge, age=70, sex="male", back_pain=True)
    return people(*({**walking, "sex": sex} for sex in ("female", "male", "male")), well)


def test_a_fair_rule_changes_nothing_by_sex(knowledge: Knowledge, walkers: pa.RecordBatch) -> None:
    found = swapped(knowledge, walkers)
    assert found["sex", "female"].changed == Share(0, 3)
    assert found["sex", "male"].changed == Share(0, 1)
    assert found["sex", "intersex"].changed == Share(0, 4)


def test_a_hidden_sex_condition_is_found(knowledge: Knowledge, walkers: pa.RecordBatch) -> None:
    unfair = with_rule(knowledge, RULE, OneOf("sex", ("female",)))
    found = swapped(unfair, walkers)
    assert found["sex", "female"].changed == Share(2, 3)  # both men whom it fits would be seen sooner as women
    assert (found["sex", "female"].more, found["sex", "female"].less) == (2, 0)
    assert found["sex", "male"].changed == Share(1, 1)
    assert (found["sex", "male"].more, found["sex", "male"].less) == (0, 1)
    for to in ("female", "male"):
        assert [reason for reason, _ in found["sex", to].reasons] == [Reason(RULE, "names")]


def test_an_age_threshold_is_named(knowledge: Knowledge, walkers: pa.RecordBatch) -> None:
    young = swapped(knowledge, walkers)["age", "18-54"]
    assert young.changed == Share(3, 4)
    assert (Reason(RULE, "names"), 3) in young.reasons
    assert ("age", "55-120") in swapped(knowledge, walkers)
    assert swapped(knowledge, walkers)["age", "55-120"].changed == Share(0, 0)


def test_pregnancy_is_an_expected_reason(knowledge: Knowledge) -> None:
    pregnant = closed(knowledge, age=30, sex="female", back_pain=True, pregnant=True, pregnancy_weeks=20)
    found = swapped(knowledge, people(pregnant))
    man = found["sex", "male"]
    assert (man.changed, man.less, man.left_out) == (Share(1, 1), 1, 0)
    assert all(reason.how == "cannot hold" for reason, _ in man.reasons)
    assert Reason("pregnancy_back_pain", "cannot hold", "pregnant") in dict(man.reasons)
    assert found["sex", "intersex"].changed == Share(0, 1)


def test_what_can_hold_only_now_is_answered_no(knowledge: Knowledge) -> None:
    man = closed(knowledge, age=30, sex="male", back_pain=True)
    man = {name: value for name, value in man.items() if knowledge.findings[name].only_if is None}
    assert "pregnant" not in man
    assert swapped(knowledge, people(man))["sex", "female"].changed == Share(0, 1)


def test_who_did_not_say_is_not_swapped(knowledge: Knowledge) -> None:
    found = swapped(knowledge, people(closed(knowledge, back_pain=True)))
    assert all(one.changed == Share(0, 0) for one in found.values())


def test_a_rule_that_asks_neither_is_not_explained(knowledge: Knowledge) -> None:
    rule = next(one for one in knowledge.rules if one.id == "colic_at_sixty")
    assert Swaps(knowledge).reason(rule, "sex") == Reason(rule.id, "not explained")
    assert Swaps(knowledge).reason(rule, "age") == Reason(rule.id, "names")
