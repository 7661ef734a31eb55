"""Who moves: the same people through two packs, and what becomes different for whom.

Every count is of people. Nothing is taken from a model of who ought to move: each person is assessed twice, and where
the answers differ, the rules that fired on each side say why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unclench.batch.assess import BLOCK, assess_batch
from unclench.batch.reading import Reader
from unclench.knowledge import Disposition, Knowledge, Rule
from unclench.logic import Node, to_data
from unclench.logic.nodes import Defined, children
from unclench.reasoning.case import Case
from unclench.reasoning.triage import triage

__all__ = ["FLOOR", "NOT_GIVEN", "Comparison", "Move", "age_bands", "changed_rules", "compare", "one_in"]

FLOOR: Final = "open_danger"
"""Stands for the rules where only an open question about danger held the urgency up, and no rule is to be named."""

NOT_GIVEN: Final = "not given"
"""The age band, or sex, of those who did not tell it."""

EXAMPLES: Final = 3
_LEVELS: Final = tuple(one.id for one in Disposition)
_Codes = npt.NDArray[np.int64]


@dataclass(slots=True)
class Move:
    """Everybody whose urgency goes from one level to another.

    Attributes:
        before: the level as things are; `after`: with the change.
        people: how many.
        rules: rule id to how many of them moved because of it; `FLOOR` where there is none to name. Somebody may move
            because of several.
        examples: the first few of them, as cases.
    """

    before: Disposition
    after: Disposition
    people: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    examples: list[Case] = field(default_factory=list)

    @property
    def is_lower(self) -> bool:
        """Whether they are seen less urgently than before."""
        return self.after < self.before


@dataclass(slots=True)
class Comparison:
    """What two packs say of the same people.

    Attributes:
        bands: the age bands, youngest first; `NOT_GIVEN` last.
        people: how many were assessed; `refused`: rows that are no possible case, and are counted nowhere else.
        cells: (age band, sex, level before, level after) to people, those who stay included.
        moves: (before, after) to those who moved.
        rules: the rules that read differently in the two packs.
        places: (whom to see before, after) to people, of those who keep their urgency.
        causes: (likeliest cause before, after) to people, where it differs.
        rule_out: cause to (people for whom it is newly to be ruled out, people for whom it no longer is).
    """

    bands: tuple[str, ...]
    people: int = 0
    refused: int = 0
    cells: Counter[tuple[str, str, Disposition, Disposition]] = field(default_factory=Counter)
    moves: dict[tuple[Disposition, Disposition], Move] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    places: Counter[tuple[str, str]] = field(default_factory=Counter)
    causes: Counter[tuple[str, str]] = field(default_factory=Counter)
    rule_out: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def lowered(self) -> tuple[Move, ...]:
        """Moves to less urgency, the greatest fall first, then from the most urgent."""
        moves = (one for one in self.moves.values() if one.is_lower)
        return tuple(sorted(moves, key=lambda one: (one.after - one.before, -one.before)))

    @property
    def raised(self) -> tuple[Move, ...]:
        """Moves to more urgency, the greatest rise first, then to the most urgent."""
        moves = (one for one in self.moves.values() if not one.is_lower)
        return tuple(sorted(moves, key=lambda one: (one.before - one.after, -one.after)))

    def matrix(self) -> dict[tuple[Disposition, Disposition], int]:
        """Return (before, after) to people, for every pair of levels."""
        made = {(before, after): 0 for before in Disposition for after in Disposition}
        for (_, _, before, after), people in self.cells.items():
            made[before, after] += people
        return made

    def groups(self) -> list[tuple[str, str, int, int, int]]:
        """Return (age band, sex, people, lowered, raised) of every group that has anybody, youngest first."""
        made: dict[tuple[str, str], list[int]] = {}
        for (band, sex, before, after), people in self.cells.items():
            counts = made.setdefault((band, sex), [0, 0, 0])
            counts[0] += people
            counts[1] += people * (after < before)
            counts[2] += people * (after > before)
        order = sorted(made, key=lambda one: (self.bands.index(one[0]), one[1] == NOT_GIVEN, one[1]))
        return [(*key, made[key][0], made[key][1], made[key][2]) for key in order]

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form."""

        def moved(one: Move) -> dict[str, Any]:
            return {
                "before": one.before.id,
                "after": one.after.id,
                "people": one.people,
                "share": one_in(one.people, self.people),
                "rules": dict(one.rules.most_common()),
                "examples": [case.to_data() for case in one.examples],
            }

        lowered, raised = (sum(one.people for one in moves) for moves in (self.lowered, self.raised))
        return {
            "people": self.people,
            "refused": self.refused,
            "lowered": {
                "people": lowered,
                "share": one_in(lowered, self.people),
                "moves": list(map(moved, self.lowered)),
            },
            "raised": {"people": raised, "share": one_in(raised, self.people), "moves": list(map(moved, self.raised))},
            "by_age_and_sex": [
                {"age": band, "sex": sex, "before": before.id, "after": after.id, "people": people}
                for (band, sex, before, after), people in sorted(
                    self.cells.items(), key=lambda one: (self.bands.index(one[0][0]), *one[0][1:])
                )
            ],
            "changed_rules": list(self.rules),
            "see": [{"before": a, "after": b, "people": people} for (a, b), people in self.places.most_common()],
            "likeliest_cause": [
                {"before": a, "after": b, "people": people} for (a, b), people in self.causes.most_common()
            ],
            "rule_out": [
                {"cause": cause, "newly": new, "no_longer": gone} for cause, (new, gone) in self.rule_out.items()
            ],
        }


def one_in(count: int, of: int) -> str:
    """Return a share as people say it.

    Examples:
        >>> one_in(13, 20000), one_in(0, 20000), one_in(1500, 2000), one_in(7, 7)
        ('1 in 1,500', 'nobody', '8 in 10', 'all')
    """
    if count == 0:
        return "nobody"
    if count == of:
        return "all"
    if 2 * count > of:
        return f"{min(9, round(10 * count / of))} in 10"
    apart = of / count
    step = 10 ** max(0, len(str(int(apart))) - 2)  # no more than two digits can be borne out by a count
    return f"1 in {round(apart / step) * step:,}"


def age_bands(knowledge: Knowledge, edges: Sequence[int] = ()) -> tuple[tuple[int, int], ...]:
    """Return the least and greatest age of each band: those the priors of the pack tell apart, unless edges are given.

    Args:
        knowledge: the pack.
        edges: the first age of each band but the first.

    Examples:
        >>> age_bands(Knowledge.load(), [18, 65])
        ((0, 17), (18, 64), (65, 120))
    """
    age = knowledge.findings["age"]
    first = {int(age.minimum), *(edges or (one.first_age for one in knowledge.strata))}
    starts = sorted(first)
    return tuple(zip(starts, [*(one - 1 for one in starts[1:]), int(age.maximum)], strict=True))


def compare(
    before: Knowledge,
    after: Knowledge,
    batches: Iterable[pa.RecordBatch],
    *,
    edges: Sequence[int] = (),
    examples: int = EXAMPLES,
    progress: Callable[[int], object] = lambda _people: None,
) -> Comparison:
    """Assess the same people with two packs.

    Args:
        before: the pack as it is; the people's answers are in its terms.
        after: the pack it is compared with, which has the same findings.
        batches: the people; see `assess_batch`.
        edges: see `age_bands`.
        examples: how many people to keep for each kind of move.
        progress: told how many people were done, again and again.

    Raises:
        CaseError: a column is no finding, or of a type that cannot hold it.
    """
    bands = age_bands(before, edges)
    work = _Work(before, after, bands, examples)
    for batch in batches:
        for first in range(0, batch.num_rows, BLOCK):
            part = batch.slice(first, BLOCK)
            work.add(part)
            progress(part.num_rows)
    return work.found


class _Work:
    """What is the same for every batch, and what was found so far."""

    def __init__(self, before: Knowledge, after: Knowledge, bands: tuple[tuple[int, int], ...], examples: int) -> None:
        self.before, self.after, self.bands, self.examples = before, after, bands, examples
        self.reader = Reader(before, ())
        self.rules = {one.id: one for one in before.rules}, {one.id: one for one in after.rules}
        names = (*(f"{low}-{high}" for low, high in bands), NOT_GIVEN)
        self.found = Comparison(names, rules=changed_rules(before, after))
        self.causes = sorted({*before.causes, *after.causes})
        self.out: dict[str, list[int]] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Assess one batch twice and count."""
        old, new = (assess_batch(pack, batch, top=1) for pack in (self.before, self.after))
        good = pc.is_null(old["error"])
        self.found.refused += pc.sum(pc.invert(good)).as_py() or 0
        if self.found.refused:
            batch, old, new = (one.filter(good) for one in (batch, old, new))
        self.found.people += batch.num_rows
        if not batch.num_rows:
            return
        levels = _codes(old["disposition"], _LEVELS), _codes(new["disposition"], _LEVELS)
        self.count(batch, *levels)
        for row in np.flatnonzero(levels[0] != levels[1]):
            self.note(batch, old, new, int(row), Disposition(int(levels[0][row])), Disposition(int(levels[1][row])))
        same = levels[0] == levels[1]
        places = tuple(sorted({*self.before.places, *self.after.places, "self", "urgent_care"}))
        _count_pairs(self.found.places, _codes(old["see"], places), _codes(new["see"], places), places, same)
        first, second = (_codes(_first_cause(one), self.causes) for one in (old, new))
        _count_pairs(self.found.causes, first, second, self.causes, np.ones(batch.num_rows, bool))
        self.count_rule_out(old["rule_out"], new["rule_out"])

    def count(self, batch: pa.RecordBatch, before: _Codes, after: _Codes) -> None:
        """Count everybody by age band, sex and both levels."""
        band = _band_codes(batch, self.bands)
        sexes = (*self.before.findings["sex"].choices, NOT_GIVEN)
        sex = _sex_codes(batch, sexes)
        count = len(_LEVELS)
        key = ((band * len(sexes) + sex) * count + before) * count + after
        for one, people in zip(*np.unique(key, return_counts=True), strict=True):
            rest, last = divmod(int(one), count)
            rest, first = divmod(rest, count)
            age, place = divmod(rest, len(sexes))
            self.found.cells[self.found.bands[age], sexes[place], Disposition(first), Disposition(last)] += int(people)

    def note(
        self,
        batch: pa.RecordBatch,
        old: pa.RecordBatch,
        new: pa.RecordBatch,
        row: int,
        before: Disposition,
        after: Disposition,
    ) -> None:
        """Note somebody who moved, and why."""
        move = self.found.moves.setdefault((before, after), Move(before, after))
        move.people += 1
        fired = tuple(
            {name: rules[name] for name in result["rules"][row].as_py()}
            for result, rules in zip((old, new), self.rules, strict=True)
        )
        # What held the higher level on its side, and does not on the other.
        high, low = fired if move.is_lower else fired[::-1]
        level = max(before, after)
        why = [
            name
            for name, rule in high.items()
            if rule.disposition == level and (name not in low or low[name].disposition < level)
        ]
        if not why:
            why = self.held_open(batch, row, lowered=move.is_lower)
        move.rules.update(why)
        if len(move.examples) < self.examples:
            move.examples.append(self.case(batch, row))

    def held_open(self, batch: pa.RecordBatch, row: int, *, lowered: bool) -> list[str]:
        """Return the rules that hold the urgency up on one side only because a question about danger is open."""
        if not self.found.rules:
            return [FLOOR]
        floors = {pack.model.open_emergency_floor for pack in (self.before, self.after)}
        if len(self.found.rules) == len(floors) == 1:
            return list(self.found.rules)  # no other rule can be open on one side only
        case = self.case(batch, row)
        packs = (self.before, self.after) if lowered else (self.after, self.before)
        high, low = ({rule.id: rule for rule in triage(pack, case).open} for pack in packs)
        floor = packs[0].model.open_emergency_floor
        why = [
            name
            for name, rule in high.items()
            if name in self.found.rules
            and rule.disposition >= floor
            and (name not in low or low[name].disposition < rule.disposition)
        ]
        return why or [FLOOR]

    def case(self, batch: pa.RecordBatch, row: int) -> Case:
        """Return one row, in which `assess_batch` found nothing wrong, as a case; under its own name if it has one."""
        data = self.reader.data(batch, row)
        stated = {**data.pop("findings"), **data}
        name = batch["id"][row].as_py() if "id" in batch.schema.names else None
        answers = {finding: tuple(value) if isinstance(value, list) else value for finding, value in stated.items()}
        return Case(None if name is None else str(name), answers)

    def count_rule_out(self, old: pa.ListArray, new: pa.ListArray) -> None:
        """Count for whom a cause is newly to be ruled out, or no longer."""
        pairs = [_pairs(one, self.causes) for one in (old, new)]
        for side, codes in enumerate((np.setdiff1d(pairs[1], pairs[0]), np.setdiff1d(pairs[0], pairs[1]))):
            for cause, people in Counter((codes % len(self.causes)).tolist()).items():
                self.out.setdefault(self.causes[cause], [0, 0])[side] += people
        self.found.rule_out = {cause: (one[0], one[1]) for cause, one in sorted(self.out.items())}


def changed_rules(before: Knowledge, after: Knowledge) -> tuple[str, ...]:
    """Return the rules that read differently in two packs, or are in one of them only."""
    sides = [{one.id: _reading(pack, one) for one in pack.rules} for pack in (before, after)]
    return tuple(sorted(name for name in {*sides[0], *sides[1]} if sides[0].get(name) != sides[1].get(name)))


def _reading(knowledge: Knowledge, rule: Rule) -> tuple[object, ...]:
    """Return all that the triage reads of a rule, with the definitions it rests on written out."""

    def written_out(node: Node) -> object:
        if isinstance(node, Defined):
            return written_out(knowledge.evaluate.predicates[node.predicate])
        return [to_data(node), *map(written_out, children(node))]

    return written_out(rule.when), rule.disposition, rule.see, rule.provisional


def _codes(column: pa.Array, among: Sequence[str]) -> _Codes:
    """Return the place of each text among those known."""
    codes: _Codes = pc.index_in(column.cast(pa.string()), pa.array(among)).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64)


def _distinct(batch: pa.RecordBatch, name: str) -> tuple[_Codes, list[Any]]:
    """Return each person's place in a list of what was answered; -1 = nothing."""
    if name not in batch.schema.names:
        return np.full(batch.num_rows, -1, np.int64), []
    column = batch[name]
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return pc.fill_null(coded.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False), coded.dictionary.to_pylist()


def _band_codes(batch: pa.RecordBatch, bands: Sequence[tuple[int, int]]) -> _Codes:
    codes, ages = _distinct(batch, "age")
    return np.array([*(_band(age, bands) for age in ages), len(bands)], np.int64)[codes]  # the last is that of -1


def _band(age: object, bands: Sequence[tuple[int, int]]) -> int:
    try:
        years = float(str(age))
    except ValueError:
        return len(bands)
    return next((place for place, (_, high) in enumerate(bands) if years < high + 1), len(bands))


def _sex_codes(batch: pa.RecordBatch, sexes: Sequence[str]) -> _Codes:
    codes, answers = _distinct(batch, "sex")
    last = len(sexes) - 1
    places = [sexes.index(one.strip()) if str(one).strip() in sexes else last for one in answers]
    return np.array([*places, last], np.int64)[codes]


def _first_cause(result: pa.RecordBatch) -> pa.Array:
    return pc.struct_field(result["causes"].flatten(), "id")


def _pairs(column: pa.ListArray, among: Sequence[str]) -> _Codes:
    """Return person and cause of each item of a list column, as one number."""
    rows = pc.list_parent_indices(column).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.asarray(rows * len(among) + _codes(column.flatten(), among), np.int64)


def _count_pairs(
    counter: Counter[tuple[str, str]], old: _Codes, new: _Codes, names: Sequence[str], where: npt.NDArray[np.bool_]
) -> None:
    rows = np.flatnonzero((old != new) & where)
    for (first, second), people in Counter(zip(old[rows].tolist(), new[rows].tolist(), strict=True)).items():
        counter[names[first], names[second]] += people
