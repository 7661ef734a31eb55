"""What people read is short, plain and kind: sentences of at most twenty words, at a reading age of about eleven."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pyphen
import pytest

from unclench.knowledge import Knowledge

LONGEST_SENTENCE = 20
HARDEST_MEAN_GRADE = 6.0
HARDEST_GRADE_OF_ONE_TEXT = 8.0
LONGEST_BECAUSE = 60
BANNED = ("diagnos", "suffer", "victim", "complain", "please", "!")
STIGMA = re.compile(
    r"\b(?:abus(?:e|er|ing)|addicts?|bedridden|crazy|crippl\w*|drug[- ]seek\w*|elderly|frail|handicap\w*|"
    r"hysteri\w*|junkies?|lazy|malinger\w*|neurotic|non-?complian\w*|obese|senile|silly|stupid|wheelchair-bound|"
    r"your (?:own )?fault|(?:all|just|only) in your (?:head|mind)|fail(?:ed|s|ing)? to|"
    r"you should have|normal people)\b",
    re.IGNORECASE,
)
"""Words that blame, or that make a person one with an illness; a list of our own, no published one."""

SENTENCES = {
    "causes": ("summary",),
    "charts": ("summary",),
    "claim_verdicts": ("summary",),
    "claims": ("says", "right"),
    "contributors": ("summary", "advice"),
    "dispositions": ("what_to_do", "meaning", "general", "general_meaning"),
    "dose_labels": ("name",),
    "events": ("summary", "advice"),
    "exercise_limits": ("because",),
    "exercises": ("purpose", "start", "steps", "stop", "easier", "harder", "why"),
    "figures": ("name",),
    "findings": ("question", "line", "help", "why", "what_for"),
    "medicine_groups": ("rules", "cramps"),
    "muscles": ("does",),
    "questions": ("question", "answer"),
    "medicines": ("what_for", "how", "ask", "stop", "overdose", "rules"),
    "messages": ("because",),
    "red_flags": ("because", "do"),
    "criteria": ("text",),
    "grades": ("summary",),
    "phases": ("summary",),
    "screens": ("intro", "why"),
    "see": ("how",),
    "tracks": ("summary",),
    "treatments": (
        *("what", "how", "why", "expect", "harm", "stop", "dose", "doses"),
        *("why_not", "care", "why_left_out"),
    ),
    "verdicts": ("summary",),
}
"""Fields that hold sentences for the person; what else they read is a name or a heading."""

NAMES_AND_HEADINGS = {
    "causes": ("name",),
    "charts": ("name", "lines", "across", "point", "span"),
    "muscles": ("name",),
    "claim_verdicts": ("name",),
    "contributors": ("name",),
    "dispositions": ("heading", "within"),
    "dose_parts": ("name",),
    "equipment": ("name",),
    "events": ("name",),
    "exercise_groups": ("name",),
    "exercises": ("name",),
    "families": ("name",),
    "figures": ("name",),
    "medicine_groups": ("name",),
    "medicines": ("name",),
    "findings": ("name", "label", "unit"),
    "occasions": ("name",),
    "positions": ("name",),
    "phrases": ("name",),
    "screens": ("title", "none"),
    "red_flags": ("name",),
    "see": ("name",),
    "units": ("name",),
    **dict.fromkeys(("comparisons", "costs", "efforts", "grades", "joints"), ("name",)),
    **dict.fromkeys(("outcomes", "populations", "sorts", "tracks", "treatments", "verdicts"), ("name",)),
    "phases": ("name", "when"),
}

# Whoever takes one of these, or has it, knows its name; how long the name is makes the text no harder.
NAMES = re.compile(
    r"adalimumab|apixaban|azathioprine|ciclosporin|clopidogrel|dabigatran|dalteparin|edoxaban|enoxaparin|haemophilia|"
    r"methotrexate|rivaroxaban|von Willebrand disease|diffuse idiopathic skeletal hyperostosis"
)

# What stands in braces is a number when a person reads it.
NUMBERS = re.compile(r"\{\w+\}")


class Text(NamedTuple):
    place: str
    words: str


def texts(knowledge: Knowledge, fields: dict[str, tuple[str, ...]]) -> Iterator[Text]:
    """Yield every text of these fields that a person reads about themselves."""
    for kind, names in fields.items():
        for record, entry in knowledge.data["wording"]["en"][kind].items():
            is_test = kind == "findings" and knowledge.findings[record].supplied_by != "person"
            for name in names:
                if is_test and name not in ("name", "what_for"):
                    continue
                said = entry.get(name)
                for part, words_said in said.items() if isinstance(said, dict) else ((name, said),):
                    if words_said:
                        yield Text(f"{kind}/{record}.{part}", NUMBERS.sub("5", words_said))


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", text.strip())


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9][\w'’-]*", text)


@cache
def hyphenation() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US", left=1, right=1)


@cache
def syllables(word: str) -> int:
    """Count vowel groups between possible hyphens, leaving out an `e` that is not spoken."""
    count = 0
    for part in hyphenation().inserted(re.sub(r"[^a-z]", "", word.lower())).split("-"):
        silent = re.sub(r"(?<=[aeiouy])([^aeiouy]|[^aeiouy][^aeiouyl])(e|ed|(?<![cgsxz])es)$", r"\1", part)
        count += len(re.findall(r"[aeiouy]+", silent))
    return max(1, count)


def grade(text: str) -> float:
    """Return the Flesch-Kincaid school grade."""
    all_words = words(NAMES.sub("name", text))
    a_sentence = len(all_words) / len(sentences(text))
    a_word = sum(map(syllables, all_words)) / len(all_words)
    return 0.39 * a_sentence + 11.8 * a_word - 15.59


@pytest.mark.parametrize(
    ("count", "example"),
    [
        (1, "the eye ache aches used makes cramped squeezed fire"),
        (
            2,
            "numbness bladder weakness tingling about began severe kidney disease trouble people needed changes little",
        ),
        (3, "serious medicine infection pregnancy clinician ambulance injuries hospital appointment"),
        (4, "emergency ibuprofen temperature usually"),
        (5, "examination"),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(count: int, example: str) -> None:
    assert {word: syllables(word) for word in example.split()} == dict.fromkeys(example.split(), count)


def test_the_grade_is_that_of_the_formula() -> None:
    # 9 words in 2 sentences, 11 syllables
    assert grade("The pain is new. Does it hurt badly today?") == pytest.approx(0.39 * 9 / 2 + 11.8 * 11 / 9 - 15.59)


def test_no_sentence_is_longer_than_twenty_words(knowledge: Knowledge) -> None:
    offenders = [
        f"{text.place}: {len(words(sentence))} words: {sentence}"
        for text in texts(knowledge, SENTENCES)
        for sentence in sentences(text.words)
        if len(words(sentence)) > LONGEST_SENTENCE
    ]
    assert offenders == []


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, fields in SENTENCES.items() for field in fields])
def test_each_kind_of_text_is_easy_to_read_on_the_whole(knowledge: Knowledge, kind: str, field: str) -> None:
    graded = sorted(((grade(text.words), text) for text in texts(knowledge, {kind: (field,)})), reverse=True)
    mean = sum(one for one, _ in graded) / len(graded)
    hardest = "\n".join(f"{one:.1f} {text.place}: {text.words}" for one, text in graded[:10])
    assert mean <= HARDEST_MEAN_GRADE, f"mean grade {mean:.2f}; hardest first:\n{hardest}"


def test_no_text_of_twenty_words_or_more_is_hard_on_its_own(knowledge: Knowledge) -> None:
    offenders = [
        f"{grade(text.words):.1f} {text.place}: {text.words}"
        for text in texts(knowledge, SENTENCES)
        if len(words(text.words)) >= 20 and grade(text.words) > HARDEST_GRADE_OF_ONE_TEXT
    ]
    assert offenders == []


@pytest.mark.parametrize("word", BANNED)
def test_no_text_scares_scolds_or_promises_a_diagnosis(knowledge: Knowledge, word: str) -> None:
    everything = (*texts(knowledge, SENTENCES), *texts(knowledge, NAMES_AND_HEADINGS))
    assert [f"{text.place}: {text.words}" for text in everything if word in text.words.lower()] == []


def test_no_text_blames_or_labels_anybody(knowledge: Knowledge) -> None:
    everything = (*texts(knowledge, SENTENCES), *texts(knowledge, NAMES_AND_HEADINGS))
    assert [f"{text.place}: {text.words}" for text in everything if STIGMA.search(text.words)] == []


@pytest.mark.parametrize("words_said", ["It is your fault.", "the elderly", "an addict", "You failed to rest."])
def test_blame_and_labels_are_seen(words_said: str) -> None:
    assert STIGMA.search(words_said)


def test_every_red_flag_says_why_in_sixty_words_at_most(knowledge: Knowledge) -> None:
    because = {rule.id: words(knowledge.words("red_flags", rule.id, "because")) for rule in knowledge.rules}
    assert [rule for rule, said in because.items() if not 0 < len(said) <= LONGEST_BECAUSE] == []


def test_every_text_is_known_as_a_sentence_a_name_or_words_for_clinicians(knowledge: Knowledge) -> None:
    for_clinicians = {"clinical", "work_up", "rule_out"}
    unknown = {
        f"{kind}.{field}"
        for kind, entries in knowledge.data["wording"]["en"].items()
        for entry in entries.values()
        for field in set(entry) - for_clinicians - {"choices", "amount"}
        if field not in (*SENTENCES.get(kind, ()), *NAMES_AND_HEADINGS.get(kind, ()))
    }
    assert sorted(unknown) == []


def test_questions_end_in_a_question_mark_and_lines_do_not(knowledge: Knowledge) -> None:
    asked = [f for f in knowledge.findings.values() if f.supplied_by == "person"]
    assert [f.id for f in asked if "?" not in knowledge.words("findings", f.id, "question")] == []
    assert [f.id for f in asked if "?" in knowledge.words("findings", f.id, "line")] == []


def test_reasons_and_explanations_end_with_a_full_stop(knowledge: Knowledge) -> None:
    full = {kind: tuple(f for f in fields if f not in ("question", "line")) for kind, fields in SENTENCES.items()}
    offenders = [text.place for text in texts(knowledge, full) if text.words.strip()[-1] not in ".?"]
    assert offenders == []
