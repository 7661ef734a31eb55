"""Synthetic people: possible, repeatable, said to be synthetic, and drawn with the chances they are said to be."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from unclench import Knowledge, KnowledgeError
from unclench.batch import assess_batch
from unclench.batch.population import BLOCK, LABEL, Population
from unclench.reasoning.case import ABOUT

ROOT = Path(__file__).resolve().parents[3]
SIZE = 8192


@pytest.fixture(scope="module")
def population(knowledge: Knowledge) -> Population:
    return Population(knowledge, missing=0, unsure=0, block=SIZE)


@pytest.fixture(scope="module")
def people(population: Population) -> pa.RecordBatch:
    return next(population.batches(SIZE, 3))


def in_bytes(population: Population, size: int, seed: int) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, population.schema) as writer:
        writer.write_table(pa.Table.from_batches(population.batches(size, seed), population.schema).combine_chunks())
    made: bytes = sink.getvalue().to_pybytes()
    return made


def test_nobody_is_refused_by_the_reader_of_cases(knowledge: Knowledge) -> None:
    drawn = next(Population(knowledge, missing=0.2, unsure=0.1, block=SIZE).batches(SIZE, 7))
    assert assess_batch(knowledge, drawn)["error"].null_count == SIZE


def test_what_cannot_hold_is_not_answered(people: pa.RecordBatch) -> None:
    pregnant = [row for row in people.select(["age", "sex", "pregnant"]).to_pylist() if row["pregnant"] == "true"]
    assert len(pregnant) >= 2
    assert all(10 <= row["age"] <= 60 and row["sex"] != "male" for row in pregnant)
    weeks = people.select(["pregnant", "pregnancy_weeks"]).to_pylist()
    assert all((row["pregnancy_weeks"] is None) == (row["pregnant"] != "true") for row in weeks)


def test_nothing_began_before_birth(people: pa.RecordBatch) -> None:
    rows = people.select(["age", "back_pain_onset_age", "pain_duration_days"]).to_pylist()
    assert all(row["back_pain_onset_age"] <= row["age"] for row in rows)
    assert all(row["pain_duration_days"] < 366 * (row["age"] + 1) for row in rows)
    assert any(row["back_pain_onset_age"] > 60 for row in rows)


def test_a_longer_stream_begins_with_the_shorter_one(knowledge: Knowledge) -> None:
    drawn = Population(knowledge, block=64)
    assert in_bytes(drawn, 150, 5) == in_bytes(Population(knowledge, block=64), 150, 5)
    long, short = (pa.Table.from_batches(drawn.batches(size, 5)) for size in (150, 70))
    assert long.slice(0, 70).to_pylist() == short.to_pylist()
    assert in_bytes(drawn, 70, 5) != in_bytes(drawn, 70, 6)


def test_a_number_that_nobody_is_sure_of_is_left_open(knowledge: Knowledge) -> None:
    drawn = next(Population(knowledge, missing=0, unsure=1, block=64).batches(64, 1))
    asked = [one for one in knowledge.findings.values() if one.supplied_by == "person" and one.id not in ABOUT]
    said = {one.id: {str(value) for value in drawn[one.id].to_pylist() if value is not None} for one in asked}
    assert {name for name, values in said.items() if not values} >= {one.id for one in asked if one.kind == "number"}
    assert set().union(*said.values()) == {"unsure", "['unsure']"}


def test_no_more_than_a_block_is_held(knowledge: Knowledge) -> None:
    assert [one.num_rows for one in Population(knowledge, block=64).batches(150, 1)] == [64, 64, 22]
    assert Population(knowledge).block == BLOCK


def test_the_dictionaries_of_every_block_are_the_same(knowledge: Knowledge) -> None:
    """An Arrow file has room for one dictionary a column; that some questions cannot hold must not change it."""
    drawn = Population(knowledge, missing=0.2, unsure=0.05, block=256)
    sink = pa.BufferOutputStream()
    batches = [*drawn.batches(1000, 3)]
    with pa.ipc.new_file(sink, drawn.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    assert len(batches) == 4
    with pa.ipc.open_file(sink.getvalue()) as reader:
        assert reader.read_all().to_pylist() == [row for batch in batches for row in batch.to_pylist()]


def test_every_row_and_every_table_says_that_it_is_synthetic(population: Population, people: pa.RecordBatch) -> None:
    assert b"nobody in it exists" in people.schema.metadata[LABEL]
    assert all(name.startswith("synthetic-") for name in people["id"].to_pylist())
    assert set(people["synthetic_cause"].to_pylist()) <= set(population.causes)


def test_whom_it_draws_is_told_by_the_pack(people: pa.RecordBatch, knowledge: Knowledge) -> None:
    shares = knowledge.model.population
    for name, wanted in (("sex", shares.sexes), ("setting", shares.settings)):
        said = people[name].to_pylist()
        for choice, share in wanted.items():
            assert said.count(choice) / SIZE == pytest.approx(share, abs=4 * np.sqrt(share / SIZE))
    assert {0, 119, 120} <= set(people["age"].to_pylist())


def test_the_posterior_of_the_draw_is_calibrated(population: Population, people: pa.RecordBatch) -> None:
    p = population.posterior(people)
    assert p.sum(axis=0) == pytest.approx(np.ones(SIZE))
    right = np.array(population.causes)[p.argmax(axis=0)] == np.array(people["synthetic_cause"].to_pylist())
    surest = p.max(axis=0)
    assert right.mean() == pytest.approx(surest.mean(), abs=4 * np.sqrt((surest * (1 - surest)).sum()) / SIZE)
    for name in ("nonspecific_back_pain", "lumbar_spinal_stenosis"):
        said = p[population.causes.index(name)]
        drawn = np.array(people["synthetic_cause"].to_pylist()) == name
        assert drawn.sum() > 100
        assert drawn.sum() == pytest.approx(said.sum(), abs=4 * np.sqrt((said * (1 - said)).sum()))


def test_a_chance_of_yes_follows_from_both_ratios(population: Population, knowledge: Knowledge) -> None:
    (drawn,) = [one for one in population._drawn if one.finding.id == "fever"]
    rate = knowledge.model.population.danger_rate if drawn.finding.red_flag else knowledge.model.base_rate
    floor, seen = knowledge.model.ratio_floor, set()
    for name, chance in zip(population.causes, drawn.chances[1], strict=True):
        terms = [t for t in knowledge.causes[name].terms if knowledge.mentions(t.when) == ("fever",)]
        if len(terms) != 1 or terms[0].present is None:
            continue
        by_yes = rate * np.exp(terms[0].present.log)
        by_no = max(1 - (1 - rate) * np.exp(terms[0].absent.log), rate * floor) if terms[0].absent else by_yes
        if terms[0].present.log and (terms[0].absent is None or terms[0].absent.log):
            assert chance == pytest.approx(min((by_yes + by_no) / 2, knowledge.model.most_likely))
            seen.add(terms[0].absent is None)
    assert seen == {True, False}


def test_alike_people_say_yes_together_and_no_more_often(knowledge: Knowledge) -> None:
    names = ("fever", "smoker", "diabetes", "back_pain")
    many: list[np.ndarray[Any, Any]] = []
    for alike in (0.0, 0.9):
        drawn = next(Population(knowledge, missing=0, unsure=0, alike=alike, block=SIZE).batches(SIZE, 1))
        many.append(np.array([pc.equal(drawn[name].cast(pa.string()), "true") for name in names], int).sum(axis=0))
    assert many[1].mean() == pytest.approx(many[0].mean(), abs=0.1)
    assert many[1].var() > 1.5 * many[0].var()


def test_the_loader_checks_whom_to_draw(tmp_path: Path) -> None:
    copied = Path(shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge"))
    model = copied / "model.yaml"
    right = model.read_text(encoding="utf-8")
    for old, new, words in (
        ("{female: 1, male: 1, intersex: 1}", "{female: 1, mael: 1}", "sexes: give a share to each of female, male"),
        ('ages: {"0": 1}', 'ages: {"1": 1}', "ages: name each band once by its first age, from 0"),
        ('ages: {"0": 1}', 'ages: {"0": 0}', "ages: at least one share is above 0"),
        ("danger_rate: 0.002", "danger_rate: 2", "danger_rate"),
    ):
        assert old in right
        model.write_text(right.replace(old, new), encoding="utf-8")
        with pytest.raises(KnowledgeError) as refused:
            Knowledge.load(copied)
        assert words in str(refused.value)
    model.write_text(right.replace('ages: {"0": 1}', 'ages: {"0": 1, "18": 3}'), encoding="utf-8")
    assert Knowledge.load(copied).model.population.ages == ((0, 17, 0.25), (18, 120, 0.75))
