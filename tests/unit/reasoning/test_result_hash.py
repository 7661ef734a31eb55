"""The result hash is the same for the same advice, whoever asks in whatever order, and another for other advice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import cases
from unclench.knowledge import Knowledge
from unclench.logic import Answer
from unclench.reasoning import Case, assess
from unclench.reasoning.result_hash import DIGITS, result_hash
from unclench.reasoning.trace import explain

KNOWLEDGE = Knowledge.load()

ADVICE: dict[str, Any] = {
    "pack": "sha256:0",
    "disposition": "routine",
    "at_least": "routine",
    "at_most": "urgent",
    "settled": False,
    "floor": False,
    "see": "gp",
    "rules": ["one", "two"],
}


@settings(max_examples=40)
@given(cases(KNOWLEDGE), st.randoms(use_true_random=False))
def test_neither_the_order_of_answers_nor_the_name_of_the_case_matters(said: dict[str, Answer], dice: Any) -> None:
    shuffled = list(said.items())
    dice.shuffle(shuffled)
    first = assess(KNOWLEDGE, Case("anna", said))
    again = assess(Knowledge(KNOWLEDGE.text), Case(None, dict(shuffled)))
    assert first.result_hash == again.result_hash
    assert first.result_hash == first.to_data()["result_hash"]
    assert re.fullmatch(f"[0-9a-f]{{{DIGITS}}}", first.result_hash)


def test_the_trace_names_the_same_result() -> None:
    said = {"age": 50, "findings": {"back_pain": True, "fever": False}}
    assert explain(KNOWLEDGE, said)["assessment"]["result_hash"] == assess(KNOWLEDGE, said).result_hash


def test_it_is_the_start_of_a_sha_256_of_what_is_documented() -> None:
    import hashlib

    form = '["unclench result 1","sha256:0","routine","routine","urgent",false,false,"gp",["one","two"]]'
    assert result_hash(**ADVICE) == hashlib.sha256(form.encode()).hexdigest()[:16]


OTHERS: list[tuple[str, Any]] = [
    ("pack", "sha256:1"),
    ("disposition", "urgent"),
    ("at_least", "self_care"),
    ("at_most", "emergency"),
    ("settled", True),
    ("floor", True),
    ("see", "self"),
    ("rules", ["one"]),
    ("rules", ["two", "one"]),
]


@pytest.mark.parametrize(("part", "other"), OTHERS)
def test_every_part_counts(part: str, other: object) -> None:
    assert result_hash(**{**ADVICE, part: other}) != result_hash(**ADVICE)


def test_another_wording_is_another_pack_and_so_another_result() -> None:
    text = KNOWLEDGE.text
    label = KNOWLEDGE.words("findings", "fever", "label")
    other = Knowledge(text.replace(f'"label":"{label}"', f'"label":"{label}!"'))
    assert other.hash != KNOWLEDGE.hash
    assert assess(other, Case()).result_hash != assess(KNOWLEDGE, Case()).result_hash
