"""Every promise holds of the real pack, with both solvers; and a promise that does not hold is not called proved."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from packs import copied
from unclench.cli import prove
from unclench.errors import UnclenchError
from unclench.knowledge import Disposition, Knowledge
from unclench.logic import AllOf, Negation, Present
from unclench.logic.solver import Term
from unclench.proof import cases
from unclench.proof.people import Person, World
from unclench.proof.properties import PROPERTIES, Goal, Property
from unclench.proof.prover import GoalResult, Prover, Result
from unclench.proof.run import Certificate, Proved, certify, verdict
from unclench.proof.solvers import Session
from unclench.reasoning import Case, assess, triage
from unclench.record import revised

BY_ID = {promise.id: promise for promise in PROPERTIES}
EXPECTED = {
    "P1": "proved", "P2": "proved", "P3": "proved", "P4": "proved", "P5": "proved", "P6": "proved",
    "P7": "proved", "P8": "proved", "P9": "proved", "P10": "tested", "plans": "tested", "screens": "proved",
    "see": "proved", "fits": "proved", "ends": "tested", "rivals": "told", "decides": "told", "matters": "told",
    "premise": "shown",
}  # fmt: skip


def test_every_promise_holds_with_both_solvers(knowledge: Knowledge, tmp_path: Path) -> None:
    certificate = certify(knowledge)
    assert {one.promise.id: one.verdict for one in certificate.proved} == EXPECTED
    data = certificate.to_data()
    assert data["pack"] == knowledge.hash
    assert data["holds"] is True
    assert set(data["solvers"]) == {"z3", "cvc5"}
    assert data["answer_sets_power_of_ten"] > 100
    json.dumps(data)
    in_no_rule = set(knowledge.findings) - {f for rule in knowledge.rules for f in knowledge.mentions(rule.when)}
    informs_only = next(one["named"] for one in data["properties"] if one["id"] == "matters")
    assert {f for f in in_no_rule if knowledge.findings[f].supplied_by == "person"} & set(informs_only)
    reached = {one.promise.id: one for one in certificate.proved}["P6"].goals("holds")
    assert len(reached) == len(knowledge.rules) + len(Disposition)
    for witness in reached[: len(Disposition)]:
        file = cases.write(tmp_path, f"P6 {witness.name}", witness.people)
        written = json.loads(file.read_text(encoding="utf-8"))
        replayed = assess(knowledge, written, examination=witness.examination)
        assert f"disposition {replayed.disposition.id}" == witness.name
        assert replayed.triage.settled


@pytest.fixture(scope="module")
def prover(knowledge: Knowledge) -> Prover:
    return Prover(knowledge, "cvc5")


def changed(knowledge: Knowledge, rule_id: str, **changes: object) -> Knowledge:
    """Return the pack with one rule changed."""
    made = copied(knowledge)
    made.rules = tuple(revised(r, **changes) if r.id == rule_id else r for r in knowledge.rules)
    return made


def promised(*goals: Goal) -> Property:
    """Return a promise made of these goals."""

    def made(world: World, one: Person, other: Person) -> Iterator[Goal]:
        yield from goals

    return Property("P0", "a promise of this test", "always", made)


def test_a_promise_about_nobody_is_not_proved(prover: Prover, knowledge: Knowledge) -> None:
    impossible = (prover.one.settled, prover.world.algebra.opposite(prover.one.settled))
    promise = promised(Goal("nobody", impossible, lambda: True, (prover.one,)))
    result = prover.prove(promise)
    assert result.goals == [GoalResult("nobody", "empty")]
    assert verdict(Proved(promise, {"z3": result, "cvc5": result}), knowledge) == "empty"


def test_each_start_of_a_promise_must_be_possible(prover: Prover) -> None:
    goal = Goal("half empty", (), lambda: True, (prover.one,), starts=(prover.one.settled, False))
    assert prover.always(goal).outcome == "empty"


def test_a_broken_rule_gives_the_smallest_counter_example_and_it_replays(knowledge: Knowledge) -> None:
    """A pack that takes a rule away when a danger sign is there; the compiler would refuse it."""
    absent = AllOf((Present("chest_pain"), Negation(Present("saddle_numbness"))))
    broken = changed(knowledge, "chest_trouble", when=absent)
    broken.rules = tuple(rule for rule in broken.rules if rule.id != "saddle_numbness_new")
    result = Prover(broken, "cvc5").prove(BY_ID["P2"])
    failed = [goal for goal in result.goals if goal.outcome != "holds"]
    assert [goal.name for goal in failed] == ["saddle_numbness"]
    before, after = failed[0].people
    assert after == {**before, "saddle_numbness": True}
    now = triage(broken, Case(None, before), examination=failed[0].examination)
    later = triage(broken, Case(None, after), examination=failed[0].examination)
    assert (later.disposition, later.at_least) != (now.disposition, now.at_least)
    assert later.disposition < now.disposition or later.at_least < now.at_least
    assert len(before) <= 2


def test_solvers_that_disagree_prove_nothing(knowledge: Knowledge) -> None:
    said = {
        "z3": Result("P1", [GoalResult("exactly one", "holds")]),
        "cvc5": Result("P1", [GoalResult("exactly one", "fails")]),
    }
    assert verdict(Proved(BY_ID["P1"], said), knowledge) == "solvers disagree"


def test_one_solver_alone_proves_nothing(knowledge: Knowledge) -> None:
    alone = Proved(BY_ID["P1"], {"z3": Result("P1", [GoalResult("exactly one", "holds")])})
    assert verdict(alone, knowledge) == "solvers disagree"


@pytest.mark.parametrize("promise", ["P5", "P7", "P8", "plans"])
def test_plan_records_without_a_proof_fail(promise: str, knowledge: Knowledge) -> None:
    without_plan = copy.copy(knowledge)
    without_plan.data = {**knowledge.data, "treatments": [], "medicines": [], "exercises": []}
    assert verdict(Proved(BY_ID[promise]), without_plan) == "not yet applicable"
    assert verdict(Proved(BY_ID[promise]), knowledge) == "unproved"


def test_a_missing_solver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", absent)
    with pytest.raises(UnclenchError) as caught:
        Session("z3")
    assert str(caught.value) == ("z3 is not installed, and nothing is proved without it. Run: pip install z3-solver")


def test_the_report_shows_a_counter_example_in_words_and_how_to_replay_it(knowledge: Knowledge) -> None:
    people: tuple[dict[str, Term], ...] = ({"age": 40}, {"age": 40, "fever": True})
    result = Result("P2", [GoalResult("fever", "fails", people, examination=True)])
    one = Proved(BY_ID["P2"], {"z3": result, "cvc5": result}, "refuted")
    certificate = Certificate(knowledge, [one], {"z3": "1", "cvc5": "2"})
    lines = list(prove.report(certificate, {("P2", "fever"): Path("p2_fever.jsonl")}))
    assert certificate.holds is False
    assert lines[-4:] == [
        "P2 REFUTED at fever.",
        f"  {cases.in_words(knowledge, {'age': 40})}",
        f"  then: {cases.in_words(knowledge, {'fever': True})}",
        "  replay: unclench assess --examination p2_fever.jsonl",
    ]


def test_a_shortened_case_needs_each_of_its_answers(knowledge: Knowledge) -> None:
    answers = {"age": 40, "fever": True, "back_pain": True, "weight_loss": True}
    short = cases.shortened(knowledge, answers, lambda said: "fever" in said and "age" in said)
    assert short == {"age": 40, "fever": True}


def test_a_rule_in_the_shadow_of_another_names_it(prover: Prover) -> None:
    rules = {rule.id: rule for rule in prover.knowledge.rules}
    assert prover.shadows(rules["fever_with_infection_risk"]) == ["fever_with_back_pain"]
    assert prover.shadows(rules["tearing_pain"]) == []
