"""Likelihood ratios, priors and rows of evidence: numbers that do not add up, or come from nowhere, are refused."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from unit.knowledge.planting import Planting

CONTRIBUTOR = "contributors/planted_contributor.yaml"
CONTRIBUTOR_TEXT = """\
id: planted_contributor
prior: {value: 0.2, low: 0.1, high: 0.4, basis: judgement}
evidence: weak
source: [{id: judgement}]
likelihood_ratios:
  - when: fever
    present: strong_for
    absent: {value: 0.5, low: 0.25, high: 1}
    basis: judgement
"""
WORDS = "planted_contributor: {name: A test, summary: It is planted.}\n"


def plant(planting: Planting) -> None:
    planting.write(CONTRIBUTOR, CONTRIBUTOR_TEXT)
    planting.write("wording/en/contributors/planted.yaml", WORDS)


def compiled(planting: Planting) -> Any:
    (made,) = [one for one in planting.compile()["contributors"] if one["id"] == "planted_contributor"]
    return made


def test_ratios_and_priors_are_kept_as_logarithms_with_the_variance_of_their_range(planting: Planting) -> None:
    plant(planting)
    made = compiled(planting)
    assert made["prior"][0] == pytest.approx(math.log(0.2 / 0.8))
    (term,) = made["terms"]
    assert term["present"][0] == pytest.approx(math.log(10))
    assert term["absent"][0] == pytest.approx(math.log(0.5))
    assert term["absent"][1] == pytest.approx((math.log(1 / 0.25) / (2 * 1.959964)) ** 2)


def test_a_ratio_is_held_within_the_cap_and_the_floor_of_the_model(planting: Planting) -> None:
    plant(planting)
    planting.replace(CONTRIBUTOR, "present: strong_for", "present: {value: 5000}")
    planting.replace(CONTRIBUTOR, "absent: {value: 0.5, low: 0.25, high: 1}", "absent: {value: 0}")
    cap = float(re.findall(r"ratio_cap: (\S+)", planting.text("model.yaml"))[0])
    floor = float(re.findall(r"ratio_floor: (\S+)", planting.text("model.yaml"))[0])
    (term,) = compiled(planting)["terms"]
    assert term["present"][0] == pytest.approx(math.log(cap))
    assert term["absent"][0] == pytest.approx(math.log(floor))


def test_a_misspelt_strength_is_refused_with_its_near_match(planting: Planting) -> None:
    plant(planting)
    planting.replace(CONTRIBUTOR, "strong_for", "strong_fro")
    assert planting.problems() == (
        f'{CONTRIBUTOR}:6: "strong_fro" is not a named strength. Did you mean "strong_for"?',
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "basis: judgement\n",
            "basis: derived\n    source: [{id: nice_ng59}]\n",
            "a named strength is a judgement; say `basis: judgement`.",
        ),
        ("low: 0.25, high: 1}", "low: 0.6, high: 1}", "0.5 does not lie between 0.6 and 1."),
        (
            "    present: strong_for\n    absent: {value: 0.5, low: 0.25, high: 1}\n",
            "",
            "give `present`, `absent` or both.",
        ),
    ],
)
def test_a_ratio_that_makes_no_sense_is_refused(planting: Planting, old: str, new: str, problem: str) -> None:
    plant(planting)
    before, _, after = CONTRIBUTOR_TEXT.rpartition(old)
    planting.write(CONTRIBUTOR, before + new + after)
    assert planting.problems() == (f"{CONTRIBUTOR}:6: {problem}",)


def test_a_number_from_the_literature_needs_its_source(planting: Planting) -> None:
    plant(planting)
    planting.replace(CONTRIBUTOR, "present: strong_for", "present: {value: 3}")
    before, _, after = planting.text(CONTRIBUTOR).rpartition("basis: judgement")
    planting.write(CONTRIBUTOR, f"{before}basis: published{after}")
    assert planting.problems() == (f"{CONTRIBUTOR}:6: a published ratio needs its `source`.",)


def test_a_ratio_on_an_unknown_finding_is_placed(planting: Planting) -> None:
    plant(planting)
    planting.replace(CONTRIBUTOR, "when: fever", "when: fevr")
    found = planting.problems()
    assert found == (f'{CONTRIBUTOR}:6: "fevr" is not a known finding or predicate. Did you mean "fever"?',)


def test_a_prior_lies_within_its_own_range(planting: Planting) -> None:
    plant(planting)
    planting.replace(CONTRIBUTOR, "value: 0.2", "value: 0.9")
    (problem,) = planting.problems()
    assert re.fullmatch(rf"{CONTRIBUTOR}:\d+: prior 0\.9 is not within 0\.1 to 0\.4\.", problem)


@pytest.mark.parametrize("value", ["0", "1"])
def test_a_prior_is_a_probability(planting: Planting, value: str) -> None:
    plant(planting)
    planting.replace(CONTRIBUTOR, "value: 0.2", f"value: {value}")
    assert any(problem.startswith(f"{CONTRIBUTOR}:2: prior.value: Expected `float`") for problem in planting.problems())


# priors of the causes


def written_stratum(planting: Planting) -> str:
    return planting.first_file_with("priors", "\npriors:")


def test_the_priors_of_a_stratum_sum_to_one(planting: Planting) -> None:
    file = written_stratum(planting)
    text = planting.text(file)
    values = [float(value) for value in re.findall(r"value: ([\d.e-]+)", text)]
    first = re.search(r"value: [\d.e-]+(, low: [\d.e-]+)?(, high: [\d.e-]+)?", text)
    assert first is not None
    raised = values[0] + 0.01
    planting.replace(file, first[0], f"value: {raised:.6f}")
    line = planting.line(file, "priors:")
    total = sum(values) + 0.01
    assert planting.problems() == (f"{file}:{line}: the priors sum to {total:.6f}; they must sum to 1.",)


def test_every_cause_has_a_prior(planting: Planting) -> None:
    file = written_stratum(planting)
    text = planting.text(file)
    found = re.search(r"^  tetanus:.*\n(?:   .*\n)*", text, re.MULTILINE)
    assert found is not None
    planting.replace(file, found[0], "")
    line = planting.line(file, "priors:")
    assert f"{file}:{line}: priors are missing for tetanus." in planting.problems()


def test_a_prior_of_an_unknown_cause_is_refused(planting: Planting) -> None:
    file = written_stratum(planting)
    planting.replace(file, "  tetanus:", "  tetanuss:")
    line = planting.line(file, "  tetanuss:")
    wanted = f'{file}:{line}: "tetanuss" is not a known cause. Did you mean "tetanus"?'
    assert wanted in planting.problems()


def test_a_derived_stratum_stands_on_a_written_one(planting: Planting) -> None:
    file = planting.first_file_with("priors", "\nbase:")
    base = re.findall(r"^base: (\w+)", planting.text(file), re.MULTILINE)[0]
    planting.replace(file, f"base: {base}", "base: nowhere")
    line = planting.line(file, "base: nowhere")
    assert f'{file}:{line}: base "nowhere" is not a stratum with its own priors.' in planting.problems()


def test_age_bands_leave_no_gap(planting: Planting) -> None:
    file = planting.first_file_with("priors", "ages: [0, ")
    ages = re.findall(r"ages: \[0, (\d+)\]", planting.text(file))[0]
    setting = re.findall(r"setting: (\w+)", planting.text(file))[0]
    planting.replace(file, f"ages: [0, {ages}]", f"ages: [0, {int(ages) - 1}]")
    (problem,) = planting.problems()
    assert problem.startswith(f"priors/: the age bands of {setting} must cover 0 to 120 once; they are [[0, ")


# causes


def test_a_serious_cause_has_its_test_threshold(planting: Planting) -> None:
    file = planting.first_file_with("causes", "serious: true")
    threshold = re.search(r"^test_threshold:.*\n(?: .*\n)*", planting.text(file), re.MULTILINE)
    assert threshold is not None
    planting.replace(file, threshold[0], "")
    assert planting.problems() == (f"{file}:1: a serious cause has a `test_threshold`, and only a serious one.",)


def test_a_cause_belongs_to_a_family_with_words(planting: Planting) -> None:
    file = planting.first_file_with("causes", "\nfamily: ")
    planting.replace(file, "\nfamily: ", "\nfamily: un")
    line = planting.line(file, "family: un")
    family = re.findall(r"^family: (\w+)", planting.text(file), re.MULTILINE)[0]
    assert planting.problems() == (f'{file}:{line}: family "{family}" has no wording in wording/en/families.yaml.',)


# rows of evidence


def spare_row(planting: Planting) -> tuple[int, str]:
    """Return a row that is set aside, and the file that says why."""
    for file in planting.files("accuracy"):
        return int(re.findall(r"row: (\d+)", planting.text(file))[0]), file
    raise AssertionError("no row is set aside")


def test_a_row_of_evidence_is_used_or_set_aside(planting: Planting) -> None:
    row, file = spare_row(planting)
    entry = re.search(r"^- \{?row: \d+.*\n(?: .*\n)*", planting.text(file), re.MULTILINE)
    assert entry is not None
    planting.replace(file, entry[0], "")
    assert planting.problems() == (f"accuracy/rows.csv: row {row} is neither used nor set aside with a reason.",)


def test_a_row_of_evidence_is_not_used_and_set_aside_at_once(planting: Planting) -> None:
    row, _ = spare_row(planting)
    plant(planting)
    before, _, after = CONTRIBUTOR_TEXT.rpartition("basis: judgement")
    literature = f"basis: published\n    source: [{{id: nice_ng59}}]\n    row: {row}"
    planting.write(CONTRIBUTOR, before.replace("strong_for", "{value: 3}") + literature + after)
    assert planting.problems() == (f"accuracy/: row {row} is used by a ratio and listed as unused. Decide.",)


def test_a_ratio_may_only_name_a_row_that_is_there(planting: Planting) -> None:
    plant(planting)
    before, _, after = CONTRIBUTOR_TEXT.rpartition("basis: judgement")
    literature = "basis: published\n    source: [{id: nice_ng59}]\n    row: [100000]"
    planting.write(CONTRIBUTOR, before.replace("strong_for", "{value: 3}") + literature + after)
    assert planting.problems() == ("accuracy/rows.csv: a ratio names row 100000, which is not there.",)


def test_a_judgement_does_not_come_from_a_row(planting: Planting) -> None:
    plant(planting)
    planting.write(CONTRIBUTOR, CONTRIBUTOR_TEXT + "    row: 1\n")
    wanted = "a ratio that comes from a row of the accuracy table is published or derived."
    assert f"{CONTRIBUTOR}:6: {wanted}" in planting.problems()


ROWS = "accuracy/rows.csv"


@pytest.mark.parametrize("number", ["", "x7", "7.5", "-7"])
def test_a_row_of_evidence_has_a_whole_number(planting: Planting, number: str) -> None:
    last = planting.text(ROWS).rstrip("\n").splitlines()[-1]
    planting.append(ROWS, f"{number},{last.partition(',')[2]}\n")
    (problem,) = planting.problems()
    assert re.fullmatch(rf'{ROWS}:\d+: the row "{re.escape(number)}" must be a whole number\. Number it\.', problem)


def test_evidence_in_another_encoding_is_refused_with_the_byte(planting: Planting) -> None:
    content = (planting.root / ROWS).read_bytes()
    planting.append(ROWS, "")  # so that it is mended after the test
    (planting.root / ROWS).write_bytes(content + b"\xe9")
    found = planting.problems()
    assert found[0].startswith(f"{ROWS}: not UTF-8 text (")
    assert found[0].endswith(f" at byte {len(content)}). Save it as UTF-8.")
