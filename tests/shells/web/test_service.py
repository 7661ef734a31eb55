"""What holds of every page: headers, privacy, limits, languages, and errors that people can mend."""

from __future__ import annotations

import gzip
import logging
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from shells.web.visitor import Visitor
from unclench.web import catalogues
from unclench.web.logs import WithoutAnswers
from unclench.web.pack import knowledge
from unclench.web.serve import free_port
from untranslated import untranslated

PAGES = [
    "/",
    "/proof/",
    "/check/",
    "/review/",
    "/result/",
    "/result/clinician/",
    "/words/",
    "/open/",
    "/plan/",
    "/medicine/",
    "/no/such/page",
]
STATIC = Path("src/unclench/web/static/web")


def _checked(visitor: Visitor, path: str) -> str:
    visitor.answer(yes=["walking_unsteady"]) if not visitor.state.steps else None
    visitor.get(path)
    return visitor.html


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_private_and_strict(visitor: Visitor, path: str) -> None:
    html = _checked(visitor, path)
    page = visitor.page
    assert "no-store" in page["Cache-Control"]
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"
    assert page["Referrer-Policy"] == "same-origin", "no-referrer makes forms without script fail"
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?! src=)", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!doi\.org/|pubmed\.)', html), "nothing from third parties"


def _shown(html: str) -> list[str]:
    """Return every text a page shows or speaks, but for citations, which stay in the language of what they cite."""
    html = re.sub(r"<code>.*?</code>|<cite>.*?</cite>|<details class=\"sources\">.*?</details>", "", html, flags=re.S)
    spoken = re.findall(r'\s(?:aria-label|alt|title|placeholder)="([^"]+)"|name="description" content="([^"]+)"', html)
    texts = [text.strip() for text in re.findall(r">([^<]+)<", html)] + ["".join(one) for one in spoken]
    return [unescape(text) for text in texts if re.search("[A-Za-z]", text)]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_a_text_that_cannot_be_translated(path: str) -> None:
    one = Visitor("en-XA")
    one.begin("me")
    html = _checked(one, path)
    assert len(_shown(html)) > 5
    assert [text for text in _shown(html) if untranslated(text)] == []


@pytest.mark.parametrize("said", [{"leg_weakness_severe": True}, {"back_pain": True, "pain_below_knee": True}])
@pytest.mark.parametrize("path", ["/result/", "/result/clinician/", "/review/"])
def test_no_page_after_a_whole_check_holds_one_either(said: dict[str, bool], path: str) -> None:
    one = Visitor("en-XA")
    one.begin("adult")
    one.finish(**said, age="1", sex="female", pain_duration_days="1")
    one.get(path)
    assert [text for text in _shown(one.html) if untranslated(text)] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_text_of_a_right_to_left_page_is_translated(path: str) -> None:
    one = Visitor("ar-XB")
    one.begin("me")
    html = _checked(one, path)
    turned_round = re.compile(r"\u202e[^\u202c]*\u202c|Unclench|sha256:[0-9a-f]+|\b[0-9a-f]{16}\b")
    assert [text for text in _shown(html) if re.search("[A-Za-z]{3}", turned_round.sub(" ", text))] == []
    assert 'dir="rtl"' in html


def test_the_catalogues_hold_every_string() -> None:
    texts = {m if isinstance(m, str) else m[0] for _, m in catalogues.extracted()}
    written = Path("src/unclench/web/locale/en_XA/LC_MESSAGES/django.po").read_bytes()
    from io import BytesIO

    from babel.messages.pofile import read_po

    assert {
        str(one.id if isinstance(one.id, str) else one.id[0]) for one in read_po(BytesIO(written)) if one.id
    } == texts


def test_a_page_weighs_less_than_60_kilobytes(visitor: Visitor) -> None:
    shared = sum(len(gzip.compress(path.read_bytes())) for path in STATIC.iterdir() if path.suffix != ".txt")
    while visitor.question != "pain_site":
        visitor.answer_plainly(back_pain=True, sex="male")
    assert shared + len(gzip.compress(visitor.page.content)) < 60_000


def test_a_form_without_its_token_is_refused_in_plain_words() -> None:
    one = Visitor(checks_forms=True)
    page = one.post("/", who="me")
    assert page.status_code == 403
    assert "too old" in one.html


@pytest.mark.parametrize("length", [70_000, 10_000_000])
def test_too_much_is_413_and_loses_nothing(visitor: Visitor, length: int) -> None:
    visitor.answer(none="1")
    page = visitor.post("/words/", text="a" * length)
    assert page.status_code == 413
    assert "still there" in visitor.html
    assert visitor.get("/review/").status_code == 200


@pytest.mark.parametrize(
    "number", ["nan", "inf", "-1", "1e9", "12.5", "a", "9" * 5000, "<script>", "\N{RIGHT-TO-LEFT OVERRIDE}3", "\x00"]
)
def test_an_odd_number_is_an_error_to_mend_and_is_escaped(visitor: Visitor, number: str) -> None:
    while visitor.question != "about":
        visitor.answer(none="1")
    page = visitor.answer(age=number, sex="female")
    assert page.status_code == 422
    assert 'href="#f-age"' in visitor.html
    assert "<script>" not in visitor.html


def test_digits_of_other_scripts_are_numbers(visitor: Visitor) -> None:
    while visitor.question != "about":
        visitor.answer(none="1")
    visitor.answer(age="٤٢", sex="female")
    assert visitor.state.answers["age"] == 42


@pytest.mark.parametrize("path", ["/check/0/", "/check/99/", "/check/999999999999999999999/"])
def test_a_step_that_is_not_there_leads_to_the_question(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 200
    assert visitor.path == "/check/"


def test_addresses_hold_no_answer(visitor: Visitor) -> None:
    seen = set()
    for _turn in range(40):
        seen.add(visitor.path)
        if "/check/" not in visitor.path:
            break
        visitor.answer_plainly(back_pain=True)
    assert not any(finding in path for path in seen for finding in knowledge().findings)


def test_logs_hold_nothing_that_was_typed() -> None:
    try:
        raise ValueError("my secret answer")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "said %s", ("my secret answer",), sys.exc_info())
    text = WithoutAnswers().format(record)
    assert "secret" not in text
    assert "ValueError" in text


def test_deployment_check_is_clean() -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("UNCLENCH_")}
    ran = subprocess.run(
        [sys.executable, "-m", "unclench.web", "check", "--deploy", "--fail-level", "WARNING"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "no issues" in ran.stdout


def test_a_taken_port_gives_the_next_one() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        first = taken.getsockname()[1]
        assert free_port("127.0.0.1", first) > first
