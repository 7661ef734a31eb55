"""The lexicon speaks of known findings only, covers most of them, and has no phrase that shrinks to a bare word."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from unclench.errors import KnowledgeError
from unclench.intake import Lexicon, load_lexicon
from unclench.intake.reader import Reader
from unclench.knowledge import Knowledge
from unclench.knowledge.yaml_reader import read_yaml

KNOWLEDGE = Knowledge.load()
DATA: Any = read_yaml(Path("knowledge/lexicon/en.yaml"), "lexicon/en.yaml").data


def planted(**parts: Any) -> tuple[str, ...]:
    data = copy.deepcopy(DATA)
    data["findings"] |= parts.pop("findings", {})
    with pytest.raises(KnowledgeError) as caught:
        Lexicon.from_data(data | parts, KNOWLEDGE)
    return caught.value.problems


def test_it_covers_most_of_what_people_can_be_asked() -> None:
    phrases = Counter(phrase.finding for phrase in load_lexicon(KNOWLEDGE).phrases if phrase.finding)
    assert len(phrases) >= 120
    assert phrases.total() / len(phrases) >= 5
    assert min(phrases.values()) >= 3


def test_every_danger_question_has_phrases() -> None:
    known = {phrase.finding for phrase in load_lexicon(KNOWLEDGE).phrases}
    assert {f for screen in KNOWLEDGE.screens if screen.stage == "danger" for f in screen.findings} <= known


def test_no_phrase_of_several_words_shrinks_to_one() -> None:
    reader = Reader(load_lexicon(KNOWLEDGE))
    short = {
        phrase.text
        for phrase in reader.lexicon.phrases
        if len(phrase.text.split()) > 1 and len(reader.keys(reader.nlp.make_doc(phrase.text))[0]) < 2
    }
    assert short == set()


def test_no_phrase_says_two_things_of_one_finding() -> None:
    reader = Reader(load_lexicon(KNOWLEDGE))
    for words, phrases in reader.by_words.items():
        values = Counter(phrase.finding for phrase in phrases)
        assert max(values.values()) == 1, words


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"findings": {"fevr": ["hot"]}}, 'lexicon: "fevr" is not a known finding. Did you mean "fever"?'),
        ({"findings": {"fever": {"yess": ["hot"]}}}, '"yess" is none of yes, part, no, ask. Did you mean "yes"?'),
        ({"findings": {"onset": {"suden": ["bang"]}}}, 'Did you mean "sudden"?'),
        ({"findings": {"pain_site": {"calf_lef": ["calf"]}}}, 'Did you mean "calf_left"?'),
        ({"findings": {"age": ["old"]}}, "a number is read by its pattern"),
        ({"findings": {"fever": [38]}}, "must be a list of phrases"),
        ({"past_counts": ["cancer_evr"]}, 'Did you mean "cancer_ever"?'),
        ({"famly": []}, 'lexicon: "famly" is not a part of a lexicon. Did you mean "family"?'),
        ({"family": {}}, "family: must be there, as a list."),
        ({"same": {"pee": ["wee"], "poo": ["wee"]}}, '"wee" is read as two words'),
        ({"negation": {}}, "negation: must have pseudo, preceding, following, termination."),
    ],
)
def test_what_does_not_fit_is_refused_with_its_mend(parts: dict[str, Any], problem: str) -> None:
    assert any(problem in one for one in planted(**parts))


def test_a_lexicon_in_the_pack_is_used() -> None:
    class Packed(Knowledge):
        def __init__(self) -> None:
            self.data = {"lexicon": {"en": DATA | {"findings": {"fever": ["hot"]}, "nothing": []}}}
            self.findings = KNOWLEDGE.findings

    assert [phrase.text for phrase in load_lexicon(Packed()).phrases] == ["hot"]
