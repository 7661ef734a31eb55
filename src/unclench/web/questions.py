"""What a question page shows, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from unclench.knowledge import Finding, Knowledge
from unclench.logic import UNSURE, Answer
from unclench.reasoning import Question
from unclench.reasoning.describe import describe_value
from unclench.web import flow
from unclench.web.forms import Data, Problem, is_ticks, printable
from unclench.web.pack import Words, words
from unclench.web.pack import knowledge as the_pack
from unclench.web.state import State, Step

__all__ = ["Field", "Line", "Option", "Progress", "QuestionPage", "Reply", "progress", "question_page", "replies"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that may be ticked."""

    finding: str
    text: str
    help: str
    yes: bool
    unsure: bool
    problem: str


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A question with an answer of its own: radios, places on the body, or a number."""

    finding: str
    kind: str
    label: str
    help: str
    options: tuple[Option, ...]
    value: str
    unit: str
    minimum: str
    maximum: str
    unsure: bool
    nowhere: str
    is_nowhere: bool
    problem: str
    body_map: SafeString | None


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A question, ready to show.

    Attributes:
        title: the heading; for a single field it is also the field's label.
        heading_is_label: whether the page asks one thing only.
        why: why it is asked, one text a paragraph.
        problems: what has to be mended, with the id of the field to go to.
    """

    id: str
    asks: str
    title: str
    intro: str
    heading_is_label: bool
    lines: tuple[Line, ...]
    none: str
    is_none: bool
    fields: tuple[Field, ...]
    why: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where in the interview a question stands. It does not say how many are left: nobody knows before the answers."""

    number: int
    part: int
    name: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """A question answered, for looking over.

    Attributes:
        number: its place, to change it; 0 where a person cannot, as with an examination from an opened code.
        said: lines answered yes, or answers in words.
        unsure: lines answered "not sure".
        denied: lines answered no.
    """

    number: int
    title: str
    said: tuple[str, ...]
    unsure: tuple[str, ...]
    denied: tuple[str, ...]


def question_page(
    question: Question, data: Data, knowledge: Knowledge, *, problems: Sequence[Problem] = ()
) -> QuestionPage:
    """Return what the page of `question` shows.

    Args:
        question: the question.
        data: the field values to show: stored answers, or what was just sent.
        knowledge: the pack.
        problems: what has to be mended.
    """
    say = words()
    ticks = is_ticks(question, knowledge)
    wrong = {problem.finding: problem.text for problem in problems}
    findings = [knowledge.findings[f] for f in question.findings]
    lines = tuple(_line(f, data, say, wrong) for f in findings) if ticks else ()
    fields = () if ticks else tuple(_field(f, data, say, wrong, knowledge) for f in findings)
    alone = not question.is_screen
    return QuestionPage(
        id=question.id,
        asks=" ".join(question.findings),
        title=say("findings", question.findings[0], "question") if alone else _title(question.id, say),
        intro=say("screens", question.id, "intro") if question.is_screen else "",
        heading_is_label=alone,
        lines=lines,
        none=(say("screens", question.id, "none") or _("None of these")) if ticks else "",
        is_none=bool(data.getlist("none")),
        fields=fields,
        why=tuple(_why(question, say)),
        problems=tuple((_target(p, question), p.text) for p in problems),
    )


def progress(question: Question, number: int, state: State, knowledge: Knowledge) -> Progress:
    """Return where question `number` (from 1) stands."""
    part = flow.stage(question, state.steps[: number - 1], knowledge)
    names = (_("Danger signs"), _("You and your pain"), _("A closer look"))
    return Progress(number, part + 1, names[part], tuple((name, place <= part) for place, name in enumerate(names)))


def replies(state: State) -> list[Reply]:
    """Return every step with its answers in words."""
    say = words()
    return [_reply(number, step, say) for number, step in enumerate(state.steps, 1)]


def answer_words(finding: str, value: Answer, say: Words) -> str:
    """Return one answer that is neither yes nor no, such as "Bit by bit" or "3 days"."""
    nowhere = say("screens", finding, "none") if value == () else ""
    return nowhere or describe_value(finding, value, the_pack(), locale=say.locale)


def _title(question: str, say: Words) -> str:
    return say("screens", question, "title") or _("What you told us in your own words")


def _line(finding: Finding, data: Data, say: Words, wrong: Mapping[str, str]) -> Line:
    return Line(
        finding.id,
        say("findings", finding.id, "line"),
        say("findings", finding.id, "help"),
        finding.id in data.getlist("yes"),
        finding.id in data.getlist("unsure"),
        wrong.get(finding.id, ""),
    )


def _field(finding: Finding, data: Data, say: Words, wrong: Mapping[str, str], knowledge: Knowledge) -> Field:
    sent = data.getlist(finding.id)
    is_number = finding.kind == "number"
    return Field(
        finding.id,
        finding.kind,
        say("findings", finding.id, "question"),
        say("findings", finding.id, "help"),
        tuple(_options(finding, sent, say)),
        printable(sent[0]) if is_number and sent else "",
        say("findings", finding.id, "unit"),
        f"{finding.minimum:g}",
        f"{finding.maximum:.0f}",
        finding.id in data.getlist("unsure"),
        say("screens", finding.id, "none") if finding.kind == "regions" else "",
        bool(data.getlist(f"{finding.id}-none")),
        wrong.get(finding.id, ""),
        _body_map(finding, sent, say, knowledge) if finding.kind == "regions" else None,
    )


def _options(finding: Finding, sent: list[str], say: Words) -> list[Option]:
    if finding.kind == "number":
        return []
    if finding.kind == "boolean":
        made = [("yes", _("Yes")), ("no", _("No"))]
    else:
        made = [(value, say.choice(finding.id, value)) for value in finding.choices]
    if finding.kind != "regions":
        made.append((UNSURE, _("Not sure")))
    return [Option(value, text, value in sent) for value, text in made]


def _body_map(finding: Finding, chosen: list[str], say: Words, knowledge: Knowledge) -> SafeString | None:
    """The drawn body, where it is built in; the plain list of places otherwise."""
    try:
        from unclench.web.bodymap import body_map
    except ImportError:
        return None
    places = [one for one in chosen if one in finding.choices]
    return body_map(knowledge, name=finding.id, chosen=places, locale=say.locale)


def _why(question: Question, say: Words) -> list[str]:
    texts = [say("screens", question.id, "why")] if question.is_screen else []
    if not question.is_screen:
        finding = question.findings[0]
        texts.append(say("findings", finding, "why") or say("screens", question.id, "why"))
    if question.could_become is not None:
        advice = say("dispositions", question.could_become.id, "heading")
        texts.append(
            _("An answer here could change the advice. At most it would become: “%(advice)s”.") % {"advice": advice}
        )
    elif question.purpose == "cause":
        texts.append(_("It does not change how urgent this is. It helps to tell what it could be."))
    return [text for text in texts if text]


def _target(problem: Problem, question: Question) -> str:
    """The id of the input a problem is about: the first of its group."""
    finding = problem.finding or question.findings[0]
    return f"f-{finding}"


def _reply(number: int, step: Step, say: Words) -> Reply:
    said, unsure, denied = list[str](), list[str](), list[str]()
    many = len(step.answers) > 1
    for finding, value in step.answers.items():
        line = say("findings", finding, "line")
        if value is True:
            said.append(line if many else _("Yes"))
        elif value is False:
            denied.append(line if many else _("No"))
        elif value == UNSURE:
            unsure.append(line if many else _("Not sure"))
        else:
            text = answer_words(finding, value, say)
            said.append(_("%(label)s: %(answer)s") % {"label": line, "answer": text} if many else text)
    title = _title(step.question, say) if many else say("findings", next(iter(step.answers)), "question")
    by_person = all(the_pack().findings[finding].supplied_by == "person" for finding in step.answers)
    return Reply(number if by_person else 0, title, tuple(said), tuple(unsure), tuple(denied))
