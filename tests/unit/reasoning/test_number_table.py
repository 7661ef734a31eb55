"""The table of all numbers: whole, with a source or a word of judgement, and the same in CSV and JSON."""

from __future__ import annotations

import csv
import io
import math

import pytest

from unclench.errors import UnclenchError
from unclench.knowledge import Knowledge
from unclench.knowledge.ranges import log_odds
from unclench.reasoning.number_table import (
    BASES,
    COLUMNS,
    KINDS,
    NO_RANGE,
    RANGE_BASES,
    SPREAD,
    all_numbers,
    as_csv,
    numbers_data,
    ratio_id,
    resting_on,
    selected,
)


def test_every_ratio_prior_and_effect_of_the_pack_is_there() -> None:
    knowledge = Knowledge.load()
    numbers = all_numbers(knowledge)
    assert {one.kind for one in numbers} == set(KINDS)
    assert len({one.id for one in numbers}) == len(numbers)
    count = {kind: sum(one.kind == kind for one in numbers) for kind in KINDS}
    strata = sum(len(one["priors"]) for one in knowledge.data["strata"])
    assert count["prior"] == strata + len(knowledge.contributors) + len(knowledge.events)
    assert count["effect"] == sum(len(one.effects) for one in knowledge.treatments.values())
    assert count["harm"] == sum(len(one.harms) for one in knowledge.treatments.values())
    own = [
        term[side]
        for kind in ("causes", "contributors", "events")
        for one in knowledge.data[kind]
        for term in one["terms"]
        for side in ("present", "absent")
        if not term["origin"] and term[side]
    ]
    told = [
        one
        for one in numbers
        if one.kind == "likelihood_ratio" and one.record_kind in ("causes", "contributors", "events")
    ]
    assert len(told) == len(own)


def test_numbers_are_as_written_and_priors_sum_to_one() -> None:
    knowledge = Knowledge.load()
    numbers = {one.id: one for one in all_numbers(knowledge)}
    ratio = numbers["likelihood_ratio/causes/lumbar_spinal_stenosis/0/present"]
    assert (ratio.value, ratio.low, ratio.high, ratio.basis) == (3.7, 2.9, 4.8, "published")
    for stratum in knowledge.data["strata"]:
        total = sum(
            one.value or 0.0
            for one in numbers.values()
            if one.kind == "prior" and one.record_kind == "causes" and one.id.endswith(f"/{stratum['id']}")
        )
        assert total == pytest.approx(1, abs=0.0006)
    for one in numbers.values():
        ends = [end for end in (one.low, one.value, one.high) if end is not None]
        assert ends == sorted(ends), one
        assert all(math.isfinite(end) for end in ends)


def test_every_prior_and_ratio_has_its_range_and_says_what_it_rests_on() -> None:
    for one in all_numbers(Knowledge.load()):
        assert one.range_basis in RANGE_BASES
        assert (one.range_basis == NO_RANGE) == (one.low is None and one.high is None), one.id
        if one.kind in ("prior", "likelihood_ratio"):
            assert one.value is not None, one.id
            assert one.low is not None, one.id
            assert one.high is not None, one.id
            assert 0 < one.low <= one.value <= one.high, one.id
            assert one.range_basis in (one.basis, SPREAD), one.id
            assert one.kind == "likelihood_ratio" or one.high < 1, one.id


def test_the_calculation_is_as_sure_of_a_ratio_as_its_range_says() -> None:
    knowledge = Knowledge.load()
    numbers = {one.id: one for one in all_numbers(knowledge)}
    power = knowledge.data["model_written"]["proxy_exponent"]
    for kind in ("causes", "contributors", "events"):
        for record in knowledge.data[kind]:
            for at, term in enumerate(record["terms"]):
                for holds in ("present", "absent"):
                    if term[holds]:
                        one = numbers[ratio_id(kind, record["id"], at, term, holds)]
                        width = math.log((one.high or 0) / (one.low or 0)) * (power if term["proxy"] else 1)
                        counted = math.log((one.counted_high or 0) / (one.counted_low or 0))
                        assert counted == pytest.approx(width), one.id
                        assert math.log(one.counted or 0) == pytest.approx(term[holds][0], abs=1e-12), one.id


def test_the_range_across_studies_of_a_new_nerve_sign_is_that_of_its_source() -> None:
    numbers = selected(all_numbers(Knowledge.load()), source="klompas_2002", kind="likelihood_ratio")
    assert (6.6, 6.6, 33, "published") in {(one.value, one.low, one.high, one.range_basis) for one in numbers}


def test_a_derived_band_keeps_the_range_of_the_band_it_is_worked_out_from() -> None:
    knowledge = Knowledge.load()
    numbers = {one.id: one for one in all_numbers(knowledge)}

    def width(name: str) -> float:
        one = numbers[name]
        return log_odds(one.high or 0) - log_odds(one.low or 0)

    derived = [one for one in knowledge.data["strata"] if "priors" not in one["written"]]
    assert derived
    for stratum in derived:
        for cause in stratum["priors"]:
            base = f"prior/causes/{cause}/{stratum['written']['base']}"
            assert width(f"prior/causes/{cause}/{stratum['id']}") == pytest.approx(width(base))


def test_what_nobody_counted_says_so_and_is_counted_apart() -> None:
    unknown = selected(all_numbers(Knowledge.load()), basis="unknown")
    assert unknown
    for one in unknown:
        assert (one.value, one.low, one.high, one.range_basis, one.grade) == (None, None, None, NO_RANGE, "unknown")
        assert one.why, one.id


def test_what_is_known_says_what_it_rests_on() -> None:
    for one in all_numbers(Knowledge.load()):
        if one.value is not None or one.low is not None:
            assert one.basis in BASES, one.id
            assert one.basis != "unknown", one.id
            assert one.grade, one.id
        if one.basis == "published":
            assert one.sources, one.id


def test_a_number_that_was_compared_has_the_number_of_the_comparison() -> None:
    knowledge = Knowledge.load()
    numbers = {one.id: one for one in all_numbers(knowledge)}
    compared = {
        f"{kind}/treatments/{one.id}/{effect.id}": effect.other
        for one in knowledge.treatments.values()
        for kind, effects in (("effect", one.effects), ("harm", one.harms))
        for effect in effects
    }
    assert {name: numbers[name].other for name in compared} == compared
    assert sum(other is not None for other in compared.values()) > 5
    line = next(csv.DictReader(io.StringIO(as_csv(knowledge, [numbers["effect/treatments/opioids/pain"]]), newline="")))
    assert (line["value"], line["other"]) == ("2.78", "2.25")


def test_what_says_from_memory_is_marked_so() -> None:
    for one in all_numbers(Knowledge.load()):
        if any("from memory" in text for text in (one.why, *(ref.at for ref in one.sources))):
            assert one.from_memory, one.id


def test_filters_pick_and_refuse() -> None:
    numbers = all_numbers(Knowledge.load())
    assert all(one.kind == "dose" for one in selected(numbers, kind="dose"))
    assert all(any(ref.id == "suri_2010" for ref in one.sources) for one in selected(numbers, source="suri_2010"))
    assert selected(numbers, source="suri_2010")
    assert {one.record for one in selected(numbers, record="heat")} == {"heat"}
    assert selected(numbers) == numbers
    with pytest.raises(UnclenchError, match=r'"doze" is no kind of number\. Did you mean "dose"'):
        selected(numbers, kind="doze")


def test_csv_and_json_say_the_same() -> None:
    knowledge = Knowledge.load()
    numbers = selected(all_numbers(knowledge), kind="effect")
    lines = list(csv.DictReader(io.StringIO(as_csv(knowledge, numbers), newline="")))
    data = numbers_data(knowledge, numbers)
    assert data["pack"] == knowledge.hash
    assert len(lines) == len(data["numbers"]) == len(numbers)
    assert tuple(lines[0]) == COLUMNS
    for line, row in zip(lines, data["numbers"], strict=True):
        assert line["value"] == ("" if row["value"] is None else str(row["value"]))
        assert all(source["cites_as"] in line["sources"] for source in row["sources"])


def test_every_source_of_a_number_rests_on_a_record() -> None:
    knowledge = Knowledge.load()
    found = resting_on(knowledge)
    assert "lumbar_spinal_stenosis" in found["suri_2010"]["causes"]
    for one in selected(all_numbers(knowledge), source="lin_2024"):
        assert one.record in found["lin_2024"].get(one.record_kind, ())
    priors = [one for one in all_numbers(knowledge) if one.kind == "prior"]
    assert {ref.id for one in priors for ref in one.sources} >= {"enthoven_2016", "galliker_2020", "jarvik_2002"}
    for one in priors:
        for ref in one.sources:
            assert ref.is_judgement or one.record in found[ref.id][one.record_kind], (one.id, ref.id)


def test_every_unit_and_every_part_of_a_dose_has_its_words() -> None:
    knowledge = Knowledge.load()
    for locale, texts in knowledge.data["wording"].items():
        numbers = [one for one in all_numbers(knowledge, locale=locale) if one.kind in ("dose", "threshold")]
        assert {one.unit for one in numbers} - {"1"} - set(texts["units"]) == set()
        said = {one.what.rpartition("; ")[2] for one in numbers if one.kind == "dose"}
        assert said - {entry["name"] for entry in texts["dose_parts"].values()} == set()


def test_a_dose_of_a_gel_is_in_grams() -> None:
    gel = selected(all_numbers(Knowledge.load()), kind="dose", record="diclofenac_gel")
    assert {one.unit for one in gel if one.what.endswith(("; one dose", "; most in 24 hours"))} == {"g"}
