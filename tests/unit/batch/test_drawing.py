"""Pictures of a report: well formed, told in words, and with every mark where its number belongs."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from unclench.batch.calibration import Bin
from unclench.batch.drawing import Picture, intervals, rank_histogram, reliability
from unclench.reasoning.validation import Share

SVG = "{http://www.w3.org/2000/svg}"
BINS = (Bin(0.0, 0.5, 0.25, Share(1, 2)), Bin(0.5, 1.0, 0.0, Share(0, 0)))


def drawn() -> list[Picture]:
    return [
        reliability("r", "Said & right", "One < two", [("pack", BINS), ("best", BINS)]),
        rank_histogram("h", "Ranks", "Level", [("all", (1, 3))]),
        intervals("i", "Questions", "Alike", [("a", 5.0, 4.0, 10.0, False), ("b", 2.0, 1.0, 3.0, True)], "questions"),
    ]


@pytest.mark.parametrize("picture", drawn(), ids=lambda one: one.name)
def test_each_says_what_it_is(picture: Picture) -> None:
    root = ElementTree.fromstring(picture.svg)
    title, text = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert text is not None
    assert (root.get("role"), title.text, text.text) == ("img", picture.title, picture.text)
    assert root.get("aria-labelledby") == f"{title.get('id')} {text.get('id')}"


def test_a_point_stands_where_said_and_right_meet() -> None:
    root = ElementTree.fromstring(drawn()[0].svg)
    marks = [(one.get("cx"), one.get("cy")) for one in root.iter(f"{SVG}circle")]
    # 300 wide and high from (46, 314): a quarter across, half up; the other circle is that of the legend.
    assert ("121.0", "164.0") in marks
    assert len(marks) == 2  # a bin with nobody in it has no point


def test_bars_are_as_tall_as_their_shares() -> None:
    root = ElementTree.fromstring(drawn()[1].svg)
    assert [float(one.get("height", "")) for one in root.iter(f"{SVG}rect")] == pytest.approx([160 / 3, 160], abs=0.1)


def test_what_differs_has_another_shape() -> None:
    root = ElementTree.fromstring(drawn()[2].svg)
    assert [one.get("cx") for one in root.iter(f"{SVG}circle")] == ["315.0"]  # half of 330 from 150
    assert [one.get("x") for one in root.iter(f"{SVG}rect")] == ["212.0"]  # a fifth, less half a mark
