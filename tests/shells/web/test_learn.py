"""The encyclopedia: every record has its page, no link is dead, and what machines read is sound."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse

from shells.web.fetched import get, html, kept, kept_html
from unclench.knowledge import Disposition
from unclench.knowledge.learning_records import Review
from unclench.web import learning
from unclench.web.advice import cited
from unclench.web.drawings import SHAPES, drawn, layers
from unclench.web.learning import KINDS
from unclench.web.number_words import every_number
from unclench.web.pack import knowledge

MOST_BYTES = 30_000
"""Of a page alone, packed; style and scripts come on top, and the browser's tests weigh the whole."""


def records() -> Iterator[tuple[str, str]]:
    data = knowledge()
    for kind in ("events", "causes", "contributors", "treatments", "medicines", "findings", "questions"):
        yield from ((kind, name) for name in getattr(data, kind))
    yield from (("red_flags", rule.id) for rule in data.rules)
    yield from (("dispositions", one.id) for one in Disposition)


@cache
def crawled() -> dict[str, HttpResponse]:
    """Follow every link of Learn, and look at where each leads; pages of other themes are not followed."""
    seen: dict[str, HttpResponse] = {}
    open_ = ["/learn/"]
    while open_:
        path = open_.pop()
        if path in seen:
            continue
        seen[path] = kept(path)
        if not path.startswith("/learn/"):
            continue
        for link in re.findall(r'href="([^"]+)"', seen[path].content.decode()):
            found = urlsplit(unescape(link))
            if found.scheme or found.path.startswith("/static/"):
                continue
            query = f"?{found.query}" if found.query else ""
            if target := (found.path or (path.partition("?")[0] if query else "")):
                open_.append(target + query)
    return seen


def machine(text: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    assert len(found) == 1
    read: dict[str, Any] = json.loads(found[0])
    return read


def test_no_link_is_dead_and_every_record_is_reached() -> None:
    seen = crawled()
    assert {path: one.status_code for path, one in seen.items() if one.status_code != 200} == {}
    lacking = [(kind, name) for kind, name in records() if f"/learn/{kind}/{name}/" not in seen]
    assert lacking == []
    assert [name for name in knowledge().exercises if f"/exercises/{name}/" not in seen and name in _linked()] == []
    assert [name for name in knowledge().claim_texts if f"/learn/claims/{name}/" not in seen] == []


def _linked() -> set[str]:
    return {name for one in knowledge().treatments.values() for name in one.exercises}


def test_every_fragment_that_is_linked_is_there() -> None:
    ids = {path: set(re.findall(r' id="([^"]+)"', one.content.decode())) for path, one in crawled().items()}
    dead = []
    for path, one in crawled().items():
        for link in re.findall(r'href="(/learn/[^"]*#[^"]+)"', one.content.decode()):
            target, _, fragment = link.partition("#")
            if fragment not in ids[target]:
                dead.append((path, link))
    assert dead == []


def test_every_page_has_one_address_a_description_and_a_record_for_machines() -> None:
    descriptions: dict[str, str] = {}
    for path, response in crawled().items():
        if not path.startswith("/learn/"):
            continue
        text = response.content.decode()
        plain = path.partition("?")[0]
        assert f'<link rel="canonical" href="http://localhost{plain}">' in text, path
        described = re.search(r'<meta name="description" content="([^"]+)">', text)
        assert described is not None, path
        assert "{" not in described[1], path
        descriptions[path] = described[1]
        data = machine(text)
        assert data["@context"] == "https://schema.org", path
        assert data.get("@type") or data.get("@graph"), path
        assert data["url"] == f"http://localhost{plain}", path
        assert text.count("<h1") == 1, path
    assert len(set(descriptions.values())) > 300


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/learn/causes/discogenic_pain/", "MedicalCondition"),
        ("/learn/medicines/ibuprofen/", "Drug"),
        ("/learn/treatments/heat/", "MedicalTherapy"),
        ("/learn/findings/straight_leg_raise/", "MedicalTest"),
        ("/learn/questions/", "FAQPage"),
        ("/exercises/cat_camel/", "ExercisePlan"),
    ],
)
def test_what_machines_read_says_what_kind_of_thing_it_is(path: str, kind: str) -> None:
    assert machine(html(path))["@type"] == kind


def test_every_question_is_in_the_record_of_the_questions() -> None:
    data = machine(html("/learn/questions/"))
    assert len(data["mainEntity"]) == len(knowledge().questions)
    assert all(one["acceptedAnswer"]["text"] for one in data["mainEntity"])


def test_no_tag_can_begin_in_a_record_for_machines() -> None:
    text = learning.as_json_ld({"name": "</script><b>&"})
    assert "<" not in text
    assert json.loads(text) == {"name": "</script><b>&"}


def test_the_map_of_the_site_names_every_page_and_robots_name_the_map() -> None:
    response = get("/sitemap.xml")
    assert response["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(response.content)
    named = {urlsplit(one.text or "").path for one in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert {f"/learn/{kind}/{name}/" for kind, name in records()} <= named
    assert {f"/exercises/{name}/" for name in knowledge().exercises} <= named
    assert {"/numbers/", "/sources/", "/search/"} <= named
    assert "Sitemap: http://localhost/sitemap.xml" in get("/robots.txt").content.decode()


def test_the_short_answer_comes_before_all_else() -> None:
    for kind, name in records():
        page = learning.page("en", kind, name)
        assert page is not None
        assert page.title, (kind, name)
        assert all(page.short), (kind, name)
        assert page.sections or kind == "findings", (kind, name)


def test_each_red_flag_says_first_what_to_do_and_whom_to_see() -> None:
    for rule in knowledge().rules:
        page = learning.page("en", "red_flags", rule.id)
        assert page is not None
        assert [section.id for section in page.sections[:3]] == ["do", "whom", "when"]
        assert page.mark[1] == rule.disposition.id
        first = knowledge().words("dispositions", rule.disposition.id, "general")
        assert page.sections[0].texts[0] == first


def test_a_chance_is_said_out_of_a_hundred_with_its_range() -> None:
    text = html("/learn/causes/disc_herniation_radiculopathy/")
    assert re.search(r"about \d+ in 100, could be", text)


def test_the_view_for_clinicians_never_takes_the_content_away() -> None:
    for kind, name in records():
        page = learning.page("en", kind, name)
        assert page is not None
        path = f"/learn/{kind}/{name}/"
        clinical = kept_html(f"{path}?view=clinician")
        assert ("?view=clinician" in kept_html(path)) == page.is_for_clinicians_too, path
        assert re.search(r'<dl class="tell">\s*</dl>', clinical) is None, path
        if not page.is_for_clinicians_too:
            assert clinical == kept_html(path), path


@pytest.mark.parametrize("path", ["/learn/questions/how_long/", "/learn/dispositions/urgent/", "/exercises/cat_camel/",
                                  "/learn/pictures/"])  # fmt: skip
def test_where_there_is_nothing_for_clinicians_they_get_the_plain_page(path: str) -> None:
    assert kept_html(f"{path}?view=clinician") == kept_html(path)


def test_clinicians_are_led_from_a_cause_to_every_rule_that_suspects_it() -> None:
    data = knowledge()
    for name in data.causes:
        text = kept_html(f"/learn/causes/{name}/?view=clinician")
        for rule in data.rules:
            if name in rule.suspects and not rule.provisional:
                assert f'href="/learn/red_flags/{rule.id}/"' in text, (name, rule.id)
    assert "/learn/red_flags/saddle_loss_examined/" in kept_html("/learn/causes/cauda_equina_syndrome/?view=clinician")
    assert "/learn/red_flags/saddle_loss_examined/" not in kept_html("/learn/causes/cauda_equina_syndrome/")


def test_no_treatment_tells_machines_a_sentence_as_its_other_name() -> None:
    for name in knowledge().treatments:
        data = machine(kept_html(f"/learn/treatments/{name}/"))
        assert data["description"], name
        assert "alternateName" not in data, name


def labels(cause: str) -> list[str]:
    page = learning.page("en", "causes", cause)
    assert page is not None
    return [one.label for section in page.sections if section.id == "often" for one in section.chances]


def test_what_is_far_commoner_at_another_age_is_told_of_that_age() -> None:
    text = unescape(html("/learn/causes/osteoporotic_vertebral_fracture/"))
    assert "At a GP surgery or clinic, age 18 to 54: <strong>about 2 in 1,000" in text
    assert "At a GP surgery or clinic, age 55 or older: <strong>about 4 in 100" in text
    assert "At a GP surgery or clinic, younger than 10" in labels("lumbar_spinal_stenosis")
    # Hardly otherwise at any age, and under 1 in 1,000 at each: one line for each place.
    for cause in ("nonspecific_back_pain", "motor_neurone_disease"):
        assert [one.rpartition(", ")[2] for one in labels(cause)] == ["age 18 to 54"] * 3


def test_how_common_a_cause_is_cites_where_that_is_from() -> None:
    for name in knowledge().causes:
        page = learning.page("en", "causes", name)
        assert page is not None
        for one in every_number():
            if one.kind == "prior" and one.record == name:
                assert {cited(ref, knowledge()) for ref in one.sources} <= set(page.citations), one.id
    assert "/learn/causes/osteoporotic_vertebral_fracture/" in html("/sources/galliker_2020/")


def test_clinicians_get_the_ratios_and_everybody_else_does_not() -> None:
    plain, clinical = (html(f"/learn/causes/discogenic_pain/{query}") for query in ("", "?view=clinician"))
    assert "3.06 (1.44 to 6.5)" in clinical
    assert "Han 2023" in clinical
    assert "3.06 (1.44" not in plain


def test_every_page_owns_up_to_not_being_reviewed_and_names_its_day() -> None:
    for kind, name in records():
        review = learning.review(kind, name)
        assert review is not None
        assert review.reviewed_by is None
    text = html("/learn/treatments/heat/")
    assert "No clinician has reviewed this page." in text
    assert "21 November 2027" in text
    assert "/learn/changes/" in text


def test_a_review_is_overdue_the_day_after() -> None:
    review = Review(None, date(2027, 11, 21))
    assert not review.is_overdue(date(2027, 11, 21))
    assert review.is_overdue(date(2027, 11, 21) + timedelta(days=1))


def test_an_overdue_review_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "review", lambda _kind, _name: Review(None, date(2020, 1, 1)))
    assert "That day is past." in html("/learn/treatments/heat/")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/learn/treatments/paracetamol/", "it is offered before the other extras"),
        ("/learn/findings/loin_pain/", "Whoever may have a kidney infection is affected."),
        ("/learn/causes/heat_illness/", "speak for it only after heat"),
        ("/exercises/cat_camel/", "agreed practice, not trial results"),
    ],
)
def test_a_page_shows_what_was_changed_in_its_record_oldest_last(path: str, told: str) -> None:
    shown = re.search(r'<details class="history">(.*?)</details>', html(path), re.S)
    assert shown is not None
    days = re.findall(r'<time datetime="([^"]+)">', shown[1])
    assert days
    assert days == sorted(days, reverse=True)
    assert told in unescape(shown[1])


def test_what_was_changed_in_the_record_itself_stands_before_what_was_in_all_of_its_kind() -> None:
    text = html("/learn/treatments/paracetamol/")
    own, of_all = text.index("it is offered before the other extras"), text.index('<details class="of-all">')
    assert own < of_all < text.index("says which way is better")
    assert "History of this page: 2 entries" in text
    alone = html("/learn/treatments/heat/")
    assert "History of this page: 0 entries" in alone
    assert "No change concerns this page alone." in alone


def test_every_record_with_a_page_says_when_it_was_first_written() -> None:
    for kind, name in records():
        history = learning.about_record(kind, name)["history"]
        assert history, (kind, name)
        assert any({(kind, "*"), (kind, name)} & set(one.first) for one in (*history.own, *history.of_all)), (
            kind,
            name,
        )


def test_a_record_that_no_entry_names_says_since_which_version_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "history_of", lambda *_about: ())
    assert "First written for version 0.1.0 (unreleased). Not changed since." in html("/learn/treatments/heat/")


def test_the_list_of_changes_leads_to_the_records_and_marks_a_late_review(monkeypatch: pytest.MonkeyPatch) -> None:
    text = html("/learn/changes/")
    assert 'href="/learn/treatments/paracetamol/"' in text
    assert 'href="/learn/findings/loin_pain/"' in text
    assert text.count("nobody yet") == len(KINDS) + 3
    assert "That day is past." not in text
    monkeypatch.setattr(learning, "review", lambda _kind, _name: Review(None, date(2020, 1, 1)))
    assert html("/learn/changes/").count("That day is past.") == len(KINDS) + 3


def test_the_claims_are_counted_and_every_contradiction_is_shown_once() -> None:
    text = html("/learn/claims/")
    claims = knowledge().claims.values()
    pairs = {frozenset((one.id, other)) for one in claims for other in one.contradicts}
    shown = [re.findall(r"/#(c00\d_\w+)", part) for part in text.split('<article class="pair">')[1:]]
    told = [frozenset((first, other)) for first, *others in shown for other in others]
    assert (len(told), set(told)) == (len(pairs), pairs)
    # What contradicts several is shown once, beside all of them.
    assert len(shown) < len(pairs)
    assert "That is right" not in text
    # What nobody can believe or follow both of; another cause is none.
    for first, other in (
        ("c000_whole_muscle", "c001_part_or_whole"),
        ("c002_rest", "c003_keep_moving"),
        ("c000_painkillers", "c003_no_painkillers"),
        ("c000_long_then_doctor", "c004_few_days"),
        ("c000_twitch_differs", "c003_twitching"),
    ):
        assert frozenset((first, other)) in pairs
    assert frozenset(("c000_dehydration", "c003_joint_commonest")) not in pairs
    assert f"They make {len(claims)} claims." in text
    for name, one in knowledge().claim_texts.items():
        page = html(f"/learn/claims/{name}/")
        assert page.count('<article class="claim"') == len(one.claims)
        graph = machine(page)["@graph"]
        assert [each["@type"] for each in graph] == ["ClaimReview"] * len(one.claims)


def test_exercises_have_one_page_only() -> None:
    assert get("/learn/exercises/cat_camel/")["Location"] == "/exercises/cat_camel/"
    assert get("/learn/exercises/")["Location"] == "/exercises/"


@pytest.mark.parametrize("path", ["/learn/nothing/", "/learn/causes/nothing/", "/learn/claims/nothing/"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert get(path).status_code == 404


def test_every_page_is_light() -> None:
    sizes = {path: len(gzip.compress(one.content)) for path, one in crawled().items() if path.startswith("/learn/")}
    assert {path: size for path, size in sizes.items() if size > MOST_BYTES} == {}


def test_a_page_swapped_in_from_elsewhere_is_loaded_in_full() -> None:
    from_start = {"HX-Request": "true", "HX-Current-URL": "http://localhost/"}
    assert get("/learn/causes/", **from_start)["HX-Redirect"] == "/learn/causes/"
    inside = {"HX-Request": "true", "HX-Current-URL": "http://localhost/learn/"}
    assert "HX-Redirect" not in get("/learn/causes/", **inside)


def test_every_muscle_is_drawn_numbered_and_named() -> None:
    assert set(SHAPES) == set(knowledge().muscles)
    numbers = [number for layer in layers() for number, *_rest in layer.muscles]
    assert numbers == list(range(1, len(SHAPES) + 1))
    for layer in layers():
        for number, name, does, clinical in layer.muscles:
            assert f">{number}</text>" in layer.picture
            assert name
            assert does
            assert clinical
        assert "<title" in layer.picture
        assert "<desc" in layer.picture


def test_the_band_is_drawn_from_its_numbers() -> None:
    chart = knowledge().charts["recovery"]
    shown = drawn(chart)
    span = re.search(r'class="span" d="M([^"]+)Z"', shown.picture)
    assert span is not None
    places = [tuple(map(float, one.split(","))) for one in span[1].split("L")]
    points = chart.series[0].points
    assert len(places) == 2 * len(points)
    # Higher pain is higher up, weeks run evenly to the right, and the band never turns over.
    for at, point in enumerate(points):
        (x, high), (same, low) = places[at], places[-1 - at]
        assert x == same == pytest.approx(26 + 282 * point.at / points[-1].at, abs=0.06)
        assert high == pytest.approx(170 - 16 * point.high, abs=0.06)
        assert low == pytest.approx(170 - 16 * point.low, abs=0.06)
    assert shown.rows[0] == ("Week 0", "5.6 to 6.3 of 10")


def test_the_bars_of_scans_say_and_draw_their_numbers() -> None:
    shown = drawn(knowledge().charts["scans_without_pain"])
    bulge = next(row for row in shown.bars if "bulges" in row.name)
    assert [(where, much) for where, much, _bar in bulge.bars] == [
        ("At age 20", "30 of 100 people"),
        ("At age 80", "84 of 100 people"),
    ]
    assert 'width="84.0"' in bulge.bars[1][2]


def test_every_kind_is_in_the_contents() -> None:
    text = html("/learn/")
    assert [kind for kind in KINDS if f'href="/learn/{kind}/"' not in text] == []
    assert "/learn/pictures/" in text
    assert "/learn/claims/" in text


def test_every_question_of_an_audited_article_is_answered() -> None:
    asked = {text for one in knowledge().questions.values() for text in one.asked_in}
    assert asked <= set(knowledge().claim_texts)
    assert len(asked) >= 3


def test_a_test_says_in_lay_words_what_it_is_for_and_what_it_can_and_cannot_tell() -> None:
    text = html("/learn/findings/straight_leg_raise/")
    assert "<h1>Straight leg raise</h1>" in text
    assert "No pain makes that less likely." in text
    assert "L5 and S1" not in text
    assert "L5 and S1" in html("/learn/findings/straight_leg_raise/?view=clinician")
    page = learning.page("en", "findings", "straight_leg_raise")
    assert page is not None
    against = next(section for section in page.sections if section.id == "against")
    assert [one.url for one in against.links] == ["/learn/causes/disc_herniation_radiculopathy/"]


def test_a_test_points_only_to_what_it_can_point_to_by_itself() -> None:
    page = learning.page("en", "findings", "ankle_reflex_reduced")
    assert page is not None
    pointed = next(section for section in page.sections if section.id == "for")
    # A weak ankle jerk speaks for cancer only in somebody who has had cancer.
    assert [one.url for one in pointed.links] == ["/learn/causes/disc_herniation_radiculopathy/"]


def test_a_plain_page_leads_only_to_signs_that_people_can_know_themselves() -> None:
    data = knowledge()
    for name in data.causes:
        page = learning.page("en", "causes", name)
        assert page is not None
        linked = {one.url.rstrip("/").rpartition("/")[2] for s in page.sections if s.id == "help" for one in s.links}
        for rule in data.rules:
            if rule.id in linked:
                assert all(data.findings[one].supplied_by == "person" for one in data.mentions(rule.when)), rule.id


def test_technical_words_of_the_pictures_are_folded_and_studies_sizes_are_plain() -> None:
    page = html("/learn/pictures/")
    plain = re.sub(r"<details>.*?</details>", "", page[: page.index("Where this comes from")], flags=re.S)
    assert "worked out in two ways" in plain
    for word in ("NRS", "exponential", "cohorts", "Prevalence", "extrusion"):
        assert word in page
        assert word not in plain
    assert "standard deviation" not in html("/learn/treatments/bed_rest/")
