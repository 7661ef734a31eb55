"""One person's answers as the plain fields a peer can read: yes/no, number or text, and nothing where it is unknown.

A yes/no finding is a field of its name; what cannot hold for this person is a no. A number `f` has `f__beside` with
it, a yes where the question cannot hold: every test on it then fails. A body region is the field `f__region`, and
"was asked and is not sure" is `f__unsure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from unclench.errors import ExpressionError
from unclench.knowledge import Finding
from unclench.logic import NOT_APPLICABLE, UNSURE, Answer, Node

__all__ = ["Field", "fields", "refused"]

Field: TypeAlias = bool | int | float | str | None


def fields(findings: Iterable[Finding], answers: Mapping[str, Answer]) -> dict[str, Field]:
    """Return the fields of these findings.

    Args:
        findings: what the rules look at.
        answers: finding id to answer, with "not applicable" where the question cannot hold.
    """
    made: dict[str, Field] = {}
    for finding in findings:
        name = finding.id
        answer = answers.get(name)
        beside = answer == NOT_APPLICABLE
        said = None if answer is None or answer == UNSURE else answer
        made[f"{name}__unsure"] = None if answer is None else answer == UNSURE
        if finding.kind == "boolean":
            made[name] = None if said is None else said is True
        elif finding.kind == "number":
            made[f"{name}__beside"] = beside
            made[name] = None if beside or isinstance(said, str | tuple) else said
        elif finding.kind == "choice":
            made[name] = None if said is None else str(said)
        else:
            marked = said if isinstance(said, tuple) else ()
            made |= {f"{name}__{region}": None if said is None else region in marked for region in finding.choices}
    return made


def refused(peer: str) -> Callable[[Node], ExpressionError]:
    """Return what makes the error for a node that a peer's translator does not know."""
    return lambda node: ExpressionError(
        f"The translator for {peer} does not know the node {type(node).__name__}. Add it to benchmarks/peers/."
    )
