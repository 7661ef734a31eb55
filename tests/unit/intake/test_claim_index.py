"""A lay article is compared with known claims; what matches none is unchecked, never right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from unclench.intake.claim_index import ClaimIndex, audited
from unclench.intake.sentences import fingerprint
from unclench.knowledge import Knowledge

PARAPHRASES = Path(__file__).with_name("claims_paraphrases.yaml")

LEAST_PRECISION = 0.90
LEAST_RECALL = 0.85


@pytest.fixture(scope="module")
def index(knowledge: Knowledge) -> ClaimIndex:
    return ClaimIndex(knowledge)


@pytest.fixture(scope="module")
def paraphrases() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = yaml.safe_load(PARAPHRASES.read_text(encoding="utf-8"))
    return listed


def test_there_are_forty_sentences_to_find_and_twenty_to_leave(
    knowledge: Knowledge, paraphrases: list[dict[str, Any]]
) -> None:
    assert [sum(bool(one["claims"]) for one in paraphrases), len(paraphrases)] == [40, 60]
    assert {claim for one in paraphrases for claim in one["claims"]} <= set(knowledge.claims)


def test_claims_are_found_in_other_words(index: ClaimIndex, paraphrases: list[dict[str, Any]]) -> None:
    found = {one["text"]: index.match(one["text"]) for one in paraphrases}
    right = [
        one["text"] for one in paraphrases if found[one["text"]] and found[one["text"]][0].claim.id in one["claims"]
    ]
    told = [text for text, matches in found.items() if matches]
    assert len(right) / len(told) >= LEAST_PRECISION
    assert len(right) / sum(bool(one["claims"]) for one in paraphrases) >= LEAST_RECALL


def test_a_sentence_that_was_audited_is_known_by_its_mark(
    knowledge: Knowledge, index: ClaimIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = next(iter(knowledge.claim_texts.values()))
    claim = text.claims[0]
    monkeypatch.setattr("unclench.intake.claim_index.fingerprint", lambda _: text.sentences[claim.sentences[0]])
    best = index.match("It stands for the sentence itself.")[0]
    assert (best.claim, best.exact, best.score) == (claim, True, 1.0)


def test_an_omission_matches_no_sentence_since_nobody_wrote_it(knowledge: Knowledge, index: ClaimIndex) -> None:
    silent = [claim for claim in knowledge.claims.values() if not claim.sentences]
    assert silent
    for claim in silent:
        assert claim not in [match.claim for match in index.nearest(claim.says)]


@pytest.mark.parametrize("text", ["Is back spasm serious?", "Treatment of Back Spasm", "Spasm.", "", "Back pain."])
def test_questions_headings_and_the_subject_alone_claim_nothing(index: ClaimIndex, text: str) -> None:
    assert index.match(text) == ()


def test_a_not_in_only_one_of_the_two_is_pointed_out(index: ClaimIndex) -> None:
    said = index.match("Lactic acid builds up in tired muscles and causes spasms.")[0]
    denied = index.match("Lactic acid does not build up in tired muscles or cause spasms.")[0]
    assert said.claim is denied.claim
    assert (said.may_deny, denied.may_deny) == (False, True)


def test_an_audit_lists_every_sentence_and_counts_the_unchecked(knowledge: Knowledge) -> None:
    made = audited(
        knowledge,
        "<h1>Your Sore Back</h1><p>Lactic acid builds up in tired muscles and causes spasms. Copper heals. Why?</p>",
    )
    assert [(one["kind"], one["checked"]) for one in made["sentences"]] == [
        ("heading", False),
        ("statement", True),
        ("statement", False),
        ("question", False),
    ]
    best = made["sentences"][1]["matches"][0]
    assert (best["claim"], best["verdict"], best["exact"]) == ("c001_lactic_acid", "contradicted", False)
    assert best["right"] == knowledge.words("claims", "c001_lactic_acid", "right")
    assert {key: made["counts"][key] for key in ("sentences", "statements", "matched", "unchecked")} == {
        "sentences": 4,
        "statements": 2,
        "matched": 1,
        "unchecked": 1,
    }
    assert made["counts"]["by_verdict"]["contradicted"] == 1


def test_marks_of_sentences_are_those_the_knowledge_keeps(knowledge: Knowledge) -> None:
    # This heading stands in an audited article; it is too short to be anybody's.
    marks = {mark for text in knowledge.claim_texts.values() for mark in text.sentences.values()}
    assert fingerprint("Conclusion") in marks
