"""What the result pages show: the assessment in the language and order of the page, read off and not decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from unclench import __version__
from unclench.knowledge import Disposition, Knowledge, Rule
from unclench.knowledge.records import SourceRef
from unclench.logic import Answer, Negation
from unclench.reasoning import Assessment, Case, assess
from unclench.reasoning.describe import describe, describe_answer, describe_value, listed, percent
from unclench.reasoning.differential import Contribution, Estimate, normalise, prior_of
from unclench.reasoning.explanation import Watch, facts, facts_behind
from unclench.web.chance import Chance, chance
from unclench.web.pack import Words, words

__all__ = [
    "Advice",
    "Citation",
    "ClinicalView",
    "Danger",
    "Possible",
    "Reason",
    "advice",
    "cited",
    "clinical",
    "dangers",
]

_CAUSES_SHOWN = 5
_REASONS_OPEN = 8


@dataclass(frozen=True, slots=True)
class Citation:
    """One source, as a reader can find it."""

    name: str
    at: str
    title: str
    link: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for the advice."""

    text: str
    do: str
    said: tuple[str, ...]
    open: bool
    citations: tuple[Citation, ...]
    clinical: str
    certainty: str
    rule: str
    disposition: str


@dataclass(frozen=True, slots=True)
class Possible:
    """A possible cause, with its chance."""

    id: str
    name: str
    summary: str
    chance: Chance
    for_it: tuple[str, ...]
    against_it: tuple[str, ...]
    rule_out: str
    work_up: str
    clinical: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """Something that may have brought it on."""

    name: str
    summary: str
    advice: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Change:
    """What would change the advice, and into what."""

    all_of: tuple[str, ...]
    to: str
    heading: str


@dataclass(frozen=True, slots=True)
class Danger:
    """Signs that lead to one and the same urgency."""

    level: str
    heading: str
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """The result page.

    Attributes:
        level: the disposition's id, for colour and icon.
        rank: its place from 1 (self-care) to 5 (emergency), said in words on the card.
        sure: whether it is an emergency that no further answer lowers, so that causes are beside the point.
    """

    level: str
    rank: int
    ranks: tuple[int, ...]
    heading: str
    meaning: str
    what_to_do: str
    within: str
    whom: str
    how: str
    sure: bool
    settled: bool
    at_most: str
    nothing: str
    reasons: tuple[Reason, ...]
    events: tuple[Brought, ...]
    causes: tuple[Possible, ...]
    rule_out: tuple[Possible, ...]
    brought: tuple[Brought, ...]
    changes: tuple[Change, ...]
    net: tuple[Danger, ...]
    assumptions: tuple[str, ...]
    limits: str
    kept: str
    pack: str
    version: str
    result_hash: str


def advice(result: Assessment) -> Advice:
    """Return what the result page shows."""
    return _Reader(result).advice()


@dataclass(frozen=True, slots=True)
class Said:
    """One answer in clinical terms."""

    term: str
    value: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """One cause in the clinician's table."""

    name: str
    percent: str
    serious: bool
    terms: tuple[str, ...]
    work_up: str
    prior: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ClinicalView:
    """The same result in a clinician's words."""

    level: str
    rank: int
    heading: str
    at_least: str
    at_most: str
    settled: bool
    within: str
    whom: str
    reasons: tuple[Reason, ...]
    weighed: tuple[Weighed, ...]
    rule_out: tuple[Weighed, ...]
    brought: tuple[str, ...]
    present: tuple[Said, ...]
    unsure: tuple[str, ...]
    absent: tuple[str, ...]
    open: tuple[str, ...]
    limits: str
    pack: str
    version: str
    result_hash: str


def clinical(result: Assessment) -> ClinicalView:
    """Return what the clinician's page shows."""
    return _Reader(result).clinical()


def dangers(knowledge: Knowledge) -> list[Danger]:
    """Return the single signs that mean emergency help for anybody, by where to go; read off the rules."""
    say = words()
    net = [watch for watch in assess(knowledge, Case()).safety_net if watch.then is Disposition.EMERGENCY]
    places = [place for place in knowledge.places if any(watch.see == place for watch in net)]
    return [
        Danger(
            place, say("see", place, "name"), tuple(say("findings", w.finding, "line") for w in net if w.see == place)
        )
        for place in places
    ]


class _Reader:
    """Reads an assessment in one language."""

    def __init__(self, result: Assessment) -> None:
        self.result = result
        self.knowledge = result.knowledge
        self.answers: Mapping[str, Answer] = result.case.answers
        self.say: Words = words()

    def advice(self) -> Advice:
        result, say, now = self.result, self.say, self.result.triage
        level = result.disposition.id
        return Advice(
            level=level,
            rank=result.disposition + 1,
            ranks=tuple(range(1, len(Disposition) + 1)),
            heading=say("dispositions", level, "heading"),
            meaning=say("dispositions", level, "meaning"),
            what_to_do=say("dispositions", level, "what_to_do"),
            within=say("dispositions", level, "within"),
            whom=say("see", result.see, "name"),
            how=say("see", result.see, "how"),
            sure=now.at_least is Disposition.EMERGENCY,
            settled=now.settled,
            at_most=say("dispositions", now.at_most.id, "heading"),
            nothing=say("messages", "nothing_fired", "because"),
            reasons=tuple(self.reasons()),
            events=tuple(self.brought("events", one) for one in result.events[:2]),
            causes=tuple(self.possible(one) for one in result.causes[:_CAUSES_SHOWN]),
            rule_out=tuple(self.possible(one.estimate, "out-") for one in result.rule_out),
            brought=tuple(self.brought("contributors", one) for one in result.contributors),
            changes=tuple(self.changes()),
            net=tuple(self.net(result.safety_net)),
            assumptions=tuple(say("messages", one, "because") for one in result.assumptions),
            limits=say("messages", "limits", "because"),
            kept=say("messages", "kept", "because"),
            pack=result.pack,
            version=__version__,
            result_hash=result.result_hash,
        )

    def clinical(self) -> ClinicalView:
        result, say, now = self.result, self.say, self.result.triage
        shown = [one["cause"] for one in result.to_data()["differential"]]
        estimates = {one.id: one for one in result.causes}
        return ClinicalView(
            level=result.disposition.id,
            rank=result.disposition + 1,
            heading=say("dispositions", result.disposition.id, "heading"),
            at_least=say("dispositions", now.at_least.id, "heading"),
            at_most=say("dispositions", now.at_most.id, "heading"),
            settled=now.settled,
            within=say("dispositions", result.disposition.id, "within"),
            whom=say("see", result.see, "name"),
            reasons=tuple(self.reasons()),
            weighed=tuple(self.weighed(estimates[name]) for name in shown),
            rule_out=tuple(self.weighed(one.estimate) for one in result.rule_out),
            brought=tuple(say("contributors", one.id, "clinical") for one in result.contributors),
            present=tuple(self.present()),
            unsure=tuple(self.terms(lambda value: value == "unsure")),
            absent=tuple(self.terms(lambda value: value is False)),
            open=tuple(self.term(finding) for finding in result.unanswered),
            limits=say("messages", "limits", "because"),
            pack=result.pack,
            version=__version__,
            result_hash=result.result_hash,
        )

    def reasons(self) -> Iterable[Reason]:
        now, say = self.result.triage, self.say
        if now.floor:
            yield Reason(
                say("messages", "open_emergency_question", "because"),
                "",
                tuple(self.label(f) for f in self.result.unanswered[:_REASONS_OPEN]),
                True,
                (self.citation(SourceRef("judgement", "")),),
                say("messages", "open_emergency_question", "clinical"),
                "",
                "open_emergency_question",
                say("dispositions", now.disposition.id, "heading"),
            )
        for rule in now.fired:
            yield self.reason(rule)

    def reason(self, rule: Rule) -> Reason:
        say = self.say
        return Reason(
            say("red_flags", rule.id, "because"),
            say("red_flags", rule.id, "do"),
            tuple(self.described(f) for f in facts(self.knowledge, rule, self.answers)),
            False,
            tuple(self.citation(ref) for ref in rule.sources),
            say("red_flags", rule.id, "clinical"),
            _certainty(rule.certainty),
            rule.id,
            say("dispositions", rule.disposition.id, "heading"),
        )

    def possible(self, one: Estimate, prefix: str = "") -> Possible:
        say = self.say
        name = say("causes", one.id, "name")
        return Possible(
            one.id,
            name,
            say("causes", one.id, "summary"),
            chance(prefix + one.id, name, one.probability, one.low, one.high),
            tuple(self.terms_of(c for c in one.counted if c.log > 0)),
            tuple(self.terms_of(c for c in one.counted if c.log < 0)),
            say("causes", one.id, "rule_out"),
            say("causes", one.id, "work_up"),
            say("causes", one.id, "clinical"),
            self.citations(one.counted),
        )

    def weighed(self, one: Estimate) -> Weighed:
        say = self.say
        shares = {"share": percent(one.probability), "low": percent(one.low), "high": percent(one.high)}
        serious = self.knowledge.causes[one.id].serious
        return Weighed(
            say("causes", one.id, "clinical"),
            _("%(share)s (%(low)s to %(high)s)") % shares,
            serious,
            tuple(map(self.term_line, one.counted)),
            say("causes", one.id, "work_up"),
            _("Before any answer but age and setting: %(share)s.") % {"share": percent(self.priors[one.id])},
            self.citations(one.counted),
        )

    def term_line(self, one: Contribution) -> str:
        basis = {"published": _("published"), "derived": _("derived"), "judgement": _("judgement")}
        pattern = (
            _("%(finding)s (present): %(weight)s, %(basis)s")
            if one.holds
            else _("%(finding)s (absent): %(weight)s, %(basis)s")
        )
        return pattern % {
            "finding": describe(one.term.when, self.knowledge, locale=self.say.locale),
            "weight": f"{one.log:+.2f}",
            "basis": basis[one.term.basis],
        }

    def terms_of(self, counted: Iterable[Contribution]) -> Iterable[str]:
        """Yield what the person said that counted, and not what else would have counted just as well."""
        for one in counted:
            behind = self.behind(one)
            if behind:
                said = (describe_answer(f, self.answers[f], self.knowledge, locale=self.say.locale) for f in behind)
                yield listed(said, self.knowledge, how="both", locale=self.say.locale)

    def behind(self, one: Contribution) -> list[str]:
        """Return the answers that made a term hold or fail, in reading order."""
        when = one.term.when
        found = facts_behind(self.knowledge, when if one.holds else Negation(when), self.answers)
        return [finding for finding in found if finding in self.answers]

    def citations(self, counted: Iterable[Contribution]) -> tuple[Citation, ...]:
        """Return the sources of the numbers that counted, each once."""
        return tuple(dict.fromkeys(self.citation(ref) for one in counted for ref in one.term.sources))

    @cached_property
    def priors(self) -> Mapping[str, float]:
        """Return how likely each cause is for somebody of this age and in this setting, before anything else."""
        return normalise({name: weight.log for name, weight in prior_of(self.knowledge, self.answers).items()})

    def brought(self, kind: str, one: Estimate) -> Brought:
        say = self.say
        record = (self.knowledge.contributors if kind == "contributors" else self.knowledge.events)[one.id]
        strength = {"weak": _("The evidence is weak."), "association_only": _("Seen together, not proved to cause it.")}
        return Brought(
            say(kind, one.id, "name"),
            say(kind, one.id, "summary"),
            say(kind, one.id, "advice"),
            strength.get(record.evidence, ""),
        )

    def changes(self) -> Iterable[Change]:
        for one in self.result.would_change:
            signs = tuple(
                describe_answer(f, value, self.knowledge, locale=self.say.locale) for f, value in one.add.items()
            )
            yield Change(signs, one.to.id, self.say("dispositions", one.to.id, "heading"))

    def net(self, watched: Iterable[Watch]) -> Iterable[Danger]:
        by_level: dict[Disposition, list[str]] = {}
        for watch in watched:
            by_level.setdefault(watch.then, []).append(self.say("findings", watch.finding, "line"))
        for level in sorted(by_level, reverse=True):
            yield Danger(level.id, self.say("dispositions", level.id, "heading"), tuple(by_level[level]))

    def citation(self, ref: SourceRef) -> Citation:
        return cited(ref, self.knowledge)

    def present(self) -> Iterable[Said]:
        for finding, value in self.answers.items():
            if value is True:
                yield Said(self.term(finding), _("present"))
            elif value is not False and value != "unsure":
                yield Said(self.term(finding), describe_value(finding, value, self.knowledge, locale=self.say.locale))

    def terms(self, fits: Any) -> Iterable[str]:
        return (self.term(finding) for finding, value in self.answers.items() if fits(value))

    def term(self, finding: str) -> str:
        return self.say("findings", finding, "clinical")

    def label(self, finding: str) -> str:
        return self.say("findings", finding, "line")

    def described(self, finding: str) -> str:
        return describe_answer(finding, self.answers[finding], self.knowledge, locale=self.say.locale)


def cited(ref: SourceRef, knowledge: Knowledge) -> Citation:
    """Return a source as a reader can find it."""
    if ref.is_judgement:
        return Citation(_("Our judgement, no published source"), ref.at, "", "")
    source = knowledge.sources[ref.id]
    return Citation(str(source.get("cites_as") or source["title"]), ref.at, str(source["title"]), _link(source))


def _certainty(level: str) -> str:
    words = {
        "high": _("certainty: high"),
        "moderate": _("certainty: moderate"),
        "low": _("certainty: low"),
        "very_low": _("certainty: very low"),
        "consensus": _("certainty: consensus"),
    }
    return words[level]


def _link(source: Mapping[str, Any]) -> str:
    if source.get("doi"):
        return f"https://doi.org/{source['doi']}"
    if source.get("pmid"):
        return f"https://pubmed.ncbi.nlm.nih.gov/{source['pmid']}/"
    return ""
