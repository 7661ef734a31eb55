"""How long do all rules take on one person, beside the plainest walk of the same trees?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks.measure import Row, in_turns
from benchmarks.peers.walk import walk
from benchmarks.people import people
from unclench.knowledge import Knowledge
from unclench.logic import Answer
from unclench.reasoning import Case, triage

__all__ = ["measure"]


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield, for each person, all rules alone and the whole triage.

    Raises:
        RuntimeError: the walk and Unclench disagree, so that they did not do the same work.
    """
    data = knowledge.data
    trees = [data["expressions"][rule["when"]] for rule in data["rules"]]
    evaluators = [knowledge.evaluate[rule.when] for rule in knowledge.rules]
    for name, case in people(knowledge).items():
        answers = dict(case.answers)
        if [int(one(answers)) for one in evaluators] != [walk(one, answers, data["predicates"]) for one in trees]:
            raise RuntimeError(f"the readings disagree about {name}")
        times = in_turns(
            {
                "rules": _rules(evaluators, answers),
                "triage": _triage(knowledge, case),
                "walk": _walk(trees, answers, data["predicates"]),
            },
            repeats=25,
            loops=20,
        )
        yield Row(f"all {len(trees)} rules ({name})", times["rules"], "s", "naive walk", times["walk"])
        yield Row(f"triage ({name})", times["triage"], "s", "naive walk, rules only", times["walk"])


def _rules(evaluators: list[Callable[[Mapping[str, Answer]], Any]], answers: dict[str, Answer]) -> Callable[[], object]:
    return lambda: [evaluate(answers) for evaluate in evaluators]


def _triage(knowledge: Knowledge, case: Case) -> Callable[[], object]:
    return lambda: triage(knowledge, case)


def _walk(trees: list[Any], answers: dict[str, Answer], predicates: Mapping[str, Any]) -> Callable[[], object]:
    return lambda: [walk(tree, answers, predicates) for tree in trees]
