"""`unclench search`: everyday words in, pages out."""

from __future__ import annotations

import csv
from pathlib import Path

from shells.cli.running import here, unclench
from unclench import Knowledge
from unclench.cli.search import as_text
from unclench.knowledge.search_index import SearchIndex


def test_numb_leg_is_a_trapped_nerve() -> None:
    ran = unclench("search", "numb leg")
    assert (ran.status, ran.err) == (0, "")
    assert "1. Trapped nerve (sciatica)  [cause]\n" in ran.out
    assert "   causes/disc_herniation_radiculopathy\n" in ran.out


def test_json_has_the_hits_the_mending_and_the_pack() -> None:
    data = here("search", "acupunture", "--format", "json", "--limit", "2").json
    assert data["hits"][0]["id"] == "acupuncture"
    assert len(data["hits"]) == 2
    assert data["mended"] == {"acupunture": "acupuncture"}
    assert data["is_danger"] is False
    assert data["pack"] == Knowledge.load().hash


def test_words_need_no_quotes_and_danger_is_told_first() -> None:
    ran = here("search", "numb", "between", "legs")
    assert ran.out.startswith("IF YOU HAVE THIS NOW: ")
    assert "unclench check" in ran.out


def test_every_danger_phrase_has_the_box_first() -> None:
    file = Path(__file__).resolve().parents[2] / "evidence" / "search_dangers.csv"
    index = SearchIndex.load(Knowledge.load())
    queries = [row["query"] for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())]
    assert len(queries) > 150
    boxes = ("IF YOU HAVE THIS NOW: ", "THIS CAN BE AN EMERGENCY")
    assert [one for one in queries if not next(as_text(index.find(one))).startswith(boxes)] == []


def test_words_not_found_are_told_and_the_check_is_offered() -> None:
    ran = here("search", "face", "gleaming")
    assert ran.out.startswith("Not found: gleaming. ")
    assert "If this is new or worse, start the check: unclench check." in ran.out
    assert here("search", "face", "gleaming", "--format", "json").json["unknown"] == ["gleaming"]


def test_an_emergency_without_a_record_is_told() -> None:
    ran = here("search", "killing", "myself")
    assert ran.out.startswith("THIS CAN BE AN EMERGENCY")
    assert "unclench check" not in ran.out, "the check asks about backs, and could calm where it should not"


def test_nothing_found_helps_on() -> None:
    ran = here("search", "zzzzqqqq")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("Nothing fits these words. Try fewer or other words")


def test_an_empty_query_or_a_bad_limit_is_told() -> None:
    assert here("search", " ").err.startswith("unclench: there is nothing to look for.")
    ran = here("search", "heat", "--limit", "0")
    assert (ran.status, ran.err) == (2, "unclench: --limit is 0; it must be 1 to 100.\n")
