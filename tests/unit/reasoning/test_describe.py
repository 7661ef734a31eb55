"""Expressions, answers and chances in words: every word from the wording, in any language."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.knowledge import Knowledge
from unclench.logic import AllOf, Answer, AnyOf, AtLeast, Compare, Defined, Negation, Node, OneOf, Present, Unsure
from unclench.reasoning.describe import (
    describe,
    describe_answer,
    describe_chance,
    describe_range,
    describe_value,
    listed,
    percent,
)
from unclench.web.pseudo import with_pseudo_locales
from untranslated import untranslated

KNOWLEDGE = Knowledge.load()
PSEUDO = with_pseudo_locales(KNOWLEDGE)
ORDERS = ["<", "<=", ">", ">=", "=="]
fever, cough, numb = Present("fever"), Present("worse_cough_strain"), Present("saddle_numbness")


def weighed() -> Iterator[Node]:
    """Every expression that the pages may show."""
    for kind in (KNOWLEDGE.causes, KNOWLEDGE.contributors, KNOWLEDGE.events):
        for one in kind.values():
            yield from (term.when for term in one.terms)


def answers() -> Iterator[tuple[str, Answer]]:
    """Every kind of answer to every finding."""
    for finding in KNOWLEDGE.findings.values():
        of_kind: dict[str, list[Answer]] = {
            "boolean": [True, False],
            "number": [finding.minimum, finding.maximum, 1, 2],
            "choice": [*finding.choices],
            "regions": [(), finding.choices[:1], finding.choices],
        }
        yield from ((finding.id, value) for value in (*of_kind[finding.kind], "unsure"))


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (fever, "fever or shivering"),
        (Negation(fever), "no fever or shivering"),
        (Unsure("fever"), "not sure about fever or shivering"),
        (AllOf((numb, Compare("age", ">=", 65), Compare("pain_severity", "<", 5))), None),
        (AnyOf((numb, Compare("age", "<=", 20))), "numbness between the legs or your age at most 20"),
        (Compare("age", ">", 50), "your age over 50"),
        (Compare("age", "==", 50), "your age exactly 50"),
        (OneOf("onset", ("sudden", "on_waking")), None),
        (Defined("child"), "Under sixteen years old"),
        (AtLeast(2, (numb, Compare("age", "<", 9))), "at least 2 of: numbness between the legs, your age under 9"),
    ],
)
def test_an_expression_reads_as_a_phrase(node: Node, said: str | None) -> None:
    expected = {
        0: "numbness between the legs and your age at least 65 and how strong the pain is under 5",
        1: "how it began: All at once, within seconds or minutes or It was there when you woke up",
    }
    label = KNOWLEDGE.words("findings", "fever", "label")
    wanted = said or expected[isinstance(node, OneOf)]
    assert describe(node, KNOWLEDGE) == wanted.replace("fever or shivering", label)


def test_no_expression_of_the_pack_has_a_word_that_is_not_worded() -> None:
    nodes = [*weighed(), *(Compare("age", order, 3) for order in ORDERS), *KNOWLEDGE.evaluate.predicates.values()]
    said = {describe(node, PSEUDO, locale="en-xa") for node in nodes}
    assert len(said) > 300
    assert [text for text in said if untranslated(text)] == []


def test_no_answer_has_a_word_that_is_not_worded() -> None:
    for finding, value in answers():
        assert untranslated(describe_answer(finding, value, PSEUDO, locale="en-xa")) == []
        if not isinstance(value, bool) and value != "unsure":
            assert untranslated(describe_value(finding, value, PSEUDO, locale="en-xa")) == []


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_no_chance_has_a_word_that_is_not_worded(one: float, two: float, three: float) -> None:
    low, probability, high = sorted((one, two, three))
    assert untranslated(describe_chance(probability, PSEUDO, locale="en-xa")) == []
    assert untranslated(describe_range(probability, low, high, PSEUDO, locale="en-xa")) == []


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0 days"), (1, "1 day"), (1.0, "1 day"), (1.5, "1.5 days"), (2, "2 days"), (21, "21 days")]
)
def test_one_day_is_a_day_and_two_are_days(value: float, said: str) -> None:
    assert describe_value("pain_duration_days", value, KNOWLEDGE) == said


def test_a_language_of_six_plural_forms_uses_each() -> None:
    forms = {name: f"{name} {{number}}" for name in ("zero", "one", "two", "few", "many", "other")}

    def add(data: dict[str, object]) -> None:
        wording = json.loads(json.dumps(KNOWLEDGE.data["wording"]))
        wording["ar"] = json.loads(json.dumps(wording["en"]))
        wording["ar"]["findings"]["pain_duration_days"]["amount"] = forms
        data["wording"] = wording

    data = dict(KNOWLEDGE.data)
    add(data)
    arabic = Knowledge(json.dumps(data))
    said = [describe_value("pain_duration_days", days, arabic, locale="ar") for days in (0, 1, 2, 3, 11, 100)]
    assert said == ["zero 0", "one 1", "two 2", "few 3", "many 11", "other 100"]


def test_places_may_stand_in_another_order() -> None:
    data = json.loads(json.dumps(KNOWLEDGE.data))
    data["wording"]["xx"] = data["wording"]["en"]
    data["wording"]["xx"]["phrases"] |= {"both": {"name": "{rest} (with {first})"}, "absent": {"name": "{thing}: not"}}
    other = Knowledge(json.dumps(data))
    node = AllOf((Negation(numb), Compare("age", "<", 5)))
    assert describe(node, other, locale="xx") == "your age under 5 (with numbness between the legs: not)"


def test_a_label_that_looks_like_a_place_is_only_text() -> None:
    data = json.loads(json.dumps(KNOWLEDGE.data))
    data["wording"]["en"]["findings"]["fever"]["label"] = "{number} {0} {thing.__class__} {rest}"
    spoiled = Knowledge(json.dumps(data))
    assert describe_answer("fever", False, spoiled) == "no {number} {0} {thing.__class__} {rest}"


@pytest.mark.parametrize(
    ("probability", "low", "high", "said"),
    [
        (0.31, 0.2, 0.45, "about 31 in 100, could be 20 to 45"),
        (0.03, 0.004, 0.08, "about 3 in 100, could be less than 1 to 8"),
        (0.96, 0.91, 0.996, "about 96 in 100, could be 91 to more than 99"),
        (0.999, 0.95, 0.9999, "more than 99 in 100, could be 95 to more than 99"),
        (0.004, 0.0001, 0.02, "about 4 in 1,000, could be less than 1 to 20"),
        (0.0004, 0.00001, 0.003, "less than 1 in 1,000, could be less than 1 to 3"),
        (0.0004, 0.00001, 0.0005, "less than 1 in 1,000"),
        (0.312, 0.311, 0.313, "about 31 in 100"),
    ],
)
def test_a_chance_and_its_range_are_counted_out_of_the_same_number(
    probability: float, low: float, high: float, said: str
) -> None:
    assert describe_range(probability, low, high, KNOWLEDGE) == said


@given(st.floats(0, 1))
def test_a_percentage_is_never_in_powers_of_ten_and_never_0_or_100(probability: float) -> None:
    shown = percent(probability)
    assert "e" not in shown
    assert shown not in ("0%", "0.0%", "100%", "100.0%")


def test_nothing_listed_is_nothing_said() -> None:
    assert listed([], KNOWLEDGE) == ""
    assert listed(["one"], KNOWLEDGE) == "one"
