"""The probabilities equal those of pyAgrum, of the same sums in sixty decimal places, and of the records' own numbers.

The oracles read the pack's plain data and the YAML; none of them uses `unclench.reasoning` or `unclench.logic`. What
they cannot tell is whether the model is right, only whether it is the one that the records say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import numpy
import pytest
import yaml
from benchmarks.peers.pyagrum_net import network, posterior
from benchmarks.peers.walk import FALSE, TRUE, UNKNOWN, Evidence, counted, shared, walk
from benchmarks.people import drawn
from numpy.typing import NDArray

from unclench.knowledge import Knowledge
from unclench.logic import NOT_APPLICABLE, UNSURE, Answer
from unclench.reasoning import differential
from unclench.reasoning.case import ABOUT
from unclench.reasoning.differential import Estimate

Answers: TypeAlias = dict[str, Answer]
Terms: TypeAlias = dict[str, list[Evidence]]

ROOT = Path(__file__).resolve().parents[2] / "knowledge"
SHARES = (0.0, 0.05, 0.15, 0.3, 0.6, 1.0)
PEOPLE = 72
NORMAL_95 = Decimal("1.959964")
SAME = 1e-9


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.load()


@pytest.fixture(scope="module")
def people(knowledge: Knowledge) -> list[Answers]:
    """People from a fixed seed: from nothing said to everything, a third of them of known age and setting."""
    random = Random(20261121)
    made = []
    for number in range(PEOPLE):
        answers = dict(drawn(knowledge, random, share=SHARES[number % len(SHARES)]).answers)
        if number % 3 == 0:
            stratum = random.choice(knowledge.strata)
            answers |= {"age": stratum.last_age, "setting": stratum.setting}
        if number % 12 == 1:  # everything speaks for one cause
            terms = random.choice(knowledge.data["causes"])["terms"]
            nodes = [knowledge.data["expressions"][t["when"]] for t in terms if t["present"] and t["present"][0] > 0]
            answers |= {node[1]: True for node in nodes if node[0] == "present"}
        for finding in knowledge.findings:
            if finding not in (*answers, *ABOUT) and random.random() < 0.1:
                answers[finding] = NOT_APPLICABLE
        made.append(answers)
    return made


def terms_of(knowledge: Knowledge, answers: Answers) -> Terms:
    return {one["id"]: counted(knowledge.data, one, answers) for one in knowledge.data["causes"]}


def priors_of(knowledge: Knowledge, answers: Answers) -> dict[str, float]:
    return {cause: weight.log for cause, weight in differential.prior_of(knowledge, answers).items()}


def by_pyagrum(priors: Mapping[str, float], terms: Terms) -> dict[str, float]:
    return posterior(network(priors, shared(terms)))


def apart(oracle: Mapping[str, float], estimates: Sequence[Estimate]) -> float:
    """Return the greatest difference; both must name the same causes."""
    assert oracle.keys() == {one.id for one in estimates}
    return max(abs(oracle[one.id] - one.probability) for one in estimates)


# pyAgrum


def test_the_posterior_equals_that_of_pyagrum(knowledge: Knowledge, people: list[Answers]) -> None:
    assert len(people) >= 60
    for answers in people:
        oracle = by_pyagrum(priors_of(knowledge, answers), terms_of(knowledge, answers))
        assert apart(oracle, differential.causes(knowledge, answers)) < SAME, answers


def test_the_people_reach_every_part_of_the_sum(knowledge: Knowledge, people: list[Answers]) -> None:
    """Otherwise the agreement above would show little."""
    data = knowledge.data
    truths = [walk(node, answers, data["predicates"]) for answers in people for node in data["expressions"]]
    assert {truths.count(value) > 1000 for value in (FALSE, UNKNOWN, TRUE)} == {True}
    assert any(UNSURE in answers.values() for answers in people)
    assert any(NOT_APPLICABLE in answers.values() for answers in people)
    assert any("age" not in answers or "setting" not in answers for answers in people)
    ungrouped = [{**cause, "terms": [{**term, "group": None} for term in cause["terms"]]} for cause in data["causes"]]
    weakened = sum(
        len(counted(data, free, answers)) > len(counted(data, cause, answers))
        for answers in people
        for free, cause in zip(ungrouped, data["causes"], strict=True)
    )
    assert weakened > 100
    tops = [max(one.probability for one in differential.causes(knowledge, answers)) for answers in people]
    assert min(tops) < 0.5
    assert max(tops) > 0.99


def changed_models(knowledge: Knowledge, answers: Answers) -> Iterator[tuple[str, dict[str, float], Terms]]:
    """Yield (what is wrong, priors, terms) of models that differ from the right one in one thing."""
    priors, terms = priors_of(knowledge, answers), terms_of(knowledge, answers)
    likeliest = differential.causes(knowledge, answers)[0].id
    first, *rest = terms[likeliest]
    yield "one ratio, by a millionth", priors, {**terms, likeliest: [replace(first, log=first.log + 1e-6), *rest]}
    yield "one term left out", priors, {**terms, likeliest: rest}
    yield "one prior, by a millionth", {**priors, likeliest: priors[likeliest] + 1e-6}, terms
    no_groups: Terms = {}
    no_absent: Terms = {}
    weakest: Terms = {}
    for cause in knowledge.data["causes"]:
        alone = {**cause, "terms": [{**term, "group": None} for term in cause["terms"]]}
        no_groups[cause["id"]] = counted(knowledge.data, alone, answers)
        no_absent[cause["id"]] = [one for one in terms[cause["id"]] if one.holds]
        by_sign = {**cause, "terms": [{**term, "group": term["group"] and "all"} for term in cause["terms"]]}
        weakest[cause["id"]] = counted(knowledge.data, by_sign, answers)
    yield "no group rule", priors, no_groups
    yield "what is absent left out", priors, no_absent
    yield "all groups taken for one", priors, weakest
    as_no = {**dict.fromkeys(knowledge.findings, False), **{f: v for f, v in answers.items() if v != UNSURE}}
    yield "unknown taken for no", priors, terms_of(knowledge, as_no)


def test_a_model_that_is_wrong_in_one_thing_is_noticed(knowledge: Knowledge, people: list[Answers]) -> None:
    open_minded = [a for a in people if differential.causes(knowledge, a)[0].probability < 0.9 and len(a) > 40]
    answers = open_minded[0]
    estimates = differential.causes(knowledge, answers)
    seen = {wrong: apart(by_pyagrum(p, t), estimates) for wrong, p, t in changed_models(knowledge, answers)}
    assert len(seen) == 7
    assert min(seen.values()) > 10 * SAME, seen


# The same sums, in sixty decimal places


def exact_prior(knowledge: Knowledge, answers: Answers) -> dict[str, tuple[Decimal, Decimal]]:
    """Return cause to (log prior, variance): of the stratum, or the mean over all that could apply."""
    age, setting = answers.get("age", UNSURE), answers.get("setting", UNSURE)
    fitting = [
        one["priors"]
        for one in knowledge.data["strata"]
        if (isinstance(age, str) or one["ages"][0] <= int(str(age)) <= one["ages"][1])
        and setting in (UNSURE, one["setting"])
    ]
    made = {}
    for cause in fitting[0]:
        logs = [Decimal(priors[cause][0]) for priors in fitting]
        mean = sum((log.exp() for log in logs), Decimal()) / len(logs)
        centre = sum(logs, Decimal()) / len(logs)
        spread = sum(((log - centre) ** 2 for log in logs), Decimal()) / len(logs)
        within = sum((Decimal(priors[cause][1]) for priors in fitting), Decimal()) / len(logs)
        made[cause] = (mean.ln(), within + spread)
    return made


def exact_sums(
    knowledge: Knowledge, kind: str, priors: Mapping[str, tuple[Decimal, Decimal]], answers: Answers
) -> dict[str, tuple[Decimal, Decimal]]:
    """Return hypothesis to (log weight, variance)."""
    made = {}
    for record in knowledge.data[kind]:
        terms = counted(knowledge.data, record, answers)
        log, variance = priors[record["id"]]
        made[record["id"]] = (
            log + sum((Decimal(one.log) for one in terms), Decimal()),
            variance + sum((Decimal(one.variance) for one in terms), Decimal()),
        )
    return made


def exact_estimates(
    sums: Mapping[str, tuple[Decimal, Decimal]], *, exclusive: bool
) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """Return hypothesis to (probability, low, high), by the formula in the documentation of `differential`."""
    weights = {name: log.exp() for name, (log, _) in sums.items()}
    made = {}
    for name, (_, own) in sums.items():
        others = {n: w for n, w in weights.items() if n != name} if exclusive else {"not": Decimal(1)}
        rest = sum(others.values(), Decimal())
        variance = own + sum(((w / rest) ** 2 * sums[n][1] for n, w in others.items() if n in sums), Decimal())
        reach = NORMAL_95 * variance.sqrt()
        odds = weights[name] / rest
        low, middle, high = (odds * (sign * reach).exp() for sign in (-1, 0, 1))
        made[name] = (middle / (1 + middle), low / (1 + low), high / (1 + high))
    return made


def unknown_terms(knowledge: Knowledge, kind: str, name: str, answers: Answers) -> int:
    data = knowledge.data
    terms = next(one["terms"] for one in data[kind] if one["id"] == name)
    return sum(walk(data["expressions"][t["when"]], answers, data["predicates"]) == UNKNOWN for t in terms)


@pytest.mark.parametrize("kind", ["causes", "events", "contributors"])
def test_probabilities_and_ranges_equal_the_same_sums_in_sixty_places(
    knowledge: Knowledge, people: list[Answers], kind: str
) -> None:
    stated = {one["id"]: one.get("prior") for one in knowledge.data[kind]}
    with localcontext() as context:
        context.prec = 60
        for answers in people[::3] + people[1::6]:
            priors = (
                exact_prior(knowledge, answers)
                if kind == "causes"
                else {name: (Decimal(log), Decimal(variance)) for name, (log, variance) in stated.items()}
            )
            sums = exact_sums(knowledge, kind, priors, answers)
            exact = exact_estimates(sums, exclusive=kind != "contributors")
            estimates: list[Estimate] = getattr(differential, kind)(knowledge, answers)
            assert exact.keys() == {one.id for one in estimates}
            for one, following in pairwise(estimates):  # what differs by last digits alone stands by its name
                apart = one.probability - following.probability
                assert apart > 0 or (abs(apart) <= 1e-9 * one.probability and one.id < following.id)
            for one in estimates:
                assert len(one.open) == unknown_terms(knowledge, kind, one.id, answers)
                found = (one.probability, one.low, one.high)
                assert found == pytest.approx([float(value) for value in exact[one.id]], rel=1e-9, abs=1e-12), one.id


def test_a_cause_that_is_certain_in_floating_point_keeps_its_sums(knowledge: Knowledge) -> None:
    """No pack comes near it; the sums must not fail there, nor lose what is left for the other causes."""
    data = json.loads(json.dumps(dict(knowledge.data)))
    cause = data["causes"][0]
    term = next(one for one in cause["terms"] if data["expressions"][one["when"]][0] == "present")
    term.update(present=[60.0, 0.1], group=None)
    certain = Knowledge(json.dumps(data))
    answers: Answers = {"age": 42, "setting": "primary_care", data["expressions"][term["when"]][1]: True}
    with localcontext() as context:
        context.prec = 60
        sums = exact_sums(certain, "causes", exact_prior(certain, answers), answers)
        exact = exact_estimates(sums, exclusive=True)
        first, *others = differential.causes(certain, answers)
        assert (first.id, first.probability) == (cause["id"], 1.0)
        assert first.low == pytest.approx(1)
        assert first.high == 1
        for one in others:
            found = (one.probability, one.low, one.high)
            assert found == pytest.approx([float(value) for value in exact[one.id]], rel=1e-9, abs=0)


# The weights, from the records themselves


def record(folder: str, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / folder / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


def exact_weight(ratio: Mapping[str, Any], side: Any, model: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return log and variance of one side of a written ratio: bounded, softened if it is a proxy."""
    if side is None:
        return None
    numbers = {"value": model["strengths"][side]} if isinstance(side, str) else side
    value, low, high = (None if (n := numbers.get(k)) is None else Decimal(str(n)) for k in ("value", "low", "high"))
    assert value is not None
    exponent = Decimal(str(model["proxy_exponent"])) if ratio.get("proxy") else Decimal(1)
    least, most = Decimal(str(model["ratio_floor"])), Decimal(str(model["ratio_cap"]))
    log = (least if value < least else most if value > most else value).ln() * exponent
    judged = ratio["basis"] == "judgement"
    spread = Decimal(str(model["spread_of_judgement" if judged else "spread_without_interval"]))
    deviation = spread.ln() / NORMAL_95
    if low and high is not None:
        deviation = (high / low).ln() / (2 * NORMAL_95)
    return float(log), float((deviation * exponent) ** 2)


@pytest.mark.parametrize("kind", ["causes", "events", "contributors"])
def test_every_weight_is_the_written_ratio_within_its_bounds(knowledge: Knowledge, kind: str) -> None:
    model = record(".", "model")
    least, most = model["ratio_floor"], model["ratio_cap"]
    beyond = compared = 0
    for one in knowledge.data[kind]:
        written = record(kind, one["id"])["likelihood_ratios"]
        for ratio, term in zip(written, one["terms"], strict=False):  # shared ratios and patterns of rules follow
            for side in ("present", "absent"):
                expected = exact_weight(ratio, ratio.get(side), model)
                found = term[side]
                assert (found is None) == (expected is None), (one["id"], ratio)
                if expected is not None:
                    assert found == pytest.approx(expected, rel=1e-12, abs=1e-15), (one["id"], ratio)
                    compared += 1
                    beyond += isinstance(ratio[side], dict) and not least < ratio[side]["value"] < most
        for term in one["terms"]:
            for weight in (term["present"], term["absent"]):
                assert weight is None or math.log(least) <= weight[0] <= math.log(most), (one["id"], term)
    assert compared > 50
    assert beyond or kind != "causes", "no written ratio lies beyond the bounds, so this shows nothing of them"


def test_every_stratum_holds_its_written_priors(knowledge: Knowledge) -> None:
    strata = {one["id"]: one for one in knowledge.data["strata"]}
    written = {name: record("priors", name) for name in strata}
    values = {
        name: {cause: Decimal(str(prior["value"])) for cause, prior in one["priors"].items()}
        for name, one in written.items()
        if "priors" in one
    }
    for name, one in written.items():
        if "priors" not in one:
            raised = one.get("multiply", {})
            base = values[one["base"]]
            values[name] = {c: value * Decimal(str(raised.get(c, 1))) for c, value in base.items()}
    for name, one in strata.items():
        total = sum(values[name].values(), Decimal())
        expected = {cause: float((value / total).ln()) for cause, value in values[name].items()}
        assert {cause: log for cause, (log, _) in one["priors"].items()} == pytest.approx(expected, rel=1e-12)


# The ranges, by drawing the weights

DRAWS = 20_000
Draws: TypeAlias = NDArray[numpy.float64]


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def drawn_ranges(logs: Draws, deviations: Draws, seed: int) -> Draws:
    """Return the 2.5% and 97.5% points of logit p of every cause, of log weights drawn independently."""
    random = numpy.random.default_rng(seed)
    logs = logs + deviations * random.standard_normal((DRAWS, logs.shape[-1]))
    weights = numpy.exp(logs - logs.max(axis=1, keepdims=True))
    rest = weights.sum(axis=1, keepdims=True) - weights
    ends: Draws = numpy.quantile(numpy.log(weights) - numpy.log(rest), (0.025, 0.975), axis=0)
    return ends


def gaps(estimates: Sequence[Estimate], names: Sequence[str], ranges: Draws) -> list[tuple[float, float, float]]:
    """Return (low, high, width): how far the drawn ends lie from the stated ones, in halves of the stated width."""
    found = []
    for one in estimates:
        if 1e-5 < one.probability < 1 - 1e-5:
            low, high = (float(end) for end in ranges[:, names.index(one.id)])
            half = (logit(one.high) - logit(one.low)) / 2
            found.append(((low - logit(one.low)) / half, (high - logit(one.high)) / half, (high - low) / 2 / half))
    assert found
    return found


@pytest.mark.parametrize(("age", "setting"), [(42, "primary_care"), (70, "emergency_department"), (8, "community")])
def test_ranges_are_those_of_drawn_weights(knowledge: Knowledge, people: list[Answers], age: int, setting: str) -> None:
    """The delta method is first order, so it may miss by some: ends by 0.9 of half the width, widths by 20%."""
    for seed, answers in enumerate(people[1::12]):
        answers = {**answers, "age": age, "setting": setting}
        scores = differential.scores(knowledge, answers)
        logs = numpy.array([one.log for one in scores.values()])
        deviations = numpy.sqrt([one.variance for one in scores.values()])
        ranges = drawn_ranges(logs, deviations, seed)
        found = gaps(differential.causes(knowledge, answers), list(scores), ranges)
        assert max(max(abs(low), abs(high)) for low, high, _ in found) < 0.9
        assert all(0.8 < width < 1.2 for _, _, width in found)
        halved = drawn_ranges(logs, deviations / 2, seed)
        assert all(width < 0.8 for _, _, width in gaps(differential.causes(knowledge, answers), list(scores), halved))


def test_without_age_and_setting_ranges_cover_the_mixture(knowledge: Knowledge, people: list[Answers]) -> None:
    """Drawn from the strata themselves, not from their mean: stated ranges are no narrower, by 20% at the most."""
    random = numpy.random.default_rng(3)
    for seed, answers in enumerate(people[:6]):
        answers = {f: v for f, v in answers.items() if f not in ("age", "setting")}
        scores = differential.scores(knowledge, answers)
        stratum = random.integers(len(knowledge.strata), size=DRAWS)
        priors = numpy.array([[one.priors[c].log for c in scores] for one in knowledge.strata])[stratum]
        variances = numpy.array([[one.priors[c].variance for c in scores] for one in knowledge.strata])[stratum]
        ratios = numpy.array([one.log - one.prior.log for one in scores.values()])
        own = numpy.array([one.variance - one.prior.variance for one in scores.values()])
        ranges = drawn_ranges(priors + ratios, numpy.sqrt(variances + own), seed)
        found = gaps(differential.causes(knowledge, answers), list(scores), ranges)
        assert max(max(abs(low), abs(high)) for low, high, _ in found) < 1
        assert max(width for _, _, width in found) < 1.2
