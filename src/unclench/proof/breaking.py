"""Which promises hold of a pack and no longer hold when it is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from unclench.knowledge import Knowledge
from unclench.proof.certificate import shipped
from unclench.proof.properties import PROPERTIES, Property
from unclench.proof.prover import GoalResult, Result
from unclench.proof.run import FAILING, Certificate, Proved, certify

__all__ = ["Broken", "broken_by"]


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that a change breaks.

    Attributes:
        promise: what was promised.
        verdict: what is said of it now; one of `FAILING`.
        goals: the questions that fail now and did not before, each with its counter-example.
    """

    promise: Property
    verdict: str
    goals: tuple[GoalResult, ...]


def broken_by(
    before: Knowledge,
    after: Knowledge,
    *,
    properties: tuple[Property, ...] = PROPERTIES,
    progress: Callable[[str, Result], None] | None = None,
) -> tuple[Certificate, tuple[Broken, ...]]:
    """Prove a changed pack, and tell what the change breaks.

    What fails is proved of the pack before as well, unless the shipped certificate is about that pack: then it held.

    Args:
        before: the pack as it is.
        after: the changed pack.
        properties: what to prove.
        progress: told of each property that a solver has finished with.

    Returns:
        What was shown of the changed pack, and the promises it breaks.

    Raises:
        UnclenchError: a solver is missing, stopped, or could not decide.
    """
    certificate = certify(after, properties=properties, progress=progress)
    failing = [one for one in certificate.proved if one.verdict in FAILING]
    earlier: dict[str, Proved] = {}
    if failing and shipped(before) is None:
        again = certify(before, properties=tuple(one.promise for one in failing), progress=progress)
        earlier = {one.promise.id: one for one in again.proved}
    broken = []
    for one in failing:
        was = earlier.get(one.promise.id)
        old = {goal.name for goal in _failed(was)} if was else set()
        new = tuple(goal for goal in _failed(one) if goal.name not in old)
        if new or was is None or was.verdict not in FAILING:
            broken.append(Broken(one.promise, one.verdict, new))
    return certificate, tuple(broken)


def _failed(one: Proved) -> list[GoalResult]:
    return [*one.goals("fails"), *one.goals("empty")]
