"""Expressions, answers and probabilities in plain words. Every word, the joints between words too, is in `wording/`."""

from __future__ import annotations

from unclench.logic import (
    UNSURE,
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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from unclench.knowledge import Knowledge

__all__ = ["describe", "describe_answer", "describe_chance", "describe_range", "describe_value", "listed", "percent"]

_ORDERS = {"<": "under", "<=": "at_most", ">": "over", ">=": "at_least", "==": "exactly"}

# Counts are out of 100, and out of 1,000 for what is rarer than 1 in 100.
_HUNDRED, _THOUSAND = 100, 1000


def describe(node: Node, knowledge: Knowledge, *, locale: str = "en") -> str:
    """Return `node` as a phrase, such as "fever" or "age at least 65".

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> from unclench.logic import Compare
        >>> describe(Compare("pain_severity", ">=", 7), Knowledge.load())
        'how strong the pain is at least 7'
    """
    match node:
        case Present(finding):
            return knowledge.words("findings", finding, "label", locale=locale)
        case AnyOf(operands):
            return _joined(operands, "either", knowledge, locale)
        case AllOf(operands):
            return _joined(operands, "both", knowledge, locale)
        case Defined(predicate):
            return knowledge.words("predicates", predicate, "clinical", locale=locale)
        case Negation(operand):
            return knowledge.phrase("absent", locale=locale, thing=describe(operand, knowledge, locale=locale))
        case AtLeast(count, operands):
            things = _joined(operands, "list", knowledge, locale)
            return knowledge.phrase("some_of", locale=locale, count=str(count), things=things)
        case Compare(finding) | OneOf(finding) | AnyRegion(finding) | Unsure(finding):
            return _measured(node, knowledge.words("findings", finding, "label", locale=locale), knowledge, locale)


def _joined(operands: Iterable[Node], how: str, knowledge: Knowledge, locale: str) -> str:
    return listed([describe(one, knowledge, locale=locale) for one in operands], knowledge, how=how, locale=locale)


def _measured(test: Compare | OneOf | AnyRegion | Unsure, thing: str, knowledge: Knowledge, locale: str) -> str:
    match test:
        case Compare(_, operator, value):
            return knowledge.phrase(_ORDERS[operator], locale=locale, thing=thing, number=f"{value:g}")
        case OneOf(finding, values) | AnyRegion(finding, values):
            chosen = [knowledge.choice_words(finding, value, locale=locale) for value in values]
            answer = listed(chosen, knowledge, how="either", locale=locale)
            return knowledge.phrase("answer", locale=locale, thing=thing, answer=answer)
        case Unsure():
            return knowledge.phrase("unsure", locale=locale, thing=thing)


def describe_answer(finding: str, value: Answer, knowledge: Knowledge, *, locale: str = "en") -> str:
    """Return one answer as a phrase, such as "numbness between the legs" or "age: 70"."""
    label = knowledge.words("findings", finding, "label", locale=locale)
    if value is True:
        return label
    if value is False:
        return knowledge.phrase("absent", locale=locale, thing=label)
    if value == UNSURE:
        return knowledge.phrase("unsure", locale=locale, thing=label)
    shown = f"{value:g}" if isinstance(value, int | float) else describe_value(finding, value, knowledge, locale=locale)
    return knowledge.phrase("answer", locale=locale, thing=label, answer=shown)


def describe_value(
    finding: str, value: str | float | tuple[str, ...], knowledge: Knowledge, *, locale: str = "en"
) -> str:
    """Return what was answered to a question that is not yes or no, such as "Bit by bit", "1 day" or "Neck, Chest".

    Args:
        finding: the question.
        value: a choice, a number, or regions; not yes, no or "not sure".
        knowledge: the pack.
        locale: language of the words.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> describe_value("pain_duration_days", 1, Knowledge.load())
        '1 day'
    """
    match value:
        case tuple():
            named = [knowledge.choice_words(finding, one, locale=locale) for one in value]
            return listed(named, knowledge, locale=locale) if named else knowledge.phrase("none", locale=locale)
        case str():
            return knowledge.choice_words(finding, value, locale=locale)
        case _:
            return knowledge.amount_words(finding, value, locale=locale)


def describe_chance(probability: float, knowledge: Knowledge, *, locale: str = "en") -> str:
    """Return a probability as people say it.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> [describe_chance(one, Knowledge.load()) for one in (0.31, 0.034, 0.0042, 0.0004, 0.996)]
        ['about 31 in 100', 'about 3 in 100', 'about 4 in 1,000', 'less than 1 in 1,000', 'more than 99 in 100']
    """
    kind, of = _scale(probability)
    return knowledge.phrase(f"chance_{kind}", locale=locale, count=str(round(probability * of)))


def describe_range(probability: float, low: float, high: float, knowledge: Knowledge, *, locale: str = "en") -> str:
    """Return a probability with its range, all counted out of the same number.

    Args:
        probability: in (0, 1).
        low: lower end of its range.
        high: upper end. A range that is no wider than one count is not said.
        knowledge: the pack.
        locale: language of the words.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> describe_range(0.03, 0.004, 0.08, Knowledge.load())
        'about 3 in 100, could be less than 1 to 8'
    """
    kind, of = _scale(probability)
    ends = [_count(one, of, knowledge, locale) for one in (low, high)]
    if ends[0] == ends[1]:
        return describe_chance(probability, knowledge, locale=locale)
    count = str(round(probability * of))
    return knowledge.phrase(f"range_{kind}", locale=locale, count=count, low=ends[0], high=ends[1])


def listed(things: Iterable[str], knowledge: Knowledge, *, how: str = "list", locale: str = "en") -> str:
    """Return things joined one by one with a phrase of two places; nothing gives an empty text.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> listed(["fever", "cough", "chills"], Knowledge.load(), how="both")
        'fever and cough and chills'
    """
    *before, made = [*things] or [""]
    for thing in reversed(before):
        made = knowledge.phrase(how, locale=locale, first=thing, rest=made)
    return made


def percent(probability: float) -> str:
    """Return a probability as clinicians read it, with no more digits than it can bear.

    Examples:
        >>> [percent(one) for one in (0.0004, 0.034, 0.31, 0.9962, 0.9996)]
        ['<0.1%', '3.4%', '31%', '99.6%', '>99.9%']
    """
    if probability < 0.001:
        return "<0.1%"
    if probability > 0.999:
        return ">99.9%"
    return f"{probability:.1%}" if probability < 0.1 or probability > 0.99 else f"{probability:.0%}"


def _scale(probability: float) -> tuple[str, int]:
    """Return the name of the phrases for a probability, and the number they count out of."""
    if probability > 1 - 1 / _HUNDRED:
        return "top", _HUNDRED
    if probability >= 1 / _HUNDRED:
        return "of_100", _HUNDRED
    return ("of_1000" if probability >= 1 / _THOUSAND else "bottom"), _THOUSAND


def _count(probability: float, of: int, knowledge: Knowledge, locale: str) -> str:
    if probability < 1 / of:
        return knowledge.phrase("count_below", locale=locale, count="1")
    if probability > 1 - 1 / of:
        return knowledge.phrase("count_above", locale=locale, count=str(of - 1))
    return str(round(probability * of))
