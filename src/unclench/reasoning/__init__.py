"""Pure functions from a case and a pack to advice. May import `logic` and `knowledge`; no I/O, clock or randomness.

`case` is the way in, `triage` the urgency, `differential` the probabilities, `interview` the next question,
`explanation` why and what would change it, `assessment` all of it together, `plan` what one can do about it.
"""

from __future__ import annotations

from unclench.reasoning.assessment import Assessment, RuleOut, assess
from unclench.reasoning.case import Case
from unclench.reasoning.interview import Question, next_question
from unclench.reasoning.triage import Triage, triage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from unclench.reasoning.plan import Plan, make_plan
    from unclench.reasoning.trace import explain

__all__ = [
    "Assessment",
    "Case",
    "Plan",
    "Question",
    "RuleOut",
    "Triage",
    "assess",
    "explain",
    "make_plan",
    "next_question",
    "triage",
]


def __getattr__(name: str) -> Any:
    """Import the planner and the trace when they are first used: a check needs none, and should not wait for it."""
    if name == "explain":
        from unclench.reasoning.trace import explain

        return explain
    if name in ("Plan", "make_plan"):
        from unclench.reasoning import plan

        return getattr(plan, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
