"""A posted question, read: which question it was, what was answered, and what has to be mended."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from unclench.knowledge import Finding, Knowledge
from unclench.logic import UNSURE, Answer
from unclench.reasoning import Question
from unclench.web.flow import OWN_WORDS

__all__ = ["Data", "Filled", "Problem", "asked", "filled", "is_ticks", "printable", "read"]

_LONGEST_NUMBER = 20
# Control characters but tab and newline, noncharacters and surrogates: HTML has no way to write them.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Data(Protocol):
    """What a form sent, as `QueryDict` gives it."""

    def getlist(self, key: str) -> list[str]:
        """Return every value of a field."""
        ...


class Filled:
    """Field values for a form that is shown again."""

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self._values = values

    def getlist(self, key: str) -> list[str]:
        """Return every value of a field."""
        return self._values.get(key, [])


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend in a form.

    Attributes:
        finding: which line or field; empty for the form as a whole.
        text: what is wrong and how to mend it.
    """

    finding: str
    text: str


def printable(text: str) -> str:
    r"""Return what was typed without the characters that no page can show, each replaced by one that stands for it.

    Examples:
        >>> printable("4\x002")
        '4\ufffd2'
    """
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def asked(data: Data, knowledge: Knowledge) -> Question | None:
    """Return the question that a form says it asked; None if this pack has no such question.

    The form carries it, so that an old page, a second tab or the back button answers its own question.
    """
    named, findings = "".join(data.getlist("question")[:1]), tuple("".join(data.getlist("asks")[:1]).split())
    screens = {screen.id: screen for screen in knowledge.screens}
    known = all(f in knowledge.findings and knowledge.findings[f].supplied_by == "person" for f in findings)
    if not findings or not known or len(set(findings)) != len(findings):
        return None
    if named in screens:
        fits = set(findings) <= set(screens[named].findings)
    else:
        fits = findings == (named,) or named == OWN_WORDS
    return Question(named, findings, "urgency") if fits else None


def is_ticks(question: Question, knowledge: Knowledge) -> bool:
    """Tell whether a question is a list of lines to tick, rather than fields of their own."""
    return question.is_screen and all(knowledge.findings[f].kind == "boolean" for f in question.findings)


def filled(question: Question, answers: Mapping[str, Answer], knowledge: Knowledge) -> Filled:
    """Return the field values that show `answers`."""
    there = {f: answers[f] for f in question.findings if f in answers}
    values: dict[str, list[str]] = {"unsure": [f for f, value in there.items() if value == UNSURE]}
    if is_ticks(question, knowledge):
        values["yes"] = [f for f, value in there.items() if value is True]
        values["none"] = ["1"] if there and all(value is False for value in there.values()) else []
        return Filled(values)
    for finding, value in there.items():
        match value:
            case bool():
                values[finding] = ["yes" if value else "no"]
            case tuple():
                values[finding] = list(value)
                values[f"{finding}-none"] = [] if value else ["1"]
            case str():
                values[finding] = [value]
            case _:
                values[finding] = [f"{value:g}" if value != int(value) else str(int(value))]
    return Filled(values)


def read(question: Question, data: Data, knowledge: Knowledge) -> tuple[dict[str, Answer], list[Problem]]:
    """Read the answers to `question`.

    Every line ends as yes, no or not sure. "Skip" leaves what was chosen and makes the rest "not sure".

    Returns:
        The answers, and what has to be mended; with anything to mend the answers are not complete.
    """
    skipped = bool(data.getlist("skip"))
    if is_ticks(question, knowledge):
        return _ticks(question, data, skipped)
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    for name in question.findings:
        value = _field(knowledge.findings[name], data)
        if isinstance(value, Problem):
            if skipped:
                value = UNSURE
            else:
                problems.append(value)
                continue
        answers[name] = value
    return answers, problems


def _ticks(question: Question, data: Data, skipped: bool) -> tuple[dict[str, Answer], list[Problem]]:
    yes = [f for f in question.findings if f in data.getlist("yes")]
    unsure = [f for f in question.findings if f in data.getlist("unsure")]
    none = bool(data.getlist("none"))
    rest: Answer = UNSURE if skipped else False
    answers = {f: True if f in yes else UNSURE if f in unsure else rest for f in question.findings}
    if skipped:
        return answers, []
    both = [f for f in yes if f in unsure]
    if both:
        text = _("You chose this line and also said you are not sure about it. Keep one of the two.")
        return answers, [Problem(f, text) for f in both]
    if none and yes:
        text = _("You chose a line and also the box that says none of them fit. Keep one of the two.")
        return answers, [Problem("", text)]
    if not (none or yes or unsure):
        return answers, [Problem("", _("Choose each line that fits. If none fits, choose the last box."))]
    return answers, []


def _field(finding: Finding, data: Data) -> Answer | Problem:
    sent = data.getlist(finding.id)
    if finding.kind == "number":
        return _number(finding, "".join(sent[:1]).strip(), finding.id in data.getlist("unsure"))
    if finding.kind == "regions":
        return _regions(finding, sent, data)
    first = sent[0] if sent else ""
    if first == UNSURE:
        return UNSURE
    if finding.kind == "boolean" and first in ("yes", "no"):
        return first == "yes"
    if finding.kind == "choice" and first in finding.choices:
        return first
    return Problem(finding.id, _("Choose one answer. If you cannot tell, choose “Not sure”."))


def _number(finding: Finding, typed: str, unsure: bool) -> Answer | Problem:
    limits = {"low": f"{finding.minimum:g}", "high": f"{finding.maximum:.0f}"}
    if not typed:
        if unsure:
            return UNSURE
        return Problem(
            finding.id,
            _("Enter a number from %(low)s to %(high)s. If you cannot tell, choose “Not sure”.") % limits,
        )
    if unsure:
        return Problem(finding.id, _("You gave a number and also said you are not sure. Keep one of the two."))
    try:
        number = float(typed[:_LONGEST_NUMBER].replace(",", ".").replace("\N{ARABIC DECIMAL SEPARATOR}", "."))
    except ValueError:
        number = math.nan
    if not finding.minimum <= number <= finding.maximum or len(typed) > _LONGEST_NUMBER:
        return Problem(finding.id, _("Enter a number from %(low)s to %(high)s, in digits, such as 3.") % limits)
    if number == int(number):
        return int(number)
    if finding.integer:
        return Problem(finding.id, _("Enter a whole number, without a part after the point."))
    return number


def _regions(finding: Finding, sent: list[str], data: Data) -> Answer | Problem:
    chosen = tuple(sorted({one for one in sent if one in finding.choices}))
    unsure, nowhere = finding.id in data.getlist("unsure"), bool(data.getlist(f"{finding.id}-none"))
    if (chosen and (unsure or nowhere)) or (unsure and nowhere):
        return Problem(finding.id, _("You chose answers that do not go together. Keep the one that fits."))
    if unsure:
        return UNSURE
    if chosen or nowhere:
        return chosen
    return Problem(finding.id, _("Choose each place that fits. If you cannot tell, choose “Not sure”."))
