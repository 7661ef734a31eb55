"""Both solvers at once, one process each; what they say must agree. Makes the certificate."""

from __future__ import annotations

import json
import math
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty
from typing import Any, Final

from unclench import __version__
from unclench.errors import UnclenchError
from unclench.knowledge import Finding, Knowledge
from unclench.proof.properties import PROPERTIES, Property
from unclench.proof.prover import GoalResult, Prover, Result
from unclench.proof.solvers import SOLVERS

__all__ = ["FAILING", "Certificate", "Proved", "answer_sets", "certify", "verdict"]

FAILING: Final = ("refuted", "empty", "solvers disagree", "unproved")
"""The verdicts with which no knowledge may be released."""

_GOOD: Final = {"always": "proved", "somewhere": "proved", "report": "told", "boundary": "shown", "checked": "tested"}


@dataclass(slots=True)
class Proved:
    """One property with what each solver says of it."""

    promise: Property
    results: dict[str, Result] = field(default_factory=dict)
    verdict: str = ""

    def goals(self, outcome: str) -> list[GoalResult]:
        """Return the goals of that outcome, as the first solver saw them."""
        first = next(iter(self.results.values()), None)
        return [goal for goal in first.goals if goal.outcome == outcome] if first else []

    @property
    def asked(self) -> int:
        """How many goals it has."""
        return max((len(result.goals) for result in self.results.values()), default=0)


@dataclass(slots=True)
class Certificate:
    """Everything that one run showed about one pack."""

    knowledge: Knowledge
    proved: list[Proved]
    versions: dict[str, str] = field(default_factory=dict)
    shadows: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether nothing failed."""
        return not any(one.verdict in FAILING for one in self.proved)

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form of the certificate."""
        return {
            "format": 1,
            "pack": self.knowledge.hash,
            "version": __version__,
            "solvers": self.versions,
            "holds": self.holds,
            "rules": len(self.knowledge.rules),
            "findings": len(self.knowledge.findings),
            "answer_sets_power_of_ten": answer_sets(self.knowledge),
            "seconds": round(self.seconds, 1),
            "properties": [self._property(one) for one in self.proved],
            "shadowed_by": self.shadows,
        }

    def _property(self, one: Proved) -> dict[str, Any]:
        data: dict[str, Any] = {
            "id": one.promise.id,
            "says": one.promise.says,
            "verdict": one.verdict,
            "goals": one.asked,
            "seconds": {name: round(result.seconds, 2) for name, result in one.results.items()},
            "solver_seconds": {name: round(result.solving, 2) for name, result in one.results.items()},
        }
        if one.promise.kind == "report":
            outcome = "holds" if one.promise.id == "rivals" else "fails"
            data["named"] = [goal.name for goal in one.goals(outcome)]
        elif one.verdict in FAILING:
            data["failed"] = [g.name for result in one.results.values() for g in result.goals if g.outcome != "holds"]
        notes = [goal.note for goal in one.goals("holds") if goal.note]
        return data | ({"notes": notes} if notes else {})


def certify(
    knowledge: Knowledge,
    *,
    properties: tuple[Property, ...] = PROPERTIES,
    progress: Callable[[str, Result], None] | None = None,
) -> Certificate:
    """Prove everything with both solvers at the same time.

    Args:
        knowledge: the pack.
        properties: what to prove.
        progress: told of each property that a solver has finished with.

    Raises:
        UnclenchError: a solver is missing, stopped, or could not decide.
    """
    begun = time.monotonic()
    certificate = Certificate(knowledge, [Proved(promise) for promise in properties])
    by_id = {one.promise.id: one for one in certificate.proved}
    context = multiprocessing.get_context("spawn")
    queue: Any = context.Queue()
    text = json.dumps(knowledge.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    wanted = [promise.id for promise in properties]
    workers = {name: context.Process(target=_work, args=(name, text, wanted, queue), daemon=True) for name in SOLVERS}
    for worker in workers.values():
        worker.start()
    try:
        running = set(SOLVERS)
        while running:
            try:
                name, what, told = queue.get(timeout=1)
            except Empty:
                dead = [name for name in running if not workers[name].is_alive()]
                if dead and queue.empty():
                    raise UnclenchError(f"{dead[0]} stopped without an answer, so nothing is proved.") from None
                continue
            if what == "result":
                by_id[told.property].results[name] = told
                if progress is not None:
                    progress(name, told)
            elif what == "done":
                certificate.versions[name], certificate.shadows = told
                running.discard(name)
            else:
                raise UnclenchError(f"{name}: {told}")
    finally:
        for worker in workers.values():
            worker.terminate()
            worker.join()
    for one in certificate.proved:
        one.verdict = verdict(one, knowledge)
    certificate.seconds = time.monotonic() - begun
    return certificate


def _work(solver: str, text: str, wanted: list[str], queue: Any) -> None:
    """One process: all properties with one solver."""
    shadowed: list[str] = []
    try:
        prover = Prover(Knowledge(text), solver)
        for promise in PROPERTIES:
            if promise.id in wanted:
                result = prover.prove(promise)
                queue.put((solver, "result", result))
                if promise.id == "decides":
                    shadowed = [goal.name for goal in result.goals if goal.outcome == "fails"]
        rules = {rule.id: rule for rule in prover.knowledge.rules}
        shadows = {name: prover.shadows(rules[name]) for name in shadowed}
        queue.put((solver, "done", (prover.session.version, shadows)))
    except Exception as error:
        queue.put((solver, "fault", str(error) or type(error).__name__))


def verdict(one: Proved, knowledge: Knowledge) -> str:
    """Return in a word or two what is to be said of a property."""
    promise = one.promise
    if promise.needs and not any(knowledge.data.get(kind) for kind in promise.needs):
        return "not yet applicable"
    if not one.asked:
        return "unproved"
    said = [{goal.name: goal.outcome for goal in result.goals} for result in one.results.values()]
    if any(other != said[0] for other in said[1:]) or len(said) != len(SOLVERS):
        return "solvers disagree"
    if promise.kind == "report":
        return _GOOD[promise.kind]
    outcomes = set(said[0].values())
    if "fails" in outcomes:
        return "refuted"
    return "empty" if "empty" in outcomes else _GOOD[promise.kind]


def answer_sets(knowledge: Knowledge) -> int:
    """Return how many answer sets there are, as a power of ten; numbers with a fraction count in tenths."""
    return int(sum(math.log10(_states(finding)) for finding in knowledge.findings.values()))


def _states(finding: Finding) -> float:
    """In how many ways one finding can be answered, unanswered and "not sure" included."""
    match finding.kind:
        case "boolean":
            definite = 2.0
        case "choice":
            definite = len(finding.choices)
        case "regions":
            definite = 2.0 ** len(finding.choices)
        case "number":
            definite = (finding.maximum - finding.minimum) * (1 if finding.integer else 10) + 1
    return definite + 2
