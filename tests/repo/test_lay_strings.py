"""The words of the pages themselves, Learn included, are as short, plain, kind and active as those of knowledge."""

from __future__ import annotations

import re
from functools import cache

import pytest

from repo.test_active_voice import PASSIVE
from repo.test_lay_words import (
    BANNED,
    HARDEST_GRADE_OF_ONE_TEXT,
    HARDEST_MEAN_GRADE,
    LONGEST_SENTENCE,
    STIGMA,
    Text,
    grade,
    sentences,
    words,
)
from unclench.web.catalogues import extracted

FOR_CLINICIANS = ("web/templates/unclench/clinician.html", "handover/")
"""Pages and papers that are not written for the person."""

ENOUGH_TO_GRADE = 8
MOST_PASSIVE = 67
"""May fall, never rise."""

_PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
_WE_GIVE_NONE = re.compile(r"\b(?:not a|no) diagnosis\b", re.IGNORECASE)


@cache
def strings() -> tuple[Text, ...]:
    """Return every string that a page shows to a person, with a number where it has a place."""
    found: dict[str, str] = {}
    for place, message in extracted():
        if not place.startswith(FOR_CLINICIANS):
            for one in message if isinstance(message, tuple) else (message,):
                found.setdefault(_PLACES.sub("5", one), place)
    return tuple(Text(place, text) for text, place in found.items() if words(text))


def test_the_pages_of_learn_are_among_them() -> None:
    places = {text.place.partition(":")[0] for text in strings()}
    assert {"web/learning.py", "web/views/learn.py", "web/templates/unclench/learn.html"} <= places
    assert len(strings()) > 500


def test_no_sentence_of_a_page_is_too_long() -> None:
    long = [text for text in strings() if any(len(words(one)) > LONGEST_SENTENCE for one in sentences(text.words))]
    assert long == []


def test_pages_are_easy_to_read() -> None:
    graded = sorted((grade(one.words), one) for one in strings() if len(words(one.words)) >= ENOUGH_TO_GRADE)
    assert sum(one for one, _ in graded) / len(graded) <= HARDEST_MEAN_GRADE
    hard = [one for one in graded if one[0] > HARDEST_GRADE_OF_ONE_TEXT and len(words(one[1].words)) >= 20]
    assert hard == []


@pytest.mark.parametrize("word", BANNED)
def test_no_page_scares_scolds_or_promises_a_diagnosis(word: str) -> None:
    assert [text for text in strings() if word in _WE_GIVE_NONE.sub("", text.words).lower()] == []


def test_no_page_blames_or_labels_anybody() -> None:
    assert [text for text in strings() if STIGMA.search(text.words)] == []


def test_passive_sentences_of_pages_get_no_more() -> None:
    passive = [f"{text.place}: {one}" for text in strings() for one in sentences(text.words) if PASSIVE.search(one)]
    listed = "\n".join(passive)
    assert len(passive) <= MOST_PASSIVE, f"{len(passive)} passive, at most {MOST_PASSIVE}. Say who does it:\n{listed}"
