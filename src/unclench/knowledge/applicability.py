"""Which questions can hold for this person, or come up at all: nobody asks a man whether he is pregnant."""

from __future__ import annotations

from unclench.logic import NOT_APPLICABLE, UNSURE, Answer, Answers, Evaluator, Truth
from unclench.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Ground", "with_not_applicable"]


@record
class Ground:
    """What a finding needs.

    Attributes:
        finding: the finding.
        holds: whether its ground is there.
        strict: without the ground it cannot hold at all (`only_if`); otherwise it merely does not come up
            (`follows_from`), and somebody who is not sure about it is still not sure.
    """

    finding: str
    holds: Evaluator
    strict: bool


def with_not_applicable(answers: Answers, grounds: Iterable[Ground]) -> dict[str, Answer]:
    """Return `answers` with each question that cannot hold, or does not come up, answered "not applicable".

    Args:
        answers: what was answered; a stated answer is never replaced.
        grounds: what findings need, in the order in which they depend on each other.

    Returns:
        A new mapping. Where a ground is unknown, the finding stays open.
    """
    made = dict(answers)
    for ground in grounds:
        finding = ground.finding
        stated = finding in made and (not ground.strict or made[finding] != UNSURE)
        if not stated and ground.holds(made) is Truth.FALSE:
            made[finding] = NOT_APPLICABLE
    return made
