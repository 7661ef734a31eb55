"""What stands on the sheet a person hands over, as plain data: first in their words, then in a clinician's.

No layout here (that is `sheet.typ`), and no clinical condition: urgency, order and numbers come from the assessment.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeAlias

from unclench import __version__
from unclench.handover.code import encode, modules, qr_svg
from unclench.knowledge import Disposition
from unclench.logic import UNSURE, Answer
from unclench.reasoning import Assessment
from unclench.reasoning.describe import (
    describe_answer,
    describe_chance,
    describe_range,
    describe_value,
    listed,
    percent,
)
from unclench.reasoning.differential import Estimate

__all__ = ["Counted", "Translate", "in_english", "language", "printable", "sheet"]

Translate: TypeAlias = Callable[[str], str]
"""From an English text of the interface to the reader's; gettext is one."""

Counted: TypeAlias = Callable[[str, str, int], str]
"""From an English text for one, that for several, and how many, to the reader's; ngettext is one."""

# How much is shown to the person, not what is computed; the clinician's part lists all.
_REASONS_SHOWN = 4
_CAUSES_SHOWN = 4
_CLINICAL_CAUSES_SHOWN = 10
_LEAST_CLINICAL = 0.005
_RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
_BIDI_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e"


def in_english(one: str, several: str, number: int) -> str:
    """Return the English text for so many.

    Examples:
        >>> in_english("{minutes} minute", "{minutes} minutes", 1)
        '{minutes} minute'
    """
    return one if number == 1 else several


def sheet(assessment: Assessment, *, locale: str, translate: Translate, made_on: date | None) -> dict[str, Any]:
    """Return the content of the sheet, JSON-able, every text of it printable.

    Args:
        assessment: the advice.
        locale: of the wording files and of the document.
        translate: for the texts of the sheet itself.
        made_on: the day to print on it; None = a line to write it on.

    Raises:
        CaseError: the answers do not fit one QR code.
    """
    _ = translate
    content = {
        "lang": language(locale),
        "title": _("Advice from the muscle spasm check"),
        "program": "Unclench",
        "page": _("Page {page} of {pages}"),
        "version": _("Unclench {version}, knowledge {pack}").format(version=__version__, pack=assessment.pack[7:19]),
        "date_label": _("Date:"),
        "date": made_on.isoformat() if made_on else "",
        "person": _Person(assessment, locale, translate).part(),
        "clinician": _Clinician(assessment, locale, translate).part(),
    }
    made: dict[str, Any] = printable(content)
    return made


class _Part:
    """What both parts of the sheet need."""

    def __init__(self, assessment: Assessment, locale: str, translate: Translate) -> None:
        self.a = assessment
        self.data = assessment.to_data()
        self.knowledge = assessment.knowledge
        self.answers = assessment.case.answers
        self.locale = locale
        self._ = translate

    def words(self, kind: str, name: str, field: str) -> str:
        return self.knowledge.words(kind, name, field, locale=self.locale)

    def told(self, findings: Iterable[str]) -> str:
        return self.long_list(
            describe_answer(f, self.answers[f], self.knowledge, locale=self.locale)
            if f in self.answers
            else self.words("findings", f, "label")
            for f in findings
        )

    def long_list(self, things: Iterable[str]) -> str:
        return listed(things, self.knowledge, how="long_list", locale=self.locale)


class _Person(_Part):
    """The part for the person, in their words."""

    def part(self) -> dict[str, Any]:
        _, level = self._, self.a.disposition
        return {
            "level": level.id,
            "urgency": self.words("dispositions", level.id, "heading"),
            "what_to_do": self.words("dispositions", level.id, "what_to_do"),
            "facts": [
                [_("Whom to see:"), self.words("see", self.a.see, "name")],
                [_("When:"), self.words("dispositions", level.id, "within")],
                *([_("How:"), how] for how in [self.how()] if how),
            ],
            "open": self.still_open(),
            "why": {"heading": _("Why"), "reasons": self.reasons(), "more": self.more()},
            "causes": self.causes(),
            "rule_out": {
                "heading": _("Serious causes to check for"),
                "rows": [self.to_rule_out(one.estimate) for one in self.a.rule_out],
            },
            "brought_on": {
                "heading": _("What may have brought it on"),
                "names": self.long_list(self.words("contributors", one.id, "name") for one in self.a.contributors),
            },
            "watch": {"heading": _("Watch for these signs"), "levels": self.watch()},
            "limits": self.words("messages", "limits", "because"),
        }

    @property
    def goes_now(self) -> bool:
        """Whoever must go now needs no list of what it could be, and no numbers."""
        return self.a.triage.at_least is Disposition.EMERGENCY

    def how(self) -> str:
        """Return how to reach them, without sentences that the advice above it says already."""
        said = self.words("dispositions", self.a.disposition.id, "what_to_do")
        sentences = re.split(r"(?<=[.!?؟]) ", self.words("see", self.a.see, "how"))
        return " ".join(sentence for sentence in sentences if sentence not in said)

    def still_open(self) -> str:
        if self.a.triage.settled:
            return ""
        could = self.words("dispositions", self.a.triage.at_most.id, "heading")
        return self._("Some questions are still open. With other answers the advice could become: {advice}.").format(
            advice=could
        )

    def reasons(self) -> list[dict[str, str]]:
        _ = self._
        shown = self.data["reasons"][:_REASONS_SHOWN]
        if not shown:
            return [{"because": self.words("messages", "nothing_fired", "because"), "facts": ""}]
        made = []
        for reason in shown:
            floor = reason["rule"] == "open_emergency_question"
            kind = "messages" if floor else "red_flags"
            told = self.told(fact["finding"] for fact in reason["facts"])
            pattern = _("Still open: {facts}") if floor else _("From the answers: {facts}")
            because = self.words(kind, reason["rule"], "because")
            made.append({"because": because, "facts": pattern.format(facts=told) if told else ""})
        return made

    def more(self) -> str:
        if len(self.data["reasons"]) <= _REASONS_SHOWN:
            return ""
        return self._("There are more reasons. The part for the clinician lists all of them.")

    def causes(self) -> dict[str, Any]:
        return {
            "heading": self._("What it could be"),
            "intro": self._("Of 100 people with answers like these. The bar shows the range it could be in."),
            "columns": [self._("Possible cause"), self._("How likely"), self._("Range, from 0 to 100")],
            "rows": [] if self.goes_now else [self.cause(one) for one in self.a.causes[:_CAUSES_SHOWN]],
        }

    def cause(self, one: Estimate) -> dict[str, Any]:
        name = self.words("causes", one.id, "name")
        spoken = describe_range(one.probability, one.low, one.high, self.knowledge, locale=self.locale)
        return {
            "name": name,
            "chance": spoken,
            "alt": self._("Bar for {cause}: {chance}").format(cause=name, chance=spoken),
            "at": [one.low, one.probability, one.high],
        }

    def to_rule_out(self, one: Estimate) -> dict[str, str]:
        chance = describe_chance(one.probability, self.knowledge, locale=self.locale)
        return {
            "name": self.words("causes", one.id, "name"),
            "chance": "" if self.goes_now else chance,
            "how": self.words("causes", one.id, "rule_out"),
        }

    def watch(self) -> list[dict[str, Any]]:
        levels = []
        for level in (Disposition.EMERGENCY, Disposition.SAME_DAY):
            signs = [self.words("findings", w.finding, "label") for w in self.a.safety_net if w.then is level]
            if signs:
                advice = self.words("dispositions", level.id, "heading")
                heading = self._("If any of these comes: {advice}").format(advice=advice)
                levels.append({"level": level.id, "heading": heading, "signs": signs})
        return levels


class _Clinician(_Part):
    """The part for the clinician."""

    def part(self) -> dict[str, Any]:
        _ = self._
        code = encode(self.a.case, self.knowledge)
        return {
            "heading": _("For the clinician"),
            "intro": _(
                "Answers are as the person gave them to an automated check; nothing was examined unless it says so. "
                "The check sorts by urgency and lists possible causes. It makes no diagnosis."
            ),
            "write_in": [_("Name"), _("Date of birth")],
            "summary": self.summary(),
            "rules": {
                "heading": _("Rules that decided the urgency"),
                "columns": [_("Rule"), _("Urgency"), _("Sources")],
                "rows": [self.rule(reason) for reason in self.data["reasons"]],
                "none": _("No rule of urgency holds for these answers."),
            },
            "exclude": {
                "heading": _("To exclude"),
                "rows": [
                    {
                        "name": self.words("causes", one.estimate.id, "clinical"),
                        "chance": self.share(one.estimate),
                        "how": self.words("causes", one.estimate.id, "work_up"),
                    }
                    for one in self.a.rule_out
                ],
            },
            "differential": {
                "heading": _("Differential"),
                "columns": [_("Cause"), _("Probability"), _("95% range")],
                "rows": self.differential(),
                "note": _("From priors by age and setting and likelihood ratios, some of them judged; not validated."),
            },
            "answers": {
                "heading": _("Answers"),
                "groups": [
                    {"heading": heading, "text": self.long_list(texts)} for heading, texts in self.grouped() if texts
                ],
                "rest": _("Whatever is not listed was not asked or not answered."),
            },
            "code": {
                "heading": _("Open this case again"),
                "text": _(
                    "Scan the code, or type its letters, on the page “Open a code” of Unclench. The command “unclench "
                    "open” takes them too. The code carries the answers and no name, and needs no connection. Anybody "
                    "who scans it can read them."
                ),
                "modules": modules(code),
                "svg": qr_svg(code, title=_("QR code"), desc=_("The answers of this case")),
                "alt": _("QR code that carries the answers of this case; the same letters stand beside it"),
                "letters": code,
                "pack": _("Knowledge {hash}, Unclench {version}").format(hash=self.a.pack, version=__version__),
            },
        }

    def summary(self) -> list[list[str]]:
        _, now = self._, self.a.triage
        heading = self.words("dispositions", now.disposition.id, "heading")
        lines = [
            [_("Advice given:"), heading],
            [_("Directed to:"), self.words("see", self.a.see, "name")],
        ]
        if not now.settled:
            at_least, at_most = (self.words("dispositions", one.id, "heading") for one in (now.at_least, now.at_most))
            lines.append([_("Not settled:"), _("From “{least}” to “{most}”").format(least=at_least, most=at_most)])
        lines += [[_("Note:"), self.words("messages", one, "because")] for one in self.a.assumptions]
        return lines

    def rule(self, reason: dict[str, Any]) -> dict[str, str]:
        floor = reason["rule"] == "open_emergency_question"
        return {
            "name": reason["rule"],
            "clinical": self.words("messages" if floor else "red_flags", reason["rule"], "clinical"),
            "urgency": self.words("dispositions", reason["disposition"], "heading"),
            "sources": self.long_list(f"{s['cites_as']} {s['at']}".strip() for s in reason["sources"]),
        }

    def differential(self) -> list[list[str]]:
        shown = [one for one in self.a.causes if one.probability >= _LEAST_CLINICAL][:_CLINICAL_CAUSES_SHOWN]
        return [[self.words("causes", one.id, "clinical"), percent(one.probability), self.spread(one)] for one in shown]

    def share(self, one: Estimate) -> str:
        return self._("{share} ({low} to {high})").format(
            share=percent(one.probability), low=percent(one.low), high=percent(one.high)
        )

    def spread(self, one: Estimate) -> str:
        return self._("{low} to {high}").format(low=percent(one.low), high=percent(one.high))

    def grouped(self) -> list[tuple[str, list[str]]]:
        _ = self._
        order = [finding for finding in self.knowledge.asking_order if finding in self.answers]

        def named(wanted: Answer) -> list[str]:
            return [self.words("findings", f, "clinical") for f in order if self.answers[f] is wanted]

        values = [f for f in order if not isinstance(self.answers[f], bool) and self.answers[f] != UNSURE]
        unsure = [self.words("findings", f, "clinical") for f in order if self.answers[f] == UNSURE]
        return [
            (_("About the person and the complaint:"), [self.value(f) for f in values]),
            (_("Yes:"), named(True)),
            (_("Not sure:"), unsure),
            (_("No:"), named(False)),
            (
                _("Open, and could change the urgency:"),
                [self.words("findings", f, "clinical") for f in self.a.unanswered if f not in self.answers],
            ),
        ]

    def value(self, finding: str) -> str:
        label = self.words("findings", finding, "clinical")
        shown = describe_value(finding, self.answers[finding], self.knowledge, locale=self.locale)
        return self.knowledge.phrase("answer", locale=self.locale, thing=label, answer=shown)


def language(locale: str) -> dict[str, str | bool]:
    """Return what a document says of its language."""
    code, _, region = locale.replace("_", "-").partition("-")
    return {"code": code, "region": region, "right_to_left": code in _RIGHT_TO_LEFT}


def printable(value: Any) -> Any:
    """Return `value` with every character that no font draws, or that reorders what stands around it, replaced."""
    match value:
        case str():
            return "".join("\ufffd" if _is_unprintable(one) else one for one in value)
        case list() | tuple():
            return [printable(one) for one in value]
        case dict():
            return {key: printable(one) for key, one in value.items()}
        case _:
            return value


def _is_unprintable(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") or character in _BIDI_OVERRIDES
