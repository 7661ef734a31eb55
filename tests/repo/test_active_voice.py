"""What people read is said in the active voice. How many sentences are passive may fall, never rise.

A sentence counts as passive if a form of *be* or *get* comes before a past participle, with at most a few adverbs in
between: "a nerve is squeezed", "it was never tested". No parser is used, so it is an estimate: it also counts states
("your skin is broken") and misses participles that are on no list. That is enough for a count that may only fall.
"""

from __future__ import annotations

import re

import pytest

from repo.test_lay_words import SENTENCES, sentences, texts
from unclench.knowledge import Knowledge

_BE = "is|are|was|were|be|been|being|isn't|aren't|wasn't|weren't|get|gets|got|getting"
_ADVERBS = r"(?:(?:not|never|also|often|mostly|usually|only|still|already|always|best|then|\w+ly)\s+)*"
_IRREGULAR = (
    "bent|bitten|blown|broken|brought|built|burnt|caught|chosen|cut|done|drawn|driven|eaten|fed|felt|found|given|gone|"
    "grown|held|hidden|hit|hurt|kept|known|laid|led|left|lost|made|meant|met|paid|put|read|said|seen|sent|set|shown|shut|"
    "sold|spent|spread|stuck|taken|taught|thought|told|torn|understood|woken|worn|written"
)
# Words in -ed that are no participles, and feelings that nobody did to somebody.
_OTHER = "bed|confused|naked|need|red|shed|tired|worried"
PASSIVE = re.compile(rf"\b(?:{_BE})\s+{_ADVERBS}(?!(?:{_OTHER})\b)(?:\w+ed|{_IRREGULAR})\b", re.IGNORECASE)

MOST = {
    "causes": 2,
    "claims": 29,
    "contributors": 3,
    "dispositions": 2,
    "events": 2,
    "exercise_limits": 5,
    "exercises": 24,
    "figures": 3,
    "findings": 52,
    "grades": 1,
    "medicine_groups": 6,
    "medicines": 10,
    "messages": 8,
    "questions": 5,
    "red_flags": 31,
    "screens": 2,
    "see": 3,
    "tracks": 1,
    "treatments": 9,
    "verdicts": 1,
}
"""Passive sentences of each kind of text; a kind that is not named may have none."""

HIGHEST_SHARE = 0.05
"""Of all sentences: nine tenths and more are to be active."""


def passive(knowledge: Knowledge, kind: str) -> list[str]:
    """Return the passive sentences of a kind of text, each with its place."""
    return [
        f"{text.place}: {sentence}"
        for text in texts(knowledge, {kind: SENTENCES[kind]})
        for sentence in sentences(text.words)
        if PASSIVE.search(sentence)
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "A nerve is squeezed.",
        "It was never tested.",
        "You should be seen.",
        "It is mostly done sitting.",
        "He got hurt.",
    ],
)
def test_the_passive_is_seen(sentence: str) -> None:
    assert PASSIVE.search(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["Something squeezes a nerve.", "Nobody tested it.", "Your eye is red.", "You are tired.", "Stay in bed."],
)
def test_the_active_is_left_alone(sentence: str) -> None:
    assert not PASSIVE.search(sentence)


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_passive_sentences_get_no_more(knowledge: Knowledge, kind: str) -> None:
    found = passive(knowledge, kind)
    most = MOST.get(kind, 0)
    listed = "\n".join(found)
    assert len(found) <= most, f"{len(found)} passive sentences, at most {most}. Say who does it:\n{listed}"


def test_few_sentences_are_passive_on_the_whole(knowledge: Knowledge) -> None:
    count = sum(len(passive(knowledge, kind)) for kind in SENTENCES)
    whole = sum(len(sentences(text.words)) for text in texts(knowledge, SENTENCES))
    assert count / whole <= HIGHEST_SHARE
