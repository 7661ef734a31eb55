"""`unclench knowledge`: check the records, look at one, see what rests on what, count."""

from __future__ import annotations

import json
import sys
from collections import Counter
from functools import lru_cache
from pathlib import Path

from unclench.errors import UnclenchError, near_match
from unclench.knowledge import Knowledge
from unclench.knowledge.records import Hypothesis
from unclench.logic import Defined, Node, render
from unclench.logic.nodes import children
from unclench.reasoning.number_table import all_numbers, as_csv, numbers_data, selected

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from typing import Any

__all__ = ["coverage", "graph", "run", "show", "stats"]


def run(options: argparse.Namespace) -> int:
    """Do one of check, show, graph, stats, numbers, coverage. Return 1 if coverage is under 100%, else 0."""
    if options.what == "check" and options.folder and not Path(options.folder).exists():
        raise UnclenchError(f"{options.folder}: there is no such folder. Name a knowledge folder or a pack.")
    knowledge = Knowledge.load(options.folder)
    if options.what == "check":
        data = knowledge.data
        print(
            f"All records are in order: {len(data['rules'])} rules, {len(data['findings'])} findings, "
            f"{len(data['causes'])} causes, {len(data['exercises'])} exercises, "
            f"{len(data['sources'])} sources.\npack {knowledge.hash}"
        )
    elif options.what == "show":
        print(json.dumps(show(knowledge, options.id), ensure_ascii=False, indent=2))
    elif options.what == "graph":
        print("\n".join(graph(knowledge, options.id)))
    elif options.what == "numbers":
        print(_numbers(knowledge, options), end="")
    elif options.what == "coverage":
        covered = coverage(knowledge)
        print(json.dumps(covered, indent=2) if options.format == "json" else "\n".join(_coverage_lines(covered)))
        sys.stdout.flush()
        return 0 if covered["whole"] else 1
    else:
        counted = stats(knowledge)
        if options.format == "json":
            print(json.dumps(counted, indent=2))
        else:
            for name, value in counted.items():
                print(f"{name.replace('_', ' '):<44} {value}")
    sys.stdout.flush()
    return 0


def _numbers(knowledge: Knowledge, options: argparse.Namespace) -> str:
    """Return the numbers that fit as CSV or JSON."""
    if options.source and options.source != "judgement" and options.source not in knowledge.sources:
        hint = near_match(options.source, knowledge.sources)
        raise UnclenchError(f'"{options.source:.40}" is no source.{hint} See: unclench knowledge show SOURCE')
    if options.record:
        _found(knowledge, options.record)
    chosen = {name: getattr(options, name) for name in ("kind", "basis", "source", "record")}
    numbers = selected(all_numbers(knowledge), **chosen)
    if options.format == "csv":
        return as_csv(knowledge, numbers).replace("\r\n", "\n")
    return json.dumps(numbers_data(knowledge, numbers), ensure_ascii=False, indent=2) + "\n"


def _records(knowledge: Knowledge) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield (kind, id, record) of everything that has an id."""
    data = knowledge.data
    kinds = (
        "findings",
        "screens",
        "rules",
        "causes",
        "contributors",
        "events",
        "strata",
        "exercises",
        "phases",
        "tracks",
    )
    for kind in (*kinds, "treatments", "medicines", "medicine_groups"):
        for record in data[kind]:
            yield kind, record["id"], record
    for name, record in data["sources"].items():
        yield "sources", name, record
    for text in data["claims"]:
        for record in text["claims"]:
            yield "claims", record["id"], {"text": text["id"], **record}
    for name, record in data["predicates"].items():
        yield "predicates", name, {"when": record}


def _found(knowledge: Knowledge, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    found = [(kind, record) for kind, other, record in _records(knowledge) if other == name]
    if not found:
        hint = near_match(name, [other for _, other, _ in _records(knowledge)])
        raise UnclenchError(f'"{name}" is no record.{hint} See: unclench findings, or docs/reference/.')
    return found


def show(knowledge: Knowledge, name: str) -> dict[str, Any]:
    """Return the records of that id by kind, with their words, expressions as text, and what rests on a source.

    Raises:
        UnclenchError: no record has that id.
    """
    made: dict[str, Any] = {}
    for kind, record in _found(knowledge, name):
        made[kind] = _readable(knowledge, dict(record))
        wording_kind = {"rules": "red_flags"}.get(kind, kind)
        words = knowledge.data["wording"]["en"].get(wording_kind, {}).get(name)
        if words:
            made[kind]["words"] = words
        if kind == "sources":
            made[kind]["rests_on_it"] = [
                f"{k}: {other}" for k, other, text in _as_text(knowledge) if k != "sources" and f'["{name}", ' in text
            ]
    return made


@lru_cache(maxsize=1)
def _as_text(knowledge: Knowledge) -> tuple[tuple[str, str, str], ...]:
    """Return (kind, id, JSON) of every record; made once for whoever shows many."""
    return tuple((kind, name, json.dumps(record)) for kind, name, record in _records(knowledge))


def _readable(knowledge: Knowledge, record: dict[str, Any]) -> dict[str, Any]:
    expressions = knowledge.data["expressions"]
    from unclench.logic import from_data

    for key in ("when", "only_if", "indication"):
        value = record.get(key)
        if isinstance(value, int):
            record[key] = render(from_data(expressions[value]))
        elif isinstance(value, list):
            record[key] = render(from_data(value))
    for key in ("terms", "contraindications", "rules", "doses"):
        if key in record:
            record[key] = [_readable(knowledge, dict(part)) for part in record[key]]
    return record


def graph(knowledge: Knowledge, name: str) -> Iterator[str]:
    """Yield a Graphviz graph of what a record rests on and what rests on it.

    Raises:
        UnclenchError: no record has that id.
    """
    _found(knowledge, name)
    yield "digraph unclench {"
    yield "  rankdir=LR; node [shape=box, fontname=sans];"
    yield f'  "{name}" [style=bold];'
    for start, end in sorted({edge for edge in _all_edges(knowledge) if name in edge}):
        yield f'  "{start}" -> "{end}";'
    yield "}"


@lru_cache(maxsize=1)
def _all_edges(knowledge: Knowledge) -> tuple[tuple[str, str], ...]:
    """Return every edge; found once for whoever draws many."""
    return tuple(dict.fromkeys(_edges(knowledge)))


def _edges(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Yield (what, what rests on it) for all records; sources, findings and predicates come before what uses them."""
    for rule in knowledge.rules:
        yield from ((name, rule.id) for name in _named(knowledge, rule.when))
        yield from ((ref.id, rule.id) for ref in rule.sources)
        yield from ((rule.id, cause) for cause in rule.suspects)
    for kind in (knowledge.causes, knowledge.contributors, knowledge.events):
        for one in kind.values():
            for term in one.terms:
                yield from ((name, one.id) for name in _named(knowledge, term.when))
                yield from ((ref.id, one.id) for ref in term.sources)
            if isinstance(one, Hypothesis):
                yield from ((ref.id, one.id) for ref in one.sources)
    for predicate, node in knowledge.evaluate.predicates.items():
        yield from ((name, predicate) for name in _named(knowledge, node))
    for finding in knowledge.findings.values():
        if finding.only_if is not None:
            yield from ((name, finding.id) for name in _named(knowledge, finding.only_if))
    for screen in knowledge.screens:
        yield from ((name, screen.id) for name in screen.findings)
    for exercise in knowledge.exercises.values():
        needed = [exercise.indication] if exercise.indication is not None else []
        for condition in (*needed, *(limit.when for limit in exercise.contraindications)):
            yield from ((name, exercise.id) for name in _named(knowledge, condition))
        yield from ((ref.id, exercise.id) for ref in exercise.sources)
        yield from ((exercise.id, other) for other in (exercise.harder,) if other is not None)
    for stratum in knowledge.strata:
        yield from ((stratum.id, cause) for cause in stratum.priors)


def _named(knowledge: Knowledge, node: Node) -> Iterator[str]:
    """Yield every finding an expression looks at, and every predicate it names itself."""
    yield from knowledge.mentions(node)
    inside = [node]
    while inside:
        one = inside.pop()
        if isinstance(one, Defined):
            yield one.predicate
        inside += children(one)


def coverage(knowledge: Knowledge) -> dict[str, Any]:
    """Return, for each audited article and in all, its sentences, those mapped, and its claims by verdict.

    Returns:
        `texts` and `all`, with counts; `unmapped` numbers of each text; `whole` = every sentence of every text is
        mapped, and there is one.
    """
    verdicts = list(knowledge.data["wording"]["en"]["claim_verdicts"])
    texts: list[dict[str, Any]] = []
    for text in knowledge.claim_texts.values():
        counted = Counter(claim.verdict for claim in text.claims)
        silent = {number for numbers, _ in text.nothing for number in numbers}
        texts.append(
            {
                "text": text.id,
                "sentences": len(text.sentences),
                "mapped": len(text.mapped),
                "claim_nothing": len(silent),
                "unmapped": sorted(set(text.sentences) - text.mapped),
                "claims": len(text.claims),
                "verdicts": {verdict: counted[verdict] for verdict in verdicts},
            }
        )
    numbers = ("sentences", "mapped", "claim_nothing", "claims")
    return {
        "texts": texts,
        "all": {
            **{name: sum(one[name] for one in texts) for name in numbers},
            "verdicts": {verdict: sum(one["verdicts"][verdict] for one in texts) for verdict in verdicts},
        },
        "whole": bool(texts) and not any(one["unmapped"] for one in texts),
    }


def _coverage_lines(covered: Mapping[str, Any]) -> Iterator[str]:
    verdicts = list(covered["all"]["verdicts"])
    heads = ("sentences", "mapped", "claims", *(verdict.replace("_", " ") for verdict in verdicts))
    yield f"{'text':<22}" + "".join(f"  {head:>{max(8, len(head))}}" for head in heads)
    for one in (*covered["texts"], {"text": "all", **covered["all"]}):
        values = (one["sentences"], one["mapped"], one["claims"], *(one["verdicts"][verdict] for verdict in verdicts))
        yield f"{one['text']:<22}" + "".join(
            f"  {value:>{max(8, len(head))}}" for head, value in zip(heads, values, strict=True)
        )
    for one in covered["texts"]:
        if one["unmapped"]:
            yield f"{one['text']}: not mapped: {', '.join(map(str, one['unmapped']))}. Give each a claim, or a reason."
    total = covered["all"]
    share = 100 * total["mapped"] / total["sentences"] if total["sentences"] else 0
    yield f"{share:.1f}% of the sentences are mapped; {total['claim_nothing']} of them claim nothing, with a reason."


def stats(knowledge: Knowledge) -> dict[str, int | str]:
    """Return counts of records, and of numbers by where they come from."""
    data = knowledge.data
    terms = [t for kind in ("causes", "contributors", "events") for one in data[kind] for t in one["terms"]]
    ratios = [(t["basis"], t) for t in terms for side in ("present", "absent") if t[side]]
    basis = Counter(name for name, _ in ratios)
    doses = Counter(dose["basis"] for one in data["exercises"] for dose in one["phases"].values())
    rows = {row for t in terms for row in (t["row"] if isinstance(t["row"], list) else [t["row"]]) if row is not None}
    return {
        "rules": len(data["rules"]),
        "rows_of_the_evidence_table_covered_by_rules": len({rule["code"] for rule in data["rules"]}),
        "emergency_rules": sum(rule["disposition"] == "emergency" for rule in data["rules"]),
        "rules_resting_on_memory_only": sum(rule["from_memory"] for rule in data["rules"]),
        "rules_reviewed_by_a_clinician": sum(rule["status"] == "reviewed" for rule in data["rules"]),
        "findings": len(data["findings"]),
        "findings_a_person_can_answer": sum(f["supplied_by"] == "person" for f in data["findings"]),
        "findings_only_an_examination_gives": sum(f["supplied_by"] != "person" for f in data["findings"]),
        "causes": len(data["causes"]),
        "serious_causes": sum(c["serious"] for c in data["causes"]),
        "contributors": len(data["contributors"]),
        "kinds_of_episode": len(data["events"]),
        "likelihood_ratios_published": basis["published"],
        "likelihood_ratios_derived": basis["derived"],
        "likelihood_ratios_judged": basis["judgement"],
        "likelihood_ratios_from_memory": sum(bool(t["from_memory"]) for _, t in ratios),
        "likelihood_ratios_by_proxy": sum(bool(t["proxy"]) for _, t in ratios),
        "rows_of_the_accuracy_table_used": len(rows),
        "rows_of_the_accuracy_table_set_aside": data["accuracy_rows_set_aside"],
        "priors_written": data["prior_counts"]["written"],
        "priors_published": data["prior_counts"]["published"],
        "priors_derived": data["prior_counts"]["derived"],
        "priors_judged": data["prior_counts"]["judgement"],
        "exercises": len(data["exercises"]),
        "exercises_that_some_trial_speaks_to": sum(one["certainty"] != "none" for one in data["exercises"]),
        "exercises_resting_on_memory_only": sum(one["from_memory"] for one in data["exercises"]),
        "exercise_contraindications": sum(len(one["contraindications"]) for one in data["exercises"]),
        "exercise_doses_published": doses["published"],
        "exercise_doses_judged": doses["judgement"],
        **_plan_stats(data),
        "lay_articles_audited": len(data["claims"]),
        "claims_of_lay_articles": len(knowledge.claims),
        "sources": len(data["sources"]),
        "sources_whose_identifier_was_seen": sum(bool(s["identifier_seen"]) for s in data["sources"].values()),
        "pack": knowledge.hash,
    }


def _plan_stats(data: Mapping[str, Any]) -> dict[str, int]:
    """Return counts of what plans are made of: how much of it has a source, a grade and a number."""
    treatments, medicines = data["treatments"], data["medicines"]
    effects = [effect for one in treatments for effect in (*one["effects"], *one["harms"])]
    # An action is one thing to do in one phase of one kind of plan.
    actions = [one for one in treatments for roles in one["tracks"].values() for _ in roles]
    doses = Counter(dose["basis"] for one in medicines for dose in one["doses"])
    rules = [rule for one in (*medicines, *data["medicine_groups"]) for rule in one["rules"]]
    return {
        "kinds_of_plan": len(data["tracks"]),
        "phases_of_a_plan": len(data["phases"]),
        "treatments": len(treatments),
        "treatments_that_a_plan_may_hold": sum(any(one["tracks"].values()) for one in treatments),
        "treatments_with_a_published_source": sum(_has_source(one["sources"]) for one in treatments),
        "treatments_whose_grade_a_review_gave": sum(one["certainty"][1] == "published" for one in treatments),
        "treatments_that_no_study_grades": sum(one["certainty"][0] == "none" for one in treatments),
        "treatment_contraindications": sum(len(one["contraindications"]) for one in treatments),
        "actions": len(actions),
        "actions_with_a_published_source": sum(_has_source(one["sources"]) for one in actions),
        "effects_and_harms": len(effects),
        "effects_and_harms_with_a_number": sum(not one["unknown"] for one in effects),
        "effects_and_harms_unknown": sum(one["unknown"] for one in effects),
        "effects_and_harms_from_memory": sum(one["from_memory"] for one in effects),
        "medicines": len(medicines),
        "classes_of_medicines": len(data["medicine_groups"]),
        "medicine_rules": len(rules),
        "medicine_rules_from_memory": sum(rule["from_memory"] for rule in rules),
        "medicine_doses_published": doses["published"],
        "medicine_doses_derived": doses["derived"],
        "medicine_doses_judged": doses["judgement"],
    }


def _has_source(refs: list[list[str]]) -> bool:
    return any(ref[0] != "judgement" for ref in refs)
