"""A pack in lines holds the same as one written out, and a part is decoded only when somebody looks at it."""

from __future__ import annotations

import json
from copy import copy
from typing import Any

import pytest

from unclench.errors import KnowledgeError
from unclench.knowledge import Knowledge
from unclench.knowledge.layout import HYPOTHESES, Parts, serialise
from unclench.reasoning import assess


@pytest.fixture(scope="module")
def text(knowledge: Knowledge) -> str:
    return serialise(knowledge.data)


def test_the_text_is_json_in_lines_one_for_each_part(text: str) -> None:
    lines = text.split("\n")
    assert (lines[0], lines[-1]) == ("{", "}")
    assert [line[1 : line.index('":')] for line in lines[1:-1]] == sorted(json.loads(text))
    assert text.isascii()


def test_what_is_written_is_read_whole(knowledge: Knowledge, text: str) -> None:
    assert Parts(text).written_out() == knowledge.data
    assert serialise(Parts(text).written_out()) == text
    assert serialise(json.loads(text)) == text


def test_each_distinct_term_is_written_once(knowledge: Knowledge, text: str) -> None:
    terms = (term for kind in HYPOTHESES for one in knowledge.data[kind] for term in one["terms"])
    listed = [json.dumps(term, sort_keys=True) for term in terms]
    assert len(json.loads(text)["terms"]) == len(set(listed)) < len(listed)


def test_each_distinct_pair_of_numbers_and_list_of_sources_is_written_once(text: str) -> None:
    parts = json.loads(text)
    for part in ("weights", "source_lists"):
        written = [json.dumps(one) for one in parts[part]]
        assert len(set(written)) == len(written) < len(parts["terms"])


def test_what_only_people_read_stands_beside(text: str) -> None:
    parts = json.loads(text)
    for kind, beside, note in (("rules", "rule_notes", "why"), ("strata", "stratum_notes", "written")):
        assert len(parts[kind]) == len(parts[beside]) > 0
        assert all(note in notes and note not in one for one, notes in zip(parts[kind], parts[beside], strict=True))


def test_the_words_of_one_kind_in_one_language_are_a_part_by_themselves(knowledge: Knowledge, text: str) -> None:
    parts = Parts(text)
    assert parts.words("findings", "en") == knowledge.data["wording"]["en"]["findings"] == parts["wording/en/findings"]
    for kind, locale in (("findings", "xx"), ("nothing", "en")):
        with pytest.raises(KeyError):
            parts.words(kind, locale)


def test_no_two_terms_of_plain_data_share_what_could_be_changed(text: str) -> None:
    whole = Parts(text).written_out()
    terms = [term for kind in HYPOTHESES for one in whole[kind] for term in one["terms"]]
    assert len({id(term) for term in terms}) == len(terms)
    assert len({id(term["sources"]) for term in terms}) == len(terms)


def test_other_data_in_its_place_is_what_is_read(knowledge: Knowledge) -> None:
    made = copy(knowledge)
    wording = {**knowledge.data["wording"], "xx": knowledge.data["wording"]["en"]}
    made.data = {**knowledge.data, "wording": wording}
    assert made.words("findings", "fever", "label", locale="xx") == knowledge.words("findings", "fever", "label")
    assert "xx" not in knowledge.data["wording"]


def test_a_pack_written_out_says_the_same(knowledge: Knowledge) -> None:
    plain = Knowledge(json.dumps(knowledge.data))
    said = {"age": 50, "findings": {"back_pain": True, "fever": False}}
    one, other = (assess(pack, said).to_data() for pack in (knowledge, plain))
    for result in (one, other):
        del result["pack"], result["result_hash"]
    assert one == other
    assert plain.data == knowledge.data


@pytest.mark.parametrize(
    "part", ["terms", "term_notes", "weights", "source_lists", "rule_notes", "stratum_notes", "places"]
)
def test_a_pack_that_lost_a_part_is_told_which(text: str, part: str) -> None:
    lines = [line for line in text.split("\n") if not line.startswith(f'"{part}":')]
    in_lines = "\n".join(lines).replace(",\n}", "\n}")
    for without in (in_lines, json.dumps(json.loads(in_lines))):
        with pytest.raises(KnowledgeError) as refused:
            Knowledge(without)
        assert refused.value.problems == (f"the pack lacks {part}. Build the pack again.",)


def test_only_what_is_looked_at_is_decoded(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    class Watched(json.JSONDecoder):
        def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
            seen.append(idx)
            return super().raw_decode(s, idx)

    monkeypatch.setattr("unclench.knowledge.layout._DECODER", Watched())
    parts = Parts(text)
    assert len(parts) == len(list(parts)) > 20
    assert "places" in parts
    assert "nothing" not in parts
    assert seen == []
    assert parts["places"] is parts["places"]
    assert len(seen) == 1


@pytest.mark.parametrize("wrong", ["{\n}", '{\n"a\n}', '{\n"a":1,\n', "[]", '{"a": 1}'])
def test_what_is_laid_out_otherwise_is_read_as_any_json(wrong: str) -> None:
    try:
        expected = json.loads(wrong)
    except ValueError:
        with pytest.raises(ValueError):
            Parts(wrong)
        return
    parts = Parts(wrong)
    assert parts.is_object is isinstance(expected, dict)
    assert dict(parts) == (expected or {})


def test_damage_in_a_part_shows_when_it_is_looked_at() -> None:
    parts = Parts('{\n"a":1,\n"b":[2\n}')
    assert parts["a"] == 1
    with pytest.raises(ValueError):
        parts["b"]
