"""The encyclopedia: what each record says, as a page shows it. Nothing is written here that is not in the pack."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from unclench.knowledge.learning_records import Change, Review, history_of, review_of
from unclench.knowledge.medicine_records import Medicine, MedicineDose
from unclench.knowledge.records import Cause, Disposition, Hypothesis, Rule, SourceRef, Stratum, Term
from unclench.logic import AllOf, AnyOf, AnyRegion, Compare, Node, OneOf, Present
from unclench.logic.nodes import children
from unclench.reasoning.comparison import all_sources, first_known, treatment_data
from unclench.reasoning.describe import describe, describe_chance, percent
from unclench.reasoning.medicine_advice import as_text, dose_sentences
from unclench.reasoning.medicines import rules_of
from unclench.reasoning.number_table import Number
from unclench.web.advice import Citation, cited
from unclench.web.chance import Chance, chance
from unclench.web.drawings import Drawn, Layer, drawn, layers
from unclench.web.effects import Shown, effect_words
from unclench.web.number_words import group_words, number, ratio_cells, ratio_rows, with_range
from unclench.web.pack import knowledge, words

__all__ = [
    "KINDS",
    "Chances",
    "Group",
    "History",
    "Link",
    "Page",
    "Section",
    "Table",
    "about_record",
    "address",
    "as_json_ld",
    "groups",
    "kind_words",
    "link",
    "named",
    "page",
    "review",
    "theme_words",
]

_FOLDERS = {
    "cause": "causes",
    "contributor": "contributors",
    "disposition": "dispositions",
    "event": "events",
    "finding": "findings",
    "medicine": "medicines",
    "question": "questions",
    "red_flag": "red_flags",
    "treatment": "treatments",
}
"""Kind of record, as other records name it, to its part of the address. Exercises have pages of their own."""

KINDS: tuple[str, ...] = (
    "events", "causes", "contributors", "treatments", "medicines", "red_flags", "dispositions", "findings", "questions",
)  # fmt: skip
"""Every kind that has a page for each record, in the order of the contents."""

_POINTS = 6
_CAUSES = 8
_LONGEST_POINT = 90
# Interface only: of whom a chance is always drawn. The table for clinicians has every age and setting.
_PLAIN_STRATA = ("community_18_54", "primary_care_18_54", "emergency_department_18_54")
_SCHEMA = "https://schema.org"


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page, with a line about it."""

    text: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Records under one heading; `folded` ones wait to be unfolded."""

    id: str
    name: str
    note: str
    links: tuple[Link, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What was changed in a record: entries that name it, and those on every record of its kind; newest first."""

    own: tuple[Change, ...]
    of_all: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Chances:
    """How likely something is, and among whom."""

    label: str
    chance: Chance


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under one heading; `points` are short texts, `groups` links by heading, `folded` ones wait."""

    id: str
    heading: str
    texts: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    groups: tuple[Group, ...] = ()
    chances: tuple[Chances, ...] = ()
    effects: tuple[Shown, ...] = ()
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers for clinicians. `in_english` is the first column of names and notes that are not translated.

    `note` says how to read it.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    in_english: int = 99
    note: str = ""

    def labelled(self) -> list[list[tuple[str, str, bool]]]:
        """Return each row as (column, cell, whether it is in English), for screens too narrow for a table."""
        return [
            [(name, cell, at >= self.in_english) for at, (name, cell) in enumerate(zip(self.columns, row, strict=True))]
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Page:
    """One record.

    Attributes:
        short: the short answer.
        mark: a verdict or level in a word or two, with its id for colour.
        now: where to get help, on a page about what is itself an emergency; empty on others.
        terms: (label, value) for clinicians.
        notes: remarks for clinicians as the record has them, in English.
        rules: links to the rules that name it, for clinicians: those that need an examination too.
        data: the record for machines (JSON-LD).
    """

    kind: str
    id: str
    title: str
    short: tuple[str, ...]
    mark: tuple[str, str] = ("", "")
    now: str = ""
    sections: tuple[Section, ...] = ()
    charts: tuple[Drawn, ...] = ()
    layers: tuple[Layer, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    rules: tuple[Section, ...] = ()
    citations: tuple[Citation, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_for_clinicians_too(self) -> bool:
        """Whether there is anything to show to clinicians that the plain page does not have."""
        return bool(self.terms or self.notes or any(table.rows for table in self.tables))

    @property
    def drawn_after(self) -> str:
        """Id of the part that the drawings follow: the first, but no drawing stands above when to get help."""
        ids = [section.id for section in self.sections]
        return "help" if "help" in ids else next(iter(ids), "")


# Addresses and names.


def address(kind: str, name: str) -> str:
    """Return the address of a record's page; `kind` as records name it, such as `red_flag`."""
    if kind == "exercise":
        return reverse("library_one", args=[name])
    return reverse("learn_one", args=[_FOLDERS[kind], name])


def link(kind: str, name: str, *, note: bool = False) -> Link:
    """Return a link to a record in its lay words."""
    folder = _FOLDERS.get(kind, "exercises")
    return Link(_title(folder, name), address(kind, name), _short(folder, name)[0] if note else "")


def named(folder: str, name: str) -> Link | None:
    """Return a link to what an entry of the list of changes names; None where that has no page."""
    if folder == "exercises":
        return Link(_("All exercises"), reverse("library")) if name == "*" else link("exercise", name)
    if folder == "claims":
        return Link(_("What articles say, and what is right"), reverse("learn_claims"))
    if folder == "sources":
        return Link(_("Sources"), reverse("sources") if name == "*" else reverse("source", args=[name]))
    if folder in ("charts", "muscles"):
        return Link(_("Pictures"), reverse("learn_pictures"))
    if folder not in KINDS:
        return None
    if name == "*":
        return Link(kind_words()[folder][0], reverse("learn_kind", args=[folder]))
    return Link(_title(folder, name), reverse("learn_one", args=[folder, name]))


def about_record(folder: str, name: str) -> dict[str, Any]:
    """Return what the end of a record's page says: who reviewed it, by when that is due, and what was changed in it."""
    found = review(folder, name)
    versions = knowledge().versions
    return {
        "review": found,
        "overdue": found is not None and found.is_overdue(date.today()),
        "history": _history(folder, name, history_of(versions, folder, name)) if name else None,
        "first_version": versions[-1].name if name and versions else "",
    }


def _history(folder: str, name: str, entries: tuple[Change, ...]) -> History | None:
    """Return entries that name a record apart from those on every record of its kind; None where there are none."""
    own = tuple(one for one in entries if (folder, name) in one.records)
    return History(own, tuple(one for one in entries if one not in own)) if entries else None


def kind_words() -> Mapping[str, tuple[str, str]]:
    """Return what each kind is called, and what it is, for the contents."""
    return {
        "events": (_("What a spasm is"),
                         _("Spasm, cramp, twitch and their like: how they feel, and how long they last.")),
        "causes": (_("What may be behind it"), _("From a strained back to illness that needs help now.")),
        "contributors": (_("What can set it off"),
                         _("Lifting, sitting, stress, water and the rest, with how sure it is.")),
        "treatments": (_("What helps, and what does not"),
                         _("All that people try, with what it does and what it may harm.")),
        "medicines": (_("Medicines"), _("What each is for, how to take it, and who should not.")),
        "red_flags": (_("When to see whom"), _("Each sign that needs help, how soon, and from whom.")),
        "dispositions": (_("How soon is soon"), _("The five answers that the check can give.")),
        "findings": (_("Tests, scans and signs"), _("What each one is for, and what it can tell.")),
        "questions": (_("Questions people ask"), _("Short answers, with where to read more.")),
    }  # fmt: skip


def theme_words() -> Mapping[str, str]:
    """Return the headings of the questions."""
    return {
        "what": _("What it is"),
        "why": _("Why it came"),
        "now": _("What to do now"),
        "treatment": _("What helps"),
        "medicine": _("Medicines and salts"),
        "care": _("Who can help, and when"),
        "life": _("Living with it, and keeping it away"),
    }


def _title(folder: str, name: str) -> str:
    say = words()
    match folder:
        case "findings":
            # What clinicians look for has a name for everybody; its line is in their words.
            text = say("findings", name, "name") or say("findings", name, "line") or say("findings", name, "label")
        case "dispositions":
            text = say("dispositions", name, "heading")
        case "questions":
            text = say("questions", name, "question")
        case _:
            text = say(folder, name, "name")
    return text[:1].upper() + text[1:]


def _short(folder: str, name: str) -> tuple[str, ...]:
    say = words()
    match folder:
        case "findings":
            return (say("findings", name, "what_for") or say("findings", name, "why"),)
        case "red_flags":
            return (say("red_flags", name, "because"),)
        case "dispositions":
            return (say("dispositions", name, "general_meaning"),)
        case "questions":
            return (say("questions", name, "answer"),)
        case "treatments":
            return (_treatment_text(name, "expect") or say("treatments", name, "what"),)
        case "medicines":
            return (say("medicines", name, "what_for"),)
        case "exercises":
            return (say("exercises", name, "purpose"),)
        case _:
            return (say(folder, name, "summary"),)


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", text.strip())


def _treatment_text(name: str, what: str) -> str:
    data = treatment_data(knowledge(), knowledge().treatments[name], words().locale)
    found = {"expect": data["benefit"]["text"], "harm": data["harm"]["text"]}
    return str(found[what])


# Contents.


def groups(folder: str) -> tuple[Group, ...]:
    """Return the records of a kind, grouped for reading."""
    singular = next(kind for kind, place in _FOLDERS.items() if place == folder)
    say = words()

    def grouped(names: Iterable[str], by: Callable[[str], str], called: Mapping[str, str], *, note: bool = False,
                keep: bool = False) -> tuple[Group, ...]:  # fmt: skip
        found: dict[str, list[Link]] = {one: [] for one in called}
        for name in names:
            found[by(name)].append(link(singular, name, note=note))
        return tuple(
            Group(one, called[one], "", tuple(links if keep else sorted(links, key=lambda each: each.text.casefold())))
            for one, links in found.items()
            if links
        )

    data = knowledge()
    match folder:
        case "causes":
            families = {o.family: say("families", o.family, "name") for o in data.causes.values()}
            return grouped(data.causes, lambda name: data.causes[name].family, dict(sorted(families.items())))
        case "treatments":
            verdicts = ("use", "may_help", "not_alone", "little_use", "avoid", "clinician_only", "unknown")
            called = {one: say("verdicts", one, "name") for one in verdicts}
            return grouped(data.treatments, lambda name: data.treatments[name].verdict, called)
        case "medicines":
            supply = {
                "self_care": _("From a shop or pharmacy"),
                "pharmacist": _("From a pharmacist"),
                "prescription": _("On prescription only"),
            }
            return grouped(data.medicines, lambda name: data.medicines[name].supply, supply)
        case "red_flags":
            rules = {rule.id: rule for rule in data.rules}
            levels = {one.id: say("dispositions", one.id, "heading") for one in sorted(Disposition, reverse=True)}
            return grouped(rules, lambda name: rules[name].disposition.id, levels)
        case "findings":
            who = {"test": _("Tests, scans and what a clinician looks for"), "sign": _("Signs and answers of your own")}
            tests = {name for name, one in data.findings.items() if one.supplied_by != "person"}
            return grouped(data.findings, lambda name: "test" if name in tests else "sign", who)
        case "questions":
            return grouped(data.questions, lambda name: data.questions[name].theme, theme_words(), note=True, keep=True)
        case "dispositions":
            return (Group("all", "", "", tuple(link("disposition", one.id, note=True)
                                               for one in sorted(Disposition, reverse=True))),)  # fmt: skip
        case _:
            names: Iterable[str] = getattr(data, folder)
            return (Group("all", "", "", tuple(link(singular, name, note=True) for name in names)),)


# Pages.


def review(folder: str, name: str) -> Review | None:
    """Return who reviewed a record and by when it is to be looked at again; None where nothing is said."""
    if folder == "red_flags":
        own = next((one for one in knowledge().data["rules"] if one["id"] == name), None)
        return review_of(own) if own is not None else None
    return knowledge().reviews.get(folder)


@lru_cache(maxsize=2048)
def page(_language: str, folder: str, name: str) -> Page | None:
    """Return a record's page; None where there is no such record. The same for everybody who reads in a language."""
    data = knowledge()
    known: Mapping[str, Mapping[str, Any]] = {
        "events": data.events,
        "causes": data.causes,
        "contributors": data.contributors,
        "treatments": data.treatments,
        "medicines": data.medicines,
        "findings": data.findings,
        "questions": data.questions,
        "red_flags": {rule.id: rule for rule in data.rules},
        "dispositions": {one.id: one for one in Disposition},
    }
    found = known.get(folder, {}).get(name)
    return None if found is None else _MAKERS[folder](found)


def _page(folder: str, name: str, schema: Mapping[str, Any], **parts: Any) -> Page:
    """Return a page with what all have in common; `citations` may name a source twice."""
    title, short = _title(folder, name), _short(folder, name)
    parts["sections"] = tuple(
        one for one in (*parts.get("sections", ()), _said_of(folder, name))
        if one.texts or one.points or one.links or one.groups or one.chances or one.effects
    )  # fmt: skip
    parts["citations"] = tuple(dict.fromkeys(parts.get("citations", ())))
    url = reverse("learn_one", args=[folder, name])
    thing = {"@context": _SCHEMA, "name": title, "description": " ".join(short), "url": url, **schema}
    return Page(folder, name, title, parts.pop("short", short), data=thing, **parts)


def _said_of(folder: str, name: str) -> Section:
    """Return what audited articles claim about a record, with the verdicts."""
    say = words()
    about = (
        one for one in knowledge().claims.values() if (_FOLDERS.get(one.record_kind), one.record) == (folder, name)
    )
    return Section("claims", _("What articles say about it"), folded=True, links=tuple(
        Link(say("claims", one.id, "says"), f"{reverse('learn_claim_text', args=[one.text])}#{one.id}",
             say("claim_verdicts", one.verdict, "name")) for one in about))  # fmt: skip


def _cites(*refs: SourceRef) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(cited(ref, knowledge()) for ref in refs))


def _names(refs: Iterable[SourceRef]) -> str:
    return ", ".join(dict.fromkeys(cited(ref, knowledge()).name for ref in refs))


def _said(node: Node) -> str:
    text = describe(node, knowledge(), locale=words().locale)
    return text[:1].upper() + text[1:]


def _drawn_prior(name: str, label: str, one: Number) -> Chances:
    assert one.value is not None  # a prior has its value and its range
    assert one.low is not None
    assert one.high is not None
    return Chances(label, chance(name, label, one.value, one.low, one.high))


def _basis(name: str) -> str:
    return {"published": _("published"), "derived": _("derived"), "judgement": _("judgement")}[name]


def _ratios(folder: str, name: str, terms: Iterable[Term]) -> Table:
    return Table(
        _("Likelihood ratios with their ranges"),
        (_("Finding"), _("If present"), _("If absent"), _("Basis"), _("Group"), _("Source"), _("Why")),
        ratio_rows(folder, name, _record(folder, name)["terms"], [_said(term.when) for term in terms]),
        4,
        _("Multiply the ratios of all rows that hold. Of one group, only the strongest row counts. Patterns of "
          "rules stand last: only the strongest of them counts, on top of the rows above. Where no source gives a "
          "range, our calculation assumes one."),
    )  # fmt: skip


def _record(part: str, name: str) -> Mapping[str, Any]:
    return next(one for one in knowledge().data[part] if one["id"] == name)


def _clear() -> float:
    """Return the log of the ratio from which on something is told as pointing to a cause, or away from it."""
    return math.log(knowledge().model.pointing_ratio)


def _pointers(terms: Iterable[Term], *, speaks_for: bool) -> tuple[str, ...]:
    """Return what speaks most clearly for (or against) something when it is there, in words short enough to read."""
    sign = 1 if speaks_for else -1
    weighed = [
        (sign * term.present.log, _said(term.when))
        for term in terms
        if term.present is not None and _is_plain(term.when)
    ]
    strong = sorted((one for one in weighed if one[0] > _clear()), key=lambda one: -one[0])
    texts = dict.fromkeys(text for _log, text in strong if len(text) <= _LONGEST_POINT)
    return tuple(texts)[:_POINTS]


def _is_plain(when: Node) -> bool:
    """Tell whether an expression is in people's own words: none of it is a clinician's, and nothing is negated."""
    if isinstance(when, Present | Compare | OneOf | AnyRegion):
        return knowledge().findings[when.finding].supplied_by == "person"
    return isinstance(when, AllOf | AnyOf) and all(map(_is_plain, children(when)))


def _is_told(rule: Rule) -> bool:
    """Tell whether a person can know by themselves that a rule holds: no examination or test is part of it."""
    return all(knowledge().findings[name].supplied_by == "person" for name in knowledge().mentions(rule.when))


def _stands_for(rule: Rule, findings: Iterable[str]) -> bool:
    """Tell whether one of the findings alone makes a rule hold."""
    return any(_is_enough(name, rule.when) for name in findings)


def _by_level(rules: Iterable[Rule], heading: Callable[[Disposition], str], *, fold: bool = True) -> tuple[Group, ...]:
    """Return links to rules by how soon to get help, the soonest first, each level in the order in which they come.

    Nothing that needs help today or now is ever folded, and neither is the soonest level there is.
    """
    levels: dict[Disposition, list[Rule]] = {}
    for rule in rules:
        levels.setdefault(rule.disposition, []).append(rule)
    return tuple(
        Group(level.id, heading(level), "", tuple(link("red_flag", rule.id) for rule in levels[level]),
              fold and level < Disposition.SAME_DAY and level is not max(levels))
        for level in sorted(levels, reverse=True)
    )  # fmt: skip


def _level_words(level: Disposition) -> str:
    return words()("dispositions", level.id, "heading")


def _now(rules: Iterable[Rule]) -> str:
    """Return where to go with the gravest of some rules, if that is an emergency; else nothing."""
    emergencies = [rule for rule in rules if rule.disposition is Disposition.EMERGENCY]
    return words()("see", min(emergencies, key=knowledge().precedence).see, "how") if emergencies else ""


def _signs(terms: Iterable[Term]) -> tuple[str, ...]:
    """Return the signs that speak for something; whom it comes to, such as their age, is no sign."""
    data = knowledge()
    named = (name for term in terms if term.present is not None and term.present.log > 0
             for name in data.mentions(term.when))  # fmt: skip
    return tuple(dict.fromkeys(name for name in named if data.findings[name].kind == "boolean"))


def _help_of_cause(one: Cause) -> list[Rule]:
    """Return the rules that lead from a cause to help.

    They are those that suspect it, what suspects little else first. A serious cause also has every rule by which one of
    its own signs needs help today or now.
    """
    data = knowledge()
    told = _told()
    signs = _signs(one.terms) if one.serious else ()
    grave = [r for r in told if r.disposition >= Disposition.SAME_DAY and _stands_for(r, signs)]
    found = dict.fromkeys([*(rule for rule in told if one.id in rule.suspects), *grave])
    return sorted(found, key=lambda rule: (
        one.id not in rule.suspects, len(rule.suspects), len(data.mentions(rule.when)), data.precedence(rule),
    ))  # fmt: skip


def _is_emergency(cause: str) -> bool:
    """Tell whether a cause itself needs help at once, and not only some sign that may come with it.

    It does where most of the rules that suspect it are emergencies, such as a lung clot; or where one of these names it
    before all other causes, and is not just a lesser rule that names it first too with a further sign asked for. A
    spasm of the neck from a medicine is to be seen today, and is an emergency with trouble to breathe: that tells
    nothing of every such spasm. Rules that need an examination count, since they too say what the cause is.
    """
    data = knowledge()
    rules = [rule for rule in data.rules if cause in rule.suspects and not rule.provisional]
    grave = [rule for rule in rules if rule.disposition is Disposition.EMERGENCY]
    first = [rule for rule in rules if rule.suspects[0] == cause]
    lesser = [set(data.mentions(rule.when)) for rule in first if rule not in grave]
    return 2 * len(grave) > len(rules) or any(
        not any(asked <= set(data.mentions(rule.when)) for asked in lesser) for rule in first if rule in grave
    )


def _told() -> list[Rule]:
    """Return the rules that people can know by themselves, what needs help soonest first."""
    found = (rule for rule in knowledge().rules if not rule.provisional and _is_told(rule))
    return sorted(found, key=knowledge().precedence)


def _help_of_anybody() -> list[Rule]:
    """Return the rules by which one sign needs help today or now in anybody, what needs it soonest first."""
    mentions = knowledge().mentions
    return [r for r in _told() if r.disposition >= Disposition.SAME_DAY and _stands_for(r, mentions(r.when))]


def _help_of_event(one: Hypothesis) -> tuple[list[Rule], list[Rule]]:
    """Return the rules that lead from a kind of episode to help: those of its own signs alone, and all others.

    The others join its signs with something else, or are those by which one sign needs help today or now in anybody.
    """
    data = knowledge()
    signs = _signs(one.terms)
    told, anybody = _told(), _help_of_anybody()
    own = [rule for rule in told if _stands_for(rule, signs) or set(data.mentions(rule.when)) <= set(signs)]
    joined = [rule for rule in told if rule in anybody or set(signs) & set(data.mentions(rule.when))]
    return own, sorted((rule for rule in joined if rule not in own), key=lambda rule: rule not in anybody)


def _strata() -> list[Stratum]:
    """Return every setting and age band, setting by setting, the youngest first."""
    places = knowledge().findings["setting"].choices
    return sorted(knowledge().strata, key=lambda one: (places.index(one.setting), one.first_age))


def _age_words(stratum: Stratum) -> str:
    """Return a place and an age band in plain words, such as "55 or older" for one without an end."""
    age, place = knowledge().findings["age"], words().choice("setting", stratum.setting)
    if age.minimum is not None and stratum.first_age <= age.minimum:
        return _("%(place)s, younger than %(age)s") % {"place": place, "age": stratum.last_age + 1}
    if age.maximum is not None and stratum.last_age >= age.maximum:
        return _("%(place)s, age %(age)s or older") % {"place": place, "age": stratum.first_age}
    return _("%(place)s, age %(first)s to %(last)s") % {
        "place": place, "first": stratum.first_age, "last": stratum.last_age,
    }  # fmt: skip


def _commonness(cause: str) -> tuple[Chances, ...]:
    """Return how common a cause is by place among younger adults, and at each age where that is clearly otherwise.

    It clearly is where the words for it differ, and the share by at least the ratio from which on something is told as
    pointing to a cause, or away from it.
    """
    say = words()
    strata = _strata()
    shares = {one.id: number(f"prior/causes/{cause}/{one.id}") for one in strata}
    usual = {one.setting: shares[one.id] for one in strata if one.id in _PLAIN_STRATA}

    def differs(one: Number, other: Number) -> bool:
        assert one.value is not None  # a prior has its value and its range
        assert other.value is not None
        texts = {describe_chance(share, knowledge(), locale=say.locale) for share in (one.value, other.value)}
        return len(texts) > 1 and abs(math.log(one.value / other.value)) >= _clear()

    return tuple(
        _drawn_prior(f"p-{one.id}", _age_words(one), shares[one.id])
        for one in strata
        if one.id in _PLAIN_STRATA or differs(shares[one.id], usual[one.setting])
    )


def _cause(one: Cause) -> Page:
    say, data = words(), knowledge()
    flags = _help_of_cause(one)
    priors = Table(
        _("How common it is before any answer but age and setting"),
        (_("Setting"), _("Age"), _("Share and range")),
        tuple(
            (
                say.choice("setting", s.setting),
                f"{s.first_age}–{s.last_age}",
                with_range(number(f"prior/causes/{one.id}/{s.id}")),
            )
            for s in _strata()
        ),
    )
    pointers = _pointers(one.terms, speaks_for=True)
    now = _now(flags) if one.serious and _is_emergency(one.id) else ""
    only_signs = (_("Some signs with it need help now."),) if _now(flags) and not now else ()
    help_ = Section("help", _("When to get help"), only_signs, groups=_by_level(flags, _level_words))
    anybody = Section(
        "anybody",
        _("When to get help, whatever the cause"),
        links=(Link(_("All signs that need help now"), address("disposition", Disposition.EMERGENCY.id)),),
        groups=_by_level((rule for rule in _help_of_anybody() if rule not in flags), _level_words),
    )
    suspecting = (rule for rule in sorted(data.rules, key=data.precedence)
                  if one.id in rule.suspects and not rule.provisional)  # fmt: skip
    rules = Section(
        "rules", _("Rules"), groups=_by_level(dict.fromkeys([*suspecting, *flags]), _level_words, fold=False)
    )
    terms = [(_("Clinical name"), say("causes", one.id, "clinical"))]
    if say("causes", one.id, "work_up"):
        terms.append((_("Work-up"), say("causes", one.id, "work_up")))
    if one.test_threshold is not None:
        terms.append((_("Rule it out from a chance of"), percent(one.test_threshold)))
    return _page(
        "causes",
        one.id,
        {
            "@type": "MedicalCondition",
            "alternateName": say("causes", one.id, "clinical"),
            "signOrSymptom": [{"@type": "MedicalSignOrSymptom", "name": text} for text in pointers],
        },
        mark=(_("Serious"), "emergency") if one.serious else ("", ""),
        now=now,
        sections=(
            *((help_,) if one.serious else ()),
            Section("often", _("How common it is"),
                    (_("Among people with pain, spasm or cramp like yours, before any question is asked:"),),
                    chances=_commonness(one.id)),
            Section("for", _("What points to it"), points=pointers),
            Section("against", _("What points to something else"), points=_pointers(one.terms, speaks_for=False)),
            Section("out", _("How it is ruled out"), tuple(filter(None, [say("causes", one.id, "rule_out")]))),
            *(() if one.serious else (help_,)),
            anybody,
        ),
        terms=tuple(terms),
        tables=(priors, _ratios("causes", one.id, one.terms)),
        rules=(rules,) if rules.groups else (),
        citations=_cites(*(ref for term in one.terms for ref in term.sources),
                         *(ref for s in data.strata for ref in number(f"prior/causes/{one.id}/{s.id}").sources)),
    )  # fmt: skip


def _evidence(name: str) -> str:
    return {
        "supported": _("Good studies back this."),
        "weak": _("The evidence is weak."),
        "contradicted": _("Studies speak against it."),
        "association_only": _("Seen together, not proved to cause it."),
    }[name]


def _hypothesis(folder: str, one: Hypothesis, schema: Mapping[str, Any]) -> Page:
    say, data = words(), knowledge()
    record = _record(folder, one.id)
    prior = number(f"prior/{folder}/{one.id}")
    about = _("Among people who use the check, before any question is asked")
    charts = tuple(drawn(chart) for chart in data.charts.values() if folder == "events" and one.id in chart.events)
    asked = [o.id for o in data.questions.values() if (folder.removesuffix("s"), one.id) in o.records]
    own, others = _help_of_event(one) if folder == "events" else ([], [])
    return _page(
        folder,
        one.id,
        schema,
        now=_now(own),
        sections=(
            Section("do", _("What to do"), tuple(filter(None, [say(folder, one.id, "advice")]))),
            Section("help", _("When to get help"), groups=_by_level([*own, *others], _level_words)),
            Section("sure", _("How sure this is"), (_evidence(one.evidence),) if folder == "contributors" else ()),
            Section("often", _("How common it is"), chances=(_drawn_prior("prior", about, prior),)),
            Section("for", _("What points to it"), points=_pointers(one.terms, speaks_for=True)),
            Section("against", _("What points to something else"), points=_pointers(one.terms, speaks_for=False)),
            Section("ask", _("Questions people ask"), links=tuple(link("question", name) for name in asked)),
        ),
        charts=charts,
        layers=layers() if charts else (),
        terms=(
            (_("Clinical name"), say(folder, one.id, "clinical")),
            (_("Prior"), with_range(prior)),
            (_("Evidence"), _evidence(one.evidence)),
        ),
        notes=tuple(filter(None, [record.get("evidence_note", "")])),
        tables=(_ratios(folder, one.id, one.terms),),
        citations=_cites(*one.sources, *(ref for term in one.terms for ref in term.sources),
                         *(ref for chart in data.charts.values() if one.id in chart.events
                           for line in chart.series for ref in line.sources)),
    )  # fmt: skip


def _event(one: Hypothesis) -> Page:
    clinical = words()("events", one.id, "clinical")
    return _hypothesis("events", one, {"@type": "MedicalCondition", "alternateName": clinical})


def _contributor(one: Hypothesis) -> Page:
    return _hypothesis("contributors", one, {"@type": "MedicalRiskFactor"})


def _treatment(one: Any) -> Page:
    say, data = words(), knowledge()
    told = treatment_data(data, one, say.locale)
    main = first_known(one.effects)
    texts: Mapping[str, Any] = data.data["wording"][say.locale]["treatments"][one.id]
    phases = [
        say("phases", phase, "name") for phase in data.phases if phase in one.tracks.get("back_spasm", {})
    ]  # fmt: skip
    positions = {"for": _("for it"), "may": _("may be used"), "against": _("against it")}
    effects = tuple(effect_words(one, effect) for effect in (*one.effects, *one.harms))
    limits = [texts.get("why_not", {}).get(limit.id) or _said(limit.when) for limit in one.contraindications]
    care = [texts.get("care", {}).get(limit.id) or _said(limit.when) for limit in one.cautions]
    told_by = [rule for name in one.finds for rule in _help_of_cause(data.causes[name]) if name in rule.suspects]
    signs = sorted((rule for rule in dict.fromkeys(told_by) if rule.disposition >= Disposition.URGENT),
                   key=data.precedence)  # fmt: skip
    scans = [chart for chart in data.charts.values() if one.id in chart.treatments]
    by = {
        "self": _("You, by yourself"),
        "pharmacist": _("You, with a pharmacist"),
        "clinician": _("A doctor, nurse or therapist"),
        "specialist": _("A specialist"),
    }
    return _page(
        "treatments",
        one.id,
        {"@type": "MedicalTherapy"},
        short=(say("treatments", one.id, "what"), told["benefit"]["text"]),
        mark=(told["verdict"]["name"], f"v-{one.verdict}"),
        sections=(
            Section("how", _("How to do it"), tuple(filter(None, [say("treatments", one.id, "how")]))),
            Section("helps", _("When it does help"),
                    (say("treatments", one.id, "why_left_out"), _("It can find, or rule out:")) if one.finds else (),
                    links=tuple(link("cause", name) for name in one.finds)),
            Section("signs", _("Danger signs that may need it"), groups=_by_level(signs, _level_words)),
            Section("much", _("How much it helps"), (told["verdict"]["summary"],),
                    effects=(effect_words(one, main),) if main else ()),
            Section("harm", _("What it may harm"), (told["harm"]["text"],)),
            Section("stop", _("When to stop"), tuple(filter(None, [say("treatments", one.id, "stop")]))),
            Section("not", _("Who should not do it"), points=tuple(limits)),
            Section("care", _("Who should take care"), points=tuple(care)),
            Section("when", _("When, for a back spasm"), points=tuple(phases)),
            Section("cost", _("What it takes"), points=(
                _("Cost: %(cost)s") % {"cost": told["cost"]["name"]},
                _("Effort: %(effort)s") % {"effort": told["effort"]["name"]},
                _("From: %(by)s") % {"by": by[one.by]})),
            Section("exercises", _("Exercises for it"), links=tuple(link("exercise", name) for name in one.exercises)),
            Section("medicines", _("Medicines"), links=tuple(link("medicine", name) for name in one.medicines)),
            Section("instead", _("Not together with"),
                    (_("A plan never has this together with:"),) if one.conflicts else (),
                    links=tuple(link("treatment", name) for name in one.conflicts)),
            Section("ask", _("Questions people ask"), links=tuple(
                link("question", o.id) for o in data.questions.values() if ("treatment", one.id) in o.records)),
        ),
        charts=tuple(map(drawn, scans)),
        terms=(
            (_("In short"), texts.get("clinical", "–")),
            (_("Certainty"), f"{told['certainty']['name']} ({_basis(one.grade_basis)})"),
        ),
        tables=(
            Table(_("Effects and harms"), (_("About"), _("Size and range"), _("More")),
                  tuple((o.about, o.amount, o.more or "–") for o in effects)),
            Table(_("Guidelines"), (_("Position"), _("Guideline")),
                  tuple((positions[o.position], cited(o.source, data).name) for o in one.guidelines), 1),
        ),
        citations=_cites(*all_sources(one), *(ref for chart in scans for o in chart.series for ref in o.sources)),
    )  # fmt: skip


def _span(low: Decimal, high: Decimal | None, unit: str) -> str:
    return "–".join(dict.fromkeys(as_text(one, unit) for one in (low, high) if one is not None))


def _dose_texts(one: Medicine) -> tuple[str, ...]:
    """Return what is said above the doses of a medicine: who decides, and how far to trust them."""
    data, held = knowledge(), _doses_for(one)
    parts = [data.medicines[name] for name in one.ingredients if name != one.id]
    if not held and not any(map(_doses_for, parts)):
        return (words()("messages", "medicine_dose_not_held", "because"),)
    from_memory = any(dose.from_memory for each in (one, *parts) for dose in _doses_for(each))
    return tuple(filter(None, [
        _("Whoever prescribes it sets your dose. These are the usual limits.") if one.supply == "prescription" else "",
        _("Labels differ. Go by the pack in your hand, and never add two of these lines up. "
          "If you are not sure which is yours, follow the stricter line. Take the least that helps.")
        if len(held) > len({dose.when for dose in held}) else "",
        _("The packet says how much to take. These are limits for what is in it:") if parts else "",
        _("Some of these amounts are from memory. Read the packet, and ask a pharmacist.") if from_memory else "",
        _("We hold no dose for anybody else, such as children. Ask a pharmacist.")
        if any(dose.when is not None for dose in held) else "",
    ]))  # fmt: skip


def _doses_for(one: Medicine) -> tuple[MedicineDose, ...]:
    """Return the doses of whoever decides on a medicine: a shop's packet is not taken as a prescriber would."""
    by = "prescription" if one.supply == "prescription" else "self_care"
    return tuple(dose for dose in one.doses if dose.by == by)


def _dose_points(one: Medicine) -> tuple[str, ...]:
    """Return how much of a medicine to take, a line for each label; of a mixture, the least daily most of each part."""
    say, data = words(), knowledge()
    points = []
    for dose in _doses_for(one):
        text = " ".join(dose_sentences(data, one, dose, say.locale))
        whom = _said(dose.when) if dose.when is not None else _("Everybody")
        points.append(_("%(whom)s: %(dose)s") % {"whom": whom, "dose": text})
    for part in (data.medicines[name] for name in one.ingredients if name != one.id):
        stated = [dose for dose in _doses_for(part) if dose.most is not None]
        if stated:
            least = min(stated, key=lambda dose: dose.most or Decimal())
            most = say("messages", "medicine_dose_most", "because").format(
                most=as_text(least.most or Decimal(), least.unit), unit=least.unit
            )
            points.append(_("%(whom)s: %(dose)s") % {"whom": _title("medicines", part.id), "dose": most})
    return tuple(points)


def _overdose_texts(one: Medicine) -> tuple[str, ...]:
    """Return what to do after too much of a medicine, or of each part of a mixture; the gravest first."""
    say, data = words(), knowledge()
    parts = [data.medicines[name] for name in dict.fromkeys((one.id, *one.ingredients))]
    grave = [(data.places.index(part.overdose.see), part) for part in parts if part.overdose is not None]
    said = [(part, say("medicines", part.id, "overdose")) for _at, part in sorted(grave, key=lambda each: each[0])]
    if one.ingredients == (one.id,):
        return tuple(text for _part, text in said)
    return tuple(_("%(whom)s: %(dose)s") % {"whom": _title("medicines", part.id), "dose": text} for part, text in said)


def _medicine(one: Medicine) -> Page:
    say, data = words(), knowledge()
    rules = rules_of(data, one)
    parts = [data.medicines[name] for name in dict.fromkeys((one.id, *one.ingredients))]

    def told(action: str) -> tuple[str, ...]:
        found = []
        for rule in rules:
            texts = data.data["wording"][say.locale].get(rule.owner_kind, {}).get(rule.owner, {}).get("rules", {})
            if rule.action == action and texts.get(rule.id):
                found.append(str(texts[rule.id]))
        return tuple(dict.fromkeys(found))

    actions = {"avoid": _("avoid"), "caution": _("ask first"), "tell": _("tell")}
    by = {"self_care": _("by oneself"), "prescription": _("prescriber")}
    doses = tuple(
        (
            by[dose.by],
            _said(dose.when) if dose.when is not None else "–",
            "–" if dose.low is None else f"{_span(dose.low, dose.high, dose.unit)} {say('units', dose.unit, 'name')}",
            as_text(dose.hours_between) if dose.hours_between is not None else "–",
            f"{as_text(dose.most, dose.unit)} {say('units', dose.unit, 'name')}" if dose.most is not None else "–",
            str(dose.most_days) if dose.most_days is not None else "–",
            _names(dose.sources),
        )
        for dose in one.doses
    )  # fmt: skip
    codes = [("ATC", one.atc), ("RxNorm", one.rxnorm)]
    supply = {"self_care": "OTC", "pharmacist": "OTC", "prescription": "PrescriptionOnly"}
    return _page(
        "medicines",
        one.id,
        {
            "@type": "Drug",
            "alternateName": list(one.names[:8]),
            "prescriptionStatus": f"{_SCHEMA}/{supply[one.supply]}",
            "isAvailableGenerically": True,
            "code": [{"@type": "MedicalCode", "codingSystem": n, "codeValue": c} for n, c in codes if c],
        },
        sections=(
            Section("how", _("How to take it"), (say("medicines", one.id, "how"), say("medicines", one.id, "ask"))),
            Section("dose", _("How much"), _dose_texts(one), _dose_points(one)),
            Section("stop", _("When to stop"), tuple(filter(None, [say("medicines", one.id, "stop")]))),
            Section("may", _("May you take it?"),
                    links=(Link(_("Can I take this medicine?"), reverse("medicine"),
                                _("It asks what else you take and have, and adds up the day.")),)),
            Section("not", _("Who should not take it"), points=told("avoid")),
            Section("first", _("Who should ask first"), points=told("caution")),
            Section("know", _("Good to know"), points=told("tell")),
            Section("over", _("If somebody took too much"), _overdose_texts(one)),
            Section("more", _("Read more"), links=tuple(
                link("treatment", t.id) for t in data.treatments.values()
                if one.id in t.medicines or set(one.groups) & set(t.medicine_groups))),
        ),
        terms=(
            (_("ATC code"), one.atc or _("not looked up")),
            (_("RxNorm code"), one.rxnorm or _("not looked up")),
        ),
        tables=(
            Table(_("Doses by label or guideline"),
                  (_("Decided by"), _("If"), _("At once"), _("Hours between"), _("Most in 24 hours"), _("Most days"),
                   _("Source")), doses, 6),
            Table(_("Rules"), (_("If"), _("Action"), _("Source")),
                  tuple((_said(rule.when) if rule.when is not None else _("everybody"), actions[rule.action],
                         _names(rule.sources)) for rule in rules), 2),
        ),
        citations=_cites(*(ref for part in parts for dose in part.doses for ref in dose.sources),
                         *(ref for part in parts if part.overdose is not None for ref in part.overdose.sources),
                         *(ref for rule in rules for ref in rule.sources)),
    )  # fmt: skip


def _is_enough(finding: str, when: Node) -> bool:
    """Tell whether a finding alone can make an expression true: what else it needs is not what a test can tell."""
    if isinstance(when, AnyOf):
        return any(_is_enough(finding, part) for part in children(when))
    return knowledge().mentions(when) == (finding,)


def _gravest(rules: Iterable[Rule], cause: str) -> Disposition:
    """Return how soon to get help by the gravest rule that suspects a cause."""
    return max((rule.disposition for rule in rules if cause in rule.suspects), default=Disposition.SELF_CARE)


def _finding(one: Any) -> Page:
    say, data = words(), knowledge()
    rules = sorted(
        (r for r in data.rules if one.id in data.mentions(r.when) and not r.provisional),
        key=lambda r: (len(data.mentions(r.when)), data.precedence(r)),
    )
    single = [rule for rule in rules if _is_enough(one.id, rule.when)]
    joined = [rule for rule in rules if rule not in single]
    help_ = (
        *_by_level(single, lambda level: _("By itself: %(level)s") % {"level": _level_words(level)}, fold=False),
        *_by_level(joined, lambda level: _("Together with something else: %(level)s") % {"level": _level_words(level)}),
    )
    is_test = one.supplied_by != "person"
    rows: list[tuple[str, ...]] = []
    points: list[tuple[float, str]] = []
    doubts: list[tuple[float, str]] = []
    for cause in data.causes.values():
        written = _record("causes", cause.id)["terms"]
        for at, term in enumerate(cause.terms):
            if one.id in data.mentions(term.when):
                cells = ratio_cells("causes", cause.id, at, written[at])
                group = group_words(written[at], written)
                rows.append((say("causes", cause.id, "name"), _said(term.when), *cells, group))
                enough = not is_test or _is_enough(one.id, term.when)
                if term.present is not None and term.present.log > _clear() and enough:
                    points.append((term.present.log, cause.id))
                alone = is_test and data.mentions(term.when) == (one.id,)
                if alone and term.absent is not None and term.absent.log < -_clear():
                    doubts.append((term.absent.log, cause.id))
    urgent_first = sorted(points, key=lambda o: (
        -_gravest(single, o[1]), -_gravest(rules, o[1]), not data.causes[o[1]].serious, -o[0], o[1]))  # fmt: skip
    best = tuple(dict.fromkeys(name for _log, name in urgent_first))
    pointed = best[: max(_CAUSES, sum(data.causes[name].serious for name in best))]
    doubted = dict.fromkeys(name for _log, name in sorted(doubts))
    unit = say("findings", one.id, "unit") or one.unit
    numbers = f"{one.minimum:g}–{one.maximum:g} {unit}" if one.kind == "number" else "–"
    asked = (say("findings", one.id, "question"), say("findings", one.id, "help"))
    for_clinicians = (
        (_("How it is asked"), " ".join(filter(None, asked))),
        (_("What it tells"), say("findings", one.id, "why")),
    )
    return _page(
        "findings",
        one.id,
        {"@type": "MedicalTest" if is_test else "MedicalSignOrSymptom"},
        mark=(_("A test, or something a clinician looks for"), "routine") if is_test else ("", ""),
        now="" if is_test else _now(single),
        sections=(
            Section("help", _("When to get help"), groups=help_),
            *(() if is_test else (Section("ask", _("How it is asked"), asked),)),
            Section("for", _("What it can point to"), links=tuple(link("cause", name) for name in pointed)),
            Section("against", _("What is less likely if it is normal, or not there"),
                    links=tuple(link("cause", name) for name in list(doubted)[:_CAUSES])),
        ),
        terms=(
            (_("Clinical name"), say("findings", one.id, "clinical")),
            *(for_clinicians if is_test else ()),
            (_("Range and unit"), numbers),
        ),
        tables=(Table(_("Likelihood ratios of whatever mentions it"),
                      (_("Cause"), _("Finding"), _("If present"), _("If absent"), _("Basis"), _("Group")), tuple(rows),
                      5, _("For one cause, only the strongest row of a group counts.")),),
        citations=_cites(*(ref for c in data.causes.values() for t in c.terms if one.id in data.mentions(t.when)
                           for ref in t.sources), *(ref for rule in rules for ref in rule.sources)),
    )  # fmt: skip


def _flag(one: Rule) -> Page:
    say = words()
    level = one.disposition.id
    record = _record("rules", one.id)
    certainty = {
        "high": _("certainty: high"),
        "moderate": _("certainty: moderate"),
        "low": _("certainty: low"),
        "very_low": _("certainty: very low"),
        "consensus": _("certainty: consensus"),
    }
    return _page(
        "red_flags",
        one.id,
        {
            "@type": "MedicalWebPage",
            "audience": {"@type": "PeopleAudience", "audienceType": "Patient"},
            "about": [{"@type": "MedicalCondition", "name": say("causes", name, "name")} for name in one.suspects],
        },
        mark=(say("dispositions", level, "heading"), level),
        now=_now([one]),
        sections=(
            Section("do", _("What to do"),
                    (say("dispositions", level, "general"), say("red_flags", one.id, "do"))),
            Section("whom", _("Whom to see"), (say("see", one.see, "name"), say("see", one.see, "how"))),
            Section("when", _("How soon"), (say("dispositions", level, "within"),),
                    links=(link("disposition", level),)),
            Section("why", _("What it could be"), links=tuple(link("cause", name, note=True) for name in one.suspects)),
        ),
        terms=(
            (_("Row of the evidence table"), one.code),
            (_("In short"), say("red_flags", one.id, "clinical")),
            (_("It holds when"), _said(one.when)),
            (_("Certainty"), certainty[one.certainty]),
        ),
        notes=(record["title"] + ".", record["why"]),
        citations=_cites(*one.sources),
    )  # fmt: skip


def _level(one: Disposition) -> Page:
    say, data = words(), knowledge()
    rules = sorted(
        (rule for rule in data.rules if rule.disposition is one and not rule.provisional), key=data.precedence
    )
    return _page(
        "dispositions",
        one.id,
        {"@type": "MedicalWebPage"},
        mark=(say("dispositions", one.id, "within"), one.id),
        now=_now(rules),
        sections=(
            Section("do", _("What to do"), (say("dispositions", one.id, "general"),)),
            Section("signs", _("What leads to this advice"), links=tuple(link("red_flag", rule.id) for rule in rules)),
        ),
    )


def _question(one: Any) -> Page:
    text = words()("questions", one.id, "answer")
    asked = words()("questions", one.id, "question")
    sentences = _sentences(text)
    return _page(
        "questions",
        one.id,
        {
            "@type": "FAQPage",
            "mainEntity": [{"@type": "Question", "name": asked, "acceptedAnswer": {"@type": "Answer", "text": text}}],
        },
        short=(" ".join(sentences),),
        sections=(
            Section("more", _("Read more"), links=tuple(link(kind, name, note=True) for kind, name in one.records)),
            Section("also", _("People also ask"), links=tuple(
                link("question", o.id) for o in knowledge().questions.values()
                if o.theme == one.theme and o is not one)),
        ),
        citations=_cites(*one.sources),
    )  # fmt: skip


_MAKERS: Mapping[str, Callable[[Any], Page]] = {
    "events": _event,
    "causes": _cause,
    "contributors": _contributor,
    "treatments": _treatment,
    "medicines": _medicine,
    "findings": _finding,
    "questions": _question,
    "red_flags": _flag,
    "dispositions": _level,
}

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def as_json_ld(data: Mapping[str, Any]) -> SafeString:
    """Return a record for machines as the text of a data block, in which no tag can begin."""
    kept = {key: value for key, value in data.items() if value not in ("", [], None)}
    return mark_safe(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES))
