"""`unclench open`: a code from paper becomes the case it was made from."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from shells.cli.running import ENVIRONMENT, here, unclench
from unclench.handover import code
from unclench.handover.code import encode
from unclench.knowledge import Knowledge
from unclench.reasoning import Case

KNOWLEDGE = Knowledge.load()
DATA: dict[str, Any] = {
    "age": 42,
    "sex": "female",
    "findings": {"bladder_change_new": "unsure", "fever": False, "pain_site": ["neck"], "saddle_numbness": True},
}


def a_code() -> str:
    return encode(Case.from_data(DATA, KNOWLEDGE), KNOWLEDGE)


def grouped(text: str) -> str:
    return "\n ".join(text[start : start + 10] for start in range(0, len(text), 10))


def elsewhere(body: str) -> str:
    """Return a code with another pack's mark, and a right check sum."""
    return "UNCLENCH2:" + code._sealed(code._deflated(body.encode()))


def test_a_code_gives_back_its_case() -> None:
    ran = unclench("open", a_code())
    assert (ran.status, ran.err) == (0, "")
    assert ran.json == DATA


@pytest.mark.parametrize("typed", [a_code(), grouped(a_code()) + "\n", a_code().lower()])
def test_a_code_from_standard_input_may_be_typed_in_any_way(typed: str) -> None:
    ran = here("open", "-", stdin=typed)
    assert (ran.status, ran.err) == (0, "")
    assert ran.json == DATA


def test_assess_replays_what_open_prints() -> None:
    opened = here("open", a_code())
    replayed = here("assess", "-", stdin=opened.out)
    assert replayed.json == here("assess", "-", stdin=json.dumps(DATA)).json


def test_a_code_of_other_knowledge_is_opened_with_a_warning() -> None:
    ran = here("open", elsewhere('["0badc0de","fever","","",{"age":42}]'))
    assert ran.status == 0
    assert ran.json == {"age": 42, "findings": {"fever": True}}
    assert ran.err == (
        "unclench: this code was made with other knowledge (0badc0de). The answers are the same; the advice is "
        "worked out anew and may differ.\n"
    )


def test_answers_that_are_not_known_here_are_named_and_nothing_is_printed() -> None:
    ran = here("open", elsewhere('["0badc0de","fever no_such_sign","","",{"age":42}]'))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        "unclench: this code was made with other knowledge (0badc0de) and holds answers that are not known here: "
        "no_such_sign=True. Bring Unclench up to date, or enter the answers by hand.\n"
    )


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "is not an Unclench code"),
        ("https://example.org/", "does not begin with “UNCLENCH”, a number and a colon"),
        ("UNCLENCH2:AAA0", "letter 4 in group 2"),
        (a_code()[:-7], "damaged or cut short"),
        (a_code()[:30] + ("7" if a_code()[30] != "7" else "6") + a_code()[31:], "letter 1 in group 4"),
        ("UNCLENCH999:AAAA", "has version 999"),
        ("A" * 50_000, "too long"),
        ("\x00\x01", "is not an Unclench code"),
        ("UNCLENCH2:\x1b[31m", "letter 1 in group 2"),
        ("\ud83d", "is not an Unclench code"),
    ],
)
def test_a_bad_code_gets_one_message_with_its_mend(typed: str, says: str) -> None:
    ran = here("open", "-", stdin=typed.encode("utf-8", "surrogatepass"))
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith("unclench: ")
    assert says in ran.err


def test_no_code_brings_control_characters_to_the_terminal() -> None:
    crafted = ('["\\u001b[31m","","","",{}]', '["p","a\\u001b","","",{}]', '["p","","","",{"a":"\\u001b"}]')
    for typed in ("UNCLENCH2:\x1b[31m", *map(elsewhere, crafted)):
        ran = here("open", "-", stdin=typed)
        assert ran.status == 2
        assert "\x1b" not in ran.err + ran.out


def test_opening_a_code_starts_light() -> None:
    heavy = {"segno", "typst", "django", "spacy", "yaml", "msgspec"}
    program = (
        "import sys; from unclench.cli.main import main;"
        f"main(['open', {a_code()!r}]); print(sorted({heavy} & set(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=ENVIRONMENT)
    assert (ran.returncode, ran.stderr) == (0, "[]\n")
