"""`unclench prove`: prove the safety promises over all rules and all answers, with two solvers, and certify it."""

from __future__ import annotations

import json
import sys
import time
from difflib import get_close_matches
from pathlib import Path

from unclench.cli.output import write_whole, writing
from unclench.errors import UnclenchError
from unclench.knowledge import Knowledge
from unclench.proof import cases
from unclench.proof.properties import PROPERTIES, Property
from unclench.proof.run import FAILING, Certificate, Proved, answer_sets, certify
from unclench.proof.solvers import SOLVERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from unclench.proof.prover import GoalResult, Result

__all__ = ["chosen", "people_in_words", "report", "run", "told_as_it_goes"]

REFUTED = 1
_SHOWN = 12


def run(options: argparse.Namespace) -> int:
    """Prove, print the table, write certificate and cases. Returns 0 if all holds, 1 if a promise fails."""
    knowledge = Knowledge.load(options.folder)
    certificate = certify(knowledge, properties=chosen(options.only), progress=told_as_it_goes())
    with writing(Path(options.cases)):
        files = dict(_written(certificate, Path(options.cases)))
    print("\n".join(report(certificate, files)))
    print(f"witnesses and counter-examples: {options.cases}/")
    if options.only:
        print("no certificate: it needs every promise, so leave out --only")
    else:
        target = Path(options.certificate)
        with writing(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, json.dumps(certificate.to_data(), ensure_ascii=False, indent=1) + "\n")
        print(f"certificate: {target}")
    return 0 if certificate.holds else REFUTED


def told_as_it_goes() -> Callable[[str, Result], None]:
    """Return what tells on standard error, from now on, each promise that a solver has finished with."""
    begun = time.monotonic()

    def progress(solver: str, result: Result) -> None:
        print(
            f"[{time.monotonic() - begun:5.1f} s] {solver:<4}  {result.property:<8} "
            f"{len(result.goals):>5} questions  {result.seconds:5.1f} s",
            file=sys.stderr,
            flush=True,
        )

    return progress


def chosen(only: str | None, option: str = "--only") -> tuple[Property, ...]:
    """Return the promises named, with commas between; all if none is."""
    if only is None:
        return PROPERTIES
    named = [name.strip() for name in only.split(",")]
    known = [promise.id for promise in PROPERTIES]
    for name in named:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UnclenchError(f"{option}: there is no promise {name!r}.{hint} Known: {', '.join(known)}.")
    return tuple(promise for promise in PROPERTIES if promise.id in named)


def _written(certificate: Certificate, folder: Path) -> Iterator[tuple[tuple[str, str], Path]]:
    for one in certificate.proved:
        if one.promise.kind == "report" and one.promise.id != "matters":
            continue
        for goal in (*one.goals("holds"), *one.goals("fails")):
            if goal.people:
                name = f"{one.promise.id} {goal.name}"
                yield (one.promise.id, goal.name), cases.write(folder, name, goal.people)


def report(certificate: Certificate, files: dict[tuple[str, str], Path]) -> Iterator[str]:
    """Yield the lines of the table, then what failed, then what is only told."""
    knowledge = certificate.knowledge
    yield f"pack {knowledge.hash}"
    yield (
        f"{len(knowledge.rules)} rules, {len(knowledge.findings)} findings, 10^{answer_sets(knowledge)} answer sets "
        "(unanswered and not sure included), at home and with an examination"
    )
    yield ""
    yield f"{'promise':<82} {'verdict':<19} {'questions':>9}" + "".join(f" {name + ' s':>8}" for name in SOLVERS)
    for one in certificate.proved:
        times = "".join(
            f" {one.results[name].seconds:>8.1f}" if name in one.results and one.asked else f" {'':>8}"
            for name in SOLVERS
        )
        says = f"{one.promise.id}: {one.promise.says}"
        yield f"{says[:82]:<82} {one.verdict:<19} {one.asked or '':>9}{times}"
    solvers = ", ".join(f"{name} {version}" for name, version in sorted(certificate.versions.items()))
    yield f"{'':<82} {certificate.seconds:.0f} s in all, {solvers}"
    yield ""
    for one in certificate.proved:
        if one.verdict in FAILING:
            yield from _failure(one, certificate, files)
        elif one.verdict == "not yet applicable":
            yield f"{one.promise.id} is not proved: there are no plan records ({', '.join(one.promise.needs)}) yet."
        elif one.promise.kind == "boundary":
            for goal in one.goals("holds"):
                yield f"Where the premise ends: {goal.name}. See {files[one.promise.id, goal.name]}"
    yield from _told(certificate)


def _failure(one: Proved, certificate: Certificate, files: dict[tuple[str, str], Path]) -> Iterator[str]:
    if one.verdict == "unproved":
        yield f"{one.promise.id} IS NOT PROVED: the pack holds {', '.join(one.promise.needs)}. Add goals for them."
    elif one.verdict == "solvers disagree":
        yield f"{one.promise.id}: THE SOLVERS DISAGREE. " + "; ".join(
            f"{name}: {', '.join(g.name for g in result.goals if g.outcome != 'holds')[:200] or 'holds'}"
            for name, result in one.results.items()
        )
    for goal in one.goals("empty"):
        yield f"{one.promise.id} {goal.name}: EMPTY. Nobody is meant, so the proof says nothing."
    failed = one.goals("fails")
    for goal in failed[:_SHOWN]:
        yield from _counter_example(one, goal, certificate, files)
    if len(failed) > _SHOWN:
        yield f"{one.promise.id}: and {len(failed) - _SHOWN} more."


def _counter_example(
    one: Proved, goal: GoalResult, certificate: Certificate, files: dict[tuple[str, str], Path]
) -> Iterator[str]:
    yield f"{one.promise.id} REFUTED at {goal.name}. {goal.note}".rstrip()
    yield from (f"  {line}" for line in people_in_words(certificate.knowledge, goal))
    if (one.promise.id, goal.name) in files:
        examination = " --examination" if goal.examination else ""
        yield f"  replay: unclench assess{examination} {files[one.promise.id, goal.name]}"


def people_in_words(knowledge: Knowledge, goal: GoalResult) -> Iterator[str]:
    """Yield the answers of a witness or counter-example, one line each; of a later one only what is new."""
    if goal.people:
        yield cases.in_words(knowledge, goal.people[0])
    for before, after in zip(goal.people, goal.people[1:], strict=False):
        changed = {finding: value for finding, value in after.items() if before.get(finding) != value}
        yield f"then: {cases.in_words(knowledge, changed)}"


def _told(certificate: Certificate) -> Iterator[str]:
    by_id = {one.promise.id: one for one in certificate.proved}
    if "decides" in by_id:
        for goal in by_id["decides"].goals("fails"):
            yield _shadow(certificate, goal.name)
    if "rivals" in by_id:
        pairs = len(by_id["rivals"].goals("holds"))
        yield f"{pairs} pairs of rules can fire together, equally urgent, at different places: precedence decides."
    if "matters" in by_id:
        silent = [goal.name for goal in by_id["matters"].goals("fails")]
        yield f"{len(silent)} questions inform only, and never change the advice: {', '.join(silent)}."


def _shadow(certificate: Certificate, name: str) -> str:
    """Say why a rule never decides the advice."""
    rule = next(rule for rule in certificate.knowledge.rules if rule.id == name)
    if rule.see == "self":
        return f"Says why only: {name}. One may stay at home without any rule."
    by = certificate.shadows.get(name)
    why = f"{', '.join(by)} always fires too" if by else "another rule as urgent always fires, not always the same"
    return f"Shadowed: {name} never decides alone; {why}."
