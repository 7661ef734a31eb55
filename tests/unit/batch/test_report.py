"""The whole report: its parts, its words and its forms."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from unclench import CaseError, Knowledge
from unclench.batch.burden import ask
from unclench.batch.document import Heading, Part, Table, Text, as_html, as_markdown, as_text
from unclench.batch.drawing import Picture
from unclench.batch.population import Population
from unclench.batch.report import Report, Settings, make_report
from unclench.batch.report_words import report_parts
from unclench.reasoning.case import Case
from unclench.reasoning.simulation import interview


@pytest.fixture(scope="module")
def report(knowledge: Knowledge) -> Report:
    return make_report(knowledge, Settings(None, 400, 3, 8, 2), parts=("fairness", "calibration"))


def test_everybody_is_counted_once(report: Report) -> None:
    assert report.fairness is not None
    assert (report.fairness.people, report.fairness.refused, report.fairness.interviews) == (400, 0, 8)
    for by in ("age", "sex"):
        for measure in ("emergency", "same_day", "urgent", "routine", "self_care"):
            some = [one for one in report.fairness.rates if (one.by, one.measure) == (by, measure)]
            assert sum(one.share.total for one in some) == 400
    advice = [one for one in report.fairness.rates if one.by == "sex" and one.measure in ("emergency", "same_day")]
    assert all(one.others.total == 400 - one.share.total for one in advice)
    assert sum(one.people for one in report.fairness.amounts if (one.by, one.measure) == ("age", "questions")) == 8


def test_the_same_settings_give_the_same_report(knowledge: Knowledge, report: Report) -> None:
    again = make_report(knowledge, report.settings, parts=("fairness", "calibration"))
    assert again == report
    data = json.loads(json.dumps(again.to_data()))
    assert data["fairness"]["rates"][0]["share"]["total"] == report.fairness.rates[0].share.total  # type: ignore[union-attr]


def test_what_the_pack_says_is_held_against_the_best_there_can_be(report: Report) -> None:
    assert report.calibration is not None
    assert report.ranges is None
    kinds = [(one.who, one.open) for one in report.calibration]
    pairs = [(who, share) for share in (0.0, 0.5, 0.9) for who in ("draw", "sum")]
    assert kinds == [*pairs, ("worlds", 0.0), ("alike", 0.0), ("interview", None)]
    by_kind = dict(zip(kinds, report.calibration, strict=True))
    for share in (0.0, 0.5, 0.9):
        assert by_kind["draw", share].calibration.bits < by_kind["sum", share].calibration.bits
    assert by_kind["interview", None].calibration.first.total == 8
    assert by_kind["worlds", 0.0].calibration.first.total == 400


def test_the_interview_is_the_real_one(knowledge: Knowledge) -> None:
    row = {"age": "40", "sex": "female", "setting": "primary_care", "back_pain": "true", "fever": "false"}
    (asked,) = ask(knowledge, pa.RecordBatch.from_pylist([row]))
    person = {"age": 40, "sex": "female", "setting": "primary_care", "findings": {"back_pain": True, "fever": False}}
    done = interview(knowledge, Case.from_data(person, knowledge), unstated="unsure")
    assert (asked.questions, asked.lines) == (done.questions, sum(len(given) for _, given in done.asked))
    assert asked.unsure == sum(value == "unsure" for _, given in done.asked for value in given.values())
    assert asked.screens == sum(question.is_screen for question, _ in done.asked)
    assert asked.result.triage == done.result.triage
    assert (asked.words["en"] or 0) > asked.lines


def test_people_of_a_file_are_compared_and_never_taken_for_drawn_ones(knowledge: Knowledge) -> None:
    people = next(Population(knowledge, missing=0, block=50).batches(50, 1))
    own = people.drop_columns(["synthetic_cause", "age"])
    settings = Settings("people.parquet", 100, 1, 3, 2)
    found = make_report(knowledge, settings, [own], parts=("fairness",))
    assert found.fairness is not None
    assert found.fairness.people == 50
    ages = {one.group for one in found.fairness.rates if one.by == "age"}
    assert ages == {"not said"}
    words = as_text(report_parts(knowledge, found))
    assert "people.parquet" in words
    assert "one language only (en)" in words


def test_who_cannot_be_read_is_counted_and_left_out(knowledge: Knowledge) -> None:
    bad = {"age": ["30", "old", "40"], "sex": ["male", "male", "female"], "pregnant": ["true", None, None]}
    batch = pa.RecordBatch.from_pydict(bad)
    found = make_report(knowledge, Settings("x", 1, 1, 3, 1), [batch], parts=("fairness",)).fairness
    assert found is not None
    assert (found.people, found.refused, found.interviews) == (1, 2, 1)
    with pytest.raises(CaseError, match="nobody to report on"):
        make_report(knowledge, Settings("x", 1, 1, 3, 1), [batch.slice(0, 2)], parts=("fairness",))


def test_two_languages_are_compared(knowledge: Knowledge) -> None:
    data = json.loads(json.dumps(knowledge.data))
    wording = json.loads(json.dumps(data["wording"]["en"]))
    for one in wording["findings"].values():
        one["question"] = one["line"] = "word"
    data["wording"]["xx"] = wording
    data["wording"]["yy"] = {"findings": {}, "screens": {}}
    found = make_report(Knowledge(json.dumps(data)), Settings(None, 60, 1, 2, 1), parts=("fairness",))
    assert found.fairness is not None
    english, short, none = found.fairness.languages
    assert (english.id, short.id, none.id) == ("en", "xx", "yy")
    assert short.words < english.words
    assert (english.incomplete, short.incomplete, none.incomplete) == (0, 0, 2)
    table = next(
        one for one in report_parts(knowledge, found) if isinstance(one, Table) and one.caption == "Words to read"
    )
    assert table.rows[2] == ("yy", "0", "2 of 2")


def test_the_words_hold_the_numbers(knowledge: Knowledge, report: Report) -> None:
    parts = report_parts(knowledge, report)
    text = " ".join(as_text(parts).split())
    assert report.calibration is not None
    for one in report.calibration:
        assert f"{one.calibration.error:.3f}" in text
    assert "not medicine" in text
    assert "Nobody in it exists" in text
    assert report.pack in text
    pictures = [one for one in parts if isinstance(one, Picture)]
    assert {one.name for one in pictures} >= {"reliability", "questions_by_age", "questions_by_sex"}
    assert len({one.name for one in pictures}) == len(pictures)


PARTS: list[Part] = [
    Heading(1, "A & B"),
    Text("x < y"),
    Table("Caption", ("who", "n"), (("a|b", "1"), ("c", "22"))),
    Picture("p", "Title", "Shown", "<svg></svg>"),
]


def test_plain_text() -> None:
    assert as_text(PARTS) == "A & B\n\nx < y\n\nCaption\nwho   n\na|b   1\nc    22\n\n[Title. Shown]\n"


def test_markdown() -> None:
    table = "Caption\n\n| who | n |\n|---|---|\n| a\\|b | 1 |\n| c | 22 |"
    assert as_markdown(PARTS, "at/") == f"# A & B\n\nx < y\n\n{table}\n\n![Title. Shown](at/p.svg)\n"


def test_html_needs_nothing_else() -> None:
    page = as_html(PARTS)
    assert "<title>A &amp; B</title>" in page
    assert "<p>x &lt; y</p>" in page
    assert '<th scope="row">a|b</th><td>1</td>' in page
    assert "<svg></svg>" in page
    assert not any(word in page for word in ("src=", "href=", "http:", "https:", "<script"))
