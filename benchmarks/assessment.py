"""Is one whole assessment (urgency, causes, next question) cheaper than pyAgrum's posterior of the causes alone?"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Row, in_turns
from benchmarks.peers.pyagrum_net import network, posterior
from benchmarks.peers.walk import counted, shared
from benchmarks.people import people
from unclench.knowledge import Knowledge
from unclench.reasoning import Case, assess, differential, next_question, triage

__all__ = ["measure"]


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield, for each person, the steps of an assessment beside pyAgrum on the same model and evidence.

    pyAgrum is given the terms that count and a finished net; building that net is a row of its own. It finds
    probabilities only: no ranges, no reasons, no urgency.
    """
    for name, case in people(knowledge).items():
        answers = dict(case.answers)
        priors = {cause: weight.log for cause, weight in differential.prior_of(knowledge, answers).items()}
        evidence = shared({one["id"]: counted(knowledge.data, one, answers) for one in knowledge.data["causes"]})
        net = network(priors, evidence)
        times = in_turns(
            {
                "urgency, causes and next question": lambda case=case: _one(knowledge, case),  # type: ignore[misc]
                "causes with ranges": lambda answers=answers: differential.causes(knowledge, answers),  # type: ignore[misc]
                "everything `assess` prints": lambda case=case: assess(knowledge, case).to_data(),  # type: ignore[misc]
                "pyAgrum: posterior": lambda net=net: posterior(net),  # type: ignore[misc]
                "pyAgrum: net and posterior": lambda p=priors, e=evidence: posterior(network(p, e)),  # type: ignore[misc]
            },
            repeats=25,
        )
        for peer in ("pyAgrum: posterior", "pyAgrum: net and posterior"):
            for ours in list(times)[:3]:
                yield Row(f"{ours} ({name})", times[ours], "s", peer, times[peer])


def _one(knowledge: Knowledge, case: Case) -> None:
    triage(knowledge, case)
    differential.causes(knowledge, case.answers)
    next_question(knowledge, case)
