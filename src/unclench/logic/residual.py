"""The residual reading: which findings could still decide an expression, given the answers so far."""

from __future__ import annotations

from unclench.logic.nodes import Defined, Node, Present, children
from unclench.logic.truth import Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from unclench.logic.scalar import Answers, Evaluators

__all__ = ["live_findings"]


def live_findings(node: Node, answers: Answers, evaluate: Evaluators) -> set[str]:
    """Return the unanswered findings on which the truth of `node` still hangs.

    A branch that is already true or false is not looked into: nothing below it matters any more.

    Args:
        node: the tree.
        answers: finding id to answer; missing is unanswered.
        evaluate: the scalar reading.

    Returns:
        Finding ids; empty when `node` is decided, or open only through answers of "not sure".
    """
    if isinstance(node, Present):  # half of all nodes: open as long as nothing was said
        return set() if node.finding in answers else {node.finding}
    if evaluate[node](answers) is not Truth.UNKNOWN:
        return set()
    if isinstance(node, Defined):
        return live_findings(evaluate.predicates[node.predicate], answers, evaluate)
    below = children(node)
    if not below:
        finding: str = node.finding  # type: ignore[union-attr]
        return set() if finding in answers else {finding}
    found: set[str] = set()
    for child in below:
        found |= live_findings(child, answers, evaluate)
    return found
