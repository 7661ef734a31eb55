"""Simulated people whose causes are known. Three generators, each from the pack's numbers; nobody in them exists.

- `one`: one cause, from the priors; each answer by itself, given the cause, a yes as likely as leak times ratio.
  Favours `one_cause`. True is the exact posterior.
- `several`: each cause by itself, from the priors, at least one; each yes by noisy-OR. Favours `noisy_or`. True is the
  exact posterior, by Quickscore.
- `shared`: one cause or two, evenly; of two, the stronger ratio counts for each answer; a severity shared by all
  answers; all weights of a world of 50 people drawn from their ranges. Favours none. True is whether a cause is there;
  beside it stands the exact posterior of somebody who knows the weights of that world.

In each, half of the people are *natural* (causes from the priors of a random age band and setting) and half *enriched*
(the first cause is any, evenly): rare causes would otherwise hardly be met. What is asked does not depend on the
answers: all danger screens, and a quarter of the other questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks.differential_models.evidence import Floats
from benchmarks.differential_models.noisy_or import CAP, MOST, Ratios, leaks, quickscore
from unclench.knowledge import Finding, Knowledge
from unclench.knowledge.records import Stratum
from unclench.logic import Answer, Compare, Node, Truth
from unclench.logic.nodes import children

__all__ = ["GENERATORS", "Person", "Table"]

Random: TypeAlias = np.random.Generator

ASKED = 0.25
WORLD = 50
SEVERITY = 0.7  # log odds of every yes that one standard deviation of severity adds: judgement
NODES, SHARES = np.polynomial.hermite_e.hermegauss(7)
"""Severities in standard deviations, and how much each stands for: the integral over severity as a sum."""

CONTEXT = ("sex", "back_pain")
"""Drawn first; `several` takes them as given."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody simulated.

    Attributes:
        answers: finding id to answer, with age and setting.
        there: which causes they have, in alphabetical order.
        truth: the exact posterior of each cause.
        natural: whether the causes were drawn from the priors.
    """

    answers: dict[str, Answer]
    there: npt.NDArray[np.bool_]
    truth: Floats
    natural: bool


class Table:
    """How likely each answer is for each cause, in one world.

    Args:
        knowledge: the pack.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        ratios = Ratios(knowledge)
        self.causes = ratios.causes
        self.leak = leaks(knowledge)
        self.options: dict[str, tuple[Answer, ...]] = {}
        limits = _limits(knowledge)
        asked = [f for f in knowledge.findings.values() if f.supplied_by == "person" and f.id not in ("age", "setting")]
        for one in asked:
            self.options[one.id] = _options(one, limits.get(one.id, ()))
        self._chances: dict[str, Floats] = {}
        self._of_pairs: dict[str, Floats] = {}
        self._ratios = {f: [ratios(f, value) for value in values] for f, values in self.options.items()}
        self.logs = {f: np.array([log for log, _ in both]) for f, both in self._ratios.items()}
        self.priors = {one.id: np.exp([one.priors[cause].log for cause in self.causes]) for one in knowledge.strata}
        screened = {f for screen in knowledge.screens if screen.stage == "danger" for f in screen.findings}
        parents = {
            f: [n for n in (knowledge.findings[f].only_if, knowledge.findings[f].follows_from) if n]
            for f in self.options
        }
        self.grounds = {f: nodes for f, nodes in parents.items() if nodes}
        needed = {m for nodes in self.grounds.values() for node in nodes for m in knowledge.mentions(node)}
        self.always = screened | needed | set(CONTEXT)
        self.order = sorted(self.options, key=lambda f: (f not in CONTEXT, self._depth(f)))

    def _depth(self, finding: str) -> int:
        """Return how many questions lead to this one: it is drawn after them."""
        nodes = self.grounds.get(finding, [])
        return max((1 + self._depth(m) for node in nodes for m in self.knowledge.mentions(node)), default=0)

    def world(self, random: Random) -> Table:
        """Return another table, with every weight and prior drawn from its range."""
        made = object.__new__(Table)
        made.__dict__.update(self.__dict__)
        made.logs = {
            f: np.array([log + np.sqrt(v) * random.standard_normal(len(log)) for log, v in both])
            for f, both in self._ratios.items()
        }
        made._chances, made._of_pairs = {}, {}
        made.priors = {}
        for one in self.knowledge.strata:
            spread = np.sqrt([one.priors[cause].variance for cause in self.causes])
            drawn = self.priors[one.id] * np.exp(spread * random.standard_normal(len(spread)))
            made.priors[one.id] = drawn / drawn.sum()
        return made

    def yes(self, finding: str, logs: Floats) -> Floats:
        """Return the chance of a yes, from log ratios."""
        chance: Floats = np.minimum(MOST, self.leak[finding] * np.exp(logs))
        return chance

    def chances(self, finding: str) -> Floats:
        """Return the chance of each answer: one row an answer, one column a cause."""
        if finding not in self._chances:
            self._chances[finding] = self._of(finding)
        return self._chances[finding]

    def _of(self, finding: str) -> Floats:
        logs = self.logs[finding]
        if self.is_yes_or_no(finding):
            yes = self.yes(finding, logs[0])
            return np.stack([yes, 1 - yes])
        weights = np.exp(logs)
        shares: Floats = weights / weights.sum(axis=0)
        return shares

    def of_pairs(self, finding: str) -> Floats:
        """Return the log chance of each answer at each severity, for each two causes (one of them, on the diagonal).

        Shape: answers, severities, causes, causes.
        """
        if finding not in self._of_pairs:
            logs = self.logs[finding]
            one, other = logs[:, :, None], logs[:, None, :]
            strongest = np.where(np.abs(one) >= np.abs(other), one, other)
            if self.is_yes_or_no(finding):
                odds = self.yes(finding, strongest[0])
                odds = odds / (1 - odds) * np.exp(SEVERITY * NODES)[:, None, None]
                made = -np.log1p(np.stack([1 / odds, odds]))
            else:
                weights = np.exp(strongest)
                made = np.log(weights / weights.sum(axis=0))[:, None]
            self._of_pairs[finding] = made
        return self._of_pairs[finding]

    def is_yes_or_no(self, finding: str) -> bool:
        """Tell whether the finding has a leak: it is yes/no, and not given as context."""
        return self.options[finding] == (True, False) and finding not in CONTEXT

    def start(self, random: Random) -> tuple[Stratum, dict[str, Answer]]:
        """Return a stratum, and an age and setting in it."""
        stratum = self.knowledge.strata[random.integers(len(self.knowledge.strata))]
        last = min(stratum.last_age, 95)
        return stratum, {"age": int(random.integers(stratum.first_age, last + 1)), "setting": stratum.setting}

    def applies(self, finding: str, answers: Mapping[str, Answer]) -> bool:
        """Tell whether a question can hold and comes up."""
        read = self.knowledge.evaluate
        return all(read[node](answers) is Truth.TRUE for node in self.grounds.get(finding, ()))


def one(table: Table, random: Random, *, natural: bool) -> Person:
    """Draw somebody with one cause, from the pack's own model."""
    stratum, answers = table.start(random)
    prior = table.priors[stratum.id]
    cause = int(random.choice(len(prior), p=prior if natural else None))
    logs = np.log(prior)
    for finding in table.order:
        if not _is_asked(table, finding, random) or not table.applies(finding, answers):
            continue
        chances = table.chances(finding)
        place = _drawn(chances[:, cause], random)
        answers[finding] = table.options[finding][place]
        logs += np.log(chances[place])
    weights = np.exp(logs - logs.max())
    return Person(answers, np.arange(len(prior)) == cause, weights / weights.sum(), natural)


def several(table: Table, random: Random, *, natural: bool) -> Person | None:
    """Draw somebody with one or more causes by noisy-OR; None with more present findings than can be solved."""
    stratum, answers = table.start(random)
    prior = table.priors[stratum.id]
    odds = prior / (1 - prior)
    for finding in CONTEXT:
        place = int(random.integers(2)) if finding == "sex" else int(random.random() > 0.8)
        answers[finding] = table.options[finding][place]
        odds = odds * np.exp(table.logs[finding][place])
    there = np.zeros(len(prior), bool)
    if not natural:
        there[random.integers(len(prior))] = True
    there |= random.random(len(prior)) < odds / (1 + odds)
    while not there.any():
        there = random.random(len(prior)) < odds / (1 + odds)
    leak, keep = [], []
    for finding in table.order:
        if finding in answers or table.options[finding] != (True, False):
            continue
        if not _is_asked(table, finding, random) or not table.applies(finding, answers):
            continue
        base = table.leak[finding]
        kept = np.minimum(1.0, (1 - table.yes(finding, table.logs[finding][0])) / (1 - base))
        answers[finding] = bool(random.random() >= (1 - base) * np.prod(kept[there]))
        if not answers[finding]:
            odds = odds * kept
        elif (kept < 1).any():
            leak.append(base)
            keep.append(kept)
    if len(leak) > CAP:
        return None
    truth = quickscore(odds, np.array(leak), np.array(keep).reshape(len(leak), len(odds)))
    return Person(answers, there, truth, natural)


def shared(table: Table, random: Random, *, natural: bool) -> Person:
    """Draw somebody with one or two causes, whose answers share a severity."""
    stratum, answers = table.start(random)
    prior = table.priors[stratum.id]
    first = int(random.choice(len(prior), p=prior if natural else None))
    there = np.arange(len(prior)) == first
    if random.random() < 0.5:
        rest = np.where(there, 0.0, prior)
        there[random.choice(len(prior), p=rest / rest.sum())] = True
    severity = SEVERITY * random.standard_normal()
    for finding in table.order:
        if not _is_asked(table, finding, random) or not table.applies(finding, answers):
            continue
        logs = table.logs[finding][:, there]
        strongest = np.take_along_axis(logs, np.abs(logs).argmax(axis=1)[:, None], axis=1)[:, 0]
        options = table.options[finding]
        if table.is_yes_or_no(finding):
            chance = float(table.yes(finding, strongest[:1])[0])
            answers[finding] = bool(random.random() < 1 / (1 + (1 / chance - 1) * np.exp(-severity)))
        else:
            answers[finding] = options[_drawn(np.exp(strongest), random)]
    return Person(answers, there, _of_one_or_two(table, prior, answers), natural)


def _of_one_or_two(table: Table, prior: Floats, answers: Mapping[str, Answer]) -> Floats:
    """Return the exact posterior of each cause in `shared`, if the weights of the world are known."""
    pair = prior[:, None] * prior / (1 - prior[:, None])
    np.fill_diagonal(pair, prior)
    logs = np.log(SHARES)[:, None, None] + np.log(pair)
    for finding, answer in answers.items():
        if finding in table.options:
            logs = logs + table.of_pairs(finding)[table.options[finding].index(answer)]
    weights = np.exp(logs - logs.max()).sum(axis=0)
    apart = weights + weights.T
    np.fill_diagonal(apart, weights.diagonal())
    shares: Floats = apart.sum(axis=1) / weights.sum()
    return shares


def _people(
    draw: Callable[..., Person | None], knowledge: Knowledge, size: int, seed: int, *, worlds: bool = False
) -> Iterator[Person]:
    random = np.random.default_rng(seed)
    certain = table = Table(knowledge)
    made = 0
    while made < size:
        if worlds and made % WORLD == 0:
            table = certain.world(random)
        person = draw(table, random, natural=made % 2 == 0)
        if person is not None:
            made += 1
            yield person


Draw: TypeAlias = Callable[[Knowledge, int, int], Iterable[Person]]

GENERATORS: Mapping[str, Draw] = {
    "one": lambda knowledge, size, seed: _people(one, knowledge, size, seed),
    "several": lambda knowledge, size, seed: _people(several, knowledge, size, seed),
    "shared": lambda knowledge, size, seed: _people(shared, knowledge, size, seed, worlds=True),
}
"""Generator to a function of the pack, how many people, and a seed."""


def _is_asked(table: Table, finding: str, random: Random) -> bool:
    return bool(random.random() < ASKED) or finding in table.always


def _drawn(weights: Floats, random: Random) -> int:
    """Return a place, by weight."""
    running = weights.cumsum()
    return int(np.searchsorted(running, random.random() * running[-1], side="right"))


def _options(finding: Finding, limits: Iterable[float]) -> tuple[Answer, ...]:
    """Return the answers that are told apart; of a number, one between each two limits."""
    if finding.kind == "boolean":
        return (True, False)
    if finding.kind != "number":
        return tuple((word,) if finding.kind == "regions" else word for word in finding.choices)
    top = min(finding.maximum, 2 * max(limits, default=finding.maximum))
    edges = sorted({finding.minimum, *limits, top})
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    return tuple(int(one) if finding.integer else one for one in middles)


def _limits(knowledge: Knowledge) -> Mapping[str, set[float]]:
    """Return the numbers that the terms compare each finding with."""
    found: dict[str, set[float]] = {}
    pending: list[Any] = [term.when for cause in knowledge.causes.values() for term in cause.terms]
    pending += knowledge.evaluate.predicates.values()
    while pending:
        node: Node = pending.pop()
        if isinstance(node, Compare):
            found.setdefault(node.finding, set()).add(node.value)
        pending += children(node)
    return found
