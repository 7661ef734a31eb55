"""The full trace of one case: every rule with its truth and what it still waits for, and every cause's sum."""

from __future__ import annotations

from unclench.logic import Truth, live_findings, render
from unclench.reasoning.assessment import assess
from unclench.reasoning.case import Case
from unclench.reasoning.differential import prior_of
from unclench.reasoning.explanation import facts
from unclench.reasoning.triage import answers_in_reach, effective_answers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from unclench.knowledge import Knowledge

__all__ = ["explain"]


def explain(knowledge: Knowledge, case: Case | Mapping[str, Any]) -> dict[str, Any]:
    """Return why a case is assessed as it is, down to each rule and each term.

    Args:
        knowledge: the pack.
        case: a `Case`, or its JSON form.

    Returns:
        JSON-able: `assessment`, `rules` (id, text, truth, the facts it rests on or the findings it waits for),
        and `sums` (for each cause: log prior, terms, total log weight, probability).

    Raises:
        CaseError: the JSON form is not a case.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> trace = explain(Knowledge.load(), {"findings": {"saddle_numbness": True}})
        >>> [rule["rule"] for rule in trace["rules"] if rule["truth"] == "true"][0]
        'saddle_numbness_new'
    """
    if not isinstance(case, Case):
        case = Case.from_data(case, knowledge)
    said = effective_answers(case, knowledge)
    answers = answers_in_reach(said, knowledge)
    result = assess(knowledge, case)
    rules = []
    for rule in sorted(knowledge.rules, key=knowledge.precedence):
        truth = knowledge.evaluate[rule.when](answers)
        rules.append(
            {
                "rule": rule.id,
                "when": render(rule.when),
                "truth": truth.name.lower(),
                "disposition": rule.disposition.id,
                "facts": facts(knowledge, rule, case.answers) if truth is Truth.TRUE else [],
                "waits_for": sorted(live_findings(rule.when, answers, knowledge.evaluate)),
                "sources": [{"id": ref.id, "at": ref.at} for ref in rule.sources],
            }
        )
    priors = prior_of(knowledge, said)
    sums = [
        {
            "cause": one.id,
            "log_prior": priors[one.id].log,
            "terms": [
                {"when": render(c.term.when), "holds": c.holds, "log_odds": c.log, "basis": c.term.basis}
                for c in one.counted
            ],
            "log_weight": priors[one.id].log + sum(c.log for c in one.counted),
            "probability": one.probability,
        }
        for one in result.causes
    ]
    order = {"true": 0, "unknown": 1, "false": 2}
    rules.sort(key=lambda one: order[str(one["truth"])])
    return {"assessment": result.to_data(), "rules": rules, "sums": sums}
