"""The whole answer about one person: urgency, reasons, causes, what to rule out, what to watch for."""

from __future__ import annotations

from unclench import __version__
from unclench.knowledge import Disposition, Knowledge, Rule
from unclench.logic import UNSURE, Answer, Node, render
from unclench.reasoning import differential
from unclench.reasoning.case import Case
from unclench.reasoning.describe import describe, describe_answer, listed
from unclench.reasoning.explanation import Change, Watch, changes, facts, safety_net
from unclench.reasoning.interview import unanswered
from unclench.reasoning.result_hash import result_hash
from unclench.reasoning.triage import Triage, answers_in_reach, effective_answers, triage_answers
from unclench.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from unclench.reasoning.differential import Contribution, Estimate

__all__ = ["Assessment", "RuleOut", "assess"]

# How much of the list is shown, not what is computed: every cause is weighed.
_SHOWN_MASS = 0.995
_LEAST_SHOWN = 5


@record
class RuleOut:
    """A serious cause that somebody should make sure is not there.

    Attributes:
        estimate: its probability and terms.
        threshold: the probability above which it is always listed.
        rules: the rules that point to it, whatever its probability.
    """

    estimate: Estimate
    threshold: float
    rules: tuple[Rule, ...]


@record
class Assessment:
    """Everything Unclench says about one case. `to_data` is its published JSON form.

    Attributes:
        case: the case.
        triage: urgency, and the interval it can move in.
        see: whom to see (a place id).
        causes: all causes, likeliest first.
        rule_out: serious causes to exclude, most probable first.
        contributors: what may have brought it on.
        events: kinds of episode.
        would_change: smallest additions that raise the urgency.
        safety_net: single signs to watch for.
        unanswered: findings that could still change the urgency.
        assumptions: what was not said and how that was handled, as ids of messages in the wording.
        pack: hash of the knowledge used.
    """

    case: Case
    triage: Triage
    see: str
    causes: tuple[Estimate, ...]
    rule_out: tuple[RuleOut, ...]
    contributors: tuple[Estimate, ...]
    events: tuple[Estimate, ...]
    would_change: tuple[Change, ...]
    safety_net: tuple[Watch, ...]
    unanswered: tuple[str, ...]
    assumptions: tuple[str, ...]
    pack: str
    knowledge: Knowledge

    @property
    def disposition(self) -> Disposition:
        """The advice: how soon to be seen."""
        return self.triage.disposition

    @property
    def within(self) -> str:
        """The time frame of the disposition, in words."""
        return self.knowledge.words("dispositions", self.disposition.id, "within")

    @property
    def result_hash(self) -> str:
        """A short name for this advice; see `unclench.reasoning.result_hash`."""
        now = self.triage
        return result_hash(
            pack=self.pack,
            disposition=now.disposition.id,
            at_least=now.at_least.id,
            at_most=now.at_most.id,
            settled=now.settled,
            floor=now.floor,
            see=self.see,
            rules=(rule.id for rule in now.fired),
        )

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form published in docs/reference/assessment.schema.json."""
        return _Writer(self).write()


def assess(knowledge: Knowledge, case: Case | Mapping[str, Any], *, examination: bool = False) -> Assessment:
    """Assess one case.

    Args:
        knowledge: the pack.
        case: a `Case`, or its JSON form.
        examination: whether a clinician is answering, so that examinations not recorded yet count as open questions.

    Returns:
        The assessment. The same answers and the same pack always give the same one, in any order of answers.

    Raises:
        CaseError: the JSON form is not a case.

    Examples:
        >>> knowledge = Knowledge.load()
        >>> assess(knowledge, {"age": 50, "findings": {"bladder_change_new": True}}).disposition.id
        'emergency'
    """
    if not isinstance(case, Case):
        case = Case.from_data(case, knowledge)
    said = effective_answers(case, knowledge)
    answers = answers_in_reach(said, knowledge, examination=examination)
    now = triage_answers(knowledge, answers)
    causes = differential.causes(knowledge, said)
    return Assessment(
        case=case,
        triage=now,
        see=_see(now),
        causes=tuple(causes),
        rule_out=tuple(_rule_out(knowledge, causes, now)),
        contributors=tuple(e for e in differential.contributors(knowledge, said) if _is_supported(knowledge, e)),
        events=tuple(e for e in differential.events(knowledge, said) if _reaches(e, knowledge.model.event_shown)),
        would_change=tuple(changes(knowledge, case, now, examination=examination)),
        safety_net=tuple(safety_net(knowledge, case, now, examination=examination)),
        unanswered=tuple(unanswered(knowledge, answers, now)),
        assumptions=tuple(_assumptions(said)),
        pack=knowledge.hash,
        knowledge=knowledge,
    )


def _see(now: Triage) -> str:
    """Whom to see: as the most urgent rule says; an open emergency is spoken through with the same-day service."""
    deciding = [rule for rule in now.fired if rule.disposition == now.disposition]
    if deciding:
        return deciding[0].see
    return "urgent_care" if now.disposition is Disposition.SAME_DAY else "self"


def _rule_out(knowledge: Knowledge, causes: list[Estimate], now: Triage) -> list[RuleOut]:
    """Serious causes that a rule of urgency points to, or that are likely enough to look for."""
    listed = []
    for estimate in causes:
        threshold = knowledge.causes[estimate.id].test_threshold
        if threshold is None:
            continue
        pointing = tuple(r for r in now.fired if estimate.id in r.suspects and r.disposition >= Disposition.URGENT)
        if pointing or _reaches(estimate, threshold):
            listed.append(RuleOut(estimate, threshold, pointing))
    return listed


def _reaches(estimate: Estimate, limit: float) -> bool:
    """Whether it is listed: what is below the limit by a last digit alone is at the limit."""
    return estimate.probability >= limit - differential.LAST_DIGITS


def _is_supported(knowledge: Knowledge, estimate: Estimate) -> bool:
    """Whether something this person said speaks for it; a base rate alone is no reason to name it."""
    likely = _reaches(estimate, knowledge.model.contributor_shown)
    return likely and any(c.holds and c.log > 0 for c in estimate.counted)


def _assumptions(answers: Mapping[str, Answer]) -> list[str]:
    averaged_over = {"age": "age_not_known", "setting": "setting_not_known"}
    return [message for finding, message in averaged_over.items() if answers.get(finding, UNSURE) == UNSURE]


class _Writer:
    """Writes an assessment as JSON-able data."""

    def __init__(self, assessment: Assessment) -> None:
        self.a = assessment
        self.knowledge = assessment.knowledge
        self.answers = assessment.case.answers
        self.said: dict[int, dict[str, str]] = {}
        self.counted: dict[int, dict[str, Any]] = {}

    def write(self) -> dict[str, Any]:
        a, now = self.a, self.a.triage
        data: dict[str, Any] = {} if a.case.id is None else {"id": a.case.id}
        return data | {
            "disposition": now.disposition.id,
            "at_least": now.at_least.id,
            "at_most": now.at_most.id,
            "settled": now.settled,
            "see": a.see,
            "within": a.within,
            "reasons": self.reasons(),
            "differential": [self.cause(estimate) for estimate in self.shown_causes()],
            "rule_out": [self.rule_out(one) for one in a.rule_out],
            "contributors": [self.named("contributors", one) for one in a.contributors],
            "event": [self.named("events", one) for one in a.events],
            "would_change": [self.change(one) for one in a.would_change],
            "safety_net": [self.watch(one) for one in a.safety_net],
            "unanswered": list(a.unanswered),
            "assumptions": [self.knowledge.words("messages", one, "because") for one in a.assumptions],
            "pack": a.pack,
            "result_hash": a.result_hash,
            "version": __version__,
        }

    def reasons(self) -> list[dict[str, Any]]:
        now = self.a.triage
        made = [self.reason(rule) for rule in now.fired]
        if now.floor:
            facts = list(self.a.unanswered)
            made.insert(
                0,
                {
                    "rule": "open_emergency_question",
                    "because": self.knowledge.words("messages", "open_emergency_question", "because"),
                    "facts": [{"finding": f, "answer": self.plain(f), "text": self.label(f)} for f in facts[:8]],
                    "sources": [
                        {
                            "id": "judgement",
                            "at": "safety design: unknown is never no",
                            "cites_as": "judgement",
                        }
                    ],
                    "disposition": now.disposition.id,
                    "see": self.a.see,
                    "clinical": self.knowledge.words("messages", "open_emergency_question", "clinical"),
                    "certainty": "consensus",
                    "from_memory": False,
                },
            )
        return made

    def reason(self, rule: Rule) -> dict[str, Any]:
        supporting = facts(self.knowledge, rule, self.answers)
        return {
            "rule": rule.id,
            "because": self.knowledge.words("red_flags", rule.id, "because"),
            "facts": [
                {
                    "finding": f,
                    "answer": self.plain(f),
                    "text": describe_answer(f, self.answers[f], self.knowledge),
                }
                for f in supporting
            ],
            "sources": self.sources(rule.sources),
            "disposition": rule.disposition.id,
            "see": rule.see,
            "clinical": self.knowledge.words("red_flags", rule.id, "clinical"),
            "certainty": rule.certainty,
            "from_memory": rule.from_memory,
        }

    def shown_causes(self) -> list[Estimate]:
        shown: list[Estimate] = []
        mass = 0.0
        for estimate in self.a.causes:
            if mass >= _SHOWN_MASS and len(shown) >= _LEAST_SHOWN:
                break
            shown.append(estimate)
            mass += estimate.probability
        return shown

    def cause(self, one: Estimate) -> dict[str, Any]:
        return {
            "cause": one.id,
            "name": self.knowledge.words("causes", one.id, "name"),
            "probability": one.probability,
            "low": one.low,
            "high": one.high,
            "for": [self.term(c) for c in one.counted if c.log > 0],
            "against": [self.term(c) for c in one.counted if c.log < 0],
            "open": [self.expression(t.when) for t in one.open],
        }

    def term(self, one: Contribution) -> dict[str, Any]:
        """Return what one term adds; most count for several causes, as the same contribution."""
        made = self.counted.get(id(one))
        if made is None:
            said = self.expression(one.term.when)
            made = self.counted[id(one)] = {
                "when": said["when"],
                "holds": one.holds,
                "text": said["text"],
                "log_odds": one.log,
                "basis": one.term.basis,
                "sources": self.sources(one.term.sources),
            }
        return made

    def expression(self, node: Node) -> dict[str, str]:
        """Return an expression as text and in words; most are in the sums of several causes, as the same tree."""
        made = self.said.get(id(node))
        if made is None:
            made = self.said[id(node)] = {"when": render(node), "text": describe(node, self.knowledge)}
        return made

    def rule_out(self, one: RuleOut) -> dict[str, Any]:
        words = self.knowledge.words
        name = one.estimate.id
        return {
            "cause": name,
            "name": words("causes", name, "name"),
            "probability": one.estimate.probability,
            "low": one.estimate.low,
            "high": one.estimate.high,
            "threshold": one.threshold,
            "rules": [rule.id for rule in one.rules],
            "how": words("causes", name, "rule_out"),
            "work_up": words("causes", name, "work_up"),
        }

    def named(self, kind: str, one: Estimate) -> dict[str, Any]:
        record = (self.knowledge.contributors if kind == "contributors" else self.knowledge.events)[one.id]
        return {
            "id": one.id,
            "name": self.knowledge.words(kind, one.id, "name"),
            "probability": one.probability,
            "low": one.low,
            "high": one.high,
            "evidence": record.evidence,
            "sources": self.sources(record.sources),
        }

    def change(self, one: Change) -> dict[str, Any]:
        return {
            "add": {f: list(v) if isinstance(v, tuple) else v for f, v in one.add.items()},
            "to": one.to.id,
            "see": one.see,
            "rule": one.rule.id,
            "text": listed(
                [describe_answer(f, v, self.knowledge) for f, v in one.add.items()], self.knowledge, how="both"
            ),
        }

    def watch(self, one: Watch) -> dict[str, Any]:
        return {
            "finding": one.finding,
            "text": self.label(one.finding),
            "then": one.then.id,
            "see": one.see,
            "rule": one.rule.id,
        }

    def label(self, finding: str) -> str:
        return self.knowledge.words("findings", finding, "label")

    def plain(self, finding: str) -> Any:
        value = self.answers.get(finding)
        return list(value) if isinstance(value, tuple) else value

    def sources(self, refs: tuple[Any, ...]) -> list[dict[str, str]]:
        return [{"id": ref.id, "at": ref.at, "cites_as": self.cites_as(ref.id)} for ref in refs]

    def cites_as(self, source: str) -> str:
        if source == "judgement":
            return "judgement"
        return str(self.knowledge.sources[source].get("cites_as") or self.knowledge.sources[source]["title"])
