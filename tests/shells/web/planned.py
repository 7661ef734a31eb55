"""Somebody who has answered everything that a plan asks for."""

from __future__ import annotations

from collections.abc import Mapping

from unclench.logic import Answer
from unclench.web import flow
from unclench.web.pack import knowledge
from unclench.web.state import State

__all__ = ["WEEKS", "with_plan"]

WEEKS: Mapping[str, Answer] = {
    "back_pain": True,
    "age": 34,
    "sex": "male",
    "pain_site": ("lower_back_left",),
    "pain_duration_days": 20,
    "onset_trigger": "lifting",
    "pain_now": 2,
}
"""A back that seized three weeks ago and is much better: a daily set with all sorts of exercises."""


def with_plan(said: Mapping[str, Answer] = WEEKS) -> State:
    """Return the state after the check and the questions of the plan: no, the least, or the first otherwise."""
    state = State(pack=knowledge().hash)
    while (question := flow.upcoming(state, knowledge(), for_plan=True)) is not None:
        given = {finding: said.get(finding, _plain(finding)) for finding in question.findings}
        state = flow.answered(state, question.id, given, knowledge())
    return state


def _plain(finding: str) -> Answer:
    known = knowledge().findings[finding]
    if known.kind == "boolean":
        return False
    if known.kind == "number":
        return min(max(1, known.minimum), known.maximum) if "pain" in finding else min(40, known.maximum)
    return (known.choices[0],) if known.kind == "regions" else known.choices[0]
