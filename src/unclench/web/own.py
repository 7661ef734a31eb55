"""A person's own words, turned into proposed answers. Only what the person confirms counts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from django.utils.translation import gettext as _

from unclench.errors import KnowledgeError
from unclench.knowledge import Knowledge
from unclench.logic import Answer
from unclench.reasoning import Question
from unclench.web.forms import Data, Filled, read
from unclench.web.pack import knowledge as the_pack
from unclench.web.pack import words
from unclench.web.questions import answer_words

__all__ = ["LONGEST", "Offer", "confirmed", "get_ready", "proposals"]

LONGEST = 2000
"""The most characters of free text; a page of it would not be answered better."""

_MOST = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposed answer.

    Attributes:
        field: the value of its checkbox, `finding=value` as a form would send it.
        line: the finding, in lay words.
        answer: the proposed answer, in lay words.
        quoted: the words it came from.
    """

    field: str
    line: str
    answer: str
    quoted: str


def get_ready() -> None:
    """Load what reads free text, which takes over a second, so that nobody has to wait for it."""
    with suppress(ImportError, KnowledgeError):
        proposals("ready", the_pack(), for_another=False)


def proposals(text: str, knowledge: Knowledge, *, for_another: bool) -> list[Offer]:
    """Return what the text seems to say, in the order of the text.

    A danger sign that the text denies or doubts is not offered: its question is asked in any case.

    Args:
        text: the person's words.
        knowledge: the pack.
        for_another: whether they are written about somebody else.

    Raises:
        ImportError: this installation cannot read free text.
        KnowledgeError: it cannot read this language.
    """
    from unclench.intake import propose

    found = propose(text, knowledge, locale=words().locale, for_another=for_another)
    always_asked = {*found.danger, *_danger_lines(knowledge)}
    offered = [one for one in found.proposals if one.value is True or one.finding not in always_asked]
    return [_offer(one.finding, one.value, " … ".join(part.text for part in one.words)) for one in offered[:_MOST]]


def confirmed(data: Data, knowledge: Knowledge) -> dict[str, Answer]:
    """Return the proposed answers that were ticked; whatever else was sent is not an answer."""
    made: dict[str, Answer] = {}
    always_asked = _danger_lines(knowledge)
    for sent in data.getlist("confirm")[:_MOST]:
        finding, _sign, value = sent.partition("=")
        if finding not in knowledge.findings or knowledge.findings[finding].supplied_by != "person":
            continue
        values = value.split(" ") if knowledge.findings[finding].kind == "regions" else [value]
        question = Question(finding, (finding,), "urgency")
        answers, problems = read(question, Filled({finding: values}), knowledge)
        if not problems and (answers[finding] is True or finding not in always_asked):
            made |= answers
    return made


def _danger_lines(knowledge: Knowledge) -> set[str]:
    return {finding for screen in knowledge.screens if screen.stage == "danger" for finding in screen.findings}


def _offer(finding: str, value: Answer, quoted: str) -> Offer:
    say = words()
    match value:
        case True:
            field, answer = "yes", _("Yes")
        case False:
            field, answer = "no", _("No")
        case tuple():
            field, answer = " ".join(value), answer_words(finding, value, say)
        case str():
            field, answer = value, answer_words(finding, value, say)
        case _:
            field, answer = f"{value:g}", answer_words(finding, value, say)
    return Offer(f"{finding}={field}", say("findings", finding, "line"), answer, quoted)
