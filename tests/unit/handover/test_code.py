"""The code that carries the answers: nothing lost, no damage unseen, whatever it was made with."""

from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from unclench.errors import CaseError
from unclench.handover import code
from unclench.handover.code import MOST_CHARACTERS, CodeError, decode, encode, open_code, qr_svg
from unclench.knowledge import Knowledge
from unclench.logic import Answer
from unclench.reasoning import Case
from unclench.reasoning.simulation import interview

KNOWLEDGE = Knowledge.load()
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:"


def a_case(**findings: Answer | list[str]) -> Case:
    return Case.from_data({"age": 42, "sex": "female", "findings": findings}, KNOWLEDGE)


def an_interview() -> Case:
    """A whole ordinary interview: back pain after lifting, everything else answered no."""
    data = {
        "age": 42,
        "sex": "female",
        "setting": "community",
        "findings": {
            "pain_site": ["lower_back_left", "lower_back_right"],
            "onset_trigger": "lifting",
            "pain_duration_days": 2,
            "pain_severity": 6,
        },
    }
    return interview(KNOWLEDGE, Case.from_data(data, KNOWLEDGE), unstated="no").result.case


@given(strategies.cases(KNOWLEDGE, [*KNOWLEDGE.findings]))
def test_every_case_comes_back_as_it_was(answers: dict[str, Answer]) -> None:
    case = Case("never carried", answers)
    read = decode(encode(case, KNOWLEDGE), KNOWLEDGE)
    assert read.answers == answers
    assert {f: type(a) for f, a in read.answers.items()} == {f: type(a) for f, a in answers.items()}
    assert read.id is None


@given(strategies.cases(KNOWLEDGE), st.randoms())
def test_the_order_in_which_answers_were_given_leaves_no_trace(answers: dict[str, Answer], rng: random.Random) -> None:
    shuffled = list(answers.items())
    rng.shuffle(shuffled)
    assert encode(Case(None, dict(shuffled)), KNOWLEDGE) == encode(Case(None, answers), KNOWLEDGE)


def test_every_single_changed_character_is_seen() -> None:
    text = encode(a_case(fever=False, pain_severity=6), KNOWLEDGE)
    for place, right in enumerate(text):
        for wrong in ALPHABET.replace(right, "") + "é\x00=ıſ":
            with pytest.raises(CaseError):
                decode(text[:place] + wrong + text[place + 1 :], KNOWLEDGE)


@given(strategies.cases(KNOWLEDGE), st.data())
def test_a_character_changed_dropped_doubled_or_swapped_is_seen(
    answers: dict[str, Answer], data: st.DataObject
) -> None:
    text = encode(Case(None, answers), KNOWLEDGE)
    place = data.draw(st.integers(0, len(text) - 2))
    wrong = data.draw(st.sampled_from(ALPHABET))
    rest = text[place + 1 :]
    damaged = {
        text[:place] + wrong + rest,
        text[:place] + rest,
        text[:place] + text[place] + text[place] + rest,
        text[:place] + rest[0] + text[place] + rest[1:],
    }
    for one in damaged - {text}:
        with pytest.raises(CaseError):
            decode(one, KNOWLEDGE)


@settings(max_examples=20)
@given(strategies.cases(KNOWLEDGE))
def test_a_code_cut_short_is_seen_wherever_it_ends(answers: dict[str, Answer]) -> None:
    text = encode(Case(None, answers), KNOWLEDGE)
    for end in range(len(text)):
        with pytest.raises(CaseError):
            decode(text[:end], KNOWLEDGE)


@given(st.text(max_size=80), st.booleans())
def test_no_text_does_worse_than_a_plain_refusal(text: str, headed: bool) -> None:
    with pytest.raises(CaseError):
        decode("UNCLENCH2:" * headed + text, KNOWLEDGE)


@given(
    st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text()
            | st.sampled_from([*KNOWLEDGE.findings]),
            lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text() | st.just("age"), inner, max_size=4),
        ).map(lambda made: json.dumps(["p", "", "", "", made]).encode()),
        st.lists(st.text(), min_size=5, max_size=5).map(lambda made: json.dumps(made).encode()),
    )
)
def test_a_crafted_body_with_a_right_check_sum_is_read_or_refused(body: bytes) -> None:
    try:
        read = open_code(crafted(body), KNOWLEDGE)
    except CaseError:
        return
    assert isinstance(read.case, Case)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 20_000,
        b'["p","","","",{"age":' + b"9" * 10_000 + b"}]",
        b'["p","fever","fever","",{}]',
        b'["p","","","",{"age":true}]',
        b'["p","","","",{"age":null}]',
        b'["p","","","",{"age":{}}]',
        b'["p","","","",{"pain_site":[["neck"]]}]',
        b'[1,"","","",{}]',
        b'["\\u001b[31m","","","",{}]',
        b'["p","fever \\u202egnp","","",{}]',
        b'["p","<b>","","",{}]',
        b'["p","","",{}]',
    ],
)
def test_a_body_that_encode_never_writes_is_refused_in_plain_words(body: bytes) -> None:
    with pytest.raises(CaseError, match="was not made by Unclench"):
        open_code(crafted(body), KNOWLEDGE)


def test_a_code_that_unfolds_without_end_is_refused() -> None:
    with pytest.raises(CaseError, match="damaged or cut short"):
        open_code(crafted(b"[" + b" " * 100_000 + b"]"), KNOWLEDGE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not an Unclench code"),
        ("https://example.org/", "is not an Unclench code"),
        ("unclench2:aaaa", "damaged or cut short"),
        ("ſUNCLENCH2:AAAA", "is not an Unclench code"),
        ("UNCLENCH999:AAAA", "has version 999. Versions up to 2 can be read here. Update Unclench"),
        ("UNCLENCH01:AAAA", "has version 01"),
        ("UNCLENCH2:", "damaged or cut short"),
        ("UNCLENCH2:AAAA", "damaged or cut short"),
        ("UNCLENCH2:" + "A" * MOST_CHARACTERS, "too long"),
        (" " * 10_000_000, "too long"),
    ],
)
def test_each_fault_is_named_with_its_mend(text: str, says: str) -> None:
    with pytest.raises(CaseError, match=re.escape(says)):
        decode(text, KNOWLEDGE)


@pytest.mark.parametrize(
    ("typed", "group", "letter", "shown"),
    [("0", 2, 1, "0"), ("AAAAAAAAA8", 2, 10, "8"), ("AAAAAAAAAAé", 3, 1, "é"), ("AA AA\n!", 2, 5, "!")],
)
def test_a_letter_that_no_code_has_is_shown_and_placed_by_its_group_of_ten(
    typed: str, group: int, letter: int, shown: str
) -> None:
    with pytest.raises(CodeError) as caught:
        open_code("UNCLENCH2:" + typed, KNOWLEDGE)
    assert str(caught.value) == (
        f"letter {letter} in group {group} of this code, counting ten letters to a group, is “{shown}”. "
        "After the colon there are only A to Z and 2 to 7. Look for O in place of 0, I or L in place of 1, B in place "
        "of 8."
    )
    assert caught.value.values == {"letter": letter, "group": group, "shown": shown}


@settings(max_examples=40)
@given(strategies.cases(KNOWLEDGE), st.data())
def test_one_wrong_letter_is_found_and_placed(answers: dict[str, Answer], data: st.DataObject) -> None:
    text = encode(Case(None, answers), KNOWLEDGE)
    place = data.draw(st.integers(10, len(text) - 2))  # some bits of the last letter carry nothing
    wrong = data.draw(st.sampled_from(ALPHABET[:26].replace(text[place], "")))
    with pytest.raises(CodeError, match="looks wrong") as caught:
        open_code(text[:place] + wrong + text[place + 1 :], KNOWLEDGE)
    assert caught.value.values == {"group": place // 10 + 1, "letter": place % 10 + 1}


@given(strategies.cases(KNOWLEDGE), st.data())
def test_what_cannot_be_placed_is_not_guessed(answers: dict[str, Answer], data: st.DataObject) -> None:
    text = encode(Case(None, answers), KNOWLEDGE)
    place = data.draw(st.integers(10, len(text) - 2))
    with pytest.raises(CodeError, match="damaged or cut short"):
        open_code(text[:place] + text[place + 1 :], KNOWLEDGE)


def test_the_longest_text_is_refused() -> None:
    with pytest.raises(CodeError, match="damaged or cut short"):
        open_code("UNCLENCH2:" + "B" * (MOST_CHARACTERS - 10), KNOWLEDGE)


def test_small_letters_are_read_as_capitals() -> None:
    text = encode(an_interview(), KNOWLEDGE)
    assert decode(text.lower(), KNOWLEDGE) == decode(text, KNOWLEDGE)


def test_every_message_has_the_pattern_that_a_language_translates() -> None:
    for text in ("", "UNCLENCH999:A", "UNCLENCH2:", "UNCLENCH2:0", "UNCLENCH2:AAAA", "A" * 9_000):
        with pytest.raises(CodeError) as caught:
            open_code(text, KNOWLEDGE)
        said = caught.value.pattern.format(**caught.value.values)
        assert said[0].isupper()
        assert str(caught.value) == said[0].lower() + said[1:]


def test_reading_a_code_needs_no_library_that_draws() -> None:
    program = "import sys, unclench.handover.code; print('segno' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_spaces_and_line_breaks_do_not_matter() -> None:
    text = encode(an_interview(), KNOWLEDGE)
    pasted = "  " + "\r\n".join(text[start : start + 40] for start in range(0, len(text), 40)) + "\n"
    assert decode(pasted, KNOWLEDGE) == decode(text, KNOWLEDGE)


def test_a_pack_of_other_order_reads_the_same_answers() -> None:
    case = an_interview()
    other = repacked(lambda data: data["findings"].sort(key=lambda one: (one["id"] != "age", one["id"] != "sex")))
    opened = open_code(encode(case, KNOWLEDGE), other)
    assert opened.case.answers == case.answers
    assert opened.pack == KNOWLEDGE.hash[7:15]
    assert not opened.same_pack
    assert not opened.unread


def test_what_another_pack_does_not_know_is_named_and_the_rest_is_read() -> None:
    case = a_case(fever=True, pain_site=["neck", "calf_left"], pain_severity=9)
    text = encode(case, repacked(lambda data: None))

    def forget(data: dict[str, Any]) -> None:
        for one in data["findings"]:
            if one["id"] == "pain_site":
                one["choices"].remove("neck")
            if one["id"] == "pain_severity":
                one["id"] = "pain_severity_now"

    other = repacked(forget)
    opened = open_code(text, other)
    assert opened.unread == {"pain_severity": 9, "pain_site": ("calf_left", "neck")}
    assert opened.case.answers == {"age": 42, "sex": "female", "fever": True}
    with pytest.raises(CaseError, match="pain_severity=9, pain_site="):
        decode(text, other)


def test_a_finding_newer_than_the_word_list_travels_in_full() -> None:
    def add(data: dict[str, Any]) -> None:
        fever = next(one for one in data["findings"] if one["id"] == "fever")
        data["findings"].append({**fever, "id": "quite_new_finding", "only_if": None, "follows_from": None})

    newer = repacked(add)
    case = Case(None, {"age": 42, "quite_new_finding": True, "fever": False})
    assert decode(encode(case, newer), newer).answers == case.answers
    with pytest.raises(CaseError, match="quite_new_finding=True"):
        decode(encode(case, newer), KNOWLEDGE)


def test_answers_that_cannot_hold_together_are_refused() -> None:
    with pytest.raises(CaseError, match="cannot be True together with sex='male'"):
        decode(crafted(b'["p","pregnant","","",{"sex":"male"}]'), KNOWLEDGE)


def test_more_than_a_qr_code_holds_is_refused() -> None:
    rng = random.Random(7)
    many = {f"{rng.getrandbits(128):x}": True for _ in range(150)}
    with pytest.raises(CaseError, match="a QR code holds 3391"):
        encode(Case(None, dict(many)), KNOWLEDGE)


FIRST_RELEASE = (
    "UNCLENCH1:PG354F4LKZFDHMSMGZFTHNSQ2JISURQ5IUAIVAB32BABVI6JVSSFHLIEVRNJLLGMBWA7UURLSSWJIQAWAKK4E63CJJ"
    "LNCSTIWGVRIC4TQ6LLGSSWC223CAA"
)
ON_PAPER = {
    "age": 71,
    "sex": "male",
    "fever": False,
    "saddle_numbness": True,
    "pain_severity": 8,
    "pain_site": ("lower_back_left",),
    "leg_weakness_mild": "unsure",
}


@pytest.mark.parametrize(
    ("version", "digest"),
    [
        (1, "b540661990fd0bafe77017105ea844835e20748b2190fc0926f11f91fa5fb25a"),
        (2, "636deeddbf977fd3b5fc6e07f7c323b6e48baf47a1bf8a533919328246bd5849"),
    ],
)
def test_the_word_list_of_each_version_is_frozen(version: int, digest: str) -> None:
    # Codes are on paper: a changed list makes every one of them unreadable. New words go into a new version.
    words = Path(code.__file__).with_name(f"words_{version}.txt").read_bytes()
    assert hashlib.sha256(words).hexdigest() == digest


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (FIRST_RELEASE, ON_PAPER),
        (
            "UNCLENCH2:M4RADTMLKZFDKMZTG42DJMSU2JISURQ3JJDGVJYDMUQSHKUQLYFJBCZZSSBFE5JK5FKCWAJLGASSW42DUDA2"
            "SFKKKZFCAFYBGXBMP24UVSRJLUFCL4URMJQPVWMZLLBMNJRQC",
            {**ON_PAPER, "takes_nsaid": True, "asthma": False, "minutes_a_day": "unsure"},
        ),
    ],
)
def test_a_code_on_paper_is_read_for_ever(text: str, answers: dict[str, Answer]) -> None:
    assert decode(text, KNOWLEDGE).answers == answers


def test_damage_to_a_code_of_version_1_is_seen_and_placed() -> None:
    for place in range(10, len(FIRST_RELEASE) - 1):
        wrong = "A" if FIRST_RELEASE[place] != "A" else "B"
        with pytest.raises(CodeError, match="looks wrong") as caught:
            decode(FIRST_RELEASE[:place] + wrong + FIRST_RELEASE[place + 1 :], KNOWLEDGE)
        assert caught.value.values == {"group": place // 10 + 1, "letter": place % 10 + 1}


def test_a_code_is_not_read_with_the_words_of_another_version() -> None:
    with pytest.raises(CodeError):
        decode(FIRST_RELEASE.replace("UNCLENCH1:", "UNCLENCH2:"), KNOWLEDGE)


def test_a_whole_interview_fits_a_code_that_a_phone_reads_from_paper() -> None:
    case = an_interview()
    assert len(case.answers) >= 50
    made = segno.make(encode(case, KNOWLEDGE), error="M", micro=False, boost_error=False)
    assert isinstance(made.version, int)
    assert made.version <= 12
    assert made.mode == "alphanumeric"


@settings(max_examples=30)
@given(strategies.cases(KNOWLEDGE, [*KNOWLEDGE.findings]))
def test_any_case_fits_version_25(answers: dict[str, Answer]) -> None:
    made = segno.make(encode(Case(None, answers), KNOWLEDGE), error="M", micro=False, boost_error=False)
    assert isinstance(made.version, int)
    assert made.version <= 25


def test_the_drawing_has_a_name_and_neither_style_nor_script() -> None:
    drawn = qr_svg("UNCLENCH2:AAAA", title='A "code" & <b>', desc="Your answers", name="here")
    root = ET.fromstring(drawn)
    svg = "{http://www.w3.org/2000/svg}"
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "here-title"
    assert root.attrib["aria-describedby"] == "here-desc"
    assert root.findtext(f"{svg}title[@id='here-title']") == 'A "code" & <b>'
    assert root.findtext(f"{svg}desc[@id='here-desc']") == "Your answers"
    assert "style" not in drawn
    assert "script" not in drawn
    assert " on" not in drawn


def test_the_drawing_shows_what_segno_made() -> None:
    text = encode(a_case(fever=True), KNOWLEDGE)
    made = segno.make(text, error="M", micro=False, boost_error=False)
    path = ET.fromstring(qr_svg(text, title="t", desc="d"))[-1].attrib["d"]
    dark = {
        (int(row), column)
        for start, row, width in re.findall(r"M(\d+) (\d+)h(\d+)v1H\1z", path)
        for column in range(int(start), int(start) + int(width))
    }
    expected = {(y, x) for y, row in enumerate(made.matrix_iter(border=4)) for x, on in enumerate(row) if on}
    assert dark == expected


def crafted(body: bytes) -> str:
    """Seal any body as `encode` would, as somebody hostile could."""
    return "UNCLENCH2:" + code._sealed(code._deflated(body))


def repacked(change: Any) -> Knowledge:
    """Return the pack as another edition of it would be."""
    data = json.loads(json.dumps(KNOWLEDGE.data))
    change(data)
    return Knowledge(json.dumps(data))


def test_the_check_sum_is_over_what_is_carried() -> None:
    assert zlib.crc32(b"123456789") == 0xCBF43926  # the CRC-32 whose burst detection `_unsealed` rests on
