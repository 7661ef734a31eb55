"""What was taken in 24 hours: read from text, added up exactly, ingredient by ingredient."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.errors import CaseError
from unclench.knowledge import Knowledge
from unclench.reasoning.taken import Consumed, Taken, added_up, known_of, read_taken

KNOWLEDGE = Knowledge.load()
FORM = '"ibuprofen 400 mg x3", "co-codamol 8/500 x4" or "ibuprofen 400 mg x3, last 2 h ago, for 5 days"'
UNCLEAR = 'the amount in "{}" is not clear. Write milligrams or grams, as in ' + FORM + "."


def mg(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, amounts))


def consumed(*texts: str) -> dict[str, Consumed]:
    return dict(added_up(KNOWLEDGE, known_of(KNOWLEDGE, map(read_taken, texts))))


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("ibuprofen", Taken("ibuprofen")),
        ("ibuprofen 400 mg", Taken("ibuprofen", mg("400"))),
        ("ibuprofen 400mg", Taken("ibuprofen", mg("400"))),
        ("ibuprofen 0.4 g x2", Taken("ibuprofen", mg("400"), 2)),
        ("paracetamol 1 gram", Taken("paracetamol", mg("1000"))),
        ("Nurofen x 3", Taken("Nurofen", (), 3)),
        ("ibuprofen 400 mg × 3", Taken("ibuprofen", mg("400"), 3)),
        ("ibuprofen 400 mg 3 h ago", Taken("ibuprofen", mg("400"), 1, Decimal(3))),
        ("ibuprofen 400 mg 90 minutes ago", Taken("ibuprofen", mg("400"), 1, Decimal("1.5"))),
        ("ibuprofen, the last 2.5 hours ago", Taken("ibuprofen", (), 1, Decimal("2.5"))),
        ("ibuprofen 400 mg x3, last 2 h ago, for 5 days", Taken("ibuprofen", mg("400"), 3, Decimal(2), 5)),
        ("ibuprofen 400 mg x3, for 5 days, last 2 hrs ago", Taken("ibuprofen", mg("400"), 3, Decimal(2), 5)),
        ("co-codamol 12.8/500 x4", Taken("co-codamol", mg("12.8", "500"), 4)),
        ("co-codamol 30 / 500 mg", Taken("co-codamol", mg("30", "500"))),
        ("500mg paracetamol x16", Taken("paracetamol", mg("500"), 16)),
        ("16 x 500mg paracetamol", Taken("paracetamol", mg("500"), 16)),
        ("paracetamol 16x500mg", Taken("paracetamol", mg("500"), 16)),
        ("paracetamol 500mg 16 tablets", Taken("paracetamol", mg("500"), 16)),
        ("paracetamol 500 mg twice", Taken("paracetamol", mg("500"), 2)),
        ("8 tablets of paracetamol", Taken("paracetamol", (), 8)),
        ("2 Panadol", Taken("Panadol", (), 2)),
        ("Two Panadol", Taken("Panadol", (), 2)),
        ("2x Lemsip", Taken("Lemsip", (), 2)),
        ("2 tablets of ibuprofen 200 mg, 3 times", None),
        ("ibuprofen 200 mg 2 tablets 3 times", Taken("ibuprofen", mg("200"), 6)),
        ("Panadol 500 mg x6 and Lemsip x3", None),
        ("paracetamol 500 mg 1 g", None),
        ("Tylenol 3 x2", None),
        ("Nurofen Cold and Flu x2", Taken("Nurofen Cold and Flu", (), 2)),
    ],
)
def test_what_people_write_is_read(text: str, taken: Taken | None) -> None:
    if taken is None:  # a number that may be a strength or a part of the name is not guessed at
        with pytest.raises(CaseError):
            read_taken(text)
    else:
        assert read_taken(text) == taken


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f'"" names no medicine. Write it as {FORM}.'),
        ("ibuprofen 400", UNCLEAR.format("ibuprofen 400")),
        ("syrup 5 ml", UNCLEAR.format("syrup 5 ml")),
        ("paracetamol 1,5 g", UNCLEAR.format("paracetamol 1,5 g")),
        ("Advil 200 mg, today", f'"today" in "Advil 200 mg, today" is not understood. Write it as {FORM}.'),
        ("ibuprofen 400 mg x0", '"ibuprofen 400 mg x0" says 0. Leave out what was not taken.'),
        ("ibuprofen 0 mg", '"ibuprofen 0 mg" says 0. Leave out what was not taken.'),
        ("ibuprofen, for 0 days", '"ibuprofen, for 0 days" says 0. Leave out what was not taken.'),
        ("ibuprofen 2 h ago, 3 h ago", '"ibuprofen 2 h ago, 3 h ago" says twice when or how long. Keep one.'),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_an_error_that_shows_the_form(text: str, message: str) -> None:
    with pytest.raises(CaseError) as error:
        read_taken(text)
    assert str(error.value) == message


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_never_fails(text: str) -> None:
    try:
        taken = read_taken(text)
    except CaseError:
        return
    assert taken.times > 0
    assert all(amount > 0 for amount in taken.amounts)


def test_brands_and_mixtures_add_to_their_ingredients() -> None:
    sums = consumed("Panadol 500 mg x2, last 5 h ago", "co-codamol 30/500 x3, last 1 h ago", "Lemsip 1 g")
    assert sums["paracetamol"] == Consumed(Decimal(3500), True, 6, 0, Decimal(1000), Decimal(1), False, None)
    assert sums["codeine"] == Consumed(Decimal(90), True, 3, 0, Decimal(30), Decimal(1), True, None)


def test_decimal_strengths_add_up_exactly() -> None:
    assert consumed("co-codamol 12.8/500 x3")["codeine"].total == Decimal("38.4")


def test_what_was_taken_a_day_ago_adds_nothing_but_its_days() -> None:
    assert consumed("ibuprofen 400 mg x3, last 24 h ago, for 9 days")["ibuprofen"] == Consumed(
        Decimal(0), True, 0, 0, Decimal(0), Decimal(24), True, 9
    )


def test_a_total_without_every_amount_is_not_complete() -> None:
    sums = consumed("ibuprofen 400 mg", "Nurofen x2")
    assert (sums["ibuprofen"].total, sums["ibuprofen"].complete, sums["ibuprofen"].doses) == (Decimal(400), False, 3)


def test_strengths_in_another_order_than_thought_are_not_added() -> None:
    assert not consumed("co-codamol 500/8 x4")["paracetamol"].complete
    assert not consumed("ibuprofen and paracetamol 500/200")["paracetamol"].complete
    assert consumed("Nuromol 200/500")["paracetamol"].total == Decimal(500)


def test_a_strength_that_makes_it_another_medicine_counts() -> None:
    (heart,) = known_of(KNOWLEDGE, [read_taken("aspirin 75 mg")])
    (pain,) = known_of(KNOWLEDGE, [read_taken("aspirin 300 mg")])
    assert heart.match is not None
    assert pain.match is not None
    assert (heart.match.id, pain.match.id) == ("antiplatelet_group", "aspirin")


PACKS = (
    "ibuprofen 200 mg",
    "Nurofen 400 mg x2",
    "co-codamol 8/500 x2",
    "Panadol 500 mg x3",
    "Lemsip 1 g",
    "Pink pills",
)


@given(st.lists(st.sampled_from(PACKS), max_size=8))
def test_order_does_not_matter_and_packs_only_add(packs: list[str]) -> None:
    assert consumed(*packs) == consumed(*sorted(packs)) == consumed(*reversed(packs))
    more = consumed(*packs, "Panadol 500 mg")
    assert all(more[name].total >= eaten.total for name, eaten in consumed(*packs).items())
