"""Every rule of the pack, in each reading, against an evaluator so plain that it can be checked by eye.

The plain evaluator walks the lists as they stand in the pack, with truth tables of its own. It shares no code with
`unclench.logic`; `None` is unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import cases
from unclench.knowledge import Finding, Knowledge, Rule
from unclench.knowledge.applicability import with_not_applicable
from unclench.logic import UNSURE, Answer, Evaluators, Truth, Vocabulary, live_findings, parse, render

KNOWLEDGE = Knowledge.load()
VOCABULARY = Vocabulary(
    {finding.id: finding.type for finding in KNOWLEDGE.findings.values()}, frozenset(KNOWLEDGE.data["predicates"])
)

Plain: TypeAlias = bool | None

NOT: dict[Plain, Plain] = {True: False, False: True, None: None}
AND: dict[tuple[Plain, Plain], Plain] = {
    (True, True): True, (True, None): None, (True, False): False,
    (None, True): None, (None, None): None, (None, False): False,
    (False, True): False, (False, None): False, (False, False): False,
}  # fmt: skip
OR: dict[tuple[Plain, Plain], Plain] = {
    (True, True): True, (True, None): True, (True, False): True,
    (None, True): True, (None, None): None, (None, False): None,
    (False, True): True, (False, None): None, (False, False): False,
}  # fmt: skip
AS_PLAIN: dict[Truth, Plain] = {Truth.TRUE: True, Truth.UNKNOWN: None, Truth.FALSE: False}


def by_hand(expression: Sequence[Any], said: Mapping[str, Answer]) -> Plain:
    """Return the truth of an expression of the pack, the long way round."""
    kind, rest = expression[0], expression[1:]
    if kind == "not":
        return NOT[by_hand(rest[0], said)]
    if kind == "all":
        result: Plain = True
        for part in rest:
            result = AND[result, by_hand(part, said)]
        return result
    if kind == "any":
        result = False
        for part in rest:
            result = OR[result, by_hand(part, said)]
        return result
    if kind == "at_least":
        return at_least_by_hand(rest[0], [by_hand(part, said) for part in rest[1:]])
    if kind == "defined":
        return by_hand(KNOWLEDGE.data["predicates"][rest[0]], said)
    return leaf_by_hand(kind, rest, said)


def at_least_by_hand(count: int, parts: list[Plain]) -> Plain:
    """Try every way in which the unknown parts could turn out."""
    if None not in parts:
        return parts.count(True) >= count
    place = parts.index(None)
    outcomes = {at_least_by_hand(count, [*parts[:place], guess, *parts[place + 1 :]]) for guess in (True, False)}
    return outcomes.pop() if len(outcomes) == 1 else None


def leaf_by_hand(kind: str, rest: Sequence[Any], said: Mapping[str, Answer]) -> Plain:
    finding = rest[0]
    if finding not in said:
        return None
    answer: Any = said[finding]
    if kind == "unsure":
        return bool(answer == "unsure")
    if answer == "unsure":
        return None
    if answer == "not applicable":
        return False
    if kind == "present":
        return bool(answer)
    if kind == "one_of":
        return answer in rest[1:]
    if kind == "any_region":
        return any(region in answer for region in rest[1:])
    assert kind == "compare", f"the pack holds a node this test does not know: {kind}"
    operator, value = rest[1:]
    holds = {
        "<": answer < value,
        "<=": answer <= value,
        ">": answer > value,
        ">=": answer >= value,
        "==": answer == value,
    }
    return bool(holds[operator])


def rules_by_hand(said: Mapping[str, Answer]) -> dict[str, Plain]:
    expressions = KNOWLEDGE.data["expressions"]
    return {rule["id"]: by_hand(expressions[rule["when"]], said) for rule in KNOWLEDGE.data["rules"]}


def read_together(said: Mapping[str, Answer]) -> dict[str, Plain]:
    truths = KNOWLEDGE.read_rules(said)
    return {rule.id: AS_PLAIN[truth] for rule, truth in zip(KNOWLEDGE.rules_in_order, truths, strict=True)}


def readings(rule: Rule, said: Mapping[str, Answer], read_again: Evaluators) -> dict[str, Plain]:
    """Return the truth of a rule in each reading there is."""
    scalar = KNOWLEDGE.evaluate[rule.when](said)
    text = read_again[parse(render(rule.when), VOCABULARY)](said)
    at_once = KNOWLEDGE.read_rules(said)[KNOWLEDGE.rules_in_order.index(rule)]
    return {"scalar": AS_PLAIN[scalar], "together": AS_PLAIN[at_once], "rendered and parsed": AS_PLAIN[text]}


@settings(max_examples=200)
@given(cases(KNOWLEDGE, findings=KNOWLEDGE.findings))
def test_every_rule_says_what_the_plain_evaluator_says(said: dict[str, Answer]) -> None:
    expected = rules_by_hand(said)
    assert {rule.id: AS_PLAIN[evaluate(said)] for rule, evaluate in KNOWLEDGE.rule_evaluators} == expected
    assert read_together(said) == expected


@settings(max_examples=200)
@given(cases(KNOWLEDGE))
def test_every_rule_agrees_once_questions_that_do_not_apply_are_out_of_the_way(said: dict[str, Answer]) -> None:
    effective = with_not_applicable(said, KNOWLEDGE.grounds)
    assert read_together(effective) == rules_by_hand(effective)


@settings(max_examples=20)
@given(cases(KNOWLEDGE, findings=KNOWLEDGE.findings))
def test_every_reading_of_every_rule_gives_the_same_truth(said: dict[str, Answer]) -> None:
    expected = rules_by_hand(said)
    read_again = Evaluators(KNOWLEDGE.evaluate.predicates)
    for rule in KNOWLEDGE.rules:
        found = readings(rule, said, read_again)
        assert found == dict.fromkeys(found, expected[rule.id]), rule.id


def drawn_answer(finding: Finding, dice: Random, leaning: float) -> Answer:
    """Return an answer; `leaning` is how often a yes/no finding is there."""
    if dice.random() < 0.08:
        return UNSURE
    match finding.kind:
        case "boolean":
            return dice.random() < leaning
        case "choice":
            return dice.choice(finding.choices)
        case "regions":
            return tuple(sorted(dice.sample(finding.choices, dice.randint(0, 8))))
        case "number":
            near = [n + d for n in compared_with(finding.id) for d in (-1, 0, 1)]
            possible = [n for n in near if finding.minimum <= n <= finding.maximum]
            return dice.choice(possible) if possible else dice.randint(int(finding.minimum), int(finding.maximum))


@cache
def compared_with(finding: str) -> tuple[float, ...]:
    """Return the constants that the pack compares a finding with, read off its text."""
    found = re.findall(rf'\["compare", "{finding}", "[<>=]+", ([-\d.e+]+)\]', json.dumps(KNOWLEDGE.data))
    return tuple(map(float, found))


@pytest.mark.parametrize("rule", KNOWLEDGE.rules, ids=lambda rule: rule.id)
def test_a_rule_agrees_in_each_of_its_three_truths(rule: Rule) -> None:
    dice = Random(rule.id)
    findings = [KNOWLEDGE.findings[finding] for finding in KNOWLEDGE.mentions(rule.when)]
    expression = next(one["when"] for one in KNOWLEDGE.data["rules"] if one["id"] == rule.id)
    seen = set()
    for _ in range(500):
        leaning, answered = dice.choice((0.05, 0.5, 0.95)), dice.choice((0.5, 1.0))
        said = {f.id: drawn_answer(f, dice, leaning) for f in findings if dice.random() < answered}
        expected = by_hand(KNOWLEDGE.data["expressions"][expression], said)
        assert AS_PLAIN[KNOWLEDGE.evaluate[rule.when](said)] is expected, said
        seen.add(expected)
    assert seen == {True, False, None}


@settings(max_examples=100)
@given(st.data(), cases(KNOWLEDGE, findings=KNOWLEDGE.findings))
def test_a_rule_has_live_findings_only_while_it_is_open(data: st.DataObject, said: dict[str, Answer]) -> None:
    rule = data.draw(st.sampled_from(KNOWLEDGE.rules), label="rule")
    live = live_findings(rule.when, said, KNOWLEDGE.evaluate)
    plain = rules_by_hand(said)[rule.id]
    assert plain is None or live == set()
    assert live <= set(KNOWLEDGE.mentions(rule.when)) - set(said)


@pytest.mark.parametrize("rule", KNOWLEDGE.rules, ids=lambda rule: rule.id)
def test_a_rule_is_unknown_while_nothing_is_known(rule: Rule) -> None:
    assert KNOWLEDGE.evaluate[rule.when]({}) is Truth.UNKNOWN
