"""Faults planted in what lay articles claim: each is refused with its place, its reason and how to mend it."""

from __future__ import annotations

from unclench.knowledge import Knowledge
from unclench.knowledge.layout import serialise
from unit.knowledge.planting import Planting

FILE, WORDS = "claims/planted.yaml", "wording/en/claims/planted.yaml"
TEXT = """\
id: planted
about: An article that a test made up.
sentences:
  1: "000000000001"
  2: "000000000002"
  3: "000000000003"
  4: "000000000004"
nothing:
  - {sentences: [1], reason: Heading.}
claims:
  - id: planted_heat
    sentences: [2, 3]
    says: Heat helps.
    verdict: supported
    why: A test needs it.
    source: [{id: judgement, at: "made up"}]
    record: {treatment: heat}
    contradicts: [planted_cold]
    keywords: [warm]
  - id: planted_cold
    sentences: [3, 4]
    says: Only cold helps.
    verdict: weak
    why: A test needs this too.
    source: [{id: judgement, at: "made up"}]
    record: {treatment: cold}
    contradicts: [planted_heat]
  - id: planted_silence
    sentences: []
    says: No danger sign is named.
    verdict: unsafe_omission
    why: A test needs an omission.
    source: [{id: judgement, at: "made up"}]
    record: {red_flag: saddle_numbness_new}
"""
WORDING = """\
planted_heat: {says: Heat helps., right: It does.}
planted_cold: {says: Cold helps., right: It may.}
planted_silence: {says: It names no sign., right: Ask.}
"""

FAULTS = (
    (FILE, "treatment: heat}", "treatment: heet}", '"heet" is not a known treatment. Did you mean "heat"?'),
    (FILE, "treatment: heat}", "treatment: heat, event: tetany}", "must name one record that has it right"),
    (FILE, "treatment: heat}", "remedy: heat}", "remedy"),
    (FILE, "{id: judgement", "{id: nobody_2020", '"nobody_2020" is not a known source.'),
    (FILE, "    why: A test needs it.\n", "", '"planted_heat" has a verdict and no `why:`. Give the reason.'),
    (FILE, "verdict: supported", "verdict: proven", "proven"),
    (FILE, "sentences: [3, 4]", "sentences: [3]", "sentence 4 is not mapped. Give it a claim, or a reason"),
    (FILE, "sentences: [1]", "sentences: [1, 2]", "sentence 2 makes this claim and is listed under `nothing`. Decide."),
    (FILE, "sentences: [3, 4]", "sentences: [3, 4, 5]", "there is no sentence 5 in this text. Mend the number."),
    (FILE, "  4: ", "  5: ", "the sentences must be numbered from 1 without a gap. Enumerate again."),
    (FILE, '"000000000004"', '"4"', "sentences"),
    (FILE, "sentences: [2, 3]", "sentences: []", '"planted_heat" names no sentence; only an unsafe omission may.'),
    (
        FILE,
        "    contradicts: [planted_heat]\n",
        "",
        '"planted_heat" contradicts "planted_cold", but not the other way.',
    ),
    (FILE, "[planted_heat]", "[planted_heat, planted_cold]", '"planted_cold" contradicts itself.'),
    (FILE, "[planted_heat]", "[planted_heat, planted_col]", '"planted_col" is not a known claim.'),
    (FILE, "id: planted_silence", "id: c000_dehydration", 'the claim "c000_dehydration" is there twice. Rename one.'),
    (WORDS, ", right: It does.", "", '"planted_heat" lacks right.'),
    (WORDS, "planted_silence:", "left_over:", '"left_over" is worded, but there is no such record.'),
    (WORDS, "planted_silence:", "left_over:", '"planted_silence" lacks says, right.'),
)
FAULTLESS = {FILE: TEXT, WORDS: WORDING}


def test_a_faultless_text_is_read_back_as_it_was_written(planting: Planting) -> None:
    for file, whole in FAULTLESS.items():
        planting.write(file, whole)
    knowledge = Knowledge(serialise(planting.compile()))
    text, claim = knowledge.claim_texts["planted"], knowledge.claims["planted_heat"]
    assert (text.sentences[3], text.nothing) == ("000000000003", (((1,), "Heading."),))
    assert text.mapped == {1, 2, 3, 4}
    assert (claim.text, claim.sentences, claim.verdict) == ("planted", (2, 3), "supported")
    assert (claim.record_kind, claim.record, claim.contradicts) == ("treatment", "heat", ("planted_cold",))
    assert (claim.keywords, claim.sources[0].at, claim.from_memory) == (("warm",), "made up", False)
    assert knowledge.claims["planted_silence"].sentences == ()


def test_each_fault_is_refused_with_its_place(planting: Planting) -> None:
    planting.assert_refused(FAULTLESS, FAULTS, numbered)


def numbered(text: str, number: int) -> str:
    return text.replace("planted", f"planted{number}").replace("left_over", f"left_over{number}")
