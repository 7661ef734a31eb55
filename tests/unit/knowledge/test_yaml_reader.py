"""The strict reader: YAML 1.2 words, nothing hidden, and every value and fault has its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from unclench.errors import KnowledgeError
from unclench.knowledge.yaml_reader import Document, read_yaml


def read(folder: Path, text: str | bytes) -> Document:
    file = folder / "some.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_yaml(file, "rules/some.yaml")


def problems(folder: Path, text: str | bytes) -> tuple[str, ...]:
    with pytest.raises(KnowledgeError) as refusal:
        read(folder, text)
    return refusal.value.problems


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("No", "No"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("012", 12),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("2.5", 2.5),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        ("nan", "nan"),
        ("<<", "<<"),
        ("fever and not numbness", "fever and not numbness"),
    ],
)
def test_a_bare_word_means_what_yaml_1_2_says(tmp_path: Path, written: str, meant: object) -> None:
    value = read(tmp_path, f"key: {written}\n").data["key"]
    assert (value, type(value)) == (meant, type(meant))


@pytest.mark.parametrize("written", ["'true'", '"12"', "'null'", '"2026-01-01"', "|-\n  12", ">-\n  true"])
def test_a_quoted_or_block_value_is_always_text(tmp_path: Path, written: str) -> None:
    assert isinstance(read(tmp_path, f"key: {written}\n").data["key"], str)


@pytest.mark.parametrize("key", ["no", "true", "12", "null"])
def test_a_key_is_always_a_word(tmp_path: Path, key: str) -> None:
    assert read(tmp_path, f"{key}: 1\n").data == {key: 1}


def test_lists_and_mappings_become_plain_ones(tmp_path: Path) -> None:
    data: Any = read(tmp_path, "- {a: [1, two], b: {c: no}}\n- x\n").data
    assert data == [{"a": [1, "two"], "b": {"c": "no"}}, "x"]


def test_every_value_has_the_line_where_it_stands(tmp_path: Path) -> None:
    document = read(tmp_path, "# a comment\nid: one\nthen:\n  see: gp\n  list:\n    - a\n    - b\n")
    assert {path: document.where(path) for path in [("id",), ("then", "see"), ("then", "list", 1)]} == {
        ("id",): "rules/some.yaml:2",
        ("then", "see"): "rules/some.yaml:4",
        ("then", "list", 1): "rules/some.yaml:7",
    }


def test_a_part_that_is_not_there_is_placed_where_it_would_be(tmp_path: Path) -> None:
    document = read(tmp_path, "id: one\n\nthen:\n  see: gp\n")
    assert document.where(("then", "disposition")) == "rules/some.yaml:3"
    assert document.where(("nothing", "at", "all")) == "rules/some.yaml:1"


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "id: one\nwhen: a\nid: two\n") == (
        'rules/some.yaml:3: the key "id" is there twice. Keep one.',
    )


def test_a_key_given_twice_further_in_is_refused_too(tmp_path: Path) -> None:
    assert problems(tmp_path, "- then:\n    see: gp\n    see: self\n") == (
        'rules/some.yaml:3: the key "see" is there twice. Keep one.',
    )


HIDDEN = "anchors, aliases and tags are refused; a reader must see each value where it counts. Write it out."


def test_an_anchor_and_each_use_of_it_are_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "one: &a fever\ntwo: *a\n") == (
        f"rules/some.yaml:1: {HIDDEN}",
        f"rules/some.yaml:2: {HIDDEN}",
    )


@pytest.mark.parametrize("value", ["!!str 12", "!rule fever", "!!python/name:os.system", "! x"])
def test_a_tag_is_refused(tmp_path: Path, value: str) -> None:
    assert problems(tmp_path, f"one: 1\ntwo: {value}\n") == (f"rules/some.yaml:2: {HIDDEN}",)


@pytest.mark.parametrize("date", ["2026-11-21", "2026-11-21T10:00:00Z"])
def test_a_date_without_quotes_is_refused(tmp_path: Path, date: str) -> None:
    assert problems(tmp_path, f"id: one\nvalid_from: {date}\n") == (f'rules/some.yaml:2: quote the date: "{date}".',)


def test_a_date_in_quotes_is_text(tmp_path: Path) -> None:
    assert read(tmp_path, 'valid_from: "2026-11-21"\n').data == {"valid_from": "2026-11-21"}


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n"], ids=repr)
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text) == ("rules/some.yaml: the file is empty. Write a record or remove the file.",)


def test_text_in_another_encoding_is_refused_with_the_byte(tmp_path: Path) -> None:
    assert problems(tmp_path, b"id: caf\xe9 au lait\n") == (
        "rules/some.yaml: not UTF-8 text (invalid continuation byte at byte 7). Save it as UTF-8.",
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [("id: one\nwhen: [a, b\n", 3), ("id: one\n\twhen: a\n", 2), ("a: b: c\n", 1), ("one: 1\n---\ntwo: 2\n", 2)],
)
def test_what_is_not_yaml_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(f"rules/some.yaml:{line}: not well-formed YAML: ")
    assert problem.endswith(".")


def test_a_key_that_is_no_word_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "one: 1\n? [a, b]\n: 2\n") == ("rules/some.yaml:2: a key must be a plain word.",)


def test_all_faults_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, "id: &a one\nid: two\nday: 2026-01-01\n")
    assert [problem.split(":")[1] for problem in found] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: " + "[" * 10_000 + "]" * 10_000,
        "a: 1\nb: " + "{c: " * 100_000 + "1" + "}" * 100_000,
        "a: 1\nb: " + "[" * 1_000_000,
    ],
    ids=["lists", "mappings", "open brackets"],
)
def test_what_is_nested_too_deep_to_read_is_refused(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text) == ("rules/some.yaml:2: nested more than 50 deep. Write it flatter.",)


def test_fifty_levels_are_read(tmp_path: Path) -> None:
    made: Any = read(tmp_path, "[" * 50 + "]" * 50 + "\n").data
    for _ in range(49):
        (made,) = made
    assert made == []
