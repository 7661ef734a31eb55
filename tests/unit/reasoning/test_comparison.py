"""What works: sorted, filtered, and numbers put on one scale without changing what the records say."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

import pytest

from unclench import Knowledge
from unclench.errors import UnclenchError
from unclench.reasoning.comparison import (
    COLUMNS,
    FILTERS,
    SORTS,
    as_csv,
    common_span,
    compared,
    comparison_data,
    first_known,
    on_common_scale,
    values_of,
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.load()


@pytest.mark.parametrize("sort", SORTS)
def test_each_order_holds_every_treatment_once(knowledge: Knowledge, sort: str) -> None:
    assert sorted(one.id for one in compared(knowledge, sort=sort)) == sorted(knowledge.treatments)


@pytest.mark.parametrize(("sort", "key"), [("certainty", "grade"), ("cost", "cost"), ("effort", "effort")])
def test_an_order_runs_from_the_best_to_the_worst(knowledge: Knowledge, sort: str, key: str) -> None:
    places = [knowledge.plan_model.order[sort][getattr(one, key)] for one in compared(knowledge, sort=sort)]
    assert places == sorted(places)
    assert places[0] < places[-1]


def test_worth_is_verdict_first_and_then_how_sure_it_is(knowledge: Knowledge) -> None:
    order = knowledge.plan_model.order
    for one, other in pairwise(compared(knowledge)):
        here, there = (
            (order["verdict"][t.verdict], order["certainty"][t.grade], order["by"][t.by]) for t in (one, other)
        )
        assert here <= there, (one.id, other.id)


@pytest.mark.parametrize("name", FILTERS)
def test_every_value_of_a_filter_leaves_some_and_takes_out_some(knowledge: Knowledge, name: str) -> None:
    assert values_of(knowledge, name)
    for value in values_of(knowledge, name):
        assert 0 < len(compared(knowledge, **{name: value})) < len(knowledge.treatments), value


def test_filters_narrow_together(knowledge: Knowledge) -> None:
    both = {one.id for one in compared(knowledge, track="pregnancy", cost="none")}
    assert both == {one.id for one in knowledge.treatments.values() if "pregnancy" in one.tracks and one.cost == "none"}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"sort": "worht"}, '"worht" is no order of treatments. Did you mean "worth"? There are: worth, '),
        ({"track": "back_spsm"}, '"back_spsm" is no track of treatments. Did you mean "back_spasm"? There are: '),
        ({"colour": "red"}, '"colour" is no filter of treatments. There are: track, kind, cost, by, verdict.'),
    ],
)
def test_what_there_is_not_is_named_with_what_there_is(
    knowledge: Knowledge, asked: dict[str, str], message: str
) -> None:
    with pytest.raises(UnclenchError) as told:
        compared(knowledge, **asked)
    assert str(told.value).startswith(message)


@pytest.mark.parametrize(
    ("treatment", "effect", "points"),
    [
        ("anti_inflammatory_tablets", "pain", (7.29, 3.61, 10.98)),  # 7.29 of 100 less pain
        ("anti_inflammatory_tablets", "function", (8.4167, 4.7917, 12.0417)),  # 2.02 of 24 less trouble
        ("heat", "relief", (21.2, 13.6, 29.0)),  # 1.06 of 5 more relief
        ("paracetamol", "pain", (-0.49, -2.97, 1.99)),  # 0.49 of 100 more pain
        ("opioids", "pain", (-5.3, None, None)),  # 2.78 of 10, against 2.25
        ("anti_inflammatory_gel", "function", (-15.4167, None, None)),  # 6.4 of 24 gained, against 10.1
        ("calcium_and_vitamin_d", "pain", (2.65, None, None)),  # one end of a range is no range
    ],
)
def test_points_of_any_scale_become_points_of_100_and_better_is_above_0(
    knowledge: Knowledge, treatment: str, effect: str, points: tuple[float, float | None, float | None]
) -> None:
    (one,) = (e for e in knowledge.treatments[treatment].effects if e.id == effect)
    found = on_common_scale(one)
    assert found is not None
    assert (found.value, found.low, found.high) == points


def test_only_points_of_a_scale_are_put_on_it(knowledge: Knowledge) -> None:
    begin, end = common_span(knowledge)
    assert begin < 0 < end
    for treatment in knowledge.treatments.values():
        for effect in treatment.effects:
            points = on_common_scale(effect)
            assert (points is not None) == (
                (effect.unit or "").startswith("points of") and effect.measure in ("mean_difference", "group_means")
            )
            if points is not None:
                assert begin <= points.value <= end
                if points.low is not None and points.high is not None:
                    assert begin <= points.low <= points.value <= points.high <= end


def test_json_has_every_treatment_with_sources_and_what_is_unknown(knowledge: Knowledge) -> None:
    data = comparison_data(knowledge, compared(knowledge))
    assert len(data["treatments"]) == len(knowledge.treatments)
    for one in data["treatments"]:
        record = knowledge.treatments[one["id"]]
        assert one["sources"], one["id"]
        assert one["benefit"]["text"], one["id"]
        assert one["harm"]["text"], one["id"]
        assert "{" not in one["benefit"]["text"] + one["harm"]["text"], "a number is missing"
        assert one["benefit"]["known"] == (first_known(record.effects) is not None)
        for shown, effect in zip(one["effects"], record.effects, strict=True):
            assert (shown["value"], shown["low"], shown["high"]) == (effect.value, effect.low, effect.high)
            assert shown["unknown"] == (shown["value"] is None)


def test_csv_reads_back_as_the_records(knowledge: Knowledge) -> None:
    shown = compared(knowledge, sort="name")
    lines = list(csv.DictReader(io.StringIO(as_csv(comparison_data(knowledge, shown)), newline="")))
    assert [line["id"] for line in lines] == [one.id for one in shown]
    assert tuple(lines[0]) == COLUMNS
    for line, one in zip(lines, shown, strict=True):
        known = first_known(one.effects)
        assert line["value"] == ("unknown" if known is None else str(known.value))
        assert line["sources"]
        assert (line["verdict"], line["cost"]) == (one.verdict, one.cost)
