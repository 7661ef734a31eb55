"""The plan as a tagged PDF, from the same plan as the page. Texts reach the template as data, never as markup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import typst

from unclench import __version__
from unclench.figures.draw import still
from unclench.handover.sheet import Counted, Translate, in_english, language, printable
from unclench.knowledge import Knowledge
from unclench.reasoning.plan import Plan

__all__ = ["plan_pdf", "plan_sheet"]

_FOLDER = Path(__file__).parent
_FONT_ENDS = "\u0530"  # Latin, Greek and Cyrillic come before
_FONT_LACKS = "".join(map(chr, range(0x3E2, 0x3F0)))  # Coptic
_MARKS = "".join(map(chr, range(0x2010, 0x2028))) + "\u20ac"
_FIGURES_KEPT = 128  # pictures of about 20 kB
_SAID_OF_YOU = ("contraindicated", "unwanted")
"""Reasons for leaving something out that rest on what the person said; the rest stands on the page only."""


def plan_pdf(
    plan: Plan,
    *,
    locale: str = "en",
    translate: Translate = str,
    ngettext: Counted = in_english,
    goal: str = "",
    made_on: date | None = None,
) -> bytes:
    """Return the plan to keep as PDF, tagged and declared PDF/UA-1; the same arguments give the same bytes.

    Args:
        plan: the plan, or a refusal: then the sheet says why, and whom to see.
        locale: of the wording files and of the document.
        translate: from English texts of the sheet itself to those of the reader; gettext is one.
        ngettext: the same for texts that count something.
        goal: what the person wants to do again, in their words.
        made_on: the day to print on it; None = a line to write it on.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> from unclench.reasoning import assess, make_plan
        >>> knowledge = Knowledge.load()
        >>> plan_pdf(make_plan(knowledge, assess(knowledge, {"findings": {"saddle_numbness": True}})))[:5]
        b'%PDF-'
    """
    content = plan_sheet(plan, locale=locale, translate=translate, ngettext=ngettext, goal=goal, made_on=made_on)
    compiler = typst.Compiler(
        _FOLDER / "plan_pdf.typ",
        root=_FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content)},
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    assert isinstance(made, bytes)
    return made


def plan_sheet(
    plan: Plan,
    *,
    locale: str,
    translate: Translate,
    ngettext: Counted = in_english,
    goal: str = "",
    made_on: date | None = None,
) -> dict[str, Any]:
    """Return what stands on the sheet, JSON-able, every text of it printable; arguments as for `plan_pdf`."""
    _ = translate
    data = plan.to_data(locale)
    told: set[str] = set()
    content: dict[str, Any] = printable(
        {
            "lang": language(locale),
            "title": _("Your plan"),
            "program": "Unclench",
            "page": _("Page {page} of {pages}"),
            "version": _("Unclench {version}, knowledge {pack}").format(version=__version__, pack=plan.pack[7:19]),
            "date_label": _("Date:"),
            "date": made_on.isoformat() if made_on else "",
            "lead": data["track"]["summary"] if data["track"] and not data["refusal"] else "",
            "notes": list(_notes(data, _)),
            "goal": {"label": _("Your goal:"), "text": _drawn_by_font(goal)},
            "stop": data["when_to_stop"] if data["phases"] else "",
            "labels": {
                "now": _("You are here"),
                "how": _("How:"),
                "expect": _("What to expect:"),
                "harm": _("Harms:"),
                "stop": _("When to stop:"),
                "care": _("Take care:"),
                "steps": _("How:"),
                "flares": _("Only if it flares up"),
                "progress": _("Go on to the next part when"),
                "regress": _("Step back when"),
            },
            "phases": [_phase(one, told, plan, locale, _, ngettext) for one in data["phases"]],
            "left": {
                "heading": _("Left out, and why"),
                "rows": _left(data),
                "open": _("Left out until you answer more questions:"),
                "names": ", ".join(one["name"] for one in data["left_out"] if one["open"]),
            },
            "sources": {"heading": _("Where this comes from"), "text": ", ".join(_sources(data))},
            "limits": data["limits"],
        }
    )
    return content


def _drawn_by_font(text: str) -> str:
    """Return what anybody may have typed, each letter that the font of the sheet lacks replaced by a sign for it."""
    return "".join(one if (one < _FONT_ENDS and one not in _FONT_LACKS) or one in _MARKS else "\ufffd" for one in text)


def _notes(data: Mapping[str, Any], _: Translate) -> Iterator[str]:
    if data["refusal"]:
        yield data["refusal"]["text"]
    if data["waiting"]:
        yield data["waiting"]
    if data["see"] and (data["refusal"] or data["waiting"]):
        yield _("Whom to see: {name}").format(name=data["see"]["name"])
        yield data["see"]["how"]


def _phase(
    phase: Mapping[str, Any], told: set[str], plan: Plan, locale: str, _: Translate, ngettext: Counted
) -> dict[str, Any]:
    drills = [_drill(one, told, plan, locale) for one in phase["drills"]]
    return {
        "name": phase["name"],
        "when": phase["when"],
        "now": phase["now"],
        "summary": phase["summary"],
        "actions": [_action(one, told) for one in phase["actions"]],
        "flares": [_action(one, told) for one in phase["flares"]],
        "daily": _daily(phase, _, ngettext) if drills else "",
        "drills": drills,
        "progress": [one["text"] for one in phase["progress"]],
        "regress": [_criterion(one, _) for one in phase["regress"]],
    }


def _daily(phase: Mapping[str, Any], _: Translate, ngettext: Counted) -> str:
    """Return the heading of the daily set; walking and the like are in it without minutes of their own."""
    minutes = phase["minutes_a_day"]
    if not minutes:
        return _("Exercises that go along with your day")
    if phase["goes_along"]:
        said = ngettext(
            "Daily exercises, about {minutes} minute a day, walking and other everyday movement not counted",
            "Daily exercises, about {minutes} minutes a day, walking and other everyday movement not counted",
            minutes,
        )
    else:
        said = ngettext(
            "Daily exercises, about {minutes} minute a day", "Daily exercises, about {minutes} minutes a day", minutes
        )
    return said.format(minutes=minutes)


def _criterion(one: Mapping[str, Any], _: Translate) -> str:
    text = str(one["text"])
    return f"{text} {_('See: {name}').format(name=one['see']['name'])}" if one["see"] else text


def _action(one: Mapping[str, Any], told: set[str]) -> dict[str, Any]:
    """Return something to do; what an earlier phase has told in full is only named, with its dose."""
    key = f"action {one['id']}"
    again = key in told
    told.add(key)
    medicine = one["medicine"]
    dose = one["dose"]["text"] if one["dose"] else ""
    if medicine and medicine["dose"]:
        dose = " ".join(medicine["dose"]["text"])
    warnings = [reason["text"] for reason in medicine["reasons"]] if medicine else []
    return {
        "name": one["name"],
        "kind": medicine["name"] if medicine else "",
        "what": "" if again else one["what"],
        "dose": dose,
        "fits": one["fits"]["text"] if one["fits"]["facts"] and not again else "",
        "care": [care["text"] for care in one["cautions"]] + warnings,
        "again": again,
        **{name: one[name] for name in ("how", "expect", "harm", "stop")},
        "grade": f"{one['grade']['name']}.",
    }


def _drill(one: Mapping[str, Any], told: set[str], plan: Plan, locale: str) -> dict[str, Any]:
    key = f"drill {one['id']}"
    again = key in told
    told.add(key)
    return {
        "name": one["name"],
        "dose": " ".join(one["dose"]["text"]),
        "when": one["start_when"],
        "again": again,
        "figure": {} if again else _figure(one["id"], one["name"], plan.knowledge, locale),
        "start": one["start"],
        "steps": one["steps"],
        "stop": one["stop"],
    }


def _figure(name: str, title: str, knowledge: Knowledge, locale: str) -> dict[str, str]:
    """Return the drawing of an exercise and what it shows; empty where there is none."""
    if name not in knowledge.figures:
        return {}
    text = knowledge.figure_text(knowledge.figures[name], locale)
    return {"svg": _drawn(knowledge, name, title, text), "alt": text}


@lru_cache(maxsize=_FIGURES_KEPT)
def _drawn(knowledge: Knowledge, name: str, title: str, text: str) -> str:
    return still(knowledge.stage, knowledge.figures[name], title, text, styled=False)


def _left(data: Mapping[str, Any]) -> list[dict[str, str]]:
    rows = [one for one in data["left_out"] if one["kind"] == "treatment" and one["reason"] in _SAID_OF_YOU]
    return [{"name": one["name"], "why": " ".join([one["text"], *one["because"]])} for one in rows]


def _sources(data: Mapping[str, Any]) -> Iterable[str]:
    named = {
        source["cites_as"]
        for phase in data["phases"]
        for one in (*phase["actions"], *phase["flares"], *phase["drills"])
        for source in one["sources"]
        if source["id"] != "judgement"
    }
    return sorted(named)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FOLDER / "fonts")])
