"""Plural forms are those of CLDR, for every language the wording has and the ones that are to come."""

from __future__ import annotations

import pytest
from babel import Locale

from unclench.knowledge.plurals import _RULES, categories, category

NUMBERS = [*range(1_300), 10_000, 36_500, 1_000_000, 0.5, 1.5, 2.25, 3.5, 38.5, 101.5]


@pytest.mark.parametrize("language", sorted(_RULES))
def test_every_number_has_the_category_that_cldr_gives_it(language: str) -> None:
    rule = Locale.parse(language).plural_form
    assert [number for number in NUMBERS if category(number, language) != rule(number)] == []


@pytest.mark.parametrize("language", sorted(_RULES))
def test_every_category_of_the_language_is_known(language: str) -> None:
    assert set(categories(language)) == {*Locale.parse(language).plural_form.tags, "other"}


def test_a_whole_number_kept_as_a_fraction_counts_as_it_is_written() -> None:
    assert category(1.0, "en") == "one"


def test_regions_and_scripts_of_a_language_share_its_rule() -> None:
    assert {category(1, locale) for locale in ("en", "en-GB", "en_US", "en-xa")} == {"one"}
