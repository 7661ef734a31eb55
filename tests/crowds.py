"""Crowds as record batches, and what the columnar engine says differently of them than the engine of one case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from unclench import Case, CaseError, Knowledge
from unclench.batch import assess_batch
from unclench.batch.population import Population
from unclench.batch.reading import Reader, as_text
from unclench.knowledge.records import Finding
from unclench.logic import UNSURE, Answer
from unclench.reasoning import differential
from unclench.reasoning.assessment import _is_supported, _reaches, _rule_out, _see
from unclench.reasoning.case import ABOUT
from unclench.reasoning.differential import Estimate
from unclench.reasoning.result_hash import result_hash
from unclench.reasoning.triage import answers_in_reach, effective_answers, triage_answers

__all__ = ["as_batch", "as_data", "differences", "differences_of_two_halves", "everyday_people", "said_alone"]

_CLOSE = 1e-9
_OWN_TYPES = {"boolean": pa.bool_(), "choice": pa.string(), "regions": pa.list_(pa.string())}


def as_data(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Return answers in the JSON form of a case."""
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in answers.items()}
    about = {key: plain.pop(key) for key in ABOUT if key in plain}
    return {**about, "findings": plain}


def as_batch(knowledge: Knowledge, crowd: Sequence[Mapping[str, Answer]], *, text: bool) -> pa.RecordBatch:
    """Return a crowd as columns: all of text, or each of its own type unless somebody is not sure."""
    asked = dict.fromkeys(finding for one in crowd for finding in one)
    made = {}
    for name in asked:
        values = [one.get(name) for one in crowd]
        known = knowledge.findings[name]
        if text or (UNSURE in values and known.kind != "regions"):
            made[name] = pa.array([as_text(value) for value in values], pa.string())
        else:
            listed = [[value] if known.kind == "regions" and value == UNSURE else value for value in values]
            made[name] = pa.array(listed, _own_type(known))
    return pa.RecordBatch.from_pydict(made)


def _own_type(known: Finding) -> pa.DataType:
    return _OWN_TYPES.get(known.kind) or (pa.int32() if known.integer else pa.float64())


def said_alone(knowledge: Knowledge, data: Mapping[str, Any], top: int) -> dict[str, Any]:
    """Return what the engine of one case says, in the form of a row."""
    try:
        case = Case.from_data(dict(data), knowledge)
    except CaseError as error:
        return {"error": str(error)}
    said = effective_answers(case, knowledge)
    now = triage_answers(knowledge, answers_in_reach(said, knowledge))
    causes = differential.causes(knowledge, said)
    exact: Any = {
        "disposition": now.disposition.id,
        "at_least": now.at_least.id,
        "at_most": now.at_most.id,
        "settled": now.settled,
        "floor": now.floor,
        "see": _see(now),
        "rules": [rule.id for rule in now.fired],
    }
    return {
        **exact,
        "result_hash": result_hash(pack=knowledge.hash, **exact),
        "causes": _plain(causes[:top]),
        "rule_out": {one.estimate.id: one.estimate.probability for one in _rule_out(knowledge, causes, now)},
        "contributors": _plain(
            one for one in differential.contributors(knowledge, said) if _is_supported(knowledge, one)
        ),
        "events": _plain(e for e in differential.events(knowledge, said) if _reaches(e, knowledge.model.event_shown)),
        "error": None,
    }


def _plain(estimates: Iterator[Estimate] | list[Estimate]) -> list[dict[str, Any]]:
    return [{"id": e.id, "probability": e.probability, "low": e.low, "high": e.high} for e in estimates]


def differences(
    knowledge: Knowledge, crowd: Sequence[Mapping[str, Answer]], *, text: bool, top: int = 5
) -> Iterator[tuple[Mapping[str, Answer], str, object, object]]:
    """Yield (answers, what, said of many, said of one) wherever the two engines differ."""
    rows = assess_batch(knowledge, as_batch(knowledge, crowd, text=text), top=top, hashes=True).to_pylist()
    assert len(rows) == len(crowd)
    for answers, row in zip(crowd, rows, strict=True):
        alone = said_alone(knowledge, as_data(answers), top)
        for what, expected in alone.items():
            if not _same(what, row[what], expected):
                yield answers, what, row[what], expected
        if alone["error"] is not None and any(row[name] is not None for name in row if name != "error"):
            yield answers, "a refused row says something", row, None


def everyday_people(knowledge: Knowledge, count: int, seed: int) -> list[dict[str, Answer]]:
    """Return synthetic people as they come: most are in no danger, so that no level of urgency is rare among them.

    A third answered everything, a third left out one answer in ten, and a third half.
    """
    reader = Reader(knowledge, ())
    thirds = [
        [
            {**about, **findings}
            for batch in Population(knowledge, missing=missing, unsure=0.01).batches(-(-count // 3), seed)
            for row in range(batch.num_rows)
            for about in [reader.data(batch, row)]
            for findings in [about.pop("findings")]
        ]
        for missing in (0.0, 0.1, 0.5)
    ]
    return [one for three in zip(*thirds, strict=True) for one in three][:count]


def differences_of_two_halves(knowledge: Knowledge, crowd: Sequence[Mapping[str, Answer]]) -> list[object]:
    """Return where the engines differ: half of a crowd as text, and half, sure of everything, in types of its own."""
    half = len(crowd) // 2
    sure = [{finding: value for finding, value in one.items() if value != UNSURE} for one in crowd[half:]]
    return [*differences(knowledge, crowd[:half], text=True), *differences(knowledge, sure, text=False)]


def _same(what: str, found: Any, expected: Any) -> bool:
    if what == "rule_out":
        return found is not None and _same_order([(name, expected.get(name)) for name in found], list(expected.items()))
    if what in ("causes", "contributors", "events"):
        if found is None or len(found) != len(expected):
            return False
        by_name = {one["id"]: one for one in expected}
        chances = [[(one["id"], one["probability"]) for one in some] for some in (found, expected)]
        return _same_order(*chances) and all(
            abs(one[field] - by_name[one["id"]][field]) <= _CLOSE
            for one in found
            if one["id"] in by_name
            for field in ("low", "high")
        )
    return bool(found == expected)


def _same_order(found: list[tuple[str, Any]], expected: list[tuple[str, Any]]) -> bool:
    """Whether both list the same, those that are equally likely in either order."""
    if len(found) != len(expected):
        return False
    return all(
        p is not None and abs(p - q) <= _CLOSE and (a == b or p == q or abs(p - q) <= _CLOSE)
        for (a, p), (b, q) in zip(found, expected, strict=True)
    )
