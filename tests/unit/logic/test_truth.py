"""Truth is ordered false < unknown < true, and unknown is its own opposite."""

from __future__ import annotations

from unclench.logic import Truth


def test_false_is_less_than_unknown_and_unknown_less_than_true() -> None:
    assert sorted([Truth.TRUE, Truth.FALSE, Truth.UNKNOWN]) == [Truth.FALSE, Truth.UNKNOWN, Truth.TRUE]


def test_there_are_exactly_three_values() -> None:
    assert [truth.name for truth in Truth] == ["FALSE", "UNKNOWN", "TRUE"]


def test_the_opposite_of_true_is_false_and_of_unknown_unknown() -> None:
    assert {truth: truth.negated for truth in Truth} == {
        Truth.FALSE: Truth.TRUE,
        Truth.UNKNOWN: Truth.UNKNOWN,
        Truth.TRUE: Truth.FALSE,
    }
