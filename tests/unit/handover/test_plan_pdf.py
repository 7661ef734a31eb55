"""The plan as a PDF: what it says, that it is tagged, and that no text can be more than text."""

from __future__ import annotations

import io
from datetime import date
from functools import cache
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unclench.handover.plan_pdf import plan_pdf, plan_sheet
from unclench.knowledge import Knowledge
from unclench.reasoning import assess, make_plan
from unclench.reasoning.plan import Plan
from unclench.web.pseudo import pseudo, with_pseudo_locales
from untranslated import untranslated

KNOWLEDGE = Knowledge.load()
PSEUDO = with_pseudo_locales(KNOWLEDGE)
LIFTED: dict[str, Any] = {
    "back_pain": True,
    "pain_site": ["lower_back_left"],
    "onset_trigger": "lifting",
    "pain_duration_days": 1,
    "pain_severity": 5,
    "minutes_a_day": 20,
}


def planned(knowledge: Knowledge = KNOWLEDGE, **said: Any) -> Plan:
    """A plan with every yes-or-no question answered no, but for what is said."""
    plain = {
        one.id: False
        for one in knowledge.findings.values()
        if one.kind == "boolean" and one.supplied_by == "person" and not one.only_if
    }
    case = {"age": 42, "sex": "male", "findings": {**plain, **LIFTED, **said}}
    return make_plan(knowledge, assess(knowledge, case))


@cache
def calm() -> Plan:
    return planned()


def text_of(made: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def test_every_action_and_exercise_of_the_plan_stands_in_the_pdf() -> None:
    plan = calm()
    assert plan.refusal is None
    text = text_of(plan_pdf(plan, goal="Walk the dog."))
    assert "Your goal: Walk the dog." in text
    for phase in plan.to_data()["phases"]:
        for one in (*phase["actions"], *phase["flares"]):
            for name in ("name", "what", "how", "expect", "harm", "stop"):
                assert " ".join(one[name].split()) in text, (one["id"], name)
        for one in phase["drills"]:
            assert one["name"] in text
            assert " ".join(one["dose"]["text"]) in text


def test_it_is_tagged_and_its_pictures_are_told_in_words() -> None:
    plan = calm()
    document = pypdf.PdfReader(io.BytesIO(plan_pdf(plan)))
    root: Any = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    told = {
        drill["figure"]["alt"]
        for phase in plan_sheet(plan, locale="en", translate=str)["phases"]
        for drill in phase["drills"]
        if drill["figure"]
    }
    assert told
    assert all(told)


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert plan_pdf(calm(), made_on=date(2025, 3, 1)) == plan_pdf(calm(), made_on=date(2025, 3, 1))


@pytest.mark.parametrize(
    "goal",
    [
        '#eval("1") #read("/etc/passwd") $x$ `y` @z <w>',
        "\\u{41} */ // [*",
        "\u202eabc\u2066",
        "\x00\x1b\ud800\ufffe",
        "日本 😀",
    ],
)
def test_a_hostile_goal_is_text(goal: str) -> None:
    made = plan_pdf(calm(), goal=goal)
    assert "root:" not in text_of(made)
    shown = plan_sheet(calm(), locale="en", translate=str, goal=goal)["goal"]["text"]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\x00\x1b\ud800")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_goal_makes_a_pdf(goal: str) -> None:
    assert plan_pdf(planned(saddle_numbness=True), goal=goal)[:5] == b"%PDF-"


def test_a_refusal_says_why_and_whom_to_see() -> None:
    plan = planned(saddle_numbness=True)
    data = plan.to_data()
    text = text_of(plan_pdf(plan))
    assert plan.refusal == "too_urgent"
    assert data["refusal"]["text"] in text
    assert data["see"]["name"] in text
    assert "You are here" not in text


def test_what_is_left_out_for_what_was_said_is_said() -> None:
    plan = planned(prefers_no_medicines=True)
    rows = plan_sheet(plan, locale="en", translate=str)["left"]["rows"]
    assert any("no medicines" in row["why"] or "medicine" in row["why"] for row in rows)


def test_no_english_is_left_in_another_language() -> None:
    content = plan_sheet(
        planned(PSEUDO),
        locale="en-xa",
        translate=lambda text: pseudo(text, "en-xa"),
        ngettext=lambda one, several, number: pseudo(one if number == 1 else several, "en-xa"),
    )
    cited = set(content.pop("sources")["text"].replace(",", " ").split())
    figures = [drill.pop("figure") for phase in content["phases"] for drill in phase["drills"]]
    assert [word for one in figures for word in untranslated(one.get("alt", ""))] == []
    content.pop("lang")
    left = [word for text in texts(content) for word in untranslated(text, allowed=r"\b[0-9a-f]{12}\b")]
    assert [word for word in left if word not in cited] == []
