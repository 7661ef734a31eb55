"""The interview with a respondent made of a written case: it answers only what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from unclench.logic import UNSURE, Answer
from unclench.reasoning.assessment import Assessment, assess
from unclench.reasoning.case import Case
from unclench.reasoning.interview import Question, next_question

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from unclench.knowledge import Knowledge

__all__ = ["Interview", "interview"]


@dataclass(frozen=True, slots=True)
class Interview:
    """A finished interview.

    Attributes:
        result: the assessment of what was answered, and of nothing else.
        asked: each question with the answers it got, in order.
        gained: how many findings of the case the questions brought out.
    """

    result: Assessment
    asked: tuple[tuple[Question, Mapping[str, Answer]], ...]
    gained: int

    @property
    def questions(self) -> int:
        """How many questions were asked; a screen is one."""
        return len(self.asked)


def interview(knowledge: Knowledge, case: Case, *, unstated: Literal["no", "unsure"]) -> Interview:
    """Interview a respondent who knows exactly what `case` says.

    The setting is where the check is run, not something to ask; it is taken from the case at the start. Examinations
    that the case reports are told at the end, as a clinician would add them.

    Args:
        knowledge: the pack.
        case: what the respondent knows.
        unstated: what they say to a question the case says nothing about. "no" is "none of these" to a choice that has
            such a value and to a tick line; a number, a place or a choice without one gets "unsure" all the same.
    """
    known = case.answers
    start = {"setting": known["setting"]} if "setting" in known else {}
    told = Case(case.id, start)
    asked: list[tuple[Question, Mapping[str, Answer]]] = []
    gained = 0
    while (question := next_question(knowledge, told)) is not None:
        given = {finding: known.get(finding, _unstated(knowledge, finding, unstated)) for finding in question.findings}
        gained += sum(1 for finding in question.findings if finding in known and known[finding] is not False)
        asked.append((question, given))
        told = told.with_answers(given, knowledge)
    examined = {f: v for f, v in known.items() if knowledge.findings[f].supplied_by != "person"}
    told = told.with_answers(examined, knowledge)
    return Interview(assess(knowledge, told), tuple(asked), gained)


def _unstated(knowledge: Knowledge, finding: str, unstated: str) -> Answer:
    known = knowledge.findings[finding]
    if unstated == "no":
        if known.kind == "boolean":
            return False
        if known.none is not None:
            return known.none
    return UNSURE
