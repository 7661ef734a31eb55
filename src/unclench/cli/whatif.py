"""`unclench whatif`: change a number or a rule, and see who moves, and what breaks."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from unclench.cli.output import write_whole, writing
from unclench.cli.people import check_people
from unclench.cli.terminal import wrapped
from unclench.errors import UnclenchError
from unclench.knowledge import Disposition, Knowledge
from unclench.knowledge.pack import own_folder
from unclench.reasoning import Case
from unclench.reasoning.describe import describe_answer
from unclench.reasoning.validation import Outcome, Vignette
from unclench.reasoning.validation import run as interviewed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    import pyarrow as pa

    from unclench.batch.whatif import Comparison, Move
    from unclench.knowledge.change import Changed
    from unclench.proof.breaking import Broken

__all__ = ["run"]

BROKEN, REFUSED = 1, 2
_LISTED = 8
_LEVELS = tuple(sorted(Disposition, reverse=True))
_NO_VIGNETTES = "Vignettes: NOT RUN (--no-vignettes), so nothing is known of them."
_NO_PROOFS = "Proofs: NOT RUN (--no-proofs), so nothing is known of the safety promises with this change."


@dataclass(slots=True)
class _Task:
    """What one run is about: the pack, the changed pack, and who is put through both."""

    before: Knowledge
    changed: Changed
    folder: Path
    people: str
    refused: int = 0

    @property
    def after(self) -> Knowledge:
        return self.changed.knowledge

    @property
    def heading(self) -> str:
        from unclench.knowledge.change import shown

        return "; ".join(f"{one.place.name}: {shown(one.place.value)} to {one.text}" for one in self.changed.changes)


def run(options: argparse.Namespace) -> int:
    """Compare. Returns 0 when done, 1 if the change breaks a safety promise, 2 if rows of the people were refused."""
    folder = _folder(options.folder)
    before = Knowledge.load(options.folder)
    try:
        from tqdm import tqdm

        from unclench.batch.whatif import compare
        from unclench.knowledge.change import changed
    except ModuleNotFoundError as error:
        raise UnclenchError(
            f'whatif needs {error.name}. Install it with: pip install "unclench[batch,compile]"'
        ) from None
    if options.names is not None:
        return _names(before, options.names)
    if not options.change:
        raise UnclenchError("nothing is changed. Give --change NAME=VALUE; unclench whatif --names lists the names.")
    if options.picture and not options.picture.endswith(".svg"):
        raise UnclenchError(f"--picture {options.picture}: the picture is an SVG file. End its name in .svg.")
    edges = _edges(options.ages, before)
    _check_proofs(options)
    task = _Task(before, changed(before, folder, options.change), folder, _whom(options))
    with tqdm(total=None if options.people else options.size, unit=" people", disable=None, file=sys.stderr) as bar:
        found = compare(before, task.after, _batches(options, task), edges=edges, progress=bar.update)
    found.refused += task.refused
    if not found.people:
        raise UnclenchError(
            f"{options.people}: there is nobody to compare: no row can be read as a case, "
            f"and {found.refused:,} are refused. unclench cohort says why; mend the file."
        )
    if options.picture:
        from unclench.batch.move_picture import drawn

        people = f"{found.people:,} {task.people}"
        write_whole(Path(options.picture), drawn(found, heading=task.heading, people=people))
    if options.save:
        write_whole(Path(options.save), task.after.text)
    if options.examples:
        _write_examples(found, Path(options.examples))
    broken = _report(options, task, found)
    if found.refused:
        print(f"unclench: rows refused, and counted nowhere: {found.refused:,}.", file=sys.stderr)
        return REFUSED
    return BROKEN if broken else 0


def _report(options: argparse.Namespace, task: _Task, found: Comparison) -> tuple[Broken, ...]:
    """Print what was asked for, the moves before the slow parts; return the promises that break."""
    if options.format == "csv":
        _csv(found)
        print("unclench: csv holds the counts alone; vignettes and proofs were not run.", file=sys.stderr)
        return ()
    if options.format == "text":
        print("\n".join(_moves_text(task, found)), flush=True)
    gained = lost = None
    if options.vignettes:
        gained, lost = _vignettes(task)
    if options.format == "text":
        print("\n".join(_vignettes_text(gained, lost)), flush=True)
    broken = _proofs(task, options) if options.proofs else None
    if options.format == "text":
        print("\n".join(_proofs_text(task.after, broken, options)))
        print(f"\npack {task.before.hash[:19]}  with the change {task.after.hash[:19]}")
    else:
        print(json.dumps(_data(task, found, gained, lost, broken, options.prove), ensure_ascii=False, indent=2))
    return broken or ()


def _folder(given: str | None) -> Path:
    folder = Path(given) if given else own_folder()
    if folder is None or not folder.is_dir():
        what = f"{given} is no folder" if given else "this installation holds the compiled pack only"
        raise UnclenchError(f"{what}, and a change is made to the records. Name a knowledge folder with --folder.")
    return folder


def _names(knowledge: Knowledge, part: str) -> int:
    """List what can be changed, with its present value."""
    from unclench.knowledge.change import places, shown

    fitting = [one for name, one in places(knowledge).items() if part in name]
    if not fitting:
        raise UnclenchError(f'no name holds "{part}". unclench whatif --names lists all.')
    for one in fitting:
        print(f"{one.name}={shown(one.value)}")
    return 0


def _edges(text: str | None, knowledge: Knowledge) -> list[int]:
    age = knowledge.findings["age"]
    parts = [part.strip() for part in text.split(",")] if text else []
    if not all(part.isascii() and part.isdigit() and age.minimum < int(part) <= age.maximum for part in parts):
        raise UnclenchError(
            f"--ages {text}: give the first age of each band, between {age.minimum:g} and {age.maximum:g}, "
            "such as 18,40,65."
        )
    return [int(part) for part in parts]


def _whom(options: argparse.Namespace) -> str:
    if options.people:
        return f"people of {Path(options.people).name}."
    return f"synthetic people (seed {options.seed}), drawn from the model of the present pack. Nobody of them exists."


def _batches(options: argparse.Namespace, task: _Task) -> Iterator[pa.RecordBatch]:
    """Yield the people; the rows that cannot be read are counted in the task."""
    if not options.people:
        from unclench.batch.population import Population

        yield from Population(task.before).batches(options.size, options.seed)
        return
    from unclench.batch.assess import BLOCK
    from unclench.batch.tables import pieces

    path = Path(options.people)
    check_people(path)
    for piece in pieces(path, task.before, BLOCK):
        task.refused += len(piece.refused)
        yield piece.batch


def _write_examples(found: Comparison, folder: Path) -> None:
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for move in found.moves.values():
        lines = (json.dumps(case.to_data(), ensure_ascii=False) + "\n" for case in move.examples)
        write_whole(folder / f"moved_{move.before.id}_to_{move.after.id}.ndjson", "".join(lines))


# What the people say.


def _moves_text(task: _Task, found: Comparison) -> Iterator[str]:
    from unclench.batch.whatif import one_in

    lowered, raised = (sum(one.people for one in moves) for moves in (found.lowered, found.raised))
    if lowered:
        yield f"URGENCY IS LOWERED FOR {lowered:,} OF {found.people:,} PEOPLE ({one_in(lowered, found.people)})"
        yield from _moves(task, found, found.lowered)
    else:
        yield f"Urgency is lowered for none of {found.people:,} people."
    if raised:
        yield f"Urgency is raised for {raised:,} of {found.people:,} people ({one_in(raised, found.people)})"
        yield from _moves(task, found, found.raised)
    else:
        yield f"Urgency is raised for none of {found.people:,} people."
    yield "\nWHAT IS CHANGED"
    for change in task.changed.changes:
        from unclench.knowledge.change import shown

        yield wrapped(f"{change.place.name}: {shown(change.place.value)} -> {change.text}", "  ")
    yield wrapped(f"Rules that read differently: {', '.join(found.rules) or 'none'}.", "  ")
    yield "\nWHO WAS ASKED"
    yield wrapped(f"{found.people:,} {task.people}", "  ")
    if found.refused:
        yield wrapped(f"Rows refused, and counted nowhere: {found.refused:,}.", "  ")
    yield from _matrix_text(found)
    yield from _groups_text(found)
    yield from _beside_text(found)
    if task.changed.disagreements:
        count = len(task.changed.disagreements)
        yield f"\nEXAMPLES BESIDE THE RULES to write anew: {count}"
        yield from _listed(task.changed.disagreements, 3)


def _moves(task: _Task, found: Comparison, moves: Iterable[Move]) -> Iterator[str]:
    from unclench.batch.whatif import FLOOR, one_in

    for move in moves:
        yield f"  {move.before.id} -> {move.after.id}: {move.people:,} ({one_in(move.people, found.people)})"
        rules = (
            f"{'a question about danger is open' if name == FLOOR else name} ({people:,})"
            for name, people in move.rules.most_common(_LISTED)
        )
        yield wrapped(f"because of {', '.join(rules)}", "      ")
        for case in move.examples:
            yield wrapped(f"e.g. {_in_words(task, move, case)}", "      ")


def _in_words(task: _Task, move: Move, case: Case) -> str:
    """Return what a person said that the rules behind the move look at."""
    looked_at = {"age": None, "sex": None}
    for knowledge in (task.before, task.after):
        for rule in knowledge.rules:
            if rule.id in move.rules:
                looked_at |= dict.fromkeys(knowledge.mentions(rule.when))
    said = [describe_answer(one, case.answers[one], task.before) for one in looked_at if one in case.answers]
    # A question that cannot hold for this person is nothing left open.
    reach = task.before.only_if
    beside = {name for name, possible in reach if possible(case.answers).name == "FALSE"}
    still = [
        task.before.words("findings", one, "label")
        for one in looked_at
        if one not in case.answers and one not in beside and task.before.findings[one].supplied_by == "person"
    ]
    rest = f"; not answered: {', '.join(still)}" if still else ""
    return f"{case.id or 'somebody'}: {'; '.join(said)}{rest}"


def _matrix_text(found: Comparison) -> Iterator[str]:
    matrix = found.matrix()
    yield "\nAS IT IS (down) AND WITH THE CHANGE (across)"
    yield f"  {'':<10}" + "".join(f"{level.id:>11}" for level in _LEVELS)
    for before in _LEVELS:
        yield f"  {before.id:<10}" + "".join(f"{matrix[before, after]:>11,}" for after in _LEVELS)


def _groups_text(found: Comparison) -> Iterator[str]:
    from unclench.batch.whatif import one_in

    yield "\nBY AGE AND SEX"
    yield f"  {'age':<10}{'sex':<11}{'people':>9}{'lowered':>9}  {'':<13}{'raised':>9}"
    for band, sex, people, lowered, raised in found.groups():
        shares = [one_in(count, people) if count else "" for count in (lowered, raised)]
        yield (f"  {band:<10}{sex:<11}{people:>9,}{lowered:>9,}  {shares[0]:<13}{raised:>9,}  {shares[1]}").rstrip()


def _beside_text(found: Comparison) -> Iterator[str]:
    """Yield what changes for people beside the urgency."""
    if found.places:
        yield "\nWHOM TO SEE, where the urgency stays"
        for (before, after), people in found.places.most_common(_LISTED):
            yield f"  {before} -> {after}: {people:,}"
    if found.causes:
        yield f"\nLIKELIEST CAUSE: another one for {sum(found.causes.values()):,} people"
        for (before, after), people in found.causes.most_common(_LISTED):
            yield f"  {before} -> {after}: {people:,}"
    if found.rule_out:
        yield "\nTO RULE OUT"
        most = Counter({cause: sum(counts) for cause, counts in found.rule_out.items()}).most_common(_LISTED)
        for cause, _ in most:
            new, gone = found.rule_out[cause]
            yield f"  {cause}: newly for {new:,}, no longer for {gone:,}"


# Vignettes.


def _vignettes(task: _Task) -> tuple[list[tuple[Outcome, Outcome]], list[tuple[Outcome, Outcome]]]:
    """Interview every vignette with both packs; return those that now get what they expect, and those that lost it."""
    from tqdm import tqdm

    from unclench.knowledge.vignettes import read_vignettes

    gained, lost = [], []
    for record in tqdm(read_vignettes(task.folder), unit=" vignettes", disable=None, file=sys.stderr):
        case = Case.from_data(record.case, task.before, record=record.id)
        causes = (record.expect.cause, *record.expect.also_acceptable_causes)
        one = Vignette(record.id, case, Disposition.of(record.expect.disposition), causes)
        before, after = (interviewed(pack, [one])[0] for pack in (task.before, task.after))
        if _is_met(before) and not _is_met(after):
            lost.append((before, after))
        elif _is_met(after) and not _is_met(before):
            gained.append((before, after))
    return gained, lost


def _is_met(one: Outcome) -> bool:
    """Whether a vignette gets its urgency, and an acceptable cause among the first three, as `make vignettes` asks."""
    return one.gap == 0 and one.rank() <= 3


def _vignettes_text(
    gained: list[tuple[Outcome, Outcome]] | None, lost: list[tuple[Outcome, Outcome]] | None
) -> Iterator[str]:
    yield ""
    if gained is None or lost is None:
        yield _NO_VIGNETTES
        return
    yield f"VIGNETTES that no longer get what they expect: {len(lost)}; that newly do: {len(gained)}"
    yield from _listed([f"lost: {_vignette(*one)}" for one in lost])
    yield from _listed([f"gained: {_vignette(*one)}" for one in gained])


def _vignette(before: Outcome, after: Outcome) -> str:
    one = after.vignette
    said = [f"{o.interview.result.disposition.id}, {one.causes[0]} ranks {o.rank()}" for o in (before, after)]
    return f"{one.id} expects {one.disposition.id}: was {said[0]}; is {said[1]}"


# Proofs.


def _check_proofs(options: argparse.Namespace) -> None:
    """Refuse a promise that does not exist, and a solver that is not there, before the long work."""
    from unclench.cli.prove import chosen
    from unclench.proof.solvers import SOLVERS, Session

    if options.prove:
        chosen(options.prove, "--prove")
    if options.proofs and options.format != "csv":
        with _or_without_proofs():
            for name in SOLVERS:
                Session(name)


@contextmanager
def _or_without_proofs() -> Iterator[None]:
    try:
        yield
    except UnclenchError as error:
        raise UnclenchError(f"{error} Or leave the proofs out with --no-proofs.") from None


def _proofs(task: _Task, options: argparse.Namespace) -> tuple[Broken, ...]:
    from unclench.cli.prove import chosen, told_as_it_goes
    from unclench.proof.breaking import broken_by
    from unclench.proof.cases import write

    promises = chosen(options.prove, "--prove")
    with _or_without_proofs():
        _, broken = broken_by(task.before, task.after, properties=promises, progress=told_as_it_goes())
    if options.examples:
        folder = Path(options.examples)
        with writing(folder):
            for one in broken:
                for goal in one.goals:
                    if goal.people:
                        write(folder, f"{one.promise.id} {goal.name}", goal.people)
    return broken


def _proofs_text(after: Knowledge, broken: tuple[Broken, ...] | None, options: argparse.Namespace) -> Iterator[str]:
    from unclench.cli.prove import people_in_words

    yield ""
    if broken is None:
        yield _NO_PROOFS
        return
    if options.prove:
        yield f"Of the safety promises, only {options.prove} were looked at. The others: NOT RUN."
    if not broken:
        yield f"PROOFS: {options.prove or 'every safety promise'} still holds, for every possible answer."
        return
    yield f"PROOFS THAT BREAK: {len(broken)}"
    for one in broken:
        yield wrapped(f"{one.promise.id} ({one.verdict}): {one.promise.says}", "  ")
        for goal in one.goals[:_LISTED]:
            yield wrapped(f"at {goal.name}. {goal.note}".rstrip(), "      ")
            for line in people_in_words(after, goal):
                yield wrapped(line, "        ")
        if len(one.goals) > _LISTED:
            yield f"      and {len(one.goals) - _LISTED} more"
    if options.examples:
        yield f"  The counter-examples are in {options.examples}/ as cases."


# The other forms.


def _csv(found: Comparison) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("age", "sex", "before", "after", "people"))
    for row in found.to_data()["by_age_and_sex"]:
        writer.writerow(row.values())


def _data(
    task: _Task,
    found: Comparison,
    gained: list[tuple[Outcome, Outcome]] | None,
    lost: list[tuple[Outcome, Outcome]] | None,
    broken: tuple[Broken, ...] | None,
    promises: str | None,
) -> Mapping[str, Any]:
    return {
        "pack": {"before": task.before.hash, "after": task.after.hash},
        "changes": [
            {"name": one.place.name, "before": one.place.value, "after": one.text} for one in task.changed.changes
        ],
        "population": task.people,
        **found.to_data(),
        "examples_beside_rules": list(task.changed.disagreements),
        "vignettes": {"run": False}
        if gained is None or lost is None
        else {"run": True, "lost": [_told(*one) for one in lost], "gained": [_told(*one) for one in gained]},
        "proofs": {"run": False}
        if broken is None
        else {
            "run": True,
            "promises": promises or "all",
            "broken": [
                {
                    "id": one.promise.id,
                    "says": one.promise.says,
                    "verdict": one.verdict,
                    "goals": [
                        {
                            "name": goal.name,
                            "note": goal.note,
                            "counter_example": [Case(None, person).to_data() for person in goal.people],
                        }
                        for goal in one.goals
                    ],
                }
                for one in broken
            ],
        },
    }


def _told(before: Outcome, after: Outcome) -> Mapping[str, Any]:
    return {
        "id": after.vignette.id,
        "expects": {"disposition": after.vignette.disposition.id, "causes": list(after.vignette.causes)},
        **{
            key: {"disposition": one.interview.result.disposition.id, "cause_ranks": one.rank()}
            for key, one in (("before", before), ("after", after))
        },
    }


def _listed(lines: Sequence[str], most: int = _LISTED) -> Iterator[str]:
    for line in lines[:most]:
        yield wrapped(line, "  ")
    if len(lines) > most:
        yield f"  and {len(lines) - most} more"
