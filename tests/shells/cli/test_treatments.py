"""`unclench treatments`: everything side by side, as text, JSON and CSV."""

from __future__ import annotations

import csv
import io

import pytest

from shells.cli.running import here, unclench
from unclench import Knowledge
from unclench.reasoning.comparison import compared


def test_text_names_all_with_benefit_harm_and_sources() -> None:
    knowledge = Knowledge.load()
    ran = unclench("treatments")
    count = len(knowledge.treatments)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"WHAT WORKS: {count} treatments, by worth\n")
    for line in ("  Benefit: ", "  Harm: ", "  For: "):
        assert ran.out.count(f"\n{line}") == count
    assert "WARMTH (heat): Worth doing; Fairly sure; Low cost; Little effort\n" in ran.out
    assert "  On a scale of 100: +21.2, +13.6 to +29.0 (above 0 is better; compared with" in ran.out
    assert "[French 2006; ACP 2017]" in ran.out
    assert "Benefit: (unknown) " in ran.out
    assert ran.out.splitlines()[-1].startswith("pack sha256:")


def test_it_is_sorted_and_picked_from() -> None:
    knowledge = Knowledge.load()
    data = here("treatments", "--sort", "cost", "--track", "night_cramp", "--format", "json").json
    expected = [one.id for one in compared(knowledge, sort="cost", track="night_cramp")]
    assert [one["id"] for one in data["treatments"]] == expected
    assert data["pack"] == knowledge.hash
    only = here("treatments", "--verdict", "avoid", "--by", "clinician", "--kind", "medicine", "--cost", "low")
    assert only.out.startswith("WHAT WORKS: ")
    assert "OPIOIDS" in only.out
    assert "WARMTH" not in only.out


def test_csv_has_a_line_for_each() -> None:
    ran = here("treatments", "--format", "csv", "--sort", "name")
    lines = list(csv.DictReader(io.StringIO(ran.out)))
    assert len(lines) == len(Knowledge.load().treatments)
    assert all(line["benefit"] and line["sources"] for line in lines)


def test_nothing_that_fits_is_no_error() -> None:
    ran = here("treatments", "--track", "night_cramp", "--cost", "high")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("WHAT WORKS: 0 treatments, by worth\nNone fits all of these filters. Leave one out.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--sort", "price"), '"price" is no order of treatments. There are: worth, certainty, cost, effort, name.'),
        (
            ("--verdict", "usee"),
            '"usee" is no verdict of treatments. Did you mean "use"? There are: '
            "use, may_help, not_alone, clinician_only, unknown, little_use, avoid.",
        ),
    ],
)
def test_bad_input_names_the_reason_and_the_mend(arguments: tuple[str, ...], message: str) -> None:
    ran = here("treatments", *arguments)
    assert (ran.status, ran.out, ran.err) == (2, "", f"unclench: {message}\n")
