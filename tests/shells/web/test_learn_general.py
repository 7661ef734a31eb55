"""Pages of Learn speak to anybody: no text of a check that was not done, and doses in plain view."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape

import pytest
from django.test import Client

from unclench.knowledge import Disposition
from unclench.reasoning.medicine_advice import as_text
from unclench.reasoning.medicines import check_medicine
from unclench.web import learning
from unclench.web.advice import cited
from unclench.web.learning import KINDS, Section
from unclench.web.pack import knowledge

_OF_A_CHECK = re.compile(
    r"these answers|your answers|which answers|answers like these|you had more|you used a lot|your plan never"
    r"|at the top",
    re.IGNORECASE,
)


@cache
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def plain(path: str) -> str:
    text = client().get(path).content.decode()
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def pages() -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        names = getattr(knowledge(), kind, None) or {}
        yield from ((kind, name) for name in names)
    yield from (("red_flags", rule.id) for rule in knowledge().rules)
    yield from (("dispositions", one.id) for one in Disposition)


def section(kind: str, name: str, part: str) -> Section | None:
    page = learning.page("en", kind, name)
    assert page is not None
    return next((one for one in page.sections if one.id == part), None)


def test_no_general_page_speaks_of_answers_or_of_what_the_reader_took() -> None:
    found = {}
    for kind, name in pages():
        page = learning.page("en", kind, name)
        assert page is not None
        texts = [*page.short, page.now, *(text for one in page.sections for text in (*one.texts, *one.points))]
        said = [text for text in texts if _OF_A_CHECK.search(text)]
        if said:
            found[kind, name] = said
    assert found == {}


def test_what_is_better_avoided_gives_no_advice_to_choose_it() -> None:
    assert "Choose one" not in plain("/learn/treatments/opioids/")


def test_after_a_check_the_answers_are_still_to_be_shown() -> None:
    assert "Show them these answers" in knowledge().words("dispositions", "emergency", "what_to_do")


def test_every_medicine_says_how_much_or_that_no_dose_is_held() -> None:
    for name in knowledge().medicines:
        found = section("medicines", name, "dose")
        assert found is not None, name
        assert found.texts, name


def test_the_daily_most_stands_in_plain_view_as_the_record_has_it() -> None:
    for name, one in knowledge().medicines.items():
        by = "prescription" if one.supply == "prescription" else "self_care"
        found = section("medicines", name, "dose")
        assert found is not None
        for dose in one.doses:
            if dose.by == by and dose.most is not None:
                assert any(f"{as_text(dose.most, dose.unit)} {dose.unit} in 24 hours" in o for o in found.points), name


def test_of_doses_for_the_same_people_each_says_whose_it_is() -> None:
    several = set()
    for name, one in knowledge().medicines.items():
        by = "prescription" if one.supply == "prescription" else "self_care"
        held = [dose for dose in one.doses if dose.by == by]
        found = section("medicines", name, "dose")
        assert found is not None
        for dose in held:
            if sum(other.when == dose.when for other in held) > 1:
                several.add(name)
                label = knowledge().words("dose_labels", dose.id, "name")
                assert sum(label in point for point in found.points) == 1, (name, dose.id)
                assert "never add two of these lines up" in " ".join(found.texts), name
    assert {"paracetamol", "ibuprofen", "diclofenac_gel", "magnesium"} <= several


def test_every_label_with_words_is_the_label_of_a_dose() -> None:
    held = {dose.id for one in knowledge().medicines.values() for dose in one.doses}
    assert knowledge().data["wording"]["en"]["dose_labels"].keys() <= held


def test_doses_hold_for_nobody_whom_their_rules_turn_away_by_age() -> None:
    for age, told in ((19, False), (20, True), (64, True), (65, False)):
        advice = check_medicine(knowledge(), "aspirin", {"age": age})
        assert bool(advice.doses) == told, age
    points = " ".join(section("medicines", "naproxen", "dose").points)  # type: ignore[union-attr]
    assert "Take 220 mg at a time." in points
    assert "only the first dose may be two" in plain("/learn/medicines/naproxen/")


def test_a_dose_of_a_prescriber_is_not_told_to_whoever_buys_it() -> None:
    found = section("medicines", "ibuprofen", "dose")
    assert found is not None
    assert "2400" not in " ".join(found.points)


def test_amounts_from_memory_own_up_to_it() -> None:
    told = {}
    for name, one in knowledge().medicines.items():
        found = section("medicines", name, "dose")
        assert found is not None
        if found.points and one.ingredients == (name,):
            by = "prescription" if one.supply == "prescription" else "self_care"
            told[name] = any(d.from_memory for d in one.doses if d.by == by), "from memory" in " ".join(found.texts)
    assert {name for name, (is_so, says) in told.items() if is_so != says} == set()
    assert {True, False} <= {is_so for is_so, _says in told.values()}


@pytest.mark.parametrize(
    "name",
    ["codeine", "tramadol", "oxycodone", "pregabalin", "quinine", "co_codamol", "cold_and_flu_mix", "paracetamol"],
)
def test_too_much_of_what_is_dangerous_leads_to_help(name: str) -> None:
    found = section("medicines", name, "over")
    assert found is not None
    assert "emergency department" in " ".join(found.texts)


def test_whatever_has_a_most_or_words_for_too_much_says_what_to_do_after_it() -> None:
    data = knowledge()
    for name, one in data.medicines.items():
        parts = [data.medicines[part] for part in (name, *one.ingredients)]
        if any(part.overdose or any(dose.most is not None for dose in part.doses) for part in parts):
            found = section("medicines", name, "over")
            assert found is not None, name
            for part in parts:
                assert data.words("medicines", part.id, "overdose") in " ".join(found.texts), name


def test_a_mixture_cites_where_the_limits_of_its_parts_come_from() -> None:
    mixture = learning.page("en", "medicines", "cold_and_flu_mix")
    assert mixture is not None
    doses = knowledge().medicines["paracetamol"].doses
    assert doses
    assert {cited(ref, knowledge()) for dose in doses for ref in dose.sources} <= set(mixture.citations)
