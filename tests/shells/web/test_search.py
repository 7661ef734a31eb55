"""/search/: everyday words in the address, pages in the list, danger told first, and nothing kept."""

from __future__ import annotations

import csv
import logging
import re
from pathlib import Path

import pytest
from django.test import Client

from shells.web.visitor import Visitor


def page(query: str, language: str = "en") -> str:
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE=language)
    response = client.get("/search/", {"q": query})
    assert response.status_code == 200
    assert not response.cookies
    return response.content.decode()


def test_numb_leg_leads_to_the_trapped_nerve_first() -> None:
    html = page("numb leg")
    links = re.findall(r'<li><p class="tag">[^<]*</p><a href="([^"]+)"', html)
    assert links[0] == "/learn/causes/disc_herniation_radiculopathy/"
    assert 'value="numb leg"' in html


@pytest.mark.parametrize("query", ["cant pee", "numb between my legs", "heart attack"])
def test_danger_words_put_help_and_the_check_first(query: str) -> None:
    html = page(query)
    assert "call 999 or your local emergency number now" in html
    assert html.index('class="now"') < html.index('class="hits"')


def test_every_danger_phrase_has_the_box() -> None:
    file = Path(__file__).resolve().parents[2] / "evidence" / "search_dangers.csv"
    queries = [row["query"] for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())]
    assert len(queries) > 150
    assert [query for query in queries if 'class="now"' not in page(query)] == []


def test_words_not_found_are_told_and_the_check_is_offered() -> None:
    html = page("face gleaming")
    assert "Not found: gleaming." in html
    assert html.index("If this is new or worse, start the check.") < html.index('class="hits"')
    assert "call 999 or your local emergency number now" in html


def test_an_emergency_without_a_record_is_told() -> None:
    html = page("want to die")
    assert "This can be an emergency, and we know too little about it." in html
    assert "Do the check" not in html, "it asks about backs, and could calm where it should not"
    html = page("chest pain")
    assert "know too little about it" not in html
    assert "Do the check" in html


def test_calm_words_do_not_alarm() -> None:
    assert 'class="now"' not in page("foam roller")


def test_no_result_helps_on() -> None:
    html = page("zzzzqqqq")
    assert "No page fits these words" in html
    assert 'href="/what-works/"' in html


def test_without_words_there_is_the_form() -> None:
    client = Client(SERVER_NAME="localhost")
    html = client.get("/search/").content.decode()
    assert 'role="search"' in html
    assert "You could try" in html


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '" OR 1', "\x00", "x" * 5000, "عرق النسا"])
def test_odd_words_are_shown_harmless(query: str) -> None:
    html = page(query)
    assert "<script>alert" not in html
    assert len(html) < 60_000


def test_every_kind_of_hit_leads_somewhere() -> None:
    client = Client(SERVER_NAME="localhost")
    seen = set()
    for query in (
        "fever",
        "sciatica",
        "ice",
        "ibuprofen",
        "plank",
        "stress",
        "twitch",
        "vaccine",
        "water and salt",
        "how long",
    ):
        for link in re.findall(r'<li><p class="tag">[^<]*</p><a href="([^"#]+)', page(query)):
            if link not in seen:
                seen.add(link)
                assert client.get(link).status_code == 200, link


def test_words_are_not_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG):
        page("secretword here")
    assert "secretword" not in caplog.text
    told = capfd.readouterr()
    assert "secretword" not in told.out + told.err


def test_answers_stay_carried(visitor: Visitor) -> None:
    before = visitor.sealed
    visitor.get("/search/?q=heat")
    assert visitor.sealed == before


def test_it_is_worded_in_the_language_of_the_page() -> None:
    html = page("sciatica", "en-xa")
    assert "[Ťr" in html or "[Tr" in html
    assert "Trapped nerve (sciatica)</a>" not in html
