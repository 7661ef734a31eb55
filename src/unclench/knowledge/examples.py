"""Runs the examples that stand beside each rule, and sees to it that they cover the rule."""

from __future__ import annotations

from unclench.errors import near_match
from unclench.knowledge.applicability import Ground, with_not_applicable
from unclench.knowledge.expressions import finding_type
from unclench.logic import Answer, Evaluators, Node, Truth, Vocabulary, parse
from unclench.logic.nodes import Compare, Defined, children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from unclench.knowledge import schema
    from unclench.knowledge.read import Placed, Shelf
    from unclench.logic.vocabulary import FindingType

__all__ = ["check_examples"]

_WORDS = {Truth.TRUE: "true", Truth.FALSE: "false", Truth.UNKNOWN: "unknown"}


def check_examples(
    shelf: Shelf, order: Sequence[str], rules: Mapping[str, Node], predicates: Mapping[str, Node]
) -> list[str]:
    """Return one problem for each example a rule disagrees with, and for each gap in what the examples cover.

    Args:
        shelf: the records read.
        order: ids of findings, each after those its `only_if` and `follows_from` look at.
        rules: the tree of each rule that could be parsed.
        predicates: the tree of each predicate.
    """
    read = Evaluators(predicates)
    types = {name: finding_type(placed.record) for name, placed in shelf.findings.items()}
    vocabulary = Vocabulary(types, frozenset(predicates))
    grounds = [
        Ground(name, read[parse(text, vocabulary)], strict)
        for name in order
        for text, strict in (
            (shelf.findings[name].record.only_if, True),
            (shelf.findings[name].record.follows_from, False),
        )
        if text
    ]
    problems: list[str] = []
    for name, node in rules.items():
        examples = shelf.examples.get(name, [])
        seen: set[Truth] = set()
        for placed in examples:
            wrong = list(_wrong_answers(placed, types))
            if wrong:
                problems += wrong
                continue
            answers = with_not_applicable(_answers(placed.record.given), grounds)
            truth = read[node](answers)
            seen.add(truth)
            fires = placed.record.expect.fires
            expected = fires if isinstance(fires, str) else str(fires).lower()
            if _WORDS[truth] != expected:
                problems.append(
                    f'{placed.where()}: "{placed.record.name}": expected {expected}, but the rule says '
                    f"{_WORDS[truth]}. Mend the rule or the example, whichever is wrong."
                )
        problems += _gaps(name, node, examples, seen)
    return problems


def _wrong_answers(placed: Placed[schema.CaseExample], types: Mapping[str, FindingType]) -> Iterator[str]:
    for finding, value in placed.record.given.items():
        kind = types.get(finding)
        if kind is None:
            hint = near_match(finding, types)
            yield f'{placed.where("given", finding)}: "{finding}" is not a known finding.{hint}'
        elif value in ("unsure", "unknown"):
            continue
        elif not _fits(value, kind):
            yield f'{placed.where("given", finding)}: {value!r} is no answer to the {kind.kind} finding "{finding}".'


def _fits(value: object, kind: FindingType) -> bool:
    match kind.kind:
        case "boolean":
            return isinstance(value, bool)
        case "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
            return kind.minimum <= value <= kind.maximum and (not kind.integer or value == int(value))
        case "choice":
            return value in kind.choices
        case "regions":
            return isinstance(value, list) and set(value) <= set(kind.choices)


def _answers(given: Mapping[str, schema.Scalar]) -> dict[str, Answer]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in given.items() if v != "unknown"}


def _gaps(name: str, node: Node, examples: list[Placed[schema.CaseExample]], seen: set[Truth]) -> Iterator[str]:
    where = f"red_flags/{name}.cases.yaml"
    for truth in Truth:
        if truth not in seen:
            yield f"{where}: no example in which the rule is {_WORDS[truth]}. Add one."
    for comparison in sorted(set(_comparisons(node)), key=str):
        given = [p.record.given.get(comparison.finding) for p in examples]
        numbers = [n for n in given if isinstance(n, int | float) and not isinstance(n, bool)]
        for wanted, found in (
            ("just below", any(n < comparison.value for n in numbers)),
            ("at", comparison.value in numbers),
            ("just above", any(n > comparison.value for n in numbers)),
        ):
            if not found:
                yield f"{where}: no example {wanted} the threshold {comparison.finding} {comparison.value:g}. Add one."


def _comparisons(node: Node) -> Iterator[Compare]:
    """Yield the comparisons of the rule itself; those of a predicate are covered once, where it is defined."""
    if isinstance(node, Compare):
        yield node
    elif not isinstance(node, Defined):
        for child in children(node):
            yield from _comparisons(child)
