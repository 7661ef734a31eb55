"""A person's own words, turned into proposed answers. Only what they confirm counts, and the text is not kept."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from unclench.errors import KnowledgeError
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE, Answer
from unclench.reasoning import Question
from unclench.web.forms import Data, Filled, read
from unclench.web.pack import knowledge as the_pack
from unclench.web.pack import words
from unclench.web.questions import answer_words
from unclench.web.state import State

if TYPE_CHECKING:
    from unclench.intake import Words

__all__ = ["LONGEST", "Danger", "Offer", "Side", "Told", "can_read", "confirmed", "get_ready", "read_words", "sideless"]

LONGEST = 2000
"""The most characters of free text; a page of it would not be answered better."""

_MOST = 40
_SITE = "pain_site"
_READERS = ("spacy", "negspacy")


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


@dataclass(frozen=True, slots=True)
class Danger:
    """A danger sign that the text speaks of, in whatever way.

    Attributes:
        finding: its id.
        line: the sign, in lay words.
        quoted: the words that speak of it.
    """

    finding: str
    line: str
    quoted: str


@dataclass(frozen=True, slots=True)
class Side:
    """A place that the text names without its side.

    Attributes:
        region: the place, such as `calf`.
        quoted: the words that name it.
        choices: the value and the lay words of each side.
    """

    region: str
    quoted: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What was understood of a text.

    Attributes:
        offers: proposed answers, in the order of the text.
        dangers: danger signs to ask about first, whatever becomes of the offers.
        sides: places whose side is missing.
        about_another: whether it tells of somebody else only, and the answers are about the person who writes.
    """

    offers: tuple[Offer, ...]
    dangers: tuple[Danger, ...]
    sides: tuple[Side, ...]
    about_another: bool


def get_ready() -> None:
    """Load what reads free text, which takes over a second, so that nobody has to wait for it."""
    with suppress(ImportError, KnowledgeError):
        read_words("ready", State(), the_pack())


def can_read(knowledge: Knowledge) -> bool:
    """Tell whether this installation reads free text in the language of the page."""
    installed = all(find_spec(name) is not None for name in _READERS)
    return installed and words().typed in knowledge.data.get("lexicon", {})


def read_words(text: str, state: State, knowledge: Knowledge) -> Told:
    """Return what the text seems to say.

    A danger sign that the text denies or doubts is not offered: its question is asked in any case. One that was
    answered before is asked again only if the answer was "no" and the text does not plainly say so too.

    Args:
        text: the person's words.
        state: the answers so far, and whom they are about.
        knowledge: the pack.

    Raises:
        ImportError: this installation cannot read free text.
        KnowledgeError: it cannot read this language.
    """
    from unclench.intake import propose

    found = propose(text, knowledge, locale=words().typed, for_another=state.who != "me")
    always_asked = _danger_lines(knowledge)
    offered = [
        one
        for one in found.proposals
        if knowledge.findings[one.finding].supplied_by == "person"
        and (one.value is True or one.finding not in always_asked)
    ]
    said = {one.finding: one.value for one in found.proposals}
    before = state.answers
    return Told(
        tuple(_offer(one.finding, one.value, _quoted(one.words)) for one in offered[:_MOST]),
        tuple(
            Danger(finding, words()("findings", finding, "line"), _quoted(spoken))
            for finding, spoken in found.danger.items()
            if finding not in before or (before[finding] is False and said.get(finding) is not False)
        ),
        tuple(_side(region, _quoted(spoken), knowledge) for region, spoken in found.unsided.items()),
        found.about_another and state.who == "me",
    )


def confirmed(data: Data, knowledge: Knowledge) -> dict[str, Answer]:
    """Return the proposed answers that were ticked; whatever else was sent is not an answer."""
    made: dict[str, Answer] = {}
    places: set[str] = set()
    always_asked = _danger_lines(knowledge)
    for sent in data.getlist("confirm")[:_MOST]:
        finding, _sign, value = sent.partition("=")
        if finding not in knowledge.findings or knowledge.findings[finding].supplied_by != "person":
            continue
        values = value.split(" ") if knowledge.findings[finding].kind == "regions" else [value]
        question = Question(finding, (finding,), "urgency")
        answers, problems = read(question, Filled({finding: values}), knowledge)
        if not problems and answers[finding] != UNSURE and (answers[finding] is True or finding not in always_asked):
            answer = answers[finding]
            places.update(answer if finding == _SITE and isinstance(answer, tuple) else ())
            made[finding] = answer
    return made | ({_SITE: tuple(sorted(places))} if places else {})


def sideless(data: Data, given: dict[str, Answer]) -> bool:
    """Tell whether places were confirmed while another one, named without its side, still waits for it."""
    places = given.get(_SITE)
    if not isinstance(places, tuple):
        return False
    return any(not any(one.startswith(f"{region}_") for one in places) for region in data.getlist("unsided")[:_MOST])


def _danger_lines(knowledge: Knowledge) -> set[str]:
    return {finding for screen in knowledge.screens if screen.stage == "danger" for finding in screen.findings}


def _quoted(spoken: Iterable[Words]) -> str:
    return " … ".join(dict.fromkeys(part.text.strip() for part in spoken))


def _side(region: str, quoted: str, knowledge: Knowledge) -> Side:
    say = words()
    choices = (one for one in knowledge.findings[_SITE].choices if one.startswith(f"{region}_"))
    return Side(region, quoted, tuple((f"{_SITE}={one}", say.choice(_SITE, one)) for one in choices))


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
