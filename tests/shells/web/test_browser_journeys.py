"""Whole ways through the check in a real browser: with script, without it, and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shells.web.browser import BACK, DESKTOP, VARIANTS, OpenTab, Tab, asked, show
from unclench.logic import Answer
from unclench.web.pack import knowledge
from unclench.web.state import State

both_ways = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])

_STEPS = 40


def say(kind: str, name: str, field: str) -> str:
    return knowledge().words(kind, name, field)


def begin(tab: Tab, who: str = "me") -> Page:
    tab.go("/").page.locator(f"main [name=who][value={who}]").click()
    expect(tab.page.locator("main form [name=question]")).to_have_value("nerves")
    return tab.page


def first(tab: Tab) -> Page:
    """Be at the first question, for a test that is not about how to get there."""
    return tab.carry(State(pack=knowledge().hash)).go("/check/").page


def question(page: Page) -> str:
    return page.locator("main form [name=question]").get_attribute("value") or ""


def tick(page: Page, box: str) -> None:
    page.locator(f'label[for="{box}"]:not([aria-hidden])').first.click()


def fill(page: Page, said: Mapping[str, Answer]) -> None:
    """Answer the question shown: what was said, otherwise no, none of these, 40 or the first choice."""
    asked = (page.locator("main form [name=asks]").get_attribute("value") or "").split()
    if page.locator("#none").count():
        yes = [finding for finding in asked if said.get(finding) is True]
        for box in [f"f-{finding}" for finding in yes] or ["none"]:
            tick(page, box)
        return
    for finding in asked:
        known, value = knowledge().findings[finding], said.get(finding)
        if known.kind == "number":
            page.fill(f"#f-{finding}", str(value if value is not None else 4))
        elif known.kind == "regions":
            for one in value if isinstance(value, tuple) else known.choices[:1]:
                page.locator(f"#{finding}-{one}").focus()
                page.keyboard.press("Space")
        elif known.kind == "boolean":
            tick(page, f"{finding}-{'yes' if value is True else 'no'}")
        else:
            tick(page, f"{finding}-{value or known.choices[0]}")


def proceed(page: Page, button: str = "") -> None:
    """Press a button, or the one that goes on, and wait for the next page, however it comes."""
    named = page.get_by_role("button", name=button) if button else page.locator("main form .button:not(.second)")
    moved(page, named.click)


def follow(page: Page, link: str | re.Pattern[str], *, exact: bool = False) -> None:
    """Follow a link and wait for the next page."""
    moved(page, page.get_by_role("link", name=link, exact=exact).click)


def moved(page: Page, action: Callable[[], None]) -> None:
    """Do what leads to another page, and wait until it is there: a load, or a swap by htmx."""
    page.evaluate("document.querySelector('main > *').dataset.old = 1")
    action()
    page.wait_for_selector("main > [data-old]", state="detached")
    page.wait_for_load_state()


def until(page: Page, wanted: str, said: Mapping[str, Answer]) -> None:
    for _step in range(_STEPS):
        if question(page) == wanted:
            return
        fill(page, said)
        proceed(page)
    pytest.fail(f"{wanted} is never asked")


def finish(page: Page, said: Mapping[str, Answer]) -> None:
    for _step in range(_STEPS):
        if page.locator("main form [name=question]").count() == 0:
            break
        fill(page, said)
        proceed(page)
    if page.url.endswith("/review/"):
        moved(page, page.locator("main .actions .button:not(.second)").click)


@pytest.mark.parametrize(
    ("level", "more", "browser_of"),
    [
        ("self_care", {}, {}),
        ("self_care", {}, {"script": False, "size": (640, 450), "device_scale_factor": 2}),
        ("same_day", {"fever": True}, {"size": (320, 640), "color_scheme": "dark", "reduced_motion": "no-preference"}),
        ("routine", {"sex": "female", "pregnant": True}, {"language": "ar-xb", "color_scheme": "dark"}),
    ],
    ids=["as it comes", "no script, 200%", "320 px, dark, moving", "right to left, still"],
)
def test_somebody_comes_from_the_start_to_their_advice(
    open_tab: OpenTab, level: str, more: dict[str, Answer], browser_of: dict[str, Any]
) -> None:
    page = begin(open_tab(**browser_of))
    finish(page, {**BACK, **more})
    assert page.url.endswith("/result/")
    if "language" not in browser_of:
        assert show(page, "h1") == say("dispositions", level, "heading")
    assert page.locator(f".card.level-{level} h1").is_visible()
    assert page.locator("#could").is_visible()
    top = page.locator("h1").bounding_box()
    assert top
    assert 0 <= top["y"] < 300


@both_ways
def test_an_emergency_stops_at_once_and_says_what_to_do(open_tab: OpenTab, script: bool) -> None:
    tab = open_tab(script=script)
    page = begin(tab)
    fill(page, {"saddle_numbness": True})
    proceed(page)
    assert page.url == f"{tab.site}/result/"
    assert show(page, "h1") == say("dispositions", "emergency", "heading")
    card = page.locator(".card").bounding_box()
    assert card
    assert card["y"] + card["height"] <= 844, "whom, when and what to do fit one phone screen"
    assert "999" in show(page, ".card")
    assert page.get_by_role("heading", name="What it could be").count() == 0


@pytest.mark.parametrize(
    ("script", "who", "said"), [(True, "child", "a child"), (False, "adult", "someone else")], ids=["child", "adult"]
)
def test_somebody_answers_for_another(open_tab: OpenTab, script: bool, who: str, said: str) -> None:
    page = begin(open_tab(script=script), who)
    assert f"answering for {said}" in show(page, ".about")
    fill(page, {})
    proceed(page)
    assert f"answering for {said}" in show(page, ".about")
    follow(page, "see the advice so far")
    assert f"answering for {said}" in show(page, ".about")


def test_a_parent_comes_to_the_advice_for_their_child(open_tab: OpenTab) -> None:
    page = begin(open_tab(script=False), "child")
    finish(page, {**BACK, "age": 9})
    assert show(page, "h1") == say("dispositions", "urgent", "heading")


@both_ways
def test_own_words_become_answers_only_when_ticked(open_tab: OpenTab, script: bool) -> None:
    page = first(open_tab(script=script))
    follow(page, "Say it in your own words")
    page.fill("#text", "My lower back seized up 3 days ago. My mother had cancer. No fever.")
    proceed(page, "Suggest answers")
    offered = page.locator("main .choice label").all_inner_texts()
    assert not any("fever" in one.lower() or "temperature" in one or "cancer" in one.lower() for one in offered)
    page.get_by_text("How many days ago this began").click()
    proceed(page, "Use what I ticked")
    assert question(page) == "whole_body", "the words spoke of fever, so that is asked first"
    follow(page, "Look at or change your answers")
    assert [show(page, ".said")] == ["3 days"]
    assert page.locator(".reply").count() == 1


@both_ways
def test_an_earlier_answer_is_changed_and_the_rest_is_kept(open_tab: OpenTab, script: bool) -> None:
    page = open_tab(script=script).carry(asked("trouble", {**BACK, "age": 30})).go("/check/").page
    follow(page, "Look at or change your answers")
    follow(page, re.compile("Change.*About you"))
    assert page.input_value("#f-age") == "30"
    page.fill("#f-age", "71")
    proceed(page)
    assert page.url.endswith("/review/")
    text = show(page, "main")
    assert "71 years" in text
    assert page.locator(".reply").count() == 4


@both_ways
def test_back_shows_what_was_answered_and_loses_nothing(open_tab: OpenTab, script: bool) -> None:
    page = begin(open_tab(script=script))
    until(page, "whole_body", {})
    follow(page, "Back", exact=True)
    assert question(page) == "chest_belly"
    assert page.locator("#none").is_checked()
    # the browser's own button goes through the same questions, the answered ones with their answers, each loaded once
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url) if request.resource_type == "document" else None)
    for there in ("whole_body", "chest_belly", "nerves"):
        page.go_back()
        expect(page.locator("main form [name=question]")).to_have_value(there)
        expect(page.locator("#none")).to_be_checked(checked=there != "whole_body")
        page.wait_for_load_state()
    assert len(loaded) == 3, loaded
    proceed(page)
    assert question(page) == "chest_belly"
    assert page.locator("#none").is_checked()
    page.goto(page.url.split("/check")[0] + "/review/")
    assert page.locator(".reply h2").all_inner_texts() == [
        say("screens", one, "title") for one in ("nerves", "chest_belly")
    ]


def test_back_before_the_scripts_are_there_is_not_lost(open_tab: OpenTab) -> None:
    page = begin(open_tab())
    until(page, "whole_body", {})
    page.route("**/htmx*", lambda _route: None)
    page.go_back()  # loads the page anew, whose scripts do not come
    expect(page.locator("main form [name=question]")).to_have_value("chest_belly")
    page.go_back(wait_until="commit")  # nobody listens yet: the address changes, the page does not
    assert page.url.endswith("/check/1/")
    assert question(page) == "chest_belly"
    page.unroute("**/htmx*")  # and now they come
    expect(page.locator("main form [name=question]")).to_have_value("nerves")
    expect(page.locator("#none")).to_be_checked()


@both_ways
def test_not_sure_is_kept_as_not_sure_and_the_advice_says_so(open_tab: OpenTab, script: bool) -> None:
    tab = open_tab(script=script)
    page = first(tab)
    proceed(page, "Not sure, skip")
    assert question(page) == "chest_belly"
    tab.go("/result/")
    assert "not settled" in show(page, ".notice")
    tab.go("/review/")
    assert "Not sure about:" in show(page, ".reply")


@both_ways
def test_some_lines_can_be_not_sure(open_tab: OpenTab, script: bool) -> None:
    tab = open_tab(script=script)
    page = first(tab)
    page.get_by_text("Not sure about some of them?").click()
    tick(page, "u-walking_unsteady")
    proceed(page)
    tab.go("/review/")
    assert say("findings", "walking_unsteady", "line") in show(page, ".reply")


@both_ways
def test_a_mistake_is_named_kept_and_mended(open_tab: OpenTab, script: bool) -> None:
    page = open_tab(script=script).carry(asked("about")).go("/check/").page
    page.fill("#f-age", "three")
    proceed(page)
    alert = page.get_by_role("alert")
    assert "Enter a number from 0 to 120" in alert.inner_text()
    assert page.title().startswith("To mend:")
    assert page.input_value("#f-age") == "three"
    if script:
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    alert.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.id") == "f-age"
    fill(page, BACK)
    proceed(page)
    assert question(page) == "trouble"


def test_a_second_tab_answers_its_own_question(open_tab: OpenTab) -> None:
    tab = open_tab()
    page = first(tab)
    other = page.context.new_page()
    other.goto(f"{tab.site}/check/")
    fill(page, {})
    proceed(page)
    tick(other, "f-walking_unsteady")
    proceed(other)
    other.goto(f"{tab.site}/review/")
    assert other.locator(".reply").count() == 1
    assert say("findings", "walking_unsteady", "line") in show(other, ".reply")


@both_ways
def test_the_end_deletes_everything(open_tab: OpenTab, script: bool) -> None:
    tab = open_tab(script=script)
    page = first(tab)
    fill(page, {})
    proceed(page)
    proceed(page, "Delete my answers")
    assert page.url == f"{tab.site}/"
    assert [one["name"] for one in page.context.cookies() if one["name"] == "unclench_check"] == []
    tab.go("/review/")
    assert show(page, "h1") == "Your answers are gone"


def test_nothing_of_a_check_is_stored_in_the_browser_but_the_cookies(open_tab: OpenTab) -> None:
    page = begin(open_tab())
    until(page, "about", {})
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("({...sessionStorage})") in ({}, {"htmx-current-path-for-history": "/check/4/"})
    assert {one["name"] for one in page.context.cookies()} == {"unclench_check", "unclench_form"}


def test_the_summary_is_downloaded(open_tab: OpenTab) -> None:
    tab = open_tab().visit(VARIANTS["result, self_care"])
    with tab.page.expect_download() as waiting:
        tab.page.get_by_role("link", name="Save as PDF").click()
    assert waiting.value.suggested_filename == "unclench-summary.pdf"
    assert waiting.value.path().read_bytes()[:5] == b"%PDF-"


# By keyboard alone: no pointer, no focus() from outside; each stop must be visible and marked.

_STOP = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const line = e => getComputedStyle(e);
  const marked = e => e && line(e).outlineStyle !== 'none' && parseFloat(line(e).outlineWidth) >= 2;
  return {marked: marked(at) || marked(at.closest('.choice')), inView: box.bottom > 0 && box.top < innerHeight,
          what: at.outerHTML.slice(0, 120), body: at === document.body};
}"""


def press_to(page: Page, selector: str, *, most: int = 80) -> None:
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            stop = page.evaluate(_STOP)
            assert stop["marked"], f"focus is not shown on {stop['what']}"
            assert stop["inView"], f"focus is out of sight on {stop['what']}"
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def test_the_whole_check_works_by_keyboard_alone(open_tab: OpenTab) -> None:
    page = open_tab(size=DESKTOP).go("/").page
    page.keyboard.press("Tab")
    assert show(page, ":focus") == "Go to the content"
    page.keyboard.press("Enter")
    press_to(page, "[name=who][value=me]")
    moved(page, lambda: page.keyboard.press("Enter"))
    for _step in range(_STEPS):
        if not page.locator("main form [name=question]").count():
            break
        if page.locator("#none").count():
            press_to(page, "#none")
            page.keyboard.press("Space")
        else:
            for finding in (page.locator("main form [name=asks]").get_attribute("value") or "").split():
                match knowledge().findings[finding].kind:
                    case "number":
                        press_to(page, f"#f-{finding}")
                        page.keyboard.type("4")
                    case "regions":
                        press_to(page, f"#{finding}-lower_back_left")
                        page.keyboard.press("Space")
                    case _:
                        press_to(page, f'[name="{finding}"]')
                        page.keyboard.press("ArrowDown")
        press_to(page, "main form .button:not(.second)")
        moved(page, lambda: page.keyboard.press("Enter"))
    assert page.url.endswith(("/review/", "/result/"))
    if page.url.endswith("/review/"):
        press_to(page, "main .actions a")
        moved(page, lambda: page.keyboard.press("Enter"))
    assert page.locator(".card h1").is_visible()
    press_to(page, "details:not([open]) > summary")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is True


@pytest.mark.parametrize("name", ["danger screen, unfolded", "body map", "fields, mend", "review", "result, same_day"])
def test_every_stop_of_the_keyboard_is_seen_and_none_is_a_trap(open_tab: OpenTab, name: str) -> None:
    page = open_tab().visit(VARIANTS[name]).page
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    targets = page.evaluate(
        "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), textarea, summary')]"
        ".filter(e => e.checkVisibility({visibilityProperty: true}) && !(e.type === 'radio')).length"
    )
    seen = set()
    for _press in range(targets + 5):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop["body"]:
            continue
        assert stop["marked"], f"focus is not shown on {stop['what']}"
        assert stop["inView"], f"focus is out of sight on {stop['what']}"
        seen.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert len(seen) >= targets
