"""What is proposed from people's own words: right before much, and danger words always lead to their questions."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from unclench.errors import KnowledgeError
from unclench.intake import LONGEST_TEXT, Intake, propose
from unclench.knowledge import Knowledge
from unclench.logic import Answer

KNOWLEDGE = Knowledge.load()


def read(text: str, *, for_another: bool = False) -> dict[str, Answer]:
    return {one.finding: one.value for one in propose(text, KNOWLEDGE, for_another=for_another).proposals}


def site(*regions: str) -> dict[str, Answer]:
    return {"pain_site": tuple(sorted(regions))}


BACK: dict[str, Answer] = {"back_pain": True}

# everything the sentence says, and nothing else
SAID: list[tuple[str, dict[str, Answer]]] = [
    # plain
    ("My back has seized up", BACK),
    ("my back is killing me", BACK),
    ("I don't know why my back hurts", BACK),
    ("it hurts when i cough", {"worse_cough_strain": True}),
    ("pee is dark like cola", {"dark_or_little_urine": True}),
    ("Had an epidural last month", {"recent_birth_or_spinal_procedure": True}),
    ("I take warfarin", {"blood_thinner": True}),
    ("my legs keep giving way", {"leg_weakness_severe": True}),
    ("i cannot lift my foot", {"leg_weakness_severe": True}),
    ("my bum is numb and both legs tingle", {"saddle_numbness": True, "both_legs_affected": True}),
    ("I feel faint", {"fainted": True}),
    ("not only back pain but also a fever", {"back_pain": True, "fever": True}),
    # negation
    ("No fever", {"fever": False}),
    ("I don't have any numbness down there", {"saddle_numbness": False}),
    ("haven't lost any weight", {"weight_loss": False}),
    ("never had cancer", {"cancer_ever": False}),
    ("im not pregnant", {"pregnant": False}),
    ("I've never smoked", {"smoker": False}),
    ("I dont smoke", {"smoker": False}),
    ("I don't have any trouble peeing", {"bladder_change_new": False}),
    ("bladder and bowels are fine", {"bladder_change_new": False}),
    ("No fever, but my back is killing me", {"fever": False, "back_pain": True}),
    ("I don't have back pain, it's my leg that hurts", {"back_pain": False, "leg_pain": True}),
    ("my back hurts, no fever, no weight loss", {"back_pain": True, "fever": False, "weight_loss": False}),
    ("Chest pain: no", {"chest_pain": False}),
    ("Fever? No. Weight loss: yes", {"fever": False, "weight_loss": True}),
    # denying a part does not deny the whole
    ("I am not short of breath", {}),
    ("no slurred speech", {}),
    ("no foot drop", {}),
    # a negative word may say that something is wrong
    ("I've not been able to pee since last night", {"bladder_change_new": True}),
    ("I cant wee", {"bladder_change_new": True}),
    ("can't feel when I pee", {"bladder_change_new": True}),
    ("I don't feel when I pee", {"bladder_change_new": True}),
    ("I can't feel the toilet paper when I wipe", {"saddle_numbness": True}),
    ("no feeling between my legs", {"saddle_numbness": True}),
    ("the pain is not going away and my foot has gone numb", {"leg_numb_patch": True}),
    ("I've never had such bad back pain", BACK),
    # others
    ("My mother has cancer", {}),
    ("My son has a fever and a stiff neck", {}),
    ("She is 70 and has osteoporosis, her back hurts", {}),
    ("we have a family history of cancer", {}),
    ("Someone at work has MS", {}),
    ("My wife is pregnant and I have back pain", BACK),
    ("mum says I have a temperature", {"fever": True}),
    ("My brother has ankylosing spondylitis", {"family_spondyloarthritis": True}),
    ("I hurt my back picking up my daughter", {"back_pain": True, "onset_trigger": "lifting"}),
    # past
    ("I used to get cramps in my left calf", {}),
    ("I had chest pain years ago", {}),
    ("no longer have chest pain", {}),
    ("I had cancer 10 years ago", {"cancer_ever": True}),
    ("My back pain started 3 years ago", {"back_pain": True, "pain_duration_days": 1095}),
    # doubt
    ("I'm not sure if I have a fever", {}),
    ("Could it be cancer?", {}),
    ("i am worried about cancer", {}),
    ("Is it normal that my leg is numb?", {}),
    # numbers
    ("I've had back pain for 3 days", {"back_pain": True, "pain_duration_days": 3}),
    ("back pain since yesterday", {"back_pain": True, "pain_duration_days": 1}),
    ("Had this for a couple of weeks, about 6/10", {"pain_duration_days": 14, "pain_severity": 6}),
    ("back pain, eight out of ten", {"back_pain": True, "pain_severity": 8}),
    ("I have been smoking for 20 years and my back hurts", {"smoker": True, "back_pain": True}),
    ("Pain is 12 out of 10", {}),
    ("it is 1 out of 10 people", {}),
    ("I'm 42", {"age": 42}),
    ("I am 200 years old", {}),
    ("I'm 28 weeks pregnant", {"pregnant": True, "pregnancy_weeks": 28}),
    ("I'm a 34 year old woman", {"age": 34, "sex": "female"}),
    ("I'm a man and I'm pregnant", {"sex": "male"}),
    ("temperature of 38.5 since yesterday", {"body_temperature": 38.5, "fever": True}),
    # places and sides
    ("my left lower back hurts", BACK | site("lower_back_left")),
    ("my lower back hurts", BACK | site("lower_back_middle")),
    ("pain between my shoulder blades", BACK | site("upper_back_middle")),
    ("right across my lower back", site("lower_back_left", "lower_back_middle", "lower_back_right")),
    ("pain in my left hip and right shoulder", {"joint_pain": True} | site("hip_left", "shoulder_right")),
    ("both shoulders ache", site("shoulder_left", "shoulder_right")),
    ("my bottom hurts on the right", {"buttock_pain": True} | site("buttock_right")),
    ("I had an operation on my left knee and left foot", {}),
    ("no pain in my left shoulder", {}),
    # choices
    ("it came on suddenly and is getting worse", {"onset": "sudden", "symptom_course": "worsening"}),
    ("it is not getting better", {}),
    # misspelt
    ("siatica down my leg", {"leg_pain": True}),
    ("my back siezed up", BACK),
    ("numness down there", {"saddle_numbness": True}),
    ("I have diabetis and osteoperosis", {"diabetes": True, "osteoporosis": True}),
    # who it is
    ("45-year-old man, my back seized up", {"age": 45, "sex": "male", **BACK}),
    ("I am 45, female", {"age": 45, "sex": "female"}),
    ("45 year old woman. My back seized up", {"age": 45, "sex": "female", **BACK}),
    ("I'm a 34 y/o bloke", {"age": 34, "sex": "male"}),
    ("My 45 year old brother has back pain", {}),
    ("My father is a 70 year old man with back pain", {}),
    # copied with its tags
    ("<b>fever</b>", {"fever": True}),
    ("<numb>down there", {"saddle_numbness": True}),
    # nothing, and what only looks like something
    ("", {}),
    ("   \n\n ", {}),
    ("hello", {}),
    ("my back is fine", {}),
    ("I can walk fine", {}),
    ("I lost my job", {}),
    ("I can't stand the pain", {}),
    ("I can't stand up straight", {}),
    ("I need to lose weight", {}),
    ("I feel sick of all this", {}),
    ("😀 my back 😀", {}),
]


@pytest.mark.parametrize(("text", "said"), SAID)
def test_what_a_sentence_says(text: str, said: dict[str, Answer]) -> None:
    assert read(text) == said


MIXED = (
    "I'm 42 and lifted a box 3 days ago. My lower back went into spasm, 8 out of 10 and getting worse. "
    "No fever, no numbness down there. My dad had cancer. I used to get migraines. Cant pee since this morning."
)


def test_a_mixed_story() -> None:
    assert read(MIXED) == {
        "age": 42,
        "onset_trigger": "lifting",
        "back_pain": True,
        "pain_site": ("lower_back_middle",),
        "pain_severity": 8,
        "symptom_course": "worsening",
        "fever": False,
        "saddle_numbness": False,
        "bladder_change_new": True,
    }


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("no fever", "fever"),
        ("I'm not sure if my bottom is numb", "saddle_numbness"),
        ("I had chest pain years ago", "chest_pain"),
        ("he can't pee", "bladder_change_new"),
        ("Is this cancer?", "cancer_ever"),
        ("no foot drop", "leg_weakness_severe"),
        ("something with my bladder", "bladder_change_new"),
        ("my leg is weak", "leg_weakness_severe"),
    ],
)
def test_danger_words_lead_to_their_question_whatever_is_said_of_them(text: str, finding: str) -> None:
    assert finding in propose(text, KNOWLEDGE).danger


def test_only_danger_questions_are_danger() -> None:
    asked = {f for screen in KNOWLEDGE.screens if screen.stage == "danger" for f in screen.findings}
    assert set(propose(MIXED, KNOWLEDGE).danger) <= asked
    assert propose("psoriasis and back pain", KNOWLEDGE).danger == {}


def test_danger_words_come_with_the_words_they_are_in_the_order_of_asking() -> None:
    text = "No fever.\nMy dad had cancer. I cant pee\nand fever scares me."
    danger = propose(text, KNOWLEDGE).danger
    assert [(finding, [one.text for one in words]) for finding, words in danger.items()] == [
        ("bladder_change_new", ["cant pee"]),
        ("fever", ["fever", "fever"]),
        ("cancer_ever", ["cancer"]),
    ]
    assert [text[one.start : one.end] for one in danger["bladder_change_new"]] == ["cant pee"]


def test_a_relative_is_meant_when_somebody_writes_on_their_behalf() -> None:
    text = "My mum is in agony with her lower back. She is 70 and has osteoporosis. No fever."
    assert read(text) == {"fever": False}
    about = read(text, for_another=True)
    assert about["osteoporosis"] is True
    assert about["age"] == 70
    assert propose("My son has a fever", KNOWLEDGE).about_another
    assert propose("My mum is 70, her back hurts and she cant pee", KNOWLEDGE).about_another
    assert not propose("I am a mum and my back hurts", KNOWLEDGE).about_another
    assert not propose("My son has a fever and I have back pain", KNOWLEDGE).about_another


def test_a_place_without_its_side_is_not_guessed() -> None:
    found = propose("my calf hurts", KNOWLEDGE)
    assert "pain_site" not in {one.finding for one in found.proposals}
    assert [(region, words[0].text) for region, words in found.unsided.items()] == [("calf", "calf")]


def test_two_answers_to_one_question_are_none() -> None:
    assert "fever" not in read("I have a fever. I have no fever.")
    assert "pain_duration_days" not in read("back pain for 3 days. back pain for 2 weeks.")


def test_each_proposal_shows_the_words_it_came_from() -> None:
    for one in propose(MIXED, KNOWLEDGE).proposals:
        for words in one.words:
            assert MIXED[words.start : words.end] == words.text
    (back,) = propose("Oh, my back is really sore!", KNOWLEDGE).proposals
    assert [words.text for words in back.words] == ["back is really sore"]


def test_words_that_overlap_are_quoted_once() -> None:
    told = propose("I cant pee since this morning", KNOWLEDGE).danger["bladder_change_new"]
    assert [one.text for one in told] == ["cant pee since"]


def test_every_proposal_is_an_answer_its_finding_accepts() -> None:
    for text, _ in SAID:
        for one in propose(text, KNOWLEDGE).proposals:
            assert KNOWLEDGE.answer_kind_fits(one.finding, one.value)


def test_a_text_of_ten_megabytes_is_cut_and_says_so() -> None:
    text = "My back hurts. " + "x y " * 2_500_000
    found = propose(text, KNOWLEDGE)
    assert found.truncated
    assert all(words.end <= LONGEST_TEXT for one in found.proposals for words in one.words)
    assert not propose("a " * (LONGEST_TEXT // 2), KNOWLEDGE).truncated


@pytest.mark.parametrize(
    "text",
    [
        "\u202eno fever\u202c",
        "fever\x00\x01\x07",
        "<script>alert(1)</script> back pain",
        "{{ 7*7 }} {% back pain %}",
        "🧑‍⚕️" * 400,
        "((((" * 1200,
        "a" * 5000,
        "'" * 3000,
        "no " * 1500 + "fever",
        "back pain " * 500,
        "\ud800 back pain",
        "ظهري يؤلمني",
        "http://" + "a." * 2000,
        "\n" * 4000,
        "9" * 4000 + " days",
        "back pain for 9999 weeks",
    ],
)
def test_hostile_text_is_harmless(text: str) -> None:
    found = propose(text, KNOWLEDGE)
    for one in found.proposals:
        for words in one.words:
            assert all(c.isprintable() for c in words.text)


@pytest.mark.parametrize("noise", ["'" * 63, "=" * 300, "http://a." + "b" * 200 + "/"])
def test_words_beside_a_long_unbroken_string_are_still_read(noise: str) -> None:
    (fever,) = propose(f"{noise} I have a fever {noise}", KNOWLEDGE).proposals
    assert (fever.finding, fever.value) == ("fever", True)
    assert [words.text for words in fever.words] == ["fever"]


def test_an_age_after_empty_lines_is_read() -> None:
    found = propose("My back hurts.\n\n \n45 year old man", KNOWLEDGE)
    assert {one.finding: one.value for one in found.proposals}["age"] == 45


def test_noise_never_fails() -> None:
    chance = random.Random(7)
    words = ["no", "not", "my", "mum", "he", "I", "don't", "can't", "?", "!", ",", ":", "-", "and", "but", "3", "days"]
    words += ["ago", "left", "right", "8/10", "since", "\u202e", "😀", "\n"]
    words += ["back", "pain", "fever", "numb", "down there", "pee", "calf", "years ago", "pregnant", "weeks", "cancer"]
    for _ in range(300):
        found = propose(" ".join(chance.choices(words, k=chance.randint(1, 30))), KNOWLEDGE)
        assert isinstance(found, Intake)
        assert len({one.finding for one in found.proposals}) == len(found.proposals)


def test_the_same_text_always_gives_the_same() -> None:
    assert propose(MIXED, KNOWLEDGE) == propose(MIXED, KNOWLEDGE)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KnowledgeError, match='no lexicon for the language "xx"'):
        propose("fever", KNOWLEDGE, locale="xx")


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = "import sys, unclench.intake; print(sorted({'spacy', 'negspacy', 'yaml', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
