"""Which questions can hold for this person at all: nobody asks a man whether he is pregnant."""

from __future__ import annotations

from collections.abc import Iterable

from unclench.logic import NOT_APPLICABLE, UNSURE, Answer, Answers, Evaluator, Truth

__all__ = ["with_not_applicable"]


def with_not_applicable(answers: Answers, grounds: Iterable[tuple[str, Evaluator]]) -> dict[str, Answer]:
    """Return `answers` with each question that cannot hold answered "not applicable".

    Args:
        answers: what was answered; a stated answer is never replaced, but "not sure" is.
        grounds: (finding, evaluator of its `only_if` or `follows_from`), in the order in which they depend on each other.

    Returns:
        A new mapping. Where its ground is unknown, the finding stays open.
    """
    made = dict(answers)
    for finding, possible in grounds:
        if made.get(finding, UNSURE) == UNSURE and possible(made) is Truth.FALSE:
            made[finding] = NOT_APPLICABLE
    return made
