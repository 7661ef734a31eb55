"""The player in a browser: it counts, pauses and ends; by keys, without script, after a swap, and on paper."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shells.web.browser import OpenTab, Tab, axe_findings, show
from shells.web.planned import with_plan
from unclench.reasoning import assess, make_plan
from unclench.web import flow
from unclench.web.exercising import places
from unclench.web.pack import knowledge
from unclench.web.state import State


@pytest.fixture(scope="module")
def state() -> State:
    return with_plan()


def numbers(state: State) -> dict[str, int]:
    """Return which place has a hold with two sides, and which a time of minutes."""
    plan = make_plan(knowledge(), assess(knowledge(), flow.case_of(state, knowledge())))
    found: dict[str, int] = {}
    for place in places(plan, state):
        dose, exercise = place.drill.timed.dose, place.drill.exercise
        if dose.hold_seconds and exercise.sides == "both":
            found.setdefault("sides", place.number)
        if dose.minutes:
            found.setdefault("minutes", place.number)
    return found


def steps(page: Page) -> list[list[Any]]:
    told: dict[str, list[list[Any]]] = json.loads(page.locator("[data-coach]").get_attribute("data-coach") or "{}")
    return told["steps"]


def open_at(tab: Tab, state: State, number: int) -> Page:
    tab.page.clock.install()
    return tab.carry(state).go(f"/plan/exercises/{number}/").page


def wait(page: Page, seconds: float) -> None:
    page.clock.run_for(round(seconds * 1000))


def test_it_counts_pauses_goes_on_and_ends(open_tab: OpenTab, state: State) -> None:
    page = open_at(open_tab(), state, numbers(state)["sides"])
    start, word, seconds = (page.locator(one) for one in ("[data-do=start]", "[data-word]", "[data-seconds]"))
    plan = steps(page)
    expect(word).to_have_text(plan[0][0])
    wait(page, 30)
    expect(seconds).to_have_text(str(plan[0][1]))  # nothing runs by itself
    start.click()
    expect(start).to_have_text("Pause")
    wait(page, plan[0][1] + 0.3)
    expect(word).to_have_text("Move")
    expect(page.locator("[data-place]")).to_have_text(plan[1][2])
    start.click()
    expect(page.locator("[data-say]")).to_have_text("Paused")
    left = seconds.inner_text()
    wait(page, 60)
    assert (word.inner_text(), seconds.inner_text()) == ("Move", left)
    expect(start).to_have_text("Go on")
    start.click()
    wait(page, plan[1][1])
    expect(word).to_have_text("Hold")
    expect(page.locator("[data-say]")).to_have_text("Hold")
    expect(page.locator("progress")).to_have_js_property("value", 2 / len(plan))
    wait(page, sum(step[1] for step in plan) + 1)
    expect(word).to_have_text("That is it. Well done.")
    expect(page.locator("[data-say]")).to_have_text("That is it. Well done.")
    expect(start).to_be_hidden()
    page.click("[data-do=again]")
    expect(start).to_be_focused()
    expect(seconds).to_have_text(str(plan[0][1]))


def test_each_step_takes_its_time_and_both_sides_have_their_turn(open_tab: OpenTab, state: State) -> None:
    page = open_at(open_tab(), state, numbers(state)["sides"])
    plan = steps(page)
    page.click("[data-do=start]")
    shown_until = page.evaluate("Date.now()") / 1000
    seen, spoken, faces = [], [], []
    for step in plan:
        # To the middle of each step: the clock of the page goes on by itself, too, however slow the machine is.
        wait(page, max(0.0, shown_until + step[1] / 2 - page.evaluate("Date.now()") / 1000))
        shown_until += step[1]
        seen.append((show(page, "[data-word]"), show(page, "[data-place]")))
        spoken.append(page.locator("[data-say]").text_content())
        faces.append("side=left" in (page.locator(".drawing .moves img").first.get_attribute("src") or ""))
    assert seen == [(step[0], step[2]) for step in plan]
    assert faces == [step[3] == 2 for step in plan]
    assert {1, 2} == {step[3] for step in plan}
    # Not one announcement for each second: at most one for each step.
    assert len(spoken) <= len(plan)


def test_minutes_run_down_like_a_clock(open_tab: OpenTab, state: State) -> None:
    page = open_at(open_tab(), state, numbers(state)["minutes"])
    ready, keep = steps(page)[:2]
    page.click("[data-do=start]")
    wait(page, ready[1] + 1)
    assert keep[1] > 60
    minutes, seconds = show(page, "[data-seconds]").split(":")
    assert keep[1] - 3 <= int(minutes) * 60 + int(seconds) < keep[1]
    assert page.locator("[data-say]").text_content() == "Keep going"
    wait(page, keep[1])
    expect(page.locator("[data-word]")).to_have_text("That is it. Well done.")


def test_the_keyboard_does_it_all(open_tab: OpenTab, state: State) -> None:
    page = open_at(open_tab(), state, 2)
    start = page.locator("[data-do=start]")
    start.focus()
    page.keyboard.press("Enter")
    expect(start).to_have_text("Pause")
    wait(page, 1)
    page.keyboard.press("Space")
    expect(start).to_have_text("Go on")
    page.keyboard.press("Tab")
    expect(page.locator("[data-do=again]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(start).to_have_text("Start")
    expect(start).to_be_focused()
    page.locator("summary", has_text="Leave it out today").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_response("**/plan/exercises/3/"):
        page.keyboard.press("Enter")
    expect(page.locator(".where")).to_contain_text("Exercise 3 of")


def test_the_count_stops_when_the_page_goes_and_starts_afresh_on_the_next(open_tab: OpenTab, state: State) -> None:
    page = open_at(open_tab(), state, 2)
    page.click("[data-do=start]")
    wait(page, 2)
    page.click("button[value=done]")
    expect(page.locator(".where")).to_contain_text("Exercise 3 of")
    plan = steps(page)
    wait(page, 30)
    expect(page.locator("[data-seconds]")).to_have_text(str(plan[0][1]))
    page.click("[data-do=start]")
    wait(page, plan[0][1] + 0.3)
    expect(page.locator("[data-word]")).to_have_text(plan[1][0])
    expect(page.locator("[data-ticks]")).to_be_hidden()


def test_the_whole_set_by_script_and_swaps_ends_at_the_end(open_tab: OpenTab, state: State) -> None:
    tab = open_tab().carry(state).go("/plan/")
    page = tab.page
    page.goto(f"{tab.site}/plan/exercises/")
    page.click("main form .button")
    count = int(show(page, ".where").split()[-1])
    for number in range(1, count + 1):
        expect(page.locator(".where")).to_contain_text(f"Exercise {number} of")
        expect(page.locator("[data-coach]")).to_be_visible()
        assert page.locator(".drawing .moves img").first.evaluate("e => e.decode().then(() => e.naturalWidth)") > 100
        page.click("button[value=done]")
    expect(page.locator("h1")).to_have_text("That was today. Well done.")


def test_a_boosted_link_from_elsewhere_brings_style_and_script(open_tab: OpenTab, state: State) -> None:
    tab = open_tab().carry(state).go("/plan/")
    tab.page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<a id=x href=/plan/exercises/1/>x</a>');"
        "htmx.process(document.getElementById('x'))"
    )
    tab.page.click("#x")
    expect(tab.page.locator("[data-coach]")).to_be_visible()
    assert tab.page.evaluate("[...document.styleSheets].some(one => one.href.includes('player'))")


def test_without_script_it_is_a_list_to_tick_off(open_tab: OpenTab, state: State) -> None:
    page = open_tab(script=False).carry(state).go("/plan/exercises/2/").page
    expect(page.locator("[data-coach]")).to_be_hidden()
    boxes = page.locator("[data-ticks] input")
    assert boxes.count() > 1
    for at in range(boxes.count()):
        boxes.nth(at).check()
    page.click("summary:has-text('Swap it')")
    before = show(page, "h1")
    page.click("button[value=swap-hurts]")
    assert show(page, "h1") != before
    page.click("button[value=done]")
    assert show(page, ".where").startswith("Exercise 3 of")


def test_the_picture_moves_unless_it_should_not(open_tab: OpenTab, state: State) -> None:
    page = open_tab(reduced_motion="no-preference").carry(state).go("/plan/exercises/2/").page
    source = "e => e.currentSrc"
    moves, rests = page.locator(".drawing .moves img").first, page.locator(".drawing .rests").first
    address = moves.evaluate(source)
    assert "-moving.svg" in address
    page.check("#keep-still")
    expect(moves).to_be_hidden()
    expect(rests).to_be_visible()
    page.uncheck("#keep-still")
    for media in ({"media": "print"}, {"media": "screen", "reduced_motion": "reduce"}):
        page.emulate_media(**media)  # type: ignore[arg-type]
        expect(moves).not_to_have_js_property("currentSrc", address)
        assert moves.evaluate(source) == address.replace("-moving", "")
    expect(page.locator("#keep-still")).to_be_hidden()


def test_while_it_counts_it_passes_axe_and_shows_figure_and_count(open_tab: OpenTab, state: State) -> None:
    page = open_at(open_tab(), state, 2)
    page.click("[data-do=start]")
    wait(page, 8)
    assert axe_findings(page) == []
    for one in (".drawing img", "[data-seconds]", "[data-do=start]"):
        expect(page.locator(one).first).to_be_in_viewport(ratio=0.9)
    figure, count = page.locator(".drawing").first.bounding_box(), page.locator("[data-seconds]").bounding_box()
    assert figure
    assert count
    assert figure["y"] + figure["height"] <= count["y"] + 1
