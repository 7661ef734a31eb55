"""`unclench check` as a person meets it: in a real terminal, with every key they may press."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

import pytest

from shells.cli.running import COMMAND, Ran, Terminal, number_of, unclench
from unclench import Knowledge
from unclench.cli.main import main
from unclench.knowledge import Finding

ADVICE = "\n" + "=" * 72 + "\n"


@cache
def knowledge() -> Knowledge:
    return Knowledge.load()


def heading(disposition: str) -> str:
    return knowledge().words("dispositions", disposition, "heading")


def flat(text: str) -> str:
    """Return text as it was before it was broken into lines."""
    return " ".join(text.split())


def title(screen: str) -> str:
    return knowledge().words("screens", screen, "title")


def advice(shown: str) -> str:
    assert ADVICE in shown
    return shown.partition(ADVICE)[2].strip()


# Whoever sits before the terminal: knows a case, reads what is shown, and types.


def reply(shown: str, case: dict[str, Any]) -> str:
    """Return what somebody who knows `case`, and nothing else that is wrong, types at this question."""
    known = {key: value for key, value in case.items() if key != "findings"} | case["findings"]
    question = flat(shown[shown.rindex("\n\n") if "\n\n" in shown else 0 :])
    for screen in knowledge().screens:
        if f". {screen_words(screen.id, 'title')} {screen_words(screen.id, 'intro')}" in question:
            return ticks(question, [name for name in screen.findings if known.get(name) is True])
    for finding in knowledge().findings.values():
        if f". {flat(knowledge().words('findings', finding.id, 'question'))}" in question:
            return single(finding, known)
    raise AssertionError(f"no known question: {question}")


def screen_words(screen: str, field: str) -> str:
    return flat(knowledge().words("screens", screen, field))


def ticks(question: str, present: list[str]) -> str:
    places = []
    for name in present:
        before, found, _ = question.partition(f") {flat(knowledge().words('findings', name, 'line'))}")
        if found:
            places.append(before.rsplit(maxsplit=1)[-1])
    return ",".join(places) or "0"


def single(finding: Finding, known: dict[str, Any]) -> str:
    value = known.get(finding.id, finding.none)
    match finding.kind:
        case "boolean":
            return "1" if value is True else "2"
        case "regions":
            return ",".join(str(finding.choices.index(one) + 1) for one in value) if value else "?"
        case "choice":
            return str(finding.choices.index(value) + 1) if value else "?"
        case "number":
            return "?" if value is None else str(value)


SORE = {
    "age": 34,
    "sex": "male",
    "findings": {
        "back_pain": True,
        "pain_site": ["lower_back_left", "lower_back_right"],
        "pain_duration_days": 3,
        "pain_severity": 6,
        "onset_trigger": "lifting",
        "mechanical_pattern": True,
    },
}
OLDER = {
    "age": 71,
    "sex": "female",
    "findings": {
        "back_pain": True,
        "cancer_ever": True,
        "pain_duration_days": 30,
        "weight_loss": True,
        "night_pain": True,
    },
}
CRAMPED = {"age": 58, "sex": "female", "findings": {"muscle_cramp": True, "cramps_at_night": True, "diabetes": True}}
CHILD = {"age": 9, "sex": "male", "findings": {"back_pain": True, "pain_duration_days": 2}}


@pytest.mark.parametrize("case", [SORE, OLDER, CRAMPED, CHILD], ids=["sore", "older", "cramped", "child"])
def test_the_whole_journey_ends_in_the_advice_the_simulation_gives(case: dict[str, Any]) -> None:
    expected = unclench("simulate", "-", "--unstated", "no", stdin=json.dumps(case)).json
    with Terminal("check") as terminal:
        shown = terminal.prompt()
        while ADVICE not in shown:
            last = number_of(shown)
            shown = terminal.answer(reply(shown, case))
        assert terminal.end() == 0
    assert last == expected["questions"]
    said = advice(shown)
    assert said.splitlines()[0] == heading(expected["disposition"]).upper()
    for part in ("WHY", "WHAT IT COULD BE", "WATCH FOR"):
        assert part in said
    assert flat(knowledge().words("messages", "kept", "because")) in flat(said)
    if expected["disposition"] == "self_care":
        assert "WHAT WOULD CHANGE THIS ADVICE" in said


def test_the_first_screen_asks_about_danger_and_says_how_to_answer() -> None:
    with Terminal("check") as terminal:
        shown = terminal.prompt()
    assert "call your emergency number now" in flat(shown).lower()
    assert f"1. {title('nerves')}" in shown
    assert "0) " in shown
    for key in ("? = not sure", "s = skip", "b = back", "w = why", "h = help", "q = quit"):
        assert key in flat(shown)


def test_an_emergency_stops_the_questions_at_once() -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        shown = terminal.answer("1")
        assert terminal.end() == 0
    assert advice(shown).startswith(heading("emergency").upper())
    assert "WHAT IT COULD BE" not in shown
    assert "\n2. " not in terminal.shown


def test_several_lines_can_be_ticked_and_some_left_not_sure() -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        shown = terminal.answer("1, 2 3?")
        assert terminal.end() == 0
    said, label = flat(advice(shown)), knowledge().words
    assert f"(you said: {label('findings', 'saddle_numbness', 'label')})" in said
    assert f"(you said: {label('findings', 'bladder_change_new', 'label')})" in said
    assert f"(you said: {label('findings', 'bowel_change_new', 'label')})" not in said


def test_back_returns_to_the_question_before_and_its_answer_can_be_changed() -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        assert f"2. {title('chest_belly')}" in terminal.answer("0")
        assert f"1. {title('nerves')}" in terminal.answer("b")
        assert advice(terminal.answer("1")).startswith(heading("emergency").upper())


def test_back_goes_on_to_the_very_first_question() -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        terminal.answer("0")
        assert f"3. {title('whole_body')}" in terminal.answer("0")
        assert f"2. {title('chest_belly')}" in terminal.answer("b")
        assert f"1. {title('nerves')}" in terminal.answer("b")


def test_back_at_the_first_question_stays_there() -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        shown = terminal.answer("back")
    assert "This is the first question." in shown
    assert f"1. {title('nerves')}" in shown


def test_back_from_sex_asks_for_the_age_again() -> None:
    with Terminal("check") as terminal:
        shown = terminal.prompt()
        while "How old are you?" not in shown:
            shown = terminal.answer("0")
        assert "What sex" in terminal.answer("43")
        assert "How old are you?" in terminal.answer("b")
        assert title("whole_body") in terminal.answer("b")


@pytest.mark.parametrize("typed", ["?", "s", "skip", "not sure", "unsure"])
def test_not_sure_and_skip_go_on_and_are_never_no(typed: str) -> None:
    with Terminal("check") as terminal:
        shown = terminal.prompt()
        assert f"2. {title('chest_belly')}" in terminal.answer(typed)
        shown = terminal.answer("q")
        assert terminal.end() == 0
    said = advice(shown)
    assert heading("self_care").upper() not in said
    assert "Not settled yet" in said or said.startswith(heading("emergency").upper())


def test_one_screen_skipped_is_not_a_screen_denied() -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        shown = terminal.answer("s")
        while ADVICE not in shown:
            shown = terminal.answer(reply(shown, SORE))
    assert advice(shown).splitlines()[0] in (heading("same_day").upper(), heading("emergency").upper())


@pytest.mark.parametrize("typed", ["w", "why", "h", "help", "W"])
def test_why_says_what_an_answer_could_change_and_asks_again(typed: str) -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        shown = terminal.answer(typed)
        assert screen_words("nerves", "why") in flat(shown)
        assert f"at most to: {heading('emergency')}" in flat(shown)
        assert "b = back" in flat(shown)
        assert f"2. {title('chest_belly')}" in terminal.answer("0")


def test_why_at_a_single_question_explains_that_question() -> None:
    with Terminal("check") as terminal:
        shown = terminal.prompt()
        while "How old are you?" not in shown:
            shown = terminal.answer("0")
        shown = terminal.answer("w")
        assert flat(
            knowledge().words("findings", "age", "why") or knowledge().words("findings", "age", "help")
        ) in flat(shown)
        assert "What sex" in terminal.answer("43")


@pytest.mark.parametrize("typed", ["q", "quit", "Q"])
def test_quitting_gives_what_can_be_said_so_far(typed: str) -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        terminal.answer("0")
        shown = terminal.answer(typed)
        assert terminal.end() == 0
    assert "Stopped before the end. This is what can be said so far." in shown
    assert advice(shown).startswith(heading("same_day").upper())


def test_the_end_of_input_is_a_quit() -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        terminal.send(b"\x04")
        shown = terminal.prompt()
        assert terminal.end() == 0
    assert "Stopped before the end." in shown
    assert advice(shown).startswith(heading("same_day").upper())


def test_an_interrupt_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    assert main(["check"]) == 130
    assert capsys.readouterr().err == "\nunclench: stopped. Nothing was kept.\n"


WRONG = ["9", "-1", "1,99", "0 1", "1 2 x", "abc", "", "   ", "²", "१", "1.5", "yes", "9" * 500, "x" * 900, "1??"]


@pytest.mark.parametrize("typed", WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_to_a_screen_is_named_and_asked_again(typed: str) -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        shown = terminal.answer(typed)
        assert "is none of these. Type 0 for none, or numbers from 1 to 8." in flat(shown)
        assert f"2. {title('chest_belly')}" in terminal.answer("0")


@pytest.mark.parametrize("typed", [b"\xff\xfe\n", b"\x1b[A\n", b"\xe2\x28\xa1\n"])
def test_bytes_that_are_no_text_are_a_wrong_answer(typed: bytes) -> None:
    with Terminal("check") as terminal:
        terminal.prompt()
        terminal.send(typed)
        assert "is none of these" in terminal.prompt()
        assert f"2. {title('chest_belly')}" in terminal.answer("0")


@pytest.mark.parametrize("typed", ["400", "-1", "4.5", "forty", "nan", "inf", "1e3", "", "9" * 400])
def test_a_wrong_age_is_named_and_asked_again(typed: str) -> None:
    with Terminal("check") as terminal:
        shown = terminal.prompt()
        while "How old are you?" not in shown:
            shown = terminal.answer("0")
        shown = terminal.answer(typed)
        assert "is not from 0 to 120. Type a number, or ? if not sure." in flat(shown)
        assert "What sex" in terminal.answer("43")


def test_choices_can_be_typed_as_words() -> None:
    with Terminal("check") as terminal:
        shown = terminal.prompt()
        while "How old are you?" not in shown:
            shown = terminal.answer("none")
        assert "What sex" in terminal.answer("43")
        assert "is none of these. Type a number from 1 to 3, or ? if not sure." in flat(terminal.answer("mail"))
        assert title("trouble") in terminal.answer("Male")


def test_a_place_of_pain_must_be_one_of_those_shown() -> None:
    with Terminal("check") as terminal:
        shown = terminal.prompt()
        question = knowledge().words("findings", "pain_site", "question")
        while flat(question) not in flat(shown):
            shown = terminal.answer(reply(shown, SORE))
        for typed in ("0", "99", "1?", "left"):
            assert "is none of these" in terminal.answer(typed)
        assert "is none of these" not in terminal.answer("1,2")


def piped(*lines: str) -> Ran:
    return unclench("check", stdin="\n".join(lines))


def test_answers_can_be_piped_and_are_shown() -> None:
    ran = piped("0", "1")
    assert (ran.status, ran.err) == (0, "")
    assert "> 0\n" in ran.out
    assert advice(ran.out).startswith(heading("emergency").upper())


def test_nothing_piped_is_a_quit() -> None:
    ran = piped()
    assert (ran.status, ran.err) == (0, "")
    assert advice(ran.out).startswith(heading("same_day").upper())


def test_closed_standard_input_is_a_quit() -> None:
    ran = unclench(command=["sh", "-c", 'exec "$0" -m unclench check <&-', COMMAND[0]])
    assert (ran.status, ran.err) == (0, "")
    assert advice(ran.out).startswith(heading("same_day").upper())


@pytest.mark.parametrize("typed", ["9" * 5000, "1\x00", "\x00", "\u2028"])
def test_what_no_keyboard_types_is_a_wrong_answer(typed: str) -> None:
    ran = piped(typed, "1")
    assert (ran.status, ran.err) == (0, "")
    assert "is none of these" in flat(ran.out)


KEYS = [
    "0",
    "1",
    "2",
    "3",
    "1,2",
    "2?",
    "?",
    "s",
    "b",
    "b",
    "w",
    "h",
    "45",
    "7.5",
    "yes",
    "no",
    "junk",
    "",
    "-3",
    "male",
]


@pytest.mark.parametrize("seed", range(8))
def test_no_sequence_of_keys_leads_to_a_fault(seed: int) -> None:
    keys = random.Random(seed)
    weights = [keys.random() for _ in KEYS]
    ran = piped(*keys.choices(KEYS, weights, k=150))
    assert (ran.status, ran.err) == (0, "")
    assert ADVICE in ran.out
