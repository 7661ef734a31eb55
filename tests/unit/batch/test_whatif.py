"""Who moves between two packs, held against each person assessed alone; and the picture, held against the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from unclench.batch import assess_batch
from unclench.batch.move_picture import described, drawn, name
from unclench.batch.population import Population
from unclench.batch.whatif import NOT_GIVEN, Comparison, age_bands, changed_rules, compare
from unclench.knowledge import Disposition, Knowledge
from unclench.knowledge.change import changed
from unclench.reasoning import Case, assess
from unclench.reasoning.triage import Triage, triage
from unit.knowledge.planting import KNOWLEDGE

SIZE = 2500
RULE = "older_not_improving"
SVG = "{http://www.w3.org/2000/svg}"


@cache
def with_changes(knowledge: Knowledge, *wanted: str) -> Knowledge:
    return changed(knowledge, KNOWLEDGE, wanted).knowledge


def all_clear(knowledge: Knowledge, **said: Any) -> dict[str, Any]:
    """Somebody who says no to every danger, and something else besides."""
    dangers = (f for screen in knowledge.screens if screen.stage == "danger" for f in screen.findings)
    return {**dict.fromkeys(dangers, False), "back_pain": True, "pain_duration_days": 40, **said}


def as_case(row: dict[str, Any], knowledge: Knowledge) -> Case:
    """Read a row by its meaning, not by the reader of columns."""
    words = {"true": True, "false": False}
    said: dict[str, Any] = {
        finding: words.get(value, value) if isinstance(value, str) else "unsure" if value == ["unsure"] else value
        for finding, value in row.items()
        if value is not None and finding not in ("id", "synthetic_cause")
    }
    about: dict[str, Any] = {key: said.pop(key) for key in ("age", "sex", "setting") if key in said}
    data: dict[str, Any] = {"id": row["id"], **about, "findings": said}
    return Case.from_data(data, knowledge)


@pytest.fixture(scope="module")
def crowd(knowledge: Knowledge) -> pa.RecordBatch:
    """Synthetic people, and one of each age who is no better after forty days."""
    (drawn_people,) = Population(knowledge).batches(SIZE, 7)
    slow = [
        all_clear(knowledge, id=f"slow-{age}", age=age, sex=("male", "female")[age % 2], symptom_course="same")
        for age in range(16, 100)
    ]
    rows = [*drawn_people.to_pylist(), *slow]
    return pa.RecordBatch.from_pylist(
        [{key: str(value).lower() if isinstance(value, bool) else value for key, value in row.items()} for row in rows],
        schema=drawn_people.schema,
    )


@pytest.fixture(scope="module")
def people(crowd: pa.RecordBatch, knowledge: Knowledge) -> dict[str, Case]:
    return {row["id"]: as_case(row, knowledge) for row in crowd.to_pylist()}


def alone(knowledge: Knowledge, people: Iterable[Case]) -> list[Triage]:
    return [triage(knowledge, case) for case in people]


def counts(found: Comparison) -> dict[tuple[Disposition, Disposition], int]:
    return {pair: move.people for pair, move in found.moves.items()}


def recount(before: Sequence[Triage], after: Sequence[Triage]) -> Counter[tuple[Disposition, Disposition]]:
    pairs = zip(before, after, strict=True)
    return Counter((a.disposition, b.disposition) for a, b in pairs if a.disposition != b.disposition)


def test_raising_a_threshold_moves_exactly_the_people_between_the_two(
    crowd: pa.RecordBatch, people: dict[str, Case], knowledge: Knowledge
) -> None:
    after = with_changes(knowledge, f"{RULE}/older_age=60")
    found = compare(knowledge, after, [crowd], examples=SIZE)
    before, then = alone(knowledge, people.values()), alone(after, people.values())
    assert counts(found) == recount(before, then)
    moved = {case.id for move in found.moves.values() for case in move.examples}
    differ = {name for name, a, b in zip(people, before, then, strict=True) if a.disposition != b.disposition}
    assert moved == differ
    assert {one for one in moved if str(one).startswith("slow-")} == {f"slow-{age}" for age in range(50, 60)}
    assert {50 <= people[str(one)].answers["age"] < 60 for one in moved} == {True}  # type: ignore[operator]
    (move,) = found.lowered
    assert (move.before, move.after, dict(move.rules)) == (
        Disposition.ROUTINE,
        Disposition.SELF_CARE,
        {RULE: move.people},
    )
    assert found.raised == ()
    assert found.rules == (RULE,)


def test_examples_replay_as_cases_of_their_move(crowd: pa.RecordBatch, knowledge: Knowledge) -> None:
    after = with_changes(knowledge, f"{RULE}/older_age=60")
    for move in compare(knowledge, after, [crowd], examples=2).moves.values():
        assert len(move.examples) == 2
        for case in move.examples:
            data = case.to_data()
            assert assess(knowledge, data).disposition is move.before
            assert assess(after, data).disposition is move.after


def test_dropping_a_rule_moves_only_people_for_whom_it_was_decisive(
    crowd: pa.RecordBatch, people: dict[str, Case], knowledge: Knowledge
) -> None:
    after = with_changes(knowledge, "chest_trouble=off")
    found = compare(knowledge, after, [crowd], examples=SIZE)
    assert found.lowered
    assert not found.raised
    for move in found.lowered:
        assert dict(move.rules) == {"chest_trouble": move.people}
        for case in move.examples:
            was = triage(knowledge, people[str(case.id)])
            others = [rule.disposition for rule in was.fired if rule.id != "chest_trouble"]
            assert all(one < was.disposition for one in others)
            assert "chest_trouble" in {rule.id for rule in (*was.fired, *was.open)}
    assert counts(found) == recount(alone(knowledge, people.values()), alone(after, people.values()))


def test_the_same_pack_moves_nobody(crowd: pa.RecordBatch, knowledge: Knowledge) -> None:
    found = compare(knowledge, Knowledge(knowledge.text), [crowd])
    assert found.people == crowd.num_rows
    assert sum(found.cells.values()) == crowd.num_rows
    assert (found.moves, found.rules, dict(found.places), dict(found.causes), found.rule_out) == ({}, (), {}, {}, {})


def test_open_danger_is_put_down_to_the_rule_that_was_open(knowledge: Knowledge) -> None:
    """Two rules change, and what held the urgency up was one of them being open, not firing."""
    after = with_changes(knowledge, "chest_trouble=off", f"{RULE}/older_age=60")
    said = all_clear(knowledge, id="torn", age=30)
    said["chest_pain"] = None
    batch = pa.RecordBatch.from_pylist([said])
    assert assess_batch(knowledge, batch)["floor"].to_pylist() == [True]
    (move,) = compare(knowledge, after, [batch]).lowered
    assert dict(move.rules) == {"chest_trouble": 1}


def test_a_floor_that_is_lowered_itself_blames_no_rule(knowledge: Knowledge) -> None:
    after = with_changes(knowledge, "model/open_emergency_floor=routine")
    (move,) = compare(knowledge, after, [pa.RecordBatch.from_pylist([{"id": "silent", "age": 30}])]).lowered
    assert (move.before, move.after, dict(move.rules)) == (
        Disposition.SAME_DAY,
        Disposition.ROUTINE,
        {"open_danger": 1},
    )


def test_numbers_of_causes_move_nobody_but_change_what_is_likely(crowd: pa.RecordBatch, knowledge: Knowledge) -> None:
    after = with_changes(knowledge, "model/ratio_cap=4", "spinal_infection/test_threshold=0.0005")
    found = compare(knowledge, after, [crowd])
    assert (found.moves, found.rules) == ({}, ())
    both = [assess_batch(pack, crowd, top=1).to_pylist() for pack in (knowledge, after)]
    firsts = [(a["causes"][0]["id"], b["causes"][0]["id"]) for a, b in zip(*both, strict=True)]
    assert found.causes == Counter(pair for pair in firsts if pair[0] != pair[1])
    assert found.causes
    infection = [["spinal_infection" in row["rule_out"] for row in rows] for rows in both]
    newly = sum(not a and b for a, b in zip(*infection, strict=True))
    assert found.rule_out["spinal_infection"] == (newly, 0)
    assert newly


def test_whom_to_see_is_counted_where_the_urgency_stays(knowledge: Knowledge) -> None:
    after = with_changes(knowledge, f"{RULE}/see=urgent_care")
    batch = pa.RecordBatch.from_pylist([all_clear(knowledge, age=70, sex="male", symptom_course="same")])
    found = compare(knowledge, after, [batch])
    seen = [assess_batch(pack, batch)["see"].to_pylist()[0] for pack in (knowledge, after)]
    assert found.places == Counter({tuple(seen): 1})
    assert not found.moves


def test_groups_and_matrix_are_sums_of_the_same_cells(crowd: pa.RecordBatch, knowledge: Knowledge) -> None:
    found = compare(knowledge, with_changes(knowledge, "chest_trouble=off"), [crowd], edges=[18, 65])
    assert found.bands == ("0-17", "18-64", "65-120", NOT_GIVEN)
    ages = Counter(
        ("0-17" if age < 18 else "18-64" if age < 65 else "65-120", sex)
        for age, sex in zip(crowd["age"].to_pylist(), crowd["sex"].to_pylist(), strict=True)
    )
    groups = found.groups()
    assert {(band, sex): people for band, sex, people, _, _ in groups} == dict(ages)
    lowered = sum(one.people for one in found.lowered)
    assert sum(one[3] for one in groups) == lowered
    assert sum(people for (a, b), people in found.matrix().items() if b < a) == lowered
    assert sum(found.matrix().values()) == crowd.num_rows
    data = found.to_data()
    assert data["lowered"]["people"] == lowered
    assert sum(row["people"] for row in data["by_age_and_sex"] if row["before"] != row["after"]) == lowered


def test_text_columns_open_ages_and_refused_rows_are_counted_where_they_belong(knowledge: Knowledge) -> None:
    after = with_changes(knowledge, f"{RULE}/older_age=60")
    slow = all_clear(knowledge, symptom_course="same")
    text = {key: str(value).lower() for key, value in slow.items()}
    batch = pa.RecordBatch.from_pylist([
        {**text, "age": "55", "sex": "female"}, {**text, "age": "unsure", "sex": "unsure"},
        {**text, "age": "", "sex": ""}, {**text, "age": "500", "sex": "male"}, {**text, "age": "70.0", "sex": "male"},
    ])  # fmt: skip
    found = compare(knowledge, after, [batch])
    assert (found.people, found.refused) == (4, 1)
    assert [(band, sex, people) for band, sex, people, _, _ in found.groups()] == [
        ("55-120", "female", 1),
        ("55-120", "male", 1),
        (NOT_GIVEN, NOT_GIVEN, 2),
    ]
    assert found.groups()[0][3] == 1


def test_bands_are_those_the_priors_tell_apart(knowledge: Knowledge) -> None:
    bands = age_bands(knowledge)
    assert {low for low, _ in bands} == {one.first_age for one in knowledge.strata}
    assert (bands[0][0], bands[-1][1]) == (0, 120)


def test_a_definition_changes_every_rule_that_rests_on_it(knowledge: Knowledge) -> None:
    after = with_changes(knowledge, "predicate/severe_pain/when=pain_severity >= 8")
    rest = {rule.id for rule in knowledge.rules if "pain_severity" in knowledge.mentions(rule.when)}
    assert changed_rules(knowledge, after)
    assert set(changed_rules(knowledge, after)) <= rest


# The picture.


@pytest.fixture(scope="module")
def both_ways(crowd: pa.RecordBatch, knowledge: Knowledge) -> Comparison:
    return compare(knowledge, with_changes(knowledge, "chest_trouble=off", f"{RULE}/older_age=40"), [crowd])


def shown(found: Comparison) -> ElementTree.Element:
    return ElementTree.fromstring(drawn(found, heading="a < b & c", people="9 people."))


def words(root: ElementTree.Element) -> list[str]:
    return [str(one.text) for one in root.iter(f"{SVG}text")]


def test_the_picture_has_a_title_and_says_all_its_numbers_in_sentences(both_ways: Comparison) -> None:
    root = shown(both_ways)
    assert root.get("role") == "img"
    title, description = list(root)[:2]
    assert (title.tag, title.text) == (f"{SVG}title", "Who moves: a < b & c")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert description.text == " ".join(described(both_ways, "9 people."))
    assert both_ways.lowered
    assert both_ways.raised
    for move in both_ways.moves.values():
        word = "less" if move.is_lower else "more"
        people = "1 person" if move.people == 1 else f"{move.people:,} people"
        assert f"{people} (" in str(description.text)
        assert f"from {name(move.before)} to {name(move.after)}, which is {word} urgent." in str(description.text)


def test_the_picture_shows_the_numbers_of_the_table_and_marks_more_than_by_colour(both_ways: Comparison) -> None:
    said = words(shown(both_ways))
    order = sorted(Disposition, reverse=True)
    wanted = []
    for (before, after), people in sorted(both_ways.matrix().items(), key=lambda one: (-one[0][0], -one[0][1])):
        mark = "" if before == after or not people else "▼ " if after < before else "▲ "
        wanted.append(f"{mark}{people:,}")
    first = said.index(wanted[0], said.index(name(order[-1])))
    assert said[first : first + len(wanted)] == wanted
    for band, sex, people, lowered, raised in both_ways.groups():
        at = said.index(f"{sex}, of {people:,}")
        assert said[at - 1] == band
        assert [one.split(" ")[0] for one in said[at + 1 : at + 3]] == [f"{lowered:,}", f"{raised:,}"]
    kinds = Counter(one.get("class") for one in shown(both_ways).iter(f"{SVG}rect"))
    groups = both_ways.groups()
    assert kinds["down"] == len(both_ways.lowered) + sum(bool(one[3]) for one in groups)
    assert kinds["up"] == len(both_ways.raised) + sum(bool(one[4]) for one in groups)


def test_a_picture_of_nobody_moving_says_so(crowd: pa.RecordBatch, knowledge: Knowledge) -> None:
    found = compare(knowledge, Knowledge(knowledge.text), [crowd.slice(0, 50)])
    assert "Nobody moves." in described(found, "50 people.")
    assert not any("▼ " in one and one[-1].isdigit() for one in words(shown(found)))
