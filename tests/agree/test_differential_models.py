"""The models of the experiment (docs/adr/0010) are the ones they say: against pyAgrum and plain enumeration."""

from __future__ import annotations

from itertools import combinations, product
from random import Random
from typing import Any, TypeAlias

import numpy as np
import pytest
from benchmarks.differential_models.either import either
from benchmarks.differential_models.evidence import Evidence, Floats, read
from benchmarks.differential_models.guarded import guarded
from benchmarks.differential_models.noisy_or import CAP, leaks, links, noisy_or, pairs, quickscore, two_causes
from benchmarks.differential_models.one_cause import one_cause
from benchmarks.differential_models.own_odds import own_odds
from benchmarks.peers.pyagrum_net import pyagrum
from benchmarks.people import drawn

from unclench.knowledge import Knowledge
from unclench.reasoning import differential
from unclench.reasoning.triage import effective_answers

Network: TypeAlias = tuple[Floats, Floats, Floats]
"""Odds, leaks, and the chance that a cause fails to bring a finding."""

CAUSES = 5


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.load()


@pytest.fixture(scope="module")
def evidence(knowledge: Knowledge) -> list[Evidence]:
    random = Random(20261122)
    cases = [drawn(knowledge, random, share=share) for share in (0.02, 0.05, 0.1, 0.2, 0.6)]
    return [read(knowledge, effective_answers(case, knowledge)) for case in cases]


def small(seed: int) -> Network:
    random = np.random.default_rng(seed)
    findings = int(random.integers(1, 5))
    odds = random.uniform(0.001, 1.5, CAUSES)
    keep = np.where(random.random((findings, CAUSES)) < 0.7, random.uniform(0.1, 1, (findings, CAUSES)), 1.0)
    return odds, random.uniform(0.002, 0.3, findings), keep


def by_pyagrum(model: Network, most: int) -> list[float]:
    """Return the posterior of every cause, if there are between one and `most` of them."""
    odds, leak, keep = model
    net = pyagrum.BayesNet()
    names = [f"cause_{place}" for place in range(len(odds))]
    for name, one in zip(names, odds, strict=True):
        net.add(pyagrum.LabelizedVariable(name, "", 2))
        net.cpt(name).fillWith([1 / (1 + one), one / (1 + one)])

    def below(node: str, chance: Any) -> None:
        net.add(pyagrum.LabelizedVariable(node, "", 2))
        for name in names:
            net.addArc(name, node)
        for there in product((0, 1), repeat=len(names)):
            p = chance(np.array(there))
            net.cpt(node)[dict(zip(names, there, strict=True))] = [1 - p, p]

    for place, (base, row) in enumerate(zip(leak, keep, strict=True)):
        below(f"finding_{place}", lambda there, base=base, row=row: 1 - (1 - base) * np.prod(row**there))
    below("some", lambda there: float(1 <= there.sum() <= most))
    engine = pyagrum.LazyPropagation(net)
    engine.setEvidence({"some": 1, **{f"finding_{place}": 1 for place in range(len(leak))}})
    engine.makeInference()
    return [float(engine.posterior(name)[1]) for name in names]


@pytest.mark.parametrize("seed", range(12))
def test_quickscore_and_pairs_equal_pyagrum(seed: int) -> None:
    model = small(seed)
    assert quickscore(*model) == pytest.approx(by_pyagrum(model, CAUSES), abs=1e-12)
    assert pairs(*model) == pytest.approx(by_pyagrum(model, 2), abs=1e-12)


def test_a_wrong_leak_is_noticed() -> None:
    odds, leak, keep = small(3)
    assert quickscore(odds, leak * 1.001, keep) != pytest.approx(by_pyagrum((odds, leak, keep), CAUSES), abs=1e-8)


def test_no_finding_leaves_the_prior_given_some_cause() -> None:
    odds = np.array([0.5, 0.01])
    none = 1 / (1.5 * 1.01)
    assert quickscore(odds, np.empty(0), np.empty((0, 2))) == pytest.approx(odds / (1 + odds) / (1 - none), abs=1e-12)


def test_more_findings_than_the_cap_fall_back_to_two_causes(evidence: list[Evidence]) -> None:
    beyond = [one for one in evidence if len(links(one)[1]) > CAP]
    assert beyond
    assert len(beyond) < len(evidence)
    for one in evidence:
        model = links(one)
        assert noisy_or(one) == pytest.approx(pairs(*model) if one in beyond else quickscore(*model))
        assert two_causes(one) == pytest.approx(pairs(*model))


def test_leaks_leave_room_for_every_ratio(knowledge: Knowledge) -> None:
    assert all(0 < leak <= 0.95 for leak in leaks(knowledge).values())


def test_one_cause_is_the_differential(knowledge: Knowledge, evidence: list[Evidence]) -> None:
    for one in evidence:
        estimates = {e.id: e.probability for e in differential.causes(knowledge, one.answers)}
        assert one_cause(one) == pytest.approx([estimates[name] for name in sorted(estimates)], abs=1e-12)


def test_own_odds_are_the_sums_by_hand(evidence: list[Evidence]) -> None:
    for one in evidence:
        odds = []
        for prior, score in zip(one.priors, one.scores.values(), strict=True):
            terms = [c.log for c in score.counted]
            odds.append(prior / (1 - prior) * np.exp(sum(terms)))
        assert own_odds(one) == pytest.approx([o / (1 + o) for o in odds], rel=1e-9)
        kept = guarded(one)
        assert (kept >= one_cause(one)).all()
        assert (kept[~one.serious] == one_cause(one)[~one.serious]).all()


def test_either_equals_enumeration_of_all_pairs(evidence: list[Evidence]) -> None:
    for one in evidence[:3]:
        assert either(one) == pytest.approx(enumerated(one), rel=1e-9)


def enumerated(one: Evidence) -> list[float]:
    base: list[float] = []
    signs: list[dict[str, float]] = []
    for prior, score in zip(one.priors, one.scores.values(), strict=True):
        told = [
            (min((f for f in one.knowledge.mentions(c.term.when) if one.answers.get(f) is True), default=""), c)
            for c in score.counted
        ]
        by_sign: dict[str, float] = {}
        rest = prior / (1 - prior)
        for sign, c in told:
            if sign and c.holds:
                by_sign[sign] = by_sign.get(sign, 0.0) + c.log
            else:
                rest *= np.exp(c.log)
        base.append(rest)
        signs.append(by_sign)
    total, marginal = 0.0, [0.0] * len(base)
    for some in [(place,) for place in range(len(base))] + list(combinations(range(len(base)), 2)):
        weight = float(np.prod([base[place] for place in some]))
        for sign in {s for place in some for s in signs[place]}:
            weight *= float(np.exp(max(signs[place].get(sign, 0.0) for place in some)))
        total += weight
        for place in some:
            marginal[place] += weight
    return [weight / total for weight in marginal]
