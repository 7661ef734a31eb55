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
MISLEADING = (
    "adversarial",
    "adversarial_fresh",
    "adversarial_third",
    "adversarial_fourth",
    "adversarial_fifth",
    "adversarial_short",
)


@pytest.fixture(scope="module")
def index(knowledge: Knowledge) -> ClaimIndex:
    return ClaimIndex(knowledge)


@pytest.fixture(scope="module")
def paraphrases() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = yaml.safe_load(PARAPHRASES.read_text(encoding="utf-8"))
    return listed


@pytest.fixture(scope="module")
def misleading() -> list[dict[str, Any]]:
    return [one for name in MISLEADING for one in listed(name)]


def listed(name: str) -> list[dict[str, Any]]:
    file = PARAPHRASES.with_name(f"claims_{name}.yaml")
    made: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return made


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


@pytest.mark.parametrize(("name", "least"), [("calibration", 19), ("paraphrases", 9)])
def test_every_verdict_told_of_other_words_is_that_of_the_right_claim(index: ClaimIndex, name: str, least: int) -> None:
    close = [(one, best) for one in listed(name) for best in index.match(one["text"])[:1] if best.is_close]
    assert [one["text"] for one, best in close if best.claim.id not in one["claims"]] == []
    assert len(close) >= least


def test_no_misleading_sentence_gets_a_verdict_that_is_not_true_of_it(
    index: ClaimIndex, misleading: list[dict[str, Any]]
) -> None:
    assert len(misleading) == 131
    told = [(one, best) for one in misleading for best in index.match(one["text"])[:1] if best.is_close]
    assert [(one["text"], best.claim.id) for one, best in told if best.claim.verdict not in one["fair"]] == []


def test_misleading_sentences_do_resemble_claims(index: ClaimIndex, misleading: list[dict[str, Any]]) -> None:
    # Else the test above would say nothing.
    assert sum(bool(index.match(one["text"])) for one in misleading) >= 70


TURNS = {
    "denied": lambda text: f"It is not so: {text}",
    "never": lambda text: f"Never think this: {text}",
    "danger": lambda text: f"{text[:-1]} with new numbness between the legs.",
    "absolute": lambda text: f"This is always so: {text}",
    "number": lambda text: f"{text[:-1]} for nine weeks.",
    "ignore": lambda text: f"Ignore this: {text}",
    "added": lambda text: f"{text[:-1]} in a baby.",
}


@pytest.mark.parametrize("turn", TURNS)
def test_a_right_claim_that_is_turned_round_is_never_told_right(
    knowledge: Knowledge, index: ClaimIndex, turn: str
) -> None:
    tried = 0
    for claim in knowledge.claims.values():
        if claim.verdict != "supported":
            continue
        for text in (claim.says, knowledge.words("claims", claim.id, "says").removeprefix("It says ")):
            for best in index.match(TURNS[turn](text))[:1]:
                tried += 1
                assert not (best.is_close and best.claim.verdict == "supported"), (text, best)
    assert tried > 50


def test_a_right_claim_in_our_own_words_is_told_right(knowledge: Knowledge, index: ClaimIndex) -> None:
    right = [claim for claim in knowledge.claims.values() if claim.verdict == "supported"]
    told = [best for claim in right for best in index.match(claim.says)[:1] if best.is_close]
    assert len(told) >= len(right) / 2
    assert {best.claim.verdict for best in told} == {"supported"}


@pytest.mark.parametrize(
    ("text", "claim", "is_close"),
    [
        ("Back spasms are usually serious.", "c003_usually_serious", True),
        ("Dehydration can cause muscle spasms.", "c000_dehydration", True),
        ("Statins can cause muscle spasms.", "c004_medicines_cause", True),
        ("A chiropractor puts the spine back in line.", "c002_chiropractic_alignment", True),
        ("A chiropractor works on the spine.", "c002_chiropractic_alignment", False),
        ("Do not take painkillers.", "c003_no_painkillers", False),
        ("Muscle spasms can cause dehydration.", "c000_dehydration", False),
    ],
)
def test_a_short_plain_claim_is_found_and_not_when_it_is_turned_round(
    index: ClaimIndex, text: str, claim: str, *, is_close: bool
) -> None:
    best = index.match(text)[0]
    assert (best.claim.id, best.is_close) == (claim, is_close)


def test_two_words_that_were_audited_are_known_again_without_a_verdict(
    knowledge: Knowledge, index: ClaimIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = knowledge.claim_texts["003_c962aa94308573a3"].sentences[2]
    monkeypatch.setattr("unclench.intake.claim_index.fingerprint", lambda _: mark)
    best = index.match("The serious problem.")[0]
    assert (best.claim.id, best.exact, best.is_close, best.doubts) == ("c003_usually_serious", True, False, ("short",))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("If you lose control of your bladder, wait a few days and then book a visit.", "new_bladder_trouble"),
        ("Numbness between the legs is normal.", "saddle_numbness_new"),
        ("Sudden chest pain often goes away at home.", "chest_trouble"),
        ("If you lose control of your bladder, go to A&E.", None),
        ("Rest at home with a hot pack for a few days.", None),
        ("Should you wait with a numb saddle?", None),
    ],
)
def test_a_danger_sign_beside_a_word_of_waiting_is_pointed_out(
    knowledge: Knowledge, text: str, rule: str | None
) -> None:
    (sentence,) = audited(knowledge, text)["sentences"]
    assert sentence["danger"] == ([f"red_flags/{rule}"] if rule else [])
    assert rule is None or rule in {one.id for one in knowledge.rules}


@pytest.mark.parametrize("text", ["Home", "Muscle pain is bad.", "Spasms hurt.", "See all causes"])
def test_what_tells_too_little_is_like_no_claim(index: ClaimIndex, text: str) -> None:
    assert index.match(text) == ()


def test_a_sentence_that_was_audited_is_known_by_its_mark(
    knowledge: Knowledge, index: ClaimIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = next(iter(knowledge.claim_texts.values()))
    claim = text.claims[0]
    monkeypatch.setattr("unclench.intake.claim_index.fingerprint", lambda _: text.sentences[claim.sentences[0]])
    best = index.match("These words stand for the sentence itself.")[0]
    assert (best.claim, best.exact, best.score) == (claim, True, 1.0)


def test_an_omission_matches_no_sentence_since_nobody_wrote_it(knowledge: Knowledge, index: ClaimIndex) -> None:
    silent = [claim for claim in knowledge.claims.values() if not claim.sentences]
    assert silent
    for claim in silent:
        assert claim not in [match.claim for match in index.nearest(claim.says)]


@pytest.mark.parametrize("text", ["Is back spasm serious?", "Treatment of Back Spasm", "Spasm.", "", "Back pain."])
def test_questions_headings_and_the_subject_alone_claim_nothing(index: ClaimIndex, text: str) -> None:
    assert index.match(text) == ()


def test_a_not_in_only_one_of_the_two_takes_the_verdict_away(index: ClaimIndex) -> None:
    said = index.match("Lactic acid builds up in tired muscles and causes spasms.")[0]
    denied = index.match("Lactic acid does not build up in tired muscles or cause spasms.")[0]
    assert said.claim is denied.claim
    assert (said.is_close, denied.is_close) == (True, False)
    assert "denial" in denied.doubts


def test_a_danger_sign_that_the_claim_does_not_name_takes_the_verdict_away(index: ClaimIndex) -> None:
    best = index.match("Stay active with low-impact exercise even with fever.")[0]
    assert (best.claim.id, best.is_close) == ("c002_stay_active", False)
    assert "danger" in best.doubts


def test_a_possible_match_carries_no_verdict(knowledge: Knowledge) -> None:
    made = audited(knowledge, "Back spasms are never serious, so you never need to see a doctor.")
    (sentence,) = made["sentences"]
    assert sentence["class"] == "possible"
    assert not {"verdict", "verdict_name", "right", "why"} & set(sentence["matches"][0])
    assert (made["counts"]["possible"], sum(made["counts"]["by_verdict"].values())) == (1, 0)


def test_an_audit_lists_every_sentence_and_counts_the_unchecked(knowledge: Knowledge) -> None:
    made = audited(
        knowledge,
        "<h1>Your Sore Back</h1><p>Lactic acid builds up in tired muscles and causes spasms. Copper heals. Why?</p>",
    )
    assert [(one["kind"], one["class"]) for one in made["sentences"]] == [
        ("heading", None),
        ("statement", "close"),
        ("statement", "unchecked"),
        ("question", None),
    ]
    best = made["sentences"][1]["matches"][0]
    assert (best["claim"], best["verdict"], best["exact"]) == ("c001_lactic_acid", "contradicted", False)
    assert best["right"] == knowledge.words("claims", "c001_lactic_acid", "right")
    assert {key: made["counts"][key] for key in ("sentences", "statements", "close", "possible", "unchecked")} == {
        "sentences": 4,
        "statements": 2,
        "close": 1,
        "possible": 0,
        "unchecked": 1,
    }
    assert made["counts"]["by_verdict"]["contradicted"] == 1


def test_marks_of_sentences_are_those_the_knowledge_keeps(knowledge: Knowledge) -> None:
    # This heading stands in an audited article; it is too short to be anybody's.
    marks = {mark for text in knowledge.claim_texts.values() for mark in text.sentences.values()}
    assert fingerprint("Conclusion") in marks


def test_what_says_that_a_list_works_claims_it_of_each_of_the_list(knowledge: Knowledge) -> None:
    claims = [claim for claim in knowledge.claim_texts["004_627e39669511d60e"].claims if 47 in claim.sentences]
    assert {claim.record for claim in claims} >= {"physiotherapy", "electrolytes", "heat", "muscle_relaxants"}
