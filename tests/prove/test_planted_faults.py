"""Faults planted in every rule are caught. Here: examples and vignettes on all of them, proofs on a sample.

`make test-slow` judges each fault to the end and prints the table.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from prove.planted import DROP_BOTH, KINDS, LOWER, NEGATE, UNASKED, UNKNOWN_IS_NO, Bench, Fault, Verdict, faults, table
from unclench.knowledge import Disposition, Knowledge

SAMPLE = 24


@pytest.fixture(scope="module")
def bench(knowledge: Knowledge) -> Bench:
    return Bench(knowledge)


@pytest.fixture(scope="module")
def planted(knowledge: Knowledge) -> Sequence[Fault]:
    return tuple(faults(knowledge))


def test_every_rule_gets_faults_of_many_kinds(planted: Sequence[Fault], knowledge: Knowledge) -> None:
    assert {fault.kind for fault in planted} == set(KINDS)
    for rule in knowledge.rules:
        assert {NEGATE, UNKNOWN_IS_NO} <= {fault.kind for fault in planted if fault.record == rule.id}


def test_examples_and_vignettes_catch_nearly_all_faults_that_change_when_a_rule_fires(
    bench: Bench, planted: Sequence[Fault]
) -> None:
    concerned = [fault for fault in planted if fault.kind not in (LOWER, UNKNOWN_IS_NO, UNASKED, DROP_BOTH)]
    missed = [fault for fault in concerned if not (bench.by_examples(fault) or bench.by_vignette(fault))]
    assert len(concerned) > 1000
    assert len(missed) <= 0.01 * len(concerned), [(fault.record, fault.kind, fault.what) for fault in missed]


def test_proofs_catch_what_is_left_of_a_sample(bench: Bench, planted: Sequence[Fault]) -> None:
    rules = {rule.id: rule for rule in bench.knowledge.rules}
    kinds = (UNKNOWN_IS_NO, UNASKED, LOWER)
    left = [
        fault
        for fault in planted
        if fault.kind in kinds
        and (fault.kind != LOWER or rules[fault.record].disposition is Disposition.EMERGENCY)
        and (fault.screens is not None or not (bench.by_examples(fault) or bench.by_vignette(fault)))
    ]
    verdicts = [bench.judge(fault) for fault in left[:: max(1, len(left) // SAMPLE)]]
    survivors = [verdict for verdict in verdicts if verdict.by == "survives"]
    assert [verdict for verdict in survivors if verdict.lowers_an_emergency] == []
    assert len(survivors) <= 2, table(verdicts)


def test_the_table_counts_by_kind_and_lists_what_survives(knowledge: Knowledge) -> None:
    rule = knowledge.rules[0]
    fault = Fault(LOWER, rule.id, "to same_day", rule)
    lines = table([Verdict(fault, "survives", True), Verdict(fault, "proof fits"), Verdict(fault, "examples")]).split(
        "\n"
    )
    assert lines[1 + KINDS.index(LOWER)].split() == ["lower", "a", "disposition", "1", "0", "1", "1", "0", "66.7%"]
    assert lines[-1] == f"survives: {rule.id}: lower a disposition: to same_day (LOWERS AN EMERGENCY)"
