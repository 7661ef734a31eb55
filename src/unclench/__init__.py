"""Unclench: safe, personal, checkable advice for people whose back has seized up.

    >>> from unclench import Knowledge, assess
    >>> knowledge = Knowledge.load()
    >>> answer = assess(knowledge, {"age": 34, "sex": "male", "findings": {"saddle_numbness": True}})
    >>> answer.disposition.id, answer.see
    ('emergency', 'emergency_department')

Everything here is pure: the same answers and the same pack give the same result. It is not a medical device and no
clinician has reviewed its knowledge yet; see docs/safety/.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = [
    "Assessment",
    "Case",
    "CaseError",
    "Knowledge",
    "KnowledgeError",
    "Plan",
    "Question",
    "__version__",
    "assess",
    "explain",
    "make_plan",
    "next_question",
]

TYPE_CHECKING = False  # type checkers take it for true; nothing need be imported to say so
if TYPE_CHECKING:
    from typing import Any

    from unclench.errors import CaseError, KnowledgeError
    from unclench.knowledge import Knowledge
    from unclench.reasoning import Assessment, Case, Plan, Question, assess, explain, make_plan, next_question

_HOME = {
    "CaseError": "unclench.errors",
    "KnowledgeError": "unclench.errors",
    "Knowledge": "unclench.knowledge",
    **dict.fromkeys(
        ["Assessment", "Case", "Plan", "Question", "assess", "explain", "make_plan", "next_question"],
        "unclench.reasoning",
    ),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import unclench` costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'unclench' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
