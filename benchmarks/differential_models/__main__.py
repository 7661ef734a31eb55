"""`python -m benchmarks.differential_models [PEOPLE [SEED]]`: measure every model and print the tables as Markdown."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np
from tools.vignette_report import outcomes

from benchmarks.differential_models.either import either
from benchmarks.differential_models.evidence import Evidence, Floats, read
from benchmarks.differential_models.guarded import by_range, guarded
from benchmarks.differential_models.measures import Crowd, Shown, figures, hidden, paired
from benchmarks.differential_models.noisy_or import CAP, links, noisy_or, two_causes
from benchmarks.differential_models.one_cause import one_cause
from benchmarks.differential_models.own_odds import own_odds
from benchmarks.differential_models.people import GENERATORS, Person
from unclench.knowledge import Disposition, Knowledge
from unclench.reasoning import Case
from unclench.reasoning.triage import effective_answers, triage_answers

PEOPLE = 4000
SEED = 20261121

Model = Callable[[Evidence], Floats]
noisy_or_against: Model = partial(noisy_or, against=True)
MODELS: Mapping[str, tuple[Model, Model]] = {
    "one_cause": (one_cause, one_cause),
    "own_odds": (own_odds, own_odds),
    "noisy_or": (noisy_or, noisy_or),
    "noisy_or_against": (noisy_or_against, noisy_or_against),
    "two_causes": (two_causes, two_causes),
    "either": (either, either),
    "guarded": (one_cause, guarded),
    "by_range": (one_cause, by_range),
    "guarded_for": (one_cause, partial(guarded, against=False)),
}
"""Name to what ranks the causes, and what the serious ones are judged by."""


def main(size: int, seed: int) -> int:
    """Measure and print."""
    knowledge = Knowledge.load()
    print(f"{size} people a generator, seed {seed}, pack `{knowledge.hash[:19]}`.\n")
    for number, (name, draw) in enumerate(GENERATORS.items()):
        print(f"### Generator `{name}`\n")
        crowd, shown = measured(knowledge, list(draw(knowledge, size, seed + number)), by_presence=name == "shared")
        simulated(crowd, shown)
    vignettes(knowledge)
    return 0


def measured(knowledge: Knowledge, people: list[Person], *, by_presence: bool) -> tuple[Crowd, dict[str, Shown]]:
    """Run every model on every person."""
    causes = sorted(knowledge.causes)
    shown: dict[str, tuple[list[Floats], list[Floats]]] = {name: ([], []) for name in MODELS}
    spent = dict.fromkeys((*MODELS, "reading"), 0.0)
    by_rule, priors, beyond = [], [], 0
    for person in people:
        answers = effective_answers(Case(answers=person.answers), knowledge)
        start = process_time()
        evidence = read(knowledge, answers)
        spent["reading"] += process_time() - start
        for name, (rank, judge) in MODELS.items():
            start = process_time()
            ranked = rank(evidence)
            judged = ranked if judge is rank else judge(evidence)
            spent[name] += process_time() - start
            shown[name][0].append(ranked)
            shown[name][1].append(judged)
        fired = [r for r in triage_answers(knowledge, answers).fired if r.disposition >= Disposition.URGENT]
        by_rule.append([any(cause in rule.suspects for rule in fired) for cause in causes])
        priors.append(evidence.priors)
        beyond += len(links(evidence)[1]) > CAP
    thresholds = [knowledge.causes[cause].test_threshold for cause in causes]
    crowd = Crowd(
        there=np.array([one.there for one in people]),
        truth=np.array([one.truth for one in people]),
        by_presence=by_presence,
        prior=np.array(priors),
        serious=np.array([one is not None for one in thresholds]),
        threshold=np.array([2.0 if one is None else one for one in thresholds]),
        by_rule=np.array(by_rule),
        natural=np.array([one.natural for one in people]),
    )
    print(f"Two or more causes: {(crowd.there.sum(axis=1) > 1).mean():.0%} of people. ", end="")
    print(f"Beyond the cap of {CAP} present findings: {beyond / len(people):.1%}. ", end="")
    each = ", ".join(f"{name} {1e6 * value / len(people):.0f} us" for name, value in spent.items())
    print(f"Processor time a person: {each}.\n")
    made = {name: Shown(np.array(both[0]), np.array(both[1])) for name, both in shown.items()}
    made["the exact posterior"] = Shown(crowd.truth, crowd.truth)
    return crowd, made


def simulated(crowd: Crowd, shown: Mapping[str, Shown]) -> None:
    """Print the figures of every model on one crowd."""
    rows = {name: figures(crowd, one) for name, one in shown.items()}
    heads = list(rows["one_cause"])
    print(f"| model | {' | '.join(heads)} | hidden: difference from now, two standard errors |")
    print("|---" * (len(heads) + 2) + "|")
    now = hidden(crowd, shown["one_cause"])
    for name, row in rows.items():
        apart, error = paired(hidden(crowd, shown[name]), now)
        cells = [f"{value:.0f}" if head == "of pairs" else f"{value:.3f}" for head, value in row.items()]
        print(f"| `{name}` | {' | '.join(cells)} | {apart:+.3f} ± {2 * error:.3f} |")
    print(flush=True)


def vignettes(knowledge: Knowledge) -> None:
    """Print how often the expected cause of a vignette comes first and in the first three, and what an answer costs."""
    causes = sorted(knowledge.causes)
    print("### Vignettes, after the interview\n")
    print("| model | set | first | in the first three | serious expected cause below 1 % | log score of the expected |")
    print("|---|---|---|---|---|---|")
    terms: list[int] = []
    tables: list[int] = []
    for held_out in (False, True):
        done = outcomes(knowledge, held_out=held_out)
        seen = [read(knowledge, effective_answers(one.interview.result.case, knowledge)) for one in done]
        terms += [len(next(iter(one.interview.result.causes)).counted) for one in done]
        tables += [2 ** min(CAP, len(links(one)[1])) for one in seen]
        for name, (rank, judge) in MODELS.items():
            first = three = below = 0
            score = 0.0
            for one, evidence in zip(done, seen, strict=True):
                ranked, judged = rank(evidence), judge(evidence)
                wanted = [causes.index(cause) for cause in one.vignette.causes]
                place = min(int((ranked > ranked[cause]).sum()) for cause in wanted)
                first, three = first + (place == 0), three + (place < 3)
                below += bool(evidence.serious[wanted[0]] and judged[wanted[0]] < 0.01)
                score -= np.log(max(1e-6, min(1.0, ranked[wanted].sum()))) / len(done)
            which = "held out" if held_out else "main"
            print(f"| `{name}` | {which} | {first}/{len(done)} | {three}/{len(done)} | {below} | {score:.3f} |")
    print(f"\nTerms of the sum of the first cause: median {np.median(terms):.0f}. ", end="")
    print(f"Terms of Quickscore: median {np.median(tables):.0f}, greatest {max(tables)}.\n")
    print("Lines of code: " + ", ".join(f"`{name}` {code_lines(name)}" for name in sorted(_MODEL_FILES)) + ".")


_MODEL_FILES = ("one_cause", "own_odds", "guarded", "noisy_or", "either")


def code_lines(model: str) -> int:
    """Return how many lines of a model's file are neither blank nor documentation."""
    text = (Path(__file__).parent / f"{model}.py").read_text(encoding="utf-8")
    documented: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            documented.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return sum(bool(line.strip()) and place not in documented for place, line in enumerate(text.splitlines(), 1))


if __name__ == "__main__":
    size, seed = [*map(int, sys.argv[1:]), *(PEOPLE, SEED)[len(sys.argv) - 1 :]]
    raise SystemExit(main(size, seed))
