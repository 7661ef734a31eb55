"""What a program can check of PEMAT-P, the AHRQ's list for printed patient material, on every page of Learn as shown.

The numbers are those of the list; docs/explanation/pemat.md has every item, and a person's judgement of the others.
"""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from shells.web.fetched import kept_html
from shells.web.test_learn import records
from unclench.web.learning import KINDS
from unclench.web.pack import knowledge

LONGEST_PARAGRAPH = 70
"""Words. The longest is what to do in an emergency."""

LONGEST_HEADING = 12
"""Words of a column or row heading."""

_VOID = {"area", "br", "circle", "ellipse", "img", "input", "line", "link", "meta", "path", "rect", "use", "wbr"}


class Shown(HTMLParser):
    """The main part of a page: its headings, paragraphs, items and table headings, without what is only in English."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[tuple[str, str]] = []
        self._open: list[tuple[str, bool]] = []
        self._texts: list[tuple[str, list[str]]] = []
        self.feed(page[page.index("<main") : page.index("</main>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        marks = dict(attrs)
        hidden = bool(self._open and self._open[-1][1]) or "sources" in (marks.get("class") or "") or "lang" in marks
        self._open.append((tag, hidden))
        if tag in ("h1", "h2", "h3", "p", "li", "th", "caption", "figcaption", "dd", "dt"):
            self._texts.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        while self._open and self._open.pop()[0] != tag:
            pass
        if self._texts and self._texts[-1][0] == tag:
            name, found = self._texts.pop()
            text = " ".join("".join(found).split())
            if text:
                self.parts.append((name, text))

    def handle_data(self, data: str) -> None:
        if self._texts and not (self._open and self._open[-1][1]):
            self._texts[-1][1].append(data)

    def of(self, *tags: str) -> list[str]:
        """Return the texts of some kinds of element."""
        return [text for tag, text in self.parts if tag in tags]


@cache
def pages() -> dict[str, Shown]:
    """Return every page of a record, for anybody."""
    paths = [f"/learn/{kind}/{name}/" for kind, name in records()]
    paths += [f"/exercises/{name}/" for name in knowledge().exercises]
    return {path: Shown(kept_html(path)) for path in paths}


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9][\w'’.-]*", text)


def test_a_page_that_breaks_the_rules_is_seen() -> None:
    page = Shown(f"<main><h1>A</h1><p>{'word ' * 80}</p><p class='sources' lang='en'>95% odds</p></main>")
    assert page.of("h1") == ["A"]
    assert len(words(page.of("p")[0])) > LONGEST_PARAGRAPH
    assert "odds" not in " ".join(page.of("p"))


def test_1_and_11_every_page_says_at_once_what_it_is_about_and_sums_it_up() -> None:
    lacking = []
    for path, page in pages().items():
        tags = [tag for tag, _text in page.parts]
        first = tags.index("h1")
        lead = page.parts[first + 1]
        if lead[0] != "p" or len(words(lead[1])) < 3:
            lacking.append((path, lead))
    assert lacking == []


def test_6_numbers_are_said_in_whole_people_not_in_percent_or_odds() -> None:
    # "1%" is how the strength of a gel is printed on its tube: a name, by which people tell two tubes apart.
    hard = re.compile(
        r"(?<!gel of \d)(?<!gel of \d\.\d\d)%|\bodds\b|\bratio\b|\binterval\b|\bp ?[<=] ?0|\bper cent\b|\bpercentile\b"
    )
    found = [(path, text) for path, page in pages().items() for _tag, text in page.parts if hard.search(text)]
    assert found == []


def test_7_and_24_nobody_has_to_calculate() -> None:
    sums = re.compile(r"\b(?:calculate|multiply|divide|subtract|add (?:it|them|these|those) up)\b", re.IGNORECASE)
    found = [(path, text) for path, page in pages().items() for _tag, text in page.parts if sums.search(text)]
    assert found == []


def test_8_information_comes_in_short_pieces() -> None:
    long = [
        (path, len(words(text)), text)
        for path, page in pages().items()
        for text in page.of("p", "li", "dd")
        if len(words(text)) > LONGEST_PARAGRAPH
    ]
    assert long == []


def test_9_pieces_have_headings_and_no_level_is_left_out() -> None:
    for path, page in pages().items():
        levels = [int(tag[1]) for tag, _text in page.parts if tag in ("h1", "h2", "h3")]
        assert levels[0] == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), (path, levels)
        plain = len(page.of("p", "li")) - 6  # the way back, the invitation to the check, and the review
        assert plain <= 4 or levels.count(2) >= 1, path


def test_12_lists_and_bold_words_draw_the_eye() -> None:
    for kind in ("causes", "treatments", "medicines", "questions"):
        for name in getattr(knowledge(), kind):
            text = kept_html(f"/learn/{kind}/{name}/")
            assert "<ul" in text or "<strong>" in text, (kind, name)


def test_17_every_drawing_has_a_name() -> None:
    paths = [
        *(f"/exercises/{name}/" for name in knowledge().exercises),
        "/learn/pictures/",
        "/learn/events/back_spasm/",
    ]
    for path in paths:
        page = kept_html(path)
        for figure in re.findall(r"<figure.*?</figure>", page, re.S):
            named = "<figcaption" in figure or re.search(r'alt="[^"]{10,}"', figure) or "<title" in figure
            assert named, (path, figure[:200])
        for drawing in re.findall(r"<svg[^>]*>", page):
            assert 'role="img"' in drawing or "aria-hidden" in drawing or "aria-label" in drawing, (path, drawing)


@pytest.mark.parametrize(
    "path",
    [
        "/learn/claims/",
        "/numbers/",
        "/learn/causes/discogenic_pain/?view=clinician",
        "/learn/medicines/ibuprofen/?view=clinician",
    ],
)
def test_19_tables_have_a_caption_and_short_headings(path: str) -> None:
    page = kept_html(path)
    tables = re.findall(r"<table.*?</table>", page, re.S)
    assert tables
    for table in tables:
        assert "<caption>" in table
        for heading in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table, re.S):
            assert 0 < len(words(heading)) <= LONGEST_HEADING


def test_20_every_page_names_something_to_do() -> None:
    assert [path for path in pages() if 'href="/' not in kept_html(path).partition('class="notice"')[2]] == []
    for kind in ("treatments", "medicines", "red_flags"):
        ids = {one.id for one in knowledge().rules} if kind == "red_flags" else set(getattr(knowledge(), kind))
        for name in ids:
            assert re.search(r'id="s-(?:do|how|much|may)"', kept_html(f"/learn/{kind}/{name}/")), (kind, name)


def test_22_exercises_are_told_in_numbered_steps() -> None:
    for name in knowledge().exercises:
        steps = re.search(r'<ol class="how">(.*?)</ol>', kept_html(f"/exercises/{name}/"), re.S)
        assert steps is not None
        assert steps[1].count("<li>") >= 2, name


def test_25_every_chart_says_how_to_read_it() -> None:
    charts = re.findall(r'<figure class="chart".*?</figure>', kept_html("/learn/pictures/"), re.S)
    assert len(charts) == len(knowledge().charts)
    for chart in charts:
        told = re.search(r"<figcaption><h2>[^<]+</h2><p>([^<]+)</p>", chart)
        assert told is not None
        assert len(words(told[1])) >= 10


def test_26_every_exercise_is_drawn() -> None:
    assert set(knowledge().exercises) == set(knowledge().figures)


def test_every_kind_of_page_was_looked_at() -> None:
    kinds = {path.split("/")[2] for path in pages() if path.startswith("/learn/")}
    assert kinds == set(KINDS)
