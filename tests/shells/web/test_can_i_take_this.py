"""Can I take this? The engine's verdict in words; nothing in an address, nothing kept, and no prescription ended."""

from __future__ import annotations

import gzip
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shells.web.hostile import MARK, MARKUP, assert_harmless, assert_headers
from shells.web.visitor import Visitor
from unclench.reasoning.medicines import check_medicine
from unclench.web.pack import knowledge
from unclench.web.state import State, Step

STATIC = Path("src/unclench/web/static/web")
CALM = {"age": "40", "alcohol_use": "no_alcohol", "none": "1"}


class _Asker(Visitor):
    """Somebody who asks, and answers the questions of the form as the first time round."""

    def ask(self, name: str, *took: str, **more: Any) -> _Asker:
        rows = {f"took-{place}": text for place, text in enumerate(took, 1)}
        self.post("/medicine/", name=name, **rows, **more)
        return self

    def settle(self, name: str, *took: str, **said: Any) -> _Asker:
        """Answer what is asked until nothing more is: what is in `said`, otherwise 40, no alcohol and none."""
        self.ask(name, *took)
        for _turn in range(6):
            if "open question" not in self.html:
                return self
            yes = said.get("yes", [])
            answers = {**CALM, **said} if not yes else {k: v for k, v in {**CALM, **said}.items() if k != "none"}
            self.ask(name, *took, asks=" ".join(self.asks), **answers)
        raise AssertionError("it asks for ever")

    @property
    def verdict(self) -> str:
        (found,) = re.findall(r'class="card verdict-(\w+)"', self.html)
        return str(found)

    @property
    def heading(self) -> str:
        (found,) = re.findall(r'<h2 id="verdict".*?<span>([^<]*)</span>', self.html, re.S)
        return unescape(found)

    @property
    def text(self) -> str:
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.html)).split())


@pytest.fixture
def one() -> _Asker:
    return _Asker()


def test_the_form_comes_without_a_check_and_knows_every_name(one: _Asker) -> None:
    assert one.get("/medicine/").status_code == 200
    assert '<form method="post" action="/medicine/"' in one.html
    offered = {unescape(name) for name in re.findall(r'<option value="([^"]*)">', one.html)}
    assert offered == {
        name for kind in (knowledge().medicines, knowledge().medicine_groups) for m in kind.values() for name in m.names
    }
    assert len(re.findall(r'name="took-\d"', one.html)) == 8


def test_without_answers_it_is_not_checked_and_asks(one: _Asker) -> None:
    one.ask("Nurofen")
    assert (one.verdict, one.heading) == ("cannot_check", "Not checked yet")
    assert "Do not take that as a yes." in one.text
    expected = check_medicine(knowledge(), "Nurofen", {}).open
    assert set(one.asks) == set(expected)
    assert f"Answer {len(expected)} open questions" in one.text


def test_with_all_answered_it_may_be_taken_and_says_how_much(one: _Asker) -> None:
    one.settle("Nurofen")
    assert (one.verdict, one.heading) == ("may_take", "You may take it")
    assert "Take 200 to 400 mg at a time." in one.text
    assert "US ibuprofen label" in one.text


def test_what_is_left_for_today_is_said(one: _Asker) -> None:
    one.settle("Nurofen", "ibuprofen 400 mg, 6 hours ago")
    assert one.verdict == "may_take"
    assert "You had 400 mg of ibuprofen in the last 24 hours. Packs allow 1200 mg." in one.text
    assert "You can have up to 800 mg more ibuprofen" in one.text
    one.settle("Nurofen", "ibuprofen 400 mg, 1 hour ago")
    assert "Have no more of it for now." in one.text
    assert "more ibuprofen" not in one.text


def test_where_packs_differ_the_strictest_says_what_is_left(one: _Asker) -> None:
    one.settle("paracetamol", "Panadol 500 mg x2, 6 hours ago")
    assert one.verdict == "may_take"
    assert "Some packs allow 3000 mg, others 4000 mg." in one.text
    assert "You can have up to 2000 mg more paracetamol in these 24 hours." in one.text
    assert "Packs differ. Follow the stricter one." in one.text


def test_on_prescription_the_label_says_what_is_left(one: _Asker) -> None:
    one.settle("baclofen", "baclofen 10 mg, 8 h ago")
    assert one.verdict == "may_take"
    assert "Have only what your own label says." in one.text
    assert "70 mg" not in one.text


def test_too_soon_too_much_too_long_and_twice_are_told(one: _Asker) -> None:
    one.settle("Nurofen", "ibuprofen 400 mg, 1 hour ago, for 12 days", "naproxen 250 mg, 9 hours ago")
    assert (one.verdict, one.heading) == ("avoid", "Do not take it now")
    assert "Wait until 4 hours have passed." in one.text
    assert "naproxen is of the same kind. Do not take both." in one.text
    assert "You have taken ibuprofen for 12 days." in one.text
    one.settle("co-codamol", "Panadol 500 mg x12, 5 hours ago")
    assert "You had 6000 mg of paracetamol in 24 hours." in one.text
    assert "Emergency department (A&E)" in one.text


def test_answers_of_the_form_count_and_come_back_in_it(one: _Asker) -> None:
    one.settle("Nurofen", yes=["stomach_ulcer_or_bleed"])
    assert one.verdict == "avoid"
    assert 'id="f-stomach_ulcer_or_bleed" checked' in one.html
    assert "What you said" in one.text


def test_lines_left_empty_stay_open_and_are_never_taken_for_no(one: _Asker) -> None:
    one.ask("Nurofen")
    first = one.asks
    one.ask("Nurofen", asks=" ".join(first))
    assert one.verdict == "cannot_check"
    assert set(one.asks) >= set(first)
    one.ask("Nurofen", asks=" ".join(first), age="40", unsure=["asthma"], none="1", alcohol_use="no_alcohol")
    assert one.verdict == "cannot_check"


def test_answers_of_a_check_count_and_are_not_asked_again(one: _Asker) -> None:
    import time

    from unclench.web import cookie

    answers: dict[str, Any] = {"age": 40, "stomach_ulcer_or_bleed": True}
    state = State(pack=knowledge().hash, steps=(Step("about", answers),))
    one.carry(cookie.seal(state, now=time.time()))
    one.ask("Nurofen")
    assert one.verdict == "avoid"
    assert not {"age", "stomach_ulcer_or_bleed"} & set(one.asks)
    assert 'href="/plan/questions/"' in one.html
    assert one.state.answers == answers, "nothing asked here is kept"


def test_nothing_of_it_is_in_an_address_or_a_cookie(one: _Asker) -> None:
    one.ask("Nurofen", "Panadol 500 mg x2")
    assert one.path == "/medicine/"
    assert "unclench_check" not in one.client.cookies
    assert "Nurofen" not in str(one.page.headers)
    assert not re.search(r'(?:href|action)="[^"]*(?:Nurofen|Panadol)', one.html)
    one.get("/medicine/?name=Nurofen&took-1=Panadol")
    assert 'value="Panadol"' not in re.sub(r"<datalist.*?</datalist>", "", one.html, flags=re.S)
    assert "verdict-" not in one.html


def test_an_unknown_name_is_a_loud_no_answer(one: _Asker) -> None:
    one.ask("Pink pills")
    assert (one.verdict, one.heading) == ("cannot_check", "Cannot be checked")
    assert 'We do not know "Pink pills".' in one.text
    one.settle("Nurofen", "Pink pills 5 mg")
    assert one.verdict == "cannot_check"


def test_medicines_that_cause_cramps_are_pointed_out_with_the_size(one: _Asker) -> None:
    one.ask("paracetamol", "Lipitor 20 mg")
    assert "Medicines that can cause cramps" in one.text
    assert "1.16 times" in one.text
    assert "Keep taking it, and ask whoever prescribed it" in one.text
    assert "Garrison 2012" in one.text


@pytest.mark.parametrize("name", sorted(knowledge().medicines))
def test_of_no_medicine_it_is_said_to_end_one_that_was_prescribed(one: _Asker, name: str) -> None:
    record = knowledge().medicines[name]
    one.ask(record.names[0])
    one.ask(record.names[0], asks=" ".join(one.asks), age="70", yes=one.asks, alcohol_use="no_alcohol")
    shown = one.text
    assert "Never end a medicine that was prescribed for you because of this page." in shown
    assert not re.search(
        r"stop taking|stop your (?!breath)|(?<!how to )(?<!cannot )come off it(?! with help)", shown, re.IGNORECASE
    )
    if record.supply == "prescription":
        assert one.heading != "Do not take it now"
        assert one.verdict == "may_take" or record.route == "on_skin" or "do not end it by yourself" in shown


@pytest.mark.parametrize(
    ("fields", "problem", "target"),
    [
        ({"name": ""}, "Write the name of the medicine.", "name"),
        ({"name": " \u202e "}, "Write the name of the medicine.", "name"),
        ({"name": "a" * 10_000}, "This is too long for a name.", "name"),
        ({"name": "Nurofen", "took-1": "ibuprofen 400"}, "We cannot read this line.", "took-1"),
        ({"name": "Nurofen", "took-8": "a" * 10_000}, "This is too long.", "took-8"),
        ({"name": "Nurofen", "asks": "age", "age": "old"}, "Enter a number from", "f-age"),
        ({"name": "Nurofen", "asks": "asthma", "yes": "asthma", "none": "1"}, "Keep one of the two.", "none"),
        (
            {"name": "Nurofen", "asks": "asthma", "yes": "asthma", "unsure": "asthma"},
            "Keep one of the two.",
            "f-asthma",
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_kept_to_mend(
    one: _Asker, fields: dict[str, str], problem: str, target: str
) -> None:
    page = one.post("/medicine/", **fields)
    assert page.status_code == 422
    assert problem in one.text
    assert f'href="#{target}"' in one.html
    assert f'id="{target}"' in one.html
    assert "verdict-" not in one.html


def test_a_damaged_cookie_is_no_hindrance(one: _Asker) -> None:
    one.carry("cut-short")
    one.ask("Nurofen")
    assert one.page.status_code == 200


odd = st.sampled_from([*MARKUP, "a" * 10_000, "9" * 400, "ibuprofen 400 mg x999", "\u202eibuprofen"]) | st.text(
    max_size=60
)
a_finding = st.sampled_from(sorted(knowledge().findings))
a_row = odd | st.builds(
    "{} {} mg x{}, {} h ago".format,
    st.sampled_from(sorted({n for m in knowledge().medicines.values() for n in m.names})),
    st.integers(0, 99999),
    st.integers(0, 999),
    st.integers(0, 99),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=odd | st.sampled_from(["Nurofen", "paracetamol", "Lipitor"]),
    rows=st.lists(a_row, max_size=9),
    asks=st.lists(a_finding | odd, max_size=12),
    fields=st.dictionaries(
        a_finding | st.sampled_from(["yes", "unsure", "none"]),
        st.lists(a_finding | odd | st.sampled_from(["yes", "no", "unsure", "3", "1e400", "nan"]), max_size=4),
        max_size=8,
    ),
)
def test_any_form_gives_a_page_and_no_fault(
    name: str, rows: list[str], asks: list[str], fields: dict[str, list[str]]
) -> None:
    sent = {**fields, "name": name, "asks": " ".join(asks), **{f"took-{n}": text for n, text in enumerate(rows, 1)}}
    page = Client(SERVER_NAME="localhost").post("/medicine/", sent)
    assert page.status_code in (200, 413, 422)
    assert_headers(page.headers)
    assert_harmless(page.content)


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_comes_back_as_text(one: _Asker, markup: str) -> None:
    one.ask(markup, f"{markup} 5 mg")
    assert one.page.status_code in (200, 422)
    assert_harmless(one.page.content)
    assert not set("\u202e\u2066\u200d\ufeff") & set(re.sub(r"<datalist.*?</datalist>", "", one.html, flags=re.S))
    assert MARK in one.html


@pytest.mark.parametrize(
    "name", ["Nurofen", "Solpadeine Migraine", "aspirin and paracetamol", "ibuprofen and paracetamol"]
)
def test_the_heaviest_answers_weigh_less_than_60_kilobytes(one: _Asker, name: str) -> None:
    one.ask(name, "Panadol 500 mg x2, 5 h ago", "naproxen 250 mg, 9 h ago", "Lipitor 20 mg")
    shared = sum(len(gzip.compress(path.read_bytes())) for path in STATIC.iterdir() if path.suffix != ".txt")
    assert shared + len(gzip.compress(one.page.content)) < 60_000


def test_both_pages_are_linked_from_every_page_and_from_the_result(visitor: Visitor) -> None:
    visitor.get("/")
    for path in ("/what-works/", "/medicine/"):
        assert f'href="{path}"' in visitor.html
    visitor.begin("me")
    visitor.finish(back_pain=True, sex="male", pain_duration_days="3")
    assert visitor.html.count('href="/medicine/"') == 2
