"""`unclench explain`: every rule and every sum."""

from __future__ import annotations

import json

import pytest

from shells.cli.running import here, unclench
from unclench import Knowledge

ANNA = json.dumps({"id": "anna", "age": 34, "findings": {"saddle_numbness": True, "fever": False}})


def test_json_holds_every_rule_with_its_truth_and_every_cause_with_its_sum() -> None:
    ran = unclench("explain", "-", "--format", "json", stdin=ANNA)
    assert (ran.status, ran.err) == (0, "")
    knowledge = Knowledge.load()
    assert {rule["rule"] for rule in ran.json["rules"]} == {rule.id for rule in knowledge.rules}
    assert {rule["truth"] for rule in ran.json["rules"]} == {"true", "false", "unknown"}
    assert {one["cause"] for one in ran.json["sums"]} == set(knowledge.causes)
    assert sum(one["probability"] for one in ran.json["sums"]) == pytest.approx(1)
    assert ran.json["assessment"] == unclench("assess", "-", stdin=ANNA).json


def test_a_sum_is_its_prior_and_its_terms() -> None:
    for one in here("explain", "-", "--format", "json", stdin=ANNA).json["sums"]:
        terms = sum(term["log_odds"] for term in one["terms"])
        assert one["log_weight"] == pytest.approx(one["log_prior"] + terms)


def test_text_names_what_a_rule_rests_on_and_what_others_wait_for() -> None:
    ran = here("explain", "-", stdin=ANNA)
    assert ran.status == 0
    assert ran.out.startswith("emergency  (at least emergency, at most emergency)")
    assert "emergency  saddle_numbness_new: saddle_numbness\n             rests on saddle_numbness\n" in ran.out
    assert "waits for " in ran.out
    assert "rules do not hold." in ran.out
    assert ran.out.splitlines()[-1].startswith("pack sha256:")


def test_a_bad_record_stops_no_other() -> None:
    ran = here("explain", "-", stdin=f"{ANNA}\n{{broken\n{ANNA.replace('anna', 'ben')}\n")
    assert ran.status == 2
    assert ran.out.count("rules do not hold.") == 2
    assert "line 2: broken JSON at column 2" in ran.err


def test_a_bad_case_is_named() -> None:
    ran = here("explain", "-", stdin='{"age": 400}')
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith('unclench: standard input: "age" cannot be 400')
