"""Articles are cut into sentences the same way each time: headings, list items and table cells too."""

from __future__ import annotations

import pytest

from unclench.intake.sentences import article_text, fingerprint, looks_like_html, normal, sentences


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Causes\n\n\nHeat does it.", ["Causes", "Heat does it."]),
        (
            "  • Heat\n- Cold\n* Rest\n3. Move\n4.1 Other ways\n(2) Sleep",
            ["Heat", "Cold", "Rest", "Move", "Other ways", "Sleep"],
        ),
        ("Heat | Cold\nyes\tno", ["Heat", "Cold", "yes", "no"]),
        ("Take 2.5 litres, e.g. Water. See Dr. Smith.", ["Take 2.5 litres, e.g. Water.", "See Dr. Smith."]),
        ("He said “Rest.” Then he left.", ["He said “Rest.", "Then he left."]),
        ("●\n---\n• . •", []),
        ("", []),
    ],
)
def test_a_text_is_cut_at_ends_lines_items_and_cells(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut


def test_a_saved_page_reads_as_its_text() -> None:
    page = """<!DOCTYPE html><html><head><title>Backs</title><style>p {}</style></head><body><h1>Your
    back</h1><p>Keep <em>mov</em>ing. Rest&nbsp;less.</p><script>var x = 1;</script><ul><li>Heat<li>Cold</ul>
    <table><tr><td>Yes</td><td>No</td></tr></table></body></html>"""
    assert looks_like_html(page)
    assert sentences(article_text(page)) == ["Your back", "Keep moving.", "Rest less.", "Heat", "Cold", "Yes", "No"]


def test_a_text_that_speaks_of_less_and_more_is_no_page() -> None:
    assert not looks_like_html("Pain < 3 and > 1 is mild. <3")


def test_marks_case_and_spaces_make_no_other_sentence() -> None:
    assert normal("  Don’t REST – “move”! ") == "don't rest move"
    assert fingerprint("Don't rest, move.") == fingerprint("  Don’t REST – “move”! ")
    assert fingerprint("Rest, don't move.") != fingerprint("Don't rest, move.")
    assert len(fingerprint("Move.")) == 12


@pytest.mark.parametrize(
    "part",
    [
        "<nav><ul><li><a href='/'>Home</a></ul></nav>",
        "<header><div><p>Our clinic</p></div></header>",
        "<footer>We care.</footer>",
        "<aside>Also read this.</aside>",
        "<button>Book now</button>",
        "<div role='navigation'><div>Causes</div>Menu</div>",
        "<ul class='menu'><li><a href='/'>Home <b>care</b></a></li></ul>",
        "<script>document.write('Rest.')</script>",
        "<nav><div><p>left open</nav>",
    ],
)
def test_what_stands_round_an_article_is_left_out(part: str) -> None:
    assert sentences(article_text(f"<body>{part}<p>Keep moving.</p>{part}")) == ["Keep moving."]


def test_a_link_within_a_sentence_or_one_that_is_a_sentence_is_read() -> None:
    page = "<p>Heat <a href='/h'>eases pain</a> a little.</p><p><a href='/r'>Rest in bed.</a></p>"
    assert sentences(article_text(page)) == ["Heat eases pain a little.", "Rest in bed."]
