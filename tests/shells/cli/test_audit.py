"""`unclench audit`: a lay article, sentence by sentence, and what is wrong with a file that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from shells.cli.running import COMMAND, here, unclench
from unclench import Knowledge

ARTICLE = """\
Your Sore Back

Lactic acid builds up in tired muscles and causes spasms. A copper bracelet heals.
Does it help?
"""


def test_each_sentence_has_its_claim_verdict_and_right_version(knowledge: Knowledge) -> None:
    ran = unclench("audit", "-", stdin=ARTICLE)
    assert (ran.status, ran.err) == (0, "")
    words = " ".join(ran.out.split())
    assert "AUDIT of 2 statements 1 close to a known claim; the verdicts on those claims: 1 Not right:" in words
    assert "0 possibly like a known claim: no verdict, compare yourself 1 unchecked" in words
    assert "UNCHECKED means only that the program found no known claim in the sentence." in words
    assert "It may still make one, in other words or in too few to compare. Neither means right." in words
    assert "2. Lactic acid builds up in tired muscles and causes spasms. Resembles claim c001_lactic_acid" in words
    assert "on which the verdict is NOT RIGHT." in words
    assert f"What is right: {knowledge.words('claims', 'c001_lactic_acid', 'right')}" in words
    assert "-> contributor: overuse_exertion" in words
    assert "3. A copper bracelet heals. UNCHECKED" in words
    assert "Does it help?" not in words


def test_a_sentence_that_may_say_the_opposite_has_no_verdict() -> None:
    words = " ".join(
        here("audit", "-", stdin="Back spasms are never serious, so you never need to see a doctor.").out.split()
    )
    assert "0 close to a known claim; the verdicts on those claims: 1 possibly like a known claim" in words
    assert "COMPARE YOURSELF, no verdict. Possibly resembles claim" in words
    assert "May say the opposite: read both." in words
    assert "RIGHT" not in words


def test_a_danger_sign_beside_a_word_of_waiting_leads_to_its_page() -> None:
    words = " ".join(here("audit", "-", stdin="If your bladder stops working, wait a few days.").out.split())
    assert "DANGER: it speaks of a danger sign. Compare it with /learn/red_flags/new_bladder_trouble/" in words


def test_headings_and_questions_are_listed_on_request() -> None:
    words = " ".join(here("audit", "-", "--all", stdin=ARTICLE).out.split())
    assert "1. Your Sore Back (heading: claims nothing by itself)" in words
    assert "4. Does it help? (question: claims nothing by itself)" in words


def test_a_saved_page_gives_the_same_as_its_text(tmp_path: Path) -> None:
    page = tmp_path / "leaflet.html"
    body = "".join(f"<p>{line}</p>" for line in ARTICLE.splitlines())
    page.write_text(f"<!doctype html><title>Leaflet</title><body>{body}</body>", encoding="utf-8")
    by_page = here("audit", str(page), "--format", "json").json
    by_text = here("audit", "-", "--format", "json", stdin=ARTICLE).json
    assert by_page["sentences"] == by_text["sentences"]
    assert by_page["counts"] == by_text["counts"]
    assert by_page["pack"].startswith("sha256:")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "there is no sentence in it. Name a text or a saved HTML page."),
        (b"<html><script>alert(1)</script></html>", "there is no sentence in it."),
        (b"caf\xe9", "no UTF-8 text (unexpected end of data at byte 3). Save it as such."),
        (b"%PDF-1.7 x", "no text or HTML page. Save it as text first."),
        (b"a\0b", "no text or HTML page. Save it as text first."),
        (b"a " * 2_100_000, "longer than 4194304 bytes. Save only the article."),
    ],
)
def test_what_is_no_article_is_refused(content: bytes, said: str) -> None:
    ran = here("audit", "-", stdin=content)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("unclench: -: ")
    assert said in ran.err


def test_a_file_that_is_not_there_is_named() -> None:
    ran = here("audit", "no_such_file.txt")
    assert (ran.status, ran.err) == (
        2,
        "unclench: no_such_file.txt: cannot be read (No such file or directory). Name a file.\n",
    )


def test_closed_standard_input_is_named() -> None:
    ran = unclench("audit", "-", command=["sh", "-c", 'exec "$@" <&-', "sh", *COMMAND])
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "unclench: standard input is closed. Give a file, or open it again.\n"


def test_coverage_is_whole_and_adds_up(knowledge: Knowledge) -> None:
    ran = here("knowledge", "coverage", "--format", "json")
    made = ran.json
    assert (ran.status, made["whole"]) == (0, True)
    assert len(made["texts"]) == 5
    for one in (*made["texts"], made["all"]):
        assert one["mapped"] == one["sentences"] > one["claim_nothing"]
        assert sum(one["verdicts"].values()) == one["claims"]
    assert made["all"]["claims"] == len(knowledge.claims)


def test_coverage_under_a_hundred_percent_ends_with_status_one(tmp_path: Path, knowledge: Knowledge) -> None:
    # A pack that some other program made; the compiler refuses such a folder.
    import json

    data = json.loads(json.dumps(knowledge.data))
    first = data["claims"][0]
    first["nothing"] = first["nothing"][1:]
    pack = tmp_path / "pack.json"
    pack.write_text(json.dumps(data), encoding="utf-8")
    ran = here("knowledge", "--folder", str(pack), "coverage")
    lost = knowledge.claim_texts[first["id"]].nothing[0][0]
    assert ran.status == 1
    assert f"{first['id']}: not mapped: {', '.join(map(str, sorted(lost)))}. Give each a claim, or a reason." in ran.out
