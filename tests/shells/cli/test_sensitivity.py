"""`unclench sensitivity`: which numbers matter, as text and JSON."""

from __future__ import annotations

import json
from pathlib import Path

from people import SEIZED_BACK
from shells.cli.running import here, unclench
from unclench import Knowledge


def test_text_tells_the_numbers_the_study_and_the_gap(tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    case.write_text(json.dumps(SEIZED_BACK), encoding="utf-8")
    ran = unclench("sensitivity", str(case), "--format", "text")
    assert (ran.status, ran.err) == (0, "")
    for heading in (
        "LIKELIEST, AS THE NUMBERS STAND",
        "NUMBERS THAT MATTER MOST",
        "WHICH PUBLISHED STUDY",
        "WHERE A NEW",
    ):
        assert heading in ran.out
    assert "None of them can change how urgent it is" in " ".join(ran.out.split())


def test_json_lists_every_number(tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    case.write_text(json.dumps(SEIZED_BACK), encoding="utf-8")
    data = here("sensitivity", str(case), "--format", "json").json
    assert data["id"] == "karim"
    assert data["pack"] == Knowledge.load().hash
    assert data["first"]["id"] == "nonspecific_back_pain"
    assert {"number", "probability_at_low", "probability_at_high", "expected_change"} <= set(data["numbers"][0])
    assert data["studies"][0]["source"] in Knowledge.load().sources


def test_many_cases_are_one_a_line_and_a_bad_one_is_told(tmp_path: Path) -> None:
    case = tmp_path / "cases.ndjson"
    case.write_text(json.dumps(SEIZED_BACK) + '\n{"findings": {"no_such": true}}\n', encoding="utf-8")
    ran = here("sensitivity", str(case), "--format", "json")
    assert ran.status == 2
    assert len(ran.out.splitlines()) == 1
    assert "no_such" in ran.err


def test_numbers_come_as_csv_and_json() -> None:
    ran = here("knowledge", "numbers", "--kind", "effect")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("id,kind,record_kind,record,name,what,value,low,high,other,unit,basis,")
    data = here("knowledge", "numbers", "--source", "suri_2010", "--format", "json").json
    assert all(any(s["id"] == "suri_2010" for s in one["sources"]) for one in data["numbers"])
    assert here("knowledge", "numbers", "--source", "suri_2099").err.startswith('unclench: "suri_2099" is no source.')
    assert here("knowledge", "numbers", "--record", "no_such").status == 2
