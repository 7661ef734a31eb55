"""What holds of every page in every state: axe, small and great sizes, colours, languages, pictures, paper, weight."""

from __future__ import annotations

import io
import re
import unicodedata

import pypdf
import pytest

from shells.web.browser import COLOURS, PHONE, VARIANTS, OpenTab, Tab, Variant, axe_findings, show
from unclench.reasoning import Assessment, assess
from unclench.reasoning.differential import Estimate
from unclench.web import flow
from unclench.web.pack import knowledge

every_page = pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)

_LANGUAGES = (
    ("en-xa", "ltr", r"\[.*~\]|[áçéĝíñöšûý]"),
    ("ar-xb", "rtl", "\N{RIGHT-TO-LEFT OVERRIDE}"),
)
"""The pseudo-locales: direction, and what every text of theirs has."""

_UNNAMED = """() => [
  ...[...document.querySelectorAll('img:not([alt]), canvas, object, embed')],
  ...[...document.querySelectorAll('svg')].filter(e => {
    const name = (e.getAttribute('aria-labelledby') || '').split(' ').map(id => document.getElementById(id));
    const named = name.length && name.every(one => one && one.textContent.trim());
    return Boolean(named) === Boolean(e.closest('[aria-hidden=true]'));
  }),
].map(e => e.outerHTML.slice(0, 150))"""

_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > width) found.push('the page is ' + document.documentElement.scrollWidth);
  for (const e of document.querySelectorAll('main *, header *, footer *')) {
    const box = e.getBoundingClientRect();
    if (!box.width || e.closest('.unseen, .skip, svg') || getComputedStyle(e).clipPath !== 'none') continue;
    if (box.right > width + 1 || box.left < -1) found.push(e.outerHTML.slice(0, 100));
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline' && e.clientWidth
        && e.tagName !== 'INPUT' && !e.querySelector('.unseen')
        && !e.closest('.bodymap')) found.push('cut: ' + e.outerHTML.slice(0, 100));
  }
  return found;
}"""

_TEXTS = """() => {
  const texts = [document.title, document.querySelector('meta[name=description]').content];
  const skip = 'script, style, code, cite, .sources, .name, q, textarea';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(skip)) texts.push(walk.currentNode.data);
  for (const e of document.querySelectorAll('[aria-label], [title], [alt], [placeholder]'))
    for (const name of ['aria-label', 'title', 'alt', 'placeholder']) texts.push(e.getAttribute(name) || '');
  return texts.map(t => t.trim()).filter(t => t);
}"""


# One test does all that needs no fresh page, as opening pages is what takes the time.


@every_page
def test_each_page_passes_axe_names_its_pictures_fits_and_is_light(open_tab: OpenTab, variant: Variant) -> None:
    tab = open_tab(color_scheme="light").visit(variant)
    page = tab.page
    found = {"light": axe_findings(page), "pictures": page.evaluate(_UNNAMED)}
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found["dark"] = axe_findings(page, COLOURS)
    # 1280 px at 200% is a page of 640 px whose pixels are twice as large
    for width in (320, 640, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found[f"{width} px"] = page.evaluate(_TOO_WIDE)
    assert {where: what for where, what in found.items() if what} == {}
    weights = tab.weights()
    loaded = [(one.method, one.url) for one in tab.fetched if one.resource_type == "document"]
    assert len(set(loaded)) == len(loaded), "a page was loaded twice"
    assert len(weights) >= 4
    assert 10_000 < sum(weights.values()) <= 60_000, weights


@every_page
def test_each_page_fits_in_other_languages_and_leaves_no_english(open_tab: OpenTab, variant: Variant) -> None:
    tab = open_tab(size=(320, 640))
    for language, direction, mark in _LANGUAGES:
        page = tab.carry(language=language).visit(variant).page
        assert page.evaluate("document.dir") == direction
        assert page.evaluate(_TOO_WIDE) == [], language
        english = [
            text
            for text in page.evaluate(_TEXTS)
            if re.search("[A-Za-z]{3}", re.sub(r"sha256:\w+|Unclench", "", text)) and not re.search(mark, text, re.S)
        ]
        assert english == [], language


def test_a_page_from_right_to_left_is_turned_round(open_tab: OpenTab) -> None:
    for language, on_the_right in (("en-xa", False), ("ar-xb", True)):
        page = open_tab(language=language).visit(VARIANTS["choice"]).page
        box = page.locator("main .choice input").first.bounding_box()
        assert box
        assert (box["x"] > PHONE[0] / 2) is on_the_right


def test_left_and_right_of_the_body_do_not_turn_round(open_tab: OpenTab) -> None:
    for language in ("", "ar-xb"):
        page = open_tab(language=language).visit(VARIANTS["body map, chosen"]).page
        figure = page.locator(".bodymap-drawing").first.bounding_box()
        region = page.locator("#pain_site-lower_back_left + label .bodymap-region").bounding_box()
        assert figure
        assert region
        assert region["x"] + region["width"] <= figure["x"] + figure["width"] / 2 + 3, language


@pytest.mark.parametrize("name", ["start", "danger screen, unfolded", "body map", "result, same_day", "clinician"])
def test_text_twice_as_large_still_fits(open_tab: OpenTab, name: str) -> None:
    page = open_tab(size=(640, 900)).visit(VARIANTS[name]).page
    page.evaluate("document.documentElement.style.setProperty('font-size', '212%')")
    assert page.evaluate(_TOO_WIDE) == []


@pytest.mark.parametrize("name", ["start", "danger screen", "body map", "result, same_day"])
def test_nothing_moves_for_those_who_asked_for_it(open_tab: OpenTab, name: str) -> None:
    page = open_tab(reduced_motion="reduce").visit(VARIANTS[name]).page
    moving = """[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);
        return s.transitionDuration.split(',').some(t => parseFloat(t) > 0) || s.animationName !== 'none'
               || s.scrollBehavior === 'smooth' }).length"""
    assert page.evaluate(moving) == 0


def test_dark_is_dark(open_tab: OpenTab) -> None:
    page = open_tab(color_scheme="dark").visit(VARIANTS["start"]).page
    red, green, blue = map(
        int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3]
    )
    assert max(red, green, blue) < 64


# Pictures: every one has a name and a description that agree with the data, or is hidden as mere ornament.


def _result(variant: Variant) -> Assessment:
    assert variant.state
    return assess(knowledge(), flow.case_of(variant.state, knowledge()))


def _counted(share: float, total: int) -> str:
    if share < 1 / total:
        return "less than 1"
    return f"more than {total - 1}" if share > 1 - 1 / total else str(round(share * total))


def _said(one: Estimate) -> str:
    total = 100 if one.probability >= 0.01 else 1000
    middle, low, high = (_counted(share, total) for share in (one.probability, one.low, one.high))
    about = f"{middle} in {total:,}" if " " in middle else f"about {middle} in {total:,}"
    return about if low == high else f"{about}, could be {low} to {high}"


@pytest.mark.parametrize("level", ["self_care", "routine", "urgent", "same_day", "emergency"])
def test_the_bars_say_and_draw_the_ranges_of_the_assessment(open_tab: OpenTab, level: str) -> None:
    variant = VARIANTS[f"result, {level}"]
    page = open_tab().visit(variant).page
    result = _result(variant)
    shown = [one.estimate for one in result.rule_out] + ([] if level == "emergency" else list(result.causes[:5]))
    bars = page.get_by_role("img").all()
    assert len(bars) == len(shown) > 0
    for bar, one in zip(bars, shown, strict=True):
        said, what = _said(one), knowledge().words("causes", one.id, "name")
        assert bar.aria_snapshot() == f'- img "{what} {said}"'
        beside = bar.evaluate("e => e.parentElement.querySelector('.chance').textContent")
        assert beside == said, "written as drawn"
        start, width = (float(bar.locator(".bar-range").get_attribute(a) or "nan") for a in ("x", "width"))
        assert start + width == pytest.approx(100 * one.high, abs=1.1)
        assert start == pytest.approx(100 * one.low, abs=1.1)
        point = float(bar.locator(".bar-point").get_attribute("x") or "nan") + 0.5
        assert point == pytest.approx(100 * one.probability, abs=0.6)


def test_every_region_of_the_body_map_is_named_with_its_words(open_tab: OpenTab) -> None:
    page = open_tab().visit(VARIANTS["body map"]).page
    for region in knowledge().findings["pain_site"].choices:
        words = knowledge().choice_words("pain_site", region)
        assert page.get_by_role("checkbox", name=words, exact=True).get_attribute("value") == region


# Paper.


@pytest.mark.parametrize("name", ["result, folded", "result, same_day", "result, emergency", "clinician", "review"])
def test_paper_shows_what_is_folded(open_tab: OpenTab, name: str) -> None:
    variant = VARIANTS[name]
    tab = open_tab()
    tab.visit(Variant(name, variant.path, variant.state))
    wanted = {
        word
        for text in tab.page.locator("main details li, main details p, main dd, main h2, main h3").all_text_contents()
        for word in text.split()
    }
    pages = pypdf.PdfReader(io.BytesIO(tab.page.pdf(format="A4"))).pages
    printed = unicodedata.normalize("NFKC", " ".join(one.extract_text() for one in pages))  # ligatures
    missing = {word for word in wanted if word not in printed and re.sub(r"\W", "", word) not in printed}
    assert len(missing) <= len(wanted) // 100, missing
    assert "Save as PDF" not in printed
    assert "Delete my answers" not in printed


def test_the_result_opens_with_the_whole_advice_on_one_phone_screen(open_tab: OpenTab) -> None:
    for level in ("self_care", "routine", "urgent", "same_day", "emergency"):
        page = open_tab().visit(VARIANTS[f"result, {level}"]).page
        box = page.locator(".card").bounding_box()
        assert box
        assert box["y"] + box["height"] <= PHONE[1], level
        assert show(page, ".card dt") == "Whom"


def test_a_page_that_asks_for_something_outside_would_be_seen(open_tab: OpenTab) -> None:
    tab: Tab = open_tab().visit(VARIANTS["start"])
    tab.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://example.org/x.png'}))")
    tab.page.wait_for_timeout(200)
    assert tab.outside or any("Content Security Policy" in one for one in tab.faults)
    tab.outside.clear()
    tab.faults.clear()
