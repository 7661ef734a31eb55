"""`unclench medicine`: can I take this, and which medicines are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from people import with_nothing_else
from shells.cli.running import here, unclench
from unclench import Knowledge

FORM = '"ibuprofen 400 mg x3", "co-codamol 8/500 x4" or "ibuprofen 400 mg x3, last 2 h ago, for 5 days"'


@pytest.fixture
def well(tmp_path: Path) -> str:
    """A file with the case of somebody of forty with nothing wrong."""
    person = {"age": 40, "sex": "male", "setting": "community", "findings": {"alcohol_use": "no_alcohol"}}
    knowledge = Knowledge.load()
    data = with_nothing_else(knowledge, person)
    said = {"age": 40, "sex": "male"} | data["findings"]
    no = {finding for finding, evaluate in knowledge.only_if if evaluate(said).name == "FALSE"}
    data["findings"] = {finding: value for finding, value in data["findings"].items() if finding not in no}
    place = tmp_path / "well.json"
    place.write_text(json.dumps(data))
    return str(place)


def test_somebody_well_may_take_it_and_is_told_how_much(well: str) -> None:
    ran = unclench("medicine", "Nurofen", "--case", well)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(
        "IBUPROFEN TABLETS: may take\nYou may take this. Nothing you told us speaks against it.\n"
    )
    assert "\nWHAT LABELS SAY\n  US packs say this. Take 200 to 400 mg at a time. Leave at least 4 hours" in ran.out
    assert "[US ibuprofen label directions]" in ran.out
    assert "WHY" not in ran.out
    assert ran.out.splitlines()[-1].startswith("pack sha256:")


def test_json_holds_verdict_reasons_amounts_and_sources(well: str) -> None:
    ran = here("medicine", "ibuprofen", "--case", well, "--took", "Nurofen 400 mg 3 h ago", "--format", "json")
    data = ran.json
    assert (ran.status, data["verdict"], data["medicine"]) == (0, "avoid", "ibuprofen")
    (reason,) = (one for one in data["reasons"] if one["action"] == "avoid")
    assert reason["text"] == "Your last ibuprofen was less than 4 hours ago. Wait until 4 hours have passed."
    assert [source["id"] for source in reason["sources"]] == ["fda_label_ibuprofen"]
    assert (data["taken"][0]["total"], data["taken"][0]["unit"]) == (400, "mg")
    assert data["pack"] == Knowledge.load().hash


def test_everything_taken_is_added_up(well: str) -> None:
    took = ("--took", "Panadol 500 mg x6, last 5 h ago", "--took", "co-codamol 8/500 x3, last 5 h ago")
    ran = here("medicine", "paracetamol", "--case", well, *took)
    assert ran.out.splitlines()[0] == "PARACETAMOL: avoid"
    assert "You had 4500 mg of paracetamol in 24 hours. No more than 4000 mg is safe." in ran.out
    assert "\nWhom: Emergency department (A&E)." in ran.out


def test_without_a_case_the_open_questions_are_named() -> None:
    ran = here("medicine", "ibuprofen")
    assert ran.status == 0
    assert ran.out.startswith(
        "IBUPROFEN TABLETS: cannot check\nWe cannot check this for you. Do not take that as a yes."
    )
    assert "\nSTILL OPEN\n" in ran.out
    assert "more; --format json lists them." in ran.out
    listed = here("medicine", "ibuprofen", "--format", "json").json["open"]
    assert "stomach_ulcer_or_bleed" in [one["finding"] for one in listed]


def test_an_unknown_name_is_no_error_and_no_yes(well: str) -> None:
    ran = here("medicine", "Voltarol", "--case", well)
    assert ran.status == 0
    assert ran.out.startswith("VOLTAROL: cannot check\n")
    assert 'We do not know "Voltarol". Did you mean Voltarol' in ran.out


def test_the_list_names_everything_known_with_brands() -> None:
    knowledge = Knowledge.load()
    ran = here("medicine")
    assert (ran.status, ran.err) == (0, "")
    assert "Ibuprofen tablets (self care): ibuprofen, Nurofen," in ran.out
    data = here("medicine", "--format", "json").json
    assert [one["id"] for one in data["medicines"]] == list(knowledge.medicines)
    assert [one["id"] for one in data["groups"]] == list(knowledge.medicine_groups)
    assert data["causes_cramps"] == []


def test_medicines_that_cause_cramps_are_pointed_out_with_the_size_of_the_effect(well: str) -> None:
    for arguments in (("medicine",), ("medicine", "magnesium", "--case", well)):
        ran = here(*arguments, "--took", "Lipitor 20 mg")
        assert "\nCAN CAUSE CRAMPS\n  Statins: In one big study, people started cramp treatment 1.16 times" in ran.out
        assert "[Garrison 2012" in ran.out
    asked = here("medicine", "Lipitor", "--case", well)
    assert asked.out.count("Statins: In one big study") == 1
    assert "Was it prescribed for you? Then do not end it by yourself." in asked.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((" ",), "the name of the medicine is empty. Write what stands on the pack, or leave it out for a list."),
        (
            ("ibuprofen", "--took", "ibuprofen 400"),
            f'the amount in "ibuprofen 400" is not clear. Write milligrams or grams, as in {FORM}.',
        ),
        (
            ("ibuprofen", "--case", "nowhere.json"),
            "nowhere.json: there is no such file. Check the path, or use - for standard input.",
        ),
    ],
)
def test_bad_input_names_the_place_the_reason_and_the_mend(arguments: tuple[str, ...], message: str) -> None:
    ran = here("medicine", *arguments)
    assert (ran.status, ran.out, ran.err) == (2, "", f"unclench: {message}\n")


def test_a_case_may_come_on_standard_input_and_a_bad_one_is_named() -> None:
    ran = here("medicine", "ibuprofen", "--case", "-", stdin='{"age": 40, "findings": {"kidney_disease": true}}')
    assert ran.out.startswith("IBUPROFEN TABLETS: avoid\n")
    bad = here("medicine", "ibuprofen", "--case", "-", stdin='{"age": 400}')
    assert (bad.status, bad.out) == (2, "")
    assert bad.err.startswith('unclench: standard input: "age" cannot be 400')


def test_two_cases_are_one_too_many() -> None:
    ran = here("medicine", "ibuprofen", "--case", "-", stdin='{"age": 40}\n{"age": 50}\n')
    message = "standard input: it holds 2 cases. A medicine is checked for one person, so give one."
    assert (ran.status, ran.out, ran.err) == (2, "", f"unclench: {message}\n")
