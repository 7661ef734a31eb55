"""What the interview asks of people until it stops: questions, screens, words to read, and answers of "not sure"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from unclench.batch.reading import Reader
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE
from unclench.reasoning.assessment import Assessment
from unclench.reasoning.case import Case
from unclench.reasoning.interview import Question
from unclench.reasoning.simulation import interview

__all__ = ["Asked", "ask", "languages"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One interview.

    Attributes:
        row: of whom.
        questions: how many questions; a screen is one.
        screens: how many of them were screens.
        lines: how many things were asked about, each line of a screen for itself.
        unsure: how many lines were answered "not sure".
        words: language to how many words there were to read; None where one of the texts is not there.
        result: the advice at the end.
    """

    row: int
    questions: int
    screens: int
    lines: int
    unsure: int
    words: Mapping[str, int | None]
    result: Assessment


def ask(knowledge: Knowledge, batch: pa.RecordBatch) -> Iterator[Asked]:
    """Run the real interview with each of some people, who answer from their row; what is not in it is "not sure".

    Raises:
        CaseError: a row is no possible case.
    """
    reader = Reader(knowledge, ())
    for row in range(batch.num_rows):
        case = Case.from_data(reader.data(batch, row), knowledge, record=f"row {row + 1}")
        done = interview(knowledge, case, unstated="unsure")
        questions = [question for question, _ in done.asked]
        yield Asked(
            row,
            len(questions),
            sum(one.is_screen for one in questions),
            sum(len(one.findings) for one in questions),
            sum(answer == UNSURE for _, given in done.asked for answer in given.values()),
            {name: _words(knowledge, questions, name) for name in languages(knowledge)},
            done.result,
        )


def languages(knowledge: Knowledge) -> tuple[str, ...]:
    """Return the languages the pack has wording in.

    Examples:
        >>> languages(Knowledge.load())
        ('en',)
    """
    return tuple(sorted(knowledge.data["wording"]))


def _words(knowledge: Knowledge, questions: list[Question], language: str) -> int | None:
    count = 0
    for question in questions:
        try:
            texts = [_line(knowledge, finding, question.is_screen, language) for finding in question.findings]
            if question.is_screen:
                texts += [
                    knowledge.words("screens", question.id, field, locale=language) for field in ("title", "intro")
                ]
        except KeyError:
            return None
        count += sum(len(text.split()) for text in texts)
    return count


def _line(knowledge: Knowledge, finding: str, on_screen: bool, language: str) -> str:
    question = knowledge.words("findings", finding, "question", locale=language)
    return (knowledge.words("findings", finding, "line", locale=language) or question) if on_screen else question
