"""`unclench check`: the interview in the terminal. Nothing is kept; the answers live only while it runs."""

from __future__ import annotations

import sys

from unclench.cli.terminal import as_text, wrapped
from unclench.errors import CaseError
from unclench.knowledge import Disposition, Finding, Knowledge
from unclench.logic import UNSURE, Answer
from unclench.reasoning import Case, Question, assess, next_question, triage

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

__all__ = ["run"]

_HELP = "Type the number or the answer. Also: ? = not sure, s = skip, b = back, w = why do you ask, h = help, q = quit"


class _Back(Exception):
    """The person wants to go one question back."""


class _Quit(Exception):
    """The person wants to stop."""


def run(_options: argparse.Namespace) -> int:
    """Ask until nothing is worth asking, then give advice. Status 0, also when the person stops early."""
    knowledge = Knowledge.load()
    print(wrapped(knowledge.words("messages", "start", "because")))
    print(wrapped(_HELP))
    case, history, number = Case(), list[Case](), 1
    try:
        while (question := next_question(knowledge, case)) is not None:
            try:
                given = _ask(knowledge, question, number)
            except _Back:
                if history:
                    case, number = history.pop(), number - 1
                else:
                    print("This is the first question.")
                continue
            try:
                after = case.with_answers(given, knowledge)
            except CaseError as error:
                print(f"\n{error}")
                continue
            history.append(case)
            case, number = after, number + 1
    except _Quit:
        print("\nStopped before the end. This is what can be said so far.")
    print("\n" + "=" * 72 + "\n")
    print(as_text(assess(knowledge, case)))
    if triage(knowledge, case).at_least is not Disposition.EMERGENCY:
        print("\n" + wrapped(knowledge.words("messages", "kept", "because")))
    return 0


def _ask(knowledge: Knowledge, question: Question, number: int) -> Mapping[str, Answer]:
    findings = [knowledge.findings[finding] for finding in question.findings]
    ticks = [finding for finding in findings if finding.kind == "boolean"]
    if question.is_screen and len(ticks) == len(findings):
        return _ask_screen(knowledge, question, number)
    given: dict[str, Answer] = {}
    while len(given) < len(findings):
        try:
            finding = findings[len(given)]
            given[finding.id] = _ask_one(knowledge, question, finding, number)
        except _Back:
            if not given:
                raise
            given.popitem()
    return given


def _ask_screen(knowledge: Knowledge, question: Question, number: int) -> Mapping[str, Answer]:
    screen = question.id
    words = knowledge.words
    print(f"\n{number}. {words('screens', screen, 'title')}")
    print(wrapped(words("screens", screen, "intro"), "   "))
    for place, finding in enumerate(question.findings, 1):
        print(wrapped(f"{place}) {words('findings', finding, 'line')}", "     "))
    print(f"     0) {words('screens', screen, 'none')}")
    print(wrapped("Numbers of all that fit, such as 2 or 1,3. A number with ? means not sure, such as 2?.", "   "))
    while True:
        typed = _read()
        if typed in ("w", "h"):
            _why(knowledge, question)
        elif typed in ("?", "s"):
            return dict.fromkeys(question.findings, UNSURE)
        else:
            chosen = _ticked(typed, len(question.findings))
            if chosen is not None:
                return {finding: chosen.get(place, False) for place, finding in enumerate(question.findings, 1)}
            print(
                wrapped(
                    f'"{typed}" is none of these. Type 0 for none, or numbers from 1 to {len(question.findings)}.',
                    "   ",
                )
            )


def _ticked(typed: str, count: int) -> dict[int, Answer] | None:
    parts, numbers = typed.replace(",", " ").split(), _numbers(count)
    if parts == ["0"]:
        return {}
    made: dict[int, Answer] = {}
    for part in parts:
        digits = part.removesuffix("?")
        if digits not in numbers:
            return None
        made[numbers.index(digits) + 1] = UNSURE if part.endswith("?") else True
    return made or None


def _ask_one(knowledge: Knowledge, question: Question, finding: Finding, number: int) -> Answer:
    words = knowledge.words
    print("\n" + wrapped(f"{number}. {words('findings', finding.id, 'question')}"))
    help_text = words("findings", finding.id, "help")
    values: list[tuple[str, Answer]]
    match finding.kind:
        case "boolean":
            values = [("yes", True), ("no", False)]
        case "number":
            values = []
            unit = words("findings", finding.id, "unit")
            print(f"   A number from {finding.minimum:g} to {finding.maximum:g}" + (f" ({unit})" if unit else ""))
        case _:
            values = [(knowledge.choice_words(finding.id, value), value) for value in finding.choices]
    for place, (text, _) in enumerate(values, 1):
        print(wrapped(f"{place}) {text}", "     "))
    if finding.kind == "regions":
        print("   Numbers of all that fit, such as 2 or 1,3.")
    while True:
        typed = _read()
        if typed in ("w", "h"):
            _why(knowledge, question, finding.id)
            if help_text:
                print(wrapped(help_text, "   "))
            continue
        if typed in ("?", "s"):
            return UNSURE
        answer = _understood(finding, values, typed)
        if answer is not None:
            return answer
        if finding.kind == "number":
            print(
                f'   "{typed}" is not from {finding.minimum:g} to {finding.maximum:g}. Type a number, or ? if not sure.'
            )
        else:
            print(f'   "{typed}" is none of these. Type a number from 1 to {len(values)}, or ? if not sure.')


def _understood(finding: Finding, values: list[tuple[str, Answer]], typed: str) -> Answer | None:
    if finding.kind == "number":
        try:
            number = float(typed.replace(",", "."))
        except ValueError:
            return None
        if not finding.minimum <= number <= finding.maximum or (finding.integer and number != int(number)):
            return None
        return int(number) if number == int(number) else number
    if finding.kind == "regions":
        chosen = _ticked(typed, len(values))
        if not chosen or UNSURE in chosen.values():
            return None
        return tuple(sorted(str(values[place - 1][1]) for place in chosen))
    if finding.kind == "boolean" and typed in ("y", "n"):
        return typed == "y"
    if typed in _numbers(len(values)):
        return values[int(typed) - 1][1]
    named = [value for text, value in values if typed in (text.lower(), str(value).lower())]
    return named[0] if named else None


def _numbers(count: int) -> list[str]:
    return [str(place) for place in range(1, count + 1)]


def _why(knowledge: Knowledge, question: Question, finding: str | None = None) -> None:
    words = knowledge.words
    if finding is not None:
        text = words("findings", finding, "why") or words("findings", finding, "help")
    else:
        text = words("screens", question.id, "why")
    print(wrapped(text, "   "))
    if question.could_become is not None:
        heading = words("dispositions", question.could_become.id, "heading")
        print(wrapped(f"An answer here could change the advice, at most to: {heading}", "   "))
    elif question.purpose == "cause":
        print(wrapped("It does not change how urgent this is. It helps to tell what it could be.", "   "))
    if finding is None:
        for line in question.findings:
            if help_text := words("findings", line, "help"):
                print(wrapped(f"{words('findings', line, 'line')}: {help_text}", "     "))
    print(wrapped(_HELP, "   "))


def _read() -> str:
    if sys.stdin is None:
        raise _Quit
    try:
        typed = input("> ").strip().lower()
    except EOFError:
        raise _Quit from None
    if typed in ("b", "back"):
        raise _Back
    if typed in ("q", "quit"):
        raise _Quit
    if not sys.stdin.isatty():
        print(typed)
    return {"skip": "s", "not sure": "?", "unsure": "?", "why": "w", "help": "h", "none": "0"}.get(typed, typed)
