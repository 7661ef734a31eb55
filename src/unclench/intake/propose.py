"""From a text to proposed answers: precision before recall, and danger words always lead to their questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from unclench.intake.lexicon import load_lexicon
from unclench.intake.proposal import Intake, Proposal, Words
from unclench.knowledge import Knowledge
from unclench.logic import Answer, Truth

if TYPE_CHECKING:
    from spacy.tokens import Token

    from unclench.intake.reader import Mention, Reader, Reading

__all__ = ["LONGEST_TEXT", "propose"]

LONGEST_TEXT: Final = 5_000
"""Characters that are read; what follows is left out, and the result says so."""

_SITE: Final = "pain_site"
_SHORT: Final = 6  # words of a sentence that may be nothing but a place
_NEAR: Final = 4  # words between a place and its side


def propose(text: str, knowledge: Knowledge, *, locale: str = "en", for_another: bool = False) -> Intake:
    """Read somebody's own words.

    Args:
        text: the words, of any length and with any characters.
        knowledge: the pack whose findings are proposed.
        locale: language of the words.
        for_another: they are written on behalf of somebody else, so a relative is the one they are about.

    Returns:
        Answers to be confirmed, and the danger questions to be asked at once. Nothing is kept.

    Raises:
        KnowledgeError: there is no lexicon for the language.

    Examples:
        >>> found = propose("My lower back seized up 3 days ago. No fever.", Knowledge.load())
        >>> [(one.finding, one.value) for one in found.proposals if one.finding != "pain_site"]
        [('back_pain', True), ('pain_duration_days', 3), ('fever', False)]
        >>> {finding: words[0].text for finding, words in found.danger.items()}
        {'fever': 'fever'}
    """
    from unclench.intake.reader import plain

    reader = _reader(knowledge, locale)
    whole = text[:LONGEST_TEXT]
    if len(text) > LONGEST_TEXT:
        whole = whole[: max(whole.rfind(" "), LONGEST_TEXT // 2)]
    cleaned = plain(whole)
    reading = reader.read(cleaned, for_another=for_another)
    places, unsided = _places(reading, reader)
    kept: dict[str, list[tuple[Answer, int, int]]] = {}
    for finding, value, start, end in (*_findings(reading, reader), *places, *_numbers(reading, reader, for_another)):
        if knowledge.answer_kind_fits(finding, value):
            kept.setdefault(finding, []).append((value, start, end))
    return Intake(
        tuple(_possible(_merged(kept, cleaned), knowledge)),
        _danger(reading, knowledge, cleaned),
        {region: _words(spans, cleaned) for region, spans in unsided.items()},
        _is_about_another(reading),
        len(text) > LONGEST_TEXT,
    )


@lru_cache(maxsize=4)
def _reader(knowledge: Knowledge, locale: str) -> Reader:
    from unclench.intake.reader import Reader

    return Reader(load_lexicon(knowledge, locale=locale), knowledge.findings[_SITE].choices)


def _characters(reading: Reading, start: int, end: int) -> tuple[int, int]:
    last = reading.doc[end - 1]
    return reading.doc[start].idx, last.idx + len(last)


def _findings(reading: Reading, reader: Reader) -> Iterator[tuple[str, Answer, int, int]]:
    for mention in reading.mentions:
        finding = mention.phrase.finding
        if finding in (_SITE, "sex") or mention.phrase.strength == "ask" or mention.doubted:
            continue
        value: Answer = mention.phrase.value
        if mention.others:
            family = reader.lexicon.family_means.get(finding)
            if family is None or mention.denied:
                continue
            finding, value = family, True
        elif mention.past and finding not in reader.lexicon.lists["past_counts"]:
            continue
        elif mention.denied:
            if value is not True or mention.phrase.strength != "yes":
                continue
            value = False
        yield finding, value, *_characters(reading, mention.start, mention.end)


def _numbers(reading: Reading, reader: Reader, for_another: bool) -> Iterator[tuple[str, Answer, int, int]]:
    from unclench.intake.numbers import numbers_in

    yield from numbers_in(reading, reader.lexicon, for_another=for_another)


def _is_about_another(reading: Reading) -> bool:
    """Whether all that is told is somebody else's; that they are a mum or a son does not count as told."""
    told = [mention for mention in reading.mentions if mention.phrase.finding != "sex"]
    return any(mention.others for mention in told) and all(mention.others or mention.history for mention in told)


def _places(
    reading: Reading, reader: Reader
) -> tuple[list[tuple[str, Answer, int, int]], dict[str, list[tuple[int, int]]]]:
    """Return places that hurt, and where the text names some without their side."""
    found: list[tuple[str, Answer, int, int]] = []
    unsided: dict[str, list[tuple[int, int]]] = {}
    for mention in reading.mentions:
        if mention.phrase.finding != _SITE or not _hurts(mention, reading, reader):
            continue
        region = str(mention.phrase.value)
        regions = _sided(mention, region, reading, reader)
        if regions:
            found.append((_SITE, regions, *_characters(reading, mention.start, mention.end)))
        else:
            unsided.setdefault(region, []).append(_characters(reading, mention.start, mention.end))
    return found, unsided


def _hurts(mention: Mention, reading: Reading, reader: Reader) -> bool:
    around = [m for m in reading.mentions if m.start <= mention.start and mention.end <= m.end]
    if any(m.denied or m.doubted or m.past or m.others for m in around):
        return False
    lists = reader.lexicon.lists
    spoken = reading.sentence_keys(mention.clause)
    if mention.clause.keys & lists["not_pain_words"]:
        return False
    if mention.clause.keys & lists["pain_words"]:
        return True
    if any(m.clause == mention.clause and m.phrase.finding != _SITE for m in reading.mentions):
        return False
    return bool(spoken & lists["pain_words"]) or len(spoken) <= _SHORT


def _sided(mention: Mention, region: str, reading: Reading, reader: Reader) -> tuple[str, ...]:
    """Return the regions that are meant; none if a side is missing."""
    lists = reader.lexicon.lists
    pair = (f"{region}_left", f"{region}_right")
    choices = reader.regions
    if region in choices:
        return (region,)
    doc, clause = reading.doc, mention.clause
    within = [doc[i] for i in range(mention.start, mention.end)]
    before = [doc[i] for i in range(max(clause.start, mention.start - _NEAR), mention.start)]
    after = [doc[i] for i in range(mention.end, min(clause.end, mention.end + _NEAR + 1))]
    sides = [side for token in (*reversed(before), *within, *after) if (side := _side(token, lists))]
    middle = f"{region}_middle"
    if sides and sides[0] == "both":
        return pair
    if sides:
        return (f"{region}_{sides[0]}",)
    if middle in choices:
        if any(token.lower_ in lists["across"] for token in before):
            return (pair[0], middle, pair[1])
        return (middle,)
    return pair if any(token.lower_ in lists["plurals"] for token in within) else ()


def _side(token: Token, lists: Mapping[str, frozenset[str]]) -> str:
    word = token.lower_
    if word in lists["both_sides"]:
        return "both"
    if word in lists["left"]:
        return "left"
    follows = token.nbor().lower_ if token.i + 1 < len(token.doc) else ""
    return "right" if word in lists["right"] and follows not in lists["right_not_before"] else ""


def _merged(kept: dict[str, list[tuple[Answer, int, int]]], text: str) -> list[Proposal]:
    """Return one proposal for each finding; a text that says two things of one finding says nothing of it."""
    made = []
    for finding, found in kept.items():
        words = _words(((a, b) for _, a, b in found), text)
        if finding == _SITE:
            regions = {region for value, _, _ in found if isinstance(value, tuple) for region in value}
            made.append(Proposal(finding, tuple(sorted(regions)), words))
        elif len({value for value, _, _ in found}) == 1:
            made.append(Proposal(finding, found[0][0], words))
    return sorted(made, key=lambda one: (one.words[0].start, one.finding))


def _possible(proposals: Iterable[Proposal], knowledge: Knowledge) -> Iterator[Proposal]:
    """Leave out what cannot hold beside the rest, such as a pregnant man."""
    made = list(proposals)
    answers = {one.finding: one.value for one in made}
    impossible = {
        finding
        for finding, possible in knowledge.only_if
        if answers.get(finding, False) is not False and possible(answers) is Truth.FALSE
    }
    return (one for one in made if one.finding not in impossible)


def _danger(reading: Reading, knowledge: Knowledge, text: str) -> dict[str, tuple[Words, ...]]:
    met: dict[str, list[tuple[int, int]]] = {}
    for mention in reading.mentions:
        met.setdefault(mention.phrase.finding, []).append(_characters(reading, mention.start, mention.end))
    asked = dict.fromkeys(f for screen in knowledge.screens if screen.stage == "danger" for f in screen.findings)
    return {finding: _words(met[finding], text) for finding in asked if finding in met}


def _words(spans: Iterable[tuple[int, int]], text: str) -> tuple[Words, ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:  # one piece of text is quoted once
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(Words(start, end, text[start:end].replace("\n", " ")) for start, end in merged)
