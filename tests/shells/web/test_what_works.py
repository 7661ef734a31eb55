"""The comparison of treatments: whole, sorted and picked from without script, and drawn just as the records say."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shells.web.hostile import MARKUP, assert_harmless, assert_headers
from shells.web.visitor import Visitor
from unclench.reasoning.comparison import FILTERS, SORTS, common_span, compared, on_common_scale, values_of
from unclench.reasoning.treatment_numbers import shown_number
from unclench.web.pack import knowledge

STATIC = Path("src/unclench/web/static/web")


def _page(query: str = "", language: str = "en") -> str:
    one = Visitor(language)
    assert one.get(f"/what-works/{query}").status_code == 200
    return one.html


def _ids(html: str) -> list[str]:
    return re.findall(r'<tr role="row" id="(\w+)">', html)


def _rows(html: str) -> dict[str, str]:
    return {row[: row.index('"')]: row for row in html.split('<tr role="row" id="')[1:]}


@pytest.mark.parametrize("sort", SORTS)
def test_each_order_is_the_engines_and_is_told_to_those_who_listen(sort: str) -> None:
    html = _page(f"?sort={sort}")
    assert _ids(html) == [one.id for one in compared(knowledge(), sort=sort)]
    (told,) = re.findall(r'<th scope="col" role="columnheader" aria-sort="(\w+)"><a href="([^"]*)"', html)
    assert told[0] in ("ascending", "descending")
    assert (f"sort={sort}" in told[1]) or sort == "worth"


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_shows_what_fits_and_stays_chosen(name: str) -> None:
    for value in values_of(knowledge(), name):
        html = _page(f"?{name}={value}&sort=name")
        expected = [one.id for one in compared(knowledge(), sort="name", **{name: value})]
        assert _ids(html) == expected
        assert f'<option value="{value}" selected>' in html
        assert f"{len(expected)} of {len(knowledge().treatments)} treatments" in html
        assert f"{name}={value}" in unescape(re.findall(r'href="/what-works\.csv([^"]*)"', html)[0])


def test_it_is_a_table_with_a_caption_and_headings() -> None:
    html = _page()
    assert "<caption>" in html
    assert html.count('scope="col"') == 8
    assert html.count('<th scope="row"') == len(knowledge().treatments) == 56
    assert '<form method="get" action="/what-works/"' in html


def test_each_treatment_says_benefit_harm_and_sources_or_that_they_are_unknown() -> None:
    for name, row in _rows(_page()).items():
        record = knowledge().treatments[name]
        known = any(not effect.unknown for effect in record.effects)
        assert ("How much: unknown" in row) is not known, name
        assert ("How often: unknown" in row) is all(effect.unknown for effect in record.harms), name
        for ref in record.sources:
            if not ref.is_judgement:
                source = knowledge().sources[ref.id]
                assert str(source.get("cites_as") or source["title"]) in unescape(row), name


def _bars(language: str = "en") -> dict[str, tuple[str, str, float, float, float, float]]:
    """Return of every bar: name, description, and where zero, the range and the point are drawn."""
    found = re.findall(
        r'<title id="e-([\w-]+)-t">([^<]*)</title><desc id="[^"]*">([^<]*)</desc>.*?'
        r'<path class="none" d="M([\d.]+) 0v10"/>'
        r'<rect class="range" x="([\d.]+)" y="2.5" width="([\d.]+)" height="5"/><rect class="point" x="([\d.]+)"',
        _page(language=language),
    )
    return {
        one: (unescape(title), unescape(desc), float(zero), float(low), float(low) + float(width), float(point) + 0.6)
        for one, title, desc, zero, low, width, point in found
    }


def test_the_bars_say_and_draw_what_the_records_hold() -> None:
    begin, end = common_span(knowledge())
    bars = _bars()
    wanted = 0
    for treatment in knowledge().treatments.values():
        for effect in treatment.effects:
            points = on_common_scale(effect)
            if points is None:
                continue
            wanted += 1
            title, desc, zero, low, high, point = bars[f"{treatment.id}-{effect.id}"]
            for drawn, value in (
                (zero, 0),
                (point, points.value),
                (low, points.value if points.low is None else points.low),
                (high, points.value if points.high is None else points.high),
            ):
                assert drawn == pytest.approx(100 * (value - begin) / (end - begin), abs=0.25), (
                    treatment.id,
                    effect.id,
                )
            say = knowledge().words
            assert title.startswith(say("outcomes", effect.outcome, "name") + ". ")
            if effect.compared_with:
                assert say("comparisons", effect.compared_with, "name") in title
            way = "better" if points.value > 0 else "worse"
            assert f"{shown_number(points.value)} of 100 points {way}" in desc
            if points.low is None or points.high is None:
                assert "not known" in desc
            else:
                assert shown_number(points.low) in desc
                assert shown_number(points.high) in desc
    assert len(bars) == wanted > 20


def test_the_bars_turn_round_with_the_page() -> None:
    plain, turned = _bars(), _bars("ar-XB")
    assert plain.keys() == turned.keys()
    for name, (_t, _d, zero, low, high, point) in plain.items():
        assert turned[name][2:] == pytest.approx((100 - zero, 100 - high, 100 - low, 100 - point), abs=0.25)


def test_the_files_hold_what_the_page_shows() -> None:
    client = Client(SERVER_NAME="localhost")
    query = "?track=pregnancy&sort=cost"
    shown = _ids(_page(query))
    table = client.get(f"/what-works.csv{query}")
    assert table["Content-Type"].startswith("text/csv")
    assert 'filename="what-works.csv"' in table["Content-Disposition"]
    assert [line["id"] for line in csv.DictReader(io.StringIO(table.content.decode()))] == shown
    data = client.get(f"/what-works.json{query}")
    assert_headers(data.headers)
    assert [one["id"] for one in json.loads(data.content)["treatments"]] == shown
    assert json.loads(data.content)["pack"] == knowledge().hash


def test_none_that_fits_is_said() -> None:
    html = _page("?track=night_cramp&cost=high")
    assert "None fits all of these." in html
    assert "<table" not in html


def test_it_needs_no_check_and_leaves_one_alone(visitor: Visitor) -> None:
    visitor.answer(none="1")
    before = visitor.state
    visitor.get("/what-works/")
    assert visitor.state == before
    assert "Delete my answers" in visitor.html
    assert visitor.client.post("/what-works/").status_code == 405


def test_the_heaviest_page_weighs_less_than_60_kilobytes() -> None:
    shared = sum(len(gzip.compress(path.read_bytes())) for path in STATIC.iterdir() if path.suffix != ".txt")
    assert shared + len(gzip.compress(_page().encode())) < 60_000


odd = st.sampled_from([*MARKUP, "a" * 10_000]) | st.text(max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from([*FILTERS, "sort", "x"]), odd, max_size=4), st.sampled_from(["/", ".csv", ".json"])
)
def test_any_query_gives_a_page_that_holds_nothing_of_it(query: dict[str, str], ending: str) -> None:
    page = Client(SERVER_NAME="localhost").get(f"/what-works{ending}", query)
    assert page.status_code == 200
    assert_headers(page.headers)
    if ending == "/":
        assert_harmless(page.content)
        assert len(_ids(page.content.decode())) == len(knowledge().treatments)


@pytest.mark.parametrize("language", ["en-XA", "ar-XB"])
def test_every_text_can_be_translated(language: str) -> None:
    html = re.sub(r'<ul class="sources">.*?</ul>', "", _page(language=language), flags=re.S)
    texts = [text.strip() for text in re.findall(r">([^<]+)<", html) if re.search("[A-Za-z]{3}", text)]
    mark = r"\[.*~\]|[áçéĝíñöšûýÁÇÉĜÍÑÖŠÛÝ]|\u202e"
    assert [text for text in texts if not re.search(mark, text, re.S) and "Unclench" not in text] == []
