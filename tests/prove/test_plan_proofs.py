"""A planner that loses a limit, doubles a class or lets advice clash is caught, whichever item it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from unclench.knowledge import Knowledge
from unclench.logic import Answers, Truth
from unclench.proof import plans
from unclench.proof.properties import PROPERTIES
from unclench.proof.prover import Prover
from unclench.reasoning import fitting
from unclench.reasoning.fitting import Candidate, Catalogue, catalogue

BY_ID = {promise.id: promise for promise in PROPERTIES}
_KINDS = ("treatments", "exercises")


@pytest.fixture(scope="module")
def prover(knowledge: Knowledge) -> Prover:
    return Prover(knowledge, "cvc5")


def _every_limit(knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    for kind in _KINDS:
        for name, (_, candidate) in getattr(catalogue(knowledge), kind).items():
            for limit, _ in candidate.limits:
                yield kind, name, limit.id


def _with(knowledge: Knowledge, kind: str, name: str, candidate: Candidate) -> Catalogue:
    made = Catalogue(knowledge)
    record, _ = getattr(made, kind)[name]
    getattr(made, kind)[name] = (record, candidate)
    return made


def test_a_limit_that_the_planner_lost_is_found_whichever_it_is(
    knowledge: Knowledge, prover: Prover, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted, missed = 0, []
    for kind, name, lost in _every_limit(knowledge):
        whole = getattr(catalogue(knowledge), kind)[name][1]
        short = whole._replace(limits=tuple(pair for pair in whole.limits if pair[0].id != lost))
        broken = _with(knowledge, kind, name, short)
        monkeypatch.setattr(plans, "catalogue", lambda _, broken=broken: broken)
        named = f"{kind[:-1]} {name}"
        goals = [g for g in BY_ID["P5"].goals(prover.world, prover.one, prover.other) if g.name == named]  # type: ignore[misc]
        if not goals:
            continue  # a treatment that no kind of plan holds
        planted += 1
        if prover.always(goals[0], minimise=False).outcome != "fails":
            missed.append((named, lost))
        monkeypatch.undo()
    assert planted > 100
    # These forbid nothing of their own: another limit of the same item holds wherever they do.
    assert missed == [("treatment hydrotherapy", "infection"), ("treatment massage", "infection")]


def test_a_planner_that_takes_unknown_for_no_is_found(prover: Prover, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(one: Candidate, answers: Answers) -> fitting.LeftOut | None:
        held = [limit for limit, holds in one.limits if holds(answers) is Truth.TRUE]
        return fitting.LeftOut(one.kind, one.id, "contraindicated", tuple(held)) if held else None

    monkeypatch.setattr(plans, "left_out", careless)
    result = prover.prove(BY_ID["plans"])
    assert [goal.outcome for goal in result.goals] == ["fails"]


def test_a_class_that_the_planner_does_not_go_by_is_doubled(prover: Prover, monkeypatch: pytest.MonkeyPatch) -> None:
    # In the present pack no two treatments of a phase offer medicines of one class, so one is made up here.
    monkeypatch.setattr(plans, "_kin", lambda _knowledge, _name: frozenset({"painkiller"}))
    result = prover.prove(BY_ID["P7"])
    assert {goal.outcome for goal in result.goals} == {"holds", "fails"}


def test_doses_beyond_a_label_are_found(prover: Prover, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "strictest", lambda labels: labels[0])
    result = prover.prove(BY_ID["P7"])
    assert "fails" in {goal.outcome for goal in result.goals}


def test_a_clash_that_only_one_side_names_is_found(knowledge: Knowledge, prover: Prover) -> None:
    first = knowledge.treatments["heat"]
    second = knowledge.treatments["cold"]
    made = plans._never_both(prover.world, prover.one, "one-sided", first, second, (True, False))
    assert prover.session.is_possible([prover.world.algebra.opposite(made.claim)])
    made = plans._never_both(prover.world, prover.one, "both sides", first, second, (True, True))
    assert not prover.session.is_possible([prover.world.algebra.opposite(made.claim)])
