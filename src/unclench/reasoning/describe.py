"""Expressions and answers in plain words, from the wording files. No text of its own but the joints between them."""

from __future__ import annotations

from unclench.knowledge import Knowledge
from unclench.logic import (
    AllOf,
    Answer,
    AnyOf,
    AnyRegion,
    AtLeast,
    Compare,
    Defined,
    Negation,
    Node,
    OneOf,
    Present,
    Unsure,
)

__all__ = ["describe", "describe_answer"]

_ORDERS = {"<": "under", "<=": "at most", ">": "over", ">=": "at least", "==": "exactly"}


def describe(node: Node, knowledge: Knowledge, *, locale: str = "en") -> str:
    """Return `node` as a phrase, such as "fever" or "age at least 65".

    Examples:
        >>> from unclench.logic import Compare
        >>> describe(Compare("pain_severity", ">=", 7), Knowledge.load())
        'how strong the pain is at least 7'
    """

    def label(finding: str) -> str:
        return knowledge.words("findings", finding, "label", locale=locale)

    def joined(operands: tuple[Node, ...], word: str) -> str:
        return f" {word} ".join(describe(o, knowledge, locale=locale) for o in operands)

    match node:
        case Present(finding):
            return label(finding)
        case Compare(finding, operator, value):
            return f"{label(finding)} {_ORDERS[operator]} {value:g}"
        case OneOf(finding, values):
            chosen = " or ".join(knowledge.choice_words(finding, v, locale=locale) for v in values)
            return f"{label(finding)}: {chosen}"
        case AnyRegion(finding, regions):
            chosen = " or ".join(knowledge.choice_words(finding, r, locale=locale) for r in regions)
            return f"{label(finding)}: {chosen}"
        case Unsure(finding):
            return f"not sure about {label(finding)}"
        case Defined(predicate):
            return str(knowledge.data["predicate_summaries"][predicate])
        case Negation(operand):
            return f"no {describe(operand, knowledge, locale=locale)}"
        case AllOf(operands):
            return joined(operands, "and")
        case AnyOf(operands):
            return joined(operands, "or")
        case AtLeast(count, operands):
            return f"at least {count} of: " + ", ".join(describe(o, knowledge, locale=locale) for o in operands)


def describe_answer(finding: str, value: Answer, knowledge: Knowledge, *, locale: str = "en") -> str:
    """Return one answer as a phrase, such as "numbness between the legs" or "age: 70"."""
    label = knowledge.words("findings", finding, "label", locale=locale)
    match value:
        case True:
            return label
        case False:
            return f"no {label}"
        case tuple():
            return f"{label}: " + ", ".join(knowledge.choice_words(finding, v, locale=locale) for v in value)
        case "unsure":
            return f"not sure about {label}"
        case str():
            return f"{label}: {knowledge.choice_words(finding, value, locale=locale)}"
        case _:
            return f"{label}: {value:g}"
