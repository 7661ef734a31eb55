"""The search index: the right page first, in time, whatever is typed; and kept beside the pack."""

from __future__ import annotations

import csv
import sqlite3
from copy import copy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unclench.errors import KnowledgeError
from unclench.knowledge import Knowledge, danger_words
from unclench.knowledge.search_index import KINDS, LONGEST_QUERY, SearchIndex, page_words, write_index

EVIDENCE = Path(__file__).resolve().parents[2] / "evidence"
LEAST_OF_100 = 98
LEAST_FRESH_OF_40 = 35
LEAST_THIRD_OF_30 = 24
MOST_DANGERS_NOT_FIRST = 3
MOST_FALSE_OF_40 = 2
MOST_BOXES_OF_170 = 38


def rows(name: str) -> list[dict[str, str]]:
    with (EVIDENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.load()


@pytest.fixture(scope="module")
def index(knowledge: Knowledge) -> SearchIndex:
    return SearchIndex.load(knowledge)


def first(index: SearchIndex, query: str) -> str:
    hits = index.find(query).hits
    return f"{hits[0].kind}/{hits[0].id}" if hits else ""


def right_pages(row: dict[str, str]) -> set[str]:
    return {f"{row['kind']}/{row['id']}", *filter(None, row["or"].split("|"))}


@pytest.mark.parametrize(
    ("name", "count", "least"),
    [
        ("search_queries.csv", 100, LEAST_OF_100),
        ("search_queries_fresh.csv", 40, LEAST_FRESH_OF_40),
        ("search_queries_third.csv", 30, LEAST_THIRD_OF_30),
    ],
)
def test_the_right_page_comes_first(index: SearchIndex, name: str, count: int, least: int) -> None:
    asked = rows(name)
    assert len(asked) == len({row["query"] for row in asked}) == count
    missed = [row["query"] for row in asked if first(index, row["query"]) not in right_pages(row)]
    assert count - len(missed) >= least, missed


def test_of_two_likely_words_the_one_that_fits_the_others_is_meant(index: SearchIndex) -> None:
    found = index.find("siatic nerve")  # one letter from "sciatic" and from "static"
    assert found.mended == {"siatic": "sciatica"}
    assert found.hits[0].id == "disc_herniation_radiculopathy"


def test_little_words_in_a_name_do_not_matter(index: SearchIndex) -> None:
    assert (
        first(index, "fever and back pain") == first(index, "fever with back pain") == "red_flags/fever_with_back_pain"
    )


def test_every_right_page_is_there(knowledge: Knowledge) -> None:
    wording = knowledge.data["wording"]["en"]
    for row in (row for name in ("", "_fresh", "_third") for row in rows(f"search_queries{name}.csv")):
        for page in right_pages(row):
            kind, _, name = page.partition("/")
            assert name in wording[kind], page


@pytest.mark.parametrize(
    ("query", "is_danger"),
    [
        ("cant pee", True),
        ("can not pee", True),
        ("numb between my legs", True),
        ("chest pain", True),
        ("heart attack", True),
        ("cauda equina", True),
        ("night cramp", False),
        ("back spasm", False),
        ("foam roller", False),
        ("pee", False),
    ],
)
def test_danger_words_are_told(index: SearchIndex, query: str, is_danger: bool) -> None:
    assert index.find(query).is_danger is is_danger


@pytest.mark.parametrize("row", rows("search_dangers.csv"), ids=lambda row: row["query"])
def test_danger_in_lay_words_is_told(index: SearchIndex, row: dict[str, str]) -> None:
    assert index.find(row["query"]).is_danger


def test_the_page_about_the_danger_comes_first(index: SearchIndex) -> None:
    asked = [row for row in rows("search_dangers.csv") if row["pages"]]
    missed = [row["query"] for row in asked if first(index, row["query"]) not in row["pages"].split("|")]
    assert len(missed) <= MOST_DANGERS_NOT_FIRST, missed


def test_all_that_the_reader_of_own_words_takes_for_danger_is_told(knowledge: Knowledge, index: SearchIndex) -> None:
    signs = {f for screen in knowledge.screens if screen.stage == "danger" for f in screen.findings}
    said = knowledge.data["lexicon"]["en"]["findings"]
    phrases = [
        phrase
        for sign in sorted(signs & set(said))
        for phrase in (
            said[sign] if isinstance(said[sign], list) else [*said[sign].get("yes", ()), *said[sign].get("part", ())]
        )
    ]
    assert len(phrases) > 500
    assert [phrase for phrase in phrases if not index.find(phrase).is_danger] == []


@pytest.mark.parametrize("query", ["no numb saddle", "not peeing myself", "i dont have chest pain", "never fainted"])
def test_a_not_takes_no_danger_back(index: SearchIndex, query: str) -> None:
    assert index.find(query).is_danger


@pytest.mark.parametrize("name", ["search_harmless.txt", "search_harmless_second.txt"])
def test_harmless_words_seldom_alarm(index: SearchIndex, name: str) -> None:
    asked = (EVIDENCE / name).read_text(encoding="utf-8").splitlines()
    assert len(asked) == 40
    alarmed = [query for query in asked if index.find(query).is_danger]
    assert len(alarmed) <= MOST_FALSE_OF_40, alarmed


def test_lay_queries_alarm_little_more_than_illness_names_do(index: SearchIndex) -> None:
    asked = [row for name in ("", "_fresh", "_third") for row in rows(f"search_queries{name}.csv")]
    assert sum(index.find(row["query"]).is_danger for row in asked) <= MOST_BOXES_OF_170


def test_a_word_is_not_mended_to_another_meaning(index: SearchIndex) -> None:
    assert index.find("overdose").mended == {}
    assert index.find("face gleaming").mended == {}


def test_words_that_name_nothing_are_never_looked_for(index: SearchIndex) -> None:
    for query in ("peeing myself", "myself", "stretch it myself"):
        assert "myself" not in {*index.find(query).mended, *index.find(query).unknown}


def test_a_word_nobody_knows_is_told(index: SearchIndex) -> None:
    found = index.find("face gleaming")
    assert found.unknown == ("gleaming",)
    assert not found.is_understood
    assert index.find("heat pad").is_understood


def test_what_no_record_is_about_is_told(index: SearchIndex) -> None:
    assert index.find("want to die").is_beyond
    assert index.find("took too many pills").signs == ("beyond/poisoning",)
    assert index.find("dad isnt breathing").signs == ("beyond/not_breathing",)
    assert index.find("baby stopped kicking").signs == ("beyond/unborn_baby",)
    assert not index.find("chest pain").is_beyond


def test_what_counts_in_rows_only_does_not_count_as_the_reader_of_own_words_has_it(index: SearchIndex) -> None:
    assert index.find("12 year old with night back pain").signs == ("night_pain",)
    assert index.find("back pain and losing weight").signs == ("weight_loss",)
    for calm in ("back pain at night", "losing weight", "pain shooting up my back"):
        assert not index.find(calm).is_danger


@pytest.mark.parametrize(
    "query",
    [
        "breathing exercises to stop spasm",
        "should i stop lifting my baby",
        "spasm makes my headache worse",
        "paracetamol extra",
        "cant warm up",
        "drenched in sweat after gym",
    ],
)
def test_words_of_danger_in_calm_company_do_not_alarm(index: SearchIndex, query: str) -> None:
    assert not index.find(query).is_danger


def test_want_is_not_read_as_was_not(index: SearchIndex) -> None:
    assert index.find("i want to hurt myself").signs == ("beyond/self_harm",)
    assert "beyond/self_harm" not in index.find("cant get off the floor been here an hour").signs


def test_a_misspelt_word_is_mended_and_told(index: SearchIndex) -> None:
    found = index.find("acupunture")
    assert found.mended == {"acupunture": "acupuncture"}
    assert found.hits[0].id == "acupuncture"


@pytest.mark.parametrize(
    "query", ["", " ", "?", '"', "'; --", "NEAR(", "a OR b", "*", "zzzzqqqq", "the", "٠", "x" * 999]
)
def test_odd_queries_are_no_error(index: SearchIndex, query: str) -> None:
    found = index.find(query, limit=3)
    assert len(found.hits) <= 3


@settings(max_examples=300)
@given(one=st.text("abcdeé€", max_size=10), other=st.text("abcdeé€", max_size=10))
def test_letters_pass_over_no_word_that_is_near(one: str, other: str) -> None:
    off = danger_words.edits(one, other, 10)
    assert (danger_words.letters(one) ^ danger_words.letters(other)).bit_count() <= 2 * off


def test_a_misspelt_word_is_compared_once_a_query_and_with_few(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []

    def counted(one: str, other: str, most: int) -> int:
        compared.append((one, other))
        return edits(one, other, most)

    edits = danger_words.edits
    monkeypatch.setattr(danger_words, "edits", counted)
    for query in (EVIDENCE / "search_misspelt.txt").read_text(encoding="utf-8").splitlines():
        assert len(query) <= LONGEST_QUERY
        compared.clear()
        index.find(query)
        assert len(compared) == len({*compared}) > 0
        assert len(compared) < 60 * len(query.split())


@settings(max_examples=60, deadline=None)
@given(query=st.text(max_size=LONGEST_QUERY + 20))
def test_anything_may_be_typed(index: SearchIndex, query: str) -> None:
    assert all(hit.kind in KINDS for hit in index.find(query).hits)


def test_british_american_and_arabic_words_meet(index: SearchIndex) -> None:
    for same in (("slipped disc", "herniated disk", "عرق النسا"), ("kidney stone", "ureteral stone", "حصى الكلى")):
        assert len({first(index, query) for query in same}) == 1


def test_a_file_of_another_pack_is_not_used(knowledge: Knowledge, tmp_path: Path) -> None:
    place = tmp_path / "search.db"
    write_index(knowledge, place)
    from unclench.knowledge.search_index import _opened

    opened = _opened(place, knowledge.hash)
    assert opened is not None
    assert first(SearchIndex(opened), "sciatica") == "causes/disc_herniation_radiculopathy"
    opened.close()
    assert _opened(place, "sha256:another") is None
    place.write_bytes(b"no database at all, but long enough to be taken for one")
    assert _opened(place, knowledge.hash) is None


def test_a_name_for_nothing_is_refused(knowledge: Knowledge, tmp_path: Path) -> None:
    made = copy(knowledge)
    search = {**knowledge.data["lexicon"]["search"], "called": {"causes/no_such_cause": ["nothing"]}}
    made.data = {**knowledge.data, "lexicon": {**knowledge.data["lexicon"], "search": search}}
    with pytest.raises(KnowledgeError, match="causes/no_such_cause: there is no such record"):
        write_index(made, tmp_path / "search.db")


def test_danger_words_for_nothing_are_refused(knowledge: Knowledge, tmp_path: Path) -> None:
    made = copy(knowledge)
    danger = {"groups": {"numb_words": ["numb"]}, "signs": {"fevr": [["numb_word"]]}, "rows_only": ["fever"]}
    search = {**knowledge.data["lexicon"]["search"], "danger": danger}
    made.data = {**knowledge.data, "lexicon": {**knowledge.data["lexicon"], "search": search}}
    with pytest.raises(KnowledgeError) as raised:
        write_index(made, tmp_path / "search.db")
    assert '"fevr" is not a known finding' in str(raised.value)
    assert '"numb_word" is no group of words' in str(raised.value)
    assert 'rows_only: "fever" has no rows' in str(raised.value)


def test_every_page_has_a_title_and_is_found_by_it(knowledge: Knowledge, index: SearchIndex) -> None:
    wording = knowledge.data["wording"]["en"]
    for kind in KINDS:
        for name in wording[kind]:
            assert page_words(wording, kind, name)[0], (kind, name)
    for kind in ("causes", "treatments", "medicines", "exercises", "events", "contributors"):
        for name in wording[kind]:
            title = page_words(wording, kind, name)[0]
            hits = index.find(title, limit=3).hits
            assert any(hit.title == title for hit in hits), (kind, name)


def test_the_index_is_one_small_file(knowledge: Knowledge, tmp_path: Path) -> None:
    place = tmp_path / "search.db"
    write_index(knowledge, place)
    assert place.stat().st_size < 2_500_000
    with sqlite3.connect(place) as read:
        assert read.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    read.close()
