"""pyAgrum's exact posterior of the same model: a Bayes net with the cause above every term that counts."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its generated bindings warn while they are imported
    pyagrum: Any = import_module("pyagrum")  # it has no types

__all__ = ["Network", "network", "posterior"]


@dataclass(frozen=True, slots=True)
class Network:
    """A Bayes net of one node for the cause and one below it for each expression that counts."""

    net: Any
    causes: tuple[str, ...]
    evidence: Mapping[str, int]


def network(priors: Mapping[str, float], evidence: Iterable[Mapping[str, float]]) -> Network:
    """Build the Bayes net.

    Args:
        priors: cause id to log prior.
        evidence: for each observation, cause id to log likelihood ratio. Only ratios between causes matter, so the
            conditional probabilities are the ratios, scaled into (0, 1).
    """
    causes = tuple(priors)
    net = pyagrum.BayesNet()
    net.add(pyagrum.LabelizedVariable("cause", "", list(causes)))
    net.cpt("cause").fillWith([math.exp(priors[cause]) for cause in causes])
    net.cpt("cause").normalize()
    observed: dict[str, int] = {}
    for place, ratios in enumerate(evidence):
        name = f"evidence_{place}"
        net.add(pyagrum.LabelizedVariable(name, "", 2))
        net.addArc("cause", name)
        scale = max(0.0, *ratios.values()) + 0.01
        likely = numpy.array([math.exp(ratios.get(cause, 0.0) - scale) for cause in causes])
        net.cpt(name)[:] = numpy.column_stack([1 - likely, likely])
        observed[name] = 1
    return Network(net, causes, observed)


def posterior(model: Network) -> dict[str, float]:
    """Return the exact posterior of every cause, as pyAgrum's LazyPropagation finds it."""
    engine = pyagrum.LazyPropagation(model.net)
    engine.setTargets({"cause"})
    engine.setEvidence(dict(model.evidence))
    engine.makeInference()
    return dict(zip(model.causes, engine.posterior("cause").tolist(), strict=True))
