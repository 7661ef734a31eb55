"""`unclench search`: everyday words in, pages out."""

from __future__ import annotations

from shells.cli.running import unclench
from unclench import Knowledge


def test_numb_leg_is_a_trapped_nerve() -> None:
    ran = unclench("search", "numb leg")
    assert (ran.status, ran.err) == (0, "")
    assert "1. Trapped nerve (sciatica)  [cause]\n" in ran.out
    assert "   causes/disc_herniation_radiculopathy\n" in ran.out


def test_json_has_the_hits_the_mending_and_the_pack() -> None:
    data = unclench("search", "acupunture", "--format", "json", "--limit", "2").json
    assert data["hits"][0]["id"] == "acupuncture"
    assert len(data["hits"]) == 2
    assert data["mended"] == {"acupunture": "acupuncture"}
    assert data["is_danger"] is False
    assert data["pack"] == Knowledge.load().hash


def test_words_need_no_quotes_and_danger_is_told_first() -> None:
    ran = unclench("search", "numb", "between", "legs")
    assert ran.out.startswith("IF YOU HAVE THIS NOW: ")
    assert "unclench check" in ran.out


def test_nothing_found_helps_on() -> None:
    ran = unclench("search", "zzzzqqqq")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("Nothing fits these words. Try fewer or other words")


def test_an_empty_query_or_a_bad_limit_is_told() -> None:
    assert unclench("search", " ").err.startswith("unclench: there is nothing to look for.")
    ran = unclench("search", "heat", "--limit", "0")
    assert (ran.status, ran.err) == (2, "unclench: --limit is 0; it must be 1 to 100.\n")
