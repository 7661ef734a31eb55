"""Every row of the evidence table has its rules: R01 to R70, with R14 in three parts."""

from __future__ import annotations

from unclench.knowledge import Disposition, Knowledge

CODES = {f"R{number:02}" for number in range(1, 71) if number != 14} | {"R14a", "R14b", "R14c"}


def test_the_table_has_seventy_two_rows() -> None:
    assert len(CODES) == 72


def test_every_row_of_the_table_has_a_rule(knowledge: Knowledge) -> None:
    assert sorted(CODES - {rule.code for rule in knowledge.rules}) == []


def test_no_rule_stands_for_a_row_that_is_not_there(knowledge: Knowledge) -> None:
    assert sorted({rule.code for rule in knowledge.rules} - CODES) == []


def test_every_urgency_above_self_care_has_a_rule(knowledge: Knowledge) -> None:
    assert {rule.disposition for rule in knowledge.rules} >= set(Disposition) - {Disposition.SELF_CARE}


def test_every_emergency_sends_people_where_emergencies_are_seen(knowledge: Knowledge) -> None:
    places = {"ambulance", "emergency_department", "maternity_unit"}
    emergencies = [rule for rule in knowledge.rules if rule.disposition is Disposition.EMERGENCY]
    assert [rule.id for rule in emergencies if rule.see not in places] == []
