"""Many trees read at once say what each says alone, and the code made for them holds nothing of the knowledge."""

from __future__ import annotations

import builtins
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import PREDICATES, answers, trees
from unclench.logic import (
    Answer,
    AnyOf,
    AtLeast,
    Defined,
    Evaluators,
    Negation,
    Node,
    OneOf,
    Present,
    Truth,
    Unsure,
    together,
)

EVALUATE = Evaluators(PREDICATES)


@settings(max_examples=300)
@given(st.lists(trees(), max_size=5), st.lists(answers(not_applicable=True), min_size=1, max_size=3))
def test_read_together_each_tree_says_what_it_says_alone(some: list[Node], crowd: list[dict[str, Answer]]) -> None:
    read = together(some, EVALUATE)
    assert [read(said) for said in crowd] == [[EVALUATE[tree](said) for tree in some] for said in crowd]


@given(st.lists(trees(), max_size=5), st.lists(answers(not_applicable=True), min_size=4, max_size=4))
def test_with_patience_it_says_the_same_before_and_after(some: list[Node], crowd: list[dict[str, Answer]]) -> None:
    read = together(some, EVALUATE, patience=2)
    assert [read(said) for said in crowd] == [[EVALUATE[tree](said) for tree in some] for said in crowd]


def test_patience_is_how_many_readings_go_tree_by_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[list[Truth]] = []
    compiled: list[int] = []
    compile_ = builtins.compile

    def watched(*text: Any, **more: Any) -> Any:
        compiled.append(len(done))
        return compile_(*text, **more)

    monkeypatch.setattr(builtins, "compile", watched)
    read = together([Present("fever")], EVALUATE, patience=2)
    for _ in range(5):
        done += [read({"fever": True})]
    assert compiled == [2]


@pytest.mark.parametrize("odd", [1, 0, "yes", 1.0, ("lower_back",), "unsure", "not applicable"])
def test_an_answer_of_another_type_says_the_same_together(odd: Answer) -> None:
    some: list[Node] = [Present("fever"), Negation(Present("fever")), Unsure("fever")]
    assert together(some, EVALUATE)({"fever": odd}) == [EVALUATE[tree]({"fever": odd}) for tree in some]


def test_no_tree_gives_no_truth() -> None:
    assert together([], EVALUATE)({"fever": True}) == []


def test_a_tree_named_twice_is_answered_twice() -> None:
    assert together([Present("fever"), Present("fever")], EVALUATE)({}) == [Truth.UNKNOWN] * 2


def test_the_code_holds_numbers_and_never_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    compile_ = builtins.compile

    def watched(text: Any, *rest: Any, **more: Any) -> Any:
        if rest[:1] == ("<trees read together>",):
            seen.append(text)
        return compile_(text, *rest, **more)

    monkeypatch.setattr(builtins, "compile", watched)
    nasty = 'x"]\nraise SystemExit("""'
    some: list[Node] = [
        Negation(AnyOf((Present(nasty), OneOf(nasty, (nasty,))))),
        AtLeast(1, (Defined(nasty), Present("unwell"))),
    ]
    assert together(some, Evaluators({nasty: Unsure(nasty)}))({nasty: True}) == [Truth.FALSE, Truth.UNKNOWN]
    (text,) = seen
    words = set(re.findall(r"[a-z_]+", text))
    assert words == {"def", "combine", "read", "p", "t", "n", "opposite", "at_least", "return"}
    assert re.fullmatch(r"[a-z_0-9 \n\[\](),:=|&]+", text)
