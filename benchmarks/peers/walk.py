"""The plainest walk of the pack's expressions, and the terms of a cause that count by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["FALSE", "TRUE", "UNKNOWN", "Evidence", "counted", "shared", "walk"]

FALSE, UNKNOWN, TRUE = 0, 1, 2

_ORDERS = {
    "<": float.__lt__,
    "<=": float.__le__,
    ">": float.__gt__,
    ">=": float.__ge__,
    "==": float.__eq__,
}


def walk(node: Sequence[Any], answers: Mapping[str, Any], predicates: Mapping[str, Sequence[Any]]) -> int:
    """Return the Kleene truth of an expression of the pack, by walking its lists: 0 false, 1 unknown, 2 true."""
    kind = node[0]
    if kind == "defined":
        return walk(predicates[node[1]], answers, predicates)
    if kind == "not":
        return 2 - walk(node[1], answers, predicates)
    if kind == "all":
        return min(walk(one, answers, predicates) for one in node[1:])
    if kind == "any":
        return max(walk(one, answers, predicates) for one in node[1:])
    if kind == "at_least":
        needed: int = node[1]
        return sorted((walk(one, answers, predicates) for one in node[2:]), reverse=True)[needed - 1]
    answer = answers.get(node[1])
    if kind == "unsure":
        return UNKNOWN if answer is None else TRUE * (answer == "unsure")
    if answer is None or answer == "unsure":
        return UNKNOWN
    if kind == "present":
        return TRUE * (answer is True)
    if kind == "compare":
        return TRUE * (isinstance(answer, int | float) and _ORDERS[node[2]](float(answer), float(node[3])))
    if kind == "one_of":
        return TRUE * (answer in node[2:])
    if kind == "any_region":
        return TRUE * (isinstance(answer, tuple) and any(region in answer for region in node[2:]))
    raise ValueError(f"no such node: {kind}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One term that counts for one hypothesis: the place of its expression in the pack, and its weight."""

    expression: int
    holds: bool
    log: float
    variance: float


def counted(data: Mapping[str, Any], record: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Evidence]:
    """Return the terms of a cause that count: those whose truth is known, of each group only the strongest.

    Args:
        data: the pack, as decoded JSON.
        record: the cause, as it stands in the pack.
        answers: finding id to answer.
    """
    alone: list[Evidence] = []
    groups: dict[str, list[Evidence]] = {}
    for term in record["terms"]:
        truth = walk(data["expressions"][term["when"]], answers, data["predicates"])
        weight = {TRUE: term["present"], FALSE: term["absent"], UNKNOWN: None}[truth]
        if weight is not None:
            one = Evidence(term["when"], truth == TRUE, *weight)
            (alone if term["group"] is None else groups.setdefault(term["group"], [])).append(one)
    return alone + [max(same, key=lambda one: abs(one.log)) for same in groups.values()]


def shared(terms: Mapping[str, Iterable[Evidence]]) -> list[dict[str, float]]:
    """Return, for each expression that counts, cause to log likelihood ratio; a cause it says nothing about is absent.

    Args:
        terms: cause id to the terms that count for it.
    """
    nodes: dict[tuple[int, bool], dict[str, float]] = {}
    for cause, several in terms.items():
        for one in several:
            ratios = nodes.setdefault((one.expression, one.holds), {})
            ratios[cause] = ratios.get(cause, 0.0) + one.log
    return list(nodes.values())
