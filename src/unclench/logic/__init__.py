"""The expression tree every rule is written in, and its readings. No clinical content, no I/O.

`nodes` holds the closed set of node types, `truth` the three values, `grammar` the way in from text; each other
module is one reading of the same tree: `scalar` (one person; `together`: many trees at once), `residual` (what is
still open), `witness` (what would make it true), `render` (back to text).
"""

from __future__ import annotations

from unclench.logic.nodes import (
    AllOf,
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
    from_data,
    mentioned,
    to_data,
)
from unclench.logic.render import render
from unclench.logic.residual import live_findings
from unclench.logic.scalar import NOT_APPLICABLE, UNSURE, Answer, Answers, Evaluator, Evaluators
from unclench.logic.together import Together, together
from unclench.logic.truth import Truth
from unclench.logic.vocabulary import FindingType, Vocabulary
from unclench.logic.witness import Additions, additions_that_make_true

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from unclench.logic.grammar import parse

__all__ = [
    "NOT_APPLICABLE",
    "UNSURE",
    "Additions",
    "AllOf",
    "Answer",
    "Answers",
    "AnyOf",
    "AnyRegion",
    "AtLeast",
    "Compare",
    "Defined",
    "Evaluator",
    "Evaluators",
    "FindingType",
    "Negation",
    "Node",
    "OneOf",
    "Present",
    "Together",
    "Truth",
    "Unsure",
    "Vocabulary",
    "additions_that_make_true",
    "from_data",
    "live_findings",
    "mentioned",
    "parse",
    "render",
    "to_data",
    "together",
]


def __getattr__(name: str) -> Any:
    """Import the grammar when text is first parsed: a compiled pack holds trees."""
    if name == "parse":
        from unclench.logic.grammar import parse

        return parse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
