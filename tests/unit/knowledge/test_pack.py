"""A pack is named by its content, loads from a folder or a file, and says so plainly when it cannot."""

from __future__ import annotations

import json
from math import exp, fsum
from pathlib import Path
from typing import Any

import pytest

from unclench.errors import ExpressionError, KnowledgeError
from unclench.knowledge import Disposition, Knowledge
from unclench.knowledge.compile import compile_pack, compile_to_file, pack_hash
from unclench.knowledge.layout import serialise
from unclench.knowledge.yaml_reader import read_yaml
from unclench.logic import Answer, AnyRegion, Defined, Negation, Present
from unit.knowledge.planting import KNOWLEDGE, Planting


@pytest.fixture(scope="module")
def text(knowledge: Knowledge) -> str:
    return serialise(knowledge.data)


# the hash


def test_the_same_content_has_the_same_hash_wherever_it_lies(planting: Planting) -> None:
    one, other = (serialise(planting.compile()) for _ in range(2))
    assert pack_hash(one) == pack_hash(other)
    assert Knowledge.load(planting.root).hash == pack_hash(one)


def test_the_order_in_which_records_were_written_does_not_matter(text: str) -> None:
    backwards = dict(reversed(json.loads(text).items()))
    assert pack_hash(serialise(backwards)) == pack_hash(text)


def test_one_changed_word_changes_the_hash(planting: Planting) -> None:
    before = pack_hash(serialise(planting.compile()))
    file = planting.first_file_with("wording/en/findings", "label: ")
    planting.replace(file, "label: ", "label: very ")
    assert pack_hash(serialise(planting.compile())) != before


def test_a_comment_or_a_blank_line_does_not_change_the_hash(planting: Planting) -> None:
    before = pack_hash(serialise(planting.compile()))
    file = planting.first_file_with("findings", "- id: ")
    planting.write(file, f"# a remark\n\n{planting.text(file)}\n")
    assert pack_hash(serialise(planting.compile())) == before


def test_the_hash_is_that_of_the_canonical_text(knowledge: Knowledge, text: str) -> None:
    assert knowledge.hash == pack_hash(text)
    assert len(knowledge.hash) == len("sha256:") + 64


# loading


def test_the_program_s_own_pack_is_the_compiled_folder(knowledge: Knowledge) -> None:
    assert knowledge.hash == pack_hash(serialise(compile_pack(KNOWLEDGE, read=read_yaml)))


def test_a_pack_written_to_a_file_loads_as_the_same_pack(planting: Planting, tmp_path: Path) -> None:
    compile_to_file(planting.root, tmp_path / "new" / "pack.json")
    from_file, from_folder = Knowledge.load(tmp_path / "new" / "pack.json"), Knowledge.load(str(planting.root))
    assert from_file.hash == from_folder.hash
    assert repr(from_file.rules) == repr(from_folder.rules)
    assert repr(from_file.findings) == repr(from_folder.findings)


def test_a_folder_with_problems_does_not_load(planting: Planting) -> None:
    planting.plant_rule()
    planting.replace("red_flags/planted_rule.yaml", "saddle_numbness", "sadle_numbness")
    with pytest.raises(KnowledgeError, match=r'planted_rule\.yaml:5: "sadle_numbness" is not a known finding'):
        Knowledge.load(planting.root)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Expecting value: line 1 column 1 (char 0)"),
        (b'{"format": 1', "Expecting ',' delimiter: line 1 column 13 (char 12)"),
        (b"\xff\xfe", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ],
)
def test_a_file_that_is_no_pack_is_refused_with_the_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "pack.json"
    file.write_bytes(content)
    with pytest.raises(KnowledgeError) as refusal:
        Knowledge.load(file)
    assert refusal.value.problems == (f"{file}: no readable pack ({reason}). Name a pack or a knowledge folder.",)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError) as refusal:
        Knowledge.load(tmp_path / "nothing.json")
    (problem,) = refusal.value.problems
    assert problem.startswith(f"{tmp_path / 'nothing.json'}: no readable pack (")
    assert problem.endswith("). Name a pack or a knowledge folder.")


PARTS = (
    "screens, rules, causes, contributors, events, strata, sources, places, model, wording, exercises, figures, "
    "phases, tracks, treatments, plan, medicines, medicine_groups, claims, questions, charts, muscles, reviews, "
    "changes, model_written"
)


@pytest.mark.parametrize("number", [0, 99, "null"])
def test_a_pack_of_another_format_is_refused_and_not_guessed(tmp_path: Path, number: object) -> None:
    file = tmp_path / "pack.json"
    file.write_text(f'{{"format": {number}}}', encoding="utf-8")
    with pytest.raises(KnowledgeError) as refusal:
        Knowledge.load(file)
    shown = "None" if number == "null" else number
    wanted = f"{file}: the pack has format {shown}, this version reads 2. Build the pack again."
    assert refusal.value.problems == (wanted,)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[]", "is no JSON object"),
        ("3", "is no JSON object"),
        ('{"format": 2}', f"lacks expressions, predicates, findings, {PARTS}"),
    ],
)
def test_a_pack_without_its_parts_is_refused_by_name(tmp_path: Path, content: str, fault: str) -> None:
    file = tmp_path / "pack.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeError) as refusal:
        Knowledge.load(file)
    assert refusal.value.problems == (f"{file}: the pack {fault}. Build the pack again.",)


def test_a_pack_nested_too_deep_to_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pack.json"
    file.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"pack\.json: no readable pack \("):
        Knowledge.load(file)


# what a pack holds


def test_each_finding_comes_after_those_its_grounds_look_at(knowledge: Knowledge) -> None:
    place = {finding: number for number, finding in enumerate(knowledge.findings)}
    for finding in knowledge.findings.values():
        for ground in (finding.only_if, finding.follows_from):
            looked_at = knowledge.mentions(ground) if ground is not None else ()
            assert all(place[one] < place[finding.id] for one in looked_at), finding.id


def test_causes_by_finding_is_the_index_of_the_terms(knowledge: Knowledge) -> None:
    for finding, causes in knowledge.causes_by_finding.items():
        for name in causes:
            assert any(finding in knowledge.mentions(term.when) for term in knowledge.causes[name].terms)
    for cause in knowledge.causes.values():
        for term in cause.terms:
            assert all(cause.id in knowledge.causes_by_finding[finding] for finding in knowledge.mentions(term.when))


def test_the_most_urgent_rule_takes_precedence_then_the_place_listed_first(knowledge: Knowledge) -> None:
    ordered = sorted(knowledge.rules, key=knowledge.precedence)
    keys = [(-rule.disposition, knowledge.places.index(rule.see)) for rule in ordered]
    assert keys == sorted(keys)
    assert ordered[0].disposition is Disposition.EMERGENCY


def test_priors_of_a_stratum_sum_to_one_and_name_every_cause(knowledge: Knowledge) -> None:
    for stratum in knowledge.strata:
        assert set(stratum.priors) == set(knowledge.causes)
        assert fsum(exp(weight.log) for weight in stratum.priors.values()) == pytest.approx(1)


def test_an_expression_mentions_each_finding_once(knowledge: Knowledge) -> None:
    tree = Negation(AnyRegion("pain_site", ("neck",)))
    assert knowledge.mentions(tree) == ("pain_site",)
    through = knowledge.mentions(Defined("cauda_equina_sign"))
    assert "saddle_numbness" in through
    assert len(set(through)) == len(through)


def test_words_are_found_by_kind_name_and_field(knowledge: Knowledge) -> None:
    assert knowledge.words("findings", "fever", "question").endswith("?")
    assert knowledge.words("findings", "fever", "no_such_field") == ""
    assert knowledge.choice_words("sex", "female")


def test_advice_to_stay_at_home_speaks_of_no_plan(knowledge: Knowledge) -> None:
    wording = knowledge.data["wording"]["en"]
    said = " ".join([*wording["dispositions"]["self_care"].values(), *wording["see"]["self"].values()])
    assert "plan" not in said.lower().split()


@pytest.mark.parametrize(
    ("finding", "fitting", "wrong"),
    [
        ("fever", [True, False, "unsure"], [1, 0, "yes", ("neck",)]),
        ("age", [0, 120, 64, 64.0, "unsure"], [-1, 121, 64.5, True, "old"]),
        ("body_temperature", [38.5, 30, 45], [29.9, 45.1, False]),
        ("sex", ["female", "unsure"], ["girl", True, 1]),
        ("pain_site", [(), ("neck",), ("neck", "chest"), "unsure"], [("elbow",), "neck", True, ("neck", "elbow")]),
    ],
)
def test_only_answers_of_the_right_kind_and_range_fit(
    knowledge: Knowledge, finding: str, fitting: list[Answer], wrong: list[Answer]
) -> None:
    assert [value for value in fitting if not knowledge.answer_kind_fits(finding, value)] == []
    assert [value for value in wrong if knowledge.answer_kind_fits(finding, value)] == []


def test_a_damaged_expression_stops_the_pack_from_loading(text: str) -> None:
    data: Any = json.loads(text)
    data["expressions"][0] = ["perhaps", "fever"]
    with pytest.raises(ExpressionError, match="an expression this version does not know"):
        Knowledge(serialise(data))


def test_disposition_names_are_those_of_the_records() -> None:
    assert [one.id for one in sorted(Disposition)] == ["self_care", "routine", "urgent", "same_day", "emergency"]
    assert all(Disposition.of(one.id) is one for one in Disposition)


def test_a_tree_of_the_pack_is_one_of_the_tree_language(knowledge: Knowledge) -> None:
    saddle = next(rule for rule in knowledge.rules if rule.id == "saddle_numbness_new")
    assert "saddle_numbness" in knowledge.mentions(saddle.when)
    assert knowledge.evaluate[Present("saddle_numbness")]({"saddle_numbness": True}).name == "TRUE"


def test_files_remembered_from_an_earlier_reading_give_the_same_pack(planting: Planting) -> None:
    """Nothing that was read is changed by compiling it, so the other tests may read each file once."""
    packs = [serialise(planting.compile()) for _ in range(2)]
    assert packs == [serialise(compile_pack(planting.root, read=read_yaml))] * 2
