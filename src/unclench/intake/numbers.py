"""Numbers people give of themselves: how long, how bad, how old, how hot, how many weeks pregnant. English only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from unclench.intake.lexicon import Lexicon
from unclench.intake.reader import Clause, Reading

__all__ = ["Found", "numbers_in"]

Found = tuple[str, int | float | str, int, int]
"""Finding, value, first character and the one after the last."""

_AGE: Final = re.compile(
    r"\b(?P<who>i am|i'm|im|he is|he's|hes|she is|she's|shes|they are|they're|aged|age)\s+(?:a\s+|an\s+)?"
    r"(?P<age>\d{1,3})(?:[\s-]*(?:years?|yrs?)[\s-]*old|[\s-]*y/?o)?"
    r"(?=\s*(?:$|[.,;:!\n)]|and\b|with\b|now\b|year|yr|male\b|female\b|man\b|woman\b|m\b|f\b))"
)
_YEAR_OLD: Final = re.compile(
    r"(?:^|\bi'?m|\bi am|\bhere)\s*(?:a|an)?\s*(?P<age>\d{1,3})[\s-]*(?:(?:years?|yrs?)[\s-]*old|y/?o)\b"
)
_AGED: Final = r"\d{1,3}[\s-]*(?:(?:years?|yrs?)[\s-]*old|y/?o)"
# Nobody is named: the text begins with it, or a sentence does. "My 45 year old brother" is not meant.
_AGED_PERSON: Final = re.compile(
    rf"(?:^|[.!?]\s*|\n[^\S\n]*|\bi'?m\s+|\bi am\s+)(?:a\s+|an\s+)?(?P<age>{_AGED})[\s,-]+(?P<word>[a-z]+)\b"
)
_AGE_SEX: Final = re.compile(r"\b(?:i am|i'?m)\s+(?:aged?\s+)?\d{1,3}\s*[,/]?\s*(?:and\s+|a\s+)?(?P<word>[a-z]+)\b")
_SELF: Final = re.compile(
    r"\b(?:i am|i'm|im|as)\s+(?:a|an)\s+(?:\d{1,3}[\s-]*(?:(?:years?|yrs?)[\s-]*old|y/?o)\s+)?"
    r"(?:healthy\s+|fit\s+|pregnant\s+|young\s+|old\s+|elderly\s+|retired\s+|trans\s+)?(?P<word>[a-z]+)\b"
)
_SEVERITY: Final = re.compile(
    r"(?<![\d/.])(?P<n>\d{1,2}|[a-z]+)\s*(?:/\s*10|out\s+of\s+(?:10|ten))(?![\d/]|\s*(?:people|times|nights|days|would))"
)
_WEEKS: Final = re.compile(
    r"\b(?P<n>\d{1,2})\s*(?:weeks?|wks?)\s+(?:pregnant|pregnent|gone|along)\b"
    r"|\bpregnant\s*[,(]?\s*(?P<m>\d{1,2})\s*(?:weeks?|wks?)\b"
)
_HOT: Final = re.compile(
    r"\b(?:temperature|temp|fever)\s+(?:is\s+|was\s+|has been\s+|of\s+|at\s+|about\s+|around\s+)*"
    r"(?P<n>\d{2,3}(?:\.\d)?)\s*(?:\u00b0|degrees?)?\s*(?P<unit>[cf])?\b"
)
_BEFORE: Final = re.compile(
    r"\b(?:for|past|last|since|been|about|around|nearly|almost|over)\s+"
    r"(?:(?:the|about|around|past|last|nearly|almost|over|now|a good|at least|a|an)\s+)*$"
)
_OTHERS: Final = frozenset({"he", "she", "they", "hes", "shes"})


def numbers_in(reading: Reading, lexicon: Lexicon, *, for_another: bool = False) -> Iterator[Found]:
    """Yield the numbers a text gives.

    Args:
        reading: the text as read.
        lexicon: words for numbers and times.
        for_another: it is written on behalf of somebody, so "she is 70" is the age asked for.
    """
    text = reading.doc.text.lower()
    yield from _ages(text, lexicon, for_another)
    for found in (*_durations(text, reading, lexicon), *_since(text, reading, lexicon), *_scores(text, lexicon)):
        clause = reading.clause_at(found[2])
        if clause is not None and (for_another or not _of_others(reading, clause, lexicon)):
            yield found
    for match in _WEEKS.finditer(text):
        if not _negated(text, match.start()):
            yield "pregnancy_weeks", int(match["n"] or match["m"]), match.start(), match.end()
    for match in _HOT.finditer(text):
        degrees = float(match["n"])
        if match["unit"] == "f" or (match["unit"] is None and degrees > 90):
            degrees = round((degrees - 32) / 1.8, 1)
        clause = reading.clause_at(match.start())
        if clause is not None and (for_another or not _of_others(reading, clause, lexicon)):
            yield "body_temperature", degrees, match.start(), match.end()


def _ages(text: str, lexicon: Lexicon, for_another: bool) -> Iterator[Found]:
    for match in _AGE.finditer(text):
        who = re.sub(r"\W", " ", match["who"]).split()[0]
        if (who in _OTHERS) <= for_another and not (for_another and who in {"i", "im"}):
            yield "age", int(match["age"]), match.start(), match.end()
    if not for_another:
        for match in _YEAR_OLD.finditer(text):
            yield "age", int(match["age"]), match.start("age"), match.end()
        for match in _AGED_PERSON.finditer(text):
            if any(True for _ in _sex(match["word"], lexicon)):
                yield "age", int(re.match(r"\d+", match["age"])[0]), match.start("age"), match.end("word")  # type: ignore[index]
        for pattern in (_SELF, _AGED_PERSON, _AGE_SEX):
            for match in pattern.finditer(text):
                for value in _sex(match["word"], lexicon):
                    yield "sex", value, match.start("word"), match.end("word")


def _sex(word: str, lexicon: Lexicon) -> Iterator[str]:
    return (str(one.value) for one in lexicon.phrases if one.finding == "sex" and one.text == word)


def _scores(text: str, lexicon: Lexicon) -> Iterator[Found]:
    for match in _SEVERITY.finditer(text):
        value = _number(match["n"], lexicon)
        if value is not None:
            yield "pain_severity", value, match.start(), match.end()


def _durations(text: str, reading: Reading, lexicon: Lexicon) -> Iterator[Found]:
    units = "|".join(sorted(map(re.escape, lexicon.days), key=len, reverse=True))
    for match in re.finditer(rf"\b(?P<n>\d{{1,4}}|[a-z]+)(?:\s+of)?[\s-]*\b(?P<unit>{units})\b", text):
        value = _number(match["n"], lexicon)
        days = lexicon.days[match["unit"]]
        clause = reading.clause_at(match.start())
        if value is None or clause is None or not _may_last(reading, clause, lexicon):
            continue
        after = text[match.end() : match.end() + 8].split()
        ago = bool(after) and after[0].strip(".,!;)") == "ago"
        if ago and not (_has_started(reading, clause, lexicon)):
            continue
        if ago or _BEFORE.search(text[max(match.start() - 40, 0) : match.start()]):
            yield "pain_duration_days", value * days, match.start(), match.end() + (4 if ago else 0)


def _since(text: str, reading: Reading, lexicon: Lexicon) -> Iterator[Found]:
    for moment, days in lexicon.days_since.items():
        for match in re.finditer(rf"\b{re.escape(moment)}\b", text):
            clause = reading.clause_at(match.start())
            if clause is None or not _may_last(reading, clause, lexicon):
                continue
            if re.search(r"\bsince\s+$", text[max(match.start() - 12, 0) : match.start()]) or _has_started(
                reading, clause, lexicon
            ):
                yield "pain_duration_days", days, match.start(), match.end()


def _may_last(reading: Reading, clause: Clause, lexicon: Lexicon) -> bool:
    """Whether a length of time in this clause is that of the trouble: pain is spoken of, and nothing else is."""
    spoken = reading.sentence_keys(clause)
    wanted = lexicon.lists["pain_words"] | {"start"}
    other = {m.phrase.finding for m in reading.mentions if m.clause == clause and (m.others or m.doubted or m.denied)}
    told = reading.doc[clause.start : clause.end].text.lower()
    named = bool(spoken & wanted) or any(words in told for words in lexicon.lists["this_trouble"])
    return named and not clause.keys & lexicon.lists["not_duration"] and not other


def _has_started(reading: Reading, clause: Clause, lexicon: Lexicon) -> bool:
    triggers = any(m.clause == clause and m.phrase.finding == "onset_trigger" for m in reading.mentions)
    return triggers or bool(clause.keys & lexicon.lists["started"])


def _of_others(reading: Reading, clause: Clause, lexicon: Lexicon) -> bool:
    words = {token.lower_ for token in reading.doc[clause.start : clause.end]}
    return bool(words & (lexicon.lists["family"] | lexicon.lists["others"])) and not words & lexicon.lists["own"]


def _negated(text: str, place: int) -> bool:
    return re.search(r"\b(?:not|n't|was|when i was)\s+$", text[max(place - 14, 0) : place]) is not None


def _number(word: str, lexicon: Lexicon) -> int | None:
    return int(word) if word.isdigit() else lexicon.numbers.get(word)
