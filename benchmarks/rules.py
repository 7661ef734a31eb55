"""How long do all rules take on one person, beside the plainest walk of the same trees?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks.measure import Row, in_turns
from benchmarks.peers.walk import walk
from benchmarks.people import people
from unclench.knowledge import Knowledge
from unclench.logic import Answer, together
from unclench.reasoning import Case, triage

__all__ = ["measure"]


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield, for each person, all rules at once and one by one, and the whole triage; then what making the first costs.

    Raises:
        RuntimeError: the walk and Unclench disagree, so that they did not do the same work.
    """
    data = knowledge.data
    trees = [data["expressions"][rule["when"]] for rule in data["rules"]]
    evaluators = [knowledge.evaluate[rule.when] for rule in knowledge.rules]
    at_once = together([rule.when for rule in knowledge.rules], knowledge.evaluate)
    for name, case in people(knowledge).items():
        answers = dict(case.answers)
        walked = [walk(one, answers, data["predicates"]) for one in trees]
        if not walked == [int(one(answers)) for one in evaluators] == [int(truth) for truth in at_once(answers)]:
            raise RuntimeError(f"the readings disagree about {name}")
        times = in_turns(
            {
                "at once": lambda answers=answers: at_once(answers),  # type: ignore[misc]
                "one by one": _rules(evaluators, answers),
                "triage": _triage(knowledge, case),
                "walk": _walk(trees, answers, data["predicates"]),
            },
            repeats=300,
        )
        for how in ("at once", "one by one"):
            yield Row(f"all {len(trees)} rules {how} ({name})", times[how], "s", "naive walk", times["walk"])
        yield Row(f"triage ({name})", times["triage"], "s", "naive walk, rules only", times["walk"])
    made = in_turns({"make": lambda: together([rule.when for rule in knowledge.rules], knowledge.evaluate)}, repeats=25)
    yield Row("making the code that reads all rules at once", made["make"], "s")


def _rules(evaluators: list[Callable[[Mapping[str, Answer]], Any]], answers: dict[str, Answer]) -> Callable[[], object]:
    return lambda: [evaluate(answers) for evaluate in evaluators]


def _triage(knowledge: Knowledge, case: Case) -> Callable[[], object]:
    return lambda: triage(knowledge, case)


def _walk(trees: list[Any], answers: dict[str, Answer], predicates: Mapping[str, Any]) -> Callable[[], object]:
    return lambda: [walk(tree, answers, predicates) for tree in trees]
