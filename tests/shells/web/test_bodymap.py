"""The body map: every region once, named in words, the right way round, usable without script, mouse or colour."""

from __future__ import annotations

import os
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import django
import pytest
from playwright.sync_api import Browser

from unclench.knowledge import Knowledge
from unclench.web.bodymap import FINDING, body_map
from unclench.web.bodyshapes import OUTLINE, VIEWS, WIDTH, mirrored

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unclench.web.settings")
django.setup()

KNOWLEDGE = Knowledge.load()
REGIONS = KNOWLEDGE.findings[FINDING].choices
CSS = Path("src/unclench/web/static/web/bodymap.css").read_text(encoding="utf-8")
PAGE = (
    '<!doctype html><html lang="en" dir="{}"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>Map</title>'
    "<style>:root{{color-scheme:light dark}}body{{margin:1rem}}{}</style><main><form>{}</form></main>"
)


class Page(HTMLParser):
    """Collects inputs, labels with the words a screen reader gets from them, and the group each input is in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inputs: list[dict[str, str | None]] = []
        self.groups: dict[str, str] = {}
        self.labels: list[tuple[str, bool, str]] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.legend = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.attributes += [(tag, key, value) for key, value in attrs]
        if tag == "input":
            self.inputs.append(given)
            self.groups[str(given["id"])] = self.legend
        else:
            self.open.append(tag)
        if tag == "legend":
            self.legend = ""
        if tag == "label":
            self.labels.append((str(given["for"]), given.get("aria-hidden") == "true", ""))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "legend":
            self.legend += data
        elif "label" in self.open:
            target, hidden, text = self.labels[-1]
            self.labels[-1] = (target, hidden, text + data)


def page(**options: object) -> Page:
    return Page(body_map(KNOWLEDGE, **options))  # type: ignore[arg-type]


def middle(path: str) -> float:
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path)]
    return sum(numbers[::2]) / len(numbers[::2])


def test_every_region_is_one_checkbox_of_the_field() -> None:
    boxes = [one for one in page().inputs if "name" in one]
    assert Counter(one["value"] for one in boxes) == Counter(REGIONS)
    assert {(one["type"], one["name"]) for one in boxes} == {("checkbox", FINDING)}


def test_each_region_is_named_by_its_words_and_by_nothing_else() -> None:
    spoken = [(target, text) for target, hidden, text in page().labels if not hidden and not target.endswith("-names")]
    assert dict(spoken) == {f"{FINDING}-{r}": KNOWLEDGE.choice_words(FINDING, r) for r in REGIONS}
    assert len(spoken) == len(REGIONS)


def test_labels_and_boxes_belong_together_and_ids_are_unique() -> None:
    made = page(name="where")
    ids = [value for _, key, value in made.attributes if key == "id"]
    assert len(ids) == len(set(ids))
    assert {target for target, _, _ in made.labels} == {str(one["id"]) for one in made.inputs}
    for tag, key, value in made.attributes:
        for target in re.findall(r"url\(#(.+?)\)", value or ""):
            assert target in ids, (tag, key)


def test_the_groups_are_called_back_and_front() -> None:
    groups = page().groups
    assert groups[f"{FINDING}-lower_back_left"] == "Back"
    assert groups[f"{FINDING}-chest"] == "Front"
    assert {group for box, group in groups.items() if not box.endswith("-names")} == {"Back", "Front"}


def test_the_sides_are_those_of_a_body_as_it_is_seen() -> None:
    for view in VIEWS:
        for region, path in {**view.places, **view.echoes}.items():
            side = middle(path)
            if not region.endswith(("_left", "_right")):
                assert side == pytest.approx(0), region
            else:
                on_viewers_left = region.endswith("_left") == (view.id == "back")
                assert (side < 0) is on_viewers_left, (view.id, region)
    html = str(body_map(KNOWLEDGE))
    assert re.findall(r'bodymap-side-([lr])">(.*?)<', html) == [
        ("l", "Your left"),
        ("r", "Your right"),
        ("l", "Your right"),
        ("r", "Your left"),
    ]


def test_the_figure_is_symmetric_and_within_its_frame() -> None:
    points = re.findall(r"(-?[\d.]+),([\d.]+)", OUTLINE)
    assert {(float(x), float(y)) for x, y in points} == {(-float(x), float(y)) for x, y in points}
    assert max(abs(float(x)) for x, _ in points) < WIDTH / 2
    assert mirrored(mirrored(OUTLINE)) == OUTLINE


def test_a_region_drawn_twice_has_its_box_in_the_other_view() -> None:
    back, front = VIEWS
    assert set(back.echoes) <= set(front.places)
    assert set(front.echoes) <= set(back.places)
    for region in {**back.echoes, **front.echoes}:
        assert CSS.count(f'[value="{region}"]:checked) .bodymap-echo-{region} .bodymap-mark') == 1
        assert CSS.count(f'[value="{region}"]:focus-visible) .bodymap-echo-{region} .bodymap-region') == 1


def test_chosen_regions_are_checked_and_no_others() -> None:
    boxes = page(chosen=("neck", "hand_left")).inputs
    assert {one["value"] for one in boxes if "checked" in one} == {"neck", "hand_left"}


def test_nothing_needs_an_inline_style_or_script() -> None:
    attributes = page().attributes
    assert not [key for _, key, _ in attributes if key == "style" or key.startswith("on")]
    assert {tag for tag, _, _ in attributes}.isdisjoint({"script", "style"})
    assert not re.search(r"@import|url\(", CSS)


def test_a_hostile_name_is_escaped() -> None:
    assert "<script" not in body_map(KNOWLEDGE, name='"><script>')


def test_a_region_that_is_not_drawn_is_still_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    back, front = VIEWS
    without = type(back)(back.id, {r: p for r, p in back.places.items() if r != "neck"}, back.echoes, (), back.hair)
    monkeypatch.setattr("unclench.web.bodymap.VIEWS", (without, front))
    assert [one["value"] for one in page().inputs if one.get("value") == "neck"] == ["neck"]


@pytest.mark.parametrize(("width", "direction"), [(320, "ltr"), (390, "rtl"), (1280, "ltr"), (1280, "rtl")])
def test_a_tap_on_the_picture_marks_the_region_without_script(browser: Browser, width: int, direction: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False)
    tab = context.new_page()
    tab.set_content(PAGE.format(direction, CSS, body_map(KNOWLEDGE)))
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    # where in the frame a finger lands on each view, and the region which that is
    for view, across, down, region in (
        (0, -18, 215, "lower_back_left"),
        (0, 0, 130, "upper_back_middle"),
        (0, 38, 185, "loin_right"),
        (0, -25, 250, "buttock_left"),
        (1, -62, 160, "arm_right"),
        (1, 0, 125, "chest"),
        (1, 26, 300, "thigh_left"),
    ):
        figure = tab.locator(".bodymap-drawing").nth(view)
        figure.scroll_into_view_if_needed()
        box = figure.bounding_box()
        assert box
        scale = box["width"] / WIDTH
        tab.mouse.click(box["x"] + box["width"] / 2 + across * scale, box["y"] + down * scale)
        assert tab.locator(f'input[value="{region}"]').is_checked(), region
    assert tab.locator(f'input[name="{FINDING}"]:checked').count() == 7
    context.close()


@pytest.mark.parametrize("width", [320, 390])
def test_a_tap_moves_nothing_so_that_the_next_one_lands_where_it_was_meant(browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 640}, java_script_enabled=False, has_touch=True)
    tab = context.new_page()
    around = ("<p>Before it.</p>" * 9, "<p>After it.</p>" * 30)
    tab.set_content(PAGE.format("ltr", CSS, body_map(KNOWLEDGE).join(around)))
    for view, regions in (
        (0, {"upper_back_middle": (0, 130), "lower_back_left": (-18, 215), "buttock_left": (-25, 250)}),
        (1, {"chest": (0, 125), "thigh_left": (26, 300)}),
    ):
        tab.evaluate("n => document.querySelectorAll('.bodymap-drawing')[n].scrollIntoView()", view)
        box = tab.locator(".bodymap-drawing").nth(view).bounding_box()
        assert box
        before, scale = tab.evaluate("scrollY"), box["width"] / WIDTH
        for twice in range(2):  # on, and off again
            for region, (across, down) in regions.items():
                tab.touchscreen.tap(box["x"] + box["width"] / 2 + across * scale, box["y"] + down * scale)
                assert tab.evaluate("scrollY") == before, region
                assert tab.locator(f'input[value="{region}"]').is_checked() is (twice == 0), region
    context.close()


def test_the_keyboard_reaches_every_box_and_shows_where_it_is(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    tab = context.new_page()
    tab.set_content(PAGE.format("ltr", CSS, body_map(KNOWLEDGE)))
    reached = []
    for _ in range(len(REGIONS) + 1):
        tab.keyboard.press("Tab")
        value, size, outline = tab.evaluate(
            "([e, drawn]) => [e.value, e.getBoundingClientRect().width, drawn ? drawn.outlineStyle :"
            " getComputedStyle(e).outlineStyle]",
            tab.evaluate_handle(
                "(e => [e, e.matches('.bodymap-view li > input')"
                " && getComputedStyle(e.nextElementSibling.firstElementChild, '::before')])(document.activeElement)"
            ),
        )
        assert size >= 20
        assert outline == "solid"
        top = tab.evaluate("document.activeElement.getBoundingClientRect().top")
        assert 0 <= top < 640, value
        reached.append(value)
    assert set(reached[1:]) == set(REGIONS)
    tab.keyboard.press("Space")
    assert tab.locator("input:checked").count() == 1
    context.close()
