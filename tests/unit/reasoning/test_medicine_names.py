"""From the name on a pack to a medicine; a guess is never taken for knowledge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.knowledge import Knowledge
from unclench.knowledge.medicine_records import plain_name
from unclench.reasoning.medicine_names import find, near_names

KNOWLEDGE = Knowledge.load()
NAMES = [
    *((name, "medicine", one.id) for one in KNOWLEDGE.medicines.values() for name in one.names),
    *((name, "group", one.id) for one in KNOWLEDGE.medicine_groups.values() for name in one.names),
]


def test_every_name_held_leads_to_its_record_however_it_is_written() -> None:
    for name, kind, record in NAMES:
        for written in (name, name.upper(), f"  {name.lower()} ", name.replace(" ", "-")):
            found = find(KNOWLEDGE, written)
            assert found is not None, written
            assert (found.kind, found.id, found.exact) == (kind, record, True), written


def test_no_name_leads_to_two_records() -> None:
    plain = [name for name, _ in {(plain_name(name), record) for name, _, record in NAMES}]
    assert sorted(name for name in set(plain) if plain.count(name) > 1) == []


@pytest.mark.parametrize(
    ("written", "record"),
    [
        ("Nurofen 200mg", "ibuprofen"),
        ("Advil 200 mg tablets", "ibuprofen"),
        ("Tylenol", "paracetamol"),
        ("acetaminophen", "paracetamol"),
        ("co-codamol 30/500", "co_codamol"),
        ("Cocodamol", "co_codamol"),
        ("Voltarol Emulgel", "diclofenac_gel"),
        ("aspirin 75mg", "antiplatelet_group"),
        ("aspirin 300mg", "aspirin"),
        ("Percocet", "paracetamol_opioid_mix"),
        ("Deep Heat", "menthol_salicylate_rub"),
        ("Zanaflex", "tizanidine"),
        ("Eliquis", "blood_thinner_group"),
    ],
)
def test_brands_and_strengths(written: str, record: str) -> None:
    found = find(KNOWLEDGE, written)
    assert found is not None
    assert (found.id, found.exact) == (record, True)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ibuprofin", "ibuprofen"),
        ("paracetemol", "paracetamol"),
        ("naproxin", "naproxen"),
        ("diclofenc", "diclofenac"),
        ("warfarine", "warfarin"),
        ("simvastatine", "simvastatin"),
        ("tizanadine", "tizanidine"),
    ],
)
def test_slips_of_the_pen_are_understood_and_marked(written: str, name: str) -> None:
    found = find(KNOWLEDGE, written)
    assert found is not None
    assert (found.name, found.exact) == (name, False)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "Pink pills",
        "Nurofen Ultra",
        "Tylenol Sinus Severe",
        "ibuprofen lysine gel",
        "Alka-Seltzer Plus",
        "aspir",
        "a",
    ],
)
def test_a_word_more_or_something_else_is_not_known(written: str) -> None:
    assert find(KNOWLEDGE, written) is None


@pytest.mark.parametrize(
    "written",
    ["Celexa", "Zantac", "Lodine", "oxazepam", "clozapine", "metformin", "Losec", "Lamictal", "Zestoretic", "Norvir"],
)
def test_medicines_not_held_are_not_taken_for_ones_that_look_alike(written: str) -> None:
    assert find(KNOWLEDGE, written) is None


def test_no_name_held_is_a_slip_of_another_record() -> None:
    """One letter left out of a long name still leads to its own record, or to none."""
    for name, _, record in NAMES:
        found = find(KNOWLEDGE, name[:2] + name[3:])
        assert found is None or found.id == record, name


def test_near_names_are_offered_nearest_first_and_at_most_three() -> None:
    assert near_names(KNOWLEDGE, "Voltarol")[0].startswith("Volt")
    assert near_names(KNOWLEDGE, "ibuprophen")[0] == "ibuprofen"
    assert len(near_names(KNOWLEDGE, "Voltarol")) <= 3
    assert near_names(KNOWLEDGE, "zzzzzz") == ()


@given(st.text(max_size=40))
def test_any_text_is_a_name_or_is_not_and_never_fails(text: str) -> None:
    found = find(KNOWLEDGE, text)
    if found is not None and found.exact:
        assert plain_name(found.name) in plain_name(text.lower()) or plain_name(text)
