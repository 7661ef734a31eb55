"""Urgency, causes, contributors and kinds of episode of many people at once.

Every step is that of `unclench.reasoning`, taken for all people together: the questions that cannot hold are put
aside, the rules are read, what is open about danger raises the advice, and the sums are made and normalised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unclench.batch.hashes import with_hashes
from unclench.batch.reading import Crowd, Reader, check_columns, rows_of
from unclench.batch.weights import Floats, Priors, Sums
from unclench.knowledge import Cause, Disposition, Hypothesis, Knowledge, Rule
from unclench.logic.columns import Column, Plane, Program, Truths, everyone, nobody, packed, unpacked
from unclench.reasoning.assessment import CONTRIBUTOR_SHOWN, EVENT_SHOWN
from unclench.reasoning.differential import NORMAL_95

__all__ = ["BLOCK", "Engine", "assess_batch", "result_schema"]

BLOCK: Final = 32_768
"""People worked on together: few enough for the cache, many enough that a step costs nothing beside its work."""

_LEVELS: Final = tuple(Disposition)[1:]
_ESTIMATE: Final = pa.struct(
    [("id", pa.string()), ("probability", pa.float64()), ("low", pa.float64()), ("high", pa.float64())]
)
_RESULT: Final = pa.schema(
    [
        ("disposition", pa.string()),
        ("at_least", pa.string()),
        ("at_most", pa.string()),
        ("settled", pa.bool_()),
        ("floor", pa.bool_()),
        ("see", pa.string()),
        ("rules", pa.list_(pa.string())),
        ("causes", pa.list_(_ESTIMATE)),
        ("rule_out", pa.list_(pa.string())),
        ("contributors", pa.list_(_ESTIMATE)),
        ("events", pa.list_(_ESTIMATE)),
        ("error", pa.string()),
    ]
)


def result_schema(schema: pa.Schema | None = None) -> pa.Schema:
    """Return the columns `assess_batch` gives; with `id` before them if the input's schema has it.

    Examples:
        >>> result_schema().names[:3]
        ['disposition', 'at_least', 'at_most']
    """
    if schema is None or "id" not in schema.names:
        return _RESULT
    return pa.schema([schema.field("id"), *_RESULT])


def assess_batch(knowledge: Knowledge, batch: pa.RecordBatch, *, top: int = 5, hashes: bool = False) -> pa.RecordBatch:
    """Assess many people.

    Args:
        knowledge: the pack.
        batch: one row a person, one column a finding; see `unclench.batch.reading` for the types. A null, and a
            finding without a column, is an open question. A column `id` is passed on.
        top: how many causes to list for each person.
        hashes: whether to add the column `result_hash`; see `unclench.reasoning.result_hash`.

    Returns:
        One row for each row, in the same order, with the columns of `result_schema`. Each row says what
        `unclench.assess` says of that person: `disposition`, the interval `at_least` to `at_most`, whether it is
        `settled`, whether only an open question about danger raises it (`floor`), whom to `see`, the `rules` that
        fired, the likeliest `causes` with their ranges, serious causes to `rule_out`, `contributors` and kinds of
        episode (`events`). A row that is no possible case has `error` and nothing else; for all others it is null.

    Raises:
        CaseError: a column is no finding, or of a type that cannot hold it.

    Examples:
        >>> people = pa.RecordBatch.from_pydict({"age": [50, 50], "bladder_change_new": [True, None]})
        >>> assess_batch(Knowledge.load(), people)["disposition"].to_pylist()
        ['emergency', 'same_day']
    """
    check_columns(batch.schema, knowledge)
    engine = _engine(knowledge)
    parts = [engine.assess(batch.slice(first, BLOCK), top) for first in range(0, batch.num_rows, BLOCK)]
    schema = result_schema(batch.schema)
    made = pa.concat_batches(parts) if parts else pa.RecordBatch.from_pylist([], schema=schema)
    return with_hashes(knowledge, made) if hashes else made


@lru_cache(maxsize=4)
def _engine(knowledge: Knowledge) -> Engine:
    return Engine(knowledge)


class Engine:
    """What of a pack is the same for every batch.

    Args:
        knowledge: the pack.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        predicates = knowledge.evaluate.predicates
        self.reader = Reader(knowledge)
        self.grounds = [
            (finding.id, Program([node], predicates), strict)
            for finding in knowledge.findings.values()
            for node, strict in ((finding.only_if, True), (finding.follows_from, False))
            if node is not None
        ]
        self.beyond = [finding.id for finding in knowledge.findings.values() if finding.supplied_by != "person"]
        self.rules: list[Rule] = [rule for rule, _ in knowledge.rule_evaluators]
        self.rule_program = Program([rule.when for rule in self.rules], predicates)
        self.causes = sorted(knowledge.causes)
        self.contributors = sorted(knowledge.contributors)
        self.events = sorted(knowledge.events)
        hypotheses: tuple[Cause | Hypothesis, ...] = (
            *(knowledge.causes[name] for name in self.causes),
            *(knowledge.contributors[name] for name in self.contributors),
            *(knowledge.events[name] for name in self.events),
        )
        self.sums = Sums(one.terms for one in hypotheses)
        self.term_program = Program(self.sums.trees, predicates)
        self.priors = Priors(knowledge, self.causes)
        self.serious = [
            (place, threshold, self._pointing(name))
            for place, name in enumerate(self.causes)
            if (threshold := knowledge.causes[name].test_threshold) is not None
        ]

    def _pointing(self, cause: str) -> list[int]:
        return [
            place
            for place, rule in enumerate(self.rules)
            if cause in rule.suspects and rule.disposition >= Disposition.URGENT
        ]

    def only_urgency(self, batch: pa.RecordBatch) -> list[pa.RecordBatch]:
        """Return the columns from `disposition` to `rules`, block by block; what a refused row says means nothing."""
        made = []
        for first in range(0, batch.num_rows, BLOCK):
            crowd = self.reader.read(batch.slice(first, BLOCK))
            self.put_beside(crowd)
            reach = self.in_reach(crowd)
            rules = self.rule_program.run(reach, crowd.people)
            made.append(pa.RecordBatch.from_pydict(self.urgency(reach, rules, crowd.people)))
        return made

    def assess(self, batch: pa.RecordBatch, top: int) -> pa.RecordBatch:
        """Do what `assess_batch` does, for one block."""
        crowd = self.reader.read(batch)
        people, columns = crowd.people, crowd.columns
        self.put_beside(crowd)
        terms = self.term_program.run(columns, people)
        reach = self.in_reach(crowd)
        rules = self.rule_program.run(reach, people)
        refused = list(rows_of(crowd.refused, people))
        good = None
        if refused:
            good = pa.array(~unpacked(crowd.refused, people))

        made = self.urgency(reach, rules, people)
        made |= self.hypotheses(columns, terms, rules, people, top)
        error = np.full(people, None, object)
        for row in refused:
            error[row] = self.reader.why_refused(batch, row)
        arrays = [made[name] if good is None else _only(made[name], good) for name in _RESULT.names[:-1]]
        arrays.append(pa.array(error, pa.string()))
        if "id" in batch.schema.names:
            arrays.insert(0, batch["id"])
        return pa.RecordBatch.from_arrays(arrays, schema=result_schema(batch.schema))

    def put_beside(self, crowd: Crowd) -> None:
        """Put every question that cannot hold, or does not come up, out of the way: `with_not_applicable`."""
        for finding, holds, strict in self.grounds:
            ((_, false),) = holds.run(crowd.columns, crowd.people)
            if not false.any():
                continue
            column = crowd.columns.get(finding)
            if column is None:
                column = crowd.columns[finding] = self.unasked(finding, crowd.people)
            stated = column.known | column.beside
            column.put_beside(false & ~(stated if strict else stated | column.unsure))

    def unasked(self, finding: str, people: int) -> Column:
        """Return the column of a finding that nobody was asked about."""
        known = self.knowledge.findings[finding]
        nothing = nobody(people)
        match known.kind:
            case "boolean":
                return Column(nothing, nothing, nothing, nothing)
            case "number":
                return Column(nothing, nothing, nothing, np.zeros(people))
            case _:
                return Column(nothing, nothing, nothing, dict.fromkeys(known.choices, nothing))

    def in_reach(self, crowd: Crowd) -> dict[str, Column]:
        """Return the answers with what nobody here can supply out of the way: `answers_in_reach`."""
        made = dict(crowd.columns)
        all_of_them = everyone(crowd.people)
        for finding in self.beyond:
            column = made.get(finding) or self.unasked(finding, crowd.people)
            asked = column.known | column.unsure | column.beside
            made[finding] = Column(column.known, column.unsure, column.beside | (all_of_them & ~asked), column.values)
        return made

    def urgency(self, reach: Mapping[str, Column], rules: Sequence[Truths], people: int) -> dict[str, pa.Array]:
        """Decide the urgency: `triage_answers`, and whom to see."""
        empty = nobody(people)
        undecided = [~(true | false) & everyone(people) for true, false in rules]
        truths = [true for true, _ in rules]

        def at(planes: Sequence[Plane], wanted: Callable[[Rule], bool]) -> Plane:
            return reduce(or_, (p for p, rule in zip(planes, self.rules, strict=True) if wanted(rule)), empty)

        at_least = [at(truths, lambda r, x=x: r.disposition >= x and not r.provisional) for x in _LEVELS]  # type: ignore[misc]
        with_provisional = [at(truths, lambda r, x=x: r.disposition >= x) for x in _LEVELS]  # type: ignore[misc]
        could_be = [at(undecided, lambda r, x=x: r.disposition >= x) for x in _LEVELS]  # type: ignore[misc]
        floor = self.knowledge.model.open_emergency_floor
        danger = self.open_danger(reach, undecided, people)
        disposition = [p | danger if level <= floor else p for level, p in zip(_LEVELS, with_provisional, strict=True)]
        now, without, least, most = (
            _level(planes, people)
            for planes in (
                disposition,
                with_provisional,
                at_least,
                [a | b for a, b in zip(with_provisional, could_be, strict=True)],
            )
        )
        row, rule = _pairs(truths, people)
        return {
            "disposition": _named(now, _DISPOSITIONS),
            "at_least": _named(least, _DISPOSITIONS),
            "at_most": _named(most, _DISPOSITIONS),
            "settled": pa.array(least == most),
            "floor": pa.array(now > without),
            "see": self.see(now, row, rule),
            "rules": _lists(row, _named(rule, [one.id for one in self.rules]), people),
        }

    def open_danger(self, reach: Mapping[str, Column], undecided: Sequence[Plane], people: int) -> Plane:
        """Return whom an open question about danger keeps from self-care."""
        made = nobody(people)
        floor = self.knowledge.model.open_emergency_floor
        not_no: dict[str, Plane] = {}
        for plane, rule in zip(undecided, self.rules, strict=True):
            if rule.disposition is Disposition.EMERGENCY:
                made = made | plane
            elif rule.disposition >= floor:
                dangers = self.knowledge.dangers_of[rule.id]
                for finding in dangers:
                    if finding not in not_no:
                        not_no[finding] = everyone(people) & ~_no(reach.get(finding), people)
                made = made | (plane & reduce(or_, (not_no[finding] for finding in dangers), nobody(people)))
        return made

    def see(self, now: npt.NDArray[np.int8], row: npt.NDArray[Any], rule: npt.NDArray[Any]) -> pa.Array:
        """Whom to see: as the first rule says if it is as urgent as the advice."""
        names = [*dict.fromkeys(["self", "urgent_care", *self.knowledge.places])]
        see = np.where(now == Disposition.SAME_DAY, 1, 0).astype(np.int8)
        rows, first = np.unique(row, return_index=True)
        leading = rule[first]
        urgency = np.array([one.disposition for one in self.rules], np.int8)[leading]
        place = np.array([names.index(one.see) for one in self.rules], np.int8)[leading]
        decides = urgency == now[rows]
        see[rows[decides]] = place[decides]
        return _named(see, names)

    def hypotheses(
        self,
        columns: Mapping[str, Column],
        terms: Sequence[Truths],
        rules: Sequence[Truths],
        people: int,
        top: int,
    ) -> dict[str, pa.Array]:
        """Work out causes, contributors and kinds of episode."""
        planes = self.sums.planes(terms)
        logs, variances = self.sums.run(planes, people)
        first, second = len(self.causes), len(self.causes) + len(self.contributors)
        prior_logs, prior_variances = self.priors.run(columns, people)
        causes = _Normalised(logs[:first] + prior_logs, variances[:first] + prior_variances)
        events = _Normalised(*self._with_priors(logs, variances, second, self.knowledge.events, self.events))
        log, variance = self._with_priors(logs, variances, first, self.knowledge.contributors, self.contributors)
        chance = _sigmoid(log)
        likely = chance >= CONTRIBUTOR_SHOWN
        for place in range(len(self.contributors)):
            if likely[place].any():
                likely[place] &= unpacked(self.sums.supported(planes, first + place, nobody(people)), people)
        return {
            "causes": _estimates(*causes.likeliest(min(top, first)), self.causes, causes.ranges, causes.p, people),
            "rule_out": self.rule_out(causes.p, rules, people),
            "contributors": _shown(likely, chance, self.contributors, lambda h, r: _range(log[h, r], variance[h, r])),
            "events": _shown(events.p >= EVENT_SHOWN, events.p, self.events, events.ranges),
        }

    def _with_priors(
        self, logs: Floats, variances: Floats, first: int, records: Mapping[str, Any], names: list[str]
    ) -> tuple[Floats, Floats]:
        prior = np.array([[records[name].prior.log, records[name].prior.variance] for name in names])
        end = first + len(names)
        return logs[first:end] + prior[:, :1], variances[first:end] + prior[:, 1:]

    def rule_out(self, p: Floats, rules: Sequence[Truths], people: int) -> pa.Array:
        """List serious causes that a rule points to, or that are likely enough, most probable first."""
        listed = np.empty((len(self.serious), people), bool)
        for some, (one, threshold, pointing) in zip(listed, self.serious, strict=True):
            plane = reduce(or_, (rules[rule][0] for rule in pointing), nobody(people))
            np.greater_equal(p[one], threshold, out=some)
            some |= unpacked(plane, people)
        place, row = np.nonzero(listed)
        cause = np.array([one for one, _, _ in self.serious], np.intp)[place]
        order = np.lexsort((cause, -p[cause, row], row))
        return _lists(row[order], _named(cause[order], self.causes), people)


_DISPOSITIONS: Final = [one.id for one in Disposition]


class _Normalised:
    """Hypotheses that exclude each other: probabilities that sum to one, and their ranges."""

    def __init__(self, logs: Floats, variances: Floats) -> None:
        self.logs, self.variances = logs - logs.max(axis=0), variances
        self.weights = np.exp(self.logs)
        self.total = self.weights.sum(axis=0)
        self.p = self.weights / self.total
        self.first = _greatest(self.p)
        everybody = np.arange(logs.shape[1])
        spread = self.p**2 * variances
        self.spread = spread.sum(axis=0)
        # What is left beside the likeliest is summed by itself: the difference of two sums may have no digit left.
        self.rest = _sum_beside(self.weights, self.first, everybody)
        self.rest_spread = _sum_beside(spread, self.first, everybody)

    def likeliest(self, top: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return the places of the likeliest hypotheses of each person, likeliest first, and the person of each."""
        left = self.p.copy()
        people = np.arange(left.shape[1])
        found = np.empty((left.shape[1], top), np.intp)
        for rank in range(top):
            found[:, rank] = best = _greatest(left)
            left[best, people] = -1
        return found.ravel(), np.repeat(people, top)

    def ranges(self, place: npt.NDArray[Any], person: npt.NDArray[Any]) -> tuple[Floats, Floats]:
        """Return both ends of the 95% range of each of these hypotheses of these people."""
        p, weight = self.p[place, person], self.weights[place, person]
        variance = self.variances[place, person]
        leads = place == self.first[person]
        others = np.where(leads, self.rest[person], self.total[person] - weight)
        spread = np.where(leads, self.rest_spread[person], self.spread[person] - p**2 * variance)
        share = others / self.total[person]
        apart = np.maximum(0.0, spread) / np.maximum(share, _LEAST) ** 2
        logit = self.logs[place, person] - np.log(np.maximum(others, _LEAST))
        low, high = _range(logit, variance + apart)
        return np.minimum(low, p), np.maximum(high, p)


_LEAST: Final = np.finfo(float).tiny


def _greatest(values: Floats) -> npt.NDArray[np.intp]:
    """Return the place of the greatest of each column, of equals the first; faster than `argmax` down the columns."""
    greatest = values[0].copy()
    place = np.zeros(values.shape[1], np.intp)
    for row in range(1, len(values)):
        better = values[row] > greatest
        np.copyto(place, row, where=better)
        np.maximum(greatest, values[row], out=greatest)
    return place


def _sum_beside(values: Floats, place: npt.NDArray[Any], everybody: npt.NDArray[Any]) -> Floats:
    kept = values[place, everybody]
    values[place, everybody] = 0.0
    made: Floats = values.sum(axis=0)
    values[place, everybody] = kept
    return made


def _range(logit: Floats, variance: Floats) -> tuple[Floats, Floats]:
    reach = NORMAL_95 * np.sqrt(variance)
    return _sigmoid(logit - reach), _sigmoid(logit + reach)


def _sigmoid(logit: Floats) -> Floats:
    power = np.exp(-np.abs(logit))
    made: Floats = np.where(logit < 0, power, 1.0) / (1.0 + power)
    return made


def _no(column: Column | None, people: int) -> Plane:
    """Return who said no, or for whom the question cannot hold."""
    if column is None:
        return nobody(people)
    if not isinstance(column.values, np.ndarray):
        return column.beside
    if column.yes is not None:
        return (column.known & ~column.yes) | column.beside
    return (column.known & packed(column.values == 0)) | column.beside


def _level(planes: Sequence[Plane], people: int) -> npt.NDArray[np.int8]:
    """Return how many of the planes hold each person: of "at least this urgent", the urgency."""
    made = np.zeros(people, np.int8)
    for plane in planes:
        made += unpacked(plane, people)
    return made


def _pairs(planes: Sequence[Plane], people: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return (row, place of plane) of every bit that is set, row by row."""
    found = [np.flatnonzero(unpacked(plane, people)) if plane.any() else np.empty(0, np.intp) for plane in planes]
    row = np.concatenate([np.empty(0, np.intp), *found])
    place = np.repeat(np.arange(len(planes)), [len(one) for one in found])
    order = row.argsort(kind="stable")
    return row[order], place[order]


def _named(codes: npt.NDArray[Any], names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int16)), pa.array(names, pa.string())
    ).dictionary_decode()


def _lists(row: npt.NDArray[Any], values: pa.Array, people: int) -> pa.Array:
    """Return values as one list a person; `row` tells whose each is, in order."""
    offsets = np.zeros(people + 1, np.int32)
    np.cumsum(np.bincount(row, minlength=people), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def _shown(
    wanted: npt.NDArray[np.bool_],
    chance: Floats,
    names: Sequence[str],
    ranges: Callable[[npt.NDArray[Any], npt.NDArray[Any]], tuple[Floats, Floats]],
) -> pa.Array:
    """List for each person the hypotheses that are wanted, likeliest first."""
    place, row = np.nonzero(wanted)
    order = np.lexsort((place, -chance[place, row], row))
    return _estimates(place[order], row[order], names, ranges, chance, wanted.shape[1])


def _estimates(
    place: npt.NDArray[Any],
    row: npt.NDArray[Any],
    names: Sequence[str],
    ranges: Callable[[npt.NDArray[Any], npt.NDArray[Any]], tuple[Floats, Floats]],
    chance: Floats,
    people: int,
) -> pa.Array:
    low, high = ranges(place, row)
    fields = [_named(place, names), pa.array(chance[place, row]), pa.array(low), pa.array(high)]
    return _lists(row, pa.StructArray.from_arrays(fields, fields=list(_ESTIMATE)), people)


def _only(array: pa.Array, good: pa.Array) -> pa.Array:
    """Return the array with null where somebody's answers were refused."""
    return pc.if_else(good, array, pa.scalar(None, array.type))
